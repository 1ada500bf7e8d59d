package routing_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/routing"
)

// TestTrainingsNamed: a precondition tells which trainings it names however it is written, asks
// only for those that the author lacks, and nothing while its rule is only tried.
func TestTrainingsNamed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		expr string
		mode routing.Mode
		// demands are the trainings asked for, lacking those an author lacks who knows "basics".
		demands, lacking []advocacy.TrainingID
	}{
		"one":                {`"finance" in author.trainings`, "", []advocacy.TrainingID{"finance"}, []advocacy.TrainingID{"finance"}},
		"two":                {`"basics" in author.trainings && "finance" in author.trainings`, "", []advocacy.TrainingID{"basics", "finance"}, []advocacy.TrainingID{"finance"}},
		"all of a list":      {`["basics", "finance"].all(t, t in author.trainings)`, "", []advocacy.TrainingID{"basics", "finance"}, []advocacy.TrainingID{"finance"}},
		"compared":           {`author.trainings.exists(t, t == "finance")`, "", []advocacy.TrainingID{"finance"}, []advocacy.TrainingID{"finance"}},
		"other texts":        {`post.language == "fr" || author.title == "Chef" || "finance" in author.trainings`, "", []advocacy.TrainingID{"finance"}, []advocacy.TrainingID{"finance"}},
		"another list":       {`"finance" in author.groups`, "", nil, []advocacy.TrainingID{""}},
		"how many":           {`author.trainings.size() > 3`, "", nil, []advocacy.TrainingID{""}},
		"only tried":         {`"finance" in author.trainings`, routing.Shadow, nil, nil},
		"switched off":       {`"finance" in author.trainings`, routing.Disabled, nil, nil},
		"known, and another": {`"basics" in author.trainings && post.sponsored`, "", []advocacy.TrainingID{"basics"}, []advocacy.TrainingID{""}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			compiled, err := newEngine(t).Compile(routing.Policy{
				Defaults: []advocacy.Requirement{routing.Sign(advocacy.RolePR, 1)},
				Rules: []routing.Rule{{
					ID: "learned", Mode: c.mode, When: "true", Reason: "Who writes has learned.",
					Preconditions: []routing.Precondition{{Expr: c.expr, Reason: routing.TrainingMissing, Words: "Learn."}},
				}},
			})
			if err != nil {
				t.Fatal(err)
			}
			var demands, lacking []advocacy.TrainingID
			for _, d := range compiled.Demands() {
				demands = append(demands, d.Training)
				if d.Rule != "learned" || d.Reason != "Who writes has learned." || d.Words != "Learn." {
					t.Errorf("it is asked for by %+v", d)
				}
			}
			facts := routing.Facts{Kind: advocacy.SubjectPost, Author: routing.Author{Trainings: []string{"basics"}}}
			for _, u := range compiled.Evaluate(facts).Unmet {
				lacking = append(lacking, u.Training)
			}
			if diff := cmp.Diff(c.demands, demands); diff != "" {
				t.Errorf("demands (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.lacking, lacking); diff != "" {
				t.Errorf("lacking (-want +got):\n%s", diff)
			}
		})
	}
}

// TestAsksOfGroup: a policy tells which rule may go by a group, however the condition looks for it.
func TestAsksOfGroup(t *testing.T) {
	t.Parallel()
	for condition, want := range map[string]bool{
		`"board" in author.groups`:                             true,
		`["board", "sales"].exists(g, g in author.groups)`:     true,
		`author.groups.exists(g, g == "board")`:                true,
		`author.groups.exists(g, g.startsWith("bo"))`:          true,
		`author.groups.exists(g, g.matches("^b.*d$"))`:         true,
		`"sales" in author.groups`:                             false,
		`author.groups.size() > 1`:                             false,
		`post.language == "board" && "sales" in author.groups`: false,
		`author.title == "board"`:                              false,
	} {
		policy := routing.Builtin()
		policy.Rules = []routing.Rule{{ID: "mine", When: condition, Require: []advocacy.Requirement{routing.Sign(advocacy.RolePR, 1)}}}
		for mode, counts := range map[routing.Mode]bool{routing.Enforced: true, routing.Shadow: true, routing.Disabled: false} {
			policy.Rules[0].Mode = mode
			compiled, err := newEngine(t).Compile(policy)
			if err != nil {
				t.Fatalf("%s: %v", condition, err)
			}
			if got := compiled.AsksOfGroup("board") == "mine"; got != (want && counts) {
				t.Errorf("%s %s: %v", mode, condition, got)
			}
		}
	}
}
