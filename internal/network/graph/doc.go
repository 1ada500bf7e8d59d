// Package graph speaks to Meta's Graph API for the networks that stand behind it.
//
// It owns what they share: the version in the path, the token in a header, the proof that a call is
// our application's, how errors are told, and when a quota begins again. It does not know what a
// network publishes, nor which of its calls make something visible: its callers say that an answer
// is harmless.
//
// Sources: developers.facebook.com/docs/graph-api/guides/error-handling and secure-requests,
// graph-api/overview/rate-limiting; arsduo/koala issue 699 (500 with code 2, and the post was made: seven
// copies); gitroomhq/postiz-app 74b01ad (codes that documentation leaves out).
//
// The rule that keeps it so: only what proves that nothing was done is read as a refusal.
package graph
