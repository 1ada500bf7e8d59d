package web

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// A link that leads where it says needs no word; any other says where.
func TestLeads(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ link, target, former, host string }{
		{"https://Alder.example/jobs/?utm_source=x", "alder.example/jobs", "", "-"},
		{"https://alder.example:443", "alder.example/", "", "-"},
		{"https://alder.example/?b=2&a=1", "alder.example/?a=1&b=2", "", "-"},
		{"https://alder.example/", "", "", "-"},
		{"https://sho.rt/x", "alder.example/jobs", "", "alder.example"},
		{"https://sho.rt/x", "аlder.example/jobs", "", "xn--lder-43d.example"},
		{"https://alder.example/a", "alder.example/b", "", "alder.example"},
		{"https://alder.example/a", "alder.example:8443/a", "", "alder.example:8443"},
		{"https://alder.example/a?id=1", "alder.example/a?id=2", "", "alder.example"},
		{"https://alder.example/a", "alder.example/a", "sho.rt/b", "alder.example"},
		{"https://sho.rt/x", "404", "", ""},
		{"https://sho.rt/x", "FORBIDDEN", "", ""},
		{"::", "alder.example/a", "", "alder.example"},
	} {
		got := page{}.Leads(&imprimaturv1.Review{LinkPins: []*imprimaturv1.LinkPin{{Link: test.link, Target: test.target, FormerTarget: test.former}}})
		var want []leading
		if test.host != "-" {
			want = []leading{{Link: test.link, Target: test.target, Former: test.former, Host: test.host}}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s to %s: %s", test.link, test.target, diff)
		}
	}
}
