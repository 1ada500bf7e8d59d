package workflow

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check"
	"github.com/imprimatur-hq/imprimatur/internal/routing"
)

// SubmitPost opens a review of the head. Naming its digest is the author's assent to
// exactly these bytes.
func (s *Service) SubmitPost(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.PostID, d Submit) (*PostView, error) {
	if err := guardExpedite(c, d); err != nil {
		return nil, err
	}
	if err := s.lookToPin(ctx, c, advocacy.PostSubject(w, id)); err != nil {
		return nil, err
	}
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*PostView, string, error) {
		p, head, state, err := s.lockPost(ctx, tx, c, w, id)
		if err != nil {
			return nil, "", err
		}
		if err := stale(d.Version, p.Version); err != nil {
			return nil, "", err
		}
		view, err := s.headView(ctx, tx, p, head)
		if err != nil {
			return nil, "", err
		}
		if err := s.submitPost(ctx, tx, c, view, state, d); err != nil {
			return nil, "", err
		}
		return view, string(id), s.completePost(ctx, tx, view)
	}, s.postAgain(w))
}

// submitPost opens a review of the head the view shows, and adds the round to the view.
func (s *Service) submitPost(ctx context.Context, tx Tx, c Call, view *PostView, state advocacy.PostState, d Submit) error {
	p, head, manifest := view.Post, view.Head, view.Manifest
	if err := p.GuardSubmit(c.Actor, head, state, d.Digest); err != nil {
		return err
	}
	if err := s.guardSubmission(ctx, tx, c, p, head); err != nil {
		return err
	}
	from, err := s.sourceOf(ctx, tx, p, head)
	if err != nil {
		return err
	}
	if err := guardReach(ctx, tx, p, from); err != nil {
		return err
	}
	if err := blocked(slices.Concat(view.Findings, from.elsewhere(manifest))); err != nil {
		return err
	}
	moved, err := s.movedSince(ctx, tx, p, head, view)
	if err != nil {
		return err
	}
	if err := blocked(moved); err != nil { // guard: readers are told by the country the author is in
		return err
	}
	origin := from.origin(manifest, view.Findings)
	alone := origin == advocacy.OriginLibraryEdited && s.alone(from.manifest, head.Content, manifest)
	if err := from.guardLocked(origin, alone); err != nil {
		return err
	}
	if err := guardDisclosed(ctx, tx, view, origin); err != nil {
		return err
	}
	if err := s.guardCrowd(ctx, tx, view, from, itemsOwn(origin, alone, p.PublishTime)); err != nil {
		return err
	}
	var chain *advocacy.LibraryChain
	if origin == advocacy.OriginLibrary || origin == advocacy.OriginLibraryPersonalised {
		chain = from.chain()
	}
	p.Round++
	review := &advocacy.Review{
		Subject: p.Subject(), Round: p.Round, Revision: head.Number, Digest: head.Digest, Origin: origin, Library: chain,
		Assent:    advocacy.Assent{Person: c.Actor.Person, Key: c.Actor.Key, Digest: d.Digest, Time: tx.Now()},
		Expedited: d.Expedited, ExpediteReason: d.Reason,
	}
	shows := turn{
		title: head.Content.Text, publish: p.PublishTime, manifest: manifest, rules: view.rules, findings: view.Findings, post: p,
	}
	if err := s.openReview(ctx, tx, c, review, head, from, shows); err != nil {
		return err
	}
	view.Review = review
	if review.Round > 1 { // before the first round nothing could go anywhere
		if view.Publications, err = tx.PublicationsOf(ctx, p.Workspace, p.ID); err != nil {
			return err
		}
	}
	if review.State != advocacy.ReviewApproved {
		if err := guardChosenTime(ctx, tx, view.rules.policy.Sharing, p, head.Targets); err != nil { // guard: a free time is submitted
			return err
		}
	} else {
		r := &release{
			post: p, review: review, head: head, manifest: manifest, had: view.Publications,
			sharing: view.rules.policy.Sharing, present: true,
		}
		if from != nil {
			r.item = from.item
		}
		made, err := s.authorize(ctx, tx, c, r)
		if err != nil {
			return err
		}
		view.Publications = append(view.Publications, made...)
	}
	return s.projectRound(ctx, tx, p, review, view.Publications)
}

