package grpcapi

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"buf.build/go/protovalidate"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"
	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/diff"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

var (
	noon   = time.Date(2026, 3, 29, 12, 0, 0, 123456000, time.UTC)
	sample = advocacy.Manifest{
		Schema: advocacy.ManifestSchema, Workspace: "acme", Kind: advocacy.SubjectPost,
		Reach: advocacy.Reach{Announcement: true, Audience: advocacy.Audience{
			Groups: []string{"g"}, Departments: []string{"d"}, Countries: []string{"FR"}, Languages: []string{"fr"},
		}},
		Editing: advocacy.Editing{
			Mode: advocacy.EditSpans, Unreviewed: true, Spans: []advocacy.EditSpan{{Text: "t", Optional: true, Most: 1}},
		},
		Targets: []advocacy.Target{{Account: someID, Byline: "Ana", Country: "FR", Place: "https://www.facebook.com/ana", Alternative: "short", Rendering: advocacy.Rendering{
			Network: "wall", Language: "en", Text: "t", Link: "https://example.com", Disclosure: advocacy.DisclosureEmployee, DisclosureText: "d", DisclosureLanguage: "de",
			Card:  advocacy.RenderedCard{Title: "t", Description: "d", Picture: advocacy.RenderedMedia{Blob: "sha256:" + someHex, ContentType: "image/png", Width: 1, Height: 2, AltText: "a", Duration: 3, Pages: 4}},
			Media: []advocacy.RenderedMedia{{Blob: "sha256:" + someHex, ContentType: "image/png", Width: 1, Height: 2, AltText: "a", Duration: 3, Pages: 4}},
		}}},
	}
	// known are values that a filled field of a type has; others get a sample.
	known = map[reflect.Type]any{
		reflect.TypeFor[time.Time]():                 noon,
		reflect.TypeFor[advocacy.Manifest]():         sample,
		reflect.TypeFor[advocacy.WorkspaceID]():      advocacy.WorkspaceID("acme"),
		reflect.TypeFor[advocacy.Subject]():          advocacy.PostSubject("acme", someID),
		reflect.TypeFor[advocacy.TopicID]():          advocacy.TopicID("news"),
		reflect.TypeFor[advocacy.Role]():             advocacy.RoleLegal,
		reflect.TypeFor[advocacy.Network]():          advocacy.Network("wall"),
		reflect.TypeFor[advocacy.Permission]():       advocacy.Permission("posts.read"),
		reflect.TypeFor[advocacy.Digest]():           advocacy.Digest("sha256:" + someHex),
		reflect.TypeFor[advocacy.PostState]():        advocacy.PostInReview,
		reflect.TypeFor[advocacy.ItemState]():        advocacy.ItemApproved,
		reflect.TypeFor[advocacy.ProposalState]():    advocacy.ProposalDeclined,
		reflect.TypeFor[advocacy.Availability]():     advocacy.AvailableLater,
		reflect.TypeFor[advocacy.ReviewState]():      advocacy.ReviewOpen,
		reflect.TypeFor[advocacy.PublicationState](): advocacy.HandedOver,
		reflect.TypeFor[advocacy.Comparison]():       advocacy.Differs,
		reflect.TypeFor[advocacy.Evidence]():         advocacy.Told,
		reflect.TypeFor[advocacy.AccountState]():     advocacy.AccountReady,
		reflect.TypeFor[workflow.Repeat]():           workflow.RepeatByKey,
		reflect.TypeFor[advocacy.HandleKind]():       advocacy.HandleImpostor,
		reflect.TypeFor[advocacy.HandleStatus]():     advocacy.HandleGone,
		reflect.TypeFor[advocacy.ShownState]():       advocacy.ShownDiffers,
		reflect.TypeFor[advocacy.RecallScope]():      advocacy.RecallPublished,
		reflect.TypeFor[advocacy.CaseKind]():         advocacy.CaseDiffers,
		reflect.TypeFor[advocacy.CaseState]():        advocacy.CaseClosed,
		reflect.TypeFor[advocacy.CaseResolution]():   advocacy.CaseTolerated,
		reflect.TypeFor[advocacy.MemberState]():      advocacy.MemberActive,
		reflect.TypeFor[advocacy.HoldScope]():        advocacy.HoldPost,
		reflect.TypeFor[advocacy.Verdict]():          advocacy.Reject,
		reflect.TypeFor[advocacy.Disclosure]():       advocacy.DisclosureEmployee,
		reflect.TypeFor[advocacy.Origin]():           advocacy.OriginLibrary,
		reflect.TypeFor[advocacy.TermGrade]():        advocacy.GradeRestricted,
		reflect.TypeFor[advocacy.DisclosurePlace]():  advocacy.DisclosedVisible,
		reflect.TypeFor[map[string]string]():         map[string]string{"en": "Ad"},
		reflect.TypeFor[advocacy.Severity]():         advocacy.Advice,
		reflect.TypeFor[advocacy.EditMode]():         advocacy.EditSpans,
		reflect.TypeFor[advocacy.Edit]():             advocacy.EditedWithin,
		reflect.TypeFor[diff.Change]():               diff.Changed,
		reflect.TypeFor[diff.Op]():                   diff.Insert,
		reflect.TypeFor[advocacy.RequirementKind]():  advocacy.RequireHumans,
		reflect.TypeFor[advocacy.RuleReason]():       advocacy.ForObjection(),
		reflect.TypeFor[advocacy.ActorKind]():        advocacy.Machine,
		reflect.TypeFor[workflow.TaskState]():        workflow.TaskOpen,
		reflect.TypeFor[workflow.ImportOutcome]():    workflow.ImportFailed,
		reflect.TypeFor[advocacy.Why]():              advocacy.WhyAssigned,
		reflect.TypeFor[advocacy.Alone]():            advocacy.AloneObjection,
		reflect.TypeFor[[]byte]():                    sample.Canonical(),
	}
	// spelled are values of plain strings whose form the contract fixes.
	spelled = map[string]string{
		"Blob": "sha256:" + someHex, "Language": "en", "Email": "ana@example.com", "Target": someID,
		"Policy": "default", "Country": "FR", "Countries": "FR", "URL": "https://example.com", "Requirement": "legal", "Key": "legal",
	}
)

