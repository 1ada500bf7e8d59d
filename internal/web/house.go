package web

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/api/httpbody"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
	"github.com/imprimatur-hq/imprimatur/internal/download"
)

// houseRoutes are those that belong to no page.
var houseRoutes = []route{
	{"GET /w/{workspace}", nil, home},
	{"GET /w/{workspace}/welcome", nil, welcome},
	{"GET /w/{workspace}/media/{media}", nil, media},
	{"POST /w/{workspace}/sign-out", []string{"SessionService/DeleteSession"}, signOut},
}

// home leads to the page that somebody's work begins on; who comes for the first time is told what
// there is to do, once.
func home(v *visitor) error {
	to := v.firstPage()
	if v.welcomed() {
		to = "/welcome"
	}
	redirect(v.w, v.r, v.at(to))
	return nil
}

const (
	// welcomedCookie is followed by the workspace's id, and holds the ids of the people this browser
	// showed the guide to.
	welcomedCookie = "imprimatur-welcomed-"
	// maxWelcomed is how many people of one browser are remembered.
	maxWelcomed = 20
)

// welcomed notes that the visitor is shown the guide, and tells whether it is the first time in this
// browser.
func (v *visitor) welcomed() bool {
	me := lastPart(v.me.GetMember())
	known := strings.FieldsFunc(cookie(v.r, welcomedCookie+v.workspace), func(c rune) bool { return c == '.' })
	if slices.Contains(known, me) || strings.Trim(me, "0123456789abcdef-") != "" {
		return false
	}
	known = append(known[max(0, len(known)-maxWelcomed+1):], me)
	v.site.setCookie(v.w, welcomedCookie+v.workspace, strings.Join(known, "."), "/", choiceLife)
	return true
}

// firstPage is where the work of the visitor's rarest role begins.
func (v *visitor) firstPage() string {
	switch calling(v.me.GetRoles()) {
	case "legal", "pr", "approver":
		return "/queue"
	case "admin":
		return "/people"
	case "curator":
		return "/desk"
	case "auditor":
		return "/audit"
	default:
		return "/library"
	}
}

// guide is what the page of the first steps is given.
type guide struct {
	// Begin is the page that the visitor's work begins on.
	Begin string
	// Connect is the page to connect an account on, for who publishes and has none that works. Entered
	// tells that there is one to connect; otherwise Enters tells that the visitor may enter one.
	Connect         string
	Entered, Enters bool
}

// welcome says what somebody with the visitor's roles does here, step by step.
func welcome(v *visitor) error {
	g := guide{Begin: v.firstPage()}
	if v.may("accounts.connect") && (v.may("items.share") || v.may("posts.create")) {
		mine, err := v.mine(time.Now())
		if err != nil {
			return err
		}
		g.Connect = "/accounts"
		if g.Enters = v.may("accounts.create"); g.Enters {
			g.Connect = "/accounts/new"
		}
		for _, a := range mine {
			switch a.GetState() {
			case imprimaturv1.SocialAccount_READY:
				return v.show("welcome", "welcome", guide{Begin: g.Begin})
			case imprimaturv1.SocialAccount_RECONNECT:
				g.Connect, g.Entered = "/accounts/"+lastPart(a.GetName()), true
			}
		}
	}
	return v.show("welcome", "welcome", g)
}

// firstBytes is how much of a file is asked for before it is known which part a browser wants.
const firstBytes = 256 << 10

// media shows a file or the part of it that a player asks for, or with ?size= a small form of a picture. Its name is the digest of its
// bytes, so that a browser may keep it.
func media(v *visitor) error {
	name := v.named("media", "media")
	client := imprimaturv1.NewMediaServiceClient(v.conn)
	var body *httpbody.HttpBody
	var err error
	tag := lastPart(name)
	if size := v.r.URL.Query().Get("size"); size != "" {
		n, wrong := strconv.ParseInt(size, 10, 32)
		if wrong != nil {
			return errMissing
		}
		tag += "-" + size
		body, err = client.DownloadThumbnail(v.ctx, &imprimaturv1.DownloadThumbnailRequest{Name: name, Size: int32(n)})
	} else {
		// The beginning says how large the file is; a player that goes on in the middle needs no more.
		body, err = client.DownloadMedia(v.ctx, &imprimaturv1.DownloadMediaRequest{Name: name, Length: firstBytes})
	}
	if err != nil {
		return err
	}
	h := v.w.Header()
	download.Dress(h, body)
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox")
	h.Set("Cache-Control", "private, max-age=31536000, immutable")
	download.Serve(v.w, v.r, tag, download.Open(v.ctx, client, body))
	return nil
}
