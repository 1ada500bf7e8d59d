// Package mattermost publishes to channels of Mattermost servers.
//
// Semantics in three words: at most once. A server keeps a pending_post_id for half a minute only,
// each of its nodes for itself, and shows it to nobody afterwards, so it is sent and not relied on: a
// request without a clear answer is never sent again. The post carries the publication's key among
// its props, which a server keeps: what the bot has shown in the channel since the first attempt is
// looked through for it, and where a server lost the props, by its text and the number of its files.
//
// # Limits
//
// 8,191 characters, counted as code points: half of what a server takes, since each may need a
// backslash. Mattermost reads Markdown, and people sign a text: what Markdown would take for a mark
// is escaped, so that readers see it as it was written; addresses are left alone. Up to five
// pictures of 50 MB. Mattermost has no place for the words of a picture: they are the name of its
// file, which readers see and screen readers say. Disclosure and link stand in the text. Who reads a
// channel reads the post; a text that says @channel calls all of them, unless the bot may not.
//
// # Setting an account up
//
// On the server, Integrations, Bot Accounts: make a bot, copy its token, and add the bot to the team
// and to the channel. A personal access token of a person does as well, and speaks for that person.
// Here: make an account with the network mattermost and the address of the channel, as the browser
// shows it: https://chat.example.com/acme/channels/news. Connect it with the token. Tokens do not
// expire; to end one, disconnect the account here and revoke it on the server, which only its owner or
// an administrator can. The bot and the channel are kept by their names that never change: when
// the channel's address changes, nothing else does, but for a new connection, which is made with a
// new account.
//
// Taking a post back takes back the answers to it: Mattermost deletes a thread with its beginning.
//
// # Known unknowns
//
// What Markdown of Mattermost has no escape for stays: a line of = signs below another makes that a
// heading, four spaces after an empty line are code, :smile: is a picture, and &amp; is an &. How a
// server that is not Mattermost's own answers: what is not read as its documentation has it is
// unknown. Whether a server changes or keeps the name of a file: it is not compared.
//
// # Sources
//
// developers.mattermost.com/api-documentation, as of 2026: CreatePost, GetPost, DeletePost,
// GetPostsForChannel, UploadFile, GetUser (me), GetChannelByNameForTeamName. mattermost/mattermost
// v11.11.1: app/post.go (deduplicateCreatePost, pendingPostIDsCacheTTL of 30 s, files that fail to
// attach are dropped silently), api4/post.go (a page of posts has at most 200, the newest first;
// 404 for what is deleted), model/post.go (PostMessageMaxRunesV2 = 16383; pending_post_id is not kept,
// props are), platform/config.go (MaxPostSize of the client's configuration), model/config.go (a file of 100 MB;
// older servers 50; a picture of 7680 by 4320 pixels).
//
// The rule that keeps it so: one request for a post, with nothing repeated or redirected, and
// whatever is not a clear answer is unknown.
package mattermost