// fill gives every field, however deep, a value.
func fill(v reflect.Value, field string) {
	if value, ok := known[v.Type()]; ok {
		v.Set(reflect.ValueOf(value))
		return
	}
	switch v.Kind() {
	case reflect.String:
		if text, ok := spelled[field]; ok && v.Type() == reflect.TypeFor[string]() {
			v.SetString(text)
			return
		}
		v.SetString(someID)
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(3)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), field)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), field)
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				fill(v.Field(i), f.Name)
			}
		}
	}
}

func filled[T any]() *T {
	var v T
	fill(reflect.ValueOf(&v).Elem(), "")
	return &v
}

// unset lists the fields of a message, and of the messages in it, that have no value.
func unset(m protoreflect.Message, path string) []string {
	var missing []string
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		fd := fields.Get(i)
		name := strings.TrimPrefix(path+"."+string(fd.Name()), ".")
		switch {
		case !m.Has(fd):
			missing = append(missing, name)
		case fd.Kind() != protoreflect.MessageKind || fd.IsMap() || fd.Message().ParentFile().Package() != servicePackage:
		case fd.IsList():
			missing = append(missing, unset(m.Get(fd).List().Get(0).Message(), name)...)
		default:
			missing = append(missing, unset(m.Get(fd).Message(), name)...)
		}
	}
	return missing
}

