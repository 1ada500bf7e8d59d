package web

import (
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// mentionsShown is how many mentions a page shows: each is read with its discussion.
const mentionsShown = 20

// mention is where somebody asked for the visitor's attention.
type mention struct {
	*imprimaturv1.Mention
	// Title is the beginning of what it is about, Address its page.
	Title, Address string
	// Began is what the discussion began with, where what was said is an answer in it.
	Began *imprimaturv1.Thread
	// Text is what was said.
	Text string
	// Open tells that it can still be answered.
	Open bool
}

// mentionsPage is what asks for the visitor's attention, the newest first.
type mentionsPage struct {
	Rows []mention
	More string
}

// mentions shows where somebody asked for the visitor's attention, to be answered there and then.
func mentions(v *visitor) error {
	list, err := imprimaturv1.NewDiscussionServiceClient(v.conn).ListMentions(v.ctx, &imprimaturv1.ListMentionsRequest{
		Parent: v.parent(), PageSize: mentionsShown, PageToken: v.query("page"),
	})
	if err != nil {
		return err
	}
	var page mentionsPage
	for _, m := range list.GetMentions() {
		row, err := v.mention(m)
		// What the visitor may not see any more is not asked of anybody any more.
		if code := status.Code(err); code == codes.NotFound || code == codes.PermissionDenied {
			continue
		}
		if err != nil {
			return err
		}
		page.Rows = append(page.Rows, row)
	}
	if next := list.GetNextPageToken(); next != "" {
		page.More = v.more(next)
	}
	return v.show("queue-mentions", "queue", page)
}

// mention reads what was said, and about what.
func (v *visitor) mention(m *imprimaturv1.Mention) (mention, error) {
	row := mention{Mention: m}
	talk := imprimaturv1.NewDiscussionServiceClient(v.conn)
	thread, err := talk.GetThread(v.ctx, &imprimaturv1.GetThreadRequest{Name: m.GetThread()})
	if err != nil {
		return row, err
	}
	row.Text, row.Open = thread.GetText(), thread.GetState() == imprimaturv1.Thread_OPEN
	if m.GetComment() != "" {
		comment, err := talk.GetComment(v.ctx, &imprimaturv1.GetCommentRequest{Name: m.GetComment()})
		if err != nil {
			return row, err
		}
		row.Began, row.Text = thread, comment.GetText()
	}
	if strings.Contains(m.GetSubject(), "/libraryItems/") {
		item, err := imprimaturv1.NewLibraryServiceClient(v.conn).GetLibraryItem(v.ctx, &imprimaturv1.GetLibraryItemRequest{Name: m.GetSubject()})
		row.Title, row.Address = item.GetTitle(), v.at("/library/"+lastPart(m.GetSubject()))
		return row, err
	}
	post, err := imprimaturv1.NewPostServiceClient(v.conn).GetPost(v.ctx, &imprimaturv1.GetPostRequest{Name: m.GetSubject()})
	row.Title, row.Address = brief(firstText(post.GetContent())), v.at("/posts/"+lastPart(m.GetSubject()))
	return row, err
}

// answerMention answers in the discussion where the visitor was called, and calls who did.
func answerMention(v *visitor) error {
	_, err := imprimaturv1.NewDiscussionServiceClient(v.conn).CreateComment(v.ctx, &imprimaturv1.CreateCommentRequest{
		Parent: v.form("thread"), Comment: &imprimaturv1.Comment{Text: v.text("text")}, Mentions: v.fields("mention"), RequestId: v.requestID(),
	})
	if err != nil {
		return err
	}
	return v.done(v.at("/queue/mentions"), "web.said.queue.answered")
}
