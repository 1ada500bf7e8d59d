package store

import (
	"context"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

type apiKeyRow struct {
	WorkspaceID string                    `gorm:"column:workspace_id"`
	ID          string                    `gorm:"column:id"`
	DisplayName string                    `gorm:"column:display_name"`
	Owner       string                    `gorm:"column:owner"`
	Permissions list[advocacy.Permission] `gorm:"column:permissions"`
	SecretHash  []byte                    `gorm:"column:secret_hash"`
	Prefix      string                    `gorm:"column:prefix"`
	Version     int64                     `gorm:"column:version"`
	CreateTime  instant                   `gorm:"column:create_time"`
	ExpireTime  instant                   `gorm:"column:expire_time"`
	RevokeTime  instant                   `gorm:"column:revoke_time"`
	UseTime     instant                   `gorm:"column:use_time"`
}

func (apiKeyRow) TableName() string { return "api_keys" }

var apiKeys = tableOf[apiKeyRow]()

func newAPIKeyRow(k *advocacy.APIKey) *apiKeyRow {
	return &apiKeyRow{
		WorkspaceID: string(k.Workspace),
		ID:          string(k.ID),
		DisplayName: k.DisplayName,
		Owner:       string(k.Owner),
		Permissions: k.Permissions,
		SecretHash:  bytesOf(k.SecretHash),
		Prefix:      k.Prefix,
		Version:     k.Version,
		CreateTime:  at(k.CreateTime),
		ExpireTime:  at(k.ExpireTime),
		RevokeTime:  at(k.RevokeTime),
		UseTime:     at(k.UseTime),
	}
}

func (r *apiKeyRow) apiKey() advocacy.APIKey {
	return advocacy.APIKey{
		Workspace:   advocacy.WorkspaceID(r.WorkspaceID),
		ID:          advocacy.KeyID(r.ID),
		DisplayName: r.DisplayName,
		Owner:       advocacy.PersonID(r.Owner),
		Permissions: r.Permissions,
		SecretHash:  noBytes(r.SecretHash),
		Prefix:      r.Prefix,
		Version:     r.Version,
		CreateTime:  r.CreateTime.time,
		ExpireTime:  r.ExpireTime.time,
		RevokeTime:  r.RevokeTime.time,
		UseTime:     r.UseTime.time,
	}
}

// APIKey returns an API key.
func (r reader) APIKey(ctx context.Context, w advocacy.WorkspaceID, id advocacy.KeyID) (*advocacy.APIKey, error) {
	row, err := one(ctx, r.conn, apiKeys, unlocked, "workspace_id = ? AND id = ?", string(w), string(id))
	if err != nil {
		return nil, anAPIKey.failed(err)
	}
	found := row.apiKey()
	return &found, nil
}

// APIKeys lists API keys by id, all of them or one owner's.
func (r reader) APIKeys(
	ctx context.Context, w advocacy.WorkspaceID, owner advocacy.PersonID, p workflow.Page,
) ([]advocacy.APIKey, string, error) {
	l := listing[apiKeyRow]{
		table: apiKeys,
		order: []string{"id"},
		after: after(p.After),
		key:   func(r *apiKeyRow) string { return r.ID },
	}
	l.and("workspace_id = ?", string(w))
	andIf(&l, "owner", owner)
	return page(ctx, r.conn, l, p, (*apiKeyRow).apiKey)
}

// FindAPIKey returns the key with the digest, the person who answers for it, and the
// version of the workspace's policy. Whether it still holds is for the caller to judge.
func (s *Store) FindAPIKey(ctx context.Context, secretHash []byte) (*advocacy.APIKey, *advocacy.Member, int64, error) {
	var row apiKeyRow
	var key *advocacy.APIKey
	owner, version, err := s.proof(ctx, proof{
		columns: apiKeys.of("c"),
		from:    "api_keys c",
		person:  "c.owner",
		where:   "c.secret_hash = ?",
	}, apiKeys.into(&row), func() { k := row.apiKey(); key = &k }, secretHash)
	if err != nil {
		return nil, nil, 0, anAPIKey.failed(err)
	}
	return key, owner, version, nil
}

// AddAPIKey inserts a key at version 1.
func (t *tx) AddAPIKey(ctx context.Context, k *advocacy.APIKey) error {
	k.Version = 1
	return t.create(ctx, anAPIKey, newAPIKeyRow(k))
}

// SaveAPIKey writes the name, the permissions and when the key ends.
func (t *tx) SaveAPIKey(ctx context.Context, k *advocacy.APIKey) error {
	row := newAPIKeyRow(k)
	row.Version++
	columns := []string{"display_name", "permissions", "expire_time", "revoke_time", "version"}
	where := "workspace_id = ? AND id = ? AND version = ?"
	if err := t.save(ctx, anAPIKey, row, columns, where, row.WorkspaceID, row.ID, k.Version); err != nil {
		return err
	}
	k.Version = row.Version
	return nil
}

// TouchAPIKey notes that the key was used, unless a later use was noted before. It
// changes no version.
func (s *Store) TouchAPIKey(ctx context.Context, w advocacy.WorkspaceID, id advocacy.KeyID, used time.Time) error {
	return s.Update(ctx, func(ctx context.Context, workflowTx workflow.Tx) error {
		query := "UPDATE api_keys SET use_time = ? WHERE workspace_id = ? AND id = ? AND (use_time IS NULL OR use_time < ?)"
		t := workflowTx.(*tx)
		_, err := t.exec(ctx, query, at(used), string(w), string(id), at(used))
		return t.wrote(anAPIKey, err)
	})
}

type accountRow struct {
	WorkspaceID  string  `gorm:"column:workspace_id"`
	ID           string  `gorm:"column:id"`
	Network      string  `gorm:"column:network"`
	DisplayName  string  `gorm:"column:display_name"`
	Owner        string  `gorm:"column:owner"`
	Deputy       string  `gorm:"column:deputy"`
	Personal     bool    `gorm:"column:personal"`
	Address      string  `gorm:"column:address"`
	Deduplicates bool    `gorm:"column:deduplicates"`
	State        string  `gorm:"column:state"`
	Sealed       []byte  `gorm:"column:sealed"`
	Version      int64   `gorm:"column:version"`
	CreateTime   instant `gorm:"column:create_time"`
	UpdateTime   instant `gorm:"column:update_time"`
	ExternalID   string  `gorm:"column:external_id"`
	Handle       string  `gorm:"column:handle"`
	// These are of the credential.
	CredentialVersion int64   `gorm:"column:credential_version"`
	CredentialRefused bool    `gorm:"column:credential_refused"`
	RefreshEpoch      int64   `gorm:"column:refresh_epoch"`
	RefreshLease      instant `gorm:"column:refresh_lease"`

	Purpose    string  `gorm:"column:purpose"`
	AttestTime instant `gorm:"column:attest_time"`
	// These are of who gave the credential.
	Grantor     string  `gorm:"column:grantor"`
	ConnectTime instant `gorm:"column:connect_time"`
}

func (accountRow) TableName() string { return "social_accounts" }

var accounts = tableOf[accountRow]()

// openAccounts are the columns without the credential, which only Credential reads.
var openAccounts = accounts.without("sealed", "credential_version", "credential_refused", "refresh_epoch", "refresh_lease")

func newAccountRow(a *advocacy.SocialAccount, sealed []byte) *accountRow {
	return &accountRow{
		WorkspaceID:  string(a.Workspace),
		ID:           string(a.ID),
		Network:      string(a.Network),
		DisplayName:  a.DisplayName,
		Owner:        string(a.Owner),
		Deputy:       string(a.Deputy),
		Personal:     a.Personal,
		Address:      a.Address,
		Deduplicates: a.Deduplicates,
		ExternalID:   a.ExternalID,
		Handle:       a.Handle,
		Purpose:      a.Purpose,
		AttestTime:   at(a.AttestTime),
		Grantor:      string(a.Grantor),
		ConnectTime:  at(a.ConnectTime),
		State:        string(a.State),
		Sealed:       sealed,
		Version:      a.Version,
		CreateTime:   at(a.CreateTime),
		UpdateTime:   at(a.UpdateTime),
	}
}

func (r *accountRow) account() advocacy.SocialAccount {
	return advocacy.SocialAccount{
		Workspace:    advocacy.WorkspaceID(r.WorkspaceID),
		ID:           advocacy.AccountID(r.ID),
		Network:      advocacy.Network(r.Network),
		DisplayName:  r.DisplayName,
		Owner:        advocacy.PersonID(r.Owner),
		Deputy:       advocacy.PersonID(r.Deputy),
		Personal:     r.Personal,
		Address:      r.Address,
		Deduplicates: r.Deduplicates,
		ExternalID:   r.ExternalID,
		Handle:       r.Handle,
		Purpose:      r.Purpose,
		AttestTime:   r.AttestTime.time,
		Grantor:      advocacy.PersonID(r.Grantor),
		ConnectTime:  r.ConnectTime.time,
		State:        advocacy.AccountState(r.State),
		Version:      r.Version,
		CreateTime:   r.CreateTime.time,
		UpdateTime:   r.UpdateTime.time,
	}
}

// Account returns a social account.
func (r reader) Account(ctx context.Context, w advocacy.WorkspaceID, id advocacy.AccountID) (*advocacy.SocialAccount, error) {
	return r.account(ctx, w, id, unlocked)
}

// AccountForShare holds the account against change until commit.
func (t *tx) AccountForShare(ctx context.Context, w advocacy.WorkspaceID, id advocacy.AccountID) (*advocacy.SocialAccount, error) {
	return t.account(ctx, w, id, toStand)
}

func (r reader) account(
	ctx context.Context, w advocacy.WorkspaceID, id advocacy.AccountID, l lock,
) (*advocacy.SocialAccount, error) {
	row, err := one(ctx, r.conn, openAccounts, l, "workspace_id = ? AND id = ?", string(w), string(id))
	if err != nil {
		return nil, anAccount.failed(err)
	}
	found := row.account()
	return &found, nil
}

// Accounts lists social accounts by id.
func (r reader) Accounts(ctx context.Context, q workflow.AccountQuery) ([]advocacy.SocialAccount, string, error) {
	l := listing[accountRow]{
		table: openAccounts,
		order: []string{"id"},
		after: after(q.After),
		key:   func(r *accountRow) string { return r.ID },
	}
	l.and("workspace_id = ?", string(q.Workspace))
	andIf(&l, "network", q.Network)
	if q.Unanswered {
		const active = "EXISTS (SELECT 1 FROM members m WHERE m.workspace_id = social_accounts.workspace_id AND m.state = 'active' AND m.person_id = social_accounts."
		l.and("NOT personal AND state <> 'disabled' AND NOT (" + active + "owner) AND " + active + "deputy))")
	}
	return page(ctx, r.conn, l, q.Page, (*accountRow).account)
}

// AccountsByID returns those of the accounts that exist.
func (r reader) AccountsByID(
	ctx context.Context, w advocacy.WorkspaceID, ids []advocacy.AccountID,
) (map[advocacy.AccountID]*advocacy.SocialAccount, error) {
	return r.accountsByID(ctx, w, ids, unlocked)
}

// AccountsForUpdate locks those of the accounts that exist until commit, in the order of their
// ids.
func (t *tx) AccountsForUpdate(
	ctx context.Context, w advocacy.WorkspaceID, ids []advocacy.AccountID,
) (map[advocacy.AccountID]*advocacy.SocialAccount, error) {
	return t.accountsByID(ctx, w, ids, toChange)
}

func (r reader) accountsByID(
	ctx context.Context, w advocacy.WorkspaceID, ids []advocacy.AccountID, l lock,
) (map[advocacy.AccountID]*advocacy.SocialAccount, error) {
	byID := make(map[advocacy.AccountID]*advocacy.SocialAccount, len(ids))
	if len(ids) == 0 {
		return byID, nil
	}
	query := "SELECT " + openAccounts.list + " FROM social_accounts WHERE workspace_id = ? AND id IN " + in(len(ids))
	if l != unlocked {
		query += " ORDER BY id" + r.locking(l)
	}
	found, err := every(ctx, r.conn, openAccounts, (*accountRow).account, query, anys([]any{string(w)}, ids)...)
	for i := range found {
		byID[found[i].ID] = &found[i]
	}
	return byID, failed(err)
}

// Credential returns the credential of an account.
func (r reader) Credential(ctx context.Context, w advocacy.WorkspaceID, id advocacy.AccountID) (*advocacy.Credential, error) {
	row, err := one(ctx, r.conn, accounts, unlocked, "workspace_id = ? AND id = ?", string(w), string(id))
	if err != nil {
		return nil, anAccount.failed(err)
	}
	return &advocacy.Credential{
		Sealed: noBytes(row.Sealed), Version: row.CredentialVersion, Refused: row.CredentialRefused,
		Epoch: row.RefreshEpoch, LeaseTime: row.RefreshLease.time,
	}, nil
}

// HasCredentials tells whether anything is sealed in any workspace.
func (r reader) HasCredentials(ctx context.Context) (bool, error) {
	found := false
	var one int
	for _, table := range []string{"social_accounts", networkApps.name, revocations.name} {
		query := "SELECT 1 FROM " + table + " WHERE sealed IS NOT NULL LIMIT 1"
		if err := r.conn.scan(ctx, []any{&one}, func() { found = true }, query); err != nil {
			return false, failed(err)
		}
	}
	return found, nil
}

// ForgetCredential deletes an account's sealed credential.
func (t *tx) ForgetCredential(ctx context.Context, w advocacy.WorkspaceID, id advocacy.AccountID) error {
	return t.replaceCredential(ctx, w, id, nil)
}

// replaceCredential puts another credential, or none, in the place of what an account has: what
// was under way with the former one is not.
func (t *tx) replaceCredential(ctx context.Context, w advocacy.WorkspaceID, id advocacy.AccountID, sealed []byte) error {
	_, err := t.exec(ctx, "UPDATE social_accounts SET sealed = ?, credential_version = credential_version + 1, credential_refused = ?,"+
		" refresh_lease = NULL WHERE workspace_id = ? AND id = ?", orNull(sealed), false, string(w), string(id))
	return t.wrote(anAccount, err)
}

// SaveCredential writes a credential.
func (t *tx) SaveCredential(ctx context.Context, w advocacy.WorkspaceID, id advocacy.AccountID, c *advocacy.Credential) error {
	query := "UPDATE social_accounts SET sealed = ?, credential_version = ?, credential_refused = ?, refresh_epoch = ?, refresh_lease = ?" +
		" WHERE workspace_id = ? AND id = ?"
	return t.change(ctx, anAccount, query, orNull(c.Sealed), c.Version, c.Refused, c.Epoch, at(c.LeaseTime), string(w), string(id))
}

// PersonalBeside returns the accounts that speak for the persons for whom personal ones among some
// accounts speak, those among them.
func (r reader) PersonalBeside(ctx context.Context, w advocacy.WorkspaceID, ids []advocacy.AccountID) ([]advocacy.AccountID, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	query := "SELECT DISTINCT b.id FROM social_accounts a JOIN social_accounts b ON b.workspace_id = a.workspace_id AND b.owner = a.owner" +
		" WHERE a.workspace_id = ? AND a.id IN " + in(len(ids)) + " AND a.personal AND b.personal"
	var id string
	var found []advocacy.AccountID
	err := r.scan(ctx, []any{&id}, func() { found = append(found, advocacy.AccountID(id)) }, query, anys([]any{string(w)}, ids)...)
	return found, failed(err)
}

// AttestedBetween returns accounts that speak for the company and were last vouched for in a time,
// the longest ago first.
func (r reader) AttestedBetween(
	ctx context.Context, from, until time.Time, after *advocacy.SocialAccount, most int,
) ([]advocacy.SocialAccount, error) {
	place := []any{sorted(from), "", ""}
	if after != nil {
		place = []any{sorted(after.AttestTime), string(after.Workspace), string(after.ID)}
	}
	query := "SELECT " + openAccounts.list + " FROM social_accounts WHERE NOT personal AND state <> 'disabled'" +
		" AND (attest_time, workspace_id, id) > (?, ?, ?) AND attest_time <= ? ORDER BY attest_time, workspace_id, id" + limit(most)
	found, err := every(ctx, r.conn, openAccounts, (*accountRow).account, query, append(place, sorted(until))...)
	return found, failed(err)
}

// AnsweredBy returns the accounts that speak for the company and that a person owns or is the deputy of.
func (r reader) AnsweredBy(ctx context.Context, w advocacy.WorkspaceID, p advocacy.PersonID) ([]advocacy.SocialAccount, error) {
	if p == "" {
		return nil, nil
	}
	query := "SELECT " + openAccounts.list + " FROM social_accounts" +
		" WHERE workspace_id = ? AND NOT personal AND (owner = ? OR deputy = ?) ORDER BY id"
	found, err := every(ctx, r.conn, openAccounts, (*accountRow).account, query, string(w), string(p), string(p))
	return found, failed(err)
}

// GrantedBy returns the accounts that speak for the company and that a person connected last.
func (r reader) GrantedBy(ctx context.Context, w advocacy.WorkspaceID, p advocacy.PersonID) ([]advocacy.SocialAccount, error) {
	if p == "" {
		return nil, nil
	}
	query := "SELECT " + openAccounts.list + " FROM social_accounts WHERE workspace_id = ? AND grantor = ? AND NOT personal ORDER BY id"
	found, err := every(ctx, r.conn, openAccounts, (*accountRow).account, query, string(w), string(p))
	return found, failed(err)
}

// ConnectedOf returns the accounts that speak for a person and were connected by a token.
func (r reader) ConnectedOf(ctx context.Context, w advocacy.WorkspaceID, owner advocacy.PersonID) ([]advocacy.SocialAccount, error) {
	query := "SELECT " + openAccounts.list + " FROM social_accounts" +
		" WHERE workspace_id = ? AND owner = ? AND personal AND external_id <> '' ORDER BY id"
	found, err := every(ctx, r.conn, openAccounts, (*accountRow).account, query, string(w), string(owner))
	return found, failed(err)
}

// AccountNamed finds the account that was connected as a network's, or nil.
func (r reader) AccountNamed(
	ctx context.Context, w advocacy.WorkspaceID, n advocacy.Network, address, externalID string,
) (*advocacy.SocialAccount, error) {
	query := "SELECT " + openAccounts.list + " FROM social_accounts" +
		" WHERE workspace_id = ? AND network = ? AND address = ? AND external_id = ? AND external_id <> ''"
	found, err := every(ctx, r.conn, openAccounts, (*accountRow).account, query, string(w), string(n), address, externalID)
	if err != nil || len(found) == 0 {
		return nil, failed(err)
	}
	return &found[0], nil
}

// AddAccount inserts an account at version 1, with its sealed credential if it has one.
func (t *tx) AddAccount(ctx context.Context, a *advocacy.SocialAccount, sealed []byte) error {
	a.Version = 1
	return t.create(ctx, anAccount, newAccountRow(a, sealed))
}

// SaveAccount writes the account, and its sealed credential when not nil.
func (t *tx) SaveAccount(ctx context.Context, a *advocacy.SocialAccount, sealed []byte) error {
	row := newAccountRow(a, sealed)
	row.Version++
	columns := []string{
		"display_name", "owner", "deputy", "personal", "address", "deduplicates", "external_id", "handle", "purpose", "attest_time", "grantor", "connect_time",
		"state", "version", "update_time",
	}
	where := "workspace_id = ? AND id = ? AND version = ?"
	if err := t.save(ctx, anAccount, row, columns, where, row.WorkspaceID, row.ID, a.Version); err != nil {
		return err
	}
	a.Version = row.Version
	if sealed == nil {
		return nil
	}
	return t.replaceCredential(ctx, a.Workspace, a.ID, sealed)
}
