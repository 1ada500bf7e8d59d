package webtest

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/imprimatur-hq/imprimatur/internal/catalogue"
	"github.com/imprimatur-hq/imprimatur/internal/media/mediatest"
	"github.com/imprimatur-hq/imprimatur/internal/network/mastodon/mastodontest"
)

// entered lets the administrator enter an account of somebody's by its page, and is its name.
func (h *house) entered(t *testing.T, network, name, owner, address string) string {
	t.Helper()
	admin := h.guest(t, "Thomas")
	f := admin.get(workspace + "/accounts/new").forms("/accounts")[0]
	var who struct{ Member string }
	h.guest(t, owner).call(http.MethodGet, "sessions/current", nil, &who)
	for field, value := range map[string]string{"network": network, "display_name": name, "owner": who.Member, "personal": "yes", "address": address} {
		f.values.Set(field, value)
	}
	if d := admin.post(f.action, f.values); d.status != http.StatusOK {
		t.Fatalf("status %d: %s", d.status, words(d.root))
	}
	return h.accountOf(t, h.token(t, owner), name)
}

// path is the page of a resource, such as an account.
func path(name string) string { return strings.Replace(name, company, workspace, 1) }

// An account is connected by signing in at its network, in the browser: the way there and back leads
// over two sites, and what is signed then goes out there.
func TestConnectBySigningIn(t *testing.T) {
	t.Parallel()
	inLooks(t, 2, connectBySigningIn)
}

func connectBySigningIn(t *testing.T, l look) {
	h := open(t)
	there := mastodontest.New(t)
	account := h.entered(t, "mastodon", "Oliver’s toots", "Oliver", there.URL)
	b := h.browse(t, "Oliver", l)
	b.connect(there, account)

	post := h.submitted(t, h.token(t, "Oliver"), account, "The first toot from the workshop.")
	h.sign(t, post.Name, "Priya", "legal")
	h.sign(t, post.Name, "Marguerite", "pr")
	await(t, "it is seen there", func() bool { return len(there.Visible()) == 1 })
}

// connect signs an account in at its network, by the page of the account.
func (b *browser) connect(there *mastodontest.Server, account string) {
	b.t.Helper()
	b.mu.Lock()
	b.elsewhere = there.URL
	b.mu.Unlock()
	b.open(accountPage(account))
	b.click(`form[action$="/start"] button`)
	b.until(`document.querySelector('a.btn[href^="` + there.URL + `"]')`)
	b.keep("sign-in-there-" + b.look.String())
	// Whoever is there says which account it is.
	address := ask[string](b, `document.querySelector('a.btn[href^="`+there.URL+`"]').href`)
	ask[any](b, `void (location.href = "`+address+"&account="+url.QueryEscape(mastodontest.Account)+`")`)
	b.until(`location.origin === "` + b.base + `" && document.querySelector('form[action="/connect"] button')`)
	b.keep("connect-" + b.look.String())
	b.click(`form[action="/connect"] button`)
	b.says("web.connect.done")
}

// accountPage is the page of an account.
func accountPage(account string) string {
	return path(strings.Replace(account, "socialAccounts", "accounts", 1))
}

// Who gave a connection withdraws it alone: the network is told, nothing goes out by it any more, and
// what is due waits.
func TestConnectionIsWithdrawn(t *testing.T) {
	t.Parallel()
	inLooks(t, 7, connectionIsWithdrawn)
}

