package webtest

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"github.com/imprimatur-hq/imprimatur/internal/catalogue"
)

// optionOf is the value of the choice with such words in a page.
func optionOf(d *document, list, text string) string {
	for n := range d.root.Descendants() {
		if n.Data == "select" && attr(n, "name") == list {
			for o := range n.Descendants() {
				if o.Data == "option" && strings.Contains(words(o), text) {
					return attr(o, "value")
				}
			}
		}
	}
	return ""
}

// share shares the item with such a title to an account, the way the library does.
func (g *guest) share(title, account string) {
	g.t.Helper()
	var items struct {
		LibraryItems []struct{ Name, Title string }
	}
	g.call("GET", "/libraryItems", nil, &items)
	for _, item := range items.LibraryItems {
		if item.Title == title {
			var preview struct{ Digest string }
			g.call("POST", "/posts:preview", map[string]any{"post": map[string]any{"libraryItem": item.Name, "socialAccounts": []string{account}}}, &preview)
			g.call("POST", strings.TrimPrefix(item.Name, "workspaces/alder")+":share", map[string]any{"socialAccounts": []string{account}, "digest": preview.Digest}, &struct{}{})
			return
		}
	}
	g.t.Fatalf("no item %q", title)
}

// accountOf is the name of the account that is called so.
func (g *guest) accountOf(name string) string {
	g.t.Helper()
	var list struct {
		SocialAccounts []struct{ Name, DisplayName string }
	}
	g.call("GET", "/socialAccounts?pageSize=200", nil, &list)
	for _, a := range list.SocialAccounts {
		if a.DisplayName == name {
			return a.Name
		}
	}
	g.t.Fatalf("no account %q", name)
	return ""
}

