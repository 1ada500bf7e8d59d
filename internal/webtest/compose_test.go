package webtest

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"

	"github.com/imprimatur-hq/imprimatur/internal/catalogue"
)

// What is typed is looked at, mended, kept and submitted: what was on the screen is what is signed.
func TestComposeAndSubmit(t *testing.T) {
	t.Parallel()
	for _, l := range looks(1) {
		t.Run(l.String(), func(t *testing.T) {
			t.Parallel()
			h := open(t)
			b := h.browse(t, "Camille", l)
			b.open(workspace + "/compose")
			b.until(`document.querySelector("[name=account]:checked")`)
			b.write("#compose-text", "An oak bench that lasts a hundred years.")
			// Nobody types what cannot be seen: it comes in by pasting.
			ask[bool](b, `(() => { const t = document.querySelector("#compose-text"); t.value = t.value.replace(" lasts", "\u200b lasts"); return t.dispatchEvent(new Event("input", { bubbles: true })); })()`)
			b.until(`document.querySelector("#compose-preview .post")?.innerText.includes("hundred years")`)
			b.until(`document.querySelector("#compose-preview .code")?.textContent === "U+200B"`)
			b.until(`new URLSearchParams(location.search).has("post")`)
			b.click(`[value="fix:HIDDEN_CHARACTER"]`)
			b.until(`!document.querySelector("#compose-preview .code") && !document.querySelector("#compose-text").value.includes("\u200b")`)
			b.until(`!document.querySelector("#compose[data-changed]")`)
			b.keep("compose")
			b.until(`document.querySelector("#compose-signers .signs li")`)
			b.click("#compose-submit")
			b.until(`location.pathname.startsWith("` + workspace + `/posts/")`)
			b.says("web.said.compose.submitted")
		})
	}
}

// Two windows write the same post: the second is shown both texts, and chooses.
func TestComposeConflict(t *testing.T) {
	t.Parallel()
	for _, l := range looks(6) {
		t.Run(l.String(), func(t *testing.T) {
			t.Parallel()
			h := open(t)
			g := h.guest(t, "Camille")
			kept := write(g, "The first words.")
			b := h.browse(t, "Camille", l)
			b.open(kept.address)
			f := composing(t, kept)
			f.Set("text", "Words of the other window.")
			f.Set("do", "save")
			g.post(workspace+"/compose", f)
			b.write("#compose-text", " And mine.")
			b.until(`document.querySelector("#compose-conflict section")`)
			b.sees("Words of the other window.")
			b.until(`document.querySelector("#compose-text").value.includes("And mine.")`)
			b.keep("conflict")
			b.click(`[value="mine"]`)
			b.until(`!document.querySelector("#compose-conflict section")`)
			if d := g.get(kept.address); !strings.Contains(composing(t, d).Get("text"), "And mine.") {
				t.Errorf("what was chosen is not what is kept: %q", composing(t, d).Get("text"))
			}
		})
	}
}

// Without scripts the buttons do the same, and nothing is submitted that was not shown or that a
// finding blocks.
func TestComposeWithoutScripts(t *testing.T) {
	t.Parallel()
	h := open(t)
	g := h.guest(t, "Camille")
	f := composing(t, g.get(workspace+"/compose"))
	f.Set("text", "A chair for life.")
	f.Set("do", "submit")
	d := g.post(workspace+"/compose", f)
	if !strings.Contains(words(d.root), catalogue.Text("en", "web.compose.look", nil)) {
		t.Fatalf("it was submitted unseen: %d %s", d.status, d.address)
	}
	f = composing(t, d)
	f.Set("text", "A chair for life. Password: hunter2 "+strings.Repeat("long ", 3000))
	f.Set("do", "submit")
	if d = g.post(workspace+"/compose", f); !strings.Contains(d.body, "BLOCKS") || strings.Contains(d.address, "/posts/") {
		t.Fatalf("what blocks was submitted: %d %s", d.status, d.address)
	}
	f = composing(t, d)
	f.Set("text", "A chair for life.")
	f.Set("do", "check")
	f = composing(t, g.post(workspace+"/compose", f))
	f.Set("do", "submit")
	if d = g.post(workspace+"/compose", f); !strings.HasPrefix(d.address, workspace+"/posts/") {
		t.Fatalf("it was not submitted: %d %s\n%s", d.status, d.address, words(d.root))
	}
}

