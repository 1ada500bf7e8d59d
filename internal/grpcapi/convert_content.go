package grpcapi

import (
	"fmt"
	"maps"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// each converts a list; nothing stays nothing.
func each[From, To any](list []From, convert func(From) To) []To {
	if len(list) == 0 {
		return nil
	}
	out := make([]To, len(list))
	for i, v := range list {
		out[i] = convert(v)
	}
	return out
}

// readEach converts what a client sent, naming the element that is wrong.
func readEach[From, To any](field string, list []From, read func(field string, value From) (To, error)) ([]To, error) {
	if len(list) == 0 {
		return nil, nil
	}
	out := make([]To, len(list))
	for i, v := range list {
		value, err := read(fmt.Sprintf("%s[%d]", field, i), v)
		if err != nil {
			return nil, err
		}
		out[i] = value
	}
	return out, nil
}

// texts writes words of the domain.
func texts[T ~string](list []T) []string { return each(list, func(v T) string { return string(v) }) }

// words reads words of the domain.
func words[T ~string](list []string) []T { return each(list, func(v string) T { return T(v) }) }

func (n names) content(c advocacy.Content) *imprimaturv1.Content {
	return &imprimaturv1.Content{
		Language: c.Language,
		Text:     c.Text,
		Variants: each(c.Variants, func(v advocacy.Variant) *imprimaturv1.Variant {
			return &imprimaturv1.Variant{
				Network: string(v.Network), Language: v.Language, Text: v.Text, Alternative: v.Alternative, SocialAccount: n.account(v.Account),
			}
		}),
		Link:       c.Link,
		Media:      each(c.Media, n.mediaUse),
		Disclosure: disclosures.proto(c.Disclosure),
		Card:       n.card(c.Card),
	}
}

func (n names) mediaUse(m advocacy.MediaRef) *imprimaturv1.MediaUse {
	return &imprimaturv1.MediaUse{Media: n.media(m.Blob), AltText: m.AltText}
}

// readMediaUse reads of a picture what is the author's: the digest and the words.
func (n names) readMediaUse(field string, m *imprimaturv1.MediaUse) (advocacy.MediaRef, error) {
	blob, err := n.readMedia(field+".media", m.GetMedia())
	return advocacy.MediaRef{Blob: blob, AltText: m.GetAltText()}, err
}

func (n names) card(c advocacy.Card) *imprimaturv1.LinkCard {
	if c.None() {
		return nil
	}
	out := &imprimaturv1.LinkCard{Title: c.Title, Description: c.Description}
	if c.Picture.Blob != "" {
		out.Picture = n.mediaUse(c.Picture)
	}
	return out
}

func (n names) readCard(field string, c *imprimaturv1.LinkCard) (advocacy.Card, error) {
	out := advocacy.Card{Title: c.GetTitle(), Description: c.GetDescription()}
	if c.GetPicture() == nil {
		return out, nil
	}
	var err error
	out.Picture, err = n.readMediaUse(field+".picture", c.GetPicture())
	return out, err
}

func (n names) readVariant(field string, v *imprimaturv1.Variant) (advocacy.Variant, error) {
	out := advocacy.Variant{
		Network: advocacy.Network(v.GetNetwork()), Language: v.GetLanguage(), Text: v.GetText(), Alternative: v.GetAlternative(),
	}
	var err error
	if v.GetSocialAccount() != "" {
		out.Account, err = n.readAccount(field+".social_account", v.GetSocialAccount())
	}
	return out, err
}

// readContent reads what an author wrote. Of pictures only the digest and the words are
// the author's; the rest is known to the service.
func (n names) readContent(field string, c *imprimaturv1.Content) (advocacy.Content, error) {
	if c == nil {
		return advocacy.Content{}, nil
	}
	disclosure, err := disclosures.domain(field+".disclosure", c.GetDisclosure())
	if err != nil {
		return advocacy.Content{}, err
	}
	media, err := readEach(field+".media", c.GetMedia(), n.readMediaUse)
	if err != nil {
		return advocacy.Content{}, err
	}
	card, err := n.readCard(field+".card", c.GetCard())
	if err != nil {
		return advocacy.Content{}, err
	}
	variants, err := readEach(field+".variants", c.GetVariants(), n.readVariant)
	if err != nil {
		return advocacy.Content{}, err
	}
	return advocacy.Content{
		Language:   c.GetLanguage(),
		Text:       c.GetText(),
		Variants:   variants,
		Link:       c.GetLink(),
		Card:       card,
		Media:      media,
		Disclosure: disclosure,
	}, nil
}

// target writes what one account or network will show: part of what is signed.
func (n names) target(t advocacy.Target) *imprimaturv1.Target {
	r := t.Rendering
	return &imprimaturv1.Target{
		SocialAccount:      n.account(t.Account),
		Byline:             t.Byline,
		Country:            t.Country,
		Place:              t.Place,
		Alternative:        t.Alternative,
		Network:            string(r.Network),
		Language:           r.Language,
		Text:               r.Text,
		Link:               r.Link,
		Card:               n.renderedCard(r.Card),
		Media:              each(r.Media, n.renderedMedia),
		Disclosure:         disclosures.proto(r.Disclosure),
		DisclosureText:     r.DisclosureText,
		DisclosureLanguage: r.DisclosureLanguage,
		Fingerprint:        string(r.Fingerprint()),
	}
}

func (n names) renderedMedia(m advocacy.RenderedMedia) *imprimaturv1.RenderedMedia {
	return &imprimaturv1.RenderedMedia{
		Media: n.media(m.Blob), ContentType: m.ContentType,
		Width: int32(m.Width), Height: int32(m.Height), AltText: m.AltText,
		Duration: durationOf(m.Duration), PageCount: int32(m.Pages),
	}
}

// durationOf is a time in milliseconds; unset for none.
func durationOf(milliseconds int) *durationpb.Duration {
	if milliseconds == 0 {
		return nil
	}
	return durationpb.New(time.Duration(milliseconds) * time.Millisecond)
}

func (n names) renderedCard(c advocacy.RenderedCard) *imprimaturv1.RenderedCard {
	if c.None() {
		return nil
	}
	out := &imprimaturv1.RenderedCard{Title: c.Title, Description: c.Description}
	if c.Picture.Blob != "" {
		out.Picture = n.renderedMedia(c.Picture)
	}
	return out
}

func (t *trip) finding(f advocacy.Finding) *imprimaturv1.Finding {
	return &imprimaturv1.Finding{
		Code:     f.Code,
		Severity: severities.proto(f.Severity),
		Field:    f.Field,
		Network:  string(f.Network),
		Start:    int32(f.Start),
		End:      int32(f.End),
		Rule:     f.Rule(),
		Message:  t.say("finding."+f.Code, t.translated(f.Args, advocacy.ArgReason, advocacy.ArgReasons), plain(f.Code)),
	}
}

// translated puts words among some facts into the caller's language, where they were given in it.
func (t *trip) translated(facts map[string]string, words, translations string) map[string]string {
	further := advocacy.Translations(facts[translations])
	if further == "" {
		return facts
	}
	out := maps.Clone(facts)
	delete(out, translations)
	out[words] = further.In(t.language, out[words])
	return out
}

func (t *trip) blocker(b advocacy.Blocker) *imprimaturv1.Blocker {
	subject := t.names().blocked(b)
	args := map[string]string{"requirement": b.Requirement, "subject": subject, "words": b.Translations.In(t.language, b.Words)}
	return &imprimaturv1.Blocker{
		Code:        b.Code,
		Requirement: b.Requirement,
		Subject:     subject,
		Message:     t.say("blocker."+b.Code+"."+b.Reason, args, t.say("blocker."+b.Code, args, plain(b.Code))),
	}
}

// blocked writes the name of whom or what a blocker is about.
func (n names) blocked(b advocacy.Blocker) string {
	if b.Person != "" {
		return n.member(b.Person)
	}
	switch b.Code {
	case advocacy.BlockHold, advocacy.BlockHeldPastDue:
		return n.hold(advocacy.HoldID(b.Subject))
	case advocacy.BlockAccount, advocacy.BlockAttestation:
		return n.account(advocacy.AccountID(b.Subject))
	case advocacy.BlockAssent, advocacy.BlockAuthorInactive:
		return n.member(advocacy.PersonID(b.Subject))
	case advocacy.BlockTraining:
		return n.trainingModule(advocacy.TrainingID(b.Subject))
	default:
		return b.Subject
	}
}

func requirement(r advocacy.Requirement) *imprimaturv1.Requirement {
	return &imprimaturv1.Requirement{
		Key:    r.Key,
		Kind:   requirementKinds.proto(r.Kind),
		Role:   string(r.Role),
		Quorum: int32(r.Quorum),
		Stage:  int32(r.Stage),
		Veto:   r.Veto,
		Reasons: each(r.Rules, func(reason advocacy.RuleReason) *imprimaturv1.RuleReason {
			return &imprimaturv1.RuleReason{Rule: reason.Rule, Reason: reason.Reason}
		}),
	}
}

// asked is a requirement of a plan: what the service itself gives as a reason is told in
// the caller's language, a policy's rule in the words of who wrote it.
func (t *trip) asked(r advocacy.Requirement) *imprimaturv1.Requirement {
	out := requirement(r)
	for i, reason := range r.Rules {
		out.Reasons[i].Reason = reason.Translations.In(t.language, reason.Reason)
		if code := reason.Code(); code != "" {
			out.Reasons[i].Code, out.Reasons[i].Reason = code, t.say("asked."+code, nil, reason.Reason)
		}
	}
	return out
}

// takes adds how long the role usually takes, if that is known.
func takes(r *imprimaturv1.Requirement, usual map[advocacy.Role]time.Duration) *imprimaturv1.Requirement {
	if d, known := usual[advocacy.Role(r.GetRole())]; known && r.GetKind() == imprimaturv1.Requirement_HUMAN {
		r.UsualDuration = durationpb.New(d)
	}
	return r
}

// counted is a requirement of a plan with how far it is.
func (t *trip) counted(r advocacy.RequirementTally) *imprimaturv1.Requirement {
	out := t.asked(r.Requirement)
	out.Signers = each(r.Signers, t.names().member)
	out.Satisfied = r.Satisfied
	return out
}
