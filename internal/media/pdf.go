package media

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/zlib"
	"errors"
	"io"
	"regexp"
	"strconv"
)

const (
	// maxObject is how much of an object is kept in mind to understand the stream it begins.
	maxObject = 64 << 10
	// maxUnpacked is how many bytes all packed objects of a document may have, as they are packed
	// and as they are unpacked.
	maxUnpacked = 64 << 20
	// maxName is the longest name that is understood; PDF has 127 bytes.
	maxName = 127
)

// active are the names that make a document do something, fetch something or carry another file.
// They are refused wherever they stand, also where a reader would see only words: whoever hides
// one knows readers better than we do.
var active = map[string]string{
	"JavaScript": "runs scripts", "Rendition": "plays media", "RichMedia": "plays media", "Launch": "starts programs",
	"EmbeddedFile": "carries another file", "EmbeddedFiles": "carries another file", "GoToE": "carries another file",
	"XFA": "is a form", "SubmitForm": "sends what is typed into it", "ImportData": "reads files",
}

// document is a PDF as far as it was read. It is read from its first byte to its last, not by its
// own table of contents: what is not in the table may still be opened by some reader.
type document struct {
	file io.ReaderAt
	size int64
	// leaves are the pages that were seen, most the largest number of anything it counts: an older
	// version of a page may stand in the file too.
	leaves, most int
	// unpacked is how much of [maxUnpacked] is used.
	unpacked int64
}

// inspectPDF reads all of a document, and what is packed in it.
func inspectPDF(file io.ReaderAt, size int64) (File, error) {
	d := &document{file: file, size: size}
	if err := d.ends(); err != nil {
		return File{}, err
	}
	if err := d.scan(io.NewSectionReader(file, 0, size), true); err != nil {
		return File{}, err
	}
	f := File{ContentType: "application/pdf", Pages: d.leaves}
	if d.most > 0 {
		f.Pages = min(d.leaves, d.most)
	}
	switch {
	case f.Pages == 0:
		return File{}, brokenFile("it has no page")
	case f.Pages > maxPages:
		return File{}, refuseFile("MEDIA_TOO_LONG", "the document has %d pages; at most %d are accepted", f.Pages, maxPages)
	}
	return f, nil
}

// ends looks for the mark at the end, which is missing when a file was cut short.
func (d *document) ends() error {
	tail := make([]byte, min(d.size, 2048))
	if err := readFull(d.file, tail, d.size-int64(len(tail))); err != nil {
		return err
	}
	if !bytes.Contains(tail, []byte("%%EOF")) {
		return brokenFile("its end is missing")
	}
	return nil
}

// scanner reads names and keywords out of bytes. It does not skip strings, comments or pictures:
// what they are depends on who reads them.
type scanner struct {
	*bufio.Reader
	at int64
	// object is what was read since the last object began.
	object []byte
	// word is the keyword that is being read.
	word []byte
	// before is the name before the last one, when nothing stood between.
	before string
}

func (s *scanner) next() (byte, error) {
	c, err := s.ReadByte()
	if err != nil {
		return 0, err
	}
	s.at++
	if len(s.object) < maxObject {
		s.object = append(s.object, c)
	}
	return c, nil
}

// scan reads a file, or what was packed in it, which packs nothing itself.
func (d *document) scan(r io.Reader, whole bool) error {
	s := &scanner{Reader: bufio.NewReaderSize(r, 64<<10)}
	for {
		c, err := s.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch {
		case isRegular(c):
			if len(s.word) < maxName {
				s.word = append(s.word, c)
			}
		default:
			if err := d.keyword(s, c, whole); err != nil {
				return err
			}
			s.word = s.word[:0]
			switch {
			case c == '/':
				if err := d.name(s); err != nil {
					return err
				}
			case !isSpace(c):
				s.before = ""
			}
		}
	}
}

// name reads a name, written out or in numbers, and judges it.
func (d *document) name(s *scanner) error {
	var name []byte
	for len(name) < maxName {
		peeked, err := s.Peek(1)
		if err != nil || !isRegular(peeked[0]) {
			break
		}
		c := peeked[0] // the next look ahead may move what was seen
		if _, err := s.next(); err != nil {
			return err
		}
		if ahead, _ := s.Peek(2); c == '#' && len(ahead) == 2 {
			if v, err := strconv.ParseUint(string(ahead), 16, 8); err == nil { // guard: a name written in numbers is the same name
				for range 2 {
					if _, err := s.next(); err != nil {
						return err
					}
				}
				name = append(name, byte(v))
				continue
			}
		}
		name = append(name, c)
	}
	if what, refused := active[string(name)]; refused { // guard: a document does nothing but be read
		return refuseFile("DOCUMENT_ACTIVE", "the document %s (%s); print it to a new PDF and send that", what, name)
	}
	if string(name) == "Encrypt" { // guard: what is locked cannot be checked, nor read by everybody
		return refuseFile("DOCUMENT_ENCRYPTED", "the document is locked; take its password and its restrictions off and send it again")
	}
	if s.before == "Type" && string(name) == "Page" {
		d.leaves++
	}
	s.before = string(name)
	return nil
}

