package media

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
)

const (
	// jpegQuality keeps what a network's own encoder would throw away a moment later.
	jpegQuality = 90
	// fastPixels is the size above which a PNG is packed quickly rather than tightly:
	// 40 megapixels of noise take 3 seconds instead of 13, and a quarter more bytes.
	fastPixels = 12_500_000
)

// errFull ends an encoding that grew beyond its limit.
var errFull = errors.New("the picture grew too large")

// bounded collects at most limit bytes, so that noise cannot swell in memory.
type bounded struct {
	buf   bytes.Buffer
	limit int
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.buf.Len()+len(p) > b.limit {
		return 0, errFull
	}
	return b.buf.Write(p)
}

// encode writes nothing but pixels, in at most limit bytes.
func encode(m image.Image, contentType string, limit int) ([]byte, error) {
	out := &bounded{limit: limit}
	var err error
	if contentType == "image/jpeg" {
		err = jpeg.Encode(out, m, &jpeg.Options{Quality: jpegQuality})
	} else {
		packer := png.Encoder{CompressionLevel: png.DefaultCompression}
		if size := m.Bounds().Size(); size.X*size.Y > fastPixels {
			packer.CompressionLevel = png.BestSpeed
		}
		err = packer.Encode(out, m)
	}
	if errors.Is(err, errFull) {
		return nil, tooLarge("the picture takes more than %d bytes when written without its metadata: make it smaller", limit)
	}
	if err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	return out.buf.Bytes(), nil
}
