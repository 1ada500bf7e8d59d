package advocacy

import (
	"slices"
	"strings"
	"time"
)

// HandleKind is why a name at a network is on the register.
type HandleKind string

const (
	// HandleReserved: it is the company's own, so that nobody else has it.
	HandleReserved HandleKind = "reserved"
	// HandleImpostor: somebody speaks there as if it were the company.
	HandleImpostor HandleKind = "impostor"
)

// HandleKinds lists every kind.
func HandleKinds() []HandleKind { return []HandleKind{HandleReserved, HandleImpostor} }

// HandleStatus is how it stands with a registered handle, as a member says. Each may follow each,
// within the kind.
type HandleStatus string

const (
	// HandleHeld: a reserved one is the company's.
	HandleHeld HandleStatus = "held"
	// HandleReleased: a reserved one was given up.
	HandleReleased HandleStatus = "released"
	// HandleSeen: an impostor was noticed.
	HandleSeen HandleStatus = "seen"
	// HandleReported: the network was told of an impostor.
	HandleReported HandleStatus = "reported"
	// HandleGone: an impostor speaks no more.
	HandleGone HandleStatus = "gone"
)

// HandleStatuses lists every status.
func HandleStatuses() []HandleStatus {
	return append(HandleReserved.statuses(), HandleImpostor.statuses()...)
}

// statuses are those that a kind can have.
func (k HandleKind) statuses() []HandleStatus {
	if k == HandleReserved {
		return []HandleStatus{HandleHeld, HandleReleased}
	}
	return []HandleStatus{HandleSeen, HandleReported, HandleGone}
}

// RegisteredHandle is a name at a network that is no account of the house: one that is kept from
// others, or one of somebody who speaks as the company. It is never deleted; Status says what
// became of it.
type RegisteredHandle struct {
	Workspace WorkspaceID
	ID        HandleID
	// Network is any word, also of a network nothing is published to.
	Network Network
	// Handle is the name as people see it there.
	Handle string
	// Address is where it is seen, or empty.
	Address string
	Kind    HandleKind
	Status  HandleStatus
	// Holder keeps the password of a reserved one; empty for an impostor.
	Holder PersonID
	// Evidence says what shows it; an impostor has some.
	Evidence   string
	Version    int64
	CreateTime time.Time
	UpdateTime time.Time
}

// Name is the handle's resource name.
func (h *RegisteredHandle) Name() string {
	return h.Workspace.Name() + "/registeredHandles/" + string(h.ID)
}

// HandleKey is what two ways to write one handle have in common: nobody tells @Acme from acme.
func HandleKey(handle string) string {
	return strings.ToLower(strings.TrimLeft(strings.TrimSpace(handle), "@ \t\n"))
}

// Speaks tells whether somebody speaks through it as the company, as far as is known.
func (h *RegisteredHandle) Speaks() bool {
	return h != nil && h.Kind == HandleImpostor && h.Status != HandleGone
}

// Guard refuses a handle of which too little is said, or what cannot be. The holder is who holds
// it, nil for nobody. Who gave a handle up need not be here any more.
func (h *RegisteredHandle) Guard(holder *Member) error {
	switch {
	case HandleKey(h.Handle) == "":
		return InvalidField("registered_handle.handle", "HANDLE_INVALID", "the handle is the name people see at the network, such as @acme")
	case !slices.Contains(h.Kind.statuses(), h.Status): // guard: a handle stands as its kind can
		return InvalidField("registered_handle.status", "HANDLE_STATUS", "a handle of the kind %q is one of %v", h.Kind, h.Kind.statuses())
	case h.Kind == HandleReserved && holder == nil, h.Status == HandleHeld && !holder.Active(): // guard: somebody here has the password
		return InvalidField("registered_handle.holder", "HOLDER_INACTIVE", "an active member of this workspace keeps the password of a reserved handle")
	case h.Kind == HandleImpostor && h.Holder != "":
		return InvalidField("registered_handle.holder", "HOLDER_UNEXPECTED", "nobody here has the password of an impostor")
	case h.Kind == HandleImpostor && strings.TrimSpace(h.Evidence) == "": // guard: nobody is called an impostor for nothing
		return InvalidField("registered_handle.evidence", "EVIDENCE_REQUIRED", "say what shows that this is an impostor")
	}
	return nil
}