// lost opens a receiver that never says what became of what it got, and an account of
// Camille's that publishes to it.
func lost(t *testing.T, h *house) {
	t.Helper()
	letter(t, h, "Camille’s letter", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
}

// letter opens a receiver, and an account of Camille's that publishes to it.
func letter(t *testing.T, h *house, name string, answer http.HandlerFunc) {
	t.Helper()
	receiver := httptest.NewServer(answer)
	receiver.Config.ErrorLog = nil
	t.Cleanup(receiver.Close)
	admin := h.guest(t, "Thomas")
	page := admin.get(workspace + "/accounts/new")
	values := page.forms("/accounts")[0].values
	values.Set("network", "webhook")
	values.Set("display_name", name)
	values.Set("owner", optionOf(page, "owner", "Camille"))
	values.Set("personal", "yes")
	values.Set("address", receiver.URL+"/lost")
	if d := admin.post(workspace+"/accounts", values); d.status != http.StatusOK || !strings.Contains(d.body, `id="secret"`) {
		t.Fatalf("no account was made: %d %s", d.status, words(d.root))
	}
	g := h.guest(t, "Camille")
	g.share("The Linden chair", g.accountOf(name))
}

// What nobody knows is shown as that, with three buttons and never a fourth, and a person's word
// settles it.
func TestUnknownIsSettledByAPerson(t *testing.T) {
	t.Parallel()
	for _, l := range looks(5) {
		t.Run(l.String(), func(t *testing.T) {
			h := open(t)
			lost(t, h)
			b := h.browse(t, "Thomas", l)
			b.unknown()
			b.click(".list .pub a")
			b.says("web.publications.unknown.never")
			if n := ask[int](b, `document.querySelectorAll("button[name=resolution]").length`); n != 3 {
				t.Fatalf("%d buttons say what became of it", n)
			}
			b.keep("unknown-" + l.String())
			b.write("#found-url", "https://letters.alder.example/linden")
			b.write("#found-how", "I received it myself.")
			b.click(`button[value="FOUND"]`)
			b.says("web.said.publications.found")
			b.until(`document.querySelector("main .chip.sign") && document.querySelector('a[href="https://letters.alder.example/linden"]')`)
		})
	}
}

// TestUnknownIsInTheQueue: that nobody knows whether something is out is on the list of whoever says
// it, with the way there, and its author reads that it is so.
func TestUnknownIsInTheQueue(t *testing.T) {
	t.Parallel()
	h := open(t)
	lost(t, h)
	admin, camille := h.guest(t, "Thomas"), h.guest(t, "Camille")
	var turns struct {
		ReviewTasks []struct{ Name, Subject, Why string }
	}
	await(t, "a turn about what nobody knows", func() bool {
		admin.call("GET", "/reviewTasks?filter="+url.QueryEscape(`attention = "me"`), nil, &turns)
		return len(turns.ReviewTasks) > 0 && turns.ReviewTasks[0].Why == "PUBLICATION_UNKNOWN"
	})
	turn := turns.ReviewTasks[0]
	if d := admin.get(workspace + "/people"); !strings.Contains(d.body, `href="`+workspace+`/queue">Queue<span class="count num">1<`) {
		t.Error("no page leads an admin to the turn")
	}
	d := admin.get(workspace + "/queue/" + strings.TrimPrefix(turn.Name, "workspaces/alder/reviewTasks/"))
	for _, want := range []string{"nobody knows whether it is out", "It may be out or not, and nothing sends it again", "Say what became of it: Camille’s letter"} {
		if !strings.Contains(words(d.root), want) {
			t.Errorf("the queue says not %q: %s", want, words(d.root))
		}
	}
	at := workspace + strings.TrimPrefix(turn.Subject, "workspaces/alder")
	if !strings.Contains(d.body, at+"/publications/") {
		t.Error("the turn leads to no publication")
	}
	if d := camille.get(at); !strings.Contains(words(d.root), "Nobody knows whether it is out") {
		t.Errorf("the author reads: %s", words(d.root))
	}
	if d := camille.get(workspace + "/posts"); !strings.Contains(words(d.root), "not known whether it is out") {
		t.Errorf("the author's list says: %s", words(d.root))
	}
}

// TestPublicationInFrench: what became of a publication is told a French reader in French, but for what a
// network said itself: of one that was refused, one of which nobody knows, and one that was stopped.
func TestPublicationInFrench(t *testing.T) {
	t.Parallel()
	h := open(t)
	lost(t, h)
	letter(t, h, "Camille’s other letter", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnprocessableEntity) })
	camille, admin := h.guest(t, "Camille"), h.guest(t, "Thomas")
	one := func(state string) (name, answer string) {
		await(t, "a publication that is "+state, func() bool {
			var list struct {
				Publications []struct{ Name, Answer string }
			}
			camille.call("GET", "/posts/-/publications?filter="+url.QueryEscape(`state = "`+state+`"`), nil, &list)
			for _, x := range list.Publications {
				name, answer = x.Name, x.Answer
			}
			return name != ""
		})
		return name, answer
	}
	refused, english := one("REFUSED")
	if english != "The receiver answered 422. It did not accept the content." {
		t.Errorf("the API says %q", english)
	}
	unknown, _ := one("UNKNOWN")
	freeze := admin.get(workspace + "/holds/new?scope=WORKSPACE").forms("/holds")[0]
	freeze.values.Set("reason", "Un accident.")
	freeze.values.Set("sure", "yes")
	admin.post(freeze.action, freeze.values)
	camille.share("The Linden chair", camille.accountOf("Camille Moreau"))
	waiting, _ := one("SCHEDULED")
	post, _, _ := strings.Cut(strings.TrimPrefix(waiting, "workspaces/alder"), "/publications/")
	camille.call("POST", post+":withdraw", map[string]any{}, &struct{}{})
	stopped, _ := one("CANCELLED")
	admin.post("/preferences", url.Values{"language": {"fr"}})
	for name, want := range map[string]string{
		refused: "Le destinataire a répondu 422. Il n’a pas accepté le contenu.", unknown: "La connexion s’est interrompue sans réponse.",
		stopped: "La publication a été retirée avant de partir.",
	} {
		for _, address := range []string{strings.TrimPrefix(name, "workspaces/alder"), strings.Split(strings.TrimPrefix(name, "workspaces/alder"), "/publications/")[0]} {
			d := admin.get(workspace + address)
			if d.status != http.StatusOK || !strings.Contains(words(d.root), want) {
				t.Errorf("%s is %d and says not %q: %s", address, d.status, want, words(d.root))
			}
			for _, key := range catalogue.Keys() {
				ours := catalogue.Text(catalogue.English, key, nil)
				if strings.Count(ours, " ") > 2 && ours != catalogue.Text(catalogue.French, key, nil) && strings.Contains(words(d.root), ours) {
					t.Errorf("%s says %q", address, ours)
				}
			}
		}
	}
}

// unknown waits until there is a publication of which nobody knows.
func (b *browser) unknown() {
	b.t.Helper()
	b.open(workspace + "/publications?show=person")
	b.until(`(() => {
		if (document.querySelector(".list .pub")) return true;
		if (document.readyState === "complete") location.reload();
		return false;
	})()`)
}

