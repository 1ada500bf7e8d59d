package workflow

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check"
)

// InviteMember makes a one-time sign-in link: mailed by a job where mail is configured,
// returned once otherwise.
func (s *Service) InviteMember(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.PersonID) (*Invitation, error) {
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*Invitation, string, error) {
		m, err := tx.Member(ctx, w, id)
		if err != nil {
			return nil, "", err
		}
		if !m.Active() {
			return nil, "", advocacy.Refuse("MEMBER_DISABLED", "%s is disabled; enable the member first", m.DisplayName)
		}
		invitation := &Invitation{Mailed: s.Mails, ExpireTime: tx.Now().Add(signInLinkHours * time.Hour)}
		if s.Mails {
			err = enqueue(ctx, tx, advocacy.Job{Kind: JobInvite}, InviteJob{Workspace: w, Person: id})
		} else {
			invitation.Link, err = s.mintLink(ctx, tx, m)
		}
		if err != nil {
			return nil, "", err
		}
		return invitation, string(id), s.recordMember(ctx, tx, c, m, "member.invited", map[string]any{"mailed": s.Mails})
	}, func(ctx context.Context, tx Tx, _ string) (*Invitation, error) {
		// The link was shown once; a repetition says only that it exists.
		return &Invitation{Mailed: s.Mails, ExpireTime: tx.Now().Add(signInLinkHours * time.Hour)}, nil
	})
}

// MintLink makes a one-time sign-in link for a member and returns its address: the job
// that mails it calls this, so that no secret waits in a queue.
func (s *Service) MintLink(ctx context.Context, w advocacy.WorkspaceID, id advocacy.PersonID) (member *advocacy.Member, link string, err error) {
	err = s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		var err error
		if member, err = tx.Member(ctx, w, id); err != nil {
			return err
		}
		if !member.Active() {
			return advocacy.Refuse("MEMBER_DISABLED", "%s is disabled", member.DisplayName)
		}
		if link, err = s.mintLink(ctx, tx, member); err != nil {
			return err
		}
		return s.recordMember(ctx, tx, SystemCall(w), member, "member.link_made", nil)
	})
	return member, link, err
}

// mintLink puts the secret behind a #, which browsers do not send and servers do not
// log.
func (s *Service) mintLink(ctx context.Context, tx Tx, m *advocacy.Member) (string, error) {
	secret, hash := s.Secrets.New(SecretLink)
	err := tx.AddSignInLink(ctx, &advocacy.SignInLink{
		Workspace: m.Workspace, ID: s.NewID(), Person: m.Person, TokenHash: hash,
		CreateTime: tx.Now(), ExpireTime: tx.Now().Add(signInLinkHours * time.Hour),
	})
	return s.PublicURL + "/sign-in#" + secret, err
}

// CreateSession signs a person in with the secret of a one-time link.
func (s *Service) CreateSession(ctx context.Context, linkSecret string) (*SignedIn, error) {
	invalid := advocacy.Missing("SIGN_IN_LINK_INVALID", "this sign-in link is unknown, used or expired; ask for a new one")
	hash, err := s.Secrets.Hash(linkSecret)
	if err != nil {
		return nil, invalid
	}
	var in *SignedIn
	err = s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		link, err := tx.UseSignInLink(ctx, hash, tx.Now())
		if err != nil {
			return err
		}
		m, err := tx.Member(ctx, link.Workspace, link.Person)
		if err != nil {
			return err
		}
		if !m.Active() {
			return invalid
		}
		in, err = s.openSession(ctx, tx, m)
		return err
	})
	if advocacy.KindOf(err) == advocacy.NotFound {
		return nil, invalid
	}
	return in, err
}

func (s *Service) openSession(ctx context.Context, tx Tx, m *advocacy.Member) (*SignedIn, error) {
	token, hash := s.Secrets.New(SecretSession)
	session := &advocacy.Session{
		Workspace: m.Workspace, ID: s.NewID(), Person: m.Person, TokenHash: hash,
		CreateTime: tx.Now(), ExpireTime: tx.Now().Add(defaultSessionHours * time.Hour),
	}
	if err := tx.AddSession(ctx, session); err != nil {
		return nil, err
	}
	c := Call{Actor: advocacy.Actor{Kind: advocacy.Human, Workspace: m.Workspace, Person: m.Person, Session: session.ID}}
	return &SignedIn{Session: session, Member: m, Token: token},
		s.recordMember(ctx, tx, c, m, "session.created", map[string]any{"session": session.ID})
}

// OpenSession signs a member in without a link: what the demo's person chooser does. No
// door of serve leads here.
func (s *Service) OpenSession(ctx context.Context, w advocacy.WorkspaceID, id advocacy.PersonID) (in *SignedIn, err error) {
	err = s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		m, err := tx.Member(ctx, w, id)
		if err != nil {
			return err
		}
		in, err = s.openSession(ctx, tx, m)
		return err
	})
	return in, err
}

