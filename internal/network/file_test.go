package network

import (
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network/measure"
)

// What each network takes beside text, in its own figures.
func TestFileFindings(t *testing.T) {
	t.Parallel()
	photo := advocacy.MediaRef{ContentType: "image/jpeg", Width: 1200, Height: 630, Size: 900_000}
	film := advocacy.MediaRef{ContentType: "video/mp4", Width: 1280, Height: 720, Duration: 60_000, Size: 20_000_000}
	paper := advocacy.MediaRef{ContentType: "application/pdf", Pages: 12, Size: 1_000_000}
	with := func(m advocacy.MediaRef, change func(*advocacy.MediaRef)) advocacy.MediaRef {
		change(&m)
		return m
	}
	heavy := func(size int64) func(*advocacy.MediaRef) { return func(m *advocacy.MediaRef) { m.Size = size } }
	lasting := func(duration int) func(*advocacy.MediaRef) {
		return func(m *advocacy.MediaRef) { m.Duration = duration }
	}
	sized := func(width, height int) func(*advocacy.MediaRef) {
		return func(m *advocacy.MediaRef) { m.Width, m.Height = width, height }
	}
	typed := func(name string) func(*advocacy.MediaRef) { return func(m *advocacy.MediaRef) { m.ContentType = name } }
	for name, c := range map[string]struct {
		network advocacy.Network
		media   []advocacy.MediaRef
		want    string
		args    map[string]string
	}{
		"four photos":            {measure.X, []advocacy.MediaRef{photo, photo, photo, photo}, "", nil},
		"five photos":            {measure.X, []advocacy.MediaRef{photo, photo, photo, photo, photo}, FindingTooManyPictures, countArgs(5, 4)},
		"a film":                 {measure.X, []advocacy.MediaRef{film}, "", nil},
		"two films":              {measure.Wall, []advocacy.MediaRef{film, film}, FindingTooManyVideos, countArgs(2, 1)},
		"two papers":             {measure.LinkedIn, []advocacy.MediaRef{paper, paper}, FindingTooManyDocuments, countArgs(2, 1)},
		"photo and film":         {measure.Mastodon, []advocacy.MediaRef{photo, film}, FindingMediaMixed, nil},
		"a paper on X":           {measure.X, []advocacy.MediaRef{paper}, FindingMediaKindRefused, map[string]string{"kind": "PDF"}},
		"a film in Slack":        {measure.Slack, []advocacy.MediaRef{film}, FindingMediaKindRefused, map[string]string{"kind": "video"}},
		"quicktime on LinkedIn":  {measure.LinkedIn, []advocacy.MediaRef{with(film, typed("video/quicktime"))}, FindingMediaTypeRefused, map[string]string{"type": "video/quicktime"}},
		"quicktime on Mastodon":  {measure.Mastodon, []advocacy.MediaRef{with(film, typed("video/quicktime"))}, "", nil},
		"PNG on Instagram":       {measure.Instagram, []advocacy.MediaRef{with(photo, typed("image/png"))}, FindingMediaTypeRefused, map[string]string{"type": "image/png"}},
		"a heavy photo":          {measure.Bluesky, []advocacy.MediaRef{with(photo, heavy(2_060_000))}, FindingMediaTooHeavy, map[string]string{"size": "2.1", "limit": "2"}},
		"a photo just so":        {measure.Bluesky, []advocacy.MediaRef{with(photo, heavy(2_000_000))}, "", nil},
		"a heavy film":           {measure.Mastodon, []advocacy.MediaRef{with(film, heavy(99_000_001))}, FindingMediaTooHeavy, map[string]string{"size": "99", "limit": "99"}},
		"a light film":           {measure.LinkedIn, []advocacy.MediaRef{with(film, heavy(74_000))}, FindingMediaTooLight, map[string]string{"size": "74", "limit": "75"}},
		"of no known size":       {measure.LinkedIn, []advocacy.MediaRef{with(film, heavy(0))}, "", nil},
		"a long film":            {measure.X, []advocacy.MediaRef{with(film, lasting(140_500))}, FindingVideoTooLong, map[string]string{"seconds": "140.5", "limit": "140"}},
		"a film as long as fits": {measure.LinkedIn, []advocacy.MediaRef{with(film, lasting(1_800_000))}, "", nil},
		"a short film":           {measure.LinkedIn, []advocacy.MediaRef{with(film, lasting(2_999))}, FindingVideoTooShort, map[string]string{"seconds": "2.999", "limit": "3"}},
		"a large film": {measure.X, []advocacy.MediaRef{with(film, func(m *advocacy.MediaRef) { m.Width, m.Height = 1080, 1920 })},
			FindingMediaTooBig, map[string]string{"width": "1080", "height": "1920"}},
		"a large photo": {measure.LinkedIn, []advocacy.MediaRef{with(photo, func(m *advocacy.MediaRef) { m.Width, m.Height = 36_152_320, 1 })},
			FindingMediaTooBig, map[string]string{"width": "36152320", "height": "1"}},
		"as wide as Instagram takes": {measure.Instagram, []advocacy.MediaRef{with(photo, sized(1910, 1000))}, "", nil},
		"wider":                      {measure.Instagram, []advocacy.MediaRef{with(photo, sized(1911, 1000))}, FindingMediaShape, map[string]string{"tallest": "4:5", "widest": "1.91:1"}},
		"as tall as Instagram takes": {measure.Instagram, []advocacy.MediaRef{with(photo, sized(800, 1000))}, "", nil},
		"taller":                     {measure.Instagram, []advocacy.MediaRef{with(photo, sized(799, 1000))}, FindingMediaShape, map[string]string{"width": "799", "height": "1000"}},
		"a tower elsewhere":          {measure.Mastodon, []advocacy.MediaRef{with(photo, sized(100, 1000))}, "", nil},
		"a film like a ribbon":       {measure.X, []advocacy.MediaRef{with(film, sized(1280, 426))}, FindingMediaShape, map[string]string{"tallest": "1:3", "widest": "3:1"}},
		"a film of no known shape":   {measure.X, []advocacy.MediaRef{with(film, sized(0, 0))}, "", nil},
		"a long paper":               {measure.LinkedIn, []advocacy.MediaRef{with(paper, func(m *advocacy.MediaRef) { m.Pages = 301 })}, FindingDocumentTooLong, countArgs(301, 300)},
	} {
		content := advocacy.Content{Language: "en", Text: "Look.", Media: c.media}
		m, _ := Measure(c.network, content, "", Disclosures{})
		if c.want == "" && len(m.Findings) == 0 {
			continue
		}
		if len(m.Findings) != 1 || m.Findings[0].Code != c.want || m.Findings[0].Severity != advocacy.Blocks {
			t.Errorf("%s: found %+v, want %q", name, m.Findings, c.want)
			continue
		}
		for key, want := range c.args {
			if got := m.Findings[0].Args[key]; got != want {
				t.Errorf("%s: %s is %q, want %q", name, key, got, want)
			}
		}
	}
}

// What people sign for a network we publish to is held to its rule as well.
func TestRenderingIsHeldToTheRule(t *testing.T) {
	t.Parallel()
	content := advocacy.Content{Language: "en", Text: "Look.", Media: []advocacy.MediaRef{
		{ContentType: "video/mp4", Duration: 1000, Width: 2, Height: 2, AltText: "a"}, {ContentType: "application/pdf", Pages: 1, AltText: "b"},
	}}
	r, found := RenderPlain(measure.Wall, Capabilities{MediaLimit: 4}, content, "", Disclosures{})
	if len(found) != 1 || found[0].Code != FindingMediaMixed {
		t.Errorf("found %+v", found)
	}
	if r.Media[0].Duration != 1000 || r.Media[1].Pages != 1 {
		t.Errorf("rendered %+v", r.Media)
	}
}
