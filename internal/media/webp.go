package media

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"

	"golang.org/x/image/webp"
)

var errWebP = errors.New("webp: broken chunk structure")

// chunk is one RIFF chunk.
type chunk struct {
	id   string
	data []byte
}

// still is one picture of a WebP: its pixels and where they lie on the canvas.
type still struct {
	alpha, pixels chunk
	// size is zero when no header but that of the pixels tells it.
	size, at image.Point
}

// outlineWebP finds the first picture of a WebP. The decoder of golang.org/x/image
// knows no animation and is strict about flags; it is given a file of our own making
// that holds the one picture and nothing else.
func outlineWebP(raw []byte) (outline, error) {
	s, canvas, err := firstStill(raw)
	if err != nil {
		return outline{}, err
	}
	file := s.file()
	cfg, err := webp.DecodeConfig(bytes.NewReader(file))
	if err != nil {
		return outline{}, err
	}
	frame := image.Rect(0, 0, cfg.Width, cfg.Height).Add(s.at)
	if canvas == (image.Point{}) {
		canvas = frame.Size()
	}
	whole := image.Rectangle{Max: canvas}
	if !frame.In(whole) {
		return outline{}, errWebP
	}
	lossy := s.pixels.id == "VP8 "
	perPixel := int64(8) // lossless pixels, twice when they are looked up in a table
	if lossy {
		perPixel = 2
	}
	if s.alpha.data != nil {
		perPixel += 8 + 1 + 4 // alpha comes as a lossless picture, and is joined to the colours
	}
	if frame != whole {
		perPixel += 4
	}
	return outline{
		width:  canvas.X,
		height: canvas.Y,
		memory: perPixel * int64(canvas.X) * int64(canvas.Y),
		lossy:  lossy,
		decode: func() (image.Image, error) {
			m, err := webp.Decode(bytes.NewReader(file))
			if err != nil {
				return nil, err
			}
			return onCanvas(fullRange(m), whole, s.at), nil
		},
	}, nil
}

// firstStill returns the first picture and the size of the canvas, if the file tells.
func firstStill(raw []byte) (s still, canvas image.Point, err error) {
	end := 8 + int64(binary.LittleEndian.Uint32(raw[4:]))
	if end < 12 || end > int64(len(raw)) {
		return s, canvas, errWebP
	}
	c := cursor{raw[12:end]}
	for {
		k, ok := c.chunk()
		if !ok {
			return s, canvas, errWebP
		}
		switch k.id {
		case "VP8X":
			if len(k.data) < 10 {
				return s, canvas, errWebP
			}
			canvas = image.Pt(uint24(k.data[4:])+1, uint24(k.data[7:])+1)
			s.size = canvas
		case "ANMF":
			s, err = frameOf(k.data)
			return s, canvas, err
		case "ALPH":
			s.alpha = k
		case "VP8 ", "VP8L":
			s.pixels = k
			return s, canvas, nil
		}
	}
}

// frameOf returns the picture in one frame of an animation.
func frameOf(data []byte) (still, error) {
	c := cursor{data}
	head, ok := c.take(16)
	if !ok {
		return still{}, errWebP
	}
	s := still{
		at:   image.Pt(2*uint24(head), 2*uint24(head[3:])),
		size: image.Pt(uint24(head[6:])+1, uint24(head[9:])+1),
	}
	for {
		k, ok := c.chunk()
		if !ok {
			return still{}, errWebP
		}
		switch k.id {
		case "ALPH":
			s.alpha = k
		case "VP8 ", "VP8L":
			s.pixels = k
			return s, nil
		}
	}
}

// file writes a WebP of just this picture. Where a size is known it is repeated, so
// that the decoder holds the pixels to it.
func (s still) file() []byte {
	body := []byte("WEBP")
	if s.size != (image.Point{}) {
		head := make([]byte, 10)
		if s.alpha.data != nil {
			head[0] = 1 << 4
		}
		putUint24(head[4:], s.size.X-1)
		putUint24(head[7:], s.size.Y-1)
		body = appendChunk(body, chunk{"VP8X", head})
		if s.alpha.data != nil {
			body = appendChunk(body, s.alpha)
		}
	}
	body = appendChunk(body, s.pixels)
	return appendChunk(nil, chunk{"RIFF", body})
}

// chunk reads the next chunk and its padding.
func (c *cursor) chunk() (chunk, bool) {
	head, ok := c.take(8)
	if !ok {
		return chunk{}, false
	}
	data, ok := c.take(int(binary.LittleEndian.Uint32(head[4:])))
	if !ok {
		return chunk{}, false
	}
	if len(data)%2 == 1 {
		c.skip(1) // some writers leave out the last padding
	}
	return chunk{string(head[:4]), data}, true
}

func appendChunk(b []byte, k chunk) []byte {
	b = append(b, k.id...)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(k.data)))
	b = append(b, k.data...)
	if len(k.data)%2 == 1 {
		b = append(b, 0)
	}
	return b
}

func uint24(b []byte) int { return int(b[0]) | int(b[1])<<8 | int(b[2])<<16 }

func putUint24(b []byte, v int) { b[0], b[1], b[2] = byte(v), byte(v>>8), byte(v>>16) }
