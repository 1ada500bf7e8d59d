package media

import (
	"fmt"
	"image"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// Crop returns a part of a kept picture in the form and with the bounds of [Accept].
func Crop(kept []byte, a advocacy.Area) (Picture, error) {
	return safely(func() (Picture, error) {
		o, err := outlineOf(kept)
		if err != nil {
			return Picture{}, err
		}
		cut := image.Rect(a.Left, a.Top, a.Left+a.Width, a.Top+a.Height)
		if cut.Empty() || !cut.In(image.Rect(0, 0, o.width, o.height)) {
			return Picture{}, fmt.Errorf("%v is no part of a picture of %d by %d", cut, o.width, o.height)
		}
		return o.keep(func(m image.Image) image.Image {
			whole, ok := m.(interface {
				SubImage(r image.Rectangle) image.Image
			})
			if !ok {
				return onCanvas(m, cut, m.Bounds().Min)
			}
			return whole.SubImage(cut.Add(m.Bounds().Min))
		})
	})
}
