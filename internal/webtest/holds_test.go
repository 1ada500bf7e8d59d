package webtest

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// held stops everything as Marguerite, lets people share three times into the hold, and is the page of the
// hold once all three wait past their time.
func held(t *testing.T, h *house) string {
	t.Helper()
	g := h.guest(t, "Marguerite")
	f := g.get(workspace + "/holds/new").forms("/holds")[0]
	f.values.Set("scope", "WORKSPACE")
	f.values.Set("reason", "The Leeds workshop is closed.")
	f.values.Set("sure", "yes")
	d := g.post(f.action, f.values)
	if d.status != http.StatusOK {
		t.Fatalf("not stopped: %d %s", d.status, words(d.root))
	}
	page, _, _ := strings.Cut(d.address, "?")
	for _, one := range [][3]string{
		{"Camille", "The Linden chair", "Camille Moreau"}, {"Camille", "CNC machinist, Leeds", "Camille Moreau"}, {"Hélène", "38% less waste in finishing", "Hélène Alder"},
	} {
		who := h.guest(t, one[0])
		who.share(one[1], who.accountOf(one[2]))
	}
	hold := h.colleague(t, "Marguerite")
	await(t, "three wait past their time", func() bool {
		return len(hold.list("holds"+page[strings.LastIndexByte(page, '/'):]+"/heldPublications", "publications")) == 3
	})
	return page
}

// What passed its time under a hold is decided one by one: one is sent, one goes out at another time,
// one is dropped, which needs a reason; and each becomes what was said of it.
func TestHeldOneByOne(t *testing.T) {
	t.Parallel()
	for _, l := range looks(5) {
		t.Run(l.String(), func(t *testing.T) {
			h := open(t)
			page := held(t, h)
			b := h.browse(t, "Marguerite", l)
			b.open(page)
			b.says("web.holds.first")
			b.write("#lift-reason", "The workshop is open again.")
			b.click(`form[action$="/release"] button`)
			b.until(`document.querySelectorAll('#held:not([data-refresh]) #resume input[value="SEND"]').length === 3`)
			if ask[bool](b, `[...document.querySelectorAll('#resume input[type="datetime-local"], #drop-reason')].some((e) => e.checkVisibility())`) {
				t.Error("a time and a reason are asked for what needs neither")
			}
			nth := func(n, field string) string { return `#resume ol > li:nth-child(` + n + `) ` + field }
			b.click(nth("1", `input[value="SEND"]`))
			b.click(nth("2", `input[value="RESCHEDULE"]`))
			b.click(nth("3", `input[value="DROP"]`))
			b.until(`document.querySelector("#drop-reason").checkVisibility()`)
			texts := ask[[]string](b, `[...document.querySelectorAll("#resume .pub-text a")].map((a) => a.pathname)`)
			tomorrow := time.Now().AddDate(0, 0, 1).Format("2006-01-02") + "T10:00"
			b.set(nth("2", `input[type="datetime-local"]`), tomorrow)
			b.keep("one-by-one-" + l.String())
			b.click(`form#resume button`)
			b.until(`document.querySelector("#resume [data-refusal]:not([hidden])")`)
			if n := ask[int](b, `document.querySelectorAll("#resume input:checked:not([value=''])").length`); n != 3 {
				t.Errorf("%d of what was chosen is left", n)
			}
			b.write("#drop-reason", "It was about last week.")
			b.click(`form#resume button`)
			b.says("web.said.holds.resumed", "n", "3")

			who := h.colleague(t, "Marguerite")
			became := func(n int) map[string]any {
				return who.call(http.MethodGet, strings.Replace(texts[n], workspace, company, 1), nil)
			}
			await(t, "the first is sent", func() bool { return became(0)["state"] == "PUBLISHED" })
			paris, err := time.LoadLocation("Europe/Paris")
			if err != nil {
				t.Fatal(err)
			}
			want, err := time.ParseInLocation("2006-01-02T15:04", tomorrow, paris)
			if err != nil {
				t.Fatal(err)
			}
			due, _ := became(1)["dueTime"].(string)
			if at, err := time.Parse(time.RFC3339, due); became(1)["state"] != "SCHEDULED" || err != nil || !at.Equal(want) {
				t.Errorf("the second is %v at %s, wanted at %s", became(1)["state"], due, want)
			}
			if state := became(2)["state"]; state != "CANCELLED" {
				t.Errorf("the third is %v", state)
			}
		})
	}
}

