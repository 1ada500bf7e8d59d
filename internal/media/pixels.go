package media

import (
	"image"
	"image/color"
	"image/draw"
)

// onCanvas puts a frame at its place on a canvas, transparent around it.
func onCanvas(m image.Image, canvas image.Rectangle, at image.Point) image.Image {
	if m.Bounds() == canvas {
		return m
	}
	out := image.NewNRGBA(canvas)
	draw.Draw(out, image.Rectangle{Min: at, Max: at.Add(m.Bounds().Size())}, m, m.Bounds().Min, draw.Src)
	return out
}

// opaque says that a picture has no transparent pixel.
func opaque(m image.Image) bool {
	o, ok := m.(interface{ Opaque() bool })
	return ok && o.Opaque()
}

// blank removes the colour under fully transparent pixels: nobody who approves the
// picture can see it, and an eraser tool leaves the erased thing there.
func blank(m image.Image) {
	switch m := m.(type) {
	case *image.NRGBA:
		for p := m.Pix; len(p) >= 4; p = p[4:] {
			if p[3] == 0 {
				clear(p[:4])
			}
		}
	case *image.Paletted:
		for i, c := range m.Palette {
			if _, _, _, a := c.RGBA(); a == 0 {
				m.Palette[i] = color.NRGBA{}
			}
		}
	}
}

// eightBits drops the lower half of 16-bit colours: no screen shows it to who
// approves, and no network keeps it.
func eightBits(m image.Image) image.Image {
	switch m := m.(type) {
	case *image.NRGBA64:
		out := image.NewNRGBA(m.Rect)
		everySecond(out.Pix, m.Pix)
		return out
	case *image.RGBA64:
		out := image.NewRGBA(m.Rect)
		everySecond(out.Pix, m.Pix)
		return out
	case *image.Gray16:
		out := image.NewGray(m.Rect)
		everySecond(out.Pix, m.Pix)
		return out
	}
	return m
}

// everySecond copies the high bytes of big-endian numbers.
func everySecond(high, pairs []byte) {
	for i := range high {
		high[i] = pairs[2*i]
	}
}

// upright turns a picture by its EXIF orientation, and makes CMYK into RGB, which the
// JPEG encoder would otherwise convert a pixel at a time.
func upright(m image.Image, orientation int) image.Image {
	b := m.Bounds()
	if orientation < 2 {
		if _, ok := m.(*image.CMYK); !ok {
			return m
		}
		orientation = 1
	}
	size := b.Size()
	if orientation >= 5 {
		size = image.Pt(b.Dy(), b.Dx())
	}
	out := image.NewRGBA(image.Rectangle{Max: size})
	// Turning is linear: three corners tell where every pixel goes.
	offset := func(x, y int) int {
		p := turned(orientation, x, y, b.Dx(), b.Dy())
		return p.Y*out.Stride + 4*p.X
	}
	origin := offset(0, 0)
	right, down := offset(1, 0)-origin, offset(0, 1)-origin
	// A row at a time, so that no second copy of the whole picture is needed.
	row := image.NewRGBA(image.Rect(0, 0, b.Dx(), 1))
	for y := range b.Dy() {
		draw.Draw(row, row.Rect, m, image.Pt(b.Min.X, b.Min.Y+y), draw.Src)
		to := origin + y*down
		for p := row.Pix; len(p) >= 4; p = p[4:] {
			copy(out.Pix[to:to+4], p[:4])
			to += right
		}
	}
	return out
}

// turned is where the pixel at (x, y) of a w by h picture goes.
func turned(orientation, x, y, w, h int) image.Point {
	left, top := w-1-x, h-1-y
	return [...]image.Point{
		1: {x, y}, 2: {left, y}, 3: {left, top}, 4: {x, top},
		5: {y, x}, 6: {top, x}, 7: {top, left}, 8: {y, left},
	}[orientation]
}

// fullRange makes a decoded WebP ready for encoding. Lossy WebP stores brightness as
// 16 to 235 and colour as 16 to 240, which golang.org/x/image passes on unchanged;
// read as the 0 to 255 of Go and JPEG, black would be grey and white dull.
func fullRange(m image.Image) image.Image {
	switch m := m.(type) {
	case *image.YCbCr:
		stretchAll(m)
		return m
	case *image.NYCbCrA:
		stretchAll(&m.YCbCr)
		if m.Opaque() {
			return &m.YCbCr
		}
		return straight(m)
	}
	return m
}

func stretchAll(m *image.YCbCr) {
	stretch(m.Y, 16, 219, 0)
	stretch(m.Cb, 128, 224, 128)
	stretch(m.Cr, 128, 224, 128)
}

// stretch maps span values around from to 255 values around to.
func stretch(plane []byte, from, span, to int) {
	var table [256]byte
	for v := range table {
		scaled := (v - from) * 255
		if scaled < 0 {
			scaled -= span
		}
		table[v] = byte(min(max(to+(2*scaled+span)/(2*span), 0), 255))
	}
	for i, v := range plane {
		plane[i] = table[v]
	}
}

// straight converts to the form the PNG encoder is fast at.
func straight(m *image.NYCbCrA) *image.NRGBA {
	b := m.Bounds()
	out := image.NewNRGBA(b)
	for y := b.Min.Y; y < b.Max.Y; y++ {
		p := out.Pix[out.PixOffset(b.Min.X, y):]
		for x := b.Min.X; x < b.Max.X; x++ {
			yi, ci := m.YOffset(x, y), m.COffset(x, y)
			p[0], p[1], p[2] = color.YCbCrToRGB(m.Y[yi], m.Cb[ci], m.Cr[ci])
			p[3] = m.A[m.AOffset(x, y)]
			p = p[4:]
		}
	}
	return out
}
