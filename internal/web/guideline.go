package web

import (
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
	// Texts are what a new revision begins with: English and French at least.
	Texts     []*imprimaturv1.GuidelineText
	Missing   []*imprimaturv1.GuidelineStanding
	More      string
	Revisions []*imprimaturv1.GuidelineRevision
}

// guidelineName is the resource name of the workspace's guideline.
func (v *visitor) guidelineName() string { return v.name("guidelines", "default") }

// readGuideline reads the guideline, nil while there is none.
func (v *visitor) readGuideline() (guidelineData, error) {
	g, err := imprimaturv1.NewGuidelineServiceClient(v.conn).GetGuideline(v.ctx, &imprimaturv1.GetGuidelineRequest{Name: v.guidelineName()})
	if status.Code(err) == codes.NotFound {
		return guidelineData{}, nil
	}
	if err != nil {
		return guidelineData{}, err
	}
	data := guidelineData{Guideline: g}
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
	if g := data.Guideline; g.GetAcknowledgement() != nil && !g.GetAcknowledged() {
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
	return v.done(v.at("/guideline"), "web.said.policy.acknowledged")
}

// guidelineDesk is the page of who publishes it, and of who looks who is missing.
func guidelineDesk(v *visitor) error {
	data, err := v.readGuideline()
	if err != nil {
		return err
	}
	data.Tabs = v.policyTabs("guideline")
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
