package linkedin

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// upload is a file that LinkedIn was given, or is being given.
type upload struct {
	blob, urn, token string
	begun            time.Time
	// parts are what is still to be put, and tags the receipts for what was.
	parts []part
	tags  []string
	given time.Time
	// finished: a video was put together of its parts. ready: LinkedIn has worked on it.
	finished, ready bool
}

// part is where some of the bytes go.
type part struct {
	URL   string `json:"uploadUrl"`
	First int64  `json:"firstByte"`
	Last  int64  `json:"lastByte"`
}

// kinds are the collections of LinkedIn's files.
var kinds = map[advocacy.MediaKind]string{
	advocacy.KindPicture: "image", advocacy.KindVideo: "video", advocacy.KindDocument: "document",
}

func (f file) kind() string { return kinds[advocacy.MediaKindOf(f.ContentType)] }

// files are LinkedIn's names of files.
var files = regexp.MustCompile(`^urn:li:(image|video|document):[A-Za-z0-9_-]{1,200}$`)

// give uploads the files of a publication and waits until LinkedIn has worked on them, or returns
// the answer of a publication that ends here, with nothing published.
func (s *session) give(ctx context.Context, d network.Delivery, author string, wanted []file) ([]*upload, *network.Answer) {
	if len(wanted) == 0 {
		return nil, nil
	}
	if d.Media == nil {
		return nil, network.Ended(network.Misconfigured, advocacy.AnswerFileUnreadable)
	}
	ctx, cancel := network.Ahead(ctx)
	defer cancel()
	now := s.n.client.Now()
	begin := func(i int, left *upload, is bool) *upload {
		if is && left.blob == wanted[i].Blob && now.Sub(left.begun) < network.LeftFor {
			return left
		}
		return &upload{blob: wanted[i].Blob}
	}
	return s.n.uploads.Work(network.Attempted{Author: author, Publication: d.Publication}, len(wanted), begin,
		func(i int, u *upload) *network.Answer { return s.put(ctx, d, author, wanted[i], u) },
		func(i int, u *upload) *network.Answer { return s.await(ctx, wanted[i], u) })
}

// put uploads what LinkedIn has not of a file.
func (s *session) put(ctx context.Context, d network.Delivery, author string, f file, u *upload) *network.Answer {
	if u.urn == "" {
		if wrong := s.begin(ctx, d, author, f, u); wrong != nil {
			return wrong
		}
	}
	for len(u.parts) > 0 {
		tag, wrong := s.putPart(ctx, d, f, u)
		if wrong != nil {
			return wrong
		}
		u.parts, u.tags, u.given = u.parts[1:], append(u.tags, tag), s.n.client.Now()
	}
	if f.kind() != "video" || u.finished {
		return nil
	}
	_, wrong := s.asked(ctx, call{method: http.MethodPost, path: "/rest/videos", query: url.Values{"action": {"finalizeUpload"}}, content: map[string]any{
		"finalizeUploadRequest": map[string]any{"video": u.urn, "uploadToken": u.token, "uploadedPartIds": u.tags},
	}}, nil)
	u.finished = wrong == nil
	return wrong
}

// begin asks where a file goes.
func (s *session) begin(ctx context.Context, d network.Delivery, author string, f file, u *upload) *network.Answer {
	size, err := d.SizeOf(ctx, f.Blob)
	if err != nil {
		return network.Ended(network.Retryable, advocacy.AnswerFileUnreadable)
	}
	kind := f.kind()
	asked := map[string]any{"owner": author}
	if kind == "video" {
		asked["fileSizeBytes"], asked["uploadCaptions"], asked["uploadThumbnail"] = size, false, false
	}
	var got struct {
		Value struct {
			URL      string `json:"uploadUrl"`
			Token    string `json:"uploadToken"`
			Parts    []part `json:"uploadInstructions"`
			Image    string `json:"image"`
			Video    string `json:"video"`
			Document string `json:"document"`
		} `json:"value"`
	}
	_, wrong := s.asked(ctx, call{
		method: http.MethodPost, path: "/rest/" + kind + "s", query: url.Values{"action": {"initializeUpload"}},
		content: map[string]any{"initializeUploadRequest": asked},
	}, &got)
	if wrong != nil {
		return wrong
	}
	v := got.Value
	urn, parts := v.Image+v.Video+v.Document, v.Parts
	if kind != "video" {
		parts = []part{{v.URL, 0, size - 1}}
	}
	if !files.MatchString(urn) || !strings.HasPrefix(urn, "urn:li:"+kind+":") || !cover(parts, size) {
		return network.Ended(network.Retryable, advocacy.AnswerFileAnswerUnreadable)
	}
	*u = upload{blob: f.Blob, urn: urn, token: v.Token, parts: parts, begun: s.n.client.Now()}
	return nil
}

