package wordpress

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// given is a picture that a site has.
type given struct {
	ID     int64  `json:"id"`
	Author int64  `json:"author"`
	Slug   string `json:"slug"`
	Source string `json:"source_url"`
}

// usable tells whether the picture can be shown: with a name, and an address.
func (g given) usable() bool {
	return g.ID > 0 && network.WebAddress(g.Source) && len(g.Source) <= addressLimit
}

// give gives the site the pictures of a post, and returns the post's content with them, or the answer of
// a publication that ends here, with nothing published.
func (s *session) give(ctx context.Context, d network.Delivery, b body) (string, *network.Answer) {
	ctx, cancel := network.Ahead(ctx)
	defer cancel()
	var blocks []string
	if b.Content != "" {
		blocks = append(blocks, b.Content)
	}
	for _, f := range b.Files {
		if d.Media == nil {
			return "", network.Ended(network.Misconfigured, advocacy.AnswerFileUnreadable)
		}
		there, wrong := s.pictureAt(ctx, f)
		if wrong == nil && there == nil { // guard: what an attempt before left is not left twice
			there, wrong = s.upload(ctx, d, f)
		}
		if wrong != nil {
			return "", wrong
		}
		blocks = append(blocks, picture(there.ID, there.Source, f.AltText))
	}
	return strings.Join(blocks, "\n\n"), nil
}

// pictureAt is the picture that the site has under a name of ours, nil when there is none.
func (s *session) pictureAt(ctx context.Context, f file) (*given, *network.Answer) {
	var there []given
	query := url.Values{"slug": {f.Slug}, "context": {"edit"}}
	got := s.asked(s.request(ctx, http.MethodGet, pictures, query, nil, ""), &there)
	if got.wrong != nil {
		return nil, got.wrong
	}
	for _, g := range there {
		if g.Author == s.author && g.Slug == f.Slug && g.usable() { // guard: a picture of somebody else's was signed by nobody
			return &g, nil
		}
	}
	return nil, nil
}

// upload gives the site a picture, which nobody is shown.
func (s *session) upload(ctx context.Context, d network.Delivery, f file) (*given, *network.Answer) {
	content, kind, err := form(ctx, d, f)
	if err != nil {
		return nil, network.Ended(network.Retryable, advocacy.AnswerFileUnreadable)
	}
	var made given
	if got := s.asked(s.request(ctx, http.MethodPost, pictures, nil, content, kind), &made); got.wrong != nil {
		return nil, got.wrong
	}
	if !made.usable() || made.Author != s.author { // guard: no picture is left out
		return nil, network.Ended(network.Retryable, advocacy.AnswerFileAnswerUnreadable)
	}
	return &made, nil
}

// form is a picture as a multipart form, with its words.
func form(ctx context.Context, d network.Delivery, f file) ([]byte, string, error) {
	from, err := d.Media(ctx, f.Blob)
	if err != nil {
		return nil, "", err
	}
	var out bytes.Buffer
	w := multipart.NewWriter(&out)
	for _, field := range [][2]string{{"slug", f.Slug}, {"title", f.Slug}, {"alt_text", f.AltText}} {
		if err := w.WriteField(field[0], field[1]); err != nil {
			return nil, "", err
		}
	}
	header := textproto.MIMEHeader{}
	name := map[string]string{"name": "file", "filename": f.Slug + extension(f.ContentType)}
	header.Set("Content-Disposition", mime.FormatMediaType("form-data", name))
	header.Set("Content-Type", f.ContentType)
	part, err := w.CreatePart(header)
	if err != nil {
		return nil, "", err
	}
	if size, err := io.Copy(part, from); err != nil || size == 0 {
		return nil, "", fmt.Errorf("wordpress: a file of %d bytes: %w", size, io.ErrUnexpectedEOF)
	}
	err = w.Close()
	return out.Bytes(), w.FormDataContentType(), err
}

// extension is that of a type, by which a site knows a picture.
func extension(contentType string) string {
	kind, found := strings.CutPrefix(contentType, "image/")
	switch {
	case !found:
		return ""
	case kind == "jpeg":
		return ".jpg"
	default:
		return "." + kind
	}
}
