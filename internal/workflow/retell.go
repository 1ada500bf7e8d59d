package workflow

import (
	"context"
	"fmt"
	"slices"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// Retelling is a disclosure that rules tell otherwise than it was rendered.
type Retelling struct {
	Network advocacy.Network
	// Language is that of the text.
	Language string
	// Before are the words people signed, "" where they stand in the text; After are those of the
	// rule.
	Before string
	After  string
	Rule   string
}

// retelling compares what was rendered with how it is rendered now. Where a disclosure has no
// place beside the text it is the text that tells.
func retelling(was, now advocacy.Rendering, told network.Disclosures) (Retelling, bool) {
	beside := was.DisclosureText != now.DisclosureText || was.DisclosureLanguage != now.DisclosureLanguage
	within := was.Disclosure != advocacy.DisclosureNone && now.DisclosureText == "" && was.Text != now.Text
	if !beside && !within { // guard: words in a text are told by the rules in force as well
		return Retelling{}, false
	}
	d := told.Tell(was.Disclosure, was.Network, "", was.Language)
	return Retelling{Network: was.Network, Language: was.Language, Before: was.DisclosureText, After: d.Text, Rule: d.Rule}, true
}

func (r Retelling) finding() advocacy.Finding {
	return advocacy.Finding{
		Code: advocacy.FoundRetold, Severity: advocacy.Blocks, Field: "content.disclosure", Network: r.Network,
		Args: map[string]string{advocacy.ArgRule: r.Rule, advocacy.ArgWords: r.After},
	}
}

// retellings are the disclosures of a revision that the rules tell otherwise, each once.
func (s *Service) retellings(told network.Disclosures, head *advocacy.Revision) ([]Retelling, error) {
	m, err := advocacy.ParseManifest(head.Manifest)
	if err != nil {
		return nil, err
	}
	var out []Retelling
	for _, t := range m.Targets {
		adapter, ok := s.Networks[t.Rendering.Network]
		if !ok {
			continue
		}
		told := told.Of(t.Country)
		now, _ := adapter.Render(head.Content.Shown(t), t.Rendering.Language, told)
		if r, otherwise := retelling(t.Rendering, now, told); otherwise && !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	return out, nil
}

// movedSince finds the disclosures of a head that are told otherwise where its author is now
// than where he or she was when it was saved. After it was submitted nobody asks again.
func (s *Service) movedSince(ctx context.Context, r Reader, p *advocacy.Post, head *advocacy.Revision, view *PostView) ([]advocacy.Finding, error) {
	// What an item tells is told by no country.
	own := p.Item == "" || head.Content.Disclosure == advocacy.DisclosureNone
	told := func(t advocacy.Target) bool { return t.Rendering.Disclosure != advocacy.DisclosureNone }
	if !own || !slices.ContainsFunc(view.Manifest.Targets, told) {
		return nil, nil
	}
	members, err := r.MembersByID(ctx, p.Workspace, []advocacy.PersonID{p.Author})
	if err != nil || members[p.Author] == nil {
		return nil, err
	}
	stays := func(t advocacy.Target) bool { return !told(t) || t.Country == members[p.Author].Country }
	targets := slices.DeleteFunc(slices.Clone(view.Manifest.Targets), stays)
	if len(targets) == 0 {
		return nil, nil
	}
	accounts, err := r.AccountsByID(ctx, p.Workspace, accountsOf(advocacy.Manifest{Targets: targets}))
	if err != nil {
		return nil, err
	}
	var out []advocacy.Finding
	for _, t := range targets {
		a, adapter := accounts[t.Account], s.Networks[t.Rendering.Network]
		if a == nil || adapter == nil {
			continue
		}
		by := voice{author: p.Author, item: p.Item, tells: t.Rendering.Disclosure}
		told := view.rules.told.Of(by.countryOf(a, members[p.Author]))
		now, _ := adapter.Render(head.Content.Shown(t), t.Rendering.Language, told)
		if again, otherwise := retelling(t.Rendering, now, told); otherwise {
			out = append(out, again.finding())
		}
	}
	return out, nil
}

// Telling is by which rule a disclosure is told on a network, as records name it.
type Telling struct {
	Network  advocacy.Network `json:"network"`
	Language string           `json:"language"`
	Rule     string           `json:"rule"`
	// Revision is that of the workspace's rules, 0 for a built-in rule.
	Revision int `json:"revision"`
}

// tellings are by which rules the disclosures of a manifest are told, each once.
func (by sight) tellings(m advocacy.Manifest) []Telling {
	out := []Telling{}
	for _, t := range m.Targets {
		d := by.told.Of(t.Country).Tell(t.Rendering.Disclosure, t.Rendering.Network, "", t.Rendering.Language)
		told := Telling{t.Rendering.Network, t.Rendering.Language, d.Rule, d.Revision}
		if d.Rule != "" && !slices.Contains(out, told) {
			out = append(out, told)
		}
	}
	return out
}

// JobRecheckDisclosures looks again at what is not sent yet after disclosure rules came into
// force. Args: DisclosureJob.
const JobRecheckDisclosures = "recheck_disclosures"

// DisclosureJob names the revision of the disclosure rules of a job.
type DisclosureJob struct {
	Workspace advocacy.WorkspaceID `json:"workspace"`
	Number    int                  `json:"number"`
}

// recheckDisclosuresLater has everything that is not sent yet looked at by a revision.
func recheckDisclosuresLater(ctx context.Context, tx Tx, r *advocacy.DisclosureRevision) error {
	err := tx.AddDisclosureRecheck(ctx, &advocacy.DisclosureRecheck{Workspace: r.Workspace, Table: r.Table, Number: r.Number})
	if err != nil {
		return err
	}
	job := advocacy.Job{Kind: JobRecheckDisclosures, Unique: fmt.Sprintf("%s/%d", r.Workspace, r.Number)}
	return enqueue(ctx, tx, job, DisclosureJob{Workspace: r.Workspace, Number: r.Number})
}

// RecheckDisclosures looks again at what is not sent yet, as RecheckLexicon does: what is
// told otherwise now goes back to its author, who takes the new words over by saving it.
func (s *Service) RecheckDisclosures(ctx context.Context, w advocacy.WorkspaceID, number int) error {
	for {
		k, err := s.Store.FindDisclosureRecheck(ctx, w, advocacy.DefaultDisclosures, number)
		if err != nil || k == nil || !k.EndTime.IsZero() {
			return err
		}
		policy, err := s.Store.Policy(ctx, w)
		if err != nil {
			return err
		}
		next := ""
		if policy.Disclosures == number {
			if next, err = s.recheckDisclosurePage(ctx, k); err != nil {
				return err
			}
		}
		err = s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
			done := *k
			if done.Cursor = next; next == "" {
				done.EndTime = tx.Now()
			}
			return tx.SaveDisclosureRecheck(ctx, &done)
		})
		if err != nil {
			return err
		}
	}
}

