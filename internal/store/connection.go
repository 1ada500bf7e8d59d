package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/vault"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

type connectionRow struct {
	WorkspaceID string  `gorm:"column:workspace_id"`
	ID          string  `gorm:"column:id"`
	AccountID   string  `gorm:"column:account_id"`
	PersonID    string  `gorm:"column:person_id"`
	SessionID   string  `gorm:"column:session_id"`
	StateHash   []byte  `gorm:"column:state_hash"`
	Issuer      string  `gorm:"column:issuer"`
	IssuerTold  bool    `gorm:"column:issuer_told"`
	Version     int64   `gorm:"column:version"`
	CreateTime  moment  `gorm:"column:create_time"`
	ExpireTime  moment  `gorm:"column:expire_time"`
	UseTime     instant `gorm:"column:use_time"`
}

func (connectionRow) TableName() string { return "connections" }

var connections = tableOf[connectionRow]()

func newConnectionRow(c *advocacy.Connection) connectionRow {
	return connectionRow{
		WorkspaceID: string(c.Workspace),
		ID:          string(c.ID),
		AccountID:   string(c.Account),
		PersonID:    string(c.Person),
		SessionID:   c.Session,
		StateHash:   bytesOf(c.StateHash),
		Issuer:      c.Issuer,
		IssuerTold:  c.IssuerTold,
		Version:     c.Version,
		CreateTime:  sorted(c.CreateTime),
		ExpireTime:  sorted(c.ExpireTime),
		UseTime:     at(c.UseTime),
	}
}

func (r *connectionRow) connection() advocacy.Connection {
	return advocacy.Connection{
		Workspace:  advocacy.WorkspaceID(r.WorkspaceID),
		ID:         advocacy.ConnectionID(r.ID),
		Account:    advocacy.AccountID(r.AccountID),
		Person:     advocacy.PersonID(r.PersonID),
		Session:    r.SessionID,
		StateHash:  noBytes(r.StateHash),
		Issuer:     r.Issuer,
		IssuerTold: r.IssuerTold,
		Version:    r.Version,
		CreateTime: r.CreateTime.time,
		ExpireTime: r.ExpireTime.time,
		UseTime:    r.UseTime.time,
	}
}

// AddConnection inserts a connection.
func (t *tx) AddConnection(ctx context.Context, c *advocacy.Connection) error {
	return insert(ctx, t, aConnection, connections, newConnectionRow(c))
}

// ConnectionForUpdate returns the connection with the hash and holds it until commit.
func (t *tx) ConnectionForUpdate(ctx context.Context, w advocacy.WorkspaceID, stateHash []byte) (*advocacy.Connection, error) {
	row, err := one(ctx, t.conn, connections, toChange, "workspace_id = ? AND state_hash = ?", string(w), stateHash)
	if err != nil {
		return nil, aConnection.failed(err)
	}
	found := row.connection()
	return &found, nil
}

// UseConnection writes when the answer came.
func (t *tx) UseConnection(ctx context.Context, c *advocacy.Connection) error {
	query := "UPDATE connections SET use_time = ? WHERE workspace_id = ? AND id = ? AND use_time IS NULL"
	return t.change(ctx, aConnection, query, at(c.UseTime), string(c.Workspace), string(c.ID))
}

// ForgetConnections deletes what expired before an instant.
func (t *tx) ForgetConnections(ctx context.Context, w advocacy.WorkspaceID, before time.Time) error {
	_, err := t.exec(ctx, "DELETE FROM connections WHERE workspace_id = ? AND expire_time < ?", string(w), sorted(before))
	return t.wrote(aConnection, err)
}

type revocationRow struct {
	WorkspaceID string  `gorm:"column:workspace_id"`
	ID          string  `gorm:"column:id"`
	AccountID   string  `gorm:"column:account_id"`
	Sealed      []byte  `gorm:"column:sealed"`
	CreateTime  instant `gorm:"column:create_time"`
}

func (revocationRow) TableName() string { return "credential_revocations" }

var revocations = tableOf[revocationRow]()

