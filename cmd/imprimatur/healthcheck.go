package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/imprimatur-hq/imprimatur/internal/app"
	"github.com/imprimatur-hq/imprimatur/internal/config"
)

func healthcheckCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "healthcheck",
		Short: "Ask the service on the configured address whether it is well",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := load(cmd)
			if err != nil {
				return err
			}
			if err := app.Healthcheck(cmd.Context(), "http://"+c.Listen); err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), "ok")
			return nil
		},
	}
	config.Bind(cmd.Flags())
	return cmd
}
