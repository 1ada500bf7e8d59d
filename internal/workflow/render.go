package workflow

import (
	"context"
	"fmt"
	"slices"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// rendered is a manifest and what a machine saw while making it.
type rendered struct {
	manifest advocacy.Manifest
	findings []advocacy.Finding
	rules    *rules
	// author is who was read for the bylines, nil where there is none.
	author *advocacy.Member
	// personal: a personal account is among the targets; silent: one of them tells nothing of its
	// owner.
	personal, silent bool
	// plain is how a share relates to its item without its author's relation, where that is told with
	// what the item's approvers signed.
	plain advocacy.Origin
}

// voice is who says something, and the library item it is said of, if any, with the number of its
// revision.
type voice struct {
	author advocacy.PersonID
	item   advocacy.ItemID
	shared int
	// tells is the relation told on personal accounts where the content tells none.
	tells advocacy.Disclosure
}

// countryOf is the country by whose rules the author tells a disclosure on an account: none
// where a brand speaks, and none for a share that tells what the item's approvers signed.
func (v voice) countryOf(a *advocacy.SocialAccount, author *advocacy.Member) string {
	if !a.Personal || v.item != "" && v.tells == advocacy.DisclosureNone { // guard: an unedited share is what was approved
		return ""
	}
	return author.Country
}

// renderPost renders the content for each account, in order.
func (s *Service) renderPost(ctx context.Context, r Reader, w advocacy.WorkspaceID, by voice, content advocacy.Content, targets []advocacy.AccountID) (rendered, error) {
	rules, err := s.rules(ctx, r, w)
	if err != nil {
		return rendered{}, err
	}
	out := rendered{
		manifest: advocacy.Manifest{Schema: advocacy.ManifestSchema, Workspace: w, Kind: advocacy.SubjectPost, Targets: []advocacy.Target{}},
		findings: rules.seen(content), rules: rules,
	}
	if len(targets) == 0 {
		return out, nil
	}
	accounts, err := r.AccountsByID(ctx, w, targets)
	if err != nil {
		return out, err
	}
	member, err := r.Member(ctx, w, by.author)
	if err != nil {
		return out, err
	}
	out.author = member
	seen := out.findings
	if err := s.renderTargets(&out, by, content, targets, accounts); err != nil {
		return out, err
	}
	stated, plain, err := s.stated(ctx, r, w, by, content, &out)
	if err != nil || stated == advocacy.DisclosureNone {
		return out, err
	}
	out.plain, by.tells, out.findings, out.manifest.Targets, out.silent = plain, stated, seen, []advocacy.Target{}, false
	return out, s.renderTargets(&out, by, content, targets, accounts)
}

// renderTargets adds what each account shows of the content, and what its network finds in it.
func (s *Service) renderTargets(
	out *rendered, by voice, content advocacy.Content, targets []advocacy.AccountID, accounts map[advocacy.AccountID]*advocacy.SocialAccount,
) error {
	for i, id := range targets {
		a := accounts[id]
		if a == nil {
			return advocacy.InvalidField(fmt.Sprintf("social_accounts[%d]", i), "ACCOUNT_NOT_FOUND", "there is no such account in this workspace")
		}
		if !a.SpeaksFor(by.author) {
			return advocacy.InvalidField(fmt.Sprintf("social_accounts[%d]", i), "ACCOUNT_NOT_YOURS", "%s speaks for somebody else", a.DisplayName)
		}
		adapter, ok := s.Networks[a.Network]
		if !ok {
			return advocacy.InvalidField(fmt.Sprintf("social_accounts[%d]", i), "NETWORK_UNKNOWN", "this service does not know the network %q", a.Network)
		}
		shown, lang := content.For(id)
		if a.Personal && by.tells != advocacy.DisclosureNone { // guard: a brand is known to be itself
			shown.Disclosure = by.tells
		}
		target := advocacy.Target{Account: id, Byline: byline(a, out.author), Country: by.countryOf(a, out.author)}
		if _, byHand := adapter.(network.ByHand); byHand {
			target.Place = a.Address // guard: it goes where it was signed for
		}
		rendering, findings := renderTarget(adapter, shown, lang, out.rules.told.Of(target.Country), target.Place)
		if target.Rendering = rendering; rendering.Disclosure == advocacy.DisclosureNone {
			target.Country = "" // where nothing is told it decides nothing
			out.silent = out.silent || a.Personal
		}
		out.personal = out.personal || a.Personal
		out.manifest.Targets = append(out.manifest.Targets, target)
		out.findings = append(out.findings, inContent(findings)...)
	}
	return nil
}

// renderTarget renders a content for an account. Where a person publishes by hand, what the place
// would refuse is found too.
func renderTarget(adapter network.Adapter, shown advocacy.Content, language string, told network.Disclosures, place string) (advocacy.Rendering, []advocacy.Finding) {
	rendering, findings := adapter.Render(shown, language, told)
	if hand, ok := adapter.(network.ByHand); ok && place != "" { // guard: what its place would refuse after people signed it
		findings = joined(network.MeasureBy(hand.RuleAt(place), shown, language, told).Findings, findings)
	}
	return rendering, findings
}

// joined adds to findings those others that say something else, or of another field.
func joined(found, others []advocacy.Finding) []advocacy.Finding {
	for _, f := range others {
		if !slices.ContainsFunc(found, func(o advocacy.Finding) bool { return o.Code == f.Code && o.Field == f.Field }) {
			found = append(found, f)
		}
	}
	return found
}

// byline is the name shown as the author's: a brand speaks in its own name.
func byline(a *advocacy.SocialAccount, author *advocacy.Member) string {
	if a.Personal {
		return author.DisplayName
	}
	return a.DisplayName
}

// renderItem renders an item for each of its networks, languages and alternatives. What may
// go out is signed, whichever of it somebody will choose.
func (s *Service) renderItem(ctx context.Context, r Reader, w advocacy.WorkspaceID, content advocacy.Content, networks []advocacy.Network) (rendered, error) {
	rules, err := s.rules(ctx, r, w)
	if err != nil {
		return rendered{}, err
	}
	out := rendered{
		manifest: advocacy.Manifest{Schema: advocacy.ManifestSchema, Workspace: w, Kind: advocacy.SubjectItem, Targets: []advocacy.Target{}},
		findings: rules.seen(content), rules: rules,
	}
	for i, n := range networks {
		adapter, ok := s.Networks[n]
		if !ok {
			return out, advocacy.InvalidField(fmt.Sprintf("networks[%d]", i), "NETWORK_UNKNOWN", "this service does not know the network %q", n)
		}
		for _, lang := range content.Languages() {
			for _, name := range content.Alternatives() {
				if !content.Offers(n, lang, name) {
					continue
				}
				rendering, findings := adapter.Render(content.Choosing(name), lang, rules.told)
				out.manifest.Targets = append(out.manifest.Targets, advocacy.Target{Alternative: name, Rendering: rendering})
				out.findings = append(out.findings, inContent(findings)...)
			}
		}
	}
	return out, nil
}

// contentIn is the content a share in one language begins with: the item's words in that
// language, per network, those of an alternative where it has some.
func contentIn(item advocacy.Content, lang, alternative string) (advocacy.Content, error) {
	if lang == "" {
		lang = item.Language
	}
	if !slices.Contains(item.Languages(), lang) {
		return advocacy.Content{}, advocacy.InvalidField("language", "LANGUAGE_MISSING", "the item is not written in %q; it is in %v", lang, item.Languages())
	}
	if names := item.Alternatives(); !slices.Contains(names, alternative) {
		return advocacy.Content{}, advocacy.InvalidField("alternative", "ALTERNATIVE_MISSING", "the item has no alternative %q; it has %q", alternative, names[1:])
	}
	item = item.Choosing(alternative)
	out := item
	out.Language = lang
	out.Text, _ = item.TextFor("", lang)
	out.Variants = nil
	for _, v := range item.Variants {
		spoken := v.Language
		if spoken == "" {
			spoken = item.Language
		}
		if v.Alternative == "" && v.Network != "" && spoken == lang {
			out.Variants = append(out.Variants, advocacy.Variant{Network: v.Network, Text: v.Text})
		}
	}
	return out, nil
}

// sameWords tells whether two contents differ in no more than what no network shows, such as
// space around a text.
func sameWords(a, b advocacy.Content) bool { return cleaned(a).Equal(cleaned(b)) }

func cleaned(c advocacy.Content) advocacy.Content {
	c.Text, c.Link = network.CleanText(c.Text), network.CleanText(c.Link)
	c.Variants = slices.Clone(c.Variants)
	for i := range c.Variants {
		c.Variants[i].Text = network.CleanText(c.Variants[i].Text)
	}
	c.Media = slices.Clone(c.Media)
	for i := range c.Media {
		c.Media[i].AltText = network.CleanText(c.Media[i].AltText)
	}
	c.Card.Title, c.Card.Description = network.CleanText(c.Card.Title), network.CleanText(c.Card.Description)
	c.Card.Picture.AltText = network.CleanText(c.Card.Picture.AltText)
	return c
}

// settlePost is settle for a post, which says one thing in each place.
func (s *Service) settlePost(ctx context.Context, r Reader, w advocacy.WorkspaceID, c advocacy.Content) (advocacy.Content, error) {
	for i, v := range c.Variants {
		if v.Alternative != "" { // guard: a post says one thing in each place
			return c, advocacy.InvalidField(fmt.Sprintf("content.variants[%d].alternative", i), "ALTERNATIVE_IN_POST",
				"only a library item has alternatives; choose one of them when you share it")
		}
	}
	return s.settle(ctx, r, w, c)
}

// settleItem is settle for what is, or could be, in the library.
func (s *Service) settleItem(ctx context.Context, r Reader, w advocacy.WorkspaceID, c advocacy.Content) (advocacy.Content, error) {
	for i, v := range c.Variants {
		if v.Account != "" { // guard: an item speaks for no account
			return c, advocacy.InvalidField(fmt.Sprintf("content.variants[%d].social_account", i), "ACCOUNT_IN_ITEM",
				"a library item has texts for networks, not for accounts; who shares it chooses the account")
		}
	}
	return s.settle(ctx, r, w, c)
}

// settle checks content and fills in what the service knows of its pictures.
func (s *Service) settle(ctx context.Context, r Reader, w advocacy.WorkspaceID, c advocacy.Content) (advocacy.Content, error) {
	if err := check.Refuse("content", c); err != nil {
		return c, err
	}
	c.Media = slices.Clone(c.Media)
	for i := range c.Media {
		if err := settleMedia(ctx, r, w, fmt.Sprintf("content.media[%d].media", i), &c.Media[i]); err != nil {
			return c, err
		}
	}
	if c.Card.Picture.Blob == "" {
		c.Card.Picture = advocacy.MediaRef{}
		return c, nil
	}
	const field = "content.card.picture.media"
	if err := settleMedia(ctx, r, w, field, &c.Card.Picture); err != nil {
		return c, err
	}
	c.Card.Picture.Size = 0
	m := advocacy.Media{ContentType: c.Card.Picture.ContentType}
	return c, m.GuardPicture(field)
}

// settleMedia fills in what the service knows of a file.
func settleMedia(ctx context.Context, r Reader, w advocacy.WorkspaceID, field string, p *advocacy.MediaRef) error {
	m, err := r.Media(ctx, w, p.Blob)
	if advocacy.KindOf(err) == advocacy.NotFound {
		return advocacy.InvalidField(field, "MEDIA_NOT_FOUND", "this file was not uploaded to this workspace")
	}
	if err != nil {
		return err
	}
	p.ContentType, p.Width, p.Height = m.ContentType, m.Width, m.Height
	p.Duration, p.Pages, p.Size = m.Duration, m.Pages, m.Size
	return nil
}

// blocked returns the error of the first finding that blocks a submit.
func blocked(findings []advocacy.Finding) error {
	f := advocacy.Blocking(findings)
	if f == nil {
		return nil
	}
	err := advocacy.Refuse("FINDING_BLOCKS", "%s in %s has to be mended before this can be submitted", f.Code, f.Field).With("finding", f.Code)
	if f.Code == advocacy.FoundForbidden { // guard: a forbidden term is not submitted
		err = advocacy.Refuse("TERM_FORBIDDEN", "“%s” in %s is not to be used: %s", f.Args[advocacy.ArgTerm], f.Field, f.Args[advocacy.ArgReason]).
			With("finding", f.Code).With("term", f.Args[advocacy.ArgTerm]).With("words", f.Args[advocacy.ArgReason])
		if reasons := f.Args[advocacy.ArgReasons]; reasons != "" {
			err = err.With(advocacy.MetaTranslations, reasons)
		}
	}
	if f.Code == advocacy.BlockRelation {
		err = advocacy.Refuse("RELATION_NOT_TOLD", "you have said since what you are to the company, and this does not tell it; save it again").With("finding", f.Code)
	}
	if f.Code == advocacy.FoundRetold {
		err = advocacy.Refuse("DISCLOSURE_OUTDATED", "the rule %q tells the disclosure otherwise now: “%s”", f.Args[advocacy.ArgRule], f.Args[advocacy.ArgWords]).
			With("finding", f.Code).With("rule", f.Args[advocacy.ArgRule]).With("words", f.Args[advocacy.ArgWords])
	}
	err.Field = f.Field
	return err
}
