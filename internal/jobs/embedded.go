package jobs

import (
	"context"
	"database/sql"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivertype"
)

// embedded is River's driver, but that it looks before it takes. Taking jobs is an UPDATE, which keeps
// everybody from writing and is planned anew each time, and every queue is polled several times a
// second: a service that did nothing took a twelfth of a core with it.
type embedded struct {
	*riversqlite.Driver
	reader *sql.DB
}

func (d embedded) GetExecutor() riverdriver.Executor {
	return looking{d.Driver.GetExecutor(), d.reader}
}

// looking takes only where there is something.
type looking struct {
	riverdriver.Executor
	reader *sql.DB
}

// waiting is what JobGetAvailable takes, whenever it is due. River writes an instant as text that is
// ordered as time is, and leaves it to the taking.
const waiting = "SELECT EXISTS (SELECT 1 FROM river_job WHERE state = 'available' AND queue = ?)"

// JobGetAvailable takes the jobs of a queue that are due.
func (e looking) JobGetAvailable(ctx context.Context, params *riverdriver.JobGetAvailableParams) ([]*rivertype.JobRow, error) {
	var any bool
	if err := e.reader.QueryRowContext(ctx, waiting, params.Queue).Scan(&any); err != nil || !any {
		return nil, err
	}
	return e.Executor.JobGetAvailable(ctx, params)
}
