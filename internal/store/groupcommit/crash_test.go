package groupcommit_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/store/groupcommit"
	"github.com/imprimatur-hq/imprimatur/internal/store/sqlite"
)

const (
	childEnv = "IMPRIMATUR_TEST_CRASH_CHILD"
	killsEnv = "IMPRIMATUR_TEST_KILLS"
)

const crashSchema = `
create table if not exists posts (n integer primary key);
create table if not exists audit (n integer not null);
`

// TestAcknowledgedSurvivesKill kills a writing process in the middle of its work, again
// and again on one database. Everything it had acknowledged must be there, each post
// with its audit record, and nothing may be half there.
func TestAcknowledgedSurvivesKill(t *testing.T) {
	t.Parallel()
	kills := 20
	if s := os.Getenv(killsEnv); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatalf("%s: %v", killsEnv, err)
		}
		kills = n
	}
	path := filepath.Join(t.TempDir(), "crash.db")
	acknowledged := make(map[int]bool)
	for round := range kills {
		for _, n := range killedChild(t, path, round*1_000_000, rand.IntN(400)) {
			acknowledged[n] = true
		}
		missing, orphans, integrity := inspect(t, path, acknowledged)
		if missing != 0 || orphans != 0 || integrity != "ok" {
			t.Fatalf("round %d: %d of %d acknowledged posts are missing, %d posts or records are alone, integrity: %s",
				round, missing, len(acknowledged), orphans, integrity)
		}
	}
	t.Logf("%d kills, %d acknowledged posts, all there", kills, len(acknowledged))
}

// killedChild runs this test binary as a writer, kills it after some acknowledgements
// and returns all it managed to say.
func killedChild(t *testing.T, path string, first, after int) (acknowledged []int) {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^TestCrashChild$")
	child.Env = append(os.Environ(), fmt.Sprintf("%s=%d:%s", childEnv, first, path))
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadString('\n')
		if errors.Is(err, io.EOF) {
			break // what is cut off was not said
		}
		if err != nil {
			t.Fatal(err)
		}
		n, err := strconv.Atoi(strings.TrimSuffix(line, "\n"))
		if err != nil {
			t.Fatalf("the child said %q", line)
		}
		acknowledged = append(acknowledged, n)
		if len(acknowledged) == after+1 {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := child.Wait(); err == nil || child.ProcessState.Exited() {
		t.Fatalf("the child ended by itself: %v", child.ProcessState)
	}
	return acknowledged
}

// TestCrashChild is the process that gets killed; by itself it tests nothing.
func TestCrashChild(t *testing.T) {
	first, path, ok := strings.Cut(os.Getenv(childEnv), ":")
	if !ok {
		t.Skip("only runs as the child of TestAcknowledgedSurvivesKill")
	}
	n, err := strconv.Atoi(first)
	if err != nil {
		t.Fatal(err)
	}
	writer, _, err := sqlite.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := writer.Exec(crashSchema); err != nil {
		t.Fatal(err)
	}
	q := groupcommit.New(writer)
	var numbers sync.Mutex
	next := func() int {
		numbers.Lock()
		defer numbers.Unlock()
		n++
		return n
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for {
				n := next()
				if err := q.Update(context.Background(), postAndAudit(n)); err != nil {
					fmt.Println("error:", err)
					return
				}
				fmt.Println(n)
			}
		})
	}
	wg.Wait()
}

func postAndAudit(n int) groupcommit.Closure {
	return func(ctx context.Context, tx *groupcommit.Tx) error {
		if _, err := tx.ExecContext(ctx, "insert into posts values (?)", n); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "insert into audit values (?)", n)
		return err
	}
}

func inspect(t *testing.T, path string, acknowledged map[int]bool) (missing, orphans int, integrity string) {
	t.Helper()
	writer, reader, err := sqlite.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := errors.Join(reader.Close(), writer.Close()); err != nil {
			t.Error(err)
		}
	}()
	rows, err := reader.Query("select n from posts")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	missing = len(acknowledged)
	for rows.Next() {
		var n int
		if err := rows.Scan(&n); err != nil {
			t.Fatal(err)
		}
		if acknowledged[n] {
			missing--
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	err = reader.QueryRow(`select
		(select count(*) from posts where n not in (select n from audit)) +
		(select count(*) from audit where n not in (select n from posts))`).Scan(&orphans)
	if err != nil {
		t.Fatal(err)
	}
	if err := reader.QueryRow("PRAGMA integrity_check").Scan(&integrity); err != nil {
		t.Fatal(err)
	}
	return missing, orphans, integrity
}
