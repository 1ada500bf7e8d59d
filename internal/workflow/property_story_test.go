package workflow_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// What the walk did is told in words of this test: each deed as the call that does it
// again. So a run that failed is kept as a plain test, and stays what it was when deeds
// are added, or drawn in another order.

// telling notes a deed, unless it is part of another; what it returns ends it, and asks
// whether all is well.
func (w *world) telling(deed string, of ...any) func() {
	if w.inside == 0 {
		w.told = append(w.told, "w."+deed+"("+w.words(of...)+")")
	}
	w.inside++
	return func() {
		if w.inside--; w.inside == 0 && !w.tb.Failed() {
			w.glance()
		}
	}
}

// print prints a run that failed as a story.
func (w *world) print(wrong []string) {
	if w.tb.Failed() {
		w.tb.Logf("as a story, for property_kept_test.go:\n\t\t%s\nfor %s", strings.Join(w.told, "\n\t\t"), strings.Join(wrong, "; "))
	}
}

// story does what is told, after what every run begins with, and asks what is asked of a run.
func story(t *testing.T, tell func(w *world)) {
	t.Helper()
	t.Parallel()
	w := newWorld(t, t.Context(), func(tb testing.TB, ledger *workflowtest.Ledger) *workflowtest.House {
		return workflowtest.New(tb, ledger)
	})
	w.begin()
	tell(w)
	w.settled()
}

// words are values as the source of this test names them.
func (w *world) words(of ...any) string {
	said := make([]string, len(of))
	for i, v := range of {
		said[i] = w.word(reflect.ValueOf(v))
	}
	return strings.Join(said, ", ")
}

func (w *world) word(v reflect.Value) string {
	if !v.IsValid() {
		return "nil"
	}
	switch x := v.Interface().(type) {
	case *writing:
		if i := slices.Index(w.items, x); i >= 0 {
			return fmt.Sprintf("w.items[%d]", i)
		}
		if i := slices.Index(w.posts, x); i >= 0 {
			return fmt.Sprintf("w.posts[%d]", i)
		}
		return "nil"
	case *stop:
		return fmt.Sprintf("w.holds[%d]", slices.Index(w.holds, x))
	case time.Duration:
		return durationWord(x)
	}
	switch v.Kind() {
	case reflect.String:
		return w.known(v)
	case reflect.Slice:
		var of []string
		for i := range v.Len() {
			of = append(of, w.word(v.Index(i)))
		}
		return typeWord(v) + "{" + strings.Join(of, ", ") + "}"
	case reflect.Struct:
		var of []string
		for i := range v.NumField() {
			if f := v.Field(i); !f.IsZero() {
				of = append(of, v.Type().Field(i).Name+": "+w.word(readable(f)))
			}
		}
		return typeWord(v) + "{" + strings.Join(of, ", ") + "}"
	default:
		return fmt.Sprint(v.Interface())
	}
}

// readable is a field's value, also of one that is not exported.
func readable(f reflect.Value) reflect.Value {
	if f.CanInterface() {
		return f
	}
	switch f.Kind() {
	case reflect.String:
		return reflect.ValueOf(f.String()).Convert(f.Type())
	case reflect.Bool:
		return reflect.ValueOf(f.Bool()).Convert(f.Type())
	case reflect.Int, reflect.Int64:
		return reflect.ValueOf(f.Int()).Convert(f.Type())
	case reflect.Slice:
		out := reflect.MakeSlice(f.Type(), f.Len(), f.Len())
		for i := range f.Len() {
			out.Index(i).Set(readable(f.Index(i)))
		}
		return out
	default:
		panic("a story cannot tell a " + f.Type().String())
	}
}

func typeWord(v reflect.Value) string {
	name := v.Type().String()
	if s, ok := strings.CutPrefix(name, "[]*workflow_test."); ok {
		return "[]*" + s
	}
	return strings.TrimPrefix(name, "workflow_test.")
}

func durationWord(d time.Duration) string {
	switch {
	case d != 0 && d%time.Hour == 0:
		return fmt.Sprintf("%d * time.Hour", d/time.Hour)
	case d != 0 && d%time.Minute == 0:
		return fmt.Sprintf("%d * time.Minute", d/time.Minute)
	default:
		return fmt.Sprint(int64(d))
	}
}

// known is a text, or what the world calls whose id it is.
func (w *world) known(v reflect.Value) string {
	id, name := v.String(), ""
	for _, p := range w.names() {
		if id == string(p.id) {
			name = "w." + p.name
		}
	}
	for i, place := range w.places {
		if id == string(place) {
			name = fmt.Sprintf("w.places[%d]", i)
		}
	}
	if i := slices.IndexFunc(w.posts, func(x *writing) bool { return x.id == id }); i >= 0 {
		return fmt.Sprintf("w.posts[%d].id", i)
	}
	switch {
	case name == "":
		return fmt.Sprintf("%q", id)
	case v.Type() == reflect.TypeFor[string]():
		return "string(" + name + ")"
	default:
		return name
	}
}

// called is a person and what the world calls him or her.
type called struct {
	name string
	id   advocacy.PersonID
}

func (w *world) names() []called {
	return []called{
		{"Author", w.Author}, {"Reader", w.Reader}, {"Curator", w.Curator}, {"Legal", w.Legal}, {"Legal2", w.Legal2},
		{"PR", w.PR}, {"Both", w.Both}, {"Admin", w.Admin}, {"second", w.second},
	}
}

// name is what a person is called in the house.
func (w *world) name(p advocacy.PersonID) string {
	i := slices.IndexFunc(w.names(), func(c called) bool { return c.id == p })
	if i < 0 {
		return string(p)
	}
	return strings.ToLower(w.names()[i].name)
}
