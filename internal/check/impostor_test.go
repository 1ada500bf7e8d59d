package check_test

import (
	"slices"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check"
)

func impostor(handle, address string) advocacy.RegisteredHandle {
	return advocacy.RegisteredHandle{Handle: handle, Address: address, Kind: advocacy.HandleImpostor, Status: advocacy.HandleSeen}
}

// known are two impostors, one that is gone and a name of the company's own.
func known() []advocacy.RegisteredHandle {
	gone := impostor("@old_fake", "https://x.com/old_fake")
	gone.Status = advocacy.HandleGone
	return []advocacy.RegisteredHandle{
		impostor("@Acme_Help", "https://www.x.com/acme_help/"),
		impostor("acme@mastodon.example", "https://pages.example/show?id=7"),
		gone,
		{Handle: "@acme", Address: "https://x.com/acme", Kind: advocacy.HandleReserved, Status: advocacy.HandleHeld},
	}
}

// TestImpostorNamed: an impostor is found where it is mentioned or linked to, and nobody else.
func TestImpostorNamed(t *testing.T) {
	t.Parallel()
	m := check.NewImpostors(known())
	for text, want := range map[string][]string{
		"Ask @acme_help now":                                  {"@acme_help"},
		"@ACME_HELP":                                          {"@ACME_HELP"},
		"(@acme_help), @acme_help.":                           {"@acme_help", "@acme_help"},
		"Ünsere @acme_help’s Fälschung":                       {"@acme_help"},
		"Not @acme@mastodon.example!":                         {"@acme@mastodon.example"},
		"See https://x.com/acme_help":                         {"https://x.com/acme_help"},
		"See http://WWW.x.com/Acme_Help/status/1?s=2.":        {"http://WWW.x.com/Acme_Help/status/1?s=2"},
		"See x.com/acme_help, please":                         {"x.com/acme_help"},
		"[us](x.com/acme_help)":                               {"x.com/acme_help"},
		"“x.com/acme_help”":                                   {"x.com/acme_help"},
		"https://x.com/acme_help#top":                         {"https://x.com/acme_help#top"},
		"https://x.com/@acme_help":                            {"@acme_help"},
		"https://pages.example/show?id=7":                     {"https://pages.example/show?id=7"},
		"https://pages.example/show?id=8":                     nil,
		"https://pages.example/show":                          nil,
		"https://x.com/acme_helpers and https://x.com":        nil,
		"@acme_helpers, @acme_hel, @acme, acme_help":          nil,
		"info@acme_help or info@acme_help.example":            nil,
		"@@acme_help":                                         nil,
		"@old_fake and x.com/old_fake":                        nil,
		"@acme@elsewhere.example, @mastodon.example":          nil,
		"https://elsewhere.example/?to=https://x.com.example": nil,
		"":          nil,
		"@":         nil,
		"\xff@\xff": nil,
	} {
		var got []string
		for _, f := range m.Find(advocacy.Content{Text: text}) {
			if f.Code != "IMPOSTOR_NAMED" || f.Severity != advocacy.Advice || f.Field != "content.text" || f.Args["handle"] == "" {
				t.Errorf("%q: %+v", text, f)
			}
			got = append(got, text[f.Start:f.End])
		}
		if !slices.Equal(got, want) {
			t.Errorf("in %q it finds %q, want %q", text, got, want)
		}
	}
	link := m.Find(advocacy.Content{Link: "https://x.com/acme_help"})
	if len(link) != 1 || link[0].Field != "content.link" || link[0].End != 23 {
		t.Errorf("of a link it finds %+v", link)
	}
	if found := (*check.Impostors)(nil).Find(advocacy.Content{Text: "@acme_help"}); found != nil {
		t.Errorf("none finds %+v", found)
	}
}

// TestRegisters: the register is read when it changed, and not each time.
func TestRegisters(t *testing.T) {
	t.Parallel()
	k := check.NewRegisters()
	reads := 0
	ask := func(w advocacy.WorkspaceID, number int64, handles ...string) int {
		t.Helper()
		m, err := k.Load(w, number, func() (all []advocacy.RegisteredHandle, _ error) {
			reads++
			for _, h := range handles {
				all = append(all, impostor(h, ""))
			}
			return all, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return len(m.Find(advocacy.Content{Text: "@one @two"}))
	}
	for i, c := range []struct {
		w       advocacy.WorkspaceID
		number  int64
		handles []string
		found   int
		reads   int
	}{
		{"acme", 0, []string{"one"}, 0, 0},
		{"acme", 1, []string{"one"}, 1, 1},
		{"acme", 1, nil, 1, 1},
		{"globex", 1, nil, 0, 2},
		{"acme", 2, []string{"one", "two"}, 2, 3},
	} {
		if found := ask(c.w, c.number, c.handles...); found != c.found || reads != c.reads {
			t.Errorf("step %d: it finds %d after %d reads, want %d after %d", i, found, reads, c.found, c.reads)
		}
	}
}

// FuzzImpostors holds that what is found is in the text, apart and in order, whatever the text.
func FuzzImpostors(f *testing.F) {
	m := check.NewImpostors(known())
	for _, seed := range []string{"@acme_help x.com/acme_help", "\xff@.", "a@@b./..//?#", "x.com/acme_help/…"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		end := 0
		for _, found := range m.Find(advocacy.Content{Text: text}) {
			if found.Start < end || found.End <= found.Start || found.End > len(text) {
				t.Fatalf("%q: %+v after %d", text, found, end)
			}
			end = found.End
		}
	})
}
