package webtest

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/catalogue"
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
	atDesks(t, 0, keysOfTheQueue)
}

func keysOfTheQueue(t *testing.T, l look) {
	h := open(t)
	b := h.browse(t, "Priya", l)
	b.open(workspace + "/queue")
	b.until(`document.querySelector("#turn form[data-decide]")`)
	task := `document.querySelector("#turn").dataset.task`
	first := ask[string](b, task)

	b.press("?")
	b.until(`document.querySelector("dialog[open] dl")`)
	listed := ask[string](b, `[...document.querySelectorAll("dialog[open] dt")].map((e) => e.textContent).join(" ")`)
	for _, key := range strings.Fields("j k x u a c r s e d z i o t") {
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
	atDesks(t, 0, tickedByKey)
}

func tickedByKey(t *testing.T, l look) {
	h := open(t)
	var names []string
	for name := range h.guest(t, "Marguerite").get(workspace + "/queue").ticks() {
		names = append(names, name[strings.LastIndexByte(name, '/')+1:])
	}
	if len(names) != 2 {
		t.Fatalf("%d turns can be ticked", len(names))
	}
	b := h.browse(t, "Marguerite", l)
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
	inLooks(t, 0, changedWhileOpen)
}

func changedWhileOpen(t *testing.T, l look) {
	h := open(t)
	oliver, priya := h.token(t, "Oliver"), h.token(t, "Priya")
	post := h.submitted(t, oliver, h.accountOf(t, oliver, "Oliver Hartley"), "A first wording of the news from the workshop.")
	turn := h.guest(t, "Priya").turnOf(t, post.Name)
	b := h.browse(t, "Priya", l)
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
	inLooks(t, 0, colleagueSigns)
}

func colleagueSigns(t *testing.T, l look) {
	h := open(t)
	oliver, priya := h.token(t, "Oliver"), h.token(t, "Priya")
	post := h.submitted(t, oliver, h.accountOf(t, oliver, "Oliver Hartley"), "The saw is back from the smith.")
	b := h.browse(t, "Priya", l)
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

// heldBack keeps a decision back until the test lets go of it, instead of for some seconds.
func (b *browser) heldBack() {
	b.t.Helper()
	ask[any](b, `void (() => {
		const later = window.setTimeout;
		window.setTimeout = (what, wait, ...rest) => wait === 5000 ? (window.letGo = what, 0) : later(what, wait, ...rest);
	})()`)
}

// A colleague's signature within the seconds in which a decision waits loses nobody's decision, also
// when the page is left; an edit within them does, and that is said.
func TestHeldWhileOthersAct(t *testing.T) {
	t.Parallel()
	atDesks(t, 4, heldWhileOthersAct)
}

func heldWhileOthersAct(t *testing.T, l look) {
	h := open(t)
	oliver, priya := h.token(t, "Oliver"), h.token(t, "Priya")
	b, marguerite := h.browse(t, "Priya", l), h.guest(t, "Marguerite")
	account := h.accountOf(t, oliver, "Oliver Hartley")
	for _, leaves := range []bool{true, false} {
		post := h.submitted(t, oliver, account, "The plane is sharp again, "+strconv.FormatBool(leaves)+".")
		f := marguerite.get(marguerite.turnOf(t, post.Name)).forms("/decide")[0]
		f.values.Set("verdict", "approve")
		b.open(h.guest(t, "Priya").turnOf(t, post.Name))
		b.until(`document.querySelector("[data-events]").dataset.live === "" && document.querySelector("#turn form[data-decide]")`)
		review := ask[string](b, `document.querySelector("#turn [name=review]").value`)
		b.heldBack()
		b.press("a")
		b.until(`window.letGo`)
		if d := marguerite.post(f.action, f.values); d.status != http.StatusOK {
			t.Fatalf("status %d", d.status)
		}
		if leaves {
			b.open(workspace + "/welcome")
		} else {
			ask[any](b, `void window.letGo()`)
		}
		await(t, "both have signed", func() bool { return slices.Equal(h.said(t, priya, review), []string{"APPROVE", "APPROVE"}) })
	}

	post := h.submitted(t, oliver, account, "A first wording of the news.")
	b.open(h.guest(t, "Priya").turnOf(t, post.Name))
	b.until(`document.querySelector("[data-events]").dataset.live === "" && document.querySelector("#turn form[data-decide]")`)
	review := ask[string](b, `document.querySelector("#turn [name=review]").value`)
	b.heldBack()
	b.press("a")
	b.until(`window.letGo`)
	h.reworded(t, oliver, post, "A second wording of the news.")
	ask[any](b, `void window.letGo()`)
	b.until(`document.querySelector("#told").textContent && document.querySelector("#undo").hidden`)
	b.keep("held-edited-" + l.String())
	if said := h.said(t, priya, review); len(said) != 0 {
		t.Errorf("of the old bytes it is said %v", said)
	}
	var now posted
	h.call(t, priya, http.MethodGet, post.Name, nil, &now)
	if said := h.said(t, priya, now.Review); len(said) != 0 || now.Review == review {
		t.Errorf("of the new bytes it is said %v", said)
	}
	b.until(rowOf("A second wording"))
}

// A verdict that is on its way stays struck out whatever comes to the list meanwhile, and stands again
// when it was refused.
func TestStruckWhileSent(t *testing.T) {
	t.Parallel()
	atDesks(t, 6, struckWhileSent)
}

func struckWhileSent(t *testing.T, l look) {
	h := open(t)
	oliver, priya := h.token(t, "Oliver"), h.token(t, "Priya")
	account := h.accountOf(t, oliver, "Oliver Hartley")
	b := h.browse(t, "Priya", l)
	for i, refused := range []bool{false, true} {
		post := h.submitted(t, oliver, account, "The vice holds again, "+strconv.FormatBool(refused)+".")
		b.open(h.guest(t, "Priya").turnOf(t, post.Name))
		b.until(`document.querySelector("[data-events]").dataset.live === "" && document.querySelector("#turn form[data-decide]")`)
		review := ask[string](b, `document.querySelector("#turn [name=review]").value`)
		b.heldBack()
		// The service is a while at the verdict.
		ask[any](b, `void (() => {
			const send = window.fetch, task = document.querySelector("#turn").dataset.task;
			window.struck = () => document.getElementById("row-" + task).classList.contains("gone");
			window.fetch = (to, how) => how?.method !== "POST" || !String(to).endsWith("/decide") ? send(to, how) :
				new Promise((then, fail) => { window.answer = (refused) => refused ? fail(new TypeError("away")) : send(to, how).then(then, fail); });
		})()`)
		b.press("a")
		b.until(`window.letGo`)
		ask[any](b, `void window.letGo()`)
		b.until(`window.answer`)
		came := "The lathe hums, " + strconv.Itoa(i) + "."
		h.submitted(t, oliver, account, came)
		b.until(rowOf(came))
		if !ask[bool](b, `window.struck()`) {
			t.Error("a verdict that is on its way stands in the list as if nothing were said")
		}
		ask[any](b, `void window.answer(`+strconv.FormatBool(refused)+`)`)
		if refused {
			b.until(`!window.struck()`)
			continue
		}
		await(t, "it is approved", func() bool { return slices.Equal(h.said(t, priya, review), []string{"APPROVE"}) })
	}
}

// Who has a turn open is told to a colleague who has it open as well, on the turn and in the list, and
// since when, without a reload; it ends when the page is left. The author is told nothing.
func TestColleagueLooks(t *testing.T) {
	t.Parallel()
	inLooks(t, 6, colleagueLooks)
}

func colleagueLooks(t *testing.T, l look) {
	h := open(t)
	oliver := h.token(t, "Oliver")
	post := h.submitted(t, oliver, h.accountOf(t, oliver, "Oliver Hartley"), "The glue pot has a name now.")
	turn := h.guest(t, "Priya").turnOf(t, post.Name)
	priya, etienne := h.browse(t, "Priya", l), h.browse(t, "Étienne", l)
	priya.open(turn)
	priya.until(`document.querySelector("[data-events]").dataset.live === "" && document.querySelector("#turn form[data-decide]")`)
	if ask[bool](priya, `!!document.querySelector("[data-looked]")`) {
		t.Error("nobody else looks, and it is said that somebody does")
	}
	etienne.open(turn)
	told := func(name string) string {
		return quote(catalogue.Text(l.language, "web.queue.open", map[string]string{"name": name}))
	}
	priya.until(`document.querySelector("#turn-facts [data-looked]")?.textContent.startsWith(` + told("Étienne Caron") + `)`)
	priya.until(`document.querySelector("#turn-facts [data-looked] time")`)
	priya.until(`document.querySelector(".task.current [data-looked]")?.textContent === ` + quote(catalogue.Text(l.language, "web.queue.looks", map[string]string{"name": "Étienne Caron"})))
	priya.keep("looks-" + l.String())
	etienne.until(`document.querySelector("#turn-facts [data-looked]")?.textContent.includes("Priya Nair")`)
	author := h.guest(t, "Oliver")
	for _, page := range []string{path(post.Name), workspace + "/queue?view=all"} {
		if d := author.get(page); strings.Contains(words(d.root), "has it open") {
			t.Errorf("%s tells the author who looks", page)
		}
	}
	etienne.open(workspace + "/library")
	priya.until(`!document.querySelector("[data-looked]")`)
}

// An admin has an open round routed again after the rules came to ask for less; the turn says who did,
// why, and what is asked no longer.
func TestRoutedAgain(t *testing.T) {
	t.Parallel()
	inLooks(t, 6, routedAgain)
}

func routedAgain(t *testing.T, l look) {
	h := open(t)
	oliver := h.token(t, "Oliver")
	post := h.submitted(t, oliver, h.accountOf(t, oliver, "Oliver Hartley"), "The saw has a new handle.")
	admin := h.guest(t, "Thomas")
	address := admin.get(workspace+"/people").memberPage(t, "Judith Osei")
	f := admin.get(address).forms(address)[0]
	f.values.Add("role", "admin")
	f.values.Set("for", "save")
	if d := admin.post(f.action, f.values); d.status != http.StatusOK {
		t.Fatalf("no second admin: %d %s", d.status, words(d.root))
	}
	var made, run struct{ Name, State string }
	admin.call(http.MethodPost, company+"/routingPolicies/default/revisions", map[string]any{"document": `defaults: [{role: "approver:legal", veto: true}]`}, &made)
	admin.call(http.MethodPost, made.Name+":simulate", map[string]any{}, &run)
	await(t, "it is simulated", func() bool {
		admin.call(http.MethodGet, run.Name, nil, &run)
		return run.State == "SUCCEEDED"
	})
	judith := h.guest(t, "Judith")
	judith.call(http.MethodPost, made.Name+":activate", map[string]any{"simulation": run.Name, "acknowledgeUnroutable": true}, nil)

	var turns struct {
		ReviewTasks []struct{ Name, Requirement string }
	}
	admin.call(http.MethodGet, company+"/reviewTasks?filter="+url.QueryEscape(`member = "*" AND subject = "`+post.Name+`"`), nil, &turns)
	if len(turns.ReviewTasks) < 2 {
		t.Fatalf("%d turns", len(turns.ReviewTasks))
	}
	b := h.browse(t, "Thomas", l)
	_, id, _ := strings.Cut(turns.ReviewTasks[0].Name, "/reviewTasks/")
	b.open(workspace + "/queue/" + id)
	b.click(`#turn details:has(form[action$="/reroute"]) > summary`)
	b.write("#reroute-why", "A handle is for legal alone.")
	b.click(`#turn form[action$="/reroute"] button`)
	b.says("web.said.queue.rerouted")
	b.until(`document.querySelector("#turn-now .history")?.textContent.includes("A handle is for legal alone.")`)
	b.says("web.queue.plan.removed")
	b.until(`document.querySelectorAll("#turn-now .signs li").length === 1`)
	b.keep("rerouted-" + l.String())
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
