package workflow

import (
	"context"
	"strings"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// forgetConnections is how long one that expired is known, so that whoever is late is told why.
const forgetConnections = 24 * time.Hour

// StartedConnection is where somebody signs in at a network, and until when. Address is empty
// for a repetition: it was told once.
type StartedConnection struct {
	Address    string
	ExpireTime time.Time
}

// Comeback is what a network sent back with somebody it was asked about.
type Comeback struct {
	State string
	Code  string
	// Issuer is who says so, "" when it is not said.
	Issuer string
	// Problem is the network's code for its no.
	Problem string
}

// StartConnection sends the caller to an account's network, to sign in there. What comes back is
// good for the caller in this session alone, and for the account as it is now.
func (s *Service) StartConnection(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.AccountID, version int64) (*StartedConnection, error) {
	before, err := s.Store.Account(ctx, w, id)
	if err != nil {
		return nil, err
	}
	if err := mayConnect(c, before); err != nil {
		return nil, err
	}
	if done, err := s.carriedOut(ctx, c, w); err != nil || done {
		return &StartedConnection{}, err
	}
	if err := stale(version, before.Version); err != nil {
		return nil, err
	}
	adapter, err := s.authorizer(before)
	if err != nil {
		return nil, err
	}
	secret, hash := s.Secrets.New(SecretState)
	state := stateOf(w, id) + secret
	asking, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	entrance, err := adapter.Authorize(asking, *before, network.Question{State: state, Challenge: network.Challenge(s.Secrets.Verifier(state))})
	if err != nil {
		return nil, err
	}
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*StartedConnection, string, error) {
		k := &advocacy.Connection{
			Workspace: w, ID: advocacy.ConnectionID(s.NewID()), Account: id, Person: c.Actor.Person, Session: c.Actor.Session,
			StateHash: hash, Issuer: entrance.Issuer, IssuerTold: entrance.IssuerTold, Version: before.Version,
			CreateTime: tx.Now(), ExpireTime: tx.Now().Add(advocacy.ConnectionLife),
		}
		if err := tx.ForgetConnections(ctx, w, tx.Now().Add(-forgetConnections)); err != nil {
			return nil, "", err
		}
		if err := tx.AddConnection(ctx, k); err != nil {
			return nil, "", err
		}
		return &StartedConnection{Address: entrance.Address, ExpireTime: k.ExpireTime}, string(k.ID),
			s.recordConnection(ctx, tx, c, before, "social_account.connecting")
	}, func(context.Context, Tx, string) (*StartedConnection, error) { return &StartedConnection{}, nil })
}

// stateOf begins the state of a connection: it says which account an answer is for. The secret
// that follows says whose it is.
func stateOf(w advocacy.WorkspaceID, id advocacy.AccountID) string {
	return string(w) + "." + string(id) + "."
}

func (s *Service) authorizer(a *advocacy.SocialAccount) (network.Authorizer, error) {
	adapter, ok := s.Networks[a.Network].(network.Authorizer)
	if !ok {
		return nil, advocacy.Refuse("NETWORK_WITHOUT_OAUTH", "accounts of %s are not connected by signing in there", a.Network)
	}
	return adapter, nil
}

// CompleteConnection connects an account with what its network sent back: once, for who was sent
// there, as ConnectAccount does with a token.
func (s *Service) CompleteConnection(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.AccountID, d Comeback) (*advocacy.SocialAccount, error) {
	before, err := s.Store.Account(ctx, w, id)
	if err != nil {
		return nil, err
	}
	if err := mayConnect(c, before); err != nil {
		return nil, err
	}
	if done, err := s.carriedOut(ctx, c, w); err != nil || done {
		return before, err
	}
	adapter, err := s.authorizer(before)
	if err != nil {
		return nil, err
	}
	k, err := s.useConnection(ctx, c, before, d)
	if err != nil {
		return nil, err
	}
	if err := stale(k.Version, before.Version); err != nil { // guard: the code is for the account as it was
		return nil, err
	}
	asking, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	grant, err := adapter.Exchange(asking, *before, d.Code, s.Secrets.Verifier(d.State))
	if err != nil {
		return nil, err
	}
	profile, err := adapter.Connect(asking, *before, []byte(grant.Access))
	if err != nil {
		return nil, err
	}
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*advocacy.SocialAccount, string, error) {
		a, err := s.connect(ctx, tx, c, before, k.Version, grant.Encode(), profile)
		if err != nil {
			return nil, "", err
		}
		return a, string(id), s.recordConnection(ctx, tx, c, a, "social_account.connected")
	}, accountAgain(w))
}

// useConnection finds what an answer belongs to and uses it up, whatever the answer says: it is
// committed before the network is asked anything. A no is told after that, and is on record.
func (s *Service) useConnection(ctx context.Context, c Call, a *advocacy.SocialAccount, d Comeback) (k *advocacy.Connection, err error) {
	unknown := advocacy.Missing("CONNECTION_NOT_FOUND", "nothing was begun that this answers, or too long ago: begin again")
	secret, ours := strings.CutPrefix(d.State, stateOf(a.Workspace, a.ID))
	hash, err := s.Secrets.Hash(secret)
	if err != nil || !ours {
		return nil, unknown
	}
	var no error
	err = s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		if k, err = tx.ConnectionForUpdate(ctx, a.Workspace, hash); err != nil {
			return err
		}
		if err := k.Use(c.Actor, a.ID, tx.Now()); err != nil {
			return err
		}
		if err := tx.UseConnection(ctx, k); err != nil {
			return err
		}
		if no = k.Judge(d.Issuer, d.Problem); no == nil && d.Code == "" {
			no = advocacy.Refuse("CONNECTION_REFUSED", "the network sent no code back")
		}
		if no == nil {
			return nil
		}
		return s.record(ctx, tx, c, a.Workspace, fact{
			action: "social_account.connection_refused", subject: a.Name(), parent: a.Name(), detail: map[string]any{"reason": advocacy.ReasonOf(no)},
		})
	})
	if advocacy.KindOf(err) == advocacy.NotFound {
		return nil, unknown
	}
	if err == nil {
		err = no
	}
	return k, err
}
