package term

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/language"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check/glyph"
)

// Grade is what finding a term means.
type Grade string

const (
	// Forbidden: nothing is submitted with it.
	Forbidden Grade = "forbidden"
	// Restricted: a person must look at it.
	Restricted Grade = "restricted"
)

// Grades lists them.
func Grades() []Grade { return []Grade{Forbidden, Restricted} }

// Term is a word, a phrase or an emoji that a workspace watches for.
type Term struct {
	// Text is found as a whole word or phrase, in upper or lower case, disguised or not.
	Text string
	// Language is the BCP 47 tag of the texts it is looked for in, whatever the region;
	// empty for all.
	Language string
	Grade    Grade
	// Forms are further forms, for words that are irregular. The usual ones are known for a
	// term in English, French, German or Spanish, unless it is Exact.
	Forms []string
	Exact bool
	// Allowed are longer phrases in which the term is nothing to object to, such as
	// "sugar-free" for "free". Written in disguise they are not.
	Allowed []string
}

// Lexicon is a list of terms made ready for finding them. It never changes, and many
// goroutines may use it.
type Lexicon struct {
	terms    []Term
	patterns []pattern
	found    *automaton
}

// pattern is one form of a term, or of a phrase in which it is allowed.
type pattern struct {
	term    int
	base    string
	letters []unit
	// groups are where runs of one letter begin, and the end.
	groups  []int
	allowed bool
	// crossed: letters of another script in it are read as the Latin ones they look like.
	crossed bool
}

// The limits of a term, which bound what a lexicon costs.
const (
	longestTerm  = 200
	mostTermWord = 12
)

// New makes a list of terms ready. It refuses terms that could never be found, or
// would be found everywhere.
func New(terms []Term) (*Lexicon, error) {
	x := &Lexicon{terms: slices.Clone(terms), found: newAutomaton()}
	for i, t := range terms {
		if err := t.valid(fmt.Sprintf("terms[%d]", i)); err != nil {
			return nil, err
		}
		tongue := tongueOf(t.Language)
		for _, phrase := range t.phrases(t.Text, tongue.base) {
			x.add(i, tongue, phrase, false)
		}
		for _, form := range t.Forms {
			x.add(i, tongue, form, false)
		}
		for _, a := range t.Allowed {
			for _, phrase := range t.phrases(a, tongue.base) {
				x.add(i, tongue, phrase, true)
			}
		}
	}
	x.found.link()
	return x, nil
}

func (t Term) phrases(text, base string) []string {
	if t.Exact {
		return []string{text}
	}
	return inflect(text, base)
}

func (t Term) valid(field string) error {
	if !slices.Contains(Grades(), t.Grade) {
		return advocacy.InvalidField(field+".grade", "TERM_INVALID", "%q is no grade of a term", t.Grade)
	}
	if t.Language != "" {
		if _, err := language.Parse(t.Language); err != nil {
			return advocacy.InvalidField(field+".language", "LANGUAGE_INVALID", "%q is no BCP 47 language tag", t.Language)
		}
	}
	for _, list := range []struct {
		name  string
		texts []string
	}{{"text", []string{t.Text}}, {"forms", t.Forms}, {"allowed", t.Allowed}} {
		for _, text := range list.texts {
			if len(text) > longestTerm || len(strings.Fields(text)) > mostTermWord || !findable(text) {
				return advocacy.InvalidField(field+"."+list.name, "TERM_INVALID",
					"%.40q is no term: it needs two letters, one picture or one character of a script without spaces, and at most %d words and %d bytes", text, mostTermWord, longestTerm)
			}
		}
	}
	return nil
}

// findable: a single letter would be found in every text.
func findable(text string) bool {
	units := fold(text, tongue{}, false)
	return len(units) > 1 || len(units) == 1 && (units[0].kind == picture || unspaced(units[0].base))
}

