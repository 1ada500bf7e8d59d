package media

import (
	"image"
	"image/draw"

	scale "golang.org/x/image/draw"
)

// Thumbnail returns a kept picture so small that its longer side has side pixels, in the
// form and with the bounds of [Accept]. What is that small already is not made larger.
//
// The picture is averaged down to at most four times that size while its rows are read, and
// from there resampled: the cost beyond decoding does not grow with the picture.
func Thumbnail(kept []byte, side int) (Picture, error) {
	return safely(func() (Picture, error) {
		o, err := outlineOf(kept)
		if err != nil {
			return Picture{}, err
		}
		r := reductionOf(image.Pt(o.width, o.height), side)
		o.memory += r.memory()
		return o.keep(r.apply)
	})
}

// reduction is how a picture becomes small.
type reduction struct {
	// width is that of the picture.
	width int
	// coarse is the size it is averaged to, and fine the size in the end.
	coarse, fine image.Point
}

// reductionOf keeps the shape, and of either side at least a pixel.
func reductionOf(size image.Point, side int) reduction {
	longer := max(size.X, size.Y)
	side = min(side, longer)
	factor := max(longer/(2*side), 1)
	return reduction{
		width:  size.X,
		coarse: image.Pt(max(size.X/factor, 1), max(size.Y/factor, 1)),
		fine:   image.Pt(max((size.X*side+longer/2)/longer, 1), max((size.Y*side+longer/2)/longer, 1)),
	}
}

// memory is what apply allocates: a row and where its pixels go, the averaged picture, what
// package draw keeps between its two passes, four floats for a column of the one and a row of
// the other, and the result.
func (r reduction) memory() int64 {
	return 12*area(r.width, 1) + 4*area(r.coarse.X, r.coarse.Y) + 32*area(r.fine.X, r.coarse.Y) + 4*area(r.fine.X, r.fine.Y)
}

func area(w, h int) int64 { return int64(w) * int64(h) }

// apply makes the picture small.
func (r reduction) apply(m image.Image) image.Image {
	coarse := average(m, r.coarse)
	if r.coarse == r.fine {
		return coarse
	}
	out := image.NewRGBA(image.Rectangle{Max: r.fine})
	scale.CatmullRom.Scale(out, out.Rect, coarse, coarse.Rect, scale.Src, nil)
	return out
}

// average makes one pixel of each of size.X by size.Y blocks. Colours are weighed by how
// opaque they are, as they are in an RGBA.
func average(m image.Image, size image.Point) *image.RGBA {
	b := m.Bounds()
	out := image.NewRGBA(image.Rectangle{Max: size})
	row := image.NewRGBA(image.Rect(0, 0, b.Dx(), 1))
	column := make([]int, b.Dx())
	columns := make([]int, size.X)
	for x := range column {
		column[x] = x * size.X / b.Dx()
		columns[column[x]]++
	}
	sums := make([]int, 4*size.X)
	for y, rows := 0, 0; y < b.Dy(); y++ {
		draw.Draw(row, row.Rect, m, image.Pt(b.Min.X, b.Min.Y+y), draw.Src)
		for x, at := range column {
			sum, pixel := sums[4*at:4*at+4], row.Pix[4*x:4*x+4]
			for c := range sum {
				sum[c] += int(pixel[c])
			}
		}
		rows++
		if line := y * size.Y / b.Dy(); y+1 == b.Dy() || (y+1)*size.Y/b.Dy() != line {
			mean(out.Pix[out.PixOffset(0, line):], sums, columns, rows)
			clear(sums)
			rows = 0
		}
	}
	return out
}

// mean writes what sums of so many rows and columns are on average.
func mean(line []uint8, sums, columns []int, rows int) {
	for i, sum := range sums {
		n := rows * columns[i/4]
		line[i] = uint8((sum + n/2) / n)
	}
}
