package web

import (
	"context"
	"net/http"
	"os"
	"testing"
	"time"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
	"google.golang.org/protobuf/types/known/timestamppb"
)

type fakes struct{}

func (fakes) People(context.Context) ([]*imprimaturv1.Member, error) {
	m := func(n, name, title, lang string, roles ...string) *imprimaturv1.Member {
		return &imprimaturv1.Member{Name: "workspaces/alder/members/" + n, DisplayName: name, Title: title, Language: lang, Roles: roles}
	}
	return []*imprimaturv1.Member{
		m("1", "Camille Moreau", "Cabinetmaker, Lyon", "fr", "employee"),
		m("2", "Oliver Hartley", "Product engineer, Leeds", "en", "employee"),
		m("3", "Inès Lambert", "Content editor, Lyon", "fr", "employee", "curator"),
		m("4", "Priya Nair", "Legal counsel, Leeds", "en", "approver:legal"),
		m("5", "Étienne Caron", "Juriste, Lyon", "fr", "approver:legal"),
		m("6", "Marguerite Dunne", "Head of communications, Leeds", "en", "approver:pr"),
		m("7", "Hélène Alder", "Chief executive, Lyon", "fr", "employee"),
		m("8", "Thomas Keller", "IT, Leeds", "en", "employee", "admin"),
		m("9", "Judith Osei", "Internal audit, Leeds", "en", "auditor"),
	}, nil
}
func (fakes) SignIn(_ context.Context, n string) (*imprimaturv1.Session, error) {
	return &imprimaturv1.Session{Name: "workspaces/alder/sessions/x", Member: n, DisplayName: "Camille Moreau", Roles: []string{"employee"}, Token: "imps_Zk3vTq0mW2y8bJr5uHcN1xLdPfA7sEgK9oVtQiYwRzM", ExpireTime: timestamppb.New(time.Now().Add(12 * time.Hour))}, nil
}
func TestPreview(t *testing.T) {
	if os.Getenv("PREVIEW") == "" {
		t.Skip()
	}
	go http.ListenAndServe("127.0.0.1:8098", New(Options{PublicURL: "https://sign.example.com", Language: "en", Wall: "/wall"}))
	mux := http.NewServeMux()
	mux.Handle("/", New(Options{PublicURL: "http://127.0.0.1:8099", Language: "en", Wall: "/wall/alder", Health: "/healthz", Metrics: "/metrics", Chooser: fakes{}}))
	mux.HandleFunc("POST /v1/sessions", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Write([]byte(`{"displayName":"Camille Moreau","roles":["employee","curator"],"token":"imps_Zk3vTq0mW2y8bJr5uHcN1xLdPfA7sEgK9oVtQiYwRzM","expireTime":"2025-11-21T02:18:00Z"}`))
	})
	// pages that press the button, for pictures only
	mux.HandleFunc("GET /press", func(w http.ResponseWriter, r *http.Request) {
		w.Write([]byte(`<form method=post action="/demo/sign-in?lang=` + r.URL.Query().Get("lang") + `"><input name=member value="workspaces/alder/members/1"></form><script>document.forms[0].submit()</script>`))
	})
	http.ListenAndServe("127.0.0.1:8099", mux)
}
