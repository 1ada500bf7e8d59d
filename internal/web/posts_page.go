package web

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/catalogue"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// fewNames is how many of those who could sign are named.
const fewNames = 4

// freshly is for how long a page watches what has just changed.
const freshly = time.Minute

// postPage is what the page of a post shows.
type postPage struct {
	Post    *imprimaturv1.Post
	Title   string
	Tone    string
	Targets []postTarget
	// Roles are those whose turn it is, as a reader says them.
	Roles string
	// First: everybody signed, and its author has to do something first.
	First bool
	// Unknown: somebody has to say whether it is out.
	Unknown bool
	// Signers are what the round asks for.
	Signers  []signer
	Explain  *imprimaturv1.PostExplanation
	Blockers []blocker
	// Rounds are the rounds of sign-off, the newest first.
	Rounds      []*imprimaturv1.Review
	Threads     []thread
	Suggestions []suggestion
	Revisions   []*imprimaturv1.Revision
	Diff        *postDiff
	// Member is the visitor.
	Member string
	// Mine tells that the visitor is the author, Writes that he or she may change it, Recalls that he or she
	// may take it back.
	Mine, Writes, Recalls bool
	// Up is the list that leads here, by its key in the navigation.
	Up string
	// Moving tells that it changes by itself within moments.
	Moving bool
	// Time is what the field for another time begins with, Missed that the one chosen is over.
	Time, Zone string
	Missed     bool
}

// postTarget is what one account shows, and what became of it there.
type postTarget struct {
	Sheet       sheet
	Account     string
	Publication *imprimaturv1.Publication
}

// objectionOpen is the code of the reason that the role's objection is not cleared.
const objectionOpen = "OBJECTION_OPEN"

// signer is one requirement of the round, with the names of who was asked or could sign.
type signer struct {
	*imprimaturv1.RequirementExplanation
	Signed, Asked, Able string
}

// Why are the rules that ask for it. That an objection is not cleared yet is no longer so of a
// signature that was given.
func (s signer) Why() []*imprimaturv1.RuleReason {
	return slices.DeleteFunc(slices.Clone(s.GetRequirement().GetReasons()), func(r *imprimaturv1.RuleReason) bool {
		return r.GetCode() == objectionOpen && s.GetRequirement().GetSatisfied() // guard: what was cleared is not told as open
	})
}

// blocker is something in the way, everywhere or for one account.
// Training is the one that its author lacks, if that is what it is; First tells that it is something
// else that a rule asks for first.
type blocker struct {
	Account, Message, Training string
	First                      bool
}

// Leaves tells whether the post has something that may still go out, now or after others have signed.
func (page postPage) Leaves() bool {
	switch page.Post.GetState() {
	case imprimaturv1.Post_PUBLISHED, imprimaturv1.Post_REJECTED, imprimaturv1.Post_RECALLED, imprimaturv1.Post_WITHDRAWN:
		return false
	default:
		return true
	}
}

// thread is a discussion with its answers, oldest first.
type thread struct {
	*imprimaturv1.Thread
	Comments []*imprimaturv1.Comment
}

// suggestion is other words somebody proposes, beside those that stand there.
type suggestion struct {
	*imprimaturv1.Suggestion
	Changed []piece
}

// postDiff is what changed between two revisions.
type postDiff struct {
	Base    string
	Targets []targetDiff
	// FromItem tells that it is compared with the library item.
	FromItem bool
}

// targetDiff is what changed for one account, or for one network and language.
type targetDiff struct {
	Account, Network, Language string

	Change string
	Text   []piece
	Fields []fieldDiff
}

// fieldDiff is what changed besides the text.
type fieldDiff struct {
	Name   string
	Pieces []piece
}

// post shows where a post stands and what was said about it.
func post(v *visitor) error {
	name := v.named("posts", "post")
	client := imprimaturv1.NewPostServiceClient(v.conn)
	p, err := client.GetPost(v.ctx, &imprimaturv1.GetPostRequest{Name: name})
	if err != nil {
		return err
	}
	page := postPage{Post: p, Title: opening(p.GetContent().GetText()), Tone: tone(p.GetState()), Zone: v.zone.String(), Member: v.me.GetMember()}
	page.Mine = p.GetAuthor() == v.me.GetMember()
	page.Writes = page.Mine || slices.Contains(p.GetCoAuthors(), v.me.GetMember())
	page.Recalls = page.Mine || v.may("publications.recall")
	switch {
	case page.Writes:
		page.Up = "posts"
	case slices.ContainsFunc(takesTurns, v.may):
		page.Up = "queue"
	default:
		page.Up = "publications"
	}
	if page.Explain, err = client.ExplainPost(v.ctx, &imprimaturv1.ExplainPostRequest{Name: name}); err != nil {
		return err
	}
	w := waitedFor(page.Explain.GetReview())
	page.Roles, page.First, page.Unknown, page.Blockers = v.sayRoles(w.roles), w.author, w.unknown, blockers(page.Explain)
	page.Signers = v.signers(page.Explain.GetReview())
	rounds, err := imprimaturv1.NewReviewServiceClient(v.conn).ListReviews(v.ctx, &imprimaturv1.ListReviewsRequest{Parent: name, PageSize: 10})
	if err != nil {
		return err
	}
	page.Rounds = rounds.GetReviews()
	revisions, err := client.ListRevisions(v.ctx, &imprimaturv1.ListRevisionsRequest{Parent: name, PageSize: 20})
	if err != nil {
		return err
	}
	page.Revisions = revisions.GetRevisions()
	page.targets(v)
	page.times(v)
	if err := v.compare(&page); err != nil {
		return err
	}
	if err := v.discuss(&page); err != nil {
		return err
	}
	return v.show("posts-post", "posts", page)
}

