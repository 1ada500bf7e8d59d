package web

import (
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

func (v *visitor) handles() imprimaturv1.RegisteredHandleServiceClient {
	return imprimaturv1.NewRegisteredHandleServiceClient(v.conn)
}

// handleList is the register of handles that nothing is published through.
type handleList struct {
	Kind    string
	Handles []*imprimaturv1.RegisteredHandle
	Next    string
	People  []*imprimaturv1.Member
}

// listHandles shows the workspace's own handles and those of impostors.
func listHandles(v *visitor) error {
	q := v.r.URL.Query()
	list := handleList{Kind: "RESERVED"}
	if q.Get("kind") == "IMPOSTOR" {
		list.Kind = "IMPOSTOR"
	}
	answer, err := v.handles().ListRegisteredHandles(v.ctx, &imprimaturv1.ListRegisteredHandlesRequest{Parent: v.parent(), Filter: `kind = "` + list.Kind + `"`, PageToken: q.Get("page")})
	if err != nil {
		return err
	}
	list.Handles, list.Next = answer.GetRegisteredHandles(), answer.GetNextPageToken()
	if v.may("accounts.update") {
		if list.People, err = v.activeMembers(); err != nil {
			return err
		}
	}
	return v.show("handles", "accounts", list)
}

// registered reads a handle from the form.
func (v *visitor) registered() *imprimaturv1.RegisteredHandle {
	h := &imprimaturv1.RegisteredHandle{
		Network: v.form("network"), Handle: v.form("handle"), Address: v.form("address"), Holder: v.form("holder"),
		Kind:     imprimaturv1.RegisteredHandle_Kind(imprimaturv1.RegisteredHandle_Kind_value[v.form("kind")]),
		Status:   imprimaturv1.RegisteredHandle_Status(imprimaturv1.RegisteredHandle_Status_value[v.form("status")]),
		Evidence: v.text("evidence"), Etag: v.form("etag"),
	}
	if h.GetKind() == imprimaturv1.RegisteredHandle_IMPOSTOR {
		h.Holder = ""
	}
	return h
}

func createHandle(v *visitor) error {
	h := v.registered()
	if _, err := v.handles().CreateRegisteredHandle(v.ctx, &imprimaturv1.CreateRegisteredHandleRequest{Parent: v.parent(), RegisteredHandle: h, RequestId: v.requestID()}); err != nil {
		return err
	}
	return v.done(v.at("/handles?kind="+h.GetKind().String()), "web.said.accounts.registered")
}

// handlePage is the page of one registered handle.
type handlePage struct {
	*imprimaturv1.RegisteredHandle
	People   []*imprimaturv1.Member
	Statuses []string
}

func showHandle(v *visitor) error {
	h, err := v.handles().GetRegisteredHandle(v.ctx, &imprimaturv1.GetRegisteredHandleRequest{Name: v.named("registeredHandles", "handle")})
	if err != nil {
		return err
	}
	page := handlePage{RegisteredHandle: h, Statuses: []string{"HELD", "RELEASED", "SEEN", "REPORTED", "GONE"}}
	if v.may("accounts.update") {
		if page.People, err = v.activeMembers(); err != nil {
			return err
		}
	}
	return v.show("handles-one", "accounts", page)
}

func updateHandle(v *visitor) error {
	h := v.registered()
	h.Name = v.named("registeredHandles", "handle")
	_, err := v.handles().UpdateRegisteredHandle(v.ctx, &imprimaturv1.UpdateRegisteredHandleRequest{
		RegisteredHandle: h, UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"address", "kind", "status", "holder", "evidence"}}, RequestId: v.requestID(),
	})
	if err != nil {
		return err
	}
	return v.done(v.at("/handles?kind="+h.GetKind().String()), "web.said.accounts.registered")
}
