package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"strings"
	"unicode"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
	"github.com/imprimatur-hq/imprimatur/internal/catalogue"
)

//go:embed pages/*.html
var pageFiles embed.FS

// pages holds the template of each page by name.
type pages map[string]*template.Template

// loadPages parses the pages. They are part of the binary, so one that cannot be parsed
// is a mistake of the build.
func loadPages(a assets) pages {
	layout := template.Must(template.New("layout.html").
		Funcs(template.FuncMap{"asset": a.path}).
		ParseFS(pageFiles, "pages/layout.html"))
	all := make(pages)
	for _, name := range []string{"front", "sign-in", "visit", "connect", "notice"} {
		page := template.Must(layout.Clone())
		all[name] = template.Must(page.ParseFS(pageFiles, "pages/"+name+".html"))
	}
	return all
}

// page is what a template is given.
type page struct {
	name string
	// Path is where the language links lead back to.
	Path     string
	Language string
	Options  Options
	// Host is the address gRPC clients dial, TLS says how.
	Host string
	TLS  bool
	// Title and Text are a notice's.
	Title  string
	Text   string
	People []person
	Visit  *visit
	// Connect is what is said of a connection.
	Connect connecting
}

// T returns a message of the catalogue; pairs are names and values of placeholders.
func (p page) T(key string, pairs ...string) string {
	args := make(map[string]string, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		args[pairs[i]] = pairs[i+1]
	}
	return catalogue.Text(p.Language, key, args)
}

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

// page begins a page in the visitor's language.
func (s *site) page(r *http.Request, name string) page {
	language := catalogue.Negotiate(r.Header.Get("Accept-Language"), s.Language)
	if chosen := r.URL.Query().Get("lang"); chosen != "" {
		language = catalogue.Match(chosen, language)
	}
	return page{
		name: name, Path: r.URL.Path, Language: language, Options: s.Options,
		Host: s.host, TLS: strings.HasPrefix(s.PublicURL, "https://"),
	}
}

// show writes a page. Nothing of it may be kept: it can hold a token, and what it says
// depends on who asks.
func (s *site) show(w http.ResponseWriter, r *http.Request, status int, p page) {
	var body bytes.Buffer
	if err := s.pages[p.name].Execute(&body, p); err != nil {
		s.Logger.ErrorContext(r.Context(), "page", "page", p.name, "error", err)
		http.Error(w, catalogue.Text(p.Language, "error.INTERNAL", nil), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", p.Language)
	h.Set("Content-Length", fmt.Sprint(body.Len()))
	h.Set("Cache-Control", "no-store")
	h.Add("Vary", "Accept-Language")
	w.WriteHeader(status)
	if r.Method == http.MethodHead {
		return
	}
	// A visitor who left before the end needs no answer.
	_, _ = body.WriteTo(w)
}
