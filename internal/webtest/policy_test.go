package webtest

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// One person writes a revision, which is refused by its lines while it is wrong; it is simulated;
// whoever wrote it cannot put it in force, a second person can, and then it counts.
func TestPolicyByTwoPersons(t *testing.T) {
	t.Parallel()
	changed := map[string]string{"en": "PR looks at every small change of a share.", "fr": "La communication regarde le moindre changement d’un partage."}
	for _, l := range looks(5) {
		h := open(t)
		h.secondAdmin(t)
		b := h.browse(t, "Thomas", l)
		b.open(workspace + "/policy/edit")
		b.until(`document.querySelector("#document").value.includes("own-words")`)
		good := ask[string](b, `(() => { const d = document.querySelector("#document"); const good = d.value; d.value = good.replace("post.kind != \"post\"", "post.kinds !="); return good; })()`)
		b.click(`button[name="for"][value="check"]`)
		b.until(`/(Line|Ligne) \d+/.test(document.querySelector("[data-refusal]:not([hidden])")?.textContent)`)
		b.click(`[data-refusal] button[data-line]`)
		b.until(`(() => { const d = document.querySelector("#document"); return document.activeElement === d && d.value.slice(d.selectionStart, d.selectionEnd).includes("post.kinds !="); })()`)
		b.keep("policy-line-" + l.String())
		ask[bool](b, `(() => { const d = document.querySelector("#document"); d.value = `+quote(strings.NewReplacer(
			"Of a share with a few characters changed PR looks at the change.", changed["en"],
			"D’un partage dont quelques caractères ont changé, la communication regarde le changement.", changed["fr"]).Replace(good))+`; return true; })()`)
		b.click(`button[name="for"][value="check"]`)
		b.says("web.policy.fine")
		b.click(`button[name="for"][value="keep"]`)
		b.until(`/\/policy\/revisions\/\d+$/.test(location.pathname)`)
		b.until(`document.querySelectorAll(".lines .ins").length === 2 && document.querySelectorAll(".lines .del").length === 2`)
		b.click(`form[action$="/simulate"] button`)
		b.until(`/\/simulations\//.test(location.pathname)`)
		b.until(`document.querySelector("#simulation svg.chart rect.after") && document.querySelector("#simulation table")`)
		if scale := ask[float64](b, `Math.min(...[...document.querySelectorAll("#simulation svg.chart")].map((c) => c.getScreenCTM().a))`); scale < 1 {
			t.Errorf("the words of a chart are shown at %v of their size", scale)
		}
		b.keep("policy-simulation-" + l.String())
		b.says("web.policy.second")

		second := h.browse(t, "Judith", l)
		second.open(ask[string](b, `location.pathname`))
		second.click(`form[action$="/activate"] button`)
		second.until(`location.pathname.endsWith("/policy")`)
		second.sees(changed[l.language])
		if d := h.guest(t, "Priya").get(workspace + "/policy"); !strings.Contains(words(d.root), changed["en"]) {
			t.Error("who signs is not shown the rules in force")
		}
	}
}

// secondAdmin has Judith made an admin on the page of people.
func (h *house) secondAdmin(t *testing.T) {
	t.Helper()
	admin := h.guest(t, "Thomas")
	address := admin.get(workspace+"/people").memberPage(t, "Judith Osei")
	f := admin.get(address).forms(address)[0]
	f.values.Add("role", "admin")
	f.values.Set("for", "save")
	if d := admin.post(f.action, f.values); d.status != 200 {
		t.Fatalf("no second admin: %d %s", d.status, words(d.root))
	}
}

