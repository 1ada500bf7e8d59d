package advocacy

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// A file is called what it was called, without what harms who shows or saves it.
func TestFileName(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 150)
	for _, c := range []struct{ sent, contentType, want string }{
		{"Oiling a bench.mp4", "video/mp4", "Oiling a bench.mp4"},
		{"Été à Lyon — 東京.PDF", "application/pdf", "Été à Lyon — 東京.PDF"},
		{"IMG_0001.JPEG", "image/jpeg", "IMG_0001.JPEG"},
		{"photo.gif", "image/png", "photo.png"},
		{"invoice.pdf.exe", "application/pdf", "invoice.pdf.exe.pdf"},
		{"page.html", "application/pdf", "page.html.pdf"},
		{"notes", "application/pdf", "notes.pdf"},
		{"page.html", "", "page.html"},
		{"../../etc/passwd", "application/pdf", "passwd.pdf"},
		{`C:\Users\ada\film.mov`, "video/quicktime", "film.mov"},
		{"a\r\nSet-Cookie: x=1.pdf", "application/pdf", "a Set-Cookie_ x=1.pdf"},
		{"x\"; filename=\"y.pdf", "application/pdf", "x_; filename=_y.pdf"},
		{"gnp.\u202eexe.pdf", "application/pdf", "gnp.exe.pdf"},
		{"zero\u200bwidth\u00a0\u2028space.pdf", "application/pdf", "zerowidth space.pdf"},
		{" .hidden. ", "video/mp4", "hidden.mp4"},
		{"...", "video/mp4", ""}, {"", "video/mp4", ""}, {"a/", "video/mp4", ""}, {"\xff", "video/mp4", ""},
		{long + ".mp4", "video/mp4", strings.Repeat("é", 98) + ".mp4"},
		{"a." + long, "", "a." + strings.Repeat("é", 99)},
	} {
		if got := FileName(c.sent, c.contentType); got != c.want {
			t.Errorf("%q of type %q is called %q, want %q", c.sent, c.contentType, got, c.want)
		}
	}
}

func TestAnyFileName(t *testing.T) {
	t.Parallel()
	pieces := rapid.SampledFrom([]string{"a", "é", ".", "..", "/", `\`, " ", "\r\n", "\x00", "\x7f", `"`, "%", ";", "*", "\u202e", "\ufeff", "\xff", ".pdf", ".PDF", ".exe", ".mp4", strings.Repeat("東", 70)})
	rapid.Check(t, func(t *rapid.T) {
		sent := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOfN(pieces, 0, 8), func(all []string) string { return strings.Join(all, "") })).Draw(t, "sent")
		kind := rapid.SampledFrom([]string{"", "application/pdf", "video/mp4", "image/jpeg"}).Draw(t, "type")
		got := FileName(sent, kind)
		if got == "" {
			return
		}
		unsafe := func(r rune) bool { return !unicode.IsPrint(r) || strings.ContainsRune(`/\<>:"|?*`, r) }
		if strings.ContainsFunc(got, unsafe) || !utf8.ValidString(got) || len(got) > longestFileName || strings.Trim(got, " .") != got || FileName(got, kind) != got {
			t.Fatalf("%q is called %q, and that %q", sent, got, FileName(got, kind))
		}
		if endings := endingsOf(kind); kind != "" && !slices.ContainsFunc(endings, func(e string) bool { return strings.HasSuffix(strings.ToLower(got), e) }) {
			t.Fatalf("%q of type %s is called %q", sent, kind, got)
		}
	})
}
