package sqlite

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
	"gorm.io/gorm/logger"
	"gorm.io/gorm/schema"
)

type shelf struct {
	ID   string `gorm:"column:id;primaryKey"`
	Name string `gorm:"column:name"`
}

func (shelf) TableName() string { return "shelves" }

type item struct {
	ID    int64  `gorm:"column:id;primaryKey;autoIncrement"`
	Shelf string `gorm:"column:shelf"`
	Size  int    `gorm:"column:size"`
}

func (item) TableName() string { return "items" }

// gormDB returns GORM over a new database with one shelf.
func gormDB(t *testing.T) *gorm.DB {
	t.Helper()
	writer, _ := open(t)
	exec(t, writer, "create table shelves (id text primary key, name text not null unique)")
	exec(t, writer, "create table items (id integer primary key, shelf text not null references shelves(id), size integer not null check (size > 0))")
	db, err := gorm.Open(&Dialector{Conn: writer}, &gorm.Config{SkipDefaultTransaction: true, TranslateError: true, Logger: logger.Discard})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Create(&shelf{ID: "a", Name: "first"}).Error; err != nil {
		t.Fatal(err)
	}
	return db
}

func TestGORMRoundTrip(t *testing.T) {
	t.Parallel()
	db := gormDB(t)
	items := []item{{Shelf: "a", Size: 1}, {Shelf: "a", Size: 2}, {Shelf: "a", Size: 3}}
	if err := db.Create(&items).Error; err != nil {
		t.Fatal(err)
	}
	if err := db.Model(&item{}).Where("id = ?", items[1].ID).Update("size", 20).Error; err != nil {
		t.Fatal(err)
	}
	var gone []item
	if err := db.Clauses(clause.Returning{}).Where("size = ?", 3).Delete(&gone).Error; err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(items[2:], gone); diff != "" {
		t.Errorf("deleted: %s", diff)
	}
	var got []item
	err := db.Clauses(clause.Locking{Strength: "UPDATE"}).Order("id desc").Limit(5).Offset(1).Find(&got).Error
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]item{{ID: items[0].ID, Shelf: "a", Size: 1}}, got); diff != "" {
		t.Error(diff)
	}
}

func TestBrokenConstraintsHaveNames(t *testing.T) {
	t.Parallel()
	db := gormDB(t)
	tests := []struct {
		name string
		row  any
		want error
		text string
	}{
		{"primary key", &shelf{ID: "a", Name: "second"}, gorm.ErrDuplicatedKey, "shelves.id"},
		{"unique", &shelf{ID: "b", Name: "first"}, gorm.ErrDuplicatedKey, "shelves.name"},
		{"foreign key", &item{Shelf: "nowhere", Size: 1}, gorm.ErrForeignKeyViolated, "FOREIGN KEY"},
		{"check", &item{Shelf: "a", Size: -1}, gorm.ErrCheckConstraintViolated, "size > 0"},
	}
	for _, tt := range tests {
		err := db.Create(tt.row).Error
		if !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.text) {
			t.Errorf("%s: %v, want %v about %q", tt.name, err, tt.want, tt.text)
		}
	}
	if err := db.Exec("insert into items (id, shelf) values (1, 'a')").Error; err == nil || errors.Is(err, gorm.ErrDuplicatedKey) {
		t.Errorf("a missing value gave %v, want SQLite's own error", err)
	}
	if err := (&Dialector{}).Translate(errors.ErrUnsupported); err != errors.ErrUnsupported {
		t.Errorf("another error became %v", err)
	}
}

func TestGORMSavepoint(t *testing.T) {
	t.Parallel()
	db := gormDB(t)
	err := db.Transaction(func(tx *gorm.DB) error {
		if err := tx.Create(&shelf{ID: "b", Name: "second"}).Error; err != nil {
			return err
		}
		inner := tx.Transaction(func(tx *gorm.DB) error {
			if err := tx.Create(&shelf{ID: "c", Name: "third"}).Error; err != nil {
				return err
			}
			return errors.ErrUnsupported
		})
		if !errors.Is(inner, errors.ErrUnsupported) {
			t.Errorf("the inner transaction gave %v", inner)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	if err := db.Model(&shelf{}).Order("id").Pluck("id", &got).Error; err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a", "b"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestWrittenSQL(t *testing.T) {
	t.Parallel()
	dry := gormDB(t).Session(&gorm.Session{DryRun: true})
	var items []item
	tests := []struct {
		name, want string
		tx         *gorm.DB
	}{
		{"limit", `SELECT * FROM "items" LIMIT ?`, dry.Limit(5).Find(&items)},
		{"offset alone", `SELECT * FROM "items" LIMIT ? OFFSET ?`, dry.Offset(5).Find(&items)},
		{"no limit", `SELECT * FROM "items"`, dry.Limit(-1).Find(&items)},
		{"lock", `SELECT * FROM "items"`, dry.Clauses(clause.Locking{Strength: "UPDATE"}).Find(&items)},
		{"insert", `INSERT INTO "items" ("shelf","size") VALUES (?,?) RETURNING "id"`, dry.Create(&item{Shelf: "a"})},
		{"default", `INSERT INTO "items" ("shelf","size","id") VALUES (?,?,NULL),(?,?,?) RETURNING "id"`,
			dry.Create(&[]item{{Shelf: "a"}, {ID: 9, Shelf: "a"}})},
	}
	for _, tt := range tests {
		if got := strings.TrimSpace(tt.tx.Statement.SQL.String()); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.want)
		}
	}
	d := &Dialector{}
	if got, want := d.Explain("select ? from t where a = ?", 1, "it's"), "select 1 from t where a = 'it''s'"; got != want {
		t.Errorf("Explain: got %s, want %s", got, want)
	}
}

func TestQuoteTo(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"a": `"a"`, "t.a": `"t"."a"`, "`t`.`a`": `"t"."a"`, `"a"`: `"a"`, `a"b`: `"a""b"`, `"`: `""""`, "": `""`,
	} {
		var b strings.Builder
		(&Dialector{}).QuoteTo(&b, name)
		if got := b.String(); got != want {
			t.Errorf("QuoteTo(%s) = %s, want %s", name, got, want)
		}
	}
}

func TestDataTypeOf(t *testing.T) {
	t.Parallel()
	for kind, want := range map[schema.DataType]string{
		schema.Bool: "numeric", schema.Int: "integer", schema.Uint: "integer", schema.Float: "real",
		schema.String: "text", schema.Time: "datetime", schema.Bytes: "blob", "jsonb": "jsonb",
	} {
		if got := (&Dialector{}).DataTypeOf(&schema.Field{DataType: kind}); got != want {
			t.Errorf("DataTypeOf(%s) = %s, want %s", kind, got, want)
		}
	}
}

func TestNoMigrator(t *testing.T) {
	t.Parallel()
	db := gormDB(t)
	defer func() {
		if recover() == nil {
			t.Error("AutoMigrate did not refuse")
		}
	}()
	_ = db.AutoMigrate(&item{})
}
