package measure

import (
	"strings"
	"unicode"
	"unicode/utf16"
)

// linkRules are how a network finds the addresses within a text. Both follow the grammar
// of twitter-text, which is written in code units of UTF-16: so is this.
type linkRules struct {
	// bare finds addresses without https://.
	bare bool
	// path and query are what may stand in them; pathEnd and queryEnd what they may end
	// with.
	path, pathEnd, query, queryEnd func(uint16) bool
	// groupEnds: a path may end with parentheses wherever they stand, and not only right
	// after what may end it.
	groupEnds bool
}

// twitterLinks are those of twitter-text itself.
var twitterLinks = linkRules{
	bare:     true,
	path:     inPath,
	pathEnd:  func(u uint16) bool { return accented(u) || oneOf("+-=_#/", u) },
	query:    func(u uint16) bool { return alphanumeric(u) || oneOf("!?*'@();:&=+$/%#[]-_.,~|", u) },
	queryEnd: func(u uint16) bool { return alphanumeric(u) || oneOf("-_&=#/", u) },
}

// mastodonLinks are those of Mastodon's config/initializers/twitter_regex.rb (3208bd8):
// with https:// only, and with any letters in path and query.
var mastodonLinks = linkRules{
	path:      func(u uint16) bool { return !oneOf("<>()?", u) && !unicode.IsSpace(rune(u)) },
	pathEnd:   func(u uint16) bool { return !oneOf("()?!*\"'「」<>;:=,.$%[]~&|@", u) && !unicode.IsSpace(rune(u)) },
	query:     func(u uint16) bool { return u >= 0xA0 || alphanumeric(u) || oneOf("!?*'();:&=+$/%#[]-_.,~|@^", u) },
	queryEnd:  func(u uint16) bool { return u >= 0xA0 || alphanumeric(u) || oneOf("_&=#/-", u) },
	groupEnds: true,
}

func inPath(u uint16) bool { return accented(u) || oneOf("!*';:=+,.$/%#[]-\u2013_~@|&", u) }

// linksOf returns where the addresses stand in a text, in order, in bytes.
func linksOf(text string, rules linkRules) []Span {
	if !strings.Contains(text, ".") || !rules.bare && !strings.Contains(text, "://") {
		return nil
	}
	f := finder{linkRules: rules, domains: findDomains(utf16.Encode([]rune(text)))}
	for at := 0; at < len(f.text); {
		at = f.next(at)
	}
	return inBytes(text, f.found)
}

// finder collects the addresses of a text in code units.
type finder struct {
	linkRules
	domains
	found []Span
}

// next looks for the first address from a place on, and returns where to go on. An
// address begins the text or follows a character that is not part of it.
func (f *finder) next(from int) int {
	for at := from; at < len(f.text); at++ {
		if u := f.text[at]; !alphanumeric(u) && !oneOf("@＠$#＃", u) && !refusedByX(rune(u)) {
			if end := f.address(at+1, int(u)); end > 0 {
				return end
			}
		}
		if at == 0 {
			if end := f.address(0, -1); end > 0 {
				return end
			}
		}
	}
	return len(f.text)
}

// address reads the address that begins at a place, and returns where it ends, 0 when
// there is none. What ends there may still be no address, for being too long.
func (f *finder) address(start, before int) int {
	host := start + f.scheme(start)
	if host >= len(f.text) || f.ends[host] == 0 {
		host = start
	}
	if host >= len(f.text) || f.ends[host] == 0 {
		return 0
	}
	domainEnd := f.ends[host]
	pathStart := f.port(domainEnd)
	pathEnd := f.pathFrom(pathStart)
	end := f.queryFrom(pathEnd)
	length := end - start
	if host == start {
		length += len("https://")
	}
	switch {
	case length > longestAddress || !resolvable(f.text, host, domainEnd):
	case host > start:
		f.add(start, host, domainEnd, end)
	case !f.bare || before >= 0 && oneOf("-_./", uint16(before)):
	case pathEnd > pathStart:
		f.addBare(start, domainEnd, end-domainEnd)
	default:
		f.addBare(start, domainEnd, 0)
	}
	return end
}

