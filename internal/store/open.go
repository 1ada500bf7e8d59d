package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/store/groupcommit"
	"github.com/imprimatur-hq/imprimatur/internal/store/sqlite"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// Config says which database to open and what the store cannot know itself.
type Config struct {
	// DSN is a path or "sqlite:PATH" for an SQLite file, "postgres://…" or "host=… …" for
	// PostgreSQL.
	DSN string
	// Now is the clock of transactions on SQLite, UTC microseconds. On PostgreSQL the
	// database's clock is used.
	Now func() time.Time
	// OwnTime gives transactions on PostgreSQL the time of Now as well. Only tests that move
	// the time set it: the clocks of replicas differ, the database has one.
	OwnTime bool
	// InsertJob puts jobs into the transaction's database; nil when there is no job engine.
	InsertJob func(ctx context.Context, tx *sql.Tx, jobs ...advocacy.Job) error
	// Heard is told each statement before it runs, but for those that begin and end
	// transactions and those of InsertJob; nil is for everybody but tests that count.
	Heard func(ctx context.Context, query string)
	// Logger hears of transactions that are run again; nil is silent.
	Logger *slog.Logger
	// MaxConns bounds the connections to PostgreSQL; zero is 16. Two more are kept for what stops.
	MaxConns int
	// Patience is how long a call waits for its turn; zero is ten seconds.
	Patience time.Duration
}

const defaultConns = 16

// bounded has PostgreSQL end a transaction in which nothing was asked for ten seconds. No healthy
// process waits in one for anything but the database, and one that stands still, frozen or
// swapped out, would keep the locks of its transaction, and with them every other replica waiting.
// It is said on the connection, not at its start, where PgBouncer refuses it.
const bounded = "SET idle_in_transaction_session_timeout = '10s'"

// Store keeps everything. It implements workflow.Store and the ports of the packages
// that keep something. Make it with Open.
type Store struct {
	reader
	config Config
	// writer is the pool that writes: on SQLite one connection, on PostgreSQL all of them.
	writer *sql.DB
	// readers is a second pool on SQLite, nil on PostgreSQL.
	readers *sql.DB
	// queue commits in groups on SQLite, nil on PostgreSQL.
	queue *groupcommit.Queue
	// reserve is kept back for what stops: all of a transaction on PostgreSQL, reading on SQLite.
	reserve *sql.DB
	// path is the SQLite file.
	path string
}

var _ workflow.Store = (*Store)(nil)

// Open opens the database, creating an SQLite file that is not there. It changes no
// table: Migrate does. A database that a newer program has migrated is refused with the
// reason DATABASE_NEWER.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	if cfg.DSN == "" {
		return nil, errors.New("store: the data source name is empty")
	}
	if cfg.Now == nil {
		return nil, errors.New("store: Config.Now is missing")
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	cfg.Patience = cmp.Or(cfg.Patience, patience)
	open := openSQLite
	if isPostgres(cfg.DSN) {
		open = openPostgres
	}
	s, err := open(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	if err := s.refuseNewer(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func isPostgres(dsn string) bool {
	return strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://") ||
		strings.HasPrefix(dsn, "host=") || strings.Contains(dsn, " host=")
}

func openSQLite(_ context.Context, cfg Config) (*Store, error) {
	path, err := filepath.Abs(strings.TrimPrefix(cfg.DSN, "sqlite:"))
	if err != nil {
		return nil, err
	}
	w, r, err := sqlite.Open(path)
	if err != nil {
		return nil, err
	}
	orm, err := gorm.Open(&sqlite.Dialector{Conn: w}, ormConfig())
	if err != nil {
		return nil, errors.Join(err, w.Close(), r.Close())
	}
	reserve, err := sqlite.OpenReserve(path)
	if err != nil {
		return nil, errors.Join(err, w.Close(), r.Close())
	}
	s := &Store{config: cfg, writer: w, readers: r, reserve: reserve, queue: groupcommit.New(w), path: path}
	s.reader = s.reading(sqliteDialect, orm, r)
	return s, nil
}

// reading is how everything is read that needs no transaction.
func (s *Store) reading(d dialect, orm *gorm.DB, from *sql.DB) reader {
	return reader{conn{
		dialect: d, pool: s.config.listen(from), orm: orm, texts: newPolicyTexts(), listen: s.config.listen,
		session: func(ctx context.Context) (*sql.Conn, error) { return s.session(ctx, from) },
	}}
}

func openPostgres(ctx context.Context, cfg Config) (*Store, error) {
	pg, err := pgx.ParseConfig(cfg.DSN)
	if err != nil {
		return nil, err
	}
	conns := cfg.MaxConns
	if conns <= 0 {
		conns = defaultConns
	}
	db, reserve := openPool(*pg, conns), openPool(*pg, reserveConns)
	// What is kept back is opened before it is needed: then the server may have none left.
	if err := cmp.Or(db.PingContext(ctx), reserve.PingContext(ctx)); err != nil {
		return nil, errors.Join(failed(err), db.Close(), reserve.Close())
	}
	orm, err := gorm.Open(postgres.New(postgres.Config{Conn: db}), ormConfig())
	if err != nil {
		return nil, errors.Join(err, db.Close(), reserve.Close())
	}
	s := &Store{config: cfg, writer: db, reserve: reserve}
	s.reader = s.reading(postgresDialect, orm, db)
	return s, nil
}

func openPool(pg pgx.ConnConfig, conns int) *sql.DB {
	db := stdlib.OpenDB(pg, stdlib.OptionAfterConnect(func(ctx context.Context, c *pgx.Conn) error {
		_, err := c.Exec(ctx, bounded)
		return err
	}))
	// As many idle as open ones: a connection that is closed takes its prepared statements
	// along.
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	return db
}

// ormConfig leaves transactions to Update and the log to whoever gets the error.
func ormConfig() *gorm.Config {
	return &gorm.Config{
		SkipDefaultTransaction: true,
		DisableAutomaticPing:   true,
		TranslateError:         true,
		Logger:                 logger.Discard,
	}
}

// Close waits for the transactions that wait for their commit and closes the database.
func (s *Store) Close() error {
	if s.queue == nil {
		return errors.Join(s.writer.Close(), s.reserve.Close())
	}
	// The readers first: the last connection to go checkpoints the log, and only a
	// connection that may write can.
	return errors.Join(s.queue.Close(), s.readers.Close(), s.reserve.Close(), s.writer.Close())
}

// Broken is closed when the disk did not confirm what was written: nothing is written any more, and
// the process has to end. On PostgreSQL that is its server's affair, which ends itself and replays its
// log; the channel is nil.
func (s *Store) Broken() <-chan struct{} {
	if s.queue == nil {
		return nil
	}
	return sqlite.Broken(s.writer)
}

// Ping tells whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	var n int
	return failed(s.conn.scan(ctx, []any{&n}, func() {}, "SELECT 1"))
}

// Dialect is "sqlite" or "postgres".
func (s *Store) Dialect() string { return string(s.dialect) }

// SQLWriter is the pool a job engine may work on. On SQLite it has one connection, which
// Update needs as well.
func (s *Store) SQLWriter() *sql.DB { return s.writer }

// SQLReader is the pool that keeps nobody from writing.
func (s *Store) SQLReader() *sql.DB { return s.readers }
