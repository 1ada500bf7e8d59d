package advocacy

import (
	"cmp"
	"slices"
	"time"
)

// ReviewState is where one round of sign-off stands.
type ReviewState string

const (
	// ReviewOpen: signatures are missing. Submit sets it; a lost signature sets it again.
	ReviewOpen ReviewState = "open"
	// ReviewChangesRequested: an approver asked for changes. A new revision supersedes
	// the round; an approval by the objector's role clears the objection.
	ReviewChangesRequested ReviewState = "changes_requested"
	// ReviewApproved: the counting function was satisfied. A retraction reopens it.
	ReviewApproved ReviewState = "approved"
	// ReviewRejected: a veto on these bytes. Nothing leaves it but a new revision.
	ReviewRejected ReviewState = "rejected"
	// ReviewSuperseded: a newer revision or round took its place. Final.
	ReviewSuperseded ReviewState = "superseded"
	// ReviewExpired: time ran out before everybody signed. Final.
	ReviewExpired ReviewState = "expired"
	// ReviewWithdrawn: the subject was withdrawn. Final.
	ReviewWithdrawn ReviewState = "withdrawn"
	// ReviewUnroutable: a requirement nobody eligible can meet. An admin mends the roles
	// or the policy, then the round opens.
	ReviewUnroutable ReviewState = "unroutable"
)

// ReviewStates lists every state of a review.
func ReviewStates() []ReviewState {
	return []ReviewState{
		ReviewOpen, ReviewChangesRequested, ReviewApproved, ReviewRejected,
		ReviewSuperseded, ReviewExpired, ReviewWithdrawn, ReviewUnroutable,
	}
}

// Live tells whether the round can still change by a decision.
func (s ReviewState) Live() bool {
	return s == ReviewOpen || s == ReviewChangesRequested || s == ReviewApproved || s == ReviewUnroutable
}

// Review is one round of sign-off on one revision, with its frozen plan.
type Review struct {
	Subject Subject
	// Round counts from 1 within the subject.
	Round    int
	Revision int
	Digest   Digest
	State    ReviewState
	Plan     Plan
	Policy   PolicyRef
	Origin   Origin
	Assent   Assent
	// Library is the chain of an unedited share to human decisions, nil otherwise.
	Library *LibraryChain
	// Expedited: the author asked for the expedited route of the policy, and got it.
	Expedited bool
	// ExpediteReason is why the author says that it cannot wait.
	ExpediteReason string
	// FailedRules could not be evaluated when the round opened; what an error asks for was
	// added to the plan.
	FailedRules []string
	// Links are what was found of the links when the round was routed, if the policy spoke
	// about it: whoever routes the round again reads the same.
	Links []LinkCheck
	// Pins are where the links led when the round opened, and what was found since: what is
	// signed is signed for that.
	Pins []LinkPin
	// Lexicon is the number of the lexicon revision the round was opened under, 0 for none.
	Lexicon int
	// Disclosures is the number of the revision of the workspace's disclosure rules the round
	// was opened under, 0 for none.
	Disclosures int
	Version     int64
	OpenTime    time.Time
	ExpireTime  time.Time
	CloseTime   time.Time
}

// Assent is the author's word that exactly these bytes may go out in his or her name:
// the submit that named the digest.
type Assent struct {
	Person PersonID
	// Key is set when a machine submitted; that is no person's assent.
	Key    KeyID
	Digest Digest
	Time   time.Time
}

// LibraryChain names the item revision, and the human decisions on it, that stand
// behind an unedited share.
type LibraryChain struct {
	Item      ItemID       `json:"item"`
	Revision  int          `json:"revision"`
	Round     int          `json:"round"`
	Digest    Digest       `json:"digest"`
	Decisions []DecisionID `json:"decisions"`
}

// PolicyRef names one revision of a routing policy.
type PolicyRef struct {
	Policy   string
	Revision int
}

// RequirementKind says what can satisfy a requirement.
type RequirementKind string

const (
	// RequireHumans asks for the signatures of persons holding a role.
	RequireHumans RequirementKind = "human"
	// RequireLibrary asks that an item revision in force, signed by humans, stands behind
	// every target.
	RequireLibrary RequirementKind = "library"
)

