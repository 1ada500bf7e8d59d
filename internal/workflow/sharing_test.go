package workflow_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network/wall"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// habits says how often and when people share. A house begins on a Friday at ten in Paris.
func habits(t *testing.T, h *workflowtest.House, limit int, calendar advocacy.CalendarID) {
	t.Helper()
	_, err := h.Flow.UpdateWorkspace(t.Context(), h.As(h.Admin), h.W, workflow.WorkspaceChange{
		ShareDailyLimit: ptr(limit), ShareCalendar: ptr(calendar), Zone: ptr("Europe/Paris"),
	})
	ok(t, err)
}

// ownShare is an unedited share through an account; at zero, at once.
func ownShare(t *testing.T, h *workflowtest.House, v *workflow.ItemView, to advocacy.AccountID, at time.Time) (*workflow.PostView, error) {
	t.Helper()
	preview, err := h.Flow.PreviewPost(t.Context(), h.As(h.Author), h.W, ownDraft(v, to, at))
	ok(t, err)
	return h.Flow.ShareItem(t.Context(), h.As(h.Author), h.W, v.Item.ID, workflow.Share{
		Accounts: []advocacy.AccountID{to}, Language: "en", Digest: preview.Digest, PublishTime: at, Zone: "Europe/Paris",
	})
}

func ownDraft(v *workflow.ItemView, to advocacy.AccountID, at time.Time) workflow.PostDraft {
	return workflow.PostDraft{
		Item: v.Item.ID, Accounts: []advocacy.AccountID{to}, Content: advocacy.Content{Language: "en"}, PublishTime: at, Zone: "Europe/Paris",
	}
}

// taken asserts that a time is refused, and that the free one is named.
func taken(t *testing.T, h *workflowtest.House, reason string, free time.Time, try func() error) {
	t.Helper()
	e := refuses(t, h, advocacy.Precondition, reason, try)
	if got := e.Meta["free_time"]; got != free.UTC().Format(time.RFC3339) {
		t.Errorf("%s: the free time is %s, want %v", reason, got, free.UTC())
	}
}

func paris(t *testing.T, clock string) time.Time {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Paris")
	ok(t, err)
	at, err := time.ParseInLocation("2006-01-02 15:04", clock, zone)
	ok(t, err)
	return at
}

// TestShareLimit: so many go out on one day through a personal account, as many as anybody
// likes through a brand's, and what does not go out leaves room.
func TestShareLimit(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	habits(t, h, 2, "")
	v := h.Item(t, "Read this")
	at := func(hour int) func() error {
		return func() error {
			_, err := ownShare(t, h, v, h.AuthorWall, paris(t, fmt.Sprintf("2026-11-24 %02d:30", hour)))
			return err
		}
	}
	first, err := ownShare(t, h, v, h.AuthorWall, paris(t, "2026-11-24 00:00"))
	ok(t, err)
	ok(t, at(23)())
	taken(t, h, "SHARE_LIMIT_REACHED", paris(t, "2026-11-25 00:00"), at(12))
	_, err = ownShare(t, h, v, h.AuthorWall, paris(t, "2026-11-25 00:00"))
	ok(t, err)
	_, err = ownShare(t, h, v, h.Wall, paris(t, "2026-11-24 12:00"))
	ok(t, err)
	_, err = h.Flow.WithdrawPost(t.Context(), h.As(h.Author), h.W, first.Post.ID, 0, "")
	ok(t, err)
	ok(t, at(12)())
}

// TestShareLimitIsOfThePerson: who has two accounts shares no more than who has one, through
// either; one post through both is one.
func TestShareLimitIsOfThePerson(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	habits(t, h, 2, "")
	second, _, err := h.Flow.CreateAccount(t.Context(), h.As(h.Admin), h.W, workflow.AccountDraft{
		Network: wall.Name, DisplayName: "second", Owner: h.Author, Personal: true,
	})
	ok(t, err)
	v := h.Item(t, "Read this")
	d := ownDraft(v, h.AuthorWall, paris(t, "2026-11-24 09:00"))
	d.Accounts = append(d.Accounts, second.ID)
	preview, err := h.Flow.PreviewPost(t.Context(), h.As(h.Author), h.W, d)
	ok(t, err)
	_, err = h.Flow.ShareItem(t.Context(), h.As(h.Author), h.W, v.Item.ID, workflow.Share{
		Accounts: d.Accounts, Language: "en", Digest: preview.Digest, PublishTime: d.PublishTime, Zone: d.Zone,
	})
	ok(t, err)
	_, err = ownShare(t, h, v, h.AuthorWall, paris(t, "2026-11-24 10:00"))
	ok(t, err)
	for _, to := range []advocacy.AccountID{second.ID, h.AuthorWall} {
		taken(t, h, "SHARE_LIMIT_REACHED", paris(t, "2026-11-25 00:00"), func() error {
			_, err := ownShare(t, h, v, to, paris(t, "2026-11-24 11:00"))
			return err
		})
	}
	_, err = ownShare(t, h, v, h.Wall, paris(t, "2026-11-24 11:00"))
	ok(t, err)
}

