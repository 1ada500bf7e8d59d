package apitest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// story is one file of testdata/stories, or a part of several in testdata/parts.
type story struct {
	Description string `yaml:"description"`
	// Defaults are variables of a part that who plays it may set.
	Defaults object `yaml:"defaults"`
	// Policy is a routing policy document put in force before the story begins.
	Policy object `yaml:"policy"`
	Steps  []step `yaml:"steps"`
}

// step is one thing that happens: a call, a public page, or a whole part.
type step struct {
	// As is who calls: a person of the furnished workspace, key, nobody, foreign, or a
	// bearer secret that was saved.
	As      string `yaml:"as"`
	Call    string `yaml:"call"`
	Request object `yaml:"request"`
	// Get fetches a public page instead of calling.
	Get string `yaml:"get"`
	// Visit opens an address of a network in a browser, with With added to its query, and saves what
	// the network sends back in the query it redirects to.
	Visit string `yaml:"visit"`
	// Play plays a part with these variables.
	Play string `yaml:"play"`
	With object `yaml:"with"`
	// Vanish hides a publication of this name from the wall behind the service's back, and has it
	// looked at.
	Vanish string `yaml:"vanish"`
	// Look has a publication of this name looked at.
	Look string `yaml:"look"`
	// Together takes steps at the same time, each by somebody of its own. What comes of it is one
	// of the orders they can have: each is answered OK or as it wants, its reason by an expression.
	Together []step `yaml:"together"`
	// Winners is how many of those that are together are answered OK, any number but none when 0.
	Winners int `yaml:"winners"`
	// Pass lets time pass, such as 31d, or until an instant. A story that does is told in a service
	// that only such stories share, one at a time.
	Pass string `yaml:"pass"`
	// Ahead sets the clock of the process before that of the database, such as 10m.
	Ahead string `yaml:"ahead"`
	// Restored is an operator's word that the database was put back to an earlier state.
	Restored bool `yaml:"restored"`
	// Sweep has another worker look at once for what a dead one left.
	Sweep bool `yaml:"sweep"`
	// Let sets variables.
	Let object `yaml:"let"`
	// Save keeps the answer's body under a name.
	Save string `yaml:"save"`
	// Until repeats the step until it is answered as wanted.
	Until bool `yaml:"until"`
	// Unseen lets a Decide step decide without being served the round first.
	Unseen bool `yaml:"unseen"`
	// Door restricts the step to grpc or rest.
	Door string `yaml:"door"`
	Want want   `yaml:"want"`
}

// want is what a step is answered: OK and nothing in particular when nothing is said.
type want struct {
	Code   string `yaml:"code"`
	HTTP   int    `yaml:"http"`
	Reason string `yaml:"reason"`
	Field  string `yaml:"field"`
	// Meta are what else an error says of itself.
	Meta object `yaml:"meta"`
	Body any    `yaml:"body"`
	// Has and Not are pieces of a page.
	Has []string `yaml:"has"`
	Not []string `yaml:"not"`
}

// patience is how long an until step waits, and pause how long between two looks.
const (
	patience = 30 * time.Second
	pause    = 80 * time.Millisecond
)

func readStory(t testing.TB, path string) story {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var s story
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	if err := d.Decode(&s); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return s
}

// storyFiles lists the stories by their path below testdata/stories, without the ending.
func storyFiles(t testing.TB) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir("testdata/stories", func(path string, d fs.DirEntry, err error) error {
		if name, ok := strings.CutSuffix(path, ".yaml"); ok && err == nil {
			all = append(all, strings.TrimPrefix(filepath.ToSlash(name), "testdata/stories/"))
		}
		return err
	})
	if err != nil || len(all) == 0 {
		t.Fatalf("%d stories: %v", len(all), err)
	}
	return all
}

