package workflow

import (
	"context"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// connectTimeout bounds how long a network is asked whose token it is.
const connectTimeout = 20 * time.Second

// Token is what a social account is connected with.
type Token struct {
	Secret  string
	Version int64
}

// ConnectAccount gives a social account the token its owner made at the network. The network
// is asked whose it is before anything is kept: for ever after it has to be the same account's,
// since what people sign is signed for that. The token is kept sealed and never shown.
func (s *Service) ConnectAccount(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.AccountID, d Token) (*advocacy.SocialAccount, error) {
	before, err := s.Store.Account(ctx, w, id)
	if err != nil {
		return nil, err
	}
	if err := mayConnect(c, before); err != nil {
		return nil, err
	}
	if done, err := s.carriedOut(ctx, c, w); err != nil || done { // the token may be dead by now
		return before, err
	}
	linker, ok := s.Networks[before.Network].(network.Linker)
	if !ok {
		return nil, advocacy.InvalidField("name", "NETWORK_WITHOUT_TOKENS", "accounts of %s are not connected with a token", before.Network)
	}
	asking, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	profile, err := linker.Connect(asking, *before, []byte(d.Secret))
	if err != nil {
		return nil, err
	}
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*advocacy.SocialAccount, string, error) {
		a, err := s.connect(ctx, tx, c, before, d.Version, []byte(d.Secret), profile)
		if err != nil {
			return nil, "", err
		}
		return a, string(id), s.recordConnection(ctx, tx, c, a, "social_account.connected")
	}, accountAgain(w))
}

// carriedOut tells whether a call with this request id was carried out before.
func (s *Service) carriedOut(ctx context.Context, c Call, w advocacy.WorkspaceID) (found bool, err error) {
	if c.RequestID == "" {
		return false, nil
	}
	err = s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		done, err := c.repetition(ctx, tx, w)
		found = done != nil
		return err
	})
	return found, err
}

// connect keeps a credential, and what a network said of the account as it was when it was asked;
// version is the one the caller saw.
func (s *Service) connect(ctx context.Context, tx Tx, c Call, before *advocacy.SocialAccount, version int64, secret []byte, p network.Profile) (*advocacy.SocialAccount, error) {
	a, err := tx.Account(ctx, before.Workspace, before.ID)
	if err != nil {
		return nil, err
	}
	if err := mayConnect(c, a); err != nil {
		return nil, err
	}
	if err := stale(version, a.Version); err != nil {
		return nil, err
	}
	if err := stale(before.Version, a.Version); err != nil { // guard: the network was asked about this account
		return nil, err
	}
	if a.ExternalID != "" && a.ExternalID != p.ExternalID { // guard: what was signed for one account goes out through no other
		return nil, advocacy.Refuse("ACCOUNT_DIFFERENT",
			"this token is of %s, and the account is %s: make a new account for it, or sign in there as %s", p.Handle, a.Handle, a.Handle)
	}
	people, err := tx.MembersForShare(ctx, a.Workspace, []advocacy.PersonID{a.Owner})
	if err != nil {
		return nil, err
	}
	if !people[a.Owner].Active() { // guard: who left meanwhile is spoken for no more
		return nil, advocacy.Refuse("OWNER_INACTIVE", "who answers for this account has left; give it to somebody else first")
	}
	other, err := tx.AccountNamed(ctx, a.Workspace, a.Network, a.Address, p.ExternalID)
	if err != nil {
		return nil, err
	}
	if other != nil && other.ID != a.ID { // guard: one account of a network has one owner here
		return nil, advocacy.Taken("ACCOUNT_TAKEN", "%s is connected already, as %s", p.Handle, other.DisplayName).
			With("social_account", other.Name())
	}
	if err := guardImpostor(ctx, tx, a.Workspace, a.Network, p.Handle); err != nil {
		return nil, err
	}
	sealed, err := s.Secrets.Seal(*a, secret)
	if err != nil {
		return nil, err
	}
	a.ExternalID, a.Handle, a.Deduplicates, a.UpdateTime = p.ExternalID, p.Handle, p.Deduplicates, tx.Now()
	a.Grantor, a.ConnectTime = c.Actor.Person, tx.Now()
	if a.State == advocacy.AccountReconnect { // one that was switched off stays so
		a.State = advocacy.AccountReady
	}
	return a, tx.SaveAccount(ctx, a, sealed)
}

// DisconnectAccount forgets the token of a social account: nothing more begins to go out
// through it until it is connected again. An employee needs nobody's leave for his own.
func (s *Service) DisconnectAccount(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.AccountID) (*advocacy.SocialAccount, error) {
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*advocacy.SocialAccount, string, error) {
		a, err := tx.Account(ctx, w, id)
		if err != nil {
			return nil, "", err
		}
		if err := mayConnect(c, a); err != nil {
			return nil, "", err
		}
		if _, ok := s.Networks[a.Network].(network.Linker); !ok {
			return nil, "", advocacy.InvalidField("name", "NETWORK_WITHOUT_TOKENS", "accounts of %s are not connected with a token", a.Network)
		}
		return a, string(id), s.forgetToken(ctx, tx, c, a)
	}, accountAgain(w))
}

