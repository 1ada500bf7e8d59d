package media

import (
	"cmp"
	"encoding/binary"
	"io"
	"slices"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// movie is an MP4 or QuickTime file as far as it was read. Everything it says beside pictures and
// sounds is taken out in place: where and when it was recorded, by which device, and what other
// tracks hold. A list says what stays, so that what is not known goes.
type movie struct {
	boxes
	out    []advocacy.Redaction
	data   []span
	tracks []*track
	// scale is how many units a second has, length how many the film takes.
	scale, length uint64
	head          bool
}

// span is bytes of the file.
type span struct{ start, end int64 }

// track is one track of a movie.
type track struct {
	handler       string
	codecs        []string
	width, height int
	// out is what is taken out when it stays; whole is all of it.
	out   []advocacy.Redaction
	whole box
	// sizes, chunks and places are the tables that say where its samples lie.
	sizes, chunks, places box
}

// inspectMovie reads the boxes of a video.
func inspectMovie(file io.ReaderAt, size int64, kind string) (File, error) {
	m := &movie{boxes: boxes{file: file}}
	if err := m.each(0, size, m.top); err != nil {
		return File{}, err
	}
	if !m.head {
		return File{}, brokenFile("what describes its tracks is missing")
	}
	f := File{ContentType: kind}
	if m.scale > 0 && m.length < 1<<40 {
		f.Duration = int(m.length * 1000 / m.scale)
	}
	var codecs []string
	for _, t := range m.tracks {
		if t.handler != "vide" && t.handler != "soun" {
			if err := m.drop(t); err != nil {
				return File{}, err
			}
			continue
		}
		m.out = append(m.out, t.out...)
		codecs = append(codecs, t.codecs...)
		if t.handler == "vide" && f.Width == 0 {
			f.Width, f.Height = t.width, t.height
		}
	}
	f.Codecs = codecsOf(codecs)
	f.Redactions = m.out
	slices.SortFunc(f.Redactions, func(a, b advocacy.Redaction) int { return cmp.Compare(a.Start, b.Start) })
	return f, f.check()
}

// top reads a box that stands in no other.
func (m *movie) top(b box) error {
	switch b.kind {
	case "ftyp":
	case "mdat":
		m.data = append(m.data, span{b.body, b.end})
	case "moov":
		if m.head {
			return brokenFile("it describes its tracks twice")
		}
		m.head = true
		return m.each(b.body, b.end, m.moov)
	case "moof", "styp", "sidx", "mfra":
		return inPieces()
	default: // guard: what is not known to be harmless is not kept
		m.out = append(m.out, freed(b)...)
	}
	return nil
}

func inPieces() error {
	return refuseFile("MEDIA_VIDEO_IN_PIECES",
		"the video is cut into pieces, as it is for streaming; export it as one MP4 file")
}

func (m *movie) moov(b box) error {
	switch b.kind {
	case "mvhd":
		head, err := m.times(b, &m.out)
		if err != nil {
			return err
		}
		m.scale, m.length = head.scale, head.length
	case "trak":
		t := &track{whole: b}
		m.tracks = append(m.tracks, t)
		return m.each(b.body, b.end, func(b box) error { return m.trak(t, b) })
	case "mvex":
		return inPieces()
	case "iods":
	default: // guard: what is said of the film, such as where it was recorded, is not kept
		m.out = append(m.out, freed(b)...)
	}
	return nil
}

func (m *movie) trak(t *track, b box) error {
	switch b.kind {
	case "tkhd":
		return m.shape(t, b)
	case "mdia":
		return m.each(b.body, b.end, func(b box) error { return m.mdia(t, b) })
	case "edts", "tapt":
	default: // guard: what is said of a track is not kept
		t.out = append(t.out, freed(b)...)
	}
	return nil
}

func (m *movie) mdia(t *track, b box) error {
	switch b.kind {
	case "mdhd":
		_, err := m.times(b, &t.out)
		return err
	case "hdlr":
		head, err := m.bytes(b, 24)
		if err != nil {
			return err
		}
		if t.handler != "" {
			return brokenFile("a track says twice what it is")
		}
		t.handler = string(head[8:12])
		t.out = append(t.out, advocacy.Redaction{Start: b.body + 24, Size: b.end - b.body - 24}) // a name, often of the device
	case "minf":
		return m.each(b.body, b.end, func(b box) error { return m.minf(t, b) })
	case "elng":
	default:
		t.out = append(t.out, freed(b)...)
	}
	return nil
}

func (m *movie) minf(t *track, b box) error {
	switch b.kind {
	case "vmhd", "smhd", "nmhd", "gmhd":
	case "hdlr":
		if size := b.end - b.body - 24; size > 0 {
			t.out = append(t.out, advocacy.Redaction{Start: b.body + 24, Size: size})
		}
	case "dinf":
		return m.each(b.body, b.end, func(b box) error { return m.dinf(t, b) })
	case "stbl":
		return m.each(b.body, b.end, func(b box) error { return m.stbl(t, b) })
	default:
		t.out = append(t.out, freed(b)...)
	}
	return nil
}

// dinf reads where a track's samples lie: in the file itself, or it is refused.
func (m *movie) dinf(t *track, b box) error {
	if b.kind != "dref" {
		t.out = append(t.out, freed(b)...)
		return nil
	}
	if _, err := m.bytes(b, 8); err != nil {
		return err
	}
	return m.each(b.body+8, b.end, func(entry box) error {
		flags, err := m.bytes(entry, 4)
		if err != nil {
			return err
		}
		if flags[3]&1 == 0 { // guard: a video points to no other file
			return brokenFile("its pictures lie in another file")
		}
		t.out = append(t.out, advocacy.Redaction{Start: entry.body + 4, Size: entry.end - entry.body - 4}) // a path
		return nil
	})
}

// kept are the tables of samples that stay.
var kept = []string{"stts", "ctts", "cslg", "stss", "stps", "stsh", "sdtp", "sbgp", "sgpd", "subs", "padb", "stdp", "stz2"}

func (m *movie) stbl(t *track, b box) error {
	switch b.kind {
	case "stsd":
		return m.stsd(t, b)
	case "stsz":
		t.sizes = b
	case "stsc":
		t.chunks = b
	case "stco", "co64":
		t.places = b
	default:
		if !slices.Contains(kept, b.kind) {
			t.out = append(t.out, freed(b)...)
		}
	}
	return nil
}

// codecs are those that networks take or make over, by the name of their sample entries.
var codecs = map[string]string{
	"avc1": "h264", "avc3": "h264", "hvc1": "h265", "hev1": "h265", "vp08": "vp8", "vp09": "vp9", "av01": "av1", "mp4v": "mpeg4",
	"mp4a": "aac", "ac-3": "ac3", "ec-3": "eac3", "Opus": "opus", "alac": "alac", "fLaC": "flac", ".mp3": "mp3",
	"lpcm": "pcm", "sowt": "pcm", "twos": "pcm", "in24": "pcm", "samr": "amr",
}

// stsd reads how the samples of a track are packed.
func (m *movie) stsd(t *track, b box) error {
	if _, err := m.bytes(b, 8); err != nil {
		return err
	}
	return m.each(b.body+8, b.end, func(entry box) error {
		name := codecs[entry.kind]
		if t.handler == "" {
			return brokenFile("a track does not say what it is")
		}
		if t.handler != "vide" && t.handler != "soun" {
			return nil
		}
		if name == "" { // guard: what networks cannot play, or is locked, is not taken
			return refuseFile("MEDIA_CODEC_UNSUPPORTED",
				"the video is packed as %q, which networks do not play; export it as MP4 with H.264 and AAC", entry.kind)
		}
		t.codecs = append(t.codecs, name)
		if t.handler != "vide" {
			return nil
		}
		head, err := m.bytes(entry, 28)
		if err == nil && t.width == 0 {
			t.width, t.height = int(binary.BigEndian.Uint16(head[24:])), int(binary.BigEndian.Uint16(head[26:]))
		}
		return err
	})
}

// timing is what a header says of time.
type timing struct{ scale, length uint64 }

// times reads mvhd or mdhd, and takes out when the file was made and changed.
func (m *movie) times(b box, out *[]advocacy.Redaction) (timing, error) {
	head, err := m.bytes(b, min(32, b.end-b.body))
	if err != nil {
		return timing{}, err
	}
	switch {
	case len(head) >= 32 && head[0] == 1:
		*out = append(*out, advocacy.Redaction{Start: b.body + 4, Size: 16})
		return timing{uint64(binary.BigEndian.Uint32(head[20:])), binary.BigEndian.Uint64(head[24:])}, nil
	case len(head) >= 20 && head[0] == 0:
		*out = append(*out, advocacy.Redaction{Start: b.body + 4, Size: 8})
		return timing{uint64(binary.BigEndian.Uint32(head[12:])), uint64(binary.BigEndian.Uint32(head[16:]))}, nil
	}
	return timing{}, brokenFile("its header %q cannot be read", b.kind)
}

// shape reads tkhd: how large the track is shown, and whether it is turned.
func (m *movie) shape(t *track, b box) error {
	head, err := m.bytes(b, min(96, b.end-b.body))
	if err != nil {
		return err
	}
	long := int64(0)
	if len(head) > 0 && head[0] == 1 {
		long = 12 // two times and a length of 64 bits
	}
	if int64(len(head)) < 84+long {
		return brokenFile("its header %q cannot be read", b.kind)
	}
	t.out = append(t.out, advocacy.Redaction{Start: b.body + 4, Size: 8 + long/12*8})
	matrix, size := head[40+long:], head[76+long:]
	width, height := int(binary.BigEndian.Uint16(size)), int(binary.BigEndian.Uint16(size[4:]))
	if binary.BigEndian.Uint32(matrix) == 0 && binary.BigEndian.Uint32(matrix[16:]) == 0 { // turned by a quarter
		width, height = height, width
	}
	t.width, t.height = width, height
	return nil
}
