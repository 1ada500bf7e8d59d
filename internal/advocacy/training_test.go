package advocacy_test

import (
	"slices"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// TestTrainingModuleGuard: a module has a title in some language, and one in each.
func TestTrainingModuleGuard(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		languages []string
		reason    string
	}{
		"two": {[]string{"en", "fr"}, ""}, "none": {nil, "TRAINING_TITLES"}, "one twice": {[]string{"fr", "en", "FR"}, "TRAINING_TITLES"},
	} {
		m := advocacy.TrainingModule{}
		for _, tag := range c.languages {
			m.Titles = append(m.Titles, advocacy.TrainingTitle{Language: tag, Title: "T"})
		}
		if got := advocacy.ReasonOf(m.Guard()); got != c.reason {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// TestTrainingRecordGuard: others record what was completed, and the module says for how
// long that is good unless the record does.
func TestTrainingRecordGuard(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	yearly, ever := &advocacy.TrainingModule{ValidDays: 365}, &advocacy.TrainingModule{}
	boss := advocacy.Actor{Kind: advocacy.Human, Person: "boss"}
	for name, c := range map[string]struct {
		actor            advocacy.Actor
		module           *advocacy.TrainingModule
		complete, expire time.Time
		reason           string
		expires          time.Time
	}{
		"as the module says":  {boss, yearly, now, time.Time{}, "", now.AddDate(0, 0, 365)},
		"for ever":            {boss, ever, now, time.Time{}, "", time.Time{}},
		"as the record says":  {boss, yearly, now, now.Add(time.Hour), "", now.Add(time.Hour)},
		"one's own":           {advocacy.Actor{Kind: advocacy.Human, Person: "ana"}, ever, now, time.Time{}, "OWN_TRAINING", time.Time{}},
		"a tool of one's own": {advocacy.Actor{Kind: advocacy.Machine, Person: "ana", Key: "k"}, ever, now, time.Time{}, "", time.Time{}},
		"in the future":       {boss, ever, now.Add(time.Second), time.Time{}, "TRAINING_TIME", time.Time{}},
		"for no time":         {boss, ever, now, now, "TRAINING_TIME", now},
	} {
		r := &advocacy.TrainingRecord{Person: "ana", CompleteTime: c.complete, ExpireTime: c.expire}
		if got := advocacy.ReasonOf(r.Guard(c.actor, c.module, now)); got != c.reason || !r.ExpireTime.Equal(c.expires) {
			t.Errorf("%s: %q, good until %v", name, got, r.ExpireTime)
		}
	}
}

// TestTrained: what expired or was revoked does not count; and what was known at an instant
// is what had been recorded by then.
func TestTrained(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	ever := advocacy.TrainingRecord{Module: "ever", CreateTime: now}
	over := advocacy.TrainingRecord{Module: "over", CreateTime: now, ExpireTime: now.Add(time.Hour)}
	wrong := advocacy.TrainingRecord{Module: "wrong", CreateTime: now}
	if err := wrong.Revoke(advocacy.Actor{Person: "boss"}, "a mistake", now.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := wrong.Revoke(advocacy.Actor{}, "again", now); advocacy.ReasonOf(err) != "TRAINING_REVOKED" {
		t.Errorf("revoked twice: %v", err)
	}
	all := []advocacy.TrainingRecord{wrong, over, ever, ever}
	same := func(what string, got []advocacy.TrainingID, want ...advocacy.TrainingID) {
		t.Helper()
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	same("in time", advocacy.Trained(all, now), "ever", "over")
	same("later", advocacy.Trained(all, now.Add(time.Hour)), "ever")
	same("as it was known", advocacy.Trained(advocacy.RecordedBy(all, now), now), "ever", "over", "wrong")
	same("once it was revoked", advocacy.Trained(advocacy.RecordedBy(all, now.Add(time.Hour)), now), "ever", "over")
	same("before anything was recorded", advocacy.Trained(advocacy.RecordedBy(all, now.Add(-time.Second)), now))
}
