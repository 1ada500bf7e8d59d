package media_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/media"
	"github.com/imprimatur-hq/imprimatur/internal/media/mediatest"
)

func TestAcceptFile(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		raw  []byte
		want media.File
	}{
		"film":      {mediatest.Film{}.Bytes(), media.File{ContentType: "video/mp4", Width: 640, Height: 360, Duration: 12_000, Codecs: "aac,h264"}},
		"upright":   {mediatest.Film{Turned: true}.Bytes(), media.File{ContentType: "video/mp4", Width: 360, Height: 640, Duration: 12_000, Codecs: "aac,h264"}},
		"quicktime": {mediatest.Film{Brand: "qt  ", Codec: "hvc1", Plain: true}.Bytes(), media.File{ContentType: "video/quicktime", Width: 640, Height: 360, Duration: 12_000, Codecs: "aac,h265"}},
		"document":  {mediatest.Document{Pages: 3}.Bytes(), media.File{ContentType: "application/pdf", Pages: 3}},
		"packed":    {mediatest.Document{Pages: 1, Packed: "7 0 <</Type/Page>>"}.Bytes(), media.File{ContentType: "application/pdf", Pages: 1}},
		"changed":   {mediatest.Document{Pages: 2, More: "11 0 obj<</Type /Page>>endobj\n"}.Bytes(), media.File{ContentType: "application/pdf", Pages: 2}},
	} {
		got, kept, err := media.AcceptFile(tc.raw)
		if diff := cmp.Diff(tc.want, got, cmpopts.IgnoreFields(media.File{}, "Redactions")); err != nil || diff != "" {
			t.Errorf("%s: error %v (-want +got):\n%s", name, err, diff)
		}
		if len(kept) != len(tc.raw) {
			t.Errorf("%s: %d of %d bytes are kept", name, len(kept), len(tc.raw))
		}
		again, same, err := media.AcceptFile(kept)
		if err != nil || !bytes.Equal(same, kept) || again.Duration != got.Duration {
			t.Errorf("%s: what is kept comes out different: %v", name, err)
		}
	}
}

// What a film says of where and when it was recorded is written over, in whatever box it stands,
// and nothing else is.
func TestFilmsForgetWhereTheyWere(t *testing.T) {
	t.Parallel()
	raw := mediatest.Film{Samples: 4096}.Bytes()
	_, kept, err := media.AcceptFile(raw)
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(raw, []byte("GPSWHEREABOUTS")); n < 12 {
		t.Fatalf("the film says it in %d places only", n)
	}
	for _, said := range []string{"GPSWHEREABOUTS", "+48.8577", "ISO6709", "xmpmeta", "\xde\xad\xbe\xef"} {
		if bytes.Contains(kept, []byte(said)) {
			t.Errorf("what is kept says %q", said)
		}
	}
	samples := []byte(strings.Repeat("\x00\x00\x00\x01", 1024))
	if !bytes.Contains(kept, samples) {
		t.Error("the pictures were changed")
	}
}

// withBox is a film in which the first box of a kind has other bytes.
func withBox(kind string, change func(body []byte)) []byte {
	raw := mediatest.Film{}.Bytes()
	at := bytes.Index(raw, []byte(kind))
	size := binary.BigEndian.Uint32(raw[at-4:])
	change(raw[at-4 : at-4+int(size)])
	return raw
}

// nested are boxes in boxes without end.
func nested(depth int) []byte {
	inner := mediatest.Box("free")
	for range depth {
		inner = mediatest.Box("trak", mediatest.Box("mdia", mediatest.Box("minf", mediatest.Box("stbl", inner))))
	}
	return append(mediatest.Box("ftyp", []byte("isom\x00\x00\x00\x00")), mediatest.Box("moov", inner)...)
}

