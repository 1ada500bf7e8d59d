package webtest

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// reworded lets somebody write a post anew and submit it again.
func (h *house) reworded(tb testing.TB, token string, post posted, text string) posted {
	tb.Helper()
	var now posted
	h.call(tb, token, http.MethodGet, post.Name, nil, &now)
	h.call(tb, token, http.MethodPatch, post.Name+"?startNewRound=true&updateMask=content", map[string]any{
		"etag": now.Etag, "content": map[string]any{"language": "en", "text": text},
	}, &now)
	h.call(tb, token, http.MethodPost, post.Name+":submit", map[string]any{"digest": now.Digest}, &now)
	return now
}

// The queue is gone through with keys alone: each of them is on the list of keys, none of them does
// its work twice while it is held down, and what is done about a turn leaves the list where it is.
func TestKeysOfTheQueue(t *testing.T) {
	t.Parallel()
	h := open(t)
	b := h.browse(t, "Priya", desktop)
	b.open(workspace + "/queue")
	b.until(`document.querySelector("#turn form[data-decide]")`)
	task := `document.querySelector("#turn").dataset.task`
	first := ask[string](b, task)

	b.press("?")
	b.until(`document.querySelector("dialog[open] dl")`)
	listed := ask[string](b, `[...document.querySelectorAll("dialog[open] dt")].map((e) => e.textContent).join(" ")`)
	for _, key := range strings.Fields("j k x a c r s e d z") {
		if !strings.Contains(" "+listed+" ", " "+key+" ") {
			t.Errorf("the list of keys lacks %s: %s", key, listed)
		}
	}
	b.click("dialog[open] form button")

	b.press("e")
	b.until(`document.activeElement.id === "whyyou"`)
	b.press("d")
	b.until(`document.querySelector("#since0").checkVisibility() && !document.querySelector("#b0").checkVisibility()`)
	b.press("d")
	b.until(`document.querySelector("#b0").checkVisibility() && !document.querySelector("#since0").checkVisibility()`)
	b.press("j")
	b.until(task + ` !== "` + first + `"`)
	b.press("k")
	b.until(task + ` === "` + first + `"`)

	// A finger that rests on the key says nothing.
	ask[bool](b, `document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "a", repeat: true, bubbles: true, cancelable: true }))`)
	if !ask[bool](b, `document.querySelector("#undo").hidden`) || ask[string](b, task) != first {
		t.Error("a key that is held down decides again and again")
	}

	// Being at it changes the turn, not the list.
	ask[bool](b, `window.list = document.querySelector("#turns"), true`)
	b.click(`#turn form[action$="/claim"] button`)
	b.until(`document.querySelector('#turn form[action$="/release"]')`)
	if !ask[bool](b, `window.list === document.querySelector("#turns")`) {
		t.Error("the list was put anew")
	}
}

// A key ticks a turn, and being at it leaves the tick; what other rules asked for is then not to be
// ticked, and can be again once nothing is.
func TestTickedByKey(t *testing.T) {
	t.Parallel()
	h := open(t)
	var names []string
	for name := range h.guest(t, "Marguerite").get(workspace + "/queue").ticks() {
		names = append(names, name[strings.LastIndexByte(name, '/')+1:])
	}
	if len(names) != 2 {
		t.Fatalf("%d turns can be ticked", len(names))
	}
	b := h.browse(t, "Marguerite", desktop)
	b.open(workspace + "/queue/" + names[0])
	b.until(`document.querySelector("#turn form[data-decide]") && document.querySelector(".task.current [data-tick]")`)
	other := `document.querySelector('#row-` + names[1] + ` [data-tick]')`
	b.press("x")
	b.until(`document.querySelector(".task.current [data-tick]").checked && document.querySelector("[data-together]").open`)
	if ask[bool](b, other+`.disabled`) {
		t.Error("what the same rules asked for cannot be ticked beside it")
	}
	ask[bool](b, `window.list = document.querySelector("#turns"), true`)
	b.click(`#turn form[action$="/claim"] button`)
	b.until(`document.querySelector('#turn form[action$="/release"]')`)
	if !ask[bool](b, `window.list === document.querySelector("#turns") && document.querySelector(".task.current [data-tick]").checked`) {
		t.Error("the list was put anew")
	}
	ask[bool](b, other+`.dataset.tick = "others", true`)
	b.press("x")
	b.until(`!document.querySelector(".task.current [data-tick]").checked`)
	b.press("x")
	b.until(`document.querySelector(".task.current [data-tick]").checked && ` + other + `.disabled`)
	b.press("x")
	b.until(`!` + other + `.disabled`)
}

