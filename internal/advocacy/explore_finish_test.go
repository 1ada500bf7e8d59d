package advocacy_test

import (
	"slices"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// holders are the active holders of each role.
func holders(members map[advocacy.PersonID]*advocacy.Member) map[advocacy.Role][]advocacy.PersonID {
	out := make(map[advocacy.Role][]advocacy.PersonID)
	for p, m := range members {
		for _, g := range m.Roles {
			if m.Active() {
				out[g.Role] = append(out[g.Role], p)
			}
		}
	}
	return out
}

// misrouted tells whether a round that was just counted says that somebody can finish it
// when nobody can, or the other way round.
func (w *world) misrouted() bool {
	s := reviewStates[w.state]
	waits := s == advocacy.ReviewOpen || s == advocacy.ReviewUnroutable
	return waits && w.reviewed == w.head && w.finishable() != (s == advocacy.ReviewOpen)
}

// filling is who would fill a slot of which requirement.
type filling struct {
	key uint8
	by  []advocacy.PersonID
}

// finishable tells whether different persons could give what is asked for: the signatures
// there are, and those that somebody could still give, in every choice.
func (w *world) finishable() bool {
	now := *w
	now.publications[w.reviewed-1].round = w.round // what counts is asked of the round, not of what it allowed
	var given []filling
	for i := range now.words[:now.said] {
		if s := &now.words[i]; now.counts(s, now.reviewed, "") {
			f := filling{s.key, []advocacy.PersonID{w.human(people[s.who])}}
			if s.behalf > 0 {
				f.by = append(f.by, people[s.behalf-1])
			}
			given = append(given, f)
		}
	}
	slots := [2]int{1, 1}
	if w.stricter {
		slots[1] = 2
	}
	all := slices.Clone(given)
	for key := range uint8(len(keys)) {
		for _, p := range people {
			if w.able(p, key) && open(slots, given, w.human(p), key) {
				all = append(all, filling{key, []advocacy.PersonID{w.human(p)}})
			}
		}
	}
	return mostOf(slots, all) == slots[0]+slots[1]
}

// human is who is behind a membership.
func (w *world) human(p advocacy.PersonID) advocacy.PersonID {
	if p == dana && w.merged {
		return nina
	}
	return p
}

// able tells whether nothing bars somebody from signing.
func (w *world) able(p advocacy.PersonID, key uint8) bool {
	wrote := p == ann || w.withDana && (p == dana || p == nina && w.merged)
	holds := map[advocacy.PersonID]bool{
		dana: !w.merged, lena: key == 0 && w.legalOf != lost, paul: key == 1, nina: key == 0 && w.withNina,
	}[p]
	return holds && !wrote && !w.recused(p)
}

// open tells whether a signature of somebody would be a first one, or fill a slot that none
// fills now.
func open(slots [2]int, given []filling, p advocacy.PersonID, key uint8) bool {
	elsewhere := false
	for _, f := range given {
		if !slices.Contains(f.by, p) {
			continue
		}
		if len(f.by) > 1 || f.key == key {
			return false
		}
		elsewhere = true
	}
	return !elsewhere || mostOf(slots, append(slices.Clone(given), filling{key, []advocacy.PersonID{p}})) > mostOf(slots, given)
}

// mostOf is how many slots can be filled, by different persons.
func mostOf(slots [2]int, all []filling) int {
	if len(all) == 0 {
		return 0
	}
	first, rest := all[0], all[1:]
	best := mostOf(slots, rest)
	if slots[first.key] == 0 {
		return best
	}
	slots[first.key]--
	others := slices.DeleteFunc(slices.Clone(rest), func(f filling) bool {
		return slices.ContainsFunc(f.by, func(p advocacy.PersonID) bool { return slices.Contains(first.by, p) })
	})
	return max(best, 1+mostOf(slots, others))
}