func connectionIsWithdrawn(t *testing.T, l look) {
	h := open(t)
	there := mastodontest.New(t)
	account := h.entered(t, "mastodon", "Oliver’s toots", "Oliver", there.URL)
	b := h.browse(t, "Oliver", l)
	b.connect(there, account)
	b.open(workspace + "/accounts")
	b.click(`.list a[href$="` + accountPage(account) + `"]`)
	b.until(`document.querySelector('form[action$="/disconnect"] button')`)
	b.keep("connected-" + l.String())
	b.click(`form[action$="/disconnect"] button`)
	b.says("web.said.accounts.disconnected")
	b.says("web.accounts.means.RECONNECT")
	// What was withdrawn is not offered for withdrawal: a token that may still be kept can be deleted.
	b.says("web.accounts.forget")
	b.until(`document.querySelector('form[action$="/start"] button') && !document.querySelector('form[action$="/disconnect"]').checkVisibility()`)
	if page := ask[string](b, `document.querySelector("main").textContent`); strings.Contains(page, catalogue.Text(l.language, "web.accounts.withdraw", nil)) {
		t.Error("a connection that was withdrawn can be withdrawn")
	}
	b.keep("withdrawn-" + l.String())
	oliver := h.colleague(t, "Oliver")
	if a := oliver.call(http.MethodGet, account, nil); a["state"] != "RECONNECT" {
		t.Errorf("it is %v", a["state"])
	}
	await(t, "the network is told", func() bool { return len(there.AS.Revoked()) > 0 })

	post := h.submitted(t, oliver.token, account, "Nobody reads this toot.")
	h.sign(t, post.Name, "Priya", "legal")
	h.sign(t, post.Name, "Marguerite", "pr")
	await(t, "it waits for a connection", func() bool {
		all, _ := oliver.call(http.MethodGet, post.Name, nil)["publications"].([]any)
		return len(all) == 1 && all[0].(map[string]any)["waitReason"] != ""
	})
	if seen := there.Visible(); len(seen) != 0 {
		t.Errorf("it went out: %v", seen)
	}
}

// What no machine may publish is opened, copied and published by its author, who says where it is; a
// text that is not the one that was signed is told apart.
func TestPublishedByHand(t *testing.T) {
	t.Parallel()
	inLooks(t, 1, publishedByHand)
}

func publishedByHand(t *testing.T, l look) {
	h := open(t)
	oliver := h.token(t, "Oliver")
	account := h.entered(t, "handoff", "Oliver on Facebook", "Oliver", "https://www.facebook.com/oliver.hartley")
	post := h.submitted(t, oliver, account, "Saturday is open day in Leeds.")
	h.sign(t, post.Name, "Priya", "legal")
	h.sign(t, post.Name, "Marguerite", "pr")
	g := h.guest(t, "Oliver")
	await(t, "it waits for a hand", func() bool { return len(g.get(workspace+"/handoff").forms("/open")) == 1 })

	b := h.browse(t, "Oliver", l)
	b.open(workspace + "/publications")
	b.click(`a[href$="/handoff"]`)
	b.click(`form[action$="/open"] button`)
	b.until(`document.querySelector("#package")?.textContent === "Saturday is open day in Leeds."`)
	b.keep("by-hand-" + l.String())
	b.write("#out-url", "https://www.facebook.com/oliver.hartley")
	b.click(`form[action$="/confirm"] button`)
	// A profile is not a post: what was typed stays, and it says so.
	b.until(`document.querySelector('form[action$="/confirm"] [data-refusal]:not([hidden])') && document.querySelector("#out-url").value.includes("oliver.hartley")`)
	b.write("#out-url", "/posts/1")
	b.write("#out-text", "Saturday is open day in York.")
	b.click(`form[action$="/confirm"] button`)
	b.says("web.said.publications.differs")
	b.keep("by-hand-differs-" + l.String())
	var got struct {
		Publications []struct{ State, Comparison string }
	}
	h.call(t, oliver, http.MethodGet, post.Name, nil, &got)
	if len(got.Publications) != 1 || got.Publications[0].State != "PUBLISHED" || got.Publications[0].Comparison != "DIFFERS" {
		t.Errorf("it is %+v", got.Publications)
	}
	if texts := words(g.get(workspace + "/handoff").root); !strings.Contains(texts, "Nothing waits for your hand.") {
		t.Error("it still waits for a hand")
	}

	pr := h.browse(t, "Marguerite", l)
	pr.open(workspace + "/cases")
	pr.sees("Saturday is open day in Leeds.")
	pr.keep("cases-" + l.String())
	pr.click(`a[href*="/cases/"]`)
	pr.until(`document.querySelector(".versus ins")?.textContent === "York"`)
	pr.keep("case-" + l.String())
}

