package gateway

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/url"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"github.com/grpc-ecosystem/grpc-gateway/v2/utilities"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// codec reads and writes JSON. An unknown field is an error. Unset texts, numbers and lists
// are written, so that a client need not guess; an unset message or time is left out, since
// a null would be one more case for everybody.
type codec struct{ runtime.JSONPb }

func newCodec() *codec {
	return &codec{runtime.JSONPb{
		MarshalOptions:   protojson.MarshalOptions{EmitDefaultValues: true},
		UnmarshalOptions: protojson.UnmarshalOptions{DiscardUnknown: false},
	}}
}

// NewDecoder returns a decoder of a whole body: unlike the library's, it does not stop
// after the first value and leave the rest unread.
func (c *codec) NewDecoder(r io.Reader) runtime.Decoder {
	return runtime.DecoderFunc(func(v any) error {
		data, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		if len(bytes.TrimSpace(data)) == 0 {
			return io.EOF
		}
		m, err := target(v)
		if err != nil {
			return err
		}
		return c.UnmarshalOptions.Unmarshal(data, m)
	})
}

// target returns the message behind v: v itself, or what v points to, made if missing.
func target(v any) (proto.Message, error) {
	if m, ok := v.(proto.Message); ok {
		return m, nil
	}
	pointer := reflect.ValueOf(v)
	if pointer.Kind() != reflect.Pointer || pointer.Elem().Kind() != reflect.Pointer {
		return nil, fmt.Errorf("no message in %T", v)
	}
	if pointer.Elem().IsNil() {
		pointer.Elem().Set(reflect.New(pointer.Elem().Type().Elem()))
	}
	m, ok := pointer.Elem().Interface().(proto.Message)
	if !ok {
		return nil, fmt.Errorf("no message in %T", v)
	}
	return m, nil
}

// strictQuery refuses query parameters that the library would silently ignore: a misspelt
// filter must not list everything.
type strictQuery struct{ runtime.DefaultQueryParser }

// strictQueries makes every mux of the process strict. The library keeps its parser in a
// variable, so it is set once.
var strictQueries = sync.OnceFunc(func() {
	runtime.NewServeMux(runtime.SetQueryParameterParser(&strictQuery{}))
})

var mapKey = regexp.MustCompile(`\[.*\]$`)

// Parse fills msg from the query.
func (p *strictQuery) Parse(msg proto.Message, values url.Values, filter *utilities.DoubleArray) error {
	for key, list := range values {
		if err := p.parse(msg, key, list, filter); err != nil {
			return fmt.Errorf("query parameter %q: %w", strings.ReplaceAll(key, `"`, "'"), err)
		}
	}
	return nil
}

func (p *strictQuery) parse(msg proto.Message, key string, list []string, filter *utilities.DoubleArray) error {
	d := msg.ProtoReflect().Descriptor()
	path, last, found := fieldPath(d, mapKey.ReplaceAllString(key, ""))
	if !found {
		return noParameter(d, filter)
	}
	if filter.HasCommonPrefix(path) {
		return errors.New("it is said by the path or the body")
	}
	if last != nil && last.FullName() == "google.protobuf.FieldMask" {
		list = protoNames(list)
	}
	err := p.DefaultQueryParser.Parse(msg, url.Values{key: list}, filter)
	if e, ok := errors.AsType[*strconv.NumError](err); ok {
		return illTyped(e)
	}
	return err
}

// illTyped says what a value should have been, in the place of Go's words.
func illTyped(e *strconv.NumError) error {
	switch {
	case e.Func == "ParseBool":
		return errors.New("want true or false")
	case errors.Is(e, strconv.ErrRange):
		return errors.New("the number is too large, too small or negative")
	}
	return errors.New("want a number")
}

// noParameter says what may be asked for instead, as JSON names it.
func noParameter(d protoreflect.MessageDescriptor, filter *utilities.DoubleArray) error {
	var names []string
	for i := range d.Fields().Len() {
		if fd := d.Fields().Get(i); !filter.HasCommonPrefix([]string{string(fd.Name())}) {
			names = append(names, fd.JSONName())
		}
	}
	if len(names) == 0 {
		return errors.New("there is no such parameter, and no other")
	}
	return fmt.Errorf("there is no such parameter; there are: %s", strings.Join(names, ", "))
}

var capital = regexp.MustCompile(`[A-Z]`)

// protoNames gives the fields of a mask the names of the proto. In a body they are called
// as in JSON, and whoever fills a query calls them the same; the library does not know that.
func protoNames(masks []string) []string {
	out := make([]string, len(masks))
	for i, mask := range masks {
		out[i] = capital.ReplaceAllStringFunc(mask, func(c string) string { return "_" + strings.ToLower(c) })
	}
	return out
}

// fieldPath returns the names of the fields that a parameter leads through, and the type of
// the last, nil when it is no message.
func fieldPath(d protoreflect.MessageDescriptor, key string) (path []string, last protoreflect.MessageDescriptor, found bool) {
	for name := range strings.SplitSeq(key, ".") {
		if d == nil {
			return nil, nil, false
		}
		fd := d.Fields().ByName(protoreflect.Name(name))
		if fd == nil {
			fd = d.Fields().ByJSONName(name)
		}
		if fd == nil {
			return nil, nil, false
		}
		path = append(path, string(fd.Name()))
		d = fd.Message()
	}
	return path, d, true
}
