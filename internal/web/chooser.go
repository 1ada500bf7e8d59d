package web

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
	"github.com/imprimatur-hq/imprimatur/internal/catalogue"
)

// maxForm is more than the name of a member takes.
const maxForm = 4 << 10

// visit is a session that was just made, and what to do with it.
type visit struct {
	Name     string
	Initials string
	Roles    []string
	Token    string
	Until    string
	Commands []command
}

// choose signs a visitor of a demo in as somebody: in this browser, or, for tools, with a token
// that is shown.
func (s *site) choose(w http.ResponseWriter, r *http.Request) {
	// A page elsewhere can point a name of its own at this computer, and then its origin
	// and host agree. Only addresses that are really ours are answered.
	if !s.ours(r.Host) {
		s.notice(w, r, http.StatusForbidden, "web.visit.closed", "web.visit.closed.text")
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	session, err := s.Chooser.SignIn(r.Context(), r.PostFormValue("member"))
	switch {
	case err != nil:
		s.failed(w, r, err)
	case session == nil:
		s.notice(w, r, http.StatusNotFound, "web.visit.gone", "web.visit.gone.text")
	case r.PostFormValue("for") == "tools":
		p := s.page(r, "visit")
		p.Path, p.Data = "/", s.visit(p.Language, session)
		s.show(w, r, http.StatusOK, p)
	default:
		s.enter(w, r, session)
	}
}

// ours tells whether a Host header names the public address or this computer.
func (s *site) ours(host string) bool {
	if host == s.host {
		return true
	}
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return host == "localhost" || err == nil && ip.IsLoopback()
}

func (s *site) visit(language string, session *imprimaturv1.Session) *visit {
	return &visit{
		Name:     session.GetDisplayName(),
		Initials: initials(session.GetDisplayName()),
		Roles:    roleNames(language, session.GetRoles()),
		Token:    session.GetToken(),
		Until:    catalogue.Moment(language, session.GetExpireTime().AsTime().In(time.Local)),
		Commands: s.commands(language, session),
	}
}

// command is something to paste, and what it answers.
type command struct{ Title, Line string }

// commands lists what somebody with the session's roles can try.
func (s *site) commands(language string, session *imprimaturv1.Session) []command {
	parent, _, _ := strings.Cut(session.GetMember(), "/members/")
	bearer := "'Authorization: Bearer " + session.GetToken() + "'"
	get := func(key, path string, query ...string) command {
		line := "curl -s -H " + bearer
		if len(query) > 0 {
			line += " -G"
		}
		for _, q := range query {
			line += " \\\n  --data-urlencode '" + q + "'"
		}
		return command{
			Title: catalogue.Text(language, key, nil),
			Line:  line + " \\\n  " + s.PublicURL + "/v1/" + parent + path,
		}
	}
	list := []command{get("web.cmd.me", "/sessions/current")}
	switch calling(session.GetRoles()) {
	case "legal", "pr", "approver":
		list = append(list, get("web.cmd.tasks", "/reviewTasks"))
	case "admin":
		list = append(list, get("web.cmd.members", "/members"), get("web.cmd.audit", "/auditRecords", "pageSize=10"))
	case "auditor":
		list = append(list, get("web.cmd.audit", "/auditRecords", "pageSize=10"))
	case "curator":
		list = append(list, get("web.cmd.items", "/libraryItems", "pageSize=10"))
	default:
		list = append(list, get("web.cmd.library", "/libraryItems", "pageSize=10"),
			get("web.cmd.posts", "/posts", `filter=author = "me"`))
	}
	return append(list, s.callByGRPC(language, parent, bearer))
}

// callByGRPC is the first command again, through the other door.
func (s *site) callByGRPC(language, parent, bearer string) command {
	plaintext := "-plaintext "
	if strings.HasPrefix(s.PublicURL, "https://") {
		plaintext = ""
	}
	return command{
		Title: catalogue.Text(language, "web.cmd.grpc", nil),
		Line: "grpcurl " + plaintext + "\\\n" +
			"  -H " + bearer + " \\\n" +
			"  -d '{\"name\": \"" + parent + "/sessions/current\"}' \\\n" +
			"  " + s.host + " imprimatur.v1.SessionService/GetSession",
	}
}
