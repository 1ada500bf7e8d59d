package apitest

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// targetOf is the path, in JSON names, of the field that says what a method is called for.
func targetOf(m protoreflect.MethodDescriptor) string {
	fields := m.Input().Fields()
	if mask := fields.ByName("update_mask"); mask != nil {
		for i := range fields.Len() {
			if fd := fields.Get(i); isResource(fd) {
				return fd.JSONName() + ".name"
			}
		}
	}
	if fields.ByName("name") != nil {
		return "name"
	}
	return "parent"
}

func isResource(fd protoreflect.FieldDescriptor) bool {
	return fd.Message() != nil && !fd.IsList() && proto.HasExtension(fd.Message().Options(), annotations.E_Resource)
}

func behaves(fd protoreflect.FieldDescriptor, b annotations.FieldBehavior) bool {
	all, _ := proto.GetExtension(fd.Options(), annotations.E_FieldBehavior).([]annotations.FieldBehavior)
	return slices.Contains(all, b)
}

// referencesOf counts the fields below a request, besides what it is called for, that
// clients fill with the name of a resource. What is immutable is no part of an update.
func referencesOf(d protoreflect.MessageDescriptor, update bool) int {
	n := 0
	for i := range d.Fields().Len() {
		fd := d.Fields().Get(i)
		if behaves(fd, annotations.FieldBehavior_OUTPUT_ONLY) || update && behaves(fd, annotations.FieldBehavior_IMMUTABLE) {
			continue
		}
		switch {
		case fd.Message() != nil && fd.Message().ParentFile().Package() == d.ParentFile().Package():
			n += referencesOf(fd.Message(), update)
		case fd.Name() != "name" && fd.Name() != "parent" && proto.HasExtension(fd.Options(), annotations.E_ResourceReference):
			n++
		}
	}
	return n
}

// walk visits every text of a request with its path; elements of lists are numbers.
func walk(path string, v any, visit func(path, value string)) {
	switch v := v.(type) {
	case object:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			walk(strings.TrimPrefix(path+"."+k, "."), v[k], visit)
		}
	case []any:
		for i, e := range v {
			walk(path+"."+strconv.Itoa(i), e, visit)
		}
	case string:
		visit(path, v)
	}
}

// lookupList follows a path that walk made.
func lookupList(v any, path string) any {
	for key := range strings.SplitSeq(path, ".") {
		switch at := v.(type) {
		case object:
			v = at[key]
		case []any:
			i, _ := strconv.Atoi(key)
			if i >= len(at) {
				return nil
			}
			v = at[i]
		default:
			return nil
		}
	}
	return v
}

// replaced is a copy of a request with another value at a path that walk made.
func replaced(v any, path string, value any) any {
	head, rest, nested := strings.Cut(path, ".")
	switch v := v.(type) {
	case object:
		out := maps.Clone(v)
		out[head] = value
		if nested {
			out[head] = replaced(v[head], rest, value)
		}
		return out
	case []any:
		out := slices.Clone(v)
		i, err := strconv.Atoi(head)
		if err != nil {
			panic(fmt.Sprintf("%q is no element", head))
		}
		out[i] = value
		if nested {
			out[i] = replaced(v[i], rest, value)
		}
		return out
	}
	panic(fmt.Sprintf("nothing at %q", path))
}