// guardExpedite refuses the expedited route to who may not take it, and without a reason: it asks
// for other signatures than the rules of the normal one.
func guardExpedite(c Call, d Submit) error {
	switch {
	case !d.Expedited && d.Reason != "":
		return advocacy.InvalidField("expedite_reason", "NOT_EXPEDITED", "say why only of a submission that is expedited")
	case !d.Expedited:
		return nil
	case !c.may(mayExpedite): // guard: who may not expedite takes the normal route
		return advocacy.Deny("PERMISSION_DENIED", "you may not submit on the expedited route; submit it the normal way")
	case strings.TrimSpace(d.Reason) == "": // guard: who expedites says why
		return advocacy.InvalidField("expedite_reason", "EXPEDITE_REASON_REQUIRED", "say why it cannot wait; it is kept, and who signs reads it")
	}
	return check.RefuseLine("expedite_reason", d.Reason)
}

// guardSubmission refuses what cannot go out as it stands: no target, a time that has
// passed, or a machine speaking for a person.
func (s *Service) guardSubmission(ctx context.Context, tx Tx, c Call, p *advocacy.Post, head *advocacy.Revision) error {
	if len(head.Targets) == 0 {
		return advocacy.Refuse("NO_TARGETS", "choose at least one account before you submit")
	}
	if err := advocacy.GuardPublishTime("publish_time", p.PublishTime, p.Zone, tx.Now()); err != nil {
		return advocacy.Refuse("PUBLISH_TIME_PAST", "the chosen time has passed; choose another one or none")
	}
	if c.Actor.Kind != advocacy.Machine {
		return nil
	}
	accounts, err := tx.AccountsByID(ctx, p.Workspace, head.Targets)
	if err != nil {
		return err
	}
	for _, a := range accounts {
		if a.Personal {
			return advocacy.Refuse("ASSENT_REQUIRED", "%s speaks for a person, who has to submit this in a session of his or her own", a.DisplayName)
		}
	}
	return nil
}

// guardDisclosed refuses words about the company that say nothing of working for it, where the
// workspace requires that.
func guardDisclosed(ctx context.Context, r Reader, view *PostView, origin advocacy.Origin) error {
	if !view.rules.told.Required() {
		return nil
	}
	accounts, err := r.AccountsByID(ctx, view.Post.Workspace, view.Head.Targets)
	if err != nil {
		return err
	}
	silent := false
	for _, t := range view.Manifest.Targets {
		a := accounts[t.Account]
		silent = silent || a != nil && a.Personal && t.Rendering.Disclosure == advocacy.DisclosureNone
	}
	return blocked(view.rules.undisclosed(silent, origin, view.Head.Content)) // guard: nobody speaks of the company as a stranger
}

// sourceOf returns what a share was made from, nil for own words and for what is left of an item
// that was withdrawn, which is read as such. The item is held against change until commit.
func (s *Service) sourceOf(ctx context.Context, tx Tx, p *advocacy.Post, head *advocacy.Revision) (*source, error) {
	if p.Item == "" {
		return nil, nil
	}
	item, err := tx.ItemForShare(ctx, p.Workspace, p.Item)
	if err != nil {
		return nil, err
	}
	if item.Withdrawn {
		return nil, nil
	}
	if err := guardWindow(item, p.PublishTime); err != nil {
		return nil, err
	}
	number := head.ItemRevision
	if number == 0 || item.InForce != number {
		number = item.InForce
	}
	if number == 0 {
		return nil, nil
	}
	return readSource(ctx, tx, item, number)
}

