package web

import (
	"bytes"
	"cmp"
	"context"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"math"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/google/uuid"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
	"github.com/imprimatur-hq/imprimatur/internal/catalogue"
)

//go:embed pages/*.html
var pageFiles embed.FS

// pages holds the template of each page by name. One is parsed when it is first shown, with a copy of
// what all share: for all of them at once that takes longer than all else a service does as it starts.
type pages map[string]func() *template.Template

// ownPages are those of the binary.
var ownPages = sync.OnceValue(func() pages { return loadPages(ownAssets()) })

// loadPages finds the pages. They are part of the binary, so one that cannot be parsed
// is a mistake of the build, and the tests parse each.
func loadPages(a assets) pages {
	base := sync.OnceValue(func() *template.Template {
		return template.Must(template.New("layout.html").
			Funcs(template.FuncMap{"asset": a.path, "icon": icon, "dict": dict, "join": strings.Join}).
			ParseFS(pageFiles, "pages/layout.html", "pages/parts*.html"))
	})
	files, err := fs.Glob(pageFiles, "pages/*.html")
	if err != nil {
		panic(fmt.Sprintf("web: %v", err))
	}
	all := make(pages)
	for _, file := range files {
		name := strings.TrimSuffix(path.Base(file), ".html")
		if name == "layout" || strings.HasPrefix(name, "parts") {
			continue
		}
		all[name] = sync.OnceValue(func() *template.Template {
			return template.Must(template.Must(base().Clone()).ParseFS(pageFiles, file))
		})
	}
	return all
}

// dict makes the one value a part is given from names and values.
func dict(pairs ...any) (map[string]any, error) {
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict: %v is no name", pairs[i])
		}
		m[name] = pairs[i+1]
	}
	return m, nil
}

// page is what a template is given.
type page struct {
	*visitor
	name string
	// Path is where a choice of language leads back to.
	Path     string
	Language string
	// Theme is light or dark when somebody chose, "" for what the system says.
	Theme   string
	Options Options
	// Host is the address gRPC clients dial, TLS says how.
	Host string
	TLS  bool
	// Title and Text are a notice's.
	Title string
	Text  string
	// Here is the entry of the navigation that the page belongs to.
	Here string
	// Said is what the page before did.
	Said string
	// Data is the page's own.
	Data any
	// House is what every page of a workspace shows, nil on the others.
	House *house
}

// house is what stands around every page of a workspace.
type house struct {
	Name, Workspace, Initials string
	Space                     string
	Roles                     []string
	// Others are the other workspaces this browser is signed in to.
	Others []string
	Nav    []entry
	// Turns is how many turns wait for the visitor, as the queue lists them first.
	Turns int32
	// Unread tells that the visitor has not acknowledged the guideline in force.
	Unread bool
	// Behind tells that the visitor is not up to date with it, so that a rule that asks lets nothing pass.
	Behind bool
	// Holds are those that stop everything.
	Holds []*imprimaturv1.Hold
}

// entry is one page of the navigation.
type entry struct {
	Key, Address string
	// Count is shown beside it when it is not 0.
	Count int32
	// More puts the entry into the menu.
	More bool
	// Marked puts a quiet mark beside it.
	Marked bool
}

// takesTurns are the permissions of those whom turns wait for: who signs, who can give a turn to
// others, and who may say what became of something.
var takesTurns = []string{"reviews.decide", "tasks.reassign", "publications.resolve"}

// navigation lists the pages, each with the permissions of which one makes it somebody's work.
var navigation = []struct {
	key, address string
	permissions  []string
	more         bool
}{
	{"library", "/library", []string{"items.share"}, false},
	{"compose", "/compose", []string{"posts.create"}, false},
	{"posts", "/posts", []string{"posts.create"}, false},
	{"queue", "/queue", takesTurns, false},
	{"calendar", "/calendar", []string{"posts.read"}, false},
	{"publications", "/publications", []string{"posts.read"}, false},
	{"desk", "/desk", []string{"items.create"}, false},
	{"trainings", "/trainings", []string{"trainings.answer"}, true},
	{"policy", "/policy", []string{"policies.read"}, true},
	{"people", "/people", []string{"members.create"}, true},
	{"accounts", "/accounts", []string{"accounts.read"}, true},
	{"holds", "/holds", []string{"holds.read"}, true},
	{"recalls", "/recalls", []string{"posts.readall"}, true},
	{"audit", "/audit", []string{"audit.read"}, true},
	{"settings", "/settings", []string{"workspaces.update"}, true},
}