// signers names the people behind each requirement of a round.
func (v *visitor) signers(r *imprimaturv1.ReviewExplanation) []signer {
	names := func(members []string) string {
		words := make([]string, len(members))
		for i, m := range members {
			words[i] = v.member(m).GetDisplayName()
		}
		return v.enumerate(words)
	}
	var all []signer
	for _, one := range r.GetRequirements() {
		s := signer{RequirementExplanation: one, Signed: names(one.GetRequirement().GetSigners())}
		if one.GetOpen() && !one.GetRequirement().GetSatisfied() {
			s.Asked, s.Able = names(one.GetRequirement().GetAsked()), v.able(one)
		}
		all = append(all, s)
	}
	return all
}

// able names a few of those who could give a signature, for whom when it is not their own, and says
// how many more there are.
func (v *visitor) able(r *imprimaturv1.RequirementExplanation) string {
	var words []string
	more := int(r.GetMoreCandidates())
	for _, c := range r.GetCandidates() {
		if c.GetCode() != "" {
			continue
		}
		if len(words) == fewNames {
			more++
			continue
		}
		name := v.member(c.GetMember()).GetDisplayName()
		if lender := c.GetOnBehalfOf(); lender != "" {
			name = catalogue.Text(v.language, "web.signs.for", map[string]string{"name": name, "other": v.member(lender).GetDisplayName()})
		}
		words = append(words, name)
	}
	if more == 0 || len(words) == 0 {
		return v.enumerate(words)
	}
	return catalogue.Text(v.language, "web.signs.more", map[string]string{"names": strings.Join(words, ", "), "n": strconv.Itoa(more)})
}

// targets draws what each account shows, with its publication.
func (page *postPage) targets(v *visitor) {
	p := page.Post
	for _, t := range p.GetTargets() {
		one := postTarget{Sheet: v.sheet(t, placedFindings(p.GetContent(), t, p.GetFindings())), Account: t.GetSocialAccount()}
		// What was stopped before anything of it was to be sent has no publication that says so.
		if s := p.GetState(); s == imprimaturv1.Post_WITHDRAWN || s == imprimaturv1.Post_REJECTED {
			one.Sheet.Fate = "never"
		}
		for _, pub := range p.GetPublications() {
			if pub.GetSocialAccount() == t.GetSocialAccount() {
				one.Publication, one.Sheet.Fate = pub, fateOf(pub)
			}
		}
		page.Targets = append(page.Targets, one)
	}
}

// times says whether something will change by itself soon, and which time is proposed.
func (page *postPage) times(v *visitor) {
	p := page.Post
	soon := p.GetPublishTime() == nil || time.Until(p.GetPublishTime().AsTime()) < time.Minute
	page.Moving = p.GetState() == imprimaturv1.Post_PUBLISHING ||
		soon && !p.GetHeld() && slices.Contains([]imprimaturv1.Post_State{imprimaturv1.Post_SCHEDULED, imprimaturv1.Post_APPROVED}, p.GetState())
	// What went out a moment ago may still be changing, such as when it is taken back.
	changing := time.Now().Add(-freshly)
	for _, pub := range p.GetPublications() {
		page.Moving = page.Moving || pub.GetUpdateTime().AsTime().After(changing)
	}
	page.Moving = page.Moving || p.GetUpdateTime().AsTime().After(changing) && len(p.GetPublications()) > 0
	page.Missed = p.GetPublishTime() != nil && time.Now().After(p.GetPublishTime().AsTime())
	at := p.GetPublishTime().AsTime()
	if p.GetPublishTime() == nil || page.Missed {
		y, m, d := time.Now().In(v.zone).Date()
		at = time.Date(y, m, d+1, 9, 0, 0, 0, v.zone)
	}
	page.Time = at.In(v.zone).Format(localTime)
}

