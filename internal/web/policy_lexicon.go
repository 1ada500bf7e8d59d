package web

import (
	"slices"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// What one visit tries, and shows of what was found: it goes on from there when asked to.
const (
	mostTried = 25
	mostHits  = 200
)

// lexiconData are the terms, as they are in force or as they were just tried.
type lexiconData struct {
	Tabs     []tab
	Lexicon  *imprimaturv1.Lexicon
	Revision *imprimaturv1.LexiconRevision
	Terms    []*imprimaturv1.Term
	Roles    []option
	Tried    bool
	Checked  int32
	Found    int
	Hits     []*imprimaturv1.LexiconHit
	// Next is where trying goes on; when there is nothing more, Trial is what the terms are
	// published with.
	Next, Trial string
}

// lexiconName is the resource name of the workspace's lexicon.
func (v *visitor) lexiconName() string { return v.name("lexicons", "default") }

// lexiconInForce reads the lexicon, an empty one while there is none.
func (v *visitor) lexiconInForce() (*imprimaturv1.Lexicon, error) {
	l, err := imprimaturv1.NewLexiconServiceClient(v.conn).GetLexicon(v.ctx, &imprimaturv1.GetLexiconRequest{Name: v.lexiconName()})
	if status.Code(err) == codes.NotFound {
		return &imprimaturv1.Lexicon{}, nil
	}
	return l, err
}

func lexicon(v *visitor) error {
	l, err := v.lexiconInForce()
	if err != nil {
		return err
	}
	return v.showLexicon(lexiconData{Lexicon: l, Revision: l.GetRevisionInForce()})
}

// showLexicon adds what the fields offer.
func (v *visitor) showLexicon(data lexiconData) error {
	data.Tabs = v.policyTabs("lexicon")
	data.Terms = slices.Clone(data.Revision.GetTerms())
	if v.may("lexicons.publish") {
		data.Terms = append(data.Terms, new(imprimaturv1.Term))
		roles, err := v.roleOptions("")
		if err != nil {
			return err
		}
		data.Roles = roles
	}
	return v.show("policy-lexicon", "policy", data)
}

// roleOptions lists the roles that sign.
func (v *visitor) roleOptions(chosen string) ([]option, error) {
	listed, err := imprimaturv1.NewMemberServiceClient(v.conn).ListRoles(v.ctx, &imprimaturv1.ListRolesRequest{Parent: v.parent(), PageSize: everyPage})
	if err != nil {
		return nil, err
	}
	p := v.bare("notice")
	var options []option
	for _, r := range listed.GetRoles() {
		if strings.HasPrefix(r.GetRole(), "approver:") {
			options = append(options, option{r.GetRole(), roleName(p, r), r.GetRole() == chosen})
		}
	}
	return options, nil
}

// roleName is a role in the reader's words, or in those of who made it.
func roleName(p page, r *imprimaturv1.Role) string {
	if word := p.Word("web.role.", r.GetRole()); word != r.GetRole() {
		return word
	}
	return r.GetDisplayName()
}

// terms reads the rows of the form; a row without a term says nothing.
func (v *visitor) terms() []*imprimaturv1.Term {
	languages, grades, roles := v.fields("term_language"), v.fields("term_grade"), v.fields("term_role")
	reasons, french := v.fields("term_reason"), v.fields("term_reason_fr")
	forms, allowed, exact := v.fields("term_forms"), v.fields("term_allowed"), v.fields("term_exact")
	var terms []*imprimaturv1.Term
	for i, text := range v.fields("term_text") {
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		t := &imprimaturv1.Term{
			Text: text, Language: strings.TrimSpace(nth(languages, i)), Grade: imprimaturv1.Term_Grade(imprimaturv1.Term_Grade_value[nth(grades, i)]),
			Forms: commas(nth(forms, i)), Allowed: commas(nth(allowed, i)), Exact: nth(exact, i) == "exact", Reason: strings.TrimSpace(nth(reasons, i)),
		}
		if t.Grade == imprimaturv1.Term_RESTRICTED {
			t.Role = nth(roles, i)
		}
		if words := strings.TrimSpace(nth(french, i)); words != "" {
			t.Reasons = map[string]string{"fr": words}
		}
		terms = append(terms, t)
	}
	return terms
}

// tryLexicon tries terms on what is not sent yet, from the beginning or from where it stopped.
func (v *visitor) tryLexicon(r *imprimaturv1.LexiconRevision, next string) (lexiconData, error) {
	data := lexiconData{Revision: r, Tried: true, Next: next}
	for page := 0; page == 0 || data.Next != "" && page < mostTried; page++ {
		tried, err := imprimaturv1.NewLexiconServiceClient(v.conn).TryLexicon(v.ctx, &imprimaturv1.TryLexiconRequest{
			Parent: v.lexiconName(), LexiconRevision: r, PageSize: everyPage, PageToken: data.Next,
		})
		if err != nil {
			return data, err
		}
		hits := tried.GetLexiconHits()
		data.Checked, data.Found = data.Checked+tried.GetCheckedCount(), data.Found+len(hits)
		data.Hits = append(data.Hits, hits[:min(len(hits), mostHits-len(data.Hits))]...)
		data.Next, data.Trial = tried.GetNextPageToken(), tried.GetTrialToken()
	}
	return data, nil
}

// writeLexicon tries terms on what is not sent yet, or publishes what was tried. Reasons in languages that
// the form does not show are kept.
func writeLexicon(v *visitor) error {
	l, err := v.lexiconInForce()
	if err != nil {
		return err
	}
	r := &imprimaturv1.LexiconRevision{Terms: v.terms(), OwnDomains: commas(v.form("domains")), OwnNames: commas(v.form("names"))}
	for _, t := range r.Terms {
		for _, old := range l.GetRevisionInForce().GetTerms() {
			if old.GetText() == t.GetText() && old.GetLanguage() == t.GetLanguage() {
				keepReasons(t, old)
			}
		}
	}
	if v.form("for") != "publish" {
		next := ""
		if v.form("for") == "go-on" {
			next = v.form("next")
		}
		data, err := v.tryLexicon(r, next)
		if err != nil {
			return err
		}
		l.Etag, data.Lexicon = v.form("etag"), l
		return v.showLexicon(data)
	}
	_, err = imprimaturv1.NewLexiconServiceClient(v.conn).PublishLexiconRevision(v.ctx, &imprimaturv1.PublishLexiconRevisionRequest{
		Parent: v.lexiconName(), LexiconRevision: r, Etag: v.form("etag"), RequestId: v.requestID(), TrialToken: v.form("trial"),
	})
	if err != nil {
		return err
	}
	return v.done(v.at("/policy/lexicon"), "web.said.policy.lexicon")
}

// keepReasons takes over the reasons in further languages.
func keepReasons(t, old *imprimaturv1.Term) {
	for language, words := range old.GetReasons() {
		if language == "fr" {
			continue
		}
		if t.Reasons == nil {
			t.Reasons = make(map[string]string)
		}
		t.Reasons[language] = words
	}
}
