package grpcapi

import (
	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

func (n names) thread(s advocacy.Subject, id advocacy.ThreadID) string {
	return n.of(s, inThreads, string(id))
}

func (n names) comment(s advocacy.Subject, thread advocacy.ThreadID, id advocacy.CommentID) string {
	return n.of(s, inThreads, string(thread), inComments, string(id))
}

func (n names) readThread(field, name string) (advocacy.Subject, advocacy.ThreadID, error) {
	subject, ids, err := n.readSubject(field, name, inThreads)
	if err != nil {
		return advocacy.Subject{}, "", err
	}
	return subject, advocacy.ThreadID(ids[0]), nil
}

func (n names) threadOf(t *advocacy.Thread) *imprimaturv1.Thread {
	return &imprimaturv1.Thread{
		Name:        n.thread(t.Subject, t.ID),
		Revision:    n.revision(t.Subject, t.Revision),
		Anchor:      anchorOf(t.Anchor),
		Text:        t.Text,
		Blocking:    t.Blocking,
		Role:        string(t.Role),
		State:       threadStates.proto(t.State),
		Opener:      n.member(t.Opener),
		Resolver:    n.member(t.Resolver),
		Etag:        etagOf(t.Version),
		CreateTime:  stamp(t.CreateTime),
		ResolveTime: stamp(t.ResolveTime),
	}
}

func anchorOf(a advocacy.Anchor) *imprimaturv1.Anchor {
	if a.Quote == "" {
		return nil
	}
	return &imprimaturv1.Anchor{Target: int32(a.Target), Offset: int32(a.Offset), Quote: a.Quote}
}

func (n names) readThreadDraft(s advocacy.Subject, req *imprimaturv1.CreateThreadRequest) (workflow.ThreadDraft, error) {
	t := req.GetThread()
	d := workflow.ThreadDraft{Blocking: t.GetBlocking(), Role: advocacy.Role(t.GetRole()), Text: t.GetText()}
	if a := t.GetAnchor(); a != nil {
		d.Anchor = advocacy.Anchor{Target: int(a.GetTarget()), Offset: int(a.GetOffset()), Quote: a.GetQuote()}
	}
	var err error
	if name := t.GetRevision(); name != "" {
		var of advocacy.Subject
		if of, d.Revision, err = n.readNumbered("thread.revision", name, inRevisions); err != nil {
			return d, err
		}
		if of != s {
			return d, advocacy.Missing("REVISION_NOT_FOUND", "there is no such revision of %s", n.subject(s))
		}
	}
	d.Mentions, err = readEach("mentions", req.GetMentions(), n.readMember)
	return d, err
}

func (n names) commentOf(c *advocacy.Comment) *imprimaturv1.Comment {
	return &imprimaturv1.Comment{
		Name:       n.comment(c.Subject, c.Thread, c.ID),
		Text:       c.Text,
		Member:     n.member(c.Person),
		CreateTime: stamp(c.CreateTime),
	}
}

func (n names) mentionOf(m advocacy.Mention) *imprimaturv1.Mention {
	return &imprimaturv1.Mention{
		Name:       n.in(inMentions, string(m.ID)),
		Subject:    n.subject(m.Subject),
		Thread:     n.thread(m.Subject, m.Thread),
		Comment:    n.comment(m.Subject, m.Thread, m.Comment),
		By:         n.member(m.By),
		CreateTime: stamp(m.CreateTime),
	}
}
