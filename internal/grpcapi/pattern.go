package grpcapi

import (
	"regexp"
	"strings"
)

// parts are what the names of things are made of, as the patterns of the contract write them.
var parts = strings.NewReplacer(
	`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`, "{id}",
	`[0-9a-f]{64}`, "{sha256}",
	`workspaces/[a-z][a-z0-9-]{1,62}`, "workspaces/{workspace}",
	`[a-z0-9][a-z0-9-]{0,62}`, "{id}",
	`[a-z][a-z0-9_-]{0,62}`, "{id}",
	`[1-9][0-9]{0,8}`, "{number}",
)

// expression finds what only who reads patterns understands.
var expression = regexp.MustCompile(`[\[\]\\^$?*+]`)

// shapes are the other patterns of the contract, in words. One that may be empty as well is the same.
var shapes = map[string]string{
	`[a-z]{2,3}(-[A-Za-z0-9]{2,8})*`:               "must be the tag of a language, such as en or pt-BR",
	`[a-z]{2,3}`:                                   "must be the code of a language in two or three small letters, such as en",
	`|en|fr`:                                       "must be en or fr",
	`[A-Z]{2}`:                                     "must be the code of a country in two capital letters, such as FR",
	`sha256:[0-9a-f]{64}`:                          "must be a digest: sha256: and 64 digits from 0 to 9 and a to f",
	`[0-9a-f]{64}`:                                 "must be 64 digits from 0 to 9 and a to f",
	`([01][0-9]|2[0-3]):[0-5][0-9]`:                "must be a time of day such as 09:30",
	`([01][0-9]|2[0-3]):[0-5][0-9]|24:00`:          "must be a time of day such as 17:30, or 24:00",
	`[0-9]{4}-[0-9]{2}-[0-9]{2}`:                   "must be a date such as 2026-12-31",
	`[a-z0-9][a-z0-9-]{0,62}`:                      "must be 1 to 63 small letters, digits and -, and not begin with -",
	`[a-z0-9][a-z0-9.-]{0,62}`:                     "must be 1 to 63 small letters, digits, dots and -, and begin with a letter or a digit",
	`[a-z][a-z0-9_]{0,30}`:                         "must be a network such as mastodon: small letters, digits and _",
	`[a-z][a-z0-9_-]{0,60}`:                        "must be the key of a requirement such as legal: small letters, digits, _ and -",
	`[a-z][a-z0-9_]{0,40}(:[a-z][a-z0-9_]{0,40})?`: "must be a role such as author or approver:legal",
	`[a-z][a-z0-9_]{0,40}:[a-z][a-z0-9_]{0,40}`:    "must be a role of two words, such as approver:legal",
	`approver:[a-z][a-z0-9_]{0,40}`:                "must be a role of approvers, such as approver:legal",
	`[a-z]+\.[a-z]+`:                               "must be a permission such as post.create",
	`[\p{L}\p{N}][\p{L}\p{N} ._&-]{0,39}`:          "must be at most 40 letters, digits, blanks and . _ & -, and begin with a letter or a digit",
	`[!-~]*`:                                       "must have no blanks and nothing but ASCII",
	`[ -~]*`:                                       "must have nothing but printable ASCII",
	`[^\x00-\x1f]+`:                                "must be filled in, without line breaks and control characters",
	`[^\x00-\x1f]*`:                                "must have no line breaks and no control characters",
	`[^\x00-\x1f\x7f]{0,200}`:                      "must be at most 200 characters without line breaks and control characters",
	`[^\x00-\x1f\x7f]{1,200}`:                      "must be 1 to 200 characters without line breaks and control characters",
}

// wanted says in words what a pattern of the contract asks for; "" when it has none for it.
func wanted(pattern string) string {
	pattern = strings.TrimSuffix(strings.TrimPrefix(pattern, "^"), "$")
	if words := shapes[pattern]; words != "" {
		return words
	}
	if inner, ok := strings.CutSuffix(pattern, ")?"); ok && strings.HasPrefix(inner, "(") {
		pattern = inner[1:]
	} else if strings.HasPrefix(pattern, "(") && strings.HasSuffix(pattern, ")") {
		pattern = pattern[1 : len(pattern)-1]
	}
	if words := shapes[pattern]; words != "" {
		return words
	}
	form := parts.Replace(pattern)
	if !strings.HasPrefix(form, "workspaces/") || expression.MatchString(form) {
		return ""
	}
	return "must be a name of the form " + form
}
