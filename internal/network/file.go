package network

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network/measure"
)

// What a network's rule finds in files. All of them block.
const (
	// FindingMediaMixed: files of several kinds, which the network does not show together.
	FindingMediaMixed = "MEDIA_MIXED"
	// FindingMediaKindRefused: a video or a document, of which the network shows none; Args kind.
	FindingMediaKindRefused = "MEDIA_KIND_REFUSED"
	// FindingTooManyVideos and FindingTooManyDocuments: more than it shows; Args count, limit.
	FindingTooManyVideos    = "TOO_MANY_VIDEOS"
	FindingTooManyDocuments = "TOO_MANY_DOCUMENTS"
	// FindingMediaTypeRefused: a type the network does not take; Args type, types.
	FindingMediaTypeRefused = "MEDIA_TYPE_REFUSED"
	// FindingMediaTooHeavy and FindingMediaTooLight: more or fewer bytes than it takes; Args size,
	// limit, in MB and in kB.
	FindingMediaTooHeavy = "MEDIA_TOO_HEAVY"
	FindingMediaTooLight = "MEDIA_TOO_LIGHT"
	// FindingMediaTooBig: more pixels than it takes, or longer sides; Args width, height.
	FindingMediaTooBig = "MEDIA_TOO_BIG"
	// FindingMediaShape: taller or wider than it takes; Args width, height, tallest, widest.
	FindingMediaShape = "MEDIA_SHAPE_REFUSED"
	// FindingVideoTooLong and FindingVideoTooShort: more or less time than it takes; Args seconds,
	// limit.
	FindingVideoTooLong  = "VIDEO_TOO_LONG"
	FindingVideoTooShort = "VIDEO_TOO_SHORT"
	// FindingMediaMissing: a text alone, which the network does not show.
	FindingMediaMissing = "MEDIA_MISSING"
	// FindingMediaUnreachable: the network fetches files itself, and cannot reach this service.
	FindingMediaUnreachable = "MEDIA_UNREACHABLE"
	// FindingDocumentTooLong: more pages than it takes; Args count, limit.
	FindingDocumentTooLong = "DOCUMENT_TOO_LONG"
)

// kindOf is the kind of a file in a content; what has no type yet is a picture.
func kindOf(m advocacy.MediaRef) advocacy.MediaKind {
	return cmp.Or(advocacy.MediaKindOf(m.ContentType), advocacy.KindPicture)
}

// fileFindings are what a network's rule says of files: how many of which kind together, and each
// by itself.
func fileFindings(rule measure.Rule, media []advocacy.MediaRef) []advocacy.Finding {
	var found []advocacy.Finding
	number := map[advocacy.MediaKind]int{}
	for _, m := range media {
		number[kindOf(m)]++
	}
	if len(number) > 1 { // guard: kinds that are not shown together
		found = append(found, blocking(rule.Network, FindingMediaMixed, "media", nil))
	}
	for _, k := range advocacy.MediaKinds() {
		if most := rule.Shows(k).Most; number[k] > most { // guard: no more than the network shows
			found = append(found, tooMany(rule.Network, k, number[k], most))
		}
	}
	for i, m := range media {
		if takes := rule.Shows(kindOf(m)); takes.Most > 0 {
			found = append(found, oneFile(rule.Network, fmt.Sprintf("media[%d].media", i), takes, m)...)
		}
	}
	return found
}

func tooMany(n advocacy.Network, k advocacy.MediaKind, count, most int) advocacy.Finding {
	switch {
	case k == advocacy.KindPicture:
		return blocking(n, FindingTooManyPictures, "media", countArgs(count, most))
	case most == 0 && k == advocacy.KindVideo:
		return blocking(n, FindingMediaKindRefused, "media", map[string]string{"kind": "video"})
	case most == 0:
		return blocking(n, FindingMediaKindRefused, "media", map[string]string{"kind": "PDF"})
	case k == advocacy.KindVideo:
		return blocking(n, FindingTooManyVideos, "media", countArgs(count, most))
	default:
		return blocking(n, FindingTooManyDocuments, "media", countArgs(count, most))
	}
}

// oneFile is what a network's rule says of one file. What is not known of it is not held against it.
func oneFile(n advocacy.Network, field string, takes measure.Files, m advocacy.MediaRef) []advocacy.Finding {
	var found []advocacy.Finding
	add := func(wrong bool, f advocacy.Finding) {
		if wrong { // guard: what the network would refuse after people signed a file
			found = append(found, f)
		}
	}
	known := takes.Types == nil || m.ContentType == "" || slices.Contains(takes.Types, m.ContentType)
	add(!known, blocking(n, FindingMediaTypeRefused, field, map[string]string{"type": m.ContentType}))
	add(takes.Bytes > 0 && m.Size > takes.Bytes, blocking(n, FindingMediaTooHeavy, field, sizeArgs(m.Size, takes.Bytes, 1_000_000)))
	add(m.Size > 0 && m.Size < takes.Fewest, blocking(n, FindingMediaTooLight, field, sizeArgs(m.Size, takes.Fewest, 1000)))
	long, short := max(m.Width, m.Height), min(m.Width, m.Height)
	big := takes.Pixels > 0 && m.Width*m.Height > takes.Pixels || takes.Long > 0 && long > takes.Long || takes.Short > 0 && short > takes.Short
	add(big, blocking(n, FindingMediaTooBig, field, map[string]string{"width": strconv.Itoa(m.Width), "height": strconv.Itoa(m.Height)}))
	add(takes.Out(m.Width, m.Height), blocking(n, FindingMediaShape, field, map[string]string{
		"width": strconv.Itoa(m.Width), "height": strconv.Itoa(m.Height), "tallest": takes.Tallest.String(), "widest": takes.Widest.String(),
	}))
	add(takes.Longest > 0 && m.Duration > takes.Longest, blocking(n, FindingVideoTooLong, field, secondsArgs(m.Duration, takes.Longest)))
	add(m.Duration > 0 && m.Duration < takes.Shortest, blocking(n, FindingVideoTooShort, field, secondsArgs(m.Duration, takes.Shortest)))
	add(takes.Pages > 0 && m.Pages > takes.Pages, blocking(n, FindingDocumentTooLong, field, countArgs(m.Pages, takes.Pages)))
	return found
}

// sizeArgs says two sizes in a unit, to a tenth of it.
func sizeArgs(size, limit int64, unit float64) map[string]string {
	say := func(v int64) string {
		return strconv.FormatFloat(float64(int64(float64(v)/unit*10+0.5))/10, 'f', -1, 64)
	}
	return map[string]string{"size": say(size), "limit": say(limit)}
}

func secondsArgs(milliseconds, limit int) map[string]string {
	say := func(v int) string { return strconv.FormatFloat(float64(v)/1000, 'f', -1, 64) }
	return map[string]string{"seconds": say(milliseconds), "limit": say(limit)}
}
