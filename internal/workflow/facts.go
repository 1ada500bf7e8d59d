package workflow

import (
	"context"
	"slices"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/routing"
)

// asked is a revision somebody asks the routing policy about, with what is known of it
// already. post or item is read when it is needed and not known.
type asked struct {
	subject  advocacy.Subject
	origin   advocacy.Origin
	content  advocacy.Content
	manifest advocacy.Manifest
	post     *advocacy.Post
	item     *advocacy.LibraryItem
	// shared is the number of the item revision a share was made from; from is that
	// revision, when it was read.
	shared int
	from   *advocacy.Manifest
	// chain is what stands behind the unedited share of a round.
	chain *advocacy.LibraryChain
	// author submits it; members are those who were read.
	author  advocacy.PersonID
	members map[advocacy.PersonID]*advocacy.Member
	// signed: everybody has, so it goes out as soon as nothing else is in its way.
	signed bool
	// expedited: the author asked for the expedited route.
	expedited bool
	// links is what a round was routed by; anew: it is routed now, by what is found now.
	links []advocacy.LinkCheck
	anew  bool
	// at is as of when it is asked, from what was known then; zero for now.
	at time.Time
	// rules are those it is asked by and findings what was seen by them, when somebody has
	// looked; under is what a round was opened under.
	rules    *rules
	findings []advocacy.Finding
	under    sighted
}

// unedited is the item that an unedited share shows, empty for all else.
func (a *asked) unedited() advocacy.ItemID {
	switch {
	case a.origin != advocacy.OriginLibrary:
		return ""
	case a.chain != nil:
		return a.chain.Item
	case a.post != nil:
		return a.post.Item
	default:
		return ""
	}
}

// wanting adds to the facts what a machine saw that a person has to look at. A replay looks
// by what the round was opened under.
func (s *Service) wanting(ctx context.Context, r Reader, a *asked, f *routing.Facts) error {
	found := a.findings
	if a.rules == nil {
		of := a.under
		if a.at.IsZero() {
			policy, err := r.Policy(ctx, a.subject.Workspace)
			if err != nil {
				return err
			}
			of = beside(policy)
		}
		by, err := s.sight(ctx, r, a.subject.Workspace, of)
		if err != nil {
			return err
		}
		found = s.findings(by, a.content, a.manifest)
	}
	for _, one := range found {
		if one.Severity != advocacy.NeedsReview {
			continue
		}
		f.Findings = appendNew(f.Findings, one.Code)
		if one.Code == advocacy.FoundRestricted {
			f.Restricted = appendNew(f.Restricted, one.Args[advocacy.ArgTerm])
		}
	}
	return nil
}

func appendNew(list []string, word string) []string {
	if slices.Contains(list, word) {
		return list
	}
	return append(list, word)
}

// askedAbout is what the policy is asked about a revision under review.
func askedAbout(review *advocacy.Review, head *advocacy.Revision) (asked, error) {
	manifest, err := advocacy.ParseManifest(head.Manifest)
	return asked{
		subject: review.Subject, origin: review.Origin, content: head.Content, manifest: manifest, shared: head.ItemRevision,
		expedited: review.Expedited, links: review.Links, under: under(review), chain: review.Library, author: review.Assent.Person,
	}, err
}

// facts gathers what the conditions of a policy can speak about, reading only what they
// do speak about.
func (s *Service) facts(ctx context.Context, r Reader, needs routing.Needs, a asked) (routing.Facts, error) {
	f := routing.Facts{
		Kind: a.subject.Kind, Origin: a.origin, Language: a.content.Language, Languages: a.content.Languages(),
		Networks: networksOf(a.manifest), Accounts: accountsOf(a.manifest), Texts: textsOf(a.content, a.manifest),
		Media: a.content.Media, Card: a.content.Card.Picture, Disclosure: toldOf(a.content, a.manifest), Changed: len([]rune(a.content.Text)), Time: a.at,
		Expedited: a.expedited,
	}
	if f.Time.IsZero() {
		f.Time = s.now(r)
	}
	if a.content.Link != "" {
		f.Links = []string{a.content.Link}
	}
	if err := a.readAuthor(ctx, r); err != nil {
		return f, err
	}
	f.TrainingMode = a.inTraining()
	if needs == (routing.Needs{}) {
		return f, nil
	}
	if err := a.read(ctx, r, needs); err != nil {
		return f, err
	}
	author := a.author
	if a.post != nil {
		f.PublishTime, author = a.post.PublishTime, a.post.Author
		if a.signed && !f.PublishTime.IsZero() && f.Time.Sub(f.PublishTime) > lateGrace { // guard: what goes out late is routed by when it does
			f.PublishTime = f.Time
		}
	}
	if a.item != nil {
		f.Topics = []advocacy.TopicID{a.item.Topic}
		if a.post == nil {
			author = a.item.Author // guard: another owner asks for nothing less
		}
	}
	if a.from != nil {
		f.Changed = changed(a.manifest, *a.from)
		f.RelationOnly = a.origin == advocacy.OriginLibraryEdited && s.alone(*a.from, a.content, a.manifest)
	}
	if needs.Findings {
		if err := s.wanting(ctx, r, &a, &f); err != nil {
			return f, err
		}
	}
	if needs.Links {
		var err error
		if f.Checks, err = s.linksOf(ctx, r, &a, &f); err != nil {
			return f, err
		}
	}
	if !needs.Author {
		return f, nil
	}
	members, err := a.members, error(nil)
	if members[author] == nil {
		members, err = r.MembersByID(ctx, a.subject.Workspace, []advocacy.PersonID{author})
	}
	if m := members[author]; m != nil {
		f.Author = routing.Author{
			Person: string(m.Person), Title: m.Title, Language: m.Language, Groups: m.Groups, Roles: spelled(m.RoleNames()),
		}
	}
	if err != nil {
		return f, err
	}
	return f, a.know(ctx, r, needs, &f)
}

