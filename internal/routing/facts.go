package routing

import (
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// Facts is all that conditions can speak about. Everything in it is computed by the
// service; nothing is claimed by who submits, but that a submission is expedited, which
// only chooses the route.
type Facts struct {
	Kind   advocacy.SubjectKind
	Origin advocacy.Origin
	// Language is the content's own, Languages every one it is written in.
	Language  string
	Languages []string
	Networks  []advocacy.Network
	Accounts  []advocacy.AccountID
	// Texts are the content's text and every text a network will show.
	Texts []string
	Links []string
	// Checks are what was found of the links, for a policy that speaks about it. A link
	// nobody has looked at is not reachable.
	Checks []advocacy.LinkCheck
	Media  []advocacy.MediaRef
	// Card is the picture of the link's card, zero for none.
	Card advocacy.MediaRef
	// Topics are those of the library item, or of the item behind a share.
	Topics     []advocacy.TopicID
	Disclosure advocacy.Disclosure
	// Changed is how many characters lie between the first and the last one that differs
	// from the library item; of own words it is all of them.
	Changed int
	// RelationOnly: an edited share differs from what its item shows by nothing but the relation of
	// its author, which the service told because the author once stated it.
	RelationOnly bool
	// PublishTime is when it shall go out, zero for as soon as everybody signed; Time is
	// when the question is asked.
	PublishTime time.Time
	Time        time.Time
	// Expedited chooses the expedited route of a policy that has one.
	Expedited bool
	// TrainingMode: the author posts nothing that no person signs.
	TrainingMode bool
	// Findings are the codes of what a machine saw that a person has to look at, and Restricted
	// the terms of the workspace among it, for a policy that speaks about them.
	Findings   []string
	Restricted []string
	Author     Author
}

// Author is who writes, as the membership says when the question is asked.
type Author struct {
	Person   string   `cel:"person"`
	Title    string   `cel:"title"`
	Language string   `cel:"language"`
	Roles    []string `cel:"roles"`
	Groups   []string `cel:"groups"`
	// GuidelineAcknowledged: the author is up to date with the guideline of the workspace:
	// acknowledged the revision in force or, within its grace, the one before. Where there
	// is no guideline everybody is.
	GuidelineAcknowledged bool `cel:"guideline_acknowledged"`
	// Trainings are the keys of the training modules the author knows, in order.
	Trainings []string `cel:"trainings"`
}

// Post is what conditions see as "post".
type Post struct {
	Kind      string   `cel:"kind"`
	Origin    string   `cel:"origin"`
	Language  string   `cel:"language"`
	Languages []string `cel:"languages"`
	Regions   []string `cel:"regions"`
	Networks  []string `cel:"networks"`
	Accounts  []string `cel:"accounts"`
	Text      string   `cel:"text"`
	Texts     []string `cel:"texts"`
	Link      string   `cel:"link"`
	Links     []string `cel:"links"`
	// LinkChecks are the same links with what was found of them.
	LinkChecks []Link   `cel:"link_checks"`
	Hosts      []string `cel:"hosts"`
	Hashtags   []string `cel:"hashtags"`
	Mentions   []string `cel:"mentions"`
	Media      []Media  `cel:"media"`
	MediaCount int      `cel:"media_count"`
	Topics     []string `cel:"topics"`
	Disclosure string   `cel:"disclosure"`
	// Sponsored: the author declared that somebody pays for it.
	Sponsored    bool `cel:"sponsored"`
	ChangedChars int  `cel:"changed_chars"`
	// RelationOnly: all that differs from the item is the author's relation, in the words and place
	// of the rules in force. Its origin is library_edited: what the item's approvers signed lacks it.
	RelationOnly bool `cel:"relation_only"`
	Scheduled    bool `cel:"scheduled"`
	// PublishTime is the chosen time, or now for what goes out as soon as it is signed.
	PublishTime time.Time `cel:"publish_time"`
	Expedited   bool      `cel:"expedited"`
	// Findings are the codes of what a machine saw that a person has to look at, such as
	// TERM_RESTRICTED or LOOKALIKE_DOMAIN.
	Findings []string `cel:"findings"`
	// RestrictedTerms are the terms among it that the workspace restricts.
	RestrictedTerms []string `cel:"restricted_terms"`
}

// Link is one link of a post, and whether it leads somewhere that everybody can see.
type Link struct {
	URL       string `cel:"url"`
	Host      string `cel:"host"`
	Reachable bool   `cel:"reachable"`
	// Reason says why it is not reachable, such as NO_ANSWER.
	Reason string `cel:"reason"`
}

// Media is one picture, video or document of a post.
type Media struct {
	ContentType string `cel:"content_type"`
	AltText     string `cel:"alt_text"`
	// Card: it is the picture of the link's card, which the page chose that the link leads to.
	Card bool `cel:"card"`
}

// post is the view of the facts that conditions read.
func (f *Facts) post() *Post {
	p := &Post{
		Kind: string(f.Kind), Origin: string(f.Origin), Language: f.Language, Languages: f.Languages, Regions: f.regions(),
		Networks: plain(f.Networks), Accounts: plain(f.Accounts), Texts: f.Texts, Links: f.links(),
		Topics: plain(f.Topics), Disclosure: string(f.Disclosure),
		Sponsored:    f.Disclosure == advocacy.DisclosureAdvertising || f.Disclosure == advocacy.DisclosurePartnership,
		ChangedChars: f.Changed, RelationOnly: f.RelationOnly, Scheduled: !f.PublishTime.IsZero(), PublishTime: f.goesOut(), Expedited: f.Expedited,
		Findings: f.Findings, RestrictedTerms: f.Restricted,
	}
	if len(f.Texts) > 0 {
		p.Text = f.Texts[0]
	}
	if len(f.Links) > 0 {
		p.Link = f.Links[0]
	}
	p.Hosts = hostsOf(p.Links)
	for _, c := range f.checked() {
		p.LinkChecks = append(p.LinkChecks, Link{URL: c.URL, Host: hostsOf([]string{c.URL})[0], Reachable: c.Reachable, Reason: string(c.Code)})
	}
	p.Hashtags, p.Mentions = marked(f.Texts, '#'), marked(f.Texts, '@')
	for _, m := range f.Media {
		p.Media = append(p.Media, Media{ContentType: m.ContentType, AltText: m.AltText})
	}
	if f.Card != (advocacy.MediaRef{}) {
		p.Media = append(p.Media, Media{ContentType: f.Card.ContentType, AltText: f.Card.AltText, Card: true})
	}
	p.MediaCount = len(p.Media)
	return p
}

// goesOut is the chosen time or, without one, the time of the question.
func (f *Facts) goesOut() time.Time {
	if f.PublishTime.IsZero() {
		return f.Time
	}
	return f.PublishTime
}

// regions are the region subtags of the languages, such as "US" of "en-US".
func (f *Facts) regions() []string {
	var regions []string
	for _, language := range append([]string{f.Language}, f.Languages...) {
		parts := strings.Split(language, "-")
		for _, part := range parts[1:] {
			letters := len(part) == 2 && !strings.ContainsFunc(part, func(r rune) bool { return !unicode.IsLetter(r) })
			digits := len(part) == 3 && !strings.ContainsFunc(part, func(r rune) bool { return !unicode.IsDigit(r) })
			if letters || digits {
				regions = appendNew(regions, strings.ToUpper(part))
				break
			}
			if len(part) == 1 { // extensions follow
				break
			}
		}
	}
	return regions
}

// links are the declared ones and those written in a text.
func (f *Facts) links() []string {
	links := slices.Clone(f.Links)
	for _, text := range f.Texts {
		for _, word := range strings.Fields(text) {
			i := strings.Index(word, "://")
			if i < 0 {
				continue
			}
			for i > 0 && isLetter(word[i-1]) {
				i--
			}
			links = appendNew(links, strings.TrimRight(word[i:], ".,;:!?)]}»”\"'"))
		}
	}
	return links
}

// longest is how many characters the longest text has.
func (f *Facts) longest() int {
	n := 0
	for _, text := range f.Texts {
		n = max(n, utf8.RuneCountInString(text))
	}
	return n
}

// AllLinks are the declared links and those written in a text.
func (f *Facts) AllLinks() []string { return f.links() }

// checked are the links with what is known of them: fail closed, one that nobody has looked
// at is not reachable.
func (f *Facts) checked() []advocacy.LinkCheck {
	links := f.links()
	checks := make([]advocacy.LinkCheck, len(links))
	for i, link := range links {
		checks[i] = advocacy.LinkCheck{URL: link, Code: advocacy.LinkNotChecked}
		if at := slices.IndexFunc(f.Checks, func(c advocacy.LinkCheck) bool { return c.URL == link }); at >= 0 { // guard: a link nobody checked is not reachable
			checks[i] = f.Checks[at]
		}
	}
	return checks
}

func isLetter(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' }

// hostsOf are the hosts of the links, in lower case. A link that cannot be read has the
// host "?", so that a list of allowed hosts does not let it pass.
func hostsOf(links []string) []string {
	var hosts []string
	for _, link := range links {
		u, err := url.Parse(link)
		if err != nil || u.Hostname() == "" {
			hosts = appendNew(hosts, "?")
			continue
		}
		hosts = appendNew(hosts, strings.ToLower(u.Hostname()))
	}
	return hosts
}

// marked are the words of the texts that begin with the mark, without it and in lower
// case. A mark inside a word, as in an address, begins none.
func marked(texts []string, mark rune) []string {
	var words []string
	for _, text := range texts {
		before := ' '
		for i, r := range text {
			if r == mark && !wordRune(before) {
				if word := strings.ToLower(leading(text[i+1:], mark)); word != "" {
					words = appendNew(words, word)
				}
			}
			before = r
		}
	}
	return words
}

// leading is the word a text begins with; a name may contain dots and a server's name.
func leading(text string, mark rune) string {
	end := strings.IndexFunc(text, func(r rune) bool {
		return !wordRune(r) && (mark != '@' || r != '.' && r != '@')
	})
	if end < 0 {
		end = len(text)
	}
	return strings.TrimRight(text[:end], ".@")
}

// wordRune tells whether a rune is part of a word.
func wordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '_' || r == '-'
}

func appendNew(list []string, word string) []string {
	if slices.Contains(list, word) {
		return list
	}
	return append(list, word)
}

func plain[T ~string](in []T) []string {
	out := make([]string, len(in))
	for i, v := range in {
		out[i] = string(v)
	}
	return out
}
