package measure

import (
	_ "embed"
	"strings"
	"sync"
	"unicode/utf16"

	"golang.org/x/net/idna"
)

// domainList holds the top-level domains twitter-text knows (tlds.yml of 30e2430), one a
// line. A domain below a newer one is no link without https://.
//
//go:embed domains.txt
var domainList string

// topLevel finds a top-level domain by its capital letters, and the longest one's length
// in code units.
var topLevel = sync.OnceValue(func() (t struct {
	known   map[string]bool
	longest int
}) {
	t.known = map[string]bool{}
	for line := range strings.Lines(domainList) {
		domain := utf16.Encode([]rune(strings.TrimSuffix(line, "\n")))
		t.known[string(folded(domain))] = true
		t.longest = max(t.longest, len(domain))
	}
	return t
})

// folded is the key letters are compared by, two bytes for each unit.
func folded(units []uint16) []byte {
	out := make([]byte, 0, 2*len(units))
	for _, u := range units {
		u = fold(u)
		out = append(out, byte(u>>8), byte(u))
	}
	return out
}

// domains says for each place of a text, in code units of UTF-16, where the domain ends
// that would begin there; 0 where none can.
type domains struct {
	text []uint16
	ends []int
}

// findDomains reads from the end, since what a domain is depends on what follows: labels
// parted by dots, the last of them a top-level domain. It takes time in proportion to
// the text, however many places a domain could begin at.
func findDomains(text []uint16) domains {
	d := domains{text: text, ends: make([]int, len(text)+1)}
	stop, underscore, top := len(text), len(text), 0
	for i := len(text) - 1; i >= 0; i-- {
		switch u := text[i]; {
		case u == '_':
			underscore = i
		case u == '-':
		case !inLabel(u):
			stop, top = i, 0
			if u == '.' {
				top = topLevelEnd(text, i+1)
			}
		case stop == len(text) || text[stop] != '.' || !inLabel(text[stop-1]):
		case d.ends[stop+1] > 0:
			d.ends[i] = d.ends[stop+1]
		case underscore > stop:
			// Only what is below a registered domain has underscores.
			d.ends[i] = top
		}
	}
	return d
}

// topLevelEnd returns where the top-level domain ends that stands at i, 0 for none. What
// follows it is no letter or digit of ASCII, and no sign that would make it a name.
func topLevelEnd(text []uint16, i int) int {
	table := topLevel()
	last := min(len(text), i+table.longest)
	if last <= i {
		return 0
	}
	key := folded(text[i:last])
	for end := last; end > i; end-- {
		if (end == len(text) || !continuesName(text[end])) && table.known[string(key[:2*(end-i)])] {
			return end
		}
	}
	return punycodeEnd(text, i)
}

// punycodeEnd returns where a label that begins with xn-- ends, 0 when there is none.
func punycodeEnd(text []uint16, i int) int {
	for k, want := range "XN--" {
		if i+k >= len(text) || rune(fold(text[i+k])) != want {
			return 0
		}
	}
	end := i + len("xn--")
	for end < len(text) && (text[end] == '-' || alphanumeric(text[end])) {
		end++
	}
	if end == i+len("xn--") {
		return 0
	}
	return end
}

// latinParts returns the domains within a domain that are written in letters of ASCII or
// with accents.
func latinParts(text []uint16, start, end int) []Span {
	var parts []Span
	text = text[:end]
	for at := start; at < end; {
		if stop := latinEnd(text, at); stop > at {
			parts = append(parts, Span{at, stop})
			at = stop
			continue
		}
		for at < end && inLatinLabel(text[at]) {
			at++
		}
		at++
	}
	return parts
}

func latinEnd(text []uint16, at int) int {
	end := 0
	for i := at; i < len(text); i++ {
		label := i
		for i < len(text) && inLatinLabel(text[i]) {
			i++
		}
		if i == label || i == len(text) || text[i] != '.' {
			break
		}
		if top := topLevelEnd(text, i+1); top > 0 {
			end = top
		}
	}
	return end
}

// longestLabel is the domain name system's.
const longestLabel = 63

// resolvable tells whether each label of a domain has a length the domain name system
// allows, and that what claims to be Punycode may be.
func resolvable(text []uint16, start, end int) bool {
	domain := string(utf16.Decode(text[start:end]))
	if strings.HasPrefix(domain, "xn--") && latinParts(text, start, end) == nil {
		return false
	}
	for label := range strings.SplitSeq(domain, ".") {
		if length := encodedLength(label); length < 1 || length > longestLabel {
			return false
		}
	}
	return true
}

var fullStops = strings.NewReplacer("\u3002", ".", "\uFF0E", ".", "\uFF61", ".")

// encodedLength is how long a label is in Punycode. Full stops of other scripts part
// what is encoded.
func encodedLength(label string) int {
	length := -1
	for part := range strings.SplitSeq(fullStops.Replace(label), ".") {
		if encoded, err := idna.Punycode.ToASCII(part); err == nil && !ascii(part) {
			part = encoded
		}
		length += 1 + len(part)
	}
	return length
}
