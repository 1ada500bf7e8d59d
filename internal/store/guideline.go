package store

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

type guidelineRow struct {
	WorkspaceID  string                        `gorm:"column:workspace_id"`
	Guideline    string                        `gorm:"column:guideline"`
	Number       int                           `gorm:"column:number"`
	Texts        doc[[]advocacy.GuidelineText] `gorm:"column:texts"`
	Digest       string                        `gorm:"column:digest"`
	GraceEndTime instant                       `gorm:"column:grace_end_time"`
	Publisher    string                        `gorm:"column:publisher"`
	CreateTime   moment                        `gorm:"column:create_time"`
	ReviewTime   instant                       `gorm:"column:review_time"`
}

func (guidelineRow) TableName() string { return "guideline_revisions" }

var guidelines = tableOf[guidelineRow]()

func newGuidelineRow(r *advocacy.GuidelineRevision) guidelineRow {
	return guidelineRow{
		WorkspaceID:  string(r.Workspace),
		Guideline:    string(r.Guideline),
		Number:       r.Number,
		Texts:        doc[[]advocacy.GuidelineText]{append([]advocacy.GuidelineText{}, r.Texts...)},
		Digest:       string(r.Digest),
		GraceEndTime: at(r.GraceEnd),
		Publisher:    string(r.Publisher),
		CreateTime:   sorted(r.CreateTime),
		ReviewTime:   at(r.ReviewTime),
	}
}

func (r *guidelineRow) revision() advocacy.GuidelineRevision {
	return advocacy.GuidelineRevision{
		Workspace:  advocacy.WorkspaceID(r.WorkspaceID),
		Guideline:  advocacy.GuidelineID(r.Guideline),
		Number:     r.Number,
		Texts:      r.Texts.of,
		Digest:     advocacy.Digest(r.Digest),
		GraceEnd:   r.GraceEndTime.time,
		ReviewTime: r.ReviewTime.time,
		Publisher:  advocacy.PersonID(r.Publisher),
		CreateTime: r.CreateTime.time,
	}
}

type acknowledgementRow struct {
	WorkspaceID string `gorm:"column:workspace_id"`
	Guideline   string `gorm:"column:guideline"`
	PersonID    string `gorm:"column:person_id"`
	Number      int    `gorm:"column:number"`
	ID          string `gorm:"column:id"`
	Digest      string `gorm:"column:digest"`
	SessionID   string `gorm:"column:session_id"`
	CreateTime  moment `gorm:"column:create_time"`
}

func (acknowledgementRow) TableName() string { return "guideline_acknowledgements" }

var acknowledgements = tableOf[acknowledgementRow]()

func newAcknowledgementRow(a *advocacy.Acknowledgement) acknowledgementRow {
	return acknowledgementRow{
		WorkspaceID: string(a.Workspace),
		Guideline:   string(a.Guideline),
		PersonID:    string(a.Person),
		Number:      a.Revision,
		ID:          string(a.ID),
		Digest:      string(a.Digest),
		SessionID:   a.Session,
		CreateTime:  sorted(a.Time),
	}
}

func (r *acknowledgementRow) acknowledgement() advocacy.Acknowledgement {
	return advocacy.Acknowledgement{
		Workspace: advocacy.WorkspaceID(r.WorkspaceID),
		ID:        advocacy.AcknowledgementID(r.ID),
		Guideline: advocacy.GuidelineID(r.Guideline),
		Revision:  r.Number,
		Digest:    advocacy.Digest(r.Digest),
		Person:    advocacy.PersonID(r.PersonID),
		Session:   r.SessionID,
		Time:      r.CreateTime.time,
	}
}

const ofGuideline = "workspace_id = ? AND guideline = ?"

// Guideline returns the revision in force.
func (r reader) Guideline(ctx context.Context, w advocacy.WorkspaceID, g advocacy.GuidelineID) (*advocacy.GuidelineRevision, error) {
	return r.guideline(ctx, ofGuideline+" ORDER BY number DESC LIMIT 1", string(w), string(g))
}

// GuidelineRevision returns one revision of a guideline.
func (r reader) GuidelineRevision(
	ctx context.Context, w advocacy.WorkspaceID, g advocacy.GuidelineID, number int,
) (*advocacy.GuidelineRevision, error) {
	return r.guideline(ctx, ofGuideline+" AND number = ?", string(w), string(g), number)
}

func (r reader) guideline(ctx context.Context, where string, args ...any) (*advocacy.GuidelineRevision, error) {
	row, err := one(ctx, r.conn, guidelines, unlocked, where, args...)
	if err != nil {
		return nil, aGuideline.failed(err)
	}
	found := row.revision()
	return &found, nil
}

// GuidelineRevisions lists the revisions of a guideline by number.
func (r reader) GuidelineRevisions(
	ctx context.Context, w advocacy.WorkspaceID, g advocacy.GuidelineID, p workflow.Page,
) ([]advocacy.GuidelineRevision, string, error) {
	l := listing[guidelineRow]{
		table: guidelines,
		order: []string{"number"},
		key:   func(r *guidelineRow) string { return strconv.Itoa(r.Number) },
	}
	var err error
	if l.after, err = afterNumber(p.After); err != nil {
		return nil, "", err
	}
	l.and(ofGuideline, string(w), string(g))
	return page(ctx, r.conn, l, p, (*guidelineRow).revision)
}