// longestAddress is twitter-text's.
const longestAddress = 4096

// scheme returns the length of http:// or https://, 0 for none.
func (f *finder) scheme(at int) int {
	for _, scheme := range []string{"HTTPS://", "HTTP://"} {
		if at+len(scheme) > len(f.text) {
			continue
		}
		same := true
		for i := range len(scheme) {
			same = same && fold(f.text[at+i]) == uint16(scheme[i])
		}
		if same {
			return len(scheme)
		}
	}
	return 0
}

func (f *finder) port(at int) int {
	end := at + 1
	for end < len(f.text) && f.text[end] >= '0' && f.text[end] <= '9' {
		end++
	}
	if at < len(f.text) && f.text[at] == ':' && end > at+1 {
		return end
	}
	return at
}

// pathFrom returns where the path ends that begins at a place. A full stop, a comma or
// a parenthesis that was opened before the address is not part of it.
func (f *finder) pathFrom(at int) int {
	if at >= len(f.text) || f.text[at] != '/' {
		return at
	}
	end := at + 1
	for i := at + 1; i < len(f.text); {
		group := f.group(i)
		switch {
		case group > i:
			if f.groupEnds || end == i {
				end = group
			}
			i = group
		case f.path(f.text[i]):
			i++
			if f.pathEnd(f.text[i-1]) {
				end = i
			}
		default:
			return end
		}
	}
	return end
}

// group returns where the balanced parentheses end that begin at a place, of at most two
// levels; the place itself when there are none.
func (f *finder) group(at int) int {
	depth, inside := 0, 0
	for i := at; i < len(f.text); i++ {
		switch u := f.text[i]; {
		case u == '(' && depth < 2 && inside < 2:
			depth++
			inside++
		case u == ')' && depth > 0 && f.text[i-1] != '(':
			depth--
			if depth == 0 {
				return i + 1
			}
		case depth == 0 || !f.path(u):
			return at
		}
	}
	return at
}

func (f *finder) queryFrom(at int) int {
	end := at
	if at < len(f.text) && f.text[at] == '?' {
		for i := at + 1; i < len(f.text) && f.query(f.text[i]); i++ {
			if f.queryEnd(f.text[i]) {
				end = i + 1
			}
		}
	}
	return end
}

// longestSlug is the longest path of X's own short addresses, which end with it.
const longestSlug = 40

// add adds an address that begins with https://.
func (f *finder) add(start, host, domainEnd, end int) {
	if f.bare && domainEnd < end && f.text[domainEnd] == '/' && string(folded(f.text[host:domainEnd])) == "\x00T\x00.\x00C\x00O" {
		slug := domainEnd + 1
		stop := slug
		for stop < end && alphanumeric(f.text[stop]) {
			stop++
		}
		if stop-slug > longestSlug {
			return
		}
		if stop > slug {
			end = f.queryFrom(stop)
		}
	}
	f.found = append(f.found, Span{start, end})
}

// addBare adds the Latin parts of a domain without https:// before it: other scripts have
// no spaces between words, so that it is not plain where an address begins. The path
// belongs to the last of them.
func (f *finder) addBare(start, domainEnd, pathLength int) {
	parts := latinParts(f.text, start, domainEnd)
	if len(parts) > 0 {
		parts[len(parts)-1].End += pathLength
	}
	f.found = append(f.found, parts...)
}

// inBytes turns spans in code units of UTF-16 into spans in bytes.
func inBytes(text string, spans []Span) []Span {
	if len(spans) == 0 {
		return nil
	}
	offsets := make([]int, 0, len(text)+1)
	for at, r := range text {
		for range utf16.RuneLen(r) {
			offsets = append(offsets, at)
		}
	}
	offsets = append(offsets, len(text))
	out := make([]Span, len(spans))
	for i, s := range spans {
		out[i] = Span{offsets[s.Start], offsets[s.End]}
	}
	return out
}