// TestSharingHours: a time outside of them is refused, for whatever goes out through a
// personal account, whenever it is chosen.
func TestSharingHours(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	habits(t, h, 0, advocacy.DefaultCalendar)
	v := h.Item(t, "Read this")
	share := func(to advocacy.AccountID, at time.Time) func() error {
		return func() error { _, err := ownShare(t, h, v, to, at); return err }
	}
	monday := paris(t, "2026-11-23 09:00")
	ok(t, share(h.AuthorWall, time.Time{})())
	taken(t, h, "SHARE_OUTSIDE_HOURS", monday, share(h.AuthorWall, paris(t, "2026-11-21 12:00")))
	ok(t, share(h.Wall, paris(t, "2026-11-21 12:00"))())
	own := h.Draft(t, "My words", h.AuthorWall)
	for _, step := range []func(){func() {}, func() { h.Submit(t, own) }, func() { h.Sign(t, h.Legal, own, "legal"); h.Sign(t, h.PR, own, "pr") }} {
		step()
		taken(t, h, "SHARE_OUTSIDE_HOURS", monday, func() error {
			_, err := h.Flow.UpdatePost(t.Context(), h.As(h.Author), h.W, own.Post.ID, workflow.PostChange{
				PublishTime: ptr(paris(t, "2026-11-22 12:00")), Zone: ptr("Europe/Paris"),
			})
			return err
		})
	}
	night, err := h.Flow.CreatePost(t.Context(), h.As(h.Author), h.W, workflow.PostDraft{
		Content: advocacy.Content{Language: "en", Text: "At night."}, Accounts: []advocacy.AccountID{h.AuthorWall},
		PublishTime: paris(t, "2026-11-20 23:00"), Zone: "Europe/Paris",
	})
	ok(t, err)
	taken(t, h, "SHARE_OUTSIDE_HOURS", monday, func() error {
		_, err := h.Flow.SubmitPost(t.Context(), h.As(h.Author), h.W, night.Post.ID, workflow.Submit{Digest: night.Head.Digest})
		return err
	})
	h.Clock.Advance(12 * time.Hour)
	taken(t, h, "SHARE_OUTSIDE_HOURS", monday, share(h.AuthorWall, time.Time{}))
}

// TestSignedOutsideOfTheHours: what goes out as soon as it is signed goes out when it may, and
// is said to; a time that was chosen before the hours were is kept.
func TestSignedOutsideOfTheHours(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	soon := h.Submit(t, h.Draft(t, "Soon", h.AuthorWall))
	night, err := h.Flow.CreatePost(t.Context(), h.As(h.Author), h.W, workflow.PostDraft{
		Content: advocacy.Content{Language: "en", Text: "At night"}, Accounts: []advocacy.AccountID{h.AuthorWall},
		PublishTime: paris(t, "2026-11-20 23:30"), Zone: "Europe/Paris",
	})
	ok(t, err)
	h.Submit(t, night)
	habits(t, h, 0, advocacy.DefaultCalendar)
	h.Clock.Advance(12 * time.Hour)
	for _, v := range []*workflow.PostView{soon, night} {
		h.Sign(t, h.Legal, v, "legal")
		h.Sign(t, h.PR, v, "pr")
		state(t, h, v, advocacy.PostScheduled)
	}
	if due := publications(t, h, soon)[0].DueTime; !due.Equal(paris(t, "2026-11-23 09:00")) {
		t.Errorf("it goes out at %v", due)
	}
	if n := happened(t, h, soon.Post.Subject().Name(), "post.deferred"); n != 1 {
		t.Errorf("%d records say that it waits", n)
	}
	if due := publications(t, h, night)[0].DueTime; !due.Equal(night.Post.PublishTime) {
		t.Errorf("the chosen time became %v", due)
	}
	h.Clock.Advance(2 * time.Hour)
	h.Work(t)
	if n := h.OnWall(t); n != 1 {
		t.Errorf("%d went out in the night, want the one whose time it is", n)
	}
	h.Clock.Advance(60 * time.Hour)
	h.Work(t)
	if n := h.OnWall(t); n != 2 {
		t.Errorf("%d went out, want 2", n)
	}
}

