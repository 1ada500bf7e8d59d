package demo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// teller tells the story: it knows everybody and everything by the names of the cast.
type teller struct {
	Options
	now      time.Time
	zone     *time.Location
	people   map[string]*advocacy.Member
	sessions map[string]string
	accounts map[string]advocacy.AccountID
	pictures map[string]workflow.Accepted
	uploaded map[string]bool
	items    map[string]advocacy.ItemID
	posts    map[string]advocacy.PostID
	// proposals are what colleagues proposed for the library.
	proposals map[string]advocacy.ProposalID
	keys      map[string]*advocacy.APIKey
	holds     map[string]advocacy.HoldID
}

func newTeller(o Options) (*teller, error) {
	zone, err := time.LoadLocation(companyZone)
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	return &teller{
		Options: o, now: o.Clock.Now(), zone: zone,
		people: make(map[string]*advocacy.Member), sessions: make(map[string]string),
		accounts: make(map[string]advocacy.AccountID), uploaded: make(map[string]bool),
		items: make(map[string]advocacy.ItemID), posts: make(map[string]advocacy.PostID), proposals: make(map[string]advocacy.ProposalID),
		keys: make(map[string]*advocacy.APIKey), holds: make(map[string]advocacy.HoldID),
	}, nil
}

// moment is a time of the day, some working days before or after today in the company's
// zone. Day 0 is today, whatever the day of the week.
func (t *teller) moment(day int, at string) (time.Time, error) {
	clock, err := time.Parse("15:04", at)
	if err != nil {
		return time.Time{}, err
	}
	here := t.now.In(t.zone)
	date := time.Date(here.Year(), here.Month(), here.Day(), clock.Hour(), clock.Minute(), 0, 0, t.zone)
	stride := 1
	if day < 0 {
		stride = -1
	}
	for day != 0 {
		date = date.AddDate(0, 0, stride)
		if date.Weekday() != time.Saturday && date.Weekday() != time.Sunday {
			day -= stride
		}
	}
	return date.UTC(), nil
}

// actor is somebody who is about to act.
type actor struct {
	workflow.Call
	key  string
	name string
}

// as returns the call of somebody in a session of the day, as the doors would make it.
func (t *teller) as(ctx context.Context, key string) (actor, error) {
	m := t.people[key]
	if m == nil {
		return actor{}, fmt.Errorf("nobody is called %q", key)
	}
	visit := key + t.Clock.Now().In(t.zone).Format(time.DateOnly)
	if t.sessions[visit] == "" {
		in, err := t.Flow.OpenSession(ctx, Workspace, m.Person)
		if err != nil {
			return actor{}, err
		}
		t.sessions[visit] = in.Session.ID
	}
	return actor{
		key: key, name: m.DisplayName,
		Call: workflow.Call{
			Actor: advocacy.Actor{
				Kind: advocacy.Human, Workspace: Workspace, Person: m.Person, Session: t.sessions[visit], Roles: m.RoleNames(),
			},
			May: func(p advocacy.Permission) bool { return t.permits(m.RoleNames(), p) },
		},
	}, nil
}

// asTool returns the call of the founder's API key: it may do what both may.
func (t *teller) asTool() actor {
	m, key := t.people[founder], t.keys[founder]
	return actor{
		key: founder, name: key.DisplayName,
		Call: workflow.Call{
			Actor: advocacy.Actor{Kind: advocacy.Machine, Workspace: Workspace, Person: m.Person, Key: key.ID, Roles: m.RoleNames()},
			May: func(p advocacy.Permission) bool {
				return slices.Contains(key.Permissions, p) && t.permits(m.RoleNames(), p)
			},
		},
	}
}

func (t *teller) permits(roles []advocacy.Role, p advocacy.Permission) bool {
	return slices.ContainsFunc(t.Roles, func(r advocacy.RoleDef) bool {
		return slices.Contains(roles, r.Role) && slices.Contains(r.Permissions, p)
	})
}

// need asks what the door of a call asks, so that the story has no wider way in.
func (a actor) need(p advocacy.Permission) error {
	if a.May == nil || !a.May(p) {
		return fmt.Errorf("%s may not %s", a.name, p)
	}
	return nil
}

// content puts words into the form the use cases take, uploading the picture on its
// first use.
func (t *teller) content(ctx context.Context, who actor, w words) (advocacy.Content, error) {
	c := advocacy.Content{Language: w.language, Text: w.text, Variants: w.variants, Link: w.link, Disclosure: w.disclosure}
	if w.picture == "" {
		return c, nil
	}
	picture, painted := t.pictures[w.picture]
	if !painted {
		return c, fmt.Errorf("there is no picture %q", w.picture)
	}
	if !t.uploaded[w.picture] {
		if err := who.need("media.create"); err != nil {
			return c, err
		}
		if _, err := t.Flow.AddMedia(ctx, who.Call, Workspace, picture); err != nil {
			return c, err
		}
		t.uploaded[w.picture] = true
	}
	c.Media = []advocacy.MediaRef{{Blob: picture.Blob, AltText: w.alt}}
	return c, nil
}

func (t *teller) targets(keys []string) []advocacy.AccountID {
	out := make([]advocacy.AccountID, len(keys))
	for i, key := range keys {
		out[i] = t.accounts[key]
	}
	return out
}

// found installs the workspace with its people and accounts, three weeks ago.
func (t *teller) found(ctx context.Context) error {
	when, err := t.moment(-15, "08:00")
	if err != nil {
		return err
	}
	t.Clock.Set(when)
	for _, p := range cast {
		draft := workflow.MemberDraft{
			DisplayName: p.name, Email: p.email, Title: p.title, Language: p.language, Roles: p.roles, Groups: p.groups,
		}
		if p.key == founder {
			_, m, err := t.Flow.Install(ctx, workflow.Installation{
				ID: Workspace, DisplayName: companyName, Language: companyLocale, Zone: companyZone, Admin: draft, Roles: t.Roles, Policy: policy(),
			})
			if err != nil {
				return err
			}
			t.people[p.key] = m
		}
	}
	admin, err := t.as(ctx, founder)
	if err != nil {
		return err
	}
	return t.furnish(ctx, admin)
}

// shared is one write transaction that many use cases share: three weeks would take
// hundreds of commits, each as durable as if somebody waited for it. Its time is the
// clock's, which moves while the transaction lasts.
type shared struct {
	workflow.Tx
	clock *Clock
}

var _ workflow.Store = shared{}

// Now returns the time of the story.
func (s shared) Now() time.Time { return s.clock.Now() }

// Update runs fn in the transaction that is open already.
func (s shared) Update(ctx context.Context, fn func(ctx context.Context, tx workflow.Tx) error) error {
	return fn(ctx, s)
}

// chapter runs fn with use cases that share one transaction. Nothing of a chapter that
// fails remains.
func (t *teller) chapter(ctx context.Context, fn func(ctx context.Context, t *teller) error) error {
	return t.Flow.Store.Update(ctx, func(ctx context.Context, tx workflow.Tx) error {
		flow := *t.Flow
		flow.Store = shared{Tx: tx, clock: t.Clock}
		flow.Links = nil // the sample's links lead to nobody, and nobody is waited for in a transaction
		within := *t
		within.Flow = &flow
		return fn(ctx, &within)
	})
}
