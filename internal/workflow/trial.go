package workflow

import (
	"context"
	"crypto/subtle"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// trialLife is how long what a dry run listed is taken for what there is.
const trialLife = time.Hour

// tried is what a dry run is of, and how it is spoken of.
type tried struct {
	// kind and reasons tell a lexicon's from one of disclosure rules.
	kind      string
	workspace advocacy.WorkspaceID
	name      string
	digest    advocacy.Digest
	// base is the number of the revision in force, 0 for none.
	base int
	// never and stale are the reasons why it is not published.
	never, stale string
}

// triedLexicon is a lexicon that is, or would be, published as the number it has.
func triedLexicon(r *advocacy.LexiconRevision) tried {
	return tried{"lexicon", r.Workspace, string(r.Lexicon), r.Digest, r.Number - 1, "LEXICON_NOT_TRIED", "LEXICON_TRIAL_STALE"}
}

// triedDisclosures are disclosure rules that are, or would be, published as the number they have.
func triedDisclosures(r *advocacy.DisclosureRevision) tried {
	return tried{"disclosures", r.Workspace, string(r.Table), r.Digest, r.Number - 1, "DISCLOSURES_NOT_TRIED", "DISCLOSURES_TRIAL_STALE"}
}

// dryRun is how far somebody has tried rules. The service keeps nothing of it: who tries carries it
// from page to page, under the service's own mark, and from the last page to the publication. So no
// page can be left out, and no other rules, person or time be meant.
type dryRun struct {
	// base is the number of the revision in force at the first page, 0 for none.
	base  int
	began time.Time
	// cursor is where it goes on, "" at the first page and at the end.
	cursor string
}

// token writes the run under the service's mark: for whom it is, and of what.
func (r dryRun) token(secrets Secrets, c Call, of tried) string {
	said := fmt.Sprintf("%d.%d.%s", r.base, r.began.Unix(), r.cursor)
	marked := []string{of.kind + " trial", string(of.workspace), of.name, string(of.digest), string(c.Actor.Person), said}
	return secrets.Mark(strings.Join(marked, "\n")) + "." + said
}

// readDryRun reads a token that this service wrote for the same person and rules.
func readDryRun(token string, secrets Secrets, c Call, of tried) (r dryRun, ok bool) {
	parts := strings.SplitN(token, ".", 4)
	if len(parts) != 4 {
		return r, false
	}
	base, err := strconv.Atoi(parts[1])
	if err != nil {
		return r, false
	}
	began, err := strconv.ParseInt(parts[2], 10, 64)
	if err != nil {
		return r, false
	}
	r = dryRun{base, time.Unix(began, 0).UTC(), parts[3]}
	return r, subtle.ConstantTimeCompare([]byte(r.token(secrets, c, of)), []byte(token)) == 1 // guard: a run is the service's word
}

// dryRun begins a dry run against what is in force, or goes on with one.
func (s *Service) dryRun(c Call, of tried, after string) (dryRun, error) {
	if after == "" {
		return dryRun{base: of.base, began: s.Now()}, nil
	}
	run, ok := readDryRun(after, s.Secrets, c, of)
	if !ok || run.cursor == "" {
		return run, advocacy.InvalidField("page_token", "PAGE_TOKEN_INVALID", "the token is not one of this dry run; begin again without it")
	}
	return run, nil
}

// tryPage is what a page of a dry run looks at, and the tokens after it: of the next page, or at the
// end what is published with.
func (s *Service) tryPage(ctx context.Context, c Call, of tried, p Page) (page []outgoing, next, trial string, err error) {
	run, err := s.dryRun(c, of, p.After)
	if err != nil {
		return nil, "", "", err
	}
	if page, run.cursor, err = s.fullPage(ctx, of.workspace, run.cursor, p.Size); err != nil {
		return nil, "", "", err
	}
	token := run.token(s.Secrets, c, of)
	if run.cursor != "" {
		return page, token, "", nil
	}
	return page, "", token, nil
}

// guardTried refuses to publish what the same person has not tried to the end, as it is and
// against the revision in force.
func guardTried(secrets Secrets, c Call, of tried, trial string, now time.Time) error {
	if trial == "" { // guard: rules are tried before they are published
		return refuseTrial(of.never, "try this first, to the last page; that page has the token to publish it with")
	}
	run, ok := readDryRun(trial, secrets, c, of)
	if !ok || run.cursor != "" || run.base != of.base { // guard: tried as it is, to the end, against what is in force
		return refuseTrial(of.stale, "the dry run is not one you made to the end, of exactly this against what is in force; try again")
	}
	if now.After(run.began.Add(trialLife)) { // guard: what was listed is what there is
		return refuseTrial(of.stale, "the dry run began more than %s ago; try again", trialLife)
	}
	return nil
}

func refuseTrial(reason, format string, args ...any) error {
	err := advocacy.Refuse(reason, format, args...)
	err.Field = "trial_token"
	return err
}
