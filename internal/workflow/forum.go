package workflow

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// forum is a subject held while somebody speaks about it.
type forum struct {
	sub   advocacy.Subject
	head  *advocacy.Revision
	round int
	// owner answers for the subject: a post's author, an item's owner.
	owner advocacy.PersonID
	// coAuthors may write the post besides its author.
	coAuthors []advocacy.PersonID
	who       advocacy.Discussant
	now       time.Time
}

// lockForum locks the subject and reads who is about to speak. Who may not see the
// subject does not find it.
func (s *Service) lockForum(ctx context.Context, tx Tx, c Call, sub advocacy.Subject) (*forum, error) {
	f := &forum{sub: sub, now: tx.Now()}
	head := 0
	if sub.Kind == advocacy.SubjectPost {
		p, err := tx.PostForUpdate(ctx, sub.Workspace, advocacy.PostID(sub.ID))
		if err != nil {
			return nil, err
		}
		if !c.seesPost(p) {
			return nil, postMissing(p.ID)
		}
		head, f.round, f.owner, f.coAuthors = p.Head, p.Round, p.Author, p.CoAuthors
	} else {
		i, err := tx.ItemForUpdate(ctx, sub.Workspace, advocacy.ItemID(sub.ID))
		if err != nil {
			return nil, err
		}
		if !c.worksOnItems() {
			return nil, advocacy.Missing("ITEM_NOT_FOUND", "there is no library item %q whose discussions you may see", i.ID)
		}
		head, f.round, f.owner = i.Head, i.Round, i.Owner
	}
	var err error
	if f.head, err = tx.Revision(ctx, sub, head); err != nil {
		return nil, err
	}
	ids := append(slices.Clone(f.head.Contributors), c.Actor.Person)
	slices.Sort(ids)
	members, err := tx.MembersForShare(ctx, sub.Workspace, slices.Compact(ids))
	if err != nil {
		return nil, err
	}
	f.who, err = advocacy.NewDiscussant(c.Actor, f.head, members)
	return f, err
}

// mention calls for the attention of members who may see the subject. What they may not
// see nobody can point them to.
func (s *Service) mention(ctx context.Context, tx Tx, f *forum, t *advocacy.Thread, comment advocacy.CommentID, persons []advocacy.PersonID) error {
	if len(persons) == 0 {
		return nil
	}
	members, err := tx.MembersByID(ctx, f.sub.Workspace, persons)
	if err != nil {
		return err
	}
	sees := s.readersOf(ctx, tx, f)
	var all []advocacy.Mention
	for i, p := range persons {
		if may, err := sees(members[p]); err != nil {
			return err
		} else if !may { // guard: nobody is pointed to what he or she may not see
			return advocacy.InvalidField(fmt.Sprintf("mentions[%d]", i), "MENTION_CANNOT_SEE", "this person is no member who may see what you speak about")
		}
		if slices.Contains(persons[:i], p) {
			continue
		}
		all = append(all, advocacy.Mention{
			Workspace: f.sub.Workspace, ID: advocacy.MentionID(s.NewID()), Person: p, Subject: f.sub, Thread: t.ID, Comment: comment,
			By: f.who.Member.Person, CreateTime: f.now,
		})
	}
	return tx.AddMentions(ctx, all...)
}

// readersOf tells of members whether they may see the subject, by the roles as they are
// now.
func (s *Service) readersOf(ctx context.Context, tx Tx, f *forum) func(*advocacy.Member) (bool, error) {
	wide := []advocacy.Permission{mayReadAllPosts}
	if f.sub.Kind == advocacy.SubjectItem {
		wide = append(wide, mayUpdateItems, mayDecide)
	}
	known := make(map[advocacy.Role]bool)
	return func(m *advocacy.Member) (bool, error) {
		if !m.Active() {
			return false, nil
		}
		if m.Person == f.owner || slices.Contains(f.coAuthors, m.Person) {
			return true, nil
		}
		for _, r := range m.RoleNames() {
			if _, read := known[r]; !read {
				role, err := tx.Role(ctx, f.sub.Workspace, r)
				if err != nil {
					return false, err
				}
				known[r] = slices.ContainsFunc(role.Permissions, func(p advocacy.Permission) bool { return slices.Contains(wide, p) })
			}
			if known[r] {
				return true, nil
			}
		}
		return false, nil
	}
}

// Thread returns a discussion.
func (s *Service) Thread(ctx context.Context, c Call, sub advocacy.Subject, id advocacy.ThreadID) (*advocacy.Thread, error) {
	if err := s.seeSubject(ctx, c, sub, -1); err != nil {
		return nil, err
	}
	return s.Store.Thread(ctx, sub, id)
}

// Threads lists the discussions about a post or item.
func (s *Service) Threads(ctx context.Context, c Call, q ThreadQuery) ([]advocacy.Thread, string, error) {
	if err := s.seeSubject(ctx, c, q.Subject, -1); err != nil {
		return nil, "", err
	}
	return s.Store.Threads(ctx, q)
}

// Comments lists the answers in a discussion.
func (s *Service) Comments(ctx context.Context, c Call, sub advocacy.Subject, id advocacy.ThreadID, p Page) ([]advocacy.Comment, string, error) {
	if _, err := s.Thread(ctx, c, sub, id); err != nil {
		return nil, "", err
	}
	return s.Store.Comments(ctx, sub, id, p)
}

// Comment returns one answer.
func (s *Service) Comment(ctx context.Context, c Call, sub advocacy.Subject, thread advocacy.ThreadID, id advocacy.CommentID) (*advocacy.Comment, error) {
	if err := s.seeSubject(ctx, c, sub, -1); err != nil {
		return nil, err
	}
	return s.Store.Comment(ctx, sub, thread, id)
}

// Mentions lists what asks for the caller's attention.
func (s *Service) Mentions(ctx context.Context, c Call, w advocacy.WorkspaceID, p Page) ([]advocacy.Mention, string, error) {
	return s.Store.Mentions(ctx, w, c.Actor.Person, p)
}
