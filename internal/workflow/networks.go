package workflow

import (
	"maps"
	"slices"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// Repeat is what a second request for a publication does.
type Repeat string

// The words are those of network.Idempotency.
const (
	RepeatNothing Repeat = Repeat(network.ExactlyOnce)
	RepeatTwice   Repeat = Repeat(network.AtMostOnce)
	RepeatByKey   Repeat = Repeat(network.ByKey)
)

// Repeats lists every one.
func Repeats() []Repeat { return []Repeat{RepeatNothing, RepeatTwice, RepeatByKey} }

// TextLimit is the most of a unit that a text may have.
type TextLimit struct {
	Unit string
	Most int
}

// TextBound is how many of something a text may have; 0 is no bound.
type TextBound struct {
	What          string
	Advised, Most int
}

// FileRule is what a network takes of one kind of file; a bound of 0 is not known, or none.
type FileRule struct {
	Kind  advocacy.MediaKind
	Most  int
	Types []string
	// Bytes is the largest size, Longest how many milliseconds a video takes, and Pages how many a document has.
	Bytes          int64
	Longest, Pages int
}

// NetworkView is what a network takes and can do.
type NetworkView struct {
	Network         advocacy.Network
	Limits          []TextLimit
	Bounds          []TextBound
	LinkInText      bool
	Cards           bool
	Files           []FileRule
	AltTextRequired bool
	// AltText is the longest description of a picture, in code points.
	AltText int
	Repeat  Repeat
	KeyLife time.Duration
	// ReadBack, Delete and Edit are what can be done with what was published.
	ReadBack, Delete, Edit bool
	DisclosureField        string
	TokenLife              time.Duration
	TokenRenewed           bool
	ByHand                 bool
}

// AllNetworks are those the service publishes to, by name.
func (s *Service) AllNetworks() []NetworkView {
	all := make([]NetworkView, 0, len(s.Networks))
	for _, name := range slices.Sorted(maps.Keys(s.Networks)) {
		all = append(all, networkView(s.Networks[name]))
	}
	return all
}

func networkView(a network.Adapter) NetworkView {
	c := a.Capabilities()
	_, byHand := a.(network.ByHand)
	rule := network.RuleOf(a.Name())
	v := NetworkView{
		Network: a.Name(), LinkInText: rule.LinkInText, Cards: c.Cards, AltTextRequired: c.AltTextRequired, AltText: rule.AltText,
		Repeat: Repeat(c.Idempotency), KeyLife: c.KeyLife, ReadBack: c.ReadBack, Delete: c.Delete, Edit: c.Edit,
		DisclosureField: c.DisclosureField, TokenLife: c.TokenLife, TokenRenewed: c.TokenRenewed, ByHand: byHand,
	}
	for _, l := range rule.Limits {
		v.Limits = append(v.Limits, TextLimit{string(l.Unit), l.Most})
	}
	for _, b := range []TextBound{
		{"hashtags", rule.Hashtags.Advised, rule.Hashtags.Most}, {"mentions", rule.Mentions.Advised, rule.Mentions.Most},
		{"links", rule.Links.Advised, rule.Links.Most}, {"cashtags", rule.Cashtags.Advised, rule.Cashtags.Most},
	} {
		if b.Advised > 0 || b.Most > 0 {
			v.Bounds = append(v.Bounds, b)
		}
	}
	for _, k := range advocacy.MediaKinds() {
		if takes := rule.Shows(k); takes.Most > 0 {
			v.Files = append(v.Files, FileRule{k, takes.Most, takes.Types, takes.Bytes, takes.Longest, takes.Pages})
		}
	}
	return v
}
