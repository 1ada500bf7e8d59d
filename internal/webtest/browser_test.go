package webtest

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	goruntime "runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/imprimatur-hq/imprimatur/internal/catalogue"
)

// patience bounds every single thing that is waited for.
const patience = time.Minute

// look is how somebody sees the pages.
type look struct {
	width, height int64
	dark          bool
	language      string
}

// desktop is how most people see the pages.
var desktop = look{1280, 900, false, "en"}

// looks are the ways to see a flow: all of them in a full run, otherwise the nth, so that the flows
// together see each.
func looks(n int) []look {
	var all []look
	for i := range 8 {
		l := look{1280, 900, i&2 != 0, "en"}
		if i&1 != 0 {
			l.width, l.height = 390, 844
		}
		if i&4 != 0 {
			l.language = "fr"
		}
		all = append(all, l)
	}
	if os.Getenv("IMPRIMATUR_TEST_FULL") == "1" {
		return all
	}
	return all[n%8:][:1]
}

// lookOf is the nth of the looks, also in a full run.
func lookOf(n int) look {
	all := looks(n)
	return all[n%len(all)]
}

// inLooks runs a flow in each of the looks.
func inLooks(t *testing.T, n int, flow func(*testing.T, look)) {
	t.Helper()
	chromium(t) // without one no service is begun for it either
	for _, l := range looks(n) {
		t.Run(l.String(), func(t *testing.T) {
			t.Parallel()
			flow(t, l)
		})
	}
}

// atDesks runs a flow in each of the looks of those who have keys and a mouse.
func atDesks(t *testing.T, n int, flow func(*testing.T, look)) {
	t.Helper()
	if n&1 != 0 {
		t.Fatalf("look %d is a phone's", n)
	}
	chromium(t)
	for _, l := range looks(n) {
		if l.width < 600 {
			continue
		}
		t.Run(l.String(), func(t *testing.T) {
			t.Parallel()
			flow(t, l)
		})
	}
}

func (l look) String() string {
	return fmt.Sprintf("%d-%s-%s", l.width, map[bool]string{false: "light", true: "dark"}[l.dark], l.language)
}

// browser is a tab of a real browser.
type browser struct {
	t    testing.TB
	base string
	ctx  context.Context
	look look

	mu sync.Mutex
	// sent are the addresses that forms were sent to.
	sent []string
	// elsewhere is the site that somebody goes to by a link, "" for none.
	elsewhere string
	// astray tells that links may lead to what is not there.
	astray bool
	// wrong is what the browser complained of: scripts that broke or were kept from running, files that
	// were not there, addresses elsewhere, dialogs.
	wrong []string
}

// chromium finds the browser, or skips the test loudly.
func chromium(t testing.TB) string {
	t.Helper()
	browsers := []string{"chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"}
	if os.Getenv("IMPRIMATUR_TEST_FULL") == "1" {
		browsers = browsers[1:] // the shell, which is much faster, is what nobody looks at pages with
	}
	for _, name := range browsers {
		if found, err := exec.LookPath(name); err == nil {
			return found
		}
	}
	if os.Getenv("IMPRIMATUR_TEST_REQUIRE") == "1" {
		t.Fatal("there is no Chromium on this machine")
	}
	t.Skip("SKIPPED, NO PAGE WAS SEEN IN A BROWSER: there is no Chromium on this machine. With IMPRIMATUR_TEST_REQUIRE=1 this is a failure.")
	return ""
}

// common is the browser process that the tests share: each has a profile of its own in it.
var common process

type process struct {
	once sync.Once
	ctx  context.Context
	stop func()
	err  error
}

// start starts the browser for the first who needs it.
func (p *process) start(t testing.TB) context.Context {
	t.Helper()
	path := chromium(t)
	p.once.Do(func() {
		var dir string
		if dir, p.err = os.MkdirTemp("", "webtest"); p.err != nil {
			return
		}
		options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
			chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.UserDataDir(dir))
		allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
		var closed context.CancelFunc
		p.ctx, closed = chromedp.NewContext(allocator)
		p.stop = func() {
			closed()
			stop()
			os.RemoveAll(dir)
		}
		_, p.err = chromedp.Run(p.ctx, chromedp.Navigate("about:blank"))
	})
	if p.err != nil {
		t.Fatal(p.err)
	}
	return p.ctx
}

