package measure

import (
	"iter"
	"regexp"
	"slices"
	"unicode"
	"unicode/utf8"
)

// urlReserve is what a link takes: configuration.statuses.characters_reserved_per_url of
// docs.joinmastodon.org/entities/Instance, the same on every server so far.
const urlReserve = 23

// remoteMention is somebody on another server (mastodon/mastodon, app/models/account.rb).
// What stands before it is looked at apart.
var remoteMention = regexp.MustCompile(`@([A-Za-z0-9_]+(?:[A-Za-z0-9_.-]+[A-Za-z0-9_]+)?)@[\pL\pM\pN_]+(?:[.-]+[\pL\pM\pN_]+)*`)

// fediverse walks through a text as Mastodon's StatusLengthValidator does: a link costs
// what every link costs, and @anna@example.social no more than @anna.
func fediverse(text string) iter.Seq2[int, int] {
	type entity struct {
		Span
		cost int
	}
	var entities []entity
	for _, s := range linksOf(text, mastodonLinks) {
		entities = append(entities, entity{s, urlReserve})
	}
	for _, m := range remoteMention.FindAllStringSubmatchIndex(text, -1) {
		if before, _ := utf8.DecodeLastRuneInString(text[:m[0]]); !letter(before) && before != '/' && before != '=' {
			entities = append(entities, entity{Span{m[0], m[1]}, len("@") + m[3] - m[2]})
		}
	}
	slices.SortStableFunc(entities, func(a, b entity) int { return a.Start - b.Start })
	return func(yield func(int, int) bool) {
		at := 0
		for _, e := range entities {
			if e.Start < at {
				continue
			}
			for end, cost := range graphemes(text[at:e.Start]) {
				if !yield(at+end, cost) {
					return
				}
			}
			if !yield(e.End, e.cost) {
				return
			}
			at = e.End
		}
		for end, cost := range graphemes(text[at:]) {
			if !yield(at+end, cost) {
				return
			}
		}
	}
}

// letter tells whether the character is part of a word.
func letter(r rune) bool {
	return r == '_' || unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsNumber(r)
}
