package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

type sessionRow struct {
	WorkspaceID string  `gorm:"column:workspace_id"`
	ID          string  `gorm:"column:id"`
	PersonID    string  `gorm:"column:person_id"`
	TokenHash   []byte  `gorm:"column:token_hash"`
	CreateTime  instant `gorm:"column:create_time"`
	ExpireTime  instant `gorm:"column:expire_time"`
	RevokeTime  instant `gorm:"column:revoke_time"`
	StepUpTime  instant `gorm:"column:step_up_time"`
}

func (sessionRow) TableName() string { return "sessions" }

var sessions = tableOf[sessionRow]()

func newSessionRow(s *advocacy.Session) *sessionRow {
	return &sessionRow{
		WorkspaceID: string(s.Workspace),
		ID:          s.ID,
		PersonID:    string(s.Person),
		TokenHash:   bytesOf(s.TokenHash),
		CreateTime:  at(s.CreateTime),
		ExpireTime:  at(s.ExpireTime),
		RevokeTime:  at(s.RevokeTime),
		StepUpTime:  at(s.StepUpTime),
	}
}

func (r *sessionRow) session() advocacy.Session {
	return advocacy.Session{
		Workspace:  advocacy.WorkspaceID(r.WorkspaceID),
		ID:         r.ID,
		Person:     advocacy.PersonID(r.PersonID),
		TokenHash:  noBytes(r.TokenHash),
		CreateTime: r.CreateTime.time,
		ExpireTime: r.ExpireTime.time,
		RevokeTime: r.RevokeTime.time,
		StepUpTime: r.StepUpTime.time,
	}
}

// proof says which table a secret is looked up in, and which column names the person.
type proof struct {
	columns string
	from    string
	person  string
	where   string
}

// proof reads what the secret belongs to, the person with the roles, and the version of
// the workspace's policy, as they are at one instant. Each call of every visitor asks.
func (r reader) proof(
	ctx context.Context, p proof, dest []any, each func(), secret []byte,
) (person *advocacy.Member, version int64, err error) {
	var row memberRow
	var held grants
	query := "SELECT " + p.columns + ", " + members.of("m") + ", " + r.dialect.grantsOf("m") + ", w.policy_version FROM " +
		p.from + " JOIN members m ON m.workspace_id = c.workspace_id AND m.person_id = " + p.person +
		" JOIN workspaces w ON w.workspace_id = c.workspace_id WHERE " + p.where
	dest = append(append(dest, members.into(&row)...), &held, &version)
	err = r.scan(ctx, dest, func() {
		each()
		m := row.member(held)
		person = &m
	}, query, secret)
	if err == nil && person == nil {
		err = sql.ErrNoRows
	}
	return person, version, err
}

// FindSession returns the session with the digest, its person, and the version of the
// workspace's policy. Whether it still holds is for the caller to judge.
func (s *Store) FindSession(ctx context.Context, tokenHash []byte) (*advocacy.Session, *advocacy.Member, int64, error) {
	var row sessionRow
	var session *advocacy.Session
	person, version, err := s.proof(ctx, proof{
		columns: sessions.of("c"),
		from:    "sessions c",
		person:  "c.person_id",
		where:   "c.token_hash = ?",
	}, sessions.into(&row), func() { v := row.session(); session = &v }, tokenHash)
	if err != nil {
		return nil, nil, 0, aSession.failed(err)
	}
	return session, person, version, nil
}

// Session returns a session.
func (r reader) Session(ctx context.Context, w advocacy.WorkspaceID, id string) (*advocacy.Session, error) {
	row, err := one(ctx, r.conn, sessions, unlocked, "workspace_id = ? AND id = ?", string(w), id)
	if err != nil {
		return nil, aSession.failed(err)
	}
	found := row.session()
	return &found, nil
}

// AddSession inserts a session.
func (t *tx) AddSession(ctx context.Context, s *advocacy.Session) error {
	return t.create(ctx, aSession, newSessionRow(s))
}

// RevokeSessions ends the person's sessions, or only one of them when id is not empty.
func (t *tx) RevokeSessions(
	ctx context.Context, w advocacy.WorkspaceID, p advocacy.PersonID, id string, when time.Time,
) error {
	query := "UPDATE sessions SET revoke_time = ? WHERE workspace_id = ? AND person_id = ? AND revoke_time IS NULL"
	args := []any{at(when), string(w), string(p)}
	if id != "" {
		query += " AND id = ?"
		args = append(args, id)
	}
	_, err := t.exec(ctx, query, args...)
	return t.wrote(aSession, err)
}

type identityRow struct {
	WorkspaceID string  `gorm:"column:workspace_id"`
	Issuer      string  `gorm:"column:issuer"`
	Subject     string  `gorm:"column:subject"`
	PersonID    string  `gorm:"column:person_id"`
	CreateTime  instant `gorm:"column:create_time"`
}

func (identityRow) TableName() string { return "identities" }

// AddIdentity links a login to a person.
func (t *tx) AddIdentity(ctx context.Context, i *advocacy.Identity) error {
	return t.create(ctx, anIdentity, &identityRow{
		WorkspaceID: string(i.Workspace),
		Issuer:      i.Issuer,
		Subject:     i.Subject,
		PersonID:    string(i.Person),
		CreateTime:  at(i.CreateTime),
	})
}

type linkRow struct {
	WorkspaceID string  `gorm:"column:workspace_id"`
	ID          string  `gorm:"column:id"`
	PersonID    string  `gorm:"column:person_id"`
	TokenHash   []byte  `gorm:"column:token_hash"`
	CreateTime  instant `gorm:"column:create_time"`
	ExpireTime  instant `gorm:"column:expire_time"`
	UseTime     instant `gorm:"column:use_time"`
}

func (linkRow) TableName() string { return "sign_in_links" }

var links = tableOf[linkRow]()

func newLinkRow(l *advocacy.SignInLink) *linkRow {
	return &linkRow{
		WorkspaceID: string(l.Workspace),
		ID:          l.ID,
		PersonID:    string(l.Person),
		TokenHash:   bytesOf(l.TokenHash),
		CreateTime:  at(l.CreateTime),
		ExpireTime:  at(l.ExpireTime),
		UseTime:     at(l.UseTime),
	}
}

func (r *linkRow) link() advocacy.SignInLink {
	return advocacy.SignInLink{
		Workspace:  advocacy.WorkspaceID(r.WorkspaceID),
		ID:         r.ID,
		Person:     advocacy.PersonID(r.PersonID),
		TokenHash:  noBytes(r.TokenHash),
		CreateTime: r.CreateTime.time,
		ExpireTime: r.ExpireTime.time,
		UseTime:    r.UseTime.time,
	}
}

// AddSignInLink inserts a one-time link.
func (t *tx) AddSignInLink(ctx context.Context, l *advocacy.SignInLink) error {
	return t.create(ctx, aLink, newLinkRow(l))
}

// UseSignInLink marks the unused, unexpired link with the hash as used and returns it;
// NotFound otherwise. Of two calls one succeeds: the row changes hands once.
func (t *tx) UseSignInLink(ctx context.Context, hash []byte, when time.Time) (*advocacy.SignInLink, error) {
	query := "UPDATE sign_in_links SET use_time = ? WHERE token_hash = ? AND use_time IS NULL AND expire_time > ?" +
		" RETURNING " + links.list
	used, err := every(ctx, t.conn, links, (*linkRow).link, query, at(when), hash, at(when))
	if err != nil {
		return nil, t.wrote(aLink, err)
	}
	if len(used) == 0 {
		return nil, aLink.missing()
	}
	return &used[0], nil
}
