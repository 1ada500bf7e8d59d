// Package gateway is the REST door: it turns HTTP and JSON into calls of the same gRPC
// server that everybody else calls, over a connection inside the process.
//
// It owns the shape of REST: routes, JSON, limits of size and time, the form of an error,
// the headers of an answer, the description at /openapi.json. It does not know who is
// calling, what anybody may do, or what a post is; it reads no database and keeps nothing
// between two requests.
//
// The rule that keeps it so: every call passes the server's own chain. Only the …Client
// registrations of the generated code are used, because the …HandlerServer ones would skip
// it; and of a request's headers only the few that are named here reach the server, because
// any other could pretend to be somebody.
package gateway