// TestStories plays every story through both doors on both databases, each time in a
// workspace of its own.
func TestStories(t *testing.T) {
	t.Parallel()
	told := storiesToTell(t)
	for _, database := range []string{"sqlite", "postgres"} {
		t.Run(database, func(t *testing.T) {
			t.Parallel()
			s := startOn(t, database)
			document := readSpec(t, s)
			foreign := s.foreign(t)
			doors := map[string]door{"rest": restDoor{base: s.base, client: s.http, spec: document}}
			// gRPC through each of the two listeners on one of the databases.
			doors["grpc"] = grpcDoor{s.shared}
			if database == "postgres" {
				doors["grpc"] = grpcDoor{s.direct}
			}
			t.Run("apart", func(t *testing.T) {
				t.Parallel()
				told.tellApart(t, database)
			})
			for name, d := range doors {
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					var played atomic.Int64
					for _, file := range told.here {
						t.Run(file, func(t *testing.T) {
							t.Parallel()
							played.Add(1)
							play := &scene{t: t, house: s.newHouse(t), door: d, doorName: name, foreign: foreign}
							play.begin(readStory(t, "testdata/stories/"+file+".yaml"))
						})
					}
					t.Cleanup(func() {
						if n := document.requests.Load(); name == "rest" && n < 2*played.Load() {
							t.Errorf("only %d requests of %d stories were held against the OpenAPI document", n, played.Load())
						}
					})
				})
			}
		})
	}
}

// toTell are the stories by where they are told.
type toTell struct {
	// here are told in the service that all tests share, many at once.
	here []string
	// apart move the time, or put the database back.
	apart []string
}

func storiesToTell(t *testing.T) toTell {
	var out toTell
	for _, file := range storyFiles(t) {
		if slices.ContainsFunc(readStory(t, "testdata/stories/"+file+".yaml").Steps, step.movesTime) {
			out.apart = append(out.apart, file)
		} else {
			out.here = append(out.here, file)
		}
	}
	return out
}

func (st step) movesTime() bool { return st.Pass != "" || st.Ahead != "" || st.Restored }

// tellApart tells the stories that move the time, one after the other, in a service that nobody
// else is a guest of.
func (told toTell) tellApart(t *testing.T, database string) {
	s := startApart(t, database)
	doors := map[string]door{"rest": restDoor{base: s.base, client: s.http, spec: readSpec(t, s)}, "grpc": grpcDoor{s.direct}}
	for name, d := range doors {
		for _, file := range told.apart {
			t.Run(name+"/"+file, func(t *testing.T) {
				s.hands.reset()
				play := &scene{t: t, house: s.newHouse(t), door: d, doorName: name}
				play.begin(readStory(t, "testdata/stories/"+file+".yaml"))
			})
		}
	}
}

func startOn(t *testing.T, database string) *service {
	t.Helper()
	if database == "postgres" {
		return start(t, onPostgres(t))
	}
	return shared(t)
}

// foreign is the workspace of somebody else, with one of each thing in it.
func (s *service) foreign(t *testing.T) *house {
	t.Helper()
	s.abroad.once.Do(func() {
		h := s.furnish(t, "globex", canary)
		play := &scene{t: t, house: h, door: grpcDoor{s.direct}, doorName: "grpc"}
		play.begin(story{Steps: []step{{Play: "everything", With: object{"mark": canary}}}})
		s.abroad.h = h
	})
	if s.abroad.h == nil {
		t.Fatal("the foreign workspace could not be furnished; see the test that began")
	}
	return s.abroad.h
}

// scene is one telling of a story.
type scene struct {
	*house
	t        testing.TB
	door     door
	doorName string
	foreign  *house
}

func (s *scene) begin(told story) {
	s.t.Helper()
	if s.foreign != nil {
		s.vars["foreign"] = s.foreign.vars
		s.tokens["foreign"] = s.foreign.tokens["admin"]
	}
	if told.Policy != nil {
		s.adopt([]byte(text(s.fill("policy", told.Policy))))
	}
	s.play("", told.Steps)
}

