package webtest

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html/atom"

	"github.com/imprimatur-hq/imprimatur/internal/catalogue"
)

// memberPage is the address of somebody's page, found by the name.
func (d *document) memberPage(t *testing.T, name string) string {
	t.Helper()
	for n := range d.root.Descendants() {
		if n.DataAtom == atom.A && strings.HasPrefix(attr(n, "href"), workspace+"/people/members/") && words(n) == name {
			return attr(n, "href")
		}
	}
	t.Fatalf("%s is not listed", name)
	return ""
}

// Somebody leaves: the session ends at once, and the accounts that nobody answers for any more
// are named to the admin who did it.
func TestOffboarding(t *testing.T) {
	t.Parallel()
	h := open(t)
	for _, l := range looks(2) {
		leaving := h.guest(t, "Camille")
		if d := leaving.get(workspace + "/welcome"); !strings.Contains(words(d.root), "Camille") {
			t.Fatal("she is not in")
		}
		address := h.guest(t, "Thomas").get(workspace+"/people").memberPage(t, "Camille Moreau")
		b := h.browse(t, "Thomas", l)
		b.open(address)
		b.click(`details:has(form[action$="/disable"]) summary`)
		b.says("web.people.disable.session")
		b.write(`form[action$="/disable"] [name=reason]`, "She left for Nantes")
		b.click(`form[action$="/disable"] button`)
		b.says("web.said.people.disabled", "name", "Camille Moreau")
		b.until(`document.querySelectorAll("#orphans li a").length > 0`)
		if d := leaving.get(workspace + "/welcome"); !strings.HasPrefix(d.address, "/sign-in") {
			t.Errorf("her session goes on: %s", d.address)
		}
		b.write(`form[action$="/enable"] [name=reason]`, "She came back")
		b.click(`form[action$="/enable"] button`)
		b.says("web.said.people.enabled", "name", "Camille Moreau")
	}
}

// A newcomer's link is shown once; a key's secret too; and neither is anywhere on the next look.
func TestSecretsAreShownOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	admin := h.guest(t, "Thomas")
	f := admin.get(workspace + "/people").forms("/people")[0]
	f.values.Set("name", "Nadia Benali")
	f.values.Set("email", "nadia@example.com")
	page := admin.post(f.action, f.values)
	link := ""
	for n := range page.root.Descendants() {
		if attr(n, "id") == "link" {
			link = words(n)
		}
	}
	if !strings.Contains(link, "/sign-in") || !strings.Contains(link, "#") {
		t.Fatalf("no link to hand over: %d %q %s", page.status, link, words(page.root))
	}
	_, secret, _ := strings.Cut(link, "#")
	for _, path := range []string{"/people", "/audit"} {
		if strings.Contains(admin.get(workspace+path).body, secret) {
			t.Errorf("the link is still on %s", path)
		}
	}

	f = admin.get(workspace + "/people/keys").forms("/people/keys")[0]
	f.values.Set("name", "Newsletter")
	f.values["permission"] = []string{"posts.read"}
	page = admin.post(f.action, f.values)
	token := ""
	for n := range page.root.Descendants() {
		if attr(n, "id") == "secret" {
			token = words(n)
		}
	}
	if token == "" {
		t.Fatalf("no secret: %d %s", page.status, words(page.root))
	}
	again := admin.get(workspace + "/people/keys")
	if strings.Contains(again.body, token) {
		t.Error("the secret is still there")
	}
	for _, form := range again.forms("/revoke") {
		if strings.Contains(form.text, "End it") {
			page = admin.post(form.action, form.values)
			break
		}
	}
	if !strings.Contains(words(page.root), "Newsletter is ended.") {
		t.Errorf("not revoked: %s", words(page.root))
	}

	// Who may not change people is shown them, and no button.
	if d := h.guest(t, "Camille").get(workspace + "/people"); d.status != 200 || len(d.forms("/people")) > 0 {
		t.Errorf("an employee sees %d, with %d forms", d.status, len(d.forms("/people")))
	}
	if d := h.guest(t, "Camille").post(workspace+"/people", url.Values{"name": {"X"}, "email": {"x@example.com"}}); d.status != 403 {
		t.Errorf("an employee adds people: %d", d.status)
	}
}

