package workflow_test

import (
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// What the walk once found, in the service or in its own model, told as it would print it:
// each story begins where every run does, and after each deed it is asked what a run is
// asked. Where it ends says what was wrong.

// stands asserts in which state a post or an item is.
func (w *world) stands(x *writing, state string) {
	w.tb.Helper()
	got := ""
	if x.subject.Kind == advocacy.SubjectPost {
		p, err := w.Store.Post(w.ctx, w.W, advocacy.PostID(x.id))
		ok(w.tb, err)
		got = string(p.State)
	} else {
		i, err := w.Store.Item(w.ctx, w.W, advocacy.ItemID(x.id))
		ok(w.tb, err)
		got = string(i.State)
	}
	if got != state {
		w.tb.Errorf("it is %s, want %s", got, state)
	}
}

// TestStoryOfAPlanThatGrew: the model took a plan for what the policy in force asks for,
// though it had grown under one between.
func TestStoryOfAPlanThatGrew(t *testing.T) {
	story(t, func(w *world) {
		x := w.items[0]
		w.reshelve(x, w.Curator, texts[1])
		w.hand(x, w.Curator, false, 2)
		w.enact(policy{legal: 2, pr: 1, veto: true})
		w.jobs()
		w.enact(usual)
		w.sign(x, "pr")
		w.sign(x, "legal")
		w.stands(x, "in_review")
		w.sign(x, "legal")
		w.stands(x, "approved")
	})
}

// TestStoryOfARecusalAfterAnObjection: the model thought that who recuses takes back what
// he or she objected to.
func TestStoryOfARecusalAfterAnObjection(t *testing.T) {
	story(t, func(w *world) {
		x := w.posts[0]
		w.hand(x, w.Author, false, 1)
		w.judges(x, saying{who: w.Legal, verdict: "request_changes", requirement: "legal", shown: 1})
		w.judges(x, saying{who: w.Legal, verdict: "recuse", requirement: "legal", shown: 1})
		w.stands(x, "changes_requested")
	})
}

// TestStoryOfARecusalAfterASignature: the model thought that a recusal takes along only the
// signature it is about.
func TestStoryOfARecusalAfterASignature(t *testing.T) {
	story(t, func(w *world) {
		x := w.posts[0]
		w.hand(x, w.Author, false, 1)
		w.judges(x, saying{who: w.Both, verdict: "approve", requirement: "legal", shown: 1})
		w.judges(x, saying{who: w.Both, verdict: "recuse", requirement: "pr", shown: 1})
		w.sign(x, "pr")
		w.stands(x, "in_review")
		w.sign(x, "legal")
		w.stands(x, "scheduled")
	})
}

// TestStoryOfALookAfterARecusal: the model took the decision for changed, because who
// recused looked once more.
func TestStoryOfALookAfterARecusal(t *testing.T) {
	story(t, func(w *world) {
		x := w.posts[0]
		w.hand(x, w.Author, false, 1)
		w.decide(x, saying{who: w.Legal, verdict: "recuse", requirement: "legal", shown: 1})
		w.look(x, w.Legal, false)
		w.holdUp(x, w.PR)
	})
}

// TestStoryOfATalkThatEnds: a discussion's end counted the round again without the turns
// there were, so the admin's stayed open when everybody had signed.
func TestStoryOfATalkThatEnds(t *testing.T) {
	story(t, func(w *world) {
		x := w.posts[0]
		w.hand(x, w.Author, false, 1)
		w.holdUp(x, w.Legal)
		w.sign(x, "legal")
		w.sign(x, "pr")
		w.stands(x, "in_review")
		w.turn(x, 0, w.Legal)
		w.stands(x, "scheduled")
	})
}

// TestStoryOfATalkAboutAnItem: the model forgot that the end of a discussion can put an item
// in force.
func TestStoryOfATalkAboutAnItem(t *testing.T) {
	story(t, func(w *world) {
		x := w.items[0]
		w.reshelve(x, w.Curator, texts[1])
		w.hand(x, w.Curator, false, 2)
		w.holdUp(x, w.PR)
		w.sign(x, "legal")
		w.sign(x, "pr")
		w.turn(x, 0, w.PR)
		w.stands(x, "approved")
		w.turn(x, 0, w.PR)
		w.stands(x, "in_review")
	})
}

// TestStoryOfATalkAboutAWithdrawnItem: a discussion about a withdrawn item took its last
// revision out of force and gave approvers turns nobody needs.
func TestStoryOfATalkAboutAWithdrawnItem(t *testing.T) {
	story(t, func(w *world) {
		x := w.items[0]
		w.withdraw(x, w.Curator)
		w.holdUp(x, w.Legal)
		w.stands(x, "withdrawn")
	})
}

// TestStoryOfAnObjectionToAShare: the model let what clears an objection to a share run out
// as the signatures do that the policy asks for.
func TestStoryOfAnObjectionToAShare(t *testing.T) {
	story(t, func(w *world) {
		w.enact(policy{legal: 1, pr: 1, veto: true, ttl: 2 * time.Hour})
		w.write(w.Author, false, sketch{text: texts[2], places: w.places[:1], in: 6 * time.Hour}, w.items[0])
		x := w.posts[2]
		w.hand(x, w.Author, false, 1)
		w.judges(x, saying{who: w.Legal, verdict: "request_changes", requirement: "legal", shown: 1})
		w.wait(time.Minute)
		w.rewrite(x, w.Author, redraft{text: texts[0]})
		w.hand(x, w.Author, false, 2)
		w.stands(x, "in_review")
		w.judges(x, saying{who: w.Legal, verdict: "approve", requirement: "legal", shown: 2})
		w.stands(x, "scheduled")
		w.wait(3 * time.Hour)
		w.jobs()
		w.stands(x, "scheduled")
	})
}

// TestStoryOfALoan [I27]: what was lent counts as one signature of two people, until it is
// taken back.
func TestStoryOfALoan(t *testing.T) {
	story(t, func(w *world) {
		x := w.posts[0]
		w.lend(w.Legal, w.Legal, w.Both, advocacy.RoleLegal, 0, 24*time.Hour)
		w.rewrite(x, w.Author, redraft{in: time.Hour})
		w.hand(x, w.Author, false, 1)
		w.judges(x, saying{who: w.Both, verdict: "approve", requirement: "legal", shown: 1, instead: w.Legal})
		w.judges(x, saying{who: w.Both, verdict: "approve", requirement: "pr", shown: 1})
		w.stands(x, "in_review")
		w.sign(x, "pr")
		w.stands(x, "scheduled")
		w.unlend(0, w.Legal)
		w.jobs()
		w.stands(x, "in_review")
	})
}

// TestStoryOfASecondMembership [I7]: what somebody wrote under one membership the other
// cannot have signed.
func TestStoryOfASecondMembership(t *testing.T) {
	story(t, func(w *world) {
		x := w.posts[0]
		w.rewrite(x, w.Author, redraft{in: time.Hour})
		w.hand(x, w.Author, false, 1)
		w.judges(x, saying{who: w.second, verdict: "approve", requirement: "legal", shown: 1})
		w.sign(x, "pr")
		w.stands(x, "scheduled")
		w.merge(w.second, w.Author)
		w.jobs()
		w.stands(x, "in_review")
	})
}

// TestStoryOfTheLastOfARole [I26]: a round that nobody can finish any more says so, and is
// open again when somebody can.
func TestStoryOfTheLastOfARole(t *testing.T) {
	story(t, func(w *world) {
		x := w.posts[0]
		w.hand(x, w.Author, false, 1)
		w.enable(w.PR, false)
		w.judges(x, saying{who: w.Both, verdict: "approve", requirement: "legal", shown: 1})
		w.jobs()
		w.stands(x, "unroutable")
		w.enable(w.PR, true)
		w.jobs()
		w.stands(x, "in_review")
		w.sign(x, "pr")
		w.stands(x, "scheduled")
	})
}

// TestStoryOfARuleThatFails [I13]: while a rule cannot be evaluated nothing goes out for less
// than what an error asks for.
func TestStoryOfARuleThatFails(t *testing.T) {
	story(t, func(w *world) {
		w.hand(w.posts[0], w.Author, false, 1)
		w.sign(w.posts[0], "legal")
		w.sign(w.posts[0], "pr")
		w.stands(w.posts[0], "scheduled")
		w.enact(policy{legal: 1, pr: 1, veto: true, fails: true})
		w.share(w.items[0], w.Author, w.places[2])
		w.stands(w.posts[2], "in_review")
		w.jobs()
		w.work(true)
		w.stands(w.posts[0], "in_review")
	})
}

// TestNobodyAnswersForAnAccount: whoever answered for it was merged into a membership that had ended,
// and its deputy was gone; that both come back does not give it an owner, somebody has to. Until then
// what is signed off waits, and goes out then.
func TestNobodyAnswersForAnAccount(t *testing.T) {
	story(t, func(w *world) {
		w.grant(w.Legal2, []advocacy.Role{"approver:legal", "approver:pr"})
		w.enable(w.Both, false)
		w.enable(w.Reader, false)
		w.merge(w.PR, w.Reader)
		w.enable(w.Both, true)
		w.enable(w.Reader, true)
		w.through(w.posts[1])
		w.work(true)
		w.stands(w.posts[1], "scheduled")
		if n := len(w.orphans()); n != 1 {
			t.Errorf("nobody answers for %d accounts, want 1", n)
		}
		w.appoint(w.places[1], w.Curator, w.Both)
		w.wait(time.Hour)
		w.work(true)
		w.stands(w.posts[1], "published")
	})
}

// TestStoryOfWordsSuggestedForAnItem [I7]: who suggested words of a library item could sign what was
// made of it.
func TestStoryOfWordsSuggestedForAnItem(t *testing.T) {
	story(t, func(w *world) {
		item := w.items[0]
		w.suggest(item, w.Legal, 1, texts[2])
		w.take(item, 0, w.Curator)
		w.through(item)
		w.stands(item, "approved")
		w.write(w.Author, false, sketch{text: texts[1], places: w.places[:1]}, item)
		x := w.posts[2]
		w.hand(x, w.Author, false, 1)
		w.judges(x, saying{who: w.Legal, verdict: "approve", requirement: "legal", shown: 1})
		w.through(x)
		w.stands(x, "scheduled")
	})
}

// TestStoryOfWordsThatWereTaken [I7, I31]: suggested words are a revision of whoever took them, which
// its author has to submit; and who suggested them signs where the policy lets that.
func TestStoryOfWordsThatWereTaken(t *testing.T) {
	story(t, func(w *world) {
		x := w.posts[0]
		w.hand(x, w.Author, false, 1)
		w.suggest(x, w.Legal, 1, texts[2])
		w.take(x, 0, w.Author)
		w.stands(x, "draft")
		w.hand(x, w.Author, false, 2)
		w.judges(x, saying{who: w.Legal, verdict: "approve", requirement: "legal", shown: 2})
		w.sign(x, "pr")
		w.stands(x, "in_review")
		w.enact(policy{legal: 1, pr: 1, veto: true, lets: true})
		w.reroute(x, w.Admin, false, 2)
		w.judges(x, saying{who: w.Legal, verdict: "approve", requirement: "legal", shown: 2})
		w.stands(x, "scheduled")
	})
}

// TestStoryOfAnExpeditedShare: what cannot wait is signed by those whom the expedited route asks, for
// who may take it and says why; and it ends with the item it shows.
func TestStoryOfAnExpeditedShare(t *testing.T) {
	story(t, func(w *world) {
		w.enact(policy{legal: 1, pr: 1, fast: 2, veto: true})
		w.write(w.Author, false, sketch{text: texts[0], places: w.places[:1], in: 6 * time.Hour}, w.items[0])
		x := w.posts[2]
		w.hurry(x, w.Author, hurry{shown: 1, trusted: true})
		w.hurry(x, w.Author, hurry{shown: 1, why: "fire"})
		w.hurry(x, w.Author, hurry{shown: 1, trusted: true, why: "fire"})
		w.sign(x, "pr")
		w.stands(x, "in_review")
		w.sign(x, "pr")
		w.stands(x, "scheduled")
		w.withdraw(w.items[0], w.Curator)
		w.wait(7 * time.Hour)
		w.work(true)
		w.stands(x, "draft")
	})
}

// TestStoryOfASignatureTakenBack: what an admin takes back counts no more, and is given again.
func TestStoryOfASignatureTakenBack(t *testing.T) {
	story(t, func(w *world) {
		x := w.posts[0]
		w.rewrite(x, w.Author, redraft{in: time.Hour})
		w.hand(x, w.Author, false, 1)
		w.judges(x, saying{who: w.Legal, verdict: "approve", requirement: "legal", shown: 1})
		w.sign(x, "pr")
		w.stands(x, "scheduled")
		w.strike(x, 0, w.Author)
		w.strike(x, 0, w.Admin)
		w.stands(x, "in_review")
		w.strike(x, 0, w.Admin)
		w.judges(x, saying{who: w.Legal, verdict: "approve", requirement: "legal", shown: 1})
		w.stands(x, "scheduled")
	})
}

// TestStoryOfALoanToWhoSeesNothingAnyMore: who was lent a signature lost every role that reads what
// others wrote, and is not told more than that it is not there.
func TestStoryOfALoanToWhoSeesNothingAnyMore(t *testing.T) {
	story(t, func(w *world) {
		w.lend(w.Both, w.Both, w.PR, "approver:pr", 0, 720*time.Hour)
		w.grant(w.PR, []advocacy.Role{"employee"})
		w.hand(w.posts[0], w.Author, false, 1)
		w.hand(w.posts[1], w.Both, false, 1)
		w.checkAnswer(w.posts[0])
		w.checkAnswer(w.posts[1])
	})
}

// TestStoriesAreToldAsTheyAreWritten: what a run prints is what these tests are written in.
func TestStoriesAreToldAsTheyAreWritten(t *testing.T) {
	story(t, func(w *world) {
		w.told = nil
		w.rewrite(w.posts[0], w.Both, redraft{places: w.places[:1], newRound: true})
		w.judges(w.items[0], saying{who: w.Legal, verdict: advocacy.Reject, requirement: "legal", shown: 1})
		w.stop(advocacy.HoldPerson, string(w.Author))
		w.lift(w.holds[0])
		w.grant(w.Legal, []advocacy.Role{advocacy.RoleLegal})
		w.enact(policy{legal: 2, pr: 1, ttl: 2 * time.Hour})
		w.order(w.PR, advocacy.Approve, "pr", []*writing{w.items[0]})
		want := []string{
			`w.rewrite(w.posts[0], w.Both, redraft{places: []advocacy.AccountID{w.places[0]}, newRound: true})`,
			`w.judges(w.items[0], saying{who: w.Legal, verdict: "reject", requirement: "legal", shown: 1})`,
			`w.stop("person", string(w.Author))`,
			`w.lift(w.holds[0])`,
			`w.grant(w.Legal, []advocacy.Role{"approver:legal"})`,
			`w.enact(policy{legal: 2, pr: 1, ttl: 2 * time.Hour})`,
			`w.order(w.PR, "approve", "pr", []*writing{w.items[0]})`,
		}
		for i, line := range want {
			if i >= len(w.told) || w.told[i] != line {
				t.Fatalf("told as %q, want %s", w.told, line)
			}
		}
	})
}

// TestStoryOfAnUnknownThatIsRecalled: nobody knew how it ended, and it was recalled. The model took the time of
// the recall for when its turn began.
func TestStoryOfAnUnknownThatIsRecalled(t *testing.T) {
	story(t, func(w *world) {
		x := w.posts[0]
		w.answer("unknown_outcome")
		w.through(x)
		w.work(false)
		w.wait(time.Minute)
		w.recall(x, w.PR)
	})
}
