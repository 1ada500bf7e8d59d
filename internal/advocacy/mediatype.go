package advocacy

import (
	"bytes"
	"cmp"
	"slices"
)

// MediaKind is what a file is to who looks at it.
type MediaKind string

const (
	// KindPicture is one still picture.
	KindPicture MediaKind = "picture"
	// KindVideo is a film, with or without sound.
	KindVideo MediaKind = "video"
	// KindDocument is pages to leaf through.
	KindDocument MediaKind = "document"
)

// MediaKinds lists every one.
func MediaKinds() []MediaKind { return []MediaKind{KindPicture, KindVideo, KindDocument} }

const (
	// LargestVideo is the most bytes a video may have unless an operator says otherwise: what X
	// takes, and a little more than LinkedIn does.
	LargestVideo = 512 << 20
	// LargestDocument is the same for a document: what LinkedIn takes.
	LargestDocument = 100 << 20
)

// mediaType is a type of file that is accepted.
type mediaType struct {
	name string
	kind MediaKind
	// endings are how the names of such files end, the usual way first.
	endings []string
	// begins tells by its first bytes whether a file is of the type.
	begins func(head []byte) bool
}

// mediaTypes are all that are accepted. Everybody who has to know them asks here.
var mediaTypes = []mediaType{
	{"image/jpeg", KindPicture, []string{".jpg", ".jpeg", ".jpe"}, prefix("\xff\xd8\xff")},
	{"image/png", KindPicture, []string{".png"}, prefix("\x89PNG\r\n\x1a\n")},
	{"image/gif", KindPicture, []string{".gif"}, func(h []byte) bool { return prefix("GIF87a")(h) || prefix("GIF89a")(h) }},
	{"image/webp", KindPicture, []string{".webp"}, func(h []byte) bool { return prefix("RIFF")(h) && len(h) >= 12 && string(h[8:12]) == "WEBP" }},
	{"video/mp4", KindVideo, []string{".mp4", ".m4v"}, func(h []byte) bool { return slices.Contains(movieBrands, brandOf(h)) }},
	{"video/quicktime", KindVideo, []string{".mov", ".qt"}, func(h []byte) bool { return brandOf(h) == "qt  " }},
	{"application/pdf", KindDocument, []string{".pdf"}, prefix("%PDF-")},
}

// movieBrands are the brands of ISO base media files that hold films. Pictures are kept in the
// same boxes under others.
var movieBrands = []string{
	"isom", "iso2", "iso3", "iso4", "iso5", "iso6", "iso7", "iso8", "iso9",
	"mp41", "mp42", "mp71", "avc1", "M4V ", "M4VP", "M4VH", "MSNV", "XAVC", "mmp4", "3gp4", "3gp5", "3gp6",
}

func prefix(begins string) func([]byte) bool {
	return func(head []byte) bool { return bytes.HasPrefix(head, []byte(begins)) }
}

// brandOf is the major brand of an ISO base media file, empty for any other.
func brandOf(head []byte) string {
	if len(head) < 12 || string(head[4:8]) != "ftyp" {
		return ""
	}
	return string(head[8:12])
}

// SniffMedia tells the type of a file by its first bytes, 12 of which are enough; empty for one
// that is not accepted.
func SniffMedia(head []byte) string {
	for _, t := range mediaTypes {
		if t.begins(head) {
			return t.name
		}
	}
	return ""
}

// MediaKindOf tells what a type of file is; empty for one that is not accepted.
func MediaKindOf(contentType string) MediaKind {
	for _, t := range mediaTypes {
		if t.name == contentType {
			return t.kind
		}
	}
	return ""
}

// TypesOf lists the accepted types of a kind.
func TypesOf(k MediaKind) []string {
	var names []string
	for _, t := range mediaTypes {
		if t.kind == k {
			names = append(names, t.name)
		}
	}
	return names
}

// acceptedTypes says in a sentence what can be sent.
const acceptedTypes = "send a JPEG, PNG, GIF or WebP picture, an MP4 or QuickTime video, or a PDF document"

// MediaLimits are how many bytes a file may have, by its kind; 0 stands for the usual.
type MediaLimits struct{ Video, Document int64 }

// Of returns the limit of a kind.
func (l MediaLimits) Of(k MediaKind) int64 {
	switch {
	case k == KindVideo && l.Video > 0:
		return l.Video
	case k == KindVideo:
		return LargestVideo
	case k == KindDocument && l.Document > 0:
		return l.Document
	case k == KindDocument:
		return LargestDocument
	default:
		return LargestPicture
	}
}

// Guard refuses a file of a type that is not accepted, or with more bytes than its kind may have
// (MEDIA_TYPE_UNSUPPORTED, MEDIA_TOO_LARGE). A type nobody named may be any.
func (l MediaLimits) Guard(field, contentType string, size int64) error {
	kind := MediaKindOf(contentType)
	if contentType != "" && kind == "" {
		return InvalidField(field, "MEDIA_TYPE_UNSUPPORTED", "files of type %q are not accepted; "+acceptedTypes, contentType)
	}
	most := l.Of(kind)
	if kind == "" {
		most = max(most, l.Of(KindVideo), l.Of(KindDocument))
	}
	if size > most { // guard: a file is no larger than its kind may be
		return InvalidField(field, "MEDIA_TOO_LARGE", "a %s may weigh %d MiB at most", cmp.Or(string(kind), "file"), most>>20)
	}
	return nil
}

// Redaction is a part of a file that is not kept: Head stands in place of its first bytes, zeros
// in place of the others. Everything else keeps its place.
type Redaction struct {
	Start, Size int64
	Head        string
}

// Redact writes redactions over the bytes of a file that begin at offset.
func Redact(data []byte, offset int64, all []Redaction) {
	end := offset + int64(len(data))
	for _, r := range all {
		from, to := max(r.Start, offset), min(r.Start+r.Size, end)
		for at := from; at < to; at++ {
			data[at-offset] = 0
			if i := at - r.Start; i < int64(len(r.Head)) {
				data[at-offset] = r.Head[i]
			}
		}
	}
}
