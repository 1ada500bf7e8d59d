package workflow

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// DisclosureReader reads the rules by which a workspace tells disclosures.
type DisclosureReader interface {
	// DisclosureTable returns the revision in force.
	DisclosureTable(ctx context.Context, w advocacy.WorkspaceID, t advocacy.DisclosureTableID) (*advocacy.DisclosureRevision, error)
	DisclosureRevision(ctx context.Context, w advocacy.WorkspaceID, t advocacy.DisclosureTableID, number int) (*advocacy.DisclosureRevision, error)
	DisclosureRevisions(ctx context.Context, w advocacy.WorkspaceID, t advocacy.DisclosureTableID, p Page) ([]advocacy.DisclosureRevision, string, error)
	// FindDisclosureRecheck returns how far what is not sent yet was looked at by a revision,
	// or nil.
	FindDisclosureRecheck(ctx context.Context, w advocacy.WorkspaceID, t advocacy.DisclosureTableID, number int) (*advocacy.DisclosureRecheck, error)
}

// DisclosureWriter writes the rules by which a workspace tells disclosures. No revision is
// ever changed.
type DisclosureWriter interface {
	// AddDisclosureRevision inserts a revision, which is in force as the newest.
	AddDisclosureRevision(ctx context.Context, r *advocacy.DisclosureRevision) error
	AddDisclosureRecheck(ctx context.Context, k *advocacy.DisclosureRecheck) error
	// SaveDisclosureRecheck writes the progress; Conflict when Version moved.
	SaveDisclosureRecheck(ctx context.Context, k *advocacy.DisclosureRecheck) error
}

// DisclosureDraft is what a client publishes.
type DisclosureDraft struct {
	Rules    []advocacy.DisclosureRule
	Required bool
	// Version is the number of the revision in force as the client read it; 0 is not compared.
	Version int64
	// Trial is what the last page of a dry run of the same gave; only publishing asks for it.
	Trial string
}

// DisclosureView is the table in force, and how far what is not sent yet was looked at by it.
type DisclosureView struct {
	Revision *advocacy.DisclosureRevision
	Recheck  *advocacy.DisclosureRecheck
}

// DisclosureTable returns the disclosure rules in force.
func (s *Service) DisclosureTable(ctx context.Context, _ Call, w advocacy.WorkspaceID, t advocacy.DisclosureTableID) (*DisclosureView, error) {
	r, err := s.Store.DisclosureTable(ctx, w, t)
	if err != nil {
		return nil, err
	}
	k, err := s.Store.FindDisclosureRecheck(ctx, w, t, r.Number)
	return &DisclosureView{r, k}, err
}

// BuiltInDisclosures are the rules by which readers are told of what no rule of a workspace names.
func (s *Service) BuiltInDisclosures() []advocacy.DisclosureRule { return network.BuiltInDisclosures() }

// DisclosureRevision returns one revision of the disclosure rules.
func (s *Service) DisclosureRevision(ctx context.Context, _ Call, w advocacy.WorkspaceID, t advocacy.DisclosureTableID, number int) (*advocacy.DisclosureRevision, error) {
	return s.Store.DisclosureRevision(ctx, w, t, number)
}

// DisclosureRevisions lists the revisions of the disclosure rules.
func (s *Service) DisclosureRevisions(ctx context.Context, _ Call, w advocacy.WorkspaceID, t advocacy.DisclosureTableID, p Page) ([]advocacy.DisclosureRevision, string, error) {
	return s.Store.DisclosureRevisions(ctx, w, t, p)
}

// PublishDisclosures puts new disclosure rules in force, which their publisher has tried (see
// [Service.TryDisclosures]). From its commit on nothing is submitted and no request begins but by
// them.
func (s *Service) PublishDisclosures(ctx context.Context, c Call, w advocacy.WorkspaceID, t advocacy.DisclosureTableID, d DisclosureDraft) (*advocacy.DisclosureRevision, error) {
	next, err := newDisclosures(w, t, d)
	if err != nil {
		return nil, err
	}
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*advocacy.DisclosureRevision, string, error) {
		r := *next
		if err := s.publishDisclosures(ctx, tx, c, &r, d); err != nil {
			return nil, "", err
		}
		return &r, strconv.Itoa(r.Number), nil
	}, func(ctx context.Context, tx Tx, result string) (*advocacy.DisclosureRevision, error) {
		number, err := strconv.Atoi(result)
		if err != nil {
			return nil, fmt.Errorf("remembered revision: %w", err)
		}
		return tx.DisclosureRevision(ctx, w, t, number)
	})
}

