package store

import (
	"context"
	"strconv"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

type reviewRow struct {
	WorkspaceID    string                      `gorm:"column:workspace_id"`
	SubjectKind    string                      `gorm:"column:subject_kind"`
	SubjectID      string                      `gorm:"column:subject_id"`
	Round          int                         `gorm:"column:round"`
	Revision       int                         `gorm:"column:revision"`
	Digest         string                      `gorm:"column:digest"`
	State          string                      `gorm:"column:state"`
	Plan           planDoc                     `gorm:"column:plan"`
	Policy         string                      `gorm:"column:policy"`
	PolicyRevision int                         `gorm:"column:policy_revision"`
	Origin         string                      `gorm:"column:origin"`
	AssentPerson   string                      `gorm:"column:assent_person"`
	AssentKey      string                      `gorm:"column:assent_key"`
	AssentDigest   string                      `gorm:"column:assent_digest"`
	AssentTime     instant                     `gorm:"column:assent_time"`
	Library        doc[*advocacy.LibraryChain] `gorm:"column:library"`
	Version        int64                       `gorm:"column:version"`
	OpenTime       instant                     `gorm:"column:open_time"`
	ExpireTime     instant                     `gorm:"column:expire_time"`
	CloseTime      instant                     `gorm:"column:close_time"`
	Expedited      bool                        `gorm:"column:expedited"`
	FailedRules    list[string]                `gorm:"column:failed_rules"`
	Links          doc[[]advocacy.LinkCheck]   `gorm:"column:links"`
	Lexicon        int                         `gorm:"column:lexicon"`
	Disclosures    int                         `gorm:"column:disclosures"`
	Pins           doc[[]advocacy.LinkPin]     `gorm:"column:pins"`
	ExpediteReason string                      `gorm:"column:expedite_reason"`
}

func (reviewRow) TableName() string { return "reviews" }

var (
	reviews         = tableOf[reviewRow]()
	changingReviews = reviews.changing([]string{"workspace_id", "subject_kind", "subject_id", "round"},
		"state", "plan", "policy", "policy_revision", "failed_rules", "links", "pins", "lexicon", "disclosures", "close_time")
)

func newReviewRow(r *advocacy.Review) reviewRow {
	return reviewRow{
		WorkspaceID:    string(r.Subject.Workspace),
		SubjectKind:    string(r.Subject.Kind),
		SubjectID:      r.Subject.ID,
		Round:          r.Round,
		Revision:       r.Revision,
		Digest:         string(r.Digest),
		State:          string(r.State),
		Plan:           planDoc{of: r.Plan},
		Policy:         r.Policy.Policy,
		PolicyRevision: r.Policy.Revision,
		Origin:         string(r.Origin),
		AssentPerson:   string(r.Assent.Person),
		AssentKey:      string(r.Assent.Key),
		AssentDigest:   string(r.Assent.Digest),
		AssentTime:     at(r.Assent.Time),
		Library:        doc[*advocacy.LibraryChain]{r.Library},
		Version:        r.Version,
		OpenTime:       at(r.OpenTime),
		ExpireTime:     at(r.ExpireTime),
		CloseTime:      at(r.CloseTime),
		Expedited:      r.Expedited,
		FailedRules:    r.FailedRules,
		Links:          doc[[]advocacy.LinkCheck]{r.Links},
		Pins:           doc[[]advocacy.LinkPin]{r.Pins},
		Lexicon:        r.Lexicon,
		Disclosures:    r.Disclosures,
		ExpediteReason: r.ExpediteReason,
	}
}

func (r *reviewRow) review() advocacy.Review {
	return advocacy.Review{
		Subject:  subjectOf(r.WorkspaceID, r.SubjectKind, r.SubjectID),
		Round:    r.Round,
		Revision: r.Revision,
		Digest:   advocacy.Digest(r.Digest),
		State:    advocacy.ReviewState(r.State),
		Plan:     r.Plan.of,
		Policy:   advocacy.PolicyRef{Policy: r.Policy, Revision: r.PolicyRevision},
		Origin:   advocacy.Origin(r.Origin),
		Assent: advocacy.Assent{
			Person: advocacy.PersonID(r.AssentPerson),
			Key:    advocacy.KeyID(r.AssentKey),
			Digest: advocacy.Digest(r.AssentDigest),
			Time:   r.AssentTime.time,
		},
		Library:     r.Library.of,
		Version:     r.Version,
		OpenTime:    r.OpenTime.time,
		ExpireTime:  r.ExpireTime.time,
		CloseTime:   r.CloseTime.time,
		Expedited:   r.Expedited,
		FailedRules: r.FailedRules,
		Links:       r.Links.of,
		Pins:        r.Pins.of,
		Lexicon:     r.Lexicon,
		Disclosures: r.Disclosures,

		ExpediteReason: r.ExpediteReason,
	}
}

// Review returns one round of a subject.
func (r reader) Review(ctx context.Context, s advocacy.Subject, round int) (*advocacy.Review, error) {
	row, err := r.reviewRow(ctx, s, round, unlocked)
	if err != nil {
		return nil, aReview.failed(err)
	}
	found := row.review()
	return &found, nil
}

// ReviewForUpdate locks the review until commit.
func (t *tx) ReviewForUpdate(ctx context.Context, s advocacy.Subject, round int) (*advocacy.Review, error) {
	row, err := t.reviewRow(ctx, s, round, toChange)
	if err != nil {
		return nil, aReview.failed(err)
	}
	found := row.review()
	return &found, changingReviews.hold(t, *row)
}

func (r reader) reviewRow(ctx context.Context, s advocacy.Subject, round int, l lock) (*reviewRow, error) {
	return one(ctx, r.conn, reviews, l, ofSubject+" AND round = ?", string(s.Workspace), string(s.Kind), s.ID, round)
}

// ReviewsByRound returns one round of each of several subjects of a kind, by the subject's id, in
// one statement; absent ones are left out.
func (r reader) ReviewsByRound(
	ctx context.Context, w advocacy.WorkspaceID, kind advocacy.SubjectKind, rounds map[string]int,
) (map[string]*advocacy.Review, error) {
	byID := make(map[string]*advocacy.Review, len(rounds))
	if len(rounds) == 0 {
		return byID, nil
	}
	where, args := oneOfEach("round", w, kind, rounds)
	var row reviewRow
	err := r.scan(ctx, reviews.into(&row), func() {
		found := row.review()
		byID[row.SubjectID] = &found
	}, "SELECT "+reviews.list+" FROM reviews WHERE "+where, args...)
	return byID, failed(err)
}

// Reviews lists the rounds of a subject.
func (r reader) Reviews(ctx context.Context, s advocacy.Subject, p workflow.Page) ([]advocacy.Review, string, error) {
	key, err := afterNumber(p.After)
	if err != nil {
		return nil, "", err
	}
	l := listing[reviewRow]{
		table: reviews,
		order: []string{"round"},
		after: key,
		key:   func(r *reviewRow) string { return strconv.Itoa(r.Round) },
	}
	l.and(ofSubject, string(s.Workspace), string(s.Kind), s.ID)
	return page(ctx, r.conn, l, p, (*reviewRow).review)
}

// ExpiredReviews returns live, unapproved reviews of every workspace whose time ran out
// at t.
func (r reader) ExpiredReviews(ctx context.Context, t time.Time, most int) ([]advocacy.Review, error) {
	query := "SELECT " + reviews.list + " FROM reviews WHERE state IN ('open', 'changes_requested', 'unroutable')" +
		" AND expire_time <= ? ORDER BY expire_time" + limit(most)
	found, err := every(ctx, r.conn, reviews, (*reviewRow).review, query, at(t))
	return found, failed(err)
}

// AddReview inserts a review at version 1.
func (t *tx) AddReview(ctx context.Context, r *advocacy.Review) error {
	r.Version = 1
	return insert(ctx, t, aReview, reviews, newReviewRow(r))
}

// SaveReview writes what of State, Plan, Policy, FailedRules, Links, Pins, Lexicon, Disclosures
// and CloseTime changed, and raises Version; Conflict when it moved.
func (t *tx) SaveReview(ctx context.Context, r *advocacy.Review) error {
	row := newReviewRow(r)
	d, err := changingReviews.differ(t, row)
	if err != nil {
		return t.wrote(aReview, err)
	}
	query := "UPDATE reviews SET " + d.assigned("version = version + 1") + " WHERE " + ofSubject + " AND round = ? AND version = ?"
	err = t.change(ctx, aReview, query, append(d.values, row.WorkspaceID, row.SubjectKind, row.SubjectID, row.Round, row.Version)...)
	if err != nil {
		return err
	}
	d.saved(t)
	r.Version++
	return nil
}

type decisionRow struct {
	WorkspaceID    string `gorm:"column:workspace_id"`
	ID             string `gorm:"column:id"`
	SubjectKind    string `gorm:"column:subject_kind"`
	SubjectID      string `gorm:"column:subject_id"`
	Round          int    `gorm:"column:round"`
	Digest         string `gorm:"column:digest"`
	Requirement    string `gorm:"column:requirement"`
	Role           string `gorm:"column:role"`
	PersonID       string `gorm:"column:person_id"`
	SessionID      string `gorm:"column:session_id"`
	Verdict        string `gorm:"column:verdict"`
	Reason         string `gorm:"column:reason"`
	Policy         string `gorm:"column:policy"`
	PolicyRevision int    `gorm:"column:policy_revision"`
	Supersedes     string `gorm:"column:supersedes"`
	DecideTime     moment `gorm:"column:decide_time"`
	OnBehalfOf     ref    `gorm:"column:on_behalf_of"`
	DelegationID   ref    `gorm:"column:delegation_id"`
	SteppedUp      bool   `gorm:"column:stepped_up"`
}

func (decisionRow) TableName() string { return "decisions" }

var decisions = tableOf[decisionRow]()

func newDecisionRow(d *advocacy.Decision) decisionRow {
	return decisionRow{
		WorkspaceID:    string(d.Subject.Workspace),
		ID:             string(d.ID),
		SubjectKind:    string(d.Subject.Kind),
		SubjectID:      d.Subject.ID,
		Round:          d.Round,
		Digest:         string(d.Digest),
		Requirement:    d.Requirement,
		Role:           string(d.Role),
		PersonID:       string(d.Person),
		SessionID:      d.Session,
		Verdict:        string(d.Verdict),
		Reason:         d.Reason,
		Policy:         d.Policy.Policy,
		PolicyRevision: d.Policy.Revision,
		Supersedes:     string(d.Supersedes),
		SteppedUp:      d.SteppedUp,
		DecideTime:     sorted(d.Time),
		OnBehalfOf:     ref(d.OnBehalfOf),
		DelegationID:   ref(d.Delegation),
	}
}

func (r *decisionRow) decision() advocacy.Decision {
	return advocacy.Decision{
		Subject:     subjectOf(r.WorkspaceID, r.SubjectKind, r.SubjectID),
		Round:       r.Round,
		ID:          advocacy.DecisionID(r.ID),
		Digest:      advocacy.Digest(r.Digest),
		Requirement: r.Requirement,
		Role:        advocacy.Role(r.Role),
		Person:      advocacy.PersonID(r.PersonID),
		Session:     r.SessionID,
		Verdict:     advocacy.Verdict(r.Verdict),
		Reason:      r.Reason,
		Policy:      advocacy.PolicyRef{Policy: r.Policy, Revision: r.PolicyRevision},
		Supersedes:  advocacy.DecisionID(r.Supersedes),
		SteppedUp:   r.SteppedUp,
		Time:        r.DecideTime.time,
		OnBehalfOf:  advocacy.PersonID(r.OnBehalfOf),
		Delegation:  advocacy.DelegationID(r.DelegationID),
	}
}

// Decisions returns every decision on the subject, in all rounds, oldest first, each with
// the time of the receipt it rests on.
func (r reader) Decisions(ctx context.Context, s advocacy.Subject) ([]advocacy.Decision, error) {
	query := "SELECT " + decisions.of("d") + ", v.view_time FROM decisions d LEFT JOIN view_receipts v" +
		" ON v.workspace_id = d.workspace_id AND v.subject_kind = d.subject_kind AND v.subject_id = d.subject_id" +
		" AND v.round = d.round AND v.person_id = d.person_id AND v.digest = d.digest AND v.view_time <= d.decide_time" +
		" WHERE d.workspace_id = ? AND d.subject_kind = ? AND d.subject_id = ? ORDER BY d.decide_time, d.id"
	var row decisionRow
	var viewed instant
	var found []advocacy.Decision
	err := r.scan(ctx, append(decisions.into(&row), &viewed), func() {
		d := row.decision()
		d.ViewTime = viewed.time
		found = append(found, d)
	}, query, string(s.Workspace), string(s.Kind), s.ID)
	return found, failed(err)
}

// VerdictTimes returns how long the last n approvals and objections of a role took since
// their rounds were opened, in no order.
func (r reader) VerdictTimes(ctx context.Context, w advocacy.WorkspaceID, role advocacy.Role, n int) ([]time.Duration, error) {
	// The verdicts are written out: the index is of these, and a bound value could be any. They
	// are cut to n before their rounds are looked up, so that no plan looks up more.
	query := "SELECT lately.decide_time, v.open_time FROM (SELECT workspace_id, subject_kind, subject_id, round, decide_time FROM decisions" +
		" WHERE workspace_id = ? AND role = ? AND verdict IN ('approve', 'request_changes', 'reject')" +
		" ORDER BY decide_time DESC, id DESC" + limit(n) + ") lately JOIN reviews v ON v.workspace_id = lately.workspace_id" +
		" AND v.subject_kind = lately.subject_kind AND v.subject_id = lately.subject_id AND v.round = lately.round"
	var decided, opened instant
	var found []time.Duration
	err := r.scan(ctx, []any{&decided, &opened}, func() {
		if !opened.time.IsZero() {
			found = append(found, decided.time.Sub(opened.time))
		}
	}, query, string(w), string(role))
	return found, failed(err)
}

// stands is true of a decision d that nobody took back.
const stands = "NOT EXISTS (SELECT 1 FROM decisions o WHERE o.workspace_id = d.workspace_id AND o.subject_kind = d.subject_kind" +
	" AND o.subject_id = d.subject_id AND o.supersedes = d.id)"

// RejectingRoles returns in which roles exactly these bytes were rejected, on whatever
// subject, but for rejections that were taken back.
func (r reader) RejectingRoles(ctx context.Context, w advocacy.WorkspaceID, digest advocacy.Digest) ([]advocacy.Role, error) {
	query := "SELECT DISTINCT d.role FROM decisions d WHERE d.workspace_id = ? AND d.digest = ? AND d.verdict = 'reject' AND " + stands + " ORDER BY d.role"
	var role string
	var found []advocacy.Role
	err := r.scan(ctx, []any{&role}, func() { found = append(found, advocacy.Role(role)) }, query, string(w), string(digest))
	return found, failed(err)
}

// AddDecision inserts a decision, which never changes. One on another digest than the
// review's is refused.
func (t *tx) AddDecision(ctx context.Context, d *advocacy.Decision) error {
	return insert(ctx, t, aDecision, decisions, newDecisionRow(d))
}
