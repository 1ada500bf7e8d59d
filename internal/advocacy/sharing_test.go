package advocacy_test

import (
	"testing"
	"time"
	_ "time/tzdata" // a bare container has no zones of its own

	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// TestAgenda holds that the free time is the first one from the asked for on, minute by
// minute, that is within the hours and on a day with room, and says what is in the way.
func TestAgenda(t *testing.T) {
	t.Parallel()
	// Days without a midnight, with two, and one that never was.
	starts := map[string]time.Time{
		"UTC":              time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC),
		"Europe/Paris":     time.Date(2026, 10, 24, 20, 0, 0, 0, time.UTC),
		"America/Asuncion": time.Date(2024, 10, 6, 0, 0, 0, 0, time.UTC),
		"America/Havana":   time.Date(2026, 11, 1, 2, 0, 0, 0, time.UTC),
		"Pacific/Apia":     time.Date(2011, 12, 30, 4, 0, 0, 0, time.UTC),
	}
	rapid.Check(t, func(rt *rapid.T) {
		name := rapid.SampledFrom([]string{"UTC", "Europe/Paris", "America/Asuncion", "America/Havana", "Pacific/Apia"}).Draw(rt, "zone")
		zone, err := time.LoadLocation(name)
		if err != nil {
			rt.Fatal(err)
		}
		start := starts[name].Add(time.Duration(rapid.IntRange(0, 1440).Draw(rt, "minute")) * time.Minute)
		a := &advocacy.Agenda{DailyLimit: rapid.IntRange(0, 3).Draw(rt, "limit"), Zone: zone}
		within := func(time.Time) bool { return true }
		if opens := rapid.IntRange(0, 23).Draw(rt, "opens"); opens > 0 {
			within = func(at time.Time) bool { return at.In(zone).Hour() >= opens }
			a.Open = func(at time.Time) (time.Time, error) {
				for !within(at) {
					at = at.Add(time.Minute)
				}
				return at, nil
			}
		}
		agendas := []*advocacy.Agenda{a}
		for range rapid.IntRange(0, 2).Draw(rt, "persons") {
			one := *a
			one.Taken = nil
			for _, m := range rapid.SliceOfN(rapid.IntRange(-1440, 4*1440), 0, 9).Draw(rt, "taken") {
				one.Taken = append(one.Taken, start.Add(time.Duration(m)*time.Minute))
			}
			agendas = append(agendas, &one)
		}
		room := func(at time.Time) bool {
			for _, of := range agendas {
				n := 0
				for _, other := range of.Taken {
					if other.In(zone).Format(time.DateOnly) == at.In(zone).Format(time.DateOnly) {
						n++
					}
				}
				if a.DailyLimit > 0 && n >= a.DailyLimit {
					return false
				}
			}
			return true
		}
		slot, err := advocacy.Together(agendas, start)
		if err != nil {
			rt.Fatal(err)
		}
		want := start
		for !within(want) || !room(want) {
			want = want.Add(time.Minute)
		}
		if !slot.Time.Equal(want) || slot.Outside == within(start) || slot.Full == room(start) {
			rt.Errorf("%+v at %v, want %v", slot, start, want)
		}
		if day := a.Day(start); day.After(start) || day.In(zone).Format(time.DateOnly) != start.In(zone).Format(time.DateOnly) ||
			day.Add(-time.Minute).In(zone).Format(time.DateOnly) == start.In(zone).Format(time.DateOnly) {
			rt.Errorf("the day of %v begins at %v", start, day)
		}
	})
}

// TestTogether: in two places there is an hour for both, told in the zone of the first, and where there
// is none that is said.
func TestTogether(t *testing.T) {
	t.Parallel()
	hours := func(name string, opens, closes int) *advocacy.Agenda {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		return &advocacy.Agenda{Zone: zone, Open: func(at time.Time) (time.Time, error) {
			for at.In(zone).Hour() < opens || at.In(zone).Hour() >= closes {
				at = at.Add(time.Minute)
			}
			return at, nil
		}}
	}
	at := time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)
	slot, err := advocacy.Together([]*advocacy.Agenda{hours("Asia/Tokyo", 9, 18), hours("Europe/Paris", 9, 18)}, at)
	if got := slot.Time.Format(time.DateTime); err != nil || got != "2026-11-28 17:00:00" || !slot.Outside || slot.Full {
		t.Errorf("%+v: %v", slot, err)
	}
	if slot, err := advocacy.Together(nil, at); err != nil || !slot.Free() || !slot.Time.Equal(at) {
		t.Errorf("nobody: %+v, %v", slot, err)
	}
	_, err = advocacy.Together([]*advocacy.Agenda{hours("Asia/Tokyo", 9, 12), hours("Europe/Paris", 9, 12)}, at)
	if advocacy.ReasonOf(err) != "SHARE_OUTSIDE_HOURS" {
		t.Errorf("never: %v", err)
	}
}

// TestOwnHours: who has a calendar shares in that, and everybody else in the workspace's.
func TestOwnHours(t *testing.T) {
	t.Parallel()
	k := advocacy.Sharing{DailyLimit: 2, Calendar: "hq"}
	for want, m := range map[advocacy.CalendarID]*advocacy.Member{"hq": {}, "tokyo": {ShareCalendar: "tokyo"}} {
		if got := k.Of(m); got.Calendar != want || got.DailyLimit != 2 {
			t.Errorf("%+v: %+v", m, got)
		}
	}
	if k.Of(nil) != k || (advocacy.Sharing{}).Limits() || !(advocacy.Sharing{OwnHours: true}).Limits() {
		t.Error("nobody's hours, or anybody's")
	}
}

// TestSlotGuard: what is in the way is named, and when nothing is.
func TestSlotGuard(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)
	for slot, reason := range map[advocacy.Slot]string{
		{Time: at}:                            "",
		{Time: at, Outside: true}:             "SHARE_OUTSIDE_HOURS",
		{Time: at, Full: true}:                "SHARE_LIMIT_REACHED",
		{Time: at, Outside: true, Full: true}: "SHARE_OUTSIDE_HOURS",
	} {
		if got := advocacy.ReasonOf(slot.Guard()); got != reason {
			t.Errorf("%+v: %q", slot, got)
		}
	}
}
