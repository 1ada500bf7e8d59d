package advocacy_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// story is one post and everything known about it. Its methods do what the use cases
// do, and nothing decides in them but the functions of package advocacy.
type story struct {
	post         *advocacy.Post
	head         *advocacy.Revision
	review       *advocacy.Review
	decisions    []advocacy.Decision
	publications []advocacy.Publication
	members      map[advocacy.PersonID]*advocacy.Member
	minute       int
}

// postAt tells the shortest honest life that ends in the state.
func postAt(t *testing.T, state advocacy.PostState) *story {
	t.Helper()
	s := &story{
		post:    &advocacy.Post{Workspace: house, ID: aPost, Author: ann, Head: 1, Round: 1},
		head:    &advocacy.Revision{Number: 1, Digest: bytesOf("one"), Contributors: []advocacy.PersonID{ann}},
		review:  aCase().Review,
		members: everybody(),
		minute:  10,
	}
	s.live(state)
	if got := s.state(); got != state {
		t.Fatalf("the facts of %s are those of %s", state, got)
	}
	return s
}

func (s *story) live(state advocacy.PostState) {
	switch state {
	case advocacy.PostDraft:
		// Submitted, half signed, edited: the hardest kind of draft.
		s.decisions = []advocacy.Decision{signed(1, lena, "legal")}
		s.review.State = advocacy.ReviewSuperseded
		s.post.Head, s.head.Number, s.head.Digest = 2, 2, bytesOf("two")
	case advocacy.PostInReview:
	case advocacy.PostChangesRequested:
		s.decisions = []advocacy.Decision{said(1, lena, advocacy.RequestChanges, "legal")}
		s.review.State = advocacy.ReviewChangesRequested
	case advocacy.PostRejected:
		s.decisions = []advocacy.Decision{said(1, lena, advocacy.Reject, "legal")}
		s.review.State = advocacy.ReviewRejected
	case advocacy.PostReviewExpired:
		s.review.State = advocacy.ReviewExpired
	case advocacy.PostUnroutable:
		s.review.Plan = s.review.Plan.Join(planOf(asks("medical", 1)))
		s.review.State = advocacy.ReviewUnroutable
	case advocacy.PostWithdrawn:
		s.post.Withdrawn, s.review.State = true, advocacy.ReviewWithdrawn
	default:
		s.decisions = []advocacy.Decision{signed(1, lena, "legal"), signed(2, paul, "pr")}
		s.review.State = advocacy.ReviewApproved
		s.publish(state)
	}
}

// publish gives the approved post the publications that its state speaks of.
func (s *story) publish(state advocacy.PostState) {
	for i, x := range map[advocacy.PostState][]advocacy.PublicationState{
		advocacy.PostApproved:           {advocacy.Cancelled},
		advocacy.PostScheduled:          {advocacy.Scheduled, advocacy.Claimed},
		advocacy.PostPublishing:         {advocacy.Sending, advocacy.Scheduled},
		advocacy.PostPublished:          {advocacy.Published, advocacy.Published},
		advocacy.PostPartiallyPublished: {advocacy.Published, advocacy.Refused},
		advocacy.PostFailed:             {advocacy.Refused, advocacy.Expired},
		advocacy.PostRecalled:           {advocacy.Recalled, advocacy.Recalled},
	}[state] {
		s.publications = append(s.publications, advocacy.Publication{
			Workspace: house, ID: advocacy.PublicationID(fmt.Sprint("x", i)), Post: aPost, Revision: 1, Round: 1,
			Digest: s.head.Digest, State: x,
		})
	}
}

// headReview is the newest round when it is about the head.
func (s *story) headReview() *advocacy.Review {
	if s.review.Revision != s.post.Head {
		return nil
	}
	return s.review
}

func (s *story) state() advocacy.PostState {
	return advocacy.StateOf(s.post, s.headReview(), s.publications)
}

