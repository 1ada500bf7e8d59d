package webtest

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// A signature that does not count any more, as its giver lost the role for a while, is given again
// with the same one key, as a decision of its own about the same bytes.
func TestReaffirmWithOneKey(t *testing.T) {
	t.Parallel()
	inLooks(t, 4, reaffirmWithOneKey)
}

func reaffirmWithOneKey(t *testing.T, l look) {
	h := open(t)
	oliver := h.token(t, "Oliver")
	post := h.submitted(t, oliver, h.accountOf(t, oliver, "Oliver Hartley"), "The lathe runs on rainwater now.")
	h.sign(t, post.Name, "Priya", "legal")
	admin, priya := h.colleague(t, "Thomas"), h.colleague(t, "Priya")
	member := priya.call(http.MethodGet, "sessions/current", nil)["member"].(string)
	for _, roles := range [][]string{{"employee"}, {"approver:legal"}} {
		now := admin.call(http.MethodGet, member, nil)
		admin.call(http.MethodPatch, member+"?updateMask=roles", map[string]any{"etag": now["etag"], "roles": roles})
	}

	b := h.browse(t, "Priya", l)
	b.open(workspace + "/queue")
	turn := ask[string](b, `[...document.querySelectorAll("a[data-turn]")].find((a) => a.textContent.includes("rainwater")).pathname`)
	b.open(turn)
	b.until(`document.querySelector('#turn form[action$="/reaffirm"]')`)
	review := ask[string](b, `document.querySelector("#turn [name=review]").value`)
	b.keep("reaffirm-" + l.String())
	b.press("a")
	b.until(`document.querySelector("#undo").hidden === false`)
	await(t, "it is signed again", func() bool {
		return slices.Equal(h.said(t, h.token(t, "Thomas"), review), []string{"APPROVE", "APPROVE"})
	})
	await(t, "the browser tells what it sent", func() bool { return b.posted("/reaffirm") > 0 })
	if n := b.posted("/reaffirm"); n != 1 {
		t.Errorf("said %d times", n)
	}
}

// What somebody lent is signed in that person's name, which the page says before, and by forms alone.
func TestSigningForSomebody(t *testing.T) {
	t.Parallel()
	h := open(t)
	oliver, priya, marguerite := h.token(t, "Oliver"), h.guest(t, "Priya"), h.guest(t, "Marguerite")
	away := priya.get(workspace + "/people/away")
	f := away.forms("/delegations")[0]
	var who struct{ Member string }
	marguerite.call(http.MethodGet, "sessions/current", nil, &who)
	f.values.Set("delegate", who.Member)
	f.values.Set("role", "approver:legal")
	f.values.Set("end", time.Now().AddDate(0, 0, 3).Format("2006-01-02T15:04"))
	if d := priya.post(f.action, f.values); d.status != http.StatusOK {
		t.Fatalf("status %d: %s", d.status, words(d.root))
	}
	post := h.submitted(t, oliver, h.accountOf(t, oliver, "Oliver Hartley"), "The saw is quiet on Sundays.")
	round, _ := h.colleague(t, "Oliver").call(http.MethodGet, post.Name, nil)["review"].(string)

	signed := false
	for n := range marguerite.get(workspace + "/queue").root.Descendants() {
		if attr(n, "data-turn") == "" {
			continue
		}
		page := marguerite.get(attr(n, "href"))
		for _, f := range page.forms("/decide") {
			if signed || f.values.Get("subject") != post.Name || f.values.Get("requirement") != "legal" {
				continue
			}
			shows(t, page, "Priya Nair")
			f.values.Set("verdict", "approve")
			if d := marguerite.post(f.action, f.values); d.status != http.StatusOK {
				t.Fatalf("status %d: %s", d.status, words(d.root))
			}
			signed = true
		}
	}
	if !signed {
		t.Fatal("the turn of who lent the signature is not in the queue")
	}
	var got struct {
		Decisions []struct{ Member, OnBehalfOf, Requirement string }
	}
	var lender struct{ Member string }
	priya.call(http.MethodGet, "sessions/current", nil, &lender)
	h.call(t, oliver, http.MethodGet, round, nil, &got)
	if len(got.Decisions) != 1 || got.Decisions[0].Member != who.Member || got.Decisions[0].OnBehalfOf != lender.Member || got.Decisions[0].Requirement != "legal" {
		t.Errorf("signed as %+v", got.Decisions)
	}
}

// Who is called in a discussion finds it among the mentions and answers there, and the answer calls
// who asked.
func TestMentions(t *testing.T) {
	t.Parallel()
	inLooks(t, 5, mentions)
}

func mentions(t *testing.T, l look) {
	h := open(t)
	oliver := h.token(t, "Oliver")
	post := h.submitted(t, oliver, h.accountOf(t, oliver, "Oliver Hartley"), "Two chairs in three come back for a new seat.")
	priya, author := h.guest(t, "Priya"), h.guest(t, "Oliver")
	shows(t, author.get(workspace+"/queue/mentions"), "Nobody asks for you")
	f := priya.get(priya.turnOf(t, post.Name)).forms("/threads")[0]
	var who struct{ Member string }
	author.call(http.MethodGet, "sessions/current", nil, &who)
	f.values.Set("text", "Who counted them?")
	f.values.Set("mention", who.Member)
	if d := priya.post(f.action, f.values); d.status != http.StatusOK {
		t.Fatalf("status %d: %s", d.status, words(d.root))
	}

	b := h.browse(t, "Oliver", l)
	b.open(workspace + "/queue")
	b.click(`.turns header a[href$="/queue/mentions"]`)
	b.sees("Who counted them?")
	b.sees("Two chairs in three")
	b.keep("mentions-" + l.String())
	b.write(".mentioned textarea", "The workshop did, all year.")
	b.click(".mentioned form button")
	b.says("web.said.queue.answered")

	page := priya.get(workspace + "/queue/mentions")
	shows(t, page, "The workshop did, all year.", "Who counted them?", "Oliver Hartley")
	// Somebody else is called by nobody, and cannot answer where the post is hidden.
	other := h.guest(t, "Camille")
	if text := words(other.get(workspace + "/queue/mentions").root); strings.Contains(text, "counted") {
		t.Error("a discussion is shown to who may not see the post")
	}
	d := other.post(workspace+"/queue/mentions", url.Values{"thread": page.forms("/queue/mentions")[0].values["thread"], "text": {"Me."}})
	if d.status != http.StatusNotFound && d.status != http.StatusForbidden {
		t.Errorf("status %d for who may not see the post", d.status)
	}
}
