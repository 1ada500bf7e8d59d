package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// Report is who one can be in the sample, and what to try first.
type Report struct {
	Workspace advocacy.WorkspaceID
	Company   string
	People    []Person
	// APIKey is a tool's secret; like the tokens it ends at ExpireTime.
	APIKey     string
	ExpireTime time.Time
	// Drafts are ready to submit: the first for curl, the second for grpcurl.
	Drafts [2]Draft
	// Items, Posts and Shown count what is in the library, was written and is published.
	Items, Posts, Shown int
}

// Person is somebody one can be.
type Person struct {
	ID       advocacy.PersonID
	Name     string
	Title    string
	Language string
	Roles    []advocacy.Role
	// Token signs the person's calls.
	Token string
}

// Draft is a prepared post, and what its review will be called once it is submitted.
type Draft struct {
	// Name is the post's resource name, Review that of the round to come.
	Name   string
	Review string
	Digest advocacy.Digest
	State  advocacy.PostState
	// ETag is the post's; FirstETag and SecondETag are the review's before the first and
	// the second signature.
	ETag, FirstETag, SecondETag string
	// Author, Legal and PR are the keys of People.
	Author, Legal, PR int
	// Mark is a part of the text that finds it on the wall.
	Mark string
}

// prepare keeps the drafts that are ready to submit, once: the request id of each makes
// a repetition find the post there is. Each is a transaction of its own, since a repetition
// is refused before it is found.
func (t *teller) prepare(ctx context.Context) ([2]*workflow.PostView, error) {
	var views [2]*workflow.PostView
	for i, d := range drafts {
		who, err := t.as(ctx, d.author)
		if err != nil {
			return views, err
		}
		if err := who.need("posts.create"); err != nil {
			return views, err
		}
		if t.pictures == nil {
			// Told before: the repetition needs the id and nothing of the content.
			d.words = words{language: d.language, text: d.text, disclosure: d.disclosure}
		}
		content, err := t.content(ctx, who, d.words)
		if err != nil {
			return views, err
		}
		who.RequestID, who.Method, who.Body = d.id, "demo", advocacy.DigestOf([]byte(d.id))
		views[i], err = t.Flow.CreatePost(ctx, who.Call, Workspace, workflow.PostDraft{
			Content: content, Accounts: t.targets(d.outlets), Note: d.note,
		})
		if err != nil {
			return views, err
		}
	}
	return views, nil
}

// report opens a session for each person and gathers the rest.
func (t *teller) report(ctx context.Context, prepared [2]*workflow.PostView) (*Report, error) {
	r := &Report{Workspace: Workspace, Company: companyName}
	for _, p := range cast {
		m := t.people[p.key]
		in, err := t.Flow.OpenSession(ctx, Workspace, m.Person)
		if err != nil {
			return nil, fmt.Errorf("session of %s: %w", m.DisplayName, err)
		}
		r.ExpireTime = in.Session.ExpireTime
		r.People = append(r.People, Person{
			ID: m.Person, Name: m.DisplayName, Title: m.Title, Language: m.Language, Roles: m.RoleNames(), Token: in.Token,
		})
	}
	for i, view := range prepared {
		r.Drafts[i] = t.describe(view, drafts[i].author, drafts[i].mark)
	}
	if err := t.issueKey(ctx, r); err != nil {
		return nil, err
	}
	return r, t.count(ctx, r)
}

// describe says how a prepared post and its review are called. The signatures are asked
// of people who speak the author's language, where there are some.
func (t *teller) describe(view *workflow.PostView, author, mark string) Draft {
	sub := view.Post.Subject()
	d := Draft{
		Name: sub.Name(), Review: sub.ReviewName(max(1, view.Post.Round)), Digest: view.Head.Digest, State: view.Post.State,
		ETag: t.ETag(view.Post.Version), FirstETag: t.ETag(1), SecondETag: t.ETag(2), Author: place(author), Mark: mark,
		Legal: place("priya"), PR: place("marguerite"),
	}
	if t.people[author].Language == "fr" {
		d.Legal = place("etienne")
	}
	return d
}

// place is where somebody stands in the cast, and so in a report's people.
func place(key string) int {
	for i, p := range cast {
		if p.key == key {
			return i
		}
	}
	return 0
}

// issueKey makes an API key that ends with the sessions.
func (t *teller) issueKey(ctx context.Context, r *Report) error {
	admin, err := t.as(ctx, founder)
	if err != nil {
		return err
	}
	if err := admin.need("keys.create"); err != nil {
		return err
	}
	_, r.APIKey, err = t.Flow.CreateAPIKey(ctx, admin.Call, Workspace, workflow.KeyDraft{
		DisplayName: "Printed by the demo, " + t.now.In(t.zone).Format("2 January, 15:04"),
		Permissions: []advocacy.Permission{
			"workspaces.read", "members.read", "topics.read", "items.read", "media.read", "posts.read", "posts.create",
			"posts.update", "posts.submit", "posts.preview", "reviews.read", "accounts.read", "publications.read", "tasks.read",
		},
		ExpireTime: r.ExpireTime,
	})
	return err
}

// count counts what a screen says in a line.
func (t *teller) count(ctx context.Context, r *Report) error {
	page := workflow.Page{Size: 200}
	found, _, err := t.Flow.Store.Items(ctx, workflow.ItemQuery{Workspace: Workspace, Page: page})
	if err != nil {
		return err
	}
	written, _, err := t.Flow.Store.Posts(ctx, workflow.PostQuery{Workspace: Workspace, Page: page})
	if err != nil {
		return err
	}
	r.Items, r.Posts = len(found), len(written)
	for i := range written {
		if written[i].State == advocacy.PostPublished {
			r.Shown++
		}
	}
	return nil
}