// An admin chooses in whose hours somebody shares.
func TestHoursOfAMember(t *testing.T) {
	t.Parallel()
	h := open(t)
	g := h.guest(t, "Thomas")
	address := g.get(workspace+"/people").memberPage(t, "Oliver Hartley")
	ending := address[strings.LastIndex(address, "/"):]
	const office = "workspaces/alder/calendars/hq"
	form := g.get(address).forms(ending)[0]
	if was := form.values.Get("calendar"); was != "" || !strings.Contains(form.text, "the workspace") {
		t.Fatalf("chosen is %q: %s", was, form.text)
	}
	form.values.Set("calendar", office)
	form.values.Set("for", "save")
	g.post(form.action, form.values)
	form = g.get(address).forms(ending)[0]
	if now := form.values.Get("calendar"); now != office {
		t.Fatalf("chosen is %q", now)
	}
	form.values.Set("calendar", "")
	form.values.Set("for", "save")
	g.post(form.action, form.values)
	if now := g.get(address).forms(ending)[0].values.Get("calendar"); now != "" {
		t.Errorf("taken back is %q", now)
	}
}

// A group is made by whoever is put into it, sees a closed topic, and is no more when nobody is in it;
// nothing else of a person or a topic changes by it.
func TestGroups(t *testing.T) {
	t.Parallel()
	h := open(t)
	admin, page := h.guest(t, "Thomas"), workspace+"/people/groups"
	var before, now struct {
		Groups, Roles, Members    []string
		Email, Title, DisplayName string
		Closed                    bool
	}
	oliver := h.colleague(t, "Oliver").me()
	admin.call(http.MethodGet, oliver, nil, &before)
	f := admin.get(page).forms("/people/groups")[0]
	f.values.Set("group", "night, shift")
	f.values.Set("member", oliver)
	if d := admin.post(f.action, f.values); d.status != http.StatusUnprocessableEntity || !strings.Contains(words(d.root), catalogue.Text("en", "web.people.group.wrong", nil)) {
		t.Errorf("a name with a comma: %d %s", d.status, words(d.root))
	}
	f.values.Set("group", " night shift ")
	d := admin.post(f.action, f.values)
	if d.status != http.StatusOK || !strings.Contains(words(d.root), "Oliver Hartley is in night shift.") {
		t.Fatalf("made: %d %s", d.status, words(d.root))
	}
	if admin.call(http.MethodGet, oliver, nil, &now); !slices.Equal(now.Groups, append(before.Groups, "night shift")) ||
		!slices.Equal(now.Roles, before.Roles) || now.Email != before.Email || now.Title != before.Title {
		t.Errorf("he was %+v and is %+v", before, now)
	}
	if d := admin.get(page); !strings.Contains(words(d.root), "night shift1 person") {
		t.Errorf("the list says %s", words(d.root))
	}
	admin.call(http.MethodPost, "topics?topicId=nights", map[string]any{"displayName": "Nights", "closed": true, "members": []string{oliver}}, nil)
	d = admin.get(d.address)
	f = d.forms("/groups/topics")[0]
	f.values.Set("topic", "workspaces/"+strings.TrimPrefix(workspace, "/w/")+"/topics/nights")
	f.values.Set("for", "in")
	d = admin.post(f.action, f.values)
	if admin.call(http.MethodGet, "topics/nights", nil, &now); !slices.Equal(now.Groups, []string{"night shift"}) || !now.Closed || !slices.Equal(now.Members, []string{oliver}) {
		t.Errorf("the topic is %+v", now)
	}
	f = d.forms("/groups/name")[0]
	f.values.Set("new_group", "lyon")
	if d := admin.post(f.action, f.values); d.status != http.StatusConflict || !strings.Contains(words(d.root), catalogue.Text("en", "error.GROUP_EXISTS", nil)) {
		t.Errorf("renamed to what there is: %d %s", d.status, words(d.root))
	}
	f.values.Set("new_group", "late shift")
	if d = admin.post(f.action, f.values); d.status != http.StatusOK || !strings.Contains(words(d.root), "night shift is called late shift now.") {
		t.Fatalf("renamed: %d %s", d.status, words(d.root))
	}
	if admin.call(http.MethodGet, "topics/nights", nil, &now); !slices.Equal(now.Groups, []string{"late shift"}) {
		t.Errorf("the topic is %+v", now)
	}
	f = d.forms("/groups/topics")[0]
	f.values.Set("for", "out")
	d = admin.post(f.action, f.values)
	d = admin.post(d.forms("/groups/leave")[0].action, d.forms("/groups/leave")[0].values)
	if !strings.Contains(words(d.root), "Nobody is in it.") || strings.Contains(words(admin.get(page).root), "late shift") {
		t.Errorf("it is still there: %s", words(d.root))
	}
	if d := h.guest(t, "Camille").get(page); d.status != http.StatusOK || len(d.forms("/people/groups")) > 0 {
		t.Errorf("an employee sees %d, with %d forms", d.status, len(d.forms("/people/groups")))
	}
}
