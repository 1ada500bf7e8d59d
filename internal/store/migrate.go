package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
)

// files holds a folder for each database with equal names and numbers. There is no
// common folder: types, collations and triggers differ in every table, and a migration
// that is read in one place is understood in one place.
//
//go:embed migrations
var files embed.FS

// The two sets of migrations: the house's own and those of the job engine.
const (
	ownSet   = "imprimatur"
	riverSet = "river"
)

// Migration is one step of the schema.
type Migration struct {
	// Set is "imprimatur", or "river" for the tables of the job engine.
	Set     string
	Version int64
	Name    string
	Applied bool
	// Time is when it was applied, zero when it was not.
	Time time.Time
}

// migrator applies one set.
type migrator struct {
	set   string
	known []Migration
	// table, version and time are where the set keeps what was applied.
	table, version, time string
	up                   func(context.Context) error
}

func (s *Store) migrators() ([]migrator, error) {
	folder, err := fs.Sub(files, path.Join("migrations", string(s.dialect)))
	if err != nil {
		return nil, err
	}
	kind := goose.DialectSQLite3
	if s.dialect == postgresDialect {
		kind = goose.DialectPostgres
	}
	own, err := goose.NewProvider(kind, s.writer, folder,
		goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return nil, err
	}
	house := migrator{set: ownSet, table: "goose_db_version", version: "version_id", time: "tstamp"}
	house.up = func(ctx context.Context) error {
		_, err := own.Up(ctx)
		return err
	}
	for _, source := range own.ListSources() {
		name := strings.TrimSuffix(path.Base(source.Path), ".sql")
		house.known = append(house.known, Migration{Set: ownSet, Version: source.Version, Name: name})
	}
	river, err := s.river()
	return []migrator{house, river}, err
}

func (s *Store) river() (migrator, error) {
	if s.dialect == postgresDialect {
		return riverMigrator(riverdatabasesql.New(s.writer))
	}
	return riverMigrator(riversqlite.New(s.writer))
}

func riverMigrator(driver riverdriver.Driver[*sql.Tx]) (migrator, error) {
	river, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return migrator{}, err
	}
	m := migrator{set: riverSet, table: "river_migration", version: "version", time: "created_at"}
	m.up = func(ctx context.Context) error {
		_, err := river.Migrate(ctx, rivermigrate.DirectionUp, nil)
		return err
	}
	for _, known := range river.AllVersions() {
		m.known = append(m.known, Migration{Set: riverSet, Version: int64(known.Version), Name: known.Name})
	}
	return m, nil
}

// MigrationStatus lists every migration this program knows and tells whether the
// database is newer than that.
func (s *Store) MigrationStatus(ctx context.Context) (all []Migration, isNewer bool, err error) {
	sets, err := s.migrators()
	if err != nil {
		return nil, false, fmt.Errorf("store: %w", err)
	}
	for _, m := range sets {
		applied, err := s.applied(ctx, m)
		if err != nil {
			return nil, false, failed(err)
		}
		for _, step := range m.known {
			step.Time, step.Applied = applied[step.Version]
			delete(applied, step.Version)
			all = append(all, step)
		}
		isNewer = isNewer || len(applied) > 0
	}
	return all, isNewer, nil
}

// applied returns when each version of a set was applied. It makes no table.
func (s *Store) applied(ctx context.Context, m migrator) (map[int64]time.Time, error) {
	versions := make(map[int64]time.Time)
	exists := "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?"
	if s.dialect == postgresDialect {
		exists = "SELECT CASE WHEN to_regclass(?) IS NULL THEN 0 ELSE 1 END"
	}
	var tables int
	if err := s.scan(ctx, []any{&tables}, func() {}, exists, m.table); err != nil || tables == 0 {
		return versions, err
	}
	var version int64
	var when instant
	query := fmt.Sprintf("SELECT %s, %s FROM %s WHERE %s > 0", m.version, m.time, m.table, m.version)
	err := s.scan(ctx, []any{&version, &when}, func() { versions[version] = when.time }, query)
	return versions, err
}

