package webtest

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// in is a moment so many days from now, as a browser writes it into a form.
func in(days int) string { return time.Now().AddDate(0, 0, days).Format("2006-01-02T15:04") }

// list reads a list of the API, whose field has such a name.
func (c *colleague) list(path, field string) (all []map[string]any) {
	c.t.Helper()
	items, _ := c.call(http.MethodGet, path, nil)[field].([]any)
	for _, one := range items {
		all = append(all, one.(map[string]any))
	}
	return all
}

// Somebody who came twice becomes one person: the one that stays is chosen, never the first of a
// list, and the other can do nothing any more.
func TestMergedIntoOnePerson(t *testing.T) {
	t.Parallel()
	inLooks(t, 5, mergedIntoOnePerson)
}

func mergedIntoOnePerson(t *testing.T, l look) {
	h := open(t)
	admin := h.guest(t, "Thomas")
	f := admin.get(workspace + "/people").forms("/people")[0]
	f.values.Set("name", "P. Nair")
	f.values.Set("email", "p.nair@alder.example")
	if d := admin.post(f.action, f.values); d.status != http.StatusOK {
		t.Fatalf("not added: %d %s", d.status, words(d.root))
	}
	second := admin.get(workspace+"/people").memberPage(t, "P. Nair")
	thomas, priya := h.colleague(t, "Thomas"), h.colleague(t, "Priya").me()
	b := h.browse(t, "Thomas", l)
	b.open(second)
	b.unfold(`form[action$="/merge"]`)
	if into := ask[string](b, `document.querySelector("#into").value`); into != "" {
		t.Errorf("%s is chosen by nobody", into)
	}
	b.choose("#into", "Priya Nair")
	b.write("#why-merge", "She signed up twice.")
	b.keep("merge-" + l.String())
	b.click(`form[action$="/merge"] button`)
	b.says("web.said.people.merged", "name", "P. Nair")
	b.until(`location.pathname.endsWith("` + priya[strings.LastIndexByte(priya, '/'):] + `")`)
	name := company + "/members" + second[strings.LastIndexByte(second, '/'):]
	if m := thomas.call(http.MethodGet, name, nil); m["state"] != "DISABLED" || m["mergedInto"] != priya {
		t.Errorf("the second is %v, merged into %v", m["state"], m["mergedInto"])
	}
	b.open(second)
	b.says("web.people.mergedinto")
	b.until(`document.querySelector('.note a[href$="` + priya[strings.LastIndexByte(priya, '/'):] + `"]') && !document.querySelector('form[action$="/merge"], form[action$="/enable"]')`)
}

// An approver says when she is away and who signs meanwhile; colleagues see it and can change nothing
// of it; she takes both back.
func TestAwayAndStoodInFor(t *testing.T) {
	t.Parallel()
	inLooks(t, 7, awayAndStoodInFor)
}

func awayAndStoodInFor(t *testing.T, l look) {
	h := open(t)
	priya, marguerite := h.colleague(t, "Priya"), h.colleague(t, "Marguerite")
	b := h.browse(t, "Priya", l)
	b.open(workspace + "/people/away")
	b.says("web.people.absences.none")
	b.unfold(`form[action$="/absences"]`)
	b.set("#aend", in(2))
	b.write("#note", "In the Dales, out of reach.")
	b.click(`form[action$="/absences"] button`)
	b.says("web.said.people.away")
	b.until(`document.querySelector(".stand .chip.wait") && document.querySelector(".stand").textContent.includes("In the Dales")`)
	if all := priya.list("absences", "absences"); len(all) != 1 || all[0]["member"] != priya.me() || all[0]["active"] != true {
		t.Errorf("away are %v", all)
	}
	b.unfold(`form[action$="/delegations"]`)
	b.choose("#delegate", "Marguerite Dunne")
	b.set("#dend", in(3))
	b.write("#dwhy", "While I am away.")
	b.click(`form[action$="/delegations"] button`)
	b.says("web.said.people.delegated", "name", "Marguerite Dunne")
	b.says("web.people.signsfor", "delegate", "Marguerite Dunne", "delegator", "Priya Nair")
	lent := priya.list("delegations", "delegations")
	if len(lent) != 1 || lent[0]["delegator"] != priya.me() || lent[0]["delegate"] != marguerite.me() || lent[0]["active"] != true || lent[0]["role"] != "approver:legal" {
		t.Fatalf("lent is %v", lent)
	}
	b.keep("away-" + l.String())
	page := h.guest(t, "Étienne").get(workspace + "/people/away")
	shows(t, page, "In the Dales", "Marguerite Dunne signs for Priya Nair")
	if len(page.forms("/delete"))+len(page.forms("/revoke")) != 0 {
		t.Error("a colleague is offered to change what is hers")
	}
	b.click(`form[action$="/revoke"] button`)
	b.says("web.said.people.undelegated")
	b.says("web.people.delegation.over")
	if lent = priya.list("delegations", "delegations"); lent[0]["active"] == true || lent[0]["revokeTime"] == nil {
		t.Errorf("after it was taken back it is %v", lent)
	}
	b.click(`form[action$="/delete"] button`)
	b.says("web.said.people.back")
	if all := priya.list("absences", "absences"); len(all) != 0 {
		t.Errorf("still away are %v", all)
	}
}

