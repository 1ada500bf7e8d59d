// Package grpcapi is the gRPC door: it lets a call in, translates it for package
// workflow, and translates the answer, or the refusal, back.
//
// It knows no rule of the business, no database and no transport below gRPC. Who calls
// is proven by its Authenticator, what roles permit is said by its Authorizer, and
// everything else is decided by package workflow. The REST gateway and the pages are
// clients of this door and have no other.
//
// The rule that keeps it so: a method's access and permission are read from its
// descriptor, never listed here; a method without them is refused; a gRPC status is
// built in status.go and nowhere else; and no handler sees a request the chain did not
// admit.
package grpcapi
