package webtest

import (
	"fmt"
	"testing"
)

// covered are what can be pressed, or read to the end, and lies under a line.
func (b *browser) covered(line, among string) string {
	b.t.Helper()
	return ask[string](b, fmt.Sprintf(`(() => {
		const line = document.querySelector(%q).getBoundingClientRect();
		const under = (r) => r.width && r.height && r.bottom > line.top + 1 && r.top < line.bottom - 1 && r.right > line.left + 1 && r.left < line.right - 1;
		return [...document.querySelectorAll(%q)]
			.filter((e) => !e.closest(".told, .undo") && e.checkVisibility() && under(e.getBoundingClientRect()))
			.map((e) => e.tagName + " " + e.textContent.trim()).join("; ");
	})()`, line, among))
}

const pressable = "a, button, input, select, textarea, summary"

// On a phone what was just done is said under the bar, with room of its own: it lies over nothing that
// can be pressed, nor over the end of the page, and it does not go before the page is moved anyway.
func TestToldOnAPhone(t *testing.T) {
	t.Parallel()
	h := open(t)
	for i, language := range []string{"en", "fr"} {
		l := look{390, 480, i == 1, language}
		b := h.browse(t, "Priya", l)
		b.open(workspace + "/people/away")
		b.unfold(`form[action$="/absences"]`)
		b.set("#aend", in(2+i))
		b.click(`form[action$="/absences"] button`)
		b.says("web.said.people.away")
		b.keep("told-" + l.String())
		if under := b.covered(".told", pressable); under != "" {
			t.Errorf("%s: it lies over %s", l, under)
		}
		// Wherever the page stands, a line that comes hides nothing that was in sight.
		ask[bool](b, `document.querySelector("#told").replaceChildren(), scrollTo(0, 60), true`)
		b.until(`scrollY > 0`)
		ask[bool](b, `window.seen = [...document.querySelectorAll("main :is(a, button, summary, h2)")]
			.filter((e) => e.checkVisibility() && e.getBoundingClientRect().top >= document.querySelector(".bar").getBoundingClientRect().bottom), true`)
		ask[bool](b, `import(document.querySelector("script[src]").src).then((page) => page.say("Said.")), true`)
		b.until(`document.querySelector("#told").textContent === "Said."`)
		if hidden := ask[int](b, `window.seen.filter((e) => e.getBoundingClientRect().top < document.querySelector(".bar").getBoundingClientRect().bottom).length`); hidden > 0 {
			t.Errorf("%s: %d things in sight went under it", l, hidden)
		}
		ask[bool](b, `scrollTo(0, document.body.scrollHeight), true`)
		if ask[bool](b, `document.querySelector("main").getBoundingClientRect().bottom < document.querySelector(".told").getBoundingClientRect().bottom`) {
			t.Errorf("%s: it lies over the end of the page", l)
		}
	}
	l := look{390, 844, false, "fr"}
	b := h.browse(t, "Priya", l)
	b.open(workspace + "/queue")
	b.click("#turns a[data-turn]")
	b.until(`location.pathname.includes("/queue/")`)
	b.until(`document.querySelector("#turn form[data-decide]")`)
	first := ask[string](b, `document.querySelector("#turn").dataset.task`)
	b.press("a")
	b.until(`document.querySelector("#turn").dataset.task !== "` + first + `" && !document.querySelector("#turn[aria-busy]")`)
	b.until(`document.querySelector("#undo button")?.checkVisibility()`)
	b.keep("undo-" + l.String())
	if under := b.covered("#undo", pressable); under != "" {
		t.Errorf("the change of mind lies over %s", under)
	}
	at := ask[float64](b, `document.querySelector("#turn h2").getBoundingClientRect().top`)
	b.until(`!document.querySelector("#undo button")`)
	if now := ask[float64](b, `document.querySelector("#turn h2").getBoundingClientRect().top`); now != at {
		t.Errorf("the turn moved from %v to %v by itself", at, now)
	}
	ask[bool](b, `scrollTo(0, 40), true`)
	b.until(`document.querySelector("#undo").hidden`)
}
