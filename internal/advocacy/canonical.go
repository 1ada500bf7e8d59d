package advocacy

import (
	"strconv"
	"unicode/utf8"
)

// The canonical form (RFC 8785) of what is signed, written by hand: keys in order, no
// space, text as it is but for what JSON must escape. Everything that is shown is
// written anew to name its fingerprint, so this is on the way of every call. A fuzz test
// holds it against a library that canonicalizes any JSON, field by field.

// object writes the fields of one JSON object, which its caller names in order.
type object struct {
	out   []byte
	begun bool
}

// key begins the next field.
func (o *object) key(name string) {
	if o.begun {
		o.out = append(o.out, ',')
	} else {
		o.out, o.begun = append(o.out, '{'), true
	}
	o.out = append(o.out, '"')
	o.out = append(o.out, name...)
	o.out = append(o.out, '"', ':')
}

func (o *object) text(name, value string) {
	o.key(name)
	o.out = appendText(o.out, value)
}

// given writes the field unless it is empty.
func (o *object) given(name, value string) {
	if value != "" {
		o.text(name, value)
	}
}

// flag writes a field that is true.
func (o *object) flag(name string) {
	o.key(name)
	o.out = append(o.out, "true"...)
}

// words writes the field unless the list is empty.
func (o *object) words(name string, list []string) {
	if len(list) > 0 {
		elements(o, name, list, func(word string, out []byte) []byte { return appendText(out, word) })
	}
}

// number writes an integer as RFC 8785 does, which knows no numbers but doubles.
func (o *object) number(name string, value int) {
	o.key(name)
	o.out = strconv.AppendFloat(o.out, float64(value), 'f', -1, 64)
}

func (o *object) end() []byte { return append(o.out, '}') }

// elements writes the field as an array, null when there is no list.
func elements[T any](o *object, name string, list []T, each func(T, []byte) []byte) {
	o.key(name)
	if list == nil {
		o.out = append(o.out, "null"...)
		return
	}
	o.out = append(o.out, '[')
	for i, v := range list {
		if i > 0 {
			o.out = append(o.out, ',')
		}
		o.out = each(v, o.out)
	}
	o.out = append(o.out, ']')
}

// room guesses the size of the canonical form, so that it need not grow while it is
// written.
func (m Manifest) room() int {
	size := 128
	for i := range m.Targets {
		size += 128 + m.Targets[i].Rendering.room()
	}
	return size
}

func (r Rendering) room() int {
	return 128 + len(r.Text) + len(r.Link) + len(r.Card.Title) + len(r.Card.Description) + 256*len(r.Media)
}

func (m Manifest) appendTo(out []byte) []byte {
	o := object{out: out}
	if m.Announcement {
		o.flag("announcement")
	}
	if !m.Audience.Everybody() {
		o.key("audience")
		o.out = m.Audience.appendTo(o.out)
	}
	if !m.Editing.None() {
		o.key("edit_policy")
		o.out = m.Editing.appendTo(o.out)
	}
	o.text("kind", string(m.Kind))
	o.text("schema", m.Schema)
	elements(&o, "targets", m.Targets, Target.appendTo)
	o.text("workspace", string(m.Workspace))
	return o.end()
}

func (a Audience) appendTo(out []byte) []byte {
	o := object{out: out}
	o.words("countries", a.Countries)
	o.words("departments", a.Departments)
	o.words("groups", a.Groups)
	o.words("languages", a.Languages)
	return o.end()
}

func (e Editing) appendTo(out []byte) []byte {
	o := object{out: out}
	o.given("mode", string(e.Mode))
	if len(e.Spans) > 0 {
		elements(&o, "spans", e.Spans, EditSpan.appendTo)
	}
	if e.Unreviewed {
		o.flag("unreviewed")
	}
	return o.end()
}

func (s EditSpan) appendTo(out []byte) []byte {
	o := object{out: out}
	if s.Most != 0 {
		o.number("most", s.Most)
	}
	if s.Optional {
		o.flag("optional")
	}
	o.text("text", s.Text)
	return o.end()
}

func (t Target) appendTo(out []byte) []byte {
	o := object{out: out}
	o.given("account", string(t.Account))
	o.given("alternative", t.Alternative)
	o.given("byline", t.Byline)
	o.given("country", t.Country)
	o.given("place", t.Place)
	o.key("rendering")
	o.out = t.Rendering.appendTo(o.out)
	return o.end()
}

func (r Rendering) appendTo(out []byte) []byte {
	o := object{out: out}
	if !r.Card.None() {
		o.key("card")
		o.out = r.Card.appendTo(o.out)
	}
	o.given("disclosure", string(r.Disclosure))
	o.given("disclosure_language", r.DisclosureLanguage)
	o.given("disclosure_text", r.DisclosureText)
	o.text("language", r.Language)
	o.given("link", r.Link)
	if len(r.Media) > 0 {
		elements(&o, "media", r.Media, RenderedMedia.appendTo)
	}
	o.text("network", string(r.Network))
	o.text("text", r.Text)
	return o.end()
}

func (c RenderedCard) appendTo(out []byte) []byte {
	o := object{out: out}
	o.given("description", c.Description)
	if c.Picture != (RenderedMedia{}) {
		o.key("picture")
		o.out = c.Picture.appendTo(o.out)
	}
	o.text("title", c.Title)
	return o.end()
}

func (m RenderedMedia) appendTo(out []byte) []byte {
	o := object{out: out}
	o.text("alt_text", m.AltText)
	o.text("blob", m.Blob)
	o.text("content_type", m.ContentType)
	if m.Duration != 0 {
		o.number("duration_ms", m.Duration)
	}
	o.number("height", m.Height)
	if m.Pages != 0 {
		o.number("pages", m.Pages)
	}
	o.number("width", m.Width)
	return o.end()
}

// appendText writes a JSON string. Only what must be escaped is; bytes that are no text
// become the replacement character, as encoding/json has it.
func appendText(out []byte, text string) []byte {
	const digits = "0123456789abcdef"
	out = append(out, '"')
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == '"' || c == '\\':
			out = append(out, '\\', c)
		case c >= utf8.RuneSelf:
			r, size := utf8.DecodeRuneInString(text[i:])
			out = utf8.AppendRune(out, r)
			i += size
			continue
		case c >= ' ':
			out = append(out, c)
		case c == '\b':
			out = append(out, '\\', 'b')
		case c == '\t':
			out = append(out, '\\', 't')
		case c == '\n':
			out = append(out, '\\', 'n')
		case c == '\f':
			out = append(out, '\\', 'f')
		case c == '\r':
			out = append(out, '\\', 'r')
		default:
			out = append(out, '\\', 'u', '0', '0', digits[c>>4], digits[c&0xf])
		}
		i++
	}
	return append(out, '"')
}
