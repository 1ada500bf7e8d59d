package webtest

import (
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// reach goes from element to element by the keyboard until the focus is on one that matches, and sees
// at each step that the focus can be seen.
func (b *browser) reach(selector string) {
	b.t.Helper()
	for range 80 {
		b.press("\t")
		if ask[bool](b, fmt.Sprintf("document.activeElement.matches(%q)", selector)) {
			if ask[bool](b, `getComputedStyle(document.activeElement).outlineStyle === "none"`) {
				b.t.Errorf("nobody sees the focus on %s", selector)
			}
			return
		}
	}
	b.t.Fatalf("%s is not reached by the keyboard\n%s", selector, b.screen())
}

// With the keyboard alone an employee shares, and an approver decides and says why.
func TestKeyboardOnly(t *testing.T) {
	t.Parallel()
	atDesks(t, 0, keyboardOnly)
}

func keyboardOnly(t *testing.T, l look) {
	h := open(t)
	b := h.browse(t, "Camille", l)
	b.open(workspace + "/library")
	b.reach(`a[href$="/share"]`)
	b.press("\r")
	b.until(`location.pathname.endsWith("/share")`)
	b.reach(`form button.sign`)
	b.press("\r")
	b.until(`/\/posts\/[0-9a-f-]+$/.test(location.pathname)`)

	p := h.browse(t, "Priya", l)
	p.open(workspace + "/queue")
	p.until(`document.querySelector("#turn form[data-decide]")`)
	first := ask[string](p, `document.querySelector("#turn").dataset.task`)
	p.press("j")
	p.until(`document.querySelector("#turn").dataset.task !== "` + first + `"`)
	p.press("k")
	p.until(`document.querySelector("#turn").dataset.task === "` + first + `"`)
	p.press("?")
	p.until(`document.querySelector("[data-keys]").open && document.querySelectorAll(".keylist dt").length > 4`)
	p.press("\x1b")
	p.until(`!document.querySelector("[data-keys]").open`)
	p.press("r")
	p.until(`document.activeElement.id === "why-reject"`)
	p.press("No.")
	p.reach(`#turn button[value="reject"]`)
	p.press("\r")
	p.says("web.queue.undo.reject")
}

// holdDown presses Enter and lets go of it once a condition is met.
func (b *browser) holdDown(condition string) {
	b.t.Helper()
	enter := input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Key: "Enter", Code: "Enter", Text: "\r", WindowsVirtualKeyCode: 13}
	b.must(chromedp.Call(b.ctx, input.DispatchKeyEvent, enter))
	b.until(condition)
	enter.Type, enter.Text = input.DispatchKeyEventTypeKeyUp, ""
	b.must(chromedp.Call(b.ctx, input.DispatchKeyEvent, enter))
}

// With the keyboard alone somebody writes a post, and submits it.
func TestComposeByKeyboard(t *testing.T) {
	t.Parallel()
	atDesks(t, 2, composeByKeyboard)
}

func composeByKeyboard(t *testing.T, l look) {
	h := open(t)
	b := h.browse(t, "Camille", l)
	b.open(workspace + "/compose")
	b.until(`document.querySelector("[name=account]:checked")`)
	b.press("w")
	b.until(`document.activeElement.id === "compose-text"`)
	b.press("Nobody took a mouse to write this.")
	b.until(`document.querySelector("#compose-preview .post")?.innerText.includes("took a mouse")`)
	b.until(`new URLSearchParams(location.search).has("post") && !document.querySelector("#compose[data-changed]")`)
	b.until(`document.querySelector("#compose-signers .signs li")`)
	b.reach("#compose-submit")
	b.press("\r")
	b.until(`location.pathname.startsWith("` + workspace + `/posts/")`)
	b.says("web.said.compose.submitted")
}

// With the keyboard alone everything is stopped, by a key that is held down, and let go again, and what
// waited is sent.
func TestFreezeByKeyboard(t *testing.T) {
	t.Parallel()
	atDesks(t, 6, freezeByKeyboard)
}

func freezeByKeyboard(t *testing.T, l look) {
	h := open(t)
	b := h.browse(t, "Marguerite", l)
	b.open(workspace + "/publications")
	b.press("F")
	b.until(`location.pathname.endsWith("/holds/new") && document.querySelector("#hold-it").textContent`)
	b.reach("#freeze-reason")
	b.press("The mill stands still.")
	b.reach("[data-hold]")
	b.press("\r")
	b.until(`(window.passed ??= (setTimeout(() => { window.passed = "yes"; }, 500), "not yet")) === "yes"`)
	if n := b.posted("/holds"); n != 0 {
		t.Fatal("a key that is pressed shortly stops everything")
	}
	b.holdDown(`/holds\/[0-9a-f-]{36}$/.test(location.pathname)`)
	b.says("web.said.holds.stopped")

	g := h.guest(t, "Camille")
	g.share("The Linden chair", g.accountOf("Camille Moreau"))
	b.until(`(() => { if (document.querySelector("#resume")) return true; if (document.readyState === "complete") location.reload(); return false; })()`)
	b.until(`document.readyState === "complete"`)
	b.reach("#lift-reason")
	b.press("It turns again.")
	b.reach(`form[action$="/release"] button`)
	b.press("\r")
	b.until(`document.querySelector('#held:not([data-refresh]) #resume input[value="SEND"]')`)
	b.reach(`#resume input[type="radio"]`)
	b.press(kb.ArrowDown)
	b.until(`document.querySelector('#resume input[value="SEND"]').checked`)
	b.reach(`form#resume button`)
	b.press("\r")
	b.says("web.said.holds.resumed", "n", "1")
}

