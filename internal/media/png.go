package media

import (
	"bytes"
	"image"
	"image/png"
)

// outlinePNG reads the header of a PNG. Of an animated one the decoder sees only the
// default picture.
func outlinePNG(raw []byte) (outline, error) {
	cfg, err := png.DecodeConfig(bytes.NewReader(raw))
	if err != nil {
		return outline{}, err
	}
	// DecodeConfig insists that IHDR comes first, so its fields lie at fixed places.
	depth, colour, interlace := raw[24], raw[25], raw[28]
	perPixel := int64(4)
	switch {
	case depth == 16:
		perPixel = 8
	case colour == 3: // a palette
		perPixel = 1
	}
	if interlace != 0 {
		// Every pass is a picture of its own before it is merged.
		perPixel *= 2
	}
	if depth == 16 {
		perPixel += 4 // the copy with 8 bits
	}
	return outline{
		width:  cfg.Width,
		height: cfg.Height,
		memory: perPixel * int64(cfg.Width) * int64(cfg.Height),
		decode: func() (image.Image, error) {
			m, err := png.Decode(bytes.NewReader(raw))
			if err != nil {
				return nil, err
			}
			return eightBits(m), nil
		},
	}, nil
}