// An agenda goes on from the day that was asked for into the month after, which it names.
func TestAgendaGoesOn(t *testing.T) {
	t.Parallel()
	h := open(t)
	g := h.guest(t, "Camille")
	f := composing(t, g.get(workspace+"/compose"))
	f.Set("text", "A post of another month.")
	now := time.Now()
	next := time.Date(now.Year(), now.Month()+2, 3, 10, 30, 0, 0, time.UTC)
	f.Set("publish_at", next.Format("2006-01-02T15:04"))
	f.Set("do", "save")
	if d := g.post(workspace+"/compose", f); !strings.Contains(d.address, "/compose?post=") {
		t.Fatalf("it was not kept: %d %s\n%s", d.status, d.address, words(d.root))
	}
	month := catalogue.Text("en", "web.calendar.month."+next.Format("01"), map[string]string{"year": next.Format("2006")})
	for days, want := range map[int]int{-4: 1, 1: 0, -40: 0} {
		d := g.get(workspace + "/calendar?view=agenda&date=" + next.AddDate(0, 0, days).Format(time.DateOnly))
		text := words(d.root)
		if got := strings.Count(text, "A post of another month."); got != want || strings.Contains(text, month) != (days != -40) {
			t.Errorf("asked for %d days from it, the agenda shows it %d times: %s", days, got, text)
		}
		// Nor does the list of a narrow screen, where nobody chose a view, end with the month.
		_, listed, _ := strings.Cut(g.get(workspace+"/calendar?date="+next.AddDate(0, 0, days).Format(time.DateOnly)).body, `<div class="agenda`)
		if got := strings.Count(listed, "A post of another month."); got != want {
			t.Errorf("asked for %d days from it, the list shows it %d times: %s", days, got, listed)
		}
	}
}

// The calendar shows what has a time, and the form beside it chooses another.
func TestCalendarMoves(t *testing.T) {
	t.Parallel()
	for _, l := range looks(3) {
		t.Run(l.String(), func(t *testing.T) {
			t.Parallel()
			h := open(t)
			g := h.guest(t, "Camille")
			f := composing(t, g.get(workspace+"/compose"))
			f.Set("text", "A post with a time of its own.")
			day := time.Now().AddDate(0, 0, 3).Format(time.DateOnly)
			f.Set("publish_at", day+"T10:30")
			f.Set("do", "save")
			if d := g.post(workspace+"/compose", f); !strings.Contains(d.address, "/compose?post=") {
				t.Fatalf("it was not kept: %d %s\n%s", d.status, d.address, words(d.root))
			}
			b := h.browse(t, "Camille", l)
			b.open(workspace + "/calendar?view=agenda&date=" + day)
			b.sees("A post with a time of its own.")
			b.until(`document.querySelector(".agenda .entry b").textContent === "10:30"`)
			b.keep("calendar")
			b.click(".agenda .entry summary")
			ask[string](b, `document.querySelector(".agenda .entry [name=publish_at]").value = "`+day+`T15:45"`)
			b.click(".agenda .entry form button")
			b.says("web.said.calendar.moved")
			b.until(`document.querySelector(".agenda .entry b").textContent === "15:45"`)
			// Seven columns have no room on a phone: the days of the week stand one below the other.
			b.open(workspace + "/calendar?view=week&date=" + day)
			b.until(`(() => { const [shown, other] = innerWidth > 860 ? [".days", ".agenda"] : [".agenda", ".days"]; return document.querySelector(shown + " .entry").checkVisibility() && !document.querySelector(other).checkVisibility(); })()`)
			b.keep("calendar-week-" + l.String())
			// Where nobody chose a view a phone lists what comes next, and says that it does.
			b.open(workspace + "/calendar")
			b.until(`document.querySelector(".calendar .tabs [aria-current]").dataset.key === (innerWidth > 860 ? "m" : "a")`)
		})
	}
}

