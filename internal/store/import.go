package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

type originRow struct {
	WorkspaceID string `gorm:"column:workspace_id"`
	ExternalID  string `gorm:"column:external_id"`
	ItemID      string `gorm:"column:item_id"`
}

func (originRow) TableName() string { return "item_origins" }

type importRow struct {
	WorkspaceID  string  `gorm:"column:workspace_id"`
	ID           string  `gorm:"column:id"`
	PersonID     string  `gorm:"column:person_id"`
	KeyID        string  `gorm:"column:key_id"`
	SessionID    string  `gorm:"column:session_id"`
	ValidateOnly bool    `gorm:"column:validate_only"`
	Total        int     `gorm:"column:total"`
	Created      int     `gorm:"column:created"`
	Updated      int     `gorm:"column:updated"`
	Unchanged    int     `gorm:"column:unchanged"`
	Failed       int     `gorm:"column:failed"`
	CreateTime   instant `gorm:"column:create_time"`
	EndTime      instant `gorm:"column:end_time"`
	Runs         int     `gorm:"column:runs"`
	ProgressTime instant `gorm:"column:progress_time"`
	Code         string  `gorm:"column:code"`
	FileID       string  `gorm:"column:file_id"`
	Part         int     `gorm:"column:part"`
	FirstLine    int     `gorm:"column:first_line"`
	LastLine     int     `gorm:"column:last_line"`
}

func (importRow) TableName() string { return "library_imports" }

type importRowRow struct {
	WorkspaceID string              `gorm:"column:workspace_id"`
	ImportID    string              `gorm:"column:import_id"`
	Number      int                 `gorm:"column:number"`
	ExternalID  string              `gorm:"column:external_id"`
	Change      doc[*itemChangeDoc] `gorm:"column:change"`
	Outcome     string              `gorm:"column:outcome"`
	ItemID      ref                 `gorm:"column:item_id"`
	Code        string              `gorm:"column:code"`
	Field       string              `gorm:"column:field"`
	Message     string              `gorm:"column:message"`
	FileID      string              `gorm:"column:file_id"`
}

func (importRowRow) TableName() string { return "library_import_rows" }

var (
	origins    = tableOf[originRow]()
	imports    = tableOf[importRow]()
	importRows = tableOf[importRowRow]()
)

// itemChangeDoc is the form in which what a row says is kept; what it does not name is not
// there.
type itemChangeDoc struct {
	Title        *string             `json:"title,omitempty"`
	Topic        *advocacy.TopicID   `json:"topic,omitempty"`
	Content      *contentDoc         `json:"content,omitempty"`
	Networks     *[]advocacy.Network `json:"networks,omitempty"`
	Audience     *advocacy.Audience  `json:"audience,omitempty"`
	Announcement *bool               `json:"announcement,omitempty"`
	Editing      *advocacy.Editing   `json:"editing,omitempty"`
	ShareStart   *time.Time          `json:"share_start,omitempty"`
	ShareEnd     *time.Time          `json:"share_end,omitempty"`
	Zone         *string             `json:"zone,omitempty"`
	Note         *string             `json:"note,omitempty"`
	Pin          *int                `json:"pin,omitempty"`
	FeaturePlace *int                `json:"featured,omitempty"`
	FeatureEnd   *time.Time          `json:"featured_end,omitempty"`
	Labels       *[]string           `json:"labels,omitempty"`
	Campaign     *string             `json:"campaign,omitempty"`
	Spread       *spreadDoc          `json:"spread,omitempty"`
}

// spreadDoc tells an item that says nothing of its spread from a row that does not name it.
type spreadDoc struct {
	Minutes *int `json:"minutes,omitempty"`
}

