package web

import (
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// verdicts are what a button can say.
var verdicts = map[string]imprimaturv1.Verdict{
	"approve": imprimaturv1.Verdict_VERDICT_APPROVE, "changes": imprimaturv1.Verdict_VERDICT_REQUEST_CHANGES, "reject": imprimaturv1.Verdict_VERDICT_REJECT,
	"retract": imprimaturv1.Verdict_VERDICT_RETRACT, "recuse": imprimaturv1.Verdict_VERDICT_RECUSE,
}

// turnName is the task that the address names.
func (v *visitor) turnName() string { return v.named("reviewTasks", "task") }

// turnPage is the page of the task that a form stands on.
func (v *visitor) turnPage() string { return v.back("/queue/" + v.r.PathValue("task")) }

// afterTurn is where to go when a turn is over: the next one, or the list.
func (v *visitor) afterTurn() string {
	if next := v.r.PostFormValue("next"); local(next) && strings.HasPrefix(next, v.at("/queue")) {
		return next
	}
	return v.at("/queue")
}

// seen leaves the receipt that the visitor was shown a round: the form stands on the page that
// showed it.
func (v *visitor) seen(review string) error {
	_, err := imprimaturv1.NewReviewServiceClient(v.conn).ViewReview(v.ctx, &imprimaturv1.ViewReviewRequest{Name: review})
	return err
}

// viewTurn leaves the receipt as soon as a script shows the round, and tells colleagues whether the
// turn is still open on the screen: there at once, and again now and then.
func viewTurn(v *visitor) error {
	req := &imprimaturv1.ViewReviewRequest{Name: v.form("review"), Leave: v.form("look") == "gone"}
	if v.form("look") != "" {
		req.ReviewTask = v.turnName()
	}
	if _, err := imprimaturv1.NewReviewServiceClient(v.conn).ViewReview(v.ctx, req); err != nil {
		return err
	}
	redirect(v.w, v.r, v.turnPage())
	return nil
}

// decideTurn says a verdict on the bytes that the form's page showed.
func decideTurn(v *visitor) error {
	verdict, known := verdicts[v.form("verdict")]
	if !known {
		return mistake("web.queue.noverdict")
	}
	if err := v.seen(v.form("review")); err != nil {
		return err
	}
	err := v.whileShown(func(etag string) error {
		_, err := imprimaturv1.NewReviewServiceClient(v.conn).Decide(v.ctx, &imprimaturv1.DecideRequest{
			Name: v.form("review"), Verdict: verdict, Requirement: v.form("requirement"), Digest: v.form("digest"), Etag: etag,
			Reason: strings.TrimSpace(v.text("reason")), RequestId: v.requestID(), OverrideClaim: v.form("override") != "", OnBehalfOf: v.form("on_behalf_of"),
		})
		return err
	})
	if err != nil {
		return err
	}
	to := v.afterTurn()
	if verdict == imprimaturv1.Verdict_VERDICT_RETRACT {
		to = v.turnPage()
	}
	return v.done(to, "web.said.queue."+v.form("verdict"))
}

// colleaguesMeanwhile is how many others may sign between what was shown and what is said about it.
const colleaguesMeanwhile = 5

// whileShown says something about what the form's page showed. That a colleague has signed meanwhile
// makes nothing of it untrue, and loses nobody a decision; other bytes, another round, or a link that
// has come to lead elsewhere were not seen, and the service's refusal stands.
func (v *visitor) whileShown(say func(etag string) error) error {
	etag := v.form("etag")
	for n := 0; ; n++ {
		err := say(etag)
		if n == colleaguesMeanwhile || refusalOf(page{Language: v.language}, err).Reason != "ETAG_STALE" {
			return err
		}
		now, unread := imprimaturv1.NewReviewServiceClient(v.conn).GetReview(v.ctx, &imprimaturv1.GetReviewRequest{Name: v.form("review")})
		if unread != nil || now.GetDigest() != v.form("digest") || ledTo(now) != v.form("leads") {
			return err
		}
		etag = now.GetEtag()
	}
}

// reaffirmTurn gives a former approval of the same bytes again.
func reaffirmTurn(v *visitor) error {
	if err := v.seen(v.form("review")); err != nil {
		return err
	}
	err := v.whileShown(func(etag string) error {
		_, err := imprimaturv1.NewReviewServiceClient(v.conn).ReaffirmDecision(v.ctx, &imprimaturv1.ReaffirmDecisionRequest{
			Name: v.form("decision"), Digest: v.form("digest"), Etag: etag, RequestId: v.requestID(), OverrideClaim: v.form("override") != "",
		})
		return err
	})
	if err != nil {
		return err
	}
	return v.done(v.afterTurn(), "web.said.queue.approve")
}

// suggestEdit proposes other words for the bytes that the form's page showed; the author accepts them or not.
func suggestEdit(v *visitor) error {
	_, err := imprimaturv1.NewSuggestionServiceClient(v.conn).CreateSuggestion(v.ctx, &imprimaturv1.CreateSuggestionRequest{
		Parent: v.form("subject"), Digest: v.form("digest"), RequestId: v.requestID(),
		Suggestion: &imprimaturv1.Suggestion{Text: v.text("text"), Note: strings.TrimSpace(v.text("note"))},
	})
	if err != nil {
		return err
	}
	return v.done(v.turnPage(), "web.said.queue.suggested")
}

// openTurnThread asks something about what is under review.
func openTurnThread(v *visitor) error {
	_, err := imprimaturv1.NewDiscussionServiceClient(v.conn).CreateThread(v.ctx, &imprimaturv1.CreateThreadRequest{
		Parent: v.form("subject"), Thread: &imprimaturv1.Thread{Text: v.text("text"), Blocking: v.form("blocking") != ""},
		Mentions: v.fields("mention"), RequestId: v.requestID(),
	})
	if err != nil {
		return err
	}
	return v.done(v.turnPage(), "web.said.queue.asked")
}

// threadName is the discussion that the address names, below what the form is about.
func (v *visitor) threadName() string {
	return v.form("subject") + "/threads/" + v.r.PathValue("thread")
}

func answerTurnThread(v *visitor) error {
	_, err := imprimaturv1.NewDiscussionServiceClient(v.conn).CreateComment(v.ctx, &imprimaturv1.CreateCommentRequest{
		Parent: v.threadName(), Comment: &imprimaturv1.Comment{Text: v.text("text")}, Mentions: v.fields("mention"), RequestId: v.requestID(),
	})
	if err != nil {
		return err
	}
	return v.done(v.turnPage(), "web.said.queue.answered")
}

func resolveTurnThread(v *visitor) error {
	_, err := imprimaturv1.NewDiscussionServiceClient(v.conn).ResolveThread(v.ctx, &imprimaturv1.ResolveThreadRequest{
		Name: v.threadName(), Etag: v.form("etag"), RequestId: v.requestID(),
	})
	if err != nil {
		return err
	}
	return v.done(v.turnPage(), "web.said.queue.resolved")
}

// claimTurn tells colleagues that the visitor is at it.
func claimTurn(v *visitor) error {
	_, err := imprimaturv1.NewReviewServiceClient(v.conn).ClaimReviewTask(v.ctx, &imprimaturv1.ClaimReviewTaskRequest{
		Name: v.turnName(), TakeOver: v.form("take_over") != "", RequestId: v.requestID(),
	})
	if err != nil {
		return err
	}
	return v.done(v.turnPage(), "web.said.queue.claimed")
}

func releaseTurn(v *visitor) error {
	_, err := imprimaturv1.NewReviewServiceClient(v.conn).ReleaseReviewTask(v.ctx, &imprimaturv1.ReleaseReviewTaskRequest{Name: v.turnName(), RequestId: v.requestID()})
	if err != nil {
		return err
	}
	return v.done(v.turnPage(), "web.said.queue.released")
}

// snoozeTurn puts a turn off for some hours, or brings it back.
func snoozeTurn(v *visitor) error {
	in := &imprimaturv1.SnoozeReviewTaskRequest{Name: v.turnName(), RequestId: v.requestID()}
	to, said := v.turnPage(), "web.said.queue.back"
	if hours := number(v.form("hours")); hours > 0 {
		in.SnoozeTime = timestamppb.New(time.Now().Add(time.Duration(hours) * time.Hour))
		to, said = v.afterTurn(), "web.said.queue.snoozed"
	}
	if _, err := imprimaturv1.NewReviewServiceClient(v.conn).SnoozeReviewTask(v.ctx, in); err != nil {
		return err
	}
	return v.done(to, said)
}

func reassignTurn(v *visitor) error {
	_, err := imprimaturv1.NewReviewServiceClient(v.conn).ReassignReviewTask(v.ctx, &imprimaturv1.ReassignReviewTaskRequest{
		Name: v.turnName(), Member: v.form("member"), Reason: strings.TrimSpace(v.text("reason")), RequestId: v.requestID(),
	})
	if err != nil {
		return err
	}
	return v.done(v.turnPage(), "web.said.queue.reassigned")
}

// rerouteTurn asks the policy in force anew who has to sign.
func rerouteTurn(v *visitor) error {
	_, err := imprimaturv1.NewReviewServiceClient(v.conn).RerouteReview(v.ctx, &imprimaturv1.RerouteReviewRequest{
		Name: v.form("review"), Digest: v.form("digest"), Etag: v.form("etag"), Reason: strings.TrimSpace(v.text("reason")), RequestId: v.requestID(),
	})
	if err != nil {
		return err
	}
	return v.done(v.turnPage(), "web.said.queue.rerouted")
}

// decideBatch says one verdict on each turn that is ticked. Each stands with the digest that its row
// showed the opening of; who has not opened one has not been shown it, and the service refuses that one.
func decideBatch(v *visitor) error {
	verdict, known := verdicts[v.form("verdict")]
	if !known {
		return mistake("web.queue.noverdict")
	}
	client := imprimaturv1.NewReviewServiceClient(v.conn)
	in := &imprimaturv1.BatchDecideRequest{Parent: v.parent(), RequestId: v.requestID()}
	for _, name := range v.fields("task") {
		task, err := client.GetReviewTask(v.ctx, &imprimaturv1.GetReviewTaskRequest{Name: name})
		if err != nil {
			return err
		}
		review, err := client.GetReview(v.ctx, &imprimaturv1.GetReviewRequest{Name: task.GetReview()})
		if err != nil {
			return err
		}
		in.Items = append(in.Items, &imprimaturv1.BatchDecideRequest_Item{
			Review: task.GetReview(), Verdict: verdict, Requirement: task.GetRequirement(), Digest: v.form("digest-" + lastPart(name)),
			Etag: review.GetEtag(), Reason: strings.TrimSpace(v.text("reason")),
		})
	}
	if len(in.Items) == 0 {
		return mistake("web.queue.noticks")
	}
	batch, err := client.BatchDecide(v.ctx, in)
	if err != nil {
		return err
	}
	return v.done(v.at("/queue/batches/"+lastPart(batch.GetName())), "web.said.queue.batch")
}

// batchPage is how far a batch is.
type batchPage struct {
	Batch *imprimaturv1.ReviewBatch
	Rows  []batchRow
	Done  int32
}

// batchRow is one decision of a batch, with the beginning of what it is about, and the page of that.
type batchRow struct {
	*imprimaturv1.ReviewBatch_Item
	Text, Address string
}

// batchRow tells which of the turns that were ticked a decision is: by what it says, as the list did.
func (v *visitor) batchRow(item *imprimaturv1.ReviewBatch_Item) batchRow {
	text, address := v.reviewed(item.GetReview())
	return batchRow{item, text, address}
}

// reviewed is how what a review is about begins, and its page; what is not shown to the visitor has no words.
func (v *visitor) reviewed(review string) (text, address string) {
	subject, _, _ := strings.Cut(review, "/reviews/")
	if !strings.Contains(subject, "/libraryItems/") {
		return v.wording(subject), v.at("/posts/" + lastPart(subject))
	}
	i, err := imprimaturv1.NewLibraryServiceClient(v.conn).GetLibraryItem(v.ctx, &imprimaturv1.GetLibraryItemRequest{Name: subject})
	if err == nil {
		text = i.GetTitle()
	}
	return text, v.at("/library/" + lastPart(subject))
}

// queueBatch shows how far a batch is, with a row for each of its decisions.
func queueBatch(v *visitor) error {
	batch, err := imprimaturv1.NewReviewServiceClient(v.conn).GetReviewBatch(v.ctx, &imprimaturv1.GetReviewBatchRequest{Name: v.named("reviewBatches", "batch")})
	if err != nil {
		return err
	}
	page := batchPage{Batch: batch, Done: batch.GetDecided() + batch.GetFailed()}
	for _, item := range batch.GetItems() {
		page.Rows = append(page.Rows, v.batchRow(item))
	}
	return v.show("queue-batch", "queue", page)
}
