package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// lookEvery is how often a simulation that runs is looked at.
const lookEvery = 500 * time.Millisecond

// simulation is what is simulated, and where.
type simulation struct {
	server, tokenFile string
	policy            string
	days              int32
}

func simulateCommand() *cobra.Command {
	var in simulation
	cmd := &cobra.Command{
		Use: "simulate WORKSPACE FILE", Short: "Replay a draft over what was submitted, on a running service", Args: cobra.ExactArgs(2),
		Long: "Write a policy document as a draft on a running service, which changes nothing, and replay it over the submissions of\n" +
			"the last days: what would be asked of whom, how often, and which open reviews nobody could finish. The number of a\n" +
			"revision that is there already can be given instead of a file.\n\n" +
			"The credential, an API key or the token of a session, is read from " + tokenEnv + " or --token-file. It needs\n" +
			"policies.simulate and policies.read, and policies.create for a file. The exit code is 1 when some review would be\n" +
			"left without anybody.",
		Example: "  imprimatur policy simulate acme policy.yaml --days 30",
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := newClient(in.server, in.tokenFile)
			if err != nil {
				return err
			}
			revision, err := in.revision(cmd.Context(), c, args[0], args[1])
			if err != nil {
				return err
			}
			done, err := in.run(cmd.Context(), c, revision, cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			return report(cmd.OutOrStdout(), done)
		},
	}
	cmd.Flags().StringVar(&in.server, "server", "http://127.0.0.1:8080", "Address of the service")
	cmd.Flags().StringVar(&in.tokenFile, "token-file", "", "File that holds the credential, instead of "+tokenEnv)
	cmd.Flags().StringVar(&in.policy, "policy", "default", "Routing policy of the workspace")
	cmd.Flags().Int32Var(&in.days, "days", 90, "How many days back to look")
	return cmd
}

// revision is the name of the revision to simulate, which a file is made into first.
func (in *simulation) revision(ctx context.Context, c *client, workspace, what string) (string, error) {
	parent := "workspaces/" + workspace + "/routingPolicies/" + in.policy
	document, err := os.ReadFile(what)
	if err != nil && strings.Trim(what, "0123456789") == "" {
		return parent + "/revisions/" + what, nil
	}
	if err != nil {
		return "", err
	}
	var kept imprimaturv1.RoutingPolicyRevision
	err = c.call(ctx, parent+"/revisions", &imprimaturv1.CreateRoutingPolicyRevisionRequest{
		Document: string(document), RequestId: uuid.NewString(),
	}, &kept)
	return kept.GetName(), err
}

// run starts the simulation and waits for its end.
func (in *simulation) run(ctx context.Context, c *client, revision string, progress io.Writer) (*imprimaturv1.RoutingPolicySimulation, error) {
	s := &imprimaturv1.RoutingPolicySimulation{}
	err := c.call(ctx, revision+":simulate", &imprimaturv1.SimulateRoutingPolicyRequest{Days: in.days, RequestId: uuid.NewString()}, s)
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for err == nil && s.GetState() == imprimaturv1.RoutingPolicySimulation_RUNNING {
		fmt.Fprintf(progress, "%d submissions replayed\n", s.GetReplayed())
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		name := s.GetName()
		s = &imprimaturv1.RoutingPolicySimulation{}
		err = c.call(ctx, name, nil, s)
	}
	return s, err
}
