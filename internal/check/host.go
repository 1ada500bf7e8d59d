package check

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check/glyph"
)

// host is the name of one in a text.
type host struct {
	name       string
	start, end int
	// address: it is part of a web address, not only a word with a dot in it.
	address bool
}

// hostsIn returns the names in a text that could be those of hosts.
func hostsIn(text string) []host {
	var out []host
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if !ofHost(r) {
			i += size
			continue
		}
		end := len(text) - len(strings.TrimLeftFunc(text[i:], ofHost))
		name := strings.TrimFunc(text[i:end], func(r rune) bool { return dot(r) || r == '-' })
		start := i + strings.Index(text[i:end], name)
		dots := strings.IndexFunc(name, dot)
		if last := strings.LastIndexFunc(name, dot); dots > 0 && utf8.RuneCountInString(name[last:]) > 2 {
			www := strings.HasPrefix(strings.ToLower(name), "www.")
			out = append(out, host{name, start, start + len(name), www || strings.HasSuffix(text[:i], "://")})
		}
		i = end
	}
	return out
}

func ofHost(r rune) bool { return glyph.OfWord(r) || unicode.IsDigit(r) || r == '-' || dot(r) }

// dot tells whether a character parts the labels of a host (UTS 46).
func dot(r rune) bool { return r == '.' || r == '。' || r == '．' || r == '｡' }

// beyondASCII tells whether a host, or one in a text, has other letters than a to z, as
// they are or encoded.
func beyondASCII(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return r > unicode.MaxASCII }) || strings.Contains(strings.ToLower(text), "xn--")
}

// spelled is the name of a host and, where it has other letters than a to z, how machines write it:
// no reader takes that for another.
func spelled(name string) string {
	ascii, err := idna.Punycode.ToASCII(canonicalHost(name))
	if err != nil || !strings.ContainsFunc(name, func(r rune) bool { return r > unicode.MaxASCII }) {
		return name
	}
	return name + " (" + ascii + ")"
}

// domainsOf reads the company's own domains, each of two labels at least.
func domainsOf(own []string) ([]domain, error) {
	domains := make([]domain, 0, len(own))
	for i, name := range own {
		canonical := canonicalHost(name)
		hosts := hostsIn(name)
		if len(hosts) != 1 || hosts[0].name != name {
			return nil, advocacy.InvalidField(fmt.Sprintf("own_domains[%d]", i), "DOMAIN_INVALID", "%q is no domain; write it as example.com", name)
		}
		domains = append(domains, domain{name: canonical, look: look(canonical)})
	}
	return domains, nil
}

// imitations finds the names of hosts, in the texts and the link, that look like one of
// the company's own and are not it: letters that look like others, or its whole name with
// another one behind it. Domains below an own one are own.
func imitations(c advocacy.Content, domains []domain) []advocacy.Finding {
	if len(domains) == 0 {
		return nil
	}
	var out []advocacy.Finding
	find := func(field, text, _ string) {
		for _, h := range hostsIn(text) {
			if of := imitatedBy(h.name, domains); of != "" {
				out = append(out, advocacy.Finding{
					Code: "LOOKALIKE_DOMAIN", Severity: advocacy.NeedsReview, Field: field,
					Start: h.start, End: h.end, Args: map[string]string{"host": spelled(h.name), "own": of},
				})
			}
		}
	}
	eachText(c, find)
	find("content.link", c.Link, "")
	return out
}

// domain is one of the company's own, and what it looks like.
type domain struct{ name, look string }

// imitatedBy returns the own domain a host looks like: "" when it is an own one itself or
// like none.
func imitatedBy(name string, own []domain) string {
	name = canonicalHost(name)
	if ownHost(name, own) {
		return ""
	}
	look := look(name)
	for _, d := range own {
		if below(look, d.look) || strings.Contains("."+name, "."+d.name+".") || strings.Contains("."+name, "."+d.name+"-") {
			return d.name
		}
	}
	return ""
}

// ownHost tells whether the canonical name of a host is one of the company's own or lies below one.
func ownHost(name string, own []domain) bool {
	return slices.ContainsFunc(own, func(d domain) bool { return below(name, d.name) })
}

// below tells whether a name is a domain or lies in it.
func below(name, domain string) bool {
	return name == domain || strings.HasSuffix(name, "."+domain)
}

// canonicalHost is the name of a host as browsers have it: in lower case, decoded, with
// plain dots.
func canonicalHost(name string) string {
	name = strings.Map(func(r rune) rune {
		if dot(r) {
			return '.'
		}
		return r
	}, norm.NFKC.String(name))
	if decoded, err := idna.Punycode.ToUnicode(name); err == nil {
		name = decoded
	}
	return strings.Trim(strings.ToLower(name), ".")
}

// look is what the name of a host looks like: with all letters that look alike one.
func look(name string) string {
	return strings.NewReplacer("vv", "w", "1", "l", "i", "l").Replace(strings.ToLower(glyph.Skeleton(name)))
}
