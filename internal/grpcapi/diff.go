package grpcapi

import (
	"context"
	"strconv"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/diff"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

var diffChanges = pair(map[diff.Change]imprimaturv1.TargetDiff_Change{
	diff.Unchanged: imprimaturv1.TargetDiff_UNCHANGED,
	diff.Changed:   imprimaturv1.TargetDiff_CHANGED,
	diff.Added:     imprimaturv1.TargetDiff_ADDED,
	diff.Removed:   imprimaturv1.TargetDiff_REMOVED,
})

var diffOps = pair(map[diff.Op]imprimaturv1.DiffSpan_Op{
	diff.Equal:  imprimaturv1.DiffSpan_EQUAL,
	diff.Insert: imprimaturv1.DiffSpan_INSERT,
	diff.Delete: imprimaturv1.DiffSpan_DELETE,
})

func (s postService) DiffRevision(ctx context.Context, req *imprimaturv1.DiffRevisionRequest) (*imprimaturv1.DiffRevisionResponse, error) {
	v := enter(ctx, req)
	subject, number, err := v.readNumbered("name", req.GetName(), inRevisions)
	if err != nil {
		return nil, err
	}
	base, err := v.readDiffBase(subject, req.GetBase())
	if err != nil {
		return nil, err
	}
	d, err := s.Flow.DiffRevision(ctx, v.call, subject, number, base)
	return shown(d, err, v.diffOf)
}

// readDiffBase reads what to compare a revision of the subject with.
func (n names) readDiffBase(of advocacy.Subject, base string) (workflow.DiffBase, error) {
	switch alias := workflow.DiffAlias(base); alias {
	case "":
		return workflow.DiffBase{Alias: workflow.BasePrevious}, nil
	case workflow.BasePrevious, workflow.BaseMyLastDecision, workflow.BaseLibraryItem:
		return workflow.DiffBase{Alias: alias}, nil
	}
	if numberID.MatchString(base) {
		number, err := strconv.Atoi(base)
		return workflow.DiffBase{Number: number}, err
	}
	subject, number, err := n.readNumbered("base", base, inRevisions)
	if err == nil && subject != of {
		err = advocacy.InvalidField("base", "BASE_INVALID", "only revisions of one post or item can be compared")
	}
	return workflow.DiffBase{Number: number}, err
}

func (n names) diffOf(d *workflow.RevisionDiff) *imprimaturv1.DiffRevisionResponse {
	return &imprimaturv1.DiffRevisionResponse{
		Base:    n.revision(d.Base.Subject, d.Base.Number),
		Head:    n.revision(d.Head.Subject, d.Head.Number),
		Targets: each(d.Targets, n.targetDiff),
		Fields:  each(d.Reach, n.fieldDiff),
	}
}

func (n names) targetDiff(t diff.Target) *imprimaturv1.TargetDiff {
	return &imprimaturv1.TargetDiff{
		SocialAccount: n.account(t.Account),
		Network:       string(t.Network),
		Language:      t.Language,
		Alternative:   t.Alternative,
		Change:        diffChanges.proto(t.Change),
		Text:          each(t.Text, spanOf),
		Fields:        each(t.Fields, n.fieldDiff),
	}
}

func (n names) fieldDiff(f diff.Field) *imprimaturv1.FieldDiff {
	out := &imprimaturv1.FieldDiff{Field: f.Name, Spans: each(f.Spans, spanOf)}
	if f.Blob != "" {
		out.Media = n.media(f.Blob)
	}
	return out
}

// spanOf writes a piece of text.
func spanOf(s diff.Span) *imprimaturv1.DiffSpan {
	return &imprimaturv1.DiffSpan{Op: diffOps.proto(s.Op), Text: s.Text}
}
