package web

import (
	"net/http"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// itemData is an item in the editor; Item of a new one is empty.
type itemData struct {
	Tabs        []tab
	Item        *imprimaturv1.LibraryItem
	New         bool
	Place       string
	Zone        string
	Topics      []option
	Networks    []option
	Disclosures []option
	Modes       []option
	Variants    []*imprimaturv1.Variant
	Spans       []*imprimaturv1.EditSpan
	Sheets      []itemSheet
	Findings    []*imprimaturv1.Finding
	Review      *imprimaturv1.Review
	Suggestions []*imprimaturv1.Suggestion
	Owners      []option
	// Files is what is known of each of its files.
	Files map[string]*imprimaturv1.Media
	// Blocked tells that it cannot be submitted as it is, Submits that it can be.
	Blocked, Submits bool
	// Me is the visitor.
	Me string
}

// TakenFrom is whose signature a decision takes back, empty when that is its maker's own, or none.
func (d itemData) TakenFrom(of *imprimaturv1.Decision) string {
	return takenFrom(of, []*imprimaturv1.Review{d.Review})
}

// Undoable tells whether a decision is another's signature on an item that is offered to nobody any more
// without it; who may take it back, and whether that is too late, is for the service to say.
func (d itemData) Undoable(of *imprimaturv1.Decision) bool {
	return d.Item.GetState() != imprimaturv1.LibraryItem_WITHDRAWN && undoable(of, d.Review, d.Me)
}

// itemSheet is what one network will show in one language.
type itemSheet struct {
	Sheet       sheet
	Alternative string
}

// spare is how many empty rows a form ends with, where no script adds one.
const spare = 2

// itemMask is what the editor says of an item. What is signed and what is not stand side by side:
// the service tells them apart.
var itemMask = []string{
	"title", "topic", "content", "networks", "share_start_time", "share_end_time", "time_zone", "note", "audience",
	"edit_policy", "announcement", "pin", "labels", "campaign", "share_spread_minutes", "featured", "featured_end_time",
}

func newItem(v *visitor) error {
	data := itemData{New: true, Item: &imprimaturv1.LibraryItem{Content: &imprimaturv1.Content{Language: v.language}}}
	if err := v.fillItem(&data); err != nil {
		return err
	}
	return v.show("desk-item", "desk", data)
}

func editItem(v *visitor) error {
	item, err := imprimaturv1.NewLibraryServiceClient(v.conn).GetLibraryItem(v.ctx, &imprimaturv1.GetLibraryItemRequest{Name: v.named("libraryItems", "item")})
	if err != nil {
		return err
	}
	data := itemData{Item: item, Place: standing(item), Findings: item.GetFindings(), Me: v.me.GetMember()}
	for _, t := range item.GetTargets() {
		s := v.sheet(t, nil)
		s.Byline = v.space.GetDisplayName()
		data.Sheets = append(data.Sheets, itemSheet{s, t.GetAlternative()})
	}
	for _, f := range item.GetFindings() {
		data.Blocked = data.Blocked || f.GetSeverity() == imprimaturv1.Finding_BLOCKS
	}
	switch item.GetState() {
	case imprimaturv1.LibraryItem_DRAFT, imprimaturv1.LibraryItem_REVIEW_EXPIRED, imprimaturv1.LibraryItem_CHANGES_REQUESTED:
		data.Submits = true
	}
	if item.GetReview() != "" && v.may("reviews.read") {
		// A round that cannot be read is not shown; the item says where it stands.
		data.Review, _ = imprimaturv1.NewReviewServiceClient(v.conn).GetReview(v.ctx, &imprimaturv1.GetReviewRequest{Name: item.GetReview()})
	}
	if v.may("threads.read") {
		listed, err := imprimaturv1.NewSuggestionServiceClient(v.conn).ListSuggestions(v.ctx, &imprimaturv1.ListSuggestionsRequest{Parent: item.GetName()})
		if err != nil {
			return err
		}
		data.Suggestions = listed.GetSuggestions()
	}
	if err := v.fillItem(&data); err != nil {
		return err
	}
	return v.show("desk-item", "desk", data)
}

// fillItem adds what the fields of the editor offer.
func (v *visitor) fillItem(data *itemData) error {
	p, item := v.bare("notice"), data.Item
	data.Tabs = v.deskTabs("board")
	data.Zone = item.GetTimeZone()
	if data.Zone == "" {
		data.Zone = v.zone.String()
	}
	listed, err := imprimaturv1.NewTopicServiceClient(v.conn).ListTopics(v.ctx, &imprimaturv1.ListTopicsRequest{Parent: v.parent(), PageSize: everyPage})
	if err != nil {
		return err
	}
	for _, t := range listed.GetTopics() {
		chosen := t.GetName() == item.GetTopic() || item.GetTopic() == "" && t.GetDefaultTopic()
		data.Topics = append(data.Topics, option{t.GetName(), t.GetDisplayName(), chosen})
	}
	if data.Networks, err = v.networkChoices(item.GetNetworks(), data.New); err != nil {
		return err
	}
	for d := range imprimaturv1.Disclosure_name {
		word := imprimaturv1.Disclosure(d)
		data.Disclosures = append(data.Disclosures, option{word.String(), p.Word("web.desk.disclosure.", word), word == item.GetContent().GetDisclosure()})
	}
	slices.SortFunc(data.Disclosures, func(a, b option) int {
		return int(imprimaturv1.Disclosure_value[a.Value] - imprimaturv1.Disclosure_value[b.Value])
	})
	mode := item.GetEditPolicy().GetMode()
	if data.New {
		mode = v.space.GetDefaultEditMode()
	}
	for _, m := range []imprimaturv1.EditPolicy_Mode{imprimaturv1.EditPolicy_MODE_UNSPECIFIED, imprimaturv1.EditPolicy_SPANS, imprimaturv1.EditPolicy_LOCKED} {
		data.Modes = append(data.Modes, option{m.String(), p.Word("web.desk.mode.", m), m == mode})
	}
	if data.Files, err = v.files(item.GetContent()); err != nil {
		return err
	}
	data.Variants = append(slices.Clone(item.GetContent().GetVariants()), make([]*imprimaturv1.Variant, spare)...)
	data.Spans = append(slices.Clone(item.GetEditPolicy().GetSpans()), make([]*imprimaturv1.EditSpan, spare)...)
	if data.New {
		return nil
	}
	if data.Owners, err = v.colleagues(""); err != nil {
		return err
	}
	// Who looks after items by role comes first; who else may, the service knows.
	slices.SortStableFunc(data.Owners, func(a, b option) int { return v.keeps(a.Value) - v.keeps(b.Value) })
	return nil
}

// keeps is 0 for somebody whose role is the library's, otherwise 1.
func (v *visitor) keeps(member string) int {
	if slices.ContainsFunc(v.member(member).GetRoles(), func(role string) bool { return role == "curator" || role == "admin" }) {
		return 0
	}
	return 1
}

// networkChoices lists those the workspace has accounts on, and those an item names.
func (v *visitor) networkChoices(chosen []string, fresh bool) ([]option, error) {
	p := v.bare("notice")
	listed, err := imprimaturv1.NewSocialAccountServiceClient(v.conn).ListSocialAccounts(v.ctx, &imprimaturv1.ListSocialAccountsRequest{Parent: v.parent(), PageSize: everyPage})
	if err != nil {
		return nil, err
	}
	names := slices.Clone(chosen)
	for _, a := range listed.GetSocialAccounts() {
		names = append(names, a.GetNetwork())
	}
	slices.Sort(names)
	var options []option
	for _, n := range slices.Compact(names) {
		options = append(options, option{n, p.Network(n), slices.Contains(chosen, n) || fresh && n == "wall"})
	}
	return options, nil
}

// written reads the editor's form into an item, over what it was.
func (v *visitor) written(item *imprimaturv1.LibraryItem) error {
	item.Title, item.Topic, item.Networks = v.form("title"), v.form("topic"), v.fields("network")
	item.TimeZone, item.Note = v.form("time_zone"), strings.TrimSpace(v.text("note"))
	item.Etag = v.form("etag")
	var err error
	if item.ShareStartTime, err = instant(v.form("share_start"), item.TimeZone); err != nil {
		return err
	}
	if item.ShareEndTime, err = instant(v.form("share_end"), item.TimeZone); err != nil {
		return err
	}
	if item.FeaturedEndTime, err = instant(v.form("featured_end"), item.TimeZone); err != nil {
		return err
	}
	if item.ShareStartTime == nil && item.ShareEndTime == nil {
		item.TimeZone = ""
	}
	item.Announcement = v.form("announcement") != ""
	item.Pin, item.Featured = number(v.form("pin")), number(v.form("featured"))
	item.Labels, item.Campaign = commas(v.form("labels")), v.form("campaign")
	item.ShareSpreadMinutes = nil
	if spread := strings.TrimSpace(v.form("share_spread_minutes")); spread != "" {
		item.ShareSpreadMinutes = new(number(spread))
	}
	item.Audience = v.audience()
	item.EditPolicy = v.editPolicy()
	c := item.Content
	if c == nil {
		c = new(imprimaturv1.Content)
		item.Content = c
	}
	c.Language, c.Text, c.Link = v.form("language"), strings.TrimRight(v.text("text"), "\n "), v.form("link")
	c.Disclosure = imprimaturv1.Disclosure(imprimaturv1.Disclosure_value[v.form("disclosure")])
	c.Variants = v.variants()
	v.described(c)
	return nil
}

// variants reads the rows of texts for one network, one language or one choice.
func (v *visitor) variants() []*imprimaturv1.Variant {
	var rows []*imprimaturv1.Variant
	networks, languages, alternatives := v.fields("variant_network"), v.fields("variant_language"), v.fields("variant_alternative")
	for i, text := range v.fields("variant_text") {
		if strings.TrimSpace(text) == "" {
			continue // an empty row says nothing, and emptying one takes it out
		}
		rows = append(rows, &imprimaturv1.Variant{
			Network: nth(networks, i), Language: strings.TrimSpace(nth(languages, i)), Alternative: strings.TrimSpace(nth(alternatives, i)),
			Text: strings.TrimRight(strings.ReplaceAll(text, "\r\n", "\n"), "\n "),
		})
	}
	return rows
}

// described takes over the words beside the pictures, and takes out those that were ticked.
func (v *visitor) described(c *imprimaturv1.Content) {
	out := v.fields("media_out")
	kept := c.Media[:0]
	names, words := v.fields("media"), v.fields("media_alt")
	for _, m := range c.GetMedia() {
		if slices.Contains(out, m.GetMedia()) {
			continue
		}
		if i := slices.Index(names, m.GetMedia()); i >= 0 {
			m.AltText = strings.TrimSpace(nth(words, i))
		}
		kept = append(kept, m)
	}
	c.Media = kept
}

// audience reads whom an item is for, nil for everybody.
func (v *visitor) audience() *imprimaturv1.Audience {
	a := &imprimaturv1.Audience{
		Groups: commas(v.form("groups")), Departments: commas(v.form("departments")),
		Countries: commas(strings.ToUpper(v.form("countries"))), Languages: v.fields("languages"),
	}
	if proto.Size(a) == 0 {
		return nil
	}
	return a
}

// editPolicy reads what who shares an item may change of it.
func (v *visitor) editPolicy() *imprimaturv1.EditPolicy {
	e := &imprimaturv1.EditPolicy{Mode: imprimaturv1.EditPolicy_Mode(imprimaturv1.EditPolicy_Mode_value[v.form("mode")])}
	if e.Mode != imprimaturv1.EditPolicy_SPANS {
		return e
	}
	e.Unreviewed = v.form("unreviewed") != ""
	lengths, kinds := v.fields("span_max"), v.fields("span_kind")
	for i, text := range v.fields("span_text") {
		if text == "" {
			continue
		}
		span := &imprimaturv1.EditSpan{Text: strings.ReplaceAll(text, "\r\n", "\n"), MaxCharacters: number(nth(lengths, i))}
		span.Optional = nth(kinds, i) == "optional"
		e.Spans = append(e.Spans, span)
	}
	return e
}

func createItem(v *visitor) error {
	item := new(imprimaturv1.LibraryItem)
	if err := v.written(item); err != nil {
		return err
	}
	made, err := imprimaturv1.NewLibraryServiceClient(v.conn).CreateLibraryItem(v.ctx, &imprimaturv1.CreateLibraryItemRequest{
		Parent: v.parent(), LibraryItem: item, RequestId: v.requestID(),
	})
	if err != nil {
		return err
	}
	return v.done(v.at("/desk/items/"+lastPart(made.GetName())), "web.said.desk.created")
}

func saveItem(v *visitor) error {
	client := imprimaturv1.NewLibraryServiceClient(v.conn)
	item, err := client.GetLibraryItem(v.ctx, &imprimaturv1.GetLibraryItemRequest{Name: v.named("libraryItems", "item")})
	if err != nil {
		return err
	}
	if err := v.written(item); err != nil {
		return err
	}
	_, err = client.UpdateLibraryItem(v.ctx, &imprimaturv1.UpdateLibraryItemRequest{
		LibraryItem: item, UpdateMask: &fieldmaskpb.FieldMask{Paths: itemMask}, RequestId: v.requestID(),
	})
	if err != nil {
		return err
	}
	return v.done(v.itemPage(), "web.said.desk.saved")
}

// itemPage is the page of the item that a form below it belongs to.
func (v *visitor) itemPage() string { return v.at("/desk/items/" + v.r.PathValue("item")) }

func submitItem(v *visitor) error {
	_, err := imprimaturv1.NewLibraryServiceClient(v.conn).SubmitLibraryItem(v.ctx, &imprimaturv1.SubmitLibraryItemRequest{
		Name: v.named("libraryItems", "item"), Digest: v.form("digest"), Etag: v.form("etag"), RequestId: v.requestID(),
	})
	if err != nil {
		return err
	}
	return v.done(v.itemPage(), "web.said.desk.submitted")
}

func withdrawItem(v *visitor) error {
	_, err := imprimaturv1.NewLibraryServiceClient(v.conn).WithdrawLibraryItem(v.ctx, &imprimaturv1.WithdrawLibraryItemRequest{
		Name: v.named("libraryItems", "item"), Reason: v.form("reason"), RequestId: v.requestID(),
	})
	if err != nil {
		return err
	}
	return v.done(v.itemPage(), "web.said.desk.withdrawn")
}

func transferItem(v *visitor) error {
	item, err := imprimaturv1.NewLibraryServiceClient(v.conn).TransferLibraryItem(v.ctx, &imprimaturv1.TransferLibraryItemRequest{
		Name: v.named("libraryItems", "item"), Owner: v.form("owner"), Reason: v.form("reason"), Etag: v.form("etag"), RequestId: v.requestID(),
	})
	if err != nil {
		return err
	}
	return v.done(v.itemPage(), "web.said.desk.transferred", "name", v.member(item.GetOwner()).GetDisplayName())
}

// illustrateItem uploads a file and puts it behind those the item has.
func illustrateItem(v *visitor) error {
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, maxUpload)
	if err := v.r.ParseMultipartForm(maxPost); err != nil {
		return tooMuch(err)
	}
	defer func() { _ = v.r.MultipartForm.RemoveAll() }()
	made, err := v.brought()
	if err != nil {
		return err
	}
	if made == nil {
		return mistake("web.form.nofile")
	}
	client := imprimaturv1.NewLibraryServiceClient(v.conn)
	item, err := client.GetLibraryItem(v.ctx, &imprimaturv1.GetLibraryItemRequest{Name: v.named("libraryItems", "item")})
	if err != nil {
		return err
	}
	if item.GetContent() == nil {
		item.Content = new(imprimaturv1.Content)
	}
	item.Content.Media = append(item.Content.Media, &imprimaturv1.MediaUse{Media: made.GetName(), AltText: v.form("alt")})
	item.Etag = v.form("etag")
	_, err = client.UpdateLibraryItem(v.ctx, &imprimaturv1.UpdateLibraryItemRequest{
		LibraryItem: item, UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"content"}}, RequestId: v.requestID(),
	})
	if err != nil {
		return err
	}
	return v.done(v.itemPage(), "web.said.desk.illustrated")
}

func takeSuggestion(v *visitor) error {
	_, err := imprimaturv1.NewSuggestionServiceClient(v.conn).AcceptSuggestion(v.ctx, &imprimaturv1.AcceptSuggestionRequest{
		Name: v.named("libraryItems", "item", "suggestions", "suggestion"), Etag: v.form("etag"), RequestId: v.requestID(),
	})
	if err != nil {
		return err
	}
	return v.done(v.itemPage(), "web.said.desk.taken")
}

func refuseSuggestion(v *visitor) error {
	_, err := imprimaturv1.NewSuggestionServiceClient(v.conn).DeclineSuggestion(v.ctx, &imprimaturv1.DeclineSuggestionRequest{
		Name: v.named("libraryItems", "item", "suggestions", "suggestion"), Reason: v.form("reason"), RequestId: v.requestID(),
	})
	if err != nil {
		return err
	}
	return v.done(v.itemPage(), "web.said.desk.declined")
}

// retractItemDecision takes back a signature that somebody else gave to an item.
func retractItemDecision(v *visitor) error {
	if err := v.takeBack(v.named("libraryItems", "item", "reviews", "review", "decisions", "decision")); err != nil {
		return err
	}
	return v.done(v.itemPage(), "web.said.desk.takenback")
}
