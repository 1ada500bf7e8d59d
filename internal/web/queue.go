package web

import (
	"context"
	"slices"
	"strings"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
	"github.com/imprimatur-hq/imprimatur/internal/catalogue"
)

var queueRoutes = []route{
	{"GET /w/{workspace}/queue", nil, queue},
	{"GET /w/{workspace}/queue/{task}", nil, queue},
	{"GET /w/{workspace}/queue/events", nil, queueEvents},
	{"GET /w/{workspace}/queue/mentions", nil, mentions},
	{"POST /w/{workspace}/queue/mentions", []string{"DiscussionService/CreateComment"}, answerMention},
	{"POST /w/{workspace}/queue/batch", []string{"ReviewService/BatchDecide"}, decideBatch},
	{"GET /w/{workspace}/queue/batches/{batch}", nil, queueBatch},
	{"POST /w/{workspace}/queue/{task}/view", []string{"ReviewService/ViewReview"}, viewTurn},
	{"POST /w/{workspace}/queue/{task}/decide", []string{"ReviewService/ViewReview", "ReviewService/Decide"}, decideTurn},
	{"POST /w/{workspace}/queue/{task}/reaffirm", []string{"ReviewService/ViewReview", "ReviewService/ReaffirmDecision"}, reaffirmTurn},
	{"POST /w/{workspace}/queue/{task}/suggest", []string{"SuggestionService/CreateSuggestion"}, suggestEdit},
	{"POST /w/{workspace}/queue/{task}/threads", []string{"DiscussionService/CreateThread"}, openTurnThread},
	{"POST /w/{workspace}/queue/{task}/threads/{thread}/comments", []string{"DiscussionService/CreateComment"}, answerTurnThread},
	{"POST /w/{workspace}/queue/{task}/threads/{thread}/resolve", []string{"DiscussionService/ResolveThread"}, resolveTurnThread},
	{"POST /w/{workspace}/queue/{task}/claim", []string{"ReviewService/ClaimReviewTask"}, claimTurn},
	{"POST /w/{workspace}/queue/{task}/release", []string{"ReviewService/ReleaseReviewTask"}, releaseTurn},
	{"POST /w/{workspace}/queue/{task}/snooze", []string{"ReviewService/SnoozeReviewTask"}, snoozeTurn},
	{"POST /w/{workspace}/queue/{task}/reassign", []string{"ReviewService/ReassignReviewTask"}, reassignTurn},
	{"POST /w/{workspace}/queue/{task}/reroute", []string{"ReviewService/RerouteReview"}, rerouteTurn},
}

// turnsShown is how many turns the list shows at a time.
const turnsShown = 50

// queueViews are the lists of turns, by what the address calls them, with their filters and the
// permission that makes them useful.
var queueViews = []struct{ Key, filter, permission string }{
	{"", `attention = "me"`, ""},
	{"overdue", `attention = "me" AND overdue = true`, ""},
	{"open", ``, "reviews.decide"},
	{"all", `member = "*"`, "posts.readall"},
	{"done", `member = "me" AND state = "DONE"`, "reviews.decide"},
}

// queuePage is the list of turns, and the one that is looked at.
type queuePage struct {
	View  string
	Views []string
	Rows  []queueRow
	More  string
	// Asked tells that the address names the turn; on a phone the list comes first otherwise.
	Asked bool
	Turn  *turn
	// Next is the address of the turn that comes after, to go there and to have it ready.
	Next string
}

// queueRow is one turn of the list.
type queueRow struct {
	Task    *imprimaturv1.ReviewTask
	Address string
	Current bool
	// Late tells that its time is over.
	Late bool
	// Item tells that it is about a library item.
	Item bool
	// AtIt are who else has it open.
	AtIt []*imprimaturv1.ReviewTask_Viewer
	// Batch tells that it can be decided together with others, and Alone why it cannot.
	Batch bool
	Alone string
}

// Together tells whether any turn that is shown can be decided together with others.
func (p queuePage) Together() bool {
	return slices.ContainsFunc(p.Rows, func(r queueRow) bool { return r.Batch })
}

// queue shows what waits for the visitor, the most urgent first, and one of it in full. A script that
// has the list already asks for the one alone.
func queue(v *visitor) error {
	page := queuePage{Asked: v.r.PathValue("task") != ""}
	if q := v.r.URL.Query(); page.Asked && q.Get("only") == "turn" {
		// What stands on it leads back to the whole page.
		q.Del("only")
		v.r.URL.RawQuery = q.Encode()
		task, err := v.currentTask(nil)
		if err == nil {
			page.Turn, err = v.turn(task)
		}
		if err != nil {
			return err
		}
		return v.show("queue", "queue", page)
	}
	filter := ""
	for _, view := range queueViews {
		if view.permission != "" && !v.may(view.permission) {
			continue
		}
		page.Views = append(page.Views, view.Key)
		if view.Key == v.query("view") {
			page.View, filter = view.Key, view.filter
		}
	}
	if page.View == "" {
		filter = queueViews[0].filter
	}
	client := imprimaturv1.NewReviewServiceClient(v.conn)
	list, err := client.ListReviewTasks(v.ctx, &imprimaturv1.ListReviewTasksRequest{
		Parent: v.parent(), PageSize: turnsShown, PageToken: v.query("page"), Filter: filter,
	})
	if err != nil {
		return err
	}
	tasks := list.GetReviewTasks()
	current, err := v.currentTask(tasks)
	if err != nil {
		return err
	}
	page.rows(v, tasks, current)
	if next := list.GetNextPageToken(); next != "" {
		page.More = v.more(next)
	}
	if current != nil {
		if page.Turn, err = v.turn(current); err != nil {
			return err
		}
	}
	return v.show("queue", "queue", page)
}

