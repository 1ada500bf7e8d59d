package web

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// disclosuresData are the rules, as they are in force or as they were just tried.
type disclosuresData struct {
	Tabs     []tab
	Table    *imprimaturv1.DisclosureTable
	Revision *imprimaturv1.DisclosureTableRevision
	Rules    []disclosureRow
	// BuiltIn hold for what no rule of the workspace names.
	BuiltIn []disclosureRow
	Kinds   []option
	Tried   bool
	Checked int32
	Found   int
	Hits    []*imprimaturv1.DisclosureHit
	// Next is where trying goes on; when there is nothing more, Trial is what the rules are
	// published with.
	Next, Trial string
	// Nameless tells that a disclosure is required of who names the company, and that nothing says
	// what it is called: nobody will ever be refused.
	Nameless bool
}

// disclosureRow is a rule with its words as a form shows them: a line each, such as "en: Ad".
type disclosureRow struct {
	*imprimaturv1.DisclosureRule
	Lines string
}

func disclosureRows(rules []*imprimaturv1.DisclosureRule) []disclosureRow {
	rows := make([]disclosureRow, len(rules))
	for i, r := range rules {
		var lines []string
		for _, language := range slices.Sorted(maps.Keys(r.GetWords())) {
			lines = append(lines, fmt.Sprintf("%s: %s", language, r.GetWords()[language]))
		}
		rows[i] = disclosureRow{r, strings.Join(lines, "\n")}
	}
	return rows
}

// tableName is the resource name of the workspace's disclosure rules.
func (v *visitor) tableName() string { return v.name("disclosureTables", "default") }

// tableInForce reads the rules, an empty table while there is none.
func (v *visitor) tableInForce() (*imprimaturv1.DisclosureTable, error) {
	t, err := imprimaturv1.NewDisclosureServiceClient(v.conn).GetDisclosureTable(v.ctx, &imprimaturv1.GetDisclosureTableRequest{Name: v.tableName()})
	if status.Code(err) == codes.NotFound {
		return &imprimaturv1.DisclosureTable{}, nil
	}
	return t, err
}

func disclosures(v *visitor) error {
	t, err := v.tableInForce()
	if err != nil {
		return err
	}
	return v.showDisclosures(disclosuresData{Table: t, Revision: t.GetRevisionInForce()})
}

// showDisclosures adds what the fields offer.
func (v *visitor) showDisclosures(data disclosuresData) error {
	data.Tabs = v.policyTabs("disclosures")
	builtIn, err := imprimaturv1.NewDisclosureServiceClient(v.conn).ListBuiltInDisclosureRules(v.ctx, &imprimaturv1.ListBuiltInDisclosureRulesRequest{
		Parent: v.parent(), PageSize: everyPage,
	})
	if err != nil {
		return err
	}
	data.Rules, data.BuiltIn = disclosureRows(data.Revision.GetRules()), disclosureRows(builtIn.GetDisclosureRules())
	if v.may("disclosures.publish") {
		data.Rules = append(data.Rules, disclosureRow{new(imprimaturv1.DisclosureRule), ""})
	}
	if data.Revision.GetRequired() && v.may("lexicons.read") {
		l, err := v.lexiconInForce()
		if err != nil {
			return err
		}
		data.Nameless = len(l.GetRevisionInForce().GetOwnNames())+len(l.GetRevisionInForce().GetOwnDomains()) == 0
	}
	p := v.bare("notice")
	for _, d := range []imprimaturv1.Disclosure{
		imprimaturv1.Disclosure_DISCLOSURE_EMPLOYEE, imprimaturv1.Disclosure_DISCLOSURE_ADVERTISING, imprimaturv1.Disclosure_DISCLOSURE_PAID_PARTNERSHIP,
	} {
		data.Kinds = append(data.Kinds, option{d.String(), p.Word("web.desk.disclosure.", d), false})
	}
	return v.show("policy-disclosures", "policy", data)
}

// disclosureRules reads the rows of the form; a row without a name says nothing.
func (v *visitor) disclosureRules() []*imprimaturv1.DisclosureRule {
	countries, kinds, words := v.fields("rule_countries"), v.fields("rule_disclosure"), v.fields("rule_words")
	placed, beside, sources := v.fields("rule_place"), v.fields("rule_beside"), v.fields("rule_source")
	var rules []*imprimaturv1.DisclosureRule
	for i, name := range v.fields("rule_name") {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		r := &imprimaturv1.DisclosureRule{
			Rule: name, Countries: commas(strings.ToUpper(nth(countries, i))), Words: make(map[string]string),
			Disclosure: imprimaturv1.Disclosure(imprimaturv1.Disclosure_value[nth(kinds, i)]),
			Place:      imprimaturv1.DisclosureRule_Place(imprimaturv1.DisclosureRule_Place_value[nth(placed, i)]),
			Beside:     nth(beside, i) == "beside", Source: strings.TrimSpace(nth(sources, i)),
		}
		for _, line := range strings.Split(nth(words, i), "\n") {
			if language, said, found := strings.Cut(line, ":"); found {
				r.Words[strings.TrimSpace(language)] = strings.TrimSpace(said)
			}
		}
		rules = append(rules, r)
	}
	return rules
}

// tryDisclosures tries rules on what is not sent yet, from the beginning or from where it stopped.
func (v *visitor) tryDisclosures(r *imprimaturv1.DisclosureTableRevision, next string) (disclosuresData, error) {
	data := disclosuresData{Revision: r, Tried: true, Next: next}
	for page := 0; page == 0 || data.Next != "" && page < mostTried; page++ {
		tried, err := imprimaturv1.NewDisclosureServiceClient(v.conn).TryDisclosureTable(v.ctx, &imprimaturv1.TryDisclosureTableRequest{
			Parent: v.tableName(), DisclosureTableRevision: r, PageSize: everyPage, PageToken: data.Next,
		})
		if err != nil {
			return data, err
		}
		hits := tried.GetDisclosureHits()
		data.Checked, data.Found = data.Checked+tried.GetCheckedCount(), data.Found+len(hits)
		data.Hits = append(data.Hits, hits[:min(len(hits), mostHits-len(data.Hits))]...)
		data.Next, data.Trial = tried.GetNextPageToken(), tried.GetTrialToken()
	}
	return data, nil
}

// writeDisclosures tries rules on what is not sent yet, or publishes what was tried.
func writeDisclosures(v *visitor) error {
	r := &imprimaturv1.DisclosureTableRevision{Rules: v.disclosureRules(), Required: v.form("required") != ""}
	if v.form("for") != "publish" {
		next := ""
		if v.form("for") == "go-on" {
			next = v.form("next")
		}
		data, err := v.tryDisclosures(r, next)
		if err != nil {
			return err
		}
		data.Table = &imprimaturv1.DisclosureTable{Etag: v.form("etag")}
		return v.showDisclosures(data)
	}
	_, err := imprimaturv1.NewDisclosureServiceClient(v.conn).PublishDisclosureTableRevision(v.ctx, &imprimaturv1.PublishDisclosureTableRevisionRequest{
		Parent: v.tableName(), DisclosureTableRevision: r, Etag: v.form("etag"), RequestId: v.requestID(), TrialToken: v.form("trial"),
	})
	if err != nil {
		return err
	}
	return v.done(v.at("/policy/disclosures"), "web.said.policy.disclosures")
}
