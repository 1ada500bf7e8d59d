package authz

import (
	"context"
	"fmt"
	"slices"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// Store is what authz needs to be told.
type Store interface {
	// RoleDefs returns every role of the workspace and the workspace's policy version.
	//
	// The version must not be newer than the roles: read both in one statement, or the
	// version first. A version that is too old costs one more read; one that is too new
	// would keep an old permission alive.
	RoleDefs(ctx context.Context, w advocacy.WorkspaceID) ([]advocacy.RoleDef, int64, error)
}

// Request is one question.
type Request struct {
	// Workspace is the caller's own, as the credential proved; that the thing asked for
	// lies in it is the door's check.
	Workspace advocacy.WorkspaceID
	// Roles are the caller's, or those of the person who answers for a key.
	Roles []advocacy.Role
	// Scope is nil for a person. For an API key it is what the key may do, never nil: a key
	// without a scope may do nothing.
	Scope      []advocacy.Permission
	Permission advocacy.Permission
	// PolicyVersion is the workspace's, as read together with the credential.
	PolicyVersion int64
}

// Authorizer answers questions from the roles of the workspaces. It is safe for
// concurrent use.
type Authorizer struct {
	store Store
	cache cache
}

// New returns an Authorizer that reads roles from the store and keeps the policies of
// the 1024 workspaces that asked last.
func New(store Store) *Authorizer {
	return &Authorizer{store: store, cache: newCache(1024)}
}

// Allow returns nil when one of the caller's roles permits the permission and, for an
// API key, the key's scope holds it too. Otherwise it is Denied with PERMISSION_DENIED
// and the permission in Meta.
//
// A permission that is not in the registry is PERMISSION_UNKNOWN, Internal. Roles that
// cannot be read deny: the error is the store's, and nothing was allowed.
func (a *Authorizer) Allow(ctx context.Context, q Request) error {
	place, known := places[q.Permission]
	if !known {
		return &advocacy.Error{
			Kind: advocacy.Internal, Reason: "PERMISSION_UNKNOWN",
			Message: fmt.Sprintf("no permission is called %q", q.Permission),
		}
	}
	if err := inScope(q, place); err != nil {
		return err
	}
	p, err := a.policy(ctx, q.Workspace, q.PolicyVersion)
	if err != nil {
		return err
	}
	ok, err := p.any(q.Roles, place)
	if err != nil {
		return err
	}
	if !ok {
		return deny(q.Permission, "this needs permission %s, which none of your roles gives", q.Permission)
	}
	return nil
}

// Granted lists what the caller may do, in the registry's order. It does not read
// q.Permission.
func (a *Authorizer) Granted(ctx context.Context, q Request) ([]advocacy.Permission, error) {
	p, err := a.policy(ctx, q.Workspace, q.PolicyVersion)
	if err != nil {
		return nil, err
	}
	var granted []advocacy.Permission
	for place, known := range registry {
		q.Permission = known.Name
		if inScope(q, place) != nil {
			continue
		}
		ok, err := p.any(q.Roles, place)
		if err != nil {
			return nil, err
		}
		if ok {
			granted = append(granted, known.Name)
		}
	}
	return granted, nil
}

// inScope refuses a key what no key may do and what this key was not given.
func inScope(q Request, place int) error {
	switch {
	case q.Scope == nil:
		return nil
	case !registry[place].Machine:
		return deny(q.Permission, "this needs permission %s, which no API key can have: a person must do it", q.Permission)
	case !slices.Contains(q.Scope, q.Permission):
		return deny(q.Permission, "this needs permission %s, which the API key was not given", q.Permission)
	default:
		return nil
	}
}

// any tells whether one of the roles permits it. Seeing oneself and signing out comes
// with the credential: a person whose roles were all taken away must still be able to.
func (p *policy) any(roles []advocacy.Role, place int) (bool, error) {
	if registry[place].Name == SelfRead {
		return true, nil
	}
	for _, r := range roles {
		if ok, err := p.allows(r, place); ok || err != nil {
			return ok, err
		}
	}
	return false, nil
}

func deny(p advocacy.Permission, format string, args ...any) error {
	return advocacy.Deny("PERMISSION_DENIED", format, args...).With("permission", string(p))
}
