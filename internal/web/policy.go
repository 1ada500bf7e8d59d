package web

import (
	"net/http"
	"strconv"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

var policyRoutes = []route{
	{"GET /w/{workspace}/policy", nil, policyInForce},
	{"GET /w/{workspace}/policy/revisions", nil, policyRevisions},
	{"GET /w/{workspace}/policy/revisions/{revision}", nil, policyRevision},
	{"GET /w/{workspace}/policy/edit", nil, editPolicy},
	{"POST /w/{workspace}/policy/edit", []string{"RoutingPolicyService/CreateRoutingPolicyRevision"}, draftPolicy},
	{"POST /w/{workspace}/policy/revisions/{revision}/simulate", []string{"RoutingPolicyService/SimulateRoutingPolicy"}, simulatePolicy},
	{"GET /w/{workspace}/policy/revisions/{revision}/simulations/{simulation}", nil, policySimulation},
	{"POST /w/{workspace}/policy/revisions/{revision}/activate", []string{"RoutingPolicyService/ActivateRoutingPolicyRevision"}, activatePolicy},

	{"GET /w/{workspace}/policy/lexicon", nil, lexicon},
	{"POST /w/{workspace}/policy/lexicon", []string{"LexiconService/PublishLexiconRevision"}, writeLexicon},
	{"GET /w/{workspace}/policy/disclosures", nil, disclosures},
	{"POST /w/{workspace}/policy/disclosures", []string{"DisclosureService/PublishDisclosureTableRevision"}, writeDisclosures},
	{"GET /w/{workspace}/policy/guideline", nil, guidelineDesk},
	{"POST /w/{workspace}/policy/guideline", []string{"GuidelineService/PublishGuidelineRevision"}, publishGuideline},
	{"GET /w/{workspace}/guideline", nil, guideline},
	{"POST /w/{workspace}/guideline", []string{"GuidelineService/AcknowledgeGuideline"}, acknowledgeGuideline},
}

// defaultPolicy is the one routing policy a workspace has.
const defaultPolicy = "default"

// policyTabs are the parts of the policy desk.
func (v *visitor) policyTabs(current string) []tab {
	p := v.bare("notice")
	var tabs []tab
	for _, t := range []struct{ key, address, permission string }{
		{"force", "/policy", "policies.read"}, {"revisions", "/policy/revisions", "policies.read"}, {"lexicon", "/policy/lexicon", "lexicons.read"},
		{"disclosures", "/policy/disclosures", "disclosures.read"}, {"guideline", "/policy/guideline", "guidelines.readall"},
		{"trainings", "/policy/trainings", "trainings.readall"},
	} {
		if v.may(t.permission) {
			tabs = append(tabs, tab{v.at(t.address), p.T("web.policy.tab." + t.key), t.key == current})
		}
	}
	return tabs
}

// policyClient is the API's part about routing policies.
func (v *visitor) policyClient() imprimaturv1.RoutingPolicyServiceClient {
	return imprimaturv1.NewRoutingPolicyServiceClient(v.conn)
}

// policyName is the resource name of the workspace's routing policy.
func (v *visitor) policyName() string { return v.name("routingPolicies", defaultPolicy) }

// policyData is one revision as people read it.
type policyData struct {
	Tabs     []tab
	Revision *imprimaturv1.RoutingPolicyRevision
	Number   string
	// Base is the revision it is compared with, Lines how they differ.
	Base  string
	Bases []option
	Lines []diffLine
	// Simulations are those of the revision.
	Simulations []*imprimaturv1.RoutingPolicySimulation
}

// policyInForce shows the rules that count now.
func policyInForce(v *visitor) error {
	policy, err := v.policyClient().GetRoutingPolicy(v.ctx, &imprimaturv1.GetRoutingPolicyRequest{Name: v.policyName()})
	if err != nil {
		return err
	}
	r := policy.GetRevisionInForce()
	return v.show("policy", "policy", policyData{Tabs: v.policyTabs("force"), Revision: r, Number: lastPart(r.GetName())})
}

// revisionsData are the revisions, newest first.
type revisionsData struct {
	Tabs      []tab
	Revisions []*imprimaturv1.RoutingPolicyRevision
	More      string
}

func policyRevisions(v *visitor) error {
	listed, err := v.policyClient().ListRoutingPolicyRevisions(v.ctx, &imprimaturv1.ListRoutingPolicyRevisionsRequest{
		Parent: v.policyName(), PageSize: deskPage, PageToken: v.query("page"),
	})
	if err != nil {
		return err
	}
	return v.show("policy-revisions", "policy", revisionsData{v.policyTabs("revisions"), listed.GetRevisions(), v.more(listed.GetNextPageToken())})
}

// policyRevision shows a revision, and how it differs from another: the one in force, or the one
// before it, unless somebody chose.
func policyRevision(v *visitor) error {
	client, name := v.policyClient(), v.policyName()+"/revisions/"+v.r.PathValue("revision")
	r, err := client.GetRoutingPolicyRevision(v.ctx, &imprimaturv1.GetRoutingPolicyRevisionRequest{Name: name})
	if err != nil {
		return err
	}
	data := policyData{Tabs: v.policyTabs("revisions"), Revision: r, Number: lastPart(name), Base: v.query("base")}
	others, err := client.ListRoutingPolicyRevisions(v.ctx, &imprimaturv1.ListRoutingPolicyRevisionsRequest{Parent: v.policyName(), PageSize: deskPage})
	if err != nil {
		return err
	}
	if data.Base == "" {
		data.Base = baseOf(r, others.GetRevisions())
	}
	for _, o := range others.GetRevisions() {
		if n := lastPart(o.GetName()); n != data.Number {
			data.Bases = append(data.Bases, option{n, n, n == data.Base})
		}
	}
	if data.Base != "" {
		base, err := client.GetRoutingPolicyRevision(v.ctx, &imprimaturv1.GetRoutingPolicyRevisionRequest{Name: v.policyName() + "/revisions/" + data.Base})
		if err != nil {
			return err
		}
		data.Lines = diffLines(base.GetDocument(), r.GetDocument())
	}
	listed, err := client.ListRoutingPolicySimulations(v.ctx, &imprimaturv1.ListRoutingPolicySimulationsRequest{Parent: name, PageSize: 20})
	if err != nil {
		return err
	}
	data.Simulations = listed.GetSimulations()
	return v.show("policy-revision", "policy", data)
}

// baseOf chooses what a revision is compared with: the one in force, and what is in force itself
// with the one before.
func baseOf(r *imprimaturv1.RoutingPolicyRevision, others []*imprimaturv1.RoutingPolicyRevision) string {
	if !r.GetInForce() {
		for _, o := range others {
			if o.GetInForce() {
				return lastPart(o.GetName())
			}
		}
		return ""
	}
	if n, err := strconv.Atoi(lastPart(r.GetName())); err == nil && n > 1 {
		return strconv.Itoa(n - 1)
	}
	return ""
}

// editorData is a document being written.
type editorData struct {
	Tabs     []tab
	Document string
	// Problems are what is wrong with it, a line each; Fine tells that nothing is.
	Refused  string
	Problems []problem
	Fine     bool
}

func editPolicy(v *visitor) error {
	name := v.policyName()
	if from := v.query("from"); from != "" {
		r, err := v.policyClient().GetRoutingPolicyRevision(v.ctx, &imprimaturv1.GetRoutingPolicyRevisionRequest{Name: name + "/revisions/" + from})
		if err != nil {
			return err
		}
		return v.show("policy-edit", "policy", editorData{Tabs: v.policyTabs("revisions"), Document: r.GetDocument()})
	}
	policy, err := v.policyClient().GetRoutingPolicy(v.ctx, &imprimaturv1.GetRoutingPolicyRequest{Name: name})
	if err != nil {
		return err
	}
	return v.show("policy-edit", "policy", editorData{Tabs: v.policyTabs("revisions"), Document: policy.GetRevisionInForce().GetDocument()})
}

// draftPolicy checks a document, or keeps it as a revision that counts for nothing yet. What is
// wrong with it is shown line by line above what was written.
func draftPolicy(v *visitor) error {
	data := editorData{Tabs: v.policyTabs("revisions"), Document: v.text("document")}
	check := v.form("for") == "check"
	ask := &imprimaturv1.CreateRoutingPolicyRevisionRequest{Parent: v.policyName(), Document: data.Document, ValidateOnly: check}
	if !check {
		ask.RequestId = v.requestID()
	}
	r, err := v.policyClient().CreateRoutingPolicyRevision(v.ctx, ask)
	switch {
	case status.Code(err) == codes.InvalidArgument:
		told := refusalOf(v.bare("notice"), err)
		data.Refused, data.Problems = told.Message, problemsOf(err)
		return v.showAs(http.StatusUnprocessableEntity, "policy-edit", "policy", data)
	case err != nil:
		return err
	case check:
		data.Fine = true
		return v.show("policy-edit", "policy", data)
	}
	return v.done(v.at("/policy/revisions/"+lastPart(r.GetName())), "web.said.policy.drafted", "number", lastPart(r.GetName()))
}

// problem is one thing that is wrong with a document, in the language that it is told in.
type problem struct{ Language, Text string }

// problemsOf are what a refusal says is wrong, one by one.
func problemsOf(err error) []problem {
	var all []problem
	for _, detail := range status.Convert(err).Details() {
		bad, ok := detail.(*errdetails.BadRequest)
		if !ok {
			continue
		}
		for _, one := range bad.GetFieldViolations() {
			told := one.GetLocalizedMessage()
			if told == nil {
				told = &errdetails.LocalizedMessage{Locale: "en", Message: one.GetDescription()}
			}
			all = append(all, problem{told.GetLocale(), told.GetMessage()})
		}
	}
	return all
}

func simulatePolicy(v *visitor) error {
	made, err := v.policyClient().SimulateRoutingPolicy(v.ctx, &imprimaturv1.SimulateRoutingPolicyRequest{
		Name: v.policyName() + "/revisions/" + v.r.PathValue("revision"), Days: number(v.form("days")), RequestId: v.requestID(),
	})
	if err != nil {
		return err
	}
	return v.done(v.at("/policy/revisions/"+v.r.PathValue("revision")+"/simulations/"+lastPart(made.GetName())), "web.said.policy.simulating")
}

func activatePolicy(v *visitor) error {
	number := v.r.PathValue("revision")
	_, err := v.policyClient().ActivateRoutingPolicyRevision(v.ctx, &imprimaturv1.ActivateRoutingPolicyRevisionRequest{
		Name: v.policyName() + "/revisions/" + number, Simulation: v.form("simulation"),
		AcknowledgeUnroutable: v.form("acknowledge") != "", RequestId: v.requestID(),
	})
	if err != nil {
		return err
	}
	return v.done(v.at("/policy"), "web.said.policy.activated", "number", number)
}