// guardReach refuses an announcement, and an author whom what a post was made from is not for,
// edited or not. A share is judged once more while the membership is held, when it is counted.
func guardReach(ctx context.Context, r Reader, p *advocacy.Post, from *source) error {
	switch {
	case from == nil:
		return nil
	case from.manifest.Announcement: // guard: nobody shares an announcement
		return announcement()
	case from.manifest.Audience.Everybody():
		return nil
	}
	known, err := r.MembersByID(ctx, p.Workspace, []advocacy.PersonID{p.Author})
	if err != nil || from.meantFor(known[p.Author]) { // guard: only who it is for shares it
		return err
	}
	return advocacy.Refuse("OUTSIDE_AUDIENCE", "this library item is for others; share one that is for you")
}

// guardWindow refuses a time at which what is made from an item would not go out.
func guardWindow(item *advocacy.LibraryItem, publish time.Time) error {
	if !publish.IsZero() && !item.Share.Contains(publish) { // guard: a time within the window
		return advocacy.InvalidField("publish_time", "PUBLISH_TIME_OUTSIDE_WINDOW", "the item may not be shared at that time; choose one within its share window")
	}
	return nil
}

// turn is what the queue shows of a subject.
type turn struct {
	title    string
	publish  time.Time
	manifest advocacy.Manifest
	// rules are those in force and findings what was seen by them, when somebody has looked.
	rules    *rules
	findings []advocacy.Finding
	// before are the turns the round has, and times their deadlines.
	before []Task
	times  []advocacy.Deadline
	// post or item is the subject itself, when it is at hand.
	post *advocacy.Post
	item *advocacy.LibraryItem
	// keepPrevious leaves the previous round alone: it is the one in force.
	keepPrevious bool
}

// openReview routes the submission, freezes the plan, and opens the round: approved at
// once when nothing but a library chain is asked for and it holds. The plan is the policy
// in force, so there is no floor below it yet.
func (s *Service) openReview(ctx context.Context, tx Tx, c Call, review *advocacy.Review, head *advocacy.Revision, from *source, shown turn) error {
	decisions, err := decisionsBefore(ctx, tx, review)
	if err != nil {
		return err
	}
	about := asked{
		subject: review.Subject, origin: review.Origin, content: head.Content, manifest: shown.manifest,
		post: shown.post, item: shown.item, shared: head.ItemRevision, expedited: review.Expedited,
		anew: true, rules: shown.rules, findings: shown.findings,
	}
	if from != nil {
		about.item, about.from = from.item, &from.manifest
	}
	cs, err := s.countOf(ctx, tx, &Reading{Review: review, Revision: head}, decisions, tx.MembersForShare)
	if err != nil {
		return err
	}
	about.author, about.members = review.Assent.Person, cs.Members
	routed, err := s.route(ctx, tx, about)
	if err != nil {
		return err
	}
	if review.Expedited && !routed.Expedited { // guard: no expedited route but the policy's
		return advocacy.Refuse("EXPEDITED_NOT_OFFERED", "the routing policy has no expedited route; submit it the normal way")
	}
	if err := guardPreconditions(routed.Unmet); err != nil { // guard: precondition at submit
		return err
	}
	life := s.ReviewLife
	if life == 0 {
		life = defaultReviewDays * 24 * time.Hour
	}
	review.State = advocacy.ReviewOpen
	routed.freeze(review)
	review.OpenTime, review.ExpireTime = tx.Now(), tx.Now().Add(life)
	if err := guardRejected(decisions, review.Digest); err != nil {
		return err
	}
	if review.Round > 1 && !shown.keepPrevious {
		if err := s.endReview(ctx, tx, c, review.Subject, review.Round-1, advocacy.ReviewSuperseded); err != nil {
			return err
		}
	}
	if from != nil {
		from.rules = routed.rules
	}
	if err := s.stands(ctx, tx, cs, head, shown.manifest, from); err != nil {
		return err
	}
	review.Plan = inheritedObjections(openObjections(review.Plan, cs), shown.post)
	if review.Plan, err = s.rejectedElsewhere(ctx, tx, review.Subject.Workspace, review.Digest, review.Plan); err != nil {
		return err
	}
	if err := s.settleState(ctx, tx, cs, ""); err != nil {
		return err
	}
	if review.Pins, err = s.pinned(ctx, tx, review, head, shown.manifest); err != nil {
		return err
	}
	if err := tx.AddReview(ctx, review); err != nil {
		return err
	}
	if err := s.putTasks(ctx, tx, cs, head, shown); err != nil {
		return err
	}
	name := review.Subject.ReviewName(review.Round)
	return s.record(ctx, tx, c, review.Subject.Workspace, fact{
		action: submitted(review.Subject), subject: name, parent: review.Subject.Name(),
		detail: map[string]any{
			"revision": review.Revision, "digest": review.Digest, "origin": review.Origin, "plan": review.Plan.Requirements,
			"policy": review.Policy, "state": review.State, "library_chain": review.Library,
			"matched_rules": routed.Matched, "failed_rules": routed.Failed, "shadow_rules": routed.Shadow,
			"shadow_failed_rules": routed.ShadowFailed,
			"expedited":           review.Expedited, "expedite_reason": review.ExpediteReason, "links": review.Links, "pins": review.Pins, "lexicon": review.Lexicon,
			"disclosures": routed.rules.tellings(shown.manifest),
		},
	})
}

