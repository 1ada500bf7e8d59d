package workflow

import "context"

// Turn says how somebody waits for the database while others have taken all of it.
type Turn int

const (
	// Background is work that nobody waits for: it waits as long as its context lasts, so that a
	// receipt is kept however late. It is everybody's who said nothing.
	Background Turn = iota
	// AtTheDoor is a call: it waits for a moment, and is told STORE_EXHAUSTED then.
	AtTheDoor
	// Stopping is a call that keeps something from going out, or takes it back. It goes first, and
	// has connections that nobody else is given.
	Stopping
)

type turnKey struct{}

// InTurn has everything done under the context wait in a turn.
func InTurn(ctx context.Context, t Turn) context.Context { return context.WithValue(ctx, turnKey{}, t) }

// TurnOf is how who holds the context waits.
func TurnOf(ctx context.Context) Turn {
	t, _ := ctx.Value(turnKey{}).(Turn)
	return t
}
