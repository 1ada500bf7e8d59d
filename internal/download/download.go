package download

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/api/httpbody"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

const (
	// callTime is how long one part of a file may take to come.
	callTime = 30 * time.Second
	// mostRanges is how many parts can be asked for at once. A player asks for one; each further one
	// may be read from another place of a large file.
	mostRanges = 8
)

// about is what the API says of a file beside its bytes, nothing for a thumbnail.
func about(body *httpbody.HttpBody) *imprimaturv1.Media {
	m := &imprimaturv1.Media{}
	if all := body.GetExtensions(); len(all) != 1 || all[0].UnmarshalTo(m) != nil {
		return &imprimaturv1.Media{}
	}
	return m
}

// Dress says of what type an answer is and what a browser may do with it: show it where it is asked
// for, or offer to save it, under its name if it has one. Anything else than what our server keeps
// has no type at all.
func Dress(h http.Header, body *httpbody.HttpBody) {
	kind, place := body.GetContentType(), "attachment"
	switch advocacy.MediaKindOf(kind) {
	case advocacy.KindPicture, advocacy.KindVideo:
		place = "inline"
	case advocacy.KindDocument: // guard: a document is not opened in our name
	default:
		kind = "application/octet-stream"
	}
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", Disposition(place, advocacy.FileName(about(body).GetFileName(), kind)))
}

// Disposition is the header of what becomes of a file and what it is called, by RFC 6266: in ASCII for
// whoever reads no more, and in full by RFC 5987. Whatever the name is, it is one line and one value.
func Disposition(place, name string) string {
	if name == "" {
		return place
	}
	plain := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || strings.ContainsRune(`"\%/`, r) { // guard: a name ends no value and begins no line
			return '_'
		}
		return r
	}, name)
	said := place + `; filename="` + plain + `"`
	if plain == name {
		return said
	}
	var full strings.Builder
	for _, c := range []byte(strings.ToValidUTF8(name, "")) {
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("!#$&+-.^_`|~", c) >= 0 {
			full.WriteByte(c)
		} else {
			fmt.Fprintf(&full, "%%%02X", c)
		}
	}
	return said + "; filename*=UTF-8''" + full.String()
}

// Serve answers with a file, or with those parts of it that were asked for, under a tag that stands
// for its bytes.
func Serve(w http.ResponseWriter, r *http.Request, tag string, file io.ReadSeeker) {
	if strings.Count(r.Header.Get("Range"), ",") >= mostRanges { // guard: one request is not a thousand
		r.Header.Del("Range")
	}
	w.Header().Set("ETag", `"`+tag+`"`)
	http.ServeContent(w, r, "", time.Time{}, file)
}

// Open reads a file whose beginning, or all of it, is there, and asks for its other parts as they are
// needed.
func Open(ctx context.Context, media imprimaturv1.MediaServiceClient, body *httpbody.HttpBody) io.ReadSeeker {
	data, m := body.GetData(), about(body)
	if m.GetSizeBytes() <= int64(len(data)) {
		return bytes.NewReader(data)
	}
	return io.NewSectionReader(&remoteFile{ctx: ctx, media: media, name: m.GetName(), data: data}, 0, m.GetSizeBytes())
}

// remoteFile reads a large file by asking for its parts, one at a time.
type remoteFile struct {
	ctx   context.Context
	media imprimaturv1.MediaServiceClient
	name  string
	// data are the bytes that are held, from start on.
	start int64
	data  []byte
}

// ReadAt reads as [io.ReaderAt] does, but for that it may stop where a part ends.
func (f *remoteFile) ReadAt(into []byte, offset int64) (int, error) {
	if offset < f.start || offset >= f.start+int64(len(f.data)) {
		ctx, cancel := context.WithTimeout(f.ctx, callTime)
		defer cancel()
		part, err := f.media.DownloadMedia(ctx, &imprimaturv1.DownloadMediaRequest{Name: f.name, Offset: offset})
		if err != nil {
			return 0, err
		}
		f.start, f.data = offset, part.GetData()
	}
	n := copy(into, f.data[offset-f.start:])
	if n == 0 && len(into) > 0 {
		return 0, io.ErrUnexpectedEOF
	}
	return n, nil
}
