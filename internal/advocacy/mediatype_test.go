package advocacy

import "testing"

// An operator's limits stand in place of the usual ones.
func TestMediaLimits(t *testing.T) {
	t.Parallel()
	own := MediaLimits{Video: 10, Document: 30 << 20}
	for name, c := range map[string]struct {
		kind string
		size int64
		ok   bool
	}{
		"video":            {"video/quicktime", 10, true},
		"large video":      {"video/mp4", 11, false},
		"document":         {"application/pdf", 30 << 20, true},
		"of no known type": {"", 30 << 20, true},
		"large anything":   {"", 30<<20 + 1, false},
		"picture":          {"image/gif", 11, true},
	} {
		if err := own.Guard("media", c.kind, c.size); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRedact(t *testing.T) {
	t.Parallel()
	all := []Redaction{{Start: 2, Size: 4, Head: "fr"}, {Start: 8, Size: 4}}
	whole := []byte("0123456789abcdef")
	Redact(whole, 0, all)
	if string(whole) != "01fr\x00\x0067\x00\x00\x00\x00cdef" {
		t.Errorf("redacted to %q", whole)
	}
	for cut := range len(whole) + 1 { // wherever a part ends
		first, second := []byte("0123456789abcdef")[:cut:cut], []byte("0123456789abcdef")[cut:]
		Redact(first, 0, all)
		Redact(second, int64(cut), all)
		if string(first)+string(second) != string(whole) {
			t.Errorf("cut at %d: %q and %q", cut, first, second)
		}
	}
}

func TestSniffMedia(t *testing.T) {
	t.Parallel()
	for head, want := range map[string]string{
		"\xff\xd8\xff\xe0": "image/jpeg", "\x89PNG\r\n\x1a\n": "image/png", "GIF89a": "image/gif", "RIFF....WEBPVP8 ": "image/webp",
		"\x00\x00\x00\x18ftypisom": "video/mp4", "\x00\x00\x00\x18ftypqt  ": "video/quicktime", "%PDF-1.7": "application/pdf",
		"\x00\x00\x00\x18ftypheic": "", "<html>%PDF-": "", "RIFF....WAVEfmt ": "", "": "", "\x00\x00\x00\x18ftyp": "",
	} {
		if got := SniffMedia([]byte(head)); got != want || (want == "") != (MediaKindOf(got) == "") {
			t.Errorf("%q is %q, a %q", head, got, MediaKindOf(got))
		}
	}
}
