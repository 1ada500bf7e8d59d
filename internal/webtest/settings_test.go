package webtest

import (
	"net/http"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/catalogue"
)

// An administrator says what holds for the whole workspace; who writes over what somebody else set
// meanwhile sees that first, with everything typed still there.
func TestSettings(t *testing.T) {
	t.Parallel()
	for _, l := range looks(4) {
		t.Run(l.String(), func(t *testing.T) {
			h := open(t)
			thomas := h.colleague(t, "Thomas")
			b := h.browse(t, "Thomas", l)
			b.open(workspace + "/library")
			b.click(".menu summary")
			b.click(`.drop a[href$="/settings"]`)
			b.until(`document.querySelector("#spread")`)
			b.set("#spread", "45")
			b.set("#daily", "3")
			b.click(`[name="default_edit_mode"][value="LOCKED"]`)
			b.click(`[name="hold_release_by_another"]`)
			b.keep("settings-" + l.String())
			b.click(`form.settings button`)
			b.says("web.said.settings.saved")
			now := thomas.call(http.MethodGet, company, nil)
			for field, want := range map[string]any{
				"shareSpreadMinutes": 45.0, "shareDailyLimit": 3.0, "defaultEditMode": "LOCKED", "holdReleaseByAnother": true, "displayName": "Maison Alder",
			} {
				if now[field] != want {
					t.Errorf("%s is %v, want %v", field, now[field], want)
				}
			}

			b.set("#same", "4")
			b.click(`form.settings button`)
			b.until(`document.querySelector("[data-refusal]:not([hidden])")`)
			thomas.call(http.MethodPatch, company+"?updateMask=shareDailyLimit,displayName", map[string]any{"etag": now["etag"], "shareDailyLimit": 9, "displayName": "Maison Alder & Cie"})
			b.set("#within", "60")
			b.click(`form.settings button`)
			b.says("web.settings.again")
			b.sees("Maison Alder & Cie")
			b.keep("settings-conflict-" + l.String())
			if same := ask[string](b, `document.querySelector("#same").value + document.querySelector("#daily").value + document.querySelector("#name").value`); same != "43Maison Alder" {
				t.Errorf("of what was typed is left %q", same)
			}
			if set := thomas.call(http.MethodGet, company, nil); set["sameTextLimit"] != 0.0 || set["shareDailyLimit"] != 9.0 {
				t.Errorf("it is written over: %v", set)
			}
			b.click(`form.settings button`)
			b.says("web.said.settings.saved")
			if set := thomas.call(http.MethodGet, company, nil); set["sameTextLimit"] != 4.0 || set["shareDailyLimit"] != 3.0 {
				t.Errorf("it is not what was confirmed: %v", set)
			}
		})
	}
}

// The settings are a form like any other without scripts, and are there for who may change them alone.
func TestSettingsWithoutScripts(t *testing.T) {
	t.Parallel()
	h := open(t)
	if d := h.guest(t, "Camille").get(workspace + "/settings"); d.status != http.StatusNotFound {
		t.Errorf("an employee gets status %d", d.status)
	}
	g := h.guest(t, "Thomas")
	f := g.get(workspace + "/settings").forms("/settings")[0]
	f.values.Set("share_spread_minutes", "soon")
	shows(t, g.post(f.action, f.values), catalogue.Text("en", "web.settings.number", nil))
	f.values.Set("share_spread_minutes", "20")
	shows(t, g.post(f.action, f.values), catalogue.Text("en", "web.said.settings.saved", nil))
	f.values.Set("request_id", "01980000-0000-7000-8000-000000000001")
	f.values.Set("share_spread_minutes", "10")
	d := g.post(f.action, f.values)
	shows(t, d, catalogue.Text("en", "web.settings.again", nil), "Spread shares over minutes: 20")
	again := d.forms("/settings")[0]
	if again.values.Get("share_spread_minutes") != "10" || again.values.Get("etag") == f.values.Get("etag") {
		t.Errorf("the form carries %v", again.values)
	}
}
