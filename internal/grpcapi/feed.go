package grpcapi

import (
	"context"
	"time"

	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// feedService answers for the sources whose entries become proposals.
type feedService struct {
	imprimaturv1.UnimplementedFeedServiceServer
	*Server
}

func (s feedService) GetFeed(ctx context.Context, req *imprimaturv1.GetFeedRequest) (*imprimaturv1.Feed, error) {
	v := enter(ctx, req)
	id, err := v.readFeed("name", req.GetName())
	if err != nil {
		return nil, err
	}
	f, err := s.Flow.Feed(ctx, v.call, v.workspace, id)
	return shown(f, err, v.showFeed)
}

func (s feedService) ListFeeds(ctx context.Context, req *imprimaturv1.ListFeedsRequest) (*imprimaturv1.ListFeedsResponse, error) {
	v := enter(ctx, req)
	l, err := openList(ctx, req)
	if err != nil {
		return nil, err
	}
	all, next, err := s.Flow.Feeds(ctx, v.call, v.workspace, l.page)
	if err != nil {
		return nil, err
	}
	return &imprimaturv1.ListFeedsResponse{
		Feeds:         each(all, func(f advocacy.Feed) *imprimaturv1.Feed { return v.showFeed(&f) }),
		NextPageToken: l.next(next),
	}, nil
}

func (s feedService) CreateFeed(ctx context.Context, req *imprimaturv1.CreateFeedRequest) (*imprimaturv1.Feed, error) {
	v := enter(ctx, req)
	sent := req.GetFeed()
	topic, err := v.readShelf("feed.topic", sent.GetTopic())
	if err != nil {
		return nil, err
	}
	f, err := s.Flow.CreateFeed(ctx, v.call, v.workspace, workflow.FeedDraft{
		Title: sent.GetTitle(), URL: sent.GetUrl(), Topic: topic, Interval: minutes(sent.GetIntervalMinutes()), Paused: sent.GetPaused(),
	})
	return shown(f, err, v.showFeed)
}

func (s feedService) UpdateFeed(ctx context.Context, req *imprimaturv1.UpdateFeedRequest) (*imprimaturv1.Feed, error) {
	v := enter(ctx, req)
	sent := req.GetFeed()
	id, err := v.readFeed("feed.name", sent.GetName())
	if err != nil {
		return nil, err
	}
	named, err := readMask(sent, req.GetUpdateMask(), "title", "topic", "interval_minutes", "paused")
	if err != nil {
		return nil, err
	}
	version, err := requireEtag("feed.etag", sent.GetEtag())
	if err != nil {
		return nil, err
	}
	topic, err := pickRead(named, "topic", "feed.topic", v.readShelf, sent.GetTopic())
	if err != nil {
		return nil, err
	}
	f, err := s.Flow.UpdateFeed(ctx, v.call, v.workspace, id, workflow.FeedChange{
		Version:  version,
		Title:    pick(named, "title", sent.GetTitle()),
		Topic:    topic,
		Interval: pick(named, "interval_minutes", minutes(sent.GetIntervalMinutes())),
		Paused:   pick(named, "paused", sent.GetPaused()),
	})
	return shown(f, err, v.showFeed)
}

func (s feedService) AskFeed(ctx context.Context, req *imprimaturv1.AskFeedRequest) (*imprimaturv1.Feed, error) {
	v := enter(ctx, req)
	id, err := v.readFeed("name", req.GetName())
	if err != nil {
		return nil, err
	}
	f, err := s.Flow.AskFeed(ctx, v.call, v.workspace, id)
	return shown(f, err, v.showFeed)
}

func (s feedService) DeleteFeed(ctx context.Context, req *imprimaturv1.DeleteFeedRequest) (*emptypb.Empty, error) {
	v := enter(ctx, req)
	id, err := v.readFeed("name", req.GetName())
	if err != nil {
		return nil, err
	}
	return &emptypb.Empty{}, s.Flow.DeleteFeed(ctx, v.call, v.workspace, id)
}

func minutes(n int32) time.Duration { return time.Duration(n) * time.Minute }

// showFeed writes a feed, with the words for why it brought nothing.
func (t *trip) showFeed(f *advocacy.Feed) *imprimaturv1.Feed {
	n := t.names()
	out := &imprimaturv1.Feed{
		Name:            n.feed(f.ID),
		Title:           f.Title,
		Url:             f.URL,
		Topic:           n.topic(f.Topic),
		IntervalMinutes: int32(f.Interval / time.Minute),
		Paused:          f.Paused,
		Creator:         n.member(f.Creator),
		FetchTime:       stamp(f.Fetch.Last),
		SuccessTime:     stamp(f.Fetch.Success),
		ErrorCode:       string(f.Fetch.Code),
		HttpStatus:      int32(f.Fetch.Status),
		FailureCount:    int32(f.Fetch.Failures),
		ProposalCount:   int32(f.Fetch.Brought),
		Etag:            etagOf(f.Version),
		CreateTime:      stamp(f.CreateTime),
		UpdateTime:      stamp(f.UpdateTime),
	}
	if !f.Paused {
		out.NextFetchTime = stamp(f.Fetch.Next)
	}
	if f.Fetch.Code != "" {
		out.ErrorMessage = t.say("feed."+string(f.Fetch.Code), nil, plain(string(f.Fetch.Code)))
	}
	return out
}
