package webtest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// gazette is a server with a feed of two entries.
func gazette(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/feed" {
			return
		}
		w.Header().Set("Content-Type", "application/rss+xml")
		fmt.Fprintf(w, `<rss version="2.0"><channel><title>The workshop</title><link>http://%[1]s</link>
			<item><title>The kiln is lit</title><link>http://%[1]s/kiln</link><guid>kiln</guid><description>For the first time since the spring.</description></item>
			<item><title>Canteen menu</title><link>http://%[1]s/menu</link><guid>menu</guid><description>Leeks.</description></item>
		</channel></rss>`, r.Host)
	}))
	t.Cleanup(server.Close)
	return server.URL + "/feed"
}

// A curator adds a source; what it brings waits in the tray until somebody says what becomes of it: one
// entry becomes a draft, another is declined.
func TestFeedBecomesDraft(t *testing.T) {
	t.Parallel()
	inLooks(t, 7, feedBecomesDraft)
}

func feedBecomesDraft(t *testing.T, l look) {
	h := open(t)
	address := gazette(t)
	ines := h.colleague(t, "Inès")
	b := h.browse(t, "Inès", l)
	b.open(workspace + "/desk/feeds")
	b.says("web.desk.feeds.empty")
	b.write("#title", "Workshop news")
	b.write("#url", address)
	b.click(`form[action$="/desk/feeds"] button`)
	b.says("web.said.desk.feed.added", "title", "Workshop news")
	ids := make(map[string]string)
	await(t, "the feed is read", func() bool {
		for _, p := range ines.list("proposals", "proposals") {
			if title, _ := p["title"].(string); p["feed"] != "" {
				ids[title] = p["name"].(string)[strings.LastIndexByte(p["name"].(string), '/')+1:]
			}
		}
		return ids["The kiln is lit"] != "" && ids["Canteen menu"] != ""
	})
	b.until(`document.querySelector("#feeds .chip.sign")`)
	b.keep("feeds-" + l.String())

	b.open(workspace + "/desk/tray?show=feeds")
	b.says("web.desk.from.feed", "title", "Workshop news")
	b.keep("tray-" + l.String())
	decline := `form[action$="` + ids["Canteen menu"] + `/decline"]`
	b.unfold(decline)
	b.write(decline+" textarea", "It is for the canteen.")
	b.click(decline + " button")
	b.says("web.said.desk.answered")
	b.until(`!document.querySelector('` + decline + `')`)
	accept := `form[action$="` + ids["The kiln is lit"] + `/accept"]`
	b.unfold(accept)
	b.click(accept + " button")
	b.says("web.said.desk.accepted")
	b.until(`location.pathname.includes("/desk/items/")`)

	if p := ines.call(http.MethodGet, "proposals/"+ids["Canteen menu"], nil); p["state"] != "DECLINED" || p["reason"] != "It is for the canteen." {
		t.Errorf("the menu is %v, %v", p["state"], p["reason"])
	}
	p := ines.call(http.MethodGet, "proposals/"+ids["The kiln is lit"], nil)
	item, _ := p["libraryItem"].(string)
	if p["state"] != "ACCEPTED" || item == "" {
		t.Fatalf("the kiln is %v", p)
	}
	if i := ines.call(http.MethodGet, item, nil); i["state"] != "DRAFT" || i["title"] != "The kiln is lit" {
		t.Errorf("the item is %v, %v", i["state"], i["title"])
	}
	shows(t, h.guest(t, "Inès").get(workspace+"/desk/tray?show=declined"), "Canteen menu", "It is for the canteen.")
}

// Rows are tried before they are imported: the trial says what would become of each and keeps nothing,
// and one press then imports the same.
func TestImportIsTriedFirst(t *testing.T) {
	t.Parallel()
	inLooks(t, 5, importIsTriedFirst)
}

