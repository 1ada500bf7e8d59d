package webtest

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/catalogue"
	"github.com/imprimatur-hq/imprimatur/internal/demo"
)

// said lists the verdicts of one round, in words of the API.
func (h *house) said(tb testing.TB, token, review string) []string {
	tb.Helper()
	var got struct {
		Decisions []struct{ Verdict, Reason string }
	}
	h.call(tb, token, http.MethodGet, review, nil, &got)
	var all []string
	for _, d := range got.Decisions {
		all = append(all, strings.TrimPrefix(d.Verdict, "VERDICT_"))
	}
	return all
}

// An approver decides with one key and no navigation; the decision waits five seconds for a change
// of mind, and the next turn is there.
func TestOneKey(t *testing.T) {
	t.Parallel()
	for _, l := range looks(0) {
		t.Run(l.String(), func(t *testing.T) {
			h := open(t)
			priya := h.token(t, "Priya")
			b := h.browse(t, "Priya", l)
			b.open(workspace + "/queue")
			if l.width < 600 {
				b.click("#turns a[data-turn]")
				b.until(`location.pathname.includes("/queue/")`)
			}
			b.until(`document.querySelector("#turn form[data-decide]")`)
			first := ask[string](b, `document.querySelector("#turn").dataset.task`)
			review := ask[string](b, `document.querySelector("#turn [name=review]").value`)

			// A change of mind: nothing was said, and nothing is when the page is left, which would let
			// go what is held.
			b.press("a")
			b.until(`document.querySelector("#turn").dataset.task !== "` + first + `"`)
			b.says("web.queue.undo.approve")
			b.press("u")
			b.until(`document.querySelector("#turn").dataset.task === "` + first + `"`)
			b.open(workspace + "/queue/" + first)
			b.until(`document.querySelector("#turn form[data-decide]")`)
			if n := b.posted("/decide"); n != 0 {
				t.Fatalf("said %d times although it was taken back", n)
			}
			opened := ask[float64](b, `performance.timeOrigin`)

			// One key, and five seconds later it is said.
			b.press("a")
			b.until(`document.querySelector("#turn").dataset.task !== "` + first + `"`)
			b.until(`!document.querySelector("#undo button")`)
			b.until(`!document.querySelector("#nav .count") || document.querySelector("#nav .count").textContent === "2"`)
			if said := h.said(t, priya, review); len(said) != 1 || said[0] != "APPROVE" {
				t.Errorf("said %v", said)
			}
			if now := ask[float64](b, `performance.timeOrigin`); now != opened {
				t.Error("another page was opened for it")
			}
		})
	}
}

// Whoever leaves the page within the five seconds has decided.
func TestLeavingDecides(t *testing.T) {
	t.Parallel()
	atDesks(t, 0, leavingDecides)
}

func leavingDecides(t *testing.T, l look) {
	h := open(t)
	priya := h.token(t, "Priya")
	b := h.browse(t, "Priya", l)
	b.open(workspace + "/queue")
	b.until(`document.querySelector("#turn form[data-decide]")`)
	review := ask[string](b, `document.querySelector("#turn [name=review]").value`)
	b.press("c")
	b.until(`document.activeElement.id === "why-changes"`)
	b.write("#why-changes", "Name the source.")
	b.click(`#turn button[value="changes"]`)
	b.until(`!document.querySelector("#undo").hidden`)
	b.open(workspace + "/welcome")
	await(t, "what was decided is said", func() bool { return len(h.said(t, priya, review)) == 1 })
}

// A screen that is older than what it shows cannot approve: the button is off until what changed was
// shown, and the form of another browser is refused.
func TestStaleScreen(t *testing.T) {
	t.Parallel()
	atDesks(t, 0, staleScreen)
}

