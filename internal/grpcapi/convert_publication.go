package grpcapi

import (
	"regexp"
	"strings"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

func (t *trip) publicationOf(x advocacy.Publication) *imprimaturv1.Publication {
	n := t.names()
	subject := advocacy.PostSubject(n.workspace, x.Post)
	out := &imprimaturv1.Publication{
		Name:          n.publication(x.Post, x.ID),
		Revision:      n.revision(subject, x.Revision),
		Review:        n.review(subject, x.Round),
		Digest:        string(x.Digest),
		SocialAccount: n.account(x.Account),
		Network:       string(x.Network),
		State:         publicationStates.proto(x.State),
		Authorization: string(x.Authorization),
		DueTime:       stamp(x.DueTime),
		WaitReason:    x.Wait,
		Url:           x.URL,
		ExternalId:    x.ExternalID,
		Evidence:      evidences.proto(x.Evidence),
		Answer:        said(x.Answer.Text),
		AnswerDetail:  t.answer(x.Answer),
		Etag:          etagOf(x.Version),
		CreateTime:    stamp(x.CreateTime),
		UpdateTime:    stamp(x.UpdateTime),
		Comparison:    comparisons.proto(x.Comparison),
		RecallReason:  x.RecallReason,
	}
	if x.Shown != advocacy.ShownUnseen {
		out.ReadBack = &imprimaturv1.Publication_ReadBack{State: shownStates.proto(x.Shown), CheckTime: stamp(x.ShownTime)}
	}
	if x.State == advocacy.HandedOver {
		out.ConfirmDeadline, out.Opened = stamp(x.LeaseTime), x.Doubt
	}
	return out
}

// handoff writes what a person publishes by hand.
func (n names) handoff(o *workflow.Opened) *imprimaturv1.Handoff {
	p := o.Package
	out := &imprimaturv1.Handoff{
		Place: p.Place, Byline: p.Byline, Text: p.Text, Language: p.Language, Disclosure: disclosures.proto(p.Disclosure),
		Link: p.Link, ShareUrl: p.ShareURL, Deadline: stamp(o.Publication.LeaseTime), BodyDigest: string(o.Body),
	}
	for i, m := range p.Media {
		out.Files = append(out.Files, &imprimaturv1.HandoffFile{
			Media: n.media(m.Blob), ContentType: m.ContentType, AltText: m.AltText, Url: o.MediaURLs[i],
		})
	}
	return out
}

// publicationView adds the tries. Their bytes stay inside; their digest proves them.
func (t *trip) publicationView(v *workflow.PublicationView) *imprimaturv1.Publication {
	out := t.publicationOf(*v.Publication)
	out.Attempts = each(v.Attempts, func(a advocacy.Attempt) *imprimaturv1.Attempt {
		return &imprimaturv1.Attempt{
			Epoch: a.Epoch, BodyDigest: string(a.BodyDigest), BeginTime: stamp(a.BeginTime),
			EndTime: stamp(a.EndTime), Outcome: a.Outcome, Answer: said(a.Answer.Text), AnswerDetail: t.answer(a.Answer),
		}
	})
	return out
}

// said writes what a network answered; its bytes need not be text.
func said(answer string) string { return strings.ToValidUTF8(answer, "\uFFFD") }

// answer writes what was answered by its code, nil where it has none. What the gate stopped is told in
// the words of a blocker, unless it has words of its own: those of some name what only the page of a
// post knows.
func (t *trip) answer(a advocacy.Answer) *imprimaturv1.Answer {
	if a.Code == "" { // guard: a person's words stay as they are
		return nil
	}
	return &imprimaturv1.Answer{
		Code: said(string(a.Code)), Message: t.answered(a), Fact: said(a.Fact), Quotation: said(a.Quote),
	}
}

// answered says an answer in the caller's language.
func (t *trip) answered(a advocacy.Answer) string {
	facts := map[string]string{"fact": said(a.Fact), "quote": said(a.Quote)}
	return t.say("answer."+string(a.Code), facts, t.say("blocker."+string(a.Code), nil, said(a.Text)))
}

func (n names) holdOf(h *advocacy.Hold) *imprimaturv1.Hold {
	return &imprimaturv1.Hold{
		Name:          n.hold(h.ID),
		Scope:         holdScopes.proto(h.Scope),
		Target:        n.holdTarget(h.Scope, h.Target),
		Reason:        h.Reason,
		Holder:        n.member(h.Holder),
		Active:        h.Active(),
		CreateTime:    stamp(h.CreateTime),
		ReleaseTime:   stamp(h.ReleaseTime),
		Releaser:      n.member(h.Releaser),
		ReleaseReason: h.ReleaseReason,
		Etag:          etagOf(h.Version),
	}
}

// holdTarget writes what a hold stops as a name, or as a word where it has none.
func (n names) holdTarget(scope advocacy.HoldScope, target string) string {
	switch scope {
	case advocacy.HoldAccount:
		return n.account(advocacy.AccountID(target))
	case advocacy.HoldPerson:
		return n.member(advocacy.PersonID(target))
	case advocacy.HoldPost:
		return n.post(advocacy.PostID(target))
	case advocacy.HoldTopic:
		return n.topic(advocacy.TopicID(target))
	default:
		return target
	}
}

var networkForm = regexp.MustCompile(`^[a-z][a-z0-9_]{0,30}$`)

// readHoldTarget reads what to stop, in the form its scope asks for.
func (n names) readHoldTarget(field string, scope advocacy.HoldScope, target string) (string, error) {
	switch scope {
	case advocacy.HoldAccount:
		return text(n.readAccount(field, target))
	case advocacy.HoldPerson:
		return text(n.readMember(field, target))
	case advocacy.HoldPost:
		return text(n.readPost(field, target))
	case advocacy.HoldTopic:
		return text(n.readTopic(field, target))
	case advocacy.HoldCampaign:
		if !labelForm.MatchString(target) {
			return "", advocacy.InvalidField(field, fieldInvalid, "%s must be a campaign, such as spring", field)
		}
		return target, nil
	case advocacy.HoldKeyword:
		return target, nil
	case advocacy.HoldNetwork:
		if !networkForm.MatchString(target) {
			return "", advocacy.InvalidField(field, fieldInvalid, "%s must be a network, such as wall", field)
		}
		return target, nil
	default:
		if target != "" {
			return "", advocacy.InvalidField(field, fieldInvalid, "%s must be empty: the hold stops everything", field)
		}
		return "", nil
	}
}

// text forgets what an id is the id of.
func text[ID ~string](id ID, err error) (string, error) { return string(id), err }

func (n names) readHoldDraft(h *imprimaturv1.Hold) (workflow.HoldDraft, error) {
	scope, err := holdScopes.domain("hold.scope", h.GetScope())
	if err != nil {
		return workflow.HoldDraft{}, err
	}
	target, err := n.readHoldTarget("hold.target", scope, h.GetTarget())
	return workflow.HoldDraft{Scope: scope, Target: target, Reason: h.GetReason()}, err
}
