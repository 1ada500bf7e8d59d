package workflow

import (
	"context"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// ImportQuery selects imports.
type ImportQuery struct {
	Page
	Workspace advocacy.WorkspaceID
	// File restricts to the parts of one file, by the import of its first part, when not empty.
	File advocacy.ImportID
}

// ImportRowQuery selects rows of an import.
type ImportRowQuery struct {
	Page
	Workspace advocacy.WorkspaceID
	Import    advocacy.ImportID
	// Outcome restricts to rows of which this became, when not empty.
	Outcome ImportOutcome
}

// ImportReader reads imports of the library, and where its items came from.
type ImportReader interface {
	Import(ctx context.Context, w advocacy.WorkspaceID, id advocacy.ImportID) (*Import, error)
	// Imports lists imports, newest first unless the page is asked for the oldest.
	Imports(ctx context.Context, q ImportQuery) ([]Import, string, error)
	// ImportParts tells how many parts of a file there are so far.
	ImportParts(ctx context.Context, w advocacy.WorkspaceID, file advocacy.ImportID) (int, error)
	// ImportedNames tells which of some names rows of a file have.
	ImportedNames(ctx context.Context, w advocacy.WorkspaceID, file advocacy.ImportID, names []string) (map[string]bool, error)
	// StillImports returns imports of every workspace that have not ended and of which no row
	// has since t, the longest first.
	StillImports(ctx context.Context, t time.Time, most int) ([]Import, error)
	// ImportRows lists rows by number.
	ImportRows(ctx context.Context, q ImportRowQuery) ([]ImportRow, string, error)
	// FindOrigin returns the item that came from elsewhere under a name, "" for none.
	FindOrigin(ctx context.Context, w advocacy.WorkspaceID, external string) (advocacy.ItemID, error)
	// Origins returns what items are called where they came from, for those that did.
	Origins(ctx context.Context, w advocacy.WorkspaceID, items ...advocacy.ItemID) (map[advocacy.ItemID]string, error)
}

// ImportWriter writes imports of the library.
type ImportWriter interface {
	// AddImport inserts an import and its rows.
	AddImport(ctx context.Context, i *Import, rows []ImportRow) error
	// BeginImport counts a run of an import, and in i; Conflict when it has ended.
	BeginImport(ctx context.Context, i *Import) error
	// EndImportRow writes what became of a row, and counts it, once; Conflict when it, or the
	// whole import, has ended. From then on runs are counted anew.
	EndImportRow(ctx context.Context, i *Import, row *ImportRow) error
	// EndImportRows writes the same of every row that has not ended, and counts them as failed.
	EndImportRows(ctx context.Context, i *Import, like *ImportRow) error
	// EndImport writes the end of an import once; Conflict when it has ended.
	EndImport(ctx context.Context, i *Import) error
	// AddOrigin keeps under which name an item came from elsewhere.
	AddOrigin(ctx context.Context, w advocacy.WorkspaceID, external string, item advocacy.ItemID) error
}
