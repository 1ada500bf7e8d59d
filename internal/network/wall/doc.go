// Package wall is the company's public newsroom: a network that the service itself
// serves, with a page, a permalink for each entry and an Atom feed.
//
// Semantics in three words: exactly once. An entry is a row under the name of its publication, in a
// database of ours. A request that is repeated finds it there and changes nothing; a request without a
// clear answer is looked for by the same name.
//
// # Limits
//
// 5,000 characters as people count them. Up to four pictures, each with its words, or one video of 512
// MB, or one document of 100 MB, which is handed out and not opened. The disclosure has a line of its own
// and a link a card of its page, so neither is counted. An entry cannot be edited: it is taken back, and
// is unreadable at once to everybody who asks; a file of it may stay in a shared cache for a minute, and in the
// browser of somebody who saw it. What was taken back cannot be published again under the same name.
//
// # Setting an account up
//
// Make an account with the network wall, an owner and a deputy. It is ready at once: there is no address,
// no token and nothing to connect. A workspace has one wall, at /wall and its name, however many accounts
// publish on it; --wall-workspace says whose is shown at /wall itself, and public-url under which
// address permalinks and the feed are given out. The page needs no session and sets no cookie.
//
// # Known unknowns
//
// Who read an entry, and what readers of the feed and search engines keep of one that was taken
// back: they are told that it is gone (410) when they ask, and are not asked. Whether a proxy in front of
// the service obeys Cache-Control.
//
// It owns what an entry looks like and the bytes it is kept as. It does not know where
// entries are kept, who signed them or why: its Store is a port, and an entry is there
// only because package publish sent it.
//
// The rule that keeps it so: one entry for a publication, written once. The same bytes
// again change nothing, other bytes under the same name are refused, and taking an
// entry back leaves it unreadable to the public at once.
package wall
