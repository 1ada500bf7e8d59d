package workflow

import (
	"context"
	"fmt"
	"slices"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// Checked is what a machine sees in a post while it is written.
type Checked struct {
	// Findings are what is seen, those first that weigh most.
	Findings []advocacy.Finding
	// Counters are how long it is by each limit of each network.
	Counters []Counter
	// Disclosures are how readers are told of the author's part, by network.
	Disclosures []Notice
	// Crowds are where it is said too often already.
	Crowds []Crowd
	// Slot is what is in the way of the time, nil when nothing is.
	Slot *advocacy.Slot
}

// Counter is how much of one limit of a network a text takes.
type Counter = network.Counter

// Notice is how a disclosure is told on a network.
type Notice struct {
	Network advocacy.Network
	network.Disclosed
}

// CheckPost says what a machine sees in a post, and how long it is for the networks of its
// accounts and for others. It finds what a draft, a preview and a submission of the same find,
// since they ask the same function, and the characters for which those refuse a text.
func (s *Service) CheckPost(ctx context.Context, c Call, w advocacy.WorkspaceID, d PostDraft, networks []advocacy.Network) (*Checked, error) {
	typed, unkept := check.Typed(d.Content)
	d.Content = typed
	made, err := s.sketch(ctx, c, w, d)
	if err != nil {
		return nil, err
	}
	timing, err := s.timing(ctx, c, w, made)
	if err != nil {
		return nil, err
	}
	out := &Checked{Findings: slices.Concat(unkept, made.findings, timing.findings), Slot: timing.slot, Crowds: timing.crowds}
	broken, err := s.linkFindings(ctx, w, made)
	if err != nil {
		return nil, err
	}
	repeated, err := s.repeats(ctx, c, w, made, timing.crowds)
	if err != nil {
		return nil, err
	}
	out.Findings = slices.Concat(out.Findings, broken, repeated)
	if err := s.tellsOf(ctx, c, w, made); err != nil {
		return nil, err
	}
	if err := s.measure(out, made, networks); err != nil {
		return nil, err
	}
	weight := []advocacy.Severity{advocacy.Blocks, advocacy.NeedsReview, advocacy.Advice}
	slices.SortStableFunc(out.Findings, func(a, b advocacy.Finding) int {
		return slices.Index(weight, a.Severity) - slices.Index(weight, b.Severity)
	})
	return out, nil
}

// sketch is a draft that nobody keeps, rendered, and what a machine sees in it.
type sketch struct {
	rendered
	draft   PostDraft
	content advocacy.Content
	// from is what it is made from, nil for own words, and origin how it differs.
	from   *source
	origin advocacy.Origin
	// country is the author's, and stated the relation that is told of him or her, for networks of
	// which no account was chosen yet.
	country string
	stated  advocacy.Disclosure
}

func (s *Service) sketch(ctx context.Context, c Call, w advocacy.WorkspaceID, d PostDraft) (*sketch, error) {
	shared, err := s.shareSource(ctx, s.Store, c, w, d.Item)
	if err != nil {
		return nil, err
	}
	content, err := s.draftContent(ctx, s.Store, w, d, shared)
	if err != nil {
		return nil, err
	}
	by := voice{author: c.Actor.Person, item: d.Item}
	if shared != nil {
		by.shared = shared.Number
	}
	made, err := s.renderPost(ctx, s.Store, w, by, content, d.Accounts)
	if err != nil {
		return nil, err
	}
	from, err := sourceIn(shared)
	if err != nil {
		return nil, err
	}
	origin := from.origin(made.manifest, made.findings)
	made.findings = slices.Concat(made.findings, from.added(content, made.manifest), from.elsewhere(made.manifest),
		made.rules.undisclosed(made.silent, origin, content), untold(made.silent, origin, made.author), made.rules.toldToo(&made))
	return &sketch{rendered: made, draft: d, content: content, from: from, origin: origin}, nil
}

// tellsOf adds by which country a disclosure of whoever writes words of his or her own is told,
// and the relation that is told though the words name none.
func (s *Service) tellsOf(ctx context.Context, c Call, w advocacy.WorkspaceID, made *sketch) error {
	by := voice{author: c.Actor.Person, item: made.draft.Item}
	names := len(made.rules.lexicon.Undisclosed(made.content)) > 0
	if made.author == nil && (names || by.item == "" && made.content.Disclosure != advocacy.DisclosureNone) {
		var err error
		if made.author, err = s.Store.Member(ctx, w, by.author); err != nil {
			return err
		}
	}
	if made.author == nil {
		return nil
	}
	if names {
		made.stated, by.tells = made.author.Relation, made.author.Relation
	}
	made.country = by.countryOf(&advocacy.SocialAccount{Personal: true}, made.author)
	return nil
}

// measure adds what the networks' own rules say. What they find counts only of a network the
// post was not rendered for, which has said so already.
func (s *Service) measure(out *Checked, made *sketch, asked []advocacy.Network) error {
	content, rendered, told := made.content, networksOf(made.manifest), made.rules.told
	for _, t := range made.manifest.Targets {
		r := t.Rendering // an account may show a text of its own
		if hand := s.byHand(r.Network); hand != nil {
			out.add(r.Network, network.MeasureBy(hand.RuleAt(t.Place), content.Shown(t), r.Language, told.Of(t.Country)))
		} else if m, known := network.Measure(r.Network, content.Shown(t), r.Language, told.Of(t.Country)); known {
			out.add(r.Network, m)
		}
	}
	for i, n := range asked {
		if slices.Contains(rendered, n) {
			continue
		}
		if content.Disclosure == advocacy.DisclosureNone {
			content.Disclosure = made.stated
		}
		m, known := network.Measure(n, content, content.Language, told.Of(made.country))
		if !known {
			return advocacy.InvalidField(fmt.Sprintf("networks[%d]", i), "NETWORK_UNKNOWN", "the rule of the network %q is not known", n)
		}
		out.add(n, m)
		out.Findings = append(out.Findings, inContent(m.Findings)...)
	}
	return nil
}

// add adds what was measured, once where accounts show the same.
func (out *Checked) add(n advocacy.Network, m network.Measured) {
	for _, counter := range m.Counters {
		if counter.Field = "content." + counter.Field; !slices.Contains(out.Counters, counter) {
			out.Counters = append(out.Counters, counter)
		}
	}
	if notice := (Notice{n, m.Disclosed}); m.Disclosed.Place != network.PlaceNone && !slices.Contains(out.Disclosures, notice) {
		out.Disclosures = append(out.Disclosures, notice)
	}
}
