package catalogue

import (
	"slices"
	"strconv"
	"strings"
)

// Match returns the language of the catalogue that suits the first of the tags it has
// words for: "fr-CA" is answered in French, and English is for everybody else.
func Match(tags ...string) string {
	for _, tag := range tags {
		if language, known := supported(tag); known {
			return language
		}
	}
	return English
}

// Negotiate returns the language of the catalogue that suits an Accept-Language header
// best, and the one that suits the fallback tag when the header names none of ours.
func Negotiate(header, fallback string) string {
	return Match(append(accepted(header), fallback)...)
}

func supported(tag string) (language string, known bool) {
	primary, _, _ := strings.Cut(strings.ReplaceAll(strings.TrimSpace(tag), "_", "-"), "-")
	primary = strings.ToLower(primary)
	return primary, slices.Contains(Languages(), primary)
}

// maxTags bounds what is read of a header; nobody's browser sends more.
const maxTags = 32

// accepted returns the tags of an Accept-Language header, the most wanted first. Tags
// of equal weight keep their order, and those with weight 0 are not wanted at all.
func accepted(header string) []string {
	type wish struct {
		tag    string
		weight float64
	}
	var wishes []wish
	for part := range strings.SplitSeq(header, ",") {
		tag, parameters, _ := strings.Cut(part, ";")
		weight := 1.0
		if value, found := strings.CutPrefix(strings.TrimSpace(parameters), "q="); found {
			parsed, err := strconv.ParseFloat(value, 64)
			if err != nil {
				continue
			}
			weight = parsed
		}
		if weight > 0 && len(wishes) < maxTags {
			wishes = append(wishes, wish{tag: tag, weight: weight})
		}
	}
	slices.SortStableFunc(wishes, func(a, b wish) int {
		switch {
		case a.weight > b.weight:
			return -1
		case a.weight < b.weight:
			return 1
		default:
			return 0
		}
	})
	tags := make([]string, len(wishes))
	for i, w := range wishes {
		tags[i] = w.tag
	}
	return tags
}