// What nobody knows the end of is recalled by its author without waiting for that, and once.
func TestUnknownIsRecalled(t *testing.T) {
	t.Parallel()
	inLooks(t, 6, unknownIsRecalled)
}

func unknownIsRecalled(t *testing.T, l look) {
	h := open(t)
	lost(t, h)
	h.browse(t, "Thomas", l).unknown()
	camille := h.guest(t, "Camille")
	address := linkInto(camille.get(workspace+"/publications?show=person"), "/publications/")
	b := h.browse(t, "Camille", l)
	b.open(strings.Split(address, "/publications/")[0])
	b.unfold("#why-recall")
	b.write("#why-recall", "It names the wrong day.")
	b.keep("recall-unknown-" + l.String())
	b.click(`form[action$="/recall"] button`)
	b.says("web.said.posts.recalled")
	b.says("web.posts.ordered")
	b.until(`!document.querySelector("#why-recall")`)
	b.keep("recalled-unknown-" + l.String())
	var x struct{ State, RecallReason string }
	camille.call(http.MethodGet, strings.TrimPrefix(address, workspace), nil, &x)
	if x.State != "UNKNOWN" || x.RecallReason != "It names the wrong day." {
		t.Errorf("it is %+v", x)
	}
}

// Somebody who may not settle it is shown why nothing happens, and no button; without scripts,
// the word that it is not there counts too.
func TestUnknownWithoutScripts(t *testing.T) {
	t.Parallel()
	h := open(t)
	lost(t, h)
	h.browse(t, "Thomas", desktop).unknown()
	admin := h.guest(t, "Thomas")
	address := linkInto(admin.get(workspace+"/publications?show=person"), "/publications/")
	employee := h.guest(t, "Camille")
	if found := linkInto(employee.get(workspace+"/publications?show=person"), "/publications/"); found != address {
		t.Errorf("an employee finds %q among what needs a person", found)
	}
	if d := employee.get(address); len(d.forms("/resolve")) != 0 || d.status != http.StatusOK {
		t.Errorf("an employee has %d forms to settle it: %d", len(d.forms("/resolve")), d.status)
	}
	if d := employee.get(workspace + "/handoff"); d.status != http.StatusOK {
		t.Errorf("what is handed over to an employee: %d", d.status)
	}
	forms := admin.get(address).forms("/resolve")
	if len(forms) != 3 {
		t.Fatalf("%d forms to settle it", len(forms))
	}
	values := forms[1].values
	values.Set("resolution", "ABSENT")
	values.Set("reason", "The letter was never sent.")
	if d := admin.post(forms[1].action, values); !strings.Contains(words(d.root), "It counts as not published.") {
		t.Errorf("not settled: %d %s", d.status, words(d.root))
	}
	stale := forms[0].values
	stale.Set("resolution", "FOUND")
	stale.Set("url", "https://letters.alder.example/1")
	stale.Set("reason", "Seen.")
	if d := admin.post(forms[0].action, stale); d.status != http.StatusConflict {
		t.Errorf("a stale screen is answered with %d", d.status)
	}
}

// linkInto is the first link of a page whose address has such a part.
func linkInto(d *document, part string) string {
	for n := range d.root.Descendants() {
		if n.Data == "a" && strings.Contains(attr(n, "href"), part) {
			return attr(n, "href")
		}
	}
	return ""
}

