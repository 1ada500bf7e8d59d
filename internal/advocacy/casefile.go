package advocacy

import "time"

// CaseKind is what is found to be otherwise than it was signed.
type CaseKind string

const (
	// CaseDiffers: what is shown is not what was signed.
	CaseDiffers CaseKind = "differs"
	// CaseGone: what was published is shown no more, and nobody took it back through us.
	CaseGone CaseKind = "gone"
	// CaseRemains: what was recalled is still shown, a day after its network said that it took
	// it back.
	CaseRemains CaseKind = "remains"
)

// CaseKinds lists every kind of case.
func CaseKinds() []CaseKind { return []CaseKind{CaseDiffers, CaseGone, CaseRemains} }

// CaseState is whether somebody still has to look at a case.
type CaseState string

const (
	// CaseOpen waits for a person.
	CaseOpen CaseState = "open"
	// CaseClosed was answered. Final.
	CaseClosed CaseState = "closed"
)

// CaseStates lists every state of a case.
func CaseStates() []CaseState { return []CaseState{CaseOpen, CaseClosed} }

// CaseResolution is how a case ended.
type CaseResolution string

const (
	// CaseTolerated: it may stay as it is. The same difference opens no other case.
	CaseTolerated CaseResolution = "tolerated"
	// CaseCorrected: it was mended at the network. It is looked at again, and a difference that
	// is still there opens another case.
	CaseCorrected CaseResolution = "corrected"
	// CaseRecalled: it was taken back from the network.
	CaseRecalled CaseResolution = "recalled"
)

// CaseResolutions lists every ending of a case.
func CaseResolutions() []CaseResolution {
	return []CaseResolution{CaseTolerated, CaseCorrected, CaseRecalled}
}

// CaseFile is a case: the work item that a difference between what was signed and what a
// network shows opens. A publication has one open case at most.
type CaseFile struct {
	Workspace   WorkspaceID
	ID          CaseID
	Kind        CaseKind
	Post        PostID
	Publication PublicationID
	Account     AccountID
	Network     Network
	// Signed and Shown are both texts; Shown is empty for what is gone.
	Signed string
	Shown  string
	// Said is what was seen; a difference need not be in the text.
	Said  Answer
	State CaseState
	// Resolution, Reason and Closer are set when it was closed; Closer is nobody when a look
	// found it as it was signed again, or it was taken back.
	Resolution CaseResolution
	Reason     string
	Closer     PersonID
	Version    int64
	CreateTime time.Time
	// SeenTime is when the difference was last seen.
	SeenTime  time.Time
	CloseTime time.Time
}

// Name is the resource name.
func (c *CaseFile) Name() string { return c.Workspace.Name() + "/cases/" + string(c.ID) }

// Close ends the case by a person's word, or by nobody's when a machine saw its end.
func (c *CaseFile) Close(p PersonID, how CaseResolution, reason string, now time.Time) error {
	if c.State != CaseOpen {
		return Refuse("CASE_CLOSED", "this case was closed already")
	}
	c.State, c.Resolution, c.Reason, c.Closer, c.CloseTime = CaseClosed, how, reason, p, now
	return nil
}

// Settles tells whether the case answers for another difference already: a person saw the
// same and let it stand.
func (c *CaseFile) Settles(kind CaseKind, shown string, said Answer) bool {
	return c.State == CaseClosed && c.Resolution == CaseTolerated && c.Kind == kind && c.Shown == shown && c.Said.Same(said)
}

// ShownState is what the last look at a publication found.
type ShownState string

const (
	// ShownUnseen: nobody has looked, or a look could not tell.
	ShownUnseen ShownState = ""
	// ShownSame: the network shows what was signed.
	ShownSame ShownState = "same"
	// ShownDiffers: it shows something else.
	ShownDiffers ShownState = "differs"
	// ShownGone: it shows nothing there any more.
	ShownGone ShownState = "gone"
)

// ShownStates lists every finding of a look.
func ShownStates() []ShownState {
	return []ShownState{ShownUnseen, ShownSame, ShownDiffers, ShownGone}
}
