package store

import (
	"context"
	"database/sql/driver"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/memo"
)

// keptPlans bounds how many plans are kept as they are read: some kilobytes each.
const keptPlans = 256

// readPlans are plans by their text. Every look at a round reads its plan, which took a seventh of the
// time of all that a decision reads, and of the rounds of a workspace most have one of a few.
var readPlans = memo.New[string, advocacy.Plan](keptPlans)

// planDoc is a plan in JSON. Whoever reads it may change it in place.
type planDoc struct {
	of advocacy.Plan
	// text is what was read, empty for what was not.
	text string
}

// Value gives JSON.
func (d planDoc) Value() (driver.Value, error) {
	if d.text != "" {
		return d.text, nil
	}
	return doc[advocacy.Plan]{d.of}.Value()
}

// Scan reads JSON.
func (d *planDoc) Scan(src any) error {
	text, err := textOf(src)
	if err != nil {
		return err
	}
	plan, err := readPlans.Load(text, func() (advocacy.Plan, error) {
		var read doc[advocacy.Plan]
		err := read.Scan(text)
		return read.of, err
	})
	d.of, d.text = plan.Clone(), text // guard: a plan that is kept is nobody's to change
	return err
}

type formerPlanRow struct {
	WorkspaceID        string  `gorm:"column:workspace_id"`
	SubjectKind        string  `gorm:"column:subject_kind"`
	SubjectID          string  `gorm:"column:subject_id"`
	Round              int     `gorm:"column:round"`
	Number             int     `gorm:"column:number"`
	Plan               planDoc `gorm:"column:plan"`
	Policy             string  `gorm:"column:policy"`
	PolicyRevision     int     `gorm:"column:policy_revision"`
	NextPolicy         string  `gorm:"column:next_policy"`
	NextPolicyRevision int     `gorm:"column:next_policy_revision"`
	Cause              string  `gorm:"column:cause"`
	PersonID           ref     `gorm:"column:person_id"`
	Reason             string  `gorm:"column:reason"`
	ReplaceTime        moment  `gorm:"column:replace_time"`
}

func (formerPlanRow) TableName() string { return "former_plans" }

var formerPlans = tableOf[formerPlanRow]()

func newFormerPlanRow(f *advocacy.FormerPlan) formerPlanRow {
	return formerPlanRow{
		WorkspaceID:        string(f.Subject.Workspace),
		SubjectKind:        string(f.Subject.Kind),
		SubjectID:          f.Subject.ID,
		Round:              f.Round,
		Number:             f.Number,
		Plan:               planDoc{of: f.Plan},
		Policy:             f.Policy.Policy,
		PolicyRevision:     f.Policy.Revision,
		NextPolicy:         f.Next.Policy,
		NextPolicyRevision: f.Next.Revision,
		Cause:              string(f.Cause),
		PersonID:           ref(f.Person),
		Reason:             f.Reason,
		ReplaceTime:        sorted(f.Time),
	}
}

func (r *formerPlanRow) formerPlan() advocacy.FormerPlan {
	return advocacy.FormerPlan{
		Subject: subjectOf(r.WorkspaceID, r.SubjectKind, r.SubjectID),
		Round:   r.Round,
		Number:  r.Number,
		Plan:    r.Plan.of,
		Policy:  advocacy.PolicyRef{Policy: r.Policy, Revision: r.PolicyRevision},
		Next:    advocacy.PolicyRef{Policy: r.NextPolicy, Revision: r.NextPolicyRevision},
		Cause:   advocacy.PlanCause(r.Cause),
		Person:  advocacy.PersonID(r.PersonID),
		Reason:  r.Reason,
		Time:    r.ReplaceTime.time,
	}
}

// FormerPlans returns the plans a round had before the one it has, oldest first.
func (r reader) FormerPlans(ctx context.Context, s advocacy.Subject, round int) ([]advocacy.FormerPlan, error) {
	query := "SELECT " + formerPlans.list + " FROM former_plans WHERE " + ofSubject + " AND round = ? ORDER BY number"
	found, err := every(ctx, r.conn, formerPlans, (*formerPlanRow).formerPlan, query, string(s.Workspace), string(s.Kind), s.ID, round)
	return found, failed(err)
}

// AddFormerPlan inserts a plan that is replaced, which never changes.
func (t *tx) AddFormerPlan(ctx context.Context, f *advocacy.FormerPlan) error {
	return insert(ctx, t, aFormerPlan, formerPlans, newFormerPlanRow(f))
}