// A post is dragged to another day and keeps its hour; what may not be moved cannot be taken hold of.
func TestCalendarDrag(t *testing.T) {
	t.Parallel()
	atDesks(t, 4, calendarDrag)
}

func calendarDrag(t *testing.T, l look) {
	h := open(t)
	g := h.guest(t, "Camille")
	f := composing(t, g.get(workspace+"/compose"))
	day := time.Now().AddDate(0, 0, 3)
	to := day.AddDate(0, 0, 1)
	if day.Weekday() == time.Sunday {
		to = day.AddDate(0, 0, -1) // of the same week, so that both are shown
	}
	const text = "Dragged by its ears."
	f.Set("text", text)
	f.Set("publish_at", day.Format(time.DateOnly)+"T10:30")
	f.Set("do", "save")
	if d := g.post(workspace+"/compose", f); !strings.Contains(d.address, "/compose?post=") {
		t.Fatalf("it was not kept: %d %s\n%s", d.status, d.address, words(d.root))
	}
	b := h.browse(t, "Camille", l)
	b.open(workspace + "/calendar?view=month&date=" + day.Format(time.DateOnly))
	entry := `[...document.querySelectorAll(".days .entry")].find((e) => e.textContent.includes("` + text + `"))`
	b.until(entry + `?.draggable`)
	if ask[bool](b, `!!document.querySelector('.entry[draggable="true"]:not(.movable), .entry.published[draggable="true"]')`) {
		t.Error("what may not be moved can be dragged")
	}
	ask[bool](b, entry+`.id = "mine", true`)
	cell := `.days td[data-date='` + to.Format(time.DateOnly) + `']`
	b.mouseAt("#mine", .5, .2, input.DispatchMouseEventTypeMousePressed)
	b.mouseAt("#mine", .5, .4, input.DispatchMouseEventTypeMouseMoved)
	b.mouseAt(cell, .5, .4, input.DispatchMouseEventTypeMouseMoved)
	b.mouseAt(cell, .5, .5, input.DispatchMouseEventTypeMouseMoved)
	b.mouseAt(cell, .5, .5, input.DispatchMouseEventTypeMouseReleased)
	b.says("web.said.calendar.moved")
	b.until(`document.querySelector("` + cell + `").textContent.includes("` + text + `")`)
	b.until(`document.querySelector("` + cell + ` .entry b").textContent === "10:30"`)
	b.keep("dragged-" + l.String())
}

// write keeps a draft and returns the page it is written on.
func write(g *guest, text string) *document {
	g.t.Helper()
	f := composing(g.t, g.get(workspace+"/compose"))
	f.Set("text", text)
	f.Set("do", "save")
	d := g.post(workspace+"/compose", f)
	if !strings.Contains(d.address, "/compose?post=") {
		g.t.Fatalf("it was not kept: %d %s\n%s", d.status, d.address, words(d.root))
	}
	return d
}

// composing is what the form to write in carries.
func composing(t testing.TB, d *document) url.Values {
	t.Helper()
	forms := d.forms("/compose")
	if len(forms) != 1 {
		t.Fatalf("%d %s has %d forms to write in\n%s", d.status, d.address, len(forms), words(d.root))
	}
	forms[0].values.Del("file")
	return forms[0].values
}

// A picture is cut by drawing on it or by a shape; what is sent is what the numbers beside it say.
func TestCropByDrawing(t *testing.T) {
	t.Parallel()
	atDesks(t, 2, cropByDrawing)
}

