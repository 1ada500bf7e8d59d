package workflow

import (
	"context"
	"slices"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check"
)

const (
	// JobFetchFeeds looks which feeds of all workspaces are to be asked.
	JobFetchFeeds = "fetch_feeds"
	// JobFetchFeed asks one feed. Args: FeedJob.
	JobFetchFeed = "fetch_feed"
)

// FeedJob names the feed of a job.
type FeedJob struct {
	Workspace advocacy.WorkspaceID `json:"workspace"`
	Feed      advocacy.FeedID      `json:"feed"`
}

// FeedFetcher asks sources for their entries. It answers within some seconds, and what
// brought nothing has a code.
type FeedFetcher interface {
	Fetch(ctx context.Context, r advocacy.FeedRequest) advocacy.FeedAnswer
}

// askFeed has a feed asked whose turn it is. Its next turn is the one after, so that nobody
// else asks meanwhile; if the job is lost, that turn comes.
func askFeed(ctx context.Context, tx Tx, f *advocacy.Feed) error {
	if !f.Due(tx.Now()) { // guard: a feed is asked in its turn, and not while it is paused
		return nil
	}
	f.Claim(tx.Now())
	if err := tx.SaveFetch(ctx, f); err != nil {
		return err
	}
	return enqueue(ctx, tx, advocacy.Job{Kind: JobFetchFeed, Unique: string(f.ID)}, FeedJob{Workspace: f.Workspace, Feed: f.ID})
}

// FetchFeeds has every feed asked that is due, and tells how many were found.
func (s *Service) FetchFeeds(ctx context.Context) (int, error) {
	due, err := s.Store.DueFeeds(ctx, s.Now(), sweepBatch)
	if err != nil {
		return 0, err
	}
	for i := range due {
		err := s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
			f, err := tx.FeedForUpdate(ctx, due[i].Workspace, due[i].ID)
			if advocacy.KindOf(err) == advocacy.NotFound {
				return nil
			}
			if err != nil {
				return err
			}
			return askFeed(ctx, tx, f)
		})
		if err != nil {
			return i, err
		}
	}
	return len(due), nil
}

// FetchFeed asks a feed and keeps what it brought as proposals, for somebody to answer:
// nothing of it is live by itself. The request is made outside every transaction.
func (s *Service) FetchFeed(ctx context.Context, w advocacy.WorkspaceID, id advocacy.FeedID) error {
	f, err := s.Store.Feed(ctx, w, id)
	if advocacy.KindOf(err) == advocacy.NotFound {
		return nil
	}
	if err != nil || f.Paused || s.Feeder == nil {
		return err
	}
	answer := s.Feeder.Fetch(ctx, advocacy.FeedRequest{URL: f.URL, ETag: f.Fetch.ETag, Modified: f.Fetch.Modified})
	return s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		f, err := tx.FeedForUpdate(ctx, w, id)
		if advocacy.KindOf(err) == advocacy.NotFound {
			return nil
		}
		if err != nil || f.Paused { // guard: a feed that was paused meanwhile brings nothing
			return err
		}
		f.Fetched(&answer, tx.Now())
		if err := s.takeEntries(ctx, tx, f, answer.Entries); err != nil {
			return err
		}
		return tx.SaveFetch(ctx, f)
	})
}

// takeEntries makes proposals of entries that the feed did not bring before, oldest first, as
// long as there is room for them in the tray.
func (s *Service) takeEntries(ctx context.Context, tx Tx, f *advocacy.Feed, entries []advocacy.FeedEntry) error {
	fresh, err := freshEntries(ctx, tx, f, entries)
	if err != nil || len(fresh) == 0 {
		return err
	}
	open, err := tx.OpenFeedProposals(ctx, f.Workspace, f.ID, advocacy.MaximumFeedProposals)
	if err != nil {
		return err
	}
	space, err := tx.Workspace(ctx, f.Workspace)
	if err != nil {
		return err
	}
	room, made := advocacy.MaximumFeedProposals-open, 0
	var taken []string
	for i := range fresh {
		if p := proposalOf(f, &fresh[i], space.Language); p != nil {
			if made == room { // guard: a feed does not fill the tray
				break
			}
			if err := s.proposeEntry(ctx, tx, f, p); err != nil {
				return err
			}
			made++
		}
		taken = append(taken, fresh[i].Key)
	}
	f.Took(made, len(taken) == len(fresh))
	return tx.AddFeedEntries(ctx, f.Workspace, f.ID, taken)
}

func (s *Service) proposeEntry(ctx context.Context, tx Tx, f *advocacy.Feed, p *advocacy.Proposal) error {
	p.ID, p.CreateTime = advocacy.ProposalID(s.NewID()), tx.Now()
	if err := tx.AddProposal(ctx, p); err != nil {
		return err
	}
	return s.recordProposal(ctx, tx, SystemCall(f.Workspace), p, "proposal.made", map[string]any{
		"title": p.Title, "text": p.Content.Text, "link": p.Content.Link, "feed": f.Name(), "topic": p.Topic,
	})
}

// freshEntries are those the feed did not bring before, oldest first, each once.
func freshEntries(ctx context.Context, r Reader, f *advocacy.Feed, entries []advocacy.FeedEntry) ([]advocacy.FeedEntry, error) {
	known := make(map[string]bool, len(entries))
	keys := make([]string, len(entries))
	for i := range entries {
		keys[i] = entries[i].Key
	}
	seen, err := r.SeenEntries(ctx, f.Workspace, f.ID, keys)
	if err != nil {
		return nil, err
	}
	for _, key := range seen {
		known[key] = true
	}
	var fresh []advocacy.FeedEntry
	for _, e := range slices.Backward(entries) {
		if !known[e.Key] { // guard: an entry comes once, whatever was answered
			known[e.Key] = true
			fresh = append(fresh, e)
		}
	}
	return fresh, nil
}

// proposalOf is the proposal an entry makes, with nothing in it that could not be proposed;
// nil when nothing is left.
func proposalOf(f *advocacy.Feed, e *advocacy.FeedEntry, spoken string) *advocacy.Proposal {
	p := &advocacy.Proposal{
		Workspace: f.Workspace, Feed: f.ID, Title: e.Title, Topic: f.Topic, State: advocacy.ProposalProposed,
		Content: advocacy.Content{Language: e.Language, Text: e.Text, Link: e.Link},
	}
	if e.Language == "" || check.RefuseLanguage("entry", e.Language) != nil {
		p.Content.Language = spoken
	}
	if check.RefuseLine("entry", p.Title) != nil {
		p.Title = ""
	}
	if check.RefuseLine("entry", p.Content.Text) != nil {
		p.Content.Text = ""
	}
	if check.RefuseLink("entry", p.Content.Link) != nil { // guard: an entry leads to an address of the web
		p.Content.Link = ""
	}
	if p.Content.Text == "" && p.Content.Link == "" {
		p.Content.Text = p.Title
	}
	if p.GuardPropose(0) != nil {
		return nil
	}
	return p
}
