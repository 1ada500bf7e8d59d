package container

import (
	"context"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/graph"
	"github.com/imprimatur-hq/imprimatur/internal/network/wire"
)

// What is recommended: a container is asked about after half a minute, then once a minute, five
// minutes long (developers.facebook.com/docs/threads/posts, docs/instagram-platform/content-publishing).
const (
	firstWait = 30 * time.Second
	nextWait  = time.Minute
	patience  = 5 * time.Minute
)

// What becomes of a container.
const (
	stateFinished  = "FINISHED"
	statePublished = "PUBLISHED"
	stateError     = "ERROR"
	stateExpired   = "EXPIRED"
)

// ids are the names of containers, posts and accounts.
var ids = regexp.MustCompile(`^[1-9][0-9]{0,24}$`)

// made is a container, or what there will be one of.
type made struct {
	// of is what it is made of.
	of    string
	id    string
	begun time.Time
	ready bool
	// asked: Meta was asked to show it.
	asked bool
}

// job is one publication on its way into containers.
type job struct {
	n       *Network
	session *graph.Session
	user    string
}

// prepare makes the containers of a publication, or goes on with those an earlier attempt left, and
// waits until Meta has worked on them. Nobody sees them. The one that is shown is the last.
func (j job) prepare(ctx context.Context, of network.Attempted, wanted []planned) ([]*made, *network.Answer) {
	ctx, cancel := network.Ahead(ctx)
	defer cancel()
	now, last := j.n.wire.Now(), len(wanted)-1
	begin := func(i int, left *made, is bool) *made {
		same := is && left.of == wanted[i].values.Encode()
		if same && (left.asked || now.Sub(left.begun) < network.LeftFor) { // guard: what was asked to be shown is not made again
			return left
		}
		return &made{of: wanted[i].values.Encode()}
	}
	var children []*made
	bring := func(i int, c *made) *network.Answer {
		if wrong := j.make(ctx, wanted[i], children, c); wrong != nil {
			return wrong
		}
		children = append(children, c)
		return nil
	}
	step := func(parent bool, do func(int, *made) *network.Answer) func(int, *made) *network.Answer {
		return func(i int, c *made) *network.Answer {
			if (i == last) != parent {
				return nil
			}
			return do(i, c)
		}
	}
	await := func(_ int, c *made) *network.Answer { return j.await(ctx, c) }
	room := func(_ int, c *made) *network.Answer {
		if c.id != "" { // guard: what became of a container is asked whatever else may be made
			return nil
		}
		return j.room(ctx)
	}
	return j.n.containers.Work(of, len(wanted), begin, step(true, room), step(false, bring), step(false, await), step(true, bring), step(true, await))
}

// make makes a container, unless there is one.
func (j job) make(ctx context.Context, p planned, children []*made, c *made) *network.Answer {
	if c.id != "" {
		return nil
	}
	if p.carousel {
		names := make([]string, len(children))
		for i, child := range children {
			names[i] = child.id
		}
		p.values.Set("children", strings.Join(names, ","))
	}
	var got struct {
		ID string `json:"id"`
	}
	wrong := j.session.Ask(ctx, graph.Call{Method: http.MethodPost, Path: j.user + "/" + j.n.kind.Make, Values: p.values}, &got)
	if wrong == nil && !ids.MatchString(got.ID) {
		wrong = network.Ended(network.Retryable, advocacy.AnswerFileAnswerUnreadable)
	}
	if wrong != nil {
		if wrong.Said.Code == advocacy.AnswerUnknownThere { // of an account that the token does not have
			wrong.Class = network.AuthExpired
		}
		return wrong
	}
	c.id, c.begun = got.ID, j.n.wire.Now()
	return nil
}

// await tells why a container cannot be shown now, nil when it can.
func (j job) await(ctx context.Context, c *made) *network.Answer {
	if c.ready && !c.asked {
		return nil
	}
	state, why, wrong := j.state(ctx, c.id)
	if wrong != nil {
		if wrong.Class == network.Permanent && c.asked { // guard: what is not told of a container that was asked to be shown proves nothing
			wrong.Class = network.UnknownOutcome
		}
		if wrong.Said.Code == advocacy.AnswerUnknownThere && !c.asked {
			c.id, wrong.Class = "", network.Retryable
		}
		return wrong
	}
	switch state {
	case stateFinished:
		c.ready = true
		return nil
	case statePublished: // guard: what is shown is not shown again
		return network.Ended(network.UnknownOutcome, advocacy.AnswerSaysPublished)
	case stateError, stateExpired:
		*c = made{of: c.of}
		return &network.Answer{Class: failed(state, why), Said: wire.Said(http.StatusOK, state+" "+why)}
	}
	waiting := network.Ended(network.Retryable, advocacy.AnswerFileUnfinished)
	now := j.n.wire.Now()
	switch {
	case now.Sub(c.begun) >= patience && !c.asked: // guard: what is never done is begun again
		*c = made{of: c.of}
	case now.Sub(c.begun) < firstWait:
		waiting.RetryTime = c.begun.Add(firstWait)
	default:
		waiting.RetryTime = now.Add(nextWait)
	}
	return waiting
}

// state asks what became of a container.
func (j job) state(ctx context.Context, id string) (state, why string, wrong *network.Answer) {
	var got map[string]any
	k := j.n.kind
	wrong = j.session.Ask(ctx, graph.Call{Method: http.MethodGet, Path: id, Values: one("fields", k.Status+","+k.Why)}, &got)
	if wrong != nil {
		return "", "", wrong
	}
	state, _ = got[k.Status].(string)
	why, _ = got[k.Why].(string)
	if state == "" {
		return "", "", network.Ended(network.Retryable, advocacy.AnswerFileAnswerUnreadable)
	}
	return state, why, nil
}

// numbers are codes within words.
var numbers = regexp.MustCompile(`\b[0-9]{7}\b`)

// failed is the class of a container that came to nothing: nothing was published. Threads tells by a
// word such as INVALID_ASPEC_RATIO or FAILED_DOWNLOADING_VIDEO, and Instagram by a number in a sentence.
func failed(state, why string) network.Class {
	number, _ := strconv.Atoi(numbers.FindString(why))
	if state == stateError && (strings.HasPrefix(why, "INVALID_") || codes[number] == network.Permanent) {
		return network.Permanent
	}
	return network.Retryable
}
