package advocacy

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Digest is "sha256:" and 64 lower-case hex digits.
type Digest string

const digestPrefix = "sha256:"

// DigestOf returns the digest of the bytes.
func DigestOf(data []byte) Digest {
	sum := sha256.Sum256(data)
	text := append(make([]byte, 0, len(digestPrefix)+2*len(sum)), digestPrefix...)
	return Digest(hex.AppendEncode(text, sum[:]))
}

// Valid tells whether d has the form of a digest.
func (d Digest) Valid() bool {
	text, found := strings.CutPrefix(string(d), digestPrefix)
	if !found || len(text) != 2*sha256.Size || strings.ToLower(text) != text {
		return false
	}
	_, err := hex.DecodeString(text)
	return err == nil
}

// Hex returns the digits without the algorithm.
func (d Digest) Hex() string { return strings.TrimPrefix(string(d), digestPrefix) }

// ManifestSchema tags the canonical form, so that a digest can be recomputed for ever.
const ManifestSchema = "imprimatur.dev/manifest/v1"

// Manifest is everything the world will see of a revision, after rendering for each
// target. Its canonical bytes (RFC 8785) are what people sign and what is sent.
type Manifest struct {
	Schema    string      `json:"schema"`
	Workspace WorkspaceID `json:"workspace"`
	Kind      SubjectKind `json:"kind"`
	Targets   []Target    `json:"targets"`
	// Reach is in whose name an item may go out; a post has none. Bytes of one that everybody
	// may share are those from before there were audiences.
	Reach
	// Editing is what who shares an item may make of its words; a post has none.
	Editing Editing `json:"edit_policy,omitzero"`
}

// Target is one rendering and the account it goes to. An item has a target for each
// network, language and alternative, and no account.
type Target struct {
	Account AccountID `json:"account,omitempty"`
	// Alternative names which of an item's texts for the network and language it is. The
	// rendering does not hold it: whichever is shared unedited shows what was approved.
	Alternative string `json:"alternative,omitempty"`
	// Byline is the name shown as the author's.
	Byline string `json:"byline,omitempty"`
	// Country is the author's, in two letters of ISO 3166-1, where a disclosure is told by it:
	// in a person's own words and on an account of his or her own. Readers do not see it, so
	// the rendering does not hold it; whoever signs the words signs what they were chosen by.
	Country string `json:"country,omitempty"`
	// Place is the address of the profile on which a person publishes it by hand, empty where this
	// service publishes. It goes where it was signed for, whatever becomes of the account's address.
	Place     string    `json:"place,omitempty"`
	Rendering Rendering `json:"rendering"`
}

// Rendering is what one network will show.
type Rendering struct {
	Network  Network `json:"network"`
	Language string  `json:"language"`
	// Text is the final text, with everything the network's rules add to it.
	Text string `json:"text"`
	Link string `json:"link,omitempty"`
	// Card is what is shown of the page the link leads to, as it was when people signed it.
	Card  RenderedCard    `json:"card,omitzero"`
	Media []RenderedMedia `json:"media,omitempty"`
	// Disclosure is the declared relation; DisclosureText the words that show it.
	Disclosure     Disclosure `json:"disclosure,omitempty"`
	DisclosureText string     `json:"disclosure_text,omitempty"`
	// DisclosureLanguage is that of the words, where a rule of the workspace has them in another
	// language than the built-in rules.
	DisclosureLanguage string `json:"disclosure_language,omitempty"`
}

// RenderedMedia is one picture, video or document as it will be shown.
type RenderedMedia struct {
	Blob        string `json:"blob"`
	ContentType string `json:"content_type"`
	Width       int    `json:"width"`
	Height      int    `json:"height"`
	AltText     string `json:"alt_text"`
	// Duration is how many milliseconds a video takes, Pages how many a document has.
	Duration int `json:"duration_ms,omitempty"`
	Pages    int `json:"pages,omitempty"`
}

// Ref names the media in a content.
func (m RenderedMedia) Ref() MediaRef {
	return MediaRef{
		Blob: m.Blob, ContentType: m.ContentType, Width: m.Width, Height: m.Height, AltText: m.AltText,
		Duration: m.Duration, Pages: m.Pages,
	}
}

// Fingerprint identifies what a rendering shows, whoever shows it: an unedited share
// has the fingerprints of its item.
func (r Rendering) Fingerprint() Digest {
	return DigestOf(r.appendTo(make([]byte, 0, r.room())))
}

// Canonical returns the bytes that are signed.
func (m Manifest) Canonical() []byte { return m.appendTo(make([]byte, 0, m.room())) }

// Target returns the target of an account.
func (m Manifest) Target(a AccountID) (Target, bool) {
	for _, t := range m.Targets {
		if t.Account == a {
			return t, true
		}
	}
	return Target{}, false
}

// ParseManifest reads canonical bytes. It refuses bytes that are not exactly what
// Canonical would write, so that one meaning has one digest: no unknown field, no other
// order, no space more.
func ParseManifest(data []byte) (Manifest, error) {
	var m Manifest
	if err := json.Unmarshal(data, &m); err != nil {
		return Manifest{}, fmt.Errorf("manifest: %w", err)
	}
	if m.Schema != ManifestSchema {
		return Manifest{}, fmt.Errorf("manifest: schema %q is not %q", m.Schema, ManifestSchema)
	}
	if !bytes.Equal(m.appendTo(make([]byte, 0, len(data))), data) {
		return Manifest{}, fmt.Errorf("manifest: not in canonical form")
	}
	return m, nil
}

// OriginOf tells how the words of a post relate to the item revision it was made from:
// unedited when every target shows exactly what the item shows, and personalised when it shows
// that but for what the item's edit policy lets go out without another signature.
func OriginOf(post, item Manifest) Origin {
	switch edit := EditOf(post, item); {
	case edit == Unedited:
		return OriginLibrary
	case edit == EditedWithin && item.Editing.Unreviewed: // guard: the owner lets it go out as it is
		return OriginLibraryPersonalised
	default:
		return OriginLibraryEdited
	}
}

// Edit is how far a share differs from its library item.
type Edit string

const (
	// Unedited shows exactly what the item shows.
	Unedited Edit = "unedited"
	// EditedWithin shows what the item shows, but for words its edit policy lets change.
	EditedWithin Edit = "within_bounds"
	// EditedBeyond shows something else.
	EditedBeyond Edit = "beyond_bounds"
)

// Edits lists every one.
func Edits() []Edit { return []Edit{Unedited, EditedWithin, EditedBeyond} }

// EditOf tells how far what a post would show differs from what an item shows: the most that
// any of its targets does.
func EditOf(post, item Manifest) Edit {
	approved := make(map[Digest]bool, len(item.Targets))
	for _, t := range item.Targets {
		approved[t.Rendering.Fingerprint()] = true
	}
	edit := Unedited
	for _, t := range post.Targets {
		if approved[t.Rendering.Fingerprint()] {
			continue
		}
		edit = EditedWithin
		within := func(o Target) bool { return item.Editing.allows(t.Rendering, o.Rendering) }
		if !slices.ContainsFunc(item.Targets, within) {
			return EditedBeyond
		}
	}
	if len(post.Targets) == 0 {
		return EditedBeyond
	}
	return edit
}

// allows tells whether a rendering differs from an item's in nothing but words that may change.
func (e Editing) allows(shows, item Rendering) bool {
	if e.Mode != EditSpans || !e.Within(shows.Text, item.Text) {
		return false
	}
	shows.Text = item.Text
	return shows.Fingerprint() == item.Fingerprint() // guard: only words are changed
}
