package advocacy

import "testing"

// TestWhoSeesATopic is the rule of visibility as a table: who is looking, at which topic, and
// whether he or she sees it and follows it without a word, after joining and after leaving.
func TestWhoSeesATopic(t *testing.T) {
	t.Parallel()
	stranger, member := Viewer{Person: "stranger", Traits: []Trait{{TraitGroup, "sales"}, {TraitDepartment, "board"}}}, Viewer{Person: "member"}
	grouped, desk := Viewer{Person: "grouped", Traits: []Trait{{TraitGroup, "sales"}, {TraitGroup, "board"}}}, Viewer{Person: "desk", Desk: true}
	closed := Topic{Closed: true, Members: []PersonID{"member"}, Groups: []string{"board"}}
	compulsory := closed
	compulsory.Compulsory = true
	open := Topic{Members: closed.Members, Groups: closed.Groups}
	for _, c := range []struct {
		name                       string
		who                        Viewer
		topic                      Topic
		sees, silent, joined, left bool
	}{
		{"anybody, open", stranger, open, true, false, true, false},
		{"a member of what was closed, open", member, open, true, false, true, false},
		{"anybody, open to all and compulsory", stranger, Topic{Compulsory: true}, true, true, true, true},
		{"a stranger, closed", stranger, closed, false, false, false, false},
		{"a stranger, closed and compulsory", stranger, compulsory, false, false, false, false},
		{"nobody in particular, closed", Viewer{}, closed, false, false, false, false},
		{"a member, closed", member, closed, true, true, true, false},
		{"by group, closed", grouped, closed, true, true, true, false},
		{"by group, closed and compulsory", grouped, compulsory, true, true, true, true},
		{"the desk, closed", desk, closed, true, false, true, false},
		{"the desk, closed and compulsory", desk, compulsory, true, true, true, true},
	} {
		got := []bool{
			c.who.Sees(&c.topic), c.who.Follows(&c.topic, nil),
			c.who.Follows(&c.topic, &Subscription{Joined: true}), c.who.Follows(&c.topic, &Subscription{}),
		}
		for i, want := range []bool{c.sees, c.silent, c.joined, c.left} {
			if got[i] != want {
				t.Errorf("%s: sees, follows, follows after joining, after leaving: %v", c.name, got)
				break
			}
		}
	}
}

// TestTopicGuards: nothing becomes invisible by accident.
func TestTopicGuards(t *testing.T) {
	t.Parallel()
	for reason, err := range map[string]error{
		"DEFAULT_TOPIC_OPEN": (&Topic{Default: true, Closed: true}).Guard(),
		"TOPIC_TOO_LARGE":    (&Topic{Members: make([]PersonID, MaximumTopicMembers+1)}).Guard(),
		"TOPIC_COMPULSORY":   (&Topic{Compulsory: true}).GuardLeave(),
		"":                   (&Topic{Closed: true, Members: make([]PersonID, MaximumTopicMembers)}).Guard(),
	} {
		if got := ReasonOf(err); got != reason {
			t.Errorf("%v, want %q", err, reason)
		}
	}
	if err := (&Topic{Default: true}).GuardLeave(); err != nil {
		t.Error(err)
	}
}