// Requirement is one thing a plan asks for. Its Key is its identity within the plan.
type Requirement struct {
	Key    string          `json:"key"`
	Kind   RequirementKind `json:"kind"`
	Role   Role            `json:"role,omitempty"`
	Quorum int             `json:"quorum"`
	// Stage orders requirements; equal numbers run in parallel.
	Stage int  `json:"stage"`
	Veto  bool `json:"veto,omitempty"`
	// TTL is how long a signature counts; zero means as long as the review lives.
	TTL time.Duration `json:"ttl,omitempty"`
	// SLA is by when it should be signed. It reminds and escalates, and decides nothing.
	SLA SLA `json:"sla,omitzero"`
	// StepUp asks whoever signs for a fresh proof of who he or she is.
	StepUp bool `json:"step_up,omitempty"`
	// Exclude says who cannot sign besides the contributors, sorted.
	Exclude []Exclusion `json:"exclude,omitempty"`
	// SuggesterSigns lets a person sign whose suggested words the author took as they were.
	SuggesterSigns bool `json:"suggester_signs,omitempty"`
	// Rules are the ids of the rules that asked, with their own words.
	Rules []RuleReason `json:"rules"`
}

// RuleIDs are the rules that asked, each once.
func (r Requirement) RuleIDs() []string {
	var ids []string
	for _, reason := range r.Rules {
		if !slices.Contains(ids, reason.Rule) {
			ids = append(ids, reason.Rule)
		}
	}
	return ids
}

// SLA is how much working time a turn may take; zero Business sets no time.
type SLA struct {
	Business time.Duration `json:"business"`
	// Calendar names the calendar that says what working time is, empty for the
	// workspace's own.
	Calendar string `json:"calendar,omitempty"`
	// Ladder is what happens on the way and after, in order of Percent.
	Ladder []Rung `json:"ladder,omitempty"`
}

// Rung is one step of an escalation: what happens when a share of the SLA has passed. No
// rung ever decides anything.
type Rung struct {
	// Percent of the working time, 100 when it is over.
	Percent int      `json:"percent"`
	Do      RungDeed `json:"do"`
	// Role is whom it tells, for those that tell others. One that assigns asks another holder of the
	// requirement's own role: time gives nobody the right to sign.
	Role Role `json:"role,omitempty"`
}

// RungDeed is what a rung does.
type RungDeed string

const (
	// RungRemind reminds whose turn it is.
	RungRemind RungDeed = "remind"
	// RungAssign asks one more person who may sign.
	RungAssign RungDeed = "assign"
	// RungNotify tells the holders of another role.
	RungNotify RungDeed = "notify"
)

// RungDeeds lists what rungs can do.
func RungDeeds() []RungDeed { return []RungDeed{RungRemind, RungAssign, RungNotify} }

// Exclusion is a relation to a contributor that keeps a person from signing.
type Exclusion string

const (
	// ExcludeManagers: whoever a contributor reports to, directly or through others, and
	// whoever reports to a contributor.
	ExcludeManagers Exclusion = "manager_chain"
	// ExcludeTeam: whoever shares a group with a contributor.
	ExcludeTeam Exclusion = "same_team"
)

// Exclusions lists every exclusion.
func Exclusions() []Exclusion { return []Exclusion{ExcludeManagers, ExcludeTeam} }

// Plan is what a review asks for, frozen when it opened.
type Plan struct {
	Requirements []Requirement `json:"requirements"`
}

// Clone returns a plan that shares with p nothing that can be changed in place.
func (p Plan) Clone() Plan {
	out := Plan{Requirements: slices.Clone(p.Requirements)}
	for i := range out.Requirements {
		r := &out.Requirements[i]
		r.SLA.Ladder, r.Exclude, r.Rules = slices.Clone(r.SLA.Ladder), slices.Clone(r.Exclude), slices.Clone(r.Rules)
	}
	return out
}

// Find returns the requirement with the key.
func (p Plan) Find(key string) (Requirement, bool) {
	i := slices.IndexFunc(p.Requirements, func(r Requirement) bool { return r.Key == key })
	if i < 0 {
		return Requirement{}, false
	}
	return p.Requirements[i], true
}

// Join returns what both plans ask for: the union of their requirements, and for one
// that both name the higher quorum, the shorter life of a signature, the earlier stage,
// the shorter SLA, everybody whom either excludes, and a veto or a step-up if either
// asks for one. It never asks for fewer signatures than either: two requirements that share a
// key and ask for different roles stay two. A look that shall come last has a key of its own,
// so that the earlier stage does not take its place.
func (p Plan) Join(q Plan) Plan {
	out := Plan{Requirements: slices.Clone(p.Requirements)}
	for _, r := range q.Requirements {
		i := slices.IndexFunc(out.Requirements, func(o Requirement) bool { return o.same(r) })
		if i < 0 {
			out.Requirements = append(out.Requirements, r)
			continue
		}
		out.Requirements[i] = out.Requirements[i].join(r)
	}
	return out
}

