package diff

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// Change is what became of a target.
type Change string

const (
	// Unchanged shows the same.
	Unchanged Change = "unchanged"
	// Changed shows something else.
	Changed Change = "changed"
	// Added is only in the newer revision.
	Added Change = "added"
	// Removed is only in the older one.
	Removed Change = "removed"
)

// Changes lists them.
func Changes() []Change { return []Change{Unchanged, Changed, Added, Removed} }

// Target is what changed in what one account, or one network and language, will show.
type Target struct {
	Account  advocacy.AccountID
	Network  advocacy.Network
	Language string
	// Alternative names which of an item's texts it is, as the newer revision has it.
	Alternative string
	Change      Change
	// Text is the whole text, in pieces.
	Text []Span
	// Fields are those besides the text that changed.
	Fields []Field
}

// Field is one part of a target that changed. Blob names the picture it is about, if any.
type Field struct {
	Name  string
	Blob  string
	Spans []Span
}

// The fields besides the text.
const (
	FieldByline         = "byline"
	FieldCountry        = "country"
	FieldPlace          = "place"
	FieldLanguage       = "language"
	FieldLink           = "link"
	FieldDisclosure     = "disclosure"
	FieldDisclosureText = "disclosure_text"
	FieldMedia          = "media"
	FieldMediaOrder     = "media_order"
	FieldAltText        = "alt_text"
	FieldCardTitle      = "card.title"
	FieldCardText       = "card.description"
	FieldCardPicture    = "card.picture"
	FieldCardAltText    = "card.picture.alt_text"
)

// FieldAudience begins the names of the fields that say whom a library item is for; the kind
// of what is asked for follows.
const FieldAudience = "audience."

// FieldAnnouncement says whether a library item is for reading alone.
const FieldAnnouncement = "announcement"

// What the edit policy of a library item says.
const (
	FieldEditMode       = "edit_policy.mode"
	FieldEditSpans      = "edit_policy.spans"
	FieldEditUnreviewed = "edit_policy.unreviewed"
)

// Reach compares how far two revisions of a library item may go: whom they are for, by what is
// asked for, whether they are shared outside at all, and what may be changed then.
func Reach(base, head advocacy.Manifest) []Field {
	if base.Kind != head.Kind {
		return nil
	}
	var out []Field
	value := func(name, before, after string) {
		if before != after {
			out = append(out, Field{Name: name, Spans: replaced(before, after)})
		}
	}
	value(FieldAnnouncement, strconv.FormatBool(base.Announcement), strconv.FormatBool(head.Announcement))
	for _, kind := range advocacy.TraitKinds() {
		before, after := base.Audience.Values(kind), head.Audience.Values(kind)
		if !slices.Equal(before, after) {
			out = append(out, Field{
				Name: FieldAudience + string(kind), Spans: Text(strings.Join(before, ", "), strings.Join(after, ", ")),
			})
		}
	}
	a, b := base.Editing, head.Editing
	value(FieldEditMode, string(a.Mode), string(b.Mode))
	value(FieldEditUnreviewed, strconv.FormatBool(a.Unreviewed), strconv.FormatBool(b.Unreviewed))
	if !slices.Equal(a.Spans, b.Spans) {
		out = append(out, Field{Name: FieldEditSpans, Spans: Text(spans(a.Spans), spans(b.Spans))})
	}
	return out
}

// spans writes what may be changed, a line each: the words, and what may become of them.
func spans(all []advocacy.EditSpan) string {
	var out strings.Builder
	for _, s := range all {
		fmt.Fprintf(&out, "%q", s.Text)
		if s.Optional {
			out.WriteString(", optional")
		}
		if s.Most > 0 {
			fmt.Fprintf(&out, ", free up to %d", s.Most)
		}
		out.WriteByte('\n')
	}
	return out.String()
}

// Manifests compares what two revisions show, target by target in the order of the newer
// one, and then what is gone. A post is compared with its library item by network and
// language: an item has no accounts, and shows itself where the post may not go. Of its
// alternatives, the one that shows the same is meant, and the first when none does.
func Manifests(base, head advocacy.Manifest) []Target {
	same := base.Kind == head.Kind
	used := make(map[string]bool)
	var out []Target
	for _, t := range head.Targets {
		i := counterpart(base.Targets, t, same)
		if i < 0 {
			out = append(out, whole(t, Added, Insert))
			continue
		}
		used[place(t, same)] = true
		out = append(out, between(base.Targets[i], t, same))
	}
	for _, t := range base.Targets {
		if same && !used[place(t, same)] {
			out = append(out, whole(t, Removed, Delete))
		}
	}
	return out
}