func (s *scene) play(part string, steps []step) {
	s.t.Helper()
	for i, st := range steps {
		where := strings.TrimPrefix(fmt.Sprintf("%s step %d %s%s%s", part, i+1, st.Call, st.Get, st.Play), " ")
		switch {
		case st.Door != "" && st.Door != s.doorName:
		case st.Let != nil:
			s.let(where, st.Let)
		case st.Together != nil:
			s.together(where, st)
		case st.Pass != "":
			s.hands.pass(s.moment(fmt.Sprint(s.fill(where, st.Pass))))
		case st.Ahead != "":
			s.hands.ahead.Store(int64(span(st.Ahead)))
		case st.Sweep:
			if err := s.Worker.Sweep(s.t.Context()); err != nil {
				s.t.Fatalf("%s: %v", where, err)
			}
		case st.Restored:
			if err := s.Restored(s.t.Context()); err != nil {
				s.t.Fatalf("%s: %v", where, err)
			}
		case st.Vanish != "":
			s.vanish(where, st.Vanish)
		case st.Look != "":
			s.look(where, st.Look)
		case st.Play != "":
			inner := readStory(s.t, "testdata/parts/"+st.Play+".yaml")
			given, _ := s.fill(where, st.With).(object)
			s.let(where, inner.Defaults)
			maps.Copy(s.vars, given)
			s.play(where+":", inner.Steps)
		default:
			s.take(where, st)
		}
	}
}

// together takes steps at the same time.
func (s *scene) together(where string, all step) {
	s.t.Helper()
	calls := make([]func() answer, len(all.Together))
	for i, st := range all.Together {
		calls[i] = s.prepared(where, st)
	}
	answers, group := make([]answer, len(calls)), sync.WaitGroup{}
	for i, call := range calls {
		group.Go(func() { answers[i] = call() })
	}
	group.Wait()
	won := 0
	for i, a := range answers {
		w := all.Together[i].Want
		switch {
		case a.code == "OK":
			won++
		case a.code != w.Code || mismatchText("reason", w.Reason, a.reason) != "":
			s.t.Fatalf("%s: %s is answered %s %s, want OK or %s %s\n%s", where, all.Together[i].Call, a.code, a.reason, w.Code, w.Reason, a.raw)
		}
	}
	if won == 0 || all.Winners != 0 && won != all.Winners {
		s.t.Fatalf("%s: %d of %d were answered OK", where, won, len(answers))
	}
}

// moment is the instant that a text says: an RFC 3339 one, or one that far away.
func (s *scene) moment(said string) time.Time {
	s.t.Helper()
	if at, err := time.Parse(time.RFC3339, said); err == nil {
		return at
	}
	return s.now().Add(span(said))
}

// now is the time of the service.
func (s *scene) now() time.Time {
	if s.service != nil && s.hands != nil {
		return s.hands.now()
	}
	return time.Now()
}

// let sets variables, all to what they are before any of them changes.
func (s *scene) let(where string, vars object) {
	s.t.Helper()
	filled, _ := s.fill(where, vars).(object)
	maps.Copy(s.vars, filled)
}

// vanish removes what the wall shows as somebody with its database would.
func (s *scene) vanish(where, name string) {
	s.t.Helper()
	job := s.lookJob(where, name)
	if removed, err := s.Store.RemoveEntry(s.t.Context(), job.Workspace, job.Publication, time.Now()); err != nil || !removed {
		s.t.Fatalf("%s: removed %t, %v", where, removed, err)
	}
	s.look(where, name)
}

// look has the service look at a publication, without waiting for the time it would.
func (s *scene) look(where, name string) {
	s.t.Helper()
	args, err := json.Marshal(s.lookJob(where, name))
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.Worker.ReadBack(s.t.Context(), args); err != nil {
		s.t.Fatalf("%s: %v", where, err)
	}
}

func (s *scene) lookJob(where, name string) workflow.ReadBackJob {
	s.t.Helper()
	name = fmt.Sprint(s.fill(where, name))
	job := workflow.ReadBackJob{Look: 1}
	job.Workspace = advocacy.WorkspaceID(fmt.Sprint(s.vars["id"]))
	job.Publication = advocacy.PublicationID(name[strings.LastIndexByte(name, '/')+1:])
	return job
}

// take takes one step, again and again if it says until.
func (s *scene) take(where string, st step) {
	s.t.Helper()
	deadline := time.Now().Add(patience)
	for {
		a := s.answer(where, st)
		wrong := s.wrong(where, st, a)
		if wrong == "" {
			if st.Save != "" {
				s.vars[st.Save] = a.body
			}
			return
		}
		if !st.Until || time.Now().After(deadline) {
			s.t.Fatalf("%s: %s\nanswer: %s %d %s %s\n%s", where, wrong, a.code, a.http, a.reason, a.field, a.raw)
		}
		time.Sleep(pause)
	}
}