// blockers lists what is in the way, each once. That signatures are missing is said by whose turn it is.
func blockers(e *imprimaturv1.PostExplanation) []blocker {
	var all []blocker
	said := make(map[string]bool)
	add := func(account string, ones []*imprimaturv1.Blocker) {
		for _, b := range ones {
			if b.GetCode() != "NEED_APPROVALS" && b.GetCode() != "NOT_SUBMITTED" && !said[b.GetMessage()] {
				said[b.GetMessage()] = true
				one := blocker{Account: account, Message: b.GetMessage(), First: b.GetCode() == "PRECONDITION_UNMET"}
				if b.GetCode() == "TRAINING_MISSING" {
					one.Training = b.GetSubject()
				}
				all = append(all, one)
			}
		}
	}
	add("", e.GetBlockers())
	for _, t := range e.GetTargets() {
		add(t.GetSocialAccount(), t.GetBlockers())
	}
	return all
}

// compare finds what changed since the revision that the address names, or the one before.
func (v *visitor) compare(page *postPage) error {
	base := v.r.URL.Query().Get("base")
	switch {
	case base != "":
	case len(page.Revisions) > 1:
		base = "previous"
	case page.Post.GetOrigin() == imprimaturv1.Origin_ORIGIN_LIBRARY_EDITED || page.Post.GetOrigin() == imprimaturv1.Origin_ORIGIN_LIBRARY_PERSONALISED:
		base = "library_item"
	default:
		return nil
	}
	diff, err := imprimaturv1.NewPostServiceClient(v.conn).DiffRevision(v.ctx, &imprimaturv1.DiffRevisionRequest{Name: page.Post.GetRevision(), Base: base})
	if err != nil {
		return err
	}
	page.Diff = &postDiff{Base: diff.GetBase(), FromItem: strings.Contains(diff.GetBase(), "/libraryItems/")}
	page.Diff.Targets = targetDiffs(diff)
	return nil
}

// targetDiffs draws what changed for each target.
func targetDiffs(diff *imprimaturv1.DiffRevisionResponse) []targetDiff {
	var all []targetDiff
	for _, t := range diff.GetTargets() {
		one := targetDiff{Account: t.GetSocialAccount(), Network: t.GetNetwork(), Language: t.GetLanguage(), Change: t.GetChange().String(), Text: changed(t.GetText())}
		for _, f := range t.GetFields() {
			one.Fields = append(one.Fields, fieldDiff{f.GetField(), changed(f.GetSpans())})
		}
		all = append(all, one)
	}
	return all
}

// discuss reads what people say about a post and which other words they suggest.
func (v *visitor) discuss(page *postPage) error {
	var err error
	if page.Threads, err = v.threadsOf(page.Post.GetName()); err != nil {
		return err
	}
	suggestions, err := imprimaturv1.NewSuggestionServiceClient(v.conn).ListSuggestions(v.ctx, &imprimaturv1.ListSuggestionsRequest{Parent: page.Post.GetName(), PageSize: 20})
	for _, s := range suggestions.GetSuggestions() {
		page.Suggestions = append(page.Suggestions, suggestion{s, replaced(page.Post.GetContent().GetText(), s.GetText())})
	}
	return err
}

// threadsOf reads the discussions about a post or item.
func (v *visitor) threadsOf(subject string) ([]thread, error) {
	talk := imprimaturv1.NewDiscussionServiceClient(v.conn)
	threads, err := talk.ListThreads(v.ctx, &imprimaturv1.ListThreadsRequest{Parent: subject, PageSize: 20})
	if err != nil {
		return nil, err
	}
	var all []thread
	for _, t := range threads.GetThreads() {
		answers, err := talk.ListComments(v.ctx, &imprimaturv1.ListCommentsRequest{Parent: t.GetName(), PageSize: 50})
		if err != nil {
			return nil, err
		}
		slices.Reverse(answers.GetComments())
		all = append(all, thread{t, answers.GetComments()})
	}
	return all, nil
}

// replaced shows other words in the place of some: what two texts begin and end with alike stands
// once, by whole words.
func replaced(old, now string) []piece {
	was, is := strings.SplitAfter(old, " "), strings.SplitAfter(now, " ")
	head := 0
	for head < len(was) && head < len(is) && was[head] == is[head] {
		head++
	}
	tail := 0
	for tail < len(was)-head && tail < len(is)-head && was[len(was)-1-tail] == is[len(is)-1-tail] {
		tail++
	}
	var out []piece
	out = append(out, revealed("", strings.Join(was[:head], ""), "")...)
	out = append(out, revealed("del", strings.Join(was[head:len(was)-tail], ""), "")...)
	out = append(out, revealed("ins", strings.Join(is[head:len(is)-tail], ""), "")...)
	return append(out, revealed("", strings.Join(was[len(was)-tail:], ""), "")...)
}