// decisionsBefore are what was decided in the rounds before.
func decisionsBefore(ctx context.Context, tx Tx, review *advocacy.Review) ([]advocacy.Decision, error) {
	if review.Round == 1 {
		return nil, nil
	}
	return tx.Decisions(ctx, review.Subject)
}

func submitted(sub advocacy.Subject) string {
	if sub.Kind == advocacy.SubjectItem {
		return "library_item.submitted"
	}
	return "post.submitted"
}

// routed is what the rules in force ask of a revision.
type routed struct {
	routing.Result
	rules *rules
}

// freeze gives a round the plan, and what it was made by.
func (r *routed) freeze(review *advocacy.Review) {
	review.Plan, review.FailedRules, review.Links = r.Plan, r.Failed, r.Links
	review.Policy, review.Lexicon, review.Disclosures = r.rules.policy.ref(), r.rules.policy.Lexicon, r.rules.policy.Disclosures
}

// route asks the rules in force about a revision: the policy, and the restricted terms in it.
func (s *Service) route(ctx context.Context, r Reader, a asked) (*routed, error) {
	if a.rules == nil {
		var err error
		if a.rules, err = s.rules(ctx, r, a.subject.Workspace); err != nil {
			return nil, err
		}
		a.findings = s.findings(a.rules.sight, a.content, a.manifest)
	}
	facts, err := s.facts(ctx, r, a.rules.compiled.Needs(), a)
	if err != nil {
		return nil, err
	}
	out := &routed{a.rules.compiled.Evaluate(facts), a.rules}
	signed, err := itemSigners(ctx, r, a.subject.Workspace, a.unedited(), a.findings)
	if err != nil {
		return nil, err
	}
	out.Plan = out.Plan.WithTerms(a.findings, signed) // guard: a restricted term asks its role
	return out, nil
}

// guardPreconditions refuses what the policy says must hold first, whoever would sign.
func guardPreconditions(unmet []advocacy.Unmet) error {
	if len(unmet) == 0 {
		return nil
	}
	u := unmet[0]
	err := advocacy.Refuse(refusalOf(u), "%s", u.Words)
	if u.Link != "" {
		err = advocacy.Refuse("LINK_UNREACHABLE", "%s cannot be reached (%s). %s", u.Link, u.LinkCode, u.Words).
			With("link", u.Link).With("check", string(u.LinkCode))
	}
	if u.Training != "" {
		err = err.With("training", string(u.Training))
	}
	return err.With("rule", u.Rule).With("precondition", u.Reason).With("words", u.Words)
}

// refusalOf is the reason of a refusal for a precondition: its own where people can be told
// in their language what to do.
func refusalOf(u advocacy.Unmet) string {
	switch {
	case u.Reason == routing.GuidelineNotAcknowledged:
		return routing.GuidelineNotAcknowledged
	case u.Reason == routing.TrainingMissing, u.Training != "":
		return routing.TrainingMissing
	default:
		return "PRECONDITION_UNMET"
	}
}
