package grpcapi

import (
	"context"
	"fmt"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// disclosureService answers for the rules by which a workspace tells disclosures.
type disclosureService struct {
	imprimaturv1.UnimplementedDisclosureServiceServer
	*Server
}

func (s disclosureService) GetDisclosureTable(
	ctx context.Context, req *imprimaturv1.GetDisclosureTableRequest,
) (*imprimaturv1.DisclosureTable, error) {
	v := enter(ctx, req)
	id, err := v.readDisclosureTable("name", req.GetName())
	if err != nil {
		return nil, err
	}
	t, err := s.Flow.DisclosureTable(ctx, v.call, v.workspace, id)
	return shown(t, err, v.disclosureTableOf)
}

func (s disclosureService) GetDisclosureTableRevision(
	ctx context.Context, req *imprimaturv1.GetDisclosureTableRevisionRequest,
) (*imprimaturv1.DisclosureTableRevision, error) {
	v := enter(ctx, req)
	id, number, err := v.readDisclosureRevision("name", req.GetName())
	if err != nil {
		return nil, err
	}
	r, err := s.Flow.DisclosureRevision(ctx, v.call, v.workspace, id, number)
	return shown(r, err, v.disclosureRevisionOf)
}

func (s disclosureService) ListDisclosureTableRevisions(
	ctx context.Context, req *imprimaturv1.ListDisclosureTableRevisionsRequest,
) (*imprimaturv1.ListDisclosureTableRevisionsResponse, error) {
	v := enter(ctx, req)
	l, err := openList(ctx, req)
	if err != nil {
		return nil, err
	}
	id, err := v.readDisclosureTable("parent", req.GetParent())
	if err != nil {
		return nil, err
	}
	all, next, err := s.Flow.DisclosureRevisions(ctx, v.call, v.workspace, id, l.page)
	if err != nil {
		return nil, err
	}
	return &imprimaturv1.ListDisclosureTableRevisionsResponse{
		DisclosureTableRevisions: each(all, func(r advocacy.DisclosureRevision) *imprimaturv1.DisclosureTableRevision {
			r.Rules = nil
			return v.disclosureRevisionOf(&r)
		}),
		NextPageToken: l.next(next),
	}, nil
}

func (s disclosureService) ListBuiltInDisclosureRules(
	ctx context.Context, req *imprimaturv1.ListBuiltInDisclosureRulesRequest,
) (*imprimaturv1.ListBuiltInDisclosureRulesResponse, error) {
	l, err := openList(ctx, req)
	if err != nil {
		return nil, err
	}
	// A rule of one name can tell several disclosures.
	page, next := cut(l, s.Flow.BuiltInDisclosures(), func(r advocacy.DisclosureRule) string { return r.Rule + " " + string(r.Disclosure) })
	return &imprimaturv1.ListBuiltInDisclosureRulesResponse{DisclosureRules: each(page, disclosureRuleOf), NextPageToken: next}, nil
}

func (s disclosureService) PublishDisclosureTableRevision(
	ctx context.Context, req *imprimaturv1.PublishDisclosureTableRevisionRequest,
) (*imprimaturv1.DisclosureTableRevision, error) {
	v := enter(ctx, req)
	id, err := v.readDisclosureTable("parent", req.GetParent())
	if err != nil {
		return nil, err
	}
	draft, err := readDisclosureDraft(req.GetDisclosureTableRevision())
	if err != nil {
		return nil, err
	}
	if draft.Version, err = readEtag(req.GetEtag()); err != nil {
		return nil, err
	}
	draft.Trial = req.GetTrialToken()
	r, err := s.Flow.PublishDisclosures(ctx, v.call, v.workspace, id, draft)
	return shown(r, err, v.disclosureRevisionOf)
}

// disclosureTrial is a request to try rules whose tokens are good for those rules only.
type disclosureTrial struct {
	*imprimaturv1.TryDisclosureTableRequest
	draft workflow.DisclosureDraft
}

// GetFilter tells one table from another.
func (t disclosureTrial) GetFilter() string {
	r := advocacy.DisclosureRevision{Rules: t.draft.Rules, Required: t.draft.Required}
	data, err := r.Canonical()
	if err != nil {
		return err.Error()
	}
	return string(advocacy.DigestOf(data))
}

func (s disclosureService) TryDisclosureTable(
	ctx context.Context, req *imprimaturv1.TryDisclosureTableRequest,
) (*imprimaturv1.TryDisclosureTableResponse, error) {
	v := enter(ctx, req)
	draft, err := readDisclosureDraft(req.GetDisclosureTableRevision())
	if err != nil {
		return nil, err
	}
	l, err := openList(ctx, disclosureTrial{req, draft})
	if err != nil {
		return nil, err
	}
	id, err := v.readDisclosureTable("parent", req.GetParent())
	if err != nil {
		return nil, err
	}
	found, err := s.Flow.TryDisclosures(ctx, v.call, v.workspace, id, draft, l.page)
	if err != nil {
		return nil, err
	}
	return &imprimaturv1.TryDisclosureTableResponse{
		DisclosureHits: each(found.Hits, disclosureHitOf),
		CheckedCount:   int32(found.Checked),
		NextPageToken:  l.next(found.Next),
		TrialToken:     found.Trial,
	}, nil
}

func disclosureHitOf(h workflow.DisclosureHit) *imprimaturv1.DisclosureHit {
	return &imprimaturv1.DisclosureHit{
		Subject: h.Subject.Name(), Revision: int32(h.Revision),
		Retellings: each(h.Retellings, func(r workflow.Retelling) *imprimaturv1.DisclosureRetelling {
			return &imprimaturv1.DisclosureRetelling{
				Network: string(r.Network), Language: r.Language, TextBefore: r.Before, TextAfter: r.After, Rule: r.Rule,
			}
		}),
	}
}

func readDisclosureDraft(sent *imprimaturv1.DisclosureTableRevision) (workflow.DisclosureDraft, error) {
	draft := workflow.DisclosureDraft{Required: sent.GetRequired()}
	for i, r := range sent.GetRules() {
		field := fmt.Sprintf("disclosure_table_revision.rules[%d]", i)
		kind, err := disclosures.domain(field+".disclosure", r.GetDisclosure())
		if err != nil {
			return draft, err
		}
		place, err := disclosurePlaces.domain(field+".place", r.GetPlace())
		if err != nil {
			return draft, err
		}
		draft.Rules = append(draft.Rules, advocacy.DisclosureRule{
			Rule: r.GetRule(), Source: r.GetSource(), Countries: r.GetCountries(), Disclosure: kind, Words: r.GetWords(), Place: place,
			Beside: r.GetBeside(),
		})
	}
	return draft, nil
}

func (n names) disclosureTableOf(t *workflow.DisclosureView) *imprimaturv1.DisclosureTable {
	out := &imprimaturv1.DisclosureTable{
		Name:            n.disclosureTable(t.Revision.Table),
		RevisionInForce: n.disclosureRevisionOf(t.Revision),
		Etag:            etagOf(int64(t.Revision.Number)),
	}
	if k := t.Recheck; k != nil {
		out.Recheck = &imprimaturv1.DisclosureRecheck{
			CheckedCount: k.Checked, OutdatedCount: k.Retold, CompleteTime: stamp(k.EndTime),
		}
	}
	return out
}

func (n names) disclosureRevisionOf(r *advocacy.DisclosureRevision) *imprimaturv1.DisclosureTableRevision {
	return &imprimaturv1.DisclosureTableRevision{
		Name:       n.disclosureRevision(r.Table, r.Number),
		Rules:      each(r.Rules, disclosureRuleOf),
		Required:   r.Required,
		Digest:     string(r.Digest),
		Publisher:  n.member(r.Publisher),
		CreateTime: stamp(r.CreateTime),
	}
}

func disclosureRuleOf(r advocacy.DisclosureRule) *imprimaturv1.DisclosureRule {
	return &imprimaturv1.DisclosureRule{
		Rule: r.Rule, Countries: r.Countries, Disclosure: disclosures.proto(r.Disclosure), Words: r.Words,
		Place: disclosurePlaces.proto(r.Place), Beside: r.Beside, Source: r.Source,
	}
}