// TestDayFillsDuringReview: the last signature finds the chosen day full. The post is left to
// its author, who chooses another.
func TestDayFillsDuringReview(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	habits(t, h, 1, "")
	noon := paris(t, "2026-11-24 12:00")
	v, err := h.Flow.CreatePost(t.Context(), h.As(h.Author), h.W, workflow.PostDraft{
		Content: advocacy.Content{Language: "en", Text: "At noon"}, Accounts: []advocacy.AccountID{h.AuthorWall},
		PublishTime: noon, Zone: "Europe/Paris",
	})
	ok(t, err)
	h.Submit(t, v)
	_, err = ownShare(t, h, h.Item(t, "Read this"), h.AuthorWall, noon)
	ok(t, err)
	h.Sign(t, h.Legal, v, "legal")
	h.Sign(t, h.PR, v, "pr")
	state(t, h, v, advocacy.PostApproved)
	if n := happened(t, h, v.Post.Subject().Name(), "post.time_missed"); n != 1 {
		t.Errorf("%d records say that the day is full", n)
	}
	change(t, h, v, workflow.PostChange{PublishTime: ptr(noon.Add(24 * time.Hour))})
	state(t, h, v, advocacy.PostScheduled)
	// Its own day is not full of itself.
	change(t, h, v, workflow.PostChange{PublishTime: ptr(noon.Add(25 * time.Hour))})
	state(t, h, v, advocacy.PostScheduled)
}

// TestLastShareOfADay: of several at the same moment that would each be the last, one is.
func TestLastShareOfADay(t *testing.T) {
	onBoth(t, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) {
		habits(t, h, 1, "")
		v := h.Item(t, "Read this")
		noon := time.Date(h.Clock.Now().Year()+0, h.Clock.Now().Month(), h.Clock.Now().Day()+2, 12, 0, 0, 0, time.UTC)
		for day := range 10 {
			at := noon.AddDate(0, 0, day)
			share := func() error { _, err := ownShare(t, h, v, h.AuthorWall, at); return err }
			errs := together(slices.Repeat([]func() error{share}, 6)...)
			refused := 0
			for _, err := range errs {
				if advocacy.ReasonOf(err) == "SHARE_LIMIT_REACHED" {
					refused++
					continue
				}
				ok(t, err)
			}
			if refused != len(errs)-1 {
				t.Fatalf("day %d: %d of %d were refused", day, refused, len(errs))
			}
		}
	})
}

// TestTakenTimeIsShown: a preview and a check say what a share would be refused for, and what
// is outside of the item's window.
func TestTakenTimeIsShown(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	habits(t, h, 1, advocacy.DefaultCalendar)
	v := h.Item(t, "Read this")
	_, err := ownShare(t, h, v, h.AuthorWall, paris(t, "2026-11-24 12:00"))
	ok(t, err)
	for _, tt := range []struct {
		what, code string
		draft      workflow.PostDraft
		free       time.Time
	}{
		{"now", "", ownDraft(v, h.AuthorWall, time.Time{}), time.Time{}},
		{"a brand's", "", ownDraft(v, h.Wall, paris(t, "2026-11-24 22:00")), time.Time{}},
		{"at night", "SHARE_OUTSIDE_HOURS", ownDraft(v, h.AuthorWall, paris(t, "2026-11-23 22:00")), paris(t, "2026-11-25 09:00")},
		{"on a full day", "SHARE_LIMIT_REACHED", ownDraft(v, h.AuthorWall, paris(t, "2026-11-24 13:00")), paris(t, "2026-11-25 09:00")},
	} {
		t.Run(tt.what, func(t *testing.T) {
			preview, err := h.Flow.PreviewPost(t.Context(), h.As(h.Author), h.W, tt.draft)
			ok(t, err)
			checked, err := h.Flow.CheckPost(t.Context(), h.As(h.Author), h.W, tt.draft, nil)
			ok(t, err)
			shown(t, tt.code, tt.free, preview.Slot, preview.Findings)
			shown(t, tt.code, tt.free, checked.Slot, checked.Findings)
		})
	}
	_, err = h.Flow.UpdateItem(t.Context(), h.As(h.Curator), h.W, v.Item.ID, workflow.ItemChange{
		ShareEnd: ptr(paris(t, "2026-11-26 12:00")), Zone: ptr("Europe/Paris"),
	})
	ok(t, err)
	checked, err := h.Flow.CheckPost(t.Context(), h.As(h.Author), h.W, ownDraft(v, h.AuthorWall, paris(t, "2026-11-27 12:00")), nil)
	ok(t, err)
	if f := advocacy.Blocking(checked.Findings); f == nil || f.Code != "PUBLISH_TIME_OUTSIDE_WINDOW" {
		t.Errorf("after the window is found %+v", checked.Findings)
	}
}

