package grpcapi

import (
	"context"
	"errors"
	"path"
	"regexp"
	"strings"
	"unicode"

	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/sheet"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

var importOutcomes = pair(map[workflow.ImportOutcome]imprimaturv1.LibraryImportRow_Outcome{
	workflow.ImportPending:   imprimaturv1.LibraryImportRow_PENDING,
	workflow.ImportCreated:   imprimaturv1.LibraryImportRow_CREATED,
	workflow.ImportUpdated:   imprimaturv1.LibraryImportRow_UPDATED,
	workflow.ImportUnchanged: imprimaturv1.LibraryImportRow_UNCHANGED,
	workflow.ImportFailed:    imprimaturv1.LibraryImportRow_FAILED,
})

// exportBytes is about how much of a file is in one answer.
const exportBytes = 2 << 20

func (s libraryService) ExportLibraryItems(
	ctx context.Context, req *imprimaturv1.ExportLibraryItemsRequest,
) (*imprimaturv1.ExportLibraryItemsResponse, error) {
	v := enter(ctx, req)
	l, err := openOrdered(ctx, req, req.GetFormat().String())
	if err != nil {
		return nil, err
	}
	l.page.Oldest = true
	q := workflow.ItemQuery{Page: l.page, Workspace: v.workspace}
	if err := s.itemTerms(l, &q).read(req.GetFilter()); err != nil {
		return nil, err
	}
	items, next, err := s.Flow.ExportItems(ctx, v.call, q)
	if err != nil {
		return nil, err
	}
	var data strings.Builder
	if req.GetFormat() == imprimaturv1.LibraryFormat_LIBRARY_FORMAT_CSV && req.GetPageToken() == "" {
		data.WriteString(sheet.BOM + header() + "\n")
	}
	for i := range items {
		data.WriteString(writeLine(req.GetFormat(), v.rowOf(&items[i])) + "\n")
		if data.Len() > exportBytes && i+1 < len(items) {
			next = string(items[i].Item.ID)
			break
		}
	}
	return &imprimaturv1.ExportLibraryItemsResponse{Data: data.String(), NextPageToken: l.next(next)}, nil
}

// rowOf writes an item as it would be imported.
func (n names) rowOf(i *workflow.ExportedItem) *imprimaturv1.LibraryItemRow {
	row := &imprimaturv1.LibraryItemRow{
		ExternalId:     i.External,
		Title:          i.Item.Title,
		Topic:          string(i.Item.Topic),
		Content:        n.content(i.Revision.Content),
		Networks:       texts(i.Revision.Networks),
		ShareStartTime: stamp(i.Item.Share.Start),
		ShareEndTime:   stamp(i.Item.Share.End),
		TimeZone:       i.Item.Zone,
		Note:           i.Item.Note,
		Audience:       audienceOf(i.Manifest.Audience),
		Announcement:   i.Manifest.Announcement,
		EditPolicy:     editPolicyOf(i.Manifest.Editing),
		Pin:            int32(i.Item.Pin),
		Labels:         i.Item.Labels,
		Campaign:       i.Item.Campaign,

		Featured:        int32(i.Item.Feature.Place),
		FeaturedEndTime: stamp(i.Item.Feature.End),
	}
	if minutes := spreadOf(i.Item.Spread); minutes != nil {
		row.ShareSpreadMinutes = wrapperspb.Int32(*minutes)
	}
	return row
}

func (s libraryService) ImportLibraryItems(
	ctx context.Context, req *imprimaturv1.ImportLibraryItemsRequest,
) (*imprimaturv1.LibraryImport, error) {
	v := enter(ctx, req)
	file, err := readLines(req.GetFormat(), req.GetData())
	if err != nil {
		return nil, err
	}
	if err := file.omit(req.GetOmittedRows()); err != nil {
		return nil, err
	}
	order := workflow.ImportOrder{
		Rows: make([]workflow.ImportRow, len(file.rows)), Lines: file.lines, Head: file.head, ValidateOnly: req.GetValidateOnly(),
	}
	for i, line := range file.rows {
		if order.Rows[i], err = v.readRow(line); err != nil {
			return nil, err
		}
	}
	if name := req.GetPreviousPart(); name != "" {
		if order.Previous, err = v.readImport("previous_part", name); err != nil {
			return nil, err
		}
	}
	i, err := s.Flow.ImportItems(ctx, v.call, v.workspace, order)
	return shown(i, err, v.importOf)
}

// readRow reads a row as what it changes, or as its refusal.
func (n names) readRow(line readLine) (workflow.ImportRow, error) {
	row := workflow.ImportRow{Number: line.number, External: line.row.GetExternalId()}
	err := line.err
	if err == nil {
		row.Change, err = n.readRowChange(line)
	}
	refusal, refused := errors.AsType[*advocacy.Error](err)
	if !refused {
		return row, err
	}
	if row.Refuse(refusal); !rowName.MatchString(row.External) {
		row.External = "" // a report shows names, and no other bytes
	}
	row.Field, row.Message = strings.TrimPrefix(row.Field, "library_item."), shortLine(row.Message)
	return row, nil
}

func (n names) readRowChange(line readLine) (*workflow.ItemChange, error) {
	r := line.row
	pictures := r.GetContent().GetMedia()
	if p := r.GetContent().GetCard().GetPicture(); p != nil {
		pictures = append(pictures[:len(pictures):len(pictures)], p)
	}
	for _, m := range pictures {
		// The same bytes are the same picture in every workspace that has them.
		m.Media = n.media(path.Base(m.GetMedia()))
	}
	sent := &imprimaturv1.LibraryItem{
		Title: r.GetTitle(), Topic: n.topic(advocacy.TopicID(r.GetTopic())), Content: r.GetContent(), Networks: r.GetNetworks(),
		ShareStartTime: r.GetShareStartTime(), ShareEndTime: r.GetShareEndTime(), TimeZone: r.GetTimeZone(), Note: r.GetNote(),
		Audience: r.GetAudience(), Announcement: r.GetAnnouncement(), EditPolicy: r.GetEditPolicy(), Pin: r.GetPin(), Labels: r.GetLabels(), Campaign: r.GetCampaign(),
		Featured: r.GetFeatured(), FeaturedEndTime: r.GetFeaturedEndTime(),
	}
	if minutes := r.GetShareSpreadMinutes(); minutes != nil {
		sent.ShareSpreadMinutes = &minutes.Value
	}
	change, err := n.readNamed(sent, line.named)
	if err != nil {
		return nil, err
	}
	if r.GetContent() != nil {
		change.Content, err = pickRead(line.named, contentPath, contentPath, n.readContent, r.GetContent())
	}
	return &change, err
}

// rowName is the form of an external_id.
var rowName = regexp.MustCompile(`^[^\x00-\x1f\x7f]{1,200}$`)

// shortLine is a text as a line of a report: what a row holds can be of any length.
func shortLine(text string) string {
	line := []rune(strings.ToValidUTF8(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text), ""))
	return string(line[:min(len(line), 500)])
}

