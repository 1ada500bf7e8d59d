// Package diff says what changed between two revisions, in words people would use: by
// target, by field, and within a text by word.
//
// It looks at manifests, which hold everything the world will see, and at nothing else.
// It does not know which revisions are worth comparing, nor who may see them.
//
// A diff is exact: what is equal and deleted makes the one text, what is equal and
// inserted the other, and no edge of a span lies inside of what a reader takes for one
// character.
package diff