func shown(t *testing.T, code string, free time.Time, slot *advocacy.Slot, found []advocacy.Finding) {
	t.Helper()
	f := advocacy.Blocking(found)
	if code == "" {
		if slot != nil || f != nil {
			t.Errorf("in the way is %+v, %+v", slot, f)
		}
		return
	}
	if slot == nil || slot.Reason() != code || !slot.Time.Equal(free) {
		t.Errorf("in the way is %+v, want %s until %v", slot, code, free)
	}
	if f == nil || f.Code != code || f.Args["time"] != "2026-11-25T09:00:00+01:00" || f.Args["zone"] != "Europe/Paris" {
		t.Errorf("found is %+v, want %s", f, code)
	}
}

// TestSharingSettings: the calendar is there and stays, and nobody else's is taken.
func TestSharingSettings(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	refuses(t, h, advocacy.Invalid, "CALENDAR_NOT_FOUND", func() error {
		_, err := h.Flow.UpdateWorkspace(t.Context(), h.As(h.Admin), h.W, workflow.WorkspaceChange{ShareCalendar: ptr(advocacy.CalendarID("none"))})
		return err
	})
	_, err := h.Flow.CreateCalendar(t.Context(), h.As(h.Admin), h.W, workflow.CalendarDraft{ID: "social", DisplayName: "Social", Hours: advocacy.OfficeHours("Europe/Paris")})
	ok(t, err)
	habits(t, h, 3, "social")
	refuses(t, h, advocacy.Precondition, "CALENDAR_IN_USE", func() error { return h.Flow.DeleteCalendar(t.Context(), h.As(h.Admin), h.W, "social") })
	habits(t, h, 3, "")
	ok(t, h.Flow.DeleteCalendar(t.Context(), h.As(h.Admin), h.W, "social"))
}

// TestShareCount: an item says how many colleagues have it out, to whoever sees it, and is not
// another item for it.
func TestShareCount(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	v := ledgerItem(t, h, "Approved words.")
	counts := func(want int) {
		t.Helper()
		for _, who := range []advocacy.PersonID{h.Reader, h.Curator} {
			now, err := h.Flow.Item(t.Context(), h.As(who), h.W, v.Item.ID)
			ok(t, err)
			page, _, err := h.Flow.Items(t.Context(), h.As(who), workflow.ItemQuery{Workspace: h.W, Page: workflow.Page{Size: 5}})
			ok(t, err)
			if now.Item.Sharers != want || page[0].Item.Sharers != want || now.Item.Version != v.Item.Version {
				t.Errorf("%s sees %d and %d shared, version %d, want %d, version %d",
					who, now.Item.Sharers, page[0].Item.Sharers, now.Item.Version, want, v.Item.Version)
			}
		}
	}
	v, err := h.Flow.Item(t.Context(), h.As(h.Curator), h.W, v.Item.ID)
	ok(t, err)
	mine := share(t, h, v, "Approved words.")
	ok(t, tryShare(t, h, h.Reader, v, previewShare(t, h, h.Reader, v).Digest))
	counts(0)
	h.Work(t)
	counts(2)
	share(t, h, v, "Approved words.")
	h.Work(t)
	counts(2)
	ok(t, tryRecall(t, h, h.Author, mine))
	ok(t, h.Worker.Recall(t.Context(), publicationJob(h, publications(t, h, mine)[0].ID)))
	counts(2)
}

