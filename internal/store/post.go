package store

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

type postRow struct {
	WorkspaceID string                  `gorm:"column:workspace_id"`
	ID          string                  `gorm:"column:id"`
	Author      string                  `gorm:"column:author"`
	KeyID       string                  `gorm:"column:key_id"`
	ItemID      ref                     `gorm:"column:item_id"`
	Head        int                     `gorm:"column:head"`
	Round       int                     `gorm:"column:round"`
	PublishTime instant                 `gorm:"column:publish_time"`
	Zone        string                  `gorm:"column:zone"`
	Note        string                  `gorm:"column:note"`
	Withdrawn   bool                    `gorm:"column:withdrawn"`
	State       string                  `gorm:"column:state"`
	Version     int64                   `gorm:"column:version"`
	CreateTime  instant                 `gorm:"column:create_time"`
	UpdateTime  instant                 `gorm:"column:update_time"`
	CopiedFrom  ref                     `gorm:"column:copied_from"`
	Objectors   list[advocacy.Role]     `gorm:"column:objectors"`
	CoAuthors   list[advocacy.PersonID] `gorm:"column:co_authors"`
}

func (postRow) TableName() string { return "posts" }

var (
	posts         = tableOf[postRow]()
	changingPosts = posts.changing([]string{"workspace_id", "id"},
		"item_id", "head", "round", "publish_time", "zone", "note", "withdrawn", "state", "co_authors", "update_time")
)

func newPostRow(p *advocacy.Post) postRow {
	return postRow{
		WorkspaceID: string(p.Workspace),
		ID:          string(p.ID),
		Author:      string(p.Author),
		KeyID:       string(p.Key),
		ItemID:      ref(p.Item),
		Head:        p.Head,
		Round:       p.Round,
		PublishTime: at(p.PublishTime),
		Zone:        p.Zone,
		Note:        p.Note,
		Withdrawn:   p.Withdrawn,
		State:       string(p.State),
		Version:     p.Version,
		CreateTime:  at(p.CreateTime),
		UpdateTime:  at(p.UpdateTime),
		CopiedFrom:  ref(p.CopiedFrom),
		Objectors:   p.Objectors,
		CoAuthors:   p.CoAuthors,
	}
}

func (r *postRow) post() advocacy.Post {
	return advocacy.Post{
		Workspace:   advocacy.WorkspaceID(r.WorkspaceID),
		ID:          advocacy.PostID(r.ID),
		Author:      advocacy.PersonID(r.Author),
		Key:         advocacy.KeyID(r.KeyID),
		Item:        advocacy.ItemID(r.ItemID),
		Head:        r.Head,
		Round:       r.Round,
		PublishTime: r.PublishTime.time,
		Zone:        r.Zone,
		Note:        r.Note,
		Withdrawn:   r.Withdrawn,
		State:       advocacy.PostState(r.State),
		Version:     r.Version,
		CreateTime:  r.CreateTime.time,
		UpdateTime:  r.UpdateTime.time,
		CopiedFrom:  advocacy.PostID(r.CopiedFrom),
		Objectors:   r.Objectors,
		CoAuthors:   r.CoAuthors,
	}
}

// Post returns a post.
func (r reader) Post(ctx context.Context, w advocacy.WorkspaceID, id advocacy.PostID) (*advocacy.Post, error) {
	row, err := r.postRow(ctx, w, id, unlocked)
	if err != nil {
		return nil, aPost.failed(err)
	}
	found := row.post()
	return &found, nil
}

func (r reader) postRow(ctx context.Context, w advocacy.WorkspaceID, id advocacy.PostID, l lock) (*postRow, error) {
	return one(ctx, r.conn, posts, l, "workspace_id = ? AND id = ?", string(w), string(id))
}

// PostForUpdate locks the post until commit.
func (t *tx) PostForUpdate(ctx context.Context, w advocacy.WorkspaceID, id advocacy.PostID) (*advocacy.Post, error) {
	row, err := t.postRow(ctx, w, id, toChange)
	if err != nil {
		return nil, aPost.failed(err)
	}
	found := row.post()
	return &found, changingPosts.hold(t, *row)
}

// FreeShares returns posts made from an item that are in a state and in nobody else's hands, and
// locks them until commit.
func (t *tx) FreeShares(
	ctx context.Context, w advocacy.WorkspaceID, item advocacy.ItemID, state advocacy.PostState, limit int,
) ([]advocacy.PostID, error) {
	var found []advocacy.PostID
	var id advocacy.PostID
	query := "SELECT id FROM posts WHERE workspace_id = ? AND item_id = ? AND state = ? ORDER BY id LIMIT ?" + t.locking(toChangeFree)
	err := t.scan(ctx, []any{&id}, func() { found = append(found, id) }, query, string(w), string(item), string(state), limit)
	return found, failed(err)
}

