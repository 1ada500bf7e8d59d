package mediatest

import (
	"bytes"
	"encoding/binary"
	"strings"
)

// Whereabouts stands wherever a film can say where it was recorded. No file that is kept has it.
const Whereabouts = "+48.8577+002.295/GPSWHEREABOUTS"

// Film says what a film is like; what is not said is usual.
type Film struct {
	// Brand is that of its first box, "isom".
	Brand string
	// Codec is the name of its video samples, "avc1".
	Codec string
	// Width and Height are 640 and 360, turned by a quarter when Turned.
	Width, Height int
	Turned        bool
	// Milliseconds is how long it takes: 12,000.
	Milliseconds int
	// Samples is how many bytes its pictures have, 4 when 0.
	Samples int
	// Pieces makes it one for streaming; Elsewhere lets its samples lie in another file.
	Pieces, Elsewhere bool
	// Plain leaves out all it says of where and when it was recorded.
	Plain bool
	// Frames are pictures that a decoder shows, each by itself and for as long as the others, packed
	// as Codec says; Setup is the box that tells it how. Such a film has no sound, is plain, and has
	// Between bytes of nothing after the first half of its pictures.
	Frames  [][]byte
	Setup   []byte
	Between int
}

// Box is one box of an ISO base media file.
func Box(kind string, parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	return append(append(binary.BigEndian.AppendUint32(nil, uint32(8+len(body))), kind...), body...)
}

// numbers writes 32-bit numbers.
func numbers(all ...uint32) []byte {
	var b []byte
	for _, n := range all {
		b = binary.BigEndian.AppendUint32(b, n)
	}
	return b
}

// made is when a film says it was recorded, as its headers say it.
const made = 0xdeadbeef

// Bytes are those of the film.
func (f Film) Bytes() []byte {
	f.settle()
	if len(f.Frames) > 0 {
		return f.shown()
	}
	said := strings.Repeat(Whereabouts, 2)
	head := Box("ftyp", []byte(f.Brand), numbers(0x200), []byte("isommp42"))
	if !f.Plain {
		head = append(head, Box("free", []byte(Whereabouts))...)
		head = append(head, Box("uuid", []byte("0123456789abcdef<x:xmpmeta>"+Whereabouts))...)
	}
	samples := []byte(strings.Repeat("\x00\x00\x00\x01", f.Samples/4))
	start := uint32(len(head) + 8)
	tracks := [][]byte{f.track("vide", f.visual(), start, uint32(len(samples)))}
	tracks = append(tracks, f.track("soun", Box("mp4a", make([]byte, 28)), start, 0))
	if !f.Plain {
		tracks = append(tracks, f.track("meta", Box("mebx", make([]byte, 8)), start+uint32(len(samples)), uint32(len(said))))
		samples = append(samples, said...)
	}
	moov := [][]byte{Box("mvhd", f.times())}
	moov = append(moov, tracks...)
	if !f.Plain {
		moov = append(moov,
			Box("udta", Box("\xa9xyz", []byte("\x00\x12\x15\xc7"+Whereabouts)), Box("loci", []byte(Whereabouts))),
			Box("meta", Box("keys", []byte("mdtacom.apple.quicktime.location.ISO6709")), Box("ilst", []byte(Whereabouts))))
	}
	if f.Pieces {
		moov = append(moov, Box("mvex", Box("trex", make([]byte, 24))))
	}
	return bytes.Join([][]byte{head, Box("mdat", samples), Box("moov", moov...)}, nil)
}

