package advocacy

import (
	"cmp"
	"slices"
)

// TraitKind is what an audience can ask for of a member.
type TraitKind string

const (
	// TraitGroup is a group the person belongs to.
	TraitGroup TraitKind = "group"
	// TraitDepartment is the department the person works in.
	TraitDepartment TraitKind = "department"
	// TraitCountry is the country the person works in, as ISO 3166-1 has it in two letters.
	TraitCountry TraitKind = "country"
	// TraitLanguage is the language the service speaks to the person.
	TraitLanguage TraitKind = "language"
)

// TraitKinds lists every kind.
func TraitKinds() []TraitKind {
	return []TraitKind{TraitGroup, TraitDepartment, TraitCountry, TraitLanguage}
}

// Trait is one thing an audience can ask for of a member.
type Trait struct {
	Kind  TraitKind
	Value string
}

// Audience is whom a library item is for: of each kind it names, a person has one of the
// values. It names nothing when it is for everybody. It is signed with the item's revision,
// since it decides in whose name something may go out.
type Audience struct {
	Groups      []string `json:"groups,omitempty"`
	Departments []string `json:"departments,omitempty"`
	Countries   []string `json:"countries,omitempty"`
	Languages   []string `json:"languages,omitempty"`
}

// Reach is how far what an item says may go: what is signed with it besides its words.
type Reach struct {
	// Audience is whom the item is for.
	Audience Audience `json:"audience,omitzero"`
	// Announcement is for reading alone: nobody shares it outside.
	Announcement bool `json:"announcement,omitempty"`
}

// AudienceOf is the audience that names the traits.
func AudienceOf(traits ...Trait) Audience {
	var a Audience
	for _, t := range traits {
		if values := a.values(t.Kind); values != nil {
			*values = append(*values, t.Value)
		}
	}
	return a.Tidy()
}

// Values are what the audience names of a kind.
func (a Audience) Values(kind TraitKind) []string {
	if values := a.values(kind); values != nil {
		return *values
	}
	return nil
}

func (a *Audience) values(kind TraitKind) *[]string {
	switch kind {
	case TraitGroup:
		return &a.Groups
	case TraitDepartment:
		return &a.Departments
	case TraitCountry:
		return &a.Countries
	case TraitLanguage:
		return &a.Languages
	default:
		return nil
	}
}

// Traits are what the audience names.
func (a Audience) Traits() []Trait {
	var all []Trait
	for _, kind := range TraitKinds() {
		for _, v := range a.Values(kind) {
			all = append(all, Trait{kind, v})
		}
	}
	return all
}

// Everybody tells whether the audience leaves nobody out.
func (a Audience) Everybody() bool { return len(a.Traits()) == 0 }

// Includes tells whether somebody with the traits is of the audience. The lists of the store
// follow it, and a test holds the two together.
func (a Audience) Includes(traits []Trait) bool {
	for _, kind := range TraitKinds() {
		has := func(v string) bool { return slices.Contains(traits, Trait{kind, v}) }
		if values := a.Values(kind); len(values) > 0 && !slices.ContainsFunc(values, has) {
			return false
		}
	}
	return true
}

// Tidy is the same audience with each value once and in order, so that one audience has one
// spelling.
func (a Audience) Tidy() Audience {
	for _, kind := range TraitKinds() {
		values := a.values(kind)
		*values = slices.Compact(slices.Sorted(slices.Values(*values)))
	}
	return a
}

// Traits are what an audience can ask for of the member, in order; nobody has any.
func (m *Member) Traits() []Trait {
	if m == nil {
		return nil
	}
	all := []Trait{{TraitDepartment, m.Department}, {TraitCountry, m.Country}, {TraitLanguage, m.Language}}
	for _, g := range m.Groups {
		all = append(all, Trait{TraitGroup, g})
	}
	all = slices.DeleteFunc(all, func(t Trait) bool { return t.Value == "" })
	slices.SortFunc(all, func(a, b Trait) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Value, b.Value)) })
	return slices.Compact(all)
}
