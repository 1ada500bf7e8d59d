package demo

import (
	"context"
	"errors"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// figures is the training that Maison Alder asks of whoever writes about its business. Nothing in
// the sample speaks of it, so that who tries is led to the course.
const figures advocacy.TrainingID = "figures"

// figuresRule is the rule that asks for it, as it stands in the policy.
const figuresRule = `  - id: figures-training
    when: post.kind == "post" && post.origin != "library" && terms.figures.size() > 0
    reason: Who writes about how our business goes has learned what may be said.
    translations: {fr: Qui parle de la marche de nos affaires a appris ce qui peut se dire.}
    route: always
    preconditions:
      - expr: '"figures" in author.trainings'
        reason: TRAINING_MISSING
        words: Take the training on figures first; it is two short pages and two questions.
        translations: {fr: "Suivez d’abord la formation sur les chiffres : deux courtes pages et deux questions."}

`

// figuresTerms are the words that the rule looks for.
const figuresTerms = "  figures: [turnover, order book, chiffre d’affaires, carnet de commandes]\n"

// both is a text in the languages of the house.
func both(en, fr string) []advocacy.TrainingText {
	return []advocacy.TrainingText{{Language: "en", Text: en}, {Language: "fr", Text: fr}}
}

// figuresCourse is what the training teaches and asks.
var figuresCourse = workflow.CourseDraft{
	Texts: both(
		"Maison Alder is a family house, and its figures are published once a year, by Hélène. Until then they are nobody’s to tell: not the turnover, not the order book, not how a month went.\n---\nWhat is in the annual report may be said by everybody, with a link to the report. When somebody asks for more, thank them and send them to Marguerite.",
		"Maison Alder est une maison familiale, et Hélène en publie les chiffres une fois par an. D’ici là, personne n’en dit rien : ni le chiffre d’affaires, ni le carnet de commandes, ni comment un mois s’est passé.\n---\nCe qui figure au rapport annuel peut être dit par tout le monde, avec un lien vers le rapport. Si l’on vous en demande plus, remerciez et renvoyez à Marguerite.",
	),
	Questions: []advocacy.TrainingQuestion{
		{Texts: both("Which figures may you mention?", "Quels chiffres pouvez-vous citer ?"), Options: []advocacy.TrainingOption{
			{Texts: both("Those of last month, if they were good", "Ceux du mois dernier, s’ils étaient bons")},
			{Texts: both("Those of the annual report, with a link to it", "Ceux du rapport annuel, avec un lien"), Right: true},
			{Texts: both("Those a customer told you", "Ceux qu’un client vous a donnés")},
		}},
		{Texts: both("A journalist asks about the order book. What do you do?", "Une journaliste vous demande où en est le carnet de commandes. Que faites-vous ?"), Options: []advocacy.TrainingOption{
			{Texts: both("Thank her, and send her to Marguerite", "La remercier et la renvoyer à Marguerite"), Right: true},
			{Texts: both("Give a rough number, off the record", "Donner un ordre de grandeur, entre nous")},
		}},
	},
}

// teach adds the training with its course, which one colleague completed elsewhere.
func (t *teller) teach(ctx context.Context, admin actor) error {
	if err := errors.Join(admin.need("trainings.update"), admin.need("trainings.record")); err != nil {
		return err
	}
	m, err := t.Flow.CreateTrainingModule(ctx, admin.Call, Workspace, workflow.TrainingDraft{
		ID: figures, ValidDays: 365, Titles: []advocacy.TrainingTitle{{Language: "en", Title: "Speaking about figures"}, {Language: "fr", Title: "Parler des chiffres"}},
	})
	if err != nil {
		return err
	}
	draft := figuresCourse
	draft.Version = m.Version
	if _, err := t.Flow.PublishTrainingCourse(ctx, admin.Call, Workspace, figures, draft); err != nil {
		return err
	}
	_, err = t.Flow.RecordTraining(ctx, admin.Call, Workspace, workflow.Completion{Module: figures, Person: t.people["helene"].Person})
	return err
}
