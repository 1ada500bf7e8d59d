package web

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
	"github.com/imprimatur-hq/imprimatur/internal/catalogue"
)

// composeView is what the page shows of a draft.
type composeView struct {
	*draft
	composeOutcome
	// Kept is the post as it is kept, nil before the first time.
	Kept     *imprimaturv1.Post
	Mine     bool
	Autosave bool
	// Fast tells that it may be submitted on the fast route.
	Fast     bool
	Accounts []composeAccount
	Members  []*imprimaturv1.Member
	Zones    []string
	// SavedAt is when it was last kept, on the workspace's clock.
	SavedAt string
	composeSeen
	Conflict *editConflict
	// Address is where the draft is opened again, "" before it is kept.
	Address string
	// files is what is known of each file.
	files map[string]*imprimaturv1.Media
}

// composeAccount is one place a post can go to.
type composeAccount struct {
	Name, Display, Network string
	Chosen, Ready          bool
	Own                    string
}

// composeSeen is what the service says about what was typed.
type composeSeen struct {
	Digest   string
	Sheets   []sheet
	Findings []composeFinding
	Counters []*imprimaturv1.TextCounter
	Signers  []composeSigner
	Unmet    []*imprimaturv1.UnmetPrecondition
	// Blocked tells that it cannot be submitted as it is.
	Blocked bool
	// Unseen is why there is no preview.
	Unseen string
}

// composeFinding is one thing a machine saw.
type composeFinding struct {
	*imprimaturv1.Finding
	// Excerpt are the words it is about, with every character that hides made visible.
	Excerpt []piece
	// Fix is the message of its button, "" for none.
	Fix string
	// Box is the field of the page whose text it is about, "" for none; From and To are where in it, as
	// scripts count.
	Box      string
	From, To int
}

// composeSigner is one signature that would be asked for.
type composeSigner struct {
	Role   string
	Quorum int32
	Kind   string
	Why    []string
	Due    moment
	// Usual is how long it usually takes, in words; empty when that is not known.
	Usual string
}

// editConflict is what two people wrote at the same time.
type editConflict struct {
	Who    string
	When   moment
	Etag   string
	Theirs []piece
	Yours  []piece
}

// showDraft shows the page.
func (v *visitor) showDraft(d *draft, code int, o composeOutcome) error {
	view := &composeView{draft: d, composeOutcome: o, Mine: true, Autosave: true}
	p := page{visitor: v, Language: v.language}
	if d.Post != "" {
		kept, err := v.readPost(d.Post)
		if err != nil {
			return err
		}
		view.Kept, view.Address = kept, v.at("/compose?post="+lastPart(d.Post))
		view.Mine = kept.GetAuthor() == v.me.GetMember()
		view.Autosave = kept.GetState() == imprimaturv1.Post_DRAFT
		view.SavedAt = kept.GetUpdateTime().AsTime().In(v.zone).Format("15:04")
		if view.Fast, err = v.mayExpedite(kept); err != nil {
			return err
		}
	}
	if err := v.composeChoices(view); err != nil {
		return err
	}
	var err error
	if view.composeSeen, err = v.lookAt(d); err != nil {
		return err
	}
	if o.Theirs != nil {
		view.Conflict = v.editConflict(p, d, o.Theirs)
	}
	return v.showAs(code, "compose", "compose", view)
}

// mayExpedite tells whether a post that is kept may be submitted on the fast route. Few may, so few ask.
func (v *visitor) mayExpedite(kept *imprimaturv1.Post) (bool, error) {
	if !v.may(expediting) || kept.GetAuthor() != v.me.GetMember() {
		return false, nil
	}
	explained, err := v.postService().ExplainPost(v.ctx, &imprimaturv1.ExplainPostRequest{Name: kept.GetName()})
	return explained.GetExpediteOffered(), err
}

// usualZones are those offered to choose from, beside the one that is set.
var usualZones = []string{"Europe/Paris", "Europe/London", "Europe/Berlin", "America/New_York", "America/Los_Angeles", "Asia/Tokyo", "UTC"}

