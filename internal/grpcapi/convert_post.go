package grpcapi

import (
	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// showPost writes a post as a client is shown it; what the view leaves out stays empty.
func (t *trip) showPost(v *workflow.PostView) *imprimaturv1.Post {
	n, p := t.names(), v.Post
	out := &imprimaturv1.Post{
		Name:         n.post(p.ID),
		Author:       n.member(p.Author),
		LibraryItem:  n.item(p.Item),
		CopiedFrom:   n.post(p.CopiedFrom),
		CoAuthors:    each(p.CoAuthors, n.member),
		PublishTime:  stamp(p.PublishTime),
		TimeZone:     p.Zone,
		Note:         p.Note,
		State:        postStates.proto(p.State),
		Revision:     n.revision(p.Subject(), p.Head),
		Targets:      each(v.Manifest.Targets, n.target),
		Findings:     each(v.Findings, t.finding),
		Review:       n.review(p.Subject(), p.Round),
		Held:         v.Held,
		Etag:         etagOf(p.Version),
		CreateTime:   stamp(p.CreateTime),
		UpdateTime:   stamp(p.UpdateTime),
		Publications: each(v.Publications, t.publicationOf),
	}
	if v.Head != nil {
		out.Content = n.content(v.Head.Content)
		out.SocialAccounts = each(v.Head.Targets, n.account)
		out.Digest = string(v.Head.Digest)
	}
	if v.Review != nil {
		out.Origin = origins.proto(v.Review.Origin)
	}
	return out
}

// readPostDraft reads the post of a create or preview. Output-only fields are ignored.
func (n names) readPostDraft(p *imprimaturv1.Post) (workflow.PostDraft, error) {
	content, err := n.readContent("post.content", p.GetContent())
	if err != nil {
		return workflow.PostDraft{}, err
	}
	accounts, err := readEach("post.social_accounts", p.GetSocialAccounts(), n.readAccount)
	if err != nil {
		return workflow.PostDraft{}, err
	}
	item, err := optional(n.readItem, "post.library_item", p.GetLibraryItem())
	if err != nil {
		return workflow.PostDraft{}, err
	}
	at, err := readTime("post.publish_time", p.GetPublishTime())
	if err != nil {
		return workflow.PostDraft{}, err
	}
	return workflow.PostDraft{
		Content: content, Accounts: accounts, Item: item, PublishTime: at, Zone: p.GetTimeZone(), Note: p.GetNote(),
	}, nil
}

// readPostChange reads what an update names, except the content.
func (n names) readPostChange(p *imprimaturv1.Post, c changes) (d workflow.PostChange, err error) {
	if d.Version, err = requireEtag("post.etag", p.GetEtag()); err != nil {
		return d, err
	}
	accounts := func(field string, list []string) ([]advocacy.AccountID, error) {
		return readEach(field, list, n.readAccount)
	}
	if d.Accounts, err = pickRead(c, "social_accounts", "post.social_accounts", accounts, p.GetSocialAccounts()); err != nil {
		return d, err
	}
	if d.PublishTime, err = pickRead(c, "publish_time", "post.publish_time", readTime, p.GetPublishTime()); err != nil {
		return d, err
	}
	d.Zone = pick(c, "time_zone", p.GetTimeZone())
	d.Note = pick(c, "note", p.GetNote())
	return d, nil
}

// revisionOf writes a revision; the canonical bytes are added where they were asked for.
func (n names) revisionOf(r *advocacy.Revision) (*imprimaturv1.Revision, error) {
	manifest, err := advocacy.ParseManifest(r.Manifest)
	if err != nil {
		return nil, err
	}
	return &imprimaturv1.Revision{
		Name:         n.revision(r.Subject, r.Number),
		Content:      n.content(r.Content),
		Targets:      each(manifest.Targets, n.target),
		Digest:       string(r.Digest),
		Contributors: each(r.Contributors, n.member),
		Suggesters:   each(r.Suggesters, n.member),
		Audience:     audienceOf(manifest.Audience),
		Announcement: manifest.Announcement,
		EditPolicy:   editPolicyOf(manifest.Editing),
		Editor:       n.member(r.Editor),
		CreateTime:   stamp(r.CreateTime),
	}, nil
}

// showPreview writes what would go out.
func (t *trip) showPreview(p *workflow.Preview) *imprimaturv1.PreviewPostResponse {
	n := t.names()
	return &imprimaturv1.PreviewPostResponse{
		Targets:      each(p.Manifest.Targets, n.target),
		Digest:       string(p.Digest),
		Findings:     each(p.Findings, t.finding),
		Origin:       origins.proto(p.Origin),
		Requirements: each(p.Plan.Requirements, func(r advocacy.Requirement) *imprimaturv1.Requirement { return takes(t.asked(r), p.Usual) }),
		Content:      n.content(p.Content),

		UnmetPreconditions: each(p.Unmet, t.unmet),
		CrowdedTexts:       each(p.Crowds, crowdedText),
		Edit:               edits.proto(p.Edit),
		Changes:            each(p.Changes, n.targetDiff),
		TakenTime:          takenTime(p.Slot),
	}
}

// takenTime writes what is in the way of a time, nil for nothing.
func takenTime(s *advocacy.Slot) *imprimaturv1.TakenTime {
	if s == nil {
		return nil
	}
	return &imprimaturv1.TakenTime{Code: s.Reason(), FreeTime: stamp(s.Time)}
}

func crowdedText(c workflow.Crowd) *imprimaturv1.CrowdedText {
	return &imprimaturv1.CrowdedText{
		Network: string(c.Network), NearPosts: int32(c.Near), FreeTime: stamp(c.FreeTime), FreeAlternatives: c.Alternatives,
	}
}

func (t *trip) unmet(u advocacy.Unmet) *imprimaturv1.UnmetPrecondition {
	out := &imprimaturv1.UnmetPrecondition{Rule: u.Rule, Code: u.Reason, Words: u.Translations.In(t.language, u.Words), Link: u.Link, LinkCode: string(u.LinkCode)}
	if u.Training != "" {
		out.TrainingModule = t.names().trainingModule(u.Training)
	}
	if u.Link != "" {
		out.LinkMessage = t.say("link."+string(u.LinkCode), map[string]string{"link": u.Link}, plain(string(u.LinkCode)))
	}
	return out
}
