// Package sheet writes and reads tables as CSV that spreadsheets open without running
// anything in it, and that comes back as it was.
//
// A cell that a spreadsheet would read as a formula is written with an apostrophe before it,
// which reading takes away again. One bad line spoils no other.
//
// It knows nothing of what the cells say.
package sheet
