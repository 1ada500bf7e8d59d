package webtest

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// publishGuideline puts a guideline in force as an administrator does.
func publishGuideline(t *testing.T, h *house, grace time.Duration) {
	t.Helper()
	r := map[string]any{"texts": []map[string]any{
		{"language": "en", "title": "How we speak of the house", "body": "Say that you work here."},
		{"language": "fr", "title": "Comment nous parlons de la maison", "body": "Dites que vous travaillez ici."},
	}}
	if grace > 0 {
		r["graceEndTime"] = time.Now().Add(grace).UTC().Format(time.RFC3339)
	}
	h.colleague(t, "Thomas").call(http.MethodPost, "guidelines/default/revisions:publish", map[string]any{"guidelineRevision": r})
}

// A guideline that is in force is in everybody's menu, with a mark until it was read. Who writes is led
// from what is in the way to the guideline, and back to the text.
func TestGuidelineOnTheWay(t *testing.T) {
	t.Parallel()
	for _, l := range looks(5) {
		t.Run(l.String(), func(t *testing.T) {
			t.Parallel()
			h := open(t)
			b := h.browse(t, "Camille", l)
			b.open(workspace + "/library")
			if ask[bool](b, `!!document.querySelector("a[href$='/guideline'], .marked")`) {
				t.Error("there is an entry and no guideline")
			}
			publishGuideline(t, h, 0)
			b.open(workspace + "/library")
			b.until(`document.querySelector("#marks .marked")`)
			b.click(".menu summary")
			b.until(`document.querySelector("#pages a[href$='/guideline'] .marked")`)
			b.keep("guideline-menu-" + l.String())

			b.open(workspace + "/compose")
			b.until(`document.querySelector("[name=account]:checked")`)
			b.write("#compose-text", "The lathe turned forty today.")
			b.until(`document.querySelector("#compose-signers a[href*='/guideline?back=']")`)
			b.until(`!document.querySelector("#compose[data-changed]")`)
			b.keep("guideline-asked-" + l.String())
			b.click("#compose-signers a[href*='/guideline?back=']")
			b.until(`document.querySelector("a.up") && document.querySelector("form[action$='/guideline'] button")`)
			b.keep("guideline-read-" + l.String())
			b.click("form[action$='/guideline'] button")
			b.says("web.said.policy.acknowledged")
			b.until(`location.pathname.endsWith("/compose") && new URLSearchParams(location.search).has("post") && document.querySelector("#compose-text").value.includes("lathe")`)
			b.until(`!document.querySelector(".marked") && !document.querySelector("#compose-signers a[href*='/guideline']")`)
			b.click("#compose-submit")
			b.says("web.said.compose.submitted")
		})
	}
}

// Without scripts a share leads there as well, and an address that leads out of the workspace is no
// way back. While a grace lasts nothing is in the way, and the page is not taken for read.
func TestGuidelineWithoutScripts(t *testing.T) {
	t.Parallel()
	h := open(t)
	g := h.guest(t, "Hélène")
	share := linkEnding(g.get(workspace+"/library?q=Linden"), "/share")
	publishGuideline(t, h, time.Hour)
	if d := g.get(share); strings.Contains(d.body, "/guideline?back=") {
		t.Error("it is asked for while the grace lasts")
	}
	if d := g.get(workspace + "/guideline"); len(d.forms("/guideline")) != 1 || !strings.Contains(words(d.root), "To be read by:") {
		t.Errorf("during the grace it cannot be acknowledged: %s", words(d.root))
	}
	h = open(t)
	publishGuideline(t, h, 0)
	g = h.guest(t, "Hélène")
	share = linkEnding(g.get(workspace+"/library?q=Linden"), "/share")
	d := g.get(share)
	if !strings.Contains(d.body, "/guideline?back=") {
		t.Fatalf("nothing leads to the guideline: %s", words(d.root))
	}
	f := d.forms("/share")[0]
	f.values.Set("when", "now")
	if d = g.post(f.action, f.values); d.status != 409 || linkEnding(d, "/guideline") == "" {
		t.Errorf("the refusal leads nowhere: %d %s", d.status, words(d.root))
	}
	for _, out := range []string{"https://evil.example/", "//evil.example", "/sign-in"} {
		if d = g.get(workspace + "/guideline?back=" + out); strings.Contains(words(d.root), "Back to what you were doing") {
			t.Errorf("%s is a way back", out)
		}
	}
	f = g.get(workspace + "/guideline?back=" + workspace + "/library").forms("/guideline")[0]
	if d = g.post(f.action, f.values); !strings.HasSuffix(d.address, workspace+"/library") {
		t.Errorf("it leads back to %s", d.address)
	}
	if d = g.get(share); strings.Contains(d.body, "/guideline?back=") {
		t.Error("it is asked for again")
	}
	if d = h.guest(t, "Thomas").get(workspace + "/policy/guideline"); strings.Contains(words(d.root), "No rule in force asks for it") {
		t.Error("the desk says that no rule asks for it")
	}
}

// Everybody signed and the guideline was not read: the author is told that it is up to him, where his
// posts stand and on the page of this one.
func TestAuthorIsWaitedFor(t *testing.T) {
	t.Parallel()
	h := open(t)
	token := h.token(t, "Oliver")
	post := h.submitted(t, token, h.accountOf(t, token, "Maison Alder"), "A beech for each table.")
	g := h.guest(t, "Oliver")
	_, id, _ := strings.Cut(post.Name, "/posts/")
	at := workspace + "/posts/" + id
	if d := g.get(at); !strings.Contains(words(d.root), "Waits for legal and PR") {
		t.Errorf("it says: %s", words(d.root))
	}
	if d := g.get(workspace + "/posts?view=asked"); strings.Contains(d.body, at) {
		t.Error("it is his turn while others sign")
	}
	publishGuideline(t, h, 0)
	h.sign(t, post.Name, "Priya", "legal")
	h.sign(t, post.Name, "Marguerite", "pr")
	if d := g.get(at); !strings.Contains(words(d.root), "It is your turn") || strings.Contains(words(d.root), "Waits for") {
		t.Errorf("it says: %s", words(d.root))
	}
	for _, view := range []string{"", "?view=asked"} {
		if d := g.get(workspace + "/posts" + view); !strings.Contains(words(d.root), "something has to be done first") || !strings.Contains(d.body, at) {
			t.Errorf("where posts stand%s it says: %s", view, words(d.root))
		}
	}
}
