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
	Total        int
	Created      int
	Updated      int
	Unchanged    int
	Failed       int
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
	// Number is that of the line it begins in, from 1 on.
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

// ImportItems orders an import. It answers at once; what became of each row is in the
// report. Rows that could not be read come with their refusal.
func (s *Service) ImportItems(ctx context.Context, c Call, w advocacy.WorkspaceID, rows []ImportRow, validateOnly bool) (*Import, error) {
	if len(rows) == 0 || len(rows) > importMost {
		return nil, advocacy.InvalidField("data", "IMPORT_SIZE", "import between 1 and %d rows at once", importMost)
	}
	refuseRepeated(rows)
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*Import, string, error) {
		i := &Import{
			Workspace: w, ID: advocacy.ImportID(s.NewID()), Person: c.Actor.Person, Key: c.Actor.Key, Session: c.Actor.Session,
			ValidateOnly: validateOnly, Total: len(rows), CreateTime: tx.Now(), ProgressTime: tx.Now(),
		}
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
			action: "library_import.ordered", subject: i.Name(), detail: map[string]any{"rows": i.Total, "validate_only": validateOnly},
		})
	}, func(ctx context.Context, tx Tx, id string) (*Import, error) {
		return tx.Import(ctx, w, advocacy.ImportID(id))
	})
}

// refuseRepeated refuses rows under a name that an earlier one has.
func refuseRepeated(rows []ImportRow) {
	seen := make(map[string]bool, len(rows))
	for i := range rows {
		if r := &rows[i]; r.Outcome != ImportFailed {
			if seen[r.External] { // guard: a name stands for one row
				r.Refuse(advocacy.InvalidField("external_id", "EXTERNAL_ID_REPEATED", "an earlier row has the same external_id"))
			}
			seen[r.External] = true
		}
	}
}

// Import returns an import.
func (s *Service) Import(ctx context.Context, _ Call, w advocacy.WorkspaceID, id advocacy.ImportID) (*Import, error) {
	return s.Store.Import(ctx, w, id)
}

// Imports lists imports, newest first.
func (s *Service) Imports(ctx context.Context, _ Call, w advocacy.WorkspaceID, p Page) ([]Import, string, error) {
	return s.Store.Imports(ctx, w, p)
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
		Pin: item.Pin, Feature: item.Feature, Labels: item.Labels, Campaign: item.Campaign, Content: *d.Content,
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
		made.Feature.Equal(item.Feature) && slices.Equal(made.Labels, item.Labels), err
}

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
