package webtest

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// underlined are the words that have a line beneath them where somebody writes.
const underlined = `[...document.querySelectorAll("#compose-text")].flatMap((f) => [...f.previousElementSibling.querySelectorAll("span")]).map((e) => e.className + " " + e.textContent)`

// inStep tells whether the layer behind the field breaks its lines where the field does, and lies where it does.
const inStep = `(() => {
	const field = document.querySelector("#compose-text"), behind = field.previousElementSibling;
	const [a, b] = [field.getBoundingClientRect(), behind.getBoundingClientRect()];
	return behind.scrollHeight === field.scrollHeight && behind.clientWidth === field.clientWidth && behind.scrollTop === field.scrollTop &&
		Math.abs(a.left + field.clientLeft - b.left) < 1 && Math.abs(a.top + field.clientTop - b.top) < 1;
})()`

// What is noticed is underlined in the text that is being written, where it stands, also while somebody
// goes on writing before it; the list beneath leads to it by keys.
func TestUnderlined(t *testing.T) {
	t.Parallel()
	inLooks(t, 1, underlinedText)
	atDesks(t, 2, underlinedText)
}

func underlinedText(t *testing.T, l look) {
	h := open(t)
	word := map[string]string{"en": "unbreakable", "fr": "incassable"}[l.language]
	b := h.browse(t, "Camille", l)
	b.open(workspace + "/compose")
	b.until(`document.querySelector("[name=account]:checked")`)
	b.write("#compose-text", "Our oak is "+word+", they say.")
	b.until(`document.querySelector("#compose-findings li[data-box]")`)
	first := ask[[]string](b, underlined)
	if len(first) == 0 || !strings.HasSuffix(first[0], " "+word) {
		t.Fatalf("underlined is %q", first)
	}
	b.until(inStep)

	// What comes before moves it, at once and without being asked; what is written into it ends it.
	put := func(text string) {
		ask[bool](b, `(() => { const t = document.querySelector("#compose-text"); t.value = `+quote(text)+`; return t.dispatchEvent(new Event("input", { bubbles: true })); })()`)
	}
	put("🪚 Two men 👩🏽‍🔧 say: our oak is " + word + ", they say.")
	if now := ask[[]string](b, underlined); !slices.Equal(now, first) {
		t.Errorf("further on it is %q", now)
	}
	put("🪚 Two men 👩🏽‍🔧 say: our oak is " + word[:4] + "x" + word[4:] + ", they say.")
	if now := ask[[]string](b, underlined); len(now) != 0 {
		t.Errorf("what is not there any more is %q", now)
	}

	// Long, in two directions, with what cannot be seen and with pictures of several characters.
	b.until(`!document.querySelector("#compose[data-changed]")`)
	long := strings.Repeat("Wir sägen Eiche 🪵 und 👨‍👩‍👧‍👦 schauen zu, "+word+".\nהכיסא שלנו עשוי מעץ אלון "+word+", וזה הכול.\n\n", 28) + "hidden\u200b here " + word + "\n"
	put(long)
	want := strings.Count(long, word)
	b.until(`document.querySelectorAll("#compose-findings li[data-box]").length > ` + strconv.Itoa(want-1))
	now := ask[[]string](b, underlined)
	if n := len(slices.DeleteFunc(slices.Clone(now), func(one string) bool { return !strings.HasSuffix(one, " "+word) })); n != want {
		t.Errorf("%d of %d are underlined: %q", n, want, now)
	}
	if !slices.Contains(now, "BLOCKS n\u200b ") && !slices.ContainsFunc(now, func(one string) bool { return strings.HasSuffix(one, "n\u200b ") }) {
		t.Errorf("what cannot be seen is not underlined with its neighbours: %q", now)
	}
	b.until(inStep)
	ask[any](b, `void (document.querySelector("#compose-text").scrollTop = 1e6)`)
	b.until(inStep + ` && document.querySelector("#compose-text").scrollTop > 300`)
	b.keep("underlined-" + l.String())
	cost := ask[float64](b, `(() => {
		const t = document.querySelector("#compose-text"), all = [];
		for (let i = 0; i < 40; i++) {
			t.setRangeText("x", 5, 5);
			const start = performance.now();
			t.scrollHeight;
			const alone = performance.now() - start;
			t.dispatchEvent(new Event("input", { bubbles: true }));
			t.previousElementSibling.scrollHeight;
			all.push(performance.now() - start - alone);
		}
		return all.sort((a, b) => a - b)[20];
	})()`)
	t.Logf("a letter in %d characters takes %.1f ms more", len([]rune(long)), cost)
	if cost > 100 {
		t.Error("that is seen")
	}
	b.until(inStep)

	// The list leads there by keys, and its reasons are words.
	b.until(`!document.querySelector("#compose[data-changed]") && document.querySelector("#compose-findings li[data-box] [data-place]")`)
	ask[any](b, `void document.querySelector("#compose-findings li[data-box] [data-place]").focus()`)
	b.press(kb.Enter)
	b.until(`document.activeElement.id === "compose-text" && (({ value, selectionStart, selectionEnd }) => value.slice(selectionStart, selectionEnd))(document.activeElement) === ` + quote(word))
	b.until(inStep)
	b.keep("underlined-shown-" + l.String())
	if !ask[bool](b, `document.querySelector(".behind").getAttribute("aria-hidden") === "true" && !document.querySelector(".behind").querySelector("a, button, [tabindex]")`) {
		t.Error("the layer can be heard or reached")
	}
}