// hostileFiles are videos and documents made to hurt, and the reason each is refused for.
func hostileFiles() map[string]struct {
	raw    []byte
	reason string
} {
	film, doc := mediatest.Film{}.Bytes(), mediatest.Document{Pages: 1}.Bytes()
	long := func(b []byte, n uint32) { binary.BigEndian.PutUint32(b, n) }
	type bad = struct {
		raw    []byte
		reason string
	}
	of := func(more string) []byte { return mediatest.Document{Pages: 1, More: more}.Bytes() }
	packed := func(more string) []byte { return mediatest.Document{Pages: 1, Packed: more}.Bytes() }
	return map[string]bad{
		"film cut short":          {film[:len(film)-40], "MEDIA_BROKEN"},
		"film without tracks":     {mediatest.Box("ftyp", []byte("isom\x00\x00\x00\x00")), "MEDIA_BROKEN"},
		"film described twice":    {append(bytes.Clone(film), mediatest.Box("moov")...), "MEDIA_BROKEN"},
		"box beyond the end":      {withBox("mvhd", func(b []byte) { long(b, 1<<31) }), "MEDIA_BROKEN"},
		"last box beyond the end": {lastBeyond(), "MEDIA_BROKEN"},
		"a track of dust":         {dust(), "MEDIA_BROKEN"},
		"box of no length":        {withBox("mvhd", func(b []byte) { long(b, 7) }), "MEDIA_BROKEN"},
		"box of 64 bits":          {withBox("mvhd", func(b []byte) { copy(b, "\x00\x00\x00\x01mvhd\xff\xff\xff\xff\xff\xff\xff\xff") }), "MEDIA_BROKEN"},
		"boxes in boxes":          {nested(12), "MEDIA_BROKEN"},
		"a million boxes":         {append(bytes.Clone(film), bytes.Repeat(mediatest.Box("free"), 1<<20)...), "MEDIA_BROKEN"},
		"no time":                 {withBox("mvhd", func(b []byte) { long(b[20:], 0) }), "MEDIA_BROKEN"},
		"five hours":              {mediatest.Film{Milliseconds: 5 * 3600 * 1000}.Bytes(), "MEDIA_TOO_LONG"},
		"a wall of pixels":        {mediatest.Film{Width: 60_000, Height: 60_000}.Bytes(), "MEDIA_TOO_MANY_PIXELS"},
		"no pixels":               {mediatest.Film{Width: 1, Height: 0}.Bytes(), "MEDIA_BROKEN"},
		"locked film":             {mediatest.Film{Codec: "encv"}.Bytes(), "MEDIA_CODEC_UNSUPPORTED"},
		"film in pieces":          {mediatest.Film{Pieces: true}.Bytes(), "MEDIA_VIDEO_IN_PIECES"},
		"film elsewhere":          {mediatest.Film{Elsewhere: true}.Bytes(), "MEDIA_BROKEN"},
		"a track twice":           {withBox("mdhd", func(b []byte) { copy(b[4:], "hdlr") }), "MEDIA_BROKEN"},
		"samples that are boxes":  {overHeaders(), "MEDIA_BROKEN"},
		"pictures in such a box":  {append(mediatest.Box("ftyp", []byte("heic\x00\x00\x00\x00")), film...), "MEDIA_TYPE_UNSUPPORTED"},

		"document cut short":      {doc[:len(doc)-10], "MEDIA_BROKEN"},
		"document without a page": {mediatest.Document{}.Bytes(), "MEDIA_BROKEN"},
		"a book of books":         {mediatest.Document{Pages: 5001}.Bytes(), "MEDIA_TOO_LONG"},
		"locked document":         {of("trailer<</Encrypt 9 0 R>>"), "DOCUMENT_ENCRYPTED"},
		"script":                  {of("9 0 obj<</S/JavaScript/JS(app.alert(1))>>endobj\n"), "DOCUMENT_ACTIVE"},
		"script in numbers":       {of("9 0 obj<</S/J#61va#53cript/JS(1)>>endobj\n"), "DOCUMENT_ACTIVE"},
		"script in a stream":      {packed("9 0 <</S/JavaScript/JS(app.alert(1))>>"), "DOCUMENT_ACTIVE"},
		"script within pictures":  {of("9 0 obj<</Length 50>>\nstream\n7 0 obj<</S /JavaScript>>endobj\nendstream\nendobj\n"), "DOCUMENT_ACTIVE"},
		"program":                 {of("9 0 obj<</S/Launch/F(cmd.exe)>>endobj\n"), "DOCUMENT_ACTIVE"},
		"another file":            {of("9 0 obj<</Names<</EmbeddedFiles 8 0 R>>>>endobj\n"), "DOCUMENT_ACTIVE"},
		"film in a document":      {of("9 0 obj<</Subtype/RichMedia>>endobj\n"), "DOCUMENT_ACTIVE"},
		"form":                    {of("9 0 obj<</AcroForm<</XFA 8 0 R>>>>endobj\n"), "DOCUMENT_ACTIVE"},
		"form that sends":         {packed("9 0 <</S/SubmitForm/F(https://evil.example)>>"), "DOCUMENT_ACTIVE"},
		"packed twice": {mediatest.Document{Pages: 1, More: "9 0 obj<</Type/ObjStm/N 1/First 4/Filter[/FlateDecode/FlateDecode]>>\nstream\n" +
			string(mediatest.Packed(string(mediatest.Packed("/JavaScript")))) + "\nendstream\n"}.Bytes(), "DOCUMENT_UNREADABLE"},
		"packed otherwise":  {of("9 0 obj<</N 1/First 4/Filter/LZWDecode>>\nstream\nx\nendstream\n"), "DOCUMENT_UNREADABLE"},
		"packed by another": {of("9 0 obj<</N 1/First 4/Filter 8 0 R>>\nstream\nx\nendstream\n"), "DOCUMENT_UNREADABLE"},
		"packed and turned": {mediatest.Document{Pages: 1, Packed: "x", Dictionary: "/DecodeParms<</Predictor 12>>"}.Bytes(), "DOCUMENT_UNREADABLE"},
		"packed and broken": {of("9 0 obj<</N 1/First 4/Filter/FlateDecode>>\nstream\nx\nendstream\n"), "DOCUMENT_UNREADABLE"},
		"zip bomb":          {packed(strings.Repeat(" ", 70<<20)), "DOCUMENT_UNREADABLE"},
		"endless object":    {of("9 0 obj<</N 1" + strings.Repeat(" ", 70<<10) + "/Filter/FlateDecode>>\nstream\nx\nendstream\n"), "DOCUMENT_UNREADABLE"},
		"a page":            {[]byte("<html><script>alert(1)</script>%PDF-1.7"), "MEDIA_TYPE_UNSUPPORTED"},
	}
}

