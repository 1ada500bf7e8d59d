package web

import (
	"slices"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// turn is what an approver has to know to decide, and nothing that is not so.
type turn struct {
	Task   *imprimaturv1.ReviewTask
	Review *imprimaturv1.Review
	Post   *imprimaturv1.Post
	Item   *imprimaturv1.LibraryItem
	// Subject is the name of the post or item, Address its own page.
	Subject, Address, Title, Note string
	Sheets                        []turnSheet
	Findings                      []*imprimaturv1.Finding
	Explain                       *imprimaturv1.ReviewExplanation
	// Mine is the requirement that the turn is for.
	Mine *imprimaturv1.Requirement
	// Standing is what the service says about that requirement.
	Standing *imprimaturv1.RequirementExplanation
	Diffs    []turnDiff
	Threads  []thread
	Rounds   []*imprimaturv1.Review
	Revision *imprimaturv1.Revision
	// Waits tells whether it is the visitor's own turn.
	Waits bool
	// Again is the visitor's former approval of the same bytes, if it does not count any more.
	Again string
	// Stale tells that the round moved on since the turn was made.
	Stale bool
	// Decides tells whether the visitor can say something now.
	Decides bool
	// Cannot is why the visitor cannot although the role is held, as the service calls it.
	Cannot string
	// For is whose signature the visitor gives, when it is not the visitor's own.
	For string
	// Signed is what the visitor said in this round on the turn's requirement, if it stands.
	Signed *imprimaturv1.Decision
	// Errand tells that it is the turn of the author or of an admin, who sign nothing; Objection is
	// the no that brought it about, if one did.
	Errand    bool
	Objection *imprimaturv1.Decision
	// Unknown are the publications of which the turn's person says whether they are out, with the
	// addresses where.
	Unknown []row
	// Blocked are what is in the way besides signatures, in words.
	Blocked []string
	// Others are whom the turn could be given to, for who may.
	Others []option
	// AtIt are who else has it open.
	AtIt []*imprimaturv1.ReviewTask_Viewer
	// Heard are whose attention can be asked for.
	Heard []string
}

// Tabbed tells whether there is more to look at than one sheet.
func (t *turn) Tabbed() bool { return len(t.Sheets)+len(t.Diffs) > 1 }

// Reasons are the rules that asked for the turn's signature, each once; for any of the round's, when
// the turn is for none.
func (t *turn) Reasons() []*imprimaturv1.RuleReason {
	var out []*imprimaturv1.RuleReason
	for _, r := range t.Explain.GetRequirements() {
		if key := t.Task.GetRequirement(); key != "" && key != r.GetRequirement().GetKey() {
			continue
		}
		for _, why := range r.GetRequirement().GetReasons() {
			if !slices.ContainsFunc(out, func(o *imprimaturv1.RuleReason) bool { return proto.Equal(o, why) }) {
				out = append(out, why)
			}
		}
	}
	return out
}

// turnSheet is one target, with the number of characters of its text.
type turnSheet struct {
	Sheet   sheet
	Account string
	// Language tells sheets of the same network apart, where there is no account.
	Language string
	Length   int
}

// turnDiff is a comparison with something older.
type turnDiff struct {
	// Base is previous, my_last_decision or library_item.
	Base string
	// than is the name of the older revision.
	than    string
	Changes int
	Targets []targetDiff
	Fields  []fieldDiff
}

// turn gathers everything about a task.
func (v *visitor) turn(task *imprimaturv1.ReviewTask) (*turn, error) {
	t := &turn{Task: task, Subject: task.GetSubject(), Title: task.GetTitle(), Errand: task.GetRequirement() == "", AtIt: v.atIt(task)}
	if task.GetReview() == "" {
		return t, v.subjectOf(t)
	}
	client := imprimaturv1.NewReviewServiceClient(v.conn)
	err := together(func() error {
		return v.subjectOf(t)
	}, func() error {
		return v.bytesOf(t)
	}, func() (err error) {
		t.Explain, err = client.ExplainReview(v.ctx, &imprimaturv1.ExplainReviewRequest{Name: task.GetReview()})
		return err
	}, func() error {
		rounds, err := client.ListReviews(v.ctx, &imprimaturv1.ListReviewsRequest{Parent: t.Subject, PageSize: 20})
		t.Rounds = rounds.GetReviews()
		return err
	}, func() (err error) {
		t.Threads, err = v.threadsOf(t.Subject)
		return err
	}, func() (err error) {
		if v.may("tasks.reassign") && !t.Errand {
			t.Others, err = v.colleagues(task.GetMember())
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, target := range t.Review.GetTargets() {
		one := turnSheet{Sheet: v.sheet(target, placedFindings(t.Revision.GetContent(), target, t.Findings)), Account: target.GetSocialAccount(), Length: len([]rune(target.GetText()))}
		if t.Item != nil {
			one.Language = target.GetLanguage()
		}
		t.Sheets = append(t.Sheets, one)
	}
	for _, r := range t.Explain.GetRequirements() {
		if r.GetRequirement().GetKey() == task.GetRequirement() {
			t.Mine, t.Standing = r.GetRequirement(), r
		}
	}
	t.offer()
	t.Waits = v.waits(t)
	for _, b := range t.Explain.GetBlockers() {
		// Who has not signed yet stands beside it.
		if b.GetCode() != "NEED_APPROVALS" && !slices.Contains(t.Blocked, b.GetMessage()) {
			t.Blocked = append(t.Blocked, b.GetMessage())
		}
	}
	for _, round := range t.Rounds {
		slices.Reverse(round.GetDecisions())
	}
	if err := v.standing(t); err != nil {
		return nil, err
	}
	t.heard(v.me.GetMember())
	return t, nil
}

// waits tells whether a turn is the visitor's own: asked of no one else, and not one the visitor is
// kept apart from.
func (v *visitor) waits(t *turn) bool {
	me := v.me.GetMember()
	if asked := t.Task.GetMember(); asked != "" || t.Task.GetState() != imprimaturv1.ReviewTask_OPEN {
		return asked == me && t.Task.GetState() == imprimaturv1.ReviewTask_OPEN
	}
	if permission := t.Task.GetPermission(); permission != "" {
		return v.may(permission)
	}
	return slices.Contains(v.me.GetRoles(), t.Task.GetRole()) && t.keptBy(me) == ""
}

// offer leaves those to give the turn to who could sign it, as far as the explanation names them all.
func (t *turn) offer() {
	if t.Standing.GetMoreCandidates() > 0 {
		return
	}
	can := []string{"", "CLAIMED", "STAGE_NOT_OPEN"} // by then
	t.Others = slices.DeleteFunc(t.Others, func(o option) bool {
		return !o.Chosen && !slices.ContainsFunc(t.Standing.GetCandidates(), func(c *imprimaturv1.Candidate) bool {
			return c.GetMember() == o.Value && c.GetOnBehalfOf() == "" && slices.Contains(can, c.GetCode())
		})
	})
}

// bytesOf reads what is under review, and how it differs from what was before.
func (v *visitor) bytesOf(t *turn) error {
	var err error
	if t.Review, err = imprimaturv1.NewReviewServiceClient(v.conn).GetReview(v.ctx, &imprimaturv1.GetReviewRequest{Name: t.Task.GetReview()}); err != nil {
		return err
	}
	return together(func() (err error) {
		t.Revision, err = imprimaturv1.NewPostServiceClient(v.conn).GetRevision(v.ctx, &imprimaturv1.GetRevisionRequest{Name: t.Review.GetRevision()})
		return err
	}, func() error {
		return v.compareTurn(t)
	})
}

// subjectOf reads what the turn is about.
func (v *visitor) subjectOf(t *turn) error {
	var err error
	if strings.Contains(t.Subject, "/libraryItems/") {
		t.Item, err = imprimaturv1.NewLibraryServiceClient(v.conn).GetLibraryItem(v.ctx, &imprimaturv1.GetLibraryItemRequest{Name: t.Subject})
		t.Note, t.Findings, t.Address = t.Item.GetNote(), t.Item.GetFindings(), v.at("/library/"+lastPart(t.Subject))
		return err
	}
	t.Post, err = imprimaturv1.NewPostServiceClient(v.conn).GetPost(v.ctx, &imprimaturv1.GetPostRequest{Name: t.Subject})
	for _, p := range t.Post.GetPublications() {
		if t.Task.GetPermission() != "" && p.GetState() == imprimaturv1.Publication_UNKNOWN {
			t.Unknown = append(t.Unknown, row{Publication: p, Address: v.at(strings.TrimPrefix(p.GetName(), v.parent()))})
		}
	}
	t.Note, t.Findings, t.Address = t.Post.GetNote(), t.Post.GetFindings(), v.at("/posts/"+lastPart(t.Subject))
	return err
}

// compareTurn compares the bytes under review with what the visitor may have seen of them, as far as
// there is something older: a first revision has nothing.
func (v *visitor) compareTurn(t *turn) error {
	client := imprimaturv1.NewPostServiceClient(v.conn)
	for _, base := range []string{"my_last_decision", "previous", "library_item"} {
		diff, err := client.DiffRevision(v.ctx, &imprimaturv1.DiffRevisionRequest{Name: t.Review.GetRevision(), Base: base})
		if status.Code(err) == codes.NotFound {
			continue
		}
		if err != nil {
			return err
		}
		if diff.GetBase() == diff.GetHead() {
			continue
		}
		same := func(d turnDiff) bool { return d.than == diff.GetBase() }
		if slices.ContainsFunc(t.Diffs, same) {
			continue
		}
		d := turnDiff{Base: base, than: diff.GetBase(), Targets: targetDiffs(diff)}
		for _, target := range diff.GetTargets() {
			for _, span := range target.GetText() {
				if span.GetOp() != imprimaturv1.DiffSpan_EQUAL {
					d.Changes++
				}
			}
			d.Changes += len(target.GetFields())
		}
		for _, f := range diff.GetFields() {
			d.Fields = append(d.Fields, fieldDiff{f.GetField(), changed(f.GetSpans())})
		}
		t.Diffs = append(t.Diffs, d)
	}
	return nil
}
