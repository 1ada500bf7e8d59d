package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/gorm"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/store/groupcommit"
)

type liteError int

func (e liteError) Error() string { return fmt.Sprintf("code %d", int(e)) }
func (e liteError) Code() int     { return int(e) }

// TestErrors holds what each failure of a database becomes, and that a failure that is
// one already stays what it is.
func TestErrors(t *testing.T) {
	t.Parallel()
	ours := advocacy.Refuse("OURS", "ours").Cause(gorm.ErrDuplicatedKey)
	for _, c := range []struct {
		err    error
		kind   advocacy.Kind
		reason string
	}{
		{sql.ErrNoRows, advocacy.NotFound, "POST_NOT_FOUND"},
		{gorm.ErrRecordNotFound, advocacy.NotFound, "POST_NOT_FOUND"},
		{fmt.Errorf("x: %w", gorm.ErrDuplicatedKey), advocacy.Exists, "POST_EXISTS"},
		{gorm.ErrForeignKeyViolated, advocacy.NotFound, "REFERENCE_NOT_FOUND"},
		{gorm.ErrCheckConstraintViolated, advocacy.Internal, ""},
		{context.Canceled, advocacy.Unavailable, "CALL_CANCELLED"},
		{fmt.Errorf("x: %w", context.DeadlineExceeded), advocacy.Unavailable, "DEADLINE_EXCEEDED"},
		{groupcommit.ErrClosed, advocacy.Unavailable, "STORE_CLOSED"},
		{sql.ErrConnDone, advocacy.Unavailable, "STORE_CLOSED"},
		{&pgconn.PgError{Code: "40001"}, advocacy.Unavailable, "STORE_BUSY"},
		{&pgconn.PgError{Code: "40P01"}, advocacy.Unavailable, "STORE_BUSY"},
		{&pgconn.PgError{Code: "55P03"}, advocacy.Unavailable, "STORE_BUSY"},
		{&pgconn.PgError{Code: "53300"}, advocacy.Unavailable, "STORE_BUSY"},
		{&pgconn.PgError{Code: "57P01"}, advocacy.Unavailable, "STORE_UNREACHABLE"},
		{&pgconn.PgError{Code: "25P03"}, advocacy.Unavailable, "STORE_UNREACHABLE"},
		{&pgconn.PgError{Code: "42P01"}, advocacy.Internal, ""},
		{fmt.Errorf("x: %w", pgconn.ErrConnClosed), advocacy.Unavailable, "STORE_UNREACHABLE"},
		{&pgconn.ConnectError{}, advocacy.Unavailable, "STORE_UNREACHABLE"},
		{liteError(5), advocacy.Unavailable, "STORE_BUSY"},
		{liteError(517), advocacy.Unavailable, "STORE_BUSY"},
		{liteError(11), advocacy.Internal, ""},
		{ours, advocacy.Precondition, "OURS"},
		{errors.New("anything"), advocacy.Internal, ""},
	} {
		err := aPost.failed(c.err)
		if advocacy.KindOf(err) != c.kind || advocacy.ReasonOf(err) != c.reason {
			t.Errorf("%v became %v", c.err, err)
		}
		if c.kind == advocacy.Unavailable && !errors.Is(err, c.err) {
			t.Errorf("%v lost its cause %v", err, c.err)
		}
	}
	if aPost.failed(nil) != nil || failed(nil) != nil {
		t.Error("no error became one")
	}
	if !lostRace(fmt.Errorf("x: %w", &pgconn.PgError{Code: "40P01"})) || lostRace(&pgconn.PgError{Code: "23505"}) {
		t.Error("a lost race is not told from others")
	}
}
