// Package mastodon publishes to accounts on Mastodon and on servers that speak its client API.
//
// Semantics in three words: exactly once, on Mastodon itself and within KeyLife of the first
// attempt, since it drops a repeated Idempotency-Key for an hour, and not before half a minute after
// the last one, since it comes to know a key after the status it made; at most once on its
// relatives (GoToSocial, Pleroma, Akkoma, Pixelfed …), which are not relied on to. What an
// account's server is was asked when the account was connected, by NodeInfo, and is not
// concluded from its name. A request without a clear answer is looked for among what the
// account shows: by its text, as its author wrote it, from the first attempt on, and never
// one that is known to be another publication's.
//
// # Limits
//
// 500 characters, counted as Mastodon does (a link is 23, @anna@example.social is @anna), four
// pictures or one video, descriptions of 1,500 characters. A server with a lower limit is
// refused; a higher one is not made use of. Disclosure and link stand in the text. Posts are
// public.
//
// # Setting an account up
//
// Make an account with the server's address, https://mastodon.social for instance, and sign in
// there: from Mastodon 4.3 on a server says where, and protects the code with PKCE. The service
// registers itself at each server, once, and asks for the scopes profile, read:statuses,
// write:statuses and write:media. Tokens of Mastodon do not expire; those of a server that gives
// refresh tokens are replaced in time. Disconnecting ends the token at the server.
//
// Or with a token: on the server, Preferences, Development, New application, with the same scopes
// and read:accounts; then copy "Your access token" and connect the account with it. To end that
// one, disconnect the account here and delete the application on the server: only who registered
// it can revoke its token.
//
// # Known unknowns
//
// Whether a server gives one token for each person and application, or one for each sign-in.
// Whether relatives other than GoToSocial drop a repeated key; they are taken not to. Whether
// a server's rules allow what a company wants to say there: read them at {server}/about.
//
// # Sources
//
// docs.joinmastodon.org: methods/statuses (Idempotency-Key, an hour), methods/media (202 and
// 206 while a file is worked on), methods/accounts, entities/Instance, api/rate-limits
// (X-RateLimit-Reset in ISO 8601), methods/instance; mastodon/mastodon
// app/presenters/oauth_metadata_presenter.rb (the issuer is the server's address with a slash),
// app/services/post_status_service.rb (the key is kept after the status, and a repeat is
// answered 404 when the status is gone); pull request 37879 of 2026-02 (a repeat that came before the
// first request was done made a second status); issue 40399 of 2026-09 (500 to a correct repeat, which
// is taken for unknown). Forks that call themselves mastodon have this code.
//
// The rule that keeps it so: whatever is not a clear answer is unknown, and a look that could
// not see everything since the first attempt says that it cannot tell.
package mastodon
