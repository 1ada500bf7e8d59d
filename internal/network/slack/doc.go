// Package slack publishes to channels of Slack, through its Web API.
//
// Semantics in three words: at most once. Slack knows no key (client_msg_id is not documented to drop
// a repeated message), so a request without a clear answer is never sent again: the message carries the
// publication's key in its metadata, and what the bot has shown in the channel since the first attempt
// is looked through for it. Where the metadata is gone, a message is known by its text and its pictures.
//
// # Limits
//
// 4,000 characters, counted with & < > written as entities: what Slack advises; it cuts at ten times as
// many. Slack reads a markup of its own, and people sign a text: the text is sent as rich text, which has
// no markup, and addresses in it as links; so *, _ and :smile: stay as they are, and @channel calls
// nobody. Up to four pictures, PNG, JPEG or GIF with descriptions of 2,000 characters, which Slack
// fetches from this service: its public address must be reachable from outside. Disclosure and
// link stand in the text; previews of links are switched off, since nobody signed them. Who reads a
// channel reads the message.
//
// # Setting an account up
//
// At Slack an administrator makes an app of the company's own (api.slack.com/apps) with the bot scopes
// chat:write and channels:history, and groups:history for private channels, installs it, and invites
// the bot to the channel. Here: make an account with the network slack and the address of the channel, which
// "Copy link" gives: https://acme.slack.com/archives/C0123456789. Connect it with the Bot User OAuth
// Token (xoxb-…). It does not expire, unless the app rotates tokens, which is to be left off. To
// end it, disconnect the account here and remove the app at Slack.
//
// An app that is distributed outside of Slack's marketplace may look once a minute only; one of the
// company's own may fifty times.
//
// # Known unknowns
//
// Each stands at the safe side, and can be set by the operator where a setting is named. The address of
// the API (slack-api): government workspaces have https://slack-gov.com. How Slack gives a text
// back: addresses in angle brackets and emoji by their names were seen, so brackets are taken off, and
// emoji are not compared. Which words an error has: of those that are known to come before a message is
// kept nothing was published; any other is unknown, and so are internal_error and fatal_error, of
// which Slack says itself that a part may have succeeded. Whether a picture that Slack cannot fetch
// is refused or left out: a message that shows fewer than were signed is a difference.
//
// # Sources
//
// docs.slack.dev, as of 2026: reference/methods/chat.postMessage (mrkdwn, parse, unfurl_links,
// metadata; 4,000 and 40,000 characters), chat.delete, conversations.history (include_all_metadata),
// auth.test; reference/block-kit/blocks/rich-text-block and image-block (alt_text of 2,000);
// apis/web-api/rate-limits (429 with Retry-After; conversations.history since 2025-05-29);
// messaging/formatting-message-text (entities). slackapi/bolt-js issue 2509 (blocks of more than some
// 13,000 characters are refused).
//
// The rule that keeps it so: one request for a message, with nothing repeated or redirected, and
// whatever is not a clear answer is unknown.
package slack
