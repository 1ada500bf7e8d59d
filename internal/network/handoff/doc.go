// Package handoff hands what people signed over to a person, who publishes it by hand where no
// machine may: on a personal profile of Facebook, a personal account on Instagram, or any other
// place without an interface, or without an account connected here, or in messages of his or her own.
//
// Semantics in three words: at most once, told by a person. The gate judges and commits the
// intent as for any network and hands over in the same transaction, so that there is no instant
// at which a package could be lost or made twice. Nothing is sent and nothing is asked: that it
// was published, and where, is what its person says. It is kept as such, and never as an answer
// or a sight of ours. What was opened and never confirmed may be out; it is called unknown, and
// never handed over again by itself.
//
// # Limits
//
// One text with the words of the disclosure and the link in it, of 10,000 characters, or what
// the place takes where that is known (LinkedIn, X, Facebook, Instagram, Threads, Bluesky); files
// by the same rules. Nobody sees whether what was pasted was changed before it was published: the
// person may paste back what is shown, and that is held against what was signed, but for the form
// of letters, ends of lines and blanks at them. Nothing can be taken back by a machine.
//
// # Setting an account up
//
// Make an account with the address of the profile, https://www.facebook.com/anna for instance,
// and the person who publishes there as its owner. It is ready at once: there is no token. A
// brand's account may have a deputy, who publishes in the owner's stead. For X, Threads, Bluesky
// and servers of Mastodon a package has an address that opens the place with the text filled in,
// for LinkedIn and Facebook one with the link; for others there is none.
//
// Messages are places too: https://wa.me/ is WhatsApp and sms: the telephone's own messages. A
// package has an address that opens them with the text filled in, and its person chooses whom it
// goes to, one by one or a group. Numbers and invitations are taken for no address, so that nobody
// else's is kept. A message has no address where others can see it: it is confirmed without one.
//
// # Known unknowns
//
// Whether a place shortens links in what is copied from it (t.co, lnkd.in); such a text differs.
// Whether a profile of the form https://server/@name is on Mastodon: it is taken to be, but for
// some sites known not to be, and no limit of a server is known. Short addresses that a place
// hands out on another host are refused. To how many a message was sent, and whether a telephone
// fills it in: some cut a long text, and pictures are attached by hand.
//
// # Sources
//
// LinkedIn share-offsite, X web intents, Facebook sharer, bsky.app intent/compose, Threads web
// intents and Mastodon /share, as their documentation has them; wa.me/?text= by WhatsApp's own
// help (faq.whatsapp.com, "How to use click to chat", a link with just a message). An address of
// the scheme sms has its text in a parameter named body by RFC 5724, with a number that is left
// out here; telephones of Apple, whose reference of it knows no text, are reported to read one
// after & (stackoverflow.com/questions/6480462), so that an empty parameter stands before it. A space
// is %20 and a line feed %0A, since some read a plus sign as itself.
//
// The rule that keeps it so: it makes no request.
package handoff
