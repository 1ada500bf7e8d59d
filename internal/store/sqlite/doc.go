// Package sqlite opens the embedded database and teaches GORM to speak to it.
//
// It owns three things: the connection settings that make "acknowledged" mean "on
// disk" ([Open]); a thin layer over the driver's connections that keeps hot statements
// prepared and keeps a cancelled caller from destroying a transaction it shares with
// others; and the GORM dialect ([Dialector]).
//
// It knows no table, no row and no rule of the service, and it never changes a schema:
// migrations do. It imports nothing of the house.
//
// The rule that keeps it so: everything here would be as true of any other program
// that keeps its data in one SQLite file with one writer.
package sqlite
