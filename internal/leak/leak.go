// Package leak tells where secrets can be read that nobody may read.
//
// It owns how a secret is recognised: by its longest part, as it is or within base64, which is how
// HTTP Basic and columns of bytes have it. It does not know which secrets there are, nor where to
// look: a test gives it both.
//
// The rule that keeps it so: it only reads, and what it says of a secret is what it is of, never the
// secret.
package leak

import (
	"context"
	"database/sql"
	"encoding/base64"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// Secrets are the secrets of a run, and the places where they stood. The zero value knows none.
type Secrets struct {
	mu    sync.Mutex
	known map[string]string
	found []string
}

// telling is how long a part of a secret has to be to tell it from other words.
const telling = 12

// Keep remembers a secret by its longest part, which stands between other characters wherever it
// is written. It tells whether it can: what has short parts only is like any other word.
func (s *Secrets) Keep(what, secret string) bool {
	var longest string
	for _, word := range words(secret, inWord) {
		if len(word) > len(longest) {
			longest = word
		}
	}
	if len(longest) < telling {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known == nil {
		s.known = make(map[string]string)
	}
	s.known[longest] = what
	return true
}

// Search notes each secret that stands in a text, as it is or in base64.
func (s *Secrets) Search(where, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.search(where, text)
	for _, word := range words(text, inWord) { // the alphabet of addresses
		s.decode(where, word, base64.RawURLEncoding)
	}
	for _, word := range words(text, inBase64) {
		s.decode(where, word, base64.RawStdEncoding)
	}
}

func (s *Secrets) search(where, text string) {
	for _, word := range words(text, inWord) {
		if what, secret := s.known[word]; secret {
			s.found = append(s.found, what+" stands in "+where)
		}
	}
}

// decode looks into a word that may be base64.
func (s *Secrets) decode(where, word string, encoding *base64.Encoding) {
	if len(word) < encoding.EncodedLen(telling) {
		return
	}
	if inside, err := encoding.DecodeString(word); err == nil {
		s.search(where+", in base64", string(inside))
	}
}

// Found says where secrets stood, nil when they stood nowhere.
func (s *Secrets) Found() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.found) == 0 {
		return nil
	}
	slices.Sort(s.found)
	return fmt.Errorf("secrets can be read:\n%s", strings.Join(slices.Compact(s.found), "\n"))
}

// Files searches every file below a folder but those that are named.
func (s *Secrets) Files(folder string, but ...string) error {
	return filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || slices.Contains(but, d.Name()) {
			return err
		}
		data, err := os.ReadFile(path)
		s.Search("the file "+d.Name(), string(data))
		return err
	})
}

// Tables searches every row of every table of a database; query lists the tables.
func (s *Secrets) Tables(ctx context.Context, db *sql.DB, query string) error {
	var tables []string
	err := each(ctx, db, query, func(row []any) { tables = append(tables, fmt.Sprint(row[0])) })
	for _, table := range tables {
		if err != nil {
			return err
		}
		err = each(ctx, db, `SELECT * FROM "`+table+`"`, func(row []any) {
			for _, value := range row {
				switch v := value.(type) {
				case string:
					s.Search("the table "+table, v)
				case []byte:
					s.Search("the table "+table, string(v))
				}
			}
		})
	}
	return err
}

// ListSQLite and ListPostgres list the tables of a database.
const (
	ListSQLite   = "SELECT name FROM sqlite_master WHERE type = 'table'"
	ListPostgres = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
)

func each(ctx context.Context, db *sql.DB, query string, do func([]any)) error {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	row, dest := make([]any, len(columns)), make([]any, len(columns))
	for i := range row {
		dest[i] = &row[i]
	}
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return err
		}
		do(row)
	}
	return rows.Err()
}

// inWord tells whether a rune may stand within a part of a secret.
func inWord(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r == '-' || r == '_'
}

func inBase64(r rune) bool { return inWord(r) && r != '-' && r != '_' || r == '+' || r == '/' }

func words(text string, in func(rune) bool) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return !in(r) })
}
