package wall

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// documentSchema tags the form of an entry's body.
const documentSchema = "imprimatur.dev/wall/v1"

// document is the body of an entry.
type document struct {
	Schema      string                 `json:"schema"`
	Workspace   advocacy.WorkspaceID   `json:"workspace"`
	Publication advocacy.PublicationID `json:"publication"`
	Post        advocacy.PostID        `json:"post"`
	Digest      advocacy.Digest        `json:"digest,omitempty"`
	Byline      string                 `json:"byline,omitempty"`
	Rendering   advocacy.Rendering     `json:"rendering"`
}

// parseDocument reads a body. A field it does not know would be shown to nobody, so it
// is an error.
func parseDocument(body []byte) (document, error) {
	var d document
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&d); err != nil {
		return document{}, fmt.Errorf("wall entry: %w", err)
	}
	if d.Schema != documentSchema {
		return document{}, fmt.Errorf("wall entry: schema %q is not %q", d.Schema, documentSchema)
	}
	return d, nil
}

// blobs lists the pictures the entry shows.
func (d document) blobs() []string {
	var found []string
	for _, m := range d.Rendering.Pictures() {
		found = append(found, m.Blob)
	}
	return found
}
