package workflow_test

import (
	"context"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

const pageLink = "https://acme.test/lab"

// shows is a house in which every link leads to a page.
func shows(t *testing.T, page advocacy.Page) *workflowtest.House {
	t.Helper()
	h, _ := house(t)
	if page.URL == "" {
		page.URL = pageLink
	}
	h.Flow.Cards = workflow.NewPreviewer(func(context.Context, string) advocacy.Page { return page })
	return h
}

// accepts takes everything for a picture but what begins with a bang, or with a camera.
func accepts(data []byte) (workflow.Accepted, error) {
	switch {
	case strings.HasPrefix(string(data), "!"):
		return workflow.Accepted{}, advocacy.InvalidField("media", "MEDIA_BROKEN", "it is broken")
	case strings.HasPrefix(string(data), "🎥"):
		return workflow.Accepted{Blob: string(advocacy.DigestOf(data)), ContentType: "video/mp4", Data: data}, nil
	}
	return workflow.Accepted{Blob: string(advocacy.DigestOf(data)), ContentType: "image/png", Width: 3, Height: 2, Data: data}, nil
}

func previewLink(t *testing.T, h *workflowtest.House, c workflow.Call) (*workflow.LinkPreview, error) {
	t.Helper()
	return h.Flow.PreviewLink(t.Context(), c, h.W, pageLink, accepts)
}

// TestPreviewLink: a page's words come on one line and short, its picture is the workspace's, and
// what is proposed can be kept as it is.
func TestPreviewLink(t *testing.T) {
	t.Parallel()
	h := shows(t, advocacy.Page{
		URL: "https://www.acme.test/lab/", Title: " The\r\n\u202elab \x00", Description: strings.Repeat("long ", 1000), Site: "Acme\nInc.", Language: "fr_CA",
		Picture: []byte("press"), PictureAlt: "A\tpress",
	})
	got, err := previewLink(t, h, h.As(h.Author))
	ok(t, err)
	if n := utf8.RuneCountInString(got.Card.Description); n > advocacy.LongestCardDescription || n < 900 {
		t.Errorf("the description has %d characters", n)
	}
	got.Card.Description = ""
	want := workflow.LinkPreview{
		Link: pageLink, URL: "https://www.acme.test/lab/", Host: "acme.test", Site: "Acme Inc.", Language: "fr-CA",
		Card: advocacy.Card{Title: "The lab", Picture: advocacy.MediaRef{
			Blob: string(advocacy.DigestOf([]byte("press"))), ContentType: "image/png", Width: 3, Height: 2, AltText: "A press",
		}},
	}
	if diff := cmp.Diff(want, *got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	m, err := h.Flow.Media(t.Context(), h.As(h.Reader), h.W, want.Card.Picture.Blob)
	if ok(t, err); m.Uploader != h.Author {
		t.Errorf("the picture is %+v", m)
	}
	before := len(records(t, h, ""))
	_, err = previewLink(t, h, h.As(h.Author))
	ok(t, err)
	list, _, err := h.Flow.MediaList(t.Context(), h.As(h.Reader), h.W, workflow.Page{Size: 10})
	if ok(t, err); len(list) != 1 || len(records(t, h, "")) != before+1 {
		t.Errorf("asked twice it keeps %+v, and %d records", list, len(records(t, h, ""))-before)
	}
	content := advocacy.Content{Language: "en", Text: "Read.", Link: pageLink, Card: got.Card}
	ok(t, check.Refuse("content", content))
	v, err := h.Flow.CreatePost(t.Context(), h.As(h.Author), h.W, workflow.PostDraft{Content: content, Accounts: []advocacy.AccountID{h.Wall}})
	if ok(t, err); v.Manifest.Targets[0].Rendering.Card.Picture.Width != 3 {
		t.Errorf("the post shows %+v", v.Manifest.Targets[0].Rendering.Card)
	}
}

// TestPreviewFindings: what a machine sees in a card is said with it.
func TestPreviewFindings(t *testing.T) {
	t.Parallel()
	h := shows(t, advocacy.Page{Title: "The la\u200bb", Description: "A miracle at paypal.com"})
	watch(t, h, forbidden("miracle"))
	got, err := previewLink(t, h, h.As(h.Author))
	ok(t, err)
	var codes []string
	for _, f := range got.Findings {
		codes = append(codes, f.Code+" "+f.Field)
	}
	if diff := cmp.Diff([]string{
		"HIDDEN_CHARACTER content.card.title", "CARD_OTHER_HOST content.card.description", "TERM_FORBIDDEN content.card.description",
	}, codes); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestPreviewWithoutPicture: a picture that cannot be had costs the card nothing but the picture.
func TestPreviewWithoutPicture(t *testing.T) {
	t.Parallel()
	lab := advocacy.Page{Title: "Lab", Picture: []byte("press")}
	broken, far, film := lab, lab, lab
	film.Picture = []byte("🎥")
	broken.Picture, far.Picture, far.PictureCode = []byte("!"), nil, advocacy.LinkForbidden
	poor := func(h *workflowtest.House) workflow.Call {
		c := h.As(h.Author)
		c.May = func(p advocacy.Permission) bool { return p != "media.create" }
		return c
	}
	author := func(h *workflowtest.House) workflow.Call { return h.As(h.Author) }
	for reason, tt := range map[string]struct {
		page  advocacy.Page
		who   func(*workflowtest.House) workflow.Call
		quota int64
	}{
		"MEDIA_BROKEN":      {broken, author, 0},
		"MEDIA_NOT_PICTURE": {film, author, 0},
		"LINK_UNREACHABLE":  {far, author, 0},
		"PERMISSION_DENIED": {lab, poor, 0},
		"MEDIA_QUOTA":       {lab, author, 1},
	} {
		h := shows(t, tt.page)
		h.Flow.MediaQuota = tt.quota
		got, err := previewLink(t, h, tt.who(h))
		ok(t, err)
		if got.PictureReason != reason || got.Card != (advocacy.Card{Title: "Lab"}) {
			t.Errorf("%s: %+v", reason, got)
		}
		list, _, err := h.Flow.MediaList(t.Context(), h.As(h.Reader), h.W, workflow.Page{Size: 10})
		if ok(t, err); len(list) != 0 {
			t.Errorf("%s: it keeps %+v", reason, list)
		}
	}
}

// TestPreviewRefuses: each way to no card has its reason.
func TestPreviewRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		page   advocacy.Page
		reason string
	}{
		{advocacy.Page{Code: advocacy.LinkForbidden}, "LINK_UNREACHABLE"},
		{advocacy.Page{Code: advocacy.LinkStatus, Status: 404}, "LINK_UNREACHABLE"},
		{advocacy.Page{Code: advocacy.LinkNoPage, Status: 200}, "LINK_NO_CARD"},
		{advocacy.Page{Title: " \u200b\u202e", Description: "Words."}, "LINK_NO_CARD"},
	} {
		h := shows(t, tt.page)
		e := refuses(t, h, advocacy.Precondition, tt.reason, func() error { _, err := previewLink(t, h, h.As(h.Author)); return err })
		if tt.reason == "LINK_UNREACHABLE" && (e.Meta["check"] != string(tt.page.Code) || e.Meta["link"] != pageLink) {
			t.Errorf("it says %v", e.Meta)
		}
	}
	h, _ := house(t)
	refuses(t, h, advocacy.Precondition, "LINK_UNREACHABLE", func() error { _, err := previewLink(t, h, h.As(h.Author)); return err })
	refuses(t, h, advocacy.Invalid, "LINK_INVALID", func() error {
		_, err := h.Flow.PreviewLink(t.Context(), h.As(h.Author), h.W, "file:///etc/passwd", accepts)
		return err
	})
}

// TestPreviewsAreBounded: each caller may look so often within a minute, and the next one again.
func TestPreviewsAreBounded(t *testing.T) {
	t.Parallel()
	h := shows(t, advocacy.Page{Title: "Lab"})
	for range 30 {
		_, err := previewLink(t, h, h.As(h.Author))
		ok(t, err)
	}
	refuses(t, h, advocacy.Exhausted, "LINK_PREVIEWS_TOO_MANY", func() error { _, err := previewLink(t, h, h.As(h.Author)); return err })
	_, err := previewLink(t, h, h.As(h.Reader))
	ok(t, err)
	h.Clock.Advance(time.Minute)
	_, err = previewLink(t, h, h.As(h.Author))
	ok(t, err)
}

// TestPreviewWaitsForItsTurn: of many previews some wait, and one whose caller left does not.
func TestPreviewWaitsForItsTurn(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	begun, released := make(chan struct{}), make(chan struct{})
	h.Flow.Cards = workflow.NewPreviewer(func(context.Context, string) advocacy.Page {
		begun <- struct{}{}
		<-released
		return advocacy.Page{URL: pageLink, Title: "Lab"}
	})
	ended := make(chan error)
	for range 8 {
		go func() {
			_, err := h.Flow.PreviewLink(context.Background(), h.As(h.Author), h.W, pageLink, accepts)
			ended <- err
		}()
		<-begun
	}
	left, leave := context.WithCancel(t.Context())
	leave()
	if _, err := h.Flow.PreviewLink(left, h.As(h.Author), h.W, pageLink, accepts); err == nil {
		t.Error("who left is answered")
	}
	close(released)
	for range 8 {
		ok(t, <-ended)
	}
}

// TestCardIsPinned: what people sign is what is sent, whatever the page says by then, and the
// picture of a card is kept as any other one.
func TestCardIsPinned(t *testing.T) {
	t.Parallel()
	h := shows(t, advocacy.Page{Title: "Lab", Description: "Ours.", Picture: []byte("press")})
	got, err := previewLink(t, h, h.As(h.Author))
	ok(t, err)
	v, err := h.Flow.CreatePost(t.Context(), h.As(h.Author), h.W, workflow.PostDraft{
		Content: advocacy.Content{Language: "en", Text: "Read.", Link: pageLink, Card: got.Card}, Accounts: []advocacy.AccountID{h.Wall},
	})
	ok(t, err)
	h.Flow.Cards = workflow.NewPreviewer(func(context.Context, string) advocacy.Page { return advocacy.Page{URL: pageLink, Title: "Changed"} })
	h.Clock.Advance(40 * 24 * time.Hour)
	swept, err := h.Flow.SweepMedia(t.Context())
	if ok(t, err); swept.Media != 0 {
		t.Errorf("it swept %+v", swept)
	}
	again, err := h.Flow.Post(t.Context(), h.As(h.Author), h.W, v.Post.ID)
	ok(t, err)
	want := advocacy.RenderedCard{Title: "Lab", Description: "Ours.", Picture: got.Card.Picture.Shown()}
	if card := again.Manifest.Targets[0].Rendering.Card; card != want || again.Head.Content.Card != got.Card || again.Head.Digest != v.Head.Digest {
		t.Errorf("the card is %+v, want %+v", card, want)
	}
	changed, err := h.Flow.UpdatePost(t.Context(), h.As(h.Author), h.W, v.Post.ID, workflow.PostChange{
		Content: &advocacy.Content{Language: "en", Text: "Read.", Link: pageLink},
	})
	if ok(t, err); changed.Head.Digest == v.Head.Digest || !changed.Manifest.Targets[0].Rendering.Card.None() {
		t.Errorf("without a card it shows %+v", changed.Manifest.Targets[0].Rendering)
	}
	none := advocacy.Content{Language: "en", Text: "Read.", Link: pageLink, Card: advocacy.Card{Title: "Lab", Picture: advocacy.MediaRef{Blob: string(advocacy.DigestOf([]byte("nowhere")))}}}
	e := refuses(t, h, advocacy.Invalid, "MEDIA_NOT_FOUND", func() error {
		_, err := h.Flow.CreatePost(t.Context(), h.As(h.Author), h.W, workflow.PostDraft{Content: none})
		return err
	})
	if e.Field != "content.card.picture.media" {
		t.Errorf("field is %s", e.Field)
	}
}

// TestCardIsShort: however many marks a character is made of, a card says so many code points.
func TestCardIsShort(t *testing.T) {
	t.Parallel()
	for _, title := range []string{"a" + strings.Repeat("\u0301", 5000), strings.Repeat("👩\u200d💻", 200), strings.Repeat("a", 5000)} {
		h := shows(t, advocacy.Page{Title: title})
		got, err := previewLink(t, h, h.As(h.Author))
		ok(t, err)
		if n := utf8.RuneCountInString(got.Card.Title); n == 0 || n > advocacy.LongestCardTitle {
			t.Errorf("%.8q is %d characters", title, n)
		}
	}
}

// TestRulesSeeCards: a routing rule about texts and pictures is asked about those of a card.
func TestRulesSeeCards(t *testing.T) {
	t.Parallel()
	h := shows(t, advocacy.Page{Title: "Lab", Picture: []byte("press")})
	enforce(t, h, `
defaults: [{role: "approver:pr"}]
rules:
  - id: pictures
    when: post.media.size() > 0 && post.texts.exists(t, t.contains("Lab"))
    require: [{role: "approver:legal", key: pictured}]
`)
	got, err := previewLink(t, h, h.As(h.Author))
	ok(t, err)
	p, err := h.Flow.PreviewPost(t.Context(), h.As(h.Author), h.W, workflow.PostDraft{
		Content: advocacy.Content{Language: "en", Text: "Read.", Link: pageLink, Card: got.Card}, Accounts: []advocacy.AccountID{h.Wall},
	})
	ok(t, err)
	if asked := p.Plan.Requirements; len(asked) != 1 || asked[0].Key != "pictured" {
		t.Errorf("it asks for %+v", p.Plan.Requirements)
	}
}
