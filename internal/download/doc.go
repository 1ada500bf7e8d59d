// Package download gives the files of the API to browsers: the parts that a player asks for, of a
// file of any size, and the name to save one under.
//
// It knows the API's own answers and nothing of who asks or where a file is kept. What a file is
// called never becomes more than a name: neither another header nor another type.
package download
