package web

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// The cookies of the door that networks send people back to. They are sent nowhere else, no
// script reads them, and other sites' forms do not carry them.
const (
	// answerCookie holds what a network sent back until it is used, so that it stands neither in an
	// address nor in a page.
	answerCookie = "imprimatur-answer"
	// answerLife is as long as an answer is taken.
	answerLife  = 10 * time.Minute
	connectPath = "/connect"
	// maxAnswer is the longest answer a cookie can hold.
	maxAnswer = 3500
)

// comeback is what a network sent back.
type comeback struct {
	State   string `json:"state"`
	Code    string `json:"code,omitempty"`
	Issuer  string `json:"iss,omitempty"`
	Problem string `json:"error,omitempty"`
}

// connecting is what the page about a connection says.
type connecting struct {
	// Step is none, ready, done or refused.
	Step string
	// Token asks for the session's token, and Wrong says that it was none.
	Token, Wrong bool
	// Name and Handle are the account's, Reason why it was not connected.
	Name, Handle, Reason string
}

// callback takes what a network sends back with somebody's browser. It acts on nothing: what
// there is goes into a cookie of that browser, and the address is left at once. Anybody can send a
// browser here; only who is signed in, as whoever began, can use what it brings.
func (s *site) callback(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	one := func(name string) string {
		if len(q[name]) != 1 {
			return ""
		}
		return q[name][0]
	}
	data, err := json.Marshal(comeback{State: one("state"), Code: one("code"), Issuer: one("iss"), Problem: one("error")})
	value := base64.RawURLEncoding.EncodeToString(data)
	if err != nil || one("state") == "" || len(value) > maxAnswer {
		value = ""
	}
	s.setCookie(w, answerCookie, value, connectPath, answerLife)
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, connectPath, http.StatusSeeOther)
}

// answerOf reads what a network sent back with this browser, nil when there is nothing.
func answerOf(r *http.Request) *comeback {
	c, err := r.Cookie(answerCookie)
	if err != nil {
		return nil
	}
	data, err := base64.RawURLEncoding.DecodeString(c.Value)
	var answer comeback
	if err != nil || json.Unmarshal(data, &answer) != nil || answer.State == "" {
		return nil
	}
	return &answer
}

// account is the name of the account that a state is about; whether it is so, the service says.
func (c *comeback) account() string {
	workspace, rest, _ := strings.Cut(c.State, ".")
	id, _, _ := strings.Cut(rest, ".")
	return "workspaces/" + workspace + "/socialAccounts/" + id
}

// session is that of whoever signed in with this browser to the workspace the answer is for, ""
// when nobody did.
func (c *comeback) session(r *http.Request) string {
	return cookie(r, sessionCookie+workspaceOf(c.account()))
}

// connect shows a button: opening the page alone connects nothing.
func (s *site) connect(w http.ResponseWriter, r *http.Request) {
	k := connecting{Step: "none"}
	if answer := answerOf(r); answer != nil {
		k = connecting{Step: "ready", Token: answer.session(r) == ""}
	}
	s.connection(w, r, http.StatusOK, k)
}

func (s *site) connection(w http.ResponseWriter, r *http.Request, code int, k connecting) {
	p := s.page(r, "connect")
	p.Path, p.Data = connectPath, k
	s.show(w, r, code, p)
}

// complete uses what the network sent back, by the public call and in the session of whoever
// pressed the button.
func (s *site) complete(w http.ResponseWriter, r *http.Request) {
	answer := answerOf(r)
	if answer == nil {
		s.connection(w, r, http.StatusOK, connecting{Step: "none"})
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	token := answer.session(r)
	if pasted := strings.TrimSpace(r.PostFormValue("token")); pasted != "" {
		token = pasted
	}
	if !wellFormed(token) {
		s.connection(w, r, http.StatusUnauthorized, connecting{Step: "ready", Token: true, Wrong: true})
		return
	}
	conn := door{s.API, &route{pattern: "POST " + connectPath, calls: []string{"SocialAccountService/CompleteConnection"}}}
	ctx := s.speaking(r, token, s.page(r, "connect").Language)
	account, err := imprimaturv1.NewSocialAccountServiceClient(conn).CompleteConnection(ctx, &imprimaturv1.CompleteConnectionRequest{
		Name: answer.account(), State: answer.State, Code: answer.Code, Issuer: answer.Issuer, Error: answer.Problem,
	})
	if status.Code(err) == codes.Unauthenticated {
		s.connection(w, r, http.StatusUnauthorized, connecting{Step: "ready", Token: true, Wrong: true})
		return
	}
	s.setCookie(w, answerCookie, "", connectPath, 0)
	if err != nil {
		s.refused(w, r, err)
		return
	}
	s.connection(w, r, http.StatusOK, connecting{Step: "done", Name: account.GetDisplayName(), Handle: account.GetHandle()})
}

// refused shows why an account was not connected, in the service's words for the visitor.
func (s *site) refused(w http.ResponseWriter, r *http.Request, err error) {
	if code := status.Code(err); code == codes.Internal || code == codes.Unknown {
		s.Logger.ErrorContext(r.Context(), "page", "path", connectPath, "error", err)
	}
	s.connection(w, r, http.StatusOK, connecting{Step: "refused", Reason: refusalOf(s.page(r, "connect"), err).Message})
}