// Every field of every resource is written, but for those that are secrets or belong to
// one call's answer; and what is written keeps the contract's own rules.
func TestEveryFieldIsWritten(t *testing.T) {
	t.Parallel()
	tr := &trip{principal: Principal{Actor: ana}, authorizer: grants{someID: {"posts.read"}}}
	record := filled[advocacy.AuditRecord]()
	course := filled[advocacy.TrainingCourse]()
	choice := &course.Questions[0].Options
	*choice = append(*choice, *choice...) // there is something to choose from
	record.Detail = []byte(`{"digest": "x"}`)
	taken := filled[workflow.RecallView]()
	taken.Copies = map[advocacy.CopyState]int{advocacy.CopyRemoved: 2}
	gone := filled[advocacy.Publication]()
	gone.State, gone.Shown = advocacy.Recalled, advocacy.ShownGone
	revision, err := acme.revisionOf(filled[advocacy.Revision]())
	if err != nil {
		t.Fatal(err)
	}
	session, err := tr.showSession(t.Context(), Principal{
		Actor: ana, DisplayName: "Ana", Language: "en", CreateTime: noon, ExpireTime: noon,
	})
	if err != nil {
		t.Fatal(err)
	}
	attempts := []string{"publications.attempts"}
	// Only a deadline that runs is shown.
	running := filled[workflow.ReviewView]()
	running.Deadlines[0].State, running.Deadlines[0].Requirement = advocacy.DeadlineRunning, running.Tally.Requirements[0].Requirement.Key
	// Who looks is told to who can sign.
	open, visiting := filled[workflow.Task](), visit{trip: tr, names: acme, call: workflow.Call{Actor: ana, May: func(advocacy.Permission) bool { return true }}}
	open.State, open.Excluded = workflow.TaskOpen, nil
	asked := filled[advocacy.Feed]()
	asked.Interval = advocacy.DefaultFeedInterval
	validator, err := protovalidate.New()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		message proto.Message
		without []string
	}{
		{tr.showPost(filled[workflow.PostView]()), attempts},
		{tr.showPreview(filled[workflow.Preview]()), []string{
			"requirements.signers", "requirements.satisfied", "requirements.due_time", "requirements.asked", "requirements.usual_duration",
		}},
		{tr.showItem(filled[workflow.ItemView]()), nil},
		{tr.showHit(filled[workflow.ItemHit]()), nil},
		{tr.importOf(filled[workflow.Import]()), nil},
		{tr.importRowOf(*filled[workflow.ImportRow]()), nil},
		{acme.rowOf(filled[workflow.ExportedItem]()), nil},
		{tr.showReview(running), []string{"requirements.usual_duration"}},
		{revision, []string{"manifest"}},
		{visiting.showTask(open, noon.Add(-time.Second)), nil},
		{acme.decisionOf(filled[advocacy.Decision]()), nil},
		{tr.publicationView(filled[workflow.PublicationView]()), nil},
		{acme.recallOf(taken), nil},
		{tr.copyOf(workflow.RecallCopy{Publication: *gone, State: advocacy.CopyConfirmed}), nil},
		{tr.caseOf(filled[advocacy.CaseFile]()), nil},
		{acme.handoff(filled[workflow.Opened]()), nil},
		{acme.holdOf(filled[advocacy.Hold]()), []string{"active", "in_flight", "waiting"}},
		{acme.proposalOf(filled[advocacy.Proposal]()), nil},
		{tr.showFeed(asked), []string{"next_fetch_time"}}, // it is paused
		{acme.topicOf(filled[workflow.TopicView]()), nil},
		{acme.mediaOf(filled[advocacy.Media]()), nil},
		{acme.uploadOf(filled[advocacy.Upload]()), nil},
		{acme.workspaceResource(filled[advocacy.Workspace]()), nil},
		{acme.memberOf(filled[advocacy.Member]()), nil},
		{acme.roleOf(filled[advocacy.RoleDef]()), nil},
		{acme.lexiconOf(filled[workflow.LexiconView]()), nil},
		{acme.disclosureTableOf(filled[workflow.DisclosureView]()), nil},
		{disclosureHitOf(*filled[workflow.DisclosureHit]()), nil},
		{acme.guidelineOf(filled[workflow.GuidelineView]()), nil},
		{tr.checkedOf(filled[workflow.Checked]()), nil},
		{acme.standingOf(*filled[advocacy.Standing]()), nil},
		{acme.guidelineDiffOf(filled[workflow.GuidelineDiff]()), nil},
		{tr.trainingModuleOf(filled[workflow.TrainingView]()), nil},
		{acme.trainingCourseOf(course), nil},
		{acme.trainingAttemptOf(filled[advocacy.TrainingAttempt]()), nil},
		{acme.trainingRecordAt(filled[advocacy.TrainingRecord](), noon), []string{"valid"}}, // it was revoked
		{acme.keyOf(filled[advocacy.APIKey]()), []string{"secret"}},
		{acme.accountOf(filled[advocacy.SocialAccount]()), []string{"secret", "attest_due_time"}}, // it is personal
		{networkOf(*filled[workflow.NetworkView]()), nil},
		{acme.handleOf(filled[advocacy.RegisteredHandle]()), nil},
		{acme.recordOf(record), nil},
		{session, []string{"token"}},
	} {
		name := c.message.ProtoReflect().Descriptor().Name()
		if got := unset(c.message.ProtoReflect(), ""); !slices.Equal(got, c.without) {
			t.Errorf("%s is written without %v, want without %v", name, got, c.without)
		}
		if err := validator.Validate(c.message); err != nil {
			t.Errorf("%s breaks the contract: %v", name, err)
		}
	}
}