// One held button stops everything; everybody sees who did it and why; nothing goes out; and what
// passed its time waits for a person's word when the hold is lifted.
func TestFreezeAndRelease(t *testing.T) {
	t.Parallel()
	for _, l := range looks(3) {
		t.Run(l.String(), func(t *testing.T) {
			h := open(t)
			b := h.browse(t, "Marguerite", l)
			b.open(workspace + "/publications")
			b.press("F")
			b.until(`location.pathname.endsWith("/holds/new") && document.querySelector("#hold-it").textContent`)
			b.write("#freeze-reason", "An accident at the Leeds workshop.")
			b.mouse("[data-hold]", input.DispatchMouseEventTypeMousePressed)
			b.mouse("[data-hold]", input.DispatchMouseEventTypeMouseReleased)
			// Half a second is time enough for what a short press would have sent.
			b.until(`(window.passed ??= (setTimeout(() => { window.passed = "yes"; }, 500), "not yet")) === "yes"`)
			if n := b.posted("/holds"); n != 0 {
				t.Fatal("a short press stops everything")
			}
			b.keep("freeze-" + l.String())
			b.hold("[data-hold]", `/holds\/[0-9a-f-]{36}$/.test(location.pathname)`)
			b.says("web.said.holds.stopped")

			g := h.guest(t, "Camille")
			if d := g.get(workspace + "/publications"); d.status != http.StatusOK || !strings.Contains(words(d.root), "An accident at the Leeds workshop.") {
				t.Error("an employee is not told")
			}
			g.share("The Linden chair", g.accountOf("Camille Moreau"))
			b.until(`(() => { if (document.querySelector("#resume")) return true; if (document.readyState === "complete") location.reload(); return false; })()`)

			b.write("#lift-reason", "Everybody is well.")
			b.click(`form[action$="/release"] button`)
			b.until(`document.querySelector('#held:not([data-refresh]) #resume input[value="SEND"]')`)
			b.keep("release-" + l.String())
			b.click(`#resume input[value="SEND"]`)
			b.click(`form#resume button`)
			b.says("web.said.holds.resumed", "n", "1")
			b.until(`!document.querySelector(".held")`)
		})
	}
}

// hold presses on something and holds it until a condition is met. Whoever slips off, as when the page
// moves under the finger, presses again.
func (b *browser) hold(selector, condition string) {
	b.t.Helper()
	for range 10 {
		b.mouse(selector, input.DispatchMouseEventTypeMousePressed)
		if _, met := b.within(6*time.Second, condition); met {
			return
		}
		b.mouse(selector, input.DispatchMouseEventTypeMouseReleased)
	}
	b.until(condition)
}

// mouse does something with the mouse in the middle of something.
func (b *browser) mouse(selector string, what input.DispatchMouseEventType) {
	b.t.Helper()
	b.mouseAt(selector, .5, .5, what)
}

// mouseAt does something with the mouse at a place in something, each part of its width and height.
func (b *browser) mouseAt(selector string, across, down float64, what input.DispatchMouseEventType) {
	b.t.Helper()
	type box struct{ X, Y, Width, Height float64 }
	do(b, "scroll to "+selector, chromedp.Evaluate[bool](`(document.querySelector("`+selector+`").scrollIntoView({ block: "center" }), true)`))
	at := ask[box](b, `(() => { const r = document.querySelector("`+selector+`").getBoundingClientRect(); return { X: r.x, Y: r.y, Width: r.width, Height: r.height }; })()`)
	b.must(chromedp.Call(b.ctx, input.DispatchMouseEvent, input.DispatchMouseEventParams{
		Type: what, X: at.X + across*at.Width, Y: at.Y + down*at.Height, Button: input.MouseButtonLeft, ClickCount: 1,
	}))
}

// Without scripts a tick says what the held button says; who may not stop publishing cannot.
func TestFreezeWithoutScripts(t *testing.T) {
	t.Parallel()
	h := open(t)
	g := h.guest(t, "Priya")
	page := g.get(workspace + "/holds/new?scope=NETWORK&target_NETWORK=wall")
	values := page.forms("/holds")[0].values
	if values.Get("scope") != "NETWORK" || values.Get("target_NETWORK") != "wall" {
		t.Fatalf("the choice is lost: %v", values)
	}
	values.Set("reason", "The wall shows nonsense.")
	values.Set("sure", "yes")
	hold := g.post(workspace+"/holds", values)
	if !strings.Contains(words(hold.root), "Hold on the wall") {
		t.Fatalf("not stopped: %d %s", hold.status, words(hold.root))
	}
	lift := hold.forms("/release")[0]
	lift.values.Set("reason", "It does not any more.")
	if d := g.post(lift.action, lift.values); !strings.Contains(words(d.root), "Lifted.") {
		t.Errorf("not lifted: %d %s", d.status, words(d.root))
	}
	if d := h.guest(t, "Oliver").post(workspace+"/holds", url.Values{"scope": {"WORKSPACE"}, "reason": {"No."}}); d.status != http.StatusForbidden {
		t.Errorf("an employee stops everything: %d", d.status)
	}
}

