package workflow

import (
	"cmp"
	"context"
	"fmt"
	"runtime/debug"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// outgoing is something that could still be sent, or shared.
type outgoing struct {
	subject advocacy.Subject
	head    *advocacy.Revision
	// round is that of what is under review, and under the rules it was opened by; inForce that it is
	// what a library item shows.
	round   int
	under   sighted
	inForce bool
}

// inForcePhase begins the cursor of those library items that are looked at for what they
// show, after everything that has a round.
const inForcePhase = "shown|"

// goingOut returns a page of what was submitted and is not sent, and of what the library
// shows, and the cursor of the next, "" at the end.
func (s *Service) goingOut(ctx context.Context, w advocacy.WorkspaceID, cursor string, size int) ([]outgoing, string, error) {
	if rest, shown := strings.CutPrefix(cursor, inForcePhase); shown {
		return s.shownItems(ctx, w, rest, size)
	}
	rounds, next, err := s.unsent(ctx, w, "", cursor, size)
	if err != nil {
		return nil, "", err
	}
	if next == "" {
		next = inForcePhase + "0|"
	}
	page, err := s.underReview(ctx, w, rounds)
	return page, next, err
}

// underReview reads what rounds, which are all of one kind, are about.
func (s *Service) underReview(ctx context.Context, w advocacy.WorkspaceID, rounds []round) ([]outgoing, error) {
	if len(rounds) == 0 {
		return nil, nil
	}
	numbers := make(map[string]int, len(rounds))
	for _, r := range rounds {
		numbers[r.subject.ID] = r.number
	}
	reviews, err := s.Store.ReviewsByRound(ctx, w, rounds[0].subject.Kind, numbers)
	if err != nil {
		return nil, err
	}
	var page []outgoing
	shows := make(map[string]int, len(rounds))
	for _, r := range rounds {
		if review := reviews[r.subject.ID]; review != nil {
			shows[r.subject.ID] = review.Revision
			page = append(page, outgoing{subject: r.subject, round: r.number, under: under(review)})
		}
	}
	return s.withHeads(ctx, page, shows)
}

// withHeads reads the revisions of subjects of one kind.
func (s *Service) withHeads(ctx context.Context, page []outgoing, shows map[string]int) ([]outgoing, error) {
	if len(page) == 0 {
		return nil, nil
	}
	heads, err := s.Store.RevisionsByNumber(ctx, page[0].subject.Workspace, page[0].subject.Kind, shows)
	if err != nil {
		return nil, err
	}
	for i := range page {
		if page[i].head = heads[page[i].subject.ID]; page[i].head == nil {
			return nil, fmt.Errorf("revision %d of %s is missing", shows[page[i].subject.ID], page[i].subject.Name())
		}
	}
	return page, nil
}

// mostLooks is how often a full page looks for more before it is shown as it is.
const mostLooks = 32

// fullPage is goingOut without its short pages, of which there is one for every state: where little
// goes out, one page is all of it.
func (s *Service) fullPage(ctx context.Context, w advocacy.WorkspaceID, cursor string, size int) (page []outgoing, next string, err error) {
	for looks := 0; looks == 0 || next != "" && len(page) < size && looks < mostLooks; looks++ {
		var more []outgoing
		if more, next, err = s.goingOut(ctx, w, cursor, size-len(page)); err != nil {
			return nil, "", err
		}
		page, cursor = append(page, more...), next
	}
	return page, next, nil
}

// shownItems are library items that show something, by their state and then by id.
func (s *Service) shownItems(ctx context.Context, w advocacy.WorkspaceID, cursor string, size int) ([]outgoing, string, error) {
	states := advocacy.ItemStates()
	number, after, _ := strings.Cut(cursor, "|")
	phase, err := strconv.Atoi(number)
	if err != nil || phase < 0 || phase >= len(states) {
		return nil, "", advocacy.InvalidField("page_token", "PAGE_TOKEN_INVALID", "the token is not one of this list")
	}
	items, next, err := s.Store.Items(ctx, ItemQuery{Workspace: w, State: states[phase], Page: Page{Size: size, After: after}})
	if err != nil {
		return nil, "", err
	}
	var page []outgoing
	shows := make(map[string]int, len(items))
	for i := range items {
		if items[i].InForce > 0 && !items[i].Withdrawn {
			shows[string(items[i].ID)] = items[i].InForce
			page = append(page, outgoing{subject: items[i].Subject(), inForce: true})
		}
	}
	page, err = s.withHeads(ctx, page, shows)
	switch {
	case err != nil:
		return nil, "", err
	case next != "":
		return page, inForcePhase + number + "|" + next, nil
	case phase+1 < len(states):
		return page, inForcePhase + strconv.Itoa(phase+1) + "|", nil
	default:
		return page, "", nil
	}
}

// atOnce is how many transactions of a long run are under way together: what they wait for, the
// database's disk and the way there, they wait for at the same time. Most of the connections are
// left to whoever waits for an answer.
const atOnce = 8

// together does something to each of a page, so many at once. When one fails no other is begun, and
// all that were have ended when it returns.
func together[T any](ctx context.Context, most int, page []T, do func(ctx context.Context, one T) error) error {
	all, going := errgroup.WithContext(ctx)
	all.SetLimit(most)
	for _, one := range page {
		all.Go(func() (err error) {
			if going.Err() != nil {
				return nil
			}
			defer func() {
				if p := recover(); p != nil { // whoever called could not catch it
					err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
				}
			}()
			return do(ctx, one)
		})
	}
	return cmp.Or(all.Wait(), ctx.Err())
}
