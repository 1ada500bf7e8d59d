package media

import (
	"encoding/binary"
	"io"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// maxBoxes is how many boxes a video may have around its pictures and sounds. A film of four tracks
// has about a hundred.
const maxBoxes = 10_000

// box is one box of an ISO base media file (ISO/IEC 14496-12): it starts, after a header it has a
// body, and it ends.
type box struct {
	kind             string
	start, body, end int64
}

// boxes reads the boxes of a file, and counts them. Depth is in how many others the one that is
// read stands; who reads goes no deeper than boxes it knows.
type boxes struct {
	file  io.ReaderAt
	count int
	depth int
}

// each calls visit with every box between two offsets. Boxes fill what they stand in, to the byte.
func (b *boxes) each(from, to int64, visit func(box) error) error {
	b.depth++
	defer func() { b.depth-- }()
	for from < to {
		found, err := b.read(from, to)
		if err != nil {
			return err
		}
		if err := visit(found); err != nil {
			return err
		}
		from = found.end
	}
	return nil
}

// read reads the header of the box at an offset, which ends at to at the latest.
func (b *boxes) read(from, to int64) (box, error) {
	if b.count++; b.count > maxBoxes { // guard: a small file does not cost a walk through millions of boxes
		return box{}, brokenFile("it has more than %d boxes", maxBoxes)
	}
	var head [16]byte
	if to-from < 8 {
		return box{}, brokenFile("a box has no room for its header")
	}
	if err := readFull(b.file, head[:8], from); err != nil {
		return box{}, err
	}
	size := int64(binary.BigEndian.Uint32(head[:]))
	found := box{kind: string(head[4:8]), start: from, body: from + 8}
	switch {
	case size == 1:
		if err := readFull(b.file, head[8:], from+8); err != nil {
			return box{}, err
		}
		long := binary.BigEndian.Uint64(head[8:])
		if long > uint64(to) {
			return box{}, brokenFile("the box %q is longer than what it stands in", found.kind)
		}
		size, found.body = int64(long), from+16
	case size == 0 && b.depth == 1: // the last one reaches to the end
		size = to - from
	}
	found.end = from + size
	if found.end < found.body || found.end > to { // guard: a box stays within what it stands in
		return box{}, brokenFile("the box %q is longer than what it stands in", found.kind)
	}
	return found, nil
}

// bytes reads the first n bytes of the body of a box.
func (b *boxes) bytes(x box, n int64) ([]byte, error) {
	if x.end-x.body < n {
		return nil, brokenFile("the box %q is too short", x.kind)
	}
	data := make([]byte, n)
	return data, readFull(b.file, data, x.body)
}

// freed is what makes a box one that says nothing, of the same length.
func freed(x box) []advocacy.Redaction {
	return []advocacy.Redaction{
		{Start: x.start + 4, Size: 4, Head: "free"},
		{Start: x.body, Size: x.end - x.body},
	}
}
