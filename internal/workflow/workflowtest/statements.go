package workflowtest

import (
	"context"
	"sync"
)

// Statements are those the store ran for the calls of one context.
type Statements struct {
	mu  sync.Mutex
	all []string
}

type statementsKey struct{}

// Listen returns a context and the statements that will run for it.
func Listen(ctx context.Context) (context.Context, *Statements) {
	s := &Statements{}
	return context.WithValue(ctx, statementsKey{}, s), s
}

// All returns the statements so far.
func (s *Statements) All() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.all...)
}

func heard(ctx context.Context, query string) {
	if s, ok := ctx.Value(statementsKey{}).(*Statements); ok {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.all = append(s.all, query)
	}
}
