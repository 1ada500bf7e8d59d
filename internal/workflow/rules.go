package workflow

import (
	"context"
	"slices"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/routing"
)

// rules are what a revision is judged by: the policy and what stands beside it, as they were
// read in one statement.
type rules struct {
	policy   *PolicyRevision
	compiled *routing.Compiled
	sight
}

// sight is by what a machine looks at a revision.
type sight struct {
	// lexicon is nil when the workspace has none, and then nothing is found.
	lexicon *check.Lexicon
	// told are the rules by which readers are told of a disclosure.
	told network.Disclosures
	// impostors are those known now. What is found of them is advice, so no plan depends on it and
	// what looks by former revisions does without.
	impostors *check.Impostors
}

// rules reads what is in force now.
func (s *Service) rules(ctx context.Context, r Reader, w advocacy.WorkspaceID) (*rules, error) {
	policy, err := r.Policy(ctx, w)
	if err != nil {
		return nil, err
	}
	compiled, err := s.Routing.Load(policy.Document)
	if err != nil {
		return nil, err
	}
	by, err := s.sight(ctx, r, w, beside(policy))
	if err != nil {
		return nil, err
	}
	by.impostors, err = s.Registers.Load(w, policy.HandleChanges, func() ([]advocacy.RegisteredHandle, error) {
		return r.Impostors(ctx, w)
	})
	return &rules{policy, compiled, by}, err
}

// sighted are the numbers of what is looked by, 0 for what there is none of.
type sighted struct{ lexicon, disclosures int }

// under is what a round was opened under, and beside what stands beside a policy in force.
func under(r *advocacy.Review) sighted { return sighted{r.Lexicon, r.Disclosures} }
func beside(p *PolicyRevision) sighted { return sighted{p.Lexicon, p.Disclosures} }

// sight makes revisions of the workspace's own ready to look by.
func (s *Service) sight(ctx context.Context, r Reader, w advocacy.WorkspaceID, of sighted) (out sight, err error) {
	if out.lexicon, err = s.lexicon(ctx, r, w, of.lexicon); err != nil {
		return out, err
	}
	out.told, err = s.disclosures(ctx, r, w, of.disclosures)
	return out, err
}

// disclosures returns a revision of the workspace's disclosure rules, the built-in ones alone
// for number 0.
func (s *Service) disclosures(ctx context.Context, r Reader, w advocacy.WorkspaceID, number int) (network.Disclosures, error) {
	if number == 0 {
		return network.Disclosures{}, nil
	}
	return s.Disclosures.Load(w, number, func() (*advocacy.DisclosureRevision, error) {
		return r.DisclosureRevision(ctx, w, advocacy.DefaultDisclosures, number)
	})
}

// lexicon returns a revision of the workspace's lexicon made ready, nil for number 0.
func (s *Service) lexicon(ctx context.Context, r Reader, w advocacy.WorkspaceID, number int) (*check.Lexicon, error) {
	if number == 0 {
		return nil, nil
	}
	return s.Lexicons.Load(w, number, func() (*advocacy.LexiconRevision, error) {
		return r.LexiconRevision(ctx, w, advocacy.DefaultLexicon, number)
	})
}

// seen is what a machine sees in content, whichever network shows it. A preview, a check, a
// submission and a count ask here, so that they never differ.
func (by sight) seen(c advocacy.Content) []advocacy.Finding {
	return slices.Concat(check.Content(c), by.lexicon.Find(c), by.impostors.Find(c))
}

// undisclosed finds where words on a personal account name the company and say nothing of working
// for it: that blocks where the workspace requires it, and is advice elsewhere. A brand is known to
// be itself, and an item as its approvers want it.
func (by sight) undisclosed(silent bool, origin advocacy.Origin, c advocacy.Content) []advocacy.Finding {
	if !silent || origin == advocacy.OriginLibrary {
		return nil
	}
	found := by.lexicon.Undisclosed(c)
	if by.told.Required() { // guard: who has to say so is refused
		for i := range found {
			found[i].Severity = advocacy.Blocks
		}
	}
	return found
}

// untold finds that readers of a share as its approvers signed it are not told what the person who
// shares it once said to be to the company. Where the words name the company, they are told.
func untold(silent bool, origin advocacy.Origin, author *advocacy.Member) []advocacy.Finding {
	asSigned := origin == advocacy.OriginLibrary || origin == advocacy.OriginLibraryPersonalised
	if !silent || !asSigned || author == nil || author.Relation == advocacy.DisclosureNone {
		return nil
	}
	return []advocacy.Finding{notTold(advocacy.Advice)}
}

// findings sees again what was seen when a revision was rendered, but by what is in force
// now: nothing of it is stored, so nothing of it is ever out of date.
func (s *Service) findings(by sight, c advocacy.Content, m advocacy.Manifest) []advocacy.Finding {
	out := by.seen(c)
	for _, t := range m.Targets {
		if adapter, ok := s.Networks[t.Rendering.Network]; ok {
			told := by.told.Of(t.Country) // guard: who moves does not change what was signed
			now, findings := renderTarget(adapter, c.Shown(t), t.Rendering.Language, told, t.Place)
			out = append(out, inContent(findings)...)
			if r, otherwise := retelling(t.Rendering, now, told); otherwise { // guard: readers are told by the rules in force
				out = append(out, r.finding())
			}
		}
	}
	return out
}

// inContent are findings of a network, which knows a content and not what it is part of, by their
// paths in what the content is part of.
func inContent(findings []advocacy.Finding) []advocacy.Finding {
	for i := range findings {
		findings[i].Field = "content." + findings[i].Field
	}
	return findings
}

// itemSigners are the roles whose signatures stand behind what is shared, if a term asks
// for one: what a role signed in the library it does not sign again in an unedited share.
func itemSigners(ctx context.Context, r Reader, w advocacy.WorkspaceID, id advocacy.ItemID, found []advocacy.Finding) (func(advocacy.Role) bool, error) {
	signed := make(map[advocacy.Role]bool)
	asked := func(role advocacy.Role) bool { return signed[role] }
	isRestricted := func(f advocacy.Finding) bool { return f.Code == advocacy.FoundRestricted }
	if id == "" || !slices.ContainsFunc(found, isRestricted) {
		return asked, nil
	}
	item, err := r.Item(ctx, w, id)
	if err != nil {
		return nil, err
	}
	decisions, err := r.Decisions(ctx, item.Subject())
	for i := range decisions {
		d := &decisions[i]
		kept := !slices.ContainsFunc(decisions, func(o advocacy.Decision) bool { return o.Supersedes == d.ID })
		if kept && d.Round == item.InForceRound && d.Verdict == advocacy.Approve {
			signed[d.Role] = true
		}
	}
	return asked, err
}
