// Command imprimatur is the employee advocacy approval service: one binary that serves
// gRPC, REST and the pages, migrates its database, and shows itself in a demo.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

// version is set when a release is built, with -ldflags "-X main.version=…".
var version = "development"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A second signal ends the process at once: what was in hand is safe on disk.
	context.AfterFunc(ctx, stop)
	if err := root().ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "imprimatur:", err)
		os.Exit(1)
	}
}

func root() *cobra.Command {
	cmd := &cobra.Command{
		Use:           "imprimatur",
		Short:         "Nothing goes out that was not signed off",
		Long:          "Imprimatur manages pre-approved content, routes what employees write through legal and PR sign-off, and publishes it only then.",
		Version:       version,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	cmd.AddCommand(demoCommand(), serveCommand(), initCommand(), inviteCommand(), migrateCommand(), policyCommand(), restoredCommand(), healthcheckCommand())
	return cmd
}
