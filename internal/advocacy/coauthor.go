package advocacy

import (
	"slices"
	"time"
)

// CoAuthor is a person whom the author of a post named to write it too. From the head of
// that moment on he or she is a contributor for ever, whatever becomes of the right to
// write: otherwise a name taken back before the signature would make a writer a judge.
type CoAuthor struct {
	Subject Subject
	Person  PersonID
	// Revision is the head when the person was first named.
	Revision int
	// Namer is who named the person then.
	Namer      PersonID
	CreateTime time.Time
	// RemoveTime is when the right to write was taken back, zero while it stands.
	RemoveTime time.Time
}

// maxCoAuthors is how many persons may write a post besides its author.
const maxCoAuthors = 10

// MayWrite tells whether the person may change the post: its author, and whom the author
// named. Having written some of it is not enough, and neither is a right to decide.
func (p *Post) MayWrite(who PersonID) bool {
	return who == p.Author || slices.Contains(p.CoAuthors, who)
}

// AddCoAuthor lets somebody write the post that stands at state; sent says that the head is
// out somewhere, or may be.
//
// Only the author says who writes what goes out in the author's name (NOT_THE_AUTHOR). The
// other person is an active member (CO_AUTHOR_INVALID). What a request has begun for is
// left alone: who signed it had not written it.
func (p *Post) AddCoAuthor(actor Actor, who *Member, state PostState, sent bool) error {
	switch {
	case actor.Kind == System || actor.Person != p.Author: // guard: only the author names co-authors
		return Deny("NOT_THE_AUTHOR", "only the author says who else writes what goes out in the author's name")
	case !who.Active() || who.Person == p.Author:
		return InvalidField("member", "CO_AUTHOR_INVALID", "a co-author is an active member other than the author")
	case slices.Contains(p.CoAuthors, who.Person):
		return Taken("CO_AUTHOR_EXISTS", "this person is a co-author already")
	case len(p.CoAuthors) >= maxCoAuthors:
		return Refuse("CO_AUTHORS_TOO_MANY", "a post has at most %d co-authors", maxCoAuthors)
	}
	if err := guardWritable(state, false); err != nil {
		return err
	}
	if sent { // guard: nobody wrote what is out already
		return Refuse("POST_PUBLISHED", "some of it went out already; edit the post first, so that what you write together is signed anew")
	}
	p.CoAuthors = append(slices.Clip(p.CoAuthors), who.Person)
	return nil
}

// RemoveCoAuthor takes back what AddCoAuthor gave: the author may, and the co-author
// (NOT_THE_AUTHOR). It takes back nothing that was written, and nobody's being a contributor.
func (p *Post) RemoveCoAuthor(actor Actor, who PersonID) error {
	i := slices.Index(p.CoAuthors, who)
	switch {
	case actor.Person != p.Author && actor.Person != who: // guard: only the author, or oneself, removes a co-author
		return Deny("NOT_THE_AUTHOR", "only the author, or the co-author, can end it")
	case i < 0:
		return Refuse("NOT_A_CO_AUTHOR", "this person is no co-author of the post")
	}
	p.CoAuthors = slices.Delete(slices.Clone(p.CoAuthors), i, i+1)
	return nil
}
