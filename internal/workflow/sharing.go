package workflow

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/worktime"
)

// accountsFunc reads accounts: with a lock where something will go out through them, without
// one for a view.
type accountsFunc func(ctx context.Context, w advocacy.WorkspaceID, ids []advocacy.AccountID) (map[advocacy.AccountID]*advocacy.SocialAccount, error)

// planner looks for the times at which a post may go out through people's own accounts.
type planner struct {
	reader   Reader
	accounts accountsFunc
	sharing  advocacy.Sharing
	// post is not in its own way.
	post    *advocacy.Post
	targets []advocacy.AccountID
}

// slot tells what is in the way of a time. Hours and days are those of whose account it is: of his
// or her own calendar, else of the workspace's; where there is neither, days are the workspace's.
func (p planner) slot(ctx context.Context, at time.Time) (advocacy.Slot, error) {
	free := advocacy.Slot{Time: at}
	if !p.sharing.Limits() {
		return free, nil
	}
	owned, err := p.owned(ctx)
	if err != nil || len(owned) == 0 {
		return free, err
	}
	persons := slices.Sorted(maps.Keys(owned))
	members, err := p.reader.MembersByID(ctx, p.post.Workspace, persons)
	if err != nil {
		return free, err
	}
	var agendas []*advocacy.Agenda
	for _, person := range persons {
		k := p.sharing.Of(members[person])
		if k.Calendar == "" && k.DailyLimit == 0 {
			continue
		}
		agenda, err := p.agenda(ctx, k)
		if err != nil {
			return free, err
		}
		if agenda.DailyLimit > 0 {
			if agenda.Taken, err = p.taken(ctx, owned[person], agenda.Day(at)); err != nil {
				return free, err
			}
		}
		agendas = append(agendas, agenda)
	}
	return advocacy.Together(agendas, at)
}

// Outgoing is a post that goes out, and when.
type Outgoing struct {
	Post advocacy.PostID
	Time time.Time
}

// taken are the times at which somebody's posts go out, from a time on. One that goes out through
// two accounts at once is one.
func (p planner) taken(ctx context.Context, accounts []advocacy.AccountID, from time.Time) ([]time.Time, error) {
	seen := map[Outgoing]bool{}
	var times []time.Time
	for _, id := range accounts {
		going, err := p.reader.Outgoing(ctx, p.post.Workspace, id, p.post.ID, from)
		if err != nil {
			return nil, err
		}
		for _, one := range going {
			if !seen[one] {
				seen[one], times = true, append(times, one.Time)
			}
		}
	}
	return times, nil
}

// owned are the personal accounts of each person whom a target speaks for, all of them: who has two
// shares no more than who has one. They are read in one go, so that they are locked in one order.
func (p planner) owned(ctx context.Context) (map[advocacy.PersonID][]advocacy.AccountID, error) {
	all := p.targets
	if p.sharing.DailyLimit > 0 {
		beside, err := p.reader.PersonalBeside(ctx, p.post.Workspace, p.targets)
		if err != nil {
			return nil, err
		}
		all = slices.Concat(all, beside)
		slices.Sort(all)
		all = slices.Compact(all)
	}
	accounts, err := p.accounts(ctx, p.post.Workspace, all)
	if err != nil {
		return nil, err
	}
	own := func(id advocacy.AccountID) bool {
		return accounts[id] != nil && accounts[id].Personal // guard: a brand plans its own accounts
	}
	owned := map[advocacy.PersonID][]advocacy.AccountID{}
	for _, id := range p.targets {
		if own(id) {
			owned[accounts[id].Owner] = nil
		}
	}
	for _, id := range all {
		if !own(id) {
			continue
		}
		if of, asked := owned[accounts[id].Owner]; asked { // guard: two accounts of one person count as one
			owned[accounts[id].Owner] = append(of, id)
		}
	}
	return owned, nil
}

