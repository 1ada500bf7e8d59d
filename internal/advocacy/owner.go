package advocacy

import "slices"

// GuardTransfer refuses that the actor gives the item to somebody else. Its owner may, and who
// may transfer any item (NOT_THE_OWNER).
func (i *LibraryItem) GuardTransfer(actor Actor, mayAny bool) error {
	switch {
	case i.Withdrawn:
		return Refuse("ITEM_WITHDRAWN", "the item was withdrawn; nobody needs to answer for it")
	case actor.Person != i.Owner && !mayAny: // guard: only the owner, or who may transfer any, gives an item away
		return Deny("NOT_THE_OWNER", "only the owner gives an item to somebody else; ask him or her, or an admin")
	default:
		return nil
	}
}

// Transfer makes another member answer for the item, an active one who may change items
// (NEW_OWNER_INVALID).
func (i *LibraryItem) Transfer(to *Member, mayUpdate bool) error {
	if !to.Active() || !mayUpdate || to.Person == i.Owner { // guard: an owner can look after the item
		return InvalidField("owner", "NEW_OWNER_INVALID", "the new owner is an active member, another one than now, whose roles permit to change library items")
	}
	i.Owner = to.Person
	return nil
}

// GuardOwner refuses an owner by whom a signature would be lost: that of the person, who signs
// nothing that he or she answers for, or of somebody whom a requirement keeps apart from its
// contributors (OWNER_VOIDS_SIGNATURE).
func (c *Case) GuardOwner(p PersonID) error {
	with := *c
	with.Contributors = append(slices.Clip(c.Contributors), p)
	for n := range c.Decisions {
		if d := &c.Decisions[n]; c.Counts(d) && !with.Counts(d) { // guard: a transfer voids no signature
			return Refuse("OWNER_VOIDS_SIGNATURE", "the signature for %s would not count any more, because the new owner gave it or is close to who did;"+
				" choose somebody else, or have a new revision made and transfer that", d.Requirement)
		}
	}
	return nil
}
