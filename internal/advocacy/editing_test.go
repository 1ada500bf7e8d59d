package advocacy_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

func spans(all ...advocacy.EditSpan) advocacy.Editing {
	return advocacy.Editing{Mode: advocacy.EditSpans, Spans: all}
}

func leaveOut(text string) advocacy.EditSpan { return advocacy.EditSpan{Text: text, Optional: true} }

func write(text string, most int) advocacy.EditSpan {
	return advocacy.EditSpan{Text: text, Most: most}
}

func TestWithin(t *testing.T) {
	t.Parallel()
	const item = "We open our lab in Nantes today. I am proud. Come and see!"
	policy := spans(write("I am proud.", 10), leaveOut("today"), leaveOut("Come and see!"))
	for text, want := range map[string]bool{
		item: true,
		"We open our lab in Nantes. I am proud. Come and see!":         true,
		"We open our lab in Nantes today. I am proud.":                 true,
		"We open our lab in Nantes. So glad!":                          true,
		"We open our lab in Nantes today. 日本語 👩‍🔬. Come and see!":      true,
		"We open our lab in Nantes today. Come and see!":               false, // nothing in its place
		"We open our lab in Nantes today.   Come and see!":             false, // only space
		"We open our lab in Nantes today. So glad! Come":               false, // the end is missing
		"We open our lab in Nantes today. 12345678901":                 false, // too many
		"We open our lab in Nantes today. 1234567890":                  true,
		"We open our lab in Nantes now. I am proud. Come and see!":     false, // other words
		"We οpen our lab in Nantes today. I am proud. Come and see!":   false, // a Greek letter
		"We open our lab in Nan\u200btes today. I am proud.":           false, // a space of no width
		"We open our lab in Nantes today . I am proud. Come and see!":  false, // a space more
		"We open our lab in Nantes today. \u0338x. Come and see!":      false, // strikes out what stands before
		"We open our lab in Nantes today. \u200dx. Come and see!":      false, // joins
		"We open our lab in Nantes today. x\u202ey Come and see!":      false, // turns around what comes
		"Really? We open our lab in Nantes today. I am proud.":         false,
		"We open our lab in Nantes today. I am proud. Come and see!!!": false,
		"": false,
	} {
		if got := policy.Within(text, item); got != want {
			t.Errorf("%q is within: %t, want %t", text, got, want)
		}
	}
}

// TestSpacesGoWithWords: who leaves words out does not have to think of the spaces.
func TestSpacesGoWithWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		item, out, text string
		want            bool
	}{
		{"Hello, dear all, we open.", "dear", "Hello, all, we open.", true},
		{"Hello, dear all, we open.", "dear", "Hello,  all, we open.", false},
		{"Hello! We open.", "Hello!", "We open.", true},
		{"We open.\nCome by! Soon.", "Come by!", "We open.\nSoon.", true},
		{"We open (today).", " (today)", "We open.", true},
		{"We open, today.", ", today", "We open.", true},
		{"unbelievable", "un", "believable", true},
	} {
		if got := spans(leaveOut(c.out)).Within(c.text, c.item); got != c.want {
			t.Errorf("%q without %q as %q: %t", c.item, c.out, c.text, got)
		}
	}
	two := spans(leaveOut("really"), leaveOut("truly"))
	if !two.Within("We are glad.", "We are really truly glad.") {
		t.Error("two neighbours cannot both be left out")
	}
}

