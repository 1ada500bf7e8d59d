package routing

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// decoder puts a tree into Go values by their json tags. It goes on after a problem, so
// that an author sees all of them at once, and remembers the line of every path.
type decoder struct {
	problems Problems
	lines    map[string]int
}

// preset is a type whose values are not all zero when a document does not say.
type preset interface{ preset() }

// problem notes what is wrong at a node, by its code and pairs of a name and a fact.
func (d *decoder) problem(n *yaml.Node, path, code string, pairs ...any) {
	d.problems = append(d.problems, problem(policyInvalid, path, n.Line, wrong(code, pairs...)))
}

func (d *decoder) into(n *yaml.Node, v reflect.Value, path string, depth int) {
	d.lines[path] = n.Line
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		d.problem(n, path, "ANCHOR")
		return
	case depth > maxDepth:
		d.problem(n, path, "DEEP", "most", maxDepth)
		return
	case n.Tag == "!!null":
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		d.record(n, v, path, depth)
	case reflect.Map:
		d.named(n, v, path, depth)
	case reflect.Slice:
		d.list(n, v, path, depth)
	default:
		d.scalar(n, v, path)
	}
}

// record reads a mapping whose keys are known.
func (d *decoder) record(n *yaml.Node, v reflect.Value, path string, depth int) {
	fields := make(map[string]int)
	for i := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		fields[name] = i
	}
	d.pairs(n, path, func(key, value *yaml.Node, at string) {
		i, known := fields[key.Value]
		if !known {
			names := make([]string, 0, len(fields))
			for name := range fields {
				names = append(names, name)
			}
			slices.Sort(names)
			d.problem(key, at, "FIELD_UNKNOWN", "field", strconv.Quote(key.Value), "fields", strings.Join(names, ", "))
			return
		}
		d.into(value, v.Field(i), at, depth+1)
	})
}

// named reads a mapping whose keys the author chose.
func (d *decoder) named(n *yaml.Node, v reflect.Value, path string, depth int) {
	if v.IsNil() {
		v.Set(reflect.MakeMap(v.Type()))
	}
	d.pairs(n, path, func(key, value *yaml.Node, at string) {
		element := fresh(v.Type().Elem())
		d.into(value, element, at, depth+1)
		v.SetMapIndex(reflect.ValueOf(key.Value), element)
	})
}

// pairs visits the keys and values of a mapping.
func (d *decoder) pairs(n *yaml.Node, path string, visit func(key, value *yaml.Node, at string)) {
	if n.Kind != yaml.MappingNode {
		d.problem(n, path, "NOT_FIELDS", "found", kindOf(n))
		return
	}
	seen := make(map[string]bool)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.Kind != yaml.ScalarNode || key.Tag != "!!str" {
			d.problem(key, path, "NOT_A_NAME", "found", kindOf(key))
			continue
		}
		at := strings.TrimPrefix(path+"."+key.Value, ".")
		if seen[key.Value] {
			d.problem(key, at, "FIELD_TWICE", "field", strconv.Quote(key.Value))
			continue
		}
		seen[key.Value] = true
		visit(key, value, at)
	}
}

func (d *decoder) list(n *yaml.Node, v reflect.Value, path string, depth int) {
	if n.Kind != yaml.SequenceNode {
		d.problem(n, path, "NOT_A_LIST", "found", kindOf(n))
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), 0, len(n.Content)))
	for i, child := range n.Content {
		element := fresh(v.Type().Elem())
		d.into(child, element, fmt.Sprintf("%s[%d]", path, i), depth+1)
		v.Set(reflect.Append(v, element))
	}
}

// fresh is a new value as a document that says nothing means it.
func fresh(t reflect.Type) reflect.Value {
	v := reflect.New(t)
	if p, ok := v.Interface().(preset); ok {
		p.preset()
	}
	return v.Elem()
}

func (d *decoder) scalar(n *yaml.Node, v reflect.Value, path string) {
	switch {
	case n.Kind != yaml.ScalarNode:
	case v.Kind() == reflect.String && (n.Tag == "!!str" || n.Tag == "!!timestamp"):
		v.SetString(n.Value)
		return
	case v.Kind() == reflect.Bool && n.Tag == "!!bool" && (n.Value == "true" || n.Value == "false"):
		v.SetBool(n.Value == "true")
		return
	case v.Kind() == reflect.Int && n.Tag == "!!int":
		if number, err := strconv.Atoi(n.Value); err == nil {
			v.SetInt(int64(number))
			return
		}
	}
	code := map[reflect.Kind]string{reflect.String: "NOT_TEXT", reflect.Bool: "NOT_TRUE", reflect.Int: "NOT_A_NUMBER"}[v.Kind()]
	d.problem(n, path, code, "found", kindOf(n))
}

// kindOf shows what stands there in signs that no language has to have words for.
func kindOf(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "{…}"
	case yaml.SequenceNode:
		return "[…]"
	case yaml.ScalarNode:
		return strconv.Quote(n.Value)
	default:
		return "null"
	}
}