// With the keyboard alone somebody comes by each of the three words that settle what nobody knows, and
// says one of them.
func TestUnknownByKeyboard(t *testing.T) {
	t.Parallel()
	atDesks(t, 0, unknownByKeyboard)
}

func unknownByKeyboard(t *testing.T, l look) {
	h := open(t)
	lost(t, h)
	b := h.browse(t, "Thomas", l)
	b.unknown()
	b.until(`document.readyState === "complete"`)
	b.reach(".list .pub a")
	b.press("\r")
	b.until(`document.querySelectorAll("button[name=resolution]").length === 3`)
	for _, word := range []string{"FOUND", "ABSENT", "SEND_AGAIN"} {
		b.reach(`button[value="` + word + `"]`)
	}
	b.reach("#absent-how")
	b.press("The letter was never sent.")
	b.reach(`button[value="ABSENT"]`)
	b.press("\r")
	b.says("web.said.publications.absent")
}

// With the keyboard alone other words are suggested for what is under review.
func TestSuggestedByKey(t *testing.T) {
	t.Parallel()
	atDesks(t, 4, suggestedByKey)
}

func suggestedByKey(t *testing.T, l look) {
	h := open(t)
	b := h.browse(t, "Priya", l)
	b.open(workspace + "/queue")
	b.until(`document.querySelector("#turn form[data-decide]")`)
	b.press("s")
	b.until(`document.activeElement.id === "suggest"`)
	b.press("Once more: ")
	b.reach(`#turn form[action$="/suggest"] button`)
	b.press("\r")
	b.says("web.said.queue.suggested")
}

// With the keyboard alone somebody is led to a mistake in a routing policy, mends it, keeps and simulates
// what was written, and somebody else puts it in force.
func TestPolicyByKeyboard(t *testing.T) {
	t.Parallel()
	atDesks(t, 4, policyByKeyboard)
}

func policyByKeyboard(t *testing.T, l look) {
	h := open(t)
	h.secondAdmin(t)
	b := h.browse(t, "Thomas", l)
	b.open(workspace + "/policy/edit")
	b.until(`document.querySelector("#document").value.includes("own-words")`)
	b.reach("#document")
	ask[bool](b, `(() => { document.querySelector("#document").setSelectionRange(0, 0); return true; })()`)
	b.press("wrong: [\r")
	b.reach(`button[name="for"][value="check"]`)
	b.press("\r")
	b.until(`document.querySelector("[data-refusal]:not([hidden]) button[data-line]")`)
	b.reach(`[data-refusal] button[data-line]`)
	b.press("\r")
	b.until(`document.activeElement.id === "document"`)
	ask[bool](b, `(() => { document.activeElement.setSelectionRange(0, "wrong: [".length + 1); return true; })()`)
	b.press(kb.Delete)
	b.press("# Read again.\r")
	b.reach(`button[name="for"][value="check"]`)
	b.press("\r")
	b.says("web.policy.fine")
	b.reach(`button[name="for"][value="keep"]`)
	b.press("\r")
	b.until(`/\/policy\/revisions\/\d+$/.test(location.pathname) && document.readyState === "complete"`)
	b.reach(`form[action$="/simulate"] button`)
	b.press("\r")
	b.until(`document.querySelector("#simulation svg.chart rect.after")`)
	b.says("web.policy.second")

	second := h.browse(t, "Judith", l)
	second.open(ask[string](b, `location.pathname`))
	second.reach(`form[action$="/activate"] button`)
	second.press("\r")
	second.until(`location.pathname.endsWith("/policy")`)
}

// With the keyboard alone an item is taken back.
func TestRecallByKeyboard(t *testing.T) {
	t.Parallel()
	atDesks(t, 2, recallByKeyboard)
}

func recallByKeyboard(t *testing.T, l look) {
	h := open(t)
	b := h.browse(t, "Marguerite", l)
	b.open(workspace + "/recalls")
	b.reach(`main a[href$="/recalls/new"]`)
	b.press("\r")
	b.until(`location.pathname.endsWith("/recalls/new") && document.readyState === "complete"`)
	b.reach("#recall-item")
	b.press("The Linden")
	b.until(`/[1-9]/.test(document.querySelector("#recall-count").textContent)`)
	for _, scope := range []string{"LIBRARY", "QUEUED", "PUBLISHED"} {
		b.reach(`input[value="` + scope + `"]`)
	}
	b.reach("#recall-reason")
	b.press("The chair is recalled.")
	b.reach("#recall button.seal")
	b.press("\r")
	b.says("web.said.recalls.begun")
}
