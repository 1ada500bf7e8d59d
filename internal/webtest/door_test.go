package webtest

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// A person of the demo is one click from the pages, and signing out ends the session for good.
func TestInAndOut(t *testing.T) {
	t.Parallel()
	inLooks(t, 0, inAndOut)
}

func inAndOut(t *testing.T, l look) {
	h := open(t)
	b := h.browse(t, "", l)
	b.open("/")
	b.click(`form[action="/demo/sign-in"]:has(input) button`)
	b.until(`location.pathname.startsWith("` + workspace + `/")`)
	b.open(workspace + "/welcome")
	b.sees("Oliver Hartley")
	b.click(".menu summary")
	b.click(`form[action$="/sign-out"] button`)
	b.until(`location.pathname === "/"`)
	b.open(workspace + "/welcome")
	b.until(`location.pathname === "/sign-in"`)
}

// An address with a name that nothing can have says so, as one of what is not there does.
func TestMistypedAddress(t *testing.T) {
	t.Parallel()
	h := open(t)
	g := h.guest(t, "Oliver")
	for _, path := range []string{"/posts/nonsense", "/queue/1", "/publications/%20", "/posts/00000000-0000-4000-8000-000000000000"} {
		d := g.get(workspace + path)
		if d.status != http.StatusNotFound || !strings.Contains(words(d.root), "There is nothing here") || strings.Contains(words(d.root), "what you wrote") {
			t.Errorf("%s: %d %s", path, d.status, words(d.root))
		}
	}
}

// A token that was copied is of no use after its session was ended.
func TestASessionEndsAtOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	first := h.guest(t, "Camille")
	address, err := url.Parse(h.base)
	if err != nil {
		t.Fatal(err)
	}
	copied := h.guest(t, "")
	copied.Jar.SetCookies(address, first.Jar.Cookies(address))
	if d := copied.get(workspace + "/welcome"); !strings.Contains(words(d.root), "Camille Moreau") {
		t.Fatalf("the copy does not work at all: %d %s", d.status, d.address)
	}
	first.post(workspace+"/sign-out", nil)
	if d := copied.get(workspace + "/welcome"); !strings.HasPrefix(d.address, "/sign-in?next=") {
		t.Errorf("the copy still works: %d %s", d.status, d.address)
	}
}
