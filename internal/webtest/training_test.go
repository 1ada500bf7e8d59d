package webtest

import (
	"strings"
	"testing"
)

// An administrator writes a course in both languages and publishes it; a rule asks for it, so who
// writes about the subject is led to it, fails once, is told what to read again and not what would
// have been right, passes, and submits.
func TestTrainingBeforeSubmit(t *testing.T) {
	t.Parallel()
	for _, l := range looks(3) {
		t.Run(l.String(), func(t *testing.T) {
			t.Parallel()
			h := open(t)
			publishFigures(t, h, l)

			b := h.browse(t, "Oliver", l)
			b.open(workspace + "/compose")
			b.until(`document.querySelector("[name=account]:checked")`)
			b.write("#compose-text", "Our turnover is a fine thing to talk about.")
			b.until(`document.querySelector("#compose-signers a[href$='/trainings/figures']")`)
			b.until(`new URLSearchParams(location.search).has("post")`)
			b.until(`!document.querySelector("#compose[data-changed]")`)
			draft := ask[string](b, `location.pathname + location.search`)
			b.keep("held")
			b.click("#compose-signers a[href$='/trainings/figures']")
			b.until(`document.querySelectorAll("#lesson article").length === 2 && document.querySelectorAll(".questions fieldset").length === 1`)
			b.keep("course")

			b.click(`[name="answer:0"][value="0"]`)
			b.click(`.questions button`)
			b.until(`location.pathname.includes("/attempts/")`)
			b.says("web.training.failed")
			b.says("web.training.reread")
			if ask[bool](b, `document.querySelector("main").innerText.includes("Nobody, before the report") || document.querySelector("main").innerText.includes("Personne, avant le rapport")`) {
				t.Error("it says what would have been right")
			}
			b.keep("failed")
			b.click(`main a.btn.sign`)
			b.click(`[name="answer:0"][value="1"]`)
			b.click(`.questions button`)
			b.until(`location.pathname.includes("/attempts/") && document.querySelector("main .chip.sign")`)
			b.says("web.training.passed")
			b.keep("passed")

			b.open(draft)
			b.until(`document.querySelector("#compose-signers .signs li") && !document.querySelector("#compose-signers a[href$='/trainings/figures']")`)
			b.click("#compose-submit")
			b.until(`location.pathname.startsWith("` + workspace + `/posts/")`)
			b.says("web.said.compose.submitted")
		})
	}
}

// publishFigures writes the course of the sample's training anew, as an administrator does.
func publishFigures(t *testing.T, h *house, l look) {
	t.Helper()
	b := h.browse(t, "Thomas", l)
	b.open(workspace + "/policy/trainings")
	b.click(`a[href$="/policy/trainings/figures"]`)
	b.click(`a[href$="/course"]`)
	b.until(`document.querySelector("[name='text:fr']")`)
	fill := func(field, text string) {
		ask[bool](b, `(() => { const f = document.getElementsByName(`+quote(field)+`)[0]; f.value = `+quote(text)+`; return f.dispatchEvent(new Event("input", { bubbles: true })); })()`)
	}
	for _, field := range []string{"question:1", "option:1:0", "option:1:1", "option:0:2"} {
		fill(field+":en", "")
		fill(field+":fr", "")
	}
	fill("text:en", "Figures are published once a year.\n---\nNobody speaks of them before.")
	fill("text:fr", "Les chiffres sont publiés une fois par an.\n---\nPersonne n’en parle avant.")
	fill("question:0:en", "Who may say how a month went?")
	fill("question:0:fr", "Qui peut dire comment un mois s’est passé ?")
	fill("option:0:0:en", "Everybody, if it went well")
	fill("option:0:0:fr", "Tout le monde, si tout va bien")
	fill("option:0:1:en", "Nobody, before the report")
	fill("option:0:1:fr", "")
	b.click(`button[name="do"][value="publish"]:not([hidden])`)
	b.until(`document.querySelector("[data-refusal]:not([hidden])")?.textContent.includes("1")`)
	fill("option:0:1:fr", "Personne, avant le rapport")
	b.click(`button.btn[name="do"][value="preview"]`)
	b.until(`document.querySelectorAll("#preview article").length === 2 && document.querySelectorAll("#preview .chip.sign").length === 1`)
	b.keep("preview")
	b.click(`button[name="do"][value="publish"]:not([hidden])`)
	b.says("web.said.training.published")
	b.until(`location.pathname.endsWith("/policy/trainings/figures")`)
}

// Without scripts a training is added, written, taken, recorded for somebody and revoked.
func TestTrainingWithoutScripts(t *testing.T) {
	t.Parallel()
	h := open(t)
	admin, reader := h.guest(t, "Thomas"), h.guest(t, "Oliver")
	desk := workspace + "/policy/trainings"
	first := func(d *document, ending string) form {
		t.Helper()
		all := d.forms(ending)
		if len(all) == 0 {
			t.Fatalf("%s has no form of %s: %s", d.address, ending, words(d.root))
		}
		return all[0]
	}
	f := first(admin.get(desk), "/policy/trainings")
	f.values["title"] = []string{"First steps", "Premiers pas"}
	f.values.Set("id", "first-steps")
	d := admin.post(f.action, f.values)
	f = first(d, "/course")
	f.values.Set("text:en", "Say who you are.")
	f.values.Set("do", "question")
	f = first(admin.post(f.action, f.values), "/course")
	if f.values.Get("questions") != "2" || f.values.Get("text:en") != "Say who you are." {
		t.Fatalf("a question more: %v", f.values)
	}
	f.values.Set("do", "publish")
	if d = admin.post(f.action, f.values); d.status != 200 || !strings.HasSuffix(d.address, "/policy/trainings/first-steps") {
		t.Fatalf("a course without questions in one language: %d %s %s", d.status, d.address, words(d.root))
	}
	if d = reader.get(workspace + "/trainings"); !strings.Contains(words(d.root), "First steps") {
		t.Errorf("nobody is offered it: %s", words(d.root))
	}
	f = first(reader.get(workspace+"/trainings/first-steps"), "/trainings/first-steps")
	if d = reader.post(f.action, f.values); d.status != 200 || !strings.Contains(d.address, "/attempts/") {
		t.Fatalf("who read it: %d %s %s", d.status, d.address, words(d.root))
	}
	had := admin.get(desk + "/first-steps?show=had")
	f = first(had, "/revoke")
	f.values.Set("reason", "It was somebody else.")
	if d = admin.post(f.action, f.values); d.status != 200 || !strings.Contains(words(d.root), "It was somebody else.") {
		t.Fatalf("revoked: %d %s", d.status, words(d.root))
	}
	f = first(admin.get(desk+"/first-steps"), "/records")
	d = admin.post(f.action, f.values)
	if d.status != 200 || !strings.HasSuffix(d.address, "?show=had") {
		t.Fatalf("recorded: %d %s %s", d.status, d.address, words(d.root))
	}
	if d = reader.get(desk); d.status != 200 && d.status != 403 {
		t.Errorf("the desk for who does not run it: %d", d.status)
	}
	if d = reader.post(desk+"/first-steps/records", f.values); d.status != 403 {
		t.Errorf("an employee records: %d %s", d.status, words(d.root))
	}
}