// Nothing is written of nothing: the zero value of every view is a resource without
// facts, not a panic.
func TestZeroValuesAreWritten(t *testing.T) {
	t.Parallel()
	tr := &trip{principal: Principal{Actor: ana}}
	tr.showPost(&workflow.PostView{Post: &advocacy.Post{}})
	tr.showItem(&workflow.ItemView{Item: &advocacy.LibraryItem{}})
	tr.showReview(&workflow.ReviewView{Review: &advocacy.Review{}})
	tr.showPreview(&workflow.Preview{})
	visit{trip: tr}.showTask(&workflow.Task{}, noon)
	acme.recordOf(&advocacy.AuditRecord{})
}

func words3(t *rapid.T, label string) string { return rapid.StringN(0, 12, -1).Draw(t, label) }

func drawContent(t *rapid.T) advocacy.Content {
	c := advocacy.Content{
		Language: words3(t, "language"), Text: words3(t, "text"), Link: words3(t, "link"),
		Disclosure: rapid.SampledFrom(advocacy.Disclosures()).Draw(t, "disclosure"),
	}
	for range rapid.IntRange(0, 3).Draw(t, "variants") {
		c.Variants = append(c.Variants, advocacy.Variant{Network: advocacy.Network(words3(t, "network")), Language: words3(t, "language"), Text: words3(t, "text")})
	}
	for range rapid.IntRange(0, 3).Draw(t, "media") {
		hex := rapid.StringMatching(`[0-9a-f]{64}`).Draw(t, "blob")
		c.Media = append(c.Media, advocacy.MediaRef{Blob: "sha256:" + hex, AltText: words3(t, "alt")})
	}
	return c
}

func drawTime(t *rapid.T, label string) time.Time {
	if rapid.Bool().Draw(t, label+" set") {
		return time.Time{}
	}
	return time.UnixMicro(rapid.Int64Range(-62135596799999999, 253402300799999999).Draw(t, label)).UTC()
}

func drawID(t *rapid.T, label string) string {
	return rapid.StringMatching(uuidForm).Draw(t, label)
}

// What an author wrote comes back from the wire as it was.
func TestContentComesBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := drawContent(t)
		got, err := acme.readContent("content", wired(t, acme.content(want)))
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Fatalf("%v %s", err, diff)
		}
	})
}

// wired is a message after its way over the wire.
func wired[M proto.Message](t rapid.TB, m M) M {
	data, err := proto.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	out, _ := m.ProtoReflect().New().Interface().(M)
	if err := proto.Unmarshal(data, out); err != nil {
		t.Fatal(err)
	}
	return out
}

