package webtest

import (
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/catalogue"
)

// From the library it takes two clicks until a colleague's wall shows what was shared.
func TestShareInTwoClicks(t *testing.T) {
	t.Parallel()
	for _, l := range looks(1) {
		t.Run(l.String(), func(t *testing.T) {
			h := open(t)
			b := h.browse(t, "Camille", l)
			b.open(workspace + "/library")
			clicks := 0
			click := func(selector string) { clicks++; b.click(selector) }
			title := ask[string](b, `document.querySelector(".item:has(.btn) h3").innerText.trim()`)
			click(".item:has(.btn) .btn")
			b.until(`location.pathname.endsWith("/share") && document.querySelector("#preview .sheet .post")`)
			shown := ask[string](b, `document.querySelector("#preview .sheet .post").textContent`)
			b.keep("share-" + l.String())
			click(`.go button[value="now"]`)
			b.says("web.posts.state.PUBLISHED")
			if clicks != 2 {
				t.Errorf("it took %d clicks to share %s", clicks, title)
			}
			wall := h.guest(t, "").get("/wall/alder")
			if !strings.Contains(strings.Join(strings.Fields(words(wall.root)), " "), strings.Join(strings.Fields(shown), " ")) {
				t.Errorf("the wall does not show %q", shown)
			}
		})
	}
}

// What is typed is found without a button, and a topic that is followed comes first.
func TestLibraryFollowsWhatIsTyped(t *testing.T) {
	t.Parallel()
	for _, l := range looks(6) {
		t.Run(l.String(), func(t *testing.T) {
			h := open(t)
			b := h.browse(t, "Camille", l)
			b.open(workspace + "/library")
			b.until(`document.querySelectorAll(".cards .item").length > 3`)
			b.write("#q", "Linden")
			b.until(`document.querySelectorAll(".cards .item").length === 1 && document.querySelector(".item h3 mark")`)
			b.says("web.library.found", "n", "1")
			if got := ask[string](b, `document.activeElement.id`); got != "q" {
				t.Errorf("the field lost the focus to %q", got)
			}
			b.open(workspace + "/library?topic=careers")
			b.click(`form[action$="/topics/careers/join"] button`)
			b.until(`document.querySelector('form[action$="/topics/careers/leave"]')`)
			b.open(workspace + "/library")
			b.says("web.library.mine")
			b.until(`document.querySelectorAll(".cards .item").length === 2 && document.querySelector("#featured")`)
		})
	}
}

// The further filters are folded away until they are wanted, count together, and stand in the address.
func TestLibraryIsNarrowed(t *testing.T) {
	t.Parallel()
	for _, l := range looks(6) {
		t.Run(l.String(), func(t *testing.T) {
			h := open(t)
			b := h.browse(t, "Camille", l)
			b.open(workspace + "/library?topic=all")
			b.until(`document.querySelectorAll(".cards .item").length > 3 && !document.querySelector(".further").open`)
			b.click(".further summary")
			b.keep("library-further-" + l.String())
			b.set("#language", "fr")
			b.until(`new URLSearchParams(location.search).get("language") === "fr" && document.querySelector("#found").textContent`)
			b.click("[name=announcements]")
			b.until(`new URLSearchParams(location.search).get("announcements") === "yes" && ![...document.querySelectorAll(".cards .item")].some((i) => i.querySelector(".btn"))`)
			b.set("#campaign", "no such campaign")
			b.until(`new URLSearchParams(location.search).get("campaign") === "no such campaign"`)
			b.says("web.library.nothing")
			b.open(ask[string](b, "location.pathname + location.search"))
			b.until(`document.querySelector(".further").open && document.querySelector("#campaign").value === "no such campaign" && document.querySelector("[name=announcements]").checked`)
			b.says("web.library.nothing")
		})
	}
	g := open(t).guest(t, "Camille")
	for _, odd := range []string{"label=%22+OR+1", "language=xx", "campaign=%00", "label=" + strings.Repeat("a", 50)} {
		if d := g.get(workspace + "/library?topic=all&" + odd); d.status != 200 || strings.Contains(words(d.root), "Nothing found") {
			t.Errorf("%s: %d", odd, d.status)
		}
	}
}

// Sharing, at a time, works without scripts; what was shown is what is sent, or nothing is.
func TestShareWithoutScripts(t *testing.T) {
	t.Parallel()
	h := open(t)
	g := h.guest(t, "Hélène")
	page := g.get(workspace + "/library?q=Linden")
	share := linkEnding(page, "/share")
	if share == "" {
		t.Fatal("there is nothing to share")
	}
	preview := g.get(share)
	forms := preview.forms("/share")
	if len(forms) != 1 {
		t.Fatalf("there are %d forms", len(forms))
	}
	wrong := url.Values{}
	for k, v := range forms[0].values {
		wrong[k] = v
	}
	wrong.Set("digest", "sha256:"+strings.Repeat("0", 64))
	wrong.Set("when", "now")
	if d := g.post(forms[0].action, wrong); d.status != 409 {
		t.Errorf("another digest than the one shown: %d", d.status)
	}
	later := forms[0].values
	later.Set("when", "later")
	done := g.post(forms[0].action, later)
	if !strings.Contains(done.address, "/posts/") || !strings.Contains(words(done.root), "Scheduled") {
		t.Fatalf("%d %s: %s", done.status, done.address, words(done.root))
	}
	if d := g.post(forms[0].action, later); d.address != done.address {
		t.Errorf("the form that was sent twice leads to %s, not %s", d.address, done.address)
	}
}

