package web

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// plainHost writes the name of a site so that no letter of it can be taken for another: what is
// not of one alphabet is shown as machines write it.
func plainHost(host string) string {
	ascii, err := idna.Lookup.ToASCII(host)
	if err != nil { // no browser opens it by that name; it is shown all the same
		if ascii, err = idna.Punycode.ToASCII(strings.ToLower(host)); err != nil {
			return host
		}
	}
	if ascii == host {
		return host
	}
	return ascii
}

// siteName is the name of a site in a text that does not read as it is written: where it ends, and
// how machines write it.
type siteName struct {
	end   int
	plain string
}

// plainHosts finds the names of sites in a text that have other letters than a to z: those of
// addresses, and words with dots in them that could be followed. A sentence that begins right behind
// a full stop is no site.
func plainHosts(text string) []siteName {
	if !strings.ContainsFunc(text, func(r rune) bool { return r > unicode.MaxASCII }) {
		return nil
	}
	var out []siteName
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		address := strings.HasSuffix(text[:i], "://")
		if !address && !ofHost(r) {
			i += size
			continue
		}
		ends := func(r rune) bool { return !ofHost(r) }
		if address {
			ends = endsHost
		}
		n := strings.IndexFunc(text[i:], ends)
		if n < 0 {
			n = len(text) - i
		}
		host := text[i : i+n]
		start := i
		i += max(n, size)
		if address { // what stands before the @ is no part of the name, nor is the way behind it
			at := strings.LastIndexByte(host, '@') + 1
			host, start = host[at:], start+at
			host, _, _ = strings.Cut(host, ":")
			i = len(text) - len(strings.TrimLeftFunc(text[i:], func(r rune) bool { return !unicode.IsSpace(r) }))
		}
		name := strings.TrimRightFunc(host, func(r rune) bool { return dot(r) || r == '-' })
		if !address && !followable(name) {
			continue
		}
		if plain := plainHost(name); plain != name && strings.ContainsFunc(name, func(r rune) bool { return r > unicode.MaxASCII }) {
			out = append(out, siteName{start + len(name), plain})
		}
	}
	return out
}

func ofHost(r rune) bool {
	return r == '-' || dot(r) || unicode.In(r, unicode.L, unicode.M, unicode.Nd)
}

// dot tells whether a character parts the labels of a name (UTS 46).
func dot(r rune) bool { return r == '.' || r == '。' || r == '．' || r == '｡' }

// endsHost tells whether the host of an address ends before a character.
func endsHost(r rune) bool {
	return unicode.IsSpace(r) || strings.ContainsRune("/?#\\\"'<>()[]{}|^`,;!«»“”‘’„…、，", r)
}

// followable tells whether a word with dots in it is taken for a site where no address begins: it
// begins with www, or its last part is of plain letters as in .com.
func followable(name string) bool {
	last := strings.LastIndexByte(name, '.')
	if last <= 0 || strings.ContainsFunc(name, func(r rune) bool { return r != '.' && dot(r) }) {
		return false
	}
	if strings.HasPrefix(strings.ToLower(name), "www.") {
		return true
	}
	top := name[last+1:]
	return len(top) >= 2 && !strings.ContainsFunc(top, func(r rune) bool { return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') })
}

// drawing collects the pieces of a text in their order.
type drawing struct {
	pieces []piece
	// hosts are the names still to come, and at is how much of the text was drawn.
	hosts []siteName
	at    int
}

// add draws the next part of the text, and behind the name of a site how machines write it.
func (d *drawing) add(kind, text, title string) {
	for len(d.hosts) > 0 && d.hosts[0].end <= d.at+len(text) {
		cut := d.hosts[0].end - d.at
		d.pieces = append(d.pieces, revealed(kind, text[:cut], title)...)
		d.pieces = append(d.pieces, piece{"host", d.hosts[0].plain, title})
		text, d.at, d.hosts = text[cut:], d.hosts[0].end, d.hosts[1:]
	}
	d.pieces = append(d.pieces, revealed(kind, text, title)...)
	d.at += len(text)
}
