package webtest

import (
	"strings"
	"testing"
)

// The guide comes up by itself the first time, to each role its own, and leads to where the work begins.
func TestTheFirstVisit(t *testing.T) {
	t.Parallel()
	for i, one := range []struct{ who, begins string }{{"Oliver", "/library"}, {"Priya", "/queue"}, {"Thomas", "/people"}, {"Judith", "/audit"}} {
		inLooks(t, 2*i+1, func(t *testing.T, l look) {
			h := open(t)
			b := h.browse(t, "", l)
			b.open("/")
			member := ""
			for _, form := range h.guest(t, "").get("/").forms("/demo/sign-in") {
				if strings.Contains(form.text, "Be "+one.who) {
					member = form.values.Get("member")
				}
			}
			b.click(`form[action="/demo/sign-in"]:has(input[value="` + member + `"]) .btn`)
			b.until(`location.pathname === "` + workspace + `/welcome"`)
			b.says("web.welcome.begin")
			b.keep("welcome-" + one.who + l.String())
			b.click(`main .btn.sign`)
			b.until(`location.pathname === "` + workspace + one.begins + `"`)
			b.click(`.bar .word`)
			b.until(`location.pathname === "` + workspace + one.begins + `"`)
		})
	}
}
