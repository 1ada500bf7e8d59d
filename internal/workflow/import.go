package workflow

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

const (
	// importMost is how many rows an import can have.
	importMost = 10_000
	// importLines is how many lines a file can have, in all its parts.
	importLines = 1_000_000_000
	// importPage is how many rows are read at a time.
	importPage = 100
)

// ImportOutcome is what became of a row of an import.
type ImportOutcome string

// The outcomes of a row.
const (
	// ImportPending waits to be carried out.
	ImportPending ImportOutcome = "pending"
	// ImportCreated made a draft of a new item.
	ImportCreated ImportOutcome = "created"
	// ImportUpdated changed an item that had come before; what is in force stays.
	ImportUpdated ImportOutcome = "updated"
	// ImportUnchanged found an item as the row says it.
	ImportUnchanged ImportOutcome = "unchanged"
	// ImportFailed was refused, and nothing of it remains.
	ImportFailed ImportOutcome = "failed"
)

// ImportOutcomes lists every outcome.
func ImportOutcomes() []ImportOutcome {
	return []ImportOutcome{ImportPending, ImportCreated, ImportUpdated, ImportUnchanged, ImportFailed}
}

// Import is library items that somebody brings from elsewhere. Each row is carried out on
// its own, by the same guards as an item that is made alone, and none is live by itself.
type Import struct {
	Workspace advocacy.WorkspaceID
	ID        advocacy.ImportID
	// Person ordered it, or answers for the key that did.
	Person  advocacy.PersonID
	Key     advocacy.KeyID
	Session string
	// ValidateOnly tells what would become of each row, and keeps nothing else.
	ValidateOnly bool
	// File is the import of the first part of the file that this one is a part of: its own,
	// unless there is an earlier part.
	File advocacy.ImportID
	// Part is which part of the file this one is, from 1 on.
	Part int
	// FirstLine and LastLine are where in the file it begins and ends.
	FirstLine int
	LastLine  int
	Total     int
	Created   int
	Updated   int
	Unchanged int
	Failed    int
	// Runs is how often it was begun since a row ended last.
	Runs       int
	CreateTime time.Time
	// ProgressTime is when a row ended last, at first when it was ordered.
	ProgressTime time.Time
	// EndTime is when the last row ended.
	EndTime time.Time
	// Code says why it ended before its last row was carried out, empty for one that was not
	// given up.
	Code string
}

// Name returns the resource name of the import.
func (i *Import) Name() string { return i.Workspace.Name() + "/libraryImports/" + string(i.ID) }

// ImportRow is one item of an import and what became of it.
type ImportRow struct {
	// Number is that of the line of the file it begins in, from 1 on.
	Number   int
	External string
	// Change is what the row says of its item, until it has ended. What it does not name stays
	// as it is, so a table without a column of dates does not open a share window.
	Change  *ItemChange
	Outcome ImportOutcome
	Item    advocacy.ItemID
	// Code, Field and Message say why it failed.
	Code    string
	Field   string
	Message string
}

// Refuse gives a row the end of an error.
func (r *ImportRow) Refuse(e *advocacy.Error) {
	r.Outcome, r.Change, r.Item, r.Code, r.Field, r.Message = ImportFailed, nil, "", e.Reason, e.Field, e.Message
}

// ImportOrder is a file, or a part of one, that is to be imported.
type ImportOrder struct {
	// Rows are what it holds, numbered by its own lines. Those that could not be read come with
	// their refusal.
	Rows []ImportRow
	// Lines is how many lines it has, Head how many of them are the header of a table.
	Lines int
	Head  int
	// Previous is the import of the part before it; empty for a whole file and for the first part.
	Previous     advocacy.ImportID
	ValidateOnly bool
}