func TestMain(m *testing.M) {
	// They wait for the browser, for much of their time. Whoever says another number is heard.
	if err := flag.Set("test.parallel", strconv.Itoa(2*goruntime.GOMAXPROCS(0))); err != nil {
		panic(err)
	}
	code := m.Run()
	if common.stop != nil {
		common.stop()
	}
	furnished.Remove()
	os.Exit(code)
}

// browse opens a browser in which somebody of the company is signed in; "" is nobody.
func (h *house) browse(t testing.TB, who string, l look) *browser {
	t.Helper()
	ctx, closed := chromedp.NewContext(common.start(t), chromedp.WithNewBrowserContext())
	t.Cleanup(closed)
	b := &browser{t: t, base: h.base, ctx: ctx, look: l}
	b.must(chromedp.Call(ctx, network.Enable, network.EnableParams{}))
	if err := chromedp.Listen(ctx, b.hear); err != nil {
		t.Fatal(err)
	}
	g := h.guest(t, who)
	address, err := url.Parse(h.base)
	if err != nil {
		t.Fatal(err)
	}
	g.post("/preferences", url.Values{"language": {l.language}})
	for _, c := range g.Jar.Cookies(address) {
		b.must(chromedp.Call(ctx, network.SetCookie, network.SetCookieParams{Name: c.Name, Value: c.Value, URL: h.base}))
	}
	if l.dark {
		dark := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}
		b.must(chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: dark}))
	}
	var touch []chromedp.EmulateViewportOption
	if l.width < 600 {
		touch = append(touch, chromedp.EmulateMobile, chromedp.EmulateTouch)
	}
	b.must(chromedp.Run(ctx, chromedp.EmulateViewport(l.width, l.height, touch...)))
	t.Cleanup(func() {
		if t.Failed() {
			b.keep(strings.ReplaceAll(t.Name(), "/", "-"))
		}
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, w := range b.wrong {
			t.Errorf("the browser says: %s", w)
		}
	})
	return b
}

// hear notes what no page may do.
func (b *browser) hear(event any) {
	var wrong string
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		wrong = "a script broke: " + e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			wrong += " " + e.ExceptionDetails.Exception.Description
		}
	case *network.EventRequestWillBeSent:
		if e.Request.Method == http.MethodPost {
			b.mu.Lock()
			b.sent = append(b.sent, e.Request.URL)
			b.mu.Unlock()
		}
		b.mu.Lock()
		led := b.elsewhere != "" && e.Type == network.ResourceTypeDocument && strings.HasPrefix(e.Request.URL, b.elsewhere+"/")
		b.mu.Unlock()
		if to := e.Request.URL; !led && !strings.HasPrefix(to, b.base+"/") && !strings.HasPrefix(to, "about:") && !strings.HasPrefix(to, "data:") && !strings.HasPrefix(to, "blob:") {
			wrong = "it asks " + to
		}
	case *network.EventResponseReceived:
		// Browsers ask for an icon where a page names none, as the wall does.
		b.mu.Lock()
		astray := b.astray
		b.mu.Unlock()
		if astray {
			break
		}
		if e.Response.Status >= 500 || e.Response.Status == 404 && !strings.HasSuffix(e.Response.URL, "/favicon.ico") {
			wrong = fmt.Sprintf("%d for %s", e.Response.Status, e.Response.URL)
		}
	case *log.EventEntryAdded:
		if e.Entry.Source == log.EntrySourceSecurity {
			wrong = "it was kept from something: " + e.Entry.Text
		}
	case *page.EventJavascriptDialogOpening:
		if e.Type != page.DialogTypeBeforeunload {
			wrong = "a dialog says " + e.Message
		}
	}
	if wrong != "" {
		b.mu.Lock()
		b.wrong = append(b.wrong, wrong)
		b.mu.Unlock()
	}
}

// posted counts the forms that were sent to addresses that end so.
func (b *browser) posted(ending string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := 0
	for _, address := range b.sent {
		if strings.HasSuffix(address, ending) {
			n++
		}
	}
	return n
}

func (b *browser) must(_ any, err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// do runs an action, for so long and no longer.
func do[T any](b *browser, what string, action chromedp.Action[T]) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	value, err := chromedp.Run(ctx, action)
	if err != nil {
		b.t.Fatalf("%s: %v\n%s", what, err, b.screen())
	}
	return value
}

// open goes to a page.
func (b *browser) open(path string) {
	b.t.Helper()
	do(b, "open "+path, chromedp.Navigate(b.base+path))
}

