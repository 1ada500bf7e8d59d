package webtest

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/catalogue"
)

// rowOf is the script that finds the row of a turn by its words.
func rowOf(words string) string {
	return `[...document.querySelectorAll("#turns .task:not(.gone) a[data-turn]")].find((a) => a.textContent.includes(` + quote(words) + `))`
}

// turnTo opens the turn of a row with such words, once it is in the list, and is its id.
func (b *browser) turnTo(words string) string {
	b.t.Helper()
	b.until(rowOf(words))
	id := ask[string](b, rowOf(words)+`.dataset.turn`)
	ask[any](b, `void setTimeout(() => `+rowOf(words)+`.click())`)
	b.until(`document.querySelector("#turn:not([aria-busy])")?.dataset.task === ` + quote(id))
	return id
}

// runs waits until a script of a page that was put in the place of another has run.
func (b *browser) runs(script string) {
	b.t.Helper()
	b.until(`(() => {
		const one = performance.getEntriesByType("resource").find((e) => e.name.includes("/` + script + `"));
		if (one) window.ran ??= (import(one.name).then(() => { window.ran = "yes"; }), "not yet");
		return window.ran === "yes";
	})()`)
}

// decided waits until what was decided is sent, which a change of mind prevents for some seconds. On a
// phone the line stays until the next scroll, and offers nothing any more.
func (b *browser) decided(ending string) {
	b.t.Helper()
	b.until(`document.querySelector("#undo").hidden === false`)
	b.until(`document.querySelector("#undo").hidden || !document.querySelector("#undo button")`)
	await(b.t, ending+" is sent", func() bool { return b.posted(ending) > 0 })
	if n := b.posted(ending); n != 1 {
		b.t.Errorf("%s was sent %d times", ending, n)
	}
}

// Turns are ticked and sent together, and each has an outcome of its own: what was read is signed; what
// was not is refused, says so beside it, and waits for whoever opens it.
func TestSentTogether(t *testing.T) {
	t.Parallel()
	inLooks(t, 2, sentTogether)
}

func sentTogether(t *testing.T, l look) {
	h := open(t)
	pr := h.guest(t, "Marguerite")
	var read, unread string
	for name := range pr.get(workspace + "/queue").ticks() {
		read, unread = unread, name[strings.LastIndexByte(name, '/')+1:]
	}
	b := h.browse(t, "Marguerite", l)
	b.open(workspace + "/queue/" + read)
	b.until(`document.querySelector("#turn form[data-decide]")`)
	b.until(`performance.getEntriesByType("resource").some((e) => e.name.endsWith("/view") && e.responseEnd > 0)`)
	if l.width < 600 {
		b.click("#turn .up a")
		b.click(`#row-` + read + ` .tickbox`)
	} else {
		b.press("x")
	}
	b.until(`document.querySelector("[data-ticked]")?.textContent === "1"`)
	b.click(`#row-` + unread + ` .tickbox`)
	b.until(`document.querySelector("[data-ticked]").textContent === "2" && document.querySelector("[data-together]").open`)
	b.keep("together-" + l.String())
	b.click(`#batch button[value="approve"]`)
	b.says("web.queue.undo.together.approve")
	b.until(`document.querySelectorAll(".task.gone").length === 2 && !document.querySelector("[data-tick]:checked")`)
	b.keep("undo-together-" + l.String())
	b.click("#undo button")
	b.says("web.queue.undone")
	b.until(`document.querySelectorAll("[data-tick]:checked").length === 2 && !document.querySelector(".task.gone")`)
	if n := b.posted("/queue/batch"); n != 0 {
		t.Fatalf("what was taken back was sent %d times", n)
	}
	b.click(`#batch button[value="approve"]`)
	b.until(`document.querySelector("#row-` + read + `.gone")`)
	b.until(`document.querySelector("[data-came] a")?.textContent.includes("` + catalogue.Text(l.language, "web.queue.batch.failed", map[string]string{"n": "1"}) + `")`)
	if n := b.posted("/queue/batch"); n != 1 {
		t.Errorf("it was sent %d times", n)
	}
	b.until(`document.querySelector("#row-` + unread + `:not(.gone)") && document.querySelector("#row-` + read + `.gone")`)
	b.keep("together-came-" + l.String())
	b.click("[data-came] a")
	b.until(`location.pathname.includes("/queue/batches/") && document.querySelector("#batch-state:not([data-refresh])")`)
	b.says("web.queue.batch.done", "n", "2", "of", "2")
	b.says("web.queue.batch.failed", "n", "1")
	b.says("error.VIEW_REQUIRED")
	outcomes := ask[[]string](b, `[...document.querySelectorAll("#batch-state li .chip")].map((e) => e.className).sort()`)
	if !slices.Equal(outcomes, []string{"chip seal", "chip sign"}) {
		t.Errorf("the outcomes are %q", outcomes)
	}
	b.keep("batch-" + l.String())

	b.click(`main a.btn[href$="/queue"]`)
	b.until(`document.querySelectorAll("[data-tick]").length === 1 && document.querySelector("#row-` + unread + ` [data-tick]")`)
	b.open(workspace + "/queue/" + unread)
	b.until(`document.querySelector("#turn form[data-decide]")`)
	b.press("a")
	b.decided("/decide")
	await(t, "nothing is left", func() bool { return len(pr.get(workspace+"/queue").ticks()) == 0 })
}