// TestSharesAreSpread: unedited shares that nobody chose a time for go out at moments of their own
// within the time, those of own words and of a chosen time do not wait, and nothing leaves the
// share window or the sharing hours for it.
func TestSharesAreSpread(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	_, err := h.Flow.UpdateWorkspace(t.Context(), h.As(h.Admin), h.W, workflow.WorkspaceChange{ShareSpread: ptr(60)})
	ok(t, err)
	v := ledgerItem(t, h, "We are hiring.")
	start := h.Clock.Now()
	due := func(p *workflow.PostView, err error) time.Duration {
		t.Helper()
		ok(t, err)
		return publications(t, h, p)[0].DueTime.Sub(start)
	}
	seen := map[time.Duration]bool{}
	for range 20 {
		after := due(ownShare(t, h, v, h.Ledger, time.Time{}))
		if after < 0 || after >= time.Hour {
			t.Fatalf("it goes out %v later", after)
		}
		seen[after] = true
	}
	if len(seen) < 15 {
		t.Errorf("twenty shares go out at %d moments", len(seen))
	}
	if after := due(ownShare(t, h, v, h.Ledger, start.Add(time.Minute))); after != time.Minute {
		t.Errorf("at a chosen time it goes out %v later", after)
	}
	if after := due(h.Approved(t, "My own words.", h.Ledger), nil); after != 0 {
		t.Errorf("own words go out %v later", after)
	}
	end := start.Add(time.Second)
	windowed, err := h.Flow.UpdateItem(t.Context(), h.As(h.Curator), h.W, v.Item.ID, workflow.ItemChange{ShareEnd: &end, Zone: ptr("Europe/Paris")})
	ok(t, err)
	if after := due(ownShare(t, h, windowed, h.Ledger, time.Time{})); after != 0 {
		t.Errorf("it waits %v although its window closes", after)
	}
	// A minute before the hours end there is hardly any room.
	habits(t, h, 0, advocacy.DefaultCalendar)
	other := h.Item(t, "Read this")
	close := paris(t, "2026-11-20 18:00")
	h.Clock.Advance(close.Add(-time.Minute).Sub(h.Clock.Now()))
	for range 20 {
		if after := due(ownShare(t, h, other, h.AuthorWall, time.Time{})); !start.Add(after).Before(close) {
			t.Errorf("it goes out %v after the hours", start.Add(after).Sub(close))
		}
	}
}

// TestACampaignHasItsOwnSpread: an item's own time is in place of the workspace's, longer or none; each share
// keeps its moment, and none leaves the window for it.
func TestACampaignHasItsOwnSpread(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	_, err := h.Flow.UpdateWorkspace(t.Context(), h.As(h.Admin), h.W, workflow.WorkspaceChange{ShareSpread: ptr(10)})
	ok(t, err)
	v := ledgerItem(t, h, "We are hiring.")
	start := h.Clock.Now()
	longest := func() time.Duration {
		t.Helper()
		after := time.Duration(0)
		for range 20 {
			p, err := ownShare(t, h, v, h.Ledger, time.Time{})
			ok(t, err)
			due := publications(t, h, p)[0].DueTime.Sub(start)
			if due < 0 || !v.Item.Share.End.IsZero() && !start.Add(due).Before(v.Item.Share.End) {
				t.Fatalf("it goes out %v later", due)
			}
			after = max(after, due)
		}
		return after
	}
	sets := func(minutes *int) {
		t.Helper()
		v, err = h.Flow.UpdateItem(t.Context(), h.As(h.Curator), h.W, v.Item.ID, workflow.ItemChange{Spread: &minutes})
		ok(t, err)
	}
	if after := longest(); after == 0 || after >= 10*time.Minute {
		t.Errorf("in the workspace's time they go out within %v", after)
	}
	sets(ptr(240))
	if after := longest(); after < time.Hour || after >= 4*time.Hour {
		t.Errorf("in its own time they go out within %v", after)
	}
	end := start.Add(time.Minute)
	v, err = h.Flow.UpdateItem(t.Context(), h.As(h.Curator), h.W, v.Item.ID, workflow.ItemChange{ShareEnd: &end, Zone: ptr("Europe/Paris")})
	ok(t, err)
	longest()
	sets(ptr(0))
	if after := longest(); after != 0 {
		t.Errorf("what is not spread goes out within %v", after)
	}
	sets(nil)
	if v.Item.Spread != nil {
		t.Errorf("the workspace's is %v", *v.Item.Spread)
	}
}

