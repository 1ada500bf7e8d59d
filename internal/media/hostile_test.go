package media_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imprimatur-hq/imprimatur/internal/media"
)

// polyglots are pictures that are something else as well, beside the same picture that is
// not: whoever asks the wrong program finds a page, a script, an archive or a document.
func polyglots(tb testing.TB) map[string]struct{ plain, loaded []byte } {
	asGIF := gifOf(tb, 32, 24, paletted(0, 0, 32, 24, white))
	asPNGs, asJPEGs, asWebP := pngOf(tb, rectangles(32, 24, white)), jpegOf(tb, rectangles(32, 24, white)), file(tb, "lossy.webp")
	const script, page = "*/=1;alert(document.domain)//", "<html><body onload=alert(1)>"
	with := func(plain []byte, more ...string) []byte {
		out := bytes.Clone(plain)
		for _, m := range more {
			out = append(out, m...)
		}
		return out
	}
	comment := "\x21\xfe" + string(rune(len(script))) + script + "\x00"
	commented := bytes.Join([][]byte{asGIF[:len(asGIF)-1], []byte(comment), asGIF[len(asGIF)-1:]}, nil)
	chunked := with(asWebP, "EXIF"+string(binary.LittleEndian.AppendUint32(nil, uint32(len(page))))+page)
	binary.LittleEndian.PutUint32(chunked[4:], uint32(len(chunked)-8))
	return map[string]struct{ plain, loaded []byte }{
		"gif and javascript":       {asGIF, commented},
		"gif and html":             {asGIF, with(asGIF, page)},
		"gif and a java archive":   {asGIF, with(asGIF, "PK\x03\x04", page)},
		"png and a pdf":            {asPNGs, with(asPNGs, "%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>")},
		"png and php":              {asPNGs, withChunks(asPNGs, pngChunk("tEXt", "Comment\x00<?php system($_GET[0]); ?>"))},
		"png and a shell script":   {asPNGs, with(asPNGs, "\n#!/bin/sh\nid\n")},
		"jpeg and javascript":      {asJPEGs, withSegments(asJPEGs, segment(0xfe, script))},
		"jpeg and a pdf":           {asJPEGs, withSegments(asJPEGs, segment(0xfe, "%PDF-1.7 /Launch"))},
		"jpeg and a film":          {asJPEGs, with(asJPEGs, "\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom")},
		"jpeg and svg":             {asJPEGs, withSegments(asJPEGs, segment(0xe1, "<svg onload=alert(1)>"))},
		"webp and html":            {asWebP, chunked},
		"webp and an executable":   {asWebP, with(asWebP, "MZ\x90\x00")},
		"jpeg and another picture": {asJPEGs, with(asJPEGs, string(pngOf(tb, rectangles(8, 8, nothing))))},
	}
}

// A file that is two things is one afterwards.
func TestAcceptPartsPolyglots(t *testing.T) {
	t.Parallel()
	for name, tc := range polyglots(t) {
		want, err := media.Accept(tc.plain)
		if err != nil {
			t.Fatal(err)
		}
		got, err := media.Accept(tc.loaded)
		if diff := cmp.Diff(want, got); diff != "" || err != nil || bytes.Equal(tc.plain, tc.loaded) {
			t.Errorf("%s: error %v; kept (-plain +loaded):\n%s", name, err, diff)
		}
	}
}

// TestHostileFiles holds that the corpus keeps its size: in each class of attack there are
// files, each of them another, and what the tests of the class say of them holds for all.
func TestHostileFiles(t *testing.T) {
	t.Parallel()
	classes := map[string]map[string][]byte{"bombs": bombs(t), "damaged": damaged(t)}
	add := func(class, name string, raw []byte) {
		if classes[class] == nil {
			classes[class] = map[string][]byte{}
		}
		classes[class][name] = raw
	}
	for name, tc := range foreign() {
		add("foreign", name, []byte(tc.raw))
	}
	for name, tc := range riders(t) {
		add("riders", name, tc.loaded)
	}
	for name, tc := range polyglots(t) {
		add("polyglots", name, tc.loaded)
	}
	for o := range uint16(9) {
		add("cameras", fmt.Sprint("GPS, held ", o), camera(t, binary.LittleEndian, o))
	}
	seen, total := map[string]string{}, 0
	for class, files := range classes {
		for name, raw := range files {
			if other, twice := seen[string(raw)]; twice {
				t.Errorf("%s and %s, %s are the same file", other, class, name)
			}
			seen[string(raw)] = class + ", " + name
			total++
			// Whatever becomes of it, what is kept is a picture of ours and nothing else.
			if p, err := media.Accept(raw); err == nil {
				onlyPixels(t, p)
				if c, _, err := image.DecodeConfig(bytes.NewReader(p.Bytes)); err != nil || c.Width != p.Width || c.Height != p.Height {
					t.Errorf("%s, %s: kept %d by %d, error %v", class, name, c.Width, c.Height, err)
				}
			}
		}
		if len(files) < 8 {
			t.Errorf("only %d %s", len(files), class)
		}
	}
	if total < 80 || len(classes) < 6 {
		t.Errorf("%d hostile files in %d classes", total, len(classes))
	}
}
