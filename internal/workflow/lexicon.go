package workflow

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check"
)

// LexiconReader reads what a workspace watches for.
type LexiconReader interface {
	// Lexicon returns the revision in force.
	Lexicon(ctx context.Context, w advocacy.WorkspaceID, l advocacy.LexiconID) (*advocacy.LexiconRevision, error)
	LexiconRevision(ctx context.Context, w advocacy.WorkspaceID, l advocacy.LexiconID, number int) (*advocacy.LexiconRevision, error)
	LexiconRevisions(ctx context.Context, w advocacy.WorkspaceID, l advocacy.LexiconID, p Page) ([]advocacy.LexiconRevision, string, error)
	// FindLexiconRecheck returns how far what is not sent yet was looked at by a revision, or
	// nil.
	FindLexiconRecheck(ctx context.Context, w advocacy.WorkspaceID, l advocacy.LexiconID, number int) (*advocacy.LexiconRecheck, error)
}

// LexiconWriter writes what a workspace watches for. No revision is ever changed.
type LexiconWriter interface {
	// LockRules holds the lexicon and the disclosure rules against change until commit, and
	// excludes every gate that has not committed: what is sent afterwards was judged by the
	// revision that is added.
	LockRules(ctx context.Context, w advocacy.WorkspaceID) error
	// AddLexiconRevision inserts a revision, which is in force as the newest.
	AddLexiconRevision(ctx context.Context, r *advocacy.LexiconRevision) error
	AddLexiconRecheck(ctx context.Context, k *advocacy.LexiconRecheck) error
	// SaveLexiconRecheck writes the progress; Conflict when Version moved.
	SaveLexiconRecheck(ctx context.Context, k *advocacy.LexiconRecheck) error
}

// LexiconDraft is what a client publishes.
type LexiconDraft struct {
	Terms   []advocacy.Term
	Domains []string
	Names   []string
	// Version is the number of the revision in force as the client read it; 0 is not compared.
	Version int64
	// Trial is what the last page of a dry run of the same gave; only publishing asks for it.
	Trial string
}

// LexiconView is the lexicon in force, and how far what is not sent yet was looked at by it.
type LexiconView struct {
	Revision *advocacy.LexiconRevision
	Recheck  *advocacy.LexiconRecheck
}

// Lexicon returns the lexicon in force.
func (s *Service) Lexicon(ctx context.Context, _ Call, w advocacy.WorkspaceID, l advocacy.LexiconID) (*LexiconView, error) {
	r, err := s.Store.Lexicon(ctx, w, l)
	if err != nil {
		return nil, err
	}
	k, err := s.Store.FindLexiconRecheck(ctx, w, l, r.Number)
	return &LexiconView{r, k}, err
}

// LexiconRevision returns one revision of a lexicon.
func (s *Service) LexiconRevision(ctx context.Context, _ Call, w advocacy.WorkspaceID, l advocacy.LexiconID, number int) (*advocacy.LexiconRevision, error) {
	return s.Store.LexiconRevision(ctx, w, l, number)
}

// LexiconRevisions lists the revisions of a lexicon.
func (s *Service) LexiconRevisions(ctx context.Context, _ Call, w advocacy.WorkspaceID, l advocacy.LexiconID, p Page) ([]advocacy.LexiconRevision, string, error) {
	return s.Store.LexiconRevisions(ctx, w, l, p)
}

// PublishLexicon puts a new revision of a lexicon in force, which its publisher has tried (see
// [Service.TryLexicon]). From its commit on nothing is submitted and no request begins but by it.
func (s *Service) PublishLexicon(ctx context.Context, c Call, w advocacy.WorkspaceID, l advocacy.LexiconID, d LexiconDraft) (*advocacy.LexiconRevision, error) {
	next, err := newLexicon(w, l, d)
	if err != nil {
		return nil, err
	}
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*advocacy.LexiconRevision, string, error) {
		r := *next
		if err := s.publishLexicon(ctx, tx, c, &r, d); err != nil {
			return nil, "", err
		}
		return &r, strconv.Itoa(r.Number), nil
	}, func(ctx context.Context, tx Tx, result string) (*advocacy.LexiconRevision, error) {
		number, err := strconv.Atoi(result)
		if err != nil {
			return nil, fmt.Errorf("remembered revision: %w", err)
		}
		return tx.LexiconRevision(ctx, w, l, number)
	})
}

