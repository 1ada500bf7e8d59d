package webtest

import (
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html/atom"

	"github.com/imprimatur-hq/imprimatur/internal/catalogue"
)

// actions lists what a page of the audit says happened, in its order.
func (d *document) actions() []string {
	var all []string
	for n := range d.root.Descendants() {
		if n.DataAtom == atom.Li && has(n, "data-action") {
			all = append(all, attr(n, "data-action"))
		}
	}
	return all
}

// follow finds the address of a link by its words.
func (d *document) follow(t *testing.T, ending string) string {
	t.Helper()
	for n := range d.root.Descendants() {
		if n.DataAtom == atom.A && strings.Contains(attr(n, "href"), ending) {
			return attr(n, "href")
		}
	}
	t.Fatalf("no link with %q", ending)
	return ""
}

// up is where a page leads back to.
func (d *document) up() string {
	for n := range d.root.Descendants() {
		if n.DataAtom == atom.A && attr(n, "class") == "up" {
			return attr(n, "href")
		}
	}
	return ""
}

// submitItem writes an item and sends it to be signed, as a curator does, and returns the address of its page.
func (g *guest) submitItem(t *testing.T, title, text string) string {
	t.Helper()
	f := g.get(workspace + "/desk/items/new").forms("/desk/items")[0]
	f.values.Set("title", title)
	f.values.Set("text", text)
	page := g.post(f.action, f.values)
	address := page.address
	if page.status != 200 || !strings.Contains(words(page.root), title) {
		t.Fatalf("no draft: %d %s %s", page.status, page.address, words(page.root))
	}
	submit := page.forms("/submit")[0]
	if !strings.HasPrefix(submit.values.Get("digest"), "sha256:") {
		t.Fatalf("submitting names no digest: %v", submit.values)
	}
	page = g.post(submit.action, submit.values)
	if !strings.Contains(words(page.root), "Sent to be signed.") {
		t.Fatalf("not submitted: %d %s", page.status, words(page.root))
	}
	return address
}

// An item is written, submitted, signed and live; then its story tells all of that, from the
// first to the last, in sentences, and nothing of anything else.
func TestAnItemsWholeLife(t *testing.T) {
	t.Parallel()
	h := open(t)
	curator := h.guest(t, "Inès")
	address := curator.submitItem(t, "A chair for the reading room", "Our reading chair is back, in oak and in ash.")
	id := address[strings.LastIndexByte(address, '/')+1:]
	h.sign(t, "libraryItems/"+id, "Priya", "legal")
	h.sign(t, "libraryItems/"+id, "Marguerite", "pr")
	if live := curator.get(workspace + "/desk?show=live"); !strings.Contains(words(live.root), "A chair for the reading room") {
		t.Errorf("it is not live: %s", words(live.root))
	}

	auditor := h.guest(t, "Judith")
	story := auditor.get(workspace + "/audit?order=oldest&subject=" + url.QueryEscape("workspaces/alder/libraryItems/"+id))
	told := story.actions()
	at := -1
	for _, want := range []string{"library_item.created", "library_item.submitted", "review.decided"} {
		i := slices.Index(told, want)
		if i <= at {
			t.Errorf("%s is missing, or out of order: %v", want, told)
		}
		at = i
	}
	for _, want := range []string{"A chair for the reading room", "Inès Lambert", "wrote a library item", "Marguerite", "signed it for legal", "signed it for PR"} {
		if !strings.Contains(words(story.root), want) {
			t.Errorf("the story does not say %q", want)
		}
	}
	if all := auditor.get(workspace + "/audit"); len(all.actions()) != 50 {
		t.Errorf("the first page tells %d things", len(all.actions()))
	} else if next := auditor.get(all.follow(t, "page=")); len(next.actions()) == 0 || next.body == all.body {
		t.Error("there is no second page")
	}
}