// A post that is shown and sent back asks for the same draft.
func TestPostsComeBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := workflow.PostDraft{Content: drawContent(t), PublishTime: drawTime(t, "publish"), Zone: words3(t, "zone"), Note: words3(t, "note")}
		for range rapid.IntRange(0, 3).Draw(t, "accounts") {
			want.Accounts = append(want.Accounts, advocacy.AccountID(drawID(t, "account")))
		}
		if rapid.Bool().Draw(t, "share") {
			want.Item = advocacy.ItemID(drawID(t, "item"))
		}
		view := workflow.PostView{
			Post: &advocacy.Post{Workspace: "acme", ID: someID, Item: want.Item, PublishTime: want.PublishTime, Zone: want.Zone, Note: want.Note},
			Head: &advocacy.Revision{Content: want.Content, Targets: want.Accounts},
		}
		shown := wired(t, (&trip{principal: Principal{Actor: ana}}).showPost(&view))
		got, err := acme.readPostDraft(shown)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Fatalf("%v %s", err, diff)
		}
	})
}

// So does a library item, whole or field by field.
func TestItemsComeBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := workflow.ItemDraft{
			Title: words3(t, "title"), Topic: advocacy.TopicID(rapid.StringMatching(`[a-z0-9][a-z0-9-]{0,20}`).Draw(t, "topic")),
			Content: drawContent(t), Networks: words[advocacy.Network](rapid.SliceOfN(rapid.StringN(0, 5, -1), 1, 3).Draw(t, "networks")),
			Share: advocacy.Window{Start: drawTime(t, "start"), End: drawTime(t, "end")}, Zone: words3(t, "zone"), Note: words3(t, "note"),
		}
		view := workflow.ItemView{
			Item:     &advocacy.LibraryItem{Workspace: "acme", ID: someID, Title: want.Title, Topic: want.Topic, Share: want.Share, Zone: want.Zone, Note: want.Note, Version: 7},
			Revision: &advocacy.Revision{Content: want.Content, Networks: want.Networks},
		}
		shown := wired(t, (&trip{principal: Principal{Actor: ana}}).showItem(&view))
		got, err := acme.readItemDraft(shown)
		if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(got)); diff != "" || err != nil {
			t.Fatalf("%v %s", err, diff)
		}
		all := changes{"title": true, "topic": true, "networks": true, "share_start_time": true, "share_end_time": true, "time_zone": true, "note": true}
		change, err := acme.readItemChange(shown, all)
		wantChange := workflow.ItemChange{
			Version: 7, Title: &want.Title, Topic: &want.Topic, Networks: &want.Networks,
			ShareStart: &want.Share.Start, ShareEnd: &want.Share.End, Zone: &want.Zone, Note: &want.Note,
		}
		if diff := cmp.Diff(wantChange, change, cmpopts.IgnoreUnexported(change)); diff != "" || err != nil {
			t.Fatalf("%v %s", err, diff)
		}
	})
}

// And what somebody proposes for the library.
func TestProposalsComeBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := workflow.ProposalDraft{Title: words3(t, "title"), Content: drawContent(t), Note: words3(t, "note")}
		if rapid.Bool().Draw(t, "placed") {
			want.Topic = advocacy.TopicID(rapid.StringMatching(`[a-z0-9][a-z0-9-]{0,20}`).Draw(t, "topic"))
		}
		shown := wired(t, acme.proposalOf(&advocacy.Proposal{
			Workspace: "acme", ID: someID, Title: want.Title, Content: want.Content, Note: want.Note, Topic: want.Topic,
		}))
		got, err := acme.readProposalDraft(shown)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Fatalf("%v %s", err, diff)
		}
	})
}

