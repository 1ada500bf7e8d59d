// Package search reads texts as they are searched: which words a text is found by, what a
// search asks for, and the piece of a text that shows why it was found.
//
// It is pure, and the only reader of both texts and searches: databases are given the words
// it makes and compare nothing but those, so that all of them find the same. It knows
// neither databases nor who may see what.
//
// A word is what stands between spaces and signs, in lower case, without the marks that
// people leave off when they type, and the same for every way to write it in Unicode. In
// scripts without spaces between words, each two neighbouring characters are a word and the
// last one is another, so that whatever stands next to each other is found.
package search