// add makes the lexicon find a phrase as it is written, and as it is read when letters of
// its own script are taken for Latin ones.
func (x *Lexicon) add(term int, tongue tongue, phrase string, allowed bool) {
	p := pattern{term: term, base: tongue.base, letters: fold(phrase, tongue, false), allowed: allowed}
	x.enter(p)
	if allowed || !slices.ContainsFunc(p.letters, func(u unit) bool { return u.base > unicode.MaxASCII }) {
		return
	}
	p.crossed = true
	before := [][]unit{p.letters}
	for _, cased := range []string{strings.ToLower(phrase), strings.ToUpper(phrase), capital(phrase)} {
		p.letters = fold(cased, tongueOf(""), true)
		if !slices.ContainsFunc(before, func(b []unit) bool { return slices.EqualFunc(b, p.letters, sameLetter) }) {
			before = append(before, p.letters)
			x.enter(p)
		}
	}
}

func sameLetter(a, b unit) bool { return a.base == b.base && a.kind == b.kind }

// capital is a phrase as it stands at the beginning of a sentence.
func capital(phrase string) string {
	first := true
	return strings.Map(func(r rune) rune {
		if first {
			first = false
			return unicode.ToUpper(r)
		}
		return unicode.ToLower(r)
	}, phrase)
}

// enter adds a pattern to the automaton, and once more when words that touch, as they do
// in a hashtag, make a run of letters longer.
func (x *Lexicon) enter(p pattern) {
	p.groups = groups(p.letters, func(u unit) bool { return u.gap == none })
	x.put(p)
	apart := len(p.groups)
	p.groups = groups(p.letters, func(unit) bool { return true })
	if len(p.groups) < apart {
		x.put(p)
	}
}

func (x *Lexicon) put(p pattern) {
	number := x.number(p)
	x.found.add(p.word(), number)
	if p.allowed || len(p.letters) < 4 {
		return
	}
	for run := 0; run < len(p.groups)-1; run++ {
		if first := p.groups[run]; strings.ContainsRune("aeiouy", p.letters[first].base) {
			x.mask(p, number, run)
		}
	}
}

func (x *Lexicon) number(p pattern) int32 {
	x.patterns = append(x.patterns, p)
	return int32(len(x.patterns) - 1)
}

// mask makes the lexicon find a pattern in which a vowel, one of a run of two at most, is
// hidden. What is hidden is no longer of the run.
func (x *Lexicon) mask(p pattern, number int32, run int) {
	from, to := p.groups[run], p.groups[run+1]
	switch to - from {
	case 1:
	case 2:
		p.groups = slices.Insert(slices.Clone(p.groups), run+1, from+1)
		number = x.number(p)
	default:
		return
	}
	word := p.word()
	for i := from; i < to; i++ {
		if i > 0 && i < len(p.letters)-1 {
			hidden := slices.Clone(word)
			hidden[run+i-from] = masked
			x.found.add(hidden, number)
		}
	}
}

// word is what the automaton looks for: a letter of each run.
func (p pattern) word() []rune {
	out := make([]rune, 0, len(p.groups))
	for _, at := range p.groups[:len(p.groups)-1] {
		out = append(out, class(p.letters[at].base))
	}
	return out
}

// groups returns where runs of letters of one class begin, and the end. touches tells
// whether a unit may belong to the run before it.
func groups(units []unit, touches func(unit) bool) []int {
	out := make([]int, 0, len(units)+1)
	for i, u := range units {
		if i > 0 && class(u.base) == class(units[i-1].base) && u.kind != picture && !unspaced(u.base) && touches(u) {
			continue
		}
		out = append(out, i)
	}
	return append(out, len(units))
}

// unspaced tells whether a letter's script has no spaces between words.
func unspaced(r rune) bool {
	return r > unicode.MaxASCII && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana,
		unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

// tongue is what the lexicon knows of a language.
type tongue struct {
	base string
	// script is the one it is written in, nil when no letter of it looks like a Latin one.
	script *unicode.RangeTable
	// accents are the letters with marks that are letters of their own in it, as é is in
	// French; English has none.
	accents string
}

func tongueOf(lang string) tongue {
	tag, err := language.Parse(lang)
	if err != nil || lang == "" {
		return tongue{}
	}
	base, _ := tag.Base()
	t := tongue{base: base.String()}
	if row, ok := accents[t.base]; ok {
		t.accents = row
	} else if t.base != "en" {
		t.accents = allAccents
	}
	t.script = glyph.ScriptOfLanguage(tag)
	return t
}
