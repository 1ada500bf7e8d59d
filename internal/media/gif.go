package media

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/gif"
)

const (
	// maxFrames and maxFramePixels refuse animations nobody would post. Only the first
	// frame is ever decoded, so they guard whoever opens the original elsewhere.
	maxFrames      = 1000
	maxFramePixels = 1_000_000_000
)

var errGIF = errors.New("gif: broken block structure")

// outlineGIF walks the blocks of a GIF without unpacking them. The size in the header
// is two numbers anybody can write: a 34-byte file may claim 4 thousand million pixels
// and image/gif would allocate them (golang/go 79063).
func outlineGIF(raw []byte) (outline, error) {
	c := cursor{raw[6:]}
	screen, ok := c.take(7)
	if !ok || !c.skip(tableSize(screen[4])) {
		return outline{}, errGIF
	}
	o := outline{
		width:  int(binary.LittleEndian.Uint16(screen)),
		height: int(binary.LittleEndian.Uint16(screen[2:])),
	}
	first, err := walkFrames(&c)
	if err != nil {
		return outline{}, err
	}
	canvas := image.Rect(0, 0, o.width, o.height)
	perPixel := int64(2) // the pixels, twice while they are uninterlaced
	if first != canvas {
		perPixel += 4
	}
	o.memory = perPixel * int64(o.width) * int64(o.height)
	o.decode = func() (image.Image, error) {
		m, err := gif.Decode(bytes.NewReader(raw))
		if err != nil {
			return nil, err
		}
		return onCanvas(m, canvas, m.Bounds().Min), nil
	}
	return o, nil
}

// walkFrames counts what the blocks after the header would unpack to and returns the
// place of the first frame.
func walkFrames(c *cursor) (first image.Rectangle, err error) {
	var frames, pixels int64
	for {
		kind, ok := c.take(1)
		if !ok {
			return first, errGIF
		}
		switch kind[0] {
		case 0x21: // extension: a label, then data
			if !c.skip(1) || !c.skipBlocks() {
				return first, errGIF
			}
		case 0x2c: // frame
			r, ok := c.frame()
			if !ok {
				return first, errGIF
			}
			if frames == 0 {
				first = r
			}
			frames++
			pixels += int64(r.Dx()) * int64(r.Dy())
			if frames > maxFrames || pixels > maxFramePixels {
				return first, tooMany("the animation has too many frames; only the first one is kept: send a still picture")
			}
		case 0x3b: // trailer
			return first, nil
		default:
			return first, errGIF
		}
	}
}

// frame reads one image descriptor and steps over its pixels.
func (c *cursor) frame() (image.Rectangle, bool) {
	d, ok := c.take(9)
	if !ok {
		return image.Rectangle{}, false
	}
	x, y := int(binary.LittleEndian.Uint16(d)), int(binary.LittleEndian.Uint16(d[2:]))
	w, h := int(binary.LittleEndian.Uint16(d[4:])), int(binary.LittleEndian.Uint16(d[6:]))
	// The byte after the colour table is the code size of the pixels.
	ok = c.skip(tableSize(d[8])) && c.skip(1) && c.skipBlocks()
	return image.Rect(x, y, x+w, y+h), ok
}

// skipBlocks steps over a chain of sub-blocks and the empty one that ends it.
func (c *cursor) skipBlocks() bool {
	for {
		size, ok := c.take(1)
		if !ok {
			return false
		}
		if size[0] == 0 {
			return true
		}
		if !c.skip(int(size[0])) {
			return false
		}
	}
}

// tableSize is the size of the colour table that flags announce.
func tableSize(flags byte) int {
	if flags&0x80 == 0 {
		return 0
	}
	return 3 << (flags&7 + 1)
}

// cursor walks over bytes without copying them.
type cursor struct{ rest []byte }

// take returns the next n bytes, or false when there are fewer.
func (c *cursor) take(n int) ([]byte, bool) {
	if n < 0 || n > len(c.rest) {
		return nil, false
	}
	p := c.rest[:n]
	c.rest = c.rest[n:]
	return p, true
}

// skip steps over n bytes, or returns false when there are fewer.
func (c *cursor) skip(n int) bool {
	_, ok := c.take(n)
	return ok
}
