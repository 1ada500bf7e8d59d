package workflow_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network/wall"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// propose keeps a proposal of a text.
func propose(t *testing.T, h *workflowtest.House, who advocacy.PersonID, text string) *advocacy.Proposal {
	t.Helper()
	p, err := h.Flow.Propose(t.Context(), h.As(who), h.W, workflow.ProposalDraft{Content: advocacy.Content{Language: "en", Text: text}})
	ok(t, err)
	return p
}

func proposalName(p *advocacy.Proposal, err error) (string, error) {
	if err != nil {
		return "", err
	}
	return p.Name(), nil
}

// acceptProposal makes a draft for the wall of a proposal.
func acceptProposal(t *testing.T, h *workflowtest.House, p *advocacy.Proposal) *workflow.ItemView {
	t.Helper()
	p, err := h.Flow.AcceptProposal(t.Context(), h.As(h.Curator), h.W, p.ID, workflow.Acceptance{Networks: []advocacy.Network{wall.Name}})
	ok(t, err)
	return item(t, h, p.Item, advocacy.ItemDraft, 0)
}

// TestProposerWroteSomeOfIt: an accepted proposal is a draft, whose proposer is credited for
// it and signs neither it nor what follows it.
func TestProposerWroteSomeOfIt(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	v := acceptProposal(t, h, propose(t, h, h.Both, "Come and see."))
	if v.Item.Owner != h.Curator || v.Item.Proposer != h.Both {
		t.Errorf("%s owns it, and %s is credited", v.Item.Owner, v.Item.Proposer)
	}
	if want := []advocacy.PersonID{h.Curator, h.Both}; !slices.Equal(v.Revision.Contributors, want) {
		t.Errorf("%v wrote it, want %v", v.Revision.Contributors, want)
	}
	v = reviseItem(t, h, v, "Come and see our lab.")
	ok(t, submitItem(t, h, v))
	for _, requirement := range []string{"legal", "pr"} {
		refuses(t, h, advocacy.Denied, "SELF_REVIEW", func() error { return decideItem(t, h, h.Both, v, requirement, advocacy.Approve) })
	}
	signItem(t, h, v)
	if v = item(t, h, v.Item.ID, advocacy.ItemApproved, 2); v.Item.Proposer != h.Both {
		t.Errorf("%q is credited for what is in force", v.Item.Proposer)
	}
}

// TestTitleOfProposal: an item is called as the curator says, else as the proposer does, else
// as it begins.
func TestTitleOfProposal(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	long := strings.Repeat("é", 500)
	for name, c := range map[string]struct {
		draft workflow.ProposalDraft
		said  string
		want  string
	}{
		"the curator's word": {workflow.ProposalDraft{Title: "Theirs", Content: advocacy.Content{Text: "Text."}}, "Ours", "Ours"},
		"the proposer's":     {workflow.ProposalDraft{Title: "Theirs", Content: advocacy.Content{Text: "Text."}}, "", "Theirs"},
		"the first line":     {workflow.ProposalDraft{Content: advocacy.Content{Text: "\n\nFirst.\nSecond."}}, "", "First."},
		"the link":           {workflow.ProposalDraft{Content: advocacy.Content{Link: "https://acme.test/"}}, "", "https://acme.test/"},
		"no more than fits":  {workflow.ProposalDraft{Content: advocacy.Content{Text: long}}, "", strings.Repeat("é", 159) + "…"},
	} {
		c.draft.Content.Language = "en"
		p, err := h.Flow.Propose(t.Context(), h.As(h.Author), h.W, c.draft)
		ok(t, err)
		p, err = h.Flow.AcceptProposal(t.Context(), h.As(h.Curator), h.W, p.ID, workflow.Acceptance{Title: c.said})
		ok(t, err)
		if v := item(t, h, p.Item, advocacy.ItemDraft, 0); v.Item.Title != c.want || v.Item.Topic != advocacy.DefaultTopic {
			t.Errorf("%s: it is called %q on %s", name, v.Item.Title, v.Item.Topic)
		}
	}
}

