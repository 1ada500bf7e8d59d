package main

import (
	"fmt"
	"log/slog"
	"os"

	"github.com/spf13/cobra"

	"github.com/imprimatur-hq/imprimatur/internal/app"
	"github.com/imprimatur-hq/imprimatur/internal/config"
)

func serveCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve gRPC, REST, the wall and the pages until stopped",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := load(cmd)
			if err != nil {
				return err
			}
			logger := newLogger(c)
			service, err := app.Open(cmd.Context(), app.Options{Config: c, Logger: logger})
			if err != nil {
				return err
			}
			defer service.Close()
			doors, err := service.Listen()
			if err != nil {
				return err
			}
			doors.Ready = func() { logger.Info("serving", "listen", doors.Main.Addr().String(), "version", version) }
			return service.Serve(cmd.Context(), doors)
		},
	}
	config.Bind(cmd.Flags())
	return cmd
}

// load reads the configuration of a command that bound its flags.
func load(cmd *cobra.Command) (config.Config, error) {
	c, err := config.Load(cmd.Flags(), os.Environ())
	if err != nil {
		return c, err
	}
	for _, name := range config.Unknown(os.Environ()) {
		fmt.Fprintf(os.Stderr, "imprimatur: %s is no setting; `imprimatur serve --help` lists them\n", name)
	}
	return c, c.Validate()
}

func newLogger(c config.Config) *slog.Logger {
	options := &slog.HandlerOptions{Level: c.LogLevel}
	if c.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(os.Stderr, options))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, options))
}