// Whoever is away beyond the fiftieth is on a next page, and none is on both.
func TestManyAreAway(t *testing.T) {
	t.Parallel()
	h := open(t)
	priya := h.colleague(t, "Priya")
	const all = 52
	for i := range all {
		start := time.Now().AddDate(0, 0, 2*i+1)
		priya.call(http.MethodPost, "workspaces/alder/absences", map[string]any{
			"startTime": start.Format(time.RFC3339), "endTime": start.Add(time.Hour).Format(time.RFC3339), "timeZone": "Europe/Paris", "note": fmt.Sprintf("Absence %d.", i),
		})
	}
	g := h.guest(t, "Thomas")
	first := g.get(workspace + "/people/away")
	second := g.get(linkStarting(first, workspace+"/people/away?absent="))
	shown := strings.Count(first.body, "Absence ") + strings.Count(second.body, "Absence ")
	if on := strings.Count(first.body, "Absence "); on != 50 || shown != all {
		t.Errorf("%d are on the first page and %d on both", on, shown)
	}
	for i := range all {
		note := fmt.Sprintf("Absence %d.", i)
		if strings.Contains(first.body, note) == strings.Contains(second.body, note) {
			t.Errorf("%q is on both pages, or on none", note)
		}
	}
	if linkStarting(second, workspace+"/people/away?absent=") != "" {
		t.Error("there is a page after the last")
	}
}

// Working hours are written as people write them; what cannot be read is refused where it stands, and
// nothing that was typed is lost.
func TestWorkingHours(t *testing.T) {
	t.Parallel()
	inLooks(t, 1, workingHours)
}

func workingHours(t *testing.T, l look) {
	h := open(t)
	thomas := h.colleague(t, "Thomas")
	b := h.browse(t, "Thomas", l)
	const fresh = `form:has([name="id"])`
	b.open(workspace + "/people/calendars")
	b.unfold(`[name="id"]`)
	b.write(fresh+` [name="name"]`, "Leeds")
	b.write(fresh+` [name="id"]`, "leeds")
	b.set(fresh+` [name="time_zone"]`, "Europe/London")
	b.write(fresh+` [name="hours_MONDAY"]`, "nine to five")
	b.click(fresh + ` button`)
	b.until(`document.querySelector('` + fresh + ` [data-refusal]:not([hidden])') && document.querySelector('` + fresh + ` [name="id"]').value === "leeds"`)
	b.says("web.people.calendar.wrong")
	b.keep("hours-" + l.String())
	b.set(fresh+` [name="hours_MONDAY"]`, "09:00-12:30, 13:30-17:30")
	b.set(fresh+` [name="special"]`, "2026-12-24 09:00-12:00 Christmas Eve")
	b.click(fresh + ` button`)
	b.says("web.said.people.calendar", "name", "Leeds")
	made := thomas.call(http.MethodGet, "calendars/leeds", nil)
	if week, _ := made["week"].([]any); len(week) != 2 || made["timeZone"] != "Europe/London" {
		t.Errorf("kept is %v", made)
	}
	if days, _ := made["specialDays"].([]any); len(days) != 1 {
		t.Errorf("kept is %v", made)
	}
	const kept = `form:has([name="calendar"][value="leeds"])`
	b.unfold(`[name="calendar"][value="leeds"] ~ * [name="hours_MONDAY"]`)
	b.set(kept+` [name="hours_MONDAY"]`, "10:00-16:00")
	b.click(kept + ` button`)
	b.says("web.said.people.calendar", "name", "Leeds")
	await(t, "the hours are changed", func() bool {
		week, _ := thomas.call(http.MethodGet, "calendars/leeds", nil)["week"].([]any)
		return len(week) == 1
	})
	b.until(`!document.querySelector("form[aria-busy]")`)
	b.unfold(`form[action$="/calendars/leeds/delete"] button`)
	b.click(`form[action$="/calendars/leeds/delete"] button`)
	b.says("web.said.people.calendar.deleted")
	for _, c := range thomas.list("calendars", "calendars") {
		if strings.HasSuffix(c["name"].(string), "/leeds") {
			t.Error("the hours are still there")
		}
	}
}
