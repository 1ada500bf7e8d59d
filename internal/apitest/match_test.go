package apitest

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// mismatch says where got is not what was wanted, "" when it is.
//
// A map is matched partially. A list is matched whole, one by one, unless it is wanted as
// {$any: x} (one element matches x), {$none: x} or {$len: n}. "*" is anything but empty, "/x/"
// a regular expression, null anything empty.
func mismatch(path string, want, got any) string {
	switch w := want.(type) {
	case nil:
		if !empty(got) {
			return fmt.Sprintf("%s is %v, want nothing", path, text(got))
		}
		return ""
	case object:
		return mismatchMap(path, w, got)
	case []any:
		list, ok := got.([]any)
		if !ok || len(list) != len(w) {
			return fmt.Sprintf("%s is %s, want %d elements", path, text(got), len(w))
		}
		for i := range w {
			if m := mismatch(fmt.Sprintf("%s.%d", path, i), w[i], list[i]); m != "" {
				return m
			}
		}
		return ""
	case string:
		return mismatchText(path, w, got)
	}
	if reflect.DeepEqual(want, got) || fmt.Sprint(want) == fmt.Sprint(got) {
		return ""
	}
	return fmt.Sprintf("%s is %s, want %v", path, text(got), want)
}

func mismatchMap(path string, want object, got any) string {
	if isListWant(want) {
		return mismatchList(path, want, got)
	}
	m, ok := got.(object)
	if !ok {
		return fmt.Sprintf("%s is %s, want fields", path, text(got))
	}
	for _, k := range slices.Sorted(maps.Keys(want)) {
		if wrong := mismatch(strings.TrimPrefix(path+"."+k, "."), want[k], m[k]); wrong != "" {
			return wrong
		}
	}
	return ""
}

func isListWant(want object) bool {
	for k := range want {
		if strings.HasPrefix(k, "$") {
			return true
		}
	}
	return false
}

func mismatchList(path string, want object, got any) string {
	list, _ := got.([]any)
	matches := func(w any) bool {
		return slices.ContainsFunc(list, func(e any) bool { return mismatch(path, w, e) == "" })
	}
	for k, w := range want {
		switch {
		case k == "$any" && !matches(w):
			return fmt.Sprintf("%s is %s, want one like %s", path, text(got), text(w))
		case k == "$none" && matches(w):
			return fmt.Sprintf("%s is %s, want none like %s", path, text(got), text(w))
		case k == "$len" && fmt.Sprint(len(list)) != fmt.Sprint(w):
			return fmt.Sprintf("%s has %d elements, want %v: %s", path, len(list), w, text(got))
		case k != "$any" && k != "$none" && k != "$len":
			return fmt.Sprintf("%s: a list cannot be wanted as %s", path, k)
		}
	}
	return ""
}

func mismatchText(path, want string, got any) string {
	switch {
	case want == "*":
		if empty(got) {
			return path + " is empty, want something"
		}
		return ""
	case len(want) > 2 && want[0] == '/' && want[len(want)-1] == '/':
		s, ok := got.(string)
		if !ok || !regexp.MustCompile(want[1:len(want)-1]).MatchString(s) {
			return fmt.Sprintf("%s is %s, want %s", path, text(got), want)
		}
		return ""
	case got != any(want):
		return fmt.Sprintf("%s is %s, want %q", path, text(got), want)
	}
	return ""
}

func empty(v any) bool {
	if v == nil {
		return true
	}
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.Map, reflect.Slice:
		return r.Len() == 0
	default:
		return r.IsZero()
	}
}
