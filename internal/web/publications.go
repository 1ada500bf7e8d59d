package web

import (
	"cmp"
	"strconv"
	"strings"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
	"github.com/imprimatur-hq/imprimatur/internal/catalogue"
)

// onePublication is where the page of a publication is.
const onePublication = "/w/{workspace}/posts/{post}/publications/{publication}"

// publicationRoutes show what left the house or will, and take a person's word on it.
var publicationRoutes = []route{
	{"GET /w/{workspace}/publications", nil, listPublications},
	{"GET " + onePublication, nil, showPublication},
	{"POST " + onePublication + "/resolve", []string{"PublicationService/ResolvePublication"}, resolvePublication},
	{"POST " + onePublication + "/recall", []string{"PublicationService/RecallPublication"}, recallPublication},
	{"POST " + onePublication + "/removed", []string{"PublicationService/ConfirmRemoval"}, confirmRemoval},
	{"GET " + onePublication + "/open", nil, closedPackage},
	{"POST " + onePublication + "/open", []string{"PublicationService/OpenPublication"}, openPackage},
	{"POST " + onePublication + "/confirm", []string{"PublicationService/ConfirmPublication"}, confirmPublication},
	{"POST " + onePublication + "/decline", []string{"PublicationService/DeclinePublication"}, declinePublication},
	{"GET /w/{workspace}/handoff", nil, listHandoff},
	{"GET /w/{workspace}/cases", nil, listCases},
	{"GET /w/{workspace}/cases/{case}", nil, showCase},
	{"POST /w/{workspace}/cases/{case}/close", []string{"CaseService/CloseCase"}, closeCase},
}

// shelf is a part of the list of publications, by what people come for.
type shelf struct {
	Key    string
	states []imprimaturv1.Publication_State
}

// publicationViews are the parts of the list; within one, the states follow one another.
var publicationViews = []shelf{
	{"person", []imprimaturv1.Publication_State{imprimaturv1.Publication_UNKNOWN, imprimaturv1.Publication_HANDED_OVER}},
	{"waiting", []imprimaturv1.Publication_State{imprimaturv1.Publication_SENDING, imprimaturv1.Publication_CLAIMED, imprimaturv1.Publication_SCHEDULED}},
	{"out", []imprimaturv1.Publication_State{imprimaturv1.Publication_PUBLISHED}},
	{"refused", []imprimaturv1.Publication_State{imprimaturv1.Publication_REFUSED, imprimaturv1.Publication_EXPIRED}},
	{"ended", []imprimaturv1.Publication_State{imprimaturv1.Publication_RECALLED, imprimaturv1.Publication_CANCELLED}},
	{"all", []imprimaturv1.Publication_State{imprimaturv1.Publication_STATE_UNSPECIFIED}},
}

// shownRows is how many publications a page shows.
const shownRows = 30

// publicationList is the page of publications.
type publicationList struct {
	Shelves []shelf
	Show    string
	Account string
	Rows    []row
	// Next is where the list goes on, as nextOf writes it.
	Next string
	// Cases is how many differences wait for somebody, Hand how much lies with the visitor.
	Cases, Hand int
}

// row is one publication in a list, with the words it carries.
type row struct {
	*imprimaturv1.Publication
	// Text is the beginning of the post, Address the page of the publication.
	Text, Address string
	// Key names it in a form.
	Key string
}

func (v *visitor) publications() imprimaturv1.PublicationServiceClient {
	return imprimaturv1.NewPublicationServiceClient(v.conn)
}

// row finds the words of a publication; the post of several is asked for once.
func (v *visitor) row(p *imprimaturv1.Publication) row {
	name := p.GetName()
	return row{Publication: p, Text: v.wording(postOf(name)), Address: v.at(strings.TrimPrefix(name, v.parent())), Key: strings.Join(shortNames([]string{name}), "")}
}

// postOf is the post of a publication, by its name.
func postOf(publication string) string {
	post, _, _ := strings.Cut(publication, "/publications/")
	return post
}

// wording is the text of a post; one that is not shown to the visitor has none.
func (v *visitor) wording(post string) string {
	text, known := v.wordings[post]
	if !known {
		if p, err := imprimaturv1.NewPostServiceClient(v.conn).GetPost(v.ctx, &imprimaturv1.GetPostRequest{Name: post}); err == nil {
			text = brief(firstText(p.GetContent()))
		}
		if v.wordings == nil {
			v.wordings = make(map[string]string)
		}
		v.wordings[post] = text
	}
	return text
}

// firstText is a text of a content, whichever it has.
func firstText(c *imprimaturv1.Content) string {
	if c.GetText() != "" || len(c.GetVariants()) == 0 {
		return c.GetText()
	}
	return c.GetVariants()[0].GetText()
}

// briefLength is how many characters of a text stand in a list.
const briefLength = 140

