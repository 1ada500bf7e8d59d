package network

import (
	"context"
	"strings"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// Recognize finds a delivery among what its account shows, the oldest first. same tells whether
// something says what the delivery says, or why that cannot be told; id is its name.
// Where nothing is found, unseen says why not all of it could be told.
func Recognize[T any](ctx context.Context, d Delivery, shown []T, id func(T) string, same func(T) (bool, advocacy.Answer)) (found *T, unseen advocacy.Answer) {
	for i, one := range shown {
		ours, wrong := same(one)
		if !wrong.Nothing() {
			unseen = wrong
			continue
		}
		if !ours {
			continue
		}
		if d.Taken != nil {
			taken, err := d.Taken(ctx, id(one))
			if err != nil {
				return nil, Say(advocacy.AnswerWhoseUntold)
			}
			if taken { // guard: what another publication is known by is not this one
				continue
			}
		}
		return &shown[i], advocacy.Answer{}
	}
	return nil, unseen
}

// Bare is a text without its space and line ends, which networks change.
func Bare(text string) string { return strings.Join(strings.Fields(CleanText(text)), "") }
