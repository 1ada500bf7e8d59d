package codebase

import (
	"go/types"
	"regexp"
	"strings"
	"testing"
)

// parts are what the page of every connector tells those who set it up and answer for it.
var parts = []*regexp.Regexp{
	regexp.MustCompile(`(?m)^Semantics in three words: (exactly|at most) once\b`),
	regexp.MustCompile(`(?m)^# Limits$`),
	regexp.MustCompile(`(?m)^# Setting an? \w+ up$`),
	regexp.MustCompile(`(?m)^# Known unknowns$`),
	regexp.MustCompile(`(?m)^The rule that keeps it so: `),
}

// TestConnectorsTellWhatTheyPromise: whoever publishes on a network finds, in the same place for each,
// what happens to a request without an answer, what the network takes, how an account is made and
// what nobody knows of it.
func TestConnectorsTellWhatTheyPromise(t *testing.T) {
	t.Parallel()
	connectors := 0
	for _, p := range house(t) {
		name, inNetwork := strings.CutPrefix(inside(p.PkgPath), "network/")
		its := p.Types.Scope().Lookup("Name")
		if !inNetwork || its == nil || named(its.Type()) != "Network" {
			continue
		}
		connectors++
		var page string
		for _, f := range p.Syntax {
			if f.Doc != nil {
				page += f.Doc.Text()
			}
		}
		for _, part := range parts {
			if !part.MatchString(page) {
				t.Errorf("the page of %s lacks %s", name, part)
			}
		}
	}
	if connectors < 14 {
		t.Errorf("of %d connectors the pages were read: are they named in another way now?", connectors)
	}
}

// TestFakesCiteTheirSources: of each way in which a fake network answers, and each switch of it, its page
// says who documents it, or that nobody does.
func TestFakesCiteTheirSources(t *testing.T) {
	t.Parallel()
	fakes := 0
	for _, p := range house(t) {
		name, inNetwork := strings.CutPrefix(inside(p.PkgPath), "network/")
		if !inNetwork || !strings.HasSuffix(name, "test") || p.Types.Scope().Lookup("Mode") == nil {
			continue
		}
		fakes++
		var page string
		for _, f := range p.Syntax {
			if f.Doc != nil {
				page += f.Doc.Text()
			}
		}
		for _, way := range ways(p.Types.Scope()) {
			if !regexp.MustCompile(`\b` + way + `\b`).MatchString(page) {
				t.Errorf("the page of %s says no source of %s", name, way)
			}
		}
	}
	if fakes < 11 {
		t.Errorf("of %d fakes the pages were read: are their ways named otherwise now?", fakes)
	}
}

// ways are the modes of a fake but for honesty, and what else it can be told.
func ways(scope *types.Scope) (names []string) {
	mode := scope.Lookup("Mode").Type()
	for _, name := range scope.Names() {
		if c, is := scope.Lookup(name).(*types.Const); is && name != "Honest" && types.Identical(c.Type(), mode) {
			names = append(names, name)
		}
	}
	server := scope.Lookup("Server").Type().Underlying().(*types.Struct)
	for field := range server.Fields() {
		if field.Exported() && !field.Embedded() && field.Name() != "Mode" {
			names = append(names, field.Name())
		}
	}
	return names
}
