package mediatest

import (
	"bytes"
	"compress/zlib"
	"fmt"
)

// Document is a PDF of some pages, with more objects in it. Packed puts those into an object
// stream, where they are not seen as they stand.
type Document struct {
	Pages int
	// More is written after the pages, Packed into an object stream.
	More, Packed string
	// Dictionary is added to that of the object stream.
	Dictionary string
	// Size is how many bytes it has at least.
	Size int
}

// Bytes are those of the document.
func (d Document) Bytes() []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n")
	fmt.Fprintf(&b, "2 0 obj\n<< /Type /Pages /Count %d /Kids [", d.Pages)
	for i := range d.Pages {
		fmt.Fprintf(&b, "%d 0 R ", i+10)
	}
	b.WriteString("] >>\nendobj\n")
	for i := range d.Pages {
		fmt.Fprintf(&b, "%d 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]>>\nendobj\n", i+10)
	}
	b.WriteString(d.More)
	if d.Packed != "" {
		packed := Packed(d.Packed)
		fmt.Fprintf(&b, "5 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode %s /Length %d >>\nstream\r\n%s\nendstream\nendobj\n",
			d.Dictionary, len(packed), packed)
	}
	for b.Len() < d.Size {
		b.WriteString("% some words that nobody reads, to make it as long as it is said to be\n")
	}
	b.WriteString("trailer\n<< /Root 1 0 R >>\nstartxref\n9\n%%EOF\n")
	return b.Bytes()
}

// Packed is text as streams pack it.
func Packed(text string) []byte {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		panic(err) // a buffer takes everything
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}
