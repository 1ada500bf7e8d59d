package grpcapi

import (
	"context"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// accountService answers for social accounts.
type accountService struct {
	imprimaturv1.UnimplementedSocialAccountServiceServer
	*Server
}

func (s accountService) GetSocialAccount(ctx context.Context, req *imprimaturv1.GetSocialAccountRequest) (*imprimaturv1.SocialAccount, error) {
	v := enter(ctx, req)
	id, err := v.readAccount("name", req.GetName())
	if err != nil {
		return nil, err
	}
	a, err := s.Flow.Account(ctx, v.call, v.workspace, id)
	return shown(a, err, v.accountOf)
}

func (s accountService) ListSocialAccounts(
	ctx context.Context, req *imprimaturv1.ListSocialAccountsRequest,
) (*imprimaturv1.ListSocialAccountsResponse, error) {
	v := enter(ctx, req)
	l, err := openList(ctx, req)
	if err != nil {
		return nil, err
	}
	q := workflow.AccountQuery{Page: l.page, Workspace: v.workspace}
	fields := terms{
		"network":    wordTerm(&q.Network, networkForm.MatchString, "wall"),
		"unanswered": trueTerm(func() { q.Unanswered = true }),
	}
	if err := fields.read(req.GetFilter()); err != nil {
		return nil, err
	}
	accounts, next, err := s.Flow.Accounts(ctx, v.call, q)
	if err != nil {
		return nil, err
	}
	return &imprimaturv1.ListSocialAccountsResponse{
		SocialAccounts: each(accounts, func(a advocacy.SocialAccount) *imprimaturv1.SocialAccount { return v.accountOf(&a) }),
		NextPageToken:  l.next(next),
	}, nil
}

func (s accountService) ListNetworks(ctx context.Context, req *imprimaturv1.ListNetworksRequest) (*imprimaturv1.ListNetworksResponse, error) {
	l, err := openList(ctx, req)
	if err != nil {
		return nil, err
	}
	page, next := cut(l, s.Flow.AllNetworks(), func(v workflow.NetworkView) string { return string(v.Network) })
	return &imprimaturv1.ListNetworksResponse{Networks: each(page, networkOf), NextPageToken: next}, nil
}

func (s accountService) CreateSocialAccount(
	ctx context.Context, req *imprimaturv1.CreateSocialAccountRequest,
) (*imprimaturv1.SocialAccount, error) {
	v := enter(ctx, req)
	sent := req.GetSocialAccount()
	owner, err := v.readMember("social_account.owner", sent.GetOwner())
	if err != nil {
		return nil, err
	}
	deputy, err := optional(v.readMember, "social_account.deputy", sent.GetDeputy())
	if err != nil {
		return nil, err
	}
	a, secret, err := s.Flow.CreateAccount(ctx, v.call, v.workspace, workflow.AccountDraft{
		Network: advocacy.Network(sent.GetNetwork()), DisplayName: sent.GetDisplayName(), Owner: owner, Deputy: deputy,
		Personal: sent.GetPersonal(), Address: sent.GetAddress(), Deduplicates: sent.GetDeduplicates(), Purpose: sent.GetPurpose(),
	})
	if err != nil {
		return nil, err
	}
	out := v.accountOf(a)
	out.Secret = secret
	return out, nil
}

func (s accountService) UpdateSocialAccount(
	ctx context.Context, req *imprimaturv1.UpdateSocialAccountRequest,
) (*imprimaturv1.SocialAccount, error) {
	v := enter(ctx, req)
	sent := req.GetSocialAccount()
	id, err := v.readAccount("social_account.name", sent.GetName())
	if err != nil {
		return nil, err
	}
	named, err := readMask(sent, req.GetUpdateMask(), "display_name", "owner", "deputy", "address", "deduplicates", "purpose")
	if err != nil {
		return nil, err
	}
	change, err := v.readAccountChange(sent, named)
	if err != nil {
		return nil, err
	}
	a, err := s.Flow.UpdateAccount(ctx, v.call, v.workspace, id, change)
	return shown(a, err, v.accountOf)
}

func (n names) readAccountChange(a *imprimaturv1.SocialAccount, c changes) (d workflow.AccountChange, err error) {
	if d.Version, err = requireEtag("social_account.etag", a.GetEtag()); err != nil {
		return d, err
	}
	if d.Owner, err = pickRead(c, "owner", "social_account.owner", n.readMember, a.GetOwner()); err != nil {
		return d, err
	}
	nobody := func(field, name string) (advocacy.PersonID, error) { return optional(n.readMember, field, name) }
	if d.Deputy, err = pickRead(c, "deputy", "social_account.deputy", nobody, a.GetDeputy()); err != nil {
		return d, err
	}
	d.DisplayName = pick(c, "display_name", a.GetDisplayName())
	d.Address = pick(c, "address", a.GetAddress())
	d.Deduplicates = pick(c, "deduplicates", a.GetDeduplicates())
	d.Purpose = pick(c, "purpose", a.GetPurpose())
	return d, nil
}

func (s accountService) DisableSocialAccount(
	ctx context.Context, req *imprimaturv1.DisableSocialAccountRequest,
) (*imprimaturv1.SocialAccount, error) {
	v := enter(ctx, req)
	id, err := v.readAccount("name", req.GetName())
	if err != nil {
		return nil, err
	}
	a, err := s.Flow.DisableAccount(ctx, v.call, v.workspace, id, req.GetReason())
	return shown(a, err, v.accountOf)
}

func (s accountService) EnableSocialAccount(
	ctx context.Context, req *imprimaturv1.EnableSocialAccountRequest,
) (*imprimaturv1.SocialAccount, error) {
	v := enter(ctx, req)
	id, err := v.readAccount("name", req.GetName())
	if err != nil {
		return nil, err
	}
	a, err := s.Flow.EnableAccount(ctx, v.call, v.workspace, id, req.GetReason())
	return shown(a, err, v.accountOf)
}

func (s accountService) AttestSocialAccount(
	ctx context.Context, req *imprimaturv1.AttestSocialAccountRequest,
) (*imprimaturv1.SocialAccount, error) {
	v := enter(ctx, req)
	id, err := v.readAccount("name", req.GetName())
	if err != nil {
		return nil, err
	}
	version, err := requireEtag("etag", req.GetEtag())
	if err != nil {
		return nil, err
	}
	a, err := s.Flow.AttestAccount(ctx, v.call, v.workspace, id, version)
	return shown(a, err, v.accountOf)
}

func (s accountService) ConnectSocialAccount(
	ctx context.Context, req *imprimaturv1.ConnectSocialAccountRequest,
) (*imprimaturv1.SocialAccount, error) {
	v := enter(ctx, req)
	id, err := v.readAccount("name", req.GetName())
	if err != nil {
		return nil, err
	}
	version, err := requireEtag("etag", req.GetEtag())
	if err != nil {
		return nil, err
	}
	a, err := s.Flow.ConnectAccount(ctx, v.call, v.workspace, id, workflow.Token{Secret: req.GetAccessToken(), Version: version})
	return shown(a, err, v.accountOf)
}

func (s accountService) StartConnection(
	ctx context.Context, req *imprimaturv1.StartConnectionRequest,
) (*imprimaturv1.StartConnectionResponse, error) {
	v := enter(ctx, req)
	id, err := v.readAccount("name", req.GetName())
	if err != nil {
		return nil, err
	}
	version, err := requireEtag("etag", req.GetEtag())
	if err != nil {
		return nil, err
	}
	begun, err := s.Flow.StartConnection(ctx, v.call, v.workspace, id, version)
	if err != nil {
		return nil, err
	}
	return &imprimaturv1.StartConnectionResponse{Address: begun.Address, ExpireTime: stamp(begun.ExpireTime)}, nil
}

func (s accountService) CompleteConnection(
	ctx context.Context, req *imprimaturv1.CompleteConnectionRequest,
) (*imprimaturv1.SocialAccount, error) {
	v := enter(ctx, req)
	id, err := v.readAccount("name", req.GetName())
	if err != nil {
		return nil, err
	}
	a, err := s.Flow.CompleteConnection(ctx, v.call, v.workspace, id, workflow.Comeback{
		State: req.GetState(), Code: req.GetCode(), Issuer: req.GetIssuer(), Problem: req.GetError(),
	})
	return shown(a, err, v.accountOf)
}

func (s accountService) DisconnectSocialAccount(
	ctx context.Context, req *imprimaturv1.DisconnectSocialAccountRequest,
) (*imprimaturv1.SocialAccount, error) {
	v := enter(ctx, req)
	id, err := v.readAccount("name", req.GetName())
	if err != nil {
		return nil, err
	}
	a, err := s.Flow.DisconnectAccount(ctx, v.call, v.workspace, id)
	return shown(a, err, v.accountOf)
}
