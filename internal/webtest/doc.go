// Package webtest drives the pages as people do: a real Chromium, signed in as somebody of the
// sample company, on a service that runs as it does for a newcomer.
//
// It does not know handlers or templates: what it sees is what a browser sees.
//
// The rule that keeps it so: it waits for what a page shows and never for time, and it reaches
// nothing but this machine. Without Chromium its tests are skipped loudly, or fail where
// IMPRIMATUR_TEST_REQUIRE is 1.
package webtest
