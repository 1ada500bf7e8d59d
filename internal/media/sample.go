package media

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

const (
	// maxSamples is how many samples a track that goes may have: ten for each second of four hours,
	// and as many again.
	maxSamples = 300_000
	// maxTable is how many entries a table of such a track may have.
	maxTable = 300_000
)

// drop takes a track out: what describes it, and its samples, which may say where a camera was at
// every second.
func (m *movie) drop(t *track) error {
	m.out = append(m.out, freed(t.whole)...)
	if t.places.kind == "" && t.sizes.kind == "" {
		return nil
	}
	l, err := m.locate(t)
	if err != nil {
		return err
	}
	for sample, chunk := uint32(0), uint32(0); sample < l.samples; chunk++ {
		start, in, err := l.next(chunk)
		if err != nil {
			return err
		}
		end := start
		for ; in > 0 && sample < l.samples; in, sample = in-1, sample+1 {
			size, err := l.size()
			if err != nil {
				return err
			}
			end += size
		}
		if !m.holds(start, end) { // guard: only samples are written over, never what describes others
			return brokenFile("a track has samples where there are none")
		}
		m.wipe(start, end)
	}
	return nil
}

// wipe takes out samples, those beside each other at once.
func (m *movie) wipe(start, end int64) {
	if n := len(m.out) - 1; n >= 0 && m.out[n].Head == "" && m.out[n].Start+m.out[n].Size == start {
		m.out[n].Size += end - start
		return
	}
	m.out = append(m.out, advocacy.Redaction{Start: start, Size: end - start})
}

// holds tells whether bytes are within what holds samples.
func (m *movie) holds(start, end int64) bool {
	for _, s := range m.data {
		if s.start <= start && end <= s.end {
			return true
		}
	}
	return false
}

// locator walks the tables that say where the samples of a track lie.
type locator struct {
	samples       uint32
	equal         int64
	sizes, places *bufio.Reader
	wide          bool
	left          uint32
	// runs say from which chunk on how many samples a chunk has.
	runs  *bufio.Reader
	more  uint32
	per   uint32
	after uint32 // first chunk of the next run
	each  uint32 // samples per chunk of the next run
}

// locate opens the tables of a track.
func (m *movie) locate(t *track) (*locator, error) {
	l := &locator{wide: t.places.kind == "co64"}
	sizes, err := m.bytes(t.sizes, 12)
	if err != nil {
		return nil, err
	}
	chunks, err := m.bytes(t.chunks, 8)
	if err != nil {
		return nil, err
	}
	places, err := m.bytes(t.places, 8)
	if err != nil {
		return nil, err
	}
	l.equal, l.samples = int64(binary.BigEndian.Uint32(sizes[4:])), binary.BigEndian.Uint32(sizes[8:])
	l.more, l.left = binary.BigEndian.Uint32(chunks[4:]), binary.BigEndian.Uint32(places[4:])
	if l.samples > maxSamples || l.more > maxTable || l.left > maxTable { // guard: no table is walked without end
		return nil, brokenFile("a track beside picture and sound has too many samples")
	}
	l.sizes, l.runs, l.places = m.table(t.sizes, 12), m.table(t.chunks, 8), m.table(t.places, 8)
	return l, l.turn()
}

func (m *movie) table(b box, skip int64) *bufio.Reader {
	return bufio.NewReader(io.NewSectionReader(m.file, b.body+skip, b.end-b.body-skip))
}

// turn reads the next run.
func (l *locator) turn() error {
	l.per = l.each
	if l.more == 0 {
		l.after = 1<<32 - 1
		return nil
	}
	l.more--
	var entry [12]byte
	if err := readNext(l.runs, entry[:]); err != nil {
		return err
	}
	l.after, l.each = binary.BigEndian.Uint32(entry[:])-1, binary.BigEndian.Uint32(entry[4:])
	return nil
}

// next returns where a chunk begins and how many samples it has. Chunks are asked for in order.
func (l *locator) next(chunk uint32) (start int64, samples uint32, err error) {
	for chunk >= l.after {
		if err := l.turn(); err != nil {
			return 0, 0, err
		}
	}
	if l.left == 0 || l.per == 0 {
		return 0, 0, brokenFile("a track has more samples than places for them")
	}
	l.left--
	var entry [8]byte
	if l.wide {
		err = readNext(l.places, entry[:])
		start = int64(binary.BigEndian.Uint64(entry[:]) & (1<<62 - 1))
	} else {
		err = readNext(l.places, entry[:4])
		start = int64(binary.BigEndian.Uint32(entry[:]))
	}
	return start, l.per, err
}

// size returns how many bytes the next sample has.
func (l *locator) size() (int64, error) {
	if l.equal != 0 {
		return l.equal, nil
	}
	var entry [4]byte
	err := readNext(l.sizes, entry[:])
	return int64(binary.BigEndian.Uint32(entry[:])), err
}

func readNext(r io.Reader, p []byte) error {
	_, err := io.ReadFull(r, p)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return brokenFile("a table is shorter than it says")
	}
	return err
}