// ImportItems orders an import. It answers at once; what became of each row is in the
// report, whose numbers and names are those of the whole file.
func (s *Service) ImportItems(ctx context.Context, c Call, w advocacy.WorkspaceID, o ImportOrder) (*Import, error) {
	if len(o.Rows) == 0 || len(o.Rows) > importMost {
		return nil, advocacy.InvalidField("data", "IMPORT_SIZE", "import between 1 and %d rows at once", importMost)
	}
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*Import, string, error) {
		id := advocacy.ImportID(s.NewID())
		i := &Import{
			Workspace: w, ID: id, Person: c.Actor.Person, Key: c.Actor.Key, Session: c.Actor.Session,
			ValidateOnly: o.ValidateOnly, File: id, Part: 1, FirstLine: 1, LastLine: o.Lines,
			Total: len(o.Rows), CreateTime: tx.Now(), ProgressTime: tx.Now(),
		}
		rows := slices.Clone(o.Rows) // what is tried again begins with the same rows
		seen := make(map[string]bool, len(rows))
		if o.Previous != "" {
			var err error
			if seen, err = follow(ctx, tx, i, o, rows); err != nil {
				return nil, "", err
			}
		}
		refuseRepeated(rows, seen)
		for n := range rows {
			if rows[n].Outcome == ImportFailed {
				i.Failed++
			} else {
				rows[n].Outcome = ImportPending
			}
		}
		if err := tx.AddImport(ctx, i, rows); err != nil {
			return nil, "", err
		}
		if err := importLater(ctx, tx, i); err != nil {
			return nil, "", err
		}
		return i, string(i.ID), s.record(ctx, tx, c, w, fact{
			action: "library_import.ordered", subject: i.Name(), detail: map[string]any{"rows": i.Total, "validate_only": i.ValidateOnly, "part": i.Part},
		})
	}, func(ctx context.Context, tx Tx, id string) (*Import, error) {
		return tx.Import(ctx, w, advocacy.ImportID(id))
	})
}

// follow makes an import the next part of the file that the previous one is the last part of so
// far: its rows are numbered on from there. It returns which of their names earlier parts have.
func follow(ctx context.Context, tx Tx, i *Import, o ImportOrder, rows []ImportRow) (map[string]bool, error) {
	before, err := tx.Import(ctx, i.Workspace, o.Previous)
	if err != nil {
		return nil, err
	}
	if before.Person != i.Person || before.ValidateOnly != i.ValidateOnly { // guard: a file is one person's, and tried or imported as a whole
		return nil, advocacy.InvalidField("previous_part", "IMPORT_PART_DIFFERS", "the part before it was imported by somebody else, or not in the same way")
	}
	parts, err := tx.ImportParts(ctx, i.Workspace, before.File)
	if err != nil {
		return nil, err
	}
	if parts != before.Part { // guard: a part has one after it
		return nil, advocacy.Refuse("IMPORT_PART_TAKEN", "the part before it is followed by another one already")
	}
	i.File, i.Part, i.FirstLine = before.File, before.Part+1, before.LastLine+1
	shift := before.LastLine - o.Head
	if i.LastLine += shift; i.LastLine > importLines { // guard: a line has a number that can be told
		return nil, advocacy.InvalidField("data", "IMPORT_SIZE", "a file can have up to %d lines", importLines)
	}
	var names []string
	for n := range rows {
		rows[n].Number += shift
		if rows[n].External != "" {
			names = append(names, rows[n].External)
		}
	}
	return tx.ImportedNames(ctx, i.Workspace, i.File, names)
}

// refuseRepeated refuses rows under a name that an earlier one has, which was seen before or is
// one of these. A row that cannot be read has its name as well.
func refuseRepeated(rows []ImportRow, seen map[string]bool) {
	for i := range rows {
		r := &rows[i]
		if r.Outcome != ImportFailed && seen[r.External] { // guard: a name stands for one row
			r.Refuse(advocacy.InvalidField("external_id", "EXTERNAL_ID_REPEATED", "an earlier row has the same external_id"))
		}
		seen[r.External] = true
	}
}