// around gathers what stands around a page. What cannot be read is not shown: the page itself
// says what is wrong.
func (v *visitor) around(ctx context.Context) *house {
	h := &house{
		Name: v.me.GetDisplayName(), Initials: initials(v.me.GetDisplayName()), Workspace: v.workspace,
		Space: v.space.GetDisplayName(), Roles: roleNames(v.language, v.me.GetRoles()),
	}
	for _, id := range workspaces(v.r) {
		if id != v.workspace {
			h.Others = append(h.Others, id)
		}
	}
	// What cannot be read is not shown: the page itself matters more.
	var guideline *imprimaturv1.Guideline
	_ = together(func() (err error) {
		if v.may("guidelines.read") {
			guideline, err = v.guidelineInForce(ctx)
		}
		return err
	}, func() error {
		if !v.may("tasks.read") || !slices.ContainsFunc(takesTurns, v.may) {
			return nil
		}
		counted, err := imprimaturv1.NewReviewServiceClient(v.conn).CountReviewTasks(ctx, &imprimaturv1.CountReviewTasksRequest{Parent: v.parent(), Filter: queueViews[0].filter})
		h.Turns = counted.GetCount()
		return err
	}, func() error {
		if !v.may("holds.read") {
			return nil
		}
		holds, err := imprimaturv1.NewHoldServiceClient(v.conn).ListHolds(ctx, &imprimaturv1.ListHoldsRequest{Parent: v.parent(), Filter: "active = true"})
		for _, one := range holds.GetHolds() {
			if one.GetScope() == imprimaturv1.Hold_WORKSPACE {
				h.Holds = append(h.Holds, one)
			}
		}
		return err
	})
	for _, n := range navigation {
		if !slices.ContainsFunc(n.permissions, v.may) {
			continue
		}
		e := entry{Key: n.key, Address: v.at(n.address), More: n.more}
		if n.key == "queue" {
			e.Count = h.Turns
		}
		h.Nav = append(h.Nav, e)
	}
	if guideline != nil {
		h.Behind = !guideline.GetAcknowledged()
		h.Unread = v.may("guidelines.acknowledge") && !readsInForce(guideline)
		h.Nav = append(h.Nav, entry{Key: "guideline", Address: v.at("/guideline"), More: true, Marked: h.Unread})
	}
	return h
}

// bare is a page in the visitor's language, with nothing around it.
func (v *visitor) bare(name string) page {
	p := v.site.page(v.r, name)
	p.visitor, p.Language = v, v.language
	return p
}

// page begins a page of the workspace; here is its entry of the navigation.
func (v *visitor) page(name, here string) page {
	p := v.bare(name)
	p.Here = here
	if v.me != nil && v.space != nil {
		p.House = v.around(v.ctx)
	}
	return p
}

// show writes a page of the workspace.
func (v *visitor) show(name, here string, data any) error {
	return v.showAs(http.StatusOK, name, here, data)
}

// showAs writes a page of the workspace with a status.
func (v *visitor) showAs(code int, name, here string, data any) error {
	p := v.page(name, here)
	p.Data = data
	if said := v.site.heard(v.w, v.r); said != nil {
		p.Said = catalogue.Text(p.Language, said.Key, said.Args)
	}
	v.site.show(v.w, v.r, code, p)
	return nil
}

// T returns a message of the catalogue; pairs are names and values of placeholders.
func (p page) T(key string, pairs ...any) string {
	args := make(map[string]string, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		args[fmt.Sprint(pairs[i])] = fmt.Sprint(pairs[i+1])
	}
	return catalogue.Text(p.Language, key, args)
}

// Word is the message for one word of a list, such as a state, by the list's prefix; a word that the
// catalogue does not know stays as it is.
func (p page) Word(prefix string, word any) string {
	key := prefix + fmt.Sprint(word)
	if !catalogue.Has(key) {
		return fmt.Sprint(word)
	}
	return p.T(key)
}

// ruleOfTerm is how the rule begins that a restricted term is.
const ruleOfTerm = "term: "

// Rule is the id of a rule of the policy, or what the service itself asked by.
func (p page) Rule(id string) string {
	if term, of := strings.CutPrefix(id, ruleOfTerm); of {
		return p.T("web.rule.term", "term", term)
	}
	return p.Word("web.rule.", id)
}

// Here tells whether the visitor may do something.
func (p page) May(permission string) bool { return p.visitor != nil && p.may(permission) }

// At is the address of a page of the workspace.
func (p page) At(path string, parts ...any) string { return p.at(fmt.Sprintf(path, parts...)) }

