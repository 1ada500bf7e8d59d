package bench

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
	"github.com/imprimatur-hq/imprimatur/internal/app"
)

// stricter asks legal for one signature more than the policy the workspace began with.
const stricter = `defaults:
  - {role: "approver:legal", quorum: 2, veto: true}
  - {role: "approver:pr", quorum: 1, veto: true}
`

// BenchmarkDecideBesideRecompute signs with four clients while nothing else happens, and
// again while every open review is computed anew under a stricter policy. It does both
// once, however long that takes:
//
//	go test -run '^$' -bench BesideRecompute -benchtime 1x ./internal/bench
func BenchmarkDecideBesideRecompute(b *testing.B) {
	for _, database := range []string{"sqlite", "postgres"} {
		b.Run(database, func(b *testing.B) {
			h := open(b, database)
			waiting := make(chan *imprimaturv1.Post, 4000)
			for range cap(waiting) {
				post := h.submit(b, h.draft(b))
				h.view(b, post.GetReview(), "legal")
				waiting <- post
			}
			b.ResetTimer()
			signed := 0
			idle := h.signWhile(b, waiting, func() bool { signed++; return signed <= 1500 })
			over := h.recompute(b)
			began := time.Now()
			busy := h.signWhile(b, waiting, func() bool { return !over.Load() })
			signing := time.Since(began)
			for !over.Load() {
				time.Sleep(10 * time.Millisecond)
			}
			took := time.Since(began)
			b.ReportMetric(milliseconds(percentile(idle, 99)), "idle-p99-ms")
			b.ReportMetric(milliseconds(percentile(busy, 99)), "busy-p99-ms")
			b.ReportMetric(float64(percentile(busy, 99))/float64(percentile(idle, 99)), "busy/idle")
			b.ReportMetric(float64(posts())/took.Seconds(), "reviews/s")
			b.ReportMetric(float64(len(busy))/signing.Seconds(), "decides/s")
		})
	}
}

// signWhile lets four clients sign what is waiting, each after the other, and returns how
// long each signature took.
func (h *house) signWhile(b *testing.B, waiting <-chan *imprimaturv1.Post, more func() bool) []time.Duration {
	var mu sync.Mutex
	var took []time.Duration
	next := func() *imprimaturv1.Post {
		mu.Lock()
		defer mu.Unlock()
		if !more() {
			return nil
		}
		select {
		case post := <-waiting:
			return post
		default:
			return nil
		}
	}
	var clients sync.WaitGroup
	for range 4 {
		clients.Go(func() {
			for post := next(); post != nil; post = next() {
				began := time.Now()
				h.sign(b, post)
				mu.Lock()
				took = append(took, time.Since(began))
				mu.Unlock()
			}
		})
	}
	clients.Wait()
	return took
}

// sign is decide by a client that reads again when the review has changed meanwhile.
func (h *house) sign(b *testing.B, post *imprimaturv1.Post) {
	reviews := imprimaturv1.NewReviewServiceClient(h.conn)
	version := etag(1)
	for {
		_, err := reviews.Decide(h.as("legal"), &imprimaturv1.DecideRequest{
			Name: post.GetReview(), Verdict: imprimaturv1.Verdict_VERDICT_APPROVE, Requirement: "legal",
			Digest: post.GetDigest(), Etag: version, RequestId: app.NewID(),
		})
		if status.Code(err) != codes.Aborted {
			must(b, err)
			return
		}
		review, err := reviews.GetReview(h.as("legal"), &imprimaturv1.GetReviewRequest{Name: post.GetReview()})
		must(b, err)
		version = review.GetEtag()
	}
}

// recompute puts the stricter policy in force, and tells when every review knows.
func (h *house) recompute(b *testing.B) *atomic.Bool {
	policies := imprimaturv1.NewRoutingPolicyServiceClient(h.conn)
	draft, err := policies.CreateRoutingPolicyRevision(h.as("admin"), &imprimaturv1.CreateRoutingPolicyRevisionRequest{
		Parent: workspace + "/routingPolicies/default", Document: stricter, RequestId: app.NewID(),
	})
	must(b, err)
	simulation, err := policies.SimulateRoutingPolicy(h.as("admin"), &imprimaturv1.SimulateRoutingPolicyRequest{Name: draft.GetName(), Days: 1, RequestId: app.NewID()})
	must(b, err)
	for simulation.GetState() == imprimaturv1.RoutingPolicySimulation_RUNNING {
		time.Sleep(100 * time.Millisecond)
		simulation, err = policies.GetRoutingPolicySimulation(h.as("admin"), &imprimaturv1.GetRoutingPolicySimulationRequest{Name: simulation.GetName()})
		must(b, err)
	}
	_, err = policies.ActivateRoutingPolicyRevision(h.as("second"), &imprimaturv1.ActivateRoutingPolicyRevisionRequest{
		Name: draft.GetName(), Simulation: simulation.GetName(), AcknowledgeUnroutable: true, RequestId: app.NewID(),
	})
	must(b, err)
	over := new(atomic.Bool)
	go func() {
		for {
			time.Sleep(50 * time.Millisecond)
			now, err := policies.GetRoutingPolicyRevision(h.as("admin"), &imprimaturv1.GetRoutingPolicyRevisionRequest{Name: draft.GetName()})
			if err != nil || now.GetActivation().GetRecomputeTime() != nil {
				over.Store(true)
				return
			}
		}
	}()
	return over
}
