package apitest

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/imprimatur-hq/imprimatur/internal/config"
)

// privateNobody is a service as it is by default: webhooks reach public addresses only.
func privateNobody(c *config.Config) { c.WebhookNetworks = nil }

// desk is a scene with what bad input is thrown at, on a service of its own.
func desk(t *testing.T) (s *service, grpc, rest *scene) {
	t.Helper()
	s = start(t, privateNobody)
	foreign := s.furnish(t, "globex", canary)
	scenes := make(map[string]*scene)
	for name, d := range map[string]door{"grpc": grpcDoor{s.direct}, "rest": restDoor{base: s.base, client: s.http, spec: readSpec(t, s)}} {
		play := &scene{t: t, house: s.newHouse(t), door: d, doorName: name, foreign: foreign}
		scenes[name] = play
	}
	abroad := &scene{t: t, house: foreign, door: grpcDoor{s.direct}, doorName: "grpc"}
	abroad.begin(story{Steps: []step{{Play: "own_words"}, {Let: object{"draft": "${post}"}}}})
	for _, play := range scenes {
		play.begin(readStory(t, "testdata/parts/desk.yaml"))
		play.vars["bad"] = object{
			"bomb": encoded(bomb()), "short": encoded(pictures()["camera"][:900]),
			"svg":  encoded([]byte(`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(document.domain)</script></svg>`)),
			"html": encoded([]byte(`<!doctype html><script>alert(1)</script>`)),
		}
	}
	return s, scenes["grpc"], scenes["rest"]
}

// TestBadInput sends what people and programs get wrong. Each is refused with a typed error,
// and afterwards the database holds what it held before.
func TestBadInput(t *testing.T) {
	t.Parallel()
	s, grpc, rest := desk(t)
	for _, part := range []struct {
		name string
		test func(*testing.T, *service, *scene, *scene)
	}{
		{"sentences", testSentences},
		{"json", testBadJSON},
		{"wire", testBadWire},
		{"names", testMalformedNames},
		{"media", testOversizeMedia},
		{"addresses", testPrivateAddresses},
	} {
		t.Run(part.name, func(t *testing.T) {
			before := s.dump(t)
			part.test(t, s, grpc.in(t), rest.in(t))
			unchanged(t, part.name, before, s.dump(t))
		})
	}
}

// in is the scene on behalf of a part of the test.
func (s *scene) in(t *testing.T) *scene {
	out, h := *s, *s.house
	h.t, out.t, out.house = t, t, &h
	return &out
}