// cover tells whether parts are all of a file, once and in order.
func cover(parts []part, size int64) bool {
	at := int64(0)
	for _, p := range parts {
		if p.First != at || p.Last < p.First {
			return false
		}
		at = p.Last + 1
	}
	return at == size && size > 0
}

// putPart puts the next bytes of a file where they go, and returns LinkedIn's receipt. Where the
// place is gone the file is begun again.
func (s *session) putPart(ctx context.Context, d network.Delivery, f file, u *upload) (tag string, wrong *network.Answer) {
	p := u.parts[0]
	target, err := s.n.client.Address(p.URL)
	if err != nil || !s.n.theirs(target) { // guard: files and tokens go to LinkedIn alone
		return "", network.Ended(network.Misconfigured, advocacy.AnswerFilePlace)
	}
	from, err := d.OpenAt(ctx, f.Blob, p.First)
	if err != nil {
		return "", network.Ended(network.Retryable, advocacy.AnswerFileUnreadable)
	}
	length := p.Last - p.First + 1
	r, err := http.NewRequestWithContext(ctx, http.MethodPut, target.String(), io.LimitReader(from, length))
	if err != nil {
		panic("linkedin: PUT is no method") // the address was parsed before
	}
	r.ContentLength = length
	s.sign(r)
	r.Header.Set("Content-Type", "application/octet-stream")
	response, failure := s.n.client.Send(r)
	if failure != nil {
		answer := failure.Answer().Harmless()
		return "", &answer
	}
	defer response.Body.Close()
	switch code := response.StatusCode; {
	case code >= 200 && code <= 299:
	case code == http.StatusUnauthorized, code == http.StatusForbidden, code == http.StatusNotFound, code == http.StatusGone, code == http.StatusConflict:
		*u = upload{blob: u.blob} // whether it is the token is asked there
		return "", network.Ended(network.Retryable, advocacy.AnswerFileUntaken)
	default:
		answer := s.n.refused(response).Harmless()
		return "", &answer
	}
	tag = strings.Trim(response.Header.Get("ETag"), `"`)
	if f.kind() == "video" && tag == "" {
		return "", network.Ended(network.Retryable, advocacy.AnswerFileUntaken)
	}
	return tag, nil
}

// theirs tells whether an address is LinkedIn's own, or that of the API.
func (n *Network) theirs(u *url.URL) bool {
	host := strings.ToLower(u.Hostname())
	return u.Scheme == n.api.Scheme && u.Host == n.api.Host || u.Scheme == "https" && strings.HasSuffix("."+host, ".linkedin.com")
}

// await waits until LinkedIn has worked on a file. A token that may not ask leaves it alone for a
// while: a post that comes too early is refused, and tried again.
func (s *session) await(ctx context.Context, f file, u *upload) *network.Answer {
	for !u.ready {
		var got struct {
			Status string `json:"status"`
		}
		code, wrong := s.asked(ctx, call{method: http.MethodGet, path: within(f.kind()+"s", u.urn)}, &got)
		rest := s.n.pause
		switch {
		case code == http.StatusForbidden:
			rest = u.given.Add(s.n.grace).Sub(s.n.client.Now())
			u.ready = rest <= 0
		case code == http.StatusNotFound:
			*u = upload{blob: u.blob}
			return network.Ended(network.Retryable, advocacy.AnswerFileLost)
		case wrong != nil:
			return wrong
		case got.Status == "PROCESSING_FAILED":
			return network.Ended(network.Permanent, advocacy.AnswerFileRefused)
		default:
			u.ready = got.Status == "AVAILABLE"
		}
		if u.ready {
			return nil
		}
		select {
		case <-ctx.Done():
			return network.Ended(network.Retryable, advocacy.AnswerFileUnfinished)
		case <-time.After(rest):
		}
		if code == http.StatusForbidden {
			u.ready = true
		}
	}
	return nil
}
