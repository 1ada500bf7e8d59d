package web

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// draft is what somebody is writing, as the form carries it: everything typed is in it, whether or
// not the service would keep it.
type draft struct {
	Post, Etag, Item string
	// Content holds no text for one account: those are in own, by account.
	Content  *imprimaturv1.Content
	Accounts []string
	// PublishAt is the time on the clock of Zone, as a field of a form writes it.
	PublishAt, Zone, Note string
	// Haste is why it cannot wait, for whoever takes the fast route.
	Haste string
	own   map[string]string
	// fresh is a draft that nobody has chosen an account for yet: the author's own are proposed.
	fresh bool
}

// clockTime is how a field of a form writes a day and a time.
const clockTime = "2006-01-02T15:04"

// load takes a content over.
func (d *draft) load(c *imprimaturv1.Content) {
	d.Content = proto.CloneOf(c)
	d.Content.Variants = nil
	d.own = make(map[string]string)
	for _, one := range c.GetVariants() {
		if one.GetSocialAccount() != "" {
			d.own[one.GetSocialAccount()] = one.GetText()
		} else {
			d.Content.Variants = append(d.Content.Variants, one)
		}
	}
}

// take takes a post over as it is kept.
func (d *draft) take(p *imprimaturv1.Post) {
	d.Post, d.Etag, d.Item, d.Note, d.Accounts = p.GetName(), p.GetEtag(), p.GetLibraryItem(), p.GetNote(), p.GetSocialAccounts()
	d.load(p.GetContent())
	if p.GetTimeZone() != "" {
		d.Zone = p.GetTimeZone()
	}
	if at := p.GetPublishTime(); at != nil {
		d.PublishAt = at.AsTime().In(zoneOf(d.Zone)).Format(clockTime)
	}
}

// zoneOf is a zone by name; one that is not known is UTC.
func zoneOf(zone string) *time.Location {
	if found, err := time.LoadLocation(zone); err == nil {
		return found
	}
	return time.UTC
}

// content is all that was written, with the text of each chosen account that has one of its own.
func (d *draft) content() *imprimaturv1.Content {
	c := proto.CloneOf(d.Content)
	for _, account := range d.Accounts {
		if text := d.own[account]; strings.TrimSpace(text) != "" {
			c.Variants = append(c.Variants, &imprimaturv1.Variant{SocialAccount: account, Text: text})
		}
	}
	return c
}

// post is the draft as the API takes it.
func (d *draft) post() *imprimaturv1.Post {
	p := &imprimaturv1.Post{
		Name: d.Post, Etag: d.Etag, LibraryItem: d.Item, Content: d.content(), SocialAccounts: d.Accounts, Note: d.Note,
	}
	if at, err := time.ParseInLocation(clockTime, d.PublishAt, zoneOf(d.Zone)); err == nil {
		p.PublishTime, p.TimeZone = timestamppb.New(at), d.Zone
	}
	return p
}

// empty tells whether there is nothing to look at yet.
func (d *draft) empty() bool {
	c := d.content()
	return strings.TrimSpace(c.GetText()) == "" && len(c.GetVariants()) == 0 && len(c.GetMedia()) == 0 && c.GetLink() == ""
}

// linkIn finds a link in a text, with the marks of a sentence that may stand behind it.
var linkIn = regexp.MustCompile(`https?://\S+`)

// links are the links of a draft, each once.
func (d *draft) links() []string {
	c := d.content()
	texts := []string{c.GetLink(), c.GetText()}
	for _, one := range c.GetVariants() {
		texts = append(texts, one.GetText())
	}
	var all []string
	for _, text := range texts {
		for _, link := range linkIn.FindAllString(text, -1) {
			if link = strings.TrimRight(link, linkEnd); !slices.Contains(all, link) {
				all = append(all, link)
			}
		}
	}
	return all
}

// linkEnd are marks that end a sentence rather than a link.
const linkEnd = ".,;:!?)]}»”\"'"

// dropMedia leaves a file out.
func (d *draft) dropMedia(argument string) {
	if i, err := strconv.Atoi(argument); err == nil && i >= 0 && i < len(d.Content.GetMedia()) {
		d.Content.Media = slices.Delete(d.Content.GetMedia(), i, i+1)
	}
}

