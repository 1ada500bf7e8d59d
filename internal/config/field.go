package config

import (
	"fmt"
	"log/slog"
	"net/netip"
	"reflect"
	"strings"
	"time"
)

// prefix begins the name of every setting in the environment. Kubernetes sets variables
// with it too, for a Service of our name (IMPRIMATUR_PORT, IMPRIMATUR_SERVICE_HOST, …), so
// an unknown one is no error and no setting is called like these.
const prefix = "IMPRIMATUR_"

// fileSuffix, behind the name of a secret in the environment, names a file that holds it.
const fileSuffix = "_FILE"

// field is one setting.
type field struct {
	index  int
	flag   string
	env    string
	help   string
	unset  string
	secret bool
}

// fields lists the settings in the order of Config.
func fields() []field {
	t := reflect.TypeFor[Config]()
	list := make([]field, t.NumField())
	for i := range list {
		f := t.Field(i)
		name := f.Tag.Get("flag")
		list[i] = field{
			index:  i,
			flag:   name,
			env:    prefix + strings.ToUpper(strings.ReplaceAll(name, "-", "_")),
			help:   f.Tag.Get("help"),
			unset:  f.Tag.Get("unset"),
			secret: f.Type == reflect.TypeFor[Secret](),
		}
	}
	return list
}

// set parses text into the field of c.
func (f field) set(c *Config, text string) error {
	switch p := reflect.ValueOf(c).Elem().Field(f.index).Addr().Interface().(type) {
	case *string:
		*p = text
	case *Secret:
		*p = Secret(text)
	case *time.Duration:
		d, err := time.ParseDuration(text)
		if err != nil {
			return fmt.Errorf("%q is not a duration such as 20s", text)
		}
		*p = d
	case *Size:
		size, err := parseSize(text)
		if err != nil {
			return err
		}
		*p = size
	case *slog.Level:
		if err := p.UnmarshalText([]byte(text)); err != nil {
			return fmt.Errorf("%q is none of debug, info, warn, error", text)
		}
	case *[]netip.Prefix:
		list, err := networks(text)
		if err != nil {
			return err
		}
		*p = list
	default:
		panic(fmt.Sprintf("config: no parser for %T", p))
	}
	return nil
}

// text is the opposite of set; a secret is not shown.
func (f field) text(c Config) string {
	switch v := reflect.ValueOf(c).Field(f.index).Interface().(type) {
	case slog.Level:
		return strings.ToLower(v.String())
	case []netip.Prefix:
		parts := make([]string, len(v))
		for i, n := range v {
			parts[i] = n.String()
		}
		return strings.Join(parts, ",")
	default:
		return fmt.Sprint(v)
	}
}

// networks reads a comma-separated list; an address alone is a network of one.
func networks(text string) ([]netip.Prefix, error) {
	var list []netip.Prefix
	for part := range strings.SplitSeq(text, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		if a, err := netip.ParseAddr(part); err == nil {
			list = append(list, netip.PrefixFrom(a, a.BitLen()))
			continue
		}
		n, err := netip.ParsePrefix(part)
		if err != nil {
			return nil, fmt.Errorf("%q is not a network such as 10.1.0.0/16", part)
		}
		list = append(list, n.Masked())
	}
	return list, nil
}

// kind is the name of the field's type in the help of the command line.
func (f field) kind() string {
	switch reflect.TypeFor[Config]().Field(f.index).Type {
	case reflect.TypeFor[time.Duration]():
		return "duration"
	case reflect.TypeFor[[]netip.Prefix]():
		return "networks"
	case reflect.TypeFor[Size]():
		return "size"
	}
	return "string"
}