// Posts lists posts by id.
func (r reader) Posts(ctx context.Context, q workflow.PostQuery) ([]advocacy.Post, string, error) {
	l := listing[postRow]{
		table: posts,
		order: []string{"id"},
		after: after(q.After),
		key:   func(r *postRow) string { return r.ID },
	}
	if q.CoAuthor == "" {
		l.and("workspace_id = ?", string(q.Workspace))
	} else {
		l.columns, l.order = posts.of("p"), []string{"c.subject_id"}
		l.from = "co_authors c CROSS JOIN posts p" // SQLite would sort by reading posts first otherwise
		l.and("p.workspace_id = c.workspace_id AND p.id = c.subject_id AND c.workspace_id = ? AND c.person_id = ? AND c.subject_kind = 'post' AND c.remove_time IS NULL", string(q.Workspace), string(q.CoAuthor))
	}
	andIf(&l, "author", q.Author)
	andIf(&l, "item_id", q.Item)
	andIf(&l, "state", q.State)
	if q.Shared {
		l.and("item_id IS NOT NULL")
	}
	return page(ctx, r.conn, l, q.Page, (*postRow).post)
}

// AddPost inserts a post at version 1.
func (t *tx) AddPost(ctx context.Context, p *advocacy.Post) error {
	p.Version = 1
	return insert(ctx, t, aPost, posts, newPostRow(p))
}

// SavePost writes what may change and does, and raises Version; Conflict when Version moved
// since the read.
func (t *tx) SavePost(ctx context.Context, p *advocacy.Post) error {
	row := newPostRow(p)
	d, err := changingPosts.differ(t, row)
	if err != nil {
		return t.wrote(aPost, err)
	}
	query := "UPDATE posts SET " + d.assigned("version = version + 1") + " WHERE workspace_id = ? AND id = ? AND version = ?"
	if err := t.change(ctx, aPost, query, append(d.values, row.WorkspaceID, row.ID, row.Version)...); err != nil {
		return err
	}
	d.saved(t)
	p.Version++
	return nil
}

type revisionRow struct {
	WorkspaceID  string                   `gorm:"column:workspace_id"`
	SubjectKind  string                   `gorm:"column:subject_kind"`
	SubjectID    string                   `gorm:"column:subject_id"`
	Number       int                      `gorm:"column:number"`
	Content      doc[contentDoc]          `gorm:"column:content"`
	Targets      list[advocacy.AccountID] `gorm:"column:targets"`
	Networks     list[advocacy.Network]   `gorm:"column:networks"`
	ItemRevision int                      `gorm:"column:item_revision"`
	Contributors list[advocacy.PersonID]  `gorm:"column:contributors"`
	Editor       string                   `gorm:"column:editor"`
	KeyID        string                   `gorm:"column:key_id"`
	Manifest     []byte                   `gorm:"column:manifest"`
	Digest       string                   `gorm:"column:digest"`
	CreateTime   instant                  `gorm:"column:create_time"`
	Suggesters   list[advocacy.PersonID]  `gorm:"column:suggesters"`
	// Named are who was first named a co-author, or made the owner of an item, while this was
	// the newest revision. It is read only, beside a row that never changes.
	Named list[advocacy.PersonID] `gorm:"column:named"`
}

func (revisionRow) TableName() string { return "revisions" }

var (
	// revisions are written, writtenRevisions read.
	revisions        = tableOf[revisionRow]().without("named")
	writtenRevisions = tableOf[revisionRow]().computing("named", "CASE $.subject_kind WHEN 'library_item' THEN "+namedIn("item_owners")+
		" ELSE "+namedIn("co_authors")+" END")
)

// namedIn are the persons a table names for a revision.
func namedIn(table string) string {
	return `(SELECT '["' || string_agg(c.person_id, '","') || '"]' FROM ` + table + " c" +
		" WHERE c.workspace_id = $.workspace_id AND c.subject_kind = $.subject_kind AND c.subject_id = $.subject_id AND c.revision = $.number)"
}

func newRevisionRow(r *advocacy.Revision) revisionRow {
	return revisionRow{
		WorkspaceID:  string(r.Subject.Workspace),
		SubjectKind:  string(r.Subject.Kind),
		SubjectID:    r.Subject.ID,
		Number:       r.Number,
		Content:      doc[contentDoc]{newContentDoc(r.Content)},
		Targets:      r.Targets,
		Networks:     r.Networks,
		ItemRevision: r.ItemRevision,
		Contributors: r.Contributors,
		Editor:       string(r.Editor),
		KeyID:        string(r.Key),
		Manifest:     bytesOf(r.Manifest),
		Digest:       string(r.Digest),
		CreateTime:   at(r.CreateTime),
		Suggesters:   r.Suggesters,
	}
}

