package advocacy

import "time"

// Delegation lets one person sign under another's role for a while. It reaches one step:
// what somebody may sign for another cannot be passed on.
type Delegation struct {
	Workspace WorkspaceID
	ID        DelegationID
	// Delegator is whose signature it is, Delegate who gives it.
	Delegator PersonID
	Delegate  PersonID
	// Role is the one role it is about.
	Role Role
	// Start is included and End is not. Zone is where both were chosen.
	Start  time.Time
	End    time.Time
	Zone   string
	Reason string
	// Creator is the delegator, or the admin who made it.
	Creator      PersonID
	CreateTime   time.Time
	RevokeTime   time.Time
	Revoker      PersonID
	RevokeReason string
	Version      int64
}

// maxDelegation is how long a delegation may last.
const maxDelegation = 366 * 24 * time.Hour

// Covers tells whether the delegation is in force at t. One that was revoked never is,
// not even for the time before: who takes it back takes back what was signed under it.
func (g *Delegation) Covers(t time.Time) bool {
	return g != nil && g.RevokeTime.IsZero() && !t.Before(g.Start) && t.Before(g.End) // guard: delegation in its interval, not revoked
}

// lets tells whether the delegation is of this role, from the one person to the other.
// There is no second step: what somebody was lent cannot be lent.
func (g *Delegation) lets(delegate, delegator PersonID, role Role) bool {
	return g != nil && g.Delegate == delegate && g.Delegator == delegator && g.Role == role // guard: delegation of this role, one step
}

// Guard judges whether the delegation may be made now, given both persons as they are.
// Nobody gives himself or herself another's signature (SELF_GRANT); the delegator must
// hold the role and the delegate some role that signs (DELEGATION_INVALID).
func (g *Delegation) Guard(delegator, delegate *Member, now time.Time) error {
	switch {
	case g.Creator == g.Delegate:
		return Deny("SELF_GRANT", "nobody takes another's signature; let the delegator or another admin make the delegation")
	case g.Delegator == g.Delegate:
		return InvalidField("delegation.delegate", "DELEGATION_INVALID", "somebody else must stand in")
	case !g.Role.Approver() || !delegator.Holds(g.Role):
		return InvalidField("delegation.role", "DELEGATION_INVALID", "who delegates must hold the role %q", g.Role)
	case !delegate.signs(now):
		return InvalidField("delegation.delegate", "DELEGATION_INVALID", "who stands in must be active and hold a role that signs")
	}
	if err := GuardZone("delegation.time_zone", g.Zone); err != nil {
		return err
	}
	return guardInterval("delegation", g.Start, g.End, now)
}

// guardInterval refuses a time that ends before it begins, is over, or never ends.
func guardInterval(of string, start, end, now time.Time) error {
	switch {
	case !start.Before(end):
		return InvalidField(of+".end_time", "INTERVAL_INVALID", "the end must be after the start")
	case !now.Before(end):
		return InvalidField(of+".end_time", "INTERVAL_INVALID", "the end is in the past")
	case end.Sub(start) > maxDelegation || start.Sub(now) > maxDelegation:
		return InvalidField(of+".end_time", "INTERVAL_INVALID", "it must begin within a year and last no longer than one")
	default:
		return nil
	}
}

// signs tells whether the member is active and holds a role that signs, both without a
// gap since t.
func (m *Member) signs(t time.Time) bool {
	if m == nil {
		return false
	}
	for _, g := range m.Roles {
		if g.Role.Approver() && m.HeldSince(g.Role, t) {
			return true
		}
	}
	return false
}

// Absence says that a person is away. Nobody is asked to sign first who is; whoever is may
// sign all the same.
type Absence struct {
	Workspace  WorkspaceID
	ID         AbsenceID
	Person     PersonID
	Start      time.Time
	End        time.Time
	Zone       string
	Note       string
	Version    int64
	CreateTime time.Time
}

// Guard judges whether the absence may be noted now.
func (a *Absence) Guard(now time.Time) error {
	if err := GuardZone("absence.time_zone", a.Zone); err != nil {
		return err
	}
	return guardInterval("absence", a.Start, a.End, now)
}

// Covers tells whether the person is away at t.
func (a *Absence) Covers(t time.Time) bool { return !t.Before(a.Start) && t.Before(a.End) }

// ReminderCode says why somebody is reminded.
type ReminderCode string

const (
	// RemindDelegated: somebody may sign for another from now on.
	RemindDelegated ReminderCode = "delegation.created"
	// RemindRevoked: a delegation was taken back.
	RemindRevoked ReminderCode = "delegation.revoked"
	// RemindAsked: the person is asked to sign something.
	RemindAsked ReminderCode = "turn.asked"
	// RemindDue: a part of the time to sign has passed.
	RemindDue ReminderCode = "turn.due"
	// RemindEscalated: something that others should sign takes long.
	RemindEscalated ReminderCode = "turn.escalated"
	// RemindUnattended: everybody who could sign something is away, and an admin has to see to it.
	RemindUnattended ReminderCode = "turn.unattended"
	// RemindHandedOver: something waits for the person to publish it by hand.
	RemindHandedOver ReminderCode = "handoff.waits"
	// RemindHandoffOver: the time to publish it by hand, and to say so, is over.
	RemindHandoffOver ReminderCode = "handoff.over"
	// RemindAttestation: somebody has to vouch for an account the person answers for before long.
	RemindAttestation ReminderCode = "attestation.due"
	// RemindAttestationOver: nobody vouches for the account any more, and nothing goes out through it.
	RemindAttestationOver ReminderCode = "attestation.over"
	// RemindAccountPassed: the owner of an account left, and the person, its deputy, owns it now.
	RemindAccountPassed ReminderCode = "account.handed_over"
	// RemindDeputyLeft: the deputy of an account the person owns left, and another is to be named.
	RemindDeputyLeft ReminderCode = "account.deputy_left"
	// RemindOwnerLeft: nobody answers for an account any more, and an administrator has to name who does.
	RemindOwnerLeft ReminderCode = "account.owner_left"
	// RemindDeputyMissing: an account has nobody to pass to, and who may change accounts has to name one.
	RemindDeputyMissing ReminderCode = "account.deputy_missing"
	// RemindGrantorLeft: who gave an account's token left, and it is to be connected anew.
	RemindGrantorLeft ReminderCode = "account.grantor_left"
	// RemindTimeMissed: the last signature came after the time that was chosen, and the author has to
	// choose another.
	RemindTimeMissed ReminderCode = "post.time_missed"
	// RemindUnknown: nobody has said yet what became of a publication whose end is not known.
	RemindUnknown ReminderCode = "publication.unknown"
)

// ReminderCodes lists every reason to remind somebody.
func ReminderCodes() []ReminderCode {
	return []ReminderCode{
		RemindDelegated, RemindRevoked, RemindAsked, RemindDue, RemindEscalated, RemindUnattended, RemindHandedOver, RemindHandoffOver,
		RemindAttestation, RemindAttestationOver, RemindAccountPassed, RemindDeputyLeft, RemindOwnerLeft, RemindDeputyMissing,
		RemindGrantorLeft, RemindTimeMissed, RemindUnknown,
	}
}

// Reminder is what one person is to be told. It decides nothing; the same one is kept
// once, however often its reason is found.
type Reminder struct {
	Workspace WorkspaceID
	ID        ReminderID
	Person    PersonID
	Code      ReminderCode
	// Subject is the resource name of what it is about.
	Subject string
	// Dedup is the same for reminders that would say the same.
	Dedup      string
	DueTime    time.Time
	CreateTime time.Time
}
