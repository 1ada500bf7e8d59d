// Package config is the one place where the service learns what it was told: a file, the
// environment and the command line become one flat struct.
//
// It owns the names, defaults and checks of every setting. It does not know what a setting
// is for beyond its one line of help, opens nothing and starts nothing.
//
// The rule that keeps it so: a setting is one field of [Config] with its tags and one line
// of the literal in [Default]; flags, environment, table and checks follow from there. What
// can be decided has a default, so that the service starts with nothing set.
package config
