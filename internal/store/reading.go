package store

import (
	"context"
	"database/sql"
	"slices"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// readingRow is a round, a revision of its subject and what stands beside them.
type readingRow struct {
	review     reviewRow
	revision   revisionRow
	undisputed bool
	// digest, session and seen are of a receipt, empty when there is none.
	digest, session ref
	seen            instant
}

// withReading are the columns of a round v, a revision r and what is open about the subject, and
// withReceipt those of a receipt x after them.
var (
	withReading = reviews.of("v") + ", " + writtenRevisions.of("r") + ", NOT EXISTS (SELECT 1 FROM threads t WHERE" +
		" t.workspace_id = r.workspace_id AND t.subject_kind = r.subject_kind AND t.subject_id = r.subject_id AND t.state = 'open' AND t.blocking)"
	withReceipt = ", x.digest, x.session_id, x.view_time"
)

// ofRound selects a round.
const ofRound = " WHERE v.workspace_id = ? AND v.subject_kind = ? AND v.subject_id = ? AND v.round = ?"

// joinRevision is the beginning of a join of a round with a revision of its subject, whose number
// follows.
const joinRevision = " FROM reviews v JOIN revisions r ON r.workspace_id = v.workspace_id AND r.subject_kind = v.subject_kind" +
	" AND r.subject_id = v.subject_id AND r.number = "

// fromPost is the beginning of a join of a post with its head and one of its rounds, whose number
// follows, and ofPost selects the post.
const (
	fromPost = " FROM posts p JOIN revisions r ON r.workspace_id = p.workspace_id AND r.subject_kind = 'post' AND r.subject_id = p.id" +
		" AND r.number = p.head LEFT JOIN reviews v ON v.workspace_id = p.workspace_id AND v.subject_kind = 'post' AND v.subject_id = p.id AND v.round = "
	ofPost = " WHERE p.workspace_id = ? AND p.id = ?"
)

// into is where the columns go, less those of a receipt.
func (w *readingRow) into() []any {
	return append(append(reviews.into(&w.review), writtenRevisions.into(&w.revision)...), &w.undisputed)
}

// intoWith is where the columns go after those of the post, which need not have a round.
func (w *readingRow) intoWith(post *postRow) []any {
	into := append(posts.into(post), w.into()...)
	orAbsents(into[len(posts.columns):][:len(reviews.columns)])
	return into
}

// of is what was read, with the receipt of a viewer.
func (w *readingRow) of(viewer advocacy.PersonID) *workflow.Reading {
	review, revision := w.review.review(), w.revision.revision()
	of := &workflow.Reading{Review: &review, Revision: &revision, Undisputed: w.undisputed}
	if w.digest != "" {
		of.Receipt = &advocacy.Receipt{
			Subject: review.Subject, Round: review.Round, Digest: advocacy.Digest(w.digest), Person: viewer,
			Session: string(w.session), Time: w.seen.time,
		}
	}
	return of
}

// joinReceipt is the end of a join of a round with a person's receipt, and of its condition.
const joinReceipt = " LEFT JOIN view_receipts x ON x.workspace_id = v.workspace_id AND x.subject_kind = v.subject_kind" +
	" AND x.subject_id = v.subject_id AND x.round = v.round AND x.person_id = ?"

// PostInReviewForUpdate locks a post and then one of its rounds until commit, and reads the head and
// a person's receipt. PostgreSQL reads the round when the post is held, and not at the same instant.
func (t *tx) PostInReviewForUpdate(
	ctx context.Context, w advocacy.WorkspaceID, id advocacy.PostID, round int, viewer advocacy.PersonID,
) (*advocacy.Post, *workflow.Reading, error) {
	if t.dialect == postgresDialect {
		return workflow.PostThenReview(ctx, t, w, id, round, viewer)
	}
	var row postRow
	var beside readingRow
	into := slices.Concat(beside.intoWith(&row), []any{&beside.digest, &beside.session, &beside.seen})
	query := "SELECT " + posts.of("p") + ", " + withReading + withReceipt + fromPost + "CASE WHEN ? = 0 THEN p.round ELSE ? END" +
		joinReceipt + ofPost
	if err := t.single(ctx, into, query, round, round, string(viewer), string(w), string(id)); err != nil {
		return nil, nil, aPost.failed(err)
	}
	post := row.post()
	if err := changingPosts.hold(t, row); err != nil || beside.review.WorkspaceID == "" {
		return &post, nil, err
	}
	return &post, beside.of(viewer), changingReviews.hold(t, beside.review)
}

// ReviewWithHeadForUpdate locks the review until commit and reads a revision of the subject, which
// never changes, and a person's receipt.
func (t *tx) ReviewWithHeadForUpdate(
	ctx context.Context, s advocacy.Subject, round, head int, viewer advocacy.PersonID,
) (*workflow.Reading, error) {
	var w readingRow
	query := "SELECT " + withReading + withReceipt + joinRevision + "?" + joinReceipt + ofRound + t.lockingOf("v", toChange)
	into := append(w.into(), &w.digest, &w.session, &w.seen)
	err := t.single(ctx, into, query, head, string(viewer), string(s.Workspace), string(s.Kind), s.ID, round)
	if err != nil {
		return nil, aReview.failed(err)
	}
	return w.of(viewer), changingReviews.hold(t, w.review)
}

// ReviewWithRevision returns one round of a subject and the revision it is about.
func (r reader) ReviewWithRevision(ctx context.Context, s advocacy.Subject, round int) (*workflow.Reading, error) {
	var w readingRow
	query := "SELECT " + withReading + joinRevision + "v.revision" + ofRound
	if err := r.single(ctx, w.into(), query, string(s.Workspace), string(s.Kind), s.ID, round); err != nil {
		return nil, aReview.failed(err)
	}
	return w.of(""), nil
}

// PostWithHead returns a post, its newest round and its head revision, as they are at one instant.
func (r reader) PostWithHead(ctx context.Context, w advocacy.WorkspaceID, id advocacy.PostID) (*advocacy.Post, *workflow.Reading, error) {
	var row postRow
	var beside readingRow
	query := "SELECT " + posts.of("p") + ", " + withReading + fromPost + "p.round" + ofPost
	if err := r.single(ctx, beside.intoWith(&row), query, string(w), string(id)); err != nil {
		return nil, nil, aPost.failed(err)
	}
	post, of := row.post(), beside.of("")
	if post.Round == 0 {
		of.Review = nil
	}
	return &post, of, nil
}

// orAbsent takes a column of a row that need not be there, and then leaves what is written to as it
// is.
type orAbsent struct{ to any }

// orAbsents has all of the columns be absent, or none. It returns them.
func orAbsents(columns []any) []any {
	for i := range columns {
		columns[i] = orAbsent{columns[i]}
	}
	return columns
}

// Scan reads a column as database/sql does.
func (o orAbsent) Scan(src any) error {
	if src == nil {
		return nil
	}
	switch to := o.to.(type) {
	case *string:
		return scanTo(to, src)
	case *int:
		return scanTo(to, src)
	case *int64:
		return scanTo(to, src)
	case *bool:
		return scanTo(to, src)
	default:
		return to.(sql.Scanner).Scan(src)
	}
}

func scanTo[T any](to *T, src any) error {
	var read sql.Null[T]
	err := read.Scan(src)
	*to = read.V
	return err
}