// currentTask is the turn that the address names, or the first of the list.
func (v *visitor) currentTask(tasks []*imprimaturv1.ReviewTask) (*imprimaturv1.ReviewTask, error) {
	id := v.r.PathValue("task")
	if id == "" {
		if len(tasks) == 0 {
			return nil, nil
		}
		return tasks[0], nil
	}
	return imprimaturv1.NewReviewServiceClient(v.conn).GetReviewTask(v.ctx, &imprimaturv1.GetReviewTaskRequest{Name: v.name("reviewTasks", id)})
}

// rows lists the turns, each with its own address in the view that is shown.
func (p *queuePage) rows(v *visitor, tasks []*imprimaturv1.ReviewTask, current *imprimaturv1.ReviewTask) {
	suffix := ""
	if v.r.URL.RawQuery != "" {
		suffix = "?" + v.r.URL.RawQuery
	}
	found := false
	for _, t := range tasks {
		row := queueRow{
			Task: t, Address: v.at("/queue/"+lastPart(t.GetName())) + suffix, Current: t.GetName() == current.GetName(),
			Item: strings.Contains(t.GetSubject(), "/libraryItems/"),
			Late: t.GetDueTime() != nil && t.GetDueTime().AsTime().Before(time.Now()), AtIt: v.atIt(t),
		}
		if t.GetRequirement() != "" && t.GetState() == imprimaturv1.ReviewTask_OPEN {
			if row.Batch = t.GetAlone() == imprimaturv1.ReviewTask_ALONE_UNSPECIFIED; !row.Batch {
				row.Alone = t.GetAlone().String()
			}
		}
		if found && p.Next == "" {
			p.Next = row.Address
		}
		found = found || row.Current
		p.Rows = append(p.Rows, row)
	}
	if p.Next == "" && len(p.Rows) > 0 && !p.Rows[0].Current {
		p.Next = p.Rows[0].Address
	}
}

// atIt are who else has a turn open; who says to be working on it is told in other words.
func (v *visitor) atIt(t *imprimaturv1.ReviewTask) []*imprimaturv1.ReviewTask_Viewer {
	return slices.DeleteFunc(slices.Clone(t.GetViewers()), func(w *imprimaturv1.ReviewTask_Viewer) bool {
		return w.GetMember() == v.me.GetMember() || w.GetMember() == t.GetClaim().GetMember()
	})
}

// queueEvents tells a page that the queue has changed, as server-sent events: what has changed the
// page asks for itself. It goes on until the page is left.
func queueEvents(v *visitor) error {
	ctx, stop := context.WithCancel(v.ctx)
	defer stop()
	stream, err := imprimaturv1.NewReviewServiceClient(v.conn).WatchReviewTasks(ctx, &imprimaturv1.WatchReviewTasksRequest{Parent: v.parent(), Filter: `attention = "me"`})
	if err != nil {
		return err
	}
	out := events(v.w)
	if err := out.say("open"); err != nil {
		return nil
	}
	current := false
	for {
		message, err := stream.Recv()
		if err != nil {
			if status.Code(err) != codes.Canceled {
				_ = out.say("again")
			}
			return nil
		}
		// What was there when the page was made is no news.
		if current && (len(message.GetChanged()) > 0 || len(message.GetRemoved()) > 0) {
			if out.say("turns") != nil {
				return nil
			}
		}
		current = current || message.GetCurrent()
	}
}

// reasonTemplates are beginnings of reasons that approvers give often.
var reasonTemplates = []string{"claim", "disclosure", "customer", "tone", "source"}

// Reasons lists the beginnings of reasons, each a message of the catalogue.
func (p page) Reasons() []string { return reasonTemplates }

// Able counts those who could give a signature now, each once.
func (p page) Able(candidates []*imprimaturv1.Candidate) int {
	able := make(map[string]bool)
	for _, c := range candidates {
		if c.GetCode() == "" {
			able[c.GetMember()] = true
		}
	}
	return len(able)
}

// StandIns are those who could give it for somebody else, a few of them.
func (p page) StandIns(candidates []*imprimaturv1.Candidate) []*imprimaturv1.Candidate {
	var out []*imprimaturv1.Candidate
	for _, c := range candidates {
		if c.GetCode() == "" && c.GetOnBehalfOf() != "" && len(out) < fewNames {
			out = append(out, c)
		}
	}
	return out
}

// Holds tells whether the visitor has a role.
func (p page) Holds(role string) bool { return slices.Contains(p.me.GetRoles(), role) }

// Me is the visitor's own resource name.
func (p page) Me() string { return p.me.GetMember() }

// Refusal puts a refusal into the reader's words by its reason, as far as the catalogue has any that
// need no facts; otherwise it is the service's own.
func (p page) Refusal(reason, message string) string {
	if words := p.T("error." + reason); catalogue.Has("error."+reason) && !strings.Contains(words, "{") {
		return words
	}
	return message
}