// counterpart is the place of what a target is compared with, negative for nothing.
func counterpart(base []advocacy.Target, t advocacy.Target, same bool) int {
	if !same {
		shown := t.Rendering.Fingerprint()
		if i := slices.IndexFunc(base, func(o advocacy.Target) bool { return o.Rendering.Fingerprint() == shown }); i >= 0 {
			return i
		}
	}
	return slices.IndexFunc(base, func(o advocacy.Target) bool { return place(o, same) == place(t, same) })
}

// place is where a target is shown.
func place(t advocacy.Target, same bool) string {
	where := string(t.Rendering.Network) + " " + t.Rendering.Language
	switch {
	case !same:
		return where
	case t.Account != "":
		return string(t.Account)
	default:
		return where + " " + t.Alternative
	}
}

func whole(t advocacy.Target, change Change, op Op) Target {
	return Target{
		Account: t.Account, Network: t.Rendering.Network, Language: t.Rendering.Language, Alternative: t.Alternative,
		Change: change, Text: add(nil, op, t.Rendering.Text),
	}
}

func between(base, head advocacy.Target, accounts bool) Target {
	a, b := base.Rendering, head.Rendering
	t := whole(head, Unchanged, Equal)
	t.Text = Text(a.Text, b.Text)
	value := func(name, before, after string) {
		if before != after {
			t.Fields = append(t.Fields, Field{Name: name, Spans: replaced(before, after)})
		}
	}
	if accounts {
		value(FieldByline, base.Byline, head.Byline)
		value(FieldCountry, base.Country, head.Country)
		value(FieldPlace, base.Place, head.Place)
	}
	value(FieldLanguage, a.Language, b.Language)
	value(FieldLink, a.Link, b.Link)
	value(FieldDisclosure, string(a.Disclosure), string(b.Disclosure))
	value(FieldDisclosureText, a.DisclosureText, b.DisclosureText)
	t.Fields = append(t.Fields, cards(a.Card, b.Card)...)
	t.Fields = append(t.Fields, pictures(a.Media, b.Media)...)
	if a.Text != b.Text || len(t.Fields) > 0 {
		t.Change = Changed
	}
	return t
}

// cards compares what is said of the page a link leads to. A picture that is another one is there
// once as it went and once as it came.
func cards(base, head advocacy.RenderedCard) []Field {
	var out []Field
	words := func(name, before, after string) {
		if before != after {
			out = append(out, Field{Name: name, Spans: Text(before, after)})
		}
	}
	words(FieldCardTitle, base.Title, head.Title)
	words(FieldCardText, base.Description, head.Description)
	a, b := base.Picture, head.Picture
	if a.Blob != b.Blob {
		if a.Blob != "" {
			out = append(out, Field{FieldCardPicture, a.Blob, add(nil, Delete, a.Blob)})
		}
		if b.Blob != "" {
			out = append(out, Field{FieldCardPicture, b.Blob, add(nil, Insert, b.Blob)})
		}
	}
	words(FieldCardAltText, a.AltText, b.AltText)
	return out
}

// pictures compares what is shown below a text: which pictures, in which order, and what
// is said of them to who cannot see.
func pictures(base, head []advocacy.RenderedMedia) []Field {
	var out []Field
	var kept, was []string
	for _, m := range head {
		i := find(base, m.Blob)
		if i < 0 {
			out = append(out, Field{FieldMedia, m.Blob, add(nil, Insert, m.Blob)})
			continue
		}
		kept = append(kept, m.Blob)
		if base[i].AltText != m.AltText {
			out = append(out, Field{FieldAltText, m.Blob, Text(base[i].AltText, m.AltText)})
		}
	}
	for _, m := range base {
		if find(head, m.Blob) < 0 {
			out = append(out, Field{FieldMedia, m.Blob, add(nil, Delete, m.Blob)})
			continue
		}
		was = append(was, m.Blob)
	}
	if !slices.Equal(kept, was) {
		for _, blob := range kept {
			out = append(out, Field{FieldMediaOrder, blob, add(nil, Equal, blob)})
		}
	}
	return out
}

func find(all []advocacy.RenderedMedia, blob string) int {
	return slices.IndexFunc(all, func(m advocacy.RenderedMedia) bool { return m.Blob == blob })
}
