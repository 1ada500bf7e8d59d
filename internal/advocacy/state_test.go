package advocacy_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// publicationsOf are the publications of a revision in the states.
func publicationsOf(revision int, states ...advocacy.PublicationState) []advocacy.Publication {
	var out []advocacy.Publication
	for _, s := range states {
		out = append(out, advocacy.Publication{Revision: revision, State: s})
	}
	return out
}

func TestStateOf(t *testing.T) {
	t.Parallel()
	approved := &advocacy.Review{State: advocacy.ReviewApproved}
	for _, tt := range []struct {
		name         string
		review       *advocacy.Review
		publications []advocacy.Publication
		want         advocacy.PostState
	}{
		{"never submitted", nil, nil, advocacy.PostDraft},
		{"in review", &advocacy.Review{State: advocacy.ReviewOpen}, nil, advocacy.PostInReview},
		{"a superseded round counts for nothing", &advocacy.Review{State: advocacy.ReviewSuperseded}, nil, advocacy.PostDraft},
		{"a review state nobody knows", &advocacy.Review{State: "moon"}, nil, advocacy.PostDraft},
		{"signed", approved, nil, advocacy.PostApproved},
		{"scheduled", approved, publicationsOf(1, advocacy.Scheduled), advocacy.PostScheduled},
		{"claimed is still scheduled", approved, publicationsOf(1, advocacy.Claimed), advocacy.PostScheduled},
		{"one is out, one waits", approved, publicationsOf(1, advocacy.Published, advocacy.Scheduled), advocacy.PostScheduled},
		{"one is on its way", approved, publicationsOf(1, advocacy.Scheduled, advocacy.Sending, advocacy.Published), advocacy.PostPublishing},
		{"the end of one is not known", approved, publicationsOf(1, advocacy.Published, advocacy.Unknown), advocacy.PostPublishing},
		{"everywhere", approved, publicationsOf(1, advocacy.Published, advocacy.Published), advocacy.PostPublished},
		{"everywhere but where it was cancelled", approved, publicationsOf(1, advocacy.Published, advocacy.Cancelled), advocacy.PostPublished},
		{"here and not there", approved, publicationsOf(1, advocacy.Published, advocacy.Refused), advocacy.PostPartiallyPublished},
		{"here and too late there", approved, publicationsOf(1, advocacy.Published, advocacy.Expired), advocacy.PostPartiallyPublished},
		{"here and taken back there", approved, publicationsOf(1, advocacy.Published, advocacy.Recalled), advocacy.PostPartiallyPublished},
		{"taken back everywhere", approved, publicationsOf(1, advocacy.Recalled, advocacy.Recalled), advocacy.PostRecalled},
		{"taken back where it was", approved, publicationsOf(1, advocacy.Recalled, advocacy.Refused), advocacy.PostRecalled},
		{"nowhere", approved, publicationsOf(1, advocacy.Refused, advocacy.Expired), advocacy.PostFailed},
		{"cancelled before it went", approved, publicationsOf(1, advocacy.Cancelled), advocacy.PostApproved},
		{"cancelled, and reopened", &advocacy.Review{State: advocacy.ReviewOpen}, publicationsOf(1, advocacy.Cancelled), advocacy.PostInReview},
		{"another revision is out", nil, publicationsOf(7, advocacy.Published), advocacy.PostDraft},
		{"another revision is on its way", &advocacy.Review{State: advocacy.ReviewOpen}, publicationsOf(7, advocacy.Sending), advocacy.PostInReview},
		{"a publication state nobody knows", approved, publicationsOf(1, "moon"), advocacy.PostFailed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := advocacy.StateOf(&advocacy.Post{Head: 1}, tt.review, tt.publications); got != tt.want {
				t.Errorf("it is %s, want %s", got, tt.want)
			}
			if got := advocacy.StateOf(&advocacy.Post{Head: 1, Withdrawn: true}, tt.review, tt.publications); got != advocacy.PostWithdrawn {
				t.Errorf("withdrawn, it is %s", got)
			}
		})
	}
}

