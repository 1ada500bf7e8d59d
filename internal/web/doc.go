// Package web is the front page of the service: what it is, where its doors are, how to
// sign in; and in a demo, whom one can be. The application itself comes later.
//
// It knows no store and no use case. Signing in is a call of the public API made by the
// visitor's browser, as any other client would make it; and the people of a demo come
// through Chooser, whose implementation is not part of a service that runs for real.
//
// Networks send people back to /connect/callback. What comes with them goes into a cookie of
// that browser, and a button uses it, by the public call and in the session of whoever pressed
// it: a session that signed in here, or one whose token is pasted.
//
// The rule that keeps it so: pages are made of the catalogue's words and nothing that a
// visitor sent, a GET changes nothing but the visitor's cookies, and everything a page needs is served from here,
// so that the strictest content security policy holds.
package web