// What changes while it is open cannot be decided before what changed was shown; then one key does it.
func TestChangedWhileOpen(t *testing.T) {
	t.Parallel()
	h := open(t)
	oliver, priya := h.token(t, "Oliver"), h.token(t, "Priya")
	post := h.submitted(t, oliver, h.accountOf(t, oliver, "Oliver Hartley"), "A first wording of the news from the workshop.")
	turn := h.guest(t, "Priya").turnOf(t, post.Name)
	b := h.browse(t, "Priya", desktop)
	b.open(turn)
	b.until(`document.querySelector("[data-events]").dataset.live === "" && document.querySelector("#turn form[data-decide]")`)
	h.reworded(t, oliver, post, "A second wording of the news from the workshop.")
	b.until(`document.querySelector("#turn [data-moved]")`)
	b.press("a")
	if !ask[bool](b, `document.querySelector("#undo").hidden`) {
		t.Fatal("what is not on the screen any more was decided")
	}
	b.press("d")
	b.until(`document.querySelector("#since0")?.checkVisibility() && document.querySelector("#since0 ins")`)
	review := ask[string](b, `document.querySelector("#turn [name=review]").value`)
	b.press("a")
	b.until(`document.querySelector("#undo").hidden === false`)
	await(t, "it is approved", func() bool { return slices.Equal(h.said(t, priya, review), []string{"APPROVE"}) })
}

// A colleague's signature on the same bytes makes no screen old: who signed is renewed beside the
// text, and the key still decides.
func TestColleagueSigns(t *testing.T) {
	t.Parallel()
	h := open(t)
	oliver, priya := h.token(t, "Oliver"), h.token(t, "Priya")
	post := h.submitted(t, oliver, h.accountOf(t, oliver, "Oliver Hartley"), "The saw is back from the smith.")
	b := h.browse(t, "Priya", desktop)
	b.open(h.guest(t, "Priya").turnOf(t, post.Name))
	b.until(`document.querySelector("[data-events]").dataset.live === "" && document.querySelector("#turn form[data-decide]")`)
	review := ask[string](b, `document.querySelector("#turn [name=review]").value`)
	ask[bool](b, `window.words = document.querySelector("#b0, .tabset section"), true`)

	marguerite := h.guest(t, "Marguerite")
	f := marguerite.get(marguerite.turnOf(t, post.Name)).forms("/decide")[0]
	f.values.Set("verdict", "approve")
	if d := marguerite.post(f.action, f.values); d.status != http.StatusOK {
		t.Fatalf("status %d", d.status)
	}
	b.until(`document.querySelector("#turn-now .signs .done")`)
	if !ask[bool](b, `window.words.isConnected && !document.querySelector("#turn [data-moved]")`) {
		t.Error("what is being read was put anew")
	}
	b.press("a")
	await(t, "both have signed", func() bool { return len(h.said(t, priya, review)) == 2 })
}

// Changes are asked for, the author is told so in his own queue and makes them, and the approver is
// shown what became of it; all of it by forms alone.
func TestAskedForChanges(t *testing.T) {
	t.Parallel()
	h := open(t)
	oliver, token := h.token(t, "Oliver"), h.token(t, "Priya")
	post := h.submitted(t, oliver, h.accountOf(t, oliver, "Oliver Hartley"), "We saved almost half of the oil.")
	priya, author := h.guest(t, "Priya"), h.guest(t, "Oliver")
	f := priya.get(priya.turnOf(t, post.Name)).forms("/decide")[1]
	f.values.Set("verdict", "changes")
	f.values.Set("reason", "Give the measured figure.")
	if d := priya.post(f.action, f.values); d.status != http.StatusOK {
		t.Fatalf("status %d at %s", d.status, d.address)
	}

	told := false
	for n := range author.get(workspace + "/queue").root.Descendants() {
		if href := attr(n, "href"); attr(n, "data-turn") != "" {
			page := author.get(href)
			told = told || strings.Contains(page.body, workspace+"/posts/"+post.Name[strings.LastIndexByte(post.Name, '/')+1:]) && strings.Contains(words(page.root), "Give the measured figure.")
		}
	}
	if !told {
		t.Error("the author is not told what to change")
	}

	h.reworded(t, oliver, post, "We saved 48 % of the oil.")
	page := priya.get(priya.turnOf(t, post.Name))
	if text := words(page.root); !strings.Contains(text, "Since my last decision") || !strings.Contains(text, "almost half") {
		t.Errorf("what changed is not shown: %s", text)
	}
	f = page.forms("/decide")[0]
	f.values.Set("verdict", "approve")
	if d := priya.post(f.action, f.values); d.status != http.StatusOK {
		t.Fatalf("status %d at %s", d.status, d.address)
	}
	if said := h.said(t, token, f.values.Get("review")); len(said) != 1 || said[0] != "APPROVE" {
		t.Errorf("said %v", said)
	}
}
