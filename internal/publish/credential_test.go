package publish_test

import (
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/publish"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// signedIn is a house whose brand account was connected by signing in, for two hours, and one
// approved post that is due for it.
func signedIn(t *testing.T, first network.Grant) (*workflowtest.House, *workflowtest.SignIn, *workflow.PostView) {
	t.Helper()
	ledger := workflowtest.NewLedger()
	h := workflowtest.New(t, ledger)
	s := workflowtest.SignInAt(h, ledger)
	s.First = first
	reconnect(t, h, s, "acme")
	return h, s, h.Approved(t, "Signed by two.", h.Ledger)
}

// reconnect connects the account by signing in.
func reconnect(t *testing.T, h *workflowtest.House, s *workflowtest.SignIn, account string) {
	t.Helper()
	a := ledgerAccount(t, h)
	begun, err := h.Flow.StartConnection(t.Context(), h.As(h.Curator), h.W, a.ID, a.Version)
	ok(t, err)
	state, code := s.Answer(t, begun.Address, account)
	_, err = h.Flow.CompleteConnection(t.Context(), h.As(h.Curator), h.W, a.ID, workflow.Comeback{State: state, Code: code})
	ok(t, err)
}

func ledgerAccount(t *testing.T, h *workflowtest.House) *advocacy.SocialAccount {
	t.Helper()
	a, err := h.Store.Account(t.Context(), h.W, h.Ledger)
	ok(t, err)
	return a
}

func grantOf(t *testing.T, h *workflowtest.House) network.Grant {
	t.Helper()
	kept, err := h.Store.Credential(t.Context(), h.W, h.Ledger)
	ok(t, err)
	g, err := network.DecodeGrant(kept.Sealed)
	ok(t, err)
	return g
}

// state fails when the account is in another.
func state(t *testing.T, h *workflowtest.House, want advocacy.AccountState) {
	t.Helper()
	if a := ledgerAccount(t, h); a.State != want {
		t.Fatalf("the account is %s, want %s", a.State, want)
	}
}

// told returns the reasons why the account's owner was asked to connect it again.
func told(t *testing.T, h *workflowtest.House) (reasons []string) {
	t.Helper()
	all, _, err := h.Store.AuditRecords(t.Context(), workflow.RecordQuery{Workspace: h.W, Page: workflow.Page{Size: 200}})
	ok(t, err)
	for _, r := range all {
		if r.Action == "social_account.disconnected" {
			reasons = append(reasons, string(r.Detail))
		}
	}
	return reasons
}

// twoHours is a grant as X gives them.
func twoHours() network.Grant {
	return network.Grant{Refresh: "r", ExpireTime: workflowtest.Start.Add(2 * time.Hour)}
}

// later is the answer of Next with a token that lasts for two hours from now.
func later(h *workflowtest.House) func(network.Grant) (network.Grant, network.Answer) {
	return func(old network.Grant) (network.Grant, network.Answer) {
		return network.Grant{Access: old.Access + "+", Refresh: old.Refresh + "+", Client: old.Client, ExpireTime: h.Clock.Now().Add(2 * time.Hour)},
			network.Answer{Class: network.Accepted}
	}
}

// TestRefreshBeforeTheEnd: a token that ends soon is replaced, once, and the next one is kept
// before it is used.
func TestRefreshBeforeTheEnd(t *testing.T) {
	t.Parallel()
	h, s, v := signedIn(t, twoHours())
	s.Next = later(h)
	h.Work(t)
	if used := s.Sent(); len(used) != 1 || string(used[0].Credential) != "token-of-acme" || len(s.Refreshes()) != 0 {
		t.Fatalf("a fresh token: sent %d, refreshed %q", len(used), s.Refreshes())
	}
	h.Clock.Advance(2*time.Hour - time.Minute)
	version := ledgerAccount(t, h).Version
	s.Before(func(d network.Delivery) {
		if g := grantOf(t, h); g.Access != string(d.Credential) || g.Refresh != "r+" || g.Trial {
			t.Error("a token was used that is not kept")
		}
	})
	second := h.Approved(t, "And another.", h.Ledger)
	h.Work(t)
	publication(t, h, v, advocacy.Published)
	publication(t, h, second, advocacy.Published)
	if used := s.Sent(); len(used) != 2 || string(used[1].Credential) != "token-of-acme+" || !slices.Equal(s.Refreshes(), []string{"r"}) {
		t.Errorf("sent %d, refreshed with %q", len(used), s.Refreshes())
	}
	if got := ledgerAccount(t, h).Version; got != version {
		t.Errorf("a refresh changed the account's version from %d to %d", version, got)
	}
}

// TestRefusedTokenIsReplacedOnce: F18. A refused token is replaced once; when the next is refused
// too, the owner is told, and the job keeps its approval.
func TestRefusedTokenIsReplacedOnce(t *testing.T) {
	t.Parallel()
	h, s, v := signedIn(t, network.Grant{Refresh: "r"})
	dead := map[string]bool{"token-of-acme": true}
	var mu sync.Mutex
	s.AnsweringWith(func(d network.Delivery) network.Answer {
		mu.Lock()
		defer mu.Unlock()
		if dead[string(d.Credential)] {
			return network.Answer{Class: network.AuthExpired, Said: advocacy.Worded("The token is invalid.")}
		}
		return network.Answer{Class: network.Accepted, ExternalID: d.Key}
	})
	for range 2 {
		h.Work(t)
	}
	publication(t, h, v, advocacy.Published)
	if len(s.Refreshes()) != 1 || len(s.Sent()) != 1 || len(told(t, h)) != 0 {
		t.Fatalf("refreshed %d times, sent %d", len(s.Refreshes()), len(s.Sent()))
	}
	mu.Lock()
	dead["token-of-acme+"], dead["token-of-acme++"] = true, true
	mu.Unlock()
	second := h.Approved(t, "And another.", h.Ledger)
	for range 4 {
		h.Work(t)
		h.Clock.Advance(time.Hour)
	}
	x := publication(t, h, second, advocacy.Scheduled)
	if x.Wait != advocacy.BlockAccount || len(s.Refreshes()) != 1 || len(told(t, h)) != 1 {
		t.Errorf("waits for %s, refreshed %d times, told %q", x.Wait, len(s.Refreshes()), told(t, h))
	}
	state(t, h, advocacy.AccountReconnect)
	reconnect(t, h, s, "acme")
	mu.Lock()
	clear(dead)
	mu.Unlock()
	h.Clock.Advance(time.Hour)
	h.Work(t)
	publication(t, h, second, advocacy.Published)
}

// TestRefreshEnds: what proves that the old token still stands is asked again later; what may have
// spent it, or ended it, is not, and the owner is told.
func TestRefreshEnds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		class network.Class
		twice bool
		want  advocacy.AccountState
	}{
		{network.Retryable, false, advocacy.AccountReady},
		{network.RateLimited, false, advocacy.AccountReady},
		{network.Misconfigured, false, advocacy.AccountReady},
		{network.UnknownOutcome, true, advocacy.AccountReady},
		{network.UnknownOutcome, false, advocacy.AccountReconnect},
		{network.AuthExpired, true, advocacy.AccountReconnect},
	} {
		h, s, v := signedIn(t, network.Grant{Refresh: "r", ExpireTime: workflowtest.Start})
		s.Twice = c.twice
		s.Next = func(network.Grant) (network.Grant, network.Answer) {
			return network.Grant{}, network.Answer{Class: c.class, Said: advocacy.Worded("as told")}
		}
		h.Work(t)
		state(t, h, c.want)
		x := publication(t, h, v, advocacy.Scheduled)
		if reconnects := c.want == advocacy.AccountReconnect; reconnects != (x.Wait == advocacy.BlockAccount) || reconnects != (len(told(t, h)) == 1) {
			t.Errorf("%s: waits for %s, told %q", c.class, x.Wait, told(t, h))
		}
		s.Next = later(h)
		h.Clock.Advance(time.Hour)
		h.Work(t)
		want := advocacy.Published
		if c.want == advocacy.AccountReconnect {
			want = advocacy.Scheduled
		}
		publication(t, h, v, want)
		if asked := len(s.Refreshes()); asked != 1 && c.want == advocacy.AccountReconnect || asked != 2 && c.want == advocacy.AccountReady {
			t.Errorf("%s: asked %d times", c.class, asked)
		}
	}
}

