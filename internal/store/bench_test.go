package store_test

import (
	"context"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/store"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// benchID is a UUIDv7's length and order.
func benchID(n int64) string { return fmt.Sprintf("01938000-0000-7000-8000-%012x", n) }

func onEachBench(b *testing.B, bench func(b *testing.B, s *store.Store)) {
	b.Run("SQLite", func(b *testing.B) {
		bench(b, migratedFile(b))
	})
	b.Run("PostgreSQL", func(b *testing.B) { bench(b, migrated(b)) })
}

func migratedFile(b *testing.B) *store.Store {
	b.Helper()
	s := open(b, filepath.Join(b.TempDir(), "store.db"))
	if err := s.Migrate(b.Context()); err != nil {
		b.Fatal(err)
	}
	return s
}

func seedBench(b *testing.B, s *store.Store) {
	b.Helper()
	err := s.Update(b.Context(), func(ctx context.Context, tx workflow.Tx) error {
		if err := tx.AddWorkspace(ctx, &advocacy.Workspace{ID: "acme"}); err != nil {
			return err
		}
		return tx.AddMember(ctx, &advocacy.Member{Workspace: "acme", Person: "p", State: advocacy.MemberActive})
	})
	if err != nil {
		b.Fatal(err)
	}
}

// BenchmarkUpdate is one durable transaction, a post and its audit record, by one and by
// sixteen callers.
func BenchmarkUpdate(b *testing.B) {
	onEachBench(b, func(b *testing.B, s *store.Store) {
		seedBench(b, s)
		var n atomic.Int64
		for _, callers := range []int{1, 16} {
			b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
				b.ReportAllocs()
				b.SetParallelism(callers)
				work := func() bool {
					id := benchID(n.Add(1))
					err := s.Update(b.Context(), func(ctx context.Context, tx workflow.Tx) error {
						p := &advocacy.Post{Workspace: "acme", ID: advocacy.PostID(id), Author: "p", State: advocacy.PostDraft, CreateTime: tx.Now()}
						if err := tx.AddPost(ctx, p); err != nil {
							return err
						}
						return tx.Record(ctx, advocacy.AuditRecord{
							Workspace: "acme", ID: advocacy.RecordID(id), Time: tx.Now(), Action: "post.created", Parent: "posts/" + id,
							Actor: advocacy.Actor{Kind: advocacy.Human, Workspace: "acme", Person: "p"},
						})
					})
					if err != nil {
						b.Error(err)
					}
					return err == nil
				}
				if callers == 1 {
					for b.Loop() {
						work()
					}
					return
				}
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() && work() {
					}
				})
			})
		}
	})
}

// BenchmarkQueue is a page of fifty turns out of ten thousand, for a person with two
// roles.
func BenchmarkQueue(b *testing.B) {
	onEachBench(b, func(b *testing.B, s *store.Store) {
		seedBench(b, s)
		seedTasks(b, s, 10_000)
		b.ReportAllocs()
		b.ResetTimer()
		q := workflow.TaskQuery{
			Page: workflow.Page{Size: 50}, Workspace: "acme", Person: "approver", State: workflow.TaskOpen,
			Roles: []advocacy.Role{advocacy.RoleLegal, advocacy.RolePR},
		}
		for b.Loop() {
			turns, next, err := s.Tasks(b.Context(), q)
			if err != nil || len(turns) != 50 || next == "" {
				b.Fatal(len(turns), next, err)
			}
		}
	})
}

func seedTasks(b *testing.B, s *store.Store, count int) {
	b.Helper()
	const batch = 100
	digest := advocacy.DigestOf([]byte("bytes"))
	for from := 0; from < count; from += batch {
		err := s.Update(b.Context(), func(ctx context.Context, tx workflow.Tx) error {
			for n := from; n < from+batch; n++ {
				subject := advocacy.PostSubject("acme", advocacy.PostID(benchID(int64(n))))
				if err := tx.AddRevision(ctx, &advocacy.Revision{Subject: subject, Number: 1, Digest: digest}); err != nil {
					return err
				}
				review := &advocacy.Review{Subject: subject, Round: 1, Revision: 1, Digest: digest, State: advocacy.ReviewOpen}
				if err := tx.AddReview(ctx, review); err != nil {
					return err
				}
				err := tx.PutTasks(ctx, workflow.Task{
					Workspace: "acme", ID: advocacy.TaskID(benchID(int64(n))), Subject: subject, Round: 1, Requirement: "legal",
					Role: []advocacy.Role{advocacy.RoleLegal, advocacy.RolePR}[n%2], State: workflow.TaskOpen, Digest: digest,
					Title: "We are hiring in Lyon, and here is why you should come", Author: "p", Language: "en",
					Origin: advocacy.OriginOriginal, Networks: []advocacy.Network{"wall", "webhook"}, Need: 1,
					DueTime: clock(), CreateTime: clock(), Excluded: []advocacy.PersonID{"p"},
				})
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSession is the look-up that comes before every call.
func BenchmarkSession(b *testing.B) {
	onEachBench(b, func(b *testing.B, s *store.Store) {
		seedBench(b, s)
		token := []byte("0123456789abcdef0123456789abcdef")
		err := s.Update(b.Context(), func(ctx context.Context, tx workflow.Tx) error {
			if err := tx.PutRole(ctx, &advocacy.RoleDef{Workspace: "acme", Role: advocacy.RoleLegal}); err != nil {
				return err
			}
			m, err := tx.Member(ctx, "acme", "p")
			if err != nil {
				return err
			}
			m.Roles = []advocacy.RoleGrant{{Role: advocacy.RoleLegal, Since: tx.Now()}}
			if err := tx.SaveMember(ctx, m); err != nil {
				return err
			}
			return tx.AddSession(ctx, &advocacy.Session{Workspace: "acme", ID: "s", Person: "p", TokenHash: token})
		})
		if err != nil {
			b.Fatal(err)
		}
		b.ReportAllocs()
		for b.Loop() {
			if _, _, _, err := s.FindSession(b.Context(), token); err != nil {
				b.Fatal(err)
			}
		}
	})
}
