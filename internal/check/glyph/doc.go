// Package glyph says how characters look: which are taken for others, and which nobody
// sees.
//
// It knows characters alone, neither texts nor what is done about them.
//
// The rule that keeps it so: it imports Unicode tables and nothing of the house.
package glyph