// TestWithinTakesWhatItOffers: whatever is put together from an item by its policy is within
// it, and no longer when one character that is locked is another.
func TestWithinTakesWhatItOffers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		piece := rapid.StringMatching(`[a-d]{1,6}`)
		var item, made strings.Builder
		var policy advocacy.Editing
		policy.Mode = advocacy.EditSpans
		var locked []int
		for i := range rapid.IntRange(1, 6).Draw(t, "pieces") {
			words := piece.Draw(t, "words")
			if rapid.Bool().Draw(t, "locked") {
				for i := range words {
					locked = append(locked, made.Len()+i)
				}
				made.WriteString(words)
				item.WriteString(words)
				continue
			}
			name := string(rune('P' + i)) // stands once
			span := advocacy.EditSpan{Text: name + words, Optional: rapid.Bool().Draw(t, "optional"), Most: rapid.IntRange(0, 8).Draw(t, "most")}
			policy.Spans = append(policy.Spans, span)
			item.WriteString(span.Text)
			switch {
			case span.Optional && rapid.Bool().Draw(t, "left out"):
			case span.Most > 0:
				made.WriteString(rapid.StringMatching(`[e-z]{1,`+string(rune('0'+span.Most))+`}`).Draw(t, "written"))
			default:
				made.WriteString(span.Text)
			}
		}
		text := made.String()
		if !policy.Within(text, item.String()) {
			t.Fatalf("%q is not within %q by %+v", text, item.String(), policy.Spans)
		}
		if len(locked) > 0 {
			at := rapid.SampledFrom(locked).Draw(t, "at")
			other := text[:at] + "#" + text[at+1:]
			if policy.Within(other, item.String()) && !nearWritten(policy) {
				t.Fatalf("%q is within %q by %+v", other, item.String(), policy.Spans)
			}
		}
	})
}

// nearWritten tells whether words can be written at all: then a character that is locked can
// come to be read as one of them, and what is locked as standing elsewhere.
func nearWritten(e advocacy.Editing) bool {
	for _, s := range e.Spans {
		if s.Most > 0 {
			return true
		}
	}
	return false
}

