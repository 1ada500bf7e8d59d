package advocacy_test

import (
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// world is everything that is true of one post, small enough to be a map key. The rules
// are asked through caseOf and passageOf; the judge of explore_judge_test.go reads the
// world itself.
type world struct {
	head, round, reviewed, tick uint8 // revision, round, the round's revision, clock
	state                       uint8 // of the round, an index of reviewStates
	withDana                    bool  // Dana wrote some of it
	hold, stricter              bool
	legalOf                     uint8 // Lena's role: held, lost, regained
	regained                    uint8 // the minute she got it back
	unlent                      bool  // Lena took back what she lent Paul
	words                       [4]word
	said                        uint8
	withNina, merged            bool     // Nina is there, and turned out to be Dana
	publications                [3]place // by revision
	workers                     [2]worker
}

// word is a decision.
type word struct {
	who, key, verdict     uint8
	round, digest, served uint8 // served is the revision whose bytes were
	minute, tick          uint8
	supersedes            uint8 // its number, counted from 1
	behalf                uint8 // for whom it was said, counted from 1
	machine, wrote, lacks bool  // what was true of who said it, then
}

// place is a publication.
type place struct {
	state, round, epoch uint8
	requests            uint8
}

// worker is what a worker remembers of what it claimed.
type worker struct {
	revision, epoch, phase uint8
}

const (
	idle uint8 = iota
	claimed
	sent
)

const (
	held uint8 = iota
	lost
	regained
)

// The indexes of these slices are what the world holds; index 0 of places is none.
var (
	people       = []advocacy.PersonID{ann, lena, paul, dana, bob, nina}
	keys         = []string{"legal", "pr"}
	verdicts     = advocacy.Verdicts()
	reviewStates = append([]advocacy.ReviewState{""}, advocacy.ReviewStates()...)
	placeStates  = append([]advocacy.PublicationState{""}, advocacy.PublicationStates()...)
	contents     = [][]byte{nil, []byte("one"), []byte("two"), []byte("one")}
	digests      = []advocacy.Digest{"", bytesOf("one"), bytesOf("two"), bytesOf("one")}
	wordIDs      = []advocacy.DecisionID{"1", "2", "3", "4"}
)

// nina is a second membership of Dana's, as it turns out.
const nina advocacy.PersonID = "nina"

// same tells whether two revisions show the same: the third is the first once more.
func same(a, b uint8) bool { return digests[a] == digests[b] }

const (
	signatureLife = 50 * time.Minute
	tickLength    = 100 * time.Minute
)

func indexOf[T comparable](all []T, one T) uint8 {
	for i, x := range all {
		if x == one {
			return uint8(i)
		}
	}
	panic("explorer: unknown value")
}

// instant orders everything: a tick outlives every signature before it.
func instant(tick, minute uint8) time.Time {
	return morning.Add(time.Duration(tick)*tickLength + time.Duration(minute)*time.Minute)
}

func (w *world) now() time.Time { return instant(w.tick, w.said+1) }

// blindness is what the rules are not told, or what a worker forgets to ask: the
// positive controls of the explorer. Only the judge still sees it.
type blindness struct {
	shown, receipts, rounds, head, roles, separation, distinct, floor, expiry, veto, hold, humans bool
	unlent, together, accounts, rolesAtSend, unroutable                                           bool
	recheck, fence, sending, payload, stays                                                       bool
}

var explorerPlan = func(life time.Duration) advocacy.Plan {
	legal, pr := asks("legal", 1), asks("pr", 1)
	legal.TTL, pr.TTL, legal.Rules, pr.Rules = life, life, nil, nil
	return planOf(legal, pr)
}

// The plans are never written to, so every case shares them.
var (
	mortalPlan, immortalPlan = explorerPlan(signatureLife), explorerPlan(0)
	stricterFloor            = planOf(asks("pr", 2))
	explorerSubject          = advocacy.PostSubject(house, aPost)
	explorerPost             = advocacy.Post{Workspace: house, ID: aPost, Author: ann}
	explorerPostWithDana     = advocacy.Post{Workspace: house, ID: aPost, Author: ann, CoAuthors: []advocacy.PersonID{dana}}
	explorerAccount          = advocacy.SocialAccount{ID: "a", Owner: ann, Personal: true, State: advocacy.AccountReady}
	explorerHold             = []advocacy.Hold{{ID: "h", Scope: advocacy.HoldWorkspace}}
)

func (w *world) review(b blindness) *advocacy.Review {
	plan := mortalPlan
	if b.expiry {
		plan = immortalPlan
	}
	return &advocacy.Review{
		Subject: explorerSubject, Round: int(w.round), Revision: int(w.reviewed), Digest: digests[w.reviewed],
		State: reviewStates[w.state], Plan: plan, Assent: advocacy.Assent{Person: ann, Digest: digests[w.reviewed]},
	}
}

func (w *world) members(b blindness) map[advocacy.PersonID]*advocacy.Member {
	all := map[advocacy.PersonID]*advocacy.Member{
		ann: member(ann, advocacy.RoleLegal, advocacy.RolePR), lena: member(lena, advocacy.RoleLegal),
		paul: member(paul, advocacy.RolePR), dana: member(dana, advocacy.RoleLegal, advocacy.RolePR), bob: member(bob),
	}
	switch {
	case b.roles:
		all[bob] = member(bob, advocacy.RoleLegal)
	case w.legalOf == lost:
		all[lena].Roles = nil
	case w.legalOf == regained:
		all[lena].Roles[0].Since = morning.Add(time.Duration(w.regained) * time.Minute)
	}
	if w.withNina {
		all[nina] = member(nina, advocacy.RoleLegal)
	}
	if w.merged {
		all[dana].State, all[dana].MergedInto = advocacy.MemberDisabled, nina
		if b.accounts {
			all[dana].MergedInto = ""
		}
	}
	if b.distinct {
		for _, key := range keys {
			all[dana+advocacy.PersonID(key)] = member(dana, advocacy.RoleLegal, advocacy.RolePR)
		}
	}
	return all
}

// post is the one there is: Dana, where she has a part in it, is its co-author.
func (w *world) post() *advocacy.Post {
	if w.withDana {
		return &explorerPostWithDana
	}
	return &explorerPost
}

func (w *world) contributors() []advocacy.PersonID {
	if w.withDana {
		return []advocacy.PersonID{ann, dana}
	}
	return []advocacy.PersonID{ann}
}

func (w *world) decisions(b blindness) []advocacy.Decision {
	out := make([]advocacy.Decision, 0, len(w.words)+1)
	for i := range w.words[:w.said] {
		s := &w.words[i]
		d := advocacy.Decision{
			Round: int(s.round), ID: wordIDs[i], Digest: digests[s.digest], Requirement: keys[s.key], Role: roleOf(keys[s.key]),
			Person: people[s.who], Verdict: verdicts[s.verdict], Time: instant(s.tick, s.minute),
		}
		if same(s.served, s.digest) || b.receipts {
			d.ViewTime = d.Time
		}
		if s.behalf > 0 {
			d.OnBehalfOf = people[s.behalf-1]
			d.Delegation = loanOf(d.OnBehalfOf)
			if b.together {
				d.Person, d.OnBehalfOf, d.Delegation = d.OnBehalfOf, "", "" // as if she had said it
			}
		}
		if s.supersedes > 0 {
			d.Supersedes = wordIDs[s.supersedes-1]
		}
		if b.rounds {
			d.Round = int(w.round)
		}
		if b.distinct && d.Person == dana {
			d.Person += advocacy.PersonID(d.Requirement)
		}
		if !b.veto || !d.Verdict.Negative() {
			out = append(out, d)
		}
	}
	return out
}

// loanOf is the delegation under which Paul signs for somebody.
func loanOf(p advocacy.PersonID) advocacy.DelegationID { return advocacy.DelegationID("of " + p) }

// loans are what Lena and Ann lent Paul, until Lena takes hers back.
func (w *world) loans(b blindness) map[advocacy.DelegationID]*advocacy.Delegation {
	all := make(map[advocacy.DelegationID]*advocacy.Delegation)
	for _, p := range []advocacy.PersonID{lena, ann} {
		g := &advocacy.Delegation{
			Delegator: p, Delegate: paul, Role: advocacy.RoleLegal, CreateTime: morning, Start: morning, End: instant(9, 0),
		}
		if p == lena && w.unlent && !b.unlent {
			g.RevokeTime = morning
		}
		all[loanOf(p)] = g
	}
	return all
}

func (w *world) caseOf(b blindness) *advocacy.Case {
	c := &advocacy.Case{
		Review: w.review(b), Head: int(w.head), HeadDigest: digests[w.head], Contributors: w.contributors(),
		Decisions: w.decisions(b), Members: w.members(b), Delegations: w.loans(b), Now: w.now(),
	}
	if w.stricter && !b.floor {
		c.Floor = stricterFloor
	}
	if b.separation {
		c.Contributors = nil
	}
	for i := range w.publications {
		s := placeStates[w.publications[i].state]
		begun := s == advocacy.Sending || s == advocacy.Unknown || s == advocacy.Published
		c.Sent = c.Sent || begun && i+1 == int(w.reviewed)
	}
	return c
}

func (w *world) publication(revision uint8) *advocacy.Publication {
	x := &w.publications[revision-1]
	return &advocacy.Publication{
		Post: aPost, Revision: int(revision), Round: int(x.round), Digest: digests[revision], Account: "a",
		State: placeStates[x.state], Epoch: int64(x.epoch),
	}
}

func (w *world) passageOf(revision uint8, b blindness) *advocacy.Passage {
	p := &advocacy.Passage{
		Case: *w.caseOf(b), Post: w.post(), Publication: w.publication(revision), Manifest: contents[revision],
		Account: &explorerAccount,
	}
	if w.hold && !b.hold {
		p.Holds = explorerHold
	}
	if b.rolesAtSend {
		before := *w
		before.legalOf = held
		p.Members = before.members(b)
	}
	p.Author, p.Answerable = p.Members[ann], p.Members[ann]
	return p
}

// postState derives where the post stands.
func (w *world) postState() advocacy.PostState {
	post := advocacy.Post{Head: int(w.head)}
	var review *advocacy.Review
	if w.round > 0 && w.reviewed == w.head {
		review = &advocacy.Review{State: reviewStates[w.state]}
	}
	var publications []advocacy.Publication
	for i := range w.publications {
		if w.publications[i].state > 0 {
			publications = append(publications, *w.publication(uint8(i + 1)))
		}
	}
	return advocacy.StateOf(&post, review, publications)
}

// moveReview moves the round in w, or tells that it cannot.
func moveReview(w *world, to advocacy.ReviewState) bool {
	r := advocacy.Review{State: reviewStates[w.state]}
	if r.Move(to) != nil {
		return false
	}
	w.state = indexOf(reviewStates, to)
	return true
}

// apply moves a publication in w, or tells that it cannot.
func apply(w *world, revision uint8, event advocacy.PublicationEvent) bool {
	x := w.publication(revision)
	if x.Apply(event) != nil {
		return false
	}
	w.publications[revision-1].state = indexOf(placeStates, x.State)
	return true
}

func cancelUnsent(w *world) {
	for i := range w.publications {
		s := placeStates[w.publications[i].state]
		if (s == advocacy.Scheduled || s == advocacy.Claimed) && apply(w, uint8(i+1), advocacy.EventCancel) {
			w.publications[i].epoch++
		}
	}
}
