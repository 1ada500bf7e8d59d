package bluesky

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/wire"
)

// login is what an account is signed in to with, and where.
type login struct {
	server               *url.URL
	identifier, password string
}

// appPasswords have a form of their own.
var appPasswords = regexp.MustCompile(`^[a-z0-9]{4}(-[a-z0-9]{4}){3}$`)

// login reads a credential: who signs in, a colon, and an app password.
func (n *Network) login(a advocacy.SocialAccount, credential []byte) (login, *network.Answer) {
	server, err := n.client.Address(a.Address)
	if err != nil {
		return login{}, network.Ended(network.Misconfigured, advocacy.AnswerAddressUnusable)
	}
	if len(credential) == 0 {
		return login{}, network.Ended(network.AuthExpired, advocacy.AnswerNotConnected)
	}
	colon := strings.LastIndexByte(string(credential), ':')
	if colon <= 0 || !appPasswords.Match(credential[colon+1:]) { // guard: nobody's own password is kept
		return login{}, network.Ended(network.AuthExpired, advocacy.AnswerHandleAndPassword)
	}
	return login{server, strings.TrimPrefix(string(credential[:colon]), "@"), string(credential[colon+1:])}, nil
}

// session is what a server gave for a password: tokens, whose they are, and where the account's
// repository is kept.
type session struct {
	did, handle     string
	host            *url.URL
	access, refresh string
}

// seat is one account that is signed in to, once for all who publish to it: servers count
// sessions. Whoever has its turn may change it.
type seat struct {
	turn chan struct{}
	session
}

type seatKey [sha256.Size]byte

// mostSeats bounds how many sessions are kept.
const mostSeats = 1024

// seat returns the seat of a login, in the place of any other when there are too many.
func (n *Network) seat(l login) *seat {
	key := l.key()
	n.mu.Lock()
	defer n.mu.Unlock()
	if s, kept := n.seats[key]; kept {
		return s
	}
	for other := range n.seats {
		if len(n.seats) < mostSeats {
			break
		}
		delete(n.seats, other)
	}
	s := &seat{turn: make(chan struct{}, 1)}
	n.seats[key] = s
	return s
}

func (n *Network) forget(l login) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.seats, l.key())
}

// key is of all of it: what is wrong in any part is nobody else's session.
func (l login) key() seatKey {
	return sha256.Sum256([]byte(l.server.String() + "\n" + l.identifier + "\n" + l.password))
}

// take waits for the turn, and tells whether it came in time.
func (s *seat) take(ctx context.Context) bool {
	select {
	case <-ctx.Done():
		return false
	case s.turn <- struct{}{}:
		return true
	}
}

func (s *seat) leave() { <-s.turn }

// visit is a session in use.
type visit struct {
	n     *Network
	login login
	seat  *seat
	// account is whose it has to be, "" for whoever's it is.
	account string
	session
}

// visit signs in to an account, or goes on with a session there is.
func (n *Network) visit(ctx context.Context, a advocacy.SocialAccount, credential []byte) (*visit, *network.Answer) {
	l, wrong := n.login(a, credential)
	if wrong != nil {
		return nil, wrong
	}
	v := &visit{n: n, login: l, seat: n.seat(l), account: a.ExternalID}
	return v, v.sit(ctx, "")
}

// sit takes the session of the seat, and makes another one when there is none or only the one
// that is spent.
func (v *visit) sit(ctx context.Context, spent string) *network.Answer {
	if !v.seat.take(ctx) {
		return network.Ended(network.Retryable, advocacy.AnswerStopped)
	}
	defer v.seat.leave()
	if v.seat.access == spent || v.seat.access == "" {
		fresh, wrong := v.renewed(ctx, v.seat.session)
		if wrong != nil {
			v.seat.session = session{}
			return wrong
		}
		v.seat.session = fresh
	}
	v.session = v.seat.session
	if v.account != "" && v.did != v.account { // guard: what was signed for one account goes out through no other
		return network.Ended(network.AuthExpired, advocacy.AnswerAccountOther)
	}
	return nil
}

// renewed is a session after another, or a first one. A refresh token is good once, so that its
// answer may be lost; the password is good for as long as its owner leaves it.
func (v *visit) renewed(ctx context.Context, old session) (session, *network.Answer) {
	if old.refresh != "" {
		fresh, wrong := v.begun(ctx, call{host: old.host, method: http.MethodPost, name: "com.atproto.server.refreshSession", token: old.refresh})
		if wrong == nil && fresh.did == old.did {
			return fresh, nil
		}
	}
	content, err := json.Marshal(map[string]string{"identifier": v.login.identifier, "password": v.login.password})
	if err != nil {
		return session{}, network.Ended(network.Misconfigured, advocacy.AnswerTokenMalformed)
	}
	return v.begun(ctx, call{
		host: v.login.server, method: http.MethodPost, name: "com.atproto.server.createSession", content: content, kind: jsonKind,
	})
}

