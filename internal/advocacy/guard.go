package advocacy

import "time"

// maxAhead is how far in the future something may be scheduled.
const maxAhead = 365 * 24 * time.Hour

// GuardPublishTime refuses an instant that is not in the coming year, or that names no
// zone people could check it in. The zero time means as soon as signed.
func GuardPublishTime(field string, t time.Time, zone string, now time.Time) error {
	if t.IsZero() {
		return nil
	}
	if err := GuardZone("time_zone", zone); err != nil {
		return err
	}
	switch {
	case t.Before(now.Add(-time.Minute)):
		return InvalidField(field, "PUBLISH_TIME_PAST", "the time %s is in the past", t.UTC().Format(time.RFC3339))
	case t.After(now.Add(maxAhead)):
		return InvalidField(field, "PUBLISH_TIME_TOO_FAR", "the time %s is more than a year ahead", t.UTC().Format(time.RFC3339))
	default:
		return nil
	}
}

// GuardZone refuses what is no IANA time zone.
func GuardZone(field, zone string) error {
	if zone == "" {
		return InvalidField(field, "TIME_ZONE_REQUIRED", "name the time zone the time was chosen in, such as Europe/Paris")
	}
	if zone == "Local" {
		return InvalidField(field, "TIME_ZONE_UNKNOWN", "%q is no IANA time zone", zone)
	}
	if _, err := time.LoadLocation(zone); err != nil {
		return InvalidField(field, "TIME_ZONE_UNKNOWN", "%q is no IANA time zone", zone)
	}
	return nil
}

// GuardEdit judges whether the actor may change a post that stands at state.
func (p *Post) GuardEdit(actor Actor, state PostState, newRound bool) error {
	if !p.MayWrite(actor.Person) { // guard: only the author and co-authors edit
		return Deny("NOT_A_CONTRIBUTOR", "only the author of this post and its co-authors may change it")
	}
	return guardWritable(state, newRound)
}

// GuardMove judges whether the actor may choose another time for the post. When words go
// out in somebody's name, and with that whether they still do, is that person's to say.
func (p *Post) GuardMove(actor Actor) error {
	if actor.Person != p.Author { // guard: only the author chooses the time
		return Deny("NOT_THE_AUTHOR", "only the author chooses when it goes out in the author's name")
	}
	return nil
}

// guardWritable refuses to have a post written that stands at state.
func guardWritable(state PostState, newRound bool) error {
	switch state {
	case PostWithdrawn:
		return Refuse("POST_WITHDRAWN", "the post was withdrawn; write a new one")
	case PostPublishing:
		return Refuse("POST_PUBLISHING", "a request has begun; wait for its end or recall it")
	case PostPublished, PostPartiallyPublished, PostRecalled, PostFailed:
		if !newRound {
			return Refuse("POST_PUBLISHED", "the post went out; set start_new_round to write a new revision that needs new signatures")
		}
	}
	return nil
}

// changed refuses what somebody asked for who saw another revision than this newest one, which the
// refusal names: its digest, and its name, by which what changed can be read.
func (r *Revision) changed(words string) *Error {
	return Clash("REVISION_CHANGED", "%s", words).With("digest", string(r.Digest)).With("revision", r.Subject.RevisionName(r.Number))
}

// GuardSubmit judges whether the actor may submit the head of a post that stands at
// state, having seen the digest.
func (p *Post) GuardSubmit(actor Actor, head *Revision, state PostState, shown Digest) error {
	if actor.Kind == System || actor.Person != p.Author {
		return Deny("NOT_THE_AUTHOR", "only the author can assent to what goes out in the author's name")
	}
	if shown != head.Digest { // guard: assent names the head's digest
		return head.changed("the post changed since you saw it; look again before you submit")
	}
	return guardSubmitState(state, "post")
}

// GuardSubmitItem judges whether the head of an item that stands at state may be
// submitted by somebody who saw the digest.
func (i *LibraryItem) GuardSubmitItem(head *Revision, state ItemState, shown Digest) error {
	if shown != head.Digest {
		return head.changed("the item changed since you saw it; look again before you submit")
	}
	return guardSubmitState(PostState(state), "item")
}

func guardSubmitState(state PostState, what string) error {
	switch state {
	case PostDraft, PostReviewExpired:
		return nil
	case PostInReview, PostUnroutable, PostApproved:
		return Refuse("REVIEW_OPEN", "the %s is under review already, or signed", what)
	case PostChangesRequested:
		return Refuse("REVIEW_OPEN", "an approver asked for changes; edit the %s, then submit the new revision", what)
	case PostRejected:
		return Refuse("SAME_AS_REJECTED", "exactly these bytes were rejected; edit the %s first", what)
	case PostWithdrawn:
		if what == "item" {
			return Refuse("ITEM_WITHDRAWN", "the item was withdrawn; make a new one")
		}
		return Refuse("POST_WITHDRAWN", "the post was withdrawn; write a new one")
	case PostPublishing:
		return Refuse("POST_PUBLISHING", "a request has begun")
	case PostScheduled:
		return Refuse("REVIEW_OPEN", "the %s is signed and scheduled", what)
	default:
		return Refuse("POST_PUBLISHED", "this revision went out already")
	}
}

// GuardWithdraw judges whether a post that stands at state can still be stopped.
func (p *Post) GuardWithdraw(actor Actor, state PostState) error {
	if actor.Person != p.Author && !actor.Has(RoleAdmin) {
		return Deny("NOT_THE_AUTHOR", "only the author or an admin may withdraw a post")
	}
	switch state {
	case PostWithdrawn:
		return Refuse("POST_WITHDRAWN", "the post was withdrawn already")
	case PostPublishing:
		return Refuse("POST_PUBLISHING", "a request has begun; recall it")
	case PostPublished, PostPartiallyPublished, PostRecalled:
		return Refuse("POST_PUBLISHED", "the post went out; recall it instead")
	default:
		return nil
	}
}

// GuardRecall judges whether there is anything to take back: what a network shows, or will when a request
// that has begun ends well.
func (p *Post) GuardRecall(actor Actor, anyones bool, state PostState) error {
	if actor.Person != p.Author && !anyones {
		return Deny("NOT_THE_AUTHOR", "only the author, or who may recall publications, may take a post back")
	}
	if state != PostPublished && state != PostPartiallyPublished && state != PostPublishing {
		return Refuse("NOTHING_TO_RECALL", "no network shows this post; it is %s", state)
	}
	return nil
}
