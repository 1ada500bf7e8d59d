package main

import (
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/imprimatur-hq/imprimatur/internal/catalogue"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// report prints what a simulation found, and is an error when it found that the revision
// could not be put in force as it is.
func report(out io.Writer, s *imprimaturv1.RoutingPolicySimulation) error {
	if s.GetState() != imprimaturv1.RoutingPolicySimulation_SUCCEEDED {
		return errors.New("another revision came into force meanwhile; simulate again")
	}
	fmt.Fprintf(out, "%s\n\nOf %d submissions in %d days, %d would be asked of other people, %d refused by a precondition,\n"+
		"and of %d a rule could not be evaluated.\n", s.GetName(), s.GetReplayed(), s.GetDays(), s.GetChanged(), s.GetRefused(), s.GetFailed())
	table := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	section := func(head string, rows int) {
		if rows > 0 {
			fmt.Fprintf(table, "\n%s\n", head)
		}
	}
	section("REQUIREMENT\tROLE\tNOW\tTHEN\tADDED\tREMOVED", len(s.GetRequirements()))
	for _, r := range s.GetRequirements() {
		fmt.Fprintf(table, "%s\t%s\t%d\t%d\t%d\t%d\n", r.GetKey(), r.GetRole(), r.GetBefore(), r.GetAfter(), r.GetAdded(), r.GetRemoved())
	}
	section("RULE\tMATCHED\tFAILED\tAS SHADOW", len(s.GetRules()))
	for _, r := range s.GetRules() {
		fmt.Fprintf(table, "%s\t%d\t%d\t%d\n", r.GetRule(), r.GetMatched(), r.GetFailed(), r.GetShadow())
	}
	section("SIGNATURES OF\tAT\tNOW\tTHEN", len(s.GetLoad()))
	for _, l := range s.GetLoad() {
		fmt.Fprintf(table, "%s\t%02d:00\t%d\t%d\n", l.GetRole(), l.GetHour(), l.GetBefore(), l.GetAfter())
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if n := s.GetPastUnroutable(); n > 0 {
		fmt.Fprintf(out, "\nOf what was submitted, nobody could have finished %d, with who holds the roles today:\n", n)
		unfinished(out, n, s.GetPastUnroutableReviews(), s.GetPastUnroutableShortfalls())
	}
	if s.GetUnroutable() == 0 {
		fmt.Fprintln(out, "\nEvery open review could still be finished.")
		return nil
	}
	fmt.Fprintln(out, "\nNobody could finish these open reviews:")
	unfinished(out, s.GetUnroutable(), s.GetUnroutableReviews(), s.GetUnroutableShortfalls())
	return fmt.Errorf("%d open reviews would be left without anybody", s.GetUnroutable())
}

// unfinished prints reviews that nobody could finish, what nobody could sign of each, and how many
// more there are.
func unfinished(out io.Writer, all int64, reviews []string, why []*imprimaturv1.UnfinishedReview) {
	for i, name := range reviews {
		fmt.Fprintf(out, "  %s\n", name)
		if i >= len(why) {
			continue
		}
		for _, short := range why[i].GetShortfalls() {
			fmt.Fprintf(out, "    %s\n", shortfall(short))
		}
	}
	if more := all - int64(len(reviews)); more > 0 {
		fmt.Fprintf(out, "  and %d more\n", more)
	}
}

// shortfall says what is missing of one signature, and why, by the reason's name and in words.
func shortfall(s *imprimaturv1.Shortfall) string {
	reason := s.GetReason().String()
	words := reason
	if key := "blocker.INFEASIBLE." + reason; catalogue.Has(key) {
		words += ": " + catalogue.Text("en", key, map[string]string{"requirement": s.GetRequirement()})
	}
	return fmt.Sprintf("%s (%s), %d missing: %s", s.GetRequirement(), s.GetRole(), s.GetMissing(), words)
}
