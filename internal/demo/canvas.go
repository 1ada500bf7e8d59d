package demo

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"maps"
	"math"
	"slices"
	"sync"

	"golang.org/x/image/vector"

	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// The size of every picture.
const (
	pictureWidth  = 1200
	pictureHeight = 800
)

// canvas is a picture being drawn with flat shapes.
type canvas struct{ img *image.RGBA }

type point struct{ x, y float64 }

// tint is a colour, with how much of what lies beneath it covers.
func tint(rgb uint32, cover float64) color.NRGBA {
	return color.NRGBA{R: uint8(rgb >> 16), G: uint8(rgb >> 8), B: uint8(rgb), A: uint8(math.Round(255 * cover))}
}

func ink(rgb uint32) color.NRGBA { return tint(rgb, 1) }

// ground fills the canvas, from one colour at the top to another at the bottom.
func (c *canvas) ground(top, bottom uint32) {
	for y := range pictureHeight {
		share := float64(y) / (pictureHeight - 1)
		row := image.Rect(0, y, pictureWidth, y+1)
		draw.Draw(c.img, row, image.NewUniform(mix(top, bottom, share)), image.Point{}, draw.Src)
	}
}

// mix is a colour between two.
func mix(a, b uint32, share float64) color.NRGBA {
	channel := func(shift uint) uint32 {
		from, to := float64(a>>shift&0xff), float64(b>>shift&0xff)
		return uint32(math.Round(from + (to-from)*share))
	}
	return ink(channel(16)<<16 | channel(8)<<8 | channel(0))
}

// shape fills a polygon, with smooth edges.
func (c *canvas) shape(fill color.Color, points ...point) {
	low, high := points[0], points[0]
	for _, p := range points {
		low = point{min(low.x, p.x), min(low.y, p.y)}
		high = point{max(high.x, p.x), max(high.y, p.y)}
	}
	box := image.Rect(int(math.Floor(low.x)), int(math.Floor(low.y)), int(math.Ceil(high.x))+1, int(math.Ceil(high.y))+1).
		Intersect(c.img.Bounds())
	if box.Empty() {
		return
	}
	r := vector.NewRasterizer(box.Dx(), box.Dy())
	for i, p := range points {
		x, y := float32(p.x)-float32(box.Min.X), float32(p.y)-float32(box.Min.Y)
		if i == 0 {
			r.MoveTo(x, y)
			continue
		}
		r.LineTo(x, y)
	}
	r.ClosePath()
	r.Draw(c.img, box, image.NewUniform(fill), image.Point{})
}

// box fills a rectangle.
func (c *canvas) box(fill color.Color, x, y, w, h float64) {
	c.shape(fill, point{x, y}, point{x + w, y}, point{x + w, y + h}, point{x, y + h})
}

// disc fills a circle.
func (c *canvas) disc(fill color.Color, x, y, r float64) { c.shape(fill, arc(x, y, r, 0, 360)...) }

// line draws a stroke of a width along the points, with round ends.
func (c *canvas) line(fill color.Color, width float64, points ...point) {
	var left, right []point
	for i, p := range points {
		a, b := points[max(0, i-1)], points[min(len(points)-1, i+1)]
		dx, dy := b.x-a.x, b.y-a.y
		length := math.Hypot(dx, dy)
		if length == 0 {
			continue
		}
		nx, ny := -dy/length*width/2, dx/length*width/2
		left = append(left, point{p.x + nx, p.y + ny})
		right = append(right, point{p.x - nx, p.y - ny})
	}
	slices.Reverse(right)
	c.shape(fill, append(left, right...)...)
	for _, end := range []point{points[0], points[len(points)-1]} {
		c.disc(fill, end.x, end.y, width/2)
	}
}

// arc is part of a circle, in degrees clockwise from the right.
func arc(x, y, r, from, to float64) []point {
	steps := max(8, int(r*math.Abs(to-from)/360))
	points := make([]point, steps+1)
	for i := range points {
		angle := (from + (to-from)*float64(i)/float64(steps)) * math.Pi / 180
		points[i] = point{x + r*math.Cos(angle), y + r*math.Sin(angle)}
	}
	return points
}

// bend is a cubic curve.
func bend(a, b, c, d point) []point {
	const steps = 48
	points := make([]point, steps+1)
	for i := range points {
		t := float64(i) / steps
		u := 1 - t
		points[i] = point{
			u*u*u*a.x + 3*u*u*t*b.x + 3*u*t*t*c.x + t*t*t*d.x,
			u*u*u*a.y + 3*u*u*t*b.y + 3*u*t*t*c.y + t*t*t*d.y,
		}
	}
	return points
}

// paint draws every scene and keeps its bytes in the background; the function it returns
// waits for them.
func paint(ctx context.Context, o Options) func() (map[string]workflow.Accepted, error) {
	var group sync.WaitGroup
	var mu sync.Mutex
	var failed error
	made := make(map[string]workflow.Accepted, len(scenes))
	for _, name := range slices.Sorted(maps.Keys(scenes)) {
		group.Go(func() {
			data, err := pictures[name]()
			var upload workflow.Accepted
			if err == nil {
				upload, err = o.Accept(data)
			}
			if err == nil {
				err = o.Flow.Keep(ctx, upload.Blob, upload.Data)
			}
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				failed = fmt.Errorf("picture %s: %w", name, err)
			}
			made[name] = upload
		})
	}
	return func() (map[string]workflow.Accepted, error) {
		group.Wait()
		return made, failed
	}
}

// pictures draw each scene once in the life of a process.
var pictures = func() map[string]func() ([]byte, error) {
	all := make(map[string]func() ([]byte, error), len(scenes))
	for name, scene := range scenes {
		all[name] = sync.OnceValues(func() ([]byte, error) { return picture(scene) })
	}
	return all
}()

// picture draws a scene: a PNG when a part of it is left open, a JPEG otherwise.
func picture(scene func(*canvas)) ([]byte, error) {
	c := canvas{img: image.NewRGBA(image.Rect(0, 0, pictureWidth, pictureHeight))}
	scene(&c)
	var out bytes.Buffer
	var err error
	if c.img.Opaque() {
		err = jpeg.Encode(&out, c.img, &jpeg.Options{Quality: 88})
	} else {
		err = (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&out, c.img)
	}
	return out.Bytes(), err
}