// keyword judges the word that c ended.
func (d *document) keyword(s *scanner, c byte, whole bool) error {
	if len(s.word) == 0 {
		return nil
	}
	before := s.before
	s.before = ""
	switch word := string(s.word); {
	case word == "obj":
		s.object = s.object[:0]
	case word == "stream" && whole && (c == '\r' || c == '\n'):
		if c == '\r' {
			if ahead, _ := s.Peek(1); len(ahead) == 1 && ahead[0] == '\n' {
				if _, err := s.next(); err != nil {
					return err
				}
			}
		}
		return d.stream(s)
	case before == "Count":
		if n, err := strconv.Atoi(word); err == nil {
			d.most = max(d.most, n)
		}
	}
	return nil
}

// stream unpacks a stream that packs objects, and reads them. Any other is left: what it holds is
// no object until some reader is told so, and the telling is seen.
func (d *document) stream(s *scanner) error {
	if len(s.object) >= maxObject {
		return unreadable("an object in it is too large")
	}
	names := namesIn(s.object)
	if names["ObjStm"] == 0 && (names["First"] == 0 || names["N"] == 0) || names["Filter"] == 0 {
		return nil
	}
	plain := names["Filter"] == 1 && names["FlateDecode"] == 1 && usualFilter.Match(s.object)
	if !plain || names["DecodeParms"]+names["DP"]+names["F"] > 0 { // guard: what cannot be unpacked is not let through
		return unreadable("its objects are packed in a way that is not known")
	}
	counted := &counting{r: io.NewSectionReader(d.file, s.at, d.size-s.at)}
	unzip, err := zlib.NewReader(counted)
	if err != nil {
		return orUnreadable(err)
	}
	err = d.unpack(unzip)
	d.unpacked += counted.n
	return err
}

// usualFilter is how objects are packed, and that they are once.
var usualFilter = regexp.MustCompile(`/Filter\s*(/FlateDecode|\[\s*/FlateDecode\s*\])`)

// unpack reads packed objects.
func (d *document) unpack(r io.Reader) error {
	left := maxUnpacked - d.unpacked
	bound := &io.LimitedReader{R: r, N: left}
	err := d.scan(bound, false)
	d.unpacked += left - bound.N
	if bound.N <= 0 { // guard: a small document does not unpack to a huge one
		return unreadable("it unpacks to more than %d MiB", maxUnpacked>>20)
	}
	return orUnreadable(err)
}

// orUnreadable gives what is wrong with packed bytes its reason; that the file cannot be read is
// no fault of it.
func orUnreadable(err error) error {
	_, corrupt := errors.AsType[flate.CorruptInputError](err)
	if corrupt || errors.Is(err, zlib.ErrHeader) || errors.Is(err, zlib.ErrChecksum) || errors.Is(err, zlib.ErrDictionary) ||
		errors.Is(err, io.ErrUnexpectedEOF) {
		return unreadable("its objects cannot be unpacked")
	}
	return err
}

func unreadable(format string, args ...any) error {
	return refuseFile("DOCUMENT_UNREADABLE", "the document cannot be checked: "+format+"; print it to a new PDF and send that", args...)
}

// counting counts what is read.
type counting struct {
	r io.Reader
	n int64
}

// Read reads on.
func (c *counting) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// namesIn are the names in a dictionary, and how often each stands there.
func namesIn(object []byte) map[string]int {
	names := map[string]int{}
	s := &scanner{Reader: bufio.NewReader(bytes.NewReader(object))}
	for {
		c, err := s.next()
		if err != nil {
			return names
		}
		if c == '/' && new(document).name(s) == nil {
			names[s.before]++
		}
	}
}

func isSpace(c byte) bool { return c <= ' ' }

// isRegular tells whether a byte is part of a name or a keyword.
func isRegular(c byte) bool {
	return !isSpace(c) && bytes.IndexByte([]byte("()<>[]{}/%"), c) < 0
}
