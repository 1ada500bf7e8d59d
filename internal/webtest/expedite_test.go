package webtest

import (
	"net/http"
	"strings"
	"testing"
)

// enforces puts a routing policy in force, by two admins.
func (h *house) enforces(t *testing.T, document string) {
	t.Helper()
	admin := h.guest(t, "Thomas")
	address := admin.get(workspace+"/people").memberPage(t, "Judith Osei")
	f := admin.get(address).forms(address)[0]
	f.values.Add("role", "admin")
	f.values.Set("for", "save")
	if d := admin.post(f.action, f.values); d.status != http.StatusOK {
		t.Fatalf("no second admin: %d %s", d.status, words(d.root))
	}
	var revision, simulation struct{ Name, State string }
	admin.call(http.MethodPost, "routingPolicies/default/revisions", map[string]any{"document": document}, &revision)
	admin.call(http.MethodPost, revision.Name+":simulate", map[string]any{"days": 1}, &simulation)
	await(t, "the simulation", func() bool {
		admin.call(http.MethodGet, simulation.Name, nil, &simulation)
		return simulation.State == "SUCCEEDED"
	})
	h.guest(t, "Judith").call(http.MethodPost, revision.Name+":activate", map[string]any{"simulation": simulation.Name, "acknowledgeUnroutable": true}, nil)
}

// fastForCorrections has a fast route, on which its rule does not count.
const fastForCorrections = `
defaults: [{role: "approver:legal"}, {role: "approver:pr"}]
expedited: [{role: "approver:legal"}]
rules: [{id: corrections, when: 'post.text.contains("correction")', reason: PR reads corrections., require: [{role: "approver:pr"}]}]
`

// The fast route is offered to who may take it, where there is one, with a reason that who signs reads.
func TestFastRoute(t *testing.T) {
	t.Parallel()
	h := open(t)
	ines := h.guest(t, "Inès")
	var post posted
	ines.call(http.MethodPost, "posts", map[string]any{
		"content": map[string]any{"language": "en", "text": "A correction of what we said about the lab."}, "socialAccounts": []string{ines.accountOf("Maison Alder")},
	}, &post)
	page := workspace + "/posts/" + post.Name[strings.LastIndex(post.Name, "/")+1:]
	if n := len(ines.get(page).forms("/submit")); n != 1 {
		t.Fatalf("%d ways to submit where there is no fast route", n)
	}
	h.enforces(t, fastForCorrections)
	if d := h.guest(t, "Priya").get(workspace + "/policy"); !strings.Contains(words(d.root), "leaves out these rules, which count on the normal route: corrections") {
		t.Errorf("the policy page does not name what the fast route leaves out: %s", words(d.root))
	}
	forms := ines.get(page).forms("/submit")
	if len(forms) != 2 || forms[1].values.Get("route") != "expedited" {
		t.Fatalf("the ways to submit are %+v", forms)
	}
	forms[1].values.Set("reason", "The regulator calls at noon.")
	if d := ines.post(forms[1].action, forms[1].values); d.status != http.StatusOK || !strings.Contains(words(d.root), "The regulator calls at noon.") {
		t.Errorf("submitted: %d %s", d.status, words(d.root))
	}
	priya := h.guest(t, "Priya")
	if d := priya.get(priya.turnOf(t, post.Name)); !strings.Contains(words(d.root), "On the fast route because: The regulator calls at noon.") {
		t.Errorf("who signs does not read why: %s", words(d.root))
	}
}

// Where somebody writes the fast route is offered as soon as the post is kept, to who may take it; without
// a reason nothing is submitted, and nothing that was typed is lost.
func TestFastRouteWhileWriting(t *testing.T) {
	t.Parallel()
	inLooks(t, 5, fastRouteWhileWriting)
}

func fastRouteWhileWriting(t *testing.T, l look) {
	h := open(t)
	ines := h.guest(t, "Inès")
	if d := write(ines, "We said ash, and it is beech."); strings.Contains(d.body, `value="expedite"`) {
		t.Error("it is offered where there is none")
	}
	h.enforces(t, fastForCorrections)
	if d := write(h.guest(t, "Oliver"), "Mine can wait."); strings.Contains(d.body, `value="expedite"`) {
		t.Error("it is offered to who may not take it")
	}
	b := h.browse(t, "Inès", l)
	b.open(workspace + "/compose")
	b.click(`.place input[name="account"]`)
	b.write("#compose-text", "A correction of what we said about the lab.")
	b.until(`document.querySelector("#compose-fast summary") && document.querySelector("#compose-signers .signs li") && !document.querySelector("#compose[data-changed]")`)
	b.click("#compose-fast summary")
	b.click(`#compose-fast [value="expedite"]`)
	b.says("error.EXPEDITE_REASON_REQUIRED")
	b.write("#compose-haste", "The regulator calls at noon.")
	b.until(`!document.querySelector("#compose[data-changed]") && document.querySelector("#compose-haste").value.endsWith("noon.")`)
	b.keep("compose-fast-" + l.String())
	b.click(`#compose-fast [value="expedite"]`)
	b.until(`location.pathname.startsWith("` + workspace + `/posts/")`)
	b.says("web.said.compose.submitted")
	b.sees("The regulator calls at noon.")
}