// readDraft reads the form.
func (v *visitor) readDraft() (*draft, error) {
	if err := v.r.ParseForm(); err != nil {
		return nil, mistake("web.form.file")
	}
	// What a browser sends with a file is in the other place.
	v.r.PostFormValue("text")
	fields := v.r.PostForm
	relation, _ := strconv.ParseInt(v.form("disclosure"), 10, 32)
	d := &draft{
		Post: v.form("post"), Etag: v.form("etag"), Item: v.form("item"), Accounts: fields["account"],
		PublishAt: v.form("publish_at"), Zone: v.form("zone"), Note: v.text("note"), Haste: v.text("haste"), own: make(map[string]string),
		Content: &imprimaturv1.Content{
			Language: v.form("language"), Text: v.text("text"), Link: v.form("link"), Disclosure: imprimaturv1.Disclosure(relation),
		},
	}
	for i, media := range fields["media"] {
		use := &imprimaturv1.MediaUse{Media: media}
		if alts := fields["alt"]; i < len(alts) {
			use.AltText = strings.TrimSpace(alts[i])
		}
		d.Content.Media = append(d.Content.Media, use)
	}
	for i := range fields["variant_network"] {
		d.Content.Variants = append(d.Content.Variants, &imprimaturv1.Variant{
			Network: fields["variant_network"][i], Language: valueAt(fields["variant_language"], i),
			Text: strings.ReplaceAll(valueAt(fields["variant_text"], i), "\r\n", "\n"),
		})
	}
	for field := range fields {
		if account, found := strings.CutPrefix(field, "own:"); found {
			d.own[account] = v.text(field)
		}
	}
	if title, words, picture := v.form("card_title"), v.form("card_description"), v.form("card_picture"); title+words+picture != "" {
		d.Content.Card = &imprimaturv1.LinkCard{Title: title, Description: words}
		if picture != "" && v.form("card_without_picture") == "" {
			d.Content.Card.Picture = &imprimaturv1.MediaUse{Media: picture, AltText: v.form("card_alt")}
		}
	}
	return d, nil
}

// valueAt is a value of a list, "" beyond its end.
func valueAt(values []string, i int) string {
	if i < len(values) {
		return values[i]
	}
	return ""
}

// sameNames tells whether two lists have the same values.
func sameNames(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for _, one := range a {
		if !slices.Contains(b, one) {
			return false
		}
	}
	return true
}

// fieldText finds the text that a finding's field names, nil for none.
func fieldText(c *imprimaturv1.Content, field string) *string {
	switch field {
	case "content.text":
		return &c.Text
	case "content.link":
		return &c.Link
	case "content.card.title":
		if c.GetCard() != nil {
			return &c.Card.Title
		}
	case "content.card.description":
		if c.GetCard() != nil {
			return &c.Card.Description
		}
	}
	var i int
	if n, _ := fmt.Sscanf(field, "content.variants[%d].text", &i); n == 1 && i >= 0 && i < len(c.GetVariants()) {
		return &c.Variants[i].Text
	}
	if n, _ := fmt.Sscanf(field, "content.media[%d].alt_text", &i); n == 1 && i >= 0 && i < len(c.GetMedia()) {
		return &c.Media[i].AltText
	}
	return nil
}

// fixes are the findings for which a machine knows the remedy, each with the words of its button.
var fixes = map[string]string{
	"HIDDEN_CHARACTER": "web.compose.fix.hidden", "BIDI_CONTROL": "web.compose.fix.hidden", "CONTROL_CHARACTER": "web.compose.fix.hidden",
	"DISCLOSURE_MISSING": "web.compose.fix.disclosure", "LINK_TRACKING": "web.compose.fix.tracking", "CARD_WITHOUT_LINK": "web.compose.fix.card",
}

// mend applies the remedy for one kind of finding, and tells whether it changed anything.
func mend(c *imprimaturv1.Content, code string, findings []*imprimaturv1.Finding) bool {
	before := proto.CloneOf(c)
	switch code {
	case "DISCLOSURE_MISSING":
		c.Disclosure = imprimaturv1.Disclosure_DISCLOSURE_EMPLOYEE
	case "LINK_TRACKING":
		c.Link = untracked(c.GetLink())
	case "CARD_WITHOUT_LINK":
		c.Card = nil
	case "HIDDEN_CHARACTER", "BIDI_CONTROL", "CONTROL_CHARACTER":
		cutOut(c, code, findings)
	}
	return !proto.Equal(before, c)
}

// cutOut takes the characters of one kind of finding out, from the end so that the places before stay.
func cutOut(c *imprimaturv1.Content, code string, findings []*imprimaturv1.Finding) {
	ordered := slices.Clone(findings)
	slices.SortStableFunc(ordered, func(a, b *imprimaturv1.Finding) int { return int(b.GetStart() - a.GetStart()) })
	type span struct {
		field      string
		start, end int32
	}
	done := make(map[span]bool)
	for _, f := range ordered {
		here := span{f.GetField(), f.GetStart(), f.GetEnd()}
		text := fieldText(c, f.GetField())
		if f.GetCode() != code || done[here] || text == nil || f.GetStart() < 0 || f.GetEnd() <= f.GetStart() || int(f.GetEnd()) > len(*text) {
			continue
		}
		done[here] = true
		*text = (*text)[:f.GetStart()] + (*text)[f.GetEnd():]
	}
}

// untracked is an address without the parts that only say who led somebody there.
func untracked(link string) string {
	u, err := url.Parse(link)
	if err != nil {
		return link
	}
	u.RawQuery = asked(u).Encode()
	return u.String()
}

// asked is what an address asks for, without what only tells a site where its readers come from.
func asked(u *url.URL) url.Values {
	query := u.Query()
	for key := range query {
		name := strings.ToLower(key)
		if strings.HasPrefix(name, "utm_") || slices.Contains([]string{"fbclid", "gclid", "msclkid", "mc_cid", "mc_eid", "igshid", "dclid"}, name) {
			query.Del(key)
		}
	}
	return query
}