// TestHoursOfOnesOwn: somebody in another place shares in the hours of that place and is counted by its
// days, where the workspace has hours and where it has none; a brand's account and colleagues stay.
func TestHoursOfOnesOwn(t *testing.T) {
	onBoth(t, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) {
		tokyo := advocacy.OfficeHours("Asia/Tokyo")
		_, err := h.Flow.CreateCalendar(t.Context(), h.As(h.Admin), h.W, workflow.CalendarDraft{ID: "tokyo", DisplayName: "Tokyo", Hours: tokyo})
		ok(t, err)
		moves := func(to advocacy.CalendarID) error {
			_, err := h.Flow.UpdateMember(t.Context(), h.As(h.Admin), h.W, h.Author, workflow.MemberChange{ShareCalendar: &to})
			return err
		}
		v := h.Item(t, "Read this")
		share := func(to advocacy.AccountID, at time.Time) func() error {
			return func() error { _, err := ownShare(t, h, v, to, at); return err }
		}
		// A clock in Tokyo, and one in Paris, in the week from the first Monday that is a week away: one
		// of the databases has the world's time.
		week := h.Clock.Now().AddDate(0, 0, 7)
		week = week.AddDate(0, 0, (8-int(week.Weekday()))%7)
		in := func(place string, day, hour int) time.Time {
			zone, err := time.LoadLocation(place)
			ok(t, err)
			return time.Date(week.Year(), week.Month(), week.Day()+day, hour, 0, 0, 0, zone)
		}
		morning, evening := in("Asia/Tokyo", 0, 10), in("Asia/Tokyo", 0, 20)
		refuses(t, h, advocacy.Invalid, "CALENDAR_NOT_FOUND", func() error { return moves("none") })
		ok(t, moves("tokyo"))
		next := in("Asia/Tokyo", 1, 9)
		taken(t, h, "SHARE_OUTSIDE_HOURS", next, share(h.AuthorWall, evening))
		if got := foundIn(t, h, ownDraft(v, h.AuthorWall, evening), "SHARE_OUTSIDE_HOURS"); len(got) != 1 {
			t.Errorf("beforehand it is found %d times", len(got))
		}
		ok(t, share(h.Wall, evening)())
		own := h.Draft(t, "My words", h.AuthorWall)
		taken(t, h, "SHARE_OUTSIDE_HOURS", next, func() error {
			_, err := h.Flow.UpdatePost(t.Context(), h.As(h.Author), h.W, own.Post.ID, workflow.PostChange{PublishTime: &evening, Zone: ptr("Europe/Paris")})
			return err
		})
		refuses(t, h, advocacy.Precondition, "CALENDAR_IN_USE", func() error {
			return h.Flow.DeleteCalendar(t.Context(), h.As(h.Admin), h.W, "tokyo")
		})
		habits(t, h, 1, advocacy.DefaultCalendar)
		ok(t, share(h.AuthorWall, morning)())
		taken(t, h, "SHARE_LIMIT_REACHED", next, share(h.AuthorWall, morning.Add(time.Hour)))
		// In Paris it is the same day, in Tokyo the next one.
		ok(t, share(h.AuthorWall, in("Asia/Tokyo", 1, 10))())
		ok(t, moves(""))
		taken(t, h, "SHARE_OUTSIDE_HOURS", in("Europe/Paris", 2, 9), share(h.AuthorWall, in("Europe/Paris", 1, 20)))
	})
}

// TestSignedInOnesOwnNight: what is signed while its author's hours are over goes out when they begin.
func TestSignedInOnesOwnNight(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	_, err := h.Flow.CreateCalendar(t.Context(), h.As(h.Admin), h.W, workflow.CalendarDraft{
		ID: "tokyo", DisplayName: "Tokyo", Hours: advocacy.OfficeHours("Asia/Tokyo"),
	})
	ok(t, err)
	_, err = h.Flow.UpdateMember(t.Context(), h.As(h.Admin), h.W, h.Author, workflow.MemberChange{ShareCalendar: ptr(advocacy.CalendarID("tokyo"))})
	ok(t, err)
	v := h.Approved(t, "Soon", h.AuthorWall) // on a Friday at ten in Paris, which is six in the evening
	if due := publications(t, h, v)[0].DueTime; !due.Equal(paris(t, "2026-11-23 01:00")) {
		t.Errorf("it goes out at %v", due)
	}
}