// newLexicon is what a client drew up, if it can be used.
func newLexicon(w advocacy.WorkspaceID, l advocacy.LexiconID, d LexiconDraft) (*advocacy.LexiconRevision, error) {
	if l != advocacy.DefaultLexicon {
		return nil, advocacy.Missing("LEXICON_NOT_FOUND", "there is no lexicon %q; it is called %q", l, advocacy.DefaultLexicon)
	}
	r := &advocacy.LexiconRevision{Workspace: w, Lexicon: l, Number: 1, Terms: d.Terms, Domains: d.Domains, Names: d.Names}
	for i, t := range d.Terms {
		if err := refuseReasons(fmt.Sprintf("lexicon_revision.terms[%d].reason", i), t); err != nil {
			return nil, err
		}
	}
	if _, err := check.NewLexicon(d.Terms, d.Domains, d.Names); err != nil {
		return nil, check.Below("lexicon_revision", err)
	}
	if err := r.Guard(); err != nil {
		return nil, err
	}
	data, err := r.Canonical()
	r.Digest = advocacy.DigestOf(data)
	return r, err
}

// refuseReasons refuses a term's reason that hides something, or is in no language.
func refuseReasons(field string, t advocacy.Term) error {
	if err := check.RefuseLine(field, t.Reason); err != nil {
		return err
	}
	for _, tag := range slices.Sorted(maps.Keys(t.Reasons)) {
		at := field + "s." + tag
		if err := check.RefuseLanguage(at, tag); err != nil {
			return err
		}
		if err := check.RefuseLine(at, t.Reasons[tag]); err != nil {
			return err
		}
	}
	return nil
}

// nextLexicon is the number of the revision after the one in force.
func nextLexicon(ctx context.Context, r Reader, w advocacy.WorkspaceID, l advocacy.LexiconID) (int, error) {
	now, err := r.Lexicon(ctx, w, l)
	switch {
	case err == nil:
		return now.Number + 1, nil
	case advocacy.KindOf(err) == advocacy.NotFound:
		return 1, nil
	default:
		return 0, err
	}
}

func (s *Service) publishLexicon(ctx context.Context, tx Tx, c Call, r *advocacy.LexiconRevision, d LexiconDraft) error {
	if err := tx.LockRules(ctx, r.Workspace); err != nil {
		return err
	}
	var err error
	if r.Number, err = nextLexicon(ctx, tx, r.Workspace, r.Lexicon); err != nil {
		return err
	}
	if err := stale(d.Version, int64(r.Number-1)); err != nil {
		return err
	}
	if err := guardTermRoles(ctx, tx, r); err != nil {
		return err
	}
	if err := guardTried(s.Secrets, c, triedLexicon(r), d.Trial, tx.Now()); err != nil {
		return err
	}
	r.Publisher, r.CreateTime = c.Actor.Person, tx.Now()
	if err := tx.AddLexiconRevision(ctx, r); err != nil {
		return err
	}
	if err := recheckLater(ctx, tx, r); err != nil {
		return err
	}
	return s.record(ctx, tx, c, r.Workspace, fact{
		action: "lexicon.published", subject: r.Name(), parent: r.Lexicon.Name(r.Workspace),
		detail: map[string]any{"digest": r.Digest, "terms": len(r.Terms), "own_domains": len(r.Domains), "own_names": len(r.Names)},
	})
}

// guardTermRoles refuses a term that asks a role there is none of: nobody could ever sign.
func guardTermRoles(ctx context.Context, tx Tx, r *advocacy.LexiconRevision) error {
	for _, role := range r.Roles() {
		_, err := tx.Role(ctx, r.Workspace, role)
		if advocacy.KindOf(err) == advocacy.NotFound {
			return advocacy.InvalidField("lexicon_revision.terms", "TERM_ROLE", "a term asks the role %q, which this workspace does not have", role)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
