package advocacy_test

import (
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// TestContentEqual: contents that differ in any field differ, a field that comes later too.
func TestContentEqual(t *testing.T) {
	t.Parallel()
	whole := advocacy.Content{
		Language: "en", Text: "text", Variants: []advocacy.Variant{{Text: "variant"}}, Link: "https://example.com",
		Card: advocacy.Card{Title: "title"}, Media: []advocacy.MediaRef{{Blob: "blob"}}, Disclosure: advocacy.DisclosureEmployee,
	}
	if !whole.Equal(whole) {
		t.Error("a content is another than itself")
	}
	for i := range reflect.TypeFor[advocacy.Content]().NumField() {
		other := whole
		field := reflect.ValueOf(&other).Elem().Field(i)
		if field.IsZero() {
			t.Errorf("the sample has no %s", reflect.TypeFor[advocacy.Content]().Field(i).Name)
		}
		field.SetZero()
		if whole.Equal(other) {
			t.Errorf("%s may be another", reflect.TypeFor[advocacy.Content]().Field(i).Name)
		}
	}
}

// TestTextForAnAccount: what is written for an account is shown there, in its language, and
// nowhere else.
func TestTextForAnAccount(t *testing.T) {
	t.Parallel()
	c := advocacy.Content{Language: "en", Text: "own", Variants: []advocacy.Variant{
		{Network: "wall", Text: "wall"}, {Account: "hers", Text: "hers"}, {Account: "theirs", Language: "fr", Text: "le leur"},
	}}
	for account, want := range map[advocacy.AccountID][2]string{
		"hers": {"hers", "en"}, "theirs": {"le leur", "fr"}, "his": {"wall", "en"}, "": {"wall", "en"},
	} {
		shown, lang := c.For(account)
		if text, ok := shown.TextFor("wall", lang); text != want[0] || lang != want[1] || !ok {
			t.Errorf("%s shows %q in %s, want %q", account, text, lang, want)
		}
	}
	shown, _ := c.For("hers")
	if text, _ := shown.TextFor("webhook", "en"); text != "hers" || shown.Variants[1].Text != "hers" || c.Variants[1].Account != "hers" {
		t.Errorf("on another network %q is shown, of %+v", text, c)
	}
}

func TestTextFor(t *testing.T) {
	t.Parallel()
	c := advocacy.Content{Language: "en", Text: "own", Variants: []advocacy.Variant{
		{Network: "wall", Text: "wall"},
		{Language: "fr", Text: "french"},
		{Network: "wall", Language: "fr", Text: "french wall"},
		{Language: "en", Text: "english"},
		{Network: "webhook", Language: "de", Text: "german webhook"},
	}}
	for _, tt := range []struct {
		network  advocacy.Network
		language string
		want     string
		ok       bool
	}{
		{"wall", "en", "wall", true},
		{"webhook", "en", "english", true},
		{"wall", "fr", "french wall", true},
		{"webhook", "fr", "french", true},
		{"webhook", "de", "german webhook", true},
		{"wall", "de", "", false},
		{"wall", "", "", false},
	} {
		if text, ok := c.TextFor(tt.network, tt.language); text != tt.want || ok != tt.ok {
			t.Errorf("%s in %q: %q, %t; want %q, %t", tt.network, tt.language, text, ok, tt.want, tt.ok)
		}
	}
	if text, ok := (advocacy.Content{Language: "en", Text: "own"}).TextFor("wall", "en"); text != "own" || !ok {
		t.Errorf("without variants: %q, %t", text, ok)
	}
	if diff := cmp.Diff([]string{"en", "fr", "de"}, c.Languages()); diff != "" {
		t.Errorf("languages (-want +got):\n%s", diff)
	}
}

func TestWindow(t *testing.T) {
	t.Parallel()
	always := advocacy.Window{}
	if !always.Contains(at(0)) || always.Over(at(0)) {
		t.Error("an open window does not contain an instant, or is over")
	}
	w := advocacy.Window{Start: at(1), End: at(3)}
	for minute, want := range map[int][2]bool{0: {false, false}, 1: {true, false}, 2: {true, false}, 3: {false, true}, 4: {false, true}} {
		if got := [2]bool{w.Contains(at(minute)), w.Over(at(minute))}; got != want {
			t.Errorf("minute %d: contains, over = %v; want %v", minute, got, want)
		}
	}
}

func TestRoles(t *testing.T) {
	t.Parallel()
	for role, want := range map[advocacy.Role]bool{
		advocacy.RoleLegal: true, "approver:x": true, "approver:": false, "approver": false, advocacy.RoleAdmin: false, "Approver:legal": false, "": false,
	} {
		if role.Approver() != want {
			t.Errorf("%q signs: %t", role, role.Approver())
		}
	}
	if f := advocacy.RoleLegal.Function(); f != "legal" {
		t.Errorf("the function of %s is %q", advocacy.RoleLegal, f)
	}
	if object, action := advocacy.PermissionDecide.Split(); object != "reviews" || action != "decide" {
		t.Errorf("%s splits into %q and %q", advocacy.PermissionDecide, object, action)
	}
	if diff := cmp.Diff([]advocacy.Role{advocacy.RoleLegal, advocacy.RolePR}, everybody()[dana].RoleNames()); diff != "" {
		t.Errorf("roles (-want +got):\n%s", diff)
	}
}

// TestHeldSince is the clause "held now and without a gap" on its own.
func TestHeldSince(t *testing.T) {
	t.Parallel()
	m := member(lena, advocacy.RoleLegal)
	for name, tt := range map[string]struct {
		change func(m *advocacy.Member)
		want   bool
	}{
		"held":                 {func(*advocacy.Member) {}, true},
		"granted later":        {func(m *advocacy.Member) { m.Roles[0].Since = at(1) }, false},
		"granted then":         {func(m *advocacy.Member) { m.Roles[0].Since = at(0) }, true},
		"enabled later":        {func(m *advocacy.Member) { m.StateTime = at(1) }, false},
		"disabled since long":  {func(m *advocacy.Member) { m.State = advocacy.MemberDisabled }, false},
		"a state nobody knows": {func(m *advocacy.Member) { m.State = "" }, false},
		"granted twice, once later": {func(m *advocacy.Member) {
			m.Roles = append(m.Roles, advocacy.RoleGrant{Role: advocacy.RoleLegal, Since: at(1)})
		}, true},
	} {
		changed := *m
		changed.Roles = append([]advocacy.RoleGrant(nil), m.Roles...)
		tt.change(&changed)
		if got := changed.HeldSince(advocacy.RoleLegal, at(0)); got != tt.want {
			t.Errorf("%s: held since is %t", name, got)
		}
	}
	var nobody *advocacy.Member
	if nobody.Active() || nobody.Holds(advocacy.RoleLegal) || nobody.HeldSince(advocacy.RoleLegal, time.Time{}) {
		t.Error("nobody is active, or holds a role")
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	cause := errors.New("the disk is full")
	for _, tt := range []struct {
		err  *advocacy.Error
		kind advocacy.Kind
	}{
		{advocacy.InvalidField("text", "WHY", "%d", 7), advocacy.Invalid},
		{advocacy.Deny("WHY", "%d", 7), advocacy.Denied},
		{advocacy.Missing("WHY", "%d", 7), advocacy.NotFound},
		{advocacy.Refuse("WHY", "%d", 7), advocacy.Precondition},
		{advocacy.Clash("WHY", "%d", 7), advocacy.Conflict},
		{advocacy.Taken("WHY", "%d", 7), advocacy.Exists},
	} {
		wrapped := fmt.Errorf("on the way: %w", tt.err.With("revision", "2").With("digest", "d").Cause(cause))
		if advocacy.KindOf(wrapped) != tt.kind || advocacy.ReasonOf(wrapped) != "WHY" || !errors.Is(wrapped, cause) {
			t.Errorf("%v: kind %d, reason %q", wrapped, advocacy.KindOf(wrapped), advocacy.ReasonOf(wrapped))
		}
		if want := "WHY: 7: the disk is full"; tt.err.Error() != want || tt.err.Meta["revision"] != "2" {
			t.Errorf("%q with %v, want %q", tt.err, tt.err.Meta, want)
		}
	}
	if advocacy.KindOf(cause) != advocacy.Internal || advocacy.ReasonOf(cause) != "" || advocacy.KindOf(nil) != advocacy.Internal {
		t.Error("what is no Error is not internal")
	}
	if got := advocacy.Refuse("WHY", "so").Error(); got != "WHY: so" {
		t.Errorf("without a cause: %q", got)
	}
	seen := make(map[advocacy.Kind]bool)
	for _, k := range advocacy.Kinds() {
		seen[k] = true
	}
	if len(seen) != int(advocacy.Unavailable)+1 {
		t.Errorf("Kinds lists %d kinds, there are %d", len(seen), int(advocacy.Unavailable)+1)
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	post, item := advocacy.PostSubject("w", "p"), advocacy.ItemSubject("w", "i")
	d := &advocacy.Decision{Subject: item, Round: 3, ID: "d"}
	x := &advocacy.Publication{Workspace: "w", Post: "p", ID: "x"}
	got := []string{
		advocacy.WorkspaceID("w").Name(), post.Name(), item.Name(), post.ReviewName(2), item.RevisionName(7), d.Name(), x.Name(),
		advocacy.MemberName("w", "ann"),
	}
	want := []string{
		"workspaces/w", "workspaces/w/posts/p", "workspaces/w/libraryItems/i", "workspaces/w/posts/p/reviews/2",
		"workspaces/w/libraryItems/i/revisions/7", "workspaces/w/libraryItems/i/reviews/3/decisions/d", "workspaces/w/posts/p/publications/x",
		"workspaces/w/members/ann",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
}

func TestBlocking(t *testing.T) {
	t.Parallel()
	findings := []advocacy.Finding{{Code: "A", Severity: advocacy.Advice}, {Code: "B", Severity: advocacy.Blocks}, {Code: "C", Severity: advocacy.Blocks}}
	if f := advocacy.Blocking(findings); f == nil || f.Code != "B" {
		t.Errorf("the first that blocks is %v", f)
	}
	if f := advocacy.Blocking(findings[:1]); f != nil {
		t.Errorf("advice blocks: %v", f)
	}
}
