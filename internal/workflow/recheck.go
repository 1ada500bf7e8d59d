package workflow

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check"
)

// JobRecheck looks again at what is not sent yet after a lexicon came into force. Args:
// LexiconJob.
const JobRecheck = "recheck_lexicon"

// LexiconJob names the lexicon revision of a job.
type LexiconJob struct {
	Workspace advocacy.WorkspaceID `json:"workspace"`
	Number    int                  `json:"number"`
}

// recheckLater has everything that is not sent yet looked at by a revision.
func recheckLater(ctx context.Context, tx Tx, r *advocacy.LexiconRevision) error {
	err := tx.AddLexiconRecheck(ctx, &advocacy.LexiconRecheck{Workspace: r.Workspace, Lexicon: r.Lexicon, Number: r.Number})
	if err != nil {
		return err
	}
	job := advocacy.Job{Kind: JobRecheck, Unique: fmt.Sprintf("%s/%d", r.Workspace, r.Number)}
	return enqueue(ctx, tx, job, LexiconJob{Workspace: r.Workspace, Number: r.Number})
}

// RecheckLexicon looks again at what is not sent yet, a page after the other, a few rounds in
// a transaction: what has a forbidden term goes back to its author, the plan of
// what has a restricted one grows. When it is interrupted it goes on where it was; a newer
// revision, which has a run of its own, ends it. The gate does not wait for it: it looks
// again whatever was looked at before.
func (s *Service) RecheckLexicon(ctx context.Context, w advocacy.WorkspaceID, number int) error {
	for {
		k, err := s.Store.FindLexiconRecheck(ctx, w, advocacy.DefaultLexicon, number)
		if err != nil || k == nil || !k.EndTime.IsZero() {
			return err
		}
		policy, err := s.Store.Policy(ctx, w)
		if err != nil {
			return err
		}
		next := ""
		if policy.Lexicon == number {
			if next, err = s.recheckLexiconPage(ctx, k); err != nil {
				return err
			}
		}
		err = s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
			done := *k
			if done.Cursor = next; next == "" {
				done.EndTime = tx.Now()
			}
			return tx.SaveLexiconRecheck(ctx, &done)
		})
		if err != nil {
			return err
		}
	}
}

func (s *Service) recheckLexiconPage(ctx context.Context, k *advocacy.LexiconRecheck) (string, error) {
	return s.recheckPage(ctx, k.Workspace, k.Cursor, look{
		number: k.Number,
		since:  func(o outgoing) int { return o.under.lexicon },
		by: func(number int, head *advocacy.Revision) ([]advocacy.Finding, error) {
			x, err := s.lexicon(ctx, s.Store, k.Workspace, number)
			return x.Find(head.Content), err
		},
		count: k.Count,
	})
}

// look is how one kind of rules looks at what is not sent.
type look struct {
	// number is the revision that came into force; since is the one a round was opened under.
	number int
	since  func(o outgoing) int
	// by is what a revision of the rules finds.
	by    func(number int, head *advocacy.Revision) ([]advocacy.Finding, error)
	count func(found []advocacy.Finding)
}

// mostCompared is how many revisions are compared before something is judged again in any case.
const mostCompared = 8

// moves tells whether what a revision finds could move anything. A round was counted under some
// revision since it was opened: what each of them finds alike in it, the count has nothing new to
// say of. An item in force is moved by what stops it alone.
func (l look) moves(o outgoing, found []advocacy.Finding) (bool, error) {
	if o.inForce {
		return len(advocacy.Stopping(found)) > 0, nil
	}
	since := l.since(o)
	if l.number-since > mostCompared {
		return true, nil
	}
	for number := since; number < l.number; number++ { // guard: whichever it was last counted under
		before, err := l.by(number, o.head)
		if err != nil || !slices.EqualFunc(before, found, sameFinding) { // guard: what was found before and is not now moves as well
			return true, err
		}
	}
	return false, nil
}

// sameFinding tells whether two findings are the same one, by the same rule in the same words.
func sameFinding(a, b advocacy.Finding) bool {
	args, others := a.Args, b.Args
	a.Args, b.Args = nil, nil
	return reflect.DeepEqual(a, b) && maps.Equal(args, others)
}

// recheckPage counts what is found on the next page, and has what that could move judged again.
func (s *Service) recheckPage(ctx context.Context, w advocacy.WorkspaceID, cursor string, l look) (string, error) {
	page, next, err := s.goingOut(ctx, w, cursor, sweepBatch)
	if err != nil {
		return "", err
	}
	var alone, bundle []outgoing
	for _, o := range page {
		found, err := l.by(l.number, o.head)
		if err != nil {
			return "", err
		}
		l.count(found)
		moves, err := l.moves(o, found)
		if err != nil {
			return "", err
		}
		switch {
		case moves && o.bundles(found):
			bundle = append(bundle, o)
		case moves:
			alone = append(alone, o)
		}
	}
	if err := together(ctx, atOnce, alone, s.recheckOne); err != nil {
		return "", err
	}
	return next, together(ctx, bundlesAtOnce, slices.Collect(slices.Chunk(bundle, bundled)), s.recheckBundle)
}