func newItemChangeDoc(c *workflow.ItemChange) *itemChangeDoc {
	if c == nil {
		return nil
	}
	d := &itemChangeDoc{
		Title: c.Title, Topic: c.Topic, Networks: c.Networks, Audience: c.Audience, Announcement: c.Announcement, Editing: c.Editing,
		ShareStart: c.ShareStart, ShareEnd: c.ShareEnd, Zone: c.Zone, Note: c.Note, Pin: c.Pin, Labels: c.Labels, Campaign: c.Campaign,
		FeaturePlace: c.FeaturePlace, FeatureEnd: c.FeatureEnd,
	}
	if c.Spread != nil {
		d.Spread = &spreadDoc{*c.Spread}
	}
	if c.Content != nil {
		content := newContentDoc(*c.Content)
		d.Content = &content
	}
	return d
}

func (d *itemChangeDoc) change() *workflow.ItemChange {
	if d == nil {
		return nil
	}
	c := &workflow.ItemChange{
		Title: d.Title, Topic: d.Topic, Networks: d.Networks, Audience: d.Audience, Announcement: d.Announcement, Editing: d.Editing,
		ShareStart: d.ShareStart, ShareEnd: d.ShareEnd, Zone: d.Zone, Note: d.Note, Pin: d.Pin, Labels: d.Labels, Campaign: d.Campaign,
		FeaturePlace: d.FeaturePlace, FeatureEnd: d.FeatureEnd,
	}
	if d.Spread != nil {
		c.Spread = &d.Spread.Minutes
	}
	if d.Content != nil {
		content := d.Content.content()
		c.Content = &content
	}
	return c
}

func newImportRow(i *workflow.Import) importRow {
	return importRow{
		WorkspaceID:  string(i.Workspace),
		ID:           string(i.ID),
		PersonID:     string(i.Person),
		KeyID:        string(i.Key),
		SessionID:    i.Session,
		ValidateOnly: i.ValidateOnly,
		Total:        i.Total,
		Created:      i.Created,
		Updated:      i.Updated,
		Unchanged:    i.Unchanged,
		Failed:       i.Failed,
		Runs:         i.Runs,
		CreateTime:   at(i.CreateTime),
		ProgressTime: at(i.ProgressTime),
		EndTime:      at(i.EndTime),
		Code:         i.Code,
		FileID:       string(i.File),
		Part:         i.Part,
		FirstLine:    i.FirstLine,
		LastLine:     i.LastLine,
	}
}

func (r *importRow) imported() workflow.Import {
	return workflow.Import{
		Workspace:    advocacy.WorkspaceID(r.WorkspaceID),
		ID:           advocacy.ImportID(r.ID),
		Person:       advocacy.PersonID(r.PersonID),
		Key:          advocacy.KeyID(r.KeyID),
		Session:      r.SessionID,
		ValidateOnly: r.ValidateOnly,
		Total:        r.Total,
		Created:      r.Created,
		Updated:      r.Updated,
		Unchanged:    r.Unchanged,
		Failed:       r.Failed,
		Runs:         r.Runs,
		CreateTime:   r.CreateTime.time,
		ProgressTime: r.ProgressTime.time,
		EndTime:      r.EndTime.time,
		Code:         r.Code,
		File:         advocacy.ImportID(r.FileID),
		Part:         r.Part,
		FirstLine:    r.FirstLine,
		LastLine:     r.LastLine,
	}
}

func newImportRowRow(i *workflow.Import, r *workflow.ImportRow) importRowRow {
	return importRowRow{
		WorkspaceID: string(i.Workspace),
		ImportID:    string(i.ID),
		Number:      r.Number,
		ExternalID:  r.External,
		Change:      doc[*itemChangeDoc]{newItemChangeDoc(r.Change)},
		Outcome:     string(r.Outcome),
		ItemID:      ref(r.Item),
		Code:        r.Code,
		Field:       r.Field,
		Message:     r.Message,
		FileID:      string(i.File),
	}
}

func (r *importRowRow) row() workflow.ImportRow {
	return workflow.ImportRow{
		Number:   r.Number,
		External: r.ExternalID,
		Change:   r.Change.of.change(),
		Outcome:  workflow.ImportOutcome(r.Outcome),
		Item:     advocacy.ItemID(r.ItemID),
		Code:     r.Code,
		Field:    r.Field,
		Message:  r.Message,
	}
}

