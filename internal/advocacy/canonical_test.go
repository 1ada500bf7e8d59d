package advocacy_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"

	jcs "github.com/cyberphone/json-canonicalization/go/src/webpki.org/jsoncanonicalizer"
	"github.com/google/go-cmp/cmp"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// canonicalByLibrary is the form the bytes must have, by way of encoding/json and a
// library that knows nothing of manifests.
func canonicalByLibrary(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err == nil {
		data, err = jcs.Transform(data)
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// fill gives every field of v, at any depth, a value of its own, and every list two
// elements, so that a field the canonical form forgets is missed.
func fill(v reflect.Value, n *int) {
	switch *n++; v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("value %d", *n))
	case reflect.Int:
		v.SetInt(int64(*n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fill(v.Index(i), n)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), n)
		}
	default:
		panic("a manifest cannot have a " + v.Kind().String())
	}
}

// TestCanonicalIsComplete holds that each field is written, whatever fields there are.
func TestCanonicalIsComplete(t *testing.T) {
	t.Parallel()
	var full, empty advocacy.Manifest
	n := 0
	fill(reflect.ValueOf(&full).Elem(), &n)
	bare := advocacy.Manifest{Targets: []advocacy.Target{{}, {Rendering: advocacy.Rendering{Media: []advocacy.RenderedMedia{{}}}}}}
	for _, m := range []advocacy.Manifest{full, empty, bare, {Targets: []advocacy.Target{}}, aManifest()} {
		if diff := cmp.Diff(canonicalByLibrary(t, m), string(m.Canonical())); diff != "" {
			t.Error(diff)
		}
	}
}

func FuzzCanonical(f *testing.F) {
	for _, text := range []string{"", "plain", "<b>&</b>\u2028\u2029", "\"\\/\b\f\n\r\t\x00\x1f\x7f", "é 🖋️ \U0010ffff", "\xff\xed\xa0\x80\xc3"} {
		f.Add(text, 0)
	}
	for _, n := range []int{1, -1, 1 << 53, 1<<53 + 1, 1<<63 - 1, -1 << 63, 999_999_999_999_999_999} {
		f.Add("n", n)
	}
	f.Fuzz(func(t *testing.T, text string, n int) {
		m := advocacy.Manifest{
			Schema: text, Workspace: advocacy.WorkspaceID(text), Kind: advocacy.SubjectKind(text),
			Targets: []advocacy.Target{{Account: advocacy.AccountID(text), Alternative: text, Rendering: advocacy.Rendering{
				Text: text, Link: text, Media: []advocacy.RenderedMedia{{AltText: text, Width: n, Height: -n, Duration: n, Pages: -n}},
			}}},
		}
		if diff := cmp.Diff(canonicalByLibrary(t, m), string(m.Canonical())); diff != "" {
			t.Error(diff)
		}
	})
}
