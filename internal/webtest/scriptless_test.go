package webtest

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/imprimatur-hq/imprimatur/internal/catalogue"
)

// scriptless lets no page run a script from now on; what the test itself asks the page is answered.
func (b *browser) scriptless() *browser {
	b.t.Helper()
	b.must(chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}))
	return b
}

// idle fails where a page shows, in any of its folds, what does nothing without scripts: a button that
// sends no form, a key, a line of tabs.
func (b *browser) idle() {
	b.t.Helper()
	if ask[bool](b, `document.documentElement.classList.contains("script")`) {
		b.t.Fatal("a script ran")
	}
	ask[any](b, `void document.querySelectorAll("main details").forEach((d) => { d.was = d.open; d.open = true; })`)
	shown := ask[[]string](b, `[...document.querySelectorAll("button, kbd, [role=tab], .hint, [contenteditable], progress")].filter((e) => e.checkVisibility({ visibilityProperty: true }) &&
		(!e.matches("button") || e.type === "button" || !e.form)).map((e) => e.outerHTML)`)
	ask[any](b, `void document.querySelectorAll("main details").forEach((d) => { d.open = d.was; })`)
	for _, one := range shown {
		b.t.Errorf("%s shows what does nothing: %s", ask[string](b, "location.pathname"), one)
	}
	if wide := ask[int](b, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); wide > 0 {
		b.t.Errorf("%s is %d pixels wider than the window", ask[string](b, "location.pathname"), wide)
	}
}

// Where no script runs one writes and submits, signs and asks for changes, shares and reads how all of
// it stands, in a browser and by what it shows.
func TestWithoutScripts(t *testing.T) {
	t.Parallel()
	inLooks(t, 4, withoutScripts)
}

func withoutScripts(t *testing.T, l look) {
	h := open(t)
	author := h.browse(t, "Oliver", l).scriptless()
	author.open(workspace + "/compose")
	author.idle()
	author.write("#compose-text", "The old lathe turns again, in oak.")
	author.click(`.ending button[value="check"]`)
	author.until(`document.querySelector("#compose-preview .post")?.innerText.includes("in oak") && document.querySelector("#compose-signers .signs li")`)
	author.idle()
	author.keep("scriptless-compose-" + l.String())
	author.click("#compose-submit")
	author.until(`location.pathname.startsWith("` + workspace + `/posts/")`)
	author.says("web.said.compose.submitted")
	author.idle()
	author.keep("scriptless-post-" + l.String())
	page := ask[string](author, `location.pathname`)
	post := company + page[strings.Index(page, "/posts/"):]

	h.decideWithoutScripts(t, l, "Priya", "approve")
	h.decideWithoutScripts(t, l, "Marguerite", "changes")
	author.open(page)
	author.sees("Which workshop?")
	author.click(`main a[href*="/compose?post="]`)
	author.until(`document.querySelector("#compose-text")?.value.includes("in oak")`)
	author.write("#compose-text", " It stands in Lyon.")
	author.click(`.ending button[value="check"]`)
	author.until(`document.querySelector("#compose-preview .post")?.innerText.includes("It stands in Lyon.")`)
	author.click("#compose-submit")
	author.says("web.said.compose.submitted")
	h.decideWithoutScripts(t, l, "Priya", "approve")
	h.decideWithoutScripts(t, l, "Marguerite", "approve")
	await(t, "it is out", func() bool {
		return h.colleague(t, "Oliver").call(http.MethodGet, post, nil)["state"] == "PUBLISHED"
	})
	author.open(page)
	author.says("web.posts.state.PUBLISHED")
	author.until(`document.querySelector(".outs a[href]")`)
	if cleared := catalogue.Text(l.language, "asked.OBJECTION_OPEN", nil); strings.Contains(author.screen(), cleared) {
		t.Errorf("%q stands under a signature that was given", cleared)
	}

	author.open(workspace + "/library")
	author.idle()
	author.keep("scriptless-library-" + l.String())
	author.click(`.cards a[href$="/share"]`)
	author.until(`document.querySelector('.go button[value="now"]')`)
	author.idle()
	author.keep("scriptless-share-" + l.String())
	author.click(`.go button[value="now"]`)
	author.until(`location.pathname.startsWith("` + workspace + `/posts/")`)
	author.open(workspace + "/posts")
	author.idle()
}

// decideWithoutScripts says one thing about the post of the test, by the row of it and a button.
func (h *house) decideWithoutScripts(t *testing.T, l look, who, verdict string) {
	t.Helper()
	b := h.browse(t, who, l).scriptless()
	b.open(workspace + "/queue")
	b.until(rowOf("The old lathe"))
	ask[bool](b, rowOf("The old lathe")+`.id = "that", true`)
	b.click("#that")
	b.until(`document.querySelector("#turn .sheet .post")?.textContent.includes("The old lathe") && document.querySelector("#turn form[data-decide]")`)
	b.idle()
	b.keep("scriptless-turn-" + who + "-" + verdict + "-" + l.String())
	if verdict == "changes" {
		b.click(`.decide details:has(#why-changes) > summary`)
		b.write("#why-changes", "Which workshop?")
		b.keep("scriptless-changes-" + l.String())
	}
	b.click(`#turn button[value="` + verdict + `"]`)
	b.says("web.said.queue." + verdict)
}