func TestEditingGuard(t *testing.T) {
	t.Parallel()
	shows := func(texts ...string) []advocacy.Target {
		var out []advocacy.Target
		for _, text := range texts {
			out = append(out, advocacy.Target{Rendering: advocacy.Rendering{Network: "wall", Language: "en", Text: text}})
		}
		return out
	}
	for name, c := range map[string]struct {
		policy  advocacy.Editing
		targets []advocacy.Target
		want    string
	}{
		"none":                 {advocacy.Editing{}, nil, ""},
		"locked":               {advocacy.Editing{Mode: advocacy.EditLocked}, shows("One."), ""},
		"spans":                {spans(leaveOut("One."), write("Two.", 9)), shows("One. Two."), ""},
		"in two texts":         {spans(leaveOut("One.")), shows("One. Two.", "Two. One."), ""},
		"one text each":        {spans(leaveOut("One."), leaveOut("Un.")), shows("One.", "Un."), ""},
		"no spans":             {advocacy.Editing{Mode: advocacy.EditSpans}, shows("One."), "EDIT_SPANS_MISSING"},
		"spans of what is not": {advocacy.Editing{Spans: []advocacy.EditSpan{leaveOut("One.")}}, shows("One."), "EDIT_POLICY_MODE"},
		"locked, unreviewed":   {advocacy.Editing{Mode: advocacy.EditLocked, Unreviewed: true}, shows("One."), "EDIT_POLICY_MODE"},
		"fixed":                {spans(advocacy.EditSpan{Text: "One."}), shows("One."), "EDIT_SPAN_FIXED"},
		"not there":            {spans(leaveOut("Two.")), shows("One."), "EDIT_SPAN_NOT_FOUND"},
		"twice":                {spans(leaveOut("a")), shows("a b a"), "EDIT_SPAN_AMBIGUOUS"},
		"twice, overlapping":   {spans(leaveOut("aa")), shows("aaa"), "EDIT_SPAN_AMBIGUOUS"},
		"overlap":              {spans(leaveOut("a b"), leaveOut("b c")), shows("a b c"), "EDIT_SPANS_OVERLAP"},
		"one in another":       {spans(leaveOut("a b c"), leaveOut("b")), shows("a b c"), "EDIT_SPANS_OVERLAP"},
	} {
		if err := c.policy.Guard(c.targets); advocacy.ReasonOf(err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// TestEditOf: only words that may change are, and everywhere.
func TestEditOf(t *testing.T) {
	t.Parallel()
	say := func(network advocacy.Network, text string) advocacy.Target {
		return advocacy.Target{Rendering: advocacy.Rendering{Network: network, Language: "en", Text: text, Link: "https://example.com"}}
	}
	with := func(t advocacy.Target, change func(*advocacy.Rendering)) advocacy.Target {
		change(&t.Rendering)
		return t
	}
	item := advocacy.Manifest{
		Targets: []advocacy.Target{say("wall", "Open. Mine."), say("webhook", "Shut. Mine.")},
		Editing: spans(write("Mine.", 10)),
	}
	for name, c := range map[string]struct {
		targets []advocacy.Target
		want    advocacy.Edit
	}{
		"as it is":           {item.Targets, advocacy.Unedited},
		"one personal":       {[]advocacy.Target{say("wall", "Open. Ours."), item.Targets[1]}, advocacy.EditedWithin},
		"both personal":      {[]advocacy.Target{say("wall", "Open. Ours."), say("webhook", "Shut. Ours.")}, advocacy.EditedWithin},
		"the other's words":  {[]advocacy.Target{say("wall", "Shut. Ours.")}, advocacy.EditedBeyond},
		"one beyond":         {[]advocacy.Target{say("wall", "Open. Ours."), say("webhook", "Open? Ours.")}, advocacy.EditedBeyond},
		"beyond and within":  {[]advocacy.Target{say("webhook", "Open? Ours."), say("wall", "Open. Ours.")}, advocacy.EditedBeyond},
		"another language":   {[]advocacy.Target{with(say("wall", "Open. Ours."), func(r *advocacy.Rendering) { r.Language = "fr" })}, advocacy.EditedBeyond},
		"another network":    {[]advocacy.Target{say("mail", "Open. Ours.")}, advocacy.EditedBeyond},
		"another link":       {[]advocacy.Target{with(say("wall", "Open. Ours."), func(r *advocacy.Rendering) { r.Link = "https://example.org" })}, advocacy.EditedBeyond},
		"without disclosure": {[]advocacy.Target{with(say("wall", "Open. Ours."), func(r *advocacy.Rendering) { r.Disclosure = "employee" })}, advocacy.EditedBeyond},
		"a picture more":     {[]advocacy.Target{with(say("wall", "Open. Ours."), func(r *advocacy.Rendering) { r.Media = []advocacy.RenderedMedia{{Blob: "b"}} })}, advocacy.EditedBeyond},
		"to nobody":          {nil, advocacy.EditedBeyond},
	} {
		post := advocacy.Manifest{Targets: c.targets}
		if got := advocacy.EditOf(post, item); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
		want := map[advocacy.Edit]advocacy.Origin{
			advocacy.Unedited: advocacy.OriginLibrary, advocacy.EditedWithin: advocacy.OriginLibraryPersonalised, advocacy.EditedBeyond: advocacy.OriginLibraryEdited,
		}[c.want]
		free := item
		free.Editing.Unreviewed = true
		if got := advocacy.OriginOf(post, free); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
		if got := advocacy.OriginOf(post, item); got == advocacy.OriginLibraryPersonalised {
			t.Errorf("%s: nobody let it go out unreviewed", name)
		}
	}
	for _, mode := range []advocacy.EditMode{advocacy.EditReviewed, advocacy.EditLocked} {
		locked := item
		locked.Editing = advocacy.Editing{Mode: mode, Spans: item.Editing.Spans, Unreviewed: true}
		if got := advocacy.OriginOf(advocacy.Manifest{Targets: []advocacy.Target{say("wall", "Open. Ours.")}}, locked); got != advocacy.OriginLibraryEdited {
			t.Errorf("with the mode %q: %s", mode, got)
		}
	}
}
