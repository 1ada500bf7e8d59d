package web

import (
	"context"
	"slices"
	"strings"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// guidelineData is the guideline, for who reads it and for who publishes it.
type guidelineData struct {
	Tabs      []tab
	Guideline *imprimaturv1.Guideline
	// Text is the one in the reader's language, Others the rest; Changes is what is new to the
	// reader since the revision he or she acknowledged.
	Text    *imprimaturv1.GuidelineText
	Others  []*imprimaturv1.GuidelineText
	Changes []piece
	// Read tells that the reader acknowledged the very revision in force. While a grace lasts the
	// service asks for less.
	Read bool
	// Back is the page that led here, "" for none.
	Back string
	// Ungated tells that no rule of the policy in force asks for the acknowledgement.
	Ungated bool
	// Texts are what a new revision begins with: English and French at least.
	Texts []*imprimaturv1.GuidelineText
	// Grace is what the form proposes as the end of the next revision's grace: people have a week,
	// unless who publishes it says otherwise.
	Grace     string
	Missing   []*imprimaturv1.GuidelineStanding
	More      string
	Revisions []*imprimaturv1.GuidelineRevision
}

// guidelineName is the resource name of the workspace's guideline.
func (v *visitor) guidelineName() string { return v.name("guidelines", "default") }

// guidelineInForce reads the guideline, nil while there is none.
func (v *visitor) guidelineInForce(ctx context.Context) (*imprimaturv1.Guideline, error) {
	g, err := imprimaturv1.NewGuidelineServiceClient(v.conn).GetGuideline(ctx, &imprimaturv1.GetGuidelineRequest{Name: v.guidelineName()})
	if status.Code(err) == codes.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return g, nil
}

// readsInForce tells whether the caller acknowledged the very revision that is in force.
func readsInForce(g *imprimaturv1.Guideline) bool {
	return strings.HasPrefix(g.GetAcknowledgement().GetName(), g.GetRevisionInForce().GetName()+"/")
}

// readGuideline reads the guideline in the reader's language.
func (v *visitor) readGuideline() (guidelineData, error) {
	g, err := v.guidelineInForce(v.ctx)
	if err != nil || g == nil {
		return guidelineData{}, err
	}
	data := guidelineData{Guideline: g, Read: readsInForce(g)}
	for _, t := range g.GetRevisionInForce().GetTexts() {
		if t.GetLanguage() == v.language && data.Text == nil {
			data.Text = t
		} else {
			data.Others = append(data.Others, t)
		}
	}
	if data.Text == nil && len(data.Others) > 0 {
		data.Text, data.Others = data.Others[0], data.Others[1:]
	}
	return data, nil
}

// guideline is everybody's page: what it says, what is new in it, and one button.
func guideline(v *visitor) error {
	data, err := v.readGuideline()
	if err != nil {
		return err
	}
	if back := v.query("back"); v.inside(back) { // guard: back into the workspace
		data.Back = back
	}
	if g := data.Guideline; g.GetAcknowledgement() != nil && !data.Read {
		diff, err := imprimaturv1.NewGuidelineServiceClient(v.conn).DiffGuidelineRevision(v.ctx, &imprimaturv1.DiffGuidelineRevisionRequest{Name: g.GetRevisionInForce().GetName()})
		if err != nil {
			return err
		}
		for _, t := range diff.GetTexts() {
			if t.GetLanguage() == data.Text.GetLanguage() {
				data.Changes = changed(t.GetBody())
			}
		}
	}
	return v.show("guideline", "guideline", data)
}

func acknowledgeGuideline(v *visitor) error {
	_, err := imprimaturv1.NewGuidelineServiceClient(v.conn).AcknowledgeGuideline(v.ctx, &imprimaturv1.AcknowledgeGuidelineRequest{
		Name: v.form("revision"), Digest: v.form("digest"), RequestId: v.requestID(),
	})
	if err != nil {
		return err
	}
	return v.done(v.back("/guideline"), "web.said.policy.acknowledged")
}

// guidelineDesk is the page of who publishes it, and of who looks who is missing.
func guidelineDesk(v *visitor) error {
	data, err := v.readGuideline()
	if err != nil {
		return err
	}
	data.Tabs = v.policyTabs("guideline")
	week := time.Now().In(v.zone).AddDate(0, 0, 7)
	data.Grace = time.Date(week.Year(), week.Month(), week.Day(), 18, 0, 0, 0, v.zone).Format(localTime)
	have := make(map[string]*imprimaturv1.GuidelineText)
	for _, t := range data.Guideline.GetRevisionInForce().GetTexts() {
		have[t.GetLanguage()] = t
		data.Texts = append(data.Texts, t)
	}
	for _, language := range []string{"en", "fr"} {
		if have[language] == nil {
			data.Texts = append(data.Texts, &imprimaturv1.GuidelineText{Language: language})
		}
	}
	if data.Guideline != nil {
		var err error
		if data.Ungated, err = v.ungated(); err != nil {
			return err
		}
		client := imprimaturv1.NewGuidelineServiceClient(v.conn)
		missing, err := client.ListGuidelineStandings(v.ctx, &imprimaturv1.ListGuidelineStandingsRequest{
			Parent: v.guidelineName(), PageSize: deskPage, PageToken: v.query("page"), Filter: "acknowledged = false",
		})
		if err != nil {
			return err
		}
		data.Missing, data.More = missing.GetGuidelineStandings(), v.more(missing.GetNextPageToken())
		listed, err := client.ListGuidelineRevisions(v.ctx, &imprimaturv1.ListGuidelineRevisionsRequest{Parent: v.guidelineName(), PageSize: 20})
		if err != nil {
			return err
		}
		data.Revisions = listed.GetGuidelineRevisions()
	}
	return v.show("policy-guideline", "policy", data)
}

// ungated tells whether no rule that counts has its author up to date with the guideline first. Who
// may not read the rules is told nothing.
func (v *visitor) ungated() (bool, error) {
	if !v.may("policies.read") {
		return false, nil
	}
	policy, err := v.policyClient().GetRoutingPolicy(v.ctx, &imprimaturv1.GetRoutingPolicyRequest{Name: v.policyName()})
	if err != nil {
		return false, err
	}
	return !slices.ContainsFunc(policy.GetRevisionInForce().GetRules(), asksForGuideline), nil
}

// guidelineRule is a rule to copy that asks for the guideline.
const guidelineRule = `  - id: guideline
    when: post.kind == "post" && !author.guideline_acknowledged
    reason: Who speaks about us has read our guideline.
    route: always
    preconditions:
      - expr: author.guideline_acknowledged
        reason: GUIDELINE_NOT_ACKNOWLEDGED
        words: Read the social media guideline that is in force and acknowledge it.`

// Early tells that nobody has to have read the revision in force yet, so that nobody is missing.
func (d guidelineData) Early() bool {
	return time.Now().Before(d.Guideline.GetRevisionInForce().GetGraceEndTime().AsTime())
}

// Rule is the rule to copy.
func (guidelineData) Rule() string { return guidelineRule }

// asksForGuideline tells whether a rule lets nobody pass who is not up to date with the guideline.
func asksForGuideline(r *imprimaturv1.RoutingRule) bool {
	return r.GetMode() == "ENFORCED" && slices.ContainsFunc(r.GetPreconditions(), func(p *imprimaturv1.RoutingPrecondition) bool {
		return strings.Contains(p.GetCondition(), "author.guideline_acknowledged")
	})
}

func publishGuideline(v *visitor) error {
	r := new(imprimaturv1.GuidelineRevision)
	languages, titles := v.fields("language"), v.fields("title")
	for i, body := range v.fields("body") {
		r.Texts = append(r.Texts, &imprimaturv1.GuidelineText{Language: nth(languages, i), Title: nth(titles, i), Body: nth([]string{body}, 0)})
	}
	var err error
	if r.GraceEndTime, err = instant(v.form("grace"), v.zone.String()); err != nil {
		return err
	}
	if r.ReviewTime, err = instant(v.form("review"), v.zone.String()); err != nil {
		return err
	}
	_, err = imprimaturv1.NewGuidelineServiceClient(v.conn).PublishGuidelineRevision(v.ctx, &imprimaturv1.PublishGuidelineRevisionRequest{
		Parent: v.guidelineName(), GuidelineRevision: r, Etag: v.form("etag"), RequestId: v.requestID(),
	})
	if err != nil {
		return err
	}
	return v.done(v.at("/policy/guideline"), "web.said.policy.guideline")
}
