package measure

import (
	"maps"
	"slices"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// Bound is how many of something a text may have. Advised is the number beyond which a
// reader is better off with fewer; 0 is no bound.
type Bound struct{ Advised, Most int }

// Rule is what a network says about a text.
type Rule struct {
	Network advocacy.Network
	// Place is the network whose rule it is, where that is another one: an account of Handoff
	// stands somewhere. It is empty otherwise.
	Place advocacy.Network
	// Limits hold all at once.
	Limits []Limit
	// Hashtags, Mentions, Links and Cashtags bound those within the text.
	Hashtags, Mentions, Links, Cashtags Bound
	// AltText is the longest description of a picture, in code points.
	AltText int
	// LinkInText: the network has no place of its own for a link, so that it stands in the
	// text and takes its length.
	LinkInText bool
	// CardAlone: the network shows a link with a card in the place of pictures. One without a
	// card, or beside pictures, stands in the text.
	CardAlone bool
	// Paid is the field by which the network itself marks a paid post, "" when it has none.
	Paid string
	// OwnDisclosure: the network shows a disclosure beside the text.
	OwnDisclosure bool
	// Folds: a reader sees the beginning of a long text, and must ask for more.
	Folds bool
	// Refuses tells which characters make a text invalid; nil for none.
	Refuses func(rune) bool
}

// The networks that have rules.
const (
	X          advocacy.Network = "x"
	Bluesky    advocacy.Network = "bluesky"
	Mastodon   advocacy.Network = "mastodon"
	LinkedIn   advocacy.Network = "linkedin"
	Threads    advocacy.Network = "threads"
	Facebook   advocacy.Network = "facebook"
	Instagram  advocacy.Network = "instagram"
	Slack      advocacy.Network = "slack"
	Teams      advocacy.Network = "teams"
	Mattermost advocacy.Network = "mattermost"
	WordPress  advocacy.Network = "wordpress"
	Wall       advocacy.Network = "wall"
	Webhook    advocacy.Network = "webhook"
	Handoff    advocacy.Network = "handoff"
)

// rules are the networks' own. Where a source is silent the stricter reading stands.
var rules = map[advocacy.Network]Rule{
	X: {
		// twitter-text config/v3.json; accounts that pay may write more, and are not told apart.
		Limits: []Limit{{Weighted, weightedLimit}},
		// "maximum of one cashtag", an error of POST /2/tweets (postiz-app 74b01ad).
		Cashtags: Bound{Most: 1},
		// docs.x.com/x-api/media/create-media-metadata, OpenAPI 2.166, as clients read it.
		AltText:    1000,
		LinkInText: true,
		// docs.x.com/x-api/posts/create-posts, OpenAPI 2.167.
		Paid:    "paid_partnership",
		Refuses: refusedByX,
	},
	Bluesky: {
		// maxGraphemes and maxLength of lexicons/app/bsky/feed/post.json (atproto d6296a1).
		Limits: []Limit{{Graphemes, 300}, {UTF8, 3000}},
		// The client's; the lexicon has none.
		AltText: 2000,
		// A card of the page is one of the things a post may hold beside text, and pictures are
		// another: both together there are not.
		LinkInText: true,
	},
	Mastodon: MastodonRule(500),
	LinkedIn: {
		// ayrshare.com/docs/apis/post/social-networks/linkedin, 2026; the unit is not published.
		Limits: []Limit{{LittleText, 3000}},
		// The smaller of the two figures seen.
		AltText: 300,
		// content of POST /rest/posts is one of article, media and multiImage; a title is part of
		// an article (learn.microsoft.com/linkedin/marketing, posts-api).
		CardAlone: true,
		// "See more" comes after some 210 characters, as it is seen; not published.
		Folds: true,
	},
	Threads: {
		// developers.facebook.com/docs/threads/overview, 2026-04-14: 500 characters, emoji by
		// their bytes; five links, one topic tag.
		Limits:   []Limit{{EmojiBytes, 500}},
		Hashtags: Bound{Advised: 1},
		Links:    Bound{Most: 5},
		// Not published; that of its sister.
		AltText: 1000,
		// The first address of a text is shown with a card of Threads' own.
		LinkInText: true,
	},
	Facebook: {
		// postiz-app 74b01ad; the unit is not published.
		Limits:  []Limit{{UTF16, 63_206}},
		AltText: 1000,
		// A post has a card or pictures, and its card is Facebook's own.
		LinkInText: true,
		Folds:      true,
	},
	Instagram: {
		// developers.facebook.com/docs/instagram-platform/content-publishing, 2026: 2,200
		// characters, 30 hashtags, 20 @ tags, ten pictures. Five hashtags since 2025-12-19 as
		// the press has it.
		Limits:     []Limit{{UTF16, 2200}},
		Hashtags:   Bound{Advised: 5, Most: 30},
		Mentions:   Bound{Most: 20},
		AltText:    1000,
		LinkInText: true,
		Folds:      true,
	},
	Slack: {
		// docs.slack.dev, reference/methods/chat.postMessage: 4,000 characters are advised, and ten times
		// as many are cut.
		Limits: []Limit{{Escaped, 4000}},
		// alt_text of reference/block-kit/blocks/image-block.
		AltText:    2000,
		LinkInText: true,
	},
	Teams: {
		// learn.microsoft.com/connectors/teams: 28 KB for the message; clients measured 21. What the
		// card takes beside the text the connector counts.
		Limits:     []Limit{{JSONBytes, 20_000}},
		LinkInText: true,
	},
	Mattermost: {
		// Half of PostMessageMaxRunesV2 (mattermost/mattermost model/post.go): each character may
		// need a backslash of Markdown.
		Limits:     []Limit{{CodePoints, 8_191}},
		LinkInText: true,
	},
	// A blog takes any text: longtext of wp-admin/includes/schema.php (WordPress/WordPress).
	WordPress: {LinkInText: true},
	// Ours: an entry of a newsroom, and a text of the size receivers expect.
	Wall:    {Limits: []Limit{{Graphemes, 5000}}, OwnDisclosure: true},
	Webhook: {Limits: []Limit{{Graphemes, 10_000}}, OwnDisclosure: true},
	// Wherever a person takes it; what is pasted is one text, and may be folded there.
	Handoff: {Limits: []Limit{{Graphemes, 10_000}}, LinkInText: true, Folds: true},
}

// MastodonRule is that of a server with a limit of its own, which
// configuration.statuses.max_characters of GET /api/v2/instance tells. The description
// limit is docs.joinmastodon.org/entities/Instance's default.
func MastodonRule(characters int) Rule {
	return Rule{
		Network: Mastodon, Limits: []Limit{{Fediverse, characters}}, AltText: 1500, LinkInText: true,
	}
}

// RuleOf returns the rule of a network.
func RuleOf(n advocacy.Network) (Rule, bool) {
	r, known := rules[n]
	r.Network = n
	return r, known
}

// HandoffRule is that of an account of Handoff at a place: what the place takes of a text and of
// files, of a text that has everything in it. Of a place nobody knows it is Handoff's own.
func HandoffRule(place advocacy.Network) Rule {
	r, known := rules[place]
	if !known {
		r, _ = RuleOf(Handoff)
		return r
	}
	r.Network, r.Place, r.LinkInText, r.CardAlone, r.OwnDisclosure, r.Paid = Handoff, place, true, false, false, ""
	return r
}

// Networks lists the networks that have rules, by name.
func Networks() []advocacy.Network { return slices.Sorted(maps.Keys(rules)) }

// Linked tells whether a link stands in the text, beside a card of its page and beside files.
func (r Rule) Linked(card, files bool) bool {
	return r.LinkInText || r.CardAlone && (!card || files)
}

// Problem is what a network does not take, or advises against.
type Problem struct {
	// Kind says what there is too much of.
	Kind ProblemKind
	// Blocks: the network would refuse the text.
	Blocks bool
	// Count and Most are how many there are, and may be.
	Count, Most int
	// Span is the first part that is too much.
	Span Span
}

// ProblemKind is what a text has too much of.
type ProblemKind string

// The kinds of problems.
const (
	TooLong          ProblemKind = "too_long"
	TooManyBytes     ProblemKind = "too_many_bytes"
	TooManyHashtags  ProblemKind = "too_many_hashtags"
	TooManyMentions  ProblemKind = "too_many_mentions"
	TooManyLinks     ProblemKind = "too_many_links"
	TooManyCashtags  ProblemKind = "too_many_cashtags"
	RefusedCharacter ProblemKind = "refused_character"
)

// Count measures a text against each limit.
func (r Rule) Count(text string) []Count {
	counts := make([]Count, len(r.Limits))
	for i, l := range r.Limits {
		counts[i] = l.Of(text)
	}
	return counts
}

// Check returns what the network does not take in a text, and what it advises against.
func (r Rule) Check(text string) []Problem {
	var found []Problem
	for _, c := range r.Count(text) {
		kind := TooLong
		if c.Unit == UTF8 || c.Unit == JSONBytes {
			kind = TooManyBytes
		}
		if c.Exceeded() {
			found = append(found, Problem{kind, true, c.Length, c.Most, c.Over})
		}
	}
	for _, b := range []struct {
		Bound
		kind ProblemKind
		find func(string) []Span
	}{
		{r.Hashtags, TooManyHashtags, Hashtags},
		{r.Mentions, TooManyMentions, Mentions},
		{r.Links, TooManyLinks, Links},
		{r.Cashtags, TooManyCashtags, Cashtags},
	} {
		if b.Bound != (Bound{}) {
			found = append(found, b.check(b.kind, b.find(text))...)
		}
	}
	for at, c := range text {
		if r.Refuses != nil && r.Refuses(c) {
			found = append(found, Problem{RefusedCharacter, true, 1, 0, Span{at, at + utf8Length(c)}})
		}
	}
	return found
}

func (b Bound) check(kind ProblemKind, spans []Span) []Problem {
	switch {
	case b.Most > 0 && len(spans) > b.Most: // guard: the network takes no more
		return []Problem{{kind, true, len(spans), b.Most, spans[b.Most]}}
	case b.Advised > 0 && len(spans) > b.Advised:
		return []Problem{{kind, false, len(spans), b.Advised, spans[b.Advised]}}
	default:
		return nil
	}
}
