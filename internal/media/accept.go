package media

import (
	"bytes"
	"fmt"
	"image"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

const (
	// MaxBytes is the most a picture may weigh, as it is sent and as it is kept.
	MaxBytes = advocacy.LargestPicture
	// MaxPixels is the most pixels a picture may have.
	MaxPixels = 40_000_000
)

// maxMemory is the most one picture may need while it is decoded, and the most all
// pictures being decoded may need together. It is what stops the forms that cost more
// than their pixels: a 40 megapixel progressive JPEG may want 600 MB, a plain one 60.
const maxMemory = 256 << 20

// field is the request field every refusal of a picture names.
const field = "media"

// Picture is an accepted picture, as it will be kept and published.
type Picture struct {
	// Bytes are written by our own encoder and hold nothing but pixels.
	Bytes []byte
	// ContentType is image/jpeg or image/png.
	ContentType string
	// Width and Height are in pixels, after the picture was turned upright.
	Width, Height int
	// Digest is "sha256:" and 64 hexadecimal digits of Bytes.
	Digest string
}

// outline is what the headers of a picture tell before a pixel is unpacked.
type outline struct {
	width, height int
	// memory is how many bytes decoding allocates for pixels, counted as if none were
	// given back before the end: the collector need not be quick.
	memory int64
	// orientation is the EXIF one, 1 to 8; 0 is upright too.
	orientation int
	// lossy says that the picture was stored with loss, so that keeping it as a JPEG
	// takes nothing away that was not gone.
	lossy bool
	// decode unpacks the first frame onto the whole canvas.
	decode func() (image.Image, error)
}

// Accept checks an uploaded picture and returns it as it may be kept.
//
// A JPEG stays a JPEG, turned upright by its EXIF orientation. PNG and GIF become PNG
// without a visible loss (16 bits per colour become 8); WebP becomes JPEG when it was lossy and opaque, else PNG. Animations
// keep their first frame. The same bytes always give the same picture, and a PNG that
// came out of Accept comes out unchanged.
//
// Refusals are Invalid on the field "media": MEDIA_EMPTY, MEDIA_TOO_LARGE (before or
// after re-encoding), MEDIA_TYPE_UNSUPPORTED, MEDIA_TOO_MANY_PIXELS (pixels, frames,
// scans, or the memory they would take) and MEDIA_BROKEN. It may wait for its turn
// when many pictures are being decoded.
func Accept(raw []byte) (Picture, error) {
	if len(raw) == 0 {
		return Picture{}, advocacy.InvalidField(field, "MEDIA_EMPTY", "the picture is empty; choose a file")
	}
	if len(raw) > MaxBytes {
		return Picture{}, tooLarge("the file has %d bytes; at most %d are accepted", len(raw), MaxBytes)
	}
	return safely(func() (Picture, error) {
		o, err := outlineOf(raw)
		if err != nil {
			return Picture{}, err
		}
		return o.accept()
	})
}

// safely runs accept and gives every failure a reason. Decoders have panicked on
// hostile input before; such a picture is broken, and the process lives on.
func safely(accept func() (Picture, error)) (p Picture, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			p, err = Picture{}, broken(fmt.Errorf("decoder panicked: %v", cause))
		}
	}()
	p, err = accept()
	if err != nil && advocacy.ReasonOf(err) == "" {
		err = broken(err)
	}
	return p, err
}

// outlineOf tells the type by its first bytes and reads its headers.
func outlineOf(raw []byte) (outline, error) {
	switch {
	case bytes.HasPrefix(raw, []byte("\xff\xd8\xff")):
		return outlineJPEG(raw)
	case bytes.HasPrefix(raw, []byte("\x89PNG\r\n\x1a\n")):
		return outlinePNG(raw)
	case bytes.HasPrefix(raw, []byte("GIF87a")), bytes.HasPrefix(raw, []byte("GIF89a")):
		return outlineGIF(raw)
	case bytes.HasPrefix(raw, []byte("RIFF")) && len(raw) >= 12 && string(raw[8:12]) == "WEBP":
		return outlineWebP(raw)
	}
	return outline{}, unsupported(raw)
}

// check refuses what would cost too much to decode.
func (o outline) check() error {
	if o.width < 1 || o.height < 1 {
		return fmt.Errorf("the picture is %d by %d", o.width, o.height)
	}
	if pixels := int64(o.width) * int64(o.height); pixels > MaxPixels {
		return tooMany("the picture is %d by %d; at most %d million pixels are accepted: make it smaller",
			o.width, o.height, MaxPixels/1_000_000)
	}
	if o.memory > maxMemory {
		return tooMany("a picture of %d by %d saved this way takes %d MiB to open, at most %d are accepted: "+
			"make it smaller, or save it with 8 bits per colour and not progressive",
			o.width, o.height, o.memory>>20, maxMemory>>20)
	}
	return nil
}

// accept decodes, turns and encodes, once there is room.
func (o outline) accept() (Picture, error) {
	return o.keep(func(m image.Image) image.Image { return upright(m, o.orientation) })
}

// keep decodes, changes and encodes, once there is room.
func (o outline) keep(change func(image.Image) image.Image) (Picture, error) {
	if err := o.check(); err != nil {
		return Picture{}, err
	}
	decoding.take(o.memory)
	defer decoding.give(o.memory)
	m, err := o.decode()
	if err != nil {
		return Picture{}, err
	}
	// The cost was judged by the headers; a decoder that saw another size read
	// something else than we did.
	if b := m.Bounds(); b.Dx() != o.width || b.Dy() != o.height {
		return Picture{}, fmt.Errorf("the header says %d by %d, the pixels %v", o.width, o.height, b.Size())
	}
	m = change(m)
	blank(m)
	p := Picture{ContentType: "image/png", Width: m.Bounds().Dx(), Height: m.Bounds().Dy()}
	if o.lossy && opaque(m) {
		p.ContentType = "image/jpeg"
	}
	if p.Bytes, err = encode(m, p.ContentType, MaxBytes); err != nil {
		return Picture{}, err
	}
	p.Digest = digestOf(p.Bytes)
	return p, nil
}

func tooLarge(format string, args ...any) error {
	return advocacy.InvalidField(field, "MEDIA_TOO_LARGE", format, args...)
}

func tooMany(format string, args ...any) error {
	return advocacy.InvalidField(field, "MEDIA_TOO_MANY_PIXELS", format, args...)
}

func broken(cause error) error {
	return advocacy.InvalidField(field, "MEDIA_BROKEN",
		"the picture is damaged or cut short; open it in an image program, save it again and send that").Cause(cause)
}

// unsupported names the type when people are likely to meet it.
func unsupported(raw []byte) error {
	const accepted = "send a JPEG, PNG, GIF or WebP picture, an MP4 or QuickTime video, or a PDF document"
	head := bytes.ToLower(raw[:min(len(raw), 1024)])
	// UTF-16 text is ASCII with zeros between.
	head = bytes.ReplaceAll(head, []byte{0}, nil)
	switch {
	case bytes.Contains(head, []byte("<svg")):
		return advocacy.InvalidField(field, "MEDIA_TYPE_UNSUPPORTED",
			"SVG is not accepted because it can carry scripts; %s", accepted)
	case bytes.Contains(head[:min(len(head), 24)], []byte("ftyphei")):
		return advocacy.InvalidField(field, "MEDIA_TYPE_UNSUPPORTED",
			"HEIC is not accepted; %s (a phone exports JPEG as \"most compatible\")", accepted)
	}
	return advocacy.InvalidField(field, "MEDIA_TYPE_UNSUPPORTED", "this type of file is not accepted; %s", accepted)
}
