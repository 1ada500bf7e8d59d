// Package linkcard reads what a page says of itself, for a card that is shown with a link to it.
//
// It owns the bounds of one reading: to which addresses, how long, how much of the page and of its
// picture, and which of its words are the title, the description and the picture. It does not know
// why somebody asks, believes nothing of what it reads, and keeps nothing.
//
// The rule that keeps it so: it asks through the fence, sends nothing but the address, and returns
// words and bytes for others to clean; no markup, script or address of the page leaves it.
package linkcard
