package webtest

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/media/mediatest"
)

// uploads sends a file in one request, and returns its name.
func (c *colleague) uploads(file []byte, name string) string {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, c.base+"/v1/workspaces/alder/media:upload?fileName="+url.QueryEscape(name), bytes.NewReader(file))
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+c.token)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer answer.Body.Close()
	var made struct{ Name string }
	if err := json.NewDecoder(answer.Body).Decode(&made); err != nil || made.Name == "" {
		c.t.Fatalf("%d: %v", answer.StatusCode, err)
	}
	return made.Name
}

// What has no small picture is shown for what it is, wherever it lies: no page shows a broken one.
func TestFilesAreShownForWhatTheyAre(t *testing.T) {
	t.Parallel()
	inLooks(t, 0, filesAreShown)
}

func filesAreShown(t *testing.T, l look) {
	h := open(t)
	curator := h.colleague(t, "Inès")
	words := map[string]map[string]string{
		"video":    {"en": "Video (MP4) · 0:12", "fr": "Vidéo (MP4) · 0:12"},
		"document": {"en": "Document (PDF) · 2 pages", "fr": "Document (PDF) · 2 pages"},
	}
	called := map[string]string{"video": "L’établi.mp4", "document": "Care of oak & ash.pdf"}
	desk, employee, legal := h.browse(t, "Inès", l), h.browse(t, "Camille", l), h.browse(t, "Priya", l)
	shows := func(b *browser, address, kind, at string) {
		t.Helper()
		b.open(address)
		b.until(`[...document.querySelectorAll("main .file")].some((e) => e.textContent.includes(` + quote(words[kind][l.language]) + `))`)
		b.until(`[...document.images].every((i) => i.loading === "lazy" && !i.complete || i.complete && i.naturalWidth > 0)`)
		if ask[bool](b, `document.documentElement.scrollWidth > innerWidth`) {
			t.Errorf("%s is wider than the screen", address)
		}
		if at != "desk" && at != "library" {
			b.until(`[...document.querySelectorAll("main .file strong")].some((e) => e.textContent === ` + quote(called[kind]) + `)`)
		}
		if kind == "video" && at != "desk" && at != "library" {
			// The player has a name, is allowed here, and what it asks for comes in parts.
			b.until(`[...document.querySelectorAll("main video[controls][preload=metadata]")].some((e) => e.ariaLabel === "Two hands oil a bench of oak.")`)
			b.until(`(window.part ??= "", fetch(document.querySelector("main video").src, {headers: {Range: "bytes=4-7"}}).then(async (r) => { window.part = r.status + " " + await r.text(); }), window.part === "206 ftyp")`)
		}
		b.keep("file-" + at + "-" + kind + "-" + l.String())
	}
	for kind, file := range map[string][]byte{"video": mediatest.Film{}.Bytes(), "document": mediatest.Document{Pages: 2}.Bytes()} {
		item := curator.call(http.MethodPost, "workspaces/alder/libraryItems", map[string]any{
			"title": "How we oil a bench: " + kind, "networks": []string{"wall"}, "pin": 1,
			"content": map[string]any{"language": "en", "text": "See how it is done.", "media": []any{
				map[string]any{"media": curator.uploads(file, called[kind]), "altText": "Two hands oil a bench of oak."},
			}},
		})
		name, _ := item["name"].(string)
		at := name[strings.LastIndexByte(name, '/')+1:]
		shows(desk, workspace+"/desk/items/"+at, kind, "desk")
		item = curator.call(http.MethodPost, name+":submit", map[string]any{"digest": item["digest"]})
		review, _ := item["review"].(string)
		shows(legal, queuePage(h.colleague(t, "Priya").turnAbout(name, "legal")), kind, "queue")
		h.colleague(t, "Priya").decide(review, "legal", "VERDICT_APPROVE", "")
		h.colleague(t, "Marguerite").decide(review, "pr", "VERDICT_APPROVE", "")
		shows(employee, workspace+"/library?topic=all", kind, "library")
		shows(employee, workspace+"/library/"+at, kind, "item")
		shows(employee, workspace+"/library/"+at+"/share", kind, "share")
	}
}
