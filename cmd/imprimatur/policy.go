package main

import (
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/imprimatur-hq/imprimatur/internal/routing"
)

func policyCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "policy", Short: "Write, check and try routing policies"}
	cmd.AddCommand(
		onPolicy("test", "Run the tests a policy document brings along", true),
		onPolicy("lint", "Say what is wrong with a policy document, without running its tests", false),
		simulateCommand(),
		show("starter", "Print the policy that new workspaces begin with", routing.Starter()),
		show("schema", "Print the JSON schema of policy documents, for editors", routing.Schema()),
	)
	return cmd
}

// onPolicy makes a command that reads one document, offline.
func onPolicy(use, short string, try bool) *cobra.Command {
	return &cobra.Command{
		Use: use + " FILE", Short: short, Args: cobra.ExactArgs(1),
		Long:    short + ".\n\nThe document is YAML or JSON; - reads it from the standard input. Nothing is sent anywhere.",
		Example: "  imprimatur policy starter > policy.yaml\n  imprimatur policy " + use + " policy.yaml",
		RunE: func(cmd *cobra.Command, args []string) error {
			policy, err := readPolicy(cmd.InOrStdin(), args[0])
			if err != nil {
				return err
			}
			if proven := policy.Proven(); len(proven) > 0 {
				fmt.Fprintf(cmd.ErrOrStderr(), "step_up: nothing takes a fresh proof of identity yet, so nobody can sign what these ask for: %s\n", strings.Join(proven, ", "))
			}
			if !try {
				fmt.Fprintf(cmd.OutOrStdout(), "%s: %d rules, nothing is wrong with it\n", args[0], len(policy.Policy().Rules))
				return nil
			}
			return tryPolicy(cmd.OutOrStdout(), policy)
		},
	}
}

func readPolicy(in io.Reader, name string) (*routing.Compiled, error) {
	document, err := os.ReadFile(name)
	if name == "-" {
		document, err = io.ReadAll(in)
	}
	if err != nil {
		return nil, err
	}
	engine, err := routing.NewEngine()
	if err != nil {
		return nil, err
	}
	policy, err := engine.Check(document)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be used:\n%w", name, err)
	}
	return policy, nil
}

// tryPolicy prints a line for each test, and how those that failed differ.
func tryPolicy(out io.Writer, policy *routing.Compiled) error {
	trials := policy.Try()
	failed := 0
	for _, t := range trials {
		if len(t.Faults) == 0 {
			fmt.Fprintf(out, "ok    %s\n", t.Name)
			continue
		}
		failed++
		fmt.Fprintf(out, "FAIL  %s\n", t.Name)
		for _, fault := range t.Faults {
			fmt.Fprintf(out, "        %s\n", fault)
		}
		fmt.Fprintf(out, "        it is asked of %s\n", asked(t.Result))
	}
	untested := policy.Untested()
	if len(untested) > 0 {
		fmt.Fprintf(out, "\nno test shows what these rules do: %s\n", strings.Join(untested, ", "))
	}
	if omitted := policy.Omits(); len(omitted) > 0 {
		fmt.Fprintf(out, "\nthe expedited route leaves out these rules; write route: always where they shall count on it: %s\n", strings.Join(omitted, ", "))
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d tests failed", failed, len(trials))
	}
	fmt.Fprintf(out, "\n%d tests passed\n", len(trials))
	return nil
}

// asked spells a plan: "legal ×2 (claims), pr (own-words)".
func asked(r routing.Result) string {
	var all []string
	for _, q := range r.Plan.Requirements {
		rules := make(map[string]bool)
		for _, why := range q.Rules {
			rules[why.Rule] = true
		}
		all = append(all, fmt.Sprintf("%s ×%d (%s)", q.Key, q.Quorum, strings.Join(slices.Sorted(maps.Keys(rules)), ", ")))
	}
	return strings.Join(all, ", ")
}

func show(use, short string, document []byte) *cobra.Command {
	return &cobra.Command{Use: use, Short: short, Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error {
		_, err := cmd.OutOrStdout().Write(document)
		return err
	}}
}
