// Package testpg gives tests a PostgreSQL database of their own.
//
// It owns one throw-away server for each test process, started by the first test that
// asks and gone, with its files, when the process ends, however it ends. Set
// IMPRIMATUR_TEST_POSTGRES to the connection string of a running server to use that
// one instead, or to none to see what becomes of the tests on a machine without. There
// they are skipped, or fail when IMPRIMATUR_TEST_REQUIRE is 1, as it is where a skipped
// test would be a lie.
//
// It knows no table: whoever wants a schema passes a function that makes it, which runs
// once, and every further database is a copy.
//
// The rule that keeps it so: a test gets a connection string and nothing else, so it
// can do nothing to another test's database.
package testpg
