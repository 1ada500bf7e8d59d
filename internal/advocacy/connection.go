package advocacy

import (
	"strings"
	"time"
)

// ConnectionID names a connection.
type ConnectionID string

// ConnectionLife is how long somebody has to sign in at the network.
const ConnectionLife = 10 * time.Minute

// Connection is one try to connect an account by signing in at its network. It is made when
// somebody is sent there, and used once, by the same person in the same session, when the
// network's answer comes back.
type Connection struct {
	Workspace WorkspaceID
	ID        ConnectionID
	Account   AccountID
	// Person and Session are who was sent.
	Person  PersonID
	Session string
	// StateHash is the hash of the secret that comes back with the answer.
	StateHash []byte
	// Issuer is who has to have answered, "" when the network does not say who it is; IssuerTold:
	// it says so in each answer.
	Issuer     string
	IssuerTold bool
	// Version is the account's, as it was when somebody was sent.
	Version    int64
	CreateTime time.Time
	ExpireTime time.Time
	// UseTime is when the answer came, zero before.
	UseTime time.Time
}

// Use marks the connection as used by whoever brings the answer. A refusal leaves it as it is.
func (c *Connection) Use(actor Actor, account AccountID, now time.Time) error {
	switch {
	case actor.Person != c.Person || actor.Session == "" || actor.Session != c.Session: // guard: an answer is good for who was sent
		return Deny("CONNECTION_ELSEWHERE", "somebody else began this, or another session of yours: begin again where you are signed in")
	case account != c.Account: // guard: an answer is good for the account it was asked for
		return Refuse("CONNECTION_ELSEWHERE", "this was begun for another account")
	case !c.UseTime.IsZero(): // guard: an answer is good once
		return Refuse("CONNECTION_USED", "this answer was brought before: begin again")
	case !now.Before(c.ExpireTime): // guard: an answer is good for minutes
		return Refuse("CONNECTION_EXPIRED", "this was begun too long ago: begin again")
	}
	c.UseTime = now
	return nil
}

// cancelled begins what LinkedIn says in the place of access_denied: user_cancelled_login and
// user_cancelled_authorize (learn.microsoft.com/linkedin/shared/authentication/authorization-code-flow).
const cancelled = "user_cancelled_"

// Judge tells whether an answer is the network's yes.
func (c *Connection) Judge(issuer, problem string) error {
	switch {
	case c.IssuerTold && issuer == "", issuer != "" && c.Issuer != "" && issuer != c.Issuer: // guard: nobody answers in another's place
		return Refuse("ISSUER_DIFFERENT", "the answer is not the network's that was asked: nothing was connected")
	case problem == "access_denied", strings.HasPrefix(problem, cancelled):
		return Refuse("CONNECTION_DENIED", "the network was told not to connect the account")
	case problem != "":
		return Refuse("CONNECTION_REFUSED", "the network did not connect the account")
	}
	return nil
}

// Credential is what is kept of an account's credential. Only package publish opens it.
type Credential struct {
	// Sealed is nil when there is none.
	Sealed []byte
	// Version grows with each change of Sealed: what a network says of one is said of no other.
	Version int64
	// Refused: the network does not take it, and a next one is to be asked for.
	Refused bool
	// Epoch is that of the last who asked for the next one, and LeaseTime until when nobody else
	// does; zero when the answer came and was kept.
	Epoch     int64
	LeaseTime time.Time
}

// Revocation is a credential that is to be ended at its network.
type Revocation struct {
	Workspace  WorkspaceID
	ID         string
	Account    AccountID
	Sealed     []byte
	CreateTime time.Time
}

// revocationLife is how long a network is asked to end a credential.
const revocationLife = 3 * 24 * time.Hour

// GivenUp tells whether the network is asked no more.
func (r *Revocation) GivenUp(now time.Time) bool { return now.Sub(r.CreateTime) >= revocationLife }

// Next is when a network that did not end a credential is asked again: soon at first, and then
// hourly.
func (r *Revocation) Next(now time.Time) time.Time {
	return now.Add(min(max(now.Sub(r.CreateTime), time.Minute), time.Hour))
}
