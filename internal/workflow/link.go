package workflow

import (
	"context"
	"net/url"
	"slices"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check"
	"github.com/imprimatur-hq/imprimatur/internal/routing"
)

const (
	// linkLife is how long a link that was reached counts as reachable for what is submitted;
	// linkRetry how soon one that was not is looked at again.
	linkLife  = 10 * time.Minute
	linkRetry = 15 * time.Second
	// sendLife is how long a look counts for what is about to be sent: many shares of one item go
	// out in the same minute.
	sendLife = time.Minute
	// movedLife is how long somebody who writes is told that a link has come to lead elsewhere.
	movedLife = 7 * 24 * time.Hour
	// brokenLife is how long somebody who writes is told that a link was not reached.
	brokenLife = time.Hour
	// maximumLinks is how many links of one text are looked at, and maximumLink how long one
	// may be. The others are not reachable.
	maximumLinks = 10
	maximumLink  = 2048
)

// LinkChecker looks whether links lead somewhere that everybody can see. It answers in
// their order within a few seconds, and what it cannot tell is not reachable.
type LinkChecker interface {
	Check(ctx context.Context, links []string) []advocacy.LinkCheck
}

// LinkReader reads where links were found to lead.
type LinkReader interface {
	// LinkChecks returns the newest look at each of the links that anybody looked at.
	LinkChecks(ctx context.Context, w advocacy.WorkspaceID, links []string) ([]advocacy.LinkCheck, error)
}

// LinkWriter writes where links were found to lead.
type LinkWriter interface {
	// PutLinkChecks keeps looks at links, each in the place of an older one.
	PutLinkChecks(ctx context.Context, w advocacy.WorkspaceID, checks ...advocacy.LinkCheck) error
}

// lookAtLinks looks where the links lead of what is about to be routed, if the policy in
// force speaks about it; a workspace whose policy does not sends no request. It is called
// outside every transaction, and what it finds is read inside.
func (s *Service) lookAtLinks(ctx context.Context, w advocacy.WorkspaceID, content advocacy.Content, manifest advocacy.Manifest) error {
	asked, err := s.asksAboutLinks(ctx, w)
	if err != nil || !asked {
		return err
	}
	return s.lookAt(ctx, w, linksOfDraft(content, manifest), linkLife/2)
}

// lookAt looks at the links at which nobody looked of late, and keeps what it found.
func (s *Service) lookAt(ctx context.Context, w advocacy.WorkspaceID, links []string, life time.Duration) error {
	due, err := s.dueLinks(ctx, w, links, life)
	if err != nil || len(due) == 0 {
		return err
	}
	found := s.Links.Check(ctx, due)
	return s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		for i := range found {
			found[i].Time = tx.Now()
		}
		return tx.PutLinkChecks(ctx, w, found...)
	})
}

// linksOfDraft are the links that readers of a content could follow.
func linksOfDraft(content advocacy.Content, manifest advocacy.Manifest) []string {
	f := routing.Facts{Texts: textsOf(content, manifest)}
	if content.Link != "" {
		f.Links = []string{content.Link}
	}
	return f.AllLinks()
}

// keepLook keeps whether a link was reached when its page was read for a card.
func (s *Service) keepLook(ctx context.Context, w advocacy.WorkspaceID, link string, page advocacy.Page) error {
	if page.Code == advocacy.LinkNotChecked || page.Code == advocacy.LinkInvalid || len(link) > maximumLink {
		return nil
	}
	found := advocacy.LinkCheck{URL: link, Code: page.Code, Status: page.Status}
	if page.Code == advocacy.LinkNoPage { // something is there that everybody can see
		found.Code = ""
	}
	found.Reachable = found.Code == ""
	if led, err := url.Parse(page.URL); err == nil {
		found.Target = advocacy.Ended(led, found.Status, found.Code)
	}
	return s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		found.Time = tx.Now()
		return tx.PutLinkChecks(ctx, w, found)
	})
}

// linkFindings finds the links of a draft that led nowhere when somebody looked of late, be it
// for a card, for a round, or since a policy asks, and those that have come to lead elsewhere.
// Nobody looks while somebody types.
func (s *Service) linkFindings(ctx context.Context, w advocacy.WorkspaceID, made *sketch) ([]advocacy.Finding, error) {
	links := linksOfDraft(made.content, made.manifest)
	kept, err := s.Store.LinkChecks(ctx, w, links[:min(len(links), maximumLinks)])
	var out []advocacy.Finding
	for _, c := range kept {
		var f advocacy.Finding
		switch now := s.Now(); {
		case c.Moved() && now.Sub(c.ChangeTime) <= movedLife:
			f = advocacy.Finding{Code: "LINK_CHANGED", Severity: advocacy.Advice, Args: map[string]string{"link": c.URL, "former": c.Former, "target": c.Target}}
		case c.Reachable || now.Sub(c.Time) > brokenLife:
			continue
		default:
			f = advocacy.Finding{Code: "LINK_BROKEN", Severity: advocacy.Advice, Args: map[string]string{"link": c.URL}}
		}
		for _, at := range linkPlaces(made.content, c.URL) {
			f.Field, f.Start, f.End = at.Field, at.Start, at.End
			out = append(out, f)
		}
	}
	return out, err
}

