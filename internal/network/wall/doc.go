// Package wall is the company's public newsroom: a network that the service itself
// serves, with a page, a permalink for each entry and an Atom feed.
//
// It owns what an entry looks like and the bytes it is kept as. It does not know where
// entries are kept, who signed them or why: its Store is a port, and an entry is there
// only because package publish sent it.
//
// The rule that keeps it so: one entry for a publication, written once. The same bytes
// again change nothing, other bytes under the same name are refused, and taking an
// entry back leaves it unreadable to the public at once.
package wall