func cropByDrawing(t *testing.T, l look) {
	h := open(t)
	b := h.browse(t, "Camille", l)
	b.open(workspace + "/compose")
	b.until(`document.querySelector("[name=account]:checked")`)
	ask[bool](b, `(() => {
		const c = document.createElement("canvas");
		c.width = 400; c.height = 200;
		const pen = c.getContext("2d");
		pen.fillStyle = "#7a5"; pen.fillRect(0, 0, 400, 200);
		pen.fillStyle = "#257"; pen.fillRect(100, 50, 200, 100);
		c.toBlob((blob) => {
			const files = new DataTransfer();
			files.items.add(new File([blob], "bench.png", { type: "image/png" }));
			const field = document.querySelector("#compose-file");
			field.files = files.files;
			field.dispatchEvent(new Event("change", { bubbles: true }));
		});
		return true;
	})()`)
	b.until(`document.querySelector(".stage img")`)
	first := ask[string](b, `document.querySelector("[name=media]").value`)
	b.click(".cutting summary")
	b.until(`document.querySelector(".stage img").complete && document.querySelector(".stage").getBoundingClientRect().width > 100`)
	numbers := `["left", "top", "width", "height"].map((e) => document.querySelector('[name="crop_' + e + ':0"]').value).join(" ")`
	b.click(`[data-shape="1:1"]`)
	b.until(numbers + ` === "100 0 200 200"`)
	b.click(`[data-shape="16:9"]`)
	b.until(numbers + ` === "22 0 356 200"`)

	// From a quarter to three quarters, drawn from the corner: outside the cut there is.
	ask[bool](b, `(() => { for (const [e, n] of [["width", 2], ["height", 2], ["left", 398], ["top", 198]]) { const f = document.querySelector('[name="crop_' + e + ':0"]'); f.value = n; f.dispatchEvent(new Event("input", { bubbles: true })); } return true; })()`)
	b.mouseAt(".stage", .25, .25, input.DispatchMouseEventTypeMousePressed)
	b.mouseAt(".stage", .5, .5, input.DispatchMouseEventTypeMouseMoved)
	b.mouseAt(".stage", .75, .75, input.DispatchMouseEventTypeMouseMoved)
	b.keep("crop-" + l.String())
	b.mouseAt(".stage", .75, .75, input.DispatchMouseEventTypeMouseReleased)
	b.until(numbers + ` === "100 50 200 100"`)
	// Within it, it is moved.
	b.mouseAt(".stage", .5, .5, input.DispatchMouseEventTypeMousePressed)
	b.mouseAt(".stage", .25, .75, input.DispatchMouseEventTypeMouseMoved)
	b.mouseAt(".stage", .25, .75, input.DispatchMouseEventTypeMouseReleased)
	b.until(numbers + ` === "0 100 200 100"`)
	b.click(`[value="crop:0"]`)
	b.until(`document.querySelector("[name=media]").value !== "` + first + `"`)
	b.until(`document.querySelector("[data-media]").dataset.width === "200" && document.querySelector("[data-media]").dataset.height === "100"`)
}

// A link that leads nowhere is said while somebody writes on, once it is written to its end; without
// scripts a press of the button that checks says it.
func TestBrokenLinkIsSaidWhileWriting(t *testing.T) {
	t.Parallel()
	h := open(t)
	const link = "https://nowhere.invalid/page"
	for _, l := range looks(2) {
		b := h.browse(t, "Camille", l)
		b.open(workspace + "/compose")
		b.until(`document.querySelector("[name=account]:checked")`)
		b.write("#compose-text", "More about it: "+link+" and then some.")
		b.until(`document.querySelector("#compose-findings")?.textContent.includes("` + link + `")`)
		b.keep("compose-broken-link-" + l.String())
	}
	g := h.guest(t, "Oliver")
	f := g.get(workspace + "/compose").forms("/compose")[0]
	f.values.Set("text", "Read more ("+link+"2).")
	f.values.Set("do", "check")
	if d := g.post(f.action, f.values); !strings.Contains(words(d.root), "The link "+link+"2 led nowhere") {
		t.Errorf("%d: %s", d.status, words(d.root))
	}
}
