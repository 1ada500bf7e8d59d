package webtest

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// turnAbout is the open turn of a role about a post, as who sees every turn is told.
func (c *colleague) turnAbout(post, requirement string) string {
	c.t.Helper()
	turns, _ := c.call(http.MethodGet, "reviewTasks?filter="+url.QueryEscape(`member = "*" AND subject = "`+post+`"`), nil)["reviewTasks"].([]any)
	for _, one := range turns {
		if task := one.(map[string]any); task["requirement"] == requirement {
			return task["name"].(string)
		}
	}
	c.t.Fatalf("no turn of %s about %s", requirement, post)
	return ""
}

// me is the member whose session it is.
func (c *colleague) me() string {
	c.t.Helper()
	return c.call(http.MethodGet, "sessions/current", nil)["member"].(string)
}

// queuePage is the page of a turn.
func queuePage(task string) string {
	return workspace + "/queue/" + task[strings.LastIndexByte(task, '/')+1:]
}

// One key puts a turn off, and the next is there; where everything open stands it is found with the
// time at which it comes back, and is brought back before.
func TestPutOff(t *testing.T) {
	t.Parallel()
	for _, l := range looks(1) {
		t.Run(l.String(), func(t *testing.T) {
			h := open(t)
			priya := h.colleague(t, "Priya")
			b := h.browse(t, "Priya", l)
			b.open(workspace + "/queue")
			if l.width < 600 {
				b.click("#turns a[data-turn]")
				b.until(`location.pathname.includes("/queue/")`)
			}
			b.until(`document.querySelector("#turn form[data-decide]")`)
			id := ask[string](b, `document.querySelector("#turn")?.dataset.task`)
			until := func() string {
				moment, _ := priya.call(http.MethodGet, "reviewTasks/"+id, nil)["snoozeTime"].(string)
				return moment
			}
			b.press("z")
			b.until(`document.querySelector("#turn")?.dataset.task !== "` + id + `"`)
			b.says("web.said.queue.snoozed")
			if until() == "" {
				t.Fatal("it was not put off")
			}
			if d := h.guest(t, "Priya").get(workspace + "/queue"); strings.Contains(d.body, `data-turn="`+id+`"`) {
				t.Error("what was put off stands in the queue")
			}

			b.open(workspace + "/queue?view=open")
			b.click(`#turns a[data-turn="` + id + `"]`)
			b.until(`document.querySelector("#turn")?.dataset.task === "` + id + `"`)
			b.says("web.queue.asleep")
			b.keep("put-off-" + l.String())
			b.click(`#turn button[name="hours"][value="0"]`)
			b.says("web.said.queue.back")
			b.until(`document.querySelector("#turn")?.dataset.task === "` + id + `" && document.querySelector('#turn button[name="hours"][value="24"]')`)
			if moment := until(); moment != "" {
				t.Errorf("it comes back at %s", moment)
			}
		})
	}
}

// The last turn that is put off leaves nothing on the screen that could still be decided.
func TestLastTurnPutOff(t *testing.T) {
	t.Parallel()
	atDesks(t, 0, lastTurnPutOff)
}

func lastTurnPutOff(t *testing.T, l look) {
	h := open(t)
	b := h.browse(t, "Marguerite", l)
	b.open(workspace + "/queue")
	b.until(`document.querySelector("#turn form[data-decide]")`)
	for n := ask[int](b, `document.querySelectorAll("#turns .task").length`); n > 0; n-- {
		id := ask[string](b, `document.querySelector("#turn")?.dataset.task`)
		b.press("z")
		b.until(`document.querySelector("#turn")?.dataset.task !== "` + id + `" && !document.querySelector("#turn[aria-busy]")`)
	}
	b.until(`!document.querySelector("#turn form")`)
	if d := h.guest(t, "Marguerite").get(workspace + "/queue"); strings.Contains(d.body, "data-turn=") {
		t.Error("something is left in the queue")
	}
}

// An answer that was on its way when a turn was put off does not bring it back: the list is asked for anew.
func TestLateAnswer(t *testing.T) {
	t.Parallel()
	atDesks(t, 6, lateAnswer)
}