func (s libraryService) GetLibraryImport(
	ctx context.Context, req *imprimaturv1.GetLibraryImportRequest,
) (*imprimaturv1.LibraryImport, error) {
	v := enter(ctx, req)
	id, err := v.readImport("name", req.GetName())
	if err != nil {
		return nil, err
	}
	i, err := s.Flow.Import(ctx, v.call, v.workspace, id)
	return shown(i, err, v.importOf)
}

func (s libraryService) ListLibraryImports(
	ctx context.Context, req *imprimaturv1.ListLibraryImportsRequest,
) (*imprimaturv1.ListLibraryImportsResponse, error) {
	v := enter(ctx, req)
	l, err := openList(ctx, req)
	if err != nil {
		return nil, err
	}
	q := workflow.ImportQuery{Page: l.page, Workspace: v.workspace}
	if err := (terms{"first_part": nameTerm(v.readImport, &q.File, "workspaces/w/libraryImports/i")}).read(req.GetFilter()); err != nil {
		return nil, err
	}
	all, next, err := s.Flow.Imports(ctx, v.call, q)
	if err != nil {
		return nil, err
	}
	return &imprimaturv1.ListLibraryImportsResponse{
		LibraryImports: each(all, func(i workflow.Import) *imprimaturv1.LibraryImport { return v.importOf(&i) }),
		NextPageToken:  l.next(next),
	}, nil
}

func (t *trip) importOf(i *workflow.Import) *imprimaturv1.LibraryImport {
	n := t.names()
	out := &imprimaturv1.LibraryImport{
		Name:           n.libraryImport(i.ID),
		State:          imprimaturv1.LibraryImport_RUNNING,
		Member:         n.member(i.Person),
		ValidateOnly:   i.ValidateOnly,
		TotalCount:     int32(i.Total),
		CreatedCount:   int32(i.Created),
		UpdatedCount:   int32(i.Updated),
		UnchangedCount: int32(i.Unchanged),
		FailedCount:    int32(i.Failed),
		CreateTime:     stamp(i.CreateTime),
		EndTime:        stamp(i.EndTime),
		Part:           int32(i.Part),
		FirstPart:      n.libraryImport(i.File),
		FirstLine:      int32(i.FirstLine),
		LastLine:       int32(i.LastLine),
	}
	switch {
	case i.Code != "":
		out.State, out.Reason, out.Message = imprimaturv1.LibraryImport_FAILED, i.Code, t.say("error."+i.Code, nil, i.Code)
	case !i.EndTime.IsZero():
		out.State = imprimaturv1.LibraryImport_ENDED
	}
	return out
}

func (s libraryService) ListLibraryImportRows(
	ctx context.Context, req *imprimaturv1.ListLibraryImportRowsRequest,
) (*imprimaturv1.ListLibraryImportRowsResponse, error) {
	v := enter(ctx, req)
	id, err := v.readImport("parent", req.GetParent())
	if err != nil {
		return nil, err
	}
	l, err := openOrdered(ctx, req, "number")
	if err != nil {
		return nil, err
	}
	l.page.Oldest = true
	q := workflow.ImportRowQuery{Page: l.page, Workspace: v.workspace, Import: id}
	if err := (terms{"outcome": enumTerm(importOutcomes, &q.Outcome, "FAILED")}).read(req.GetFilter()); err != nil {
		return nil, err
	}
	rows, next, err := s.Flow.ImportRows(ctx, v.call, q)
	if err != nil {
		return nil, err
	}
	return &imprimaturv1.ListLibraryImportRowsResponse{
		LibraryImportRows: each(rows, v.importRowOf),
		NextPageToken:     l.next(next),
	}, nil
}

func (t *trip) importRowOf(r workflow.ImportRow) *imprimaturv1.LibraryImportRow {
	out := &imprimaturv1.LibraryImportRow{
		Number:      int32(r.Number),
		ExternalId:  r.External,
		Outcome:     importOutcomes.proto(r.Outcome),
		LibraryItem: t.names().item(r.Item),
		Reason:      r.Code,
		Field:       r.Field,
		Detail:      r.Message,
	}
	if r.Code != "" {
		out.Message = t.say("error."+r.Code, nil, r.Message)
	}
	return out
}