// Import returns an import.
func (r reader) Import(ctx context.Context, w advocacy.WorkspaceID, id advocacy.ImportID) (*workflow.Import, error) {
	row, err := one(ctx, r.conn, imports, unlocked, "workspace_id = ? AND id = ?", string(w), string(id))
	if err != nil {
		return nil, anImport.failed(err)
	}
	found := row.imported()
	return &found, nil
}

// Imports lists imports by id.
func (r reader) Imports(ctx context.Context, q workflow.ImportQuery) ([]workflow.Import, string, error) {
	l := listing[importRow]{
		table: imports,
		order: []string{"id"},
		after: after(q.After),
		key:   func(r *importRow) string { return r.ID },
	}
	l.and("workspace_id = ?", string(q.Workspace))
	andIf(&l, "file_id", q.File)
	return page(ctx, r.conn, l, q.Page, (*importRow).imported)
}

// ImportParts tells how many parts of a file there are so far.
func (r reader) ImportParts(ctx context.Context, w advocacy.WorkspaceID, file advocacy.ImportID) (int, error) {
	parts := 0
	query := "SELECT part FROM library_imports WHERE workspace_id = ? AND file_id = ? ORDER BY part DESC" + limit(1)
	err := r.scan(ctx, []any{&parts}, func() {}, query, string(w), string(file))
	return parts, failed(err)
}

// ImportedNames tells which of some names rows of a file have, some hundreds a statement.
func (r reader) ImportedNames(ctx context.Context, w advocacy.WorkspaceID, file advocacy.ImportID, names []string) (map[string]bool, error) {
	found := make(map[string]bool)
	for some := range slices.Chunk(names, 500) {
		name := ""
		query := "SELECT external_id FROM library_import_rows WHERE workspace_id = ? AND file_id = ? AND external_id IN " + in(len(some))
		if err := r.scan(ctx, []any{&name}, func() { found[name] = true }, query, anys([]any{string(w), string(file)}, some)...); err != nil {
			return nil, failed(err)
		}
	}
	return found, nil
}

// StillImports returns imports of every workspace that have not ended and of which no row has
// since t.
func (r reader) StillImports(ctx context.Context, t time.Time, most int) ([]workflow.Import, error) {
	query := "SELECT " + imports.list + " FROM library_imports WHERE end_time IS NULL AND progress_time <= ? ORDER BY progress_time" + limit(most)
	found, err := every(ctx, r.conn, imports, (*importRow).imported, query, sorted(t))
	return found, failed(err)
}

// ImportRows lists the rows of an import by number.
func (r reader) ImportRows(ctx context.Context, q workflow.ImportRowQuery) ([]workflow.ImportRow, string, error) {
	key, err := afterNumber(q.After)
	if err != nil {
		return nil, "", err
	}
	l := listing[importRowRow]{
		table: importRows,
		order: []string{"number"},
		after: key,
		key:   func(r *importRowRow) string { return strconv.Itoa(r.Number) },
	}
	l.and("workspace_id = ? AND import_id = ?", string(q.Workspace), string(q.Import))
	andIf(&l, "outcome", q.Outcome)
	return page(ctx, r.conn, l, q.Page, (*importRowRow).row)
}

// FindOrigin returns the item that came from elsewhere under a name, "" for none.
func (r reader) FindOrigin(ctx context.Context, w advocacy.WorkspaceID, external string) (advocacy.ItemID, error) {
	row, err := one(ctx, r.conn, origins, unlocked, "workspace_id = ? AND external_id = ?", string(w), external)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return advocacy.ItemID(row.ItemID), failed(err)
}

// Origins returns what items are called where they came from, for those that did.
func (r reader) Origins(ctx context.Context, w advocacy.WorkspaceID, items ...advocacy.ItemID) (map[advocacy.ItemID]string, error) {
	found := make(map[advocacy.ItemID]string)
	if len(items) == 0 {
		return found, nil
	}
	var row originRow
	query := "SELECT " + origins.list + " FROM item_origins WHERE workspace_id = ? AND item_id IN " + in(len(items))
	err := r.scan(ctx, origins.into(&row), func() { found[advocacy.ItemID(row.ItemID)] = row.ExternalID }, query, anys([]any{string(w)}, items)...)
	return found, failed(err)
}

