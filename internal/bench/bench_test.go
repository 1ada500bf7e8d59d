package bench

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/stdlib"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
	"github.com/imprimatur-hq/imprimatur/internal/app"
	"github.com/imprimatur-hq/imprimatur/internal/grpcapi"
	"github.com/imprimatur-hq/imprimatur/internal/store/sqlite"
	"github.com/imprimatur-hq/imprimatur/internal/store/testpg"
)

func etag(version int64) string { return grpcapi.ETag(version) }

// operation makes what b.N operations need and returns the operation over each door.
type operation func(b *testing.B, h *house) map[string]func(i int)

var operations = []struct {
	name string
	make operation
}{
	{"Submit", submit}, {"View", view}, {"Decide", decide}, {"Share", share},
	{"QueuePage", queuePage}, {"ClosedPage", closedPage}, {"LibraryPage", libraryPage}, {"GetPost", getPost},
	{"ExplainPost", explainPost}, {"ExplainReview", explainReview},
}

// BenchmarkService runs every operation on every database, over both doors, by one
// client and by sixteen.
func BenchmarkService(b *testing.B) {
	for _, database := range []string{"sqlite", "postgres"} {
		b.Run(database, func(b *testing.B) {
			h := open(b, database)
			for _, o := range operations {
				for _, door := range []string{"grpc", "rest"} {
					for _, clients := range []int{1, 16} {
						b.Run(fmt.Sprintf("%s/%s/clients=%d", o.name, door, clients), func(b *testing.B) {
							run := o.make(b, h)[door]
							parallel(b, clients, run)
						})
					}
				}
			}
		})
	}
}

// parallel lets clients do b.N operations together and reports operations a second, and
// in how many milliseconds 99 of 100 were done.
func parallel(b *testing.B, clients int, run func(i int)) {
	var next atomic.Int64
	took := make([]time.Duration, b.N)
	b.ReportAllocs()
	b.ResetTimer()
	done := make(chan struct{})
	for range clients {
		go func() {
			defer func() { done <- struct{}{} }()
			for i := next.Add(1) - 1; i < int64(b.N); i = next.Add(1) - 1 {
				began := time.Now()
				run(int(i))
				took[i] = time.Since(began)
			}
		}()
	}
	for range clients {
		<-done
	}
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "op/s")
	b.ReportMetric(milliseconds(percentile(took, 99)), "p99-ms")
}

