// Package container publishes to the networks of Meta's that take a post in two steps: a container,
// which nobody sees, and one request that shows it.
//
// It owns what Threads and Instagram share: how a container is made and waited for, that one container
// alone is ever asked to be shown, how a post is looked for and taken back, and how people sign in for
// tokens of sixty days. It does not know either of them: what differs is a Kind.
//
// A container that was asked to be shown is never replaced while Meta does not say that it is worth
// nothing any more, and what it says of it is asked before each further attempt: PUBLISHED is an end that
// nobody here saw, and is looked for. Which container that is, is known to this process alone: after it
// died a request whose answer nobody read is unknown, and the account is looked through for the text.
//
// How many posts an account may still make is asked before the container that would be shown is made. Who may
// make none waits, with nothing made; who is not told goes on, and is refused by the network itself. It is
// not asked once that container is there: what may be published is not said to wait.
//
// Tokens live for sixty days, and one that ended gives no next one, so a token counts as used up after
// half of its time: whoever publishes once in the other half keeps the account connected.
//
// The rule that keeps it so: one request shows a container, with nothing repeated or redirected, and
// whatever is not a clear answer is unknown.
package container
