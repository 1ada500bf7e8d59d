package advocacy_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

var answered = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

// proposalCommands are the columns of testdata/proposals.txt.
var proposalCommands = map[string]func(*advocacy.Proposal) error{
	"accept:curator":    func(p *advocacy.Proposal) error { return p.Accept(bob, "item", "Thank you.", answered) },
	"decline:curator":   func(p *advocacy.Proposal) error { return p.Decline(bob, "We said this last week.", answered) },
	"withdraw:proposer": func(p *advocacy.Proposal) error { return p.Withdraw(ann, answered) },
	"withdraw:curator":  func(p *advocacy.Proposal) error { return p.Withdraw(bob, answered) },
}

func TestProposalTransitions(t *testing.T) {
	t.Parallel()
	checkGrid(t, "testdata/proposals.txt", "state", names(advocacy.ProposalStates()), columnsOf(proposalCommands),
		func(t *testing.T, state, command string) string {
			p := &advocacy.Proposal{Proposer: ann, State: advocacy.ProposalState(state)}
			before := *p
			err := proposalCommands[command](p)
			if diff := cmp.Diff(before, *p); err != nil && diff != "" {
				t.Errorf("%s was refused from %s and changed it: %s", command, state, diff)
			}
			if err == nil && !p.AnswerTime.Equal(answered) {
				t.Errorf("%s from %s does not say when", command, state)
			}
			return outcome(p.State, err)
		})
	for _, e := range append(advocacy.ProposalEvents(), "an event nobody knows") {
		if err := (&advocacy.Proposal{State: "a state nobody knows"}).Apply(e); advocacy.ReasonOf(err) != "PROPOSAL_ANSWERED" {
			t.Errorf("%s from a state nobody knows: %v", e, err)
		}
	}
}

// TestWhatIsProposed: a proposal says something, and nobody fills the tray alone.
func TestWhatIsProposed(t *testing.T) {
	t.Parallel()
	said := advocacy.Content{Language: "en", Text: "Read this."}
	for name, c := range map[string]struct {
		content advocacy.Content
		open    int
		want    string
	}{
		"a text":                {said, 0, ""},
		"a link":                {advocacy.Content{Link: "https://acme.test/"}, 0, ""},
		"the last that waits":   {said, advocacy.MaximumOpenProposals - 1, ""},
		"one more":              {said, advocacy.MaximumOpenProposals, "PROPOSALS_TOO_MANY"},
		"nothing":               {advocacy.Content{Language: "en"}, 0, "PROPOSAL_EMPTY"},
		"a picture and nothing": {advocacy.Content{Media: []advocacy.MediaRef{{Blob: "b"}}}, 0, "PROPOSAL_EMPTY"},
	} {
		if err := (&advocacy.Proposal{Content: c.content}).GuardPropose(c.open); advocacy.ReasonOf(err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// TestNobodysProposal: what nobody proposed, nobody takes back.
func TestNobodysProposal(t *testing.T) {
	t.Parallel()
	p := &advocacy.Proposal{State: advocacy.ProposalProposed}
	if err := p.Withdraw("", answered); advocacy.ReasonOf(err) != "NOT_THE_PROPOSER" {
		t.Errorf("%v", err)
	}
}

// TestDeclinedForAReason: a person reads why a proposal is not wanted; what a feed brought is
// read by nobody, and declined without a word.
func TestDeclinedForAReason(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		proposer     advocacy.PersonID
		reason, want string
	}{
		{ann, "", "REASON_REQUIRED"}, {ann, " \n", "REASON_REQUIRED"}, {ann, "Old news.", ""}, {"", "", ""}, {"", "Old news.", ""},
	} {
		p := &advocacy.Proposal{State: advocacy.ProposalProposed, Proposer: c.proposer}
		if err := p.Decline(bob, c.reason, answered); advocacy.ReasonOf(err) != c.want {
			t.Errorf("declined for %q, proposed by %q: %v", c.reason, c.proposer, err)
		}
	}
}
