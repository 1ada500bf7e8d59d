package grpcapi

import (
	"context"
	"fmt"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// outcomes are what becomes of an item; one that is pending has none.
var outcomes = map[workflow.BatchItemState]imprimaturv1.ReviewBatch_Item_Outcome{
	workflow.BatchDecided: imprimaturv1.ReviewBatch_Item_DECIDED,
	workflow.BatchFailed:  imprimaturv1.ReviewBatch_Item_FAILED,
}

func (s reviewService) BatchDecide(ctx context.Context, req *imprimaturv1.BatchDecideRequest) (*imprimaturv1.ReviewBatch, error) {
	v := enter(ctx, req)
	items := make([]workflow.BatchItem, len(req.GetItems()))
	for i, item := range req.GetItems() {
		var err error
		if items[i], err = v.readBatchItem(fmt.Sprintf("items[%d]", i), item); err != nil {
			return nil, err
		}
	}
	b, err := s.Flow.BatchDecide(ctx, v.call, v.workspace, items)
	return shown(b, err, v.batchOf)
}

func (n names) readBatchItem(field string, item *imprimaturv1.BatchDecideRequest_Item) (workflow.BatchItem, error) {
	subject, round, err := n.readNumbered(field+".review", item.GetReview(), inReviews)
	if err != nil {
		return workflow.BatchItem{}, err
	}
	verdict, err := verdicts.domain(field+".verdict", item.GetVerdict())
	if err != nil {
		return workflow.BatchItem{}, err
	}
	version, err := requireEtag(field+".etag", item.GetEtag())
	return workflow.BatchItem{Subject: subject, Round: round, Verdict: workflow.Verdict{
		Verdict: verdict, Requirement: item.GetRequirement(), Digest: advocacy.Digest(item.GetDigest()),
		Version: version, Reason: item.GetReason(),
	}}, err
}

func (s reviewService) GetReviewBatch(ctx context.Context, req *imprimaturv1.GetReviewBatchRequest) (*imprimaturv1.ReviewBatch, error) {
	v := enter(ctx, req)
	id, err := v.readBatch("name", req.GetName())
	if err != nil {
		return nil, err
	}
	b, err := s.Flow.Batch(ctx, v.call, v.workspace, id)
	return shown(b, err, v.batchOf)
}

func (n names) batchOf(b *workflow.Batch) *imprimaturv1.ReviewBatch {
	out := &imprimaturv1.ReviewBatch{
		Name:       n.batch(b.ID),
		State:      imprimaturv1.ReviewBatch_ENDED,
		Member:     n.member(b.Person),
		CreateTime: stamp(b.CreateTime),
	}
	for _, i := range b.Items {
		switch i.State {
		case workflow.BatchDecided:
			out.Decided++
		case workflow.BatchFailed:
			out.Failed++
		default:
			out.State = imprimaturv1.ReviewBatch_PENDING
		}
		out.Items = append(out.Items, &imprimaturv1.ReviewBatch_Item{
			Review:      n.review(i.Subject, i.Round),
			Requirement: i.Verdict.Requirement,
			Verdict:     verdicts.proto(i.Verdict.Verdict),
			Digest:      string(i.Verdict.Digest),
			Outcome:     outcomes[i.State],
			Decision:    n.decision(i.Subject, i.Round, i.Decision),
			Reason:      i.Code,
			Message:     i.Message,
			EndTime:     stamp(i.EndTime),
		})
	}
	return out
}
