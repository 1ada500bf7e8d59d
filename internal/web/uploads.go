package web

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// uploadRoutes take files in: a small one with the form it belongs to, a large one in parts that a
// script sends, so that what breaks off goes on where it stopped. The form then names the upload.
var uploadRoutes = []route{
	{"POST /w/{workspace}/media", []string{"MediaService/UploadMedia", "UploadService/CompleteUpload"}, uploaded},
	{"POST /w/{workspace}/uploads", []string{"UploadService/CreateUpload"}, beginUpload},
	{"POST /w/{workspace}/uploads/{upload}", []string{"UploadService/AppendUpload"}, appendUpload},
}

const (
	// maxUpload is the largest form that brings a file: what one call carries, and the words beside it.
	maxUpload = 20<<20 + maxPost
	// maxPart is the most that a part may have.
	maxPart = 2 << 20
)

// uploaded takes a file in, and shows the page again with it and with all that was typed.
func uploaded(v *visitor) error {
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, maxUpload)
	if err := v.r.ParseMultipartForm(maxPost); err != nil {
		return tooMuch(err)
	}
	defer func() { _ = v.r.MultipartForm.RemoveAll() }()
	d, err := v.readDraft()
	if err != nil {
		return err
	}
	made, err := v.brought()
	if err == nil && made != nil {
		d.Content.Media = append(d.Content.Media, &imprimaturv1.MediaUse{Media: made.GetName()})
	}
	return v.afterwards(d, composeOutcome{At: "media"}, err)
}

// tooMuch says of a form with a file why it was not read.
func tooMuch(err error) error {
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return mistake("web.form.large")
	}
	return mistake("web.form.file")
}

// brought returns the file that a form brings or names as one that was sent in parts, nil when it
// does neither.
func (v *visitor) brought() (*imprimaturv1.Media, error) {
	if id := v.form("upload"); id != "" {
		return imprimaturv1.NewUploadServiceClient(v.conn).CompleteUpload(v.ctx, &imprimaturv1.CompleteUploadRequest{Name: v.name("uploads", id)})
	}
	file, header, err := v.r.FormFile("file")
	if errors.Is(err, http.ErrMissingFile) {
		return nil, nil
	}
	if err != nil {
		return nil, mistake("web.form.file")
	}
	defer file.Close()
	return v.upload(file, header.Filename)
}

// upload hands a file to the service in the pieces it takes.
func (v *visitor) upload(file io.Reader, name string) (*imprimaturv1.Media, error) {
	stream, err := imprimaturv1.NewMediaServiceClient(v.conn).UploadMedia(v.ctx)
	if err != nil {
		return nil, err
	}
	piece := make([]byte, 256<<10)
	next := &imprimaturv1.UploadMediaRequest{Parent: v.parent(), FileName: strings.ToValidUTF8(name, "")}
	for {
		n, err := io.ReadFull(file, piece)
		if n > 0 || next.GetParent() != "" {
			next.Data = piece[:n]
			if sent := stream.Send(next); errors.Is(sent, io.EOF) {
				return stream.CloseAndRecv() // the answer says why
			} else if sent != nil {
				return nil, sent
			}
			next = new(imprimaturv1.UploadMediaRequest)
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return stream.CloseAndRecv()
		}
		if err != nil {
			return nil, mistake("web.form.file")
		}
	}
}

// beginUpload announces a file, which is refused before any of it is sent when it is too large or
// of no kind that is kept.
func beginUpload(v *visitor) error {
	size, err := strconv.ParseInt(v.form("size"), 10, 64)
	if err != nil {
		return mistake("web.form.file")
	}
	made, err := imprimaturv1.NewUploadServiceClient(v.conn).CreateUpload(v.ctx, &imprimaturv1.CreateUploadRequest{
		Parent: v.parent(), RequestId: v.requestID(),
		Upload: &imprimaturv1.Upload{SizeBytes: size, ContentType: v.form("type"), FileName: strings.ToValidUTF8(v.form("name"), "")},
	})
	if err != nil {
		return err
	}
	return v.arrived(made)
}

// appendUpload takes the next part, which is the body. One that arrived already may be sent again.
func appendUpload(v *visitor) error {
	offset, err := strconv.ParseInt(v.query("offset"), 10, 64)
	if err != nil {
		return mistake("web.form.file")
	}
	data, err := io.ReadAll(http.MaxBytesReader(v.w, v.r.Body, maxPart)) // guard: no more is held than a part has
	if err != nil {
		return mistake("web.form.file")
	}
	u, err := imprimaturv1.NewUploadServiceClient(v.conn).AppendUpload(v.ctx, &imprimaturv1.AppendUploadRequest{
		Name: v.named("uploads", "upload"), Offset: offset, Data: data,
	})
	if err != nil {
		return err
	}
	return v.arrived(u)
}

// arrived tells a script how much of a file there is.
func (v *visitor) arrived(u *imprimaturv1.Upload) error {
	v.w.Header().Set("Content-Type", "application/json")
	v.w.Header().Set("Cache-Control", "no-store")
	return json.NewEncoder(v.w).Encode(map[string]any{"upload": lastPart(u.GetName()), "offset": u.GetOffset()})
}
