package webtest

import (
	"fmt"
	"testing"
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
