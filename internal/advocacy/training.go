package advocacy

import (
	"slices"
	"strings"
	"time"
)

// TrainingID names a training module of a workspace, as its policies do.
type TrainingID string

// TrainingTitle is what a module is called in one language.
type TrainingTitle struct {
	// Language is a BCP 47 tag.
	Language string `json:"language"`
	Title    string `json:"title"`
}

// TrainingModule is something people learn, and for how long they then know it.
type TrainingModule struct {
	Workspace WorkspaceID
	ID        TrainingID
	Titles    []TrainingTitle
	// ValidDays is for how many days a completion is good; 0 is for ever.
	ValidDays int
	// Course is the number of the course in force, 0 while there is none.
	Course     int
	Version    int64
	CreateTime time.Time
	UpdateTime time.Time
}

// Guard refuses a module without a title, or with two in one language (TRAINING_TITLES).
func (m *TrainingModule) Guard() error {
	tags := make([]string, len(m.Titles))
	for i, t := range m.Titles {
		tags[i] = strings.ToLower(t.Language)
	}
	slices.Sort(tags)
	if len(tags) == 0 || len(slices.Compact(tags)) != len(m.Titles) {
		return InvalidField("training_module.titles", "TRAINING_TITLES", "give it one title in each language, and at least one")
	}
	return nil
}

// expiry is until when what was completed at t is good, zero for ever.
func (m *TrainingModule) expiry(t time.Time) time.Time {
	if m.ValidDays == 0 {
		return time.Time{}
	}
	return t.AddDate(0, 0, m.ValidDays)
}

// TrainingRecord is the fact that a person completed a module, as somebody recorded it. It
// is never changed; a revocation is a further record beside it.
type TrainingRecord struct {
	Workspace WorkspaceID
	ID        TrainingRecordID
	Module    TrainingID
	Person    PersonID
	// CompleteTime is when the person completed it and ExpireTime when that is good no more,
	// zero for never.
	CompleteTime time.Time
	ExpireTime   time.Time
	// Recorder is who recorded it, and Key the tool that did for that person, if one did.
	Recorder   PersonID
	Key        KeyID
	CreateTime time.Time
	// Revocation is nil unless it was revoked.
	Revocation *TrainingRevocation
}

// TrainingRevocation takes a record back: it was wrong, or is not to count any more.
type TrainingRevocation struct {
	Revoker PersonID
	Key     KeyID
	Reason  string
	Time    time.Time
}

// Guard judges whether the actor may record this now, and completes the time until when it
// is good. Nobody records his or her own training in a session (OWN_TRAINING): a
// precondition that people give themselves is none. What was completed in the future, or
// is good only until before, is TRAINING_TIME.
func (r *TrainingRecord) Guard(actor Actor, m *TrainingModule, now time.Time) error {
	if actor.Kind == Human && actor.Person == r.Person { // guard: nobody records own training
		return Deny("OWN_TRAINING", "somebody else records your training, or the system in which you completed it")
	}
	if r.CompleteTime.After(now) {
		return InvalidField("training_record.complete_time", "TRAINING_TIME", "nobody has completed it in the future")
	}
	if r.ExpireTime.IsZero() {
		r.ExpireTime = m.expiry(r.CompleteTime)
	}
	if !r.ExpireTime.IsZero() && !r.CompleteTime.Before(r.ExpireTime) {
		return InvalidField("training_record.expire_time", "TRAINING_TIME", "it must be good for some time")
	}
	return nil
}

// Revoke is the revocation of the record. One that was revoked is TRAINING_REVOKED.
func (r *TrainingRecord) Revoke(actor Actor, reason string, now time.Time) error {
	if r.Revocation != nil {
		return Refuse("TRAINING_REVOKED", "this record was revoked already")
	}
	r.Revocation = &TrainingRevocation{Revoker: actor.Person, Key: actor.Key, Reason: reason, Time: now}
	return nil
}

// ValidAt tells whether the record says at t that the person knows the module.
func (r *TrainingRecord) ValidAt(t time.Time) bool {
	return r.Revocation == nil && // guard: revoked training
		(r.ExpireTime.IsZero() || t.Before(r.ExpireTime)) // guard: expired training
}

// Trained lists the modules that a person's records say at t that he or she knows, in
// order.
func Trained(records []TrainingRecord, t time.Time) []TrainingID {
	var known []TrainingID
	for i := range records {
		if records[i].ValidAt(t) {
			known = append(known, records[i].Module)
		}
	}
	slices.Sort(known)
	return slices.Compact(known)
}

// RecordedBy lists the records that were there at t, as they stood then.
func RecordedBy(records []TrainingRecord, t time.Time) []TrainingRecord {
	var then []TrainingRecord
	for _, r := range records {
		if r.CreateTime.After(t) {
			continue
		}
		if r.Revocation != nil && r.Revocation.Time.After(t) {
			r.Revocation = nil
		}
		then = append(then, r)
	}
	return then
}
