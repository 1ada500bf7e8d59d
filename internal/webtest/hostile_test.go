package webtest

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/imprimatur-hq/imprimatur/internal/web"
	"github.com/imprimatur-hq/imprimatur/internal/web/hostiletest"
)

// hostileCookie is a session at the house that means harm.
var hostileCookie = &http.Cookie{Name: "imprimatur-session-acme", Value: "imps_mine", Path: "/"}

// lair is a house all of whose texts mean harm.
type lair struct {
	house
	mu sync.Mutex
	// changed are the changing calls that were made.
	changed []string
}

// enter opens a house whose API says one text everywhere.
func enter(t *testing.T, api hostiletest.API) *lair {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	h := &lair{house: house{nil, "http://" + server.Listener.Addr().String()}}
	api.Changed = func(method string) {
		h.mu.Lock()
		defer h.mu.Unlock()
		// What was shown to whom is kept by the page that shows it.
		if !strings.HasSuffix(method, "/ViewReview") {
			h.changed = append(h.changed, method)
		}
	}
	server.Config.Handler = web.New(web.Options{PublicURL: h.base, Language: "en", API: api, Logger: slog.New(slog.DiscardHandler)})
	server.Start()
	t.Cleanup(server.Close)
	return h
}

// visit is a browser that is signed in there, and somebody without scripts beside it.
func (h *lair) visit(t *testing.T, l look) (*browser, *guest) {
	t.Helper()
	b := h.browse(t, "", l)
	b.mu.Lock()
	b.astray = true
	b.mu.Unlock()
	b.must(chromedp.Call(b.ctx, network.SetCookie, network.SetCookieParams{Name: hostileCookie.Name, Value: hostileCookie.Value, URL: h.base}))
	g := h.guest(t, "")
	address, err := url.Parse(h.base)
	if err != nil {
		t.Fatal(err)
	}
	g.Jar.SetCookies(address, []*http.Cookie{hostileCookie})
	return b, g
}

var opened = regexp.MustCompile(`"GET (/w/\{workspace\}[^"]*)"`)