// AddImport inserts an import and its rows, some hundreds a statement.
func (t *tx) AddImport(ctx context.Context, i *workflow.Import, rows []workflow.ImportRow) error {
	if err := insert(ctx, t, anImport, imports, newImportRow(i)); err != nil {
		return err
	}
	for some := range slices.Chunk(rows, 500) {
		all := make([]importRowRow, len(some))
		for n := range some {
			all[n] = newImportRowRow(i, &some[n])
		}
		if err := insert(ctx, t, anImport, importRows, all...); err != nil {
			return err
		}
	}
	return nil
}

// BeginImport counts a run of an import, and in i; Conflict when it has ended.
func (t *tx) BeginImport(ctx context.Context, i *workflow.Import) error {
	query := "UPDATE library_imports SET runs = runs + 1 WHERE workspace_id = ? AND id = ? AND end_time IS NULL"
	if err := t.change(ctx, anImport, query, string(i.Workspace), string(i.ID)); err != nil {
		return err
	}
	i.Runs++
	return nil
}

// EndImportRow writes what became of a row, and counts it, once; Conflict when it has ended.
func (t *tx) EndImportRow(ctx context.Context, i *workflow.Import, r *workflow.ImportRow) error {
	row := newImportRowRow(i, r)
	err := t.change(ctx, anImport, "UPDATE library_import_rows SET change = NULL, outcome = ?, item_id = ?, code = ?, field = ?, message = ?"+
		" WHERE workspace_id = ? AND import_id = ? AND number = ? AND outcome = 'pending'",
		row.Outcome, row.ItemID, row.Code, row.Field, row.Message, row.WorkspaceID, row.ImportID, row.Number)
	if err != nil {
		return err
	}
	counter, known := map[workflow.ImportOutcome]string{
		workflow.ImportCreated: "created", workflow.ImportUpdated: "updated", workflow.ImportUnchanged: "unchanged", workflow.ImportFailed: "failed",
	}[r.Outcome]
	if !known {
		return t.spoil(errors.New("store: a row of an import ends as " + row.Outcome))
	}
	// guard: nothing is brought by an import that has ended
	query := "UPDATE library_imports SET runs = 0, progress_time = ?, " + counter + " = " + counter + " + 1 WHERE workspace_id = ? AND id = ? AND end_time IS NULL"
	return t.change(ctx, anImport, query, at(t.now), row.WorkspaceID, row.ImportID)
}

// EndImportRows writes the same of every row that has not ended, and counts them as failed. It
// locks what EndImportRow does in the same order.
func (t *tx) EndImportRows(ctx context.Context, i *workflow.Import, like *workflow.ImportRow) error {
	row := newImportRowRow(i, like)
	n, err := t.exec(ctx, "UPDATE library_import_rows SET change = NULL, outcome = ?, code = ?, field = ?, message = ?"+
		" WHERE workspace_id = ? AND import_id = ? AND outcome = 'pending'",
		row.Outcome, row.Code, row.Field, row.Message, row.WorkspaceID, row.ImportID)
	if err != nil {
		return t.wrote(anImport, err)
	}
	query := "UPDATE library_imports SET failed = failed + ? WHERE workspace_id = ? AND id = ? AND end_time IS NULL"
	return t.change(ctx, anImport, query, n, row.WorkspaceID, row.ImportID)
}

// EndImport writes the end of an import once; Conflict when it has ended.
func (t *tx) EndImport(ctx context.Context, i *workflow.Import) error {
	query := "UPDATE library_imports SET end_time = ?, code = ? WHERE workspace_id = ? AND id = ? AND end_time IS NULL"
	return t.change(ctx, anImport, query, at(i.EndTime), i.Code, string(i.Workspace), string(i.ID))
}

// AddOrigin keeps under which name an item came from elsewhere.
func (t *tx) AddOrigin(ctx context.Context, w advocacy.WorkspaceID, external string, item advocacy.ItemID) error {
	return insert(ctx, t, anOrigin, origins, originRow{string(w), external, string(item)})
}
