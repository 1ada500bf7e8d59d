package store

import (
	"context"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

type publicationRow struct {
	WorkspaceID   string  `gorm:"column:workspace_id"`
	ID            string  `gorm:"column:id"`
	SubjectKind   string  `gorm:"column:subject_kind"`
	PostID        string  `gorm:"column:post_id"`
	Revision      int     `gorm:"column:revision"`
	Round         int     `gorm:"column:round"`
	Digest        string  `gorm:"column:digest"`
	AccountID     string  `gorm:"column:account_id"`
	Network       string  `gorm:"column:network"`
	Authorization string  `gorm:"column:authorization_digest"`
	DueTime       moment  `gorm:"column:due_time"`
	EndTime       instant `gorm:"column:end_time"`
	Epoch         int64   `gorm:"column:epoch"`
	LeaseTime     moment  `gorm:"column:lease_time"`
	Wait          string  `gorm:"column:wait"`
	ExternalID    string  `gorm:"column:external_id"`
	URL           string  `gorm:"column:url"`
	Evidence      string  `gorm:"column:evidence"`
	Answer        string  `gorm:"column:answer"`
	Looks         int     `gorm:"column:looks"`
	Version       int64   `gorm:"column:version"`
	CreateTime    instant `gorm:"column:create_time"`
	UpdateTime    instant `gorm:"column:update_time"`
	Likeness      string  `gorm:"column:likeness"`
	Doubt         bool    `gorm:"column:doubt"`
	Shown         string  `gorm:"column:shown"`
	ShownTime     instant `gorm:"column:shown_time"`
	State         string  `gorm:"column:state"`
	Comparison    string  `gorm:"column:comparison"`
	AnswerCode    string  `gorm:"column:answer_code"`
	AnswerFact    string  `gorm:"column:answer_fact"`
	AnswerQuote   string  `gorm:"column:answer_quote"`
	Departures    int     `gorm:"column:departures"`
	RecallReason  string  `gorm:"column:recall_reason"`
}

func (publicationRow) TableName() string { return "publications" }

var publications = tableOf[publicationRow]()

func newPublicationRow(p *advocacy.Publication) *publicationRow {
	return &publicationRow{
		WorkspaceID:   string(p.Workspace),
		ID:            string(p.ID),
		SubjectKind:   string(advocacy.SubjectPost),
		PostID:        string(p.Post),
		Revision:      p.Revision,
		Round:         p.Round,
		Digest:        string(p.Digest),
		AccountID:     string(p.Account),
		Network:       string(p.Network),
		State:         string(p.State),
		Authorization: string(p.Authorization),
		DueTime:       sorted(p.DueTime),
		EndTime:       at(p.EndTime),
		Epoch:         p.Epoch,
		LeaseTime:     sorted(p.LeaseTime),
		Wait:          p.Wait,
		ExternalID:    p.ExternalID,
		URL:           p.URL,
		Evidence:      string(p.Evidence),
		Answer:        p.Answer.Text,
		AnswerCode:    string(p.Answer.Code),
		AnswerFact:    p.Answer.Fact,
		AnswerQuote:   p.Answer.Quote,
		Looks:         p.Looks,
		Version:       p.Version,
		CreateTime:    at(p.CreateTime),
		UpdateTime:    at(p.UpdateTime),
		Likeness:      string(p.Likeness),
		Doubt:         p.Doubt,
		Shown:         string(p.Shown),
		ShownTime:     at(p.ShownTime),
		Comparison:    string(p.Comparison),
		Departures:    p.Departures,
		RecallReason:  p.RecallReason,
	}
}

func (r *publicationRow) publication() advocacy.Publication {
	return advocacy.Publication{
		Workspace:     advocacy.WorkspaceID(r.WorkspaceID),
		ID:            advocacy.PublicationID(r.ID),
		Post:          advocacy.PostID(r.PostID),
		Revision:      r.Revision,
		Round:         r.Round,
		Digest:        advocacy.Digest(r.Digest),
		Account:       advocacy.AccountID(r.AccountID),
		Network:       advocacy.Network(r.Network),
		State:         advocacy.PublicationState(r.State),
		Authorization: advocacy.Digest(r.Authorization),
		DueTime:       r.DueTime.time,
		EndTime:       r.EndTime.time,
		Epoch:         r.Epoch,
		LeaseTime:     r.LeaseTime.time,
		Wait:          r.Wait,
		ExternalID:    r.ExternalID,
		URL:           r.URL,
		Evidence:      advocacy.Evidence(r.Evidence),
		Answer:        answerOf(r.Answer, r.AnswerCode, r.AnswerFact, r.AnswerQuote),
		Looks:         r.Looks,
		Version:       r.Version,
		CreateTime:    r.CreateTime.time,
		UpdateTime:    r.UpdateTime.time,
		Likeness:      advocacy.Digest(r.Likeness),
		Doubt:         r.Doubt,
		Shown:         advocacy.ShownState(r.Shown),
		ShownTime:     r.ShownTime.time,
		Comparison:    advocacy.Comparison(r.Comparison),
		Departures:    r.Departures,
		RecallReason:  r.RecallReason,
	}
}

func answerOf(text, code, fact, quote string) advocacy.Answer {
	return advocacy.Answer{Text: text, Code: advocacy.AnswerCode(code), Fact: fact, Quote: quote}
}

// Publication returns a publication.
func (r reader) Publication(
	ctx context.Context, w advocacy.WorkspaceID, id advocacy.PublicationID,
) (*advocacy.Publication, error) {
	return r.publication(ctx, w, id, unlocked)
}

// PublicationForUpdate locks the publication until commit.
func (t *tx) PublicationForUpdate(
	ctx context.Context, w advocacy.WorkspaceID, id advocacy.PublicationID,
) (*advocacy.Publication, error) {
	return t.publication(ctx, w, id, toChange)
}

func (r reader) publication(
	ctx context.Context, w advocacy.WorkspaceID, id advocacy.PublicationID, l lock,
) (*advocacy.Publication, error) {
	row, err := one(ctx, r.conn, publications, l, "workspace_id = ? AND id = ?", string(w), string(id))
	if err != nil {
		return nil, aPublication.failed(err)
	}
	found := row.publication()
	return &found, nil
}

// publicationWriterRow is that somebody may write the post of a publication. Triggers of the
// tables of publications and of co-authors keep it.
type publicationWriterRow struct {
	WorkspaceID   string `gorm:"column:workspace_id"`
	PersonID      string `gorm:"column:person_id"`
	PublicationID string `gorm:"column:publication_id"`
}

func (publicationWriterRow) TableName() string { return "publication_writers" }

var publicationWriters = tableOf[publicationWriterRow]()

// Publications lists publications by id.
func (r reader) Publications(ctx context.Context, q workflow.PublicationQuery) ([]advocacy.Publication, string, error) {
	l := listing[publicationRow]{
		table: publications,
		order: []string{"id"},
		after: after(q.After),
		key:   func(r *publicationRow) string { return r.ID },
	}
	if q.Writer == "" {
		l.and("workspace_id = ?", string(q.Workspace))
	} else {
		l.columns, l.order = publications.of("x"), []string{"w.publication_id"}
		l.from = "publication_writers w CROSS JOIN publications x" // as the list of a co-author's posts is read
		l.and("x.workspace_id = w.workspace_id AND x.id = w.publication_id AND w.workspace_id = ? AND w.person_id = ?", string(q.Workspace), string(q.Writer))
	}
	andIf(&l, "post_id", q.Post)
	andIf(&l, "account_id", q.Account)
	andIf(&l, "state", q.State)
	return page(ctx, r.conn, l, q.Page, (*publicationRow).publication)
}

// PublicationsOf returns all publications of a post, oldest first.
func (r reader) PublicationsOf(
	ctx context.Context, w advocacy.WorkspaceID, p advocacy.PostID,
) ([]advocacy.Publication, error) {
	query := "SELECT " + publications.list + " FROM publications WHERE workspace_id = ? AND post_id = ? ORDER BY id"
	found, err := every(ctx, r.conn, publications, (*publicationRow).publication, query, string(w), string(p))
	return found, failed(err)
}

// Due returns publications of every workspace that need a worker: first those
// whose lease ended, since a request of theirs may have begun or their person's time is
// over, then the scheduled ones that are due and do not rest.
func (r reader) Due(ctx context.Context, q workflow.DueQuery) ([]advocacy.Publication, error) {
	but, left := "", []any(nil)
	if len(q.ButNetworks) > 0 {
		but += " AND network NOT IN " + in(len(q.ButNetworks))
		left = anys(left, q.ButNetworks)
	}
	if len(q.ButAccounts) > 0 {
		but += " AND workspace_id || '/' || account_id NOT IN " + in(len(q.ButAccounts)) // no workspace has a slash in its name
		for _, a := range q.ButAccounts {
			left = append(left, string(a.Workspace)+"/"+string(a.Account))
		}
	}
	query := "SELECT * FROM (SELECT " + publications.list + " FROM publications WHERE state IN ('claimed', 'sending', 'handed_over')" +
		" AND lease_time <= ?" + but + " ORDER BY lease_time" + limit(q.Most) + ") AS leased" +
		" UNION ALL SELECT * FROM (SELECT " + publications.list + " FROM publications WHERE state = 'scheduled'" +
		" AND due_time <= ? AND lease_time <= ?" + but + " ORDER BY due_time, id" + limit(q.Most) + ") AS scheduled" + limit(q.Most)
	args := append([]any{sorted(q.Time)}, left...)
	args = append(append(args, sorted(q.Time), sorted(q.Time)), left...)
	found, err := every(ctx, r.conn, publications, (*publicationRow).publication, query, args...)
	return found, failed(err)
}

// FindFirstUnsent returns what goes out through an account first, of what waits for nothing or
// for one of the reasons given; nil when there is none.
func (r reader) FindFirstUnsent(
	ctx context.Context, w advocacy.WorkspaceID, a advocacy.AccountID, waits []string,
) (*advocacy.Publication, error) {
	args := anys([]any{string(w), string(a), ""}, waits)
	query := "SELECT " + publications.list + " FROM publications WHERE workspace_id = ? AND account_id = ?" +
		" AND state IN ('scheduled', 'claimed', 'sending') AND wait IN " + in(len(args)-2) + " ORDER BY due_time, id LIMIT 1"
	found, err := every(ctx, r.conn, publications, (*publicationRow).publication, query, args...)
	if err != nil || len(found) == 0 {
		return nil, aPublication.failed(err)
	}
	return &found[0], nil
}

// mostOutgoing is how many publications through one account are looked at.
const mostOutgoing = 500

// Outgoing returns when publications through an account are due or went out, from an instant
// on, the earliest first. Those that a post has waiting are not among them.
func (r reader) Outgoing(
	ctx context.Context, w advocacy.WorkspaceID, a advocacy.AccountID, but advocacy.PostID, from time.Time,
) ([]workflow.Outgoing, error) {
	var post string
	var due moment
	var found []workflow.Outgoing
	query := "SELECT post_id, due_time FROM publications WHERE workspace_id = ? AND account_id = ? AND due_time >= ?" +
		" AND " + goesOut +
		" AND NOT (post_id = ? AND state IN ('scheduled', 'claimed', 'handed_over')) ORDER BY due_time" + limit(mostOutgoing)
	err := r.scan(ctx, []any{&post, &due}, func() {
		found = append(found, workflow.Outgoing{Post: advocacy.PostID(post), Time: due.time})
	}, query, string(w), string(a), sorted(from), string(but))
	return found, aPublication.failed(err)
}

// KnownBy returns the publications through an account that are known by a network's name.
func (r reader) KnownBy(
	ctx context.Context, w advocacy.WorkspaceID, a advocacy.AccountID, externalID string,
) ([]advocacy.PublicationID, error) {
	var id string
	var found []advocacy.PublicationID
	query := "SELECT id FROM publications WHERE workspace_id = ? AND account_id = ? AND external_id = ? AND external_id <> '' ORDER BY id"
	err := r.scan(ctx, []any{&id}, func() { found = append(found, advocacy.PublicationID(id)) }, query, string(w), string(a), externalID)
	return found, aPublication.failed(err)
}

// AddPublication inserts a publication at version 1; Exists when the revision has a live
// one for the account.
func (t *tx) AddPublication(ctx context.Context, p *advocacy.Publication) error {
	p.Version = 1
	return insert(ctx, t, aPublication, publications, *newPublicationRow(p))
}

const updatePublication = "UPDATE publications SET state = ?, authorization_digest = ?, due_time = ?, end_time = ?, epoch = ?," +
	" lease_time = ?, wait = ?, external_id = ?, url = ?, evidence = ?, answer = ?, answer_code = ?, answer_fact = ?, answer_quote = ?, looks = ?, doubt = ?, shown = ?, shown_time = ?, comparison = ?, departures = ?, recall_reason = ?," +
	" update_time = ?, version = version + 1 WHERE workspace_id = ? AND id = ? AND version = ? AND epoch <= ?"

// SavePublication writes and raises Version; Conflict when Version or Epoch moved.
func (t *tx) SavePublication(ctx context.Context, p *advocacy.Publication) error {
	r := newPublicationRow(p)
	err := t.change(ctx, aPublication, updatePublication,
		r.State, r.Authorization, r.DueTime, r.EndTime, r.Epoch,
		r.LeaseTime, r.Wait, r.ExternalID, r.URL, r.Evidence, r.Answer, r.AnswerCode, r.AnswerFact, r.AnswerQuote, r.Looks, r.Doubt, r.Shown, r.ShownTime, r.Comparison, r.Departures, r.RecallReason,
		r.UpdateTime,
		r.WorkspaceID, r.ID, r.Version, r.Epoch)
	if err != nil {
		return err
	}
	p.Version++
	return nil
}

type attemptRow struct {
	WorkspaceID    string  `gorm:"column:workspace_id"`
	PublicationID  string  `gorm:"column:publication_id"`
	Epoch          int64   `gorm:"column:epoch"`
	IdempotencyKey string  `gorm:"column:idempotency_key"`
	Body           []byte  `gorm:"column:body"`
	BodyDigest     string  `gorm:"column:body_digest"`
	BeginTime      instant `gorm:"column:begin_time"`
	EndTime        instant `gorm:"column:end_time"`
	Outcome        string  `gorm:"column:outcome"`
	Answer         string  `gorm:"column:answer"`
	AnswerCode     string  `gorm:"column:answer_code"`
	AnswerFact     string  `gorm:"column:answer_fact"`
	AnswerQuote    string  `gorm:"column:answer_quote"`
}

func (attemptRow) TableName() string { return "attempts" }

var attempts = tableOf[attemptRow]()

func newAttemptRow(a *advocacy.Attempt) attemptRow {
	return attemptRow{
		WorkspaceID:    string(a.Workspace),
		PublicationID:  string(a.Publication),
		Epoch:          a.Epoch,
		IdempotencyKey: a.Key,
		Body:           bytesOf(a.Body),
		BodyDigest:     string(a.BodyDigest),
		BeginTime:      at(a.BeginTime),
		EndTime:        at(a.EndTime),
		Outcome:        a.Outcome,
		Answer:         a.Answer.Text,
		AnswerCode:     string(a.Answer.Code),
		AnswerFact:     a.Answer.Fact,
		AnswerQuote:    a.Answer.Quote,
	}
}

func (r *attemptRow) attempt() advocacy.Attempt {
	return advocacy.Attempt{
		Workspace:   advocacy.WorkspaceID(r.WorkspaceID),
		Publication: advocacy.PublicationID(r.PublicationID),
		Epoch:       r.Epoch,
		Key:         r.IdempotencyKey,
		Body:        noBytes(r.Body),
		BodyDigest:  advocacy.Digest(r.BodyDigest),
		BeginTime:   r.BeginTime.time,
		EndTime:     r.EndTime.time,
		Outcome:     r.Outcome,
		Answer:      answerOf(r.Answer, r.AnswerCode, r.AnswerFact, r.AnswerQuote),
	}
}

// Attempts returns all attempts of a publication, oldest first.
func (r reader) Attempts(
	ctx context.Context, w advocacy.WorkspaceID, x advocacy.PublicationID,
) ([]advocacy.Attempt, error) {
	query := "SELECT " + attempts.list + " FROM attempts WHERE workspace_id = ? AND publication_id = ? ORDER BY epoch"
	found, err := every(ctx, r.conn, attempts, (*attemptRow).attempt, query, string(w), string(x))
	return found, failed(err)
}

// AddAttempt inserts an attempt.
func (t *tx) AddAttempt(ctx context.Context, a *advocacy.Attempt) error {
	return insert(ctx, t, anAttempt, attempts, newAttemptRow(a))
}

// EndAttempt writes the receipt of the attempt once; Conflict when it has one.
func (t *tx) EndAttempt(ctx context.Context, a *advocacy.Attempt) error {
	r := newAttemptRow(a)
	query := "UPDATE attempts SET end_time = ?, outcome = ?, answer = ?, answer_code = ?, answer_fact = ?, answer_quote = ?" +
		" WHERE workspace_id = ? AND publication_id = ? AND epoch = ? AND outcome = ''"
	return t.change(ctx, anAttempt, query, r.EndTime, r.Outcome, r.Answer, r.AnswerCode, r.AnswerFact, r.AnswerQuote,
		r.WorkspaceID, r.PublicationID, r.Epoch)
}