// linkPlaces is where a link of a draft stands, as findings that name a place and nothing else. One
// that a network writes otherwise than its author stands somewhere in the text.
func linkPlaces(c advocacy.Content, link string) []advocacy.Finding {
	if c.Link == link {
		return []advocacy.Finding{{Field: "content.link"}}
	}
	if places := check.LinkAt(c, link); len(places) > 0 {
		return places
	}
	return []advocacy.Finding{{Field: "content.text"}}
}

// asksAboutLinks tells whether a rule of the policy in force that is asked, be it in the
// shadow, speaks about where links lead.
func (s *Service) asksAboutLinks(ctx context.Context, w advocacy.WorkspaceID) (bool, error) {
	if s.Links == nil {
		return false, nil
	}
	policy, err := s.Store.Policy(ctx, w)
	if err != nil {
		return false, err
	}
	compiled, err := s.Routing.Load(policy.Document)
	if err != nil {
		return false, err
	}
	return compiled.Needs().Links, nil // guard: links are looked at only when a rule asks
}

// dueLinks are those at which nobody looked of late: one that was reached counts for life.
func (s *Service) dueLinks(ctx context.Context, w advocacy.WorkspaceID, links []string, life time.Duration) ([]string, error) {
	links = links[:min(len(links), maximumLinks)]
	kept, err := s.Store.LinkChecks(ctx, w, links)
	now := s.Now()
	return slices.DeleteFunc(slices.Clone(links), func(link string) bool {
		return len(link) > maximumLink || slices.ContainsFunc(kept, func(c advocacy.LinkCheck) bool {
			age := now.Sub(c.Time)
			return c.URL == link && age >= 0 && (age < min(linkRetry, life) || c.Reachable && age < life)
		})
	}), err
}

// lookAtHead looks where the links of a subject's newest revision lead. What is not there,
// or not for the caller to see, is left to the transaction that follows to refuse.
func (s *Service) lookAtHead(ctx context.Context, c Call, sub advocacy.Subject) error {
	asked, err := s.asksAboutLinks(ctx, sub.Workspace)
	if err != nil || !asked {
		return err
	}
	if err := s.seeSubject(ctx, c, sub, -1); err != nil {
		return s.lookAtRevision(ctx, sub.Workspace, nil, err)
	}
	head, err := s.headOf(ctx, s.Store, sub)
	return s.lookAtRevision(ctx, sub.Workspace, head, err)
}

// lookAtShare looks where the links of the revision lead that is shared.
func (s *Service) lookAtShare(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.ItemID) error {
	asked, err := s.asksAboutLinks(ctx, w)
	if err != nil || !asked {
		return err
	}
	shared, err := s.shareSource(ctx, s.Store, c, w, id)
	return s.lookAtRevision(ctx, w, shared, err)
}

// lookAtRevision looks where the links of a revision lead, or reports a failure that is none
// of the caller's.
func (s *Service) lookAtRevision(ctx context.Context, w advocacy.WorkspaceID, r *advocacy.Revision, err error) error {
	if err != nil {
		return theirs(err)
	}
	manifest, err := advocacy.ParseManifest(r.Manifest)
	if err != nil {
		return err
	}
	return s.lookAtLinks(ctx, w, r.Content, manifest)
}

// theirs is a failure that the caller is told of now: what is not there, or not to be seen, is left
// to what follows.
func theirs(err error) error {
	if kind := advocacy.KindOf(err); kind == advocacy.NotFound || kind == advocacy.Precondition {
		return nil
	}
	return err
}

// linksOf is what is known of the links: what a round was routed by, else the newest looks.
// For what is routed anew only a look of late counts.
func (s *Service) linksOf(ctx context.Context, r Reader, a *asked, f *routing.Facts) ([]advocacy.LinkCheck, error) {
	if a.links != nil {
		return a.links, nil
	}
	links := f.AllLinks()
	kept, err := r.LinkChecks(ctx, a.subject.Workspace, links[:min(len(links), maximumLinks)])
	return slices.DeleteFunc(kept, func(c advocacy.LinkCheck) bool {
		return a.anew && f.Time.Sub(c.Time) > linkLife // guard: an old look is none
	}), err
}