// moments lists when what a page of the audit says happened, in its order.
func (d *document) moments(t *testing.T) (all []time.Time) {
	t.Helper()
	for n := range d.root.Descendants() {
		if n.DataAtom != atom.Li || !has(n, "data-action") {
			continue
		}
		for in := range n.Descendants() {
			if in.DataAtom == atom.Time {
				at, err := time.Parse(time.RFC3339, attr(in, "datetime"))
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, at)
				break
			}
		}
	}
	return all
}

// The days that are asked for are those of the clock the page shows, both in full, page by page.
func TestAuditOfSomeDays(t *testing.T) {
	t.Parallel()
	h := open(t)
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	day := func(at time.Time) string { return at.In(paris).Format(time.DateOnly) }
	auditor := h.guest(t, "Judith")
	whole := auditor.get(workspace + "/audit?order=oldest")
	all := whole.moments(t)
	if len(all) != 50 {
		t.Fatalf("%d moments of %d records", len(all), len(whole.actions()))
	}
	first, last := day(all[0]), day(all[0].AddDate(0, 0, 1))
	address := workspace + "/audit?order=oldest&from=" + first + "&to=" + last
	told := 0
	for address != "" {
		page := auditor.get(address)
		for _, at := range page.moments(t) {
			if day(at) != first && day(at) != last {
				t.Errorf("%v is not between %s and %s", at, first, last)
			}
			told++
		}
		address = ""
		for n := range page.root.Descendants() {
			if n.DataAtom == atom.A && strings.Contains(attr(n, "href"), "page=") {
				address = attr(n, "href")
			}
			if n.DataAtom == atom.Input && attr(n, "type") == "date" && attr(n, "value") != map[string]string{"from": first, "to": last}[attr(n, "name")] {
				t.Errorf("the field %s has %q", attr(n, "name"), attr(n, "value"))
			}
		}
	}
	if told == 0 || told < len(slices.DeleteFunc(slices.Clone(all), func(at time.Time) bool { return day(at) > last })) {
		t.Errorf("%d things were told of %s and %s", told, first, last)
	}
	for _, address := range []string{"from=" + day(time.Now().AddDate(0, 0, 2)), "to=" + day(all[0].AddDate(0, 0, -1)), "from=" + last + "&to=" + first} {
		if page := auditor.get(workspace + "/audit?" + address); len(page.actions()) > 0 || !strings.Contains(words(page.root), catalogue.Text("en", "web.audit.empty", nil)) {
			t.Errorf("%s tells %v", address, page.actions())
		}
	}
	if page := auditor.get(workspace + "/audit?from=yesterday"); page.status != 422 || !strings.Contains(words(page.root), catalogue.Text("en", "web.audit.mistake.day", nil)) {
		t.Errorf("status %d: %s", page.status, words(page.root))
	}
}

var (
	recorded = regexp.MustCompile(`(?:\baction:? *(?::?=)? *|\b(?:record\w*|tell|roleFact)\([^"\n]*)"([a-z_]+\.[a-z_]+)"`)
	// composed are the words that a kind ends with where it is put together.
	composed = regexp.MustCompile(`(PublicationEvent|ReviewState|SuggestionState) = "([a-z_]+)"`)
	begins   = map[string]string{"PublicationEvent": "publication.", "ReviewState": "review.", "SuggestionState": "suggestion."}
)

// Whatever is put on record is told in a sentence.
func TestEveryKindIsTold(t *testing.T) {
	t.Parallel()
	kinds := make(map[string]bool)
	for _, folder := range []string{"advocacy", "workflow", "publish", "authn"} {
		files, err := filepath.Glob("../" + folder + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			for _, m := range recorded.FindAllStringSubmatch(string(data), -1) {
				kinds[m[1]] = true
			}
			for _, m := range composed.FindAllStringSubmatch(string(data), -1) {
				kinds[begins[m[1]]+m[2]] = true
			}
		}
	}
	if len(kinds) < 120 {
		t.Errorf("only %d kinds were found", len(kinds))
	}
	delete(kinds, "suggestion.open") // one that was made; "suggestion.made" tells that
	for kind := range kinds {
		if !catalogue.Has("web.audit.kind." + kind) {
			t.Errorf("%s is told by its code", kind)
		}
	}
}