func lateAnswer(t *testing.T, l look) {
	h := open(t)
	oliver := h.token(t, "Oliver")
	b := h.browse(t, "Marguerite", l)
	b.open(workspace + "/queue")
	b.until(`document.querySelector("[data-events]").dataset.live === "" && document.querySelector("#turn form[data-decide]")`)
	// The list is brought up to date by the whole page of the turn that is shown. It is answered at once,
	// and the answer kept back.
	ask[bool](b, `{
		const ask = fetch;
		window.late = [];
		fetch = (address, options) => {
			const answer = ask(address, options);
			if (options?.method || address !== document.querySelector("#turns a[data-turn][aria-current]")?.href) return answer;
			return new Promise((then) => late.push(() => then(answer)));
		};
		true;
	}`)
	id := ask[string](b, `document.querySelector("#turn").dataset.task`)
	h.submitted(t, oliver, h.accountOf(t, oliver, "Oliver Hartley"), "The fair opens on time.")
	b.until(`late.length > 0`)
	b.press("z")
	b.until(`document.querySelector("#turn")?.dataset.task !== "` + id + `" && !document.querySelector("#turn[aria-busy]")`)
	kept := ask[int](b, `late.length`)
	ask[bool](b, `late[0](), true`)
	b.until(`late.length > ` + strconv.Itoa(kept) + ` || !document.querySelector("#row-` + id + `.gone")`)
	if !ask[bool](b, `Boolean(document.querySelector("#row-`+id+`.gone"))`) {
		t.Error("what was put off stands in the list again")
	}
}

// An admin gives a turn to one person, with a reason; it is that person's from then on and waits for
// nobody else.
func TestGivenToOnePerson(t *testing.T) {
	t.Parallel()
	inLooks(t, 6, givenToOnePerson)
}

func givenToOnePerson(t *testing.T, l look) {
	h := open(t)
	oliver := h.token(t, "Oliver")
	post := h.submitted(t, oliver, h.accountOf(t, oliver, "Oliver Hartley"), "The plane has a new iron.")
	thomas, etienne := h.colleague(t, "Thomas"), h.colleague(t, "Étienne")
	turn := thomas.turnAbout(post.Name, "legal")
	b := h.browse(t, "Thomas", l)
	b.open(queuePage(turn))
	b.unfold(`form[action$="/reassign"]`)
	b.until(`document.activeElement.id === "reassign"`)
	b.choose("#reassign", "Étienne")
	b.write("#reassign-why", "He knows the patent.")
	b.keep("reassign-" + l.String())
	b.click(`form[action$="/reassign"] button`)
	b.says("web.said.queue.reassigned")
	if task := thomas.call(http.MethodGet, turn, nil); task["member"] != etienne.me() || task["why"] != "ASSIGNED" {
		t.Errorf("it waits for %v, %v", task["member"], task["why"])
	}
	if d := h.guest(t, "Priya").get(workspace + "/queue"); strings.Contains(d.body, queuePage(turn)) {
		t.Error("it still waits for somebody else")
	}
	shows(t, h.guest(t, "Étienne").get(workspace+"/queue"), "you were asked")
	h.sign(t, post.Name, "Étienne", "legal")
}

// Who steps aside says why; the key of the next turn is there at once, the round goes on without that
// person, and coming back to it shows that it is somebody else's.
func TestStepAside(t *testing.T) {
	t.Parallel()
	inLooks(t, 3, stepAside)
}

func stepAside(t *testing.T, l look) {
	h := open(t)
	oliver, priya := h.token(t, "Oliver"), h.token(t, "Priya")
	post := h.submitted(t, oliver, h.accountOf(t, oliver, "Oliver Hartley"), "My aunt’s bench was the first.")
	turn := h.guest(t, "Priya").turnOf(t, post.Name)
	b := h.browse(t, "Priya", l)
	b.open(turn)
	b.until(`document.querySelector("#turn form[data-decide]")`)
	review := ask[string](b, `document.querySelector("#turn [name=review]").value`)
	b.unfold("#why-recuse")
	b.until(`document.activeElement.id === "why-recuse"`)
	b.write("#why-recuse", "She is my aunt as well.")
	b.click(`#turn button[value="recuse"]`)
	b.says("web.queue.undo.recuse")
	await(t, "it is said", func() bool { return slices.Equal(h.said(t, priya, review), []string{"RECUSE"}) })
	b.open(turn)
	b.until(`document.querySelector("#turn .history") && !document.querySelector("#turn form[data-decide]")`)
	b.keep("aside-" + l.String())
	h.sign(t, post.Name, "Étienne", "legal")
	if said := h.said(t, priya, review); !slices.Equal(said, []string{"RECUSE", "APPROVE"}) {
		t.Errorf("said %v", said)
	}
}