func (r *revisionRow) revision() advocacy.Revision {
	return advocacy.Revision{
		Subject:      subjectOf(r.WorkspaceID, r.SubjectKind, r.SubjectID),
		Number:       r.Number,
		Content:      r.Content.of.content(),
		Targets:      r.Targets,
		Networks:     r.Networks,
		ItemRevision: r.ItemRevision,
		Contributors: r.writers(),
		Editor:       advocacy.PersonID(r.Editor),
		Key:          advocacy.KeyID(r.KeyID),
		Manifest:     noBytes(r.Manifest),
		Digest:       advocacy.Digest(r.Digest),
		CreateTime:   r.CreateTime.time,
		Suggesters:   r.Suggesters,
	}
}

// writers are who wrote it and who was named to, the latter by their ids.
func (r *revisionRow) writers() []advocacy.PersonID {
	slices.Sort(r.Named)
	all := r.Contributors
	for _, p := range r.Named {
		if !slices.Contains(all, p) { // guard: who was named is a contributor
			all = append(slices.Clip(all), p)
		}
	}
	return all
}

func subjectOf(w, kind, id string) advocacy.Subject {
	return advocacy.Subject{Workspace: advocacy.WorkspaceID(w), Kind: advocacy.SubjectKind(kind), ID: id}
}

// ofSubject selects the rows of one subject.
const ofSubject = "workspace_id = ? AND subject_kind = ? AND subject_id = ?"

// Revision returns one revision.
func (r reader) Revision(ctx context.Context, s advocacy.Subject, number int) (*advocacy.Revision, error) {
	row, err := one(ctx, r.conn, writtenRevisions, unlocked, ofSubject+" AND number = ?", string(s.Workspace), string(s.Kind), s.ID, number)
	if err != nil {
		return nil, aRevision.failed(err)
	}
	found := row.revision()
	return &found, nil
}

// RevisionsByNumber returns one revision of each of several subjects of a kind, by the
// subject's id, in one statement; absent ones are left out.
func (r reader) RevisionsByNumber(
	ctx context.Context, w advocacy.WorkspaceID, kind advocacy.SubjectKind, numbers map[string]int,
) (map[string]*advocacy.Revision, error) {
	byID := make(map[string]*advocacy.Revision, len(numbers))
	if len(numbers) == 0 {
		return byID, nil
	}
	where, args := oneOfEach("number", w, kind, numbers)
	var row revisionRow
	err := r.scan(ctx, writtenRevisions.into(&row), func() {
		found := row.revision()
		byID[row.SubjectID] = &found
	}, "SELECT "+writtenRevisions.list+" FROM revisions WHERE "+where, args...)
	return byID, failed(err)
}

// oneOfEach is the condition for one row of each of several subjects of a kind, by its number
// among the subject's own.
func oneOfEach(column string, w advocacy.WorkspaceID, kind advocacy.SubjectKind, numbers map[string]int) (where string, args []any) {
	ids := slices.Sorted(maps.Keys(numbers))
	args = anys([]any{string(w), string(kind)}, ids)
	for _, id := range ids {
		args = append(args, id, numbers[id])
	}
	// The list of subjects is what the rows are looked up by: for more than a few pairs alone,
	// SQLite reads every row of the workspace.
	each := "subject_id = ? AND " + column + " = ?"
	return "workspace_id = ? AND subject_kind = ? AND subject_id IN " + in(len(ids)) +
		" AND (" + each + strings.Repeat(" OR "+each, len(ids)-1) + ")", args
}

// Revisions lists the revisions of a subject by number.
func (r reader) Revisions(ctx context.Context, s advocacy.Subject, p workflow.Page) ([]advocacy.Revision, string, error) {
	key, err := afterNumber(p.After)
	if err != nil {
		return nil, "", err
	}
	l := listing[revisionRow]{
		table: writtenRevisions,
		order: []string{"number"},
		after: key,
		key:   func(r *revisionRow) string { return strconv.Itoa(r.Number) },
	}
	l.and(ofSubject, string(s.Workspace), string(s.Kind), s.ID)
	return page(ctx, r.conn, l, p, (*revisionRow).revision)
}

// AddRevision inserts a revision, which never changes; the pictures it shows stay.
func (t *tx) AddRevision(ctx context.Context, r *advocacy.Revision) error {
	if err := t.useMedia(ctx, r.Subject.Workspace, r.Content.Pictures()); err != nil { // guard: a picture that a revision shows is not removed
		return err
	}
	return insert(ctx, t, aRevision, revisions, newRevisionRow(r))
}
