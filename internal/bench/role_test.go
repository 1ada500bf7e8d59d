package bench

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/fieldmaskpb"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
	"github.com/imprimatur-hq/imprimatur/internal/app"
)

// BenchmarkDecideBesideRoleChange signs with four clients while nothing else happens, and again
// while every open review is looked at again, since nobody holds a role any more that each of them
// asks for. It does both once:
//
//	IMPRIMATUR_BENCH_POSTS=1000 go test -run '^$' -bench BesideRoleChange -benchtime 1x ./internal/bench
func BenchmarkDecideBesideRoleChange(b *testing.B) {
	for _, database := range []string{"sqlite", "postgres"} {
		b.Run(database, func(b *testing.B) {
			h := open(b, database)
			waiting := make(chan *imprimaturv1.Post, 1000)
			var post *imprimaturv1.Post
			for range cap(waiting) {
				post = h.submit(b, h.draft(b))
				h.view(b, post.GetReview(), "legal")
				waiting <- post
			}
			b.ResetTimer()
			signed := 0
			idle := h.signWhile(b, waiting, func() bool { signed++; return signed <= 500 })
			began := time.Now()
			over := h.takeRole(b, "pr", "pr2")
			busy := h.signWhile(b, waiting, func() bool { return !over.Load() })
			for !over.Load() {
				time.Sleep(10 * time.Millisecond)
			}
			took := time.Since(began)
			last, err := imprimaturv1.NewReviewServiceClient(h.conn).GetReview(h.as("legal"), &imprimaturv1.GetReviewRequest{Name: post.GetReview()})
			must(b, err)
			if last.GetState() != imprimaturv1.Review_UNROUTABLE {
				b.Errorf("the last review is %s", last.GetState())
			}
			b.ReportMetric(milliseconds(percentile(idle, 99)), "idle-p99-ms")
			b.ReportMetric(milliseconds(percentile(busy, 99)), "busy-p99-ms")
			b.ReportMetric(float64(percentile(busy, 99))/float64(percentile(idle, 99)), "busy/idle")
			b.ReportMetric(float64(posts()+cap(waiting))/took.Seconds(), "reviews/s")
		})
	}
}

// takeRole makes approvers employees, and tells when every open review was looked at again, beside
// the service's own job that does the same.
func (h *house) takeRole(b *testing.B, people ...string) *atomic.Bool {
	members := imprimaturv1.NewMemberServiceClient(h.conn)
	page, err := members.ListMembers(h.as("admin"), &imprimaturv1.ListMembersRequest{Parent: workspace, PageSize: 200})
	must(b, err)
	for _, m := range page.GetMembers() {
		for _, name := range people {
			if m.GetDisplayName() != name {
				continue
			}
			_, err := members.UpdateMember(h.as("admin"), &imprimaturv1.UpdateMemberRequest{
				Member:     &imprimaturv1.Member{Name: m.GetName(), Etag: m.GetEtag(), Roles: []string{"employee"}},
				UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"roles"}}, RequestId: app.NewID(),
			})
			must(b, err)
		}
	}
	over := new(atomic.Bool)
	go func() {
		defer over.Store(true)
		ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
		defer cancel()
		if err := h.Flow.Reassess(ctx, "bench", app.NewID()); err != nil {
			b.Error(err)
		}
	}()
	return over
}
