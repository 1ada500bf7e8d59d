// Package mail hands one message to one SMTP server and says what became of it.
//
// It owns the conversation with the server: encryption, signing in, time limits, and the
// difference between "try again" and "never". It does not know what is written or to
// whom, keeps no queue and retries nothing: package jobs does.
//
// The rule that keeps it so: nothing a message says is ever logged or put into an error,
// and no header is made from text that was not checked first.
package mail
