package x

import (
	"bytes"
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// upload is a file that X was given, or is being given.
type upload struct {
	blob, id string
	begun    time.Time
	// size is how many bytes there are; so many of them X has, in so many parts.
	size, sent int64
	parts      int
	// finished: X was told that it has all. described: it has the words, too. ready: it has worked
	// on the file; else it is asked again after wait.
	finished, described, ready bool
	wait                       time.Duration
}

// attempted is whose publication a delivery is.
func attempted(d network.Delivery) network.Attempted {
	return network.Attempted{Author: d.Account.ExternalID, Publication: d.Publication}
}

// given is what X says of a file.
type given struct {
	Data struct {
		ID         string `json:"id"`
		Processing *struct {
			State string `json:"state"`
			After int64  `json:"check_after_secs"`
		} `json:"processing_info"`
	} `json:"data"`
}

// give uploads the files of a publication with their words and waits until X has worked on them,
// or returns the answer of a publication that ends here, with nothing published.
func (s *session) give(ctx context.Context, d network.Delivery, wanted []file) ([]*upload, *network.Answer) {
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
	return s.n.uploads.Work(attempted(d), len(wanted), begin,
		func(i int, u *upload) *network.Answer { return s.put(ctx, d, wanted[i], u) },
		func(i int, u *upload) *network.Answer { return s.describe(ctx, wanted[i], u) },
		func(_ int, u *upload) *network.Answer { return s.await(ctx, u) })
}

// put uploads what X has not of a file.
func (s *session) put(ctx context.Context, d network.Delivery, f file, u *upload) *network.Answer {
	if u.id == "" {
		if wrong := s.begin(ctx, d, f, u); wrong != nil {
			return wrong
		}
	}
	for u.sent < u.size {
		if wrong := s.putPart(ctx, d, f, u); wrong != nil {
			return wrong
		}
	}
	if u.finished {
		return nil
	}
	var got given
	code, wrong := s.asked(ctx, call{method: http.MethodPost, path: "/2/media/upload/" + u.id + "/finalize"}, &got)
	if wrong != nil {
		return lost(code, wrong, u)
	}
	u.finished = true
	return s.worked(got, u)
}

// begin asks X for a name for a file.
func (s *session) begin(ctx context.Context, d network.Delivery, f file, u *upload) *network.Answer {
	size, err := d.SizeOf(ctx, f.Blob)
	if err != nil || size == 0 {
		return network.Ended(network.Retryable, advocacy.AnswerFileUnreadable)
	}
	category := "tweet_video"
	if f.picture() {
		category = "tweet_image"
	}
	var got given
	_, wrong := s.asked(ctx, call{method: http.MethodPost, path: "/2/media/upload/initialize", content: map[string]any{
		"media_type": f.ContentType, "total_bytes": size, "media_category": category,
	}}, &got)
	switch {
	case wrong != nil:
		return wrong
	case !ids.MatchString(got.Data.ID):
		return network.Ended(network.Retryable, advocacy.AnswerFileAnswerUnreadable)
	}
	*u = upload{blob: f.Blob, id: got.Data.ID, size: size, begun: s.n.client.Now()}
	return nil
}

// putPart gives X the next bytes of a file.
func (s *session) putPart(ctx context.Context, d network.Delivery, f file, u *upload) *network.Answer {
	length := min(s.n.partSize, u.size-u.sent)
	data, kind, err := s.part(ctx, d, f, u, length)
	if err != nil {
		return network.Ended(network.Retryable, advocacy.AnswerFileUnreadable)
	}
	code, wrong := s.asked(ctx, call{method: http.MethodPost, path: "/2/media/upload/" + u.id + "/append", bytes: data, kind: kind}, nil)
	if wrong != nil {
		return lost(code, wrong, u)
	}
	u.sent, u.parts = u.sent+length, u.parts+1
	return nil
}

// part is a form with the next bytes of a file.
func (s *session) part(ctx context.Context, d network.Delivery, f file, u *upload, length int64) ([]byte, string, error) {
	from, err := d.OpenAt(ctx, f.Blob, u.sent)
	if err != nil {
		return nil, "", err
	}
	var out bytes.Buffer
	w := multipart.NewWriter(&out)
	if err := w.WriteField("segment_index", strconv.Itoa(u.parts)); err != nil {
		return nil, "", err
	}
	to, err := w.CreateFormFile("media", "media")
	if err != nil {
		return nil, "", err
	}
	if _, err := io.CopyN(to, from, length); err != nil {
		return nil, "", err
	}
	err = w.Close()
	return out.Bytes(), w.FormDataContentType(), err
}

// lost is the answer about a file; one that X has no more is begun again.
func lost(code int, wrong *network.Answer, u *upload) *network.Answer {
	if code == http.StatusNotFound || code == http.StatusGone {
		*u = upload{blob: u.blob}
		return network.Ended(network.Retryable, advocacy.AnswerFileLost)
	}
	return wrong
}

// describe gives X the words of a picture. It keeps none with a video.
func (s *session) describe(ctx context.Context, f file, u *upload) *network.Answer {
	if u.described || !f.picture() {
		return nil
	}
	code, wrong := s.asked(ctx, call{method: http.MethodPost, path: "/2/media/metadata", content: map[string]any{
		"id": u.id, "metadata": map[string]any{"alt_text": map[string]any{"text": f.AltText}},
	}}, nil)
	if wrong != nil { // guard: no picture goes out without its words
		return lost(code, wrong, u)
	}
	u.described = true
	return nil
}

// worked reads how far X is with a file, nil when it may be ready later.
func (s *session) worked(got given, u *upload) *network.Answer {
	p := got.Data.Processing
	switch {
	case got.Data.ID != u.id: // guard: the file that is shown is the one that was signed
		return network.Ended(network.Retryable, advocacy.AnswerFileAnswerUnreadable)
	case p == nil || p.State == "succeeded":
		u.ready = true
	case p.State == "failed":
		return network.Ended(network.Permanent, advocacy.AnswerFileRefused)
	default:
		u.wait = max(s.n.pause, time.Duration(min(p.After, 3600))*time.Second)
	}
	return nil
}

// await waits until X has worked on a file.
func (s *session) await(ctx context.Context, u *upload) *network.Answer {
	for !u.ready {
		late := network.Ended(network.Retryable, advocacy.AnswerFileUnfinished)
		if end, bound := ctx.Deadline(); bound && time.Until(end) < u.wait {
			u.wait = 0 // the next attempt asks at once
			return late
		}
		select {
		case <-ctx.Done():
			return late
		case <-time.After(u.wait):
		}
		var got given
		code, wrong := s.asked(ctx, call{method: http.MethodGet, path: "/2/media/upload", query: url.Values{"command": {"STATUS"}, "media_id": {u.id}}}, &got)
		if wrong != nil {
			return lost(code, wrong, u)
		}
		if wrong := s.worked(got, u); wrong != nil {
			return wrong
		}
	}
	return nil
}