// testSentences refuses every line of testdata/badinput.yaml through both doors.
func testSentences(t *testing.T, s *service, grpc, rest *scene) {
	data, err := os.ReadFile("testdata/badinput.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var sentences map[string][]step
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	if err := d.Decode(&sentences); err != nil {
		t.Fatal(err)
	}
	for _, sentence := range slices.Sorted(maps.Keys(sentences)) {
		before := s.dump(t)
		for i, st := range sentences[sentence] {
			for _, play := range []*scene{grpc, rest} {
				if st.Door == "" || st.Door == play.doorName {
					refuseStep(t, play, fmt.Sprintf("%s %d %s through %s", sentence, i+1, st.Call, play.doorName), st)
				}
			}
		}
		unchanged(t, sentence, before, s.dump(t))
	}
}

func refuseStep(t *testing.T, play *scene, where string, st step) {
	t.Helper()
	counts := play.counts(t)
	a := play.answer(where, st)
	if wrong := play.wrong(where, st, a); wrong != "" {
		t.Errorf("%s: %s\n%.500s", where, wrong, a.raw)
	}
	if st.Want.Code == "" || st.Want.Reason == "" || st.Want.Code == "INVALID_ARGUMENT" && st.Want.Field == "" {
		t.Errorf("%s: wants no code, reason or field", where)
	}
	if now := play.counts(t); now != counts {
		t.Errorf("%s: the tables had %s rows, and have %s", where, counts, now)
	}
}

// tables lists what the service keeps, without the queue's own tables.
func (s *service) tables(t *testing.T) []string {
	t.Helper()
	all := column(t, s.Store.SQLWriter(), "select name from sqlite_master where type = 'table'")
	all = slices.DeleteFunc(all, func(table string) bool {
		return strings.HasPrefix(table, "river_") || strings.HasPrefix(table, "goose_") || strings.HasPrefix(table, "sqlite_")
	})
	if len(all) < 20 || !slices.Contains(all, "audit_records") {
		t.Fatalf("only these tables: %v", all)
	}
	return all
}

// counts is how many rows each table has.
func (s *service) counts(t *testing.T) string {
	t.Helper()
	var parts []string
	for _, table := range s.tables(t) {
		parts = append(parts, `'`+table+` ' || (select count(*) from "`+table+`")`)
	}
	return column(t, s.Store.SQLWriter(), "select "+strings.Join(parts, " || ', ' || "))[0]
}

// dump is a digest of every table, and how many rows it has.
func (s *service) dump(t *testing.T) map[string]string {
	t.Helper()
	db := s.Store.SQLWriter()
	out := make(map[string]string)
	for _, table := range s.tables(t) {
		rows := rowsOf(t, db, table)
		slices.Sort(rows)
		sum := sha256.Sum256([]byte(strings.Join(rows, "\n")))
		out[table] = fmt.Sprintf("%d rows, %s", len(rows), hex.EncodeToString(sum[:8]))
	}
	return out
}

func column(t *testing.T, db *sql.DB, query string) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

func rowsOf(t *testing.T, db *sql.DB, table string) []string {
	t.Helper()
	columns := column(t, db, "select name from pragma_table_info('"+table+"')")
	return column(t, db, `select quote("`+strings.Join(columns, `") || '|' || quote("`)+`") from "`+table+`"`)
}

func unchanged(t *testing.T, where string, before, after map[string]string) {
	t.Helper()
	for table := range after {
		if before[table] != after[table] {
			t.Errorf("%s: table %s had %s, and has %s", where, table, before[table], after[table])
		}
	}
}

// wants checks one refusal that was made by hand.
func wants(t *testing.T, where string, a answer, status int, code, reason, field string) {
	t.Helper()
	if a.http != 0 && a.http != status || a.code != code || a.reason != reason || field != "" && a.field != field {
		t.Errorf("%s: %d %s %s %q, want %d %s %s %q\n%.300s", where, a.http, a.code, a.reason, a.field, status, code, reason, field, a.raw)
	}
}

// testBadJSON sends bodies that no protojson would write.
func testBadJSON(t *testing.T, _ *service, _, h *scene) {
	rest := h.door.(restDoor)
	posts, post := "/v1/"+fmt.Sprint(h.vars["ws"])+"/posts", "/v1/"+fmt.Sprint(h.variable("", "draft.name"))
	for _, c := range []struct {
		rpc, path, body, reason, field string
		status                         int
	}{
		{"CreatePost", posts, `{"contents":{}}`, "UNKNOWN_FIELD", "contents", 400},
		{"CreatePost", posts, `{"content":{"language":"en","txt":"a"}}`, "UNKNOWN_FIELD", "content.txt", 400},
		{"CreatePost", posts, `{"content":{"language":"en","variants":[{"network":"wall"},{"netwrok":"wall"}]}}`, "UNKNOWN_FIELD", "content.variants[1].netwrok", 400},
		{"CreatePost", posts, `{"post":{"content":{}}}`, "UNKNOWN_FIELD", "post", 400},
		{"SubmitPost", post + ":submit", `{"digest":"x","force":true}`, "UNKNOWN_FIELD", "force", 400},
		{"CreatePost", posts, `{"content":{"language":"en","text":7}}`, "INVALID_VALUE", "content.text", 400},
		{"CreatePost", posts, `{"state":"ASLEEP"}`, "INVALID_VALUE", "state", 400},
		{"CreatePost", posts, `{"publishTime":"2027-01-01T09:00:00"}`, "INVALID_TIME", "publishTime", 400},
		{"CreatePost", posts, `{"publishTime":"tomorrow"}`, "INVALID_TIME", "publishTime", 400},
		{"CreatePost", posts, `{"publishTime":"2027-01-01 09:00"}`, "INVALID_TIME", "publishTime", 400},
		{"CreatePost", posts, `{"content":`, "INVALID_JSON", "", 400},
		{"CreatePost", posts, `{"note":"a"} {"note":"b"}`, "INVALID_JSON", "", 400},
		{"CreatePost", posts, `not json`, "INVALID_JSON", "", 400},
		{"CreatePost", posts, "{\"note\":\"a\xff\xfeb\"}", "INVALID_UTF8", "note", 400},
		{"CreatePost", posts, "{\"content\":{\"language\":\"fr\",\"text\":\"caf\xe9\"}}", "INVALID_UTF8", "content.text", 400},
		{"CreatePost", posts + "?requestID=1", `{}`, "INVALID_PARAMETER", "requestID", 400},
		{"ListPosts", posts + "?page_sise=1", "", "INVALID_PARAMETER", "page_sise", 400},
		{"ListPosts", posts + "?pageSize=many", "", "INVALID_PARAMETER", "pageSize", 400},
		{"ListPosts", posts + "?filter=%ff%fe", "", "INVALID_UTF8", "filter", 400},
		{"ListPosts", posts + "?filter=%zz", "", "INVALID_QUERY", "", 400},
		{"GetPost", "/v1/" + fmt.Sprint(h.vars["ws"]) + "/posts/%ff", "", "INVALID_UTF8", "", 400},
		{"CreatePost", posts, `{"note":"` + strings.Repeat("x", 4<<20) + `"}`, "BODY_TOO_LARGE", "", 413},
		{"CreatePost", posts, strings.Repeat("[", 200_000), "INVALID_JSON", "", 400},
	} {
		verb, kind := http.MethodPost, "application/json"
		if c.body == "" {
			verb, kind = http.MethodGet, ""
		}
		a := rest.exchange(t, h.tokens["employee"], rpcs[c.rpc], rest.request(t, verb, c.path, kind, []byte(c.body)))
		wants(t, fmt.Sprintf("%s %.60q", c.path, c.body), a, c.status, "INVALID_ARGUMENT", c.reason, c.field)
	}
	for _, kind := range []string{"text/plain", "application/xml", "application/json; charset=latin1", ""} {
		a := rest.exchange(t, h.tokens["employee"], rpcs["CreatePost"], rest.request(t, http.MethodPost, posts, kind, []byte(`{"note":"x"}`)))
		wants(t, "a body of type "+kind, a, http.StatusUnsupportedMediaType, "INVALID_ARGUMENT", "UNSUPPORTED_MEDIA_TYPE", "")
	}
}
