package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"strings"
	"sync"
)

//go:embed assets
var assetFiles embed.FS

// assets holds the files of the pages by their address, which changes with every change
// of a file so that browsers may keep it for ever.
type assets struct {
	byName map[string]asset
	names  map[string]string
}

// asset is a file, and the same made small for who takes it so. Pages are not: one that holds a
// secret beside what a stranger wrote must not tell by its length what they share.
type asset struct {
	plain []byte
	small func() []byte
}

// ownAssets are those of the binary, read once.
var ownAssets = sync.OnceValue(loadAssets)

// loadAssets reads the files; page.css is the parts of style in their order, one file for the
// browser and one for each page for who writes them. They are part of the binary, so a missing one
// is a mistake of the build.
func loadAssets() assets {
	a := assets{byName: make(map[string]asset), names: make(map[string]string)}
	a.add("favicon.svg", file("favicon.svg"))
	for _, name := range files("*.js") {
		a.script(name)
	}
	var style bytes.Buffer
	for _, name := range files("style/*.css") {
		style.Write(file("style/" + name))
	}
	a.add("page.css", style.Bytes())
	return a
}

// imported is a script that another names.
var imported = regexp.MustCompile(`"\./([a-z]+\.js)"`)

// script adds a script, after those it imports: what it names must be the very file that a page
// names, or it would run twice.
func (a assets) script(name string) {
	if _, added := a.names[name]; added {
		return
	}
	a.add(name, imported.ReplaceAllFunc(file(name), func(found []byte) []byte {
		other := string(imported.FindSubmatch(found)[1])
		a.script(other)
		return fmt.Appendf(nil, `"./%s"`, a.names[other])
	}))
}

func file(name string) []byte {
	data, err := assetFiles.ReadFile("assets/" + name)
	if err != nil {
		panic(fmt.Sprintf("web: %v", err))
	}
	return data
}

// files lists the names of those that match, in order.
func files(pattern string) []string {
	found, err := fs.Glob(assetFiles, "assets/"+pattern)
	if err != nil {
		panic(fmt.Sprintf("web: %v", err))
	}
	for i, name := range found {
		found[i] = path.Base(name)
	}
	return found
}

// add gives a file an address.
func (a assets) add(name string, data []byte) {
	sum := sha256.Sum256(data)
	ending := path.Ext(name)
	address := strings.TrimSuffix(name, ending) + "." + hex.EncodeToString(sum[:8]) + ending
	a.byName[address], a.names[name] = asset{data, sync.OnceValue(func() []byte { return small(data) })}, address
}

// small is a file compressed as far as it goes, which is done for who first asks.
func small(data []byte) []byte {
	var made bytes.Buffer
	w, err := gzip.NewWriterLevel(&made, gzip.BestCompression)
	if err == nil {
		_, err = w.Write(data)
	}
	if err = errors.Join(err, w.Close()); err != nil {
		panic(fmt.Sprintf("web: %v", err))
	}
	return made.Bytes()
}

// path returns the address of a file; one that is missing is a mistake of the page.
func (a assets) path(name string) (string, error) {
	address, found := a.names[name]
	if !found {
		return "", fmt.Errorf("no asset %q", name)
	}
	return "/assets/" + address, nil
}

var mediaTypes = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
}

func (s *site) asset(w http.ResponseWriter, r *http.Request) {
	file, found := s.assets.byName[r.PathValue("name")]
	if !found {
		s.missing(w, r)
		return
	}
	serve(w, r, path.Ext(r.PathValue("name")), "public, max-age=31536000, immutable", file)
}

func (s *site) favicon(w http.ResponseWriter, r *http.Request) {
	serve(w, r, ".svg", "public, max-age=86400", s.assets.byName[s.assets.names["favicon.svg"]])
}

func serve(w http.ResponseWriter, r *http.Request, ending, cache string, file asset) {
	h := w.Header()
	h.Set("Content-Type", mediaTypes[ending])
	h.Set("Cache-Control", cache)
	h.Set("Vary", "Accept-Encoding")
	data := file.plain
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		data = file.small()
	}
	h.Set("Content-Length", fmt.Sprint(len(data)))
	if r.Method == http.MethodHead {
		return
	}
	// A visitor who left before the end needs no answer.
	_, _ = w.Write(data)
}