// TestRefreshThatIsLost: F19. Where a worker died between asking for the next token and keeping
// it, the token is not asked with again, and the owner is told; where a token is good twice, it is.
func TestRefreshThatIsLost(t *testing.T) {
	t.Parallel()
	for _, step := range []string{"refresh", "refreshed"} {
		for _, twice := range []bool{false, true} {
			h, s, v := signedIn(t, network.Grant{Refresh: "r", ExpireTime: workflowtest.Start})
			s.Twice = twice
			dies := *h.Worker
			dies.Reached = func(at string) {
				if at == step {
					runtime.Goexit()
				}
			}
			died := make(chan struct{})
			go func() {
				defer close(died)
				_ = dies.Sweep(t.Context())
			}()
			<-died
			asked := len(s.Refreshes())
			s.Next = later(h)
			h.Work(t) // while its lease lasts nobody else asks
			if len(s.Refreshes()) != asked || len(s.Sent()) != 0 {
				t.Errorf("%s: asked %d times, sent %d", step, len(s.Refreshes()), len(s.Sent()))
			}
			for range 3 {
				h.Clock.Advance(2 * time.Minute)
				h.Work(t)
			}
			if twice {
				publication(t, h, v, advocacy.Published)
				continue
			}
			state(t, h, advocacy.AccountReconnect)
			if x := publication(t, h, v, advocacy.Scheduled); x.Wait != advocacy.BlockAccount || len(s.Refreshes()) != asked {
				t.Errorf("%s: waits for %s, asked %d times", step, x.Wait, len(s.Refreshes()))
			}
			if reasons := told(t, h); len(reasons) != 1 || !strings.Contains(reasons[0], "was not kept") {
				t.Errorf("%s: told %q", step, reasons)
			}
		}
	}
}

