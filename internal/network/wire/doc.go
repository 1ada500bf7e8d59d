// Package wire sends a request to a network once, and tells whether it can have arrived.
//
// It owns the judgement of addresses somebody gave, the connection behind the fence, and
// the words for what went wrong on the way. It does not know what an answer means, only what
// none means: the rest is each network's own.
//
// The rule that keeps it so: it follows no redirect, uses no connection twice and so
// repeats nothing by itself, and says neither the address nor the body of a request.
package wire