// refuseNewer refuses a database that a newer program has migrated.
func (s *Store) refuseNewer(ctx context.Context) error {
	sets, err := s.migrators()
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	for _, m := range sets {
		applied, err := s.applied(ctx, m)
		if err != nil {
			return failed(err)
		}
		last := m.known[len(m.known)-1].Version
		for version := range applied {
			if version > last {
				return newer(version, last)
			}
		}
	}
	return nil
}

// Migrate brings the schema to what this program needs. It may run in several processes
// at once: one works, the others wait and find everything done.
func (s *Store) Migrate(ctx context.Context) error {
	if pending, err := s.pending(ctx); err != nil || !pending {
		return err
	}
	unlock, err := s.lockSchema(ctx)
	if err != nil {
		return fmt.Errorf("store: wait for another migration: %w", failed(err))
	}
	err = s.migrate(ctx)
	return errors.Join(err, unlock())
}

func (s *Store) pending(ctx context.Context) (bool, error) {
	if err := s.refuseNewer(ctx); err != nil {
		return false, err
	}
	all, _, err := s.MigrationStatus(ctx)
	return slices.ContainsFunc(all, func(m Migration) bool { return !m.Applied }), err
}

// migrate applies what is missing; whoever held the lock before may have left nothing,
// or have been a newer program.
func (s *Store) migrate(ctx context.Context) error {
	if pending, err := s.pending(ctx); err != nil || !pending {
		return err
	}
	sets, err := s.migrators()
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	for _, m := range sets {
		if err := m.up(ctx); err != nil {
			return fmt.Errorf("store: migrate %s: %w", m.set, err)
		}
	}
	return nil
}

// schemaLock is the advisory lock of migrations: "imprimat" in ASCII.
const schemaLock = 0x696d7072696d6174

// lockTick is how often a process that waits for another's migration looks again. It
// does not wait inside the database: a waiting statement would hold up a migration that
// builds an index concurrently.
const lockTick = 50 * time.Millisecond

// lockSchema keeps other processes from migrating until unlock, or until this process is
// gone.
func (s *Store) lockSchema(ctx context.Context) (unlock func() error, err error) {
	tryLock := s.tryLockFile
	if s.dialect == postgresDialect {
		tryLock = s.tryLockServer
	}
	tick := time.NewTicker(lockTick)
	defer tick.Stop()
	for {
		unlock, locked, err := tryLock(ctx)
		if err != nil || locked {
			return unlock, err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// tryLockServer locks in a session of its own, which takes the lock along when it ends.
func (s *Store) tryLockServer(ctx context.Context) (func() error, bool, error) {
	session, err := pgx.Connect(ctx, s.config.DSN)
	if err != nil {
		return nil, false, err
	}
	unlock := func() error { return session.Close(context.WithoutCancel(ctx)) }
	var locked bool
	err = session.QueryRow(ctx, "SELECT pg_try_advisory_lock($1)", int64(schemaLock)).Scan(&locked)
	if err != nil || !locked {
		return nil, false, errors.Join(err, unlock())
	}
	return unlock, true, nil
}

// tryLockFile locks an empty file beside the database. The database itself cannot be
// locked across the several transactions of a migration. The lock is SQLite's, which
// knows how to lock a file on every system; the file stays, since removing it would take
// the lock from whoever waits for it.
func (s *Store) tryLockFile(ctx context.Context) (func() error, bool, error) {
	name := s.path + "-migrate"
	if file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		return nil, false, err
	} else if err := file.Close(); err != nil {
		return nil, false, err
	}
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Path: name, RawQuery: "_txlock=exclusive"}).String())
	if err != nil {
		return nil, false, err
	}
	held, err := db.BeginTx(ctx, nil)
	if busy(err) {
		return nil, false, db.Close()
	}
	if err != nil {
		return nil, false, errors.Join(err, db.Close())
	}
	return func() error { return errors.Join(held.Rollback(), db.Close()) }, true, nil
}
