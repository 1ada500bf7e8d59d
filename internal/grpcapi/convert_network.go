package grpcapi

import (
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/imprimatur-hq/imprimatur/internal/workflow"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// lasting is a duration, unset for none.
func lasting(d time.Duration) *durationpb.Duration {
	if d == 0 {
		return nil
	}
	return durationpb.New(d)
}

func networkOf(v workflow.NetworkView) *imprimaturv1.NetworkCapabilities {
	return &imprimaturv1.NetworkCapabilities{
		Network: string(v.Network),
		TextLimits: each(v.Limits, func(l workflow.TextLimit) *imprimaturv1.NetworkCapabilities_TextLimit {
			return &imprimaturv1.NetworkCapabilities_TextLimit{Unit: l.Unit, Most: int32(l.Most)}
		}),
		TextBounds: each(v.Bounds, func(b workflow.TextBound) *imprimaturv1.NetworkCapabilities_TextBound {
			return &imprimaturv1.NetworkCapabilities_TextBound{What: b.What, Advised: int32(b.Advised), Most: int32(b.Most)}
		}),
		LinkInText: v.LinkInText,
		Cards:      v.Cards,
		Files: each(v.Files, func(f workflow.FileRule) *imprimaturv1.NetworkCapabilities_FileRule {
			return &imprimaturv1.NetworkCapabilities_FileRule{
				Kind: string(f.Kind), Most: int32(f.Most), ContentTypes: f.Types, SizeLimit: f.Bytes, Longest: durationOf(f.Longest), PageLimit: int32(f.Pages),
			}
		}),
		AltTextRequired: v.AltTextRequired,
		AltTextLimit:    int32(v.AltText),
		Repeat:          repeats.proto(v.Repeat),
		KeyLife:         lasting(v.KeyLife),
		ReadBack:        v.ReadBack,
		Delete:          v.Delete,
		Edit:            v.Edit,
		DisclosureField: v.DisclosureField,
		TokenLife:       lasting(v.TokenLife),
		TokenRenewed:    v.TokenRenewed,
		ByHand:          v.ByHand,
	}
}
