package storetest

import (
	"encoding/json"
	"reflect"
	"strings"
	"time"

	"pgregory.net/rapid"
)

// fill sets every field of the value v points to: texts with every letter there is,
// zero and other times, empty and full lists. A field that is added to a type is tested
// from that day.
func fill(t *rapid.T, v any) {
	fillValue(t, reflect.ValueOf(v).Elem(), "value")
}

func fillValue(t *rapid.T, v reflect.Value, name string) {
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(instants.Draw(t, name)))
		return
	case json.RawMessage:
		v.Set(reflect.ValueOf(documents.Draw(t, name)))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(words.Draw(t, name))
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, name))
	case reflect.Int, reflect.Int64:
		v.SetInt(rapid.Int64Range(0, 1<<40).Draw(t, name))
	case reflect.Struct:
		for i := range v.NumField() {
			if field := v.Type().Field(i); field.IsExported() { // no other is kept
				fillValue(t, v.Field(i), field.Name)
			}
		}
	case reflect.Pointer:
		if rapid.Bool().Draw(t, name+" is set") {
			v.Set(reflect.New(v.Type().Elem()))
			fillValue(t, v.Elem(), name)
		}
	case reflect.Slice:
		fillSlice(t, v, name)
	case reflect.Map:
		v.Set(reflect.ValueOf(rapid.MapOfN(words, words, 0, 3).Draw(t, name)))
	default:
		t.Fatalf("nobody knows how to fill a %s", v.Type())
	}
}

func fillSlice(t *rapid.T, v reflect.Value, name string) {
	if v.Type().Elem().Kind() == reflect.Uint8 {
		v.SetBytes(rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(t, name))
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), rapid.IntRange(0, 3).Draw(t, name+" length"), 3))
	for i := range v.Len() {
		fillValue(t, v.Index(i), name)
	}
}

var (
	// words are texts in every script; NUL is the one letter PostgreSQL cannot keep.
	words = rapid.Map(rapid.String(), func(s string) string { return strings.ReplaceAll(s, "\x00", "") })

	// instants are the zero time and microseconds until 2096.
	instants = rapid.OneOf(
		rapid.Just(time.Time{}),
		rapid.Map(rapid.Int64Range(0, 4e15), func(us int64) time.Time { return time.UnixMicro(us).UTC() }),
	)

	documents = rapid.Map(rapid.MapOfN(words, words, 0, 3), func(m map[string]string) json.RawMessage {
		// Spaces and order must survive: the ledger hashes the text.
		data, err := json.MarshalIndent(m, " ", "  ")
		if err != nil {
			panic(err)
		}
		return data
	})
)

// some draws one of the values.
func some[T any](t *rapid.T, values []T, name string) T {
	return rapid.SampledFrom(values).Draw(t, name)
}
