package advocacy_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// TestMayWrite: the author and the co-authors write a post. Having written some of it, or
// something it was made from, is not enough.
func TestMayWrite(t *testing.T) {
	t.Parallel()
	p := &advocacy.Post{Author: ann, CoAuthors: []advocacy.PersonID{bob}}
	for who, want := range map[advocacy.PersonID]string{ann: "", bob: "", dana: "NOT_A_CONTRIBUTOR"} {
		if err := p.GuardEdit(human(who), advocacy.PostDraft, false); advocacy.ReasonOf(err) != want {
			t.Errorf("%s edits: %v, want %q", who, err, want)
		}
	}
	for who, want := range map[advocacy.PersonID]string{ann: "", bob: "NOT_THE_AUTHOR"} {
		if err := p.GuardMove(human(who)); advocacy.ReasonOf(err) != want {
			t.Errorf("%s chooses a time: %v, want %q", who, err, want)
		}
	}
}

func TestAddCoAuthor(t *testing.T) {
	t.Parallel()
	away := member(lena)
	away.State = advocacy.MemberDisabled
	machine := advocacy.Actor{Kind: advocacy.Machine, Person: ann, Key: "k"}
	for _, tt := range []struct {
		name   string
		actor  advocacy.Actor
		who    *advocacy.Member
		state  advocacy.PostState
		sent   bool
		reason string
	}{
		{"a colleague", human(ann), member(lena), advocacy.PostDraft, false, ""},
		{"an approver of a signed post", human(ann), member(lena, advocacy.RoleLegal), advocacy.PostScheduled, false, ""},
		{"by the author's key", machine, member(lena), advocacy.PostDraft, false, ""},
		{"by a co-author", human(bob), member(lena), advocacy.PostDraft, false, "NOT_THE_AUTHOR"},
		{"by an admin", human(dana), member(lena), advocacy.PostDraft, false, "NOT_THE_AUTHOR"},
		{"by the service", advocacy.Actor{Kind: advocacy.System, Person: ann}, member(lena), advocacy.PostDraft, false, "NOT_THE_AUTHOR"},
		{"the author", human(ann), member(ann), advocacy.PostDraft, false, "CO_AUTHOR_INVALID"},
		{"nobody", human(ann), nil, advocacy.PostDraft, false, "CO_AUTHOR_INVALID"},
		{"somebody who left", human(ann), away, advocacy.PostDraft, false, "CO_AUTHOR_INVALID"},
		{"once more", human(ann), member(bob), advocacy.PostDraft, false, "CO_AUTHOR_EXISTS"},
		{"too late", human(ann), member(lena), advocacy.PostPublishing, false, "POST_PUBLISHING"},
		{"afterwards", human(ann), member(lena), advocacy.PostPublished, true, "POST_PUBLISHED"},
		{"when a part of it is out", human(ann), member(lena), advocacy.PostScheduled, true, "POST_PUBLISHED"},
		{"of what was withdrawn", human(ann), member(lena), advocacy.PostWithdrawn, false, "POST_WITHDRAWN"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := &advocacy.Post{Author: ann, CoAuthors: []advocacy.PersonID{bob}}
			want := []advocacy.PersonID{bob}
			if tt.reason == "" {
				want = append(want, lena)
			}
			err := p.AddCoAuthor(tt.actor, tt.who, tt.state, tt.sent)
			if advocacy.ReasonOf(err) != tt.reason || !slices.Equal(p.CoAuthors, want) {
				t.Errorf("%v, and %v may write it; want %q and %v", err, p.CoAuthors, tt.reason, want)
			}
		})
	}
	p := &advocacy.Post{Author: ann}
	for i := range 11 {
		err := p.AddCoAuthor(human(ann), member(advocacy.PersonID(fmt.Sprint(i))), advocacy.PostDraft, false)
		if many := i == 10; many != (advocacy.ReasonOf(err) == "CO_AUTHORS_TOO_MANY") {
			t.Errorf("co-author number %d: %v", i+1, err)
		}
	}
}

func TestRemoveCoAuthor(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		actor, who advocacy.PersonID
		reason     string
	}{
		{ann, bob, ""}, {bob, bob, ""}, {dana, bob, "NOT_THE_AUTHOR"}, {ann, dana, "NOT_A_CO_AUTHOR"}, {dana, dana, "NOT_A_CO_AUTHOR"},
	} {
		p := &advocacy.Post{Author: ann, CoAuthors: []advocacy.PersonID{lena, bob}}
		err := p.RemoveCoAuthor(human(tt.actor), tt.who)
		if advocacy.ReasonOf(err) != tt.reason || p.MayWrite(bob) != (tt.reason != "") || !p.MayWrite(lena) {
			t.Errorf("%s removes %s: %v, and %v may write it", tt.actor, tt.who, err, p.CoAuthors)
		}
	}
}
