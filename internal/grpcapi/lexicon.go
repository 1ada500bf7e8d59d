package grpcapi

import (
	"context"
	"fmt"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// lexiconService answers for what a workspace watches for.
type lexiconService struct {
	imprimaturv1.UnimplementedLexiconServiceServer
	*Server
}

func (s lexiconService) GetLexicon(ctx context.Context, req *imprimaturv1.GetLexiconRequest) (*imprimaturv1.Lexicon, error) {
	v := enter(ctx, req)
	id, err := v.readLexicon("name", req.GetName())
	if err != nil {
		return nil, err
	}
	l, err := s.Flow.Lexicon(ctx, v.call, v.workspace, id)
	return shown(l, err, v.lexiconOf)
}

// trial is a request to try a lexicon whose tokens are good for that lexicon only.
type trial struct {
	*imprimaturv1.TryLexiconRequest
	draft workflow.LexiconDraft
}

// GetFilter tells one lexicon from another.
func (t trial) GetFilter() string {
	r := advocacy.LexiconRevision{Terms: t.draft.Terms, Domains: t.draft.Domains, Names: t.draft.Names}
	data, err := r.Canonical()
	if err != nil {
		return err.Error()
	}
	return string(advocacy.DigestOf(data))
}

func (s lexiconService) TryLexicon(
	ctx context.Context, req *imprimaturv1.TryLexiconRequest,
) (*imprimaturv1.TryLexiconResponse, error) {
	v := enter(ctx, req)
	draft, err := readLexiconDraft(req.GetLexiconRevision())
	if err != nil {
		return nil, err
	}
	l, err := openList(ctx, trial{req, draft})
	if err != nil {
		return nil, err
	}
	id, err := v.readLexicon("parent", req.GetParent())
	if err != nil {
		return nil, err
	}
	found, err := s.Flow.TryLexicon(ctx, v.call, v.workspace, id, draft, l.page)
	if err != nil {
		return nil, err
	}
	return &imprimaturv1.TryLexiconResponse{
		LexiconHits: each(found.Hits, func(h workflow.LexiconHit) *imprimaturv1.LexiconHit {
			return &imprimaturv1.LexiconHit{Subject: h.Subject.Name(), Revision: int32(h.Revision), Findings: each(h.Findings, v.finding)}
		}),
		CheckedCount:  int32(found.Checked),
		NextPageToken: l.next(found.Next),
		TrialToken:    found.Trial,
	}, nil
}

func (s lexiconService) GetLexiconRevision(
	ctx context.Context, req *imprimaturv1.GetLexiconRevisionRequest,
) (*imprimaturv1.LexiconRevision, error) {
	v := enter(ctx, req)
	id, number, err := v.readLexiconRevision("name", req.GetName())
	if err != nil {
		return nil, err
	}
	r, err := s.Flow.LexiconRevision(ctx, v.call, v.workspace, id, number)
	return shown(r, err, v.lexiconRevisionOf)
}

func (s lexiconService) ListLexiconRevisions(
	ctx context.Context, req *imprimaturv1.ListLexiconRevisionsRequest,
) (*imprimaturv1.ListLexiconRevisionsResponse, error) {
	v := enter(ctx, req)
	l, err := openList(ctx, req)
	if err != nil {
		return nil, err
	}
	id, err := v.readLexicon("parent", req.GetParent())
	if err != nil {
		return nil, err
	}
	all, next, err := s.Flow.LexiconRevisions(ctx, v.call, v.workspace, id, l.page)
	if err != nil {
		return nil, err
	}
	return &imprimaturv1.ListLexiconRevisionsResponse{
		LexiconRevisions: each(all, func(r advocacy.LexiconRevision) *imprimaturv1.LexiconRevision {
			r.Terms, r.Domains, r.Names = nil, nil, nil
			return v.lexiconRevisionOf(&r)
		}),
		NextPageToken: l.next(next),
	}, nil
}

func (s lexiconService) PublishLexiconRevision(
	ctx context.Context, req *imprimaturv1.PublishLexiconRevisionRequest,
) (*imprimaturv1.LexiconRevision, error) {
	v := enter(ctx, req)
	id, err := v.readLexicon("parent", req.GetParent())
	if err != nil {
		return nil, err
	}
	draft, err := readLexiconDraft(req.GetLexiconRevision())
	if err != nil {
		return nil, err
	}
	if draft.Version, err = readEtag(req.GetEtag()); err != nil {
		return nil, err
	}
	draft.Trial = req.GetTrialToken()
	r, err := s.Flow.PublishLexicon(ctx, v.call, v.workspace, id, draft)
	return shown(r, err, v.lexiconRevisionOf)
}

func readLexiconDraft(sent *imprimaturv1.LexiconRevision) (workflow.LexiconDraft, error) {
	draft := workflow.LexiconDraft{Domains: sent.GetOwnDomains(), Names: sent.GetOwnNames()}
	for i, t := range sent.GetTerms() {
		grade, err := termGrades.domain(fmt.Sprintf("lexicon_revision.terms[%d].grade", i), t.GetGrade())
		if err != nil {
			return draft, err
		}
		draft.Terms = append(draft.Terms, advocacy.Term{
			Text: t.GetText(), Language: t.GetLanguage(), Grade: grade, Forms: t.GetForms(), Exact: t.GetExact(),
			Allowed: t.GetAllowed(), Role: advocacy.Role(t.GetRole()), Reason: t.GetReason(), Reasons: t.GetReasons(),
		})
	}
	return draft, nil
}

func (n names) lexiconOf(l *workflow.LexiconView) *imprimaturv1.Lexicon {
	return &imprimaturv1.Lexicon{
		Name:            n.lexicon(l.Revision.Lexicon),
		RevisionInForce: n.lexiconRevisionOf(l.Revision),
		Etag:            etagOf(int64(l.Revision.Number)),
		Recheck:         recheckOf(l.Recheck),
	}
}

// recheckOf writes how far a run is, nothing when there is none.
func recheckOf(k *advocacy.LexiconRecheck) *imprimaturv1.LexiconRecheck {
	if k == nil {
		return nil
	}
	return &imprimaturv1.LexiconRecheck{
		CheckedCount: k.Checked, ForbiddenCount: k.Forbidden, RestrictedCount: k.Restricted, CompleteTime: stamp(k.EndTime),
	}
}

func (n names) lexiconRevisionOf(r *advocacy.LexiconRevision) *imprimaturv1.LexiconRevision {
	return &imprimaturv1.LexiconRevision{
		Name:       n.lexiconRevision(r.Lexicon, r.Number),
		Terms:      each(r.Terms, termOf),
		OwnDomains: r.Domains,
		OwnNames:   r.Names,
		Digest:     string(r.Digest),
		Publisher:  n.member(r.Publisher),
		CreateTime: stamp(r.CreateTime),
	}
}

func termOf(t advocacy.Term) *imprimaturv1.Term {
	return &imprimaturv1.Term{
		Text: t.Text, Language: t.Language, Grade: termGrades.proto(t.Grade), Forms: t.Forms, Exact: t.Exact, Allowed: t.Allowed,
		Role: string(t.Role), Reason: t.Reason, Reasons: t.Reasons,
	}
}