func staleScreen(t *testing.T, l look) {
	h := open(t)
	oliver := h.token(t, "Oliver")
	account := h.accountOf(t, oliver, "Oliver Hartley")
	post := h.submitted(t, oliver, account, "A first wording of the news from the workshop.")
	priya := h.guest(t, "Priya")
	turn := priya.turnOf(t, post.Name)
	old := priya.get(turn).forms("/decide")[0]

	b := h.browse(t, "Priya", l)
	b.open(turn)
	b.until(`document.querySelector("[data-events]").dataset.live === "" && document.querySelector("#turn form[data-decide]")`)
	h.call(t, oliver, http.MethodPatch, post.Name+"?startNewRound=true&updateMask=content", map[string]any{
		"etag": post.Etag, "content": map[string]any{"language": "en", "text": "A second wording of the news from the workshop."},
	}, nil)
	b.until(`document.querySelector("#turn [data-moved]")`)
	if !ask[bool](b, `[...document.querySelectorAll("#turn .decide button")].every((b) => b.disabled)`) {
		t.Error("what is not on the screen any more can be approved")
	}

	for name, values := range old.values {
		if name == "requirement" && values[0] == "" {
			t.Fatal("the form asks nothing")
		}
	}
	old.values.Set("verdict", "approve")
	if d := priya.post(strings.TrimPrefix(old.action, h.base), old.values); d.status != http.StatusConflict {
		t.Errorf("the old form: status %d at %s", d.status, d.address)
	}
}

// The turn after the one on the screen is there before anybody asks for it, and each row says by what
// its place goes.
func TestTheNextIsThere(t *testing.T) {
	t.Parallel()
	atDesks(t, 6, theNextIsThere)
}

func theNextIsThere(t *testing.T, l look) {
	h := open(t)
	oliver := h.token(t, "Oliver")
	out := time.Now().AddDate(0, 0, 2).UTC().Truncate(time.Minute)
	var post posted
	h.call(t, oliver, http.MethodPost, company+"/posts", map[string]any{
		"content": map[string]any{"language": "en", "text": "The fair opens on time."}, "socialAccounts": []string{h.accountOf(t, oliver, "Oliver Hartley")},
		"publishTime": out.Format(time.RFC3339), "timeZone": "Europe/Paris",
	}, &post)
	h.call(t, oliver, http.MethodPost, post.Name+":submit", map[string]any{"digest": post.Digest}, &post)
	b := h.browse(t, "Priya", l)
	b.open(workspace + "/queue")
	b.until(`document.querySelector("[data-events]").dataset.live === "" && document.querySelector("#turn form[data-decide]")`)
	b.until(rowOf("The fair opens") + `.querySelectorAll("time").length === 2`)
	b.until(rowOf("The fair opens") + `.textContent.includes(` + quote(catalogue.Text(l.language, "web.queue.out", nil)) + `)`)
	b.until(`[...document.querySelectorAll("#turns .task a[data-turn]")].every((a) => a.querySelector("time"))`)
	b.keep("rows-" + l.String())

	const next = `document.querySelector(".task.current + .task a[data-turn]")`
	asked := `performance.getEntriesByType("resource").filter((e) => e.name.startsWith(` + next + `.href) && e.name.includes("only=turn") && e.responseEnd > 0).length`
	b.until(asked + ` === 1`)
	id := ask[string](b, next+`.dataset.turn`)
	ask[any](b, `void (window.fetched = 0, window.plain = fetch, window.fetch = (what, ...rest) => { if (String(what).includes("`+id+`?only")) window.fetched++; return plain(what, ...rest); })`)
	b.press("j")
	b.until(`document.querySelector("#turn:not([aria-busy])").dataset.task === "` + id + `"`)
	if n := ask[int](b, `window.fetched`); n != 0 {
		t.Errorf("the next turn was asked for %d times when it was wanted", n)
	}
}

// posted is a post as far as these tests care.
type posted struct{ Name, Digest, Review, Etag string }

// submitted lets somebody submit a post in own words.
func (h *house) submitted(tb testing.TB, token, account, text string) posted {
	tb.Helper()
	var post posted
	h.call(tb, token, http.MethodPost, "posts", map[string]any{"content": map[string]any{"language": "en", "text": text}, "socialAccounts": []string{account}}, &post)
	h.call(tb, token, http.MethodPost, post.Name+":submit", map[string]any{"digest": post.Digest}, &post)
	return post
}

// turnOf is the address of the turn somebody has about a post.
func (g *guest) turnOf(tb testing.TB, post string) string {
	tb.Helper()
	for n := range g.get(workspace + "/queue").root.Descendants() {
		if attr(n, "data-turn") == "" {
			continue
		}
		d := g.get(attr(n, "href"))
		for _, f := range d.forms("/decide") {
			if f.values.Get("subject") == post {
				return attr(n, "href")
			}
		}
	}
	tb.Fatalf("no turn about %s", post)
	return ""
}