// DeleteSession signs the caller out.
func (s *Service) DeleteSession(ctx context.Context, c Call) error {
	w := c.Actor.Workspace
	return s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		if err := tx.RevokeSessions(ctx, w, c.Actor.Person, c.Actor.Session, tx.Now()); err != nil {
			return err
		}
		name := advocacy.MemberName(w, c.Actor.Person)
		return s.record(ctx, tx, c, w, fact{
			action: "session.ended", subject: name, parent: name, detail: map[string]any{"session": c.Actor.Session},
		})
	})
}

// APIKey returns a key, without its secret.
func (s *Service) APIKey(ctx context.Context, _ Call, w advocacy.WorkspaceID, id advocacy.KeyID) (*advocacy.APIKey, error) {
	return s.Store.APIKey(ctx, w, id)
}

// APIKeys lists keys, without their secrets.
func (s *Service) APIKeys(ctx context.Context, _ Call, w advocacy.WorkspaceID, owner advocacy.PersonID, p Page) ([]advocacy.APIKey, string, error) {
	return s.Store.APIKeys(ctx, w, owner, p)
}

// newKey is the answer of CreateAPIKey.
type newKey struct {
	key    *advocacy.APIKey
	secret string
}

// CreateAPIKey makes a key the caller answers for, and returns its secret once.
func (s *Service) CreateAPIKey(ctx context.Context, c Call, w advocacy.WorkspaceID, d KeyDraft) (*advocacy.APIKey, string, error) {
	if err := check.RefuseLine("api_key.display_name", d.DisplayName); err != nil {
		return nil, "", err
	}
	for i, p := range d.Permissions {
		if p == advocacy.PermissionDecide || !slices.Contains(s.MachinePermissions, p) { // guard: machines never decide
			return nil, "", advocacy.InvalidField(fmt.Sprintf("api_key.permissions[%d]", i), "PERMISSION_NOT_FOR_MACHINES", "a key cannot hold %q", p)
		}
	}
	made, err := act(ctx, s, c, w, func(ctx context.Context, tx Tx) (newKey, string, error) {
		k := &advocacy.APIKey{
			Workspace: w, ID: advocacy.KeyID(s.NewID()), DisplayName: d.DisplayName, Owner: c.Actor.Person,
			Permissions: d.Permissions, CreateTime: tx.Now(), ExpireTime: d.ExpireTime,
		}
		if err := guardKeyLife(k, tx.Now()); err != nil {
			return newKey{}, "", err
		}
		secret, hash := s.Secrets.New(SecretKey)
		k.SecretHash, k.Prefix = hash, secret[:9]
		if err := tx.AddAPIKey(ctx, k); err != nil {
			return newKey{}, "", err
		}
		return newKey{k, secret}, string(k.ID), s.recordKey(ctx, tx, c, k, "api_key.created")
	}, func(ctx context.Context, tx Tx, id string) (newKey, error) {
		k, err := tx.APIKey(ctx, w, advocacy.KeyID(id))
		return newKey{key: k}, err
	})
	return made.key, made.secret, err
}

func guardKeyLife(k *advocacy.APIKey, now time.Time) error {
	if k.ExpireTime.IsZero() {
		k.ExpireTime = now.Add(apiKeyDefaultDays * 24 * time.Hour)
	}
	switch {
	case !k.ExpireTime.After(now):
		return advocacy.InvalidField("api_key.expire_time", "EXPIRE_TIME_PAST", "the key would have expired already")
	case k.ExpireTime.After(now.Add(apiKeyMaximumDays * 24 * time.Hour)):
		return advocacy.InvalidField("api_key.expire_time", "EXPIRE_TIME_TOO_FAR", "a key lives for %d days at most", apiKeyMaximumDays)
	default:
		return nil
	}
}

func (s *Service) recordKey(ctx context.Context, tx Tx, c Call, k *advocacy.APIKey, action string) error {
	name := k.Workspace.Name() + "/apiKeys/" + string(k.ID)
	return s.record(ctx, tx, c, k.Workspace, fact{
		action: action, subject: name, parent: name,
		detail: map[string]any{"display_name": k.DisplayName, "permissions": k.Permissions, "expire_time": k.ExpireTime},
	})
}

// RevokeAPIKey ends a key at once.
func (s *Service) RevokeAPIKey(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.KeyID) (*advocacy.APIKey, error) {
	again := func(ctx context.Context, tx Tx, id string) (*advocacy.APIKey, error) {
		return tx.APIKey(ctx, w, advocacy.KeyID(id))
	}
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*advocacy.APIKey, string, error) {
		k, err := tx.APIKey(ctx, w, id)
		if err != nil {
			return nil, "", err
		}
		if !k.RevokeTime.IsZero() {
			return k, string(id), nil
		}
		k.RevokeTime = tx.Now()
		if err := tx.SaveAPIKey(ctx, k); err != nil {
			return nil, "", err
		}
		return k, string(id), s.recordKey(ctx, tx, c, k, "api_key.revoked")
	}, again)
}