// TestNobodySeesOthersProposals: a proposal is its proposer's and of who answers; for
// everybody else it is not there, whatever they call.
func TestNobodySeesOthersProposals(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	p, theirs := propose(t, h, h.Author, "Mine."), propose(t, h, h.Reader, "Theirs.")
	missing := func(call func(c workflow.Call) error) {
		t.Helper()
		refuses(t, h, advocacy.NotFound, "PROPOSAL_NOT_FOUND", func() error { return call(h.As(h.Reader)) })
	}
	missing(func(c workflow.Call) error { _, err := h.Flow.Proposal(t.Context(), c, h.W, p.ID); return err })
	missing(func(c workflow.Call) error {
		_, err := h.Flow.WithdrawProposal(t.Context(), c, h.W, p.ID, 0)
		return err
	})
	missing(func(c workflow.Call) error {
		_, err := h.Flow.DeclineProposal(t.Context(), c, h.W, p.ID, 0, "x")
		return err
	})
	missing(func(c workflow.Call) error {
		_, err := h.Flow.AcceptProposal(t.Context(), c, h.W, p.ID, workflow.Acceptance{})
		return err
	})
	for _, c := range []struct {
		who, proposer advocacy.PersonID
		want          []advocacy.ProposalID
	}{
		{h.Author, "", []advocacy.ProposalID{p.ID}},
		{h.Author, h.Author, []advocacy.ProposalID{p.ID}},
		{h.Author, h.Reader, nil},
		{h.Reader, "", []advocacy.ProposalID{theirs.ID}},
		{h.Curator, "", []advocacy.ProposalID{theirs.ID, p.ID}},
		{h.Curator, h.Author, []advocacy.ProposalID{p.ID}},
		{h.Auditor, "", []advocacy.ProposalID{theirs.ID, p.ID}},
	} {
		all, _, err := h.Flow.Proposals(t.Context(), h.As(c.who), workflow.ProposalQuery{
			Workspace: h.W, Proposer: c.proposer, Page: workflow.Page{Size: 10},
		})
		ok(t, err)
		var got []advocacy.ProposalID
		for i := range all {
			got = append(got, all[i].ID)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s lists of %q: %s", c.who, c.proposer, diff)
		}
	}
}

// TestTopicOfProposal: nobody learns by proposing which closed topics there are.
func TestTopicOfProposal(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	_, err := h.Flow.CreateTopic(t.Context(), h.As(h.Curator), h.W, workflow.TopicDraft{
		ID: "board", DisplayName: "Board", Closed: true, Members: []advocacy.PersonID{h.Author},
	})
	ok(t, err)
	onto := func(who advocacy.PersonID, topic advocacy.TopicID) error {
		_, err := h.Flow.Propose(t.Context(), h.As(who), h.W, workflow.ProposalDraft{Content: advocacy.Content{Language: "en", Text: "x"}, Topic: topic})
		return err
	}
	ok(t, onto(h.Author, "board"))
	hidden := refuses(t, h, advocacy.Invalid, "TOPIC_NOT_FOUND", func() error { return onto(h.Reader, "board") })
	absent := refuses(t, h, advocacy.Invalid, "TOPIC_NOT_FOUND", func() error { return onto(h.Reader, "none") })
	if strings.ReplaceAll(hidden.Message, "board", "none") != absent.Message || hidden.Field != absent.Field {
		t.Errorf("a hidden topic: %v; one that is not there: %v", hidden, absent)
	}
}

// TestProposedPictureStays: a picture that waits in a proposal is not swept away.
func TestProposedPictureStays(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	data := []byte("not looked at here")
	m, err := h.Flow.AddMedia(t.Context(), h.As(h.Author), h.W, workflow.Accepted{
		Blob: string(advocacy.DigestOf(data)), ContentType: "image/png", Width: 1, Height: 1, Data: data,
	})
	ok(t, err)
	p, err := h.Flow.Propose(t.Context(), h.As(h.Author), h.W, workflow.ProposalDraft{Content: advocacy.Content{
		Language: "en", Text: "Look.", Media: []advocacy.MediaRef{{Blob: m.Blob, AltText: "Something"}},
	}})
	ok(t, err)
	h.Clock.Advance(365 * 24 * time.Hour)
	swept, err := h.Flow.SweepMedia(t.Context())
	ok(t, err)
	if swept != (workflow.SweptMedia{}) {
		t.Errorf("swept %+v", swept)
	}
	if v := acceptProposal(t, h, p); len(v.Revision.Content.Media) != 1 || v.Revision.Content.Media[0].ContentType != "image/png" {
		t.Errorf("the draft shows %+v", v.Revision.Content.Media)
	}
}

// TestOpenProposalsRace: of several calls at once that would each be the last one allowed, all but
// one are refused.
func TestOpenProposalsRace(t *testing.T) {
	onBoth(t, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) {
		for range advocacy.MaximumOpenProposals - 1 {
			propose(t, h, h.Author, "One more.")
		}
		for range 10 {
			made, calls := make([]*advocacy.Proposal, 6), make([]func() error, 6)
			for i := range calls {
				calls[i] = func() (err error) {
					made[i], err = h.Flow.Propose(t.Context(), h.As(h.Author), h.W, workflow.ProposalDraft{Content: advocacy.Content{Language: "en", Text: "Last."}})
					return err
				}
			}
			kept := 0
			for i, err := range together(calls...) {
				if err == nil {
					kept++
					_, err = h.Flow.WithdrawProposal(t.Context(), h.As(h.Author), h.W, made[i].ID, 0)
					ok(t, err)
				} else if advocacy.ReasonOf(err) != "PROPOSALS_TOO_MANY" {
					t.Fatal(err)
				}
			}
			if kept != 1 {
				t.Fatalf("%d of %d were kept", kept, len(calls))
			}
		}
	})
}
