// Package apitest proves the service from outside: everything it does is done through its
// two doors, gRPC and REST, on both databases, as clients do it.
//
// It holds the stories (testdata/stories, one file each, run on every door and database),
// the authorization matrix generated from the contract's descriptors, the end-to-end test
// with what people really send and receivers nobody here wrote, and the bad input.
//
// A story that moves the time, or puts the database back, is told in a service that only such
// stories share, one at a time: there the clock of the database is the test's.
//
// It does not know how the service works inside: besides furnishing a workspace with
// people before a story begins, and reading the database to see that nothing changed, it
// only calls and looks at answers.
//
// The rule that keeps it so: a call's address, verb and form come from the descriptors, and
// an answer is judged by code, reason, field and body, never by the words of a message.
package apitest
