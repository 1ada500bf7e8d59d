package app_test

import (
	"fmt"
	"path"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/app"
)

// TestHoldBindsEveryReplica: while three replicas send, one of them acknowledges a hold. From then on
// none of them begins a request but those the answer lists as under way, which end.
func TestHoldBindsEveryReplica(t *testing.T) {
	t.Parallel()
	const posts = 12
	s := sceneOn(t, newPostgres(t), posts, "webhook")
	opened := s.open(t)
	defer opened.Close()
	in, err := opened.Flow.OpenSession(t.Context(), "acme", s.people.pr)
	ok(t, err)
	answer := s.receiver.wait(t)
	var replicas []*child
	for range 3 {
		// Nobody takes for dead who waits for an answer.
		replicas = append(replicas, spawn(t, append(s.environ(), childLease+"=1m")...))
	}
	flying := <-s.receiver.arrived
	client := &service{base: replicas[1].base}
	hold := client.want(t, in.Token, "POST", "/v1/workspaces/acme/holds?requestId="+app.NewID(), map[string]any{"scope": "WORKSPACE", "reason": "Storm."})
	acknowledged := time.Now()
	underWay := make(map[string]bool)
	if listed, some := hold["inFlight"].([]any); some {
		for _, name := range listed {
			underWay[path.Base(fmt.Sprint(name))] = true
		}
	}
	if !underWay[flying] {
		t.Errorf("%s is under way, and not in %v", flying, underWay)
	}
	answer()
	waitUntil(t, func() bool { // what was under way ends
		for _, id := range s.posts {
			all, err := opened.Store.PublicationsOf(t.Context(), "acme", id)
			ok(t, err)
			if all[0].State == advocacy.Sending {
				return false
			}
		}
		return true
	})
	<-time.After(2 * time.Second) // a dozen sweeps of each
	s.receiver.mu.Lock()
	defer s.receiver.mu.Unlock()
	for id, at := range s.receiver.at {
		if at.After(acknowledged) && !underWay[id] {
			t.Errorf("%s was sent %v after the hold was acknowledged", id, at.Sub(acknowledged))
		}
	}
	if len(s.receiver.at) != len(underWay) {
		t.Errorf("%d were sent, and %d were under way", len(s.receiver.at), len(underWay))
	}
}
