package web

import (
	"cmp"
	"strings"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

func (v *visitor) cases() imprimaturv1.CaseServiceClient {
	return imprimaturv1.NewCaseServiceClient(v.conn)
}

// caseList is the page of differences.
type caseList struct {
	Open  bool
	Cases []caseRow
	Next  string
}

// caseRow is one difference, and how what was signed begins.
type caseRow struct {
	*imprimaturv1.Case
	Text string
}

// listCases shows where networks show something else than was signed.
func listCases(v *visitor) error {
	q := v.r.URL.Query()
	list := caseList{Open: q.Get("show") != "closed"}
	filter := `state = "OPEN"`
	if !list.Open {
		filter = `state = "CLOSED"`
	}
	answer, err := v.cases().ListCases(v.ctx, &imprimaturv1.ListCasesRequest{Parent: v.parent(), Filter: filter, PageToken: q.Get("page")})
	if err != nil {
		return err
	}
	list.Next = answer.GetNextPageToken()
	for _, c := range answer.GetCases() {
		list.Cases = append(list.Cases, caseRow{c, brief(c.GetSignedText())})
	}
	return v.show("cases", "publications", list)
}

// casePage is the page of one difference.
type casePage struct {
	*imprimaturv1.Case
	// Address is the page of the publication, Url where the network shows it.
	Address, Url string
	// Diff leads from the signed text to the shown one.
	Signed, Shown []piece
	Endings       []string
}

// showCase shows both texts, and takes a person's word on the difference.
func showCase(v *visitor) error {
	c, err := v.cases().GetCase(v.ctx, &imprimaturv1.GetCaseRequest{Name: v.named("cases", "case")})
	if err != nil {
		return err
	}
	page := casePage{Case: c, Address: v.at(strings.TrimPrefix(c.GetPublication(), v.parent())), Endings: []string{"TOLERATED", "CORRECTED", "RECALLED"}}
	page.Signed, page.Shown = compared(c.GetSignedText(), c.GetShownText())
	if p, err := v.publications().GetPublication(v.ctx, &imprimaturv1.GetPublicationRequest{Name: c.GetPublication()}); err == nil {
		page.Url = p.GetUrl()
	}
	return v.show("cases-one", "publications", page)
}

// Observed is what was seen, in the reader's language where it has a code.
func (p page) Observed(c casePage) string {
	return cmp.Or(c.GetObservationDetail().GetMessage(), c.GetObservation())
}

// compared marks in two texts where they part: what both begin and end with is plain. It is drawn
// for people who look at both; what differs was found by the service.
func compared(signed, shown string) (a, b []piece) {
	left, right := []rune(signed), []rune(shown)
	start := 0
	for start < len(left) && start < len(right) && left[start] == right[start] {
		start++
	}
	end := 0
	for end < len(left)-start && end < len(right)-start && left[len(left)-1-end] == right[len(right)-1-end] {
		end++
	}
	draw := func(text []rune, kind string) []piece {
		out := revealed("", string(text[:start]), "")
		out = append(out, revealed(kind, string(text[start:len(text)-end]), "")...)
		return append(out, revealed("", string(text[len(text)-end:]), "")...)
	}
	return draw(left, "del"), draw(right, "ins")
}

// closeCase ends a difference by a person's word.
func closeCase(v *visitor) error {
	_, err := v.cases().CloseCase(v.ctx, &imprimaturv1.CloseCaseRequest{
		Name: v.named("cases", "case"), Resolution: imprimaturv1.Case_Resolution(imprimaturv1.Case_Resolution_value[v.form("resolution")]),
		Reason: v.form("reason"), Etag: v.form("etag"), RequestId: v.requestID(),
	})
	if err != nil {
		return err
	}
	return v.done(v.at("/cases"), "web.said.publications.case")
}
