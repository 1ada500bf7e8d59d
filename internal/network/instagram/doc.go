// Package instagram publishes to professional accounts on Instagram. Personal accounts take nothing from
// programs: package handoff is for them.
//
// Semantics in three words: at most once. A post is a container, which nobody sees, and one request that
// shows it. What becomes of a container that is asked to be shown twice is documented nowhere, so that
// request is never sent again: what got no clear answer is looked for among what the account shows, by its
// exact caption, from the first attempt on. Package container says what is done with containers.
//
// # Limits
//
// One to ten pictures, JPEG of 8 MB, 4:5 to 1.91:1, each with its words, and a caption of 2,200 units of
// UTF-16, the disclosure and the link included, which stand in it; nobody can follow a link there. 30
// hashtags, more than five are advised against, and 20 names. Or one video, which becomes a reel: MP4 or MOV of
// 300 MB, 3 seconds to 15 minutes; its words for who cannot see it have no place there. A text alone is refused
// before people sign. Instagram fetches files from this service, which needs a public address (https); an
// account cannot be made without one. Posts without a caption cannot be told from others, so what got no
// answer its owner looks at. Instagram lets no program take a post back or change it: whoever orders it
// back is told to do it there. Some 50 posts in 24 hours, as sources
// differ: how many an account may still make is asked before each, and who may make none is asked again an hour later.
//
// # Setting an account up
//
// The account becomes a professional one in Instagram's own settings. At developers.facebook.com an
// administrator makes an app with the product Instagram and its "API setup with Instagram login", and among its
// OAuth redirect URIs the public address of this service with /connect/callback, to the letter. For accounts of
// others than the app's testers Meta reviews the app for instagram_business_basic and
// instagram_business_content_publish. The Instagram app ID and its secret go into the settings
// instagram-app-id and instagram-app-secret, and public-url is an https address.
//
// Here: make an account with the network instagram and the address of the profile, as in
// https://www.instagram.com/acme. Its owner begins a connection and signs in at Instagram, or connects it with a
// token made there. A token that came by signing in lives for sixty days and is replaced by the next one
// when something is published after half of them; one that somebody made by hand is replaced by hand. To
// end it, disconnect it here and remove the app at Instagram under Website permissions.
//
// # Known unknowns
//
// How many posts a day: 25, 50 and 100 were seen; the account's own number is asked
// (content_publishing_limit), and Instagram's own refusal is heeded. Whether a token stays good
// after the next one was given: it is not relied on, and an account whose answer was lost is connected
// again. Whether a list of posts can be asked for since an instant: it is asked, and what is older is left out here.
// A video whose index stands at its end may be refused, which is told after people signed.
// Whether it holds a code for the proof (PKCE) that it is sent with. An object that is gone and one that may not be
// seen are told alike: it is gone when the token can read the account. The version (instagram-version), and where
// it is spoken (instagram-api, instagram-tokens, instagram-sign-in). Whether a paid partnership has a field: it
// is told in words.
//
// # Sources
//
// developers.facebook.com/docs/instagram-platform: content-publishing, business-login and
// instagram-api/reference/error-codes, 2026; A. Mosseri on hashtags, 2025-12-19; ayrshare.com/docs (no deletion);
// gitroomhq/postiz-app 74b01ad; and those of package graph.
//
// The rule that keeps it so: it is a Kind, and holds no request of its own.
package instagram
