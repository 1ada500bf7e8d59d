package grpcapi

import (
	"context"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// topicService answers for the shelves of the library.
type topicService struct {
	imprimaturv1.UnimplementedTopicServiceServer
	*Server
}

func (s topicService) GetTopic(ctx context.Context, req *imprimaturv1.GetTopicRequest) (*imprimaturv1.Topic, error) {
	v := enter(ctx, req)
	id, err := v.readTopic("name", req.GetName())
	if err != nil {
		return nil, err
	}
	t, err := s.Flow.Topic(ctx, v.call, v.workspace, id)
	return shown(t, err, v.topicOf)
}

func (s topicService) ListTopics(ctx context.Context, req *imprimaturv1.ListTopicsRequest) (*imprimaturv1.ListTopicsResponse, error) {
	v := enter(ctx, req)
	l, err := openList(ctx, req)
	if err != nil {
		return nil, err
	}
	topics, next, err := s.Flow.Topics(ctx, v.call, v.workspace, l.page)
	if err != nil {
		return nil, err
	}
	return &imprimaturv1.ListTopicsResponse{
		Topics:        each(topics, func(t workflow.TopicView) *imprimaturv1.Topic { return v.topicOf(&t) }),
		NextPageToken: l.next(next),
	}, nil
}

func (s topicService) CreateTopic(ctx context.Context, req *imprimaturv1.CreateTopicRequest) (*imprimaturv1.Topic, error) {
	v := enter(ctx, req)
	sent := req.GetTopic()
	members, err := readEach("topic.members", sent.GetMembers(), v.readMember)
	if err != nil {
		return nil, err
	}
	t, err := s.Flow.CreateTopic(ctx, v.call, v.workspace, workflow.TopicDraft{
		ID: advocacy.TopicID(req.GetTopicId()), DisplayName: sent.GetDisplayName(),
		Description: sent.GetDescription(), Closed: sent.GetClosed(), Compulsory: sent.GetCompulsory(),
		Members: members, Groups: sent.GetGroups(),
	})
	return shown(t, err, v.topicOf)
}

func (s topicService) UpdateTopic(ctx context.Context, req *imprimaturv1.UpdateTopicRequest) (*imprimaturv1.Topic, error) {
	v := enter(ctx, req)
	sent := req.GetTopic()
	id, err := v.readTopic("topic.name", sent.GetName())
	if err != nil {
		return nil, err
	}
	named, err := readMask(sent, req.GetUpdateMask(), "display_name", "description", "closed", "compulsory", "members", "groups")
	if err != nil {
		return nil, err
	}
	version, err := requireEtag("topic.etag", sent.GetEtag())
	if err != nil {
		return nil, err
	}
	people := func(field string, list []string) ([]advocacy.PersonID, error) {
		return readEach(field, list, v.readMember)
	}
	members, err := pickRead(named, "members", "topic.members", people, sent.GetMembers())
	if err != nil {
		return nil, err
	}
	t, err := s.Flow.UpdateTopic(ctx, v.call, v.workspace, id, workflow.TopicChange{
		Version:     version,
		DisplayName: pick(named, "display_name", sent.GetDisplayName()),
		Description: pick(named, "description", sent.GetDescription()),
		Closed:      pick(named, "closed", sent.GetClosed()),
		Compulsory:  pick(named, "compulsory", sent.GetCompulsory()),
		Members:     members,
		Groups:      pick(named, "groups", sent.GetGroups()),
	})
	return shown(t, err, v.topicOf)
}

func (s topicService) JoinTopic(ctx context.Context, req *imprimaturv1.JoinTopicRequest) (*imprimaturv1.Topic, error) {
	v := enter(ctx, req)
	id, err := v.readTopic("name", req.GetName())
	if err != nil {
		return nil, err
	}
	t, err := s.Flow.JoinTopic(ctx, v.call, v.workspace, id)
	return shown(t, err, v.topicOf)
}

func (s topicService) LeaveTopic(ctx context.Context, req *imprimaturv1.LeaveTopicRequest) (*imprimaturv1.Topic, error) {
	v := enter(ctx, req)
	id, err := v.readTopic("name", req.GetName())
	if err != nil {
		return nil, err
	}
	t, err := s.Flow.LeaveTopic(ctx, v.call, v.workspace, id)
	return shown(t, err, v.topicOf)
}
