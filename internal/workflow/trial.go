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

// lexiconRun is how far somebody has tried a lexicon. The service keeps nothing of it: who tries
// carries it from page to page, under the service's own mark, and from the last page to the
// publication. So no page can be left out, and no other lexicon, person or time be meant.
type lexiconRun struct {
	// base is the number of the revision in force at the first page, 0 for none.
	base  int
	began time.Time
	// cursor is where it goes on, "" at the first page and at the end.
	cursor string
}

// token writes the run under the service's mark: for whom it is, and of what.
func (r lexiconRun) token(secrets Secrets, c Call, draft *advocacy.LexiconRevision) string {
	said := fmt.Sprintf("%d.%d.%s", r.base, r.began.Unix(), r.cursor)
	of := []string{
		"lexicon trial", string(draft.Workspace), string(draft.Lexicon), string(draft.Digest), string(c.Actor.Person), said,
	}
	return secrets.Mark(strings.Join(of, "\n")) + "." + said
}

// readLexiconRun reads a token that this service wrote for the same person and lexicon.
func readLexiconRun(token string, secrets Secrets, c Call, draft *advocacy.LexiconRevision) (r lexiconRun, ok bool) {
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
	r = lexiconRun{base, time.Unix(began, 0).UTC(), parts[3]}
	return r, subtle.ConstantTimeCompare([]byte(r.token(secrets, c, draft)), []byte(token)) == 1 // guard: a run is the service's word
}

// lexiconRun begins a dry run, or goes on with one.
func (s *Service) lexiconRun(ctx context.Context, c Call, draft *advocacy.LexiconRevision, after string) (lexiconRun, error) {
	if after != "" {
		run, ok := readLexiconRun(after, s.Secrets, c, draft)
		if !ok || run.cursor == "" {
			return run, advocacy.InvalidField("page_token", "PAGE_TOKEN_INVALID", "the token is not one of this dry run; begin again without it")
		}
		return run, nil
	}
	run := lexiconRun{began: s.Now()}
	now, err := s.Store.Lexicon(ctx, draft.Workspace, draft.Lexicon)
	switch {
	case err == nil:
		run.base = now.Number
	case advocacy.KindOf(err) != advocacy.NotFound:
		return run, err
	}
	return run, nil
}

// guardTried refuses to publish what the same person has not tried to the end, as it is and
// against the revision in force.
func guardTried(secrets Secrets, c Call, r *advocacy.LexiconRevision, trial string, now time.Time) error {
	if trial == "" { // guard: a lexicon is tried before it is published
		return refuseTrial("LEXICON_NOT_TRIED", "try this lexicon first, to the last page; that page has the token to publish it with")
	}
	run, ok := readLexiconRun(trial, secrets, c, r)
	if !ok || run.cursor != "" || run.base != r.Number-1 { // guard: tried as it is, to the end, against what is in force
		return refuseTrial("LEXICON_TRIAL_STALE",
			"the dry run is not one you made to the end, of exactly this lexicon against the one in force; try again")
	}
	if now.After(run.began.Add(trialLife)) { // guard: what was listed is what there is
		return refuseTrial("LEXICON_TRIAL_STALE", "the dry run began more than %s ago; try again", trialLife)
	}
	return nil
}

func refuseTrial(reason, format string, args ...any) error {
	err := advocacy.Refuse(reason, format, args...)
	err.Field = "trial_token"
	return err
}
