package main

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/imprimatur-hq/imprimatur/internal/app"
	"github.com/imprimatur-hq/imprimatur/internal/config"
)

func restoredCommand() *cobra.Command {
	var list bool
	var since string
	cmd := &cobra.Command{
		Use:   "restored",
		Short: "Say that the database was put back to an earlier state, and list what may be out",
		Long: "Say that the database was restored from a backup, or that a standby that lagged took its place.\n\n" +
			"Whatever was due by now then waits until a person says whether it is out; the service looks for it too. " +
			"The service notices by itself when the database is behind what is noted beside the media; " +
			"call this before serve when those were restored along with it.",
		Example: "  imprimatur restored --since 2026-11-28T09:00:00Z\n  imprimatur restored --list",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			from, err := instant(since)
			if err != nil {
				return err
			}
			c, err := load(cmd)
			if err != nil {
				return err
			}
			s, err := app.Open(cmd.Context(), app.Options{Config: c, Logger: newLogger(c)})
			if err != nil {
				return err
			}
			defer s.Close()
			if !list {
				if err := s.Restored(cmd.Context()); err != nil {
					return err
				}
			}
			all, err := s.Reconcile(cmd.Context(), from)
			if err != nil {
				return err
			}
			return printReconciliation(cmd.OutOrStdout(), all)
		},
	}
	config.Bind(cmd.Flags())
	cmd.Flags().BoolVar(&list, "list", false, "only list what there is to look at")
	cmd.Flags().StringVar(&since, "since", "", "the time of the backup: of what the database has forgotten, list what began since (RFC 3339)")
	return cmd
}

func instant(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return t, fmt.Errorf("--since: %q is no time such as 2026-11-28T09:00:00Z", text)
	}
	return t, nil
}

func printReconciliation(w io.Writer, all app.Reconciliation) error {
	const when = "2006-01-02 15:04:05"
	table := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintf(table, "%d may be out; a person says of each on its post's page whether it is:\n", len(all.Waits))
	for i := range all.Waits {
		x := &all.Waits[i]
		fmt.Fprintf(table, "  %s\t%s\tdue %s\t%s\n", x.Name(), x.Network, x.DueTime.UTC().Format(when), x.State)
	}
	fmt.Fprintf(table, "%d requests began of which the database knows nothing; what they were for may be out:\n", len(all.Forgotten))
	for i := range all.Forgotten {
		d := &all.Forgotten[i]
		fmt.Fprintf(table, "  workspaces/%s/posts/%s\t%s\tbegan %s\t%s\n", d.Workspace, d.Post, d.Network, d.Time.UTC().Format(when), d.Digest)
	}
	fmt.Fprintf(table, "%d were not due and go out at their time; freeze first if one of them was withdrawn since:\n", len(all.Later))
	for i := range all.Later {
		x := &all.Later[i]
		fmt.Fprintf(table, "  %s\t%s\tdue %s\n", x.Name(), x.Network, x.DueTime.UTC().Format(when))
	}
	return table.Flush()
}