// Import returns an import.
func (s *Service) Import(ctx context.Context, _ Call, w advocacy.WorkspaceID, id advocacy.ImportID) (*Import, error) {
	return s.Store.Import(ctx, w, id)
}

// Imports lists imports, newest first.
func (s *Service) Imports(ctx context.Context, _ Call, q ImportQuery) ([]Import, string, error) {
	return s.Store.Imports(ctx, q)
}

// ImportRows lists the rows of an import and what became of each.
func (s *Service) ImportRows(ctx context.Context, _ Call, q ImportRowQuery) ([]ImportRow, string, error) {
	if _, err := s.Store.Import(ctx, q.Workspace, q.Import); err != nil {
		return nil, "", err
	}
	return s.Store.ImportRows(ctx, q)
}

// errTried undoes what a row did that was only tried.
var errTried = errors.New("the row was only tried")

func (s *Service) runImportRow(ctx context.Context, i *Import, row *ImportRow) error {
	end := func(ctx context.Context, tx Tx) error { return tx.EndImportRow(ctx, i, row) }
	err := s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		if err := s.importRow(ctx, tx, i, row); err != nil {
			return err
		}
		if i.ValidateOnly { // guard: what is only tried leaves nothing
			return errTried
		}
		return end(ctx, tx)
	})
	refusal, refused := errors.AsType[*advocacy.Error](err)
	switch {
	case errors.Is(err, errTried):
		if row.Outcome == ImportCreated {
			row.Item = ""
		}
	case err == nil || advocacy.ReasonOf(err) == importEnded:
		return nil
	case !refused || passing(refusal.Kind):
		return err // it is tried again
	default:
		row.Refuse(refusal)
	}
	return onceEnded(s.Store.Update(ctx, end))
}

// passing tells whether a refusal is not about the row: something failed, or another import
// was at the same item.
func passing(k advocacy.Kind) bool {
	return slices.Contains([]advocacy.Kind{advocacy.Internal, advocacy.Unavailable, advocacy.Conflict, advocacy.Exists}, k)
}

// importRow makes a draft of a row, or of what it changes of an item that came before.
func (s *Service) importRow(ctx context.Context, tx Tx, i *Import, row *ImportRow) error {
	c, err := s.importCall(ctx, tx, i)
	if err != nil {
		return err
	}
	item, err := itemFrom(ctx, tx, i.Workspace, row.External)
	if err != nil {
		return err
	}
	if item == nil {
		return s.importNew(ctx, tx, c, row)
	}
	if item.Withdrawn {
		return advocacy.Refuse("ITEM_WITHDRAWN", "the item of this name was withdrawn; give the row another one")
	}
	row.Outcome, row.Item = ImportUnchanged, item.ID
	if same, err := s.saysTheSame(ctx, tx, item, *row.Change); err != nil || same { // guard: the same row twice changes nothing
		return err
	}
	row.Outcome = ImportUpdated
	return s.updateItem(ctx, tx, c, item, *row.Change)
}

// importNew makes the draft of an item that was not here before.
func (s *Service) importNew(ctx context.Context, tx Tx, c Call, row *ImportRow) error {
	if !c.may(mayCreateItems) { // guard: who only changes items brings no new ones
		return advocacy.Deny("PERMISSION_DENIED", "whoever ordered this may not make library items")
	}
	draft, err := row.Change.draft()
	if err != nil {
		return err
	}
	view, err := s.createItem(ctx, tx, c, c.Actor.Workspace, draft)
	if err != nil {
		return err
	}
	row.Outcome, row.Item = ImportCreated, view.Item.ID
	return tx.AddOrigin(ctx, c.Actor.Workspace, row.External, view.Item.ID)
}