// Who is a person's name.
func (p page) Who(member string) string {
	if m := p.member(member); m != nil {
		return m.GetDisplayName()
	}
	return p.T("web.somebody")
}

// Face is the initials of a person.
func (p page) Face(member string) string { return initials(p.member(member).GetDisplayName()) }

// Letters are the initials of a name.
func (p page) Letters(name string) string { return initials(name) }

// Account is a social account's name.
func (p page) Account(name string) string {
	if a := p.account(name); a != nil {
		return a.GetDisplayName()
	}
	return p.T("web.account.unknown")
}

// Network is a network's own name.
func (p page) Network(id string) string { return p.Word("web.network.", id) }

// File says what a file is, by its media type.
func (p page) File(contentType string) string {
	kind, format, _ := strings.Cut(contentType, "/")
	if kind != "image" && kind != "video" {
		kind = "document"
	}
	return p.T("web.file."+kind, "format", strings.ToUpper(format))
}

// described is what is known of a file without looking into it.
type described interface {
	GetContentType() string
	GetDuration() *durationpb.Duration
	GetPageCount() int32
}

// About says what a file is and how long a video takes or how many pages a document has; of one that
// is kept here, whoever writes is told how large it is, too. Neither has a picture to show.
func (p page) About(m described) string {
	words := []string{p.File(m.GetContentType())}
	if took := m.GetDuration().AsDuration().Round(time.Second); took > 0 {
		clock := fmt.Sprintf("%d:%02d", int(took.Minutes()), int(took.Seconds())%60)
		if hours := int(took.Hours()); hours > 0 {
			clock = fmt.Sprintf("%d:%02d:%02d", hours, int(took.Minutes())%60, int(took.Seconds())%60)
		}
		words = append(words, clock)
	}
	if n := m.GetPageCount(); n > 0 {
		words = append(words, p.T("web.file.pages", "count", n))
	}
	if kept, is := m.(*imprimaturv1.Media); is && kept.GetSizeBytes() > 0 {
		if size := kept.GetSizeBytes(); size < 1_000_000 {
			words = append(words, p.T("web.file.kb", "n", (size+999)/1000))
		} else {
			words = append(words, p.T("web.file.mb", "n", (size+500_000)/1_000_000))
		}
	}
	return strings.Join(words, " · ")
}

// Sign is the icon that stands for a file of a media type.
func (p page) Sign(contentType string) string {
	switch kind, _, _ := strings.Cut(contentType, "/"); kind {
	case "image":
		return "image"
	case "video":
		return "film"
	default:
		return "paper"
	}
}

// ID is the last part of a resource name.
func (p page) ID(name string) string { return lastPart(name) }

// Count is the number of something whose place counts from 0.
func (p page) Count(place int) int { return place + 1 }

// RequestID is a fresh one for a form: sent twice, the form acts once.
func (p page) RequestID() string { return uuid.NewString() }

// When is a moment of the workspace's zone; nil is none.
func (p page) When(t *timestamppb.Timestamp) moment {
	if t == nil {
		return moment{}
	}
	at := t.AsTime()
	zone := time.UTC
	if p.visitor != nil {
		zone = p.zone
	}
	return moment{
		ISO: at.UTC().Format(time.RFC3339), Exact: catalogue.Moment(p.Language, at.In(zone)),
		Brief: catalogue.Brief(p.Language, at.In(zone), time.Now().In(zone)),
	}
}

// Usual says how long something usually takes, as closely as that is worth saying; nil is not known.
func (p page) Usual(d *durationpb.Duration) string {
	switch took := d.AsDuration(); {
	case d == nil:
		return ""
	case took < time.Hour:
		return p.T("web.usual.minutes", "n", max(1, int(took.Round(time.Minute).Minutes())))
	case took < 48*time.Hour:
		return p.T("web.usual.hours", "n", int(took.Round(time.Hour).Hours()))
	default:
		return p.T("web.usual.days", "n", int(math.Round(took.Hours()/24)))
	}
}

// moment is an instant as people say it, and exactly.
type moment struct{ ISO, Exact, Brief string }

// Languages lists the languages to choose from, each in its own words.
func (p page) Languages() []tongue {
	return []tongue{{Tag: catalogue.English, Name: "English"}, {Tag: catalogue.French, Name: "Français"}}
}

// Copy is a button that copies the text of an element.
func (p page) Copy(target string) copyButton {
	return copyButton{Target: target, Label: p.T("web.copy"), Copied: p.T("web.copied"), Failed: p.T("web.copy.failed")}
}

// copyButton is a button and what it says afterwards.
type copyButton struct{ Target, Label, Copied, Failed string }

