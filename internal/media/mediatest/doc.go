// Package mediatest makes small videos and documents for tests, and says where in them something
// stands that must not go out.
//
// What it makes is enough for whoever reads headers: no decoder would show it, but for a film whose
// pictures are given. It knows the forms of the files and nothing of what is done with them.
//
// The rule that keeps it so: the same options always give the same bytes.
package mediatest
