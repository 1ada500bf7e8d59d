// Package departure keeps what no database can keep of itself: which requests to networks began, and
// how far the database had come.
//
// A request is noted before it begins, once, under what it publishes and its number. A database that
// was put back to an earlier state counts from an earlier number and meets a note that is not its
// own: that request it has forgotten, and a second one would be a second post. A mark beside the notes
// says how far the database had come, so that one that is behind it is noticed before anything is due.
//
// It knows neither the database nor the networks, and it does not know where the notes lie: Slips are
// a directory or a bucket, beside the media and never within the database.
//
// The rule that keeps it so: no note is ever changed, and of two who make one at the same time one
// has made it.
package departure
