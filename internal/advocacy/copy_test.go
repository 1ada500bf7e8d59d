package advocacy_test

import (
	"slices"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// TestObjectors holds whom a copy has to get past.
func TestObjectors(t *testing.T) {
	t.Parallel()
	const legal, pr = advocacy.RoleLegal, advocacy.RolePR
	changes := said(3, lou, advocacy.RequestChanges, "legal")
	for name, tt := range map[string]struct {
		decisions []advocacy.Decision
		inherited []advocacy.Role
		edited    bool
		want      []advocacy.Role
	}{
		"nobody objected":                 {decisions: []advocacy.Decision{signed(1, lena, "legal")}},
		"an objection":                    {decisions: []advocacy.Decision{changes}, want: []advocacy.Role{legal}},
		"two of one role":                 {decisions: []advocacy.Decision{changes, said(4, dana, advocacy.Reject, "legal")}, want: []advocacy.Role{legal}},
		"cleared":                         {decisions: []advocacy.Decision{changes, signed(4, dana, "legal")}},
		"cleared, but edited since":       {decisions: []advocacy.Decision{changes, signed(4, dana, "legal")}, edited: true, want: []advocacy.Role{legal}},
		"taken back":                      {decisions: []advocacy.Decision{changes, instead(said(4, lou, advocacy.Retract, "legal"), changes)}},
		"taken back, and edited since":    {decisions: []advocacy.Decision{changes, instead(said(4, lou, advocacy.Retract, "legal"), changes)}, edited: true},
		"inherited":                       {decisions: []advocacy.Decision{changes}, inherited: []advocacy.Role{pr}, want: []advocacy.Role{legal, pr}},
		"inherited, and signed":           {decisions: []advocacy.Decision{signed(1, paul, "pr")}, inherited: []advocacy.Role{pr}},
		"inherited, signed, then edited":  {decisions: []advocacy.Decision{signed(1, paul, "pr")}, inherited: []advocacy.Role{pr}, edited: true, want: []advocacy.Role{pr}},
		"inherited, and objected again":   {decisions: []advocacy.Decision{changes}, inherited: []advocacy.Role{legal}, want: []advocacy.Role{legal}},
		"inherited, signed by the author": {decisions: []advocacy.Decision{signed(1, ann, "legal")}, inherited: []advocacy.Role{legal}, want: []advocacy.Role{legal}},
	} {
		c := aCase(tt.decisions...)
		if tt.edited {
			c.Head, c.HeadDigest = c.Head+1, bytesOf("edited")
		}
		if got := c.Objectors(tt.inherited); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}
