package media_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"testing"
)

// secret is in every piece of metadata the samples carry; no output may hold it.
const secret = "GPSSECRET"

// The samples show four rectangles: red and black above, blue and white below.
var (
	red, black  = color.NRGBA{R: 255, A: 255}, color.NRGBA{A: 255}
	blue, white = color.NRGBA{B: 255, A: 255}, color.NRGBA{R: 255, G: 255, B: 255, A: 255}
	nothing     = color.NRGBA{}
)

// rectangles draws the sample; last is the colour of the lower right rectangle.
func rectangles(w, h int, last color.NRGBA) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	colours := [2][2]color.NRGBA{{red, black}, {blue, last}}
	for y := range h {
		for x := range w {
			m.SetNRGBA(x, y, colours[2*y/h][2*x/w])
		}
	}
	return m
}

// paletted is the sample as a GIF frame whose upper left corner is at (x, y).
func paletted(x, y, w, h int, last color.NRGBA) *image.Paletted {
	m := image.NewPaletted(image.Rect(x, y, x+w, y+h), color.Palette{nothing, red, black, blue, white})
	index := [2][2]uint8{{1, 2}, {3, uint8(m.Palette.Index(last))}}
	for i := range m.Pix {
		m.Pix[i] = index[2*(i/w)/h][2*(i%w)/w]
	}
	return m
}

// corners names the colours in the middle of the four rectangles, row by row:
// R, K, B, W, '.' for transparent, '?' for anything else.
func corners(tb testing.TB, encoded []byte) string {
	tb.Helper()
	m, _, err := image.Decode(bytes.NewReader(encoded))
	if err != nil {
		tb.Fatalf("decode our own output: %v", err)
	}
	var names []byte
	b := m.Bounds()
	for _, y := range []int{b.Dy() / 4, b.Dy() * 3 / 4} {
		for _, x := range []int{b.Dx() / 4, b.Dx() * 3 / 4} {
			names = append(names, colourName(m.At(x, y)))
		}
	}
	return string(names)
}

func colourName(c color.Color) byte {
	n := color.NRGBAModel.Convert(c).(color.NRGBA)
	if n.A == 0 {
		return '.'
	}
	// JPEG is near, never exact.
	high := func(v uint8) bool { return v > 249 }
	low := func(v uint8) bool { return v < 6 }
	switch {
	case n.A != 255:
		return '?'
	case high(n.R) && low(n.G) && low(n.B):
		return 'R'
	case low(n.R) && low(n.G) && low(n.B):
		return 'K'
	case low(n.R) && low(n.G) && high(n.B):
		return 'B'
	case high(n.R) && high(n.G) && high(n.B):
		return 'W'
	}
	return '?'
}

func pngOf(tb testing.TB, m image.Image) []byte {
	tb.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// deepened is m as a PNG of 16 bits per colour, with something in the lower ones.
func deepened(tb testing.TB, m image.Image, low byte) []byte {
	tb.Helper()
	widen := func(wide, narrow []byte) {
		for i, v := range narrow {
			wide[2*i], wide[2*i+1] = v, low
		}
	}
	switch m := m.(type) {
	case *image.Gray:
		out := image.NewGray16(m.Rect)
		widen(out.Pix, m.Pix)
		return pngOf(tb, out)
	case *image.NRGBA:
		out := image.NewNRGBA64(m.Rect)
		widen(out.Pix, m.Pix)
		if m.Opaque() { // or the encoder would store the alpha
			for i := 6; i < len(out.Pix); i += 8 {
				out.Pix[i], out.Pix[i+1] = 255, 255
			}
		}
		return pngOf(tb, out)
	}
	tb.Fatalf("no deep form of %T", m)
	return nil
}

func jpegOf(tb testing.TB, m image.Image) []byte {
	tb.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 95}); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func gifOf(tb testing.TB, w, h int, frames ...*image.Paletted) []byte {
	tb.Helper()
	g := &gif.GIF{Image: frames, Delay: make([]int, len(frames)), Config: image.Config{Width: w, Height: h}}
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, g); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// file is a sample from testdata.
func file(tb testing.TB, name string) []byte {
	tb.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		tb.Fatal(err)
	}
	return raw
}

// segment is one JPEG segment.
func segment(marker byte, data string) []byte {
	return append(binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(data)+2)), data...)
}

// withSegments puts segments behind the start of a JPEG.
func withSegments(plain []byte, segments ...[]byte) []byte {
	return bytes.Join([][]byte{plain[:2], bytes.Join(segments, nil), plain[2:]}, nil)
}

// exif builds what a camera writes: model, orientation, a GPS directory with a
// position, and a thumbnail after them.
func exif(order binary.AppendByteOrder, orientation uint16, thumbnail []byte) []byte {
	b := []byte("II*\x00")
	if order == binary.AppendByteOrder(binary.BigEndian) {
		b = []byte("MM\x00*")
	}
	entry := func(tag, kind uint16, count, value uint32) {
		b = order.AppendUint32(order.AppendUint16(order.AppendUint16(b, tag), kind), count)
		b = order.AppendUint32(b, value)
	}
	const ifd0, gps, data = 8, 8 + 2 + 3*12 + 4, 8 + 2 + 3*12 + 4 + 2 + 2*12 + 4
	b = order.AppendUint32(b, ifd0)
	b = order.AppendUint16(b, 3)
	entry(0x0110, 2, uint32(len(secret)), data) // model
	b = order.AppendUint16(order.AppendUint16(b, 0x0112), 3)
	b = order.AppendUint16(order.AppendUint16(order.AppendUint32(b, 1), orientation), 0)
	entry(0x8825, 4, 1, gps)
	b = order.AppendUint32(b, 0)
	b = order.AppendUint16(b, 2)
	b = append(order.AppendUint32(order.AppendUint16(order.AppendUint16(b, 1), 2), 2), 'N', 0, 0, 0)
	entry(0x0002, 5, 3, data+uint32(len(secret)))
	b = order.AppendUint32(b, 0)
	b = append(b, secret...)
	for _, v := range []uint32{48, 1, 51, 1, 30, 1} { // degrees, minutes, seconds
		b = order.AppendUint32(b, v)
	}
	return segment(0xe1, "Exif\x00\x00"+string(b)+string(thumbnail))
}

