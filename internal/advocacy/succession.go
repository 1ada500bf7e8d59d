package advocacy

// Succession says what became of those who answer for an account when one of them left.
type Succession string

const (
	// SuccessionNone: the person answers for nothing here, or for an account that speaks for himself or
	// herself alone, which nobody takes over.
	SuccessionNone Succession = ""
	// SuccessionPassed: the deputy owns it, and there is no deputy.
	SuccessionPassed Succession = "handed_over"
	// SuccessionDeputyLeft: the owner stays, and there is no deputy.
	SuccessionDeputyLeft Succession = "deputy_left"
	// SuccessionOwnerLeft: nobody answers for it. Its last owner stays on record, and nothing goes out.
	SuccessionOwnerLeft Succession = "owner_left"
	// SuccessionMerged: who answered under a second membership does so under the one that stays.
	SuccessionMerged Succession = "answerer_merged"
)

// Successions lists what can become of an account.
func Successions() []Succession {
	return []Succession{SuccessionPassed, SuccessionDeputyLeft, SuccessionOwnerLeft, SuccessionMerged}
}

// Succeed takes a person who is no active member any more out of those who answer for the account. When
// the person stays under another membership that is what answers. alive tells who is active.
//
// An account that speaks for one person is nobody else's, so it stays as it is.
func (a *SocialAccount) Succeed(gone, stays PersonID, alive func(PersonID) bool) Succession {
	if a.Personal || gone == "" || a.Owner != gone && a.Deputy != gone { // guard: nobody inherits another person's voice
		return SuccessionNone
	}
	if stays != "" && alive(stays) {
		if a.Owner == gone {
			a.Owner = stays
		}
		if a.Deputy == gone {
			a.Deputy = stays
		}
		if a.Deputy == a.Owner { // guard: two memberships of one person are not two who answer
			a.Deputy = ""
		}
		return SuccessionMerged
	}
	heir := a.Deputy
	a.Deputy = ""
	switch {
	case a.Owner != gone && alive(a.Owner):
		return SuccessionDeputyLeft
	case a.Owner == gone && heir != "" && heir != gone && alive(heir): // guard: only who is here takes over
		a.Owner = heir
		return SuccessionPassed
	default:
		return SuccessionOwnerLeft
	}
}

// GuardAnswerers judges who is to answer for an account: a personal one its owner alone
// (DEPUTY_UNEXPECTED), one that speaks for the company an owner and, so that it is never nobody's,
// another person as deputy (DEPUTY_REQUIRED, DEPUTY_IS_OWNER).
func (a *SocialAccount) GuardAnswerers() error {
	const field = "social_account.deputy"
	switch {
	case a.Personal && a.Deputy != "": // guard: nobody speaks for another person
		return InvalidField(field, "DEPUTY_UNEXPECTED", "a personal account speaks for its owner alone and has no deputy; leave it empty")
	case a.Personal:
		return nil
	case a.Deputy == "": // guard: an account has somebody to pass to
		return InvalidField(field, "DEPUTY_REQUIRED",
			"an account that speaks for the company passes to its deputy when its owner leaves; name another active member")
	case a.Deputy == a.Owner: // guard: one person does not answer twice
		return InvalidField(field, "DEPUTY_IS_OWNER", "the deputy takes over when the owner leaves; name somebody other than the owner")
	}
	return nil
}