func (s *Service) recheckDisclosurePage(ctx context.Context, k *advocacy.DisclosureRecheck) (string, error) {
	return s.recheckPage(ctx, k.Workspace, k.Cursor, look{
		number: k.Number,
		since:  func(o outgoing) int { return o.under.disclosures },
		by: func(number int, head *advocacy.Revision) ([]advocacy.Finding, error) {
			told, err := s.disclosures(ctx, s.Store, k.Workspace, number)
			if err != nil {
				return nil, err
			}
			again, err := s.retellings(told, head)
			var found []advocacy.Finding
			for _, r := range again {
				found = append(found, r.finding())
			}
			return found, err
		},
		count: k.Count,
	})
}

// DisclosureHit is something not sent yet that rules tell otherwise.
type DisclosureHit struct {
	Subject    advocacy.Subject
	Revision   int
	Retellings []Retelling
}

// DisclosureTrial is one page of what rules would tell otherwise.
type DisclosureTrial struct {
	Hits    []DisclosureHit
	Checked int
	// Next is where the next page begins; at the end it is empty, and Trial is what the rules are
	// published with.
	Next, Trial string
}

// TryDisclosures tells what of that which is not sent yet rules would tell otherwise, and how,
// and keeps nothing.
func (s *Service) TryDisclosures(ctx context.Context, c Call, w advocacy.WorkspaceID, t advocacy.DisclosureTableID, d DisclosureDraft, p Page) (*DisclosureTrial, error) {
	draft, err := newDisclosures(w, t, d)
	if err != nil {
		return nil, err
	}
	if draft.Number, err = nextDisclosures(ctx, s.Store, w, t); err != nil {
		return nil, err
	}
	page, next, trial, err := s.tryPage(ctx, c, triedDisclosures(draft), p)
	if err != nil {
		return nil, err
	}
	told := network.NewDisclosures(draft)
	out := &DisclosureTrial{Checked: len(page), Next: next, Trial: trial}
	for _, o := range page {
		again, err := s.retellings(told, o.head)
		if err != nil {
			return nil, err
		}
		if len(again) > 0 {
			out.Hits = append(out.Hits, DisclosureHit{o.subject, o.head.Number, again})
		}
	}
	return out, nil
}