// An approver asks for changes, the author is led from the queue to the text and makes them, and the
// approver, whose page was open all the while, is shown what became of it and signs that: the new bytes.
func TestChangesAreMade(t *testing.T) {
	t.Parallel()
	inLooks(t, 0, changesAreMade)
}

func changesAreMade(t *testing.T, l look) {
	h := open(t)
	oliver, token := h.token(t, "Oliver"), h.token(t, "Priya")
	post := h.submitted(t, oliver, h.accountOf(t, oliver, "Oliver Hartley"), "We saved almost half of the oil.")
	priya, author := h.browse(t, "Priya", l), h.browse(t, "Oliver", l)
	priya.open(workspace + "/queue")
	priya.turnTo("almost half")
	priya.until(`document.querySelector("#turn form[data-decide]")`)
	first := ask[string](priya, `document.querySelector("#turn [name=review]").value`)
	priya.press("c")
	priya.until(`document.activeElement.id === "why-changes"`)
	priya.write("#why-changes", "Give the measured figure.")
	priya.click(`#turn button[value="changes"]`)
	priya.says("web.queue.undo.changes")
	priya.decided("/decide")
	await(t, "changes are asked for", func() bool { return slices.Equal(h.said(t, token, first), []string{"REQUEST_CHANGES"}) })

	author.open(workspace + "/queue")
	author.turnTo("almost half")
	author.sees("Give the measured figure.")
	author.keep("errand-" + l.String())
	author.click(`#turn .errand a.btn`)
	author.click(`main a[href*="/compose?post="]`)
	author.until(`document.querySelector("#compose-text")?.value.includes("almost half")`)
	author.runs("compose")
	author.set("#compose-text", "We saved 48 % of the oil.")
	author.until(`document.querySelector("#compose-preview .post")?.textContent.includes("48 %") && document.querySelector("#compose-signers .signs li")`)
	author.click("#compose-submit")
	author.says("web.said.compose.submitted")

	priya.turnTo("48 %")
	priya.until(`document.querySelector("#turn form[data-decide]") && document.querySelector("#since0")`)
	priya.press("d")
	priya.until(`document.querySelector("#since0").checkVisibility() && document.querySelector("#since0 ins") && document.querySelector("#since0 del")`)
	priya.keep("since-" + l.String())
	second := ask[string](priya, `document.querySelector("#turn [name=review]").value`)
	shown := ask[string](priya, `document.querySelector("#turn form[data-decide] [name=digest]").value`)
	if second == first || shown == post.Digest {
		t.Fatalf("%s of %s is shown again", second, shown)
	}
	priya.press("a")
	var round struct {
		Digest    string
		Decisions []struct{ Verdict, Digest string }
	}
	await(t, "the new bytes are signed", func() bool {
		h.call(t, token, http.MethodGet, second, nil, &round)
		return len(round.Decisions) > 0
	})
	if d := round.Decisions[0]; len(round.Decisions) != 1 || d.Verdict != "VERDICT_APPROVE" || round.Digest != shown {
		t.Errorf("signed is %+v, shown was %s", round, shown)
	}
	if said := h.said(t, token, first); !slices.Equal(said, []string{"REQUEST_CHANGES"}) {
		t.Errorf("of the first round it is said %v now", said)
	}
}

// Three persons see one post through: one writes it, two sign it, each with one key, and it stands on the
// wall. Then an auditor reads what happened, from the first to the last.
func TestFromWritingToTheWall(t *testing.T) {
	t.Parallel()
	inLooks(t, 4, fromWritingToTheWall)
}