// FindRevocation returns a credential that is to be ended, or nil.
func (r reader) FindRevocation(ctx context.Context, w advocacy.WorkspaceID, id string) (*advocacy.Revocation, error) {
	row, err := one(ctx, r.conn, revocations, unlocked, "workspace_id = ? AND id = ?", string(w), id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, failed(err)
	}
	return &advocacy.Revocation{
		Workspace: w, ID: id, Account: advocacy.AccountID(row.AccountID), Sealed: noBytes(row.Sealed), CreateTime: row.CreateTime.time,
	}, nil
}

// AddRevocation inserts a credential that is to be ended.
func (t *tx) AddRevocation(ctx context.Context, r *advocacy.Revocation) error {
	return insert(ctx, t, anAccount, revocations, revocationRow{
		WorkspaceID: string(r.Workspace), ID: r.ID, AccountID: string(r.Account), Sealed: bytesOf(r.Sealed), CreateTime: at(r.CreateTime),
	})
}

// RemoveRevocation deletes one.
func (t *tx) RemoveRevocation(ctx context.Context, w advocacy.WorkspaceID, id string) error {
	_, err := t.exec(ctx, "DELETE FROM credential_revocations WHERE workspace_id = ? AND id = ?", string(w), id)
	return t.wrote(anAccount, err)
}

type networkAppRow struct {
	WorkspaceID string  `gorm:"column:workspace_id"`
	Network     string  `gorm:"column:network"`
	Server      string  `gorm:"column:server"`
	Redirect    string  `gorm:"column:redirect"`
	ClientID    string  `gorm:"column:client_id"`
	Sealed      []byte  `gorm:"column:sealed"`
	CreateTime  instant `gorm:"column:create_time"`
}

func (networkAppRow) TableName() string { return "network_apps" }

var networkApps = tableOf[networkAppRow]()

func (r *networkAppRow) app() vault.SealedApp {
	return vault.SealedApp{
		Workspace:  advocacy.WorkspaceID(r.WorkspaceID),
		Network:    advocacy.Network(r.Network),
		Server:     r.Server,
		Redirect:   r.Redirect,
		ID:         r.ClientID,
		Sealed:     noBytes(r.Sealed),
		CreateTime: r.CreateTime.time,
	}
}

var _ vault.Store = (*Store)(nil)

// SealedApps returns what a server knows us as, one for each redirect.
func (r reader) SealedApps(ctx context.Context, w advocacy.WorkspaceID, n advocacy.Network, server string) ([]vault.SealedApp, error) {
	query := "SELECT " + networkApps.list + " FROM network_apps WHERE workspace_id = ? AND network = ? AND server = ? ORDER BY redirect"
	found, err := every(ctx, r.conn, networkApps, (*networkAppRow).app, query, string(w), string(n), server)
	return found, failed(err)
}

// KeepSealedApp keeps one unless there is one with its redirect.
func (s *Store) KeepSealedApp(ctx context.Context, a vault.SealedApp) error {
	return s.Update(ctx, func(ctx context.Context, write workflow.Tx) error {
		t := write.(*tx)
		row := networkAppRow{
			WorkspaceID: string(a.Workspace), Network: string(a.Network), Server: a.Server, Redirect: a.Redirect,
			ClientID: a.ID, Sealed: a.Sealed, CreateTime: at(a.CreateTime),
		}
		_, err := t.exec(ctx, networkApps.insert(1)+" ON CONFLICT DO NOTHING", networkApps.values(row)...)
		return t.wrote(anAccount, err)
	})
}

// ForgetSealedApp deletes one; another one that took its place stays.
func (s *Store) ForgetSealedApp(ctx context.Context, a vault.SealedApp) error {
	return s.Update(ctx, func(ctx context.Context, write workflow.Tx) error {
		t := write.(*tx)
		_, err := t.exec(ctx, "DELETE FROM network_apps WHERE workspace_id = ? AND network = ? AND server = ? AND redirect = ? AND client_id = ?",
			string(a.Workspace), string(a.Network), a.Server, a.Redirect, a.ID)
		return t.wrote(anAccount, err)
	})
}
