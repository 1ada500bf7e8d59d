package advocacy_test

import (
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// postCommands are the columns of testdata/transitions.txt: an action and who takes it.
var postCommands = map[string]func(*story) error{
	"edit:author":           func(s *story) error { return s.edit(human(ann), false) },
	"edit:other":            func(s *story) error { return s.edit(human(bob), false) },
	"edit_new_round:author": func(s *story) error { return s.edit(human(ann), true) },
	"submit:author":         func(s *story) error { return s.submit(human(ann), s.head.Digest) },
	"submit:other":          func(s *story) error { return s.submit(human(bob), s.head.Digest) },
	"submit_stale:author":   func(s *story) error { return s.submit(human(ann), bytesOf("what was shown before")) },
	"withdraw:author":       func(s *story) error { return s.withdraw(human(ann)) },
	"withdraw:admin": func(s *story) error {
		actor := human(adam)
		actor.Roles = []advocacy.Role{advocacy.RoleAdmin}
		return s.withdraw(actor)
	},
	"withdraw:other":        func(s *story) error { return s.withdraw(human(bob)) },
	"recall:author":         func(s *story) error { return s.recall(human(ann), false) },
	"recall:pr":             func(s *story) error { return s.recall(human(paul), true) },
	"recall:other":          func(s *story) error { return s.recall(human(bob), false) },
	"approve:legal":         func(s *story) error { return s.decide(human(lou), advocacy.Approve, "legal") },
	"approve:pr":            func(s *story) error { return s.decide(human(pia), advocacy.Approve, "pr") },
	"approve:author":        func(s *story) error { return s.decide(human(ann), advocacy.Approve, "legal") },
	"approve:employee":      func(s *story) error { return s.decide(human(bob), advocacy.Approve, "legal") },
	"approve:machine":       approveByMachine,
	"request_changes:legal": func(s *story) error { return s.decide(human(lou), advocacy.RequestChanges, "legal") },
	"reject:legal":          func(s *story) error { return s.decide(human(lou), advocacy.Reject, "legal") },
	"retract:legal":         retractOwn,
	"recuse:legal":          func(s *story) error { return s.decide(human(lena), advocacy.Recuse, "legal") },
	"expire":                func(s *story) error { return s.review.Move(advocacy.ReviewExpired) },
	"last_approve": func(s *story) error {
		s.decisions = append(s.decisions, signed(s.minute, pia, "pr"))
		s.minute++
		return s.decide(human(lou), advocacy.Approve, "legal")
	},
}

func approveByMachine(s *story) error {
	actor := human(lou)
	actor.Kind, actor.Key, actor.Session = advocacy.Machine, "key", ""
	return s.decide(actor, advocacy.Approve, "legal")
}

// retractOwn takes back Lena's own word, which she gave if she had given none.
func retractOwn(s *story) error {
	if len(s.decisions) == 0 {
		s.decisions = append(s.decisions, signed(1, lena, "legal"))
	}
	return s.decide(human(lena), advocacy.Retract, "legal")
}

func TestPostTransitions(t *testing.T) {
	t.Parallel()
	checkGrid(t, "testdata/transitions.txt", "state", names(advocacy.PostStates()), columnsOf(postCommands),
		func(t *testing.T, row, column string) string {
			s := postAt(t, advocacy.PostState(row))
			err := postCommands[column](s)
			return outcome(s.state(), err)
		})
}

// TestRefusalsChangeNothing: whatever is refused leaves every fact as it was.
func TestRefusalsChangeNothing(t *testing.T) {
	t.Parallel()
	for _, state := range advocacy.PostStates() {
		for name, command := range postCommands {
			s := postAt(t, state)
			if err := command(s); err != nil && s.state() != state {
				t.Errorf("%s under %s was refused with %v and is %s now", state, name, err, s.state())
			}
		}
	}
}

// itemCommands are the columns of testdata/items.txt. An item has no author: whoever may
// write items submits them, and what was in force stays so.
var itemCommands = map[string]func(*shelf) error{
	"submit:curator": func(s *shelf) error {
		return s.item.GuardSubmitItem(s.head, s.state(), s.head.Digest)
	},
	"submit_stale:curator": func(s *shelf) error {
		return s.item.GuardSubmitItem(s.head, s.state(), bytesOf("what was shown before"))
	},
	"approve:legal":         func(s *shelf) error { return s.decide(human(lou), advocacy.Approve) },
	"approve:curator":       func(s *shelf) error { return s.decide(human(ann), advocacy.Approve) },
	"request_changes:legal": func(s *shelf) error { return s.decide(human(lou), advocacy.RequestChanges) },
	"reject:legal":          func(s *shelf) error { return s.decide(human(lou), advocacy.Reject) },
	"retract:legal":         func(s *shelf) error { return s.decide(human(lena), advocacy.Retract) },
	"expire":                func(s *shelf) error { return s.review.Move(advocacy.ReviewExpired) },
}

// shelf is an item whose head asks for one signature of legal.
type shelf struct {
	story
	item *advocacy.LibraryItem
}

func itemAt(t *testing.T, state advocacy.ItemState) *shelf {
	t.Helper()
	s := &shelf{
		story: story{
			post:    &advocacy.Post{Head: 1},
			head:    &advocacy.Revision{Number: 1, Digest: bytesOf("one"), Contributors: []advocacy.PersonID{ann}},
			review:  aCase().Review,
			members: everybody(), minute: 10,
		},
		item: &advocacy.LibraryItem{Workspace: house, ID: "item", Head: 1, Round: 1, Owner: ann},
	}
	s.review.Subject, s.review.Plan = s.item.Subject(), planOf(asks("legal", 1))
	switch state {
	case advocacy.ItemApproved:
		s.decisions, s.review.State = []advocacy.Decision{signed(1, lena, "legal")}, advocacy.ReviewApproved
	case advocacy.ItemWithdrawn:
		s.item.Withdrawn, s.review.State = true, advocacy.ReviewWithdrawn
	default:
		s.live(advocacy.PostState(state))
	}
	if got := s.state(); got != state {
		t.Fatalf("the facts of %s are those of %s", state, got)
	}
	return s
}

func (s *shelf) state() advocacy.ItemState { return advocacy.ItemStateOf(s.item, s.headReview()) }

func (s *shelf) decide(actor advocacy.Actor, v advocacy.Verdict) error {
	return s.story.decide(actor, v, "legal")
}

func TestItemTransitions(t *testing.T) {
	t.Parallel()
	checkGrid(t, "testdata/items.txt", "state", names(advocacy.ItemStates()), columnsOf(itemCommands),
		func(t *testing.T, row, column string) string {
			s := itemAt(t, advocacy.ItemState(row))
			err := itemCommands[column](s)
			if err == nil && (column == "submit:curator" || column == "submit_stale:curator") {
				s.review = &advocacy.Review{
					Subject: s.item.Subject(), Round: 2, Revision: s.post.Head, Digest: s.head.Digest,
					State: advocacy.ReviewOpen, Plan: s.review.Plan,
				}
				err = s.settle()
			}
			return outcome(s.state(), err)
		})
}

func TestReviewMoves(t *testing.T) {
	t.Parallel()
	states := names(advocacy.ReviewStates())
	checkGrid(t, "testdata/reviews.txt", "from", states, states, func(_ *testing.T, from, to string) string {
		r := &advocacy.Review{State: advocacy.ReviewState(from)}
		err := r.Move(advocacy.ReviewState(to))
		return outcome(r.State, err)
	})
	for _, s := range append(states, "a state nobody knows") {
		r := &advocacy.Review{State: advocacy.ReviewState(s)}
		if err := r.Move("a state nobody knows"); err == nil {
			t.Errorf("%s moved to a state nobody knows", s)
		}
	}
}

func TestPublicationMoves(t *testing.T) {
	t.Parallel()
	checkGrid(t, "testdata/publications.txt", "state", names(advocacy.PublicationStates()), names(advocacy.PublicationEvents()),
		func(_ *testing.T, state, event string) string {
			p := &advocacy.Publication{State: advocacy.PublicationState(state)}
			err := p.Apply(advocacy.PublicationEvent(event))
			if err != nil && p.State != advocacy.PublicationState(state) {
				t.Errorf("%s was refused from %s and changed it to %s", event, state, p.State)
			}
			return outcome(p.State, err)
		})
	if err := (&advocacy.Publication{State: "sent"}).Apply(advocacy.EventPublished); advocacy.ReasonOf(err) != "PUBLICATION_STATE" {
		t.Errorf("a state nobody knows: %v, want PUBLICATION_STATE", err)
	}
}

// TestDoubt: what may be out is never called stopped, and doubt ends with an ending.
func TestDoubt(t *testing.T) {
	t.Parallel()
	for _, s := range advocacy.PublicationStates() {
		for _, e := range advocacy.PublicationEvents() {
			sure, doubted := &advocacy.Publication{State: s}, &advocacy.Publication{State: s, Doubt: true}
			if sure.Apply(e) != nil {
				continue
			}
			if err := doubted.Apply(e); err != nil {
				t.Errorf("%s of %s: %v", e, s, err)
			}
			want := sure.State
			if want == advocacy.Cancelled || want == advocacy.Expired || want == advocacy.Refused && s == advocacy.Claimed {
				want = advocacy.Unknown
			}
			waits := want == advocacy.Scheduled || want == advocacy.Claimed || want == advocacy.Sending || want == advocacy.HandedOver
			if doubted.State != want || doubted.Doubt != waits {
				t.Errorf("%s of %s in doubt: %s, doubted %t", e, s, doubted.State, doubted.Doubt)
			}
		}
	}
}

// TestNoWayBackToARequest: once a request may have begun, only proof that nothing was
// created, or a person's word, leads to another one (I18).
func TestNoWayBackToARequest(t *testing.T) {
	t.Parallel()
	allowed := map[string]bool{
		"sending release": true, "unknown send_again": true, "refused send_again": true,
	}
	waiting := map[advocacy.PublicationState]bool{advocacy.Scheduled: true, advocacy.Claimed: true}
	for _, s := range advocacy.PublicationStates() {
		for _, e := range advocacy.PublicationEvents() {
			p := &advocacy.Publication{State: s}
			if waiting[s] || p.Apply(e) != nil || p.State == advocacy.Recalled {
				continue
			}
			again := waiting[p.State] || p.State == advocacy.Sending
			if again != allowed[string(s)+" "+string(e)] {
				t.Errorf("%s goes from %s to %s", e, s, p.State)
			}
		}
	}
}