func (s *scene) answer(where string, st step) answer {
	s.t.Helper()
	if st.Get != "" {
		return s.page(fmt.Sprint(s.fill(where, st.Get)))
	}
	if st.Visit != "" {
		return s.visit(where, st)
	}
	return s.prepared(where, st)()
}

// prepared makes a call ready: nothing of it looks at the story any more.
func (s *scene) prepared(where string, st step) func() answer {
	s.t.Helper()
	m := rpcs[st.Call]
	if m == nil {
		s.t.Fatalf("%s: there is no RPC %q", where, st.Call)
	}
	request, ok := s.fill(where, st.Request).(object)
	if !ok {
		request = object{}
	}
	token := s.token(where, st.As)
	if st.Call == "Decide" && !st.Unseen {
		s.door.call(s.t, token, rpcs["ViewReview"], object{"name": request["name"]})
	}
	return func() answer {
		a := s.door.call(s.t, token, m, request)
		s.heard.called(st.Call, token, request, a)
		return a
	}
}

// visit plays a browser at a network.
func (s *scene) visit(where string, st step) answer {
	s.t.Helper()
	u, err := url.Parse(fmt.Sprint(s.fill(where, st.Visit)))
	if err != nil {
		s.t.Fatal(err)
	}
	query := u.Query()
	for name, value := range st.With {
		query.Set(name, fmt.Sprint(s.fill(where, value)))
	}
	u.RawQuery = query.Encode()
	request, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, u.String(), nil)
	if err != nil {
		s.t.Fatal(err)
	}
	response, err := http.DefaultTransport.RoundTrip(request) // which follows no redirect
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	back, err := response.Location()
	if err != nil {
		s.t.Fatalf("%s: the network answers %s and leads nowhere", where, response.Status)
	}
	a := answer{code: "OK", http: http.StatusOK, raw: back.String()}
	sent := object{"redirect": back.Scheme + "://" + back.Host + back.Path}
	for name, values := range back.Query() {
		sent[name] = values[0]
	}
	a.body = sent
	return a
}

// page fetches what everybody may see.
func (s *scene) page(path string) answer {
	s.t.Helper()
	response, err := s.http.Get(s.base + path)
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	a := answer{code: "OK", http: response.StatusCode, raw: string(data)}
	if response.StatusCode == http.StatusNotFound {
		a.code = "NOT_FOUND"
	}
	return a
}

func (s *scene) token(where, as string) string {
	s.t.Helper()
	if as == "nobody" {
		return ""
	}
	as = fmt.Sprint(s.fill(where, as))
	if strings.HasPrefix(as, "imp") && strings.Contains(as, "_") {
		return as
	}
	token, ok := s.tokens[as]
	if !ok {
		s.t.Fatalf("%s: nobody is called %q", where, as)
	}
	return token
}

// wrong says in what an answer is not as wanted.
func (s *scene) wrong(where string, st step, a answer) string {
	s.t.Helper()
	w := st.Want
	if w.Code == "" {
		w.Code = "OK"
	}
	if w.HTTP == 0 {
		w.HTTP = httpOf[w.Code]
	}
	switch {
	case a.code != w.Code || a.reason != w.Reason:
		return fmt.Sprintf("%s %s, want %s %s", a.code, a.reason, w.Code, w.Reason)
	case a.http != 0 && a.http != w.HTTP:
		return fmt.Sprintf("HTTP status %d, want %d", a.http, w.HTTP)
	case w.Field != "" && a.field != w.Field:
		return fmt.Sprintf("field %q, want %q", a.field, w.Field)
	}
	if w.Meta != nil {
		if m := mismatch("metadata", s.fill(where, w.Meta), a.meta); m != "" {
			return m
		}
	}
	for _, piece := range w.Has {
		if !strings.Contains(a.raw, fmt.Sprint(s.fill(where, piece))) {
			return fmt.Sprintf("%q is not there", piece)
		}
	}
	for _, piece := range w.Not {
		if strings.Contains(a.raw, fmt.Sprint(s.fill(where, piece))) {
			return fmt.Sprintf("%q is there", piece)
		}
	}
	if w.Body == nil {
		return ""
	}
	return mismatch("", s.fill(where, w.Body), a.body)
}
