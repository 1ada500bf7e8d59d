package apitest

import (
	"crypto/sha256"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

var (
	// hole is a variable with no other inside.
	hole   = regexp.MustCompile(`\$\{([^${}]+)\}`)
	moment = regexp.MustCompile(`^now([+-]\d+[smhd])?$`)
)

// fill puts variables into everything a step says.
func (s *scene) fill(where string, v any) any {
	s.t.Helper()
	switch v := v.(type) {
	case object:
		out := make(object, len(v))
		for k, e := range v {
			out[k] = s.fill(where, e)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = s.fill(where, e)
		}
		return out
	case string:
		for m := hole.FindStringSubmatch(v); m != nil; m = hole.FindStringSubmatch(v) {
			value := s.variable(where, m[1])
			if m[0] == v {
				return value
			}
			v = strings.Replace(v, m[0], fmt.Sprint(value), 1)
		}
		return v
	}
	return v
}

// variable finds what ${path} stands for: something saved or furnished, a moment such as
// now+2h, a picture, or a UUID that stays the same within the story.
func (s *scene) variable(where, path string) any {
	s.t.Helper()
	if moment.MatchString(path) {
		return s.instant(path)
	}
	// ${date:now+1d} is the day of a moment, in UTC.
	if rest, ok := strings.CutPrefix(path, "date:"); ok {
		return fmt.Sprint(s.instant(rest))[:len(time.DateOnly)]
	}
	// ${secret:link} is what stands behind the # of a link, ${lastid:name} the id a name ends
	// in, ${long:n} a text of n letters, ${families:n} one of n that take 25 bytes each.
	if rest, ok := strings.CutPrefix(path, "secret:"); ok {
		_, secret, _ := strings.Cut(fmt.Sprint(s.variable(where, rest)), "#")
		return secret
	}
	if rest, ok := strings.CutPrefix(path, "lastid:"); ok {
		name := fmt.Sprint(s.variable(where, rest))
		return name[strings.LastIndexByte(name, '/')+1:]
	}
	if rest, ok := strings.CutPrefix(path, "long:"); ok {
		n, _ := strconv.Atoi(rest)
		return strings.Repeat("x", n)
	}
	if rest, ok := strings.CutPrefix(path, "families:"); ok {
		n, _ := strconv.Atoi(rest)
		return strings.Repeat("👨‍👩‍👧‍👦", n)
	}
	// ${size:camera} and ${sha256:camera} are what a sender says of a picture.
	if name, ok := strings.CutPrefix(path, "picture."); ok {
		return encoded(pictures()[name])
	}
	if name, ok := strings.CutPrefix(path, "size:"); ok {
		return strconv.Itoa(len(pictures()[name]))
	}
	if name, ok := strings.CutPrefix(path, "sha256:"); ok {
		return fmt.Sprintf("%x", sha256.Sum256(pictures()[name]))
	}
	if strings.HasPrefix(path, "uuid.") && s.vars[path] == nil {
		s.vars[path] = uuid.NewString()
	}
	if v, ok := s.vars[path]; ok {
		return v
	}
	var v any = s.vars
	for key := range strings.SplitSeq(path, ".") {
		switch at := v.(type) {
		case object:
			v = at[key]
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i >= len(at) {
				s.t.Fatalf("%s: ${%s}: no element %q in %s", where, path, key, text(at))
			}
			v = at[i]
		default:
			v = nil
		}
		if v == nil {
			s.t.Fatalf("%s: there is no ${%s}", where, path)
		}
	}
	return v
}

func (s *scene) instant(path string) string {
	at := s.now().UTC().Truncate(time.Second)
	if rest := strings.TrimPrefix(path, "now"); rest != "" {
		at = at.Add(span(rest))
	}
	return at.Format(time.RFC3339)
}

// span is a length of time such as 10m, -1h or 31d.
func span(said string) time.Duration {
	n, err := strconv.Atoi(said[:len(said)-1])
	unit := map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour}[said[len(said)-1]]
	if err != nil || unit == 0 {
		panic("apitest: no length of time: " + said)
	}
	return time.Duration(n) * unit
}
