package grpcapi

import (
	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// toldBy names the revision of the workspace's disclosure rules, "" for the built-in ones.
func (n names) toldBy(revision int) string {
	if revision == 0 {
		return ""
	}
	return n.disclosureRevision(advocacy.DefaultDisclosures, revision)
}

// checkedOf writes what a machine sees in a post.
func (t *trip) checkedOf(c *workflow.Checked) *imprimaturv1.CheckPostResponse {
	return &imprimaturv1.CheckPostResponse{
		Findings:     each(c.Findings, t.finding),
		TakenTime:    takenTime(c.Slot),
		CrowdedTexts: each(c.Crowds, crowdedText),
		Counters: each(c.Counters, func(c workflow.Counter) *imprimaturv1.TextCounter {
			return &imprimaturv1.TextCounter{
				Network: string(c.Network), Unit: string(c.Unit), Length: int32(c.Length), Reserved: int32(c.Reserved), Limit: int32(c.Limit),
				Field: c.Field, Start: int32(c.Start), End: int32(c.End),
			}
		}),
		Disclosures: each(c.Disclosures, func(n workflow.Notice) *imprimaturv1.DisclosureNotice {
			return &imprimaturv1.DisclosureNotice{
				Network: string(n.Network), Place: string(n.Place), Text: n.Text, Language: n.Language, Field: n.Field,
				Rule: n.Rule, Source: n.Source, DisclosureTableRevision: t.names().toldBy(n.Revision),
			}
		}),
	}
}
