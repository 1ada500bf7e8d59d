package webtest

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// disable lets the administrator say that somebody left.
func (g *guest) disable(t *testing.T, name string) {
	t.Helper()
	for _, f := range g.get(g.get(workspace+"/people").memberPage(t, name)).forms("/disable") {
		f.values.Set("reason", "Left for Nantes")
		if d := g.post(f.action, f.values); d.status != http.StatusOK {
			t.Fatalf("status %d: %s", d.status, words(d.root))
		}
	}
}

// Somebody who answers for an account leaves: its page says who is missing, the page of accounts lists
// it to who may name somebody, and nobody else is offered that.
func TestWhoAnswersForAnAccount(t *testing.T) {
	t.Parallel()
	h := open(t)
	admin := h.guest(t, "Thomas")
	if d := admin.get(workspace + "/accounts"); strings.Contains(d.body, `id="unanswered"`) {
		t.Fatal("somebody is missing from the start")
	}
	admin.disable(t, "Inès Lambert")
	list := admin.get(workspace + "/accounts")
	if !strings.Contains(list.body, `id="unanswered"`) {
		t.Fatalf("nobody is missed: %s", words(list.root))
	}
	account := linkInto(list, "/accounts/0")
	page := admin.get(account)
	if !strings.Contains(page.body, `id="lacks"`) || !strings.Contains(words(page.root), "no deputy") {
		t.Fatalf("nobody is missed on the page: %s", words(page.root))
	}
	if d := h.guest(t, "Camille").get(account); len(d.forms("/answer")) != 0 || !strings.Contains(d.body, `id="lacks"`) {
		t.Errorf("an employee is told wrong: %s", words(d.root))
	}
	admin.disable(t, "Marguerite Dunne")
	if page = admin.get(account); !strings.Contains(words(page.root), "its owner left") {
		t.Fatalf("the last who answered left, and it says: %s", words(page.root))
	}
	f := page.forms("/answer")[0]
	name := func(owner, deputy string) *document {
		values := url.Values{"request_id": {f.values.Get("request_id")}, "etag": f.values["etag"], "owner": {optionOf(page, "owner", owner)}, "deputy": {optionOf(page, "deputy", deputy)}}
		return admin.post(f.action, values)
	}
	if d := name("Camille", "Camille"); d.status == http.StatusOK {
		t.Errorf("one person answers twice: %s", words(d.root))
	}
	page = admin.get(account)
	f = page.forms("/answer")[0]
	if d := name("Camille", "Oliver"); d.status != http.StatusOK || strings.Contains(d.body, `id="lacks"`) {
		t.Errorf("not named: %d %s", d.status, words(d.root))
	}
}

// The page of an account says what its network does with what is sent there, in the reader's language.
func TestAccountSaysWhatItsNetworkDoes(t *testing.T) {
	t.Parallel()
	h := open(t)
	g := h.guest(t, "Camille")
	page := g.get(linkInto(g.get(workspace+"/accounts"), "/accounts/0"))
	if !strings.Contains(page.body, `id="does"`) || !strings.Contains(words(page.root), "publishes nothing twice") {
		t.Errorf("it is not said: %s", words(page.root))
	}
}
