package storetest

import (
	"context"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/store"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// proposal is one that is not stored.
func (h *house) proposal() *advocacy.Proposal {
	return &advocacy.Proposal{
		Workspace: h.ws, ID: advocacy.ProposalID(id("proposal")), Proposer: h.author, Content: advocacy.Content{Language: "en", Text: "Read this."},
		State: advocacy.ProposalProposed, CreateTime: start,
	}
}

// item stores a draft of a library item.
func (h *house) item() advocacy.ItemID {
	h.t.Helper()
	i := &advocacy.LibraryItem{Workspace: h.ws, ID: advocacy.ItemID(id("item")), Owner: h.author, State: advocacy.ItemDraft}
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddItem(ctx, i) })
	return i.ID
}

var proposalTrip = trip[advocacy.Proposal]{
	fix: func(t *rapid.T, h *house, p *advocacy.Proposal) {
		p.Workspace, p.ID, p.Topic, p.Item = h.ws, advocacy.ProposalID(id("proposal")), "", ""
		if p.Proposer = some(t, []advocacy.PersonID{"", h.author}, "proposer"); p.Proposer != "" {
			p.Feed = ""
		} else if p.Feed == "" {
			p.Feed = "f"
		}
		p.Answerer = some(t, []advocacy.PersonID{"", h.approver}, "answerer")
		if p.State = some(t, advocacy.ProposalStates(), "state"); p.State == advocacy.ProposalAccepted {
			p.Item = h.item()
		}
	},
	add: func(ctx context.Context, tx workflow.Tx, p *advocacy.Proposal) error {
		for _, m := range p.Content.Pictures() {
			if err := tx.AddMedia(ctx, &advocacy.Media{Workspace: p.Workspace, Blob: m.Blob}); err != nil {
				return err
			}
		}
		// What is answered never changes again.
		p.State, p.Item = advocacy.ProposalProposed, ""
		return tx.AddProposal(ctx, p)
	},
	save: func(ctx context.Context, tx workflow.Tx, p *advocacy.Proposal) error { return tx.SaveProposal(ctx, p) },
	read: func(ctx context.Context, s *store.Store, p *advocacy.Proposal) (*advocacy.Proposal, error) {
		return s.Proposal(ctx, p.Workspace, p.ID)
	},
	change: func(was, next *advocacy.Proposal) {
		state, item, answerer, reason, at := next.State, next.Item, next.Answerer, next.Reason, next.AnswerTime
		*next = *was
		next.State, next.Item, next.Answerer, next.Reason, next.AnswerTime = state, item, answerer, reason, at
	},
}

// answeredOnce holds that of two answers one is kept, and that the database itself lets no
// answer change.
func answeredOnce(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	p := h.proposal()
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddProposal(ctx, p) })
	declined, withdrawn := *p, *p
	if err := declined.Decline(h.approver, "No.", start); err != nil {
		t.Fatal(err)
	}
	if err := withdrawn.Withdraw(h.author, start); err != nil {
		t.Fatal(err)
	}
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.SaveProposal(ctx, &declined) })
	h.refused(advocacy.Conflict, "PROPOSAL_CHANGED", func(ctx context.Context, tx workflow.Tx) error {
		return tx.SaveProposal(ctx, &withdrawn)
	})
	withdrawn.Version = declined.Version
	err := s.Update(ctx(t), func(ctx context.Context, tx workflow.Tx) error { return tx.SaveProposal(ctx, &withdrawn) })
	if err == nil {
		t.Error("the database accepted a second answer")
	}
	got, err := s.Proposal(ctx(t), h.ws, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	same(t, &declined, got)
}

// openProposals holds what a person is told to have open: nobody else's, nothing answered,
// and no more than is asked for.
func openProposals(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		for n := range 4 {
			p := h.proposal()
			if n == 3 {
				p.Proposer = h.approver
			}
			if err := tx.AddProposal(ctx, p); err != nil {
				return err
			}
			if n == 0 {
				if err := p.Withdraw(h.author, start.Add(time.Hour)); err != nil {
					return err
				}
				if err := tx.SaveProposal(ctx, p); err != nil {
					return err
				}
			}
		}
		return nil
	})
	for most, want := range map[int]int{1: 1, 2: 2, 9: 2} {
		if open, err := s.OpenProposals(ctx(t), h.ws, h.author, most); err != nil || open != want {
			t.Errorf("of at most %d open proposals it says %d, want %d: %v", most, open, want, err)
		}
	}
}
