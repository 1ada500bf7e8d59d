// Package catalogue holds the words the service says to people, in English and in
// French: what a check found, what is in the way, why a call was refused, the pages and
// the mails. A message says what happened, what it means and what to do.
//
// It does not know who is spoken to, where a message is shown, or what escaping that
// place needs: callers pass a language and facts, and escape the result.
//
// The rule that keeps it so: this package imports nothing of the house, the languages
// hold the same keys with the same placeholders, and a message that is missing shows
// its key instead of nothing.
package catalogue
