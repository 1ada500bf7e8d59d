package advocacy

import (
	"encoding/binary"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/cespare/xxhash/v2"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Likeness is the same for renderings whose text readers take for one: it looks at letters
// and digits, and not at case, spacing, punctuation, emoji or marks. What has neither
// letters nor digits is like nothing, "".
func Likeness(r Rendering) Digest { return likeness(r, letters(r.Text)) }

// likeness is Likeness by the letters of the whole text.
func likeness(r Rendering, plain []rune) Digest {
	if len(plain) == 0 {
		return ""
	}
	return DigestOf([]byte(string(r.Network) + "\x00" + string(plain)))
}

// letters are the letters and digits of a text, without case and marks.
func letters(text string) []rune {
	var plain []rune
	for _, c := range cases.Fold().String(norm.NFKD.String(text)) {
		if unicode.IsLetter(c) || unicode.IsDigit(c) {
			plain = append(plain, c)
		}
	}
	return plain
}

// Sketch is what is kept of a text to tell whether another one says nearly the same; the
// text cannot be read from it. It is a bottom-k sketch of the text's grams, as in E. Cohen
// and H. Kaplan, "Summarizing Data using Bottom-k Sketches", PODC 2007.
type Sketch struct {
	Likeness Digest
	// Grams are the smallest hashes of the runs of [gram] letters in the author's words, in
	// ascending order and each once. There are at most [mostGrams], which is all of them for
	// a text of up to as many letters.
	Grams []uint32
}

const (
	gram      = 4
	mostGrams = 256
	// Of what two texts have together they share nearPart of nearWhole at least (a Jaccard
	// index of 0.8) when readers would say that one repeats the other.
	nearPart, nearWhole = 4, 5
	// Two sketches at that index have one of their bands in common but for three times in a
	// thousand: 1 - (1 - 0.8^bandRows)^bands.
	bands, bandRows = 8, 3
)

// SketchOf sketches a rendering. The link and the words of the disclosure are left out, since
// many texts that say different things have those in common.
func SketchOf(r Rendering) Sketch {
	text, plain := r.Text, letters(r.Text)
	s := Sketch{Likeness: likeness(r, plain)}
	for _, common := range []string{r.DisclosureText, r.Link} {
		if common != "" {
			text = strings.Replace(text, common, "", 1)
		}
	}
	if text != r.Text {
		plain = letters(text)
	}
	if len(plain) == 0 {
		return s
	}
	key := append([]byte(r.Network), 0) // each network has readers of its own
	from := len(key)
	s.Grams = make([]uint32, 0, len(plain))
	for i := range max(1, len(plain)-gram+1) {
		key = key[:from]
		for _, c := range plain[i:min(i+gram, len(plain))] {
			key = utf8.AppendRune(key, c)
		}
		s.Grams = append(s.Grams, uint32(xxhash.Sum64(key)>>32))
	}
	slices.Sort(s.Grams)
	s.Grams = slices.Compact(s.Grams)
	s.Grams = s.Grams[:min(len(s.Grams), mostGrams)]
	return s
}

// Near tells whether readers take two texts for one, or one for a repetition of the other.
func (s Sketch) Near(other Sketch) bool {
	if s.Likeness == other.Likeness {
		return s.Likeness != ""
	}
	shared, all := s.overlap(other)
	return all > 0 && shared*nearWhole >= all*nearPart
}

// overlap counts the grams two texts share and those they have together, as far as both
// sketches know all of them.
func (s Sketch) overlap(other Sketch) (shared, all int) {
	known := min(s.known(), other.known())
	for i, j := 0, 0; ; all++ {
		a, b := s.at(i), other.at(j)
		if min(a, b) > known {
			return shared, all
		}
		if a == b {
			shared++
		}
		if a <= b {
			i++
		}
		if b <= a {
			j++
		}
	}
}

// known is up to which hash the sketch has all grams.
func (s Sketch) known() uint64 {
	if len(s.Grams) < mostGrams {
		return math.MaxUint32
	}
	return uint64(s.Grams[mostGrams-1])
}

// at is a gram, and past the last one more than any.
func (s Sketch) at(i int) uint64 {
	if i == len(s.Grams) {
		return math.MaxUint64
	}
	return uint64(s.Grams[i])
}

// Bands are what texts that are near each other have one of in common, and hardly any others:
// each joins the smallest grams of a few orders (MinHash with banding, as in A. Rajaraman and
// J. Ullman, "Mining of Massive Datasets", section 3.4).
func (s Sketch) Bands() []int64 {
	if len(s.Grams) == 0 {
		return nil
	}
	found := make([]int64, bands)
	for band := range found {
		key := []byte{byte(band)}
		for row := range bandRows {
			first := uint64(math.MaxUint64)
			for _, g := range s.Grams {
				first = min(first, order(g, band*bandRows+row))
			}
			key = binary.BigEndian.AppendUint64(key, first)
		}
		found[band] = int64(xxhash.Sum64(key))
	}
	return found
}

// order places a gram in the n-th of as many orders as are asked for: the finalizer of
// SplitMix64 (G. Steele, D. Lea and C. Flood, OOPSLA 2014).
func order(gram uint32, n int) uint64 {
	x := uint64(gram) + uint64(n+1)*0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
