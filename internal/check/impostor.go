package check

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check/glyph"
	"github.com/imprimatur-hq/imprimatur/internal/memo"
)

// longestAddress bounds what is taken for one, so that a text costs no more than its length.
const longestAddress = 4096

// Impostors are those who are known to speak as the company, made ready for finding where a text
// names one. It never changes, and many goroutines may use it. A nil one finds nothing.
type Impostors struct {
	// handles gives an impostor's handle as it is registered, by what is compared of it.
	handles map[string]string
	// addresses are where impostors are seen, with the handle.
	addresses map[string]string
}

// NewImpostors makes those of the handles ready that are impostors and not gone.
func NewImpostors(known []advocacy.RegisteredHandle) *Impostors {
	m := &Impostors{handles: make(map[string]string), addresses: make(map[string]string)}
	for i := range known {
		h := &known[i]
		if !h.Speaks() { // guard: what is ours or gone is nobody's imitation
			continue
		}
		m.handles[advocacy.HandleKey(h.Handle)] = h.Handle
		if at := place(h.Address); at != "" {
			m.addresses[at] = h.Handle
		}
	}
	return m
}

// Find returns where a text mentions an impostor by its handle, as in "@acme_help", or leads to where
// one is seen. It is advice: who warns of an impostor has to name it.
func (m *Impostors) Find(c advocacy.Content) []advocacy.Finding {
	if m == nil || len(m.handles) == 0 {
		return nil
	}
	var out []advocacy.Finding
	see := func(field, text, _ string) {
		for i := 0; i < len(text); {
			end, handle := m.begin(text, i)
			if handle != "" {
				out = append(out, advocacy.Finding{
					Code: "IMPOSTOR_NAMED", Severity: advocacy.Advice, Field: field, Start: i, End: end, Args: map[string]string{"handle": handle},
				})
			}
			i = end
		}
	}
	eachText(c, see)
	see("content.link", c.Link, "")
	return out
}

// begin reads where what stands at i ends, and which impostor it names, if any.
func (m *Impostors) begin(text string, i int) (end int, handle string) {
	r, size := utf8.DecodeRuneInString(text[i:])
	before, _ := utf8.DecodeLastRuneInString(text[:i])
	inside := i > 0 && (ofHandle(before) || before == '@')
	if r == '@' && !inside {
		name := strings.TrimRight(upTo(text[i+size:], func(r rune) bool { return !ofHandle(r) && r != '@' }), ".-@")
		if strings.HasPrefix(name, "@") {
			return i + size, ""
		}
		return i + size + len(name), m.handles[advocacy.HandleKey(name)]
	}
	if inside || !ofHandle(r) {
		return i + size, ""
	}
	if i == 0 || addressEnds(before) {
		word := strings.TrimRight(upTo(text[i:], addressEnds), ".,;:!?'’")
		if handle := m.seenAt(word); handle != "" {
			return i + len(word), handle
		}
	}
	return i + len(upTo(text[i:], func(r rune) bool { return !ofHandle(r) })), ""
}

// seenAt returns whose address a word is, or lies below, if any impostor's.
func (m *Impostors) seenAt(word string) string {
	if len(word) > longestAddress || !strings.Contains(word, ".") {
		return ""
	}
	for at := place(word); at != ""; at = parent(at) {
		if handle := m.addresses[at]; handle != "" {
			return handle
		}
	}
	return ""
}

// ofHandle tells whether a handle, or a host, may have a character.
func ofHandle(r rune) bool {
	return glyph.OfWord(r) || unicode.IsDigit(r) || r == '_' || r == '-' || r == '.'
}

// addressEnds tells what no address goes on with.
func addressEnds(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune(`<>"«»“”()[]{}`, r)
}

// upTo is what a text begins with before a character of a sort.
func upTo(text string, ends func(rune) bool) string {
	if i := strings.IndexFunc(text, ends); i >= 0 {
		return text[:i]
	}
	return text
}

// place is what two ways to write an address have in common.
func place(address string) string {
	at := strings.ToLower(address)
	at = strings.TrimPrefix(strings.TrimPrefix(at, "https://"), "http://")
	at = strings.TrimPrefix(at, "www.")
	at, _, _ = strings.Cut(at, "#")
	return strings.TrimRight(at, "/")
}

// parent is what a place lies below, or the place without what is asked of it; "" for a host.
func parent(at string) string {
	if path, _, asks := strings.Cut(at, "?"); asks {
		return strings.TrimRight(path, "/")
	}
	return strings.TrimRight(at[:max(strings.LastIndexByte(at, '/'), 0)], "/")
}

// Registers makes the impostors of workspaces ready and keeps those used of late. It is safe for
// concurrent use.
type Registers struct {
	kept *memo.Memo[memo.State, *Impostors]
}

// NewRegisters returns one that keeps nothing yet.
func NewRegisters() *Registers { return &Registers{memo.New[memo.State, *Impostors](mostKept)} }

// Load returns the impostors of a workspace whose register has changed number times. Read is called
// only when they are not kept; what it reads is that state or a later one.
func (k *Registers) Load(w advocacy.WorkspaceID, number int64, read func() ([]advocacy.RegisteredHandle, error)) (*Impostors, error) {
	if number == 0 {
		return nil, nil
	}
	of := memo.State{Workspace: w, Number: number} // guard: what is found is by the rules as they are
	return k.kept.Load(of, func() (*Impostors, error) {
		known, err := read()
		if err != nil {
			return nil, err
		}
		return NewImpostors(known), nil
	})
}
