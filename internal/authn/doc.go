// Package authn answers one question: who is calling?
//
// It owns the three bearer secrets of the service and the way from an Authorization
// header to a Principal. A session ("imps_…") is a person's signed-in visit, an API key
// ("impk_…") a tool's, and a link secret ("impl_…") opens the door once and becomes a
// session; it is no credential of a call.
//
// Each secret is 32 bytes from the system's random source, and only its SHA-256 is kept.
// A slow hash protects what people choose, because guesses are few; nobody guesses one
// of 2^256, so a fast one loses nothing, and a check costs one look-up. The look-up is by
// that hash: what an attacker can time is a comparison with the hash of his own guess,
// whose bits he does not control.
//
// Nothing is cached. A session signed out, a key revoked or a member disabled is refused
// by the very next call on every replica, at the price of one indexed read a call.
//
// It does not know what anybody may do (package authz does), how the header arrived, or
// how people prove who they are before they have a session. That last point is where
// single sign-on will enter, without a change here: whoever vouches for people is the
// Issuer of an advocacy.Identity, "local" standing for the one-time link. An adapter for
// an issuer verifies its assertion, finds the person by (issuer, subject), and asks for
// a session exactly as the link does.
//
// The rules that keep it so: identity comes from the credential alone, never from
// another header or a body; an error names no part of the secret; and whatever is not
// plainly valid (a time that was never set, a member that is not there) is refused.
package authn