// brief is the beginning of a text on one line, cut between words and before what joins them.
func brief(text string) string {
	words := strings.Join(strings.Fields(text), " ")
	letters := []rune(words)
	if len(letters) <= briefLength {
		return words
	}
	cut := string(letters[:briefLength])
	if space := strings.LastIndexByte(cut, ' '); space > 0 {
		cut = cut[:space]
	}
	return strings.TrimRight(cut, " .,;:\u00a0\u202f…") + "…"
}

// Waits says why a publication has not gone out although it is due. A reason that names something
// the publication does not carry is told where it is known, on the page of the post.
func (p page) Waits(reason string) string {
	key := "blocker." + reason
	if words := p.T(key); catalogue.Has(key) && !strings.Contains(words, "{") {
		return words
	}
	return p.T("web.publications.wait.other")
}

// Answered is what was answered, in the reader's language where it has a code.
func (p page) Answered(x interface {
	GetAnswer() string
	GetAnswerDetail() *imprimaturv1.Answer
}) string {
	return cmp.Or(x.GetAnswerDetail().GetMessage(), x.GetAnswer())
}

// Tried is what came of an attempt. Those that ended before answers had codes of their own keep the
// bare code of what stopped them, which is no word for a person.
func (p page) Tried(a *imprimaturv1.Attempt) string {
	if a.GetAnswerDetail() == nil && catalogue.Has("blocker."+a.GetAnswer()) {
		return p.Waits(a.GetAnswer())
	}
	return p.Answered(a)
}

// listPublications shows one part of the list.
func listPublications(v *visitor) error {
	q := v.r.URL.Query()
	show, token := q.Get("show"), q.Get("page")
	if show == "" {
		show = "all"
	}
	list := publicationList{Shelves: publicationViews, Show: show, Account: q.Get("account")}
	for _, s := range publicationViews {
		if s.Key != show {
			continue
		}
		found, next, err := v.gather(s.states, list.Account, token)
		if err != nil {
			return err
		}
		for _, p := range found {
			list.Rows = append(list.Rows, v.row(p))
		}
		list.Next = next
	}
	if v.may("posts.readall") && v.may("cases.read") {
		cases, err := v.cases().ListCases(v.ctx, &imprimaturv1.ListCasesRequest{Parent: v.parent(), Filter: `state = "OPEN"`, PageSize: 200})
		if err != nil {
			return err
		}
		list.Cases = len(cases.GetCases())
	}
	if v.may("publications.handoff") {
		mine, err := v.handedToMe()
		if err != nil {
			return err
		}
		list.Hand = len(mine)
	}
	return v.show("publications", "publications", list)
}

// gather reads publications of several states, those of one after those of another, until a page
// is full. The token says which state and where in it.
func (v *visitor) gather(states []imprimaturv1.Publication_State, account, token string) ([]*imprimaturv1.Publication, string, error) {
	at, inner, _ := strings.Cut(token, ".")
	i, err := strconv.Atoi(at)
	if err != nil || i < 0 || i > len(states) {
		i, inner = 0, ""
	}
	var found []*imprimaturv1.Publication
	for ; i < len(states); i++ {
		for {
			page, err := v.publications().ListPublications(v.ctx, &imprimaturv1.ListPublicationsRequest{
				Parent: v.parent() + "/posts/-", PageSize: int32(shownRows - len(found)), PageToken: inner, Filter: publicationFilter(states[i], account),
			})
			if err != nil {
				return nil, "", err
			}
			found = append(found, page.GetPublications()...)
			if inner = page.GetNextPageToken(); inner == "" {
				break
			}
			if len(found) >= shownRows {
				return found, strconv.Itoa(i) + "." + inner, nil
			}
		}
		if len(found) >= shownRows && i+1 < len(states) {
			return found, strconv.Itoa(i+1) + ".", nil
		}
	}
	return found, "", nil
}