// The same is chosen for all that are shown in one step, which does nothing yet: one of them is decided
// otherwise before it is carried out.
func TestHeldAllTheSame(t *testing.T) {
	t.Parallel()
	for _, l := range looks(1) {
		t.Run(l.String(), func(t *testing.T) {
			h := open(t)
			page := held(t, h)
			b := h.browse(t, "Marguerite", l)
			b.open(page)
			b.says("web.holds.first")
			if ask[bool](b, `!!document.querySelector("#same")`) {
				t.Error("it is asked while the hold stands")
			}
			b.write("#lift-reason", "The workshop is open again.")
			b.click(`form[action$="/release"] button`)
			b.until(`document.querySelectorAll('#held:not([data-refresh]) #resume input[value="SEND"]').length === 3`)
			b.set("#same-fate", "DROP")
			b.click("#same button")
			b.until(`document.querySelectorAll('#resume input[value="DROP"]:checked').length === 3`)
			b.keep("all-the-same-" + l.String())
			who := h.colleague(t, "Marguerite")
			left := func() int {
				return len(who.list("holds"+page[strings.LastIndexByte(page, '/'):]+"/heldPublications", "publications"))
			}
			if n := left(); n != 3 {
				t.Fatalf("%d are left before anything was carried out", n)
			}
			b.click(`#resume ol > li:nth-child(1) input[value=""]`)
			b.write("#drop-reason", "It was about last week.")
			b.click(`form#resume button`)
			b.says("web.said.holds.resumed", "n", "2")
			await(t, "one is left", func() bool { return left() == 1 })
		})
	}
}

// One post, and one account, is held from its own page: what is stopped is chosen already, and told in
// words. The campaigns of the library are offered.
func TestHeldFromItsPage(t *testing.T) {
	t.Parallel()
	for _, l := range looks(6) {
		t.Run(l.String(), func(t *testing.T) {
			h := open(t)
			oliver := h.token(t, "Oliver")
			account := h.accountOf(t, oliver, "Oliver Hartley")
			post := h.submitted(t, oliver, account, "The lathe is back from repair.")
			if d := h.guest(t, "Oliver").get(path(post.Name)); strings.Contains(d.body, "/holds/new") {
				t.Error("an employee is asked to hold it")
			}
			ines := h.colleague(t, "Inès")
			item := ines.list("libraryItems", "libraryItems")[0]
			ines.call(http.MethodPatch, item["name"].(string)+"?updateMask=campaign", map[string]any{"etag": item["etag"], "campaign": "Spring fair"})
			b := h.browse(t, "Marguerite", l)
			b.open(accountPage(account))
			b.click(`main a[href*="scope=ACCOUNT"]`)
			b.until(`document.querySelector('[name="scope"][value="ACCOUNT"]')?.checked && document.querySelector("#target-ACCOUNT").value === "` + account + `"`)
			b.open(path(post.Name))
			b.click(`main a[href*="scope=POST"]`)
			b.until(`document.querySelector('[name="scope"][value="POST"]')?.checked && document.querySelector("#target-POST").value === "` + post.Name + `"`)
			b.sees("The lathe is back from repair.")
			b.until(`document.querySelector('#campaigns option[value="Spring fair"]') && document.querySelector("#target-CAMPAIGN").list`)
			b.keep("hold-post-" + l.String())
			b.write("#freeze-reason", "The repair is not paid.")
			b.hold("[data-hold]", `/holds\/[0-9a-f-]{36}$/.test(location.pathname)`)
			b.says("web.said.holds.stopped")
			holds := h.colleague(t, "Marguerite").list("holds?filter="+url.QueryEscape("active = true"), "holds")
			if len(holds) != 1 || holds[0]["scope"] != "POST" || holds[0]["target"] != post.Name {
				t.Errorf("held are %v", holds)
			}
		})
	}
}

// A handle that is kept, so that nobody else has it, is registered with who keeps it, and given up; an
// impostor stands apart.
func TestHandlesAreKept(t *testing.T) {
	t.Parallel()
	inLooks(t, 3, handlesAreKept)
}

func handlesAreKept(t *testing.T, l look) {
	h := open(t)
	thomas := h.colleague(t, "Thomas")
	b := h.browse(t, "Thomas", l)
	b.open(workspace + "/handles")
	b.says("web.accounts.handles.none.RESERVED")
	b.write("#h-network", "mastodon")
	b.write("#h-handle", "@maison_alder@mastodon.social")
	b.choose("#h-holder", "Inès Lambert")
	b.click(`form[action$="/handles"] button`)
	b.says("web.said.accounts.registered")
	b.says("web.accounts.kept", "name", "Inès Lambert")
	b.keep("handles-" + l.String())
	kept := thomas.list("registeredHandles?filter="+url.QueryEscape(`kind = "RESERVED"`), "registeredHandles")
	if len(kept) != 1 || kept[0]["handle"] != "@maison_alder@mastodon.social" || kept[0]["status"] != "HELD" {
		t.Fatalf("kept are %v", kept)
	}
	b.click(`.list .pub-text a`)
	b.until(`document.querySelector("#e-status")`)
	b.set("#e-status", "RELEASED")
	b.keep("handle-" + l.String())
	b.click(`form[method="post"][action*="/handles/"] button`)
	b.until(`location.pathname.endsWith("/handles") && document.querySelector(".list .pub")`)
	b.says("web.accounts.status.RELEASED")
	if now := thomas.call(http.MethodGet, kept[0]["name"].(string), nil); now["status"] != "RELEASED" {
		t.Errorf("it is %v", now["status"])
	}
	b.click(`.tabs a[href$="kind=IMPOSTOR"]`)
	b.says("web.accounts.handles.none.IMPOSTOR")
	shows(t, h.guest(t, "Camille").get(workspace+"/handles"), "@maison_alder@mastodon.social")
}