func importIsTriedFirst(t *testing.T, l look) {
	h := open(t)
	ines := h.colleague(t, "Inès")
	const rows = `{"externalId": "cms-1", "title": "The long plane", "content": {"language": "en", "text": "It planes eleven feet."}, "networks": ["wall"]}
{"externalId": "cms-2", "title": "No topic", "topic": "weather", "content": {"language": "en", "text": "Rain."}}`
	named := func() (names []string) {
		for _, item := range ines.list("libraryItems?pageSize=200", "libraryItems") {
			if item["title"] == "The long plane" {
				names = append(names, item["name"].(string))
			}
		}
		return names
	}
	b := h.browse(t, "Inès", l)
	b.open(workspace + "/desk/imports")
	b.set("#data", rows)
	b.click(`button[name="for"][value="try"]`)
	b.says("web.desk.import.trial.title")
	b.until(`document.querySelector("#progress:not([data-refresh])") && document.querySelectorAll("#progress tbody tr").length === 2`)
	b.says("web.desk.import.trial.text")
	b.says("web.desk.import.created", "count", "1")
	b.says("web.desk.import.refused", "count", "1")
	b.keep("import-" + l.String())
	if found := named(); len(found) != 0 {
		t.Fatalf("a trial made %v", found)
	}
	// What was tried is not chosen again.
	b.click("#progress a[data-tried]")
	b.until(`document.querySelector("#progress:not([data-refresh]) tbody a")`)
	found := named()
	if len(found) != 1 {
		t.Fatalf("the import made %v", found)
	}
	if item := ines.call(http.MethodGet, found[0], nil); item["state"] != "DRAFT" {
		t.Errorf("it is %v", item["state"])
	}
	b.click("#progress tbody a")
	b.until(`document.querySelector("#title")?.value === "The long plane"`)
}

// Who answers for an item gives it to somebody else, whom nobody chose beforehand, and cannot give it
// away again.
func TestItemChangesHands(t *testing.T) {
	t.Parallel()
	inLooks(t, 3, itemChangesHands)
}

func itemChangesHands(t *testing.T, l look) {
	h := open(t)
	ines, thomas := h.colleague(t, "Inès"), h.colleague(t, "Thomas")
	item := ""
	for _, i := range ines.list("libraryItems?pageSize=200", "libraryItems") {
		if i["title"] == "The Linden chair" {
			item = i["name"].(string)
		}
	}
	b := h.browse(t, "Inès", l)
	b.open(workspace + "/desk/items/" + item[strings.LastIndexByte(item, '/')+1:])
	b.unfold(`form[action$="/transfer"]`)
	if owner := ask[string](b, `document.querySelector("#owner").value`); owner != "" {
		t.Errorf("%s is chosen by nobody", owner)
	}
	b.choose("#owner", "Thomas Keller")
	b.write("#why-transfer", "I am on leave until the spring.")
	b.keep("transfer-" + l.String())
	b.click(`form[action$="/transfer"] button`)
	b.says("web.said.desk.transferred", "name", "Thomas Keller")
	b.until(`!document.querySelector('form[action$="/transfer"]')`)
	if i := ines.call(http.MethodGet, item, nil); i["owner"] != thomas.me() || i["state"] != "APPROVED" {
		t.Errorf("%v answers for it, and it is %v", i["owner"], i["state"])
	}
}

// Saving an item on its page keeps the languages it has, though the page does not offer them.
func TestItemKeepsItsLanguages(t *testing.T) {
	t.Parallel()
	h := open(t)
	ines := h.colleague(t, "Inès")
	made := ines.call(http.MethodPost, company+"/libraryItems", map[string]any{
		"title": "Una cadira", "topic": company + "/topics/craft", "networks": []string{"wall"},
		"content":  map[string]any{"language": "ca", "text": "Una cadira.", "variants": []map[string]any{{"language": "eu", "text": "Aulki bat."}}},
		"audience": map[string]any{"languages": []string{"fr"}},
	})
	name := made["name"].(string)
	address := workspace + "/desk/items/" + name[strings.LastIndexByte(name, '/')+1:]
	g := h.guest(t, "Inès")
	f := g.get(address).forms(address)[0]
	f.values.Set("title", "Una cadira nova")
	g.post(f.action, f.values)
	now := ines.call(http.MethodGet, name, nil)
	content := now["content"].(map[string]any)
	variants := content["variants"].([]any)
	if now["title"] != "Una cadira nova" || content["language"] != "ca" || len(variants) != 1 || variants[0].(map[string]any)["language"] != "eu" {
		t.Errorf("it is %v", now)
	}
	if audience := fmt.Sprint(now["audience"]); !strings.Contains(audience, "languages:[fr]") {
		t.Errorf("it is for %s", audience)
	}
	f = g.get(address).forms(address)[0]
	f.values["languages"] = []string{"en", "fr"}
	f.values.Set("language", "en")
	g.post(f.action, f.values)
	now = ines.call(http.MethodGet, name, nil)
	if content := now["content"].(map[string]any); content["language"] != "en" || !strings.Contains(fmt.Sprint(now["audience"]), "languages:[en fr]") {
		t.Errorf("it is %v", now)
	}
}
