package media

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// File is an accepted video or document. It is kept as it was sent, but for its redactions.
type File struct {
	ContentType string
	// Width and Height are in pixels, as a video is shown; 0 for a document.
	Width, Height int
	// Duration is how many milliseconds a video takes, Codecs how its tracks are packed.
	Duration int
	Codecs   string
	// Pages is how many a document has.
	Pages int
	// Redactions are what is not kept, in their order.
	Redactions []advocacy.Redaction
}

const (
	// maxVideoPixels is the most pixels a picture of a video may have: 8K.
	maxVideoPixels = 7680 * 4320
	// maxVideoTime is the longest a video may take, in milliseconds: four hours.
	maxVideoTime = 4 * 60 * 60 * 1000
	// maxPages is the most pages a document may have.
	maxPages = 5000
	// sniffed is how many bytes tell a type.
	sniffed = 1024
)

// Inspect checks a video or a document where it lies. It reads only what it needs, and holds no
// more than some hundred kilobytes of it whatever the file claims.
//
// Refusals are Invalid on the field "media": MEDIA_TYPE_UNSUPPORTED, MEDIA_BROKEN,
// MEDIA_TOO_MANY_PIXELS, MEDIA_TOO_LONG, MEDIA_CODEC_UNSUPPORTED, MEDIA_VIDEO_IN_PIECES,
// DOCUMENT_ENCRYPTED, DOCUMENT_ACTIVE and DOCUMENT_UNREADABLE.
func Inspect(file io.ReaderAt, size int64) (File, error) {
	head := make([]byte, min(sniffed, size))
	if err := readFull(file, head, 0); err != nil {
		return File{}, err
	}
	kind := advocacy.SniffMedia(head)
	switch advocacy.MediaKindOf(kind) {
	case advocacy.KindVideo:
		return inspectMovie(file, size, kind)
	case advocacy.KindDocument:
		return inspectPDF(file, size)
	case advocacy.KindPicture:
		return File{}, tooLarge("the picture has %d bytes; at most %d are accepted", size, MaxBytes)
	}
	return File{}, unsupported(head)
}

// AcceptFile checks a video or a document that fits into memory, and returns what is kept of it.
func AcceptFile(data []byte) (File, []byte, error) {
	f, err := Inspect(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return File{}, nil, err
	}
	kept := bytes.Clone(data)
	advocacy.Redact(kept, 0, f.Redactions)
	return f, kept, nil
}

// readFull reads bytes that should be there. What cannot be read for another reason than that the
// file ends is no fault of the file.
func readFull(file io.ReaderAt, p []byte, offset int64) error {
	n, err := file.ReadAt(p, offset)
	if n == len(p) {
		return nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		return brokenFile("it ends in the middle")
	}
	return err
}

func brokenFile(format string, args ...any) error {
	e := advocacy.InvalidField(field, "MEDIA_BROKEN", "the file is damaged or cut short: "+format+"; save it again and send that", args...)
	return e
}

func refuseFile(reason, format string, args ...any) error {
	return advocacy.InvalidField(field, reason, format, args...)
}

// check refuses a video that nobody would show.
func (f File) check() error {
	switch {
	case f.Width < 1 || f.Height < 1:
		return brokenFile("its picture is %d by %d", f.Width, f.Height)
	case int64(f.Width)*int64(f.Height) > maxVideoPixels:
		return tooMany("the video is %d by %d; at most 7680 by 4320 are accepted: make it smaller", f.Width, f.Height)
	case f.Duration < 1:
		return brokenFile("it says of no moment how long it takes")
	case f.Duration > maxVideoTime:
		return refuseFile("MEDIA_TOO_LONG", "the video takes more than four hours; send a part of it")
	}
	return nil
}

// codecsOf names each codec once, in order.
func codecsOf(all []string) string {
	slices.Sort(all)
	return strings.Join(slices.Compact(all), ",")
}