// begun asks for a session.
func (v *visit) begun(ctx context.Context, c call) (session, *network.Answer) {
	var got struct {
		DID     string    `json:"did"`
		Handle  string    `json:"handle"`
		Access  string    `json:"accessJwt"`
		Refresh string    `json:"refreshJwt"`
		Active  *bool     `json:"active"`
		Doc     *document `json:"didDoc"`
	}
	end := v.n.once(ctx, c)
	if wrong := harmless(end.wrong); wrong != nil {
		return session{}, wrong
	}
	switch {
	case json.Unmarshal(end.data, &got) != nil || !dids.MatchString(got.DID) || got.Access == "":
		return session{}, &network.Answer{Class: network.Permanent, Said: network.Say(advocacy.AnswerServerOther)}
	case got.Active != nil && !*got.Active:
		return session{}, network.Ended(network.AuthExpired, advocacy.AnswerAccountInactive)
	}
	host, wrong := v.n.hostOf(got.DID, got.Doc, c.host)
	return session{got.DID, got.Handle, host, got.Access, got.Refresh}, wrong
}

// document is what is published about an account: where its repository is, among others.
type document struct {
	ID      string `json:"id"`
	Service []struct {
		ID       string `json:"id"`
		Endpoint any    `json:"serviceEndpoint"`
	} `json:"service"`
}

// hostOf is where the repository of an account is kept, which the server that signed it in may
// say; else it is kept there.
func (n *Network) hostOf(did string, d *document, server *url.URL) (*url.URL, *network.Answer) {
	if d == nil || d.ID != did { // guard: what is said of another account is not followed
		return server, nil
	}
	for _, s := range d.Service {
		endpoint, text := s.Endpoint.(string)
		if !text || s.ID != "#atproto_pds" && s.ID != did+"#atproto_pds" {
			continue
		}
		host, err := n.client.Address(endpoint) // a server sends nobody where an account may not be
		if err != nil {
			return nil, network.Ended(network.Misconfigured, advocacy.AnswerHostForbidden)
		}
		return host, nil
	}
	return server, nil
}

// call is one request to a server.
type call struct {
	host         *url.URL
	method, name string
	query        url.Values
	content      []byte
	kind, token  string
}

const jsonKind = "application/json"

// ended is how a request ended: with data, or with what was wrong.
type ended struct {
	code    int
	data    []byte
	problem problem
	wrong   *network.Answer
}

// once sends a request and reads its answer. What is not a clear answer is UnknownOutcome.
func (n *Network) once(ctx context.Context, c call) ended {
	target := *c.host
	target.Path, target.RawPath = "/xrpc/"+c.name, ""
	target.RawQuery = c.query.Encode()
	r, err := http.NewRequestWithContext(ctx, c.method, target.String(), bytes.NewReader(c.content))
	if err != nil {
		panic("bluesky: " + c.method + " is no method") // the address was parsed before
	}
	r.Header.Set("Accept", jsonKind)
	r.Header.Set("User-Agent", "Imprimatur")
	if c.kind != "" {
		r.Header.Set("Content-Type", c.kind)
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	response, failure := n.client.Send(r)
	if failure != nil {
		answer := failure.Answer()
		return ended{wrong: &answer}
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		answer, said := n.refused(response)
		return ended{response.StatusCode, nil, said, &answer}
	}
	data, err := wire.Read(response, answerLimit)
	if err != nil {
		return ended{code: response.StatusCode, wrong: unread()}
	}
	return ended{code: response.StatusCode, data: data}
}

func unread() *network.Answer {
	return network.Ended(network.UnknownOutcome, advocacy.AnswerUnreadable)
}

// harmless is what was wrong with a request that publishes nothing, whatever becomes of it.
func harmless(wrong *network.Answer) *network.Answer {
	if wrong == nil {
		return nil
	}
	answer := wrong.Harmless()
	return &answer
}

// early is what was wrong before anything was said of the post: a server that does not answer as
// it should refuses nothing of what people signed.
func early(wrong *network.Answer) *network.Answer {
	if wrong != nil && wrong.Class == network.Permanent {
		return &network.Answer{Class: network.Misconfigured, Said: wrong.Said}
	}
	return wrong
}

// signed sends a request in the account's name. A token that has run out is changed for another
// one, once: the server did nothing yet.
func (v *visit) signed(ctx context.Context, c call) ended {
	c.host, c.token = v.host, v.access
	end := v.n.once(ctx, c)
	if end.problem.Name != expiredToken && end.problem.Name != invalidToken || end.code >= http.StatusInternalServerError {
		return end
	}
	if wrong := v.sit(ctx, v.access); wrong != nil {
		return ended{wrong: wrong}
	}
	c.host, c.token = v.host, v.access
	return v.n.once(ctx, c)
}

// open asks what anybody may ask, into a value.
func (v *visit) open(ctx context.Context, name string, query url.Values, into any) ended {
	end := v.n.once(ctx, call{host: v.host, method: http.MethodGet, name: name, query: query})
	if end.wrong == nil && json.Unmarshal(end.data, into) != nil {
		end.wrong = unread()
	}
	end.wrong = harmless(end.wrong)
	return end
}
