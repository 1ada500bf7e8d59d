package main

import (
	"cmp"
	"fmt"
	"log/slog"
	"net"
	"os"

	"github.com/spf13/cobra"

	"github.com/imprimatur-hq/imprimatur/internal/app"
	"github.com/imprimatur-hq/imprimatur/internal/config"
	"github.com/imprimatur-hq/imprimatur/internal/demo"
)

func demoCommand() *cobra.Command {
	listen, keep, verbose := "", "", false
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Serve a sample company on this machine, and print what to try",
		Long: "Serve a sample company, with people to be, on this machine only. Its data is in a temporary folder that goes\n" +
			"when the demo ends, unless --keep names one; a second start on the same folder finds everything as it was.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := app.Loopback(cmp.Or(listen, preferred)); err != nil {
				return err
			}
			dir := keep
			if dir == "" {
				temporary, err := os.MkdirTemp("", "imprimatur-demo-")
				if err != nil {
					return err
				}
				defer os.RemoveAll(temporary)
				dir = temporary
			}
			return runDemo(cmd, listen, dir, verbose)
		},
	}
	cmd.Flags().StringVar(&listen, "listen", "", "Address on this machine, host:port ("+preferred+", or a free port when it is taken)")
	cmd.Flags().StringVar(&keep, "keep", "", "Folder that keeps the data")
	cmd.Flags().BoolVar(&verbose, "verbose", false, "Log every call")
	return cmd
}

const preferred = "127.0.0.1:8080"

func runDemo(cmd *cobra.Command, listen, dir string, verbose bool) error {
	listener, err := net.Listen("tcp", cmp.Or(listen, preferred))
	if err != nil && listen == "" {
		listener, err = net.Listen("tcp", "127.0.0.1:0")
	}
	if err != nil {
		return err
	}
	level := slog.LevelError
	if verbose {
		level = slog.LevelInfo
	}
	c := config.Default()
	c.DataDir, c.Listen, c.WallWorkspace = dir, listener.Addr().String(), string(demo.Workspace)
	clock := &demo.Clock{}
	service, err := app.Open(cmd.Context(), app.Options{
		Config: c, Now: clock.Now, Logger: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level})),
	})
	if err != nil {
		return err
	}
	defer service.Close()
	report, err := service.FillDemo(cmd.Context(), clock)
	if err != nil {
		return err
	}
	return service.Serve(cmd.Context(), app.Doors{
		Main: listener, Chooser: report.Chooser(service.Flow),
		Ready: func() {
			if err := report.Print(cmd.OutOrStdout(), c.Listen); err != nil {
				fmt.Fprintln(os.Stderr, "imprimatur:", err)
			}
		},
	})
}
