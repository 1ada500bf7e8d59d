// Package teams publishes to channels and chats of Microsoft Teams, through a workflow that its owner
// made there.
//
// Semantics in three words: at most once. A workflow knows no key, tells nobody what became of a
// request, and can be neither asked nor told to take anything back. A request without a clear answer is
// unknown and never sent again; a person looks into the channel. An answer of 200 or 202 says that the
// workflow has begun, unless it is a page, which is nobody's answer, and not that the channel shows anything: one that is broken fails silently.
//
// # Limits
//
// 20,000 bytes of JSON for the whole card, which is what the least of those who measured found. The
// text is sent as rich text of an adaptive card, each line by itself, which has no Markdown, with its
// addresses as links. Up to four pictures, PNG, JPEG or GIF of at most 1 MB, with their descriptions, which
// Teams fetches from this service: its public address must be reachable from outside, for as long as
// the card is looked at. Disclosure and link stand in the text.
//
// # Setting an account up
//
// In Teams, at the channel: More options, Workflows, "Send webhook alerts to a channel" (its trigger is
// "When a Teams webhook request is received"; who can trigger the flow: anyone). Copy its address. Here: make
// an account with the network teams and without an address, and connect it with the workflow's address as
// its token: who has it can write in the channel, so it is sealed as a token is, and shown to nobody.
// Nothing is sent when it is connected, since whatever is sent to a workflow is shown. To end it,
// disconnect the account here and turn the workflow off there; a workflow ends with the employee who owns
// it, so give it a co-owner.
//
// The older connectors (webhook.office.com) are retired, and not taken.
//
// # Known unknowns
//
// Each stands at the safe side, and can be set by the operator where a setting is named. Which hosts
// workflows are at (teams-hosts). What a workflow answers: 200 and 202 were seen, and any other that is
// no clear refusal is unknown, also 502 and 504, after which other clients repeat. How many bytes a card may have: 28 KB by the documentation, 21 as one client
// measured. Whether pictures larger than 1024 by 1024 pixels are scaled, as seen, or refused. Quotas of runs,
// which are by licence.
//
// # Sources
//
// learn.microsoft.com, as of 2026: connectors/teams (28 KB), adaptive-cards/schema-explorer/text-run (no
// Markdown), rich-text-block, image (altText), microsoftteams/platform/task-modules-and-cards/cards/cards-format
// (pictures). databrickslabs.github.io/dqx, destinations/teams, and argo-cd.readthedocs.io release-3.3,
// teams-workflows (hosts, payload); elementary-data/elementary pull request 2160 (27 and 21 KB).
//
// The rule that keeps it so: one request, with nothing repeated or redirected; the address in no
// message, log or error; and whatever is not a clear answer is unknown.
package teams
