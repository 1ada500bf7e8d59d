package apitest

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"sync"

	"github.com/imprimatur-hq/imprimatur/internal/media/mediatest"
)

// whereabouts is in all the metadata of the camera's picture; nothing published may hold it.
const whereabouts = "GPSWHEREABOUTS"

// pictures are what people send, by name.
var pictures = sync.OnceValue(func() map[string][]byte {
	large := noise()
	return map[string][]byte{
		"camera": camera(), "square": square(), "transparent": transparent(), "tiny": encodePNG(landscape(4, 3)),
		"large": large, "large.first": large[:smallestPart], "large.second": large[smallestPart:],
		"film": mediatest.Film{}.Bytes(), "film.pieces": mediatest.Film{Pieces: true}.Bytes(), "film.locked": mediatest.Film{Codec: "encv"}.Bytes(),
		"film.long": mediatest.Film{Milliseconds: 5 * 3600 * 1000}.Bytes(), "film.wide": mediatest.Film{Width: 60_000, Height: 60_000}.Bytes(),
		"film.cut": mediatest.Film{}.Bytes()[:400], "film.short": mediatest.Film{Milliseconds: 900, Plain: true}.Bytes(),
		"paper": mediatest.Document{Pages: 3}.Bytes(), "paper.locked": mediatest.Document{Pages: 1, More: "<</Encrypt 9 0 R>>"}.Bytes(),
		"paper.active": mediatest.Document{Pages: 1, Packed: "9 0 <</S/JavaScript/JS(app.alert(1))>>"}.Bytes(),
		"paper.odd":    mediatest.Document{Pages: 1, More: "9 0 obj<</N 1/First 4/Filter/LZWDecode>>\nstream\nx\nendstream\n"}.Bytes(),
	}
})

// smallestPart is the least a part of an upload has that is not the last.
const smallestPart = 256 << 10

// noise is a picture that no encoder makes small.
func noise() []byte {
	m := image.NewNRGBA(image.Rect(0, 0, 400, 300))
	_, _ = rand.NewChaCha8([32]byte{}).Read(m.Pix) // it never fails
	for i := 3; i < len(m.Pix); i += 4 {
		m.Pix[i] = 255
	}
	return encodePNG(m)
}

// landscape is something to photograph: a sky, a field, and detail in it.
func landscape(w, h int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.NRGBA{R: 90, G: uint8(140 + x%64), B: 230, A: 255}
			if y > h/2 {
				c = color.NRGBA{R: uint8(40 + (x*y)%80), G: 150, B: 60, A: 255}
			}
			m.SetNRGBA(x, y, c)
		}
	}
	return m
}

// camera is a JPEG as a phone makes it: held upright, with EXIF, a position, a thumbnail,
// XMP and a comment.
func camera() []byte {
	var plain bytes.Buffer
	if err := jpeg.Encode(&plain, landscape(320, 200), &jpeg.Options{Quality: 90}); err != nil {
		panic(err)
	}
	raw := plain.Bytes()
	return bytes.Join([][]byte{
		raw[:2],
		segment(0xe0, "JFIF\x00\x01\x02\x00\x00\x01\x00\x01\x00\x00"),
		segment(0xe1, "Exif\x00\x00"+exif()),
		segment(0xe1, "http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta>"+whereabouts+"</x:xmpmeta>"),
		segment(0xfe, whereabouts),
		raw[2:],
	}, nil)
}

// square is a JPEG as wide as high.
func square() []byte {
	var plain bytes.Buffer
	if err := jpeg.Encode(&plain, landscape(320, 320), nil); err != nil {
		panic(err)
	}
	return plain.Bytes()
}

// segment is one JPEG segment.
func segment(marker byte, data string) []byte {
	return append(binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(data)+2)), data...)
}

// exif is a camera model, a rotation by a quarter and a GPS directory.
func exif() string {
	order := binary.BigEndian
	b := []byte("MM\x00*")
	const ifd0, gps, data = 8, 8 + 2 + 3*12 + 4, 8 + 2 + 3*12 + 4 + 2 + 2*12 + 4
	long := func(tag, kind uint16, count, value uint32) {
		b = order.AppendUint16(order.AppendUint16(b, tag), kind)
		b = order.AppendUint32(order.AppendUint32(b, count), value)
	}
	b = order.AppendUint32(b, ifd0)
	b = order.AppendUint16(b, 3)
	long(0x0110, 2, uint32(len(whereabouts)), data)
	long(0x0112, 3, 1, 6<<16)
	long(0x8825, 4, 1, gps)
	b = order.AppendUint32(b, 0)
	b = order.AppendUint16(b, 2)
	long(0x0001, 2, 2, 'N'<<24)
	long(0x0002, 5, 3, data+uint32(len(whereabouts)))
	b = order.AppendUint32(b, 0)
	b = append(b, whereabouts...)
	for _, v := range []uint32{48, 1, 51, 1, 30, 1} {
		b = order.AppendUint32(b, v)
	}
	return string(b)
}

// transparent is a PNG with a transparent half and a note in its metadata.
func transparent() []byte {
	m := landscape(120, 80)
	for y := range 80 {
		for x := range 60 {
			m.SetNRGBA(x, y, color.NRGBA{})
		}
	}
	raw := encodePNG(m)
	const header = 8 + 25
	return bytes.Join([][]byte{raw[:header], pngChunk("tEXt", "Comment\x00"+whereabouts), raw[header:]}, nil)
}

func encodePNG(m image.Image) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// pngChunk is one PNG chunk with its checksum.
func pngChunk(kind, data string) []byte {
	b := append(binary.BigEndian.AppendUint32(nil, uint32(len(data))), kind+data...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

// bomb is a PNG that says it has an enormous number of pixels and weighs nothing.
func bomb() []byte {
	ihdr := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, 60_000), 60_000)
	ihdr = append(ihdr, 8, 6, 0, 0, 0)
	return bytes.Join([][]byte{
		[]byte("\x89PNG\r\n\x1a\n"), pngChunk("IHDR", string(ihdr)), pngChunk("IDAT", "x\x9c"), pngChunk("IEND", ""),
	}, nil)
}
