package advocacy_test

import (
	"slices"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// clause is one thing that must be true of a signature for it to count in a round.
type clause struct {
	name  string
	holds func(w *world, s *word, revision uint8) bool
}

// clauses say the rules of counting once more, over the world and without the package.
var clauses = []clause{
	{"I1 bytes", func(_ *world, s *word, revision uint8) bool { return same(s.digest, revision) }},
	{"I3 no blind approval", func(_ *world, s *word, revision uint8) bool { return same(s.served, revision) }},
	{"I5 round isolation", func(w *world, s *word, revision uint8) bool { return s.round == w.publications[revision-1].round }},
	{"I7 separation", func(w *world, s *word, _ uint8) bool {
		return !s.wrote && !(people[s.who] == nina && w.merged && w.withDana)
	}},
	{"who recused signs nothing", func(w *world, s *word, _ uint8) bool {
		return !w.recused(people[s.who]) && (s.behalf == 0 || !w.recused(people[s.behalf-1]))
	}},
	{"I9 humans decide", func(_ *world, s *word, _ uint8) bool { return !s.machine }},
	{"I10 authority now", func(w *world, s *word, _ uint8) bool { return !s.lacks && !w.lostSince(s) }},
	{"I27 delegation", func(w *world, s *word, _ uint8) bool { return s.behalf == 0 || !w.unlent }},
	{"I16 fresh", func(w *world, s *word, _ uint8) bool { return s.tick == w.tick }},
}

func (w *world) lostSince(s *word) bool {
	signer := people[s.who]
	if signer == dana && w.merged {
		return true // it was merged, and is disabled for good
	}
	if s.behalf > 0 {
		signer = people[s.behalf-1] // it is her role that is lent
	}
	if signer != lena || w.legalOf == held {
		return false
	}
	return w.legalOf == lost || instant(s.tick, s.minute).Before(instant(0, w.regained))
}

// recused tells whether somebody declared, under any membership, not to decide.
func (w *world) recused(p advocacy.PersonID) bool {
	return slices.ContainsFunc(w.words[:w.said], func(s word) bool {
		return verdicts[s.verdict] == advocacy.Recuse && w.human(people[s.who]) == w.human(p)
	})
}

// violations names the invariants that sending this revision now breaks.
func (w *world) violations(revision uint8) []string {
	var out []string
	if revision != w.head {
		out = append(out, "I4 head")
	}
	if w.hold {
		out = append(out, "I17 hold dominates")
	}
	if w.publications[revision-1].requests > 1 {
		out = append(out, "I18 at most once")
	}
	if w.objected(revision) {
		out = append(out, "I15 negatives persist")
	}
	if w.complete(revision, "") {
		return out
	}
	// What would make it complete is what is broken.
	broken := len(out)
	for _, c := range clauses {
		if w.complete(revision, c.name) {
			out = append(out, c.name)
		}
	}
	for _, without := range []string{"I8 distinct persons", "I11 policy floor"} {
		if w.complete(revision, without) {
			out = append(out, without)
		}
	}
	if len(out) == broken {
		out = append(out, "I2 complete")
	}
	return out
}

func (w *world) counts(s *word, revision uint8, without string) bool {
	if verdicts[s.verdict] != advocacy.Approve || w.replaced(s) {
		return false
	}
	for _, c := range clauses {
		if c.name != without && !c.holds(w, s, revision) {
			return false
		}
	}
	return true
}

func (w *world) replaced(s *word) bool {
	return slices.ContainsFunc(w.words[:w.said], func(o word) bool {
		return o.supersedes > 0 && w.words[o.supersedes-1] == *s
	})
}

// signer is who signs and for whom, counted from 1: the two are one.
type signer struct{ who, behalf uint8 }

func (s signer) involves(o signer) bool {
	return s.who == o.who || s.behalf == o.who+1 || o.behalf == s.who+1 || s.behalf > 0 && s.behalf == o.behalf
}

// complete tells whether legal and PR signed, by different persons.
func (w *world) complete(revision uint8, without string) bool {
	var signers [2][]signer
	for i := range w.words[:w.said] {
		s := &w.words[i]
		by := signer{s.who, s.behalf}
		if w.counts(s, revision, without) && !slices.Contains(signers[s.key], by) {
			signers[s.key] = append(signers[s.key], by)
		}
	}
	prs := 1
	if w.stricter && without != "I11 policy floor" {
		prs = 2
	}
	for _, lawyer := range signers[0] {
		others := 0
		for _, p := range signers[1] {
			if !p.involves(lawyer) || without == "I8 distinct persons" {
				others++
			}
		}
		if others >= prs {
			return true
		}
	}
	return false
}

// objected tells whether an objection stands that nobody of its role has cleared.
func (w *world) objected(revision uint8) bool {
	for i := range w.words[:w.said] {
		s := &w.words[i]
		if !verdicts[s.verdict].Negative() || w.replaced(s) {
			continue
		}
		cleared := false
		for j := range w.words[:w.said] {
			o := &w.words[j]
			cleared = cleared || j > i && o.key == s.key && w.counts(o, revision, "")
		}
		if !cleared || (verdicts[s.verdict] == advocacy.Reject && same(s.digest, revision)) {
			return true
		}
	}
	return false
}