// percentile is how long that many of a hundred took at most.
func percentile(took []time.Duration, percent int) time.Duration {
	slices.Sort(took)
	return took[(len(took)-1)*percent/100]
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func submit(b *testing.B, h *house) map[string]func(int) {
	drafts := make([]*imprimaturv1.Post, b.N)
	for i := range drafts {
		drafts[i] = h.draft(b)
	}
	return map[string]func(int){
		"grpc": func(i int) { h.submit(b, drafts[i]) },
		"rest": func(i int) {
			h.call(b, "author", "POST", drafts[i].GetName()+":submit", map[string]any{"digest": drafts[i].GetDigest(), "requestId": app.NewID()})
		},
	}
}

func view(b *testing.B, h *house) map[string]func(int) {
	posts := make([]*imprimaturv1.Post, b.N)
	for i := range posts {
		posts[i] = h.submit(b, h.draft(b))
	}
	return map[string]func(int){
		"grpc": func(i int) { h.view(b, posts[i].GetReview(), "legal") },
		"rest": func(i int) {
			h.call(b, "legal", "POST", posts[i].GetReview()+":view", map[string]any{"requestId": app.NewID()})
		},
	}
}

func decide(b *testing.B, h *house) map[string]func(int) {
	posts := make([]*imprimaturv1.Post, b.N)
	for i := range posts {
		posts[i] = h.submit(b, h.draft(b))
		h.view(b, posts[i].GetReview(), "legal")
	}
	h.asked(b)
	return map[string]func(int){
		"grpc": func(i int) { h.decide(b, posts[i].GetReview(), posts[i].GetDigest(), "legal", 1) },
		"rest": func(i int) {
			h.call(b, "legal", "POST", posts[i].GetReview()+":decide", map[string]any{
				"verdict": "VERDICT_APPROVE", "requirement": "legal", "digest": posts[i].GetDigest(), "etag": etag(1), "requestId": app.NewID(),
			})
		},
	}
}

func share(b *testing.B, h *house) map[string]func(int) {
	library := imprimaturv1.NewLibraryServiceClient(h.conn)
	return map[string]func(int){
		"grpc": func(int) {
			_, err := library.ShareLibraryItem(h.as("author"), &imprimaturv1.ShareLibraryItemRequest{
				Name: h.item, SocialAccounts: []string{h.wall}, Language: "en", Digest: h.shared, RequestId: app.NewID(),
			})
			must(b, err)
		},
		"rest": func(int) {
			h.call(b, "author", "POST", h.item+":share", map[string]any{
				"socialAccounts": []string{h.wall}, "language": "en", "digest": h.shared, "requestId": app.NewID(),
			})
		},
	}
}

func queuePage(b *testing.B, h *house) map[string]func(int) {
	reviews := imprimaturv1.NewReviewServiceClient(h.conn)
	return map[string]func(int){
		"grpc": func(int) {
			page, err := reviews.ListReviewTasks(h.as("legal"), &imprimaturv1.ListReviewTasksRequest{Parent: workspace, PageSize: 50})
			must(b, err)
			if len(page.GetReviewTasks()) != 50 {
				b.Fatalf("%d turns", len(page.GetReviewTasks()))
			}
		},
		"rest": func(int) { h.call(b, "legal", "GET", workspace+"/reviewTasks?pageSize=50", nil) },
	}
}

// closedPage is what an approver has decided, of which there is at least a page.
func closedPage(b *testing.B, h *house) map[string]func(int) {
	for range 50 {
		signedOnce(b, h)
	}
	reviews := imprimaturv1.NewReviewServiceClient(h.conn)
	return map[string]func(int){
		"grpc": func(int) {
			page, err := reviews.ListReviewTasks(h.as("legal2"), &imprimaturv1.ListReviewTasksRequest{Parent: workspace, PageSize: 50, Filter: `state = "DONE"`})
			must(b, err)
			if len(page.GetReviewTasks()) != 50 {
				b.Fatalf("%d turns", len(page.GetReviewTasks()))
			}
		},
		"rest": func(int) {
			h.call(b, "legal2", "GET", workspace+"/reviewTasks?pageSize=50&filter="+url.QueryEscape(`state = "DONE"`), nil)
		},
	}
}

// signedOnce is a post that legal has signed, and PR has not.
func signedOnce(b *testing.B, h *house) *imprimaturv1.Post {
	post := h.submit(b, h.draft(b))
	h.view(b, post.GetReview(), "legal")
	h.decide(b, post.GetReview(), post.GetDigest(), "legal", 1)
	return post
}

// explainPost says what keeps a post from going out, who could sign it and who could not.
func explainPost(b *testing.B, h *house) map[string]func(int) {
	post, client := signedOnce(b, h), imprimaturv1.NewPostServiceClient(h.conn)
	return map[string]func(int){
		"grpc": func(int) {
			_, err := client.ExplainPost(h.as("author"), &imprimaturv1.ExplainPostRequest{Name: post.GetName()})
			must(b, err)
		},
		"rest": func(int) { h.call(b, "author", "GET", post.GetName()+":explain", nil) },
	}
}

// explainReview says the same of a round alone.
func explainReview(b *testing.B, h *house) map[string]func(int) {
	post, client := signedOnce(b, h), imprimaturv1.NewReviewServiceClient(h.conn)
	return map[string]func(int){
		"grpc": func(int) {
			_, err := client.ExplainReview(h.as("legal"), &imprimaturv1.ExplainReviewRequest{Name: post.GetReview()})
			must(b, err)
		},
		"rest": func(int) { h.call(b, "legal", "GET", post.GetReview()+":explain", nil) },
	}
}

func libraryPage(b *testing.B, h *house) map[string]func(int) {
	library := imprimaturv1.NewLibraryServiceClient(h.conn)
	return map[string]func(int){
		"grpc": func(int) {
			_, err := library.ListLibraryItems(h.as("author"), &imprimaturv1.ListLibraryItemsRequest{Parent: workspace, PageSize: 50})
			must(b, err)
		},
		"rest": func(int) { h.call(b, "author", "GET", workspace+"/libraryItems?pageSize=50", nil) },
	}
}

// getPost reads a post with its review and everybody's decisions: what a screen
// shows.
func getPost(b *testing.B, h *house) map[string]func(int) {
	post := h.submit(b, h.draft(b))
	h.view(b, post.GetReview(), "legal")
	h.decide(b, post.GetReview(), post.GetDigest(), "legal", 1)
	clients, reviews := imprimaturv1.NewPostServiceClient(h.conn), imprimaturv1.NewReviewServiceClient(h.conn)
	return map[string]func(int){
		"grpc": func(int) {
			_, err := clients.GetPost(h.as("author"), &imprimaturv1.GetPostRequest{Name: post.GetName()})
			must(b, err)
			_, err = reviews.GetReview(h.as("pr"), &imprimaturv1.GetReviewRequest{Name: post.GetReview()})
			must(b, err)
		},
		"rest": func(int) {
			h.call(b, "author", "GET", post.GetName(), nil)
			h.call(b, "pr", "GET", post.GetReview(), nil)
		},
	}
}

// BenchmarkFloor is what the bare databases do in the same run: one row and one audit
// row, one commit per write, and a page of 50 by an index. Ratios are against it.
func BenchmarkFloor(b *testing.B) {
	for database, connect := range floors() {
		b.Run(database, func(b *testing.B) { floor(b, connect) })
	}
}

// floors connect to the bare databases.
func floors() map[string]func(b *testing.B) (writer, reader *sql.DB) {
	_ = stdlib.GetDefaultDriver() // registers "pgx"
	return map[string]func(b *testing.B) (writer, reader *sql.DB){
		"sqlite": func(b *testing.B) (*sql.DB, *sql.DB) {
			w, r, err := sqlite.Open(filepath.Join(b.TempDir(), "floor.db"))
			must(b, err)
			return w, r
		},
		"postgres": func(b *testing.B) (*sql.DB, *sql.DB) {
			db, err := sql.Open("pgx", testpg.New(b))
			must(b, err)
			db.SetMaxIdleConns(32)
			return db, db
		},
	}
}

// floorTables makes the tables and returns what writes a row and its record.
func floorTables(b *testing.B, connect func(b *testing.B) (*sql.DB, *sql.DB)) (write func(int), reader *sql.DB) {
	ctx := context.Background()
	w, r := connect(b)
	b.Cleanup(func() { w.Close(); r.Close() })
	_, err := w.Exec("CREATE TABLE floor_posts (id TEXT PRIMARY KEY, role TEXT, due TEXT, body TEXT)")
	must(b, err)
	_, err = w.Exec("CREATE TABLE floor_audit (id TEXT PRIMARY KEY, body TEXT)")
	must(b, err)
	_, err = w.Exec("CREATE INDEX floor_queue ON floor_posts (role, due)")
	must(b, err)
	body := string(make([]byte, 0, 400)) + fmt.Sprintf("%0400d", 1)
	write = func(int) {
		tx, err := w.BeginTx(ctx, nil)
		must(b, err)
		_, err = tx.Exec("INSERT INTO floor_posts (id, role, due, body) VALUES ($1, 'legal', $1, $2)", app.NewID(), body)
		must(b, err)
		_, err = tx.Exec("INSERT INTO floor_audit (id, body) VALUES ($1, $2)", app.NewID(), body)
		must(b, err)
		must(b, tx.Commit())
	}
	for range 100 {
		write(0)
	}
	return write, r
}

func floor(b *testing.B, connect func(b *testing.B) (*sql.DB, *sql.DB)) {
	write, r := floorTables(b, connect)
	for _, clients := range []int{1, 16} {
		b.Run(fmt.Sprintf("write/clients=%d", clients), func(b *testing.B) { parallel(b, clients, write) })
		b.Run(fmt.Sprintf("page/clients=%d", clients), func(b *testing.B) {
			parallel(b, clients, func(int) {
				rows, err := r.Query("SELECT id, due, body FROM floor_posts WHERE role = 'legal' ORDER BY due LIMIT 50")
				must(b, err)
				for rows.Next() {
					var id, due, text string
					must(b, rows.Scan(&id, &due, &text))
				}
				must(b, rows.Close())
			})
		})
	}
}