// openedPages are one address of every page that can be opened, as the code of the pages lists them.
func openedPages(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../web/*.go")
	if err != nil {
		t.Fatal(err)
	}
	all := []string{"/", "/sign-in", "/connect", "/connect/callback?state=1&code=2"}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range opened.FindAllStringSubmatch(string(data), -1) {
			path := strings.ReplaceAll(m[1], "{workspace}", "acme")
			if strings.HasSuffix(path, "/events") || strings.Contains(path, "/media/") {
				continue
			}
			all = append(all, regexp.MustCompile(`\{[a-z_]+\}`).ReplaceAllString(path, "0198f000-0000-7000-8000-000000000001"))
		}
	}
	if slices.Sort(all); len(all) < 60 {
		t.Errorf("only %d pages were found", len(all))
	}
	return slices.Compact(all)
}

// unharmed judges the page that is shown: no text became an element, an attribute, or a link that runs.
func (b *browser) unharmed(path string) {
	b.t.Helper()
	found := ask[[]string](b, `[...document.querySelectorAll("*")].filter((e) => e.localName === "hostile" ||
		[...e.attributes].some((a) => a.name === "hostile" || a.name.startsWith("on")) ||
		(e.href && !["http:", "https:", "mailto:"].includes(e.protocol ?? "http:")) ||
		(e.action && new URL(e.getAttribute("action") ?? "", location.href).origin !== location.origin)).map((e) => e.outerHTML.slice(0, 300))`)
	if len(found) > 0 {
		b.t.Errorf("%s has %q", path, found)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, w := range b.wrong {
		b.t.Errorf("%s: the browser says: %s", path, w)
	}
	b.wrong = nil
}

// Whatever any field of the service says, a browser that opens a page runs nothing of it, asks nobody
// else, shows no dialog and changes nothing; a full run tries each text on each page.
func TestHostileHouse(t *testing.T) {
	t.Parallel()
	pages := openedPages(t)
	for n, text := range hostiletest.Payloads {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			h := enter(t, hostiletest.API{Text: text, States: n})
			b, g := h.visit(t, lookOf(n))
			for i, path := range pages {
				if os.Getenv("IMPRIMATUR_TEST_FULL") != "1" && i%len(hostiletest.Payloads) != n {
					continue
				}
				if d := g.get(path); !strings.Contains(d.body, "<main") {
					continue // a file to keep
				}
				b.open(path)
				b.unharmed(path)
				// The list of keys is drawn by a script, from what stands there.
				b.press("?")
				b.unharmed(path)
			}
			h.mu.Lock()
			defer h.mu.Unlock()
			if len(h.changed) > 0 {
				t.Errorf("what was only opened called %q", h.changed)
			}
		})
	}
}

// What scripts draw is as harmless as what the service draws: the preview and the findings of what is
// typed, the next turn, what is found.
func TestHostileScripts(t *testing.T) {
	t.Parallel()
	for n, text := range hostiletest.Payloads {
		if os.Getenv("IMPRIMATUR_TEST_FULL") != "1" && n > 2 {
			break
		}
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			b, _ := enter(t, hostiletest.API{Text: text, States: n}).visit(t, desktop)
			b.open("/w/acme/compose")
			ask[any](b, `void (window.before = document.querySelector("#compose-preview"))`)
			b.write("#compose-text", " More.")
			b.set("#compose-text", text)
			b.until(`!window.before.isConnected`)
			b.unharmed("compose")
			b.open("/w/acme/queue")
			for _, key := range []string{"j", "d", "k", "e", "c"} {
				b.press(key)
				b.until(`document.querySelector("#turn:not([aria-busy])")`)
				b.unharmed("queue " + key)
			}
		})
	}
}

// refusedForm is a form of a page, by where it stands and what it does.
type refusedForm struct {
	page   string
	number int
	action string
}

// refusable lists one form of each kind that the pages have.
func (g *guest) refusable(pages []string) []refusedForm {
	var all []refusedForm
	seen := make(map[string]bool)
	for _, path := range pages {
		number := -1
		for n := range g.get(path).root.Descendants() {
			if n.Data != "form" || attr(n, "method") != "post" {
				continue
			}
			number++
			action := attr(n, "action")
			parts := strings.Split(action, "/")
			kind := fmt.Sprint(kindOf(path), len(parts), parts[len(parts)-1])
			if seen[kind] || action == "/preferences" || strings.HasSuffix(action, "/sign-out") {
				continue
			}
			seen[kind] = true
			all = append(all, refusedForm{path, number, action})
		}
	}
	return all
}

// Whatever was typed, and in whatever words it is refused, the page that says so is as harmless: where
// scripts run, which leave it as it was, and where none do, which get another page.
func TestHostileRefusals(t *testing.T) {
	t.Parallel()
	pages := openedPages(t)
	full := os.Getenv("IMPRIMATUR_TEST_FULL") == "1"
	for n, text := range hostiletest.Payloads {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			b, g := enter(t, hostiletest.API{Text: text, States: n, Refuses: true}).visit(t, desktop)
			forms := g.refusable(pages)
			if len(forms) < 60 {
				t.Errorf("only %d forms were found", len(forms))
			}
			for i, f := range forms {
				if !full && i%(4*len(hostiletest.Payloads)) != n {
					continue
				}
				for _, scripts := range []bool{true, false} {
					b.refusal(f, text, scripts)
				}
			}
		})
	}
}

// refusal types a text into every field of a form and sends it, with scripts or without.
func (b *browser) refusal(f refusedForm, text string, scripts bool) {
	b.t.Helper()
	name := fmt.Sprintf("%s %s, scripts %v", f.page, f.action, scripts)
	b.open(f.page)
	before := len(b.all())
	ask[any](b, fmt.Sprintf(`(() => {
		const form = [...document.querySelectorAll('form[method="post"]')][%d];
		window.stays = true;
		for (const e of form.elements) {
			if (e.matches("textarea, input:not([type]), input[type=text], input[type=url], input[type=email], input[type=search]")) e.value = %s;
			if (e.type === "checkbox") e.checked = true;
		}
		form.noValidate = true;
		const button = form.querySelector("button:not([type=button])");
		setTimeout(() => { %t ? form.requestSubmit(button) : HTMLFormElement.prototype.submit.call(form); });
	})(), null`, f.number, quote(text), scripts))
	if scripts {
		// A decision of the queue waits for a change of mind, and others for a second press: what is drawn
		// until then is judged.
		b.until(`(window.passed ??= (setTimeout(() => { window.passed = "yes"; }, 150), "not yet")) === "yes" && !document.querySelector("form[aria-busy]")`)
	} else {
		b.until(`!window.stays && document.readyState === "complete"`)
		if len(b.all()) == before {
			b.t.Errorf("%s was not sent", name)
		}
	}
	b.unharmed(name)
	ask[any](b, `void document.querySelectorAll("form[data-changed]").forEach((f) => f.removeAttribute("data-changed"))`)
}

// all are the addresses that forms were sent to.
func (b *browser) all() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.sent)
}