// forgetToken deletes the token of an account, and says so on record.
func (s *Service) forgetToken(ctx context.Context, tx Tx, c Call, a *advocacy.SocialAccount) error {
	a.UpdateTime = tx.Now()
	a.Grantor, a.ConnectTime = "", time.Time{} // what somebody gave is here no more
	if a.State == advocacy.AccountReady {
		a.State = advocacy.AccountReconnect
	}
	if err := tx.SaveAccount(ctx, a, nil); err != nil {
		return err
	}
	if err := s.revokeLater(ctx, tx, a); err != nil {
		return err
	}
	if err := tx.ForgetCredential(ctx, a.Workspace, a.ID); err != nil {
		return err
	}
	return s.recordConnection(ctx, tx, c, a, "social_account.withdrawn")
}

// revokeLater hands the credential of an account to a job that ends it at the network. Nobody
// waits for that: whether the network is there or not, nothing more goes out with it here.
func (s *Service) revokeLater(ctx context.Context, tx Tx, a *advocacy.SocialAccount) error {
	_, signedIn := s.Networks[a.Network].(network.Authorizer)
	_, ends := s.Networks[a.Network].(network.Ender)
	if !signedIn && !ends {
		return nil
	}
	kept, err := tx.Credential(ctx, a.Workspace, a.ID)
	if err != nil || kept.Sealed == nil {
		return err
	}
	r := &advocacy.Revocation{Workspace: a.Workspace, ID: s.NewID(), Account: a.ID, Sealed: kept.Sealed, CreateTime: tx.Now()}
	if err := tx.AddRevocation(ctx, r); err != nil {
		return err
	}
	return s.EnqueueRevocation(ctx, tx, a, r, tx.Now())
}

// EnqueueRevocation has a credential ended at an instant.
func (s *Service) EnqueueRevocation(ctx context.Context, tx Tx, a *advocacy.SocialAccount, r *advocacy.Revocation, at time.Time) error {
	return enqueue(ctx, tx, advocacy.Job{Kind: JobRevoke, RunTime: at, Queue: string(a.Network)}, ResourceJob{Workspace: r.Workspace, ID: r.ID})
}

// EndRevocation forgets a credential that was ended at its network, or that the network would not
// end, and says so on record.
func (s *Service) EndRevocation(ctx context.Context, tx Tx, a *advocacy.SocialAccount, r *advocacy.Revocation, ended bool, said advocacy.Answer) error {
	if err := tx.RemoveRevocation(ctx, r.Workspace, r.ID); err != nil {
		return err
	}
	action := "social_account.revoked"
	if !ended {
		action = "social_account.not_revoked"
	}
	return s.recordAccount(ctx, tx, SystemCall(r.Workspace), a, action, said.Text)
}

// forgetTokensOf deletes the tokens a person gave: who leaves takes them along.
func (s *Service) forgetTokensOf(ctx context.Context, tx Tx, c Call, w advocacy.WorkspaceID, owner advocacy.PersonID) error {
	accounts, err := tx.ConnectedOf(ctx, w, owner)
	if err != nil {
		return err
	}
	for i := range accounts {
		if err := s.forgetToken(ctx, tx, c, &accounts[i]); err != nil {
			return err
		}
	}
	return nil
}

// mayConnect: the owner and the deputy of an account connect it, and who may change accounts;
// one that speaks for a person only that person.
func mayConnect(c Call, a *advocacy.SocialAccount) error {
	own := c.Actor.Kind == advocacy.Human && (c.Actor.Person == a.Owner || c.Actor.Person == a.Deputy && !a.Personal)
	switch {
	case own, c.may(mayUpdateAccounts) && !a.Personal: // guard: nobody lends another person's voice
		return nil
	case a.Personal:
		return advocacy.Deny("NOT_ACCOUNT_OWNER", "this account speaks for its owner, who alone connects and disconnects it")
	default:
		return advocacy.Deny("NOT_ACCOUNT_OWNER", "the owner or the deputy of this account connects and disconnects it, or an administrator")
	}
}

func (s *Service) recordConnection(ctx context.Context, tx Tx, c Call, a *advocacy.SocialAccount, action string) error {
	return s.record(ctx, tx, c, a.Workspace, fact{
		action: action, subject: a.Name(), parent: a.Name(),
		detail: map[string]any{
			"network": a.Network, "owner": a.Owner, "state": a.State, "handle": a.Handle, "external_id": a.ExternalID, "deduplicates": a.Deduplicates,
		},
	})
}

func accountAgain(w advocacy.WorkspaceID) func(context.Context, Tx, string) (*advocacy.SocialAccount, error) {
	return func(ctx context.Context, tx Tx, id string) (*advocacy.SocialAccount, error) {
		return tx.Account(ctx, w, advocacy.AccountID(id))
	}
}
