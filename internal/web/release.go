package web

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// maxResume is how many publications one call says something about.
const maxResume = 25

// holding is the page of one hold.
type holding struct {
	Hold *imprimaturv1.Hold
	// Flight are the publications that had begun when it took effect, Flying how many have not ended.
	Flight []row
	Flying int
	// Held are those that passed their time under it and wait for a person's word.
	Held    []row
	MayHeld bool
	// Settling tells that a worker is still about to see that the hold is lifted, or that there was one;
	// until then what somebody says about a publication would come too late for its etag.
	Settling bool
	More     bool
	Now      string
	Outcomes []outcome
	// Same is what was chosen for all that are shown, Time the other time chosen for them.
	Same, Time string
}

// outcome is what became of one publication that somebody decided about.
type outcome struct {
	Row     row
	Message string
}

// showHold shows a hold: what was in flight, how to lift it, and what waits for a word.
func showHold(v *visitor) error { return v.holdPage(nil) }

func (v *visitor) holdPage(outcomes []outcome) error {
	hold, err := v.holds().GetHold(v.ctx, &imprimaturv1.GetHoldRequest{Name: v.named("holds", "hold")})
	if err != nil {
		return err
	}
	h := holding{Hold: hold, MayHeld: v.may("posts.readall"), Now: time.Now().In(v.zone).Format(localTime), Outcomes: outcomes}
	if same := v.query("same"); slices.Contains([]string{"SEND", "DROP", "RESCHEDULE"}, same) {
		h.Same, h.Time = same, v.query("at")
	}
	for _, name := range v.long(v.r.URL.Query().Get("flight")) {
		p, err := v.publications().GetPublication(v.ctx, &imprimaturv1.GetPublicationRequest{Name: name})
		if err != nil {
			continue // what is not shown to this person is no part of the page
		}
		h.Flight = append(h.Flight, v.row(p))
		if s := p.GetState(); s == imprimaturv1.Publication_SENDING || s == imprimaturv1.Publication_CLAIMED {
			h.Flying++
		}
	}
	if h.MayHeld {
		held, err := v.holds().ListHeldPublications(v.ctx, &imprimaturv1.ListHeldPublicationsRequest{Parent: hold.GetName(), PageSize: maxResume})
		if err != nil {
			return err
		}
		for _, p := range held.GetPublications() {
			h.Held = append(h.Held, v.row(p))
			h.Settling = h.Settling || !hold.GetActive() && slices.Contains([]string{"", "HOLD"}, p.GetWaitReason())
		}
		h.More = held.GetNextPageToken() != ""
	}
	return v.show("holds-one", "holds", h)
}

// releaseHold lifts a hold and says how much waits.
func releaseHold(v *visitor) error {
	hold, err := v.holds().ReleaseHold(v.ctx, &imprimaturv1.ReleaseHoldRequest{
		Name: v.named("holds", "hold"), Reason: v.form("reason"), RequestId: v.requestID(),
	})
	if err != nil {
		return err
	}
	w := hold.GetWaiting()
	return v.done(v.at("/holds/"+lastPart(hold.GetName())), "web.said.holds.lifted", "past", strconv.Itoa(int(w.GetPastDue())), "due", strconv.Itoa(int(w.GetNotDue())))
}

// resume says what becomes of what passed its time under a hold.
func resume(v *visitor) error {
	if err := v.r.ParseForm(); err != nil {
		return err
	}
	var items []*imprimaturv1.ResumePublicationsRequest_Item
	for field, values := range v.r.PostForm {
		id, is := strings.CutPrefix(field, "action ")
		action := imprimaturv1.ResumePublicationsRequest_Action(imprimaturv1.ResumePublicationsRequest_Action_value[values[0]])
		if names := v.long(id); is && action != 0 && len(names) == 1 {
			item := &imprimaturv1.ResumePublicationsRequest_Item{Publication: names[0], Action: action, Etag: v.form("etag " + id)}
			if action == imprimaturv1.ResumePublicationsRequest_RESCHEDULE {
				item.Time = v.moment(v.form("time " + id))
			}
			if action == imprimaturv1.ResumePublicationsRequest_DROP {
				item.Reason = v.form("reason")
			}
			items = append(items, item)
		}
	}
	answer, err := v.holds().ResumePublications(v.ctx, &imprimaturv1.ResumePublicationsRequest{
		Parent: v.named("holds", "hold"), Items: v.inOrder(items), RequestId: v.requestID(),
	})
	if err != nil {
		return err
	}
	var refused []outcome
	for _, o := range answer.GetOutcomes() {
		if o.GetReason() == "" {
			continue
		}
		p, err := v.publications().GetPublication(v.ctx, &imprimaturv1.GetPublicationRequest{Name: o.GetName()})
		if err != nil {
			return err
		}
		refused = append(refused, outcome{v.row(p), o.GetMessage()})
	}
	if refused != nil {
		return v.holdPage(refused)
	}
	return v.done(v.at("/holds/"+v.r.PathValue("hold")), "web.said.holds.resumed", "n", strconv.Itoa(len(items)))
}

// inOrder puts items in the order in which the page showed them, the oldest first: that is the
// order in which they leave.
func (v *visitor) inOrder(items []*imprimaturv1.ResumePublicationsRequest_Item) []*imprimaturv1.ResumePublicationsRequest_Item {
	sorted := make([]*imprimaturv1.ResumePublicationsRequest_Item, 0, len(items))
	for _, name := range v.long(v.form("order")) {
		for _, item := range items {
			if item.GetPublication() == name {
				sorted = append(sorted, item)
			}
		}
	}
	return sorted
}

// moment reads a time of a field in the workspace's zone, nil for none.
func (v *visitor) moment(field string) *timestamppb.Timestamp {
	at, err := time.ParseInLocation(localTime, field, v.zone)
	if err != nil {
		return nil
	}
	return timestamppb.New(at)
}
