// Package facebook publishes to pages on Facebook. Profiles of persons take nothing from programs:
// package handoff is for them.
//
// Semantics in three words: at most once. Facebook knows no key, and has answered 500 to posts that
// were there, so a request without a clear answer is never sent again: what the page shows is looked
// through for it, by its exact text, from the first attempt on.
//
// # Limits
//
// 63,206 units of UTF-16, the disclosure and the link included, which stand in the text; ten pictures,
// JPEG or PNG of 4 MB, each with its words. No videos yet: one is found before people sign. A post of
// pictures without a text cannot be told from others, so what got no answer its owner looks at.
//
// # Setting a page up
//
// At developers.facebook.com an administrator makes an app with Facebook Login, and among its valid
// redirect URIs the public address of this service with /connect/callback, to the letter. For pages
// of others than the app's own people Meta reviews the app and the business, for pages_show_list,
// pages_read_engagement and pages_manage_posts. App ID and app secret go into the settings
// facebook-app-id and facebook-app-secret. With a secret each call carries a proof made with it, so
// that tokens of another app are refused.
//
// Here: make an account with the network facebook and the address of the page with its number, as in
// https://www.facebook.com/12345 (About, Page transparency). Its owner begins a connection and signs in
// at Facebook as somebody who may create content of the page, or connects it with a token of the page.
// Such a token has no end but a changed password, a lost role, or an app that is taken away; then
// what is signed waits, and its owner connects the page again. To end it, disconnect it here and
// remove the app there under Business integrations: no call of Facebook's ends one page alone.
//
// # Known unknowns
//
// In what unit the 63,206 are counted: the largest is taken. How large a picture may be: 4 and 10 MB
// were seen. Whether Facebook shows a card of a link in a text: what it shows is its own, and nobody
// signs it. Whether it holds a code for the proof (PKCE) that it is sent with; the app's secret and the
// state hold it anyway. An object that is gone and one that may not be seen are told alike: it is gone
// when the token can read the page. The version (facebook-version), and where it is spoken (facebook-api,
// facebook-sign-in). Whether a paid partnership has a field: it is told in words.
//
// # Sources
//
// developers.facebook.com/docs/pages-api/posts, facebook-login/guides/access-tokens/get-long-lived,
// graph-api/reference/page/photos (alt_text_custom); and those of package graph.
//
// The rule that keeps it so: one request for a post, with nothing repeated, and whatever is not a
// clear answer is unknown.
package facebook