// And what a hold stops, in the form its scope asks for.
func TestHoldsComeBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := workflow.HoldDraft{Scope: rapid.SampledFrom(advocacy.HoldScopes()).Draw(t, "scope"), Reason: words3(t, "reason")}
		switch want.Scope {
		case advocacy.HoldWorkspace:
		case advocacy.HoldNetwork:
			want.Target = rapid.StringMatching(`[a-z][a-z0-9_]{0,30}`).Draw(t, "network")
		case advocacy.HoldTopic:
			want.Target = rapid.StringMatching(`[a-z][a-z0-9-]{1,30}[a-z]`).Draw(t, "topic")
		case advocacy.HoldCampaign:
			want.Target = rapid.StringMatching(`[\p{L}\p{N}][\p{L}\p{N} ._&-]{0,39}`).Draw(t, "campaign")
		case advocacy.HoldKeyword:
			want.Target = words3(t, "keyword")
		default:
			want.Target = drawID(t, "target")
		}
		shown := wired(t, acme.holdOf(&advocacy.Hold{Scope: want.Scope, Target: want.Target, Reason: want.Reason}))
		got, err := acme.readHoldDraft(shown)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Fatalf("%v %s", err, diff)
		}
	})
}

// A hold's target in the form of another scope is refused: a stop that stops nothing is
// worse than none.
func TestHoldTargetsFitTheirScope(t *testing.T) {
	t.Parallel()
	targets := map[advocacy.HoldScope]string{
		advocacy.HoldWorkspace: "", advocacy.HoldNetwork: "wall", advocacy.HoldAccount: acme.account(someID),
		advocacy.HoldPerson: acme.member(someID), advocacy.HoldPost: acme.post(someID),
		advocacy.HoldTopic: acme.topic("news"), advocacy.HoldCampaign: "Spring & co", advocacy.HoldKeyword: "(recall)",
	}
	for _, scope := range advocacy.HoldScopes() {
		for of, target := range targets {
			if scope == advocacy.HoldKeyword || scope == advocacy.HoldCampaign && of == advocacy.HoldNetwork {
				continue // words are what they are
			}
			_, err := acme.readHoldTarget("hold.target", scope, target)
			if (err == nil) != (of == scope) {
				t.Errorf("scope %s with a target for %s: %v", scope, of, err)
			}
		}
	}
}

