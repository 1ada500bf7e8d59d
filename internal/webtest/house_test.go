package webtest

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/imprimatur-hq/imprimatur/internal/app"
	"github.com/imprimatur-hq/imprimatur/internal/config"
	"github.com/imprimatur-hq/imprimatur/internal/demo"
	"github.com/imprimatur-hq/imprimatur/internal/demo/demotest"
)

// house is a service with the sample company, for one test.
type house struct {
	*app.Service
	base string
}

// workspace is where the sample company's pages are.
const workspace = "/w/" + string(demo.Workspace)

// open starts a service as `imprimatur demo` does, until the test ends.
func open(t testing.TB) *house {
	t.Helper()
	return openWith(t, slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError})))
}

// furnished is a folder with the sample company.
var furnished demotest.Folder

// furnish opens a service with the sample company, whose story is told where it was not yet.
func furnish(ctx context.Context, folder, listen string, logger *slog.Logger) (*app.Service, *demo.Report, error) {
	c := config.Default()
	c.DataDir, c.Listen, c.WallWorkspace, c.Grace = folder, listen, string(demo.Workspace), 20*time.Second
	c.WebhookNetworks = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	clock := &demo.Clock{}
	service, err := app.Open(ctx, app.Options{Config: c, Now: clock.Now, Logger: logger, Patience: time.Minute})
	if err != nil {
		return nil, nil, err
	}
	report, err := service.FillDemo(ctx, clock)
	if err != nil {
		return nil, nil, errors.Join(err, service.Close())
	}
	return service, report, nil
}

// openWith starts one with a log of its own.
func openWith(t testing.TB, logger *slog.Logger) *house {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	folder := furnished.Copy(t, func(folder string) error {
		service, _, err := furnish(context.Background(), folder, "127.0.0.1:0", slog.New(slog.DiscardHandler))
		if err != nil {
			return err
		}
		return service.Close()
	})
	ctx, cancel := context.WithCancel(context.Background())
	service, report, err := furnish(ctx, folder, listener.Addr().String(), logger)
	if err != nil {
		t.Fatal(err)
	}
	ready, done := make(chan struct{}), make(chan error, 1)
	go func() {
		done <- service.Serve(ctx, app.Doors{Main: listener, Chooser: report.Chooser(service.Flow), Ready: func() { close(ready) }})
	}()
	select {
	case <-ready:
	case err := <-done:
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("stop: %v", err)
		}
		if err := service.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return &house{service, "http://" + listener.Addr().String()}
}

// await waits until something is so that the service does by itself.
func await(tb testing.TB, what string, so func() bool) {
	tb.Helper()
	for late := time.After(patience); !so(); {
		select {
		case <-late:
			tb.Fatalf("in vain: %s", what)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// guest is somebody who uses the pages without scripts, by forms and links alone.
type guest struct {
	t    testing.TB
	base string
	*http.Client
}

// guest signs somebody of the company in, named by the first name; "" is nobody.
func (h *house) guest(t testing.TB, who string) *guest {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	g := &guest{t, h.base, &http.Client{Jar: jar, Timeout: time.Minute}}
	g.post("/preferences", url.Values{"language": {"en"}})
	if who != "" {
		front := g.get("/")
		for _, form := range front.forms("/demo/sign-in") {
			if strings.Contains(form.text, "Be "+who) {
				g.post("/demo/sign-in", form.values)
				return g
			}
		}
		t.Fatalf("nobody is called %s", who)
	}
	return g
}

// document is a page as a browser without scripts has it.
type document struct {
	status  int
	address string
	root    *html.Node
	body    string
}

func (g *guest) get(path string) *document {
	g.t.Helper()
	answer, err := g.Get(g.base + path)
	return g.read(answer, err)
}

func (g *guest) post(path string, values url.Values) *document {
	g.t.Helper()
	answer, err := g.PostForm(g.base+path, values)
	return g.read(answer, err)
}

func (g *guest) read(answer *http.Response, err error) *document {
	g.t.Helper()
	if err != nil {
		g.t.Fatal(err)
	}
	defer answer.Body.Close()
	data, err := io.ReadAll(answer.Body)
	if err != nil {
		g.t.Fatal(err)
	}
	root, err := html.Parse(strings.NewReader(string(data)))
	if err != nil {
		g.t.Fatal(err)
	}
	return &document{answer.StatusCode, answer.Request.URL.RequestURI(), root, string(data)}
}

// form is one a page holds: where it goes, what it carries unless somebody changes it, and
// its words.
type form struct {
	action string
	values url.Values
	// buttons are the name and value pairs of its buttons.
	buttons []url.Values
	text    string
}

// forms lists those of a page whose action ends so, with POST.
func (d *document) forms(ending string) []form {
	var all []form
	for n := range d.root.Descendants() {
		if n.DataAtom == atom.Form && attr(n, "method") == "post" && strings.HasSuffix(attr(n, "action"), ending) {
			all = append(all, formOf(n))
		}
	}
	return all
}

func formOf(n *html.Node) form {
	f := form{action: attr(n, "action"), values: make(url.Values), text: words(n)}
	for e := range n.Descendants() {
		name := attr(e, "name")
		switch {
		case e.DataAtom == atom.Button:
			f.buttons = append(f.buttons, url.Values{name: {attr(e, "value")}})
		case name == "" || has(e, "disabled"):
		case e.DataAtom == atom.Textarea:
			f.values.Add(name, words(e))
		case e.DataAtom == atom.Select:
			f.values.Add(name, chosen(e))
		case e.DataAtom == atom.Input:
			if kind := attr(e, "type"); (kind == "checkbox" || kind == "radio") && !has(e, "checked") {
				continue
			}
			f.values.Add(name, attr(e, "value"))
		}
	}
	return f
}

// chosen is the value of a list: the one marked, or the first.
func chosen(list *html.Node) string {
	value, any := "", false
	for o := range list.Descendants() {
		if o.DataAtom == atom.Option && (!any || has(o, "selected")) {
			value, any = attr(o, "value"), true
		}
	}
	return value
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

// words is the text of a part of a page.
func words(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode && c.Parent.DataAtom != atom.Script && c.Parent.DataAtom != atom.Style {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}
