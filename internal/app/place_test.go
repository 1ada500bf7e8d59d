package app_test

import (
	"context"
	"errors"
	"os"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/app"
	"github.com/imprimatur-hq/imprimatur/internal/config"
	"github.com/imprimatur-hq/imprimatur/internal/store/testpg"
	"github.com/imprimatur-hq/imprimatur/internal/store/testsqlite"
)

// newDir is the data directory of a service that was started and has nothing yet. What a first start
// does is asked by those who begin with an empty one.
func newDir(t testing.TB) string {
	dir := t.TempDir()
	c := config.Default()
	c.DataDir = dir
	testsqlite.CopyTo(t, c.SQLitePath(), "app", func(path string) error { return started("sqlite:" + path) })
	return dir
}

// newPostgres is the database of such a service.
func newPostgres(t testing.TB) string { return testpg.NewFrom(t, "app", started) }

// started starts a service on a database and leaves it.
func started(database string) (err error) {
	dir, err := os.MkdirTemp("", "imprimatur-app-test-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	c := config.Default()
	c.DataDir, c.Database = dir, config.Secret(database)
	s, err := app.Open(context.Background(), app.Options{Config: c})
	if err != nil {
		return err
	}
	return s.Close()
}
