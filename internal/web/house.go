package web

import (
	"net/http"
	"strconv"
	"strings"

	"google.golang.org/genproto/googleapis/api/httpbody"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// houseRoutes are those that belong to no page.
var houseRoutes = []route{
	{"GET /w/{workspace}", nil, home},
	{"GET /w/{workspace}/welcome", nil, welcome},
	{"GET /w/{workspace}/media/{media}", nil, media},
	{"POST /w/{workspace}/sign-out", []string{"SessionService/DeleteSession"}, signOut},
}

// home leads to the page that somebody's work begins on.
func home(v *visitor) error {
	redirect(v.w, v.r, v.at(v.firstPage()))
	return nil
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

// welcome says what somebody with the visitor's roles does here, step by step.
func welcome(v *visitor) error {
	return v.show("welcome", "welcome", calling(v.me.GetRoles()))
}

// media shows a file, or with ?size= a small form of a picture. Its name is the digest of its
// bytes, so that a browser may keep it.
func media(v *visitor) error {
	name := v.named("media", "media")
	client := imprimaturv1.NewMediaServiceClient(v.conn)
	var body *httpbody.HttpBody
	var err error
	if size := v.r.URL.Query().Get("size"); size != "" {
		n, wrong := strconv.ParseInt(size, 10, 32)
		if wrong != nil {
			return errMissing
		}
		body, err = client.DownloadThumbnail(v.ctx, &imprimaturv1.DownloadThumbnailRequest{Name: name, Size: int32(n)})
	} else {
		body, err = client.DownloadMedia(v.ctx, &imprimaturv1.DownloadMediaRequest{Name: name})
	}
	if err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Type", body.GetContentType())
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	if !strings.HasPrefix(body.GetContentType(), "image/") && !strings.HasPrefix(body.GetContentType(), "video/") {
		h.Set("Content-Disposition", "attachment")
	}
	h.Set("Cache-Control", "private, max-age=31536000, immutable")
	h.Set("Content-Length", strconv.Itoa(len(body.GetData())))
	if v.r.Method != http.MethodHead {
		_, _ = v.w.Write(body.GetData())
	}
	return nil
}