// Nothing in a request points into another workspace.
func TestReferencesStayInside(t *testing.T) {
	t.Parallel()
	outside := names{workspace: "globex"}
	for name, post := range map[string]*imprimaturv1.Post{
		"account": {SocialAccounts: []string{acme.account(someID), outside.account(someID)}},
		"item":    {LibraryItem: outside.item(someID)},
		"media":   {Content: &imprimaturv1.Content{Media: []*imprimaturv1.MediaUse{{Media: outside.media("sha256:" + someHex)}}}},
	} {
		if _, err := acme.readPostDraft(post); advocacy.ReasonOf(err) != "WORKSPACE_MISMATCH" {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := acme.readPostDraft(&imprimaturv1.Post{SocialAccounts: []string{acme.account(someID), outside.account(someID)}})
	if e, ok := err.(*advocacy.Error); !ok || e.Field != "post.social_accounts[1]" {
		t.Errorf("the field is not named: %v", err)
	}
}

func TestTimes(t *testing.T) {
	t.Parallel()
	if stamp(time.Time{}) != nil {
		t.Error("the zero time is stamped")
	}
	got, err := readTime("t", timestamppb.New(noon.Add(999*time.Nanosecond).In(time.FixedZone("x", 3600))))
	if err != nil || got != noon {
		t.Errorf("got %v, %v", got, err)
	}
	for _, ts := range []*timestamppb.Timestamp{
		{Seconds: 253402300800}, {Seconds: -62135596801}, {Nanos: -1}, {Nanos: 1e9}, {Seconds: 1 << 62}, {Seconds: -62135596800},
	} {
		if got, err := readTime("t", ts); advocacy.ReasonOf(err) != "TIME_INVALID" {
			t.Errorf("%v: %v, %v", ts, got, err)
		}
	}
}

// The digest of a call tells a repetition from a reuse of its id.
func TestRequestDigests(t *testing.T) {
	t.Parallel()
	ctx := visiting(t, "/imprimatur.v1.PostService/CreatePost", ana)
	call := func(note, id string) workflow.Call {
		return callOf(ctx, &imprimaturv1.CreatePostRequest{Parent: acme.self(), Post: &imprimaturv1.Post{Note: note}, RequestId: id})
	}
	first, again, other := call("a", someID), call("a", otherID), call("b", someID)
	if first.Body != again.Body || first.Body == other.Body || !first.Body.Valid() {
		t.Errorf("digests %s, %s, %s", first.Body, again.Body, other.Body)
	}
	if first.RequestID != someID || first.Method != "/imprimatur.v1.PostService/CreatePost" || first.Actor.Person != ana.Person {
		t.Errorf("call %+v", first)
	}
	if none := call("a", ""); none.RequestID != "" || none.Body != "" {
		t.Errorf("a call without an id: %+v", none)
	}
	if first.May("posts.read") {
		t.Error("a call without an authorizer may do something")
	}
}

// A record nobody can read does not hide the trail.
func TestDetailOfARecord(t *testing.T) {
	t.Parallel()
	if got := detail([]byte(`{"a": [1, "x", null]}`)); got.GetFields()["a"].GetListValue().GetValues()[1].GetStringValue() != "x" {
		t.Errorf("got %v", got)
	}
	if got := detail([]byte("no \xff json")); got.GetFields()["unreadable"].GetStringValue() != "no \uFFFD json" {
		t.Errorf("got %v", got)
	}
	if detail(nil) != nil {
		t.Error("no detail is no detail")
	}
}

// A blocker names whom or what it is about as a resource, where there is one.
func TestBlockersNameResources(t *testing.T) {
	t.Parallel()
	for want, b := range map[string]advocacy.Blocker{
		acme.member(someID):  {Code: advocacy.BlockNegativeOpen, Person: someID},
		acme.hold(someID):    {Code: advocacy.BlockHold, Subject: someID},
		acme.account(someID): {Code: advocacy.BlockAccount, Subject: someID},
		acme.member(otherID): {Code: advocacy.BlockAuthorInactive, Subject: otherID},
		"":                   {Code: advocacy.BlockPlanEmpty},
	} {
		if got := acme.blocked(b); got != want {
			t.Errorf("%s names %q, want %q", b.Code, got, want)
		}
	}
}

// Codes are said in the caller's language, or plainly.
func TestFindingsAreSaid(t *testing.T) {
	t.Parallel()
	tr := &trip{language: "fr", words: func(language, code string, args map[string]string) string {
		if code == "finding.TEXT_TOO_LONG" {
			return language + " " + args["limit"]
		}
		return ""
	}}
	said := tr.finding(advocacy.Finding{Code: "TEXT_TOO_LONG", Args: map[string]string{"limit": "500"}}).GetMessage()
	plainly := tr.finding(advocacy.Finding{Code: "NEW_CODE"}).GetMessage()
	if said != "fr 500" || plainly != "New code." || plain("") != "" {
		t.Errorf("said %q, plainly %q", said, plainly)
	}
}

// What was not resumed is told in the caller's language.
func TestResumedIsSaid(t *testing.T) {
	t.Parallel()
	tr := &trip{language: "fr", words: func(language, code string, args map[string]string) string {
		return language + " " + code + " " + args["is"]
	}}
	refusal := &advocacy.Error{Reason: "PUBLICATION_NOT_HELD", Message: "no", Meta: map[string]string{"is": "out"}}
	got := tr.resumed(&workflow.Resumption{}, &workflow.Resumed{Refusal: refusal})
	if got.GetReason() != "PUBLICATION_NOT_HELD" || got.GetMessage() != "fr error.PUBLICATION_NOT_HELD out" {
		t.Errorf("told as %v", got)
	}
}
