package grpcapi

import (
	"context"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// keyService answers for API keys.
type keyService struct {
	imprimaturv1.UnimplementedApiKeyServiceServer
	*Server
}

func (s keyService) GetApiKey(ctx context.Context, req *imprimaturv1.GetApiKeyRequest) (*imprimaturv1.ApiKey, error) {
	v := enter(ctx, req)
	id, err := v.readKey("name", req.GetName())
	if err != nil {
		return nil, err
	}
	k, err := s.Flow.APIKey(ctx, v.call, v.workspace, id)
	return shown(k, err, v.keyOf)
}

func (s keyService) ListApiKeys(ctx context.Context, req *imprimaturv1.ListApiKeysRequest) (*imprimaturv1.ListApiKeysResponse, error) {
	v := enter(ctx, req)
	l, err := openList(ctx, req)
	if err != nil {
		return nil, err
	}
	var owner advocacy.PersonID
	if err := (terms{"owner": l.memberTerm(&owner)}).read(req.GetFilter()); err != nil {
		return nil, err
	}
	keys, next, err := s.Flow.APIKeys(ctx, v.call, v.workspace, owner, l.page)
	if err != nil {
		return nil, err
	}
	return &imprimaturv1.ListApiKeysResponse{
		ApiKeys:       each(keys, func(k advocacy.APIKey) *imprimaturv1.ApiKey { return v.keyOf(&k) }),
		NextPageToken: l.next(next),
	}, nil
}

func (s keyService) CreateApiKey(ctx context.Context, req *imprimaturv1.CreateApiKeyRequest) (*imprimaturv1.ApiKey, error) {
	v := enter(ctx, req)
	sent := req.GetApiKey()
	until, err := readTime("api_key.expire_time", sent.GetExpireTime())
	if err != nil {
		return nil, err
	}
	k, secret, err := s.Flow.CreateAPIKey(ctx, v.call, v.workspace, workflow.KeyDraft{
		DisplayName: sent.GetDisplayName(), Permissions: words[advocacy.Permission](sent.GetPermissions()), ExpireTime: until,
	})
	if err != nil {
		return nil, err
	}
	out := v.keyOf(k)
	out.Secret = secret
	return out, nil
}

func (s keyService) RevokeApiKey(ctx context.Context, req *imprimaturv1.RevokeApiKeyRequest) (*imprimaturv1.ApiKey, error) {
	v := enter(ctx, req)
	id, err := v.readKey("name", req.GetName())
	if err != nil {
		return nil, err
	}
	k, err := s.Flow.RevokeAPIKey(ctx, v.call, v.workspace, id)
	return shown(k, err, v.keyOf)
}