// lastBeyond is a film whose last box is longer than the file.
func lastBeyond() []byte {
	raw := mediatest.Film{}.Bytes()
	binary.BigEndian.PutUint32(raw[bytes.LastIndex(raw, []byte("meta"))-4:], 1<<20)
	return raw
}

// dust is a film with a track beside picture and sound of more samples than anybody needs.
func dust() []byte {
	const n = 400_000
	raw := mediatest.Film{Samples: n}.Bytes()
	at := bytes.LastIndex(raw, []byte("stsz"))
	binary.BigEndian.PutUint32(raw[at+8:], 1)
	binary.BigEndian.PutUint32(raw[at+12:], n)
	binary.BigEndian.PutUint32(raw[bytes.LastIndex(raw, []byte("stsc"))+16:], n)
	at = bytes.LastIndex(raw, []byte("stco"))
	binary.BigEndian.PutUint32(raw[at+12:], uint32(bytes.Index(raw, []byte("mdat"))+4))
	return raw
}

// overHeaders is a film with a track whose samples are what describes the others.
func overHeaders() []byte {
	raw := mediatest.Film{}.Bytes()
	at := bytes.LastIndex(raw, []byte("stco"))
	binary.BigEndian.PutUint32(raw[at+12:], 30)
	return raw
}

func TestHostileVideosAndDocuments(t *testing.T) {
	t.Parallel()
	for name, tc := range hostileFiles() {
		_, _, err := media.AcceptFile(tc.raw)
		if advocacy.ReasonOf(err) != tc.reason || err != nil && advocacy.KindOf(err) != advocacy.Invalid {
			t.Errorf("%s: %v, want %q", name, err, tc.reason)
		}
	}
}

// failing is a file that cannot be read from an offset on.
type failing struct {
	io.ReaderAt
	from int64
}

var errDisk = errors.New("the disk is gone")

func (f failing) ReadAt(p []byte, offset int64) (int, error) {
	if offset+int64(len(p)) > f.from {
		return 0, errDisk
	}
	return f.ReaderAt.ReadAt(p, offset)
}

// A file that cannot be read is not a broken one.
func TestInspectTellsTheDiskFromTheFile(t *testing.T) {
	t.Parallel()
	for name, raw := range map[string][]byte{
		"film": mediatest.Film{}.Bytes(), "document": mediatest.Document{Pages: 1, Packed: "x", Size: 200_000}.Bytes(),
	} {
		_, err := media.Inspect(failing{bytes.NewReader(raw), 1100}, int64(len(raw)))
		if !errors.Is(err, errDisk) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := media.Inspect(bytes.NewReader(file(t, "lossy.webp")), 21<<20); advocacy.ReasonOf(err) == "" {
		t.Errorf("a picture: %v", err)
	}
}

func FuzzInspect(f *testing.F) {
	f.Add(mediatest.Film{}.Bytes())
	f.Add(mediatest.Film{Brand: "qt  ", Turned: true}.Bytes())
	f.Add(mediatest.Document{Pages: 2, Packed: "7 0 <</Type/Page>>"}.Bytes())
	for name, tc := range hostileFiles() {
		if len(tc.raw) < 64<<10 && name != "" {
			f.Add(tc.raw)
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, kept, err := media.AcceptFile(raw)
		if err != nil {
			if advocacy.KindOf(err) != advocacy.Invalid {
				t.Fatalf("refused without a reason: %v", err)
			}
			return
		}
		if len(kept) != len(raw) || got.Pages == 0 && (got.Width < 1 || got.Height < 1 || got.Duration < 1) {
			t.Fatalf("accepted %+v", got)
		}
		for i, r := range got.Redactions {
			if r.Start < 0 || r.Size < 0 || r.Start+r.Size > int64(len(raw)) || i > 0 && r.Start < got.Redactions[i-1].Start {
				t.Fatalf("redacts %+v of %d bytes", r, len(raw))
			}
		}
		if again, same, err := media.AcceptFile(kept); err != nil || !bytes.Equal(same, kept) || again.Width != got.Width {
			t.Errorf("what is kept comes out different: %v", err)
		}
	})
}