// agenda is the days and hours of somebody, with nothing in them.
func (p planner) agenda(ctx context.Context, k advocacy.Sharing) (*advocacy.Agenda, error) {
	a := &advocacy.Agenda{DailyLimit: k.DailyLimit}
	var zone string
	if k.Calendar == "" {
		space, err := p.reader.Workspace(ctx, p.post.Workspace)
		if err != nil {
			return nil, err
		}
		zone = space.Zone
	} else {
		calendar, err := p.reader.Calendar(ctx, p.post.Workspace, k.Calendar)
		if err != nil {
			return nil, err
		}
		hours, err := worktime.New(calendar.Hours)
		if err != nil {
			return nil, err
		}
		zone, a.Open = calendar.Hours.Zone, hours.Next
	}
	var err error
	if a.Zone, err = time.LoadLocation(zone); err != nil {
		return nil, fmt.Errorf("zone %s: %w", zone, err)
	}
	return a, nil
}

// guardChosenTime refuses a time at which a post may not go out through its accounts.
func guardChosenTime(ctx context.Context, tx Tx, k advocacy.Sharing, p *advocacy.Post, targets []advocacy.AccountID) error {
	if p.PublishTime.IsZero() {
		return nil
	}
	slot, err := planner{tx, tx.AccountsForUpdate, k, p, targets}.slot(ctx, p.PublishTime)
	if err != nil {
		return err
	}
	return slot.Guard()
}

// timing is what is in the way of the time at which a draft would go out.
type timing struct {
	// slot is the first free time of the accounts, nil when nothing is in the way of this one.
	slot *advocacy.Slot
	// crowds are where others say the same around the time.
	crowds   []Crowd
	findings []advocacy.Finding
}

// timing looks at the time of a draft. One without a time that waits for signatures goes out as
// soon as it is signed and may, so nothing is in the way of it but others who say the same now.
func (s *Service) timing(ctx context.Context, c Call, w advocacy.WorkspaceID, x *sketch) (out timing, err error) {
	if out.findings, err = s.outsideWindow(ctx, w, x.draft); err != nil {
		return out, err
	}
	around := s.lookout(s.Store, x.rules.policy, x.draft.PublishTime)
	if out.crowds, err = around.crowds(ctx, x.manifest, x.from); err != nil {
		return out, err
	}
	crowded, err := around.told(ctx, out.crowds, itemsOwn(x.origin, x.plain == advocacy.OriginLibrary, x.draft.PublishTime))
	if err != nil {
		return out, err
	}
	out.findings = append(out.findings, crowded...)
	at := x.draft.PublishTime
	if at.IsZero() && x.origin != advocacy.OriginLibrary && x.origin != advocacy.OriginLibraryPersonalised {
		return out, nil
	}
	post := &advocacy.Post{Workspace: w, Author: c.Actor.Person}
	slot, err := planner{s.Store, s.Store.AccountsByID, x.rules.policy.Sharing, post, x.draft.Accounts}.slot(ctx, around.at)
	if err != nil || slot.Free() {
		return out, err
	}
	out.slot = &slot
	out.findings = append(out.findings, advocacy.Finding{
		Code: slot.Reason(), Severity: advocacy.Blocks, Field: "publish_time",
		Args: map[string]string{"time": slot.Time.Format(time.RFC3339), "zone": slot.Time.Location().String()},
	})
	return out, nil
}

// outsideWindow finds a time at which what a draft is made from may not be shared.
func (s *Service) outsideWindow(ctx context.Context, w advocacy.WorkspaceID, d PostDraft) ([]advocacy.Finding, error) {
	if d.Item == "" || d.PublishTime.IsZero() {
		return nil, nil
	}
	item, err := s.Store.Item(ctx, w, d.Item)
	if err != nil || guardWindow(item, d.PublishTime) == nil {
		return nil, err
	}
	return []advocacy.Finding{{Code: "PUBLISH_TIME_OUTSIDE_WINDOW", Severity: advocacy.Blocks, Field: "publish_time"}}, nil
}
