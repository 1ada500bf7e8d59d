package config

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"
)

// value is a setting on the command line; it is parsed with all the others, so that every
// mistake is named at once.
type value struct {
	text string
	kind string
}

func (v *value) String() string     { return v.text }
func (v *value) Set(s string) error { v.text = s; return nil }
func (v *value) Type() string       { return v.kind }

// Bind declares a flag for every setting.
func Bind(flags *pflag.FlagSet) {
	defaults := Default()
	for _, f := range fields() {
		help := f.help
		if f.unset != "" {
			help += " (default: " + f.unset + ")"
		}
		flags.Var(&value{f.text(defaults), f.kind()}, f.flag, help+" [$"+f.env+"]")
	}
}

// Load returns the configuration: defaults, then the file, then the environment, then the
// flags that were given. Flags may be nil; environ is as os.Environ returns it. The error
// names everything that is wrong, each with where it was said, and shows no secret.
func Load(flags *pflag.FlagSet, environ []string) (Config, error) {
	env := environment(environ)
	path := env[prefix+"CONFIG"]
	if given(flags, "config") {
		path = flags.Lookup("config").Value.String()
	}
	file, err := readFile(path)
	problems := []error{err}

	c, bad := Default(), map[string]bool{}
	for _, f := range fields() {
		text, where, err := f.find(flags, env, file, path)
		if err == nil && where != "" {
			err = f.set(&c, text)
		}
		if err != nil {
			bad[f.flag] = true
			problems = append(problems, fmt.Errorf("%s (from %s): %w", f.flag, where, err))
		}
	}
	for _, p := range c.problems() {
		if !bad[p.flag] {
			problems = append(problems, p)
		}
	}
	if err := errors.Join(problems...); err != nil {
		return Config{}, fmt.Errorf("the configuration cannot be used:\n%w", err)
	}
	return c.derive(), nil
}

// find returns what was said about the setting and where, "" when nothing was.
func (f field) find(flags *pflag.FlagSet, env, file map[string]string, path string) (text, where string, err error) {
	if given(flags, f.flag) {
		return flags.Lookup(f.flag).Value.String(), "--" + f.flag, nil
	}
	for _, source := range []struct {
		values map[string]string
		suffix string
	}{{env, ""}, {file, " in " + path}} {
		if text, ok := source.values[f.env]; ok {
			return text, f.env + source.suffix, nil
		}
		if name, ok := source.values[f.env+fileSuffix]; ok && f.secret {
			b, err := os.ReadFile(name)
			return strings.TrimRight(string(b), "\r\n"), f.env + fileSuffix + source.suffix, err
		}
	}
	return "", "", nil
}

func given(flags *pflag.FlagSet, name string) bool {
	return flags != nil && flags.Changed(name)
}

// environment keeps our variables that are not empty: an empty one is one not set, as
// container tools pass every variable they know of.
func environment(environ []string) map[string]string {
	env := make(map[string]string)
	for _, e := range environ {
		if name, text, _ := strings.Cut(e, "="); text != "" && strings.HasPrefix(name, prefix) {
			env[name] = text
		}
	}
	return env
}

// readFile reads lines NAME=value. Blank lines and lines that begin with # are skipped, and
// a pair of quotes around a value is removed. A name that is no setting is an error here.
func readFile(path string) (map[string]string, error) {
	if path == "" {
		return nil, nil
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("config: %w", err)
	}
	known := names()
	values := make(map[string]string)
	var problems []error
	number := 0
	for line := range strings.Lines(string(b)) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, text, ok := strings.Cut(line, "=")
		name = strings.TrimSpace(name)
		switch {
		case !ok:
			problems = append(problems, fmt.Errorf("%s:%d: not NAME=value", path, number))
		case !known[name]:
			problems = append(problems, fmt.Errorf("%s:%d: no setting is called %s", path, number, name))
		default:
			values[name] = unquote(strings.TrimSpace(text))
		}
	}
	return values, errors.Join(problems...)
}

func unquote(s string) string {
	if n := len(s); n >= 2 && (s[0] == '"' || s[0] == '\'') && s[n-1] == s[0] {
		return s[1 : n-1]
	}
	return s
}

// names are the names that a file may use; a file may not name another one.
func names() map[string]bool {
	known := make(map[string]bool)
	for _, f := range fields() {
		known[f.env] = f.flag != "config"
		if f.secret {
			known[f.env+fileSuffix] = true
		}
	}
	return known
}

// Unknown lists the variables with our prefix that are no setting, for a word of warning: a
// misspelt name would otherwise change nothing and say nothing.
func Unknown(environ []string) []string {
	known := names()
	var unknown []string
	for _, name := range slices.Sorted(maps.Keys(environment(environ))) {
		foreign := strings.HasPrefix(name, prefix+"PORT") || strings.HasPrefix(name, prefix+"SERVICE_") ||
			strings.HasPrefix(name, prefix+"TEST_") || name == prefix+"CONFIG"
		if !known[name] && !foreign {
			unknown = append(unknown, name)
		}
	}
	return unknown
}

// markdown escapes what a cell of a table would take for markup.
var markdown = strings.NewReplacer("|", "\\|", "<", "\\<")

// Table is the reference of every setting, as Markdown.
func Table() string {
	var b strings.Builder
	b.WriteString("| flag | environment | default | meaning |\n|---|---|---|---|\n")
	defaults := Default()
	for _, f := range fields() {
		standard := f.unset
		if text := f.text(defaults); text != "" {
			standard = "`" + text + "`"
		}
		help := f.help
		if f.secret {
			help += ". Secret: `" + f.env + fileSuffix + "` may name a file that holds it"
		}
		fmt.Fprintf(&b, "| `--%s` | `%s` | %s | %s |\n", f.flag, f.env, standard, markdown.Replace(help))
	}
	return b.String()
}
