package term

import (
	"slices"
	"strings"
)

// manyForms is how many forms of a phrase are looked for: beyond them only its last word
// is inflected.
const manyForms = 400

// inflect returns a phrase in the forms its words take in a language, the phrase itself
// first. It forms what the usual rules do; what is irregular a term names itself.
func inflect(phrase, language string) []string {
	forms := map[string]func(string) []string{"en": english, "fr": french, "de": german, "es": spanish}[language]
	if forms == nil {
		return []string{phrase}
	}
	words := strings.Fields(phrase)
	out := [][]string{nil}
	count := 1
	for _, w := range words {
		count *= 1 + len(forms(strings.ToLower(w)))
	}
	for i, w := range words {
		choices := []string{w}
		if count <= manyForms || i == len(words)-1 {
			choices = append(choices, forms(strings.ToLower(w))...)
		}
		var longer [][]string
		for _, begun := range out {
			for _, c := range choices {
				longer = append(longer, append(slices.Clip(begun), c))
			}
		}
		out = longer
	}
	phrases := make([]string, 0, len(out))
	for _, words := range out {
		phrases = append(phrases, strings.Join(words, " "))
	}
	if language == "en" && len(words) == 1 {
		return append(phrases, doers(strings.ToLower(phrase))...)
	}
	return phrases
}

// with returns a stem with each ending.
func with(stem string, endings ...string) []string {
	out := make([]string, 0, len(endings))
	for _, e := range endings {
		out = append(out, stem+e)
	}
	return out
}

func endsIn(word string, endings ...string) bool {
	return slices.ContainsFunc(endings, func(e string) bool { return strings.HasSuffix(word, e) })
}

func vowel(c byte) bool { return strings.IndexByte("aeiou", c) >= 0 }

// english: plurals, the third person, the past and the -ing form.
func english(w string) []string {
	n := len(w)
	if n < 3 {
		return nil
	}
	last := w[n-1]
	switch {
	case last == 'y' && !vowel(w[n-2]):
		return append(with(w, "ing"), with(w[:n-1], "ies", "ied")...)
	case endsIn(w, "ie"):
		return append(with(w, "s", "d"), w[:n-2]+"ying")
	case endsIn(w, "ee"):
		return with(w, "s", "d", "ing")
	case last == 'e':
		return append(with(w, "s", "d"), w[:n-1]+"ing")
	case endsIn(w, "s", "x", "z", "ch", "sh"):
		return with(w, "es", "ed", "ing")
	}
	out := with(w, "s", "ed", "ing")
	if doubles(w) {
		out = append(out, with(w+string(last), "ed", "ing")...)
	}
	return out
}

// doers: who does what an English verb says, one and several. Shorter words, of which as many
// are other words then (sum, add, tow), name theirs themselves.
func doers(w string) []string {
	n := len(w)
	switch {
	case n < 4 || endsIn(w, "y", "ee", "er", "or", "s", "x", "z"):
		return nil
	case w[n-1] == 'e':
		return with(w, "r", "rs")
	}
	if doubles(w) {
		return with(w+w[n-1:], "er", "ers")
	}
	return with(w, "er", "ers")
}

// doubles tells whether an English word doubles its last letter before an ending, as spam does.
func doubles(w string) bool {
	n := len(w)
	last := w[n-1]
	return n <= 5 && !vowel(last) && vowel(w[n-2]) && !vowel(w[n-3]) && last != 'w'
}

// french: plurals, the feminine where no other word is likely to look like it, and the
// common forms of regular verbs.
func french(w string) []string {
	n := len([]rune(w))
	switch {
	case n < 3 || endsIn(w, "s", "x", "z"):
		return frenchInS(w)
	case endsIn(w, "eau", "eu"):
		return with(w, "x")
	case n >= 5 && endsIn(w, "ier"):
		return append(with(w, "s"), with(w[:len(w)-3], "ière", "ières")...)
	case n >= 5 && endsIn(w, "er"):
		stem := w[:len(w)-2]
		if endsIn(stem, "g") {
			return with(stem, "e", "es", "eons", "ez", "ent", "é", "ée", "és", "ées", "eant", "eait", "eaient", "era", "eront")
		}
		return with(stem, "e", "es", "ons", "ez", "ent", "é", "ée", "és", "ées", "ant", "ait", "aient", "era", "eront")
	case n >= 5 && endsIn(w, "ir"):
		return with(w[:len(w)-1], "s", "t", "ssons", "ssez", "ssent", "ssant", "", "e", "es")
	case n >= 4 && endsIn(w, "é", "i", "u", "uit", "ant", "al"), n >= 6 && endsIn(w, "ent"):
		out := with(w, "s", "e", "es")
		if endsIn(w, "al") {
			out = append(out, w[:len(w)-1]+"ux")
		}
		return out
	case endsIn(w, "if"):
		return append(with(w, "s"), with(w[:len(w)-1], "ve", "ves")...)
	case endsIn(w, "el"):
		return with(w, "s", "le", "les")
	default:
		return with(w, "s")
	}
}

// frenchInS: words whose plural looks like them.
func frenchInS(w string) []string {
	if len(w) >= 5 && endsIn(w, "eux") {
		return with(w[:len(w)-1], "se", "ses")
	}
	return nil
}

// german: the endings of nouns and adjectives, and those of regular verbs.
func german(w string) []string {
	switch {
	case len(w) < 4:
		return nil
	case endsIn(w, "en"):
		stem := w[:len(w)-2]
		return append(with(stem, "e", "st", "t", "te", "ten", "test", "tet", "end"), "ge"+stem+"t")
	case endsIn(w, "e"):
		return with(w, "n", "r", "s", "m")
	default:
		return with(w, "e", "en", "er", "es", "em", "s", "n")
	}
}

// spanish: plurals and the feminine.
func spanish(w string) []string {
	switch {
	case len(w) < 3 || endsIn(w, "s"):
		return nil
	case endsIn(w, "o"):
		return with(w[:len(w)-1], "os", "a", "as")
	case endsIn(w, "z"):
		return with(w[:len(w)-1], "ces")
	case endsIn(w, "a", "e", "i", "u"):
		return with(w, "s")
	default:
		return with(w, "es")
	}
}
