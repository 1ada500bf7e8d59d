package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/imprimatur-hq/imprimatur/internal/app"
	"github.com/imprimatur-hq/imprimatur/internal/config"
	"github.com/imprimatur-hq/imprimatur/internal/store"
)

func migrateCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "migrate", Short: "Bring the database to this version, or say where it is"}
	cmd.AddCommand(
		onStore("up", "Apply what is missing, roles included; serve does the same when it starts", func(cmd *cobra.Command, s *store.Store) error {
			if err := app.Upgrade(cmd.Context(), s, app.NewID); err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), "The database is at this version.")
			return nil
		}),
		onStore("status", "List the migrations and when each was applied", status),
		grantCommand())
	return cmd
}

// grantCommand lets the service run as somebody who owns nothing.
func grantCommand() *cobra.Command {
	cmd := onStore("grant ROLE", "Give a PostgreSQL role what the service needs, and no more", func(cmd *cobra.Command, s *store.Store) error {
		role := cmd.Flags().Arg(0)
		if err := s.Grant(cmd.Context(), role); err != nil {
			return err
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%s can serve, and can neither change nor remove what must stay.\n", role)
		return nil
	})
	cmd.Args = cobra.ExactArgs(1)
	cmd.Long = cmd.Short + ".\n\nCall it as the owner of the tables, after every migrate up. Where rows stay for ever - " +
		"decisions, revisions, receipts, audit records and others - the role may only add some; it owns no table and makes none."
	cmd.Example = "  psql -c \"CREATE ROLE imprimatur_app LOGIN PASSWORD '…'\"\n  imprimatur migrate up\n  imprimatur migrate grant imprimatur_app"
	return cmd
}

// onStore makes a command that works on the bare database.
func onStore(use, short string, run func(*cobra.Command, *store.Store) error) *cobra.Command {
	cmd := &cobra.Command{Use: use, Short: short, Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error {
		c, err := load(cmd)
		if err != nil {
			return err
		}
		s, err := app.OpenStore(cmd.Context(), app.Options{Config: c, Now: app.Micros, Logger: newLogger(c)})
		if err != nil {
			return err
		}
		defer s.Close()
		return run(cmd, s)
	}}
	config.Bind(cmd.Flags())
	return cmd
}

func status(cmd *cobra.Command, s *store.Store) error {
	all, newer, err := s.MigrationStatus(cmd.Context())
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 4, 2, ' ', 0)
	for _, m := range all {
		when := "not applied"
		if m.Applied {
			when = m.Time.UTC().Format("2006-01-02 15:04:05")
		}
		fmt.Fprintf(table, "%d\t%s\t%s\n", m.Version, m.Name, when)
	}
	if newer {
		fmt.Fprintln(table, "The database is newer than this binary, which will not touch it.")
	}
	return table.Flush()
}