// Can tells whether an action makes sense where the post stands; who may is for the service to say.
func (page postPage) Can(action string) bool {
	s := page.Post.GetState()
	out := slices.ContainsFunc(page.Post.GetPublications(), func(p *imprimaturv1.Publication) bool {
		return p.GetState() == imprimaturv1.Publication_PUBLISHED
	})
	over := out || slices.Contains([]imprimaturv1.Post_State{
		imprimaturv1.Post_PUBLISHING, imprimaturv1.Post_PUBLISHED, imprimaturv1.Post_PARTIALLY_PUBLISHED, imprimaturv1.Post_RECALLED, imprimaturv1.Post_WITHDRAWN,
	}, s)
	switch action {
	case "edit":
		return page.Writes && !over
	case "submit":
		return page.Mine && (s == imprimaturv1.Post_DRAFT || s == imprimaturv1.Post_REVIEW_EXPIRED)
	case "withdraw", "reschedule":
		return page.Mine && !over
	case "recall":
		return page.Recalls && (out || slices.ContainsFunc(page.Post.GetPublications(), func(p *imprimaturv1.Publication) bool {
			// A post of which something may be out is no longer withdrawn: what waits of it is taken back, too.
			return p.GetRecallReason() == "" && (underWay(p) || s == imprimaturv1.Post_PUBLISHING && waits(p))
		}))
	default:
		return false
	}
}

// underWay tells whether a request has begun and its end is not known.
func underWay(p *imprimaturv1.Publication) bool {
	return p.GetState() == imprimaturv1.Publication_SENDING || p.GetState() == imprimaturv1.Publication_UNKNOWN
}

// waits tells whether no request for it is under way, and one may begin.
func waits(p *imprimaturv1.Publication) bool {
	return slices.Contains([]imprimaturv1.Publication_State{
		imprimaturv1.Publication_SCHEDULED, imprimaturv1.Publication_CLAIMED, imprimaturv1.Publication_HANDED_OVER,
	}, p.GetState())
}

// Ordered tells whether a copy that is under way is to be taken back.
func (page postPage) Ordered(p *imprimaturv1.Publication) bool {
	return underWay(p) && p.GetRecallReason() != ""
}

// Decided tells whether anybody said anything, or is waited for to say it.
func (page postPage) Decided() bool {
	return page.Roles != "" || slices.ContainsFunc(page.Rounds, func(r *imprimaturv1.Review) bool { return len(r.GetDecisions()) > 0 })
}

// TakenFrom is whose signature a decision takes back, empty when that is its maker's own, or none.
func (page postPage) TakenFrom(d *imprimaturv1.Decision) string { return takenFrom(d, page.Rounds) }

// Undoable tells whether a decision is another's signature on what is under review, which the visitor
// could take back; who may is for the service to say.
func (page postPage) Undoable(d *imprimaturv1.Decision) bool {
	begun := slices.ContainsFunc(page.Post.GetPublications(), func(p *imprimaturv1.Publication) bool {
		return !slices.Contains([]imprimaturv1.Publication_State{imprimaturv1.Publication_SCHEDULED, imprimaturv1.Publication_CANCELLED}, p.GetState())
	})
	return len(page.Rounds) > 0 && !page.Writes && !begun && undoable(d, page.Rounds[0], page.Member)
}

// takenFrom is whose signature a decision of the rounds takes back, empty when that is its maker's own,
// or none.
func takenFrom(d *imprimaturv1.Decision, rounds []*imprimaturv1.Review) string {
	for _, r := range rounds {
		for _, o := range r.GetDecisions() {
			if d.GetVerdict() == imprimaturv1.Verdict_VERDICT_RETRACT && o.GetName() == d.GetSupersedes() && o.GetMember() != d.GetMember() {
				return o.GetMember()
			}
		}
	}
	return ""
}

// undoable tells whether a decision is a signature that stands in a live round, of somebody else.
func undoable(d *imprimaturv1.Decision, round *imprimaturv1.Review, me string) bool {
	if d.GetMember() == me || d.GetVerdict() != imprimaturv1.Verdict_VERDICT_APPROVE {
		return false
	}
	live := slices.Contains([]imprimaturv1.Review_State{
		imprimaturv1.Review_OPEN, imprimaturv1.Review_CHANGES_REQUESTED, imprimaturv1.Review_UNROUTABLE, imprimaturv1.Review_APPROVED,
	}, round.GetState())
	taken := slices.ContainsFunc(round.GetDecisions(), func(o *imprimaturv1.Decision) bool { return o.GetSupersedes() == d.GetName() })
	return live && !taken && strings.HasPrefix(d.GetName(), round.GetName()+"/")
}