// composeChoices gathers what the fields can be set to.
func (v *visitor) composeChoices(view *composeView) error {
	listed, err := imprimaturv1.NewSocialAccountServiceClient(v.conn).ListSocialAccounts(v.ctx,
		&imprimaturv1.ListSocialAccountsRequest{Parent: v.parent(), PageSize: 200})
	if err != nil {
		return err
	}
	author := v.me.GetMember()
	if view.Kept != nil {
		author = view.Kept.GetAuthor()
	}
	for _, a := range listed.GetSocialAccounts() {
		if view.fresh && a.GetPersonal() && a.GetOwner() == author && a.GetState() == imprimaturv1.SocialAccount_READY {
			view.draft.Accounts = append(view.draft.Accounts, a.GetName())
		}
		chosen := slices.Contains(view.draft.Accounts, a.GetName())
		if !chosen && (a.GetPersonal() && a.GetOwner() != author || a.GetState() == imprimaturv1.SocialAccount_DISABLED) {
			continue
		}
		view.Accounts = append(view.Accounts, composeAccount{
			Name: a.GetName(), Display: a.GetDisplayName(), Network: a.GetNetwork(), Chosen: chosen,
			Ready: a.GetState() == imprimaturv1.SocialAccount_READY, Own: view.own[a.GetName()],
		})
	}
	if view.Mine && v.may("members.read") {
		members, err := imprimaturv1.NewMemberServiceClient(v.conn).ListMembers(v.ctx,
			&imprimaturv1.ListMembersRequest{Parent: v.parent(), PageSize: 200, Filter: `state = "ACTIVE"`})
		if err != nil {
			return err
		}
		view.Members = slices.DeleteFunc(members.GetMembers(), func(m *imprimaturv1.Member) bool {
			return m.GetName() == author || slices.Contains(view.Kept.GetCoAuthors(), m.GetName())
		})
	}
	if view.files, err = v.files(view.Content); err != nil {
		return err
	}
	view.Zones = listWith(slices.Clone(usualZones),
		view.Zone, v.space.GetTimeZone())
	return nil
}

// listWith is a list that has further values, each once and first.
func listWith(list []string, values ...string) []string {
	for _, value := range values {
		if value != "" && !slices.Contains(list, value) {
			list = slices.Insert(list, 0, value)
		}
	}
	return list
}

// lookAt asks the service what would be shown and what it sees. What it refuses to look at is said in
// the place of the preview: nobody is kept from writing on.
func (v *visitor) lookAt(d *draft) (composeSeen, error) {
	var s composeSeen
	if d.empty() {
		return s, nil
	}
	post := d.post()
	checked, err := v.postService().CheckPost(v.ctx, &imprimaturv1.CheckPostRequest{Parent: v.parent(), Post: post})
	if err != nil {
		return v.unseen(s, err)
	}
	s.Counters = checked.GetCounters()
	findings := checked.GetFindings()
	preview, err := v.postService().PreviewPost(v.ctx, &imprimaturv1.PreviewPostRequest{Parent: v.parent(), Post: post})
	if err == nil {
		for _, f := range preview.GetFindings() {
			if !slices.ContainsFunc(findings, func(o *imprimaturv1.Finding) bool {
				return o.GetCode() == f.GetCode() && o.GetField() == f.GetField() && o.GetStart() == f.GetStart() && o.GetNetwork() == f.GetNetwork()
			}) {
				findings = append(findings, f)
			}
		}
		s.Digest, s.Unmet = preview.GetDigest(), preview.GetUnmetPreconditions()
		s.Blocked = len(s.Unmet) > 0 || len(preview.GetTargets()) == 0
		for _, t := range preview.GetTargets() {
			s.Sheets = append(s.Sheets, v.sheet(t, placedFindings(post.GetContent(), t, findings)))
		}
		for _, r := range preview.GetRequirements() {
			s.Signers = append(s.Signers, v.composeSigner(r))
		}
	} else if s, err = v.unseen(s, err); err != nil {
		return s, err
	}
	slices.SortStableFunc(findings, func(a, b *imprimaturv1.Finding) int { return int(a.GetSeverity() - b.GetSeverity()) })
	offered := make(map[string]bool)
	for _, f := range findings {
		one := composeFinding{Finding: f, Excerpt: findingExcerpt(post.GetContent(), f)}
		one.place(d, post.GetContent())
		if key := fixes[f.GetCode()]; key != "" && !offered[f.GetCode()] && mend(d.content(), f.GetCode(), findings) {
			one.Fix, offered[f.GetCode()] = key, true
		}
		s.Blocked = s.Blocked || f.GetSeverity() == imprimaturv1.Finding_BLOCKS
		s.Findings = append(s.Findings, one)
	}
	return s, nil
}

// unseen says why there is nothing to show; what broke is an error.
func (v *visitor) unseen(s composeSeen, err error) (composeSeen, error) {
	switch status.Code(err) {
	case codes.InvalidArgument, codes.FailedPrecondition, codes.NotFound, codes.PermissionDenied:
		s.Unseen, s.Blocked = refusalOf(page{Language: v.language}, err).Message, true
		return s, nil
	default:
		return s, err
	}
}

// composeSigner puts a requirement into words.
func (v *visitor) composeSigner(r *imprimaturv1.Requirement) composeSigner {
	p := page{visitor: v, Language: v.language}
	s := composeSigner{Role: p.Word("web.signs.", r.GetRole()), Quorum: r.GetQuorum(), Kind: r.GetKind().String(), Due: p.When(r.GetDueTime()), Usual: p.Usual(r.GetUsualDuration())}
	for _, why := range r.GetReasons() {
		if why.GetReason() != "" && !slices.Contains(s.Why, why.GetReason()) {
			s.Why = append(s.Why, why.GetReason())
		}
	}
	return s
}

