package advocacy_test

import (
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// TestOpenedIsInDoubt: who was given it may have published it, so whatever stops it then leaves it
// unknown, and only that person's word ends the doubt.
func TestOpenedIsInDoubt(t *testing.T) {
	t.Parallel()
	for event, want := range map[advocacy.PublicationEvent][2]advocacy.PublicationState{
		advocacy.EventCancel:    {advocacy.Cancelled, advocacy.Unknown},
		advocacy.EventExpire:    {advocacy.Expired, advocacy.Unknown},
		advocacy.EventPublished: {advocacy.Published, advocacy.Published},
		advocacy.EventRefused:   {advocacy.Refused, advocacy.Refused},
	} {
		for i, opened := range []bool{false, true} {
			p := &advocacy.Publication{State: advocacy.HandedOver}
			if opened {
				if err := p.Apply(advocacy.EventOpen); err != nil || !p.Begun() || !p.Unsent() {
					t.Fatalf("opened: %v, begun %t, unsent %t", err, p.Begun(), p.Unsent())
				}
			}
			if err := p.Apply(event); err != nil || p.State != want[i] || p.Doubt {
				t.Errorf("%s, opened %t: %s, in doubt %t, %v; want %s", event, opened, p.State, p.Doubt, err, want[i])
			}
		}
	}
}

func TestHandoffDeadline(t *testing.T) {
	t.Parallel()
	now := at(10)
	for name, c := range map[string]struct{ end, want time.Time }{
		"no window":                {time.Time{}, now.Add(72 * time.Hour)},
		"a window that ends later": {now.Add(73 * time.Hour), now.Add(72 * time.Hour)},
		"one that ends before":     {now.Add(time.Hour), now.Add(time.Hour)},
	} {
		if got := (&advocacy.Publication{EndTime: c.end}).HandoffDeadline(now); !got.Equal(c.want) {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestGuardHandoff(t *testing.T) {
	t.Parallel()
	brand := &advocacy.SocialAccount{Owner: ann, Deputy: bob}
	own := &advocacy.SocialAccount{Owner: ann, Deputy: bob, Personal: true}
	machine := human(ann)
	machine.Kind = advocacy.Machine
	for _, c := range []struct {
		name    string
		account *advocacy.SocialAccount
		actor   advocacy.Actor
		want    string
	}{
		{"the owner of a brand's", brand, human(ann), ""}, {"its deputy", brand, human(bob), ""},
		{"somebody else", brand, human(lou), "NOT_HANDOFF_PERSON"},
		{"the owner of a personal one", own, human(ann), ""}, {"its deputy, who does not speak for a person", own, human(bob), "NOT_HANDOFF_PERSON"},
		{"a key of the owner", own, machine, "MACHINE_CANNOT_PUBLISH_BY_HAND"},
		{"nobody's deputy", &advocacy.SocialAccount{Owner: ann}, advocacy.Actor{Kind: advocacy.Human}, "NOT_HANDOFF_PERSON"},
	} {
		if err := c.account.GuardHandoff(c.actor); advocacy.ReasonOf(err) != c.want {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func TestGuardOpen(t *testing.T) {
	t.Parallel()
	for _, s := range advocacy.PublicationStates() {
		p := &advocacy.Publication{State: s, LeaseTime: at(10)}
		waits := s == advocacy.HandedOver
		for now, want := range map[int]string{9: "", 10: "HANDOFF_OVER", 11: "HANDOFF_OVER"} {
			if !waits {
				want = "HANDOFF_CLOSED"
			}
			if err := p.GuardOpen(at(now)); advocacy.ReasonOf(err) != want {
				t.Errorf("%s at %d: %v, want %q", s, now, err, want)
			}
		}
		want := "HANDOFF_CLOSED"
		if waits || s == advocacy.Unknown {
			want = ""
		}
		if err := p.GuardAnswer(); advocacy.ReasonOf(err) != want {
			t.Errorf("an answer to %s: %v, want %q", s, err, want)
		}
	}
}