// draft is a new item that says what the change names.
func (d ItemChange) draft() (ItemDraft, error) {
	var draft ItemDraft
	if d.Title == nil {
		return draft, advocacy.InvalidField("title", "ROW_INCOMPLETE", "a new item needs a title")
	}
	if d.Content == nil {
		return draft, advocacy.InvalidField("content", "ROW_INCOMPLETE", "a new item needs a content")
	}
	var item advocacy.LibraryItem
	d.apply(&item)
	draft = ItemDraft{
		Title: item.Title, Topic: item.Topic, Share: item.Share, Zone: item.Zone, Note: item.Note,
		Pin: item.Pin, Feature: item.Feature, Labels: item.Labels, Campaign: item.Campaign, Spread: item.Spread, Content: *d.Content,
	}
	set(&draft.Networks, d.Networks)
	set(&draft.Audience, d.Audience)
	set(&draft.Announcement, d.Announcement)
	draft.Editing = d.Editing
	return draft, nil
}

// itemFrom returns the item that has a name elsewhere, or that was made here and has it as its
// id; nil for none. So a name stands for one item, and an item has one name.
func itemFrom(ctx context.Context, tx Tx, w advocacy.WorkspaceID, external string) (*advocacy.LibraryItem, error) {
	id, err := tx.FindOrigin(ctx, w, external)
	if err != nil {
		return nil, err
	}
	if id == "" {
		id = advocacy.ItemID(external)
		if elsewhere, err := tx.Origins(ctx, w, id); err != nil || len(elsewhere) > 0 {
			return nil, err
		}
	}
	item, err := tx.ItemForUpdate(ctx, w, id)
	if advocacy.KindOf(err) == advocacy.NotFound {
		return nil, nil
	}
	return item, err
}

// saysTheSame tells whether a change would leave an item as it is.
func (s *Service) saysTheSame(ctx context.Context, tx Tx, item *advocacy.LibraryItem, d ItemChange) (bool, error) {
	made := *item
	d.apply(&made)
	if err := s.guardItem(ctx, tx, &made); err != nil {
		return false, err
	}
	change, err := s.redraftItem(ctx, tx, item, d)
	return change.next == nil && made.Title == item.Title && made.Topic == item.Topic && made.Share.Equal(item.Share) &&
		made.Zone == item.Zone && made.Note == item.Note && made.Pin == item.Pin && made.Campaign == item.Campaign &&
		made.Feature.Equal(item.Feature) && slices.Equal(made.Labels, item.Labels) && sameSpread(made.Spread, item.Spread), err
}

// sameSpread tells whether two items say the same of their spread, or both nothing.
func sameSpread(a, b *int) bool { return a == b || a != nil && b != nil && *a == *b }

// importCall is a call of who ordered the import, with the rights the person, and the key,
// have now.
func (s *Service) importCall(ctx context.Context, tx Tx, i *Import) (Call, error) {
	m, err := tx.Member(ctx, i.Workspace, i.Person)
	if err != nil {
		return Call{}, err
	}
	given, err := permissionsOf(ctx, tx, m)
	if err != nil {
		return Call{}, err
	}
	may := func(p advocacy.Permission) bool { return given[p] }
	actor := advocacy.Actor{Kind: advocacy.Human, Workspace: i.Workspace, Person: i.Person, Session: i.Session, Roles: m.RoleNames()}
	able := m.Active()
	if i.Key != "" {
		key, err := tx.APIKey(ctx, i.Workspace, i.Key)
		if err != nil {
			return Call{}, err
		}
		actor.Kind, actor.Key, actor.Session = advocacy.Machine, i.Key, ""
		able = able && key.RevokeTime.IsZero() && tx.Now().Before(key.ExpireTime)
		may = func(p advocacy.Permission) bool { return given[p] && slices.Contains(key.Permissions, p) }
	}
	if !able || !may(mayUpdateItems) { // guard: an import ends with the right to it
		return Call{}, advocacy.Deny("PERMISSION_DENIED", "whoever ordered this may not change library items any more")
	}
	return Call{Actor: actor, May: may}, nil
}
