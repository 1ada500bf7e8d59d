package linkcard

import (
	"maps"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/imprimatur-hq/imprimatur/internal/fence"
)

// said is what a reader of a head comes to.
type said struct{ title, description, language, picture string }

var where = &url.URL{Scheme: "https", Host: "acme.test", Path: "/news/today"}

func sayOf(h head) said { return said{h.title(), h.description(), h.language(), h.picture(where)} }

// TestReadHead: networks' own names win over a page's plain ones, the first of each wins over later
// ones, and whatever stands in the body says nothing.
func TestReadHead(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		markup, contentType string
		want                said
	}{
		"a plain page": {
			markup: `<html lang="fr-CA"><title> Le labo &amp; vous </title><meta name="Description" content="Ce qu&#39;on fait.">`,
			want:   said{title: "Le labo & vous", description: "Ce qu'on fait.", language: "fr-CA"},
		},
		"Open Graph before the rest": {
			markup: `<title>A</title><meta name=twitter:title content=B><meta property=og:title content=C><meta name=description content=D>` +
				`<meta property="og:description" content=E><meta property=og:locale content=en_GB><meta name=twitter:image content=/t.png><meta property=og:image content=o.png>`,
			want: said{"C", "E", "en-GB", "https://acme.test/news/o.png"},
		},
		"Twitter before the page": {
			markup: `<meta name=twitter:title content=B><title>A</title><meta name=twitter:description content=T>`,
			want:   said{title: "B", description: "T"},
		},
		"the first of each": {
			markup: `<meta property=og:title content=" "><meta property=og:title content=first><meta property=og:title content=second>` +
				`<meta property=og:image content=https://cdn.test/1.png><meta property=og:image content=/2.png>`,
			want: said{title: "first", picture: "https://cdn.test/1.png"},
		},
		"a name once for each attribute": {markup: `<meta name=og:title content=named>`, want: said{title: "named"}},
		"a picture by link":              {markup: `<link rel="icon image_src" href=/i.png>`, want: said{picture: "https://acme.test/i.png"}},
		"a picture that is none":         {markup: `<meta property=og:image content="data:image/png;base64,AAAA">`},
		"a picture with a password":      {markup: `<meta property=og:image content="https://me:you@acme.test/p">`},
		"what a visitor wrote":           {markup: `<head><title>A</title></head><body><meta property=og:title content=B>`, want: said{title: "A"}},
		"a body without a head":          {markup: `<title>A</title><body><meta property=og:title content=B><title>C</title>`, want: said{title: "A"}},
		"markup in a title":              {markup: `<title><b>A</b></title>`, want: said{title: "<b>A</b>"}},
		"what a script or comment says":  {markup: `<script>"<title>A</title>"</script><!-- <title>B</title> --><noscript><title>C</title></noscript><title>D</title>`, want: said{title: "D"}},
		"no end anywhere":                {markup: `<meta property=og:title content="A`},
		"a title never written":          {markup: `<title></title>`},
		"nothing":                        {},
		"Latin 1 by its type":            {markup: "<title>L\xe9gende</title>", contentType: "text/html; charset=iso-8859-1", want: said{title: "Légende"}},
		"Shift JIS by its meta":          {markup: "<meta charset=shift_jis><title>\x93\xfa\x96{</title>", want: said{title: "日本"}},
		"UTF-16 by its mark":             {markup: "\xff\xfe<\x00t\x00i\x00t\x00l\x00e\x00>\x00\xe9\x00", contentType: "text/html", want: said{title: "é"}},
		"an encoding nobody knows":       {markup: "<title>Légende</title>", contentType: "text/html; charset=klingon", want: said{title: "Légende"}},
	} {
		if diff := cmp.Diff(tt.want, sayOf(readHead([]byte(tt.markup), tt.contentType)), cmp.AllowUnexported(said{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestLongValues: a value is cut, and never within a character.
func TestLongValues(t *testing.T) {
	t.Parallel()
	h := readHead([]byte("<title>a"+strings.Repeat("é", maxWords)+"</title>"), "text/html; charset=utf-8")
	if got := h.title(); len(got) > maxWords || len(got) < maxWords-4 || !utf8.ValidString(got) {
		t.Errorf("%d bytes", len(got))
	}
}

func FuzzReadHead(f *testing.F) {
	for _, markup := range []string{
		"", titled, "<meta property=og:image content=//[::1]/p>", "<title", "<meta charset=utf-7><title>+ADw-", "<html lang=x><svg><title>\x00",
		"<meta name=description content='\u202e&#x202e;&#0;'>", "<template><meta property=og:title content=a></template>",
	} {
		f.Add([]byte(markup), "text/html")
	}
	f.Add([]byte("\xfe\xff\x00<"), "text/html; charset=utf-16")
	f.Fuzz(func(t *testing.T, markup []byte, contentType string) {
		h := readHead(markup, contentType)
		if !maps.Equal(h, readHead(markup, contentType)) {
			t.Fatal("two readings differ")
		}
		for name, value := range h {
			if len(value) > maxWords || !utf8.ValidString(value) || strings.TrimSpace(value) == "" {
				t.Fatalf("%s says %q", name, value)
			}
		}
		address := h.picture(where)
		if address == "" {
			return
		}
		if u, err := url.Parse(address); err != nil || !fence.Usable(u) {
			t.Fatalf("the picture is at %q: %v", address, err)
		}
	})
}