// click presses what a CSS selector finds, once it is there to be seen. What was found and then
// renewed, before it was pressed, is looked for again.
func (b *browser) click(selector string) {
	b.t.Helper()
	press := chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible)
	do(b, "click "+selector, func(ctx context.Context, page *chromedp.Target) (chromedp.Void, error) {
		for {
			done, err := press(ctx, page)
			if err == nil || !strings.Contains(err.Error(), "Could not find node with given id") {
				return done, err
			}
		}
	})
}

// write types into a field, after what stands there.
func (b *browser) write(selector, text string) {
	b.t.Helper()
	do(b, "write into "+selector, chromedp.SendKeys(chromedp.CSS(selector), text, chromedp.NodeVisible))
}

// set puts a value into a field that is not written letter by letter, such as a moment.
func (b *browser) set(selector, value string) {
	b.t.Helper()
	b.until(`(() => {
		const field = document.querySelector(` + quote(selector) + `);
		if (!field) return false;
		field.value = ` + quote(value) + `;
		for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
		return field.value === ` + quote(value) + `;
	})()`)
}

// choose takes the choice of a list that has such words.
func (b *browser) choose(selector, text string) {
	b.t.Helper()
	option := `[...(document.querySelector(` + quote(selector) + `)?.options ?? [])].find((o) => o.textContent.includes(` + quote(text) + `))?.value`
	b.until(option)
	b.set(selector, ask[string](b, option))
}

// unfold opens the folded part that has such a thing in it, unless it is open.
func (b *browser) unfold(selector string) {
	b.t.Helper()
	b.until(`document.querySelector(` + quote(selector) + `)`)
	if ask[bool](b, `document.querySelector(`+quote(selector)+`).checkVisibility()`) {
		return
	}
	b.click(`details:has(` + selector + `) > summary`)
	b.until(`document.querySelector(` + quote(selector) + `).checkVisibility()`)
}

// press presses keys, wherever the focus is.
func (b *browser) press(keys string) {
	b.t.Helper()
	b.until("true") // a page that is still coming does not listen
	do(b, "press "+keys, chromedp.KeyEvent(keys))
}

// sees waits until the page shows a text.
func (b *browser) sees(text string) {
	b.t.Helper()
	b.until(fmt.Sprintf("document.body.innerText.replace(/\\s+/g, ' ').includes(%q)", text))
}

// says waits until the page shows a message of the catalogue, in the language it is read in.
func (b *browser) says(key string, pairs ...string) {
	b.t.Helper()
	args := make(map[string]string)
	for i := 0; i+1 < len(pairs); i += 2 {
		args[pairs[i]] = pairs[i+1]
	}
	b.sees(strings.Join(strings.Fields(catalogue.Text(b.look.language, key, args)), " "))
}

// until waits for a condition of the page, also while another page takes its place. What has come of a
// page that is still coming may fulfil it, and the rest would be missed by what is asked next.
func (b *browser) until(condition string) {
	b.t.Helper()
	if last, met := b.within(patience, condition); !met {
		b.t.Fatalf("in vain: %s: %v\n%s", condition, last, b.screen())
	}
}

// within waits so long for a condition; otherwise it tells what the browser said last.
func (b *browser) within(wait time.Duration, condition string) (last error, met bool) {
	ctx, cancel := context.WithTimeout(b.ctx, wait)
	defer cancel()
	for {
		now, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`document.readyState === "complete" && !!(`+condition+`)`))
		switch {
		case err == nil && now:
			return nil, true
		case ctx.Err() != nil:
			return last, false
		case err != nil:
			last = err
		}
		select {
		case <-ctx.Done():
		case <-time.After(30 * time.Millisecond):
		}
	}
}

// ask evaluates an expression in the page.
func ask[T any](b *browser, expression string) T {
	b.t.Helper()
	return do(b, expression, chromedp.Evaluate[T](expression))
}

// screen is what the page shows, as text, for the words of a failure.
func (b *browser) screen() string {
	ctx, cancel := context.WithTimeout(b.ctx, 10*time.Second)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`location.href + "\n" + document.body.innerText`))
	if err != nil {
		return err.Error()
	}
	return text
}

// shots is a folder for screenshots, where somebody asks for them.
const shots = "IMPRIMATUR_TEST_SHOTS"

// keep takes a screenshot, where somebody asks for them.
func (b *browser) keep(name string) {
	folder := os.Getenv(shots)
	if folder == "" {
		return
	}
	ctx, cancel := context.WithTimeout(b.ctx, 30*time.Second)
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(folder+"/"+name+".png", png, 0o644)
	}
	if err != nil {
		b.t.Logf("screenshot %s: %v", name, err)
	}
}