// mostGraces is over how many revisions graces can reach back.
const mostGraces = 20

// Graces returns the graces of the newest revisions, newest first; of those published until
// an instant when it is not zero.
func (r reader) Graces(ctx context.Context, w advocacy.WorkspaceID, g advocacy.GuidelineID, until time.Time) ([]advocacy.Grace, error) {
	var number int
	var end instant
	var graces []advocacy.Grace
	where, args := by(until, ofGuideline, string(w), string(g))
	query := "SELECT number, grace_end_time FROM guideline_revisions WHERE " + where + " ORDER BY number DESC" + limit(mostGraces)
	each := func() { graces = append(graces, advocacy.Grace{Revision: number, End: end.time}) }
	err := r.scan(ctx, []any{&number, &end}, each, query, args...)
	return graces, aGuideline.failed(err)
}

// by narrows a condition to rows made until an instant, when it is not zero.
func by(until time.Time, where string, args ...any) (string, []any) {
	if until.IsZero() {
		return where, args
	}
	return where + " AND create_time <= ?", append(args, sorted(until))
}

// FindAcknowledgement returns what the person acknowledged last, or nil; until an instant
// when it is not zero.
func (r reader) FindAcknowledgement(
	ctx context.Context, w advocacy.WorkspaceID, g advocacy.GuidelineID, p advocacy.PersonID, until time.Time,
) (*advocacy.Acknowledgement, error) {
	where, args := by(until, ofGuideline+" AND person_id = ?", string(w), string(g), string(p))
	row, err := one(ctx, r.conn, acknowledgements, unlocked, where+" ORDER BY number DESC LIMIT 1", args...)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, anAcknowledgment.failed(err)
	}
	found := row.acknowledgement()
	return &found, nil
}

// Acknowledgements lists who acknowledged a revision, by id.
func (r reader) Acknowledgements(ctx context.Context, q workflow.AcknowledgementQuery) ([]advocacy.Acknowledgement, string, error) {
	l := listing[acknowledgementRow]{
		table: acknowledgements,
		order: []string{"id"},
		after: after(q.After),
		key:   func(r *acknowledgementRow) string { return r.ID },
	}
	l.and(ofGuideline+" AND number = ?", string(q.Workspace), string(q.Guideline), q.Revision)
	andIf(&l, "person_id", q.Person)
	return page(ctx, r.conn, l, q.Page, (*acknowledgementRow).acknowledgement)
}

// Standings lists the active members by id, with what each acknowledged last.
func (r reader) Standings(ctx context.Context, q workflow.StandingQuery) ([]advocacy.Standing, string, error) {
	l := listing[acknowledgementRow]{
		table: acknowledgements,
		columns: "m.workspace_id, COALESCE(a.guideline, ''), m.person_id, COALESCE(a.number, 0), COALESCE(a.id, ''), " +
			"COALESCE(a.digest, ''), COALESCE(a.session_id, ''), a.create_time",
		from: "members m LEFT JOIN guideline_acknowledgements a ON a.workspace_id = m.workspace_id AND a.guideline = ?" +
			" AND a.person_id = m.person_id AND a.number = (SELECT max(b.number) FROM guideline_acknowledgements b" +
			" WHERE b.workspace_id = m.workspace_id AND b.guideline = ? AND b.person_id = m.person_id)",
		args:  []any{string(q.Guideline), string(q.Guideline)},
		order: []string{"m.person_id"},
		after: after(q.After),
		key:   func(r *acknowledgementRow) string { return r.PersonID },
	}
	l.and("m.workspace_id = ?", string(q.Workspace))
	l.and("m.state = ?", string(advocacy.MemberActive))
	if q.Least != 0 {
		l.and("COALESCE(a.number, 0) >= ?", q.Least)
	}
	if q.Below != 0 {
		l.and("COALESCE(a.number, 0) < ?", q.Below)
	}
	return page(ctx, r.conn, l, q.Page, func(r *acknowledgementRow) advocacy.Standing {
		s := advocacy.Standing{Person: advocacy.PersonID(r.PersonID)}
		if r.Number > 0 {
			last := r.acknowledgement()
			s.Last = &last
		}
		return s
	})
}

// AddGuidelineRevision inserts a revision, which is in force as the newest.
func (t *tx) AddGuidelineRevision(ctx context.Context, r *advocacy.GuidelineRevision) error {
	return insert(ctx, t, aGuideline, guidelines, newGuidelineRow(r))
}

// AddAcknowledgement keeps an acknowledgement and tells whether it is the person's first of
// the revision; a later one leaves no trace. One of other words than the revision's is
// refused.
func (t *tx) AddAcknowledgement(ctx context.Context, a *advocacy.Acknowledgement) (bool, error) {
	query := acknowledgements.insert(1) + " ON CONFLICT (workspace_id, guideline, person_id, number) DO NOTHING"
	n, err := t.exec(ctx, query, acknowledgements.values(newAcknowledgementRow(a))...)
	return n > 0, t.wrote(anAcknowledgment, err)
}
