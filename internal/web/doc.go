// Package web is the pages: what employees, approvers, curators, admins and auditors open every
// day, the front page with its doors, and in a demo whom one can be.
//
// It knows no store and no use case. A page is a client of the public API, with the visitor's
// session and no other right: each route names the public calls it may make, and the connection of
// a visit refuses every other. The people of a demo come through Chooser, whose implementation is
// not part of a service that runs for real.
//
// Networks send people back to /connect/callback. What comes with them goes into a cookie of
// that browser, and a button uses it, by the public call and in the session of whoever pressed
// it: a session that signed in here, or one whose token is pasted.
//
// The rule that keeps it so: what a page says is the catalogue's words and what the API answered, as
// text and never as markup; a GET changes nothing but the visitor's cookies; and everything a page
// needs is served from here, so that the strictest content security policy holds. What a script adds
// is comfort: reading, submitting and deciding go without one.
package web