// Terms are tried before the page offers to publish them, and what was tried is what is published.
func TestLexiconIsTriedFirst(t *testing.T) {
	t.Parallel()
	g := open(t).guest(t, "Thomas")
	page := workspace + "/policy/lexicon"
	offers := func(d *document) bool {
		t.Helper()
		return slices.ContainsFunc(d.forms(page)[0].buttons, func(b url.Values) bool { return b.Get("for") == "publish" })
	}
	d := g.get(page)
	if offers(d) {
		t.Error("terms nobody tried can be published")
	}
	f := d.forms(page)[0]
	f.values.Set("names", "Maison Alder, Alder, Aldermade")
	f.values.Set("for", "try")
	if d = g.post(f.action, f.values); d.status != 200 || !offers(d) {
		t.Fatalf("after a try: %d %s", d.status, words(d.root))
	}
	f = d.forms(page)[0]
	changed := maps.Clone(f.values)
	changed.Set("names", "Alder")
	changed.Set("for", "publish")
	if d = g.post(f.action, changed); d.status != 422 && d.status != 400 && d.status != 409 {
		t.Errorf("other terms than were tried: %d", d.status)
	}
	f.values.Set("for", "publish")
	if d = g.post(f.action, f.values); d.status != 200 || !strings.Contains(d.body, "Aldermade") || offers(d) {
		t.Errorf("what was tried is not published: %d %s", d.status, words(d.root))
	}
}

// Disclosure rules are as well.
func TestDisclosuresAreTriedFirst(t *testing.T) {
	t.Parallel()
	g := open(t).guest(t, "Thomas")
	page := workspace + "/policy/disclosures"
	offers := func(d *document) bool {
		t.Helper()
		return slices.ContainsFunc(d.forms(page)[0].buttons, func(b url.Values) bool { return b.Get("for") == "publish" })
	}
	d := g.get(page)
	if offers(d) {
		t.Error("rules nobody tried can be published")
	}
	for _, want := range []string{"us-16-cfr-255.5", "I work for this company.", "Commercial collaboration", "Paid partnership house"} {
		if !strings.Contains(words(d.root), want) {
			t.Errorf("what holds where no rule names it does not say %q: %s", want, words(d.root))
		}
	}
	f := d.forms(page)[0]
	f.values.Set("required", "yes")
	f.values.Set("for", "publish")
	if d = g.post(f.action, f.values); d.status == 200 {
		t.Errorf("rules nobody tried are published: %s", words(d.root))
	}
	f.values.Set("for", "try")
	if d = g.post(f.action, f.values); d.status != 200 || !offers(d) {
		t.Fatalf("after a try: %d %s", d.status, words(d.root))
	}
	f = d.forms(page)[0]
	f.values.Set("for", "publish")
	if d = g.post(f.action, f.values); d.status != 200 || offers(d) || !strings.Contains(words(d.root), "Published.") {
		t.Errorf("what was tried is not published: %d %s", d.status, words(d.root))
	}
}

// A disclosure that is required of who names the company is no use where nothing says what it is
// called, and the desk says so.
func TestRequiredDisclosureNeedsNames(t *testing.T) {
	t.Parallel()
	g := open(t).guest(t, "Thomas")
	const warning = "no name and no domain of it is noted"
	publish := func(page string, change func(url.Values)) {
		t.Helper()
		f := g.get(page).forms(page)[0]
		change(f.values)
		f.values.Set("for", "try")
		f = g.post(f.action, f.values).forms(page)[0]
		f.values.Set("for", "publish")
		if d := g.post(f.action, f.values); d.status != 200 {
			t.Fatalf("%s: %d %s", page, d.status, words(d.root))
		}
	}
	rules, terms := workspace+"/policy/disclosures", workspace+"/policy/lexicon"
	publish(rules, func(v url.Values) { v.Set("required", "yes") })
	if d := g.get(rules); strings.Contains(words(d.root), warning) {
		t.Error("the house has names, and the desk says it has none")
	}
	publish(terms, func(v url.Values) { v.Set("names", ""); v.Set("domains", "") })
	if d := g.get(rules); !strings.Contains(words(d.root), warning) || linkEnding(d, "/policy/lexicon") == "" {
		t.Errorf("the desk does not say that nobody will be refused: %s", words(d.root))
	}
	publish(rules, func(v url.Values) { v.Del("required") })
	if d := g.get(rules); strings.Contains(words(d.root), warning) {
		t.Error("nothing is required, and the desk warns")
	}
}