// TestStateOfIsTotal: any facts have exactly one state, whatever their order, and what is
// out or on its way always shows (I30).
func TestStateOfIsTotal(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := &advocacy.Post{Head: rapid.IntRange(1, 2).Draw(t, "head"), Withdrawn: rapid.Bool().Draw(t, "withdrawn")}
		var review *advocacy.Review
		if rapid.Bool().Draw(t, "submitted") {
			review = &advocacy.Review{State: rapid.SampledFrom(advocacy.ReviewStates()).Draw(t, "review")}
		}
		publications := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) advocacy.Publication {
			return advocacy.Publication{
				Revision: rapid.IntRange(1, 2).Draw(t, "revision"),
				State:    rapid.SampledFrom(advocacy.PublicationStates()).Draw(t, "state"),
			}
		}), 0, 4).Draw(t, "publications")
		state := advocacy.StateOf(p, review, publications)
		if !slices.Contains(advocacy.PostStates(), state) {
			t.Fatalf("%q is no state of a post", state)
		}
		slices.Reverse(publications)
		if again := advocacy.StateOf(p, review, publications); again != state {
			t.Fatalf("in another order it is %s, not %s", again, state)
		}
		for _, x := range publications {
			begun := x.State == advocacy.Sending || x.State == advocacy.Unknown
			if begun && x.Revision == p.Head && !p.Withdrawn && state != advocacy.PostPublishing {
				t.Fatalf("one is %s and the post is %s", x.State, state)
			}
		}
	})
}

// TestItemStatesAreReviewStates: every state of a review has its name on the shelf.
func TestItemStatesAreReviewStates(t *testing.T) {
	t.Parallel()
	for _, s := range advocacy.ReviewStates() {
		got := advocacy.ItemStateOf(&advocacy.LibraryItem{}, &advocacy.Review{State: s})
		if !slices.Contains(advocacy.ItemStates(), got) {
			t.Errorf("a review that is %s makes an item %q", s, got)
		}
	}
	if got := advocacy.ItemStateOf(&advocacy.LibraryItem{Withdrawn: true}, nil); got != advocacy.ItemWithdrawn {
		t.Errorf("a withdrawn item is %s", got)
	}
}

func TestLive(t *testing.T) {
	t.Parallel()
	for _, s := range advocacy.ReviewStates() {
		final := s == advocacy.ReviewRejected || s == advocacy.ReviewSuperseded || s == advocacy.ReviewExpired || s == advocacy.ReviewWithdrawn
		if s.Live() == final {
			t.Errorf("a review that is %s: live is %t", s, s.Live())
		}
	}
	for _, s := range advocacy.PublicationStates() {
		over := s == advocacy.Refused || s == advocacy.Cancelled || s == advocacy.Recalled || s == advocacy.Expired
		if s.Live() == over {
			t.Errorf("a publication that is %s: live is %t", s, s.Live())
		}
	}
}

func TestSharable(t *testing.T) {
	t.Parallel()
	window := advocacy.Window{Start: at(0), End: at(60)}
	for _, tt := range []struct {
		name   string
		item   advocacy.LibraryItem
		minute int
		want   bool
	}{
		{"in force", advocacy.LibraryItem{InForce: 1, Share: window}, 30, true},
		{"from its first instant", advocacy.LibraryItem{InForce: 1, Share: window}, 0, true},
		{"before", advocacy.LibraryItem{InForce: 1, Share: window}, -1, false},
		{"not in its last instant", advocacy.LibraryItem{InForce: 1, Share: window}, 60, false},
		{"without a window", advocacy.LibraryItem{InForce: 1}, 30, true},
		{"withdrawn", advocacy.LibraryItem{InForce: 1, Withdrawn: true}, 30, false},
		{"never approved", advocacy.LibraryItem{}, 30, false},
	} {
		if got := tt.item.Sharable(at(tt.minute)); got != tt.want {
			t.Errorf("%s: sharable is %t", tt.name, got)
		}
	}
}
