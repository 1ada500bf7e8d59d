package catalogue

import (
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
)

// The languages people are spoken to in.
const (
	English = "en"
	French  = "fr"
)

// Languages lists the languages of the catalogue, the one everybody falls back to first.
func Languages() []string { return []string{English, French} }

//go:embed messages.en.json messages.fr.json
var files embed.FS

// messages holds every message by language and key. The files are part of the binary,
// so one that cannot be read is a mistake of the build.
var messages = sync.OnceValue(func() map[string]map[string]string {
	all := make(map[string]map[string]string, len(Languages()))
	for _, language := range Languages() {
		name := "messages." + language + ".json"
		data, err := files.ReadFile(name)
		if err != nil {
			panic(fmt.Sprintf("catalogue: %v", err))
		}
		var read map[string]string
		if err := json.Unmarshal(data, &read); err != nil {
			panic(fmt.Sprintf("catalogue: %s: %v", name, err))
		}
		all[language] = read
	}
	return all
})

// Text returns the message of a key for a reader of a language, which may be any BCP 47
// tag, with its placeholders filled from args.
//
// A placeholder is {name}, or {name|one|other} to choose a word by the number that name
// holds. A key nobody wrote comes back as itself and a placeholder nobody filled stays
// as it is, so that a slip is seen and still says something.
func Text(language, key string, args map[string]string) string {
	language = Match(language)
	message, found := messages()[language][key]
	if !found {
		return key
	}
	return fill(language, message, args)
}

// Has tells whether the catalogue holds a key.
func Has(key string) bool {
	_, found := messages()[English][key]
	return found
}

// Keys lists every key in order.
func Keys() []string {
	keys := make([]string, 0, len(messages()[English]))
	for key := range messages()[English] {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
