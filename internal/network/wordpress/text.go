package wordpress

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/text/unicode/norm"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/measure"
)

// titleLimit is the longest first line that is a title, in characters a reader sees.
const titleLimit = 150

// mark stands between a disclosure that has to come first and the title it stands in.
const mark = " · "

// heads tells whether a line may be a title, in which no address can be a link.
func heads(line string) bool {
	return !network.Blank(line) && network.Graphemes(line) <= titleLimit && len(measure.Links(line)) == 0
}

// split tells the title of a text, which is its first line or nothing, and what comes after it.
func split(text string) (title, rest string) {
	line, rest, _ := strings.Cut(text, "\n")
	if !heads(line) {
		return "", text
	}
	return line, strings.TrimLeft(rest, "\n")
}

// titled puts the words of a disclosure that comes first on the line of the title, where there is
// one: alone they would be the title, and the first line of the text none.
func titled(text, words string) string {
	rest, first := strings.CutPrefix(text, words+"\n\n")
	line, _, _ := strings.Cut(rest, "\n")
	if words == "" || !first || !heads(line) || !heads(words+mark+line) {
		return text
	}
	return words + mark + rest
}

// signs are what has a meaning in HTML, and the bracket that begins a shortcode: WordPress turns its
// decimal form into a bracket again, before other plugins look.
var signs = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "[", "&#x5B;")

// escape writes a text as HTML that shows it as it is.
func escape(text string) string { return signs.Replace(text) }

var (
	// gaps are what stands between paragraphs.
	gaps = regexp.MustCompile(`\n\s*\n`)
	// slugs are the names that sites keep as they are.
	slugs = regexp.MustCompile(`^[a-z0-9]+(?:-[a-z0-9]+)*$`)
)

// paragraphs writes a text as blocks of paragraphs, so that a site adds no paragraphs of its own.
func paragraphs(text string) string {
	var out []string
	for _, p := range gaps.Split(text, -1) {
		if p = strings.Trim(p, "\n"); p != "" {
			out = append(out, "<!-- wp:paragraph -->\n<p>"+strings.ReplaceAll(linked(p), "\n", "<br>")+"</p>\n<!-- /wp:paragraph -->")
		}
	}
	return strings.Join(out, "\n\n")
}

// linked writes a paragraph with its addresses as links: bare, one alone on a line would become
// whatever the site finds there.
func linked(text string) string {
	var out strings.Builder
	from := 0
	for _, s := range measure.Links(text) {
		if address := text[s.Start:s.End]; network.WebAddress(address) {
			out.WriteString(escape(text[from:s.Start]))
			fmt.Fprintf(&out, `<a href="%s">%s</a>`, escape(address), escape(address))
			from = s.End
		}
	}
	out.WriteString(escape(text[from:]))
	return out.String()
}

// picture writes a picture as a block.
func picture(id int64, address, words string) string {
	return fmt.Sprintf("<!-- wp:image {\"id\":%d,\"sizeSlug\":\"full\",\"linkDestination\":\"none\"} -->\n"+
		"<figure class=\"wp-block-image size-full\"><img src=\"%s\" alt=\"%s\" class=\"wp-image-%d\"/></figure>\n<!-- /wp:image -->",
		id, escape(address), escape(words), id)
}

// ours are the comments by which blocks begin and end, of the kinds we write.
var ours = regexp.MustCompile(`^(?:/?wp:paragraph|/wp:image|wp:image \{"id":\d+,"sizeSlug":"full","linkDestination":"none"\})$`)

// plain are the elements we write, with the attributes that change nothing of what is read.
var plain = map[string][]string{
	"p": {}, "br": {}, "a": {"href", "rel", "target"}, "figure": {"class"}, "img": {"src", "alt", "class"},
}

// sight is what a post's content shows.
type sight struct {
	paragraphs []string
	// words are those of the pictures.
	words []string
	// more is what we never write.
	more []string
}

// text is what is read, with what we never write.
func (s sight) text() string {
	return strings.Join(append(slices.Clone(s.paragraphs), s.more...), "\n\n")
}

// reader collects what a content shows.
type reader struct {
	sight
	line strings.Builder
	// href is where the link leads that is open, and at where it begins in the line.
	href string
	at   int
}

// read tells what a content shows. A link that leads elsewhere than it says is told with its
// address.
func read(content string) sight {
	var r reader
	z := html.NewTokenizer(strings.NewReader(content))
	for {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			r.end()
			return r.sight
		case html.TextToken:
			r.line.Write(z.Text())
		case html.CommentToken:
			if said := strings.TrimSpace(string(z.Text())); !ours.MatchString(said) { // guard: a block of another kind shows what nobody signed
				r.more = append(r.more, "<!-- "+said+" -->")
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			r.begin(z.Token())
		case html.EndTagToken:
			r.close(z.Token().Data)
		}
	}
}

// begin reads the beginning of an element.
func (r *reader) begin(t html.Token) {
	allowed, known := plain[t.Data]
	attributes := make(map[string]string, len(t.Attr))
	for _, a := range t.Attr {
		attributes[a.Key] = a.Val
		known = known && slices.Contains(allowed, a.Key)
	}
	if !known { // guard: what we never write is not what was signed
		r.more = append(r.more, t.String())
	}
	switch t.Data {
	case "br":
		r.line.WriteByte('\n')
	case "a":
		r.href, r.at = attributes["href"], r.line.Len()
	case "img":
		r.words = append(r.words, attributes["alt"])
	case "p", "figure":
		r.end()
	}
}

// close reads the end of an element.
func (r *reader) close(name string) {
	switch name {
	case "a":
		if said := r.line.String()[r.at:]; said != r.href { // guard: a link leads where it says
			r.line.WriteString(" (" + r.href + ")")
		}
	case "p", "figure":
		r.end()
	}
}

// end ends a paragraph.
func (r *reader) end() {
	if p := network.ComparableText(r.line.String()); p != "" {
		r.paragraphs = append(r.paragraphs, p)
	}
	r.line.Reset()
	r.href, r.at = "", 0
}

const (
	// wordsLimit is how much of an address is words, in bytes.
	wordsLimit = 60
	// markBytes of a hash are how publications are told from each other.
	markBytes = 8
)

// slugOf is the post's part of its address: its first words, for readers, and a mark of the
// publication, by which it is found.
func slugOf(text string, id advocacy.PublicationID) string {
	var words []string
	length := 0
	for word := range strings.FieldsFuncSeq(fold(text), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }) {
		if length += len(word) + 1; length > wordsLimit {
			break
		}
		words = append(words, word)
	}
	sum := sha256.Sum256([]byte(id))
	return strings.Join(append(words, hex.EncodeToString(sum[:markBytes])), "-")
}

// fold is a text's first line in small letters without their accents.
func fold(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return strings.ToLower(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(line)))
}
