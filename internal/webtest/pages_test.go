package webtest

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// cast is one person of each role of the sample company.
var cast = []string{"Oliver", "Inès", "Priya", "Marguerite", "Thomas", "Judith"}

// visited is a page somebody came upon by following links.
type visited struct {
	who, path string
	*document
}

var ids = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}|/[0-9]+(?:/|$)`)

// walk follows every link of every page that somebody of each role finds, one of each kind.
func (h *house) walk(t *testing.T) []visited {
	t.Helper()
	var all []visited
	for _, who := range cast {
		g := h.guest(t, who)
		seen := make(map[string]bool)
		next := []string{workspace + "/welcome"}
		for len(next) > 0 {
			path := next[0]
			next = next[1:]
			kind := kindOf(path)
			if seen[kind] || !strings.HasPrefix(path, workspace) || strings.Contains(path, "/media/") || strings.HasSuffix(path, "/events") {
				continue
			}
			seen[kind] = true
			d := g.get(path)
			if !strings.Contains(d.body, "<main") {
				continue // a file to keep
			}
			all = append(all, visited{who, path, d})
			for n := range d.root.Descendants() {
				if n.DataAtom == atom.A && !has(n, "download") {
					next = append(next, strings.SplitN(attr(n, "href"), "#", 2)[0])
				}
			}
		}
	}
	return all
}

// kindOf is what pages have in common that show different things in the same way.
func kindOf(address string) string {
	path, query, asked := strings.Cut(address, "?")
	kind := ids.ReplaceAllString(path, "/*")
	if asked {
		name, _, _ := strings.Cut(query, "=")
		kind += "?" + name
	}
	return kind
}

var placeholder = regexp.MustCompile(`\{[a-z]+(?:\|[^{}]*)?\}|web\.[a-z]+\.[a-z]|ZgotmplZ|<no value>|%!`)

// Every page that a link leads to is there, can be heard, and says everything in words.
func TestEveryPage(t *testing.T) {
	t.Parallel()
	h := open(t)
	pages := h.walk(t)
	if len(pages) < 40 {
		t.Errorf("only %d pages were found", len(pages))
	}
	for _, p := range pages {
		t.Run(p.who+p.path, func(t *testing.T) {
			if p.status != 200 {
				t.Fatalf("status %d", p.status)
			}
			if found := placeholder.FindString(words(p.root)); found != "" {
				t.Errorf("it says %q", found)
			}
			heard(t, p.root)
		})
	}
}

// heard judges what somebody who listens to a page meets.
func heard(t *testing.T, root *html.Node) {
	t.Helper()
	names, labelled := make(map[string]bool), make(map[string]bool)
	last, firsts := 0, 0
	for n := range root.Descendants() {
		if id := attr(n, "id"); id != "" {
			if names[id] {
				t.Errorf("id %q twice", id)
			}
			names[id] = true
		}
		if n.DataAtom == atom.Label {
			labelled[attr(n, "for")] = true
		}
		if len(n.Data) == 2 && n.Data[0] == 'h' && n.Data[1] >= '1' && n.Data[1] <= '6' {
			level, _ := strconv.Atoi(n.Data[1:])
			if level > last+1 && last > 0 {
				t.Errorf("heading %q of level %d follows one of level %d", words(n), level, last)
			}
			if last = level; level == 1 {
				firsts++
			}
		}
	}
	if firsts != 1 {
		t.Errorf("%d first headings", firsts)
	}
	for n := range root.Descendants() {
		field := n.DataAtom == atom.Textarea || n.DataAtom == atom.Select || n.DataAtom == atom.Input && !slices.Contains([]string{"hidden", "submit"}, attr(n, "type"))
		if field && !labelled[attr(n, "id")] && attr(n, "aria-label") == "" && attr(n, "aria-labelledby") == "" && !within(n, atom.Label) {
			t.Errorf("field %q has no words", attr(n, "name"))
		}
	}
}

func within(n *html.Node, what atom.Atom) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if p.DataAtom == what {
			return true
		}
	}
	return false
}

// violation is what axe found.
type violation struct {
	ID     string `json:"id"`
	Impact string `json:"impact"`
	Help   string `json:"help"`
	Nodes  []struct {
		Target  []any  `json:"target"`
		Summary string `json:"failureSummary"`
	} `json:"nodes"`
}

// axe reads the checker from npm, or skips the test loudly.
func axe(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"package.json", "package-lock.json"} {
		data, err := os.ReadFile(filepath.Join("testdata", "axe", name))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), data, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	install := exec.CommandContext(t.Context(), "npm", "ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund")
	install.Dir = dir
	if out, err := install.CombinedOutput(); err != nil {
		if os.Getenv("IMPRIMATUR_TEST_REQUIRE") == "1" {
			t.Fatalf("npm ci: %v\n%s", err, out)
		}
		t.Skipf("SKIPPED, NO PAGE WAS READ BY AXE: npm ci: %v\n%s\nWith IMPRIMATUR_TEST_REQUIRE=1 this is a failure.", err, out)
	}
	data, err := os.ReadFile(filepath.Join(dir, "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// No page has a serious or critical fault for people who use it otherwise than by eye and mouse, and
// none is wider than the window: in a full run at both widths and in both themes, otherwise in one of the four by turns.
func TestAxe(t *testing.T) {
	t.Parallel()
	chromium(t)
	script := axe(t)
	h := open(t)
	all := os.Getenv("IMPRIMATUR_TEST_FULL") == "1"
	byPerson, seen := make(map[string][]visited), make(map[string]bool)
	for _, p := range h.walk(t) {
		// The same page is much the same for others.
		if kind := kindOf(p.path); all || !seen[kind] {
			seen[kind] = true
			byPerson[p.who] = append(byPerson[p.who], p)
		}
	}
	for turn, l := range []look{{1280, 900, false, "en"}, {390, 844, true, "fr"}, {1280, 900, true, "fr"}, {390, 844, false, "en"}} {
		for i, who := range cast {
			if !all && i%4 != turn {
				continue
			}
			t.Run(fmt.Sprint(who, " ", l), func(t *testing.T) {
				b := h.browse(t, who, l)
				for _, p := range byPerson[who] {
					b.open(p.path)
					b.axe(script, p.path)
					ask[any](b, `void document.querySelectorAll("main details").forEach((d) => { d.open = true; })`)
					if wide := ask[int](b, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); wide > 0 {
						t.Errorf("%s is %d pixels wider than the window", p.path, wide)
					}
				}
			})
		}
	}
}

// So it is where nobody is signed in, and where something is not there or may not be seen.
func TestAxeAtTheDoor(t *testing.T) {
	t.Parallel()
	chromium(t)
	script := axe(t)
	h := open(t)
	missing := "00000000-0000-4000-8000-000000000000"
	all := os.Getenv("IMPRIMATUR_TEST_FULL") == "1"
	for turn, l := range []look{{1280, 900, false, "fr"}, {390, 844, true, "en"}, {1280, 900, true, "en"}, {390, 844, false, "fr"}} {
		for who, paths := range map[string][]string{
			"":       {"/", "/sign-in", "/sign-in?next=" + workspace + "/queue", "/design", "/connect", "/nowhere", workspace + "/queue"},
			"Oliver": {"/", "/sign-in", "/design", "/connect", workspace + "/nowhere", workspace + "/posts/" + missing, workspace + "/queue/" + missing, workspace + "/people", workspace + "/policy/edit"},
		} {
			// Somebody who is signed in is shown the other two in a commit.
			if !all && (who == "") != (turn < 2) {
				continue
			}
			t.Run(fmt.Sprint(who, " ", l), func(t *testing.T) {
				b := h.browse(t, who, l)
				b.astray = true
				for _, path := range paths {
					b.open(path)
					b.axe(script, path)
					if wide := ask[int](b, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); wide > 0 {
						t.Errorf("%s is %d pixels wider than the window", path, wide)
					}
					b.keep("door" + strings.NewReplacer("/", "_", "?", "_", missing, "missing").Replace(path) + who + "-" + l.String())
				}
			})
		}
	}
}

// axe judges the page that is shown.
func (b *browser) axe(script, path string) {
	b.t.Helper()
	ask[any](b, script+"; null")
	ask[any](b, `void axe.run({resultTypes: ["violations"], runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}).then((r) => { window.found = JSON.stringify(r.violations) }), null`)
	b.until("window.found")
	var found []violation
	if err := json.Unmarshal([]byte(ask[string](b, "window.found")), &found); err != nil {
		b.t.Fatal(err)
	}
	for _, v := range found {
		if v.Impact != "serious" && v.Impact != "critical" {
			continue
		}
		for _, n := range v.Nodes {
			b.t.Errorf("%s: %s (%s): %v: %s", path, v.Help, v.ID, n.Target, n.Summary)
		}
	}
}
