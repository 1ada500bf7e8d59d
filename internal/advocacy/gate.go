package advocacy

import "slices"

// Passage is everything the gate looks at in the instant before a request begins, read
// in the transaction that commits the intent.
type Passage struct {
	Case
	Post        *Post
	Publication *Publication
	// Manifest is the stored bytes of the revision; Target is parsed from them, so what is
	// sent is a function of what was signed.
	Manifest []byte
	Author   *Member
	// Answerable is the owner of the account, who answers for what appears on it.
	Answerable *Member
	Account    *SocialAccount
	// Holds are the active ones, and those that were lifted after the publication was due.
	Holds []Hold
	// Bearing is what the holds look at.
	Bearing Bearing
	// Gone: the library item that the post was made from, in other words than its own, was withdrawn
	// since. What stands behind an unedited share is part of the Case.
	Gone bool
}

// Blockers lists what is in the way of sending now. Nothing goes out while it is not
// empty; it is the same list people are shown.
func (p *Passage) Blockers() []Blocker {
	var out []Blocker
	add := func(blocked bool, code, subject string) {
		if blocked {
			out = append(out, Blocker{Code: code, Subject: subject})
		}
	}
	x := p.Publication
	for i := range p.Holds {
		add(p.Holds[i].Stops(x, p.Bearing), BlockHold, string(p.Holds[i].ID)) // guard: hold
	}
	for i := range p.Holds {
		add(p.Holds[i].Missed(x, p.Bearing), BlockHeldPastDue, string(p.Holds[i].ID)) // guard: a hold that is lifted sends nothing late
	}
	add(p.Post.Withdrawn, BlockWithdrawn, "")
	add(p.Gone, BlockItemWithdrawn, "")         // guard: nothing of a withdrawn item goes out
	add(x.Revision != p.Head, BlockNotHead, "") // guard: head at send
	add(x.Round != p.Review.Round || p.Review.State != ReviewApproved, BlockReviewClosed, "")
	add(!p.bytesHold(), BlockBytes, "") // guard: digest recomputed
	add(!p.assented(), BlockAssent, string(p.Post.Author))
	add(!p.Author.Active(), BlockAuthorInactive, string(p.Post.Author)) // guard: author active
	add(!p.accountReady(), BlockAccount, string(x.Account))
	add(p.Account != nil && !p.Account.Attested(p.Now), BlockAttestation, string(x.Account)) // guard: nothing goes out through an account nobody vouches for
	add(p.Now.Before(x.DueTime) || p.windowOver(), BlockWindow, "")                          // guard: window
	if tally := p.Tally(); !tally.Satisfied {                                                // guard: counted again at send
		out = append(out, tally.Blockers...)
	}
	return out
}

// Explain lists what is in the way apart from the time, as people are told it: of a round
// that still runs, the count says what is missing, and not that it is no yes yet.
func (p *Passage) Explain() []Blocker {
	running := p.Review.State != ReviewApproved && p.Review.State.Live()
	return slices.DeleteFunc(p.Blockers(), func(b Blocker) bool {
		return b.Code == BlockWindow && !p.windowOver() || b.Code == BlockReviewClosed && running
	})
}

// bytesHold tells whether one digest names the stored bytes, the revision under review,
// the head, and the publication.
func (p *Passage) bytesHold() bool {
	d := DigestOf(p.Manifest)
	return d == p.Publication.Digest && d == p.Review.Digest && d == p.HeadDigest
}

// assented tells whether the author submitted exactly these bytes. A machine's submit
// is enough for a brand's account, never for a personal one.
func (p *Passage) assented() bool {
	a := p.Review.Assent
	if a.Person != p.Post.Author || a.Digest != p.Publication.Digest { // guard: author's assent
		return false
	}
	if p.Account == nil || !p.Account.Personal {
		return true
	}
	return a.Key == "" && p.Account.Owner == p.Post.Author
}

func (p *Passage) accountReady() bool {
	return p.Account != nil && p.Account.State == AccountReady && p.Answerable.Active()
}

func (p *Passage) windowOver() bool {
	end := p.Publication.EndTime
	return !end.IsZero() && !p.Now.Before(end)
}

// Verdict of the gate: what becomes of a publication that may not be sent now.
type GateVerdict int

const (
	// GateSend: nothing is in the way.
	GateSend GateVerdict = iota
	// GateWait: what is in the way can pass; look again.
	GateWait
	// GateExpire: its window is over.
	GateExpire
	// GateCancel: what allowed it is gone; it takes new signatures or a new post.
	GateCancel
)

// Judge says what the gate does, and the code of the first thing in the way. What waits
// could still go out by itself, so only a hold, the time, what a person says after a hold, an account being mended
// and one to be vouched for wait; and whatever waits is judged afresh in full later.
func (p *Passage) Judge() (GateVerdict, string) {
	blockers := p.Blockers()
	if len(blockers) == 0 {
		return GateSend, ""
	}
	for _, b := range blockers {
		switch b.Code {
		case BlockHold, BlockHeldPastDue, BlockWindow, BlockAccount, BlockAttestation:
		default:
			return GateCancel, b.Code
		}
	}
	if p.windowOver() {
		return GateExpire, BlockWindow
	}
	return GateWait, blockers[0].Code
}
