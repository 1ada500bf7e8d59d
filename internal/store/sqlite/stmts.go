package sqlite

import (
	"context"
	"database/sql/driver"
	"strings"
)

const (
	// keptStatements is how many statements a connection keeps prepared. The hot ones
	// of the service are some dozens; a prepared one costs about ten kilobytes.
	keptStatements = 128
	// longestKept keeps generated text, such as an insert of a thousand rows, from
	// pushing out what is used all the time.
	longestKept = 8 << 10
)

// prepared is a statement the cache keeps. It is busy while rows of it are open: a
// statement has one cursor, so the same text needs a second one meanwhile.
type prepared struct {
	stmt
	text       string
	busy       bool
	prev, next *prepared
}

// stmts keeps the statements of one connection prepared, the least recently used
// giving way. Compiling SQL costs more than running most of our statements.
//
// It has no lock: database/sql serialises the use of a connection.
type stmts struct {
	byText map[string]*prepared
	// ends is a ring through all entries: next is the most recently used.
	ends prepared
}

func newStmts() *stmts {
	s := &stmts{byText: make(map[string]*prepared, keptStatements)}
	s.ends.next, s.ends.prev = &s.ends, &s.ends
	return s
}

// take returns the prepared statement for a text and marks it busy, or nil when there
// is none or it is busy already.
func (s *stmts) take(text string) *prepared {
	p := s.byText[text]
	if p == nil || p.busy {
		return nil
	}
	p.busy = true
	if s.ends.next != p {
		p.unlink()
		p.linkAfter(&s.ends)
	}
	return p
}

// keep adds a statement, busy, and drops the least recently used idle one if that is
// one too many.
func (s *stmts) keep(text string, st stmt) *prepared {
	p := &prepared{stmt: st, text: text, busy: true}
	s.byText[text] = p
	p.linkAfter(&s.ends)
	if len(s.byText) > keptStatements {
		for old := s.ends.prev; old != &s.ends; old = old.prev {
			if !old.busy {
				s.drop(old)
				break
			}
		}
	}
	return p
}

// drop forgets a statement and frees it.
func (s *stmts) drop(p *prepared) {
	delete(s.byText, p.text)
	p.unlink()
	// Finalising repeats the error of the last run, which its caller has had.
	_ = p.Close()
}

func (s *stmts) close() {
	for s.ends.next != &s.ends {
		s.drop(s.ends.next)
	}
}

func (p *prepared) linkAfter(q *prepared) {
	p.prev, p.next = q, q.next
	q.next.prev = p
	q.next = p
}

func (p *prepared) unlink() {
	p.prev.next, p.next.prev = p.next, p.prev
	p.prev, p.next = nil, nil
}

// stmt is what the driver's statements can do.
type stmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// verb is what a statement does, as far as this package has to know.
type verb int

const (
	// other is run as it is and never kept: a PRAGMA, for one, takes effect while it
	// is compiled.
	other verb = iota
	// plain reads, writes or handles a savepoint; compiled once, it may run often.
	plain
	// boundary begins or ends a transaction.
	boundary
)

var verbs = map[string]verb{
	"SELECT": plain, "INSERT": plain, "UPDATE": plain, "DELETE": plain, "REPLACE": plain,
	"WITH": plain, "VALUES": plain, "SAVEPOINT": plain, "RELEASE": plain,
	"BEGIN": boundary, "COMMIT": boundary, "END": boundary, "ROLLBACK": boundary,
}

// verbOf reads the first words of a statement.
func verbOf(query string) verb {
	rest := skipComments(query)
	word, rest := nextWord(rest)
	v := verbs[word]
	if word != "ROLLBACK" {
		return v
	}
	// ROLLBACK [TRANSACTION] TO goes back to a savepoint and ends nothing.
	next, rest := nextWord(rest)
	if next == "TRANSACTION" {
		next, _ = nextWord(rest)
	}
	if next == "TO" {
		return plain
	}
	return boundary
}

func nextWord(s string) (word, rest string) {
	s = strings.TrimLeft(s, " \t\r\n\f")
	end := strings.IndexFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
	if end < 0 {
		end = len(s)
	}
	return strings.ToUpper(s[:end]), s[end:]
}

func skipComments(s string) string {
	for {
		s = strings.TrimLeft(s, " \t\r\n\f;")
		var found bool
		switch {
		case strings.HasPrefix(s, "--"):
			_, s, found = strings.Cut(s, "\n")
		case strings.HasPrefix(s, "/*"):
			_, s, found = strings.Cut(s, "*/")
		default:
			return s
		}
		if !found {
			return ""
		}
	}
}

// prepare compiles a statement on the driver's connection.
func prepare(ctx context.Context, c driverConn, query string) (stmt, error) {
	s, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.(stmt), nil
}
