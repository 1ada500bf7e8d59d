package catalogue

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
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

// Each part of the house keeps its messages in a file of its own for each language.
//
//go:embed messages.*.json web/*.json
var files embed.FS

// messages holds every message by language and key. The files are part of the binary,
// so one that cannot be read, or a key that two of them have, is a mistake of the build.
var messages = sync.OnceValue(func() map[string]map[string]string {
	all := make(map[string]map[string]string, len(Languages()))
	for _, language := range Languages() {
		pages, err := fs.Glob(files, "web/*."+language+".json")
		if err != nil {
			panic(fmt.Sprintf("catalogue: %v", err))
		}
		all[language] = make(map[string]string)
		for _, name := range append(pages, "messages."+language+".json") {
			for key, message := range read(name) {
				if _, doubled := all[language][key]; doubled {
					panic(fmt.Sprintf("catalogue: %s: %s is in another file too", name, key))
				}
				all[language][key] = message
			}
		}
	}
	return all
})

// read returns the messages of a file.
func read(name string) map[string]string {
	data, err := files.ReadFile(name)
	if err != nil {
		panic(fmt.Sprintf("catalogue: %v", err))
	}
	var messages map[string]string
	if err := json.Unmarshal(data, &messages); err != nil {
		panic(fmt.Sprintf("catalogue: %s: %v", name, err))
	}
	return messages
}

// Text returns the message of a key for a reader of a language, which may be any BCP 47
// tag, with its placeholders filled from args.
//
// A placeholder is {name}, {name|one|other} to choose a word by the number that name holds, or
// {name|day} or {name|minute} for the day or the minute of the instant in RFC 3339 that it holds. A key
// nobody wrote comes back as itself and a placeholder nobody filled stays as it is, so that a slip is
// seen and still says something.
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
