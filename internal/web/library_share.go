package web

import (
	"cmp"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/google/uuid"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// share is a wish to share an item: what the address of the page, and then its form, say.
type share struct {
	item        string
	accounts    []string
	language    string
	alternative string
	// words are what was written in the place of each span, by its number.
	words map[int]string
}

// wish reads what was chosen from an address or a form.
func (v *visitor) wish(from url.Values) share {
	w := share{item: v.named("libraryItems", "item"), language: from.Get("language"), alternative: from.Get("alternative"), words: make(map[int]string)}
	for _, a := range from["account"] {
		if !slices.Contains(w.accounts, a) {
			w.accounts = append(w.accounts, a)
		}
	}
	for field, values := range from {
		if number, found := strings.CutPrefix(field, "words-"); found {
			if i, err := strconv.Atoi(number); err == nil {
				// A box that is not ticked leaves only the empty value before it.
				w.words[i] = strings.ReplaceAll(values[len(values)-1], "\r\n", "\n")
			}
		}
	}
	return w
}

// seat is an account somebody can share with, or not.
type seat struct {
	*imprimaturv1.SocialAccount
	Chosen bool
	// Why is a word for why it cannot be chosen.
	Why string
}

// sharePage is what the page before a share shows.
type sharePage struct {
	Card      libraryCard
	Seats     []seat
	Languages []string
	Language  string
	// Alternatives are names of texts, "" for the one that is meant unless somebody chooses.
	Alternatives []string
	Alternative  string
	// Written is the text with its spans, nil where nothing may be changed.
	Written []writing
	// Own is whether another text may be written, which people sign.
	Own     bool
	Sheets  []sheet
	Preview *imprimaturv1.PreviewPostResponse
	// Told tells that readers are told what the visitor is to the company, which somebody signs.
	Told bool
	// Blocked tells that it cannot go out as it is.
	Blocked bool
	// Signers are what would have to be signed.
	Signers []*imprimaturv1.Requirement
	// Crowded says where too many say the same.
	Crowded []crowd
	// Carried is what the form takes along.
	Carried []carried
	// Time is what the field for a time begins with, Zone whose time it is, Free the next one
	// when now is none.
	Time, Zone string
	Free       *timestamppb.Timestamp
}

// crowd is a network where too many say the same, with the other texts that can go out there now.
type crowd struct {
	*imprimaturv1.CrowdedText
	Texts []freeText
}

// freeText is one of the texts of an item, and where the page shows it instead. The one that is meant
// unless somebody chooses has no name.
type freeText struct{ Name, Address string }

// carried is a hidden field.
type carried struct{ Name, Value string }

// shareItem shows exactly what would go out through each account. It keeps nothing.
func shareItem(v *visitor) error {
	w := v.wish(v.r.URL.Query())
	item, err := imprimaturv1.NewLibraryServiceClient(v.conn).GetLibraryItem(v.ctx, &imprimaturv1.GetLibraryItemRequest{Name: w.item})
	if err != nil {
		return err
	}
	s := sharePage{Card: v.card(item, nil), Zone: v.zone.String()}
	if err := v.seat(&s, item, &w); err != nil {
		return err
	}
	s.Languages, s.Alternatives = spoken(item.GetTargets())
	if !slices.Contains(s.Languages, w.language) {
		w.language = cmp.Or(suggested(item.GetTargets(), v.language).GetLanguage(), item.GetContent().GetLanguage())
	}
	s.Language, s.Alternative = w.language, w.alternative
	if item.GetSharable() && len(w.accounts) > 0 {
		if err := v.preview(&s, item, w); err != nil {
			return err
		}
	}
	s.carry(w)
	return v.show("library-share", "library", s)
}

// seat lists the visitor's accounts. Unless some are chosen, the personal ones are.
func (v *visitor) seat(s *sharePage, item *imprimaturv1.LibraryItem, w *share) error {
	accounts, err := v.everyAccount()
	if err != nil {
		return err
	}
	chosen := w.accounts
	w.accounts = nil
	for _, a := range accounts {
		if a.GetOwner() != v.me.GetMember() {
			continue
		}
		one := seat{SocialAccount: a}
		switch {
		case !slices.Contains(item.GetNetworks(), a.GetNetwork()):
			one.Why = "elsewhere"
		case a.GetState() != imprimaturv1.SocialAccount_READY:
			one.Why = a.GetState().String()
		default:
			one.Chosen = slices.Contains(chosen, a.GetName()) || len(chosen) == 0 && a.GetPersonal()
		}
		if one.Chosen {
			w.accounts = append(w.accounts, a.GetName())
		}
		s.Seats = append(s.Seats, one)
	}
	return nil
}

// preview asks what would go out.
func (v *visitor) preview(s *sharePage, item *imprimaturv1.LibraryItem, w share) error {
	client := imprimaturv1.NewPostServiceClient(v.conn)
	p, err := client.PreviewPost(v.ctx, &imprimaturv1.PreviewPostRequest{Parent: v.parent(), Post: w.post(nil), Alternative: w.alternative})
	if err != nil {
		return err
	}
	policy := item.GetEditPolicy()
	s.Own = policy.GetMode() == imprimaturv1.EditPolicy_MODE_UNSPECIFIED
	if policy.GetMode() == imprimaturv1.EditPolicy_SPANS {
		s.Written = written(p.GetTargets(), policy.GetSpans(), w.words)
		if content, changed := rewritten(p.GetContent(), policy.GetSpans(), w.words); changed {
			if p, err = client.PreviewPost(v.ctx, &imprimaturv1.PreviewPostRequest{Parent: v.parent(), Post: w.post(content)}); err != nil {
				return err
			}
		}
	}
	s.Preview = p
	for _, t := range p.GetTargets() {
		s.Sheets = append(s.Sheets, v.sheet(t, nil))
	}
	for _, f := range p.GetFindings() {
		s.Blocked = s.Blocked || f.GetSeverity() == imprimaturv1.Finding_BLOCKS
		s.Told = s.Told || f.GetCode() == "RELATION_TOLD"
	}
	for _, r := range p.GetRequirements() {
		if r.GetKind() == imprimaturv1.Requirement_HUMAN && !r.GetSatisfied() {
			s.Signers = append(s.Signers, r)
		}
	}
	s.timing(v.zone)
	for _, c := range p.GetCrowdedTexts() {
		one := crowd{CrowdedText: c}
		for _, name := range c.GetFreeAlternatives() {
			q := url.Values{"account": w.accounts, "language": {w.language}, "alternative": {name}}
			one.Texts = append(one.Texts, freeText{name, v.at("/library/" + lastPart(w.item) + "/share?" + q.Encode())})
		}
		s.Crowded = append(s.Crowded, one)
	}
	return nil
}

// timing finds the time that the page proposes: the next free one when now is none.
func (s *sharePage) timing(zone *time.Location) {
	s.Free = s.Preview.GetTakenTime().GetFreeTime()
	unedited := s.Preview.GetEdit() == imprimaturv1.PreviewPostResponse_UNEDITED
	for _, c := range s.Preview.GetCrowdedTexts() {
		if free := c.GetFreeTime(); unedited && free != nil && (s.Free == nil || free.AsTime().After(s.Free.AsTime())) {
			s.Free = free
		}
	}
	y, m, d := time.Now().In(zone).Date()
	at := time.Date(y, m, d+1, 9, 0, 0, 0, zone)
	if s.Free != nil {
		at = s.Free.AsTime().In(zone).Add(time.Minute - 1).Truncate(time.Minute)
	}
	s.Time = at.Format(localTime)
}

// carry puts what was chosen, and what is shown of it, into the form.
func (s *sharePage) carry(w share) {
	for _, a := range w.accounts {
		s.Carried = append(s.Carried, carried{"account", a})
	}
	s.Carried = append(s.Carried, carried{"language", w.language}, carried{"alternative", w.alternative}, carried{"digest", s.Preview.GetDigest()})
	for _, i := range slices.Sorted(maps.Keys(w.words)) {
		s.Carried = append(s.Carried, carried{"words-" + strconv.Itoa(i), w.words[i]})
	}
}

// post is the post that a wish means, with other words than the item's or without.
func (w share) post(content *imprimaturv1.Content) *imprimaturv1.Post {
	if content == nil {
		content = &imprimaturv1.Content{Language: w.language}
	}
	return &imprimaturv1.Post{LibraryItem: w.item, SocialAccounts: w.accounts, Content: content}
}

// spoken lists an item's languages and alternatives.
func spoken(targets []*imprimaturv1.Target) (languages, alternatives []string) {
	for _, t := range targets {
		if !slices.Contains(languages, t.GetLanguage()) {
			languages = append(languages, t.GetLanguage())
		}
		if !slices.Contains(alternatives, t.GetAlternative()) {
			alternatives = append(alternatives, t.GetAlternative())
		}
	}
	slices.Sort(alternatives)
	return languages, alternatives
}

// sendShare sends what was shown, now or at a time: as the item says it, or with the words that
// were changed within its bounds.
func sendShare(v *visitor) error {
	at, err := v.picked("time")
	if err != nil {
		return err
	}
	w := v.wish(v.r.PostForm)
	post, err := v.send(w, at)
	if err != nil {
		return err
	}
	key := "web.said.library.shared"
	switch {
	case post.GetState() == imprimaturv1.Post_IN_REVIEW:
		key = "web.said.library.submitted"
	case at != nil:
		key = "web.said.library.scheduled"
	}
	_, id, _ := strings.Cut(post.GetName(), "/posts/")
	return v.done(v.at("/posts/"+id), key)
}

// send makes and submits the post. The digest is the one that was on the screen: other bytes
// than those are refused, whatever was typed since.
func (v *visitor) send(w share, at *timestamppb.Timestamp) (*imprimaturv1.Post, error) {
	library, posts := imprimaturv1.NewLibraryServiceClient(v.conn), imprimaturv1.NewPostServiceClient(v.conn)
	zone := ""
	if at != nil {
		zone = v.zone.String()
	}
	item, err := library.GetLibraryItem(v.ctx, &imprimaturv1.GetLibraryItemRequest{Name: w.item})
	if err != nil {
		return nil, err
	}
	if policy := item.GetEditPolicy(); policy.GetMode() == imprimaturv1.EditPolicy_SPANS && len(w.words) > 0 {
		p, err := posts.PreviewPost(v.ctx, &imprimaturv1.PreviewPostRequest{Parent: v.parent(), Post: w.post(nil), Alternative: w.alternative})
		if err != nil {
			return nil, err
		}
		if content, changed := rewritten(p.GetContent(), policy.GetSpans(), w.words); changed {
			post := w.post(content)
			post.PublishTime, post.TimeZone = at, zone
			made, err := posts.CreatePost(v.ctx, &imprimaturv1.CreatePostRequest{Parent: v.parent(), Post: post, RequestId: v.requestID()})
			if err != nil {
				return nil, err
			}
			return posts.SubmitPost(v.ctx, &imprimaturv1.SubmitPostRequest{Name: made.GetName(), Digest: v.form("digest"), RequestId: following(v.requestID())})
		}
	}
	return library.ShareLibraryItem(v.ctx, &imprimaturv1.ShareLibraryItemRequest{
		Name: w.item, SocialAccounts: w.accounts, Language: w.language, Alternative: w.alternative, Digest: v.form("digest"),
		PublishTime: at, TimeZone: zone, RequestId: v.requestID(),
	})
}

// following is the id of the second call that one form makes: the same whenever it is sent.
func following(requestID string) string {
	id, err := uuid.Parse(requestID)
	if err != nil {
		return ""
	}
	return uuid.NewSHA1(id, []byte("second")).String()
}

// draftShare keeps a draft with the item's words, to be changed where posts are written.
func draftShare(v *visitor) error {
	v.form("digest") // reads the form
	w := v.wish(v.r.PostForm)
	posts := imprimaturv1.NewPostServiceClient(v.conn)
	p, err := posts.PreviewPost(v.ctx, &imprimaturv1.PreviewPostRequest{Parent: v.parent(), Post: w.post(nil), Alternative: w.alternative})
	if err != nil {
		return err
	}
	made, err := posts.CreatePost(v.ctx, &imprimaturv1.CreatePostRequest{Parent: v.parent(), Post: w.post(p.GetContent()), RequestId: v.requestID()})
	if err != nil {
		return err
	}
	_, id, _ := strings.Cut(made.GetName(), "/posts/")
	return v.done(v.at("/compose?post="+id), "web.said.library.drafted")
}

// picked is the time that a form names, nil when its button says now.
func (v *visitor) picked(field string) (*timestamppb.Timestamp, error) {
	if v.form("when") != "later" {
		return nil, nil
	}
	at, err := time.ParseInLocation(localTime, v.form(field), v.zone)
	if err != nil {
		return nil, mistake("web.form.time")
	}
	return timestamppb.New(at), nil
}
