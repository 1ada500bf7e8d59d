package store

import (
	"context"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

type proposalRow struct {
	WorkspaceID string          `gorm:"column:workspace_id"`
	ID          string          `gorm:"column:id"`
	Proposer    ref             `gorm:"column:proposer"`
	Title       string          `gorm:"column:title"`
	Content     doc[contentDoc] `gorm:"column:content"`
	Note        string          `gorm:"column:note"`
	TopicID     ref             `gorm:"column:topic_id"`
	State       string          `gorm:"column:state"`
	ItemID      ref             `gorm:"column:item_id"`
	Answerer    ref             `gorm:"column:answerer"`
	Reason      string          `gorm:"column:reason"`
	Version     int64           `gorm:"column:version"`
	CreateTime  instant         `gorm:"column:create_time"`
	AnswerTime  instant         `gorm:"column:answer_time"`
	FeedID      ref             `gorm:"column:feed_id"`
}

func (proposalRow) TableName() string { return "proposals" }

var proposals = tableOf[proposalRow]()

func newProposalRow(p *advocacy.Proposal) proposalRow {
	return proposalRow{
		WorkspaceID: string(p.Workspace),
		ID:          string(p.ID),
		Proposer:    ref(p.Proposer),
		Title:       p.Title,
		Content:     doc[contentDoc]{newContentDoc(p.Content)},
		Note:        p.Note,
		TopicID:     ref(p.Topic),
		State:       string(p.State),
		ItemID:      ref(p.Item),
		Answerer:    ref(p.Answerer),
		Reason:      p.Reason,
		Version:     p.Version,
		CreateTime:  at(p.CreateTime),
		AnswerTime:  at(p.AnswerTime),
		FeedID:      ref(p.Feed),
	}
}

func (r *proposalRow) proposal() advocacy.Proposal {
	return advocacy.Proposal{
		Workspace:  advocacy.WorkspaceID(r.WorkspaceID),
		ID:         advocacy.ProposalID(r.ID),
		Proposer:   advocacy.PersonID(r.Proposer),
		Title:      r.Title,
		Content:    r.Content.of.content(),
		Note:       r.Note,
		Topic:      advocacy.TopicID(r.TopicID),
		State:      advocacy.ProposalState(r.State),
		Item:       advocacy.ItemID(r.ItemID),
		Answerer:   advocacy.PersonID(r.Answerer),
		Reason:     r.Reason,
		Version:    r.Version,
		CreateTime: r.CreateTime.time,
		AnswerTime: r.AnswerTime.time,
		Feed:       advocacy.FeedID(r.FeedID),
	}
}

// Proposal returns a proposal.
func (r reader) Proposal(ctx context.Context, w advocacy.WorkspaceID, id advocacy.ProposalID) (*advocacy.Proposal, error) {
	return r.proposal(ctx, w, id, unlocked)
}

// ProposalForUpdate locks the proposal until commit.
func (t *tx) ProposalForUpdate(ctx context.Context, w advocacy.WorkspaceID, id advocacy.ProposalID) (*advocacy.Proposal, error) {
	return t.proposal(ctx, w, id, toChange)
}

func (r reader) proposal(ctx context.Context, w advocacy.WorkspaceID, id advocacy.ProposalID, l lock) (*advocacy.Proposal, error) {
	row, err := one(ctx, r.conn, proposals, l, "workspace_id = ? AND id = ?", string(w), string(id))
	if err != nil {
		return nil, aProposal.failed(err)
	}
	found := row.proposal()
	return &found, nil
}

// Proposals lists proposals by id.
func (r reader) Proposals(ctx context.Context, q workflow.ProposalQuery) ([]advocacy.Proposal, string, error) {
	l := listing[proposalRow]{
		table: proposals,
		order: []string{"id"},
		after: after(q.After),
		key:   func(r *proposalRow) string { return r.ID },
	}
	l.and("workspace_id = ?", string(q.Workspace))
	andIf(&l, "proposer", q.Proposer)
	andIf(&l, "feed_id", q.Feed)
	andIf(&l, "state", q.State)
	switch q.Source {
	case workflow.SourcePerson:
		l.and("proposer IS NOT NULL")
	case workflow.SourceFeed:
		l.and("feed_id IS NOT NULL")
	}
	return page(ctx, r.conn, l, q.Page, (*proposalRow).proposal)
}

// OpenProposals counts a person's proposals that wait for an answer, up to most.
func (r reader) OpenProposals(ctx context.Context, w advocacy.WorkspaceID, p advocacy.PersonID, most int) (int, error) {
	return r.openProposals(ctx, w, "proposer", string(p), most)
}

// OpenFeedProposals counts a feed's proposals that wait for an answer, up to most.
func (r reader) OpenFeedProposals(ctx context.Context, w advocacy.WorkspaceID, f advocacy.FeedID, most int) (int, error) {
	return r.openProposals(ctx, w, "feed_id", string(f), most)
}

func (r reader) openProposals(ctx context.Context, w advocacy.WorkspaceID, source, id string, most int) (open int, err error) {
	var found string
	query := "SELECT id FROM proposals WHERE workspace_id = ? AND " + source + " = ? AND state = ?" + limit(most)
	err = r.scan(ctx, []any{&found}, func() { open++ }, query, string(w), id, string(advocacy.ProposalProposed))
	return open, failed(err)
}

// AddProposal inserts a proposal at version 1; the pictures it shows stay.
func (t *tx) AddProposal(ctx context.Context, p *advocacy.Proposal) error {
	if err := t.useMedia(ctx, p.Workspace, p.Content.Pictures()); err != nil { // guard: a picture that is proposed is not removed
		return err
	}
	p.Version = 1
	return insert(ctx, t, aProposal, proposals, newProposalRow(p))
}

// SaveProposal writes State, Item, Answerer, Reason, AnswerTime and raises Version; Conflict
// when it moved.
func (t *tx) SaveProposal(ctx context.Context, p *advocacy.Proposal) error {
	row := newProposalRow(p)
	query := "UPDATE proposals SET state = ?, item_id = ?, answerer = ?, reason = ?, answer_time = ?, version = version + 1" +
		" WHERE workspace_id = ? AND id = ? AND version = ?"
	err := t.change(ctx, aProposal, query, row.State, row.ItemID, row.Answerer, row.Reason, row.AnswerTime,
		row.WorkspaceID, row.ID, row.Version)
	if err != nil {
		return err
	}
	p.Version++
	return nil
}