// shown are the bytes of a film that a decoder shows.
func (f Film) shown() []byte {
	head := Box("ftyp", []byte(f.Brand), numbers(0x200), []byte("isommp42"))
	count, half := uint32(len(f.Frames)), uint32(len(f.Frames)/2)
	first := bytes.Join(f.Frames[:half], nil)
	start := uint32(len(head) + 8)
	second := start + uint32(len(first)+f.Between)
	sizes := numbers(0, 0, count)
	for _, frame := range f.Frames {
		sizes = append(sizes, numbers(uint32(len(frame)))...)
	}
	matrix := numbers(1<<16, 0, 0, 0, 1<<16, 0, 0, 0, 1<<30)
	shape := append(numbers(3, 0, 0, 1, 0, uint32(f.Milliseconds), 0, 0, 0, 0), matrix...)
	shape = append(shape, numbers(uint32(f.Width)<<16, uint32(f.Height)<<16)...)
	entry := f.visual()
	entry = Box(f.Codec, entry[8:], f.Setup)
	copy(entry[8:], "\x00\x00\x00\x00\x00\x00\x00\x01") // the file itself
	times := append(numbers(0, 0, 0, 1000, uint32(f.Milliseconds), 1<<16, 0, 0, 0), matrix...)
	times = append(times, numbers(0, 0, 0, 0, 0, 0, 2)...)
	table := Box("stbl", Box("stsd", numbers(0, 1), entry), Box("stts", numbers(0, 1, count, uint32(f.Milliseconds)/count)),
		Box("stsz", sizes), Box("stsc", numbers(0, 2, 1, half, 1, 2, count-half, 1)), Box("stco", numbers(0, 2, start, second)))
	media := Box("mdia", Box("mdhd", numbers(0, 0, 0, 1000, uint32(f.Milliseconds), 0x55c40000)),
		Box("hdlr", numbers(0, 0), []byte("vide"), make([]byte, 13)),
		Box("minf", Box("vmhd", numbers(1, 0, 0)), Box("dinf", Box("dref", numbers(0, 1), Box("url ", numbers(1)))), table))
	return bytes.Join([][]byte{
		head, Box("mdat", first, make([]byte, f.Between), bytes.Join(f.Frames[half:], nil)),
		Box("moov", Box("mvhd", times), Box("trak", Box("tkhd", shape), media)),
	}, nil)
}

func (f *Film) settle() {
	if f.Brand == "" {
		f.Brand = "isom"
	}
	if f.Codec == "" {
		f.Codec = "avc1"
	}
	if f.Width == 0 {
		f.Width, f.Height = 640, 360
	}
	if f.Milliseconds == 0 {
		f.Milliseconds = 12_000
	}
	f.Samples = max(f.Samples, 4)
}

// times is the body of mvhd, and the beginning of that of mdhd.
func (f Film) times() []byte {
	return append(numbers(0, made, made, 1000, uint32(f.Milliseconds)), make([]byte, 80)...)
}

// visual is a description of video samples.
func (f Film) visual() []byte {
	b := make([]byte, 78)
	binary.BigEndian.PutUint16(b[24:], uint16(f.Width))
	binary.BigEndian.PutUint16(b[26:], uint16(f.Height))
	return Box(f.Codec, b)
}

// track is a track whose samples, in one chunk, begin at a place in the file. Of size 0 it has none.
func (f Film) track(handler string, entry []byte, start, size uint32) []byte {
	shape := make([]byte, 84)
	binary.BigEndian.PutUint32(shape[4:], made)
	one, zero := uint32(1<<16), uint32(0)
	if f.Turned {
		copy(shape[40:], numbers(zero, one, 0, -one, zero))
	} else {
		copy(shape[40:], numbers(one, zero, 0, zero, one))
	}
	if handler == "vide" {
		copy(shape[76:], numbers(uint32(f.Width)<<16, uint32(f.Height)<<16))
	}
	count := min(size, 2)
	sizes := numbers(0, 0, count)
	if count == 2 {
		sizes = append(sizes, numbers(size/2, size-size/2)...)
	}
	self := uint32(1)
	if f.Elsewhere {
		self = 0
	}
	table := Box("stbl",
		Box("stsd", numbers(0, 1), entry), Box("stts", numbers(0, 1, count, 1)),
		Box("stsz", sizes), Box("stsc", numbers(0, 1, 1, 2, 1)), Box("stco", numbers(0, 1, start)))
	said := Whereabouts
	if f.Plain {
		said = ""
	}
	return Box("trak", Box("tkhd", shape), Box("mdia",
		Box("mdhd", f.times()[:24]), Box("hdlr", numbers(0, 0), []byte(handler), make([]byte, 12), []byte(said)),
		Box("minf", Box("vmhd", make([]byte, 12)), Box("dinf", Box("dref", numbers(0, 1), Box("url ", numbers(self), []byte(said)))), table)),
		Box("udta", []byte(said)))
}