// Without scripts a turn is read and decided by forms alone, and the last signature lets it out.
func TestDecideWithoutScripts(t *testing.T) {
	t.Parallel()
	h := open(t)
	oliver := h.token(t, "Oliver")
	post := h.submitted(t, oliver, h.accountOf(t, oliver, "Oliver Hartley"), "The new bench stands in the window in Leeds from today.")
	for _, who := range []string{"Priya", "Marguerite"} {
		g := h.guest(t, who)
		turn := g.turnOf(t, post.Name)
		page := g.get(turn)
		if text := words(page.root); !strings.Contains(text, "The new bench stands in the window") || !strings.Contains(text, post.Digest) {
			t.Fatalf("%s is shown %s", who, text)
		}
		f := page.forms("/decide")[0]
		f.values.Set("verdict", "approve")
		if d := g.post(f.action, f.values); d.status != http.StatusOK || !strings.HasPrefix(d.address, workspace+"/queue") {
			t.Fatalf("%s: status %d at %s", who, d.status, d.address)
		}
	}
	wall := h.guest(t, "")
	await(t, "it is on the wall", func() bool {
		return strings.Contains(wall.get("/wall/"+string(demo.Workspace)).body, "The new bench stands")
	})
}

// ticks are the turns of a list that can be ticked, by their names, each with the digest beside it.
func (d *document) ticks() map[string]string {
	all := make(map[string]string)
	for n := range d.root.Descendants() {
		if attr(n, "name") == "task" {
			id := attr(n, "value")[strings.LastIndexByte(attr(n, "value"), '/')+1:]
			for beside := range d.root.Descendants() {
				if attr(beside, "name") == "digest-"+id {
					all[attr(n, "value")] = attr(beside, "value")
				}
			}
		}
	}
	return all
}

// Several turns are decided at once, each on its own. What has to be decided alone has nothing to
// tick, and says why; ordered all the same, it is refused and nothing was said on it.
func TestBatch(t *testing.T) {
	t.Parallel()
	h := open(t)
	pr := h.guest(t, "Marguerite")
	list := pr.get(workspace + "/queue")
	ticks := list.ticks()
	if len(ticks) != 2 {
		t.Fatalf("%d turns can be decided together: %s", len(ticks), words(list.root))
	}
	if n := strings.Count(words(list.root), "library-light-edit"); n < 2 {
		t.Errorf("%d of 2 rows say which rule asked: %s", n, words(list.root))
	}
	f := list.forms("/queue/batch")[0]
	f.values = url.Values{"request_id": {f.values.Get("request_id")}, "verdict": {"approve"}}
	for name, digest := range ticks {
		id := name[strings.LastIndexByte(name, '/')+1:]
		f.values.Add("task", name)
		f.values.Set("digest-"+id, digest)
		view := pr.get(workspace + "/queue/" + id).forms("/decide")[0]
		pr.post(workspace+"/queue/"+id+"/view", view.values)
	}
	d := pr.post(f.action, f.values)
	await(t, "all are answered", func() bool {
		d = pr.get(d.address)
		return strings.Contains(words(d.root), "2 of 2")
	})
	if text := words(d.root); strings.Contains(text, "refused") {
		t.Errorf("the batch says %s", text)
	}
	if left := pr.get(workspace + "/queue").ticks(); len(left) != 0 {
		t.Errorf("still to be decided together: %v", left)
	}

	legal := h.guest(t, "Priya")
	list = legal.get(workspace + "/queue")
	if ticks := list.ticks(); len(ticks) != 0 || !strings.Contains(list.body, catalogue.Text("en", "web.queue.alone.VETO", nil)) {
		t.Fatalf("what has a veto can be ticked: %v", ticks)
	}
	f = list.forms("/queue/batch")[0]
	f.values = url.Values{"request_id": {f.values.Get("request_id")}, "verdict": {"approve"}}
	view := list.forms("/decide")[0]
	id := strings.Split(strings.TrimPrefix(view.action, workspace+"/queue/"), "/")[0]
	legal.post(workspace+"/queue/"+id+"/view", view.values)
	f.values.Set("task", "workspaces/alder/reviewTasks/"+id)
	f.values.Set("digest-"+id, view.values.Get("digest"))
	d = legal.post(f.action, f.values)
	await(t, "it is answered", func() bool {
		d = legal.get(d.address)
		return strings.Contains(words(d.root), "1 of 1")
	})
	if text := words(d.root); !strings.Contains(text, "1 was refused") || !strings.Contains(text, catalogue.Text("en", "error.BATCH_NOT_ALLOWED", nil)) {
		t.Errorf("the batch says %s", text)
	}
}