// camera is a JPEG as a phone makes it: JFIF, EXIF, XMP, a colour profile, a comment
// and a film after the end.
func camera(tb testing.TB, order binary.AppendByteOrder, orientation uint16) []byte {
	tb.Helper()
	raw := withSegments(jpegOf(tb, rectangles(64, 32, white)),
		segment(0xe0, "JFIF\x00\x01\x02\x00\x00\x01\x00\x01\x00\x00"),
		exif(order, orientation, jpegOf(tb, rectangles(16, 8, white))),
		segment(0xe1, "http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta>"+secret+"</x:xmpmeta>"),
		segment(0xe2, "ICC_PROFILE\x00\x01\x01"+secret),
		segment(0xfe, secret))
	return append(raw, "\x00\x00\x00\x18ftypmp42"+secret...)
}

// pngChunk is one PNG chunk with its checksum.
func pngChunk(kind, data string) []byte {
	b := append(binary.BigEndian.AppendUint32(nil, uint32(len(data))), kind+data...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

// withChunks puts chunks behind the header of a PNG.
func withChunks(plain []byte, chunks ...[]byte) []byte {
	const header = 8 + 25
	return bytes.Join([][]byte{plain[:header], bytes.Join(chunks, nil), plain[header:]}, nil)
}

// pngHeader is a PNG of any size that has no pixels.
func pngHeader(w, h uint32, depth, colour, interlace byte) []byte {
	ihdr := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h)
	ihdr = append(ihdr, depth, colour, 0, 0, interlace)
	return bytes.Join([][]byte{
		[]byte("\x89PNG\r\n\x1a\n"), pngChunk("IHDR", string(ihdr)), pngChunk("IDAT", "x\x9c"), pngChunk("IEND", ""),
	}, nil)
}

// gifFrames is a GIF of n frames that say they are w by h and hold almost nothing.
func gifFrames(w, h uint16, n int) []byte {
	size := binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint16(nil, w), h)
	frame := "\x2c\x00\x00\x00\x00" + string(size) + "\x00\x02\x01\x44\x00"
	b := []byte("GIF89a" + string(size) + "\x80\x00\x00\x00\x00\x00\xff\xff\xff")
	for range n {
		b = append(b, frame...)
	}
	return append(b, ';')
}

// jpegHeader is a JPEG of any size with the given frame marker and sampling of the
// first of three components, and no pixels.
func jpegHeader(marker byte, w, h uint16, sampling byte) []byte {
	size := binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(nil, h), w)
	frame := "\x08" + string(size) + "\x03\x01" + string(sampling) + "\x00\x02\x11\x00\x03\x11\x00"
	return bytes.Join([][]byte{
		{0xff, 0xd8}, segment(marker, frame), segment(0xda, "\x03\x01\x00\x02\x00\x03\x00\x00\x00\x00"), {0xff, 0xd9},
	}, nil)
}

// jpegScans is a grey 8 by 8 progressive JPEG that sends its one block n times.
func jpegScans(n int) []byte {
	scan := append(segment(0xda, "\x01\x01\x00\x00\x00\x00"), 0x7f)
	return bytes.Join([][]byte{
		{0xff, 0xd8},
		segment(0xdb, "\x00"+string(bytes.Repeat([]byte{1}, 64))),
		segment(0xc2, "\x08\x00\x08\x00\x08\x01\x01\x11\x00"),
		segment(0xc4, "\x00\x01"+string(make([]byte, 15))+"\x00"), // one code: no difference
		bytes.Repeat(scan, n),
		{0xff, 0xd9},
	}, nil)
}

// riff is a WebP of one chunk.
func riff(id, data string) []byte {
	body := "WEBP" + id + string(binary.LittleEndian.AppendUint32(nil, uint32(len(data)))) + data
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}

// webpAlpha is a lossy WebP of 32 by 24 whose alpha plane is the same everywhere.
func webpAlpha(still []byte, alpha byte) []byte {
	plane := "\x00" + string(bytes.Repeat([]byte{alpha}, 32*24))
	b := riff("VP8X", "\x10\x00\x00\x00\x1f\x00\x00\x17\x00\x00")
	b = append(b, riff("ALPH", plane)[12:]...)
	b = append(append(b, 0), still[12:]...)
	binary.LittleEndian.PutUint32(b[4:], uint32(len(b)-8))
	return b
}

// webpAnimation is a WebP of one frame, 32 by 24, on a canvas of any size.
func webpAnimation(w, h uint32, still []byte) []byte {
	uint24 := func(v uint32) string { return string(binary.LittleEndian.AppendUint32(nil, v)[:3]) }
	frame := uint24(0) + uint24(0) + uint24(31) + uint24(23) + uint24(100) + "\x00" + string(still[12:])
	chunks := riff("VP8X", "\x02\x00\x00\x00"+uint24(w-1)+uint24(h-1))
	chunks = append(chunks, "ANMF"+string(binary.LittleEndian.AppendUint32(nil, uint32(len(frame))))+frame...)
	binary.LittleEndian.PutUint32(chunks[4:], uint32(len(chunks)-8))
	return chunks
}
