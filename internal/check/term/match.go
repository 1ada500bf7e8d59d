package term

import (
	"cmp"
	"slices"
	"unicode"

	"github.com/imprimatur-hq/imprimatur/internal/check/glyph"
)

// Match is a term in a text.
type Match struct {
	Term Term
	// Start and End are the bytes of the text it takes.
	Start, End int
	// Disguised: it is not written as words are, but so that a machine would miss it.
	Disguised bool
	// Number is the place of the term in the list the lexicon was made of.
	Number int
}

// Find returns the terms in a text of a language, in their order. A term is found once
// where several of its forms overlap, and not where it is allowed.
func (x *Lexicon) Find(text, lang string) []Match {
	r := reader{x: x, tongue: tongueOf(lang)}
	r.read(fold(text, r.tongue, false))
	if mayCross(text) {
		r.crossed = true
		r.read(fold(text, r.tongue, true))
	}
	return r.matches()
}

// mayCross tells whether a letter of the text looks like a Latin one.
func mayCross(text string) bool {
	for _, r := range text {
		if glyph.LooksLike(r) != "" {
			return true
		}
	}
	return false
}

// reader goes through one text.
type reader struct {
	x       *Lexicon
	tongue  tongue
	crossed bool
	units   []unit
	groups  []int
	found   []Match
	allowed []Match
}

func (r *reader) read(units []unit) {
	r.units = units
	r.groups = groups(units, func(u unit) bool { return u.gap != space || u.spelled })
	at := int32(0)
	for g, first := range r.groups[:len(r.groups)-1] {
		at = r.x.found.step(at, class(units[first].base))
		r.x.found.ending(at, func(i int32) {
			p := &r.x.patterns[i]
			if p.base != "" && p.base != r.tongue.base {
				return
			}
			if m, ok := r.compare(p, g+2-len(p.groups)); ok && p.allowed {
				r.allowed = append(r.allowed, m)
			} else if ok {
				r.found = append(r.found, m)
			}
		})
	}
}

// matches sorts out what was found.
func (r *reader) matches() []Match {
	slices.SortStableFunc(r.found, inOrder)
	slices.SortStableFunc(r.allowed, inOrder)
	allowed := make(map[int][]Match)
	for _, a := range r.allowed {
		before := allowed[a.Number]
		if len(before) > 0 {
			a.End = max(a.End, before[len(before)-1].End)
		}
		allowed[a.Number] = append(before, a)
	}
	ends := make(map[int]int)
	return slices.DeleteFunc(r.found, func(m Match) bool {
		if m.Start < ends[m.Number] || within(allowed[m.Number], m) {
			return true
		}
		ends[m.Number] = m.End
		return false
	})
}

func inOrder(a, b Match) int {
	return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End), cmp.Compare(a.Number, b.Number))
}

// within tells whether a match lies in a phrase in which it is allowed. The phrases are in
// order, and each reaches at least as far as those before it.
func within(allowed []Match, m Match) bool {
	after, _ := slices.BinarySearchFunc(allowed, m.Start+1, func(a Match, start int) int { return cmp.Compare(a.Start, start) })
	return after > 0 && m.End <= allowed[after-1].End
}

// span is a run of units.
type span struct{ from, to int }

// evidence counts how the letters of a match are written.
type evidence struct {
	// digits and symbols stand for letters; lookalikes are read as others; marks and
	// spaces stand within a word.
	digits, symbols, lookalikes, split int
}

func (e evidence) plain() bool { return e == evidence{} }

// compare looks closely at what the automaton found: letters of one class are not yet
// the same letter.
func (r *reader) compare(p *pattern, from int) (Match, bool) {
	var seen evidence
	first, last := 0, 0
	runs := len(p.groups) - 1
	for k := range runs {
		want := p.letters[p.groups[k]:p.groups[k+1]]
		lo, hi := r.groups[from+k], r.groups[from+k+1]
		if k == runs-1 && lo+len(want) < hi && r.parts(lo+len(want)) {
			hi = lo + len(want)
		}
		if k == 0 && hi-len(want) > lo && r.parts(hi-len(want)) {
			lo = hi - len(want)
		}
		if !r.compareRun(p, want, span{lo, hi}, k == 0, &seen) {
			return Match{}, false
		}
		if k == 0 {
			first = lo
		}
		last = hi - 1
	}
	if !r.begins(first) || !r.ends(last) || !r.enough(p, seen) ||
		seen.digits > 0 && r.inCode(first, last) || p.crossed && !mixed(r.units[first:last+1]) {
		return Match{}, false
	}
	return Match{
		Term: r.x.terms[p.term], Start: r.units[first].start, End: r.units[last].end,
		Disguised: !seen.plain(), Number: p.term,
	}, true
}

// parts tells whether a run of one letter may go on in another word from a unit on.
func (r *reader) parts(at int) bool { return r.units[at].gap != none || r.units[at].hump }

// mixed tells whether letters of several scripts stand together.
func mixed(units []unit) bool {
	ascii := func(u unit) bool { return u.kind != lookalike && u.base <= unicode.MaxASCII }
	other := func(u unit) bool { return !ascii(u) }
	return slices.ContainsFunc(units, ascii) && slices.ContainsFunc(units, other)
}

