package media

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
)

// maxScans bounds the passes over a JPEG. A progressive one has about ten; every scan
// walks all blocks but may weigh ten bytes, so that without a bound a file of allowed
// size keeps the decoder busy for hours.
const maxScans = 50

const (
	markerSOF0 = 0xc0
	markerSOF2 = 0xc2
	markerRST0 = 0xd0
	markerRST7 = 0xd7
	markerEOI  = 0xd9
	markerSOS  = 0xda
	markerAPP1 = 0xe1
)

var errJPEG = errors.New("jpeg: broken segment structure")

// outlineJPEG reads the segments of a JPEG.
func outlineJPEG(raw []byte) (outline, error) {
	cfg, err := jpeg.DecodeConfig(bytes.NewReader(raw))
	if err != nil {
		return outline{}, err
	}
	s, err := walkSegments(raw)
	if err != nil {
		return outline{}, err
	}
	if s.scans > maxScans {
		return outline{}, tooMany("the picture is stored in %d passes, at most %d are accepted: "+
			"save it as a plain JPEG", s.scans, maxScans)
	}
	return outline{
		width:       cfg.Width,
		height:      cfg.Height,
		memory:      s.memory(cfg),
		orientation: s.orientation,
		lossy:       true,
		decode:      func() (image.Image, error) { return jpeg.Decode(bytes.NewReader(raw)) },
	}, nil
}

// segments is what the segments of a JPEG tell about the cost of decoding it.
type segments struct {
	progressive bool
	// samples over luma is how many samples a pixel has: 3/2 for the usual 4:2:0.
	samples, luma int64
	scans         int
	orientation   int
}

// memory adds up the samples, the 32-bit coefficients of a progressive picture, and
// the copies made when it has to be converted or turned.
func (s segments) memory(cfg image.Config) int64 {
	pixels := int64(cfg.Width) * int64(cfg.Height)
	need := pixels * s.samples / s.luma
	if s.progressive {
		need *= 5
	}
	if cfg.ColorModel == color.CMYKModel {
		return need + 8*pixels // gathered from its samples, then converted and turned at once
	}
	if cfg.ColorModel == color.RGBAModel {
		need += 4 * pixels
	}
	if s.orientation > 1 {
		need += 4 * pixels
	}
	return need
}

// walkSegments reads a JPEG exactly as forgivingly as image/jpeg does (junk between
// segments, fill bytes, stray restart markers), so that the two see the same scans.
func walkSegments(raw []byte) (segments, error) {
	s := segments{samples: 4, luma: 1}
	for i := 2; ; {
		skip := bytes.IndexByte(raw[i:], 0xff)
		if skip < 0 {
			return s, errJPEG
		}
		for i += skip; i < len(raw) && raw[i] == 0xff; {
			i++
		}
		if i == len(raw) {
			return s, errJPEG
		}
		marker := raw[i]
		i++
		if marker == 0 || markerRST0 <= marker && marker <= markerRST7 {
			continue
		}
		if marker == markerEOI {
			return s, nil
		}
		if i+2 > len(raw) {
			return s, errJPEG
		}
		size := int(binary.BigEndian.Uint16(raw[i:]))
		if size < 2 || i+size > len(raw) {
			return s, errJPEG
		}
		s.see(marker, raw[i+2:i+size])
		i += size
	}
}

// see takes note of one segment.
func (s *segments) see(marker byte, data []byte) {
	switch {
	case markerSOF0 <= marker && marker <= markerSOF2:
		s.progressive = marker == markerSOF2
		s.sampling(data)
	case marker == markerSOS:
		s.scans++
	case marker == markerAPP1 && s.orientation == 0:
		if tiff, ok := bytes.CutPrefix(data, []byte("Exif\x00\x00")); ok {
			s.orientation = orientationOf(tiff)
		}
	}
}

// sampling reads how finely each component is sampled from a frame header.
func (s *segments) sampling(frame []byte) {
	if len(frame) < 9 || len(frame) < 6+3*int(frame[5]) {
		return // the decoder refuses it
	}
	components := int64(frame[5])
	s.samples, s.luma = components, 1
	if components != 3 {
		return
	}
	var area [3]int64
	for i := range area {
		hv := frame[7+3*i]
		area[i] = int64(hv>>4) * int64(hv&15)
	}
	if area[0] > 0 {
		s.samples, s.luma = area[0]+area[1]+area[2], area[0]
	}
}

// orientationOf finds the orientation in the first directory of a TIFF block, and
// reads nothing else of it; 1 is upright, and the answer to everything odd.
func orientationOf(tiff []byte) int {
	const upright, tag, short = 1, 0x0112, 3
	var order binary.ByteOrder = binary.LittleEndian
	if bytes.HasPrefix(tiff, []byte("MM\x00*")) {
		order = binary.BigEndian
	} else if !bytes.HasPrefix(tiff, []byte("II*\x00")) {
		return upright
	}
	if len(tiff) < 8 {
		return upright
	}
	start := int64(order.Uint32(tiff[4:]))
	if start+2 > int64(len(tiff)) {
		return upright
	}
	c := cursor{tiff[start:]}
	head, _ := c.take(2)
	for range order.Uint16(head) {
		entry, ok := c.take(12)
		if !ok {
			return upright
		}
		if order.Uint16(entry) != tag || order.Uint16(entry[2:]) != short {
			continue
		}
		if v := int(order.Uint16(entry[8:])); 1 <= v && v <= 8 {
			return v
		}
	}
	return upright
}
