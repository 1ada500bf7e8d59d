package container

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/graph"
)

const (
	// quotaPatience is how long it is waited for what an account may still make.
	quotaPatience = 3 * time.Second
	// quotaParts is how often within the time of a quota that is used up it is asked again: which
	// post leaves it next is told nowhere.
	quotaParts = 24
	// longestQuota is the longest time of a quota that is believed, in seconds.
	longestQuota = 24 * 3600
)

// room tells that an account may make no post now, and nil when it may or that is not known: whoever
// is not told asks for the post, which the network refuses itself.
func (j job) room(ctx context.Context) *network.Answer {
	ctx, cancel := context.WithTimeout(ctx, quotaPatience)
	defer cancel()
	var got struct {
		Data []struct {
			Usage  int64 `json:"quota_usage"`
			Config struct {
				Total    int64 `json:"quota_total"`
				Duration int64 `json:"quota_duration"`
			} `json:"config"`
		} `json:"data"`
	}
	wrong := j.session.Ask(ctx, graph.Call{Method: http.MethodGet, Path: j.user + "/" + j.n.kind.Quota, Values: one("fields", "quota_usage,config")}, &got)
	if wrong != nil || len(got.Data) != 1 { // guard: an answer that is no number stops nobody
		return nil
	}
	told := got.Data[0]
	if told.Config.Total <= 0 || told.Usage < told.Config.Total {
		return nil
	}
	seconds := told.Config.Duration
	if seconds <= 0 || seconds > longestQuota {
		seconds = longestQuota
	}
	spent := &network.Answer{Class: network.RateLimited, Said: network.SayOf(advocacy.AnswerPostsSpent, strconv.FormatInt(told.Config.Total, 10))}
	spent.RetryTime = j.n.wire.Now().Add(time.Duration(seconds) * time.Second / quotaParts)
	return spent
}
