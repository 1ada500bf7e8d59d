package store

import (
	"context"
	"fmt"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

type epochRow struct {
	Number     int64   `gorm:"column:number"`
	Deployment string  `gorm:"column:deployment"`
	BeginTime  instant `gorm:"column:begin_time"`
	Sequence   int64   `gorm:"column:sequence"`
	Cause      string  `gorm:"column:cause"`
}

func (epochRow) TableName() string { return "epochs" }

var epochs = tableOf[epochRow]()

// Epoch returns the epoch that the database is in.
func (r reader) Epoch(ctx context.Context) (*advocacy.Epoch, error) {
	row, err := one(ctx, r.conn, epochs, unlocked, "number = (SELECT max(number) FROM epochs)")
	if err != nil {
		return nil, fmt.Errorf("store: the epoch: %w", failed(err))
	}
	return &advocacy.Epoch{
		Number: row.Number, Deployment: row.Deployment, BeginTime: row.BeginTime.time, Sequence: row.Sequence,
		Cause: advocacy.EpochCause(row.Cause),
	}, nil
}

// Progress returns how far the database has come.
func (r reader) Progress(ctx context.Context) (advocacy.Progress, error) {
	var s advocacy.Progress
	var at instant
	query := "SELECT (SELECT max(number) FROM epochs), sequence, record_time FROM audit_records ORDER BY sequence DESC LIMIT 1"
	found := false
	err := r.scan(ctx, []any{&s.Epoch, &s.Sequence, &at}, func() { found = true }, query)
	if err == nil && !found {
		err = r.scan(ctx, []any{&s.Epoch}, func() {}, "SELECT max(number) FROM epochs")
	}
	s.Time = at.time
	return s, failed(err)
}

// Clock returns the database's time, where it has a clock of its own.
func (s *Store) Clock(ctx context.Context) (now time.Time, has bool, err error) {
	if s.dialect != postgresDialect {
		return now, false, nil
	}
	var at instant
	err = s.scan(ctx, []any{&at}, func() {}, "SELECT clock_timestamp()")
	return at.time, true, failed(err)
}

// BeginEpoch begins an epoch, and tells whether that had not begun already.
func (t *tx) BeginEpoch(ctx context.Context, e *advocacy.Epoch) (bool, error) {
	row := epochRow{Number: e.Number, Deployment: e.Deployment, BeginTime: at(e.BeginTime), Sequence: e.Sequence, Cause: string(e.Cause)}
	n, err := t.exec(ctx, epochs.insert(1)+" ON CONFLICT (number) DO NOTHING", epochs.values(row)...)
	return n == 1, t.wrote(aRecord, err)
}

// DoubtDue puts everything in doubt that was due by now, of every workspace, and that no request of
// ours began for: one may have begun all the same.
func (t *tx) DoubtDue(ctx context.Context) (int64, error) {
	query := "UPDATE publications SET doubt = ?, lease_time = CASE WHEN state = 'scheduled' THEN due_time ELSE lease_time END," +
		" update_time = ?, version = version + 1 WHERE state IN ('scheduled', 'claimed', 'handed_over') AND due_time <= ?"
	n, err := t.exec(ctx, query, true, at(t.now), sorted(t.now))
	return n, t.wrote(aPublication, err)
}
