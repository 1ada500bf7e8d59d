package advocacy_test

import (
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// speaker is somebody of the cast about to speak of Ann's text.
func speaker(t *testing.T, p advocacy.PersonID) advocacy.Discussant {
	t.Helper()
	d, err := advocacy.NewDiscussant(human(p), &advocacy.Revision{Contributors: []advocacy.PersonID{ann, dana}}, everybody())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestWhoOpensADiscussion(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		who      advocacy.PersonID
		blocking bool
		asked    advocacy.Role
		want     advocacy.Role
		reason   string
	}{
		{"an approver", lena, false, "", advocacy.RoleLegal, ""},
		{"an approver who holds it up", lena, true, "", advocacy.RoleLegal, ""},
		{"the first of two roles", dana, true, "", advocacy.RoleLegal, ""},
		{"the role one chooses", dana, true, advocacy.RolePR, advocacy.RolePR, ""},
		{"a role one does not hold", lena, false, advocacy.RolePR, "", "NOT_IN_ROLE"},
		{"a colleague", bob, false, "", "", "NOT_AN_APPROVER"},
		{"a colleague who would hold it up", bob, true, "", "", "NOT_AN_APPROVER"},
		{"an admin", adam, true, "", "", "NOT_AN_APPROVER"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := speaker(t, tt.who).GuardOpen(tt.blocking, tt.asked)
			if got != tt.want || advocacy.ReasonOf(err) != tt.reason {
				t.Errorf("%q, %v; want %q, %s", got, err, tt.want, tt.reason)
			}
		})
	}
	wrote := speaker(t, bob)
	wrote.Wrote = true
	if role, err := wrote.GuardOpen(false, ""); role != "" || err != nil {
		t.Errorf("who wrote it: %q, %v", role, err)
	}
	if _, err := wrote.GuardOpen(true, ""); advocacy.ReasonOf(err) != "NOT_AN_APPROVER" {
		t.Errorf("who wrote it holds it up: %v", err)
	}
}

func TestMachinesDiscussNothing(t *testing.T) {
	t.Parallel()
	for _, kind := range []advocacy.ActorKind{advocacy.Machine, advocacy.System} {
		actor := human(lena)
		actor.Kind = kind
		if _, err := advocacy.NewDiscussant(actor, &advocacy.Revision{}, everybody()); advocacy.ReasonOf(err) != "MACHINE_CANNOT_DISCUSS" {
			t.Errorf("%s: %v", kind, err)
		}
	}
	if _, err := advocacy.NewDiscussant(human("stranger"), &advocacy.Revision{}, everybody()); advocacy.KindOf(err) != advocacy.Denied {
		t.Errorf("a stranger: %v", err)
	}
}

// TestWhoTurnsADiscussion (edge case 88): the opener, or the same role; never who wrote
// the words that somebody else holds up.
func TestWhoTurnsADiscussion(t *testing.T) {
	t.Parallel()
	blocking := advocacy.Thread{Opener: lena, Role: advocacy.RoleLegal, Blocking: true, State: advocacy.ThreadOpen}
	remark := blocking
	remark.Blocking = false
	plain := advocacy.Thread{Opener: bob, State: advocacy.ThreadOpen}
	left := blocking
	left.Opener, left.Role = paul, advocacy.RoleLegal // Paul was a lawyer then
	own := blocking
	own.Opener = dana
	for _, tt := range []struct {
		name            string
		thread          advocacy.Thread
		who             advocacy.PersonID
		resolve, reopen string
	}{
		{"the opener", blocking, lena, "", ""},
		{"the same role", blocking, lou, "", ""},
		{"another role", blocking, paul, "NOT_THE_OPENER", "NOT_THE_OPENER"},
		{"the author, who holds the role", blocking, ann, "SELF_REVIEW", ""},
		{"a co-author, who holds the role", blocking, dana, "SELF_REVIEW", ""},
		{"a co-author, of what is only a remark", remark, dana, "", ""},
		{"a co-author, of the own one", own, dana, "", ""},
		{"who opened it and lost the role", left, paul, "", "NOT_THE_OPENER"},
		{"who opened it without a role", plain, bob, "", ""},
		{"an approver, of one without a role", plain, lena, "NOT_THE_OPENER", "NOT_THE_OPENER"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			open, resolved := tt.thread, tt.thread
			resolved.State, resolved.Resolver, resolved.ResolveTime = advocacy.ThreadResolved, lou, at(1)
			if err := open.Resolve(speaker(t, tt.who), at(5)); advocacy.ReasonOf(err) != tt.resolve {
				t.Errorf("resolve: %v, want %q", err, tt.resolve)
			} else if err == nil && (open.State != advocacy.ThreadResolved || open.Resolver != tt.who || !open.ResolveTime.Equal(at(5))) {
				t.Errorf("resolved it is %+v", open)
			}
			if err := resolved.Reopen(speaker(t, tt.who)); advocacy.ReasonOf(err) != tt.reopen {
				t.Errorf("reopen: %v, want %q", err, tt.reopen)
			} else if err == nil && resolved != tt.thread {
				t.Errorf("reopened it is %+v", resolved)
			}
		})
	}
	again := blocking
	if err := again.Reopen(speaker(t, lena)); advocacy.ReasonOf(err) != "THREAD_OPEN" {
		t.Errorf("reopening an open one: %v", err)
	}
	again.State = advocacy.ThreadResolved
	if err := again.Resolve(speaker(t, lena), at(1)); advocacy.ReasonOf(err) != "THREAD_RESOLVED" {
		t.Errorf("resolving a resolved one: %v", err)
	}
}

func TestAnchors(t *testing.T) {
	t.Parallel()
	m := advocacy.Manifest{Targets: []advocacy.Target{
		{Rendering: advocacy.Rendering{Text: "Ein Überblick"}}, {Rendering: advocacy.Rendering{Text: "Another"}},
	}}
	for _, tt := range []struct {
		name   string
		anchor advocacy.Anchor
		reason string
	}{
		{"the whole", advocacy.Anchor{}, ""},
		{"the beginning", advocacy.Anchor{Quote: "Ein"}, ""},
		{"counted in characters", advocacy.Anchor{Offset: 5, Quote: "berblick"}, ""},
		{"the other target", advocacy.Anchor{Target: 1, Quote: "Another"}, ""},
		{"elsewhere", advocacy.Anchor{Offset: 1, Quote: "Ein"}, "QUOTE_MISSING"},
		{"beyond the end", advocacy.Anchor{Offset: 14, Quote: "x"}, "QUOTE_MISSING"},
		{"before the beginning", advocacy.Anchor{Offset: -1, Quote: "x"}, "QUOTE_MISSING"},
		{"more than there is", advocacy.Anchor{Offset: 4, Quote: "Überblick."}, "QUOTE_MISSING"},
		{"no such target", advocacy.Anchor{Target: 2, Quote: "Ein"}, "TARGET_UNKNOWN"},
		{"a place without words", advocacy.Anchor{Offset: 3}, "QUOTE_MISSING"},
	} {
		if err := tt.anchor.Guard(m); advocacy.ReasonOf(err) != tt.reason {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.reason)
		}
	}
}
