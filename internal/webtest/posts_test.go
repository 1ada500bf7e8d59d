package webtest

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// A post goes its whole way without scripts: submitted, asked for changes, other words taken,
// answered, submitted again, signed, out, and taken back.
func TestTheWayOfAPost(t *testing.T) {
	t.Parallel()
	inLooks(t, 2, theWayOfAPost)
}

func theWayOfAPost(t *testing.T, l look) {
	h := open(t)
	g, legal, pr := h.guest(t, "Camille"), h.colleague(t, "Priya"), h.colleague(t, "Marguerite")
	list := g.get(workspace + "/posts?view=draft")
	at := ""
	for n := range list.root.Descendants() {
		if href := attr(n, "href"); at == "" && strings.HasPrefix(href, workspace+"/posts/") && strings.Contains(words(n), "1964") {
			at = href
		}
	}
	if at == "" {
		t.Fatalf("the draft is not listed: %s", words(list.root))
	}
	name := strings.Replace(strings.TrimPrefix(at, "/w/"), "alder/", "workspaces/alder/", 1)
	page := act(t, g, g.get(at), "/submit", nil)
	shows(t, page, "Waits for legal and PR")

	post := legal.call(http.MethodGet, name, nil)
	review, _ := post["review"].(string)
	text := post["content"].(map[string]any)["text"].(string)
	legal.decide(review, "legal", "VERDICT_REQUEST_CHANGES", "Say which workshop.")
	legal.call(http.MethodPost, name+"/threads", map[string]any{"thread": map[string]any{"text": "Whose chair is it?"}})
	h.colleague(t, "Étienne").call(http.MethodPost, name+"/suggestions", map[string]any{
		"suggestion": map[string]any{"text": strings.Replace(text, "l’atelier", "l’atelier de Lyon", 1), "note": "Warmer."}, "digest": post["digest"],
	})
	page = g.get(at)
	shows(t, page, "It is your turn", "Say which workshop.", "Priya Nair", "Whose chair is it?", "Étienne Caron suggests other words")
	page = act(t, g, page, "/comments", url.Values{"text": {"My great-uncle's."}})
	shows(t, page, "My great-uncle's.")
	page = act(t, g, page, "/accept", nil)
	shows(t, page, "Changed since version 1", "l’atelier de Lyon")
	act(t, g, page, "/submit", nil)

	post = legal.call(http.MethodGet, name, nil)
	review, _ = post["review"].(string)
	legal.decide(review, "legal", "VERDICT_APPROVE", "")
	pr.decide(review, "pr", "VERDICT_APPROVE", "")
	b := h.browse(t, "Camille", l)
	b.open(at)
	b.says("web.posts.state.PUBLISHED")
	b.until(`document.querySelector(".outs a[href]")`)
	b.keep("post-published")
	page = act(t, g, g.get(at), "/recall", url.Values{"reason": {"The wrong chair."}})
	shows(t, page, "It is being taken back.")
	b.open(at)
	b.says("web.posts.state.RECALLED")
}

// Another time is chosen, a copy is made and withdrawn for good.
func TestTimeCopyAndWithdraw(t *testing.T) {
	t.Parallel()
	h := open(t)
	g := h.guest(t, "Camille")
	page := g.get(linkStarting(g.get(workspace+"/posts?view=draft"), workspace+"/posts/"))
	day := time.Now().AddDate(0, 0, 90)
	page = act(t, g, page, "/time", url.Values{"when": {"later"}, "time": {day.Format(time.DateOnly) + "T09:30"}})
	shows(t, page, "The time was changed.", day.Format("Mon 2 Jan")+", 09:30")
	first := page.address
	page = act(t, g, page, "/copy", nil)
	shows(t, page, "A draft was made.")
	if page.address == first {
		t.Error("the copy is the original")
	}
	page = act(t, g, page, "/withdraw", url.Values{"reason": {"No need."}})
	shows(t, page, "Withdrawn", "Stopped for good", "as it would have appeared on")
	if d := g.post(first+"/withdraw", url.Values{"etag": {"stale"}}); d.status != http.StatusConflict {
		t.Errorf("a stale screen withdraws: %d", d.status)
	}
}

// Words within an item's bounds are changed while the preview follows, and go out as shown.
func TestPersonalTouch(t *testing.T) {
	t.Parallel()
	inLooks(t, 3, personalTouch)
}

