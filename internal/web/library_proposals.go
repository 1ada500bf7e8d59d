package web

import (
	"net/url"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// tray is what somebody proposed for the library.
type tray struct {
	Proposals []*imprimaturv1.Proposal
	Topics    []*imprimaturv1.Topic
	More      string
}

// proposals shows what the visitor proposed and what was answered, and takes another.
func proposals(v *visitor) error {
	all, err := v.topics()
	if err != nil {
		return err
	}
	page, err := imprimaturv1.NewProposalServiceClient(v.conn).ListProposals(v.ctx, &imprimaturv1.ListProposalsRequest{
		Parent: v.parent(), PageSize: 20, PageToken: v.r.URL.Query().Get("page"), Filter: `proposer = "me"`,
	})
	if err != nil {
		return err
	}
	t := tray{Proposals: page.GetProposals(), Topics: all}
	if next := page.GetNextPageToken(); next != "" {
		t.More = v.at("/library/proposals?page=" + url.QueryEscape(next))
	}
	return v.show("library-proposals", "library", t)
}

func propose(v *visitor) error {
	p := &imprimaturv1.Proposal{
		Title: v.form("title"), Note: v.text("note"),
		Content: &imprimaturv1.Content{Language: v.language, Text: v.text("text"), Link: v.form("link")},
	}
	if language := v.form("language"); language != "" {
		p.Content.Language = language
	}
	if topic := v.form("topic"); topic != "" {
		p.Topic = v.name("topics", topic)
	}
	_, err := imprimaturv1.NewProposalServiceClient(v.conn).CreateProposal(v.ctx, &imprimaturv1.CreateProposalRequest{Parent: v.parent(), Proposal: p, RequestId: v.requestID()})
	if err != nil {
		return err
	}
	return v.done(v.at("/library/proposals"), "web.said.library.proposed")
}

func withdrawProposal(v *visitor) error {
	_, err := imprimaturv1.NewProposalServiceClient(v.conn).WithdrawProposal(v.ctx, &imprimaturv1.WithdrawProposalRequest{
		Name: v.named("proposals", "proposal"), Etag: v.form("etag"), RequestId: v.requestID(),
	})
	if err != nil {
		return err
	}
	return v.done(v.at("/library/proposals"), "web.said.library.unproposed")
}
