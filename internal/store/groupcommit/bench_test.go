package groupcommit_test

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/store/groupcommit"
	"github.com/imprimatur-hq/imprimatur/internal/store/sqlite"
)

const (
	insertPost  = "insert into posts (id, state, body) values (?, ?, ?)"
	insertAudit = "insert into audit (post, what, body) values (?, ?, ?)"
)

const benchSchema = `
create table posts (id text primary key, state text not null, body text not null) without rowid;
create index posts_state on posts (state, id);
create table audit (n integer primary key, post text not null, what text not null, body text not null);
`

var benchBody = fmt.Sprintf("%0400d", 7)

// BenchmarkWrite is one post and one audit row, durable, per operation. The floor is
// what one commit for each write costs without and with prepared statements.
func BenchmarkWrite(b *testing.B) {
	for _, clients := range []int{1, 16} {
		b.Run(fmt.Sprintf("floor/clients=%d", clients), func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "floor.db")
			u := url.URL{Scheme: "file", Path: path, RawQuery: "_txlock=immediate&_pragma=busy_timeout(5000)" +
				"&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)"}
			db, err := sql.Open("sqlite", u.String())
			if err != nil {
				b.Fatal(err)
			}
			defer db.Close()
			db.SetMaxOpenConns(1)
			benchWrites(b, db, clients, oneCommitEach(db))
		})
		b.Run(fmt.Sprintf("floor-prepared/clients=%d", clients), func(b *testing.B) {
			db, _ := openBench(b)
			benchWrites(b, db, clients, oneCommitEach(db))
		})
		b.Run(fmt.Sprintf("queue/clients=%d", clients), func(b *testing.B) {
			db, _ := openBench(b)
			var commits atomic.Int64
			q := groupcommit.New(db, groupcommit.Observe(func(groupcommit.Batch) { commits.Add(1) }))
			defer q.Close()
			benchWrites(b, db, clients, func(ctx context.Context, id string) error {
				return q.Update(ctx, func(ctx context.Context, tx *groupcommit.Tx) error {
					if _, err := tx.ExecContext(ctx, insertPost, id, "draft", benchBody); err != nil {
						return err
					}
					_, err := tx.ExecContext(ctx, insertAudit, id, "created", benchBody)
					return err
				})
			})
			b.ReportMetric(float64(b.N)/float64(commits.Load()), "writes/commit")
		})
	}
}

func openBench(b *testing.B) (writer, reader *sql.DB) {
	b.Helper()
	writer, reader, err := sqlite.Open(filepath.Join(b.TempDir(), "bench.db"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { reader.Close(); writer.Close() })
	return writer, reader
}

func oneCommitEach(db *sql.DB) func(context.Context, string) error {
	return func(ctx context.Context, id string) error {
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer tx.Rollback()
		if _, err := tx.ExecContext(ctx, insertPost, id, "draft", benchBody); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, insertAudit, id, "created", benchBody); err != nil {
			return err
		}
		return tx.Commit()
	}
}

func benchWrites(b *testing.B, db *sql.DB, clients int, write func(context.Context, string) error) {
	b.Helper()
	if _, err := db.Exec(benchSchema); err != nil {
		b.Fatal(err)
	}
	ctx := b.Context()
	var next atomic.Int64
	b.ReportAllocs()
	b.ResetTimer()
	failed := make(chan error, clients)
	for range clients {
		go func() {
			for {
				n := next.Add(1)
				if n > int64(b.N) {
					failed <- nil
					return
				}
				if err := write(ctx, fmt.Sprintf("%016x", uint64(n)*0x9e3779b97f4a7c15)); err != nil {
					failed <- err
					return
				}
			}
		}()
	}
	for range clients {
		if err := <-failed; err != nil {
			b.Fatal(err)
		}
	}
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "writes/s")
}
