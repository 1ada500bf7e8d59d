package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
	"github.com/imprimatur-hq/imprimatur/internal/catalogue"
)

// deskPage is how many rows the desks show at a time.
const deskPage = 50

// everyPage is the most rows the API gives at a time, for lists that fill a field.
const everyPage = 200

// tab is one of a page's views.
type tab struct {
	Address, Text string
	Current       bool
}

// option is one value of a list to choose from.
type option struct {
	Value, Text string
	Chosen      bool
}

// tongues are the languages that texts are offered in. One that a program wrote can be in any.
var tongues = []string{"en", "fr", "de", "es", "it", "nl", "pt"}

// Tongues are the languages to choose from for a text: those texts are offered in, and what is chosen.
func (p page) Tongues(chosen string) []option { return p.among(tongues, chosen) }

// Spoken are the languages to choose from for people: those the service speaks, and what is chosen.
func (p page) Spoken(chosen []string) []option {
	return p.among([]string{catalogue.English, catalogue.French}, chosen...)
}

// among are languages to choose from, in words, those that are chosen among them.
func (p page) among(tags []string, chosen ...string) []option {
	var all []option
	for _, tag := range listWith(slices.Clone(tags), chosen...) {
		all = append(all, option{Value: tag, Text: p.Word("web.compose.language.", tag), Chosen: slices.Contains(chosen, tag)})
	}
	return all
}

// localTime is how a browser writes a moment into a form, without its zone.
const localTime = "2006-01-02T15:04"

// fields lists the values of a field that stands in a form several times, in order.
func (v *visitor) fields(name string) []string {
	_ = v.r.PostFormValue(name) // reads the form, of either encoding
	return v.r.PostForm[name]
}

// nth is a value of a field that stands in a form several times, "" beyond the last.
func nth(values []string, i int) string {
	if i < len(values) {
		return strings.ReplaceAll(values[i], "\r\n", "\n")
	}
	return ""
}

// commas reads words with commas, or lines, between them.
func commas(text string) []string {
	var words []string
	for _, word := range strings.FieldsFunc(text, func(c rune) bool { return c == ',' || c == '\n' || c == ';' }) {
		if word = strings.TrimSpace(word); word != "" {
			words = append(words, word)
		}
	}
	return words
}

// number reads a whole number, 0 for none; what is none is refused by the API's own bounds.
func number(text string) int32 {
	n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 32)
	if err != nil && strings.TrimSpace(text) != "" {
		return -1
	}
	return int32(n)
}

// instant reads a moment of a form in a zone, nil for none.
func instant(text, zone string) (*timestamppb.Timestamp, error) {
	if text == "" {
		return nil, nil
	}
	in, err := time.LoadLocation(zone)
	if err != nil {
		return nil, mistake("web.form.zone")
	}
	at, err := time.ParseInLocation(localTime, text, in)
	if err != nil {
		return nil, mistake("web.form.time")
	}
	return timestamppb.New(at), nil
}

// Local is a moment as a form's field shows it, in a zone; "" for none.
func (p page) Local(t *timestamppb.Timestamp, zone string) string {
	if t == nil {
		return ""
	}
	in, err := time.LoadLocation(zone)
	if err != nil || zone == "" {
		in = p.zone
	}
	return t.AsTime().In(in).Format(localTime)
}

// ZoneName is the workspace's time zone.
func (p page) ZoneName() string { return p.zone.String() }

// colleagues lists the active members whom a field offers, the chosen one marked.
func (v *visitor) colleagues(chosen string) ([]option, error) {
	answer, err := imprimaturv1.NewMemberServiceClient(v.conn).ListMembers(v.ctx, &imprimaturv1.ListMembersRequest{
		Parent: v.parent(), PageSize: everyPage, Filter: `state = "ACTIVE"`,
	})
	if err != nil {
		return nil, err
	}
	options := make([]option, 0, len(answer.GetMembers()))
	for _, m := range answer.GetMembers() {
		v.members[m.GetName()] = m
		options = append(options, option{m.GetName(), m.GetDisplayName(), m.GetName() == chosen})
	}
	return options, nil
}

// more is the address of the next page of what is shown, "" at the end.
func (v *visitor) more(token string) string { return v.moreOf("page", token) }

// moreOf is more of one list among several, whose place in the address has a name of its own.
func (v *visitor) moreOf(list, token string) string {
	if token == "" {
		return ""
	}
	query := make(url.Values)
	for key, values := range v.r.URL.Query() {
		query[key] = values
	}
	query.Set(list, token)
	return v.r.URL.Path + "?" + query.Encode()
}

// query is a value of the address.
func (v *visitor) query(name string) string { return v.r.URL.Query().Get(name) }

// quoted writes a value of a filter.
func quoted(value string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(value) + `"`
}

// lastPart is the id at the end of a resource name.
func lastPart(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }
