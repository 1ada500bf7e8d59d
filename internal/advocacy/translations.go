package advocacy

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// Translations are what somebody's words say in further languages, as one value that can be
// compared: a JSON object by BCP 47 tag, empty for none.
type Translations string

// MetaTranslations is the fact of an error that has the Translations of its words.
const MetaTranslations = "translations"

// TranslationsOf makes one value of words by language.
func TranslationsOf(words map[string]string) Translations {
	if len(words) == 0 {
		return ""
	}
	data, err := json.Marshal(words)
	if err != nil { // a map of strings always is JSON
		return ""
	}
	return Translations(data)
}

// Words are the translations by language, nil for none.
func (t Translations) Words() map[string]string {
	var words map[string]string
	if t == "" || json.Unmarshal([]byte(t), &words) != nil {
		return nil
	}
	return words
}

// In returns the words for somebody who reads a language: those in exactly it, else in what it is a
// kind of ("fr" for fr-CA), else in another kind of that; else the fallback.
func (t Translations) In(language, fallback string) string {
	words := t.Words()
	wanted, found, best := strings.ToLower(language), fallback, 0
	for _, tag := range slices.Sorted(maps.Keys(words)) {
		if n := nearness(strings.ToLower(tag), wanted); n > best {
			found, best = words[tag], n
		}
	}
	return found
}

// nearness is how well a language suits somebody who wants another one, 0 for not.
func nearness(tag, wanted string) int {
	primary := func(tag string) string { return strings.SplitN(strings.ReplaceAll(tag, "_", "-"), "-", 2)[0] }
	switch {
	case tag == wanted:
		return 3
	case tag == primary(wanted):
		return 2
	case primary(tag) == primary(wanted):
		return 1
	default:
		return 0
	}
}