// recheckItem takes an item out of force that shows a forbidden term or tells a disclosure
// by older rules, and stops what is scheduled of its shares. The round that signed it opens
// while it is the newest, so that it comes back by itself when that is allowed again.
func (s *Service) recheckItem(ctx context.Context, tx Tx, sub advocacy.Subject) error {
	item, err := tx.ItemForUpdate(ctx, sub.Workspace, advocacy.ItemID(sub.ID))
	if err != nil || item.InForce == 0 || item.Withdrawn {
		return err
	}
	rules, err := s.rules(ctx, tx, sub.Workspace)
	if err != nil {
		return err
	}
	shown, err := tx.Revision(ctx, sub, item.InForce)
	if err != nil {
		return err
	}
	manifest, err := advocacy.ParseManifest(shown.Manifest)
	if err != nil {
		return err
	}
	found := s.findings(rules.sight, shown.Content, manifest)
	if len(advocacy.Stopping(found)) == 0 { // guard: an item with a forbidden term is not in force
		return nil
	}
	return s.outOfForce(ctx, tx, SystemCall(sub.Workspace), item, found)
}

// outOfForce ends that an item stands behind shares, because of what was found in it or because
// those who signed it would have to again, and stops what is scheduled of them.
func (s *Service) outOfForce(ctx context.Context, tx Tx, c Call, item *advocacy.LibraryItem, found []advocacy.Finding) error {
	var err error
	if item.InForce == item.Head && item.InForceRound == item.Round {
		err = s.reopenItem(ctx, tx, c, item.Subject(), found)
	} else {
		err = s.endInForce(ctx, tx, c, item, found)
	}
	if err != nil {
		return err
	}
	return s.stopShares(ctx, tx, item)
}

// reopenItem counts the round in force again with what was found. What the policy has come
// to ask since is left aside: it has no say in what is in force.
func (s *Service) reopenItem(ctx context.Context, tx Tx, c Call, sub advocacy.Subject, found []advocacy.Finding) error {
	u, err := s.lockUnderReview(ctx, tx, c, sub, newestRound)
	if err != nil {
		return err
	}
	if err := u.turn.lock(ctx, tx, sub, u.Review.Round); err != nil {
		return err
	}
	cs, err := s.countOf(ctx, tx, u.Reading, u.decisions, tx.MembersForShare, assignees(u.turn.before)...)
	if err != nil {
		return err
	}
	cs.Found = found
	return s.recompute(ctx, tx, c, u, cs)
}

// endInForce takes an item's older revision out of force; its head has a life of its own.
func (s *Service) endInForce(ctx context.Context, tx Tx, c Call, item *advocacy.LibraryItem, found []advocacy.Finding) error {
	if err := s.supersedeRound(ctx, tx, c, item.Subject(), item.InForceRound); err != nil {
		return err
	}
	err := s.record(ctx, tx, c, item.Workspace, fact{
		action: "library_item.out_of_force", subject: item.Subject().RevisionName(item.InForce), parent: item.Subject().Name(),
		detail: map[string]any{"terms": termsOf(found), "disclosure_rules": retoldBy(found)},
	})
	if err != nil {
		return err
	}
	item.InForce, item.InForceRound = 0, 0 // guard: out of force
	return s.projectItem(ctx, tx, item)
}

// termsOf are the forbidden terms that were found, each once.
func termsOf(found []advocacy.Finding) []string {
	var terms []string
	for _, f := range advocacy.ForbiddenTerms(found) {
		terms = appendNew(terms, f.Args[advocacy.ArgTerm])
	}
	return terms
}

// retoldBy are the rules by which disclosures are told otherwise now, each once.
func retoldBy(found []advocacy.Finding) []string {
	var rules []string
	for _, f := range advocacy.Retold(found) {
		rules = appendNew(rules, f.Args[advocacy.ArgRule])
	}
	return rules
}

// LexiconHit is something not sent yet that a lexicon finds something in.
type LexiconHit struct {
	Subject  advocacy.Subject
	Revision int
	Findings []advocacy.Finding
}

// LexiconTrial is one page of what a lexicon would find.
type LexiconTrial struct {
	Hits    []LexiconHit
	Checked int
	// Next is where the next page begins; at the end it is empty, and Trial is what the lexicon is
	// published with.
	Next, Trial string
}

// TryLexicon tells what of that which is not sent yet a lexicon would find, and keeps
// nothing.
func (s *Service) TryLexicon(ctx context.Context, c Call, w advocacy.WorkspaceID, l advocacy.LexiconID, d LexiconDraft, p Page) (*LexiconTrial, error) {
	draft, err := newLexicon(w, l, d)
	if err != nil {
		return nil, err
	}
	x, err := check.NewLexicon(draft.Terms, draft.Domains, draft.Names)
	if err != nil {
		return nil, err
	}
	if draft.Number, err = nextLexicon(ctx, s.Store, w, l); err != nil {
		return nil, err
	}
	page, next, trial, err := s.tryPage(ctx, c, triedLexicon(draft), p)
	if err != nil {
		return nil, err
	}
	out := &LexiconTrial{Checked: len(page), Next: next, Trial: trial}
	for _, o := range page {
		if found := x.Find(o.head.Content); len(found) > 0 {
			out.Hits = append(out.Hits, LexiconHit{o.subject, o.head.Number, found})
		}
	}
	return out, nil
}
