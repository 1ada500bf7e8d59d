package grpcapi

import (
	"context"
	"regexp"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// handleService answers for the register of handles.
type handleService struct {
	imprimaturv1.UnimplementedRegisteredHandleServiceServer
	*Server
}

// anyNetwork is a network in one word, also one with a name of one letter that nothing is published
// to.
var anyNetwork = regexp.MustCompile(`^[a-z][a-z0-9_]{0,30}$`)

func (s handleService) GetRegisteredHandle(
	ctx context.Context, req *imprimaturv1.GetRegisteredHandleRequest,
) (*imprimaturv1.RegisteredHandle, error) {
	v := enter(ctx, req)
	id, err := v.readHandle("name", req.GetName())
	if err != nil {
		return nil, err
	}
	h, err := s.Flow.Handle(ctx, v.call, v.workspace, id)
	return shown(h, err, v.handleOf)
}

func (s handleService) ListRegisteredHandles(
	ctx context.Context, req *imprimaturv1.ListRegisteredHandlesRequest,
) (*imprimaturv1.ListRegisteredHandlesResponse, error) {
	v := enter(ctx, req)
	l, err := openList(ctx, req)
	if err != nil {
		return nil, err
	}
	q := workflow.HandleQuery{Page: l.page, Workspace: v.workspace}
	err = terms{
		"network": wordTerm(&q.Network, anyNetwork.MatchString, "mastodon"),
		"kind":    enumTerm(handleKinds, &q.Kind, "IMPOSTOR"),
	}.read(req.GetFilter())
	if err != nil {
		return nil, err
	}
	all, next, err := s.Flow.Handles(ctx, v.call, q)
	if err != nil {
		return nil, err
	}
	return &imprimaturv1.ListRegisteredHandlesResponse{
		RegisteredHandles: each(all, func(h advocacy.RegisteredHandle) *imprimaturv1.RegisteredHandle { return v.handleOf(&h) }),
		NextPageToken:     l.next(next),
	}, nil
}

func (s handleService) CreateRegisteredHandle(
	ctx context.Context, req *imprimaturv1.CreateRegisteredHandleRequest,
) (*imprimaturv1.RegisteredHandle, error) {
	v := enter(ctx, req)
	sent := req.GetRegisteredHandle()
	kind, err := handleKinds.domain("registered_handle.kind", sent.GetKind())
	if err != nil {
		return nil, err
	}
	status, err := handleStatuses.domain("registered_handle.status", sent.GetStatus())
	if err != nil {
		return nil, err
	}
	holder, err := optional(v.readMember, "registered_handle.holder", sent.GetHolder())
	if err != nil {
		return nil, err
	}
	h, err := s.Flow.RegisterHandle(ctx, v.call, v.workspace, workflow.HandleDraft{
		Network: advocacy.Network(sent.GetNetwork()), Handle: sent.GetHandle(), Address: sent.GetAddress(), Kind: kind, Status: status,
		Holder: holder, Evidence: sent.GetEvidence(),
	})
	return shown(h, err, v.handleOf)
}

func (s handleService) UpdateRegisteredHandle(
	ctx context.Context, req *imprimaturv1.UpdateRegisteredHandleRequest,
) (*imprimaturv1.RegisteredHandle, error) {
	v := enter(ctx, req)
	sent := req.GetRegisteredHandle()
	id, err := v.readHandle("registered_handle.name", sent.GetName())
	if err != nil {
		return nil, err
	}
	named, err := readMask(sent, req.GetUpdateMask(), "address", "kind", "status", "holder", "evidence")
	if err != nil {
		return nil, err
	}
	change, err := v.readHandleChange(sent, named)
	if err != nil {
		return nil, err
	}
	h, err := s.Flow.UpdateHandle(ctx, v.call, v.workspace, id, change)
	return shown(h, err, v.handleOf)
}

func (n names) readHandleChange(h *imprimaturv1.RegisteredHandle, c changes) (d workflow.HandleChange, err error) {
	if d.Version, err = requireEtag("registered_handle.etag", h.GetEtag()); err != nil {
		return d, err
	}
	if d.Kind, err = pickRead(c, "kind", "registered_handle.kind", handleKinds.domain, h.GetKind()); err != nil {
		return d, err
	}
	if d.Status, err = pickRead(c, "status", "registered_handle.status", handleStatuses.domain, h.GetStatus()); err != nil {
		return d, err
	}
	nobody := func(field, name string) (advocacy.PersonID, error) { return optional(n.readMember, field, name) }
	if d.Holder, err = pickRead(c, "holder", "registered_handle.holder", nobody, h.GetHolder()); err != nil {
		return d, err
	}
	d.Address = pick(c, "address", h.GetAddress())
	d.Evidence = pick(c, "evidence", h.GetEvidence())
	return d, nil
}

func (n names) handleOf(h *advocacy.RegisteredHandle) *imprimaturv1.RegisteredHandle {
	return &imprimaturv1.RegisteredHandle{
		Name:       n.handle(h.ID),
		Network:    string(h.Network),
		Handle:     h.Handle,
		Address:    h.Address,
		Kind:       handleKinds.proto(h.Kind),
		Status:     handleStatuses.proto(h.Status),
		Holder:     n.member(h.Holder),
		Evidence:   h.Evidence,
		Etag:       etagOf(h.Version),
		CreateTime: stamp(h.CreateTime),
		UpdateTime: stamp(h.UpdateTime),
	}
}
