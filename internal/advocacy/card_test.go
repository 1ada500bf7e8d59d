package advocacy_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// TestPictures: a card's picture is one of all that is shown, and the list it is added to stays.
func TestPictures(t *testing.T) {
	t.Parallel()
	a, b, card := advocacy.MediaRef{Blob: "a"}, advocacy.MediaRef{Blob: "b"}, advocacy.MediaRef{Blob: "c"}
	media := []advocacy.MediaRef{a, b}
	for _, tt := range []struct {
		content advocacy.Content
		want    []advocacy.MediaRef
	}{
		{advocacy.Content{}, nil},
		{advocacy.Content{Media: media, Card: advocacy.Card{Title: "Lab"}}, media},
		{advocacy.Content{Card: advocacy.Card{Picture: card}}, []advocacy.MediaRef{card}},
		{advocacy.Content{Media: media[:1], Card: advocacy.Card{Picture: card}}, []advocacy.MediaRef{a, card}},
	} {
		if diff := cmp.Diff(tt.want, tt.content.Pictures()); diff != "" {
			t.Errorf("of a content (-want +got):\n%s", diff)
		}
		var r advocacy.Rendering
		var want []advocacy.RenderedMedia
		for _, m := range tt.content.Media {
			r.Media = append(r.Media, m.Shown())
		}
		for _, m := range tt.want {
			want = append(want, m.Shown())
		}
		r.Card.Picture = tt.content.Card.Picture.Shown()
		if diff := cmp.Diff(want, r.Pictures()); diff != "" {
			t.Errorf("of a rendering (-want +got):\n%s", diff)
		}
	}
	if media[1] != b {
		t.Error("a picture of the list was written over")
	}
}

// TestCardIsAnEdit: a share with another card than the item's is no unedited one, and no span lets
// a card be changed.
func TestCardIsAnEdit(t *testing.T) {
	t.Parallel()
	show := func(text, title string) advocacy.Manifest {
		return advocacy.Manifest{
			Targets: []advocacy.Target{{Rendering: advocacy.Rendering{
				Network: "wall", Language: "en", Text: text, Link: "https://acme.test/", Card: advocacy.RenderedCard{Title: title},
			}}},
			Editing: spans(write("Read", 20)),
		}
	}
	for want, post := range map[advocacy.Edit]advocacy.Manifest{
		advocacy.Unedited: show("Read this.", "Lab"), advocacy.EditedWithin: show("Hear this.", "Lab"), advocacy.EditedBeyond: show("Read this.", "Lab!"),
	} {
		if got := advocacy.EditOf(post, show("Read this.", "Lab")); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if got := advocacy.EditOf(show("Read this.", ""), show("Read this.", "Lab")); got != advocacy.EditedBeyond {
		t.Errorf("left out: %s", got)
	}
}
