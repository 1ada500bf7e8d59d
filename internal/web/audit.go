package web

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/structpb"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
	"github.com/imprimatur-hq/imprimatur/internal/catalogue"
)

var auditRoutes = []route{
	{"GET /w/{workspace}/audit", nil, auditPage},
}

// auditData is what happened, as somebody asked for it.
type auditData struct {
	Records []auditRow
	// Subject, Action and Member are what was asked for; Oldest that the story begins at its beginning.
	Subject, Action, Member string
	Oldest                  bool
	// From and To are the first and the last day that were asked for, in Zone.
	From, To, Zone string
	About          subject
	// Words are those of what the story is about, "" for what has none.
	Words   string
	Actions []option
	Members []option
	More    string
}

// auditRow is one fact in words.
type auditRow struct {
	*imprimaturv1.AuditRecord
	Sentence string
	On, Of   subject
	Facts    []fact
}

// fact is one value of a record.
type fact struct{ Name, Value string }

// subject is what something happened to: in words, where its page is if it has one, and where its
// own story is.
type subject struct{ Kind, ID, Address, Story string }

// auditPage tells what happened, newest first.
func auditPage(v *visitor) error {
	data := auditData{Subject: v.query("subject"), Action: v.query("action"), Member: v.query("member"), Oldest: v.query("order") == "oldest", Zone: v.zone.String()}
	var filter []string
	for _, f := range []struct{ field, value string }{{"parent_resource", data.Subject}, {"action", data.Action}, {"member", data.Member}} {
		if f.value != "" {
			filter = append(filter, f.field+" = "+quoted(f.value))
		}
	}
	within, err := v.days(&data)
	if err != nil {
		return err
	}
	filter = append(filter, within...)
	order := "create_time desc"
	if data.Oldest {
		order = "create_time"
	}
	listed, err := imprimaturv1.NewAuditServiceClient(v.conn).ListAuditRecords(v.ctx, &imprimaturv1.ListAuditRecordsRequest{
		Parent: v.parent(), PageSize: deskPage, PageToken: v.query("page"), Filter: strings.Join(filter, " AND "), OrderBy: order,
	})
	if err != nil {
		return err
	}
	data.More = v.more(listed.GetNextPageToken())
	for _, r := range listed.GetAuditRecords() {
		data.Records = append(data.Records, v.told(r))
	}
	if data.Subject != "" {
		data.About = v.subject(data.Subject)
		if data.About.Story != "" {
			data.Words, _ = v.reviewed(data.Subject)
		}
	}
	if data.Members, err = v.colleagues(data.Member); err != nil {
		return err
	}
	p := v.bare("notice")
	for _, a := range auditActions() {
		data.Actions = append(data.Actions, option{a, p.T(auditKind + a), a == data.Action})
	}
	return v.show("audit", "audit", data)
}

// days reads between which days of the visitor's zone something happened. The last is meant in full:
// it ends where the day after begins, however long it is.
func (v *visitor) days(data *auditData) (filter []string, err error) {
	for _, bound := range []struct {
		key, sign string
		more      int
		to        *string
	}{{"from", ">=", 0, &data.From}, {"to", "<", 1, &data.To}} {
		said := v.query(bound.key)
		if said == "" {
			continue
		}
		day, err := time.ParseInLocation(time.DateOnly, said, v.zone)
		if err != nil {
			return nil, mistake("web.audit.mistake.day")
		}
		*bound.to = said
		at := time.Date(day.Year(), day.Month(), day.Day()+bound.more, 0, 0, 0, 0, v.zone)
		filter = append(filter, "create_time "+bound.sign+" "+quoted(at.Format(time.RFC3339)))
	}
	return filter, nil
}

// told puts a record into words: a sentence for its kind, or the kind itself for one the catalogue
// does not know.
func (v *visitor) told(r *imprimaturv1.AuditRecord) auditRow {
	p := v.bare("notice")
	row := auditRow{AuditRecord: r, Sentence: p.sentence(v.parent(), r), On: v.subject(r.GetResource()), Facts: facts(r.GetDetail())}
	if r.GetParentResource() != r.GetResource() && r.GetParentResource() != "" {
		row.Of = v.subject(r.GetParentResource())
	}
	return row
}

// sentence says what was done in a workspace; of a decision, which it was and for which role, and whose
// signature it took back when that was somebody else's.
func (p page) sentence(workspace string, r *imprimaturv1.AuditRecord) string {
	detail := r.GetDetail().GetFields()
	if whose := detail["taken_from"].GetStringValue(); r.GetAction() == "review.decided" && whose != "" {
		return p.T("web.audit.taken", "name", p.Who(workspace+"/members/"+whose), "role", p.Word("web.posts.role.", detail["role"].GetStringValue()))
	}
	if key := auditDecided + detail["verdict"].GetStringValue(); r.GetAction() == "review.decided" && catalogue.Has(key) {
		return p.T(key, "role", p.Word("web.posts.role.", detail["role"].GetStringValue()))
	}
	return p.Word(auditKind, r.GetAction())
}

// places of the pages, by the collection a resource name begins with.
var resourcePages = map[string]string{
	"posts": "/posts/", "libraryItems": "/desk/items/", "members": "/people/members/", "roles": "/people/roles/", "topics": "/desk/topics/",
	"socialAccounts": "/accounts/", "holds": "/holds/", "recalls": "/recalls/", "libraryImports": "/desk/imports/",
}

// subject reads a resource name.
func (v *visitor) subject(name string) subject {
	parts := strings.Split(strings.TrimPrefix(name, v.parent()+"/"), "/")
	if len(parts) < 2 {
		return subject{Kind: "workspaces", ID: v.workspace}
	}
	s := subject{Kind: parts[len(parts)-2], ID: shortID(parts[len(parts)-1])}
	if page, known := resourcePages[parts[0]]; known {
		s.Address = v.at(page + parts[1])
	}
	if s.Kind == "members" && v.member(name) != nil {
		s.Kind, s.ID = "", v.member(name).GetDisplayName()
	}
	if parts[0] == "routingPolicies" && len(parts) >= 4 {
		s.Address = v.at("/policy/revisions/" + parts[3])
	}
	if parts[0] == "posts" || parts[0] == "libraryItems" {
		s.Story = v.parent() + "/" + parts[0] + "/" + parts[1]
	}
	return s
}

// shortID is an id as people tell it from others: the end of a long one.
func shortID(id string) string {
	if len(id) < 32 {
		return id
	}
	return id[len(id)-8:]
}

// facts lists what a record holds, nested values by their path.
func facts(detail *structpb.Struct) []fact {
	var out []fact
	var walk func(path string, v any)
	walk = func(path string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for _, key := range slices.Sorted(maps.Keys(v)) {
				walk(strings.TrimPrefix(path+"."+key, "."), v[key])
			}
		case string:
			if v != "" {
				out = append(out, fact{path, v})
			}
		case float64:
			out = append(out, fact{path, strconv.FormatFloat(v, 'f', -1, 64)})
		case nil:
		default:
			text, err := json.Marshal(v)
			if err != nil {
				text = fmt.Append(nil, v)
			}
			out = append(out, fact{path, string(text)})
		}
	}
	walk("", detail.AsMap())
	return out
}

// auditKind begins the key of the sentence for a kind of fact, auditDecided of that for a verdict.
const (
	auditKind    = "web.audit.kind."
	auditDecided = "web.audit.decided."
)

// auditActions lists the kinds the catalogue has a sentence for.
func auditActions() []string {
	var kinds []string
	for _, key := range catalogue.Keys() {
		if kind, is := strings.CutPrefix(key, auditKind); is {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}