func personalTouch(t *testing.T, l look) {
	h := open(t)
	curator := h.colleague(t, "Inès")
	item := curator.call(http.MethodPost, "workspaces/alder/libraryItems", map[string]any{
		"title": "Open day", "networks": []string{"wall"},
		"content": map[string]any{"language": "en", "text": "Our open day is on Saturday. I will be at the lathe. See you there, friends."},
		"editPolicy": map[string]any{"mode": "SPANS", "unreviewed": true, "spans": []any{
			map[string]any{"text": "I will be at the lathe.", "maxCharacters": 60, "optional": true}, map[string]any{"text": ", friends", "optional": true},
		}},
	})
	name, _ := item["name"].(string)
	item = curator.call(http.MethodPost, name+":submit", map[string]any{"digest": item["digest"]})
	review, _ := item["review"].(string)
	h.colleague(t, "Priya").decide(review, "legal", "VERDICT_APPROVE", "")
	h.colleague(t, "Marguerite").decide(review, "pr", "VERDICT_APPROVE", "")
	b := h.browse(t, "Oliver", l)
	b.open(strings.Replace(name, "workspaces/alder/libraryItems", workspace+"/library", 1))
	b.click(`a[href$="/share"]`)
	b.until(`document.querySelector("#words-0")`)
	b.until(`(document.querySelector("#words-0").value = "", true)`)
	b.write("#words-0", "I bake the cake.")
	b.until(`document.querySelector("#preview .post")?.textContent.includes("I bake the cake. See you there, friends.")`)
	b.click(`input[type="checkbox"][name="words-1"]`)
	b.until(`document.querySelector("#preview .post")?.textContent.endsWith("I bake the cake. See you there.")`)
	b.keep("personal-" + l.String())
	b.click(`.go button[value="now"]`)
	b.until(`location.pathname.includes("/posts/")`)
	b.sees("I bake the cake. See you there.")
	b.says("web.posts.state.PUBLISHED")

	// Words that came after the preview were not seen, so they do not go out.
	g := h.guest(t, "Camille")
	f := g.get(strings.Replace(name, "workspaces/alder/libraryItems", workspace+"/library", 1) + "/share").forms("/share")[0]
	f.values.Set("words-0", "Nobody saw this.")
	f.values.Set("when", "now")
	if d := g.post(f.action, f.values); d.status != http.StatusConflict {
		t.Errorf("what nobody saw: status %d at %s", d.status, d.address)
	}
}

// act sends the first form of a page whose action ends so, with some values of its own, and
// returns the page it leads to.
func act(t *testing.T, g *guest, page *document, ending string, values url.Values) *document {
	t.Helper()
	forms := page.forms(ending)
	if len(forms) == 0 {
		t.Fatalf("%s has no form to %s: %s", page.address, ending, words(page.root))
	}
	for k, v := range values {
		forms[0].values[k] = v
	}
	next := g.post(forms[0].action, forms[0].values)
	if next.status != http.StatusOK {
		t.Fatalf("%s: %d %s", ending, next.status, words(next.root))
	}
	return next
}

// TestWhoStandsIn: who may sign for somebody is named with whose signature it would be, on the
// page of the post and beside the turn.
func TestWhoStandsIn(t *testing.T) {
	t.Parallel()
	h := open(t)
	priya, marguerite := h.colleague(t, "Priya"), ""
	for _, m := range priya.call(http.MethodGet, "members?pageSize=200", nil)["members"].([]any) {
		if m := m.(map[string]any); m["displayName"] == "Marguerite Dunne" {
			marguerite, _ = m["name"].(string)
		}
	}
	priya.call(http.MethodPost, "delegations", map[string]any{
		"delegate": marguerite, "role": "approver:legal", "endTime": time.Now().Add(48 * time.Hour).Format(time.RFC3339), "timeZone": "Europe/Paris", "reason": "Holidays.",
	})
	oliver := h.token(t, "Oliver")
	post := h.submitted(t, oliver, h.accountOf(t, oliver, "Oliver Hartley"), "The bench stands in Leeds.")
	at := workspace + "/posts/" + post.Name[strings.LastIndexByte(post.Name, '/')+1:]
	shows(t, h.guest(t, "Oliver").get(at), "Marguerite Dunne for Priya Nair")
	g := h.guest(t, "Priya")
	shows(t, g.get(g.turnOf(t, post.Name)), "Marguerite Dunne for Priya Nair")
}

// shows fails unless a page says all of these.
func shows(t *testing.T, page *document, texts ...string) {
	t.Helper()
	said := strings.Join(strings.Fields(words(page.root)), " ")
	for _, text := range texts {
		if !strings.Contains(said, text) {
			t.Errorf("%s does not say %q: %s", page.address, text, said)
		}
	}
}

// linkStarting is the first address of a page that begins so, "" for none.
func linkStarting(d *document, start string) string {
	for n := range d.root.Descendants() {
		if strings.HasPrefix(attr(n, "href"), start) {
			return attr(n, "href")
		}
	}
	return ""
}