// place tells which field of the page a finding is about, and where in it.
func (f *composeFinding) place(d *draft, c *imprimaturv1.Content) {
	text := fieldText(c, f.GetField())
	if text == nil || f.GetStart() < 0 || f.GetEnd() <= f.GetStart() || int(f.GetEnd()) > len(*text) {
		return
	}
	var i int
	switch n, _ := fmt.Sscanf(f.GetField(), "content.variants[%d].text", &i); {
	case f.GetField() == "content.text":
		f.Box = "compose-text"
	case n == 1 && i < len(d.Content.GetVariants()):
		f.Box = fmt.Sprintf("variant-%d", i)
	case n == 1:
		f.Box = "own-" + lastPart(c.GetVariants()[i].GetSocialAccount())
	default:
		return
	}
	start, end := whole(*text, int(f.GetStart()), int(f.GetEnd()))
	f.From, f.To = units((*text)[:start]), units((*text)[:end])
}

// units is how long a text is to a script: what is outside the basic plane counts twice.
func units(text string) int { return len(utf16.Encode([]rune(text))) }

// findingExcerpt is the words a finding is about, with a few around what cannot be seen by itself.
func findingExcerpt(c *imprimaturv1.Content, f *imprimaturv1.Finding) []piece {
	text := fieldText(c, f.GetField())
	if text == nil || f.GetStart() < 0 || f.GetEnd() <= f.GetStart() || int(f.GetEnd()) > len(*text) {
		return nil
	}
	words := []rune((*text)[f.GetStart():f.GetEnd()])
	if len(words) > 60 {
		words = append(words[:60], '…')
	}
	return marked(string(words), nil)
}

// mendDraft applies the remedy for one kind of finding to everything that was typed.
func (v *visitor) mendDraft(d *draft, code string) error {
	checked, err := v.postService().CheckPost(v.ctx, &imprimaturv1.CheckPostRequest{Parent: v.parent(), Post: d.post()})
	if err != nil {
		return err
	}
	c := d.content()
	if mend(c, code, checked.GetFindings()) {
		own := d.own
		d.load(c)
		for account, text := range own {
			if _, chosen := d.own[account]; !chosen {
				d.own[account] = text
			}
		}
	}
	return nil
}

// editConflict sets what was typed beside what somebody else kept.
func (v *visitor) editConflict(p page, d *draft, kept *imprimaturv1.Post) *editConflict {
	c := &editConflict{Etag: kept.GetEtag(), When: p.When(kept.GetUpdateTime()), Who: catalogue.Text(v.language, "web.somebody", nil)}
	if revision, err := v.postService().GetRevision(v.ctx, &imprimaturv1.GetRevisionRequest{Name: kept.GetRevision()}); err == nil {
		c.Who = p.Who(revision.GetEditor())
	}
	theirs := new(draft)
	theirs.Zone = d.Zone
	theirs.take(kept)
	c.Theirs = revealed("", theirs.whole(v), "")
	c.Yours = revealed("", d.whole(v), "")
	return c
}

// whole is all the words of a draft one below the other, so that nothing is lost by choosing.
func (d *draft) whole(v *visitor) string {
	parts := []string{d.Content.GetText()}
	for _, one := range d.Content.GetVariants() {
		parts = append(parts, strings.TrimSpace(one.GetNetwork()+" "+one.GetLanguage())+":\n"+one.GetText())
	}
	for _, account := range d.Accounts {
		if text := d.own[account]; text != "" {
			parts = append(parts, v.account(account).GetDisplayName()+":\n"+text)
		}
	}
	parts = append(parts, d.Content.GetLink(), d.Note)
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "\n\n")
}

// File is what is known of a file.
func (c *composeView) File(name string) *imprimaturv1.Media { return c.files[name] }

// Shapes are the shapes that networks show pictures in, width to height.
func (c *composeView) Shapes() []string { return []string{"1:1", "4:5", "3:2", "16:9"} }

// Pictorial tells whether a file is a picture.
func (c *composeView) Pictorial(name string) bool {
	return strings.HasPrefix(c.files[name].GetContentType(), "image/")
}

// files reads what is known of each file of a content.
func (v *visitor) files(content *imprimaturv1.Content) (map[string]*imprimaturv1.Media, error) {
	known := make(map[string]*imprimaturv1.Media, len(content.GetMedia()))
	for _, use := range content.GetMedia() {
		file, err := imprimaturv1.NewMediaServiceClient(v.conn).GetMedia(v.ctx, &imprimaturv1.GetMediaRequest{Name: use.GetMedia()})
		if err != nil {
			return nil, err
		}
		known[use.GetMedia()] = file
	}
	return known, nil
}

// Disclosures are the messages for the relations in the order of their numbers.
func (c *composeView) Disclosures() []string {
	return []string{"web.compose.disclosure.none", "web.compose.disclosure.employee", "web.compose.disclosure.advertising", "web.compose.disclosure.partnership"}
}

// Discloses tells whether it is the relation that was chosen.
func (c *composeView) Discloses(number int) bool { return int(c.Content.GetDisclosure()) == number }
