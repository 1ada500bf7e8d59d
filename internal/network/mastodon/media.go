package mastodon

import (
	"bytes"
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/wire"
)

// upload gives the server the files and returns its names of them, or the answer of a
// publication that ends here, with nothing published.
func (s *session) upload(ctx context.Context, d network.Delivery, files []file) ([]string, *network.Answer) {
	ids := make([]string, 0, len(files))
	for _, f := range files {
		if d.Media == nil {
			return nil, network.Ended(network.Misconfigured, advocacy.AnswerFileUnreadable)
		}
		name, wrong := s.uploadOne(ctx, d, f)
		if wrong != nil {
			return nil, wrong
		}
		ids = append(ids, name)
	}
	return ids, nil
}

func (s *session) uploadOne(ctx context.Context, d network.Delivery, f file) (string, *network.Answer) {
	content, kind, err := form(ctx, d, f)
	if err != nil {
		return "", network.Ended(network.Retryable, advocacy.AnswerFileUnreadable)
	}
	var made struct {
		ID string `json:"id"`
	}
	code, wrong := s.asked(s.request(ctx, http.MethodPost, "api/v2/media", nil, content, kind), &made)
	if wrong != nil {
		return "", wrong
	}
	if !id(made.ID) {
		return "", network.Ended(network.Retryable, advocacy.AnswerFileAnswerUnreadable)
	}
	for code == http.StatusAccepted || code == http.StatusPartialContent {
		select {
		case <-ctx.Done():
			return "", network.Ended(network.Retryable, advocacy.AnswerFileUnfinished)
		case <-time.After(s.n.pause):
		}
		if code, wrong = s.asked(s.request(ctx, http.MethodGet, "api/v1/media/"+made.ID, nil, nil, ""), nil); wrong != nil {
			return "", wrong
		}
	}
	return made.ID, nil
}

// asked sends a request that publishes nothing, whatever becomes of it, and reads its answer
// into a value, which may be nil.
func (s *session) asked(r *http.Request, into any) (code int, wrong *network.Answer) {
	response, failure := s.n.client.Send(r)
	if failure != nil {
		answer := failure.Answer().Harmless()
		return 0, &answer
	}
	defer response.Body.Close()
	if response.StatusCode < 200 || response.StatusCode > 299 {
		answer := s.n.refused(response).Harmless()
		return response.StatusCode, &answer
	}
	if into != nil && wire.ReadJSON(response, answerLimit, into) != nil {
		return response.StatusCode, network.Ended(network.Retryable, advocacy.AnswerUnreadable)
	}
	return response.StatusCode, nil
}

// form is a file with its description as a multipart form.
func form(ctx context.Context, d network.Delivery, f file) ([]byte, string, error) {
	from, err := d.Media(ctx, f.Blob)
	if err != nil {
		return nil, "", err
	}
	var out bytes.Buffer
	w := multipart.NewWriter(&out)
	if err := w.WriteField("description", f.Description); err != nil {
		return nil, "", err
	}
	header := textproto.MIMEHeader{}
	header.Set("Content-Disposition", `form-data; name="file"; filename="file"`)
	header.Set("Content-Type", f.ContentType)
	part, err := w.CreatePart(header)
	if err != nil {
		return nil, "", err
	}
	if _, err := io.Copy(part, from); err != nil {
		return nil, "", err
	}
	err = w.Close()
	return out.Bytes(), w.FormDataContentType(), err
}
