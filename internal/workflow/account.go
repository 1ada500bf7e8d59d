package workflow

import (
	"context"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// Account returns a social account, without its credential.
func (s *Service) Account(ctx context.Context, _ Call, w advocacy.WorkspaceID, id advocacy.AccountID) (*advocacy.SocialAccount, error) {
	return s.Store.Account(ctx, w, id)
}

// Accounts lists social accounts, without their credentials.
func (s *Service) Accounts(ctx context.Context, _ Call, q AccountQuery) ([]advocacy.SocialAccount, string, error) {
	return s.Store.Accounts(ctx, q)
}

// newAccount is the answer of CreateAccount.
type newAccount struct {
	account *advocacy.SocialAccount
	secret  string
}

// CreateAccount adds a social account. A network that signs what it sends gets a new
// secret, returned once and kept sealed.
func (s *Service) CreateAccount(ctx context.Context, c Call, w advocacy.WorkspaceID, d AccountDraft) (*advocacy.SocialAccount, string, error) {
	made, err := act(ctx, s, c, w, func(ctx context.Context, tx Tx) (newAccount, string, error) {
		a := &advocacy.SocialAccount{
			Workspace: w, ID: advocacy.AccountID(s.NewID()), Network: d.Network, DisplayName: d.DisplayName, Owner: d.Owner,
			Deputy: d.Deputy, Personal: d.Personal, Address: d.Address, Deduplicates: d.Deduplicates, Purpose: d.Purpose,
			State: advocacy.AccountReady, AttestTime: tx.Now(), CreateTime: tx.Now(), UpdateTime: tx.Now(),
		}
		if _, linked := s.Networks[a.Network].(network.Linker); linked {
			a.State = advocacy.AccountReconnect // until its owner has connected it
		}
		if err := guardAnswerers(ctx, tx, a); err != nil {
			return newAccount{}, "", err
		}
		adapter, err := s.guardAccount(a)
		if err != nil {
			return newAccount{}, "", err
		}
		secret, sealed, err := s.provision(adapter, a)
		if err != nil {
			return newAccount{}, "", err
		}
		if err := tx.AddAccount(ctx, a, sealed); err != nil {
			return newAccount{}, "", err
		}
		return newAccount{a, secret}, string(a.ID), s.recordAccount(ctx, tx, c, a, "social_account.created", "")
	}, func(ctx context.Context, tx Tx, id string) (newAccount, error) {
		a, err := tx.Account(ctx, w, advocacy.AccountID(id))
		return newAccount{account: a}, err
	})
	return made.account, made.secret, err
}

// provision mints and seals the credential of an account whose network needs one.
func (s *Service) provision(adapter network.Adapter, a *advocacy.SocialAccount) (secret string, sealed []byte, err error) {
	p, ok := adapter.(network.Provisioner)
	if !ok {
		return "", nil, nil
	}
	secret = p.NewSecret()
	sealed, err = s.Secrets.Seal(*a, []byte(secret))
	return secret, sealed, err
}

func (s *Service) guardAccount(a *advocacy.SocialAccount) (network.Adapter, error) {
	adapter, ok := s.Networks[a.Network]
	if !ok {
		return nil, advocacy.InvalidField("social_account.network", "NETWORK_UNKNOWN", "this service does not know the network %q", a.Network)
	}
	if err := check.RefuseLine("social_account.display_name", a.DisplayName); err != nil {
		return nil, err
	}
	if err := check.RefuseLine("social_account.purpose", a.Purpose); err != nil {
		return nil, err
	}
	if _, linked := adapter.(network.Linker); linked && a.Deduplicates && a.ExternalID == "" {
		return nil, advocacy.InvalidField("social_account.deduplicates", "DEDUPLICATES_ASKED", "servers of %s are asked when the account is connected", a.Network)
	}
	if p, ok := adapter.(network.Addressed); ok {
		return adapter, p.CheckAddress(a.Address)
	}
	if a.Address != "" {
		return nil, advocacy.InvalidField("social_account.address", "ADDRESS_UNEXPECTED", "accounts of %s have no address", a.Network)
	}
	return adapter, nil
}

func (s *Service) recordAccount(ctx context.Context, tx Tx, c Call, a *advocacy.SocialAccount, action, reason string) error {
	return s.record(ctx, tx, c, a.Workspace, fact{
		action: action, subject: a.Name(), parent: a.Name(),
		detail: map[string]any{"network": a.Network, "owner": a.Owner, "deputy": a.Deputy, "purpose": a.Purpose, "state": a.State, "reason": reason},
	})
}

// UpdateAccount changes an account.
func (s *Service) UpdateAccount(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.AccountID, d AccountChange) (*advocacy.SocialAccount, error) {
	return s.onAccount(ctx, c, w, id, "social_account.updated", "", func(ctx context.Context, tx Tx, a *advocacy.SocialAccount) error {
		if err := stale(d.Version, a.Version); err != nil {
			return err
		}
		set(&a.DisplayName, d.DisplayName)
		if d.Owner != nil && a.Personal && *d.Owner != a.Owner {
			return advocacy.InvalidField("social_account.owner", "OWNER_FIXED", "a personal account speaks for its owner for ever; make a new one")
		}
		if a.ExternalID != "" && (d.Address != nil && *d.Address != a.Address || d.Deduplicates != nil && *d.Deduplicates != a.Deduplicates) {
			return advocacy.InvalidField("social_account.address", "ADDRESS_FIXED", "a connected account stays what it is at the network; make a new one")
		}
		if err := renameAnswerers(ctx, tx, a, d); err != nil {
			return err
		}
		set(&a.Address, d.Address)
		set(&a.Deduplicates, d.Deduplicates)
		set(&a.Purpose, d.Purpose)
		_, err := s.guardAccount(a)
		return err
	})
}

// AttestAccount notes that who answers for an account says that it is needed and stands as recorded.
// What waited for the word goes out by itself.
func (s *Service) AttestAccount(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.AccountID, version int64) (*advocacy.SocialAccount, error) {
	return s.onAccount(ctx, c, w, id, "social_account.attested", "", func(_ context.Context, tx Tx, a *advocacy.SocialAccount) error {
		if err := stale(version, a.Version); err != nil {
			return err
		}
		if c.Actor.Kind != advocacy.Human || c.Actor.Person != a.Owner && c.Actor.Person != a.Deputy { // guard: who answers for an account vouches for it
			return advocacy.Deny("NOT_ACCOUNT_OWNER", "the owner or the deputy of this account says that it stands")
		}
		a.AttestTime = tx.Now()
		return nil
	})
}

// DisableAccount switches an account off: nothing more goes out to it.
func (s *Service) DisableAccount(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.AccountID, reason string) (*advocacy.SocialAccount, error) {
	return s.switchAccount(ctx, c, w, id, advocacy.AccountDisabled, "social_account.disabled", reason)
}

// EnableAccount switches an account on again.
func (s *Service) EnableAccount(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.AccountID, reason string) (*advocacy.SocialAccount, error) {
	return s.switchAccount(ctx, c, w, id, advocacy.AccountReady, "social_account.enabled", reason)
}

func (s *Service) switchAccount(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.AccountID, to advocacy.AccountState, action, reason string) (*advocacy.SocialAccount, error) {
	if err := check.RefuseLine("reason", reason); err != nil {
		return nil, err
	}
	return s.onAccount(ctx, c, w, id, action, reason, func(ctx context.Context, tx Tx, a *advocacy.SocialAccount) error {
		a.State = to
		if _, linked := s.Networks[a.Network].(network.Linker); !linked || to != advocacy.AccountReady {
			return nil
		}
		kept, err := tx.Credential(ctx, w, id)
		if err == nil && kept.Sealed == nil {
			a.State = advocacy.AccountReconnect // switched on, and nobody gave it a token
		}
		return err
	})
}

// Disconnect notes that a network does not take an account's credential any more: its
// owner has to connect it again. It tells whether the account has another one meanwhile, of
// which nothing was said.
func (s *Service) Disconnect(ctx context.Context, tx Tx, w advocacy.WorkspaceID, id advocacy.AccountID, credential int64, said advocacy.Answer) (replaced bool, err error) {
	held, err := tx.AccountsForUpdate(ctx, w, []advocacy.AccountID{id})
	if err != nil || held[id] == nil {
		return false, err
	}
	kept, err := tx.Credential(ctx, w, id)
	if err != nil {
		return false, err
	}
	if kept.Version != credential { // guard: what is said of one credential is said of no other
		return true, nil
	}
	a := held[id]
	if a.State != advocacy.AccountReady {
		return false, nil
	}
	a.State, a.UpdateTime = advocacy.AccountReconnect, tx.Now()
	if err := tx.SaveAccount(ctx, a, nil); err != nil {
		return false, err
	}
	return false, s.recordAccount(ctx, tx, SystemCall(w), a, "social_account.disconnected", said.Text)
}

func (s *Service) onAccount(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.AccountID, action, reason string, change func(context.Context, Tx, *advocacy.SocialAccount) error) (*advocacy.SocialAccount, error) {
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*advocacy.SocialAccount, string, error) {
		a, err := tx.Account(ctx, w, id)
		if err != nil {
			return nil, "", err
		}
		if err := change(ctx, tx, a); err != nil {
			return nil, "", err
		}
		a.UpdateTime = tx.Now()
		if err := tx.SaveAccount(ctx, a, nil); err != nil {
			return nil, "", err
		}
		return a, string(id), s.recordAccount(ctx, tx, c, a, action, reason)
	}, accountAgain(w))
}
