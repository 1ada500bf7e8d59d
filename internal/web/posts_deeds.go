package web

import (
	"strings"

	"google.golang.org/protobuf/types/known/fieldmaskpb"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// here is the address of the post that the form is about.
func (v *visitor) here() string { return v.at("/posts/" + v.r.PathValue("post")) }

// submitPost sends exactly what the page showed to be signed, on the fast route with a reason.
func submitPost(v *visitor) error {
	_, err := imprimaturv1.NewPostServiceClient(v.conn).SubmitPost(v.ctx, &imprimaturv1.SubmitPostRequest{
		Name: v.named("posts", "post"), Digest: v.form("digest"), Etag: v.form("etag"), RequestId: v.requestID(),
		Expedited: v.form("route") == "expedited", ExpediteReason: v.form("reason"),
	})
	if err != nil {
		return err
	}
	return v.done(v.here(), "web.said.posts.submitted")
}

func withdrawPost(v *visitor) error {
	_, err := imprimaturv1.NewPostServiceClient(v.conn).WithdrawPost(v.ctx, &imprimaturv1.WithdrawPostRequest{
		Name: v.named("posts", "post"), Reason: v.form("reason"), Etag: v.form("etag"), RequestId: v.requestID(),
	})
	if err != nil {
		return err
	}
	return v.done(v.back("/posts/"+v.r.PathValue("post")), "web.said.posts.withdrawn")
}

func recallPost(v *visitor) error {
	_, err := imprimaturv1.NewPostServiceClient(v.conn).RecallPost(v.ctx, &imprimaturv1.RecallPostRequest{
		Name: v.named("posts", "post"), Reason: v.form("reason"), RequestId: v.requestID(),
	})
	if err != nil {
		return err
	}
	return v.done(v.here(), "web.said.posts.recalled")
}

// copyPost makes a draft of the same words, and leads to where it is written.
func copyPost(v *visitor) error {
	made, err := imprimaturv1.NewPostServiceClient(v.conn).CopyPost(v.ctx, &imprimaturv1.CopyPostRequest{Name: v.named("posts", "post"), RequestId: v.requestID()})
	if err != nil {
		return err
	}
	_, id, _ := strings.Cut(made.GetName(), "/posts/")
	return v.done(v.at("/posts/"+id), "web.said.posts.copied")
}

// reschedulePost chooses another time, or none: then it goes out once everybody has signed.
func reschedulePost(v *visitor) error {
	at, err := v.picked("time")
	if err != nil {
		return err
	}
	p := &imprimaturv1.Post{Name: v.named("posts", "post"), Etag: v.form("etag"), PublishTime: at}
	if at != nil {
		p.TimeZone = v.zone.String()
	}
	_, err = imprimaturv1.NewPostServiceClient(v.conn).UpdatePost(v.ctx, &imprimaturv1.UpdatePostRequest{
		Post: p, UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"publish_time", "time_zone"}}, RequestId: v.requestID(),
	})
	if err != nil {
		return err
	}
	return v.done(v.here(), "web.said.posts.rescheduled")
}

func acceptSuggestion(v *visitor) error {
	_, err := imprimaturv1.NewSuggestionServiceClient(v.conn).AcceptSuggestion(v.ctx, &imprimaturv1.AcceptSuggestionRequest{
		Name: v.named("posts", "post", "suggestions", "suggestion"), Etag: v.form("etag"), RequestId: v.requestID(),
	})
	if err != nil {
		return err
	}
	return v.done(v.here(), "web.said.posts.accepted")
}

func declineSuggestion(v *visitor) error {
	_, err := imprimaturv1.NewSuggestionServiceClient(v.conn).DeclineSuggestion(v.ctx, &imprimaturv1.DeclineSuggestionRequest{
		Name: v.named("posts", "post", "suggestions", "suggestion"), Reason: v.text("reason"), RequestId: v.requestID(),
	})
	if err != nil {
		return err
	}
	return v.done(v.here(), "web.said.posts.declined")
}

func openThread(v *visitor) error {
	_, err := imprimaturv1.NewDiscussionServiceClient(v.conn).CreateThread(v.ctx, &imprimaturv1.CreateThreadRequest{
		Parent: v.named("posts", "post"), Thread: &imprimaturv1.Thread{Text: v.text("text")}, RequestId: v.requestID(),
	})
	if err != nil {
		return err
	}
	return v.done(v.here(), "web.said.posts.asked")
}

func answerThread(v *visitor) error {
	_, err := imprimaturv1.NewDiscussionServiceClient(v.conn).CreateComment(v.ctx, &imprimaturv1.CreateCommentRequest{
		Parent: v.named("posts", "post", "threads", "thread"), Comment: &imprimaturv1.Comment{Text: v.text("text")}, RequestId: v.requestID(),
	})
	if err != nil {
		return err
	}
	return v.done(v.here(), "web.said.posts.answered")
}

func resolveThread(v *visitor) error {
	_, err := imprimaturv1.NewDiscussionServiceClient(v.conn).ResolveThread(v.ctx, &imprimaturv1.ResolveThreadRequest{
		Name: v.named("posts", "post", "threads", "thread"), Etag: v.form("etag"), RequestId: v.requestID(),
	})
	if err != nil {
		return err
	}
	return v.done(v.here(), "web.said.posts.resolved")
}

// retractDecision takes back a signature that somebody else gave to a post.
func retractDecision(v *visitor) error {
	if err := v.takeBack(v.named("posts", "post", "reviews", "review", "decisions", "decision")); err != nil {
		return err
	}
	return v.done(v.here(), "web.said.posts.takenback")
}

// takeBack takes back a signature that somebody else gave.
func (v *visitor) takeBack(decision string) error {
	_, err := imprimaturv1.NewReviewServiceClient(v.conn).RetractDecision(v.ctx, &imprimaturv1.RetractDecisionRequest{
		Name: decision, Digest: v.form("digest"), Etag: v.form("etag"),
		Reason: strings.TrimSpace(v.text("reason")), RequestId: v.requestID(),
	})
	return err
}
