package web

import (
	"slices"
	"strings"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// awayData are who is away, and who signs for whom.
type awayData struct {
	Tabs        []tab
	Absences    []*imprimaturv1.Absence
	Delegations []*imprimaturv1.Delegation
	// People may be chosen by who changes others' affairs, Delegates by everybody.
	People, Delegates []option
	Roles             []option
	// More and MoreAbsent are the next pages of either list; each keeps the place in the other.
	More, MoreAbsent string
}

func awayPage(v *visitor) error {
	data := awayData{Tabs: v.peopleTabs("away")}
	absent, err := imprimaturv1.NewAbsenceServiceClient(v.conn).ListAbsences(v.ctx, &imprimaturv1.ListAbsencesRequest{
		Parent: v.parent(), PageSize: deskPage, PageToken: v.query("absent"),
	})
	if err != nil {
		return err
	}
	given, err := imprimaturv1.NewDelegationServiceClient(v.conn).ListDelegations(v.ctx, &imprimaturv1.ListDelegationsRequest{
		Parent: v.parent(), PageSize: deskPage, PageToken: v.query("page"),
	})
	if err != nil {
		return err
	}
	data.Absences, data.MoreAbsent = absent.GetAbsences(), v.moreOf("absent", absent.GetNextPageToken())
	data.Delegations, data.More = given.GetDelegations(), v.more(given.GetNextPageToken())
	if data.People, err = v.colleagues(v.me.GetMember()); err != nil {
		return err
	}
	for _, o := range data.People {
		signs := func(role string) bool { return strings.HasPrefix(role, "approver:") }
		if slices.ContainsFunc(v.member(o.Value).GetRoles(), signs) && o.Value != v.me.GetMember() {
			data.Delegates = append(data.Delegates, option{o.Value, o.Text, false})
		}
	}
	p := v.bare("notice")
	roles := v.me.GetRoles()
	if v.may("members.update") && v.may("roles.read") {
		if data.Roles, err = v.roleOptions(""); err != nil {
			return err
		}
		roles = nil
	}
	for _, r := range roles {
		if strings.HasPrefix(r, "approver:") {
			data.Roles = append(data.Roles, option{r, p.Word("web.role.", r), false})
		}
	}
	return v.show("people-away", "people", data)
}

func createDelegation(v *visitor) error {
	d := &imprimaturv1.Delegation{
		Delegator: v.form("delegator"), Delegate: v.form("delegate"), Role: v.form("role"), TimeZone: v.zone.String(), Reason: v.form("reason"),
	}
	var err error
	if d.StartTime, err = instant(v.form("start"), d.TimeZone); err != nil {
		return err
	}
	if d.EndTime, err = instant(v.form("end"), d.TimeZone); err != nil {
		return err
	}
	_, err = imprimaturv1.NewDelegationServiceClient(v.conn).CreateDelegation(v.ctx, &imprimaturv1.CreateDelegationRequest{Parent: v.parent(), Delegation: d, RequestId: v.requestID()})
	if err != nil {
		return err
	}
	return v.done(v.at("/people/away"), "web.said.people.delegated", "name", v.member(d.GetDelegate()).GetDisplayName())
}

func revokeDelegation(v *visitor) error {
	_, err := imprimaturv1.NewDelegationServiceClient(v.conn).RevokeDelegation(v.ctx, &imprimaturv1.RevokeDelegationRequest{
		Name: v.named("delegations", "delegation"), Reason: v.form("reason"), RequestId: v.requestID(),
	})
	if err != nil {
		return err
	}
	return v.done(v.at("/people/away"), "web.said.people.undelegated")
}

func createAbsence(v *visitor) error {
	a := &imprimaturv1.Absence{Member: v.form("member"), TimeZone: v.zone.String(), Note: v.form("note")}
	var err error
	if a.StartTime, err = instant(v.form("start"), a.TimeZone); err != nil {
		return err
	}
	if a.EndTime, err = instant(v.form("end"), a.TimeZone); err != nil {
		return err
	}
	_, err = imprimaturv1.NewAbsenceServiceClient(v.conn).CreateAbsence(v.ctx, &imprimaturv1.CreateAbsenceRequest{Parent: v.parent(), Absence: a, RequestId: v.requestID()})
	if err != nil {
		return err
	}
	return v.done(v.at("/people/away"), "web.said.people.away")
}

func deleteAbsence(v *visitor) error {
	_, err := imprimaturv1.NewAbsenceServiceClient(v.conn).DeleteAbsence(v.ctx, &imprimaturv1.DeleteAbsenceRequest{Name: v.named("absences", "absence"), RequestId: v.requestID()})
	if err != nil {
		return err
	}
	return v.done(v.at("/people/away"), "web.said.people.back")
}