// Chips lists the roles the catalogue has words for; a script shows those somebody holds.
func (p page) Chips() []chip {
	var chips []chip
	for _, c := range callings {
		if key := "web.role." + c.role; catalogue.Has(key) {
			chips = append(chips, chip{Role: c.role, Name: p.T(key)})
		}
	}
	return chips
}

// chip is a role and its words.
type chip struct{ Role, Name string }

// tongue is a language and its own name.
type tongue struct{ Tag, Name string }

// person is one row of the chooser.
type person struct {
	Member string
	Name   string
	// First is the first name, enough on a button.
	First    string
	Title    string
	Initials string
	// Language is the one the person reads, shown beside the name.
	Language string
	Roles    []string
	Try      string
}

func people(language string, members []*imprimaturv1.Member) []person {
	rows := make([]person, len(members))
	for i, m := range members {
		first, _, _ := strings.Cut(m.GetDisplayName(), " ")
		rows[i] = person{
			Member: m.GetName(), Name: m.GetDisplayName(), First: first, Title: m.GetTitle(),
			Initials: initials(m.GetDisplayName()), Language: m.GetLanguage(),
			Roles: roleNames(language, m.GetRoles()), Try: hint(language, m.GetRoles()),
		}
	}
	return rows
}

// roleNames puts roles into words; a role of the workspace's own making stays as it is.
func roleNames(language string, roles []string) []string {
	names := make([]string, len(roles))
	for i, role := range roles {
		names[i] = role
		if key := "web.role." + role; catalogue.Has(key) {
			names[i] = catalogue.Text(language, key, nil)
		}
	}
	return names
}

// hint says what to try with the roles: the rarest one decides.
func hint(language string, roles []string) string {
	return catalogue.Text(language, "web.try."+calling(roles), nil)
}

// callings are roles and what they are for, the rarest first.
var callings = []struct{ role, calling string }{
	{"approver:legal", "legal"}, {"approver:pr", "pr"}, {"approver:", "approver"},
	{"admin", "admin"}, {"curator", "curator"}, {"auditor", "auditor"}, {"employee", "employee"},
}

// calling returns the one word for what somebody with the roles comes here for.
func calling(roles []string) string {
	for _, c := range callings {
		for _, role := range roles {
			if role == c.role || strings.HasSuffix(c.role, ":") && strings.HasPrefix(role, c.role) {
				return c.calling
			}
		}
	}
	return "other"
}

// initials are the first letters of the first and the last word of a name.
func initials(name string) string {
	var first, last rune
	for _, word := range strings.Fields(name) {
		letter := unicode.ToUpper([]rune(word)[0])
		if first == 0 {
			first = letter
			continue
		}
		last = letter
	}
	return strings.Trim(string([]rune{first, last}), "\x00")
}

// chosenLanguage is what somebody chose in this browser or the address says, "" when nobody did.
func chosenLanguage(r *http.Request) string {
	return cmp.Or(r.URL.Query().Get("lang"), cookie(r, languageCookie))
}

// page begins a page in the reader's language: what the address says, what was chosen in this
// browser, or what the browser asks for.
func (s *site) page(r *http.Request, name string) page {
	language := catalogue.Match(chosenLanguage(r), catalogue.Negotiate(r.Header.Get("Accept-Language"), s.Language))
	p := page{
		name: name, Path: r.URL.RequestURI(), Language: language, Options: s.Options,
		Host: s.host, TLS: strings.HasPrefix(s.PublicURL, "https://"),
	}
	if theme := cookie(r, themeCookie); theme == "light" || theme == "dark" {
		p.Theme = theme
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		p.Path = "/"
	}
	return p
}

// show writes a page. Nothing of it may be kept: it can hold a token, and what it says
// depends on who asks.
func (s *site) show(w http.ResponseWriter, r *http.Request, status int, p page) {
	var body bytes.Buffer
	frame := "app"
	if p.House == nil {
		frame = "plain"
	}
	if err := s.pages[p.name]().ExecuteTemplate(&body, frame, p); err != nil {
		s.Logger.ErrorContext(r.Context(), "page", "page", p.name, "error", err)
		http.Error(w, catalogue.Text(p.Language, "error.INTERNAL", nil), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", p.Language)
	h.Set("Content-Length", fmt.Sprint(body.Len()))
	h.Set("Cache-Control", "no-store")
	h.Add("Vary", "Accept-Language, Cookie")
	w.WriteHeader(status)
	if r.Method == http.MethodHead {
		return
	}
	// A visitor who left before the end needs no answer.
	_, _ = body.WriteTo(w)
}