func (s *story) caseNow() *advocacy.Case {
	sent := slices.ContainsFunc(s.publications, func(x advocacy.Publication) bool {
		return x.State == advocacy.Sending || x.State == advocacy.Unknown || x.State == advocacy.Published
	})
	return &advocacy.Case{
		Review: s.review, Head: s.post.Head, HeadDigest: s.head.Digest, Contributors: s.head.Contributors,
		Decisions: s.decisions, Members: s.members, Sent: sent && s.review.State == advocacy.ReviewApproved, Now: at(s.minute),
	}
}

func (s *story) edit(actor advocacy.Actor, newRound bool) error {
	if err := s.post.GuardEdit(actor, s.state(), newRound); err != nil {
		return err
	}
	s.post.Head++
	s.head = &advocacy.Revision{Number: s.post.Head, Digest: bytesOf(fmt.Sprint(s.post.Head)), Contributors: s.head.Contributors}
	if err := s.end(advocacy.ReviewSuperseded); err != nil {
		return err
	}
	return s.cancelUnsent()
}

// end moves the round to a final state unless it reached one.
func (s *story) end(to advocacy.ReviewState) error {
	if s.review.State == advocacy.ReviewSuperseded || s.review.State == advocacy.ReviewWithdrawn {
		return nil
	}
	return s.review.Move(to)
}

func (s *story) cancelUnsent() error {
	for i := range s.publications {
		x := &s.publications[i]
		if x.State != advocacy.Scheduled && x.State != advocacy.Claimed {
			continue
		}
		if err := x.Apply(advocacy.EventCancel); err != nil {
			return err
		}
	}
	return nil
}

func (s *story) submit(actor advocacy.Actor, shown advocacy.Digest) error {
	if err := s.post.GuardSubmit(actor, s.head, s.state(), shown); err != nil {
		return err
	}
	if err := s.end(advocacy.ReviewSuperseded); err != nil {
		return err
	}
	s.post.Round++
	s.review = &advocacy.Review{
		Subject: s.post.Subject(), Round: s.post.Round, Revision: s.post.Head, Digest: s.head.Digest,
		State: advocacy.ReviewOpen, Plan: s.review.Plan,
	}
	return s.settle()
}

// settle computes the review's state and moves it there.
func (s *story) settle() error {
	c := s.caseNow()
	to := c.Outcome(c.Tally(), len(c.Shortfalls(s.review.Plan, holdersIn(c))) == 0)
	if to == s.review.State {
		return nil
	}
	return s.review.Move(to)
}

func (s *story) decide(actor advocacy.Actor, v advocacy.Verdict, key string) error {
	before := s.review.State
	c := s.caseNow()
	c.Receipt = served(c, actor.Person)
	d, err := c.Decide(actor, advocacy.DecisionInput{
		ID: advocacy.DecisionID(fmt.Sprint("decision-", len(s.decisions)+1)), Verdict: v, Requirement: key,
		Digest: s.head.Digest, Reason: "Because.",
	})
	if err != nil {
		return err
	}
	s.decisions = append(s.decisions, d)
	s.minute++
	if err := s.settle(); err != nil {
		return err
	}
	if before == advocacy.ReviewApproved && s.review.State != advocacy.ReviewApproved {
		return s.cancelUnsent()
	}
	return nil
}

func (s *story) withdraw(actor advocacy.Actor) error {
	if err := s.post.GuardWithdraw(actor, s.state()); err != nil {
		return err
	}
	if err := s.end(advocacy.ReviewWithdrawn); err != nil {
		return err
	}
	s.post.Withdrawn = true
	return s.cancelUnsent()
}

func (s *story) recall(actor advocacy.Actor, anyones bool) error {
	if err := s.post.GuardRecall(actor, anyones, s.state()); err != nil {
		return err
	}
	for i := range s.publications {
		if x := &s.publications[i]; x.State == advocacy.Published {
			if err := x.Apply(advocacy.EventRecall); err != nil {
				return err
			}
		}
	}
	return s.cancelUnsent()
}