// compareRun compares a run of letters. A run that is longer than the word's counts from
// three on: nobody writes "freee" by chance.
func (r *reader) compareRun(p *pattern, want []unit, run span, first bool, seen *evidence) bool {
	from, got := run.from, r.units[run.from:run.to]
	stretched := len(got) != len(want)
	if stretched && (p.allowed || len(got) < max(3, len(want))) {
		return false
	}
	for i := range got {
		wanted := none
		switch {
		case !stretched:
			wanted = want[i].gap
			if !r.means(from+i, want[i], seen) {
				return false
			}
		case got[i].kind == digit || !slices.ContainsFunc(want, func(w unit) bool { return r.means(from+i, w, seen) }):
			return false
		case i == 0:
			wanted = want[0].gap
		}
		if (i > 0 || !first) && !r.gapFits(p, wanted, from+i, seen) {
			return false
		}
	}
	if stretched {
		seen.split++
	}
	return true
}

// means tells whether a unit of the text may be read as a letter of a term.
func (r *reader) means(at int, w unit, seen *evidence) bool {
	u := r.units[at]
	switch {
	case u.kind == picture || w.kind == picture || u.base == w.base && u.kind == w.kind && u.kind != plain:
		return u.base == w.base && u.kind == w.kind
	case w.kind == digit || w.kind == symbol:
		return false
	case u.kind == digit:
		seen.digits++
	case u.kind == symbol:
		seen.symbols++
	case u.kind == lookalike || w.kind == lookalike:
		seen.lookalikes++
	case u.letter == w.letter, u.letter == w.base, r.tongue.accents == "" && u.base == w.letter:
	case u.base == 'i' && w.base == 'l' && u.upper && r.among(at, false),
		u.base == 'l' && w.base == 'i' && !u.upper && (at == 0 || u.gap != none || r.among(at, true)):
		seen.lookalikes++
	default:
		return false
	}
	return true
}

// among tells whether a letter stands between letters of the other case: there an I is
// read as an l, and an l as an I.
func (r *reader) among(at int, upper bool) bool {
	if at == 0 || at+1 == len(r.units) {
		return false
	}
	u, before, after := r.units[at], r.units[at-1], r.units[at+1]
	return u.gap == none && after.gap == none && before.kind == plain && after.kind == plain &&
		after.upper == upper && (before.upper == upper || !upper)
}

// gapFits tells whether what stands before a unit may stand there in the term. Words may
// touch where a hashtag or capitals part them; a word may be split by marks, and by spaces
// when it is spelled out.
func (r *reader) gapFits(p *pattern, wanted gap, at int, seen *evidence) bool {
	u := r.units[at]
	long := len(p.letters) > 3
	switch {
	case u.gap == wanted:
		return true
	case wanted == none:
		seen.split++
		return !p.allowed && long && (u.gap == mark || u.spelled && r.units[at-1].spelled)
	case u.gap == none && wanted == space:
		return u.tagged || u.hump
	case u.gap == none:
		return long
	default:
		return true
	}
}

// begins tells whether a word begins at a unit, and ends whether one ends there.
func (r *reader) begins(at int) bool {
	u := r.units[at]
	return at == 0 || u.gap != none || r.apart(u, r.units[at-1], u)
}

func (r *reader) ends(at int) bool {
	if at+1 == len(r.units) {
		return true
	}
	next := r.units[at+1]
	return next.gap != none || r.apart(r.units[at], next, next)
}

// apart tells whether a unit at the edge of a match is another word than the neighbour it
// touches; later is the later of the two.
func (r *reader) apart(edge, neighbour, later unit) bool {
	letter := edge.kind == plain || edge.kind == lookalike
	return later.tagged && later.hump ||
		edge.kind == picture || neighbour.kind == picture ||
		unspaced(edge.base) || unspaced(neighbour.base) ||
		letter && (neighbour.kind == digit || neighbour.kind == symbol)
}

// inCode tells whether what has digits for letters is a part of a number or a code, such
// as 80MB: other digits touch it, or it begins with several.
func (r *reader) inCode(first, last int) bool {
	isDigit := func(at int) bool { return at >= 0 && at < len(r.units) && r.units[at].kind == digit }
	return r.units[first].gap == none && isDigit(first-1) || isDigit(last+1) && r.units[last+1].gap == none ||
		last-first < 5 && isDigit(first) && isDigit(first+1)
}

// enough tells whether a match is no chance: codes such as A55 are not words, short
// words are found as they are written only, and what one reading found the other does
// not find again.
func (r *reader) enough(p *pattern, seen evidence) bool {
	size := len(p.letters)
	if p.allowed || size < 3 {
		return seen.plain()
	}
	if r.crossed && seen.lookalikes == 0 || p.crossed && !r.crossed {
		return false
	}
	if seen.digits+seen.symbols >= size {
		return false
	}
	if size < 5 {
		return 2*seen.digits <= size
	}
	return 3*seen.digits <= 2*size
}
