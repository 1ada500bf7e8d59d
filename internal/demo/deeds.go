package demo

import (
	"context"
	"errors"
	"fmt"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// deed is what somebody does in one step.
type deed func(ctx context.Context, t *teller, who actor) error

// write keeps the draft of an item or a post.
func write(key string) deed {
	return func(ctx context.Context, t *teller, who actor) error {
		if i, ok := items[key]; ok {
			return t.writeItem(ctx, who, key, i)
		}
		p, ok := posts[key]
		if !ok {
			return unknown(key)
		}
		if p.byKey {
			who = t.asTool()
		}
		if err := who.need("posts.create"); err != nil {
			return err
		}
		draft, err := t.draft(ctx, who, p)
		if err != nil {
			return err
		}
		view, err := t.Flow.CreatePost(ctx, who.Call, Workspace, draft)
		if err != nil {
			return err
		}
		t.posts[key] = view.Post.ID
		return nil
	}
}

func (t *teller) writeItem(ctx context.Context, who actor, key string, i item) error {
	if err := who.need("items.create"); err != nil {
		return err
	}
	content, err := t.content(ctx, who, i.words)
	if err != nil {
		return err
	}
	window, err := t.window(i)
	if err != nil {
		return err
	}
	draft := workflow.ItemDraft{
		Title: i.title, Topic: i.topic, Content: content, Networks: i.networks, Share: window, Note: i.note, Zone: companyZone,
		Pin: i.pin, Labels: i.labels, Campaign: i.campaign,
	}
	if i.feature > 0 {
		draft.Feature.Place = i.feature
		if draft.Feature.End, err = t.moment(i.featured, "20:00"); err != nil {
			return err
		}
	}
	view, err := t.Flow.CreateItem(ctx, who.Call, Workspace, draft)
	if err != nil {
		return err
	}
	t.items[key] = view.Item.ID
	return nil
}

func (t *teller) window(i item) (advocacy.Window, error) {
	var w advocacy.Window
	var err error
	if i.from != 0 {
		w.Start, err = t.moment(i.from, "08:00")
	}
	if i.until != 0 && err == nil {
		w.End, err = t.moment(i.until, "20:00")
	}
	return w, err
}

// draft puts a post into the form the use case takes.
func (t *teller) draft(ctx context.Context, who actor, p post) (workflow.PostDraft, error) {
	content, err := t.content(ctx, who, p.words)
	if err != nil {
		return workflow.PostDraft{}, err
	}
	d := workflow.PostDraft{Content: content, Accounts: t.targets(p.outlets), Item: t.items[p.item], Note: p.note}
	if p.ahead != 0 {
		d.Zone = companyZone
		d.PublishTime, err = t.moment(p.ahead, fmt.Sprintf("%02d:00", p.hour))
	}
	return d, err
}

// rewrite changes what an item or a post says to its later words.
func rewrite(key string) deed {
	return func(ctx context.Context, t *teller, who actor) error {
		if i, ok := items[key]; ok {
			if err := who.need("items.update"); err != nil {
				return err
			}
			content, err := t.content(ctx, who, *i.then)
			if err != nil {
				return err
			}
			_, err = t.Flow.UpdateItem(ctx, who.Call, Workspace, t.items[key], workflow.ItemChange{Content: &content})
			return err
		}
		if err := who.need("posts.update"); err != nil {
			return err
		}
		content, err := t.content(ctx, who, *posts[key].then)
		if err != nil {
			return err
		}
		_, err = t.Flow.UpdatePost(ctx, who.Call, Workspace, t.posts[key], workflow.PostChange{Content: &content})
		return err
	}
}

// declare says what somebody is to the company, which is told then where words name it.
func declare(relation advocacy.Disclosure) deed {
	return func(ctx context.Context, t *teller, who actor) error {
		if err := who.need("members.declare"); err != nil {
			return err
		}
		_, err := t.Flow.DeclareRelation(ctx, who.Call, Workspace, who.Actor.Person, relation)
		return err
	}
}

// propose tells the curators what colleagues should share.
func propose(key string) deed {
	return func(ctx context.Context, t *teller, who actor) error {
		p, ok := proposals[key]
		if !ok {
			return unknown(key)
		}
		content, err := t.content(ctx, who, p.words)
		if err = errors.Join(who.need("proposals.create"), err); err != nil {
			return err
		}
		made, err := t.Flow.Propose(ctx, who.Call, Workspace, workflow.ProposalDraft{Title: p.title, Content: content, Note: p.note, Topic: p.topic})
		if err != nil {
			return err
		}
		t.proposals[key] = made.ID
		return nil
	}
}

// decline answers that a proposal is not taken, and why.
func decline(key, reason string) deed {
	return func(ctx context.Context, t *teller, who actor) error {
		made, err := t.Flow.Proposal(ctx, who.Call, Workspace, t.proposals[key])
		if err = errors.Join(who.need("proposals.answer"), err); err != nil {
			return err
		}
		_, err = t.Flow.DeclineProposal(ctx, who.Call, Workspace, made.ID, made.Version, reason)
		return err
	}
}

// submit asks for sign-off on what the submitter sees now.
func submit(key string) deed {
	return func(ctx context.Context, t *teller, who actor) error {
		if id, ok := t.items[key]; ok {
			view, err := t.Flow.Item(ctx, who.Call, Workspace, id)
			if err = errors.Join(who.need("items.submit"), err); err != nil {
				return err
			}
			_, err = t.Flow.SubmitItem(ctx, who.Call, Workspace, id, workflow.Submit{Digest: view.Revision.Digest, Version: view.Item.Version})
			return err
		}
		if posts[key].byKey {
			who = t.asTool()
		}
		view, err := t.Flow.Post(ctx, who.Call, Workspace, t.posts[key])
		if err = errors.Join(who.need("posts.submit"), err); err != nil {
			return err
		}
		_, err = t.Flow.SubmitPost(ctx, who.Call, Workspace, t.posts[key], workflow.Submit{Digest: view.Head.Digest, Version: view.Post.Version})
		return err
	}
}

// approve signs what the approver sees now; ask and reject object to it.
func approve(key string) deed { return decide(key, advocacy.Approve, "") }

func ask(key, reason string) deed { return decide(key, advocacy.RequestChanges, reason) }

func reject(key, reason string) deed { return decide(key, advocacy.Reject, reason) }

func decide(key string, verdict advocacy.Verdict, reason string) deed {
	return func(ctx context.Context, t *teller, who actor) error {
		if err := who.need(advocacy.PermissionDecide); err != nil {
			return err
		}
		sub, round, err := t.underReview(ctx, who, key)
		if err != nil {
			return err
		}
		seen, err := t.Flow.ViewReview(ctx, who.Call, sub, round)
		if err != nil {
			return err
		}
		_, _, err = t.Flow.Decide(ctx, who.Call, sub, round, workflow.Verdict{
			Verdict: verdict, Requirement: who.Actor.Roles[0].Function(), Digest: seen.Review.Digest, Version: seen.Review.Version, Reason: reason,
		})
		return err
	}
}

// underReview returns an item or a post and its newest round.
func (t *teller) underReview(ctx context.Context, who actor, key string) (advocacy.Subject, int, error) {
	if id, ok := t.items[key]; ok {
		view, err := t.Flow.Item(ctx, who.Call, Workspace, id)
		if err != nil {
			return advocacy.Subject{}, 0, err
		}
		return view.Item.Subject(), view.Item.Round, nil
	}
	id, ok := t.posts[key]
	if !ok {
		return advocacy.Subject{}, 0, unknown(key)
	}
	view, err := t.Flow.Post(ctx, who.Call, Workspace, id)
	if err != nil {
		return advocacy.Subject{}, 0, err
	}
	return view.Post.Subject(), view.Post.Round, nil
}

// share shares an item unedited, after looking at what it will show.
func share(key string) deed {
	return func(ctx context.Context, t *teller, who actor) error {
		p, ok := posts[key]
		if !ok || p.item == "" {
			return unknown(key)
		}
		draft, err := t.draft(ctx, who, p)
		if err = errors.Join(who.need("posts.preview"), who.need("items.share"), err); err != nil {
			return err
		}
		seen, err := t.Flow.PreviewPost(ctx, who.Call, Workspace, draft)
		if err != nil {
			return err
		}
		view, err := t.Flow.ShareItem(ctx, who.Call, Workspace, t.items[p.item], workflow.Share{
			Accounts: draft.Accounts, Language: p.language, Digest: seen.Digest, PublishTime: draft.PublishTime, Zone: draft.Zone,
		})
		if err != nil {
			return err
		}
		t.posts[key] = view.Post.ID
		return nil
	}
}

// withdraw stops an item or a post for good.
func withdraw(key, reason string) deed {
	return func(ctx context.Context, t *teller, who actor) error {
		if id, ok := t.items[key]; ok {
			if err := who.need("items.withdraw"); err != nil {
				return err
			}
			_, err := t.Flow.WithdrawItem(ctx, who.Call, Workspace, id, reason)
			return err
		}
		if err := who.need("posts.withdraw"); err != nil {
			return err
		}
		_, err := t.Flow.WithdrawPost(ctx, who.Call, Workspace, t.posts[key], 0, reason)
		return err
	}
}

// recall asks the networks to take a published post back.
func recall(key, reason string) deed {
	return func(ctx context.Context, t *teller, who actor) error {
		if err := who.need("posts.recall"); err != nil {
			return err
		}
		_, err := t.Flow.RecallPost(ctx, who.Call, Workspace, t.posts[key], reason)
		return err
	}
}

// deliver takes what is due through the gate.
func deliver(ctx context.Context, t *teller, _ actor) error { return t.Publish(ctx) }

// takeBack carries out a recall that was asked for.
func takeBack(key string) deed {
	return func(ctx context.Context, t *teller, _ actor) error {
		publications, err := t.Flow.Store.PublicationsOf(ctx, Workspace, t.posts[key])
		if err != nil {
			return err
		}
		for i := range publications {
			if err := t.Recall(ctx, workflow.PublicationJob{Workspace: Workspace, Publication: publications[i].ID}); err != nil {
				return err
			}
		}
		return nil
	}
}

func unknown(key string) error { return fmt.Errorf("the story has no %q", key) }