// An item is taken back, and each copy is followed while somebody looks.
func TestRecallIsFollowed(t *testing.T) {
	t.Parallel()
	for _, l := range looks(6) {
		t.Run(l.String(), func(t *testing.T) {
			h := open(t)
			b := h.browse(t, "Marguerite", l)
			b.open(workspace + "/recalls/new")
			value := ask[string](b, `[...document.querySelectorAll("#recall-item option")].find((o) => o.textContent === "The Linden chair").value`)
			do(b, "choose", chromedp.Evaluate[bool](`(() => { const s = document.querySelector("#recall-item"); s.value = "`+value+`"; s.dispatchEvent(new Event("change", { bubbles: true })); return true; })()`))
			b.until(`/[1-9]/.test(document.querySelector("#recall-count").textContent)`)
			b.write("#recall-reason", "The chair is recalled.")
			b.click("#recall .btn.seal")
			b.says("web.said.recalls.begun")
			// Nobody reloads: the page asks again until each copy is said to be gone.
			b.until(`document.querySelector("#copies .chip") && !document.querySelector("#copies .chip.seal")`)
			b.says("web.recalls.copy.REMOVED")
			b.until(`/^\d+:\d\d$/.test(document.querySelector("#clock [role=timer]").textContent)`)
			b.keep("recall-" + l.String())
			b.open(workspace + "/recalls")
			b.until(`document.querySelectorAll(".list .pub").length === 1`)
		})
	}
}

// An employee finds every account he or she gave to publish through; others' are not theirs to
// change, and the register takes an impostor.
func TestAccounts(t *testing.T) {
	t.Parallel()
	inLooks(t, 7, accounts)
}

func accounts(t *testing.T, l look) {
	h := open(t)
	b := h.browse(t, "Camille", l)
	b.open(workspace + "/accounts")
	b.says("web.accounts.mine")
	b.click(".list .pub a")
	b.sees("Camille Moreau")
	if ask[bool](b, `!!document.querySelector('form[action$="/update"], form[action$="/disable"]')`) {
		t.Error("an employee may change accounts")
	}
	admin := h.guest(t, "Thomas")
	page := admin.get(workspace + "/handles?kind=IMPOSTOR")
	values := page.forms("/handles")[0].values
	values.Set("network", "mastodon")
	values.Set("handle", "@alder_help@mastodon.social")
	values.Set("evidence", "Asks customers for card numbers.")
	d := admin.post(workspace+"/handles", values)
	if !strings.Contains(words(d.root), "@alder_help@mastodon.social") {
		t.Fatalf("not registered: %d %s", d.status, words(d.root))
	}
	one := admin.get(linkInto(d, "/handles/"))
	edit := one.forms(strings.TrimPrefix(one.address, workspace))[0]
	edit.values.Set("status", "REPORTED")
	if d := admin.post(edit.action, edit.values); !strings.Contains(words(d.root), "reported") {
		t.Errorf("not changed: %d %s", d.status, words(d.root))
	}
	account := admin.get(linkInto(admin.get(workspace+"/accounts"), "/accounts/"))
	for _, f := range account.forms("/update") {
		f.values.Set("purpose", "Letters to dealers.")
		if d := admin.post(f.action, f.values); !strings.Contains(words(d.root), "Letters to dealers.") {
			t.Errorf("not saved: %d %s", d.status, words(d.root))
		}
	}
}

// An employee is listed what went out of his or her own posts, and nothing of others'.
func TestOwnPublications(t *testing.T) {
	t.Parallel()
	h := open(t)
	listed := func(who, show string) map[string]bool {
		all := make(map[string]bool)
		g := h.guest(t, who)
		for address := workspace + "/publications?show=" + show; address != ""; {
			page := g.get(address)
			if page.status != http.StatusOK {
				t.Fatalf("%s: status %d at %s", who, page.status, address)
			}
			address = ""
			for n := range page.root.Descendants() {
				href := attr(n, "href")
				if strings.Contains(href, "/posts/") && strings.Contains(href, "/publications/") {
					all[href] = true
				}
				if n.Data == "a" && strings.Contains(href, "page=") {
					address = href
				}
			}
		}
		return all
	}
	everybody := listed("Judith", "all")
	for _, who := range []string{"Camille", "Oliver"} {
		own := listed(who, "all")
		if len(own) == 0 || len(own) >= len(everybody) {
			t.Errorf("%s is listed %d publications of %d", who, len(own), len(everybody))
		}
		g := h.guest(t, who)
		for address := range everybody {
			if page := g.get(address); (page.status == http.StatusOK) != own[address] {
				t.Errorf("%s is listed %s: %v, and opening it is answered with %d", who, address, own[address], page.status)
			}
		}
	}
}