// readAuthor reads who submits it, unless that is known.
func (a *asked) readAuthor(ctx context.Context, r Reader) error {
	if a.author == "" || a.members[a.author] != nil {
		return nil
	}
	members, err := r.MembersByID(ctx, a.subject.Workspace, []advocacy.PersonID{a.author})
	a.members = members
	return err
}

// inTraining tells whether it is the post of a person in training mode. What the library
// offers is curated, whoever wrote it.
func (a *asked) inTraining() bool {
	m := a.members[a.author]
	return a.subject.Kind == advocacy.SubjectPost && m != nil && m.TrainingMode
}

// authorRecent is how long before a round was opened its author may have been changed by somebody
// whose transaction ended after it, or by a clock that is off. It only has to be longer than either.
const authorRecent = 24 * time.Hour

// mayAnswerOtherwise tells whether the same rules may ask something else of the same revision, because
// its author or where its item stands is not what it was when the round was opened. The topic of an
// item is not known without reading it, so what has one is always asked again.
func (a *asked) mayAnswerOtherwise(needs routing.Needs, opened time.Time) bool {
	if needs.Topics && (a.shared > 0 || a.subject.Kind == advocacy.SubjectItem) { // guard: topics now
		return true
	}
	m := a.members[a.author]
	return needs.Author && (m == nil || m.UpdateTime.After(opened.Add(-authorRecent))) // guard: author now
}

// read completes what is known with what the conditions need.
func (a *asked) read(ctx context.Context, r Reader, needs routing.Needs) error {
	var err error
	if a.subject.Kind == advocacy.SubjectItem {
		if a.item == nil {
			a.item, err = r.Item(ctx, a.subject.Workspace, advocacy.ItemID(a.subject.ID))
		}
		return err
	}
	// Of own words whose author is known the post has nothing that is asked about but its time.
	if a.author != "" && a.shared == 0 && !needs.Time {
		return nil
	}
	if a.post == nil {
		if a.post, err = r.Post(ctx, a.subject.Workspace, advocacy.PostID(a.subject.ID)); err != nil {
			return err
		}
	}
	if a.post.Item == "" || !needs.Topics && !needs.Changed {
		return nil
	}
	if a.item == nil {
		if a.item, err = r.Item(ctx, a.subject.Workspace, a.post.Item); err != nil {
			return err
		}
	}
	if a.from != nil || a.shared == 0 || !needs.Changed {
		return nil
	}
	revision, err := r.Revision(ctx, a.item.Subject(), a.shared)
	if err != nil {
		return err
	}
	manifest, err := advocacy.ParseManifest(revision.Manifest)
	a.from = &manifest
	return err
}

// toldOf is the relation that readers are told: the one the content names, else the one its author
// stated, which stands in what is signed.
func toldOf(c advocacy.Content, m advocacy.Manifest) advocacy.Disclosure {
	told := c.Disclosure
	for _, t := range m.Targets {
		if told == advocacy.DisclosureNone {
			told = t.Rendering.Disclosure
		}
	}
	return told
}

func networksOf(m advocacy.Manifest) []advocacy.Network {
	var networks []advocacy.Network
	for _, t := range m.Targets {
		if !slices.Contains(networks, t.Rendering.Network) {
			networks = append(networks, t.Rendering.Network)
		}
	}
	return networks
}

func accountsOf(m advocacy.Manifest) []advocacy.AccountID {
	var accounts []advocacy.AccountID
	for _, t := range m.Targets {
		if t.Account != "" {
			accounts = append(accounts, t.Account)
		}
	}
	return accounts
}

// textsOf are the text as it was written, and each text the world will see.
func textsOf(c advocacy.Content, m advocacy.Manifest) []string {
	texts := []string{c.Text}
	add := func(text string) {
		if text != "" && !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	for _, t := range m.Targets {
		add(t.Rendering.Text)
		add(t.Rendering.Card.Title)
		add(t.Rendering.Card.Description)
		for _, picture := range t.Rendering.Pictures() {
			add(picture.AltText)
		}
	}
	return texts
}

// wholeChange is what a changed link, picture or disclosure counts: more than any edit
// that a rule could call light.
const wholeChange = 1000

// changed is how much of a share differs from its item: the most that any target differs
// from the rendering nearest to it.
func changed(share, item advocacy.Manifest) int {
	most := 0
	for _, t := range share.Targets {
		nearest := wholeChange + len([]rune(t.Rendering.Text))
		for _, o := range item.Targets {
			if o.Rendering.Network == t.Rendering.Network {
				nearest = min(nearest, apart(t.Rendering, o.Rendering))
			}
		}
		most = max(most, nearest)
	}
	return most
}

func apart(a, b advocacy.Rendering) int {
	span := between(a.Text, b.Text)
	a.Text, b.Text = "", ""
	if a.Fingerprint() != b.Fingerprint() {
		span += wholeChange
	}
	return span
}

// between is how many characters lie between the first and the last that differ, in the
// longer of two texts.
func between(a, b string) int {
	x, y := []rune(a), []rune(b)
	for len(x) > 0 && len(y) > 0 && x[0] == y[0] {
		x, y = x[1:], y[1:]
	}
	for len(x) > 0 && len(y) > 0 && x[len(x)-1] == y[len(y)-1] {
		x, y = x[:len(x)-1], y[:len(y)-1]
	}
	return max(len(x), len(y))
}

func spelled[T ~string](words []T) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = string(w)
	}
	return out
}
