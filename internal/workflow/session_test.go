package workflow_test

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// invite returns the secret of a new sign-in link.
func invite(t *testing.T, h *workflowtest.House, p advocacy.PersonID) string {
	t.Helper()
	i, err := h.Flow.InviteMember(t.Context(), h.As(h.Admin), h.W, p)
	ok(t, err)
	_, secret, found := strings.Cut(i.Link, "#")
	if !found || i.Mailed {
		t.Fatalf("the link is %q, mailed %t", i.Link, i.Mailed)
	}
	return secret
}

// TestSignInLinkOpensOnce: a link that was used, is too old, is made up, or belongs to
// somebody disabled opens nothing, and each looks the same from outside.
func TestSignInLinkOpensOnce(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	used, old, disabled := invite(t, h, h.Author), invite(t, h, h.Reader), invite(t, h, h.Curator)
	in, err := h.Flow.CreateSession(t.Context(), used)
	ok(t, err)
	if in.Session.Person != h.Author || in.Token == "" || !in.Session.ExpireTime.After(h.Clock.Now()) {
		t.Fatalf("session %+v", in.Session)
	}
	_, err = h.Flow.DisableMember(t.Context(), h.As(h.Admin), h.W, h.Curator, "left")
	ok(t, err)
	cases := map[string]string{
		"used": used, "of somebody disabled": disabled, "a session's token": in.Token,
		"made up": strings.Repeat("x", 60), "empty": "",
	}
	for name, secret := range cases {
		t.Run(name, func(t *testing.T) {
			refuses(t, h, advocacy.NotFound, "SIGN_IN_LINK_INVALID", func() error { _, err := h.Flow.CreateSession(t.Context(), secret); return err })
		})
	}
	h.Clock.Advance(72*time.Hour + time.Second)
	refuses(t, h, advocacy.NotFound, "SIGN_IN_LINK_INVALID", func() error { _, err := h.Flow.CreateSession(t.Context(), old); return err })
}

// TestOneOfManyOpensTheLink: sixteen browsers, one session.
func TestOneOfManyOpensTheLink(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	secret := invite(t, h, h.Author)
	var opened atomic.Int32
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			if _, err := h.Flow.CreateSession(t.Context(), secret); err == nil {
				opened.Add(1)
			} else if advocacy.ReasonOf(err) != "SIGN_IN_LINK_INVALID" {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if n := opened.Load(); n != 1 {
		t.Fatalf("%d sessions", n)
	}
}

// TestInvitation: nobody invites the disabled; where mail is configured no secret is
// shown; a repetition shows none either.
func TestInvitation(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	call := identified(h.As(h.Admin), "0198f000-0000-4000-8000-000000000001", "InviteMember", "reader")
	first, err := h.Flow.InviteMember(t.Context(), call, h.W, h.Reader)
	ok(t, err)
	again, err := h.Flow.InviteMember(t.Context(), call, h.W, h.Reader)
	ok(t, err)
	if first.Link == "" || again.Link != "" {
		t.Fatalf("links %q and %q", first.Link, again.Link)
	}
	if n := happened(t, h, advocacy.MemberName(h.W, h.Reader), "member.invited"); n != 1 {
		t.Fatalf("%d records", n)
	}
	h.Flow.Mails = true
	mailed, err := h.Flow.InviteMember(t.Context(), h.As(h.Admin), h.W, h.Author)
	ok(t, err)
	if !mailed.Mailed || mailed.Link != "" {
		t.Fatalf("invitation %+v", mailed)
	}
	m, link, err := h.Flow.MintLink(t.Context(), h.W, h.Author)
	ok(t, err)
	if _, secret, _ := strings.Cut(link, "#"); m.Person != h.Author || secret == "" {
		t.Fatalf("link %q of %s", link, m.Person)
	}
	_, err = h.Flow.DisableMember(t.Context(), h.As(h.Admin), h.W, h.Author, "left")
	ok(t, err)
	refuses(t, h, advocacy.Precondition, "MEMBER_DISABLED", func() error { _, err := h.Flow.InviteMember(t.Context(), h.As(h.Admin), h.W, h.Author); return err })
	refuses(t, h, advocacy.Precondition, "MEMBER_DISABLED", func() error { _, _, err := h.Flow.MintLink(t.Context(), h.W, h.Author); return err })
}