// A proposal is sent, seen and taken back.
func TestProposeContent(t *testing.T) {
	t.Parallel()
	h := open(t)
	g := h.guest(t, "Oliver")
	page := g.get(workspace + "/library/proposals")
	form := page.forms("/library/proposals")[0]
	form.values.Set("text", "Our lathe turned forty today.")
	form.values.Set("title", "A birthday")
	sent := g.post(form.action, form.values)
	if !strings.Contains(words(sent.root), "A birthday") || !strings.Contains(words(sent.root), "Waits for an answer") {
		t.Fatalf("%d: %s", sent.status, words(sent.root))
	}
	back := sent.forms("/withdraw")
	if len(back) != 1 {
		t.Fatalf("there are %d to take back", len(back))
	}
	if d := g.post(back[0].action, back[0].values); !strings.Contains(words(d.root), "Taken back") {
		t.Errorf("%d: %s", d.status, words(d.root))
	}
	// What is proposed is read out in its own language, and what was declined has an answer.
	said := false
	for n := range h.guest(t, "Camille").get(workspace + "/library/proposals").root.Descendants() {
		said = said || attr(n, "lang") == "fr" && strings.Contains(words(n), "L’étuve est repartie")
	}
	if !said {
		t.Error("a proposal in French is not said to be")
	}
	shows(t, h.guest(t, "Oliver").get(workspace+"/library/proposals"), "Thursday is soup day", "put it on the board in the canteen")
}

// linkEnding is the first address of a page that ends so, "" for none.
func linkEnding(d *document, ending string) string {
	for n := range d.root.Descendants() {
		if strings.HasSuffix(attr(n, "href"), ending) {
			return attr(n, "href")
		}
	}
	return ""
}

// Who stated a relation shares with it told: before it is sent the page says so, and who signs it.
func TestToldShareSaysWhoSigns(t *testing.T) {
	t.Parallel()
	h := open(t)
	says := func(name string) (*guest, *document, string) {
		g := h.guest(t, name)
		preview := g.get(linkEnding(g.get(workspace+"/library?q=Linden"), "/share"))
		return g, preview, words(preview.root)
	}
	told, goes := "Readers are told what you are to the company", "Send to be signed"
	if _, _, page := says("Hélène"); strings.Contains(page, told) || strings.Contains(page, goes) {
		t.Fatalf("who states nothing is told: %s", page)
	}
	g, preview, page := says("Oliver")
	for _, want := range []string{told, goes, "I work for this company."} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q: %s", want, page)
		}
	}
	if strings.Contains(page, "This changes more than may be changed") {
		t.Error("nothing was changed")
	}
	f := preview.forms("/share")[0]
	f.values.Set("when", "now")
	if done := g.post(f.action, f.values); !strings.Contains(done.address, "/posts/") || !strings.Contains(words(done.root), "Being signed") {
		t.Errorf("%d %s: %s", done.status, done.address, words(done.root))
	}
}

// What one has shared stands together: where each went out with its link, and what can still be stopped
// is stopped there; what is in own words is not among it.
func TestMyShares(t *testing.T) {
	t.Parallel()
	inLooks(t, 2, myShares)
}

func myShares(t *testing.T, l look) {
	h := open(t)
	camille := h.token(t, "Camille")
	h.submitted(t, camille, h.accountOf(t, camille, "Camille Moreau"), "Words of my own about the saw.")
	b := h.browse(t, "Camille", l)
	b.open(workspace + "/posts?view=shared")
	b.until(`document.querySelector(".tabs [aria-current]").search === "?view=shared"`)
	before := ask[int](b, `document.querySelectorAll(".standing > li").length`)
	b.open(workspace + "/library")
	b.click(".item:has(.btn) .btn")
	b.until(`document.querySelector('.go button[value="now"]')`)
	b.click(`.go button[value="now"]`)
	b.says("web.posts.state.PUBLISHED")
	b.open(workspace + "/library")
	b.click(".cards .item .btn")
	b.unfold("#time")
	b.set("#time", time.Now().AddDate(0, 0, 3).Format("2006-01-02T15:04"))
	b.click(`.go button[value="later"]`)
	b.until(`location.pathname.includes("/posts/")`)
	later := ask[string](b, `location.pathname`)

	b.open(workspace + "/library")
	b.click(`main header a[href$="/posts?view=shared"]`)
	b.until(`document.querySelectorAll(".standing > li").length === ` + strconv.Itoa(before+2))
	if ask[bool](b, `document.querySelector("main").innerText.includes("Words of my own")`) {
		t.Error("own words are among what was shared")
	}
	b.until(`document.querySelector(".standing .outs a[href^='http']")`)
	mine := `document.querySelector(".standing > li:has(a[href='` + later + `'])")`
	b.until(mine + `.querySelector(".deed")`)
	ask[any](b, `void (`+mine+`.id = "later")`)
	b.keep("shares-" + l.String())
	b.click("#later .deed summary")
	b.keep("shares-withdraw-" + l.String())
	b.click("#later .deed .btn.full")
	b.says("web.said.posts.withdrawn")
	b.until(`location.search === "?view=shared"`)
	b.until(mine + `.innerText.includes(` + quote(catalogue.Text(l.language, "web.posts.state.WITHDRAWN", nil)) + `) && !` + mine + `.querySelector(".deed")`)
	b.keep("shares-withdrawn-" + l.String())
}
