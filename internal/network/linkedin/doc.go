// Package linkedin publishes to members and organisations on LinkedIn.
//
// Semantics in three words: at most once. LinkedIn knows no key, so a request without a clear answer
// is never sent again: what an organisation shows is looked through for it, by its text, from the
// first attempt on; what a member shows LinkedIn tells nobody, so its owner says what became of it.
// Only a conflict, by which LinkedIn says that it did nothing, is asked a second time. LinkedIn
// refuses a text that is there already and names the post: that is told, and taken for ours by no
// machine, since it may be anybody's copy, and for a day or two after a post was deleted it names
// ones that never were.
//
// # Limits
//
// 3,000 units of UTF-16, with the backslashes before what LinkedIn's little text reserves, the
// disclosure included, which stands first. Hashtags are alive; mentions stay plain text. One card,
// or two to twenty pictures, or one of picture, video (MP4 of 3 s to 30 min, 75 KB to 500 MB) and
// document (PDF of 100 MB and 300 pages). Pictures are JPEG, PNG or GIF of 5 MB with descriptions of
// 300 characters; the words of a video or a document are shown as its title. A link is shown with its
// card, which we make, or stands in the text: without a card, and beside pictures. Posts are public.
//
// # Setting an account up
//
// At LinkedIn an administrator makes an app at linkedin.com/developers. For members it needs the
// products "Sign In with LinkedIn using OpenID Connect" and "Share on LinkedIn", which are given at
// once, and tokens with the scopes openid, profile and w_member_social. For an organisation it needs
// "Community Management", which LinkedIn reviews, and a token of an administrator or content
// administrator of the page with openid, profile, w_organization_social, r_organization_social and,
// where it is offered, rw_organization_admin, which asking about roles may need. Among the app's
// authorized redirect URLs stands the public address of this service with /connect/callback, to the
// letter. Client ID and client secret go into the settings linkedin-client-id and
// linkedin-client-secret. Without them, the token generator of the developer portal makes tokens.
//
// Here: make an account with the network linkedin, without an address for a member, and for an
// organisation with that of its page, https://www.linkedin.com/company/12345, with the number, which
// its administrators see in the address of its admin pages. Its owner begins a connection and signs
// in at LinkedIn, or connects it with a token. Both live sixty days; then what is signed waits, and
// its owner connects the account again: LinkedIn gives a next token without its owner to approved
// partners alone. To end it, disconnect it here, which ends a token that came by signing in at
// LinkedIn too, and remove the app under Settings, Data privacy, Permitted services there.
//
// # Known unknowns
//
// Each stands at the safe side, and can be set by the operator where a setting is named. LinkedIn
// retires a version of its API a year after its month (linkedin-version; a warning in the log from
// ten months on). Which scopes an app for organisations has (linkedin-page-scopes): LinkedIn sends
// somebody back who is asked for one that it has not. Whether an app may prove itself by PKCE, which
// LinkedIn allows on request and refuses otherwise (linkedin-pkce): without it a code is held by the
// client's secret and by the state alone, which is good once, for one account and in one session. Where
// people sign in (linkedin-sign-in). Whether LinkedIn ends a token when it is asked to, which its pages
// do not say. Whether a backslash within an address breaks its link (linkedin-links). In what unit
// the 3,000 are counted: the largest is taken. How long a description may be: 300 and 4,086 were
// seen. Whether 429 comes with a time: else the next midnight of UTC is meant, when quotas begin
// again. Whose quota it was is told in words alone: unless they name the application's, one account
// waits, and each of the others asks for itself. Whether a member's token may ask how a file is: one that may not leaves it alone for five
// seconds, and a post that comes too early is refused and tried again. What a card's picture shows is
// described to people who sign, and to nobody at LinkedIn, where no field for it is documented.
// Whether LinkedIn hides what it accepted, which it does by rules of its own.
//
// # Sources
//
// learn.microsoft.com/linkedin: marketing/community-management/shares/posts-api, images-api,
// videos-api, documents-api and little-text-format; consumer/integrations/self-serve/
// sign-in-with-linkedin-v2; shared/api-guide/concepts/error-handling and rate-limits;
// shared/authentication/authorization-code-flow and programmatic-refresh-tokens.
// UsefulSoftwareCo/executor issue 2087 and teamhanko/hanko pull request 2405 (proofs are refused),
// d3xt3r2909/linkedin_login issue 77 (a code that is used).
// brightbeanxyz/brightbean-studio d85fce1 (escaping, organizationAcls, files that are not ready),
// gitroomhq/postiz-app 74b01ad, Arisamiga/Linkedin-RSS issue 5 and ComposioHQ/composio issue 2710
// (duplicates).
//
// The rule that keeps it so: one request for a post, with nothing repeated, redirected or waited
// for in vain, and whatever is not a clear answer is unknown.
package linkedin