// publicationFilter narrows a list by what is chosen.
func publicationFilter(state imprimaturv1.Publication_State, account string) string {
	var terms []string
	if state != imprimaturv1.Publication_STATE_UNSPECIFIED {
		terms = append(terms, `state = "`+state.String()+`"`)
	}
	if account != "" && !strings.ContainsAny(account, `"\`) {
		terms = append(terms, `social_account = "`+account+`"`)
	}
	return strings.Join(terms, " AND ")
}

// publicationPage is the page of one publication.
type publicationPage struct {
	*imprimaturv1.Publication
	Address string
	Text    string
	// Post is the address of its post, Sheet the bytes that were signed.
	Post  string
	Sheet *sheet
	// Reconnect is the page of the account, when it has to be connected again.
	Reconnect string
	// Profile is where the account can be seen at its network.
	Profile string
	Cases   []*imprimaturv1.Case
	// Last is the last try to send it.
	Last *imprimaturv1.Attempt
	// Mine tells that the visitor publishes it by hand.
	Mine bool
	// Removal tells that the visitor may say that it was taken back by hand.
	Removal bool
}

// showPublication shows where a publication stands, how we know, and what a person can do.
func showPublication(v *visitor) error {
	p, err := v.publications().GetPublication(v.ctx, &imprimaturv1.GetPublicationRequest{Name: v.publicationName()})
	if err != nil {
		return err
	}
	page := publicationPage{Publication: p, Address: v.at(strings.TrimPrefix(p.GetName(), v.parent())), Text: v.wording(postOf(p.GetName())), Post: v.at("/posts/" + v.r.PathValue("post"))}
	if tries := p.GetAttempts(); len(tries) > 0 {
		page.Last = tries[len(tries)-1]
	}
	account := v.account(p.GetSocialAccount())
	if account.GetState() == imprimaturv1.SocialAccount_RECONNECT {
		page.Reconnect = v.at("/accounts/" + lastPart(account.GetName()))
	}
	if strings.HasPrefix(account.GetAddress(), "https://") {
		page.Profile = account.GetAddress()
	}
	page.Mine = p.GetState() == imprimaturv1.Publication_HANDED_OVER && v.answersFor(account)
	page.Removal = p.GetState() == imprimaturv1.Publication_PUBLISHED && v.may("posts.recall") && (v.may("publications.resolve") || v.runs(account))
	if revision, err := imprimaturv1.NewPostServiceClient(v.conn).GetRevision(v.ctx, &imprimaturv1.GetRevisionRequest{Name: p.GetRevision()}); err == nil {
		for _, t := range revision.GetTargets() {
			if t.GetSocialAccount() == p.GetSocialAccount() {
				s := v.sheet(t, nil)
				s.Fate = fateOf(p)
				page.Sheet = &s
			}
		}
	}
	if v.may("cases.read") {
		cases, err := v.cases().ListCases(v.ctx, &imprimaturv1.ListCasesRequest{Parent: v.parent(), Filter: `post = "` + postOf(p.GetName()) + `" AND publication = "` + p.GetName() + `"`})
		if err != nil {
			return err
		}
		page.Cases = cases.GetCases()
	}
	return v.show("publications-one", "publications", page)
}

// publicationName is the publication the address names.
func (v *visitor) publicationName() string {
	return v.named("posts", "post", "publications", "publication")
}

// publicationAt is the page of the publication the address names.
func (v *visitor) publicationAt() string {
	return "/posts/" + v.r.PathValue("post") + "/publications/" + v.r.PathValue("publication")
}

// runs tells whether the visitor owns an account or is its deputy.
func (v *visitor) runs(a *imprimaturv1.SocialAccount) bool {
	me := v.me.GetMember()
	return a != nil && me != "" && (a.GetOwner() == me || a.GetDeputy() == me)
}

// answersFor tells whether the visitor publishes by hand through an account: of a personal one
// only the owner does.
func (v *visitor) answersFor(a *imprimaturv1.SocialAccount) bool {
	return v.may("publications.handoff") && v.runs(a) && (!a.GetPersonal() || a.GetOwner() == v.me.GetMember())
}

// resolvePublication takes a person's word on what nobody knows, or on what was refused.
func resolvePublication(v *visitor) error {
	said := v.form("resolution")
	p, err := v.publications().ResolvePublication(v.ctx, &imprimaturv1.ResolvePublicationRequest{
		Name: v.publicationName(), Resolution: imprimaturv1.ResolvePublicationRequest_Resolution(imprimaturv1.ResolvePublicationRequest_Resolution_value[said]),
		Url: v.form("url"), Reason: v.form("reason"), Etag: v.form("etag"), RequestId: v.requestID(),
	})
	if err != nil {
		return err
	}
	key := "web.said.publications.absent"
	switch p.GetState() {
	case imprimaturv1.Publication_PUBLISHED:
		key = "web.said.publications.found"
	case imprimaturv1.Publication_SCHEDULED, imprimaturv1.Publication_CLAIMED, imprimaturv1.Publication_SENDING:
		key = "web.said.publications.again"
	}
	return v.done(v.at(v.publicationAt()), key)
}

// recallPublication takes one publication back from its network.
func recallPublication(v *visitor) error {
	_, err := v.publications().RecallPublication(v.ctx, &imprimaturv1.RecallPublicationRequest{Name: v.publicationName(), Reason: v.form("reason"), RequestId: v.requestID()})
	if err != nil {
		return err
	}
	return v.done(v.back(v.publicationAt()), "web.said.publications.recalling")
}

// confirmRemoval takes a person's word that something was taken back by hand.
func confirmRemoval(v *visitor) error {
	_, err := v.publications().ConfirmRemoval(v.ctx, &imprimaturv1.ConfirmRemovalRequest{Name: v.publicationName(), Reason: v.form("reason"), RequestId: v.requestID()})
	if err != nil {
		return err
	}
	return v.done(v.back(v.publicationAt()), "web.said.publications.removed")
}
