package workflow

import (
	"context"
	"errors"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

const (
	// JobImport carries out an import of library items. Args: ResourceJob.
	JobImport = "import_library"
	// JobReviveImports looks which imports of all workspaces stand still.
	JobReviveImports = "revive_imports"
)

const (
	// importRuns is how often an import is begun without a row ending. With the pauses
	// between runs that is about a quarter of an hour, so a restart ends nothing.
	importRuns = 12
	// importStill is how long no row of an import has to end before it is given a new run:
	// longer than a run can take.
	importStill = 15 * time.Minute
	// importTroubles is at how many rows the service may fail before a run ends.
	importTroubles = 5
)

// importGivenUp is why an import ended before its last row, and why such a row was not
// carried out.
const importGivenUp = "IMPORT_GIVEN_UP"

func importLater(ctx context.Context, tx Tx, i *Import) error {
	job := advocacy.Job{Kind: JobImport, Unique: string(i.ID)}
	return enqueue(ctx, tx, job, ResourceJob{Workspace: i.Workspace, ID: string(i.ID)})
}

// ReviveImports gives a new run to imports that stand still, because what would have carried
// them out was lost or tried too often, and tells how many. So each either goes on or is
// given up.
func (s *Service) ReviveImports(ctx context.Context) (int, error) {
	still, err := s.Store.StillImports(ctx, s.Now().Add(-importStill), sweepBatch)
	if err != nil || len(still) == 0 {
		return 0, err
	}
	return len(still), s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		for n := range still {
			if err := importLater(ctx, tx, &still[n]); err != nil {
				return err
			}
		}
		return nil
	})
}

// RunImport carries out what is still pending of an import. It can be run again at any time:
// an item and the end of its row are one transaction.
//
// A row at which the service itself fails holds up no other; it is tried again by the next
// run. An import that was begun too often without a row ending is given up.
func (s *Service) RunImport(ctx context.Context, w advocacy.WorkspaceID, id advocacy.ImportID) error {
	i, err := s.Store.Import(ctx, w, id)
	if err != nil || !i.EndTime.IsZero() {
		return err
	}
	if i.Runs >= importRuns { // guard: an import that cannot go on ends
		return s.endImport(ctx, i, importGivenUp)
	}
	// It counts before it can fail in any way, the end of the process included.
	if err := s.Store.Update(ctx, func(ctx context.Context, tx Tx) error { return tx.BeginImport(ctx, i) }); err != nil {
		return onceEnded(err)
	}
	if err := s.runImportRows(ctx, i); err != nil {
		return err
	}
	return s.endImport(ctx, i, "")
}

// runImportRows carries out each row that is pending once. A few at which the service fails
// are left for the next run; after more it is at fault as a whole.
func (s *Service) runImportRows(ctx context.Context, i *Import) error {
	q := ImportRowQuery{Workspace: i.Workspace, Import: i.ID, Outcome: ImportPending, Page: Page{Size: importPage, Oldest: true}}
	var troubles []error
	for {
		rows, next, err := s.Store.ImportRows(ctx, q)
		if err != nil {
			return err
		}
		for n := range rows {
			if err := s.runImportRow(ctx, i, &rows[n]); err != nil {
				troubles = append(troubles, err)
			}
			if len(troubles) == importTroubles || ctx.Err() != nil {
				return errors.Join(append(troubles, ctx.Err())...)
			}
		}
		if next == "" {
			return errors.Join(troubles...)
		}
		q.After = next
	}
}

// endImport ends an import. One that is given up keeps what it made; its other rows are
// refused, and bringing the same file again takes up where it ended.
func (s *Service) endImport(ctx context.Context, i *Import, code string) error {
	err := s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		if code != "" {
			row := ImportRow{Outcome: ImportFailed, Code: code, Message: "the service failed each time it was tried"}
			if err := tx.EndImportRows(ctx, i, &row); err != nil {
				return err
			}
		}
		done, err := tx.Import(ctx, i.Workspace, i.ID)
		if err != nil {
			return err
		}
		done.EndTime, done.Code = tx.Now(), code
		if err := tx.EndImport(ctx, done); err != nil {
			return err
		}
		f := fact{action: "library_import.ended", subject: i.Name(), detail: map[string]any{
			"created": done.Created, "updated": done.Updated, "unchanged": done.Unchanged, "failed": done.Failed, "validate_only": done.ValidateOnly,
		}}
		if code != "" {
			f.action = "library_import.given_up"
		}
		return s.record(ctx, tx, SystemCall(i.Workspace), i.Workspace, f)
	})
	return onceEnded(err)
}

// importEnded is the refusal of a second end, of a row or of the whole.
const importEnded = "IMPORT_ENDED"

// onceEnded takes a second end for what it is: another run was quicker.
func onceEnded(err error) error {
	if advocacy.ReasonOf(err) == importEnded {
		return nil
	}
	return err
}
