package grpcapi

import (
	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/search"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// showItem writes a library item as the caller may see it.
func (t *trip) showItem(v *workflow.ItemView) *imprimaturv1.LibraryItem {
	n, i := t.names(), v.Item
	out := &imprimaturv1.LibraryItem{
		Name:               n.item(i.ID),
		Title:              i.Title,
		Topic:              n.topic(i.Topic),
		ShareStartTime:     stamp(i.Share.Start),
		ShareEndTime:       stamp(i.Share.End),
		TimeZone:           i.Zone,
		Note:               i.Note,
		Author:             n.member(i.Author),
		Owner:              n.member(i.Owner),
		State:              itemStates.proto(i.State),
		RevisionInForce:    n.revision(i.Subject(), i.InForce),
		Targets:            each(v.Manifest.Targets, n.target),
		Audience:           audienceOf(v.Manifest.Audience),
		Announcement:       v.Manifest.Announcement,
		EditPolicy:         editPolicyOf(v.Manifest.Editing),
		Availability:       availabilities.proto(v.Availability),
		Pin:                int32(i.Pin),
		Featured:           int32(i.Feature.Place),
		FeaturedEndTime:    stamp(i.Feature.End),
		Labels:             i.Labels,
		Campaign:           i.Campaign,
		ShareSpreadMinutes: spreadOf(i.Spread),
		Findings:           each(v.Findings, t.finding),
		Review:             n.review(i.Subject(), i.Round),
		Sharable:           v.Sharable,
		Etag:               etagOf(i.Version),
		CreateTime:         stamp(i.CreateTime),
		UpdateTime:         stamp(i.UpdateTime),
		Proposer:           n.member(i.Proposer),
		ShareCount:         int32(i.Sharers),
	}
	if r := v.Revision; r != nil {
		out.Content = n.content(r.Content)
		out.Networks = texts(r.Networks)
		out.Revision = n.revision(i.Subject(), r.Number)
		out.Digest = string(r.Digest)
	}
	return out
}

// audienceOf writes an audience, nothing for everybody.
func audienceOf(a advocacy.Audience) *imprimaturv1.Audience {
	if a.Everybody() {
		return nil
	}
	return &imprimaturv1.Audience{Groups: a.Groups, Departments: a.Departments, Countries: a.Countries, Languages: a.Languages}
}

// editPolicyOf writes what may be changed, nothing when anything may.
func editPolicyOf(e advocacy.Editing) *imprimaturv1.EditPolicy {
	if e.None() {
		return nil
	}
	return &imprimaturv1.EditPolicy{Mode: editModes.proto(e.Mode), Spans: each(e.Spans, editSpanOf), Unreviewed: e.Unreviewed}
}

func editSpanOf(s advocacy.EditSpan) *imprimaturv1.EditSpan {
	return &imprimaturv1.EditSpan{Text: s.Text, Optional: s.Optional, MaxCharacters: int32(s.Most)}
}

func readEditPolicy(field string, p *imprimaturv1.EditPolicy) (advocacy.Editing, error) {
	mode, err := editModes.domain(field+".mode", p.GetMode())
	e := advocacy.Editing{Mode: mode, Unreviewed: p.GetUnreviewed()}
	for _, s := range p.GetSpans() {
		e.Spans = append(e.Spans, advocacy.EditSpan{Text: s.GetText(), Optional: s.GetOptional(), Most: int(s.GetMaxCharacters())})
	}
	return e, err
}

func readAudience(a *imprimaturv1.Audience) advocacy.Audience {
	return advocacy.Audience{
		Groups: a.GetGroups(), Departments: a.GetDepartments(), Countries: a.GetCountries(), Languages: a.GetLanguages(),
	}
}

// showHit writes a library item that was found, and why.
func (t *trip) showHit(h *workflow.ItemHit) *imprimaturv1.LibraryItemHit {
	return &imprimaturv1.LibraryItemHit{
		LibraryItem: t.showItem(&h.ItemView),
		TitleRanges: each(h.Title, textRange),
		Snippet: &imprimaturv1.Snippet{
			Text:     h.Excerpt.Text,
			Ranges:   each(h.Excerpt.Ranges, textRange),
			Field:    h.Field,
			Revision: t.names().revision(h.Item.Subject(), h.Number),
		},
	}
}

func textRange(r search.Range) *imprimaturv1.TextRange {
	return &imprimaturv1.TextRange{Start: int32(r.Start), End: int32(r.End)}
}

// spreadOf writes an item's own spread, nothing for the workspace's.
func spreadOf(minutes *int) *int32 {
	if minutes == nil {
		return nil
	}
	return new(int32(*minutes))
}

func readSpread(i *imprimaturv1.LibraryItem) *int {
	if i.ShareSpreadMinutes == nil {
		return nil
	}
	return new(int(i.GetShareSpreadMinutes()))
}

func (n names) readItemDraft(i *imprimaturv1.LibraryItem) (d workflow.ItemDraft, err error) {
	d = workflow.ItemDraft{
		Title: i.GetTitle(), Networks: words[advocacy.Network](i.GetNetworks()), Zone: i.GetTimeZone(), Note: i.GetNote(),
		Reach: advocacy.Reach{Audience: readAudience(i.GetAudience()), Announcement: i.GetAnnouncement()},
		Pin:   int(i.GetPin()), Labels: i.GetLabels(), Campaign: i.GetCampaign(), Feature: advocacy.Feature{Place: int(i.GetFeatured())},
		Spread: readSpread(i),
	}
	if d.Feature.End, err = readTime("library_item.featured_end_time", i.GetFeaturedEndTime()); err != nil {
		return d, err
	}
	if said := i.GetEditPolicy(); said != nil {
		editing, err := readEditPolicy("library_item.edit_policy", said)
		if err != nil {
			return d, err
		}
		d.Editing = &editing
	}
	if d.Topic, err = n.readShelf("library_item.topic", i.GetTopic()); err != nil {
		return d, err
	}
	if d.Content, err = n.readContent("library_item.content", i.GetContent()); err != nil {
		return d, err
	}
	if d.Share.Start, err = readTime("library_item.share_start_time", i.GetShareStartTime()); err != nil {
		return d, err
	}
	d.Share.End, err = readTime("library_item.share_end_time", i.GetShareEndTime())
	return d, err
}

// readItemChange reads what an update names, except the content.
func (n names) readItemChange(i *imprimaturv1.LibraryItem, c changes) (d workflow.ItemChange, err error) {
	if d, err = n.readNamed(i, c); err != nil {
		return d, err
	}
	d.Version, err = requireEtag("library_item.etag", i.GetEtag())
	return d, err
}

// readNamed reads the fields that are named, except the content.
func (n names) readNamed(i *imprimaturv1.LibraryItem, c changes) (d workflow.ItemChange, err error) {
	if d.Topic, err = pickRead(c, "topic", "library_item.topic", n.readShelf, i.GetTopic()); err != nil {
		return d, err
	}
	if d.ShareStart, err = pickRead(c, "share_start_time", "library_item.share_start_time", readTime, i.GetShareStartTime()); err != nil {
		return d, err
	}
	if d.ShareEnd, err = pickRead(c, "share_end_time", "library_item.share_end_time", readTime, i.GetShareEndTime()); err != nil {
		return d, err
	}
	if d.Editing, err = pickRead(c, "edit_policy", "library_item.edit_policy", readEditPolicy, i.GetEditPolicy()); err != nil {
		return d, err
	}
	if d.FeatureEnd, err = pickRead(c, "featured_end_time", "library_item.featured_end_time", readTime, i.GetFeaturedEndTime()); err != nil {
		return d, err
	}
	d.FeaturePlace = pick(c, "featured", int(i.GetFeatured()))
	d.Title = pick(c, "title", i.GetTitle())
	d.Networks = pick(c, "networks", words[advocacy.Network](i.GetNetworks()))
	d.Audience = pick(c, "audience", readAudience(i.GetAudience()))
	d.Announcement = pick(c, "announcement", i.GetAnnouncement())
	d.Pin = pick(c, "pin", int(i.GetPin()))
	d.Labels = pick(c, "labels", i.GetLabels())
	d.Campaign = pick(c, "campaign", i.GetCampaign())
	d.Spread = pick(c, "share_spread_minutes", readSpread(i))
	d.Zone = pick(c, "time_zone", i.GetTimeZone())
	d.Note = pick(c, "note", i.GetNote())
	return d, nil
}

func (n names) topicOf(v *workflow.TopicView) *imprimaturv1.Topic {
	t := v.Topic
	return &imprimaturv1.Topic{
		Name:         n.topic(t.ID),
		DisplayName:  t.DisplayName,
		Description:  t.Description,
		Closed:       t.Closed,
		Members:      each(t.Members, n.member),
		Groups:       t.Groups,
		Compulsory:   t.Compulsory,
		DefaultTopic: t.Default,
		Subscribed:   v.Subscribed,
		Etag:         etagOf(t.Version),
		CreateTime:   stamp(t.CreateTime),
		UpdateTime:   stamp(t.UpdateTime),
	}
}

// readShelf reads the topic of an item: the default one when it names none.
func (n names) readShelf(field, name string) (advocacy.TopicID, error) {
	if name == "" {
		return "", nil
	}
	return n.readTopic(field, name)
}

func (n names) uploadOf(u *advocacy.Upload) *imprimaturv1.Upload {
	return &imprimaturv1.Upload{
		Name:        n.upload(u.ID),
		SizeBytes:   u.Size,
		ContentType: u.ContentType,
		Sha256:      u.Digest.Hex(),
		Offset:      u.Offset,
		Media:       n.media(u.Media),
		Uploader:    n.member(u.Uploader),
		CreateTime:  stamp(u.CreateTime),
		ExpireTime:  stamp(u.ExpireTime),
		FileName:    u.FileName,
	}
}

func (n names) mediaOf(m *advocacy.Media) *imprimaturv1.Media {
	return &imprimaturv1.Media{
		Name:        n.media(m.Blob),
		ContentType: m.ContentType,
		Width:       int32(m.Width),
		Height:      int32(m.Height),
		Duration:    durationOf(m.Duration),
		Codecs:      m.Codecs,
		PageCount:   int32(m.Pages),
		SizeBytes:   m.Size,
		Uploader:    n.member(m.Uploader),
		CreateTime:  stamp(m.CreateTime),
		FileName:    m.FileName,
	}
}