func fromWritingToTheWall(t *testing.T, l look) {
	h := open(t)
	const text = "The old press prints again, in oak and iron."
	author := h.browse(t, "Oliver", l)
	author.open(workspace + "/compose")
	author.until(`document.querySelector("[name=account]:checked")`)
	author.write("#compose-text", text)
	author.until(`document.querySelector("#compose-preview .post")?.innerText.includes("oak and iron")`)
	author.until(`new URLSearchParams(location.search).has("post") && !document.querySelector("#compose[data-changed]")`)
	author.until(`document.querySelector("#compose-signers .signs li")`)
	author.click("#compose-submit")
	author.until(`location.pathname.startsWith("` + workspace + `/posts/")`)
	author.says("web.said.compose.submitted")
	page := ask[string](author, `location.pathname`)

	for i, who := range []string{"Priya", "Marguerite"} {
		b := h.browse(t, who, l)
		b.open(workspace + "/queue")
		b.turnTo("The old press")
		b.until(`document.querySelector("#turn form[data-decide]") && document.querySelector("#turn .sheet").innerText.includes(` + quote(text) + `)`)
		b.until(`document.querySelectorAll("#turn-now .signs .done").length === ` + strconv.Itoa(i))
		if wall := h.guest(t, "").get("/wall/alder"); strings.Contains(words(wall.root), text) {
			t.Fatalf("it stands on the wall before %s signed", who)
		}
		b.press("a")
		b.decided("/decide")
	}

	await(t, "it is out", func() bool {
		return h.colleague(t, "Oliver").call(http.MethodGet, company+page[strings.Index(page, "/posts/"):], nil)["state"] == "PUBLISHED"
	})
	author.open(page)
	author.says("web.posts.state.PUBLISHED")
	author.until(`document.querySelector(".outs a[href]")`)
	wall := h.browse(t, "", l)
	wall.open("/wall/alder")
	wall.sees(text)
	wall.keep("wall-" + l.String())
	h.readsTheStory(t, l, company+page[strings.Index(page, "/posts/"):])
}

// readsTheStory lets the auditor find a post in the list of everything, and read its story in order.
func (h *house) readsTheStory(t *testing.T, l look, post string) {
	t.Helper()
	b := h.browse(t, "Judith", l)
	b.open(workspace)
	b.until(`location.pathname.endsWith("/audit")`)
	story := `[...document.querySelectorAll(".told-of a")].find((a) => new URLSearchParams(a.search).get("subject") === ` + quote(post) + `)`
	b.until(story)
	ask[bool](b, story+`.id = "story", true`)
	b.click("#story")
	b.until(`new URLSearchParams(location.search).get("subject") === ` + quote(post))
	b.says("web.audit.about")
	b.unfold("#order")
	b.set("#order", "oldest")
	b.click(".fold form button")
	b.until(`new URLSearchParams(location.search).get("order") === "oldest"`)
	b.keep("story-" + l.String())
	told := ask[[]string](b, `[...document.querySelectorAll("[data-action]")].map((e) => e.dataset.action)`)
	at := -1
	for _, want := range []string{"post.created", "post.submitted", "review.decided", "publication.scheduled", "publication.send", "publication.published"} {
		i := slices.Index(told, want)
		if i <= at {
			t.Errorf("%s is missing, or out of order: %v", want, told)
		}
		at = max(at, i)
	}
	signed := ask[[]string](b, `[...document.querySelectorAll("[data-action='review.decided'] strong")].map((e) => e.textContent)`)
	if !slices.Equal(signed, []string{"Priya Nair", "Marguerite Dunne"}) {
		t.Errorf("signed by %q", signed)
	}
	// What was signed is a fact beside it: both signed the same bytes, which are those that went out.
	digests := ask[[]string](b, `[...document.querySelectorAll("[data-action='review.decided'], [data-action='publication.scheduled'], [data-action='post.submitted']")].map((e) => [...e.querySelectorAll("dt")].find((dt) => dt.textContent === "digest")?.nextElementSibling.textContent ?? "none")`)
	if len(digests) != 4 || len(slices.Compact(digests)) != 1 {
		t.Errorf("the digests are %q", digests)
	}
	b.click("[data-action='review.decided'] summary")
	b.until(`document.querySelector("[data-action='review.decided'] dd").checkVisibility()`)
	about := ask[[]string](b, `[...document.querySelectorAll("[data-action] dl > div:first-child code.wrap")].map((e) => e.textContent)`)
	if !slices.ContainsFunc(about, func(name string) bool { return name == post }) || slices.ContainsFunc(about, func(name string) bool { return !strings.HasPrefix(name, post) }) {
		t.Errorf("it is told of %q", about)
	}
}
