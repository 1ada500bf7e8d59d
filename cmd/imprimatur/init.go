package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/app"
	"github.com/imprimatur-hq/imprimatur/internal/config"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

func initCommand() *cobra.Command {
	in := workflow.Installation{}
	id := ""
	cmd := &cobra.Command{
		Use:   "init WORKSPACE ADMIN-EMAIL",
		Short: "Make a workspace and its first admin, and print a one-time sign-in link",
		Long: "Make a workspace with the usual roles and the starter routing policy (legal and PR sign everything new, in\n" +
			"parallel), and its first admin, whose one-time sign-in link is printed.",
		Example: "  imprimatur init acme ada@acme.example",
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := load(cmd)
			if err != nil {
				return err
			}
			service, err := app.Open(cmd.Context(), app.Options{Config: c, Logger: newLogger(c)})
			if err != nil {
				return err
			}
			defer service.Close()
			id = args[0]
			in.ID, in.Admin.Email = advocacy.WorkspaceID(id), args[1]
			done, err := service.Install(cmd.Context(), in)
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "Workspace %s is ready.\n\nStart the service with `imprimatur serve`, then let %s sign in, once, within 72 hours:\n\n  %s\n",
				done.Workspace.ID.Name(), done.Admin.Email, done.Link)
			return nil
		},
	}
	config.Bind(cmd.Flags())
	cmd.Flags().StringVar(&in.DisplayName, "name", "", "Name people read (the id with a capital when empty)")
	cmd.Flags().StringVar(&in.Admin.DisplayName, "admin-name", "", "Name of the admin (the mail address up to the @ when empty)")
	cmd.Flags().StringVar(&in.Language, "language", "en", "Language of the workspace: en or fr")
	cmd.Flags().StringVar(&in.Zone, "time-zone", "UTC", "IANA time zone of the workspace, such as Europe/Paris")
	return cmd
}

func inviteCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "invite WORKSPACE EMAIL",
		Short:   "Print a one-time sign-in link for a member",
		Example: "  imprimatur invite acme ben@acme.example",
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := load(cmd)
			if err != nil {
				return err
			}
			service, err := app.Open(cmd.Context(), app.Options{Config: c, Logger: newLogger(c)})
			if err != nil {
				return err
			}
			defer service.Close()
			m, link, err := service.Invite(cmd.Context(), advocacy.WorkspaceID(args[0]), args[1])
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s can sign in, once, within 72 hours:\n\n  %s\n", m.DisplayName, link)
			return nil
		},
	}
	config.Bind(cmd.Flags())
	return cmd
}
