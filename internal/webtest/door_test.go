package webtest

import (
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
