package demo

import (
	"context"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// lexicon is what Maison Alder watches for, and what it is called: whoever said what he or she is
// to the company is said to be that where a text names it. Nothing in the sample has any of the
// terms, so that who tries one sees it work.
var lexicon = workflow.LexiconDraft{
	Domains: []string{"alder.example"},
	Names:   []string{companyName, "Alder"},
	Terms: []advocacy.Term{
		{
			Text: "unbreakable", Language: "en", Grade: advocacy.GradeForbidden,
			Reason: "Wood breaks. Say how long it lasts, and that we repair it.",
		},
		{
			Text: "incassable", Language: "fr", Grade: advocacy.GradeForbidden,
			Reason: "Le bois casse. Dites combien de temps il dure, et que nous le réparons.",
		},
		{
			Text: "eco-friendly", Language: "en", Grade: advocacy.GradeRestricted, Role: advocacy.RoleLegal,
			Reason: "What is said about the environment has to be proven. Legal looks whether it is.",
		},
		{
			Text: "écologique", Language: "fr", Grade: advocacy.GradeRestricted, Role: advocacy.RoleLegal,
			Reason: "Ce qui touche à l’environnement se prouve. Le service juridique vérifie.",
		},
	},
}

// watch publishes the lexicon, before there is anything to look at again.
func (t *teller) watch(ctx context.Context, admin actor) error {
	if err := admin.need("lexicons.publish"); err != nil {
		return err
	}
	draft := lexicon
	for after := ""; draft.Trial == ""; {
		page, err := t.Flow.TryLexicon(ctx, admin.Call, Workspace, advocacy.DefaultLexicon, draft, workflow.Page{Size: 100, After: after})
		if err != nil {
			return err
		}
		after, draft.Trial = page.Next, page.Trial
	}
	r, err := t.Flow.PublishLexicon(ctx, admin.Call, Workspace, advocacy.DefaultLexicon, draft)
	if err != nil {
		return err
	}
	return t.Flow.RecheckLexicon(ctx, Workspace, r.Number)
}