// What its author has opened may be out, and whoever may take back what others publish takes it back from
// its page, as its author may; one who may not is not offered it.
func TestOpenedIsTakenBack(t *testing.T) {
	t.Parallel()
	h := open(t)
	oliver := h.token(t, "Oliver")
	account := h.entered(t, "handoff", "Oliver on Facebook", "Oliver", "https://www.facebook.com/oliver.hartley")
	post := h.submitted(t, oliver, account, "Sunday is open day in Leeds.")
	h.sign(t, post.Name, "Priya", "legal")
	h.sign(t, post.Name, "Marguerite", "pr")
	hand := h.guest(t, "Oliver")
	page := "/w/" + strings.TrimPrefix(post.Name, "workspaces/")
	var parcel []form
	await(t, "it waits for a hand", func() bool {
		parcel = hand.get(workspace + "/handoff").forms("/open")
		return len(parcel) == 1
	})
	if d := hand.get(page); len(d.forms("/recall")) != 0 || len(d.forms("/withdraw")) != 1 {
		t.Error("what nobody has opened is to be withdrawn, and not taken back")
	}
	if d := hand.post(parcel[0].action, parcel[0].values); d.status != http.StatusOK {
		t.Fatalf("opening it answers %d", d.status)
	}
	for who, want := range map[string]struct {
		recalls int
		up      string
	}{
		"Oliver": {1, "/posts"}, "Marguerite": {1, "/queue"}, "Priya": {1, "/queue"}, "Thomas": {1, "/queue"}, "Judith": {0, "/publications"},
	} {
		d := h.guest(t, who).get(page)
		if offered := d.forms("/recall"); len(offered) != want.recalls {
			t.Errorf("%s is offered to take it back %d times, want %d", who, len(offered), want.recalls)
		}
		if up := d.up(); up != workspace+want.up {
			t.Errorf("%s is led back to %q, want %s", who, up, want.up)
		}
		if told := words(d.root); !strings.Contains(told, "so it may be out") || strings.Contains(told, "to open it") {
			t.Errorf("%s is not told that it may be out: %s", who, told)
		}
	}
	one := hand.get(workspace+"/publications").follow(t, "/publications/")
	if told := words(hand.get(one).root); !strings.Contains(told, "so it may be out") || strings.Contains(told, "to open it") {
		t.Errorf("the publication does not tell that it may be out: %s", told)
	}
	pr := h.guest(t, "Marguerite")
	offered := pr.get(page).forms("/recall")[0]
	offered.values.Set("reason", "It is on Saturday.")
	pr.post(offered.action, offered.values)
	var got struct {
		Publications []struct{ State, RecallReason string }
	}
	h.call(t, oliver, http.MethodGet, post.Name, nil, &got)
	if len(got.Publications) != 1 || got.Publications[0].State != "UNKNOWN" || got.Publications[0].RecallReason != "It is on Saturday." {
		t.Errorf("it is %+v", got.Publications)
	}
	if offered := pr.get(page).forms("/recall"); len(offered) != 0 {
		t.Error("it is offered once more")
	}
}

// A video and a document are added as a picture is, each shown for what it is.
func TestVideoAndDocument(t *testing.T) {
	t.Parallel()
	inLooks(t, 0, videoAndDocument)
}

func videoAndDocument(t *testing.T, l look) {
	h := open(t)
	b := h.browse(t, "Camille", l)
	b.open(workspace + "/compose")
	b.until(`document.querySelector("[name=account]:checked")`)
	folder := t.TempDir()
	for i, file := range []struct {
		name string
		data []byte
	}{{"bench.mp4", mediatest.Film{}.Bytes()}, {"care.pdf", mediatest.Document{Pages: 2}.Bytes()}} {
		path := filepath.Join(folder, file.name)
		if err := os.WriteFile(path, file.data, 0o600); err != nil {
			t.Fatal(err)
		}
		do(b, "choose "+file.name, chromedp.SetUploadFiles(chromedp.CSS("#compose-file"), []string{path}))
		b.until(`document.querySelectorAll("[data-media]").length === ` + strconv.Itoa(i+1))
	}
	kinds := ask[[]string](b, `[...document.querySelectorAll("[data-media] .file")].map((e) => e.textContent.trim())`)
	video, document := catalogue.Text(l.language, "web.file.video", map[string]string{"format": "MP4"}), catalogue.Text(l.language, "web.file.document", map[string]string{"format": "PDF"})
	if len(kinds) != 2 || !strings.HasPrefix(kinds[0], "bench.mp4 "+video+" · 0:12 · ") || !strings.HasPrefix(kinds[1], "care.pdf "+document+" · 2 pages · ") {
		t.Errorf("shown as %q", kinds)
	}
	b.keep("video-and-document")
	b.click(`[value="drop:0"]`)
	b.until(`document.querySelectorAll("[data-media]").length === 1`)
}
