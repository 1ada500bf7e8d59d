package sqlite

import (
	"errors"
	"fmt"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/callbacks"
	"gorm.io/gorm/clause"
	"gorm.io/gorm/logger"
	"gorm.io/gorm/schema"
)

// SQLite's extended result codes that GORM has a name for.
const (
	codeConstraint = 19 // the family: the low byte of the next four
	codeCheck      = 275
	codeForeignKey = 787
	codePrimaryKey = 1555
	codeUnique     = 2067
)

// Dialector is GORM's view of SQLite. Conn is the pool, or the transaction, that
// statements run on.
type Dialector struct {
	Conn gorm.ConnPool
}

var (
	_ gorm.Dialector                     = (*Dialector)(nil)
	_ gorm.SavePointerDialectorInterface = (*Dialector)(nil)
	_ gorm.ErrorTranslator               = (*Dialector)(nil)
)

// Name is "sqlite".
func (d *Dialector) Name() string { return "sqlite" }

// Initialize tells GORM where statements go and which clauses they are made of.
func (d *Dialector) Initialize(db *gorm.DB) error {
	db.ConnPool = d.Conn
	callbacks.RegisterDefaultCallbacks(db, &callbacks.Config{
		CreateClauses:        []string{"INSERT", "VALUES", "ON CONFLICT", "RETURNING"},
		UpdateClauses:        []string{"UPDATE", "SET", "FROM", "WHERE", "RETURNING"},
		DeleteClauses:        []string{"DELETE", "FROM", "WHERE", "RETURNING"},
		LastInsertIDReversed: true,
	})
	db.ClauseBuilders["LIMIT"] = buildLimit
	db.ClauseBuilders["FOR"] = dropLocking
	return nil
}

// buildLimit writes LIMIT and OFFSET; SQLite has no OFFSET alone, and -1 is no limit.
// The numbers are bound, so that pages of any size share one prepared statement.
func buildLimit(c clause.Clause, b clause.Builder) {
	limit, ok := c.Expression.(clause.Limit)
	if !ok {
		return
	}
	n := -1
	if limit.Limit != nil && *limit.Limit >= 0 {
		n = *limit.Limit
	}
	if n < 0 && limit.Offset <= 0 {
		return
	}
	_, _ = b.WriteString("LIMIT ")
	b.AddVar(b, n)
	if limit.Offset > 0 {
		_, _ = b.WriteString(" OFFSET ")
		b.AddVar(b, limit.Offset)
	}
}

// dropLocking leaves FOR UPDATE out: SQLite has no row locks, and a transaction of the
// writer holds the lock on everything anyway.
func dropLocking(clause.Clause, clause.Builder) {}

// Migrator panics: the schema is made by migrations written in SQL, never by GORM.
func (d *Dialector) Migrator(*gorm.DB) gorm.Migrator {
	panic("sqlite: the schema belongs to the migrations; GORM's Migrator and AutoMigrate are not available")
}

// DataTypeOf is the column type of a field. GORM wants every dialect to have one; only
// a migrator would use it.
func (d *Dialector) DataTypeOf(field *schema.Field) string {
	switch field.DataType {
	case schema.Bool:
		return "numeric"
	case schema.Int, schema.Uint:
		return "integer"
	case schema.Float:
		return "real"
	case schema.String:
		return "text"
	case schema.Time:
		return "datetime"
	case schema.Bytes:
		return "blob"
	default:
		return string(field.DataType)
	}
}

// DefaultValueOf stands for a column that was left out of an insert of several rows.
// SQLite has no DEFAULT keyword there; NULL makes it choose the next row id.
func (d *Dialector) DefaultValueOf(*schema.Field) clause.Expression {
	return clause.Expr{SQL: "NULL"}
}

// BindVarTo writes the placeholder of a bound value.
func (d *Dialector) BindVarTo(w clause.Writer, _ *gorm.Statement, _ any) {
	_ = w.WriteByte('?')
}

// QuoteTo writes a name in double quotes, each part of a dotted one apart. A name that
// is quoted already stays as it is.
func (d *Dialector) QuoteTo(w clause.Writer, name string) {
	for i, part := range strings.Split(name, ".") {
		if i > 0 {
			_ = w.WriteByte('.')
		}
		if n := len(part); n >= 2 && (part[0] == '"' || part[0] == '`') && part[n-1] == part[0] {
			part = part[1 : n-1]
		}
		_, _ = w.WriteString(`"` + strings.ReplaceAll(part, `"`, `""`) + `"`)
	}
}

// Explain is the statement with its values in place, for logs only.
func (d *Dialector) Explain(sql string, vars ...any) string {
	return logger.ExplainSQL(sql, nil, `'`, vars...)
}

// SavePoint sets a savepoint.
func (d *Dialector) SavePoint(tx *gorm.DB, name string) error {
	return tx.Exec("SAVEPOINT " + name).Error
}

// RollbackTo goes back to a savepoint.
func (d *Dialector) RollbackTo(tx *gorm.DB, name string) error {
	return tx.Exec("ROLLBACK TO SAVEPOINT " + name).Error
}

// Translate gives a broken constraint the name GORM has for it, keeping SQLite's words
// beneath. Other errors stay as they are.
func (d *Dialector) Translate(err error) error {
	code, _ := codeOf(err)
	switch code {
	case codePrimaryKey, codeUnique:
		return fmt.Errorf("%w: %w", gorm.ErrDuplicatedKey, err)
	case codeForeignKey:
		return fmt.Errorf("%w: %w", gorm.ErrForeignKeyViolated, err)
	case codeCheck:
		return fmt.Errorf("%w: %w", gorm.ErrCheckConstraintViolated, err)
	default:
		return err
	}
}

// codeOf is SQLite's extended result code of an error. The driver's type is met by
// what it can do, not by name.
func codeOf(err error) (code int, ok bool) {
	if err == nil {
		return 0, false
	}
	if e, ok := errors.AsType[interface {
		error
		Code() int
	}](err); ok {
		return e.Code(), true
	}
	return 0, false
}
