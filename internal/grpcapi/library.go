package grpcapi

import (
	"context"
	"regexp"
	"strings"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/search"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// libraryService answers for library items.
type libraryService struct {
	imprimaturv1.UnimplementedLibraryServiceServer
	*Server
}

func (s libraryService) GetLibraryItem(ctx context.Context, req *imprimaturv1.GetLibraryItemRequest) (*imprimaturv1.LibraryItem, error) {
	v := enter(ctx, req)
	id, err := v.readItem("name", req.GetName())
	if err != nil {
		return nil, err
	}
	i, err := s.Flow.Item(ctx, v.call, v.workspace, id)
	return shown(i, err, v.showItem)
}

func (s libraryService) ListLibraryItems(
	ctx context.Context, req *imprimaturv1.ListLibraryItemsRequest,
) (*imprimaturv1.ListLibraryItemsResponse, error) {
	v := enter(ctx, req)
	l, order, err := openShelf(ctx, req)
	if err != nil {
		return nil, err
	}
	q := workflow.ItemQuery{Page: l.page, Workspace: v.workspace, PinnedFirst: order == pinnedFirst, ByFeature: order == byFeature}
	if err := s.itemTerms(l, &q).read(req.GetFilter()); err != nil {
		return nil, err
	}
	if q.ByFeature && !q.Featured {
		return nil, advocacy.InvalidField("order_by", "ORDER_INVALID", "order_by %q goes with the filter featured = true", byFeature)
	}
	items, next, err := s.Flow.Items(ctx, v.call, q)
	if err != nil {
		return nil, err
	}
	return &imprimaturv1.ListLibraryItemsResponse{
		LibraryItems:  each(items, func(i workflow.ItemView) *imprimaturv1.LibraryItem { return v.showItem(&i) }),
		NextPageToken: l.next(next),
	}, nil
}

// itemTerms are what the lists of library items can be filtered by.
func (libraryService) itemTerms(l listing, q *workflow.ItemQuery) terms {
	return terms{
		"topic":        nameTerm(l.names.readTopic, &q.Topic, form(inTopics)),
		"state":        enumTerm(itemStates, &q.State, "APPROVED"),
		"availability": enumTerm(availabilities, &q.Availability, "LIVE"),
		"sharable":     trueTerm(func() { q.Sharable = true }),
		"announcement": trueTerm(func() { q.Announcements = true }),
		"pinned":       trueTerm(func() { q.Pinned = true }),
		"featured":     trueTerm(func() { q.Featured = true }),
		"label":        wordTerm(&q.Label, labelForm.MatchString, "launch"),
		"campaign":     wordTerm(&q.Campaign, labelForm.MatchString, "spring"),
		"language":     wordTerm(&q.Language, languageForm.MatchString, "fr"),
		"network":      wordTerm(&q.Network, networkForm.MatchString, "wall"),
		"owner":        l.memberTerm(&q.Owner),
		"subscribed":   trueTerm(func() { q.Follower = l.trip.principal.Actor.Person }),
	}
}

func (s libraryService) SearchLibraryItems(
	ctx context.Context, req *imprimaturv1.SearchLibraryItemsRequest,
) (*imprimaturv1.SearchLibraryItemsResponse, error) {
	v := enter(ctx, req)
	newest, err := readRelevance(req.GetOrderBy())
	if err != nil {
		return nil, err
	}
	l, err := openOrdered(ctx, req, orderOfSearch(newest, req.GetQuery()))
	if err != nil {
		return nil, err
	}
	q := workflow.ItemSearch{For: search.Parse(req.GetQuery()), Newest: newest}
	q.Page, q.Workspace = l.page, v.workspace
	if err := s.itemTerms(l, &q.ItemQuery).read(req.GetFilter()); err != nil {
		return nil, err
	}
	hits, next, err := s.Flow.SearchItems(ctx, v.call, q)
	if err != nil {
		return nil, err
	}
	return &imprimaturv1.SearchLibraryItemsResponse{
		Hits:          each(hits, func(h workflow.ItemHit) *imprimaturv1.LibraryItemHit { return v.showHit(&h) }),
		NextPageToken: l.next(next),
	}, nil
}

// labelForm is that of labels and campaigns.
var labelForm = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{N} ._&-]{0,39}$`)

// languageForm is that of what asks for a language: those of content, in any case.
var languageForm = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,5}$`)

// openShelf is openList for the library, which has orders of its own.
func openShelf(ctx context.Context, req *imprimaturv1.ListLibraryItemsRequest) (l listing, order string, err error) {
	order = strings.Join(strings.Fields(req.GetOrderBy()), " ")
	if order == pinnedFirst || order == byFeature {
		l, err = openOrdered(ctx, req, order)
		return l, order, err
	}
	l, err = openList(ctx, req)
	return l, order, err
}

