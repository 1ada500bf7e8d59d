// Package bluesky publishes to accounts on Bluesky, wherever their repository is kept.
//
// Semantics in three words: exactly once, for a day from the first attempt. A post is a record at
// a key of our choice, made from the intent before anything is sent, and a repository holds one
// record at a key, whatever asks for it how often. The record is written with putRecord, only
// where there is none (swapRecord: null), and only onto the repository as it was when it was
// looked at (swapCommit): a request that is late brings nothing back that was taken back
// meanwhile. Whether it is there says getRecord, which is asked before each attempt and read back
// after. After a day a record that is not there may have been deleted by hand, so nothing is sent
// again.
//
// # Limits
//
// 300 characters and 3,000 bytes, disclosure and link included, which stand in the text; four
// pictures of 2 MB or one video, with descriptions of 2,000 characters. Addresses and hashtags are
// made alive, by the rules of the official client. Mentions stay plain text and notify nobody:
// whom a handle names would have to be asked while people write, and may be somebody else by the
// time it goes out. There is no card of the page a link leads to.
//
// # Setting an account up
//
// At Bluesky: Settings, Privacy and security, App passwords, Add. Here: make an account with the
// address of its server, https://bsky.social unless it is kept elsewhere, and connect it with the
// handle and the app password as one word, nadia.bsky.social:abcd-efgh-ijkl-mnop. The password of
// the account itself is not taken. To end it, disconnect the account here and delete the app
// password there: nobody else can.
//
// The server says for each session where the repository is kept, which may be another host; that
// one is spoken to under the same rules about addresses. The password goes to the account's
// address alone. An account that moves to another host is connected again.
//
// # Known unknowns
//
// Whether servers other than Bluesky's own answer a repeated record as it does; nothing relies on
// that, as it is looked for first. Servers from before 2026 take pictures of 1 MB only, and refuse
// more. A post that its owner deletes by hand between an attempt without an answer and the next,
// within seconds as a rule, is made again.
//
// # Sources
//
// bluesky-social/atproto d6296a1: packages/pds/src/api/com/atproto/repo/putRecord.ts (the same
// content again is answered before either swap is looked at), actor-store/repo/transactor.ts
// (InvalidSwap), getRecord.ts, server/createSession.ts and refreshSession.ts, auth-verifier.ts
// (ExpiredToken is 400), actor-store/blob/transactor.ts (BlobNotFound, InvalidMimeType,
// InvalidSize), lexicons/app/bsky/feed/post.json and embed/*.json; atproto.com/specs/tid and
// specs/data-model (how blobs are named); docs.bsky.app/docs/advanced-guides/rate-limits
// (RateLimit-Reset in seconds).
//
// The rule that keeps it so: the key and the record are made from the intent alone, and whatever
// is not a clear answer is unknown.
package bluesky