// newDisclosures are the rules a client drew up, if readers can be told by them.
func newDisclosures(w advocacy.WorkspaceID, t advocacy.DisclosureTableID, d DisclosureDraft) (*advocacy.DisclosureRevision, error) {
	if t != advocacy.DefaultDisclosures {
		return nil, advocacy.Missing("DISCLOSURE_TABLE_NOT_FOUND", "there is no table of disclosure rules %q; it is called %q", t, advocacy.DefaultDisclosures)
	}
	if err := refuseDisclosures(d.Rules); err != nil {
		return nil, check.Below("disclosure_table_revision", err)
	}
	r := &advocacy.DisclosureRevision{Workspace: w, Table: t, Number: 1, Rules: cleanDisclosures(d.Rules), Required: d.Required}
	if err := network.GuardDisclosures(r.Rules); err != nil {
		return nil, check.Below("disclosure_table_revision", err)
	}
	if err := r.Guard(); err != nil {
		return nil, err
	}
	data, err := r.Canonical()
	r.Digest = advocacy.DigestOf(data)
	return r, err
}

// refuseDisclosures refuses what nobody could read, or not as it is.
func refuseDisclosures(rules []advocacy.DisclosureRule) error {
	for i, rule := range rules {
		field := fmt.Sprintf("rules[%d]", i)
		if err := check.RefuseLine(field+".source", rule.Source); err != nil {
			return err
		}
		for _, spoken := range slices.Sorted(maps.Keys(rule.Words)) {
			field, words := field+".words."+spoken, rule.Words[spoken]
			if err := check.RefuseLine(field, words); err != nil {
				return err
			}
			for _, f := range check.Content(advocacy.Content{Language: spoken, Text: words}) {
				if f.Severity != advocacy.Advice { // guard: nothing hides in what everybody is told
					return advocacy.InvalidField(field, "DISCLOSURE_WORDS", "the words in %q have something in them that is not what it looks like (%s)", spoken, f.Code)
				}
			}
		}
	}
	return nil
}

// cleanDisclosures are the rules with their words as every network is given text.
func cleanDisclosures(rules []advocacy.DisclosureRule) []advocacy.DisclosureRule {
	rules = slices.Clone(rules)
	for i := range rules {
		words := make(map[string]string, len(rules[i].Words))
		for spoken, text := range rules[i].Words {
			words[spoken] = network.CleanText(text)
		}
		rules[i].Words = words
	}
	return rules
}

// nextDisclosures is the number of the revision after the one in force.
func nextDisclosures(ctx context.Context, r Reader, w advocacy.WorkspaceID, t advocacy.DisclosureTableID) (int, error) {
	now, err := r.DisclosureTable(ctx, w, t)
	switch {
	case err == nil:
		return now.Number + 1, nil
	case advocacy.KindOf(err) == advocacy.NotFound:
		return 1, nil
	default:
		return 0, err
	}
}

func (s *Service) publishDisclosures(ctx context.Context, tx Tx, c Call, r *advocacy.DisclosureRevision, d DisclosureDraft) error {
	if err := tx.LockRules(ctx, r.Workspace); err != nil {
		return err
	}
	var err error
	if r.Number, err = nextDisclosures(ctx, tx, r.Workspace, r.Table); err != nil {
		return err
	}
	if err := stale(d.Version, int64(r.Number-1)); err != nil {
		return err
	}
	if err := guardTried(s.Secrets, c, triedDisclosures(r), d.Trial, tx.Now()); err != nil {
		return err
	}
	r.Publisher, r.CreateTime = c.Actor.Person, tx.Now()
	if err := tx.AddDisclosureRevision(ctx, r); err != nil {
		return err
	}
	if err := recheckDisclosuresLater(ctx, tx, r); err != nil {
		return err
	}
	return s.record(ctx, tx, c, r.Workspace, fact{
		action: "disclosures.published", subject: r.Name(), parent: r.Table.Name(r.Workspace),
		detail: map[string]any{"digest": r.Digest, "rules": len(r.Rules), "required": r.Required},
	})
}
