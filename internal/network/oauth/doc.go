// Package oauth is the part of OAuth 2 that a connector needs: the address to sign in at, and the
// calls that turn a code into a grant, a grant into the next one, and end it.
//
// It keeps to RFC 6749 (code and refresh), RFC 7636 (PKCE, S256 alone), RFC 8414 (what a server
// says of itself), RFC 7009 (revocation) and the token's kind of RFC 6750. A client authenticates
// in the form, by HTTP Basic, or not at all, as its network wants it; a proof (PKCE) goes along except
// where a network refuses one. Who answered (RFC 9207) is
// compared by who keeps the question.
//
// It does not know any network by name, nor where secrets are kept, nor what an account is.
//
// The rule that keeps it so: each request is sent once and follows no redirect, an ending is
// never called a refusal unless the server clearly refused, and no error and no message holds a
// code, a token, a secret or a word of the server's that could.
package oauth