func (s libraryService) CreateLibraryItem(
	ctx context.Context, req *imprimaturv1.CreateLibraryItemRequest,
) (*imprimaturv1.LibraryItem, error) {
	v := enter(ctx, req)
	draft, err := v.readItemDraft(req.GetLibraryItem())
	if err != nil {
		return nil, err
	}
	i, err := s.Flow.CreateItem(ctx, v.call, v.workspace, draft)
	return shown(i, err, v.showItem)
}

func (s libraryService) UpdateLibraryItem(
	ctx context.Context, req *imprimaturv1.UpdateLibraryItemRequest,
) (*imprimaturv1.LibraryItem, error) {
	v := enter(ctx, req)
	sent := req.GetLibraryItem()
	id, err := v.readItem("library_item.name", sent.GetName())
	if err != nil {
		return nil, err
	}
	named, err := readMask(sent, req.GetUpdateMask(),
		"title", "topic", "content", "networks", "share_start_time", "share_end_time", "time_zone", "note", "audience",
		"pin", "featured", "featured_end_time", "labels", "campaign", "share_spread_minutes", "announcement", "edit_policy")
	if err != nil {
		return nil, err
	}
	change, err := v.readItemChange(sent, named)
	if err != nil {
		return nil, err
	}
	change.Content, err = v.readContentChange("library_item.content", named, sent.GetContent(), func() (*advocacy.Revision, error) {
		view, err := s.Flow.Item(ctx, v.call, v.workspace, id)
		if err != nil {
			return nil, err
		}
		return view.Revision, nil
	})
	if err != nil {
		return nil, err
	}
	i, err := s.Flow.UpdateItem(ctx, v.call, v.workspace, id, change)
	return shown(i, err, v.showItem)
}

func (s libraryService) SubmitLibraryItem(
	ctx context.Context, req *imprimaturv1.SubmitLibraryItemRequest,
) (*imprimaturv1.LibraryItem, error) {
	v := enter(ctx, req)
	id, err := v.readItem("name", req.GetName())
	if err != nil {
		return nil, err
	}
	version, err := readEtag(req.GetEtag())
	if err != nil {
		return nil, err
	}
	submit := workflow.Submit{Digest: advocacy.Digest(req.GetDigest()), Version: version}
	i, err := s.Flow.SubmitItem(ctx, v.call, v.workspace, id, submit)
	return shown(i, err, v.showItem)
}

func (s libraryService) WithdrawLibraryItem(
	ctx context.Context, req *imprimaturv1.WithdrawLibraryItemRequest,
) (*imprimaturv1.LibraryItem, error) {
	v := enter(ctx, req)
	id, err := v.readItem("name", req.GetName())
	if err != nil {
		return nil, err
	}
	i, err := s.Flow.WithdrawItem(ctx, v.call, v.workspace, id, req.GetReason())
	return shown(i, err, v.showItem)
}

func (s libraryService) TransferLibraryItem(
	ctx context.Context, req *imprimaturv1.TransferLibraryItemRequest,
) (*imprimaturv1.LibraryItem, error) {
	v := enter(ctx, req)
	id, err := v.readItem("name", req.GetName())
	if err != nil {
		return nil, err
	}
	d := workflow.Transfer{Reason: req.GetReason()}
	if d.Owner, err = v.readMember("owner", req.GetOwner()); err != nil {
		return nil, err
	}
	if d.Version, err = readEtag(req.GetEtag()); err != nil {
		return nil, err
	}
	i, err := s.Flow.TransferItem(ctx, v.call, v.workspace, id, d)
	return shown(i, err, v.showItem)
}

func (s libraryService) ShareLibraryItem(ctx context.Context, req *imprimaturv1.ShareLibraryItemRequest) (*imprimaturv1.Post, error) {
	v := enter(ctx, req)
	id, err := v.readItem("name", req.GetName())
	if err != nil {
		return nil, err
	}
	accounts, err := readEach("social_accounts", req.GetSocialAccounts(), v.readAccount)
	if err != nil {
		return nil, err
	}
	at, err := readTime("publish_time", req.GetPublishTime())
	if err != nil {
		return nil, err
	}
	p, err := s.Flow.ShareItem(ctx, v.call, v.workspace, id, workflow.Share{
		Accounts: accounts, Language: req.GetLanguage(), Alternative: req.GetAlternative(), Digest: advocacy.Digest(req.GetDigest()),
		PublishTime: at, Zone: req.GetTimeZone(),
	})
	return shown(p, err, v.showPost)
}
