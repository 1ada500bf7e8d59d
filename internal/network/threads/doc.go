// Package threads publishes to profiles on Threads.
//
// Semantics in three words: at most once. A post is a container, which nobody sees, and one request that
// shows it. What becomes of a container that is asked to be shown twice is documented nowhere, so that
// request is never sent again: what got no clear answer is looked for among what the profile shows, by its
// exact text, from the first attempt on. Package container says what is done with containers.
//
// # Limits
//
// 500 characters, an emoji counted as its bytes, the disclosure and the link included, which stand in the
// text; five links; Threads makes one hashtag a topic. Twenty pictures, JPEG or PNG of 8 MB, or one video, MP4 or
// MOV of 1 GB and five minutes, each with its words. Threads fetches files from this service, so that they need a
// public address (https) of it; without one a post with files is refused before people sign, and texts are
// published. A post of files without a text cannot be told from others, so what got no answer its owner
// looks at. 250 posts and 100 deletions in 24 hours: how many posts a profile may still make is asked before
// each (threads_publishing_limit), and who may make none is asked again an hour later.
//
// # Setting a profile up
//
// At developers.facebook.com an administrator makes an app with the use case "Access the Threads API", and
// among its redirect callback URLs the public address of this service with /connect/callback, to the letter.
// For profiles of others than the app's testers Meta reviews the app for threads_basic,
// threads_content_publish and threads_delete. The Threads app ID and its secret go into the settings
// threads-app-id and threads-app-secret.
//
// Here: make an account with the network threads and the address of the profile, as in
// https://www.threads.com/@acme. Its owner begins a connection and signs in at Threads, or connects it with
// a token made there. A token that came by signing in lives for sixty days and is replaced by the next one
// when something is published after half of them; one that somebody made by hand is replaced by hand. To
// end it, disconnect it here and remove the app at Threads under Website permissions: no call of Threads'
// for it is documented.
//
// # Known unknowns
//
// How emoji of several parts are counted: each cluster by all its bytes. A video whose index stands at its end
// may be refused, which is told after people signed. Whether a token stays good after
// the next one was given: it is not relied on, and an account whose answer was lost is connected
// again. Whether Threads shows hashtags to programs as they were written: a text that comes back otherwise is
// shown to people as a difference. Whether it holds a code for the proof (PKCE) that it is sent with. An object
// that is gone and one that may not be seen are told alike: it is gone when the token can read the
// profile. The version (threads-version), and where it is spoken (threads-api, threads-sign-in: threads.net
// and threads.com are both seen). Whether a paid partnership has a field: it is told in words.
//
// # Sources
//
// developers.facebook.com/docs/threads: get-started, posts, reference, troubleshooting, overview and changelog of
// 2026-04-14; clients that read it (brightbeanxyz/brightbean-studio providers/threads.py, gitroomhq/postiz-app
// 74b01ad); and those of package graph.
//
// The rule that keeps it so: it is a Kind, and holds no request of its own.
package threads