// FindJoined returns what Join asks for under the key, without joining the rest: each signature is
// counted by its own requirement, several times in a decision.
func (p Plan) FindJoined(q Plan, key string) (Requirement, bool) {
	r, known := p.Find(key)
	for _, o := range q.Requirements {
		switch {
		case o.Key != key:
		case !known:
			r, known = o, true
		case r.same(o):
			r = r.join(o)
		}
	}
	return r, known
}

func (r Requirement) same(o Requirement) bool {
	return r.Key == o.Key && r.Kind == o.Kind && r.Role == o.Role
}

func (r Requirement) join(o Requirement) Requirement {
	r.Quorum = max(r.Quorum, o.Quorum)
	r.Stage = min(r.Stage, o.Stage)
	r.Veto = r.Veto || o.Veto
	if r.TTL == 0 || (o.TTL != 0 && o.TTL < r.TTL) {
		r.TTL = o.TTL
	}
	r.SLA = r.SLA.join(o.SLA)
	r.StepUp = r.StepUp || o.StepUp
	r.Exclude = union(r.Exclude, o.Exclude)
	r.SuggesterSigns = r.SuggesterSigns && o.SuggesterSigns
	r.Rules = slices.Clone(r.Rules)
	for _, reason := range o.Rules {
		if !slices.Contains(r.Rules, reason) {
			r.Rules = append(r.Rules, reason)
		}
	}
	return r
}

// join returns the shorter of two times, in the calendar it was written for, with the
// rungs of both. Of two equally short ones the calendar that sorts first wins, so that
// the order of rules does not matter.
func (s SLA) join(o SLA) SLA {
	ladder := slices.Concat(s.Ladder, o.Ladder)
	slices.SortFunc(ladder, func(a, b Rung) int {
		return cmp.Or(a.Percent-b.Percent, cmp.Compare(a.Do, b.Do), cmp.Compare(a.Role, b.Role))
	})
	shorter := o.Business > 0 && (o.Business < s.Business || o.Business == s.Business && o.Calendar < s.Calendar)
	if s.Business <= 0 || shorter {
		s.Business, s.Calendar = o.Business, o.Calendar
	}
	s.Ladder = slices.Compact(ladder)
	return s
}

// union returns both sorted lists as one, nil when both are empty.
func union[T cmp.Ordered](a, b []T) []T {
	return slices.Compact(slices.Sorted(slices.Values(slices.Concat(a, b))))
}

// Verdict is what one person says about one requirement of one digest.
type Verdict string

const (
	// Approve signs the requirement.
	Approve Verdict = "approve"
	// RequestChanges says no for now and names what to change.
	RequestChanges Verdict = "request_changes"
	// Reject says no to these bytes for good; it needs a requirement with a veto.
	Reject Verdict = "reject"
	// Retract takes back the person's own earlier decision in the round.
	Retract Verdict = "retract"
	// Recuse declares that the person will not decide on this subject.
	Recuse Verdict = "recuse"
)

// Verdicts lists every verdict.
func Verdicts() []Verdict { return []Verdict{Approve, RequestChanges, Reject, Retract, Recuse} }

// Negative tells whether the verdict is an objection, which needs a reason and
// survives new revisions.
func (v Verdict) Negative() bool { return v == RequestChanges || v == Reject }

// Decision is one verdict by one person on one digest. It is never changed; a later
// one may supersede it.
type Decision struct {
	Subject     Subject
	Round       int
	ID          DecisionID
	Digest      Digest
	Requirement string
	// Role is the role of the requirement, under which the person decided.
	Role    Role
	Person  PersonID
	Session string
	Verdict Verdict
	Reason  string
	Policy  PolicyRef
	// SteppedUp tells whether the person had just proved again who he or she is.
	SteppedUp bool
	// Supersedes is the person's earlier decision that this one replaces or takes back.
	Supersedes DecisionID
	Time       time.Time
	// ViewTime is when the person had been served these bytes, zero when never. It is read
	// from the receipts, not kept with the decision.
	ViewTime time.Time
	// OnBehalfOf is whose signature it is when somebody gave it for another, by the
	// Delegation; empty otherwise.
	OnBehalfOf PersonID
	Delegation DelegationID
}