// Everybody reads the guideline and says so; when it changes they are shown what is new in it, and say
// so again.
func TestGuidelineIsReadAgain(t *testing.T) {
	t.Parallel()
	inLooks(t, 5, guidelineIsReadAgain)
}

func guidelineIsReadAgain(t *testing.T, l look) {
	h := open(t)
	camille := h.colleague(t, "Camille")
	admin, reader := h.browse(t, "Thomas", l), h.browse(t, "Camille", l)
	reader.open(workspace + "/guideline")
	reader.says("web.policy.guideline.none")
	publish := func(english, french string) {
		t.Helper()
		admin.open(workspace + "/policy/guideline")
		fill := func(language, title, body string) {
			field := func(name string) string {
				return `fieldset:has([name="language"][value="` + language + `"]) [name="` + name + `"]`
			}
			admin.set(field("title"), title)
			admin.set(field("body"), body)
		}
		fill("en", "How we speak of the house", english)
		fill("fr", "Comment nous parlons de la maison", french)
		if ask[string](admin, `document.querySelector("#grace").value`) == "" {
			t.Error("nobody is given time to read it")
		}
		admin.set("#grace", "")
		admin.click(`form[action$="/policy/guideline"] button`)
		admin.says("web.said.policy.guideline")
		admin.until(`document.querySelectorAll("aside .list li").length > 0 && !document.querySelector("form[aria-busy]")`)
	}
	read := func() {
		t.Helper()
		reader.click(`form[action$="/guideline"] button`)
		reader.says("web.said.policy.acknowledged")
		reader.says("web.policy.guideline.acknowledged")
		if g := camille.call(http.MethodGet, "guidelines/default", nil); g["acknowledged"] != true {
			t.Errorf("the service says %v", g["acknowledged"])
		}
	}
	publish("Say that you work here.", "Dites que vous travaillez ici.")
	reader.open(workspace + "/guideline")
	reader.sees(map[string]string{"en": "Say that you work here.", "fr": "Dites que vous travaillez ici."}[l.language])
	read()
	publish("Say that you work here. Ask before you show a customer.", "Dites que vous travaillez ici. Demandez avant de montrer un client.")
	if g := camille.call(http.MethodGet, "guidelines/default", nil); g["acknowledged"] != false {
		t.Error("what was read before counts for what is new")
	}
	admin.keep("guideline-desk-" + l.String())
	reader.open(workspace + "/guideline")
	reader.says("web.policy.guideline.new")
	reader.until(`document.querySelector(".post ins")`)
	reader.keep("guideline-" + l.String())
	read()
}

// quote writes a string of a script.
func quote(text string) string {
	data, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return string(data)
}

// What nobody could have signed under a revision is told by its words and leads to it, with why.
func TestSimulatedInWords(t *testing.T) {
	t.Parallel()
	h := open(t)
	admin := h.guest(t, "Thomas")
	var revision, simulation struct{ Name, State string }
	admin.call(http.MethodPost, "routingPolicies/default/revisions", map[string]any{"document": `defaults: [{role: "approver:legal", quorum: 5}]`}, &revision)
	admin.call(http.MethodPost, revision.Name+":simulate", map[string]any{"days": 30}, &simulation)
	await(t, "the simulation", func() bool {
		admin.call(http.MethodGet, simulation.Name, nil, &simulation)
		return simulation.State == "SUCCEEDED"
	})
	_, number, _ := strings.Cut(revision.Name, "/revisions/")
	_, id, _ := strings.Cut(simulation.Name, "/simulations/")
	d := admin.get(workspace + "/policy/revisions/" + number + "/simulations/" + id)
	shows(t, d, "One year with the robot arm")
	shows(t, d, "Too few people hold the role that the signature “Legal” asks for.")
	if strings.Contains(words(d.root), "/reviews/") {
		t.Error("a review is told by its name")
	}
}
