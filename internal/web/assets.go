package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"net/http"
	"path"
	"strings"
)

//go:embed assets/*
var assetFiles embed.FS

// assets holds the files of the pages by their address, which changes with every change
// of a file so that browsers may keep it for ever.
type assets struct {
	byName map[string][]byte
	names  map[string]string
}

// loadAssets reads the files. They are part of the binary, so a missing one is a mistake
// of the build.
func loadAssets() assets {
	a := assets{byName: make(map[string][]byte), names: make(map[string]string)}
	for _, file := range []string{"page.css", "page.js", "favicon.svg"} {
		data, err := assetFiles.ReadFile("assets/" + file)
		if err != nil {
			panic(fmt.Sprintf("web: %v", err))
		}
		sum := sha256.Sum256(data)
		ending := path.Ext(file)
		name := strings.TrimSuffix(file, ending) + "." + hex.EncodeToString(sum[:8]) + ending
		a.byName[name], a.names[file] = data, name
	}
	return a
}

// path returns the address of a file.
func (a assets) path(file string) string { return "/assets/" + a.names[file] }

var mediaTypes = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
}

func (s *site) asset(w http.ResponseWriter, r *http.Request) {
	data, found := s.assets.byName[r.PathValue("name")]
	if !found {
		s.missing(w, r)
		return
	}
	serve(w, r, path.Ext(r.PathValue("name")), "public, max-age=31536000, immutable", data)
}

func (s *site) favicon(w http.ResponseWriter, r *http.Request) {
	serve(w, r, ".svg", "public, max-age=86400", s.assets.byName[s.assets.names["favicon.svg"]])
}

func serve(w http.ResponseWriter, r *http.Request, ending, cache string, data []byte) {
	h := w.Header()
	h.Set("Content-Type", mediaTypes[ending])
	h.Set("Cache-Control", cache)
	h.Set("Content-Length", fmt.Sprint(len(data)))
	if r.Method == http.MethodHead {
		return
	}
	// A visitor who left before the end needs no answer.
	_, _ = w.Write(data)
}
