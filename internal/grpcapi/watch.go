package grpcapi

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

const (
	// mostWatches is how many queues one server lets follow at once, and mostOwnWatches how
	// many one person or key.
	mostWatches    = 1000
	mostOwnWatches = 10
	// tokenLife is how long a client can stay away and go on.
	tokenLife = 7 * 24 * time.Hour
)

// watches counts who follows queues.
type watches struct {
	mu    sync.Mutex
	all   int
	whose map[string]int
}

// enter counts one more, until leave is called.
func (w *watches) enter(who string) (leave func(), err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.all >= mostWatches || w.whose[who] >= mostOwnWatches { // guard: a bound on who follows queues
		return nil, &advocacy.Error{Kind: advocacy.Exhausted, Reason: "TOO_MANY_WATCHES", Message: "too many queues are followed at once; end one first"}
	}
	if w.whose == nil {
		w.whose = make(map[string]int)
	}
	w.all++
	w.whose[who]++
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.all--
		if w.whose[who]--; w.whose[who] == 0 {
			delete(w.whose, who)
		}
	}, nil
}

func (s reviewService) WatchReviewTasks(
	req *imprimaturv1.WatchReviewTasksRequest, stream grpc.ServerStreamingServer[imprimaturv1.WatchReviewTasksResponse],
) error {
	ctx := stream.Context()
	v := enter(ctx, req)
	leave, err := s.watches.enter(string(v.workspace) + "/" + string(v.principal.Actor.Person) + "/" + string(v.principal.Actor.Key))
	if err != nil {
		return err
	}
	defer leave()
	tokens := resumption{
		query: query{method: v.method, parent: req.GetParent(), filter: strings.TrimSpace(req.GetFilter())},
		now:   s.Flow.Now,
	}
	from, err := tokens.open(req.GetResumeToken())
	if err != nil {
		return err
	}
	return s.Flow.WatchTasks(ctx, workflow.Watch{
		Query: func(ctx context.Context) (workflow.TaskQuery, error) { return s.watched(ctx, v.trip, req) },
		From:  from,
		Send: func(c workflow.TaskChanges) error {
			m, err := v.showChanges(c, s.Flow.Now(), tokens)
			if err != nil {
				return err
			}
			return stream.Send(m)
		},
		Stopping: s.Stopping,
	})
}

// watched reads which turns are followed, by the rights the caller has now.
func (s reviewService) watched(ctx context.Context, t *trip, req *imprimaturv1.WatchReviewTasksRequest) (workflow.TaskQuery, error) {
	if err := t.renew(ctx); err != nil { // guard: a stream ends with the session it was opened by
		return workflow.TaskQuery{}, err
	}
	q, err := s.taskQuery(ctx, enter(ctx, req), req.GetFilter())
	switch {
	case err != nil:
		return q, err
	case q.State != workflow.TaskOpen || !q.OverdueAt.IsZero():
		return q, advocacy.InvalidField("filter", "FILTER_INVALID", "only open turns can be followed, and not whether they are overdue, which no change tells")
	default:
		return q, nil
	}
}

// showChanges writes one message.
func (v visit) showChanges(c workflow.TaskChanges, now time.Time, tokens resumption) (*imprimaturv1.WatchReviewTasksResponse, error) {
	token, err := tokens.seal(c.Place)
	return &imprimaturv1.WatchReviewTasksResponse{
		Changed:     each(c.Tasks, func(t workflow.Task) *imprimaturv1.ReviewTask { return v.showTask(&t, now) }),
		Removed:     each(c.Gone, v.task),
		ResumeToken: token,
		Current:     c.Current,
	}, err
}

// resumption reads and writes the resume tokens of one query.
type resumption struct {
	query query
	now   func() time.Time
}

// resumeToken is what a token says: the place, and when it was given.
type resumeToken struct {
	Change  int64  `json:"c"`
	ID      string `json:"i,omitempty"`
	Listing bool   `json:"l,omitempty"`
	After   string `json:"a,omitempty"`
	Epoch   int64  `json:"e"`
	Basis   string `json:"b"`
	Given   int64  `json:"g"`
}

func (r resumption) seal(p workflow.WatchPlace) (string, error) {
	text, err := json.Marshal(resumeToken{
		Change: p.Change, ID: string(p.ID), Listing: p.Listing, After: p.After, Epoch: p.Epoch, Basis: p.Basis, Given: r.now().Unix(),
	})
	return r.query.seal(string(text)), err
}

// open returns the place of a token, nil for none.
func (r resumption) open(token string) (*workflow.WatchPlace, error) {
	if token == "" {
		return nil, nil
	}
	text, err := r.query.open(token)
	var t resumeToken
	if err != nil || json.Unmarshal([]byte(text), &t) != nil {
		return nil, advocacy.InvalidField("resume_token", "RESUME_TOKEN_INVALID",
			"this resume token belongs to another query; watch again without it")
	}
	if r.now().Sub(time.Unix(t.Given, 0)) > tokenLife { // guard: a token is no older than the memory it needs
		return nil, advocacy.Refuse("RESUME_TOKEN_EXPIRED", "this resume token is more than a week old; watch again without it")
	}
	return &workflow.WatchPlace{
		TaskPlace: workflow.TaskPlace{Change: t.Change, ID: advocacy.TaskID(t.ID)},
		Listing:   t.Listing, After: t.After, Epoch: t.Epoch, Basis: t.Basis,
	}, nil
}
