package store

import (
	"context"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/search"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// itemSearchRow is an item's place among what can be found. Its words are in the columns
// shown and head on PostgreSQL, and in the table item_words on SQLite.
type itemSearchRow struct {
	WorkspaceID string `gorm:"column:workspace_id"`
	ItemID      string `gorm:"column:item_id"`
	Edition     int    `gorm:"column:edition"`
	Seq         int64  `gorm:"column:seq"`
}

func (itemSearchRow) TableName() string { return "item_searches" }

var itemSearches = tableOf[itemSearchRow]()

// part is some of what is found.
type part int

const (
	all part = iota
	// titled is what has all of it in its title, untitled the rest.
	titled
	untitled
)

// SearchItems lists items that have all that is looked for: first those whose title has it,
// each part newest first.
func (r reader) SearchItems(ctx context.Context, q workflow.ItemSearch) ([]advocacy.LibraryItem, string, error) {
	parts := []part{titled, untitled}
	if q.Newest {
		parts = []part{all}
	}
	at, size := 0, q.Size
	if q.After != "" {
		number, key, found := strings.Cut(q.After, "|")
		n, err := strconv.Atoi(number)
		if err != nil || !found || n < 0 || n >= len(parts) {
			return nil, "", badToken(q.After)
		}
		at, q.After = n, key
	}
	var found []advocacy.LibraryItem
	for ; at < len(parts); at++ {
		q.Size = max(size-len(found), 1)
		rows, next, err := r.searchPart(ctx, q, parts[at])
		switch {
		case err != nil:
			return nil, "", err
		case len(found) == size && len(rows) > 0: // the page is full, and was only to know of more
			return found, strconv.Itoa(at) + "|", nil
		}
		if found = append(found, rows...); next != "" {
			return found, strconv.Itoa(at) + "|" + next, nil
		}
		q.After = ""
	}
	return found, "", nil
}

// nearby is how many rows PostgreSQL looks at one by one.
const nearby = 1000

// searchPart lists a part, newest first. SQLite reads its index of words from the newest row
// on and stops when the page is full. PostgreSQL reads from its own all that is found before
// it can sort it; so it looks at some rows in their order first, and has recourse to the index
// for those beyond: a word that many have has filled the page by then, and what has not is
// rare.
func (r reader) searchPart(ctx context.Context, q workflow.ItemSearch, p part) ([]advocacy.LibraryItem, string, error) {
	after, err := afterNumber(q.After)
	if err != nil {
		return nil, "", err
	}
	if r.dialect != postgresDialect {
		// In this order: the index has the rows in theirs.
		from := "item_words CROSS JOIN item_searches s ON s.seq = item_words.rowid CROSS JOIN library_items ON " + ofItem
		l := searching("item_words.rowid", from, after)
		l.and("item_words MATCH ?", ftsQuery(q, p))
		return r.searchPage(ctx, l, q)
	}
	return r.searchVectors(ctx, q, p, after)
}

// searchVectors is searchPart on PostgreSQL.
func (r reader) searchVectors(ctx context.Context, q workflow.ItemSearch, p part, after []any) ([]advocacy.LibraryItem, string, error) {
	edge, more, err := r.edgeOfNear(ctx, q.Workspace, after)
	if err != nil {
		return nil, "", err
	}
	found, looked := vectorCondition(q, p)
	rows, bounds := "(SELECT * FROM item_searches WHERE workspace_id = ? AND seq >= ?", []any{string(q.Workspace), edge}
	if len(after) > 0 {
		rows, bounds = rows+" AND seq < ?", append(bounds, after...)
	}
	// OFFSET 0 has these rows read first, whatever the planner thinks of words.
	l := searching("s.seq", rows+" OFFSET 0) s JOIN library_items ON "+ofItem, after)
	l.args = bounds
	l.and(found, looked...)
	near, next, err := r.searchPage(ctx, l, q)
	if err != nil || next != "" || !more {
		return near, next, err
	}
	// Planned anew each time: how many rows have these words says nothing of others.
	l = searching("s.seq", "(WITH found AS MATERIALIZED (SELECT workspace_id, item_id, seq FROM item_searches s WHERE workspace_id = ? AND "+
		found+") SELECT * FROM found) s JOIN library_items ON "+ofItem, []any{edge})
	l.args = append([]any{pgx.QueryExecModeCacheDescribe, string(q.Workspace)}, looked...)
	size := q.Size
	q.Size = max(size-len(near), 1)
	far, next, err := r.searchPage(ctx, l, q)
	if err == nil && len(near) == size && len(far) > 0 {
		return near, strconv.FormatInt(edge, 10), nil
	}
	return append(near, far...), next, err
}

// edgeOfNear is the last of the rows after a key that are looked at one by one, and whether
// there are more.
func (r reader) edgeOfNear(ctx context.Context, w advocacy.WorkspaceID, after []any) (edge int64, more bool, err error) {
	query, args := "SELECT coalesce(min(seq), 0), count(*) FROM (SELECT seq FROM item_searches WHERE workspace_id = ?", []any{string(w)}
	if len(after) > 0 {
		query, args = query+" AND seq < ?", append(args, after...)
	}
	var count int
	err = r.scan(ctx, []any{&edge, &count}, func() {}, query+" ORDER BY seq DESC"+limit(nearby)+") s", args...)
	return edge, count == nearby, failed(err)
}

// ofItem joins an item to its place among what can be found.
const ofItem = "library_items.workspace_id = s.workspace_id AND library_items.id = s.item_id"

// searching is a list of items in the order of a column that says their places.
func searching(place, from string, after []any) *listing[itemRow] {
	seq := new(int64)
	return &listing[itemRow]{
		table:   shelvedItems,
		columns: shelvedItems.list + ", s.seq",
		from:    from,
		order:   []string{place},
		after:   after,
		extra:   []any{seq},
		key:     func(*itemRow) string { return strconv.FormatInt(*seq, 10) },
	}
}

func (r reader) searchPage(ctx context.Context, l *listing[itemRow], q workflow.ItemSearch) ([]advocacy.LibraryItem, string, error) {
	narrow(l, q.ItemQuery)
	q.Oldest = false
	return page(ctx, r.conn, *l, q.Page, (*itemRow).item)
}

// ftsQuery is what is looked for as FTS5 reads it. Words have no letters that mean something
// to it.
func ftsQuery(q workflow.ItemSearch, p part) string {
	phrases := make([]string, len(q.For.Phrases))
	for i, phrase := range q.For.Phrases {
		phrases[i] = `"` + strings.Join(phrase.Words, " ") + `"`
		if phrase.Prefix {
			phrases[i] += " *"
		}
	}
	all := " : (" + strings.Join(phrases, " AND ") + ")"
	anywhere, title := "({shown_title shown_texts}"+all, "(shown_title"+all
	if q.Heads {
		anywhere, title = anywhere+" OR {head_title head_texts}"+all, title+" OR head_title"+all
	}
	own := `workspace : "` + strings.ReplaceAll(string(q.Workspace), `"`, `""`) + `" AND `
	switch p {
	case titled:
		return own + title + ")"
	case untitled:
		return own + "(" + anywhere + ") NOT " + title + "))"
	default:
		return own + anywhere + ")"
	}
}

// vectorCondition is what is looked for as PostgreSQL reads it.
func vectorCondition(q workflow.ItemSearch, p part) (condition string, args []any) {
	title := vectorQuery(q, inTitle)
	query := map[part]string{all: vectorQuery(q, ""), titled: title, untitled: vectorQuery(q, "") + " & !(" + title + ")"}[p]
	query = lexeme(ofWorkspace+string(q.Workspace)) + " & " + query
	switch {
	case !q.Heads:
		return "s.shown @@ ?::tsquery", []any{query}
	case p != untitled:
		return "(s.shown @@ ?::tsquery OR s.head @@ ?::tsquery)", []any{query, query}
	default:
		return "(s.shown @@ ?::tsquery OR s.head @@ ?::tsquery) AND NOT (s.shown @@ ?::tsquery OR s.head @@ ?::tsquery)",
			[]any{query, query, title, title}
	}
}

// vectorQuery asks for all phrases, of words with a mark.
func vectorQuery(q workflow.ItemSearch, mark string) string {
	phrases := make([]string, len(q.For.Phrases))
	for i, phrase := range q.For.Phrases {
		words := make([]string, len(phrase.Words))
		for n, word := range phrase.Words {
			words[n] = lexeme(mark + word)
		}
		phrases[i] = "(" + strings.Join(words, " <-> ")
		if phrase.Prefix {
			phrases[i] += ":*"
		}
		phrases[i] += ")"
	}
	return strings.Join(phrases, " & ")
}

// What begins words that are in no text.
const (
	// ofWorkspace marks the one that all documents of a workspace have: an index over the
	// words of all workspaces finds those of one.
	ofWorkspace = "@"
	// inTitle marks those of a title, which is searched alone by them.
	inTitle = "="
)

// lexeme quotes a word for PostgreSQL.
func lexeme(word string) string {
	return "'" + strings.NewReplacer(`'`, `''`, `\`, `\\`).Replace(word) + "'"
}

// ItemsToIndex returns some items whose words an older edition made, by workspace and id.
func (r reader) ItemsToIndex(ctx context.Context, most int) ([]advocacy.LibraryItem, error) {
	query := "SELECT " + items.of(items.name) + " FROM item_searches s JOIN library_items ON " + ofItem +
		" WHERE s.edition < ? ORDER BY s.edition, s.workspace_id, s.item_id" + limit(most)
	found, err := every(ctx, r.conn, items, (*itemRow).item, query, search.Edition)
	return found, failed(err)
}

// IndexItem has an item found by these texts and places, and by nothing else.
func (t *tx) IndexItem(ctx context.Context, i workflow.ItemTexts) error {
	if err := t.putOffers(ctx, i); err != nil {
		return err
	}
	shown, head := i.Shown.Words(), i.Head.Words()
	const put = "INSERT INTO item_searches (workspace_id, item_id, edition"
	const again = " ON CONFLICT (workspace_id, item_id) DO UPDATE SET edition = excluded.edition"
	args := []any{string(i.Workspace), string(i.Item), search.Edition}
	if t.dialect == postgresDialect {
		args = append(args, vector(i.Workspace, shown), vector(i.Workspace, head))
		_, err := t.exec(ctx, put+", shown, head) VALUES (?, ?, ?, ?::tsvector, ?::tsvector)"+again+
			", shown = excluded.shown, head = excluded.head", args...)
		return t.wrote(anItem, err)
	}
	var seq int64
	if err := t.scan(ctx, []any{&seq}, func() {}, put+") VALUES (?, ?, ?)"+again+" RETURNING seq", args...); err != nil {
		return t.wrote(anItem, err)
	}
	_, err := t.exec(ctx, "INSERT OR REPLACE INTO item_words (rowid, workspace, shown_title, shown_texts, head_title, head_texts)"+
		" VALUES (?, ?, ?, ?, ?, ?)", seq, string(i.Workspace), spaced(shown.Title), spaced(shown.Texts), spaced(head.Title), spaced(head.Texts))
	return t.wrote(anItem, err)
}

// spaced writes words as FTS5 reads them; an empty one is a sign that is in no word.
func spaced(words []string) string {
	var b strings.Builder
	for i, word := range words {
		if i > 0 {
			b.WriteByte(' ')
		}
		if word == "" {
			word = "·"
		}
		b.WriteString(word)
	}
	return b.String()
}

// vector writes words as PostgreSQL reads them: each with its place, those of the title first
// and once more with their mark, and a place between the title and the texts.
func vector(w advocacy.WorkspaceID, words search.Words) string {
	if words.Empty() {
		return ""
	}
	var b strings.Builder
	b.WriteString(lexeme(ofWorkspace + string(w)))
	put := func(mark string, words []string, before int) {
		for i, word := range words {
			if word != "" {
				b.WriteString(" " + lexeme(mark+word) + ":" + strconv.Itoa(before+i+1))
			}
		}
	}
	put("", words.Title, 0)
	put(inTitle, words.Title, 0)
	put("", words.Texts, len(words.Title)+1)
	return b.String()
}