// TestOneRefreshAtATime: while one worker asks for the next token, nobody else asks, or uses the
// one that is being replaced.
func TestOneRefreshAtATime(t *testing.T) {
	t.Parallel()
	h, s, v := signedIn(t, twoHours())
	h.Work(t)
	x := publication(t, h, v, advocacy.Published)
	h.Clock.Advance(2*time.Hour - time.Minute)
	second := h.Approved(t, "And another.", h.Ledger)
	asked, answer := make(chan struct{}), make(chan struct{})
	next := later(h)
	s.Next = func(old network.Grant) (network.Grant, network.Answer) {
		close(asked)
		<-answer
		return next(old)
	}
	var group sync.WaitGroup
	group.Go(func() { ok(t, h.Worker.Deliver(t.Context(), h.W, only(t, h, second).ID)) })
	<-asked
	take := workflow.PublicationJob{Workspace: h.W, Publication: x.ID}
	if err := h.Worker.TakeBack(t.Context(), take); err == nil || !strings.Contains(err.Error(), "next token is not there yet") {
		t.Errorf("meanwhile: %v", err)
	}
	close(answer)
	group.Wait()
	publication(t, h, second, advocacy.Published)
	ok(t, h.Worker.TakeBack(t.Context(), take))
	if !slices.Equal(s.Refreshes(), []string{"r"}) || !s.Deleted(string(x.ID)) {
		t.Errorf("refreshed with %q", s.Refreshes())
	}
}

// TestReplacedMeanwhile: what a network says of a token is said of no other. An account that was
// connected again while the old token was on its way stays connected; so does one that was
// connected again while the next token was asked for, and that one is not kept.
func TestReplacedMeanwhile(t *testing.T) {
	t.Parallel()
	h, s, v := signedIn(t, network.Grant{})
	var once sync.Once
	s.AnsweringWith(func(d network.Delivery) network.Answer {
		if string(d.Credential) == "token-of-acme" {
			return network.Answer{Class: network.AuthExpired, Said: advocacy.Worded("The token is invalid.")}
		}
		return network.Answer{Class: network.Accepted, ExternalID: d.Key}
	})
	s.Before(func(network.Delivery) {
		once.Do(func() {
			a := ledgerAccount(t, h)
			_, err := h.Flow.ConnectAccount(t.Context(), h.As(h.Curator), h.W, a.ID, workflow.Token{Secret: "token-of-acme", Version: a.Version})
			ok(t, err)
		})
	})
	h.Work(t)
	state(t, h, advocacy.AccountReady)
	if x := publication(t, h, v, advocacy.Scheduled); x.Wait != "RETRY" || len(told(t, h)) != 0 {
		t.Errorf("waits for %s, told %q", x.Wait, told(t, h))
	}
	h.Work(t) // now it is said of the token there is
	state(t, h, advocacy.AccountReconnect)

	h, s, v = signedIn(t, network.Grant{Refresh: "r", ExpireTime: workflowtest.Start})
	s.Next = func(old network.Grant) (network.Grant, network.Answer) {
		s.First = network.Grant{}
		reconnect(t, h, s, "acme")
		return later(h)(old)
	}
	h.Work(t)
	publication(t, h, v, advocacy.Published)
	if used := s.Sent(); len(used) != 1 || string(used[0].Credential) != "token-of-acme" || grantOf(t, h).Access != "token-of-acme" {
		t.Error("the grant of a former connection is kept, or used")
	}
}

// locked are credentials whose keys are out of reach.
type locked struct{ publish.Credentials }

func (locked) Open(advocacy.SocialAccount, []byte) ([]byte, error) {
	return nil, &advocacy.Error{Kind: advocacy.Unavailable, Reason: "KEYS_UNREACHABLE", Message: "the service that holds the keys does not open them now"}
}

// TestKeysOutOfReach: what is due waits for the keys and not for its owner, nobody is asked to connect
// anything again, and it goes out by itself when they are back.
func TestKeysOutOfReach(t *testing.T) {
	t.Parallel()
	h, l, v := house(t)
	keys := h.Worker.Credentials
	h.Worker.Credentials = locked{keys}
	h.Work(t)
	if x := publication(t, h, v, advocacy.Scheduled); x.Wait != "KEYS_UNREACHABLE" {
		t.Errorf("it waits for %s", x.Wait)
	}
	state(t, h, advocacy.AccountReady)
	if reasons := told(t, h); len(reasons) > 0 {
		t.Errorf("its owner is told %q", reasons)
	}
	sends(t, l, 0)
	h.Worker.Credentials = keys
	h.Clock.Advance(time.Minute)
	h.Work(t)
	publication(t, h, v, advocacy.Published)
	sends(t, l, 1)
}
