// Package x publishes to accounts on X.
//
// Semantics in three words: at most once. X knows no key, so a request without a clear answer is
// never sent again: what the account has shown since the first attempt is looked through for it, by
// its text and its files. X refuses a text that is there already and does not say which post that is:
// that is told, and a look says whether it may be ours.
//
// # Limits
//
// 280 by the weights of twitter-text: most letters of Europe, of Arabic and Hebrew count one, those
// of East Asia and emoji two, and every address 23, however long, the link and the words of a
// disclosure included. One cashtag. Up to four pictures, JPEG, PNG or WebP of 5 MB with descriptions
// of 1,000 characters, or one video, MP4 of 0.5 to 140 s and 512 MB, of whose words X keeps none. X
// makes the card of a link itself. A post that is paid for, or advertising, is marked so by X
// (paid_partnership); where a law wants words, they stand in the text as well. Longer posts of
// accounts that pay are not offered. Posts are public, and can be answered by everybody.
//
// # Setting an account up
//
// At X an administrator makes an app in the developer console, with user authentication as a web app
// that may read and write. Its callback is the public address of this service with
// /connect/callback, to the letter. Client ID and client secret of OAuth 2.0 go into the settings
// x-client-id and x-client-secret. X charges for each post (more for one with a link), each deletion
// and each post that is read: looking again is part of what is paid for.
//
// Here: make an account with the network x, without an address. Its owner begins a connection and
// signs in at X, which asks for the scopes tweet.read, tweet.write, users.read, media.write and
// offline.access. A token lives two hours, and the next is asked for with one that is good once: when
// the answer is lost, the account is connected again. Without an app here, an account can be
// connected with an access token of OAuth 2.0 that has these scopes, for as long as that lives.
// Disconnecting ends both tokens at X; so does Settings, Security and account access, Connected apps
// there.
//
// X's rules forbid the same or nearly the same text from several accounts, and rewards for posting.
//
// # Known unknowns
//
// Each stands at the safe side, and can be set by the operator where a setting is named. The
// addresses of the API (x-api) and of its sign-in (x-sign-in), which have changed their hosts.
// Whether a text comes with the signs < > & as HTML writes them: both readings are compared. How X
// writes a link in its answer: with or without http://, a last slash and the letters of its host. How
// late a list of posts is: an account is looked at again after half a minute, two, ten and sixty.
// Which words a refusal (403) has: of a copy, a suspended account and an app without its plan those
// that were seen are known, any other is the post's. How long a copy of what was deleted is refused.
// Whether the words of pictures come back: words X leaves out are not missed. Whether a post says
// that it is marked as paid: that is not compared. Whether tweet.fields stays: the documentation has
// that name for what is asked of a post, X's own SDK has post.fields; a list without times is not read.
//
// # Sources
//
// docs.x.com, as of 2026 (OpenAPI 2.166 and 2.167): x-api/posts/create-posts, delete-post and
// timelines, x-api/media/quickstart/media-upload-chunked and best-practices, media/append-media-upload
// and create-media-metadata, x-api/fundamentals/response-codes-and-errors and rate-limits,
// fundamentals/authentication/oauth-2-0/user-access-token, fundamentals/counting-characters, Schemas.Tweet;
// xdevplatform/samples pull request 199 (parts as forms); twitter/twitter-text 30e2430 (weights);
// akrherz/iembot issue 163 and gitroomhq/postiz-app 74b01ad (words of refusals);
// @xdevplatform/xdk 0.6.6 (X's own SDK: post.fields, parts as JSON);
// PLhery/node-twitter-api-v2 issue 496 (codes and tokens that are good no more).
//
// The rule that keeps it so: one request for a post, with nothing repeated or redirected, and
// whatever is not a clear answer is unknown.
package x
