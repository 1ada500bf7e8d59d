package authn

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// Store is what authn needs to be told. The number that comes with a credential is the
// policy version of its workspace, read in the same statement: package authz takes it for
// the age of the roles.
type Store interface {
	// FindSession returns the session with this hash and its person with roles, whatever
	// the state of either; a nil session when there is none.
	FindSession(ctx context.Context, tokenHash []byte) (*advocacy.Session, *advocacy.Member, int64, error)
	// FindAPIKey returns the key with this hash and its owner with roles, whatever the
	// state of either; a nil key when there is none.
	FindAPIKey(ctx context.Context, secretHash []byte) (*advocacy.APIKey, *advocacy.Member, int64, error)
	// TouchAPIKey notes that the key was used, unless a later use was noted before. It
	// changes no version.
	TouchAPIKey(ctx context.Context, w advocacy.WorkspaceID, id advocacy.KeyID, at time.Time) error
}

// Authenticator tells who is calling. Only Store is required; it is safe for concurrent
// use and must not be copied.
type Authenticator struct {
	Store Store
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Logger hears when the use of a key could not be noted; nil means nobody does.
	Logger *slog.Logger

	uses uses
}

// Principal is who is calling, as the credential proved.
type Principal struct {
	Actor advocacy.Actor
	// Permissions is what an API key may do, at most: never nil for a key, nil for a
	// person, who may do what the roles say.
	Permissions []advocacy.Permission
	// PolicyVersion is how old the roles of the workspace may be at most.
	PolicyVersion int64
	// DisplayName and Language are the person's; for a key, of who answers for it.
	DisplayName string
	Language    string
	// CreateTime and ExpireTime are the credential's.
	CreateTime time.Time
	ExpireTime time.Time
}

// Authenticate tells who sent the Authorization header with this value, "" when there
// was none. It accepts "Bearer" and one session or API key.
//
// Every refusal is Unauthenticated and says why: CREDENTIAL_MISSING,
// CREDENTIAL_MALFORMED, SESSION_UNKNOWN, SESSION_EXPIRED, SESSION_REVOKED, KEY_UNKNOWN,
// KEY_EXPIRED, KEY_REVOKED or MEMBER_DISABLED. Only who holds the whole secret learns
// more than "unknown". Another error is the store's.
func (a *Authenticator) Authenticate(ctx context.Context, authorization string) (Principal, error) {
	if authorization == "" {
		return Principal{}, refuse("CREDENTIAL_MISSING", "sign in, or send \"Authorization: Bearer\" with an API key")
	}
	scheme, token, _ := strings.Cut(authorization, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return Principal{}, malformed()
	}
	kind, err := kindOf(token)
	if err != nil {
		return Principal{}, err
	}
	switch kind {
	case SessionToken:
		return a.session(ctx, digest(token))
	case KeyToken:
		return a.key(ctx, digest(token))
	default:
		return Principal{}, refuse("CREDENTIAL_MALFORMED", "the secret of a sign-in link is no credential; open the link to sign in")
	}
}

func (a *Authenticator) session(ctx context.Context, hash []byte) (Principal, error) {
	s, m, version, err := a.Store.FindSession(ctx, hash)
	if missing(s == nil, err) {
		return Principal{}, refuse("SESSION_UNKNOWN", "this session does not exist; sign in again")
	}
	if err != nil {
		return Principal{}, fmt.Errorf("find session: %w", err)
	}
	switch {
	case !s.RevokeTime.IsZero():
		return Principal{}, refuse("SESSION_REVOKED", "this session was signed out; sign in again")
	case !a.now().Before(s.ExpireTime):
		return Principal{}, refuse("SESSION_EXPIRED", "this session has ended; sign in again")
	}
	p, err := principal(m, s.Workspace, s.Person, version)
	if err != nil {
		return Principal{}, err
	}
	p.Actor.Kind, p.Actor.Session, p.Actor.StepUpTime = advocacy.Human, s.ID, s.StepUpTime
	p.CreateTime, p.ExpireTime = s.CreateTime, s.ExpireTime
	return p, nil
}

func (a *Authenticator) key(ctx context.Context, hash []byte) (Principal, error) {
	k, m, version, err := a.Store.FindAPIKey(ctx, hash)
	if missing(k == nil, err) {
		return Principal{}, refuse("KEY_UNKNOWN", "this API key does not exist")
	}
	if err != nil {
		return Principal{}, fmt.Errorf("find API key: %w", err)
	}
	now := a.now()
	switch {
	case !k.RevokeTime.IsZero():
		return Principal{}, refuse("KEY_REVOKED", "this API key was revoked; ask its owner for another")
	case !now.Before(k.ExpireTime):
		return Principal{}, refuse("KEY_EXPIRED", "this API key has expired; ask its owner for another")
	}
	p, err := principal(m, k.Workspace, k.Owner, version)
	if err != nil {
		return Principal{}, err
	}
	p.Actor.Kind, p.Actor.Key = advocacy.Machine, k.ID
	p.CreateTime, p.ExpireTime = k.CreateTime, k.ExpireTime
	// A copy that is never nil: nil would make the key as mighty as its owner.
	p.Permissions = append([]advocacy.Permission{}, k.Permissions...)
	a.note(k, now)
	return p, nil
}

// missing tells whether the store found nothing. A store that says so with NotFound
// means the same, and a call without a credential must never end as 404.
func missing(none bool, err error) bool {
	return err == nil && none || advocacy.KindOf(err) == advocacy.NotFound
}

// principal is what a session and a key have in common: the person behind it.
func principal(m *advocacy.Member, w advocacy.WorkspaceID, id advocacy.PersonID, version int64) (Principal, error) {
	if !m.Active() {
		return Principal{}, refuse("MEMBER_DISABLED", "the person this credential belongs to is no longer active")
	}
	if m.Workspace != w || m.Person != id {
		return Principal{}, fmt.Errorf("authn: credential of %s/%s came with member %s/%s", w, id, m.Workspace, m.Person)
	}
	return Principal{
		Actor:         advocacy.Actor{Workspace: w, Person: id, Roles: m.RoleNames()},
		PolicyVersion: version,
		DisplayName:   m.DisplayName,
		Language:      m.Language,
	}, nil
}

func (a *Authenticator) now() time.Time {
	if a.Now != nil {
		return a.Now()
	}
	return time.Now()
}
