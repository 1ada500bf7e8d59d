package webtest

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// An admin takes back a signature where the post's decisions stand, with a reason; the page names both,
// and offers it to nobody else.
func TestTakenBackOnThePage(t *testing.T) {
	t.Parallel()
	h := open(t)
	ines := h.guest(t, "Inès")
	var post posted
	ines.call(http.MethodPost, "posts", map[string]any{
		"content": map[string]any{"language": "en", "text": "The lab opens on Monday."}, "socialAccounts": []string{ines.accountOf("Maison Alder")},
	}, &post)
	ines.call(http.MethodPost, post.Name+":submit", map[string]any{"digest": post.Digest}, &post)
	h.sign(t, post.Name, "Priya", "legal")
	page := workspace + "/posts/" + post.Name[strings.LastIndex(post.Name, "/")+1:]
	for _, who := range []string{"Inès", "Priya"} {
		if n := len(h.guest(t, who).get(page).forms("/retract")); n != 0 {
			t.Errorf("%s is offered %d ways to take it back", who, n)
		}
	}
	thomas := h.guest(t, "Thomas")
	forms := thomas.get(page).forms("/retract")
	if len(forms) != 1 {
		t.Fatalf("an admin is offered %d ways", len(forms))
	}
	forms[0].values.Set("reason", "It was the wrong file.")
	d := thomas.post(forms[0].action, forms[0].values)
	for _, want := range []string{"Took it back Thomas", "The signature of Priya", "It was the wrong file."} {
		if d.status != http.StatusOK || !strings.Contains(words(d.root), want) {
			t.Errorf("%d: the page does not say %q: %s", d.status, want, words(d.root))
		}
	}
	if n := len(thomas.get(page).forms("/retract")); n != 0 {
		t.Errorf("it is offered %d times more", n)
	}
	story := h.guest(t, "Judith").get(workspace + "/audit?subject=" + url.QueryEscape(post.Name))
	if want := "took back what Priya Nair signed"; !strings.Contains(words(story.root), want) {
		t.Errorf("the record does not say %q: %s", want, words(story.root))
	}
}

// An admin takes back a signature on an item where the desk shows who signed it; what was offered is offered
// to nobody until it is signed anew, and the page names both.
func TestTakenBackFromAnItem(t *testing.T) {
	t.Parallel()
	h := open(t)
	ines := h.guest(t, "Inès")
	address := ines.submitItem(t, "A chair for the reading room", "Our reading chair is back, in oak and in ash.")
	item := "libraryItems/" + address[strings.LastIndexByte(address, '/')+1:]
	h.sign(t, item, "Priya", "legal")
	h.sign(t, item, "Marguerite", "pr")
	if n := len(ines.get(address).forms("/retract")); n != 0 {
		t.Errorf("who wrote it is offered %d ways to take it back", n)
	}
	thomas := h.guest(t, "Thomas")
	forms := thomas.get(address).forms("/retract")
	if len(forms) != 2 {
		t.Fatalf("an admin is offered %d ways, want one of each signature", len(forms))
	}
	forms[0].values.Set("reason", "It was the wrong file.")
	d := thomas.post(forms[0].action, forms[0].values)
	for _, want := range []string{"The signature was taken back. The item waits for it again.", "Took it back Thomas", "The signature of ", "It was the wrong file."} {
		if d.status != http.StatusOK || !strings.Contains(words(d.root), want) {
			t.Errorf("%d: the page does not say %q: %s", d.status, want, words(d.root))
		}
	}
	if n := len(thomas.get(address).forms("/retract")); n != 1 {
		t.Errorf("%d signatures are offered, want the other one", n)
	}
	if live := ines.get(workspace + "/desk?show=live"); strings.Contains(words(live.root), "A chair for the reading room") {
		t.Error("it is offered though a signature is gone")
	}
}
