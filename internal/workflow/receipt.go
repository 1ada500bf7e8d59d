package workflow

import (
	"context"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// ReceiptReader reads who was served what.
type ReceiptReader interface {
}

// ReceiptWriter writes who was served what.
type ReceiptWriter interface {
	// AddReceipt keeps a receipt and tells whether it is the person's first for the round; a
	// later one leaves no trace.
	AddReceipt(ctx context.Context, r *advocacy.Receipt) (bool, error)
}

// ViewReview serves a round with its bytes and notes that it did: the receipt that a
// verdict on them rests on. Looking again changes nothing.
func (s *Service) ViewReview(ctx context.Context, c Call, sub advocacy.Subject, round int) (*ReviewView, error) {
	return s.ViewTurn(ctx, c, sub, round, Glance{})
}

// ViewTurn is ViewReview by who has one of the round's turns open, or turns away from it.
func (s *Service) ViewTurn(ctx context.Context, c Call, sub advocacy.Subject, round int, g Glance) (*ReviewView, error) {
	view, err := s.Review(ctx, c, sub, round)
	if err != nil {
		return nil, err
	}
	return act(ctx, s, c, sub.Workspace, func(ctx context.Context, tx Tx) (*ReviewView, string, error) {
		receipt, err := view.Review.View(c.Actor, tx.Now())
		if err != nil {
			return nil, "", err
		}
		if err := s.keepReceipt(ctx, tx, c, &receipt); err != nil {
			return nil, "", err
		}
		return view, sub.ReviewName(round), s.noteLook(ctx, tx, c, sub, round, g)
	}, func(context.Context, Tx, string) (*ReviewView, error) { return view, nil })
}

// keepReceipt keeps the receipt, and the fact when it is the first.
func (s *Service) keepReceipt(ctx context.Context, tx Tx, c Call, r *advocacy.Receipt) error {
	first, err := tx.AddReceipt(ctx, r)
	if err != nil || !first {
		return err
	}
	return s.record(ctx, tx, c, r.Subject.Workspace, fact{
		action: "review.viewed", subject: r.Subject.ReviewName(r.Round), parent: r.Subject.Name(),
		detail: map[string]any{"digest": r.Digest},
	})
}
