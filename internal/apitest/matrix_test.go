package apitest

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/authz"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// samples reads testdata/samples.yaml. A method without a sample fails the test.
func samples(t *testing.T) map[string]object {
	t.Helper()
	data, err := os.ReadFile("testdata/samples.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]object
	if err := yaml.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	for _, name := range rpcNames() {
		if all[name] == nil {
			t.Errorf("%s has no sample in testdata/samples.yaml", name)
		}
	}
	for name := range all {
		if rpcs[name] == nil {
			t.Errorf("testdata/samples.yaml has a sample of %s, which does not exist", name)
		}
	}
	return all
}

// caller is a column of the matrix.
type caller struct {
	name string
	// may is what the roles behind the credential permit; nil for nobody.
	may     []advocacy.Permission
	machine bool
	nobody  bool
}

// callers are one person of each default role, a person without any, a key with everything
// a machine may have, and nobody.
func callers(t *testing.T) []caller {
	t.Helper()
	all := []caller{{name: "nothing"}, {name: "nobody", nobody: true}}
	for _, role := range authz.DefaultRoles() {
		i := slices.IndexFunc(slices.Sorted(maps.Keys(people)), func(p string) bool {
			return len(people[p]) == 1 && people[p][0] == role.Role && p != "victim"
		})
		c := caller{may: role.Permissions}
		switch {
		case role.Role == advocacy.RoleAdmin:
			c.name = "admin"
			key := caller{name: "key", machine: true}
			for _, p := range authz.MachinePermissions() {
				if slices.Contains(role.Permissions, p) {
					key.may = append(key.may, p)
				}
			}
			all = append(all, key)
		case i < 0:
			t.Fatalf("nobody in the furnished workspace has the role %s alone", role.Role)
		default:
			c.name = slices.Sorted(maps.Keys(people))[i]
		}
		all = append(all, c)
	}
	return all
}

// gate is a refusal by the chain; the zero value means that the call is let in.
type gate struct{ code, reason string }

// gateFor computes from the options of a method what the chain answers a caller.
func gateFor(m protoreflect.MethodDescriptor, c caller, foreign bool) gate {
	access, _ := proto.GetExtension(m.Options(), imprimaturv1.E_Access).(imprimaturv1.Access)
	permission, _ := proto.GetExtension(m.Options(), imprimaturv1.E_Permission).(string)
	switch {
	case access == imprimaturv1.Access_ACCESS_PUBLIC:
		return gate{}
	case c.nobody:
		return gate{"UNAUTHENTICATED", "CREDENTIAL_MISSING"}
	case access == imprimaturv1.Access_ACCESS_SESSION && c.machine:
		return gate{"PERMISSION_DENIED", "SESSION_REQUIRED"}
	case access == imprimaturv1.Access_ACCESS_KEY && !c.machine:
		return gate{"PERMISSION_DENIED", "KEY_REQUIRED"}
	case foreign:
		return gate{"NOT_FOUND", "WORKSPACE_NOT_FOUND"}
	case advocacy.Permission(permission) == authz.SelfRead && !c.machine:
		return gate{}
	case slices.Contains(c.may, advocacy.Permission(permission)):
		return gate{}
	}
	return gate{"PERMISSION_DENIED", "PERMISSION_DENIED"}
}

var gateReasons = []string{"PERMISSION_DENIED", "SESSION_REQUIRED", "KEY_REQUIRED", "WORKSPACE_NOT_FOUND"}

// letIn tells whether an answer came from behind the chain, and not as a mistake of ours.
func letIn(a answer) bool {
	broken := []string{"UNAUTHENTICATED", "INTERNAL", "UNKNOWN", "UNIMPLEMENTED", "UNAVAILABLE"}
	return !slices.Contains(broken, a.code) && !slices.Contains(gateReasons, a.reason) && a.reason != "FIELD_INVALID"
}

// TestMatrix calls every method as everybody, in the own and in a foreign workspace,
// through both doors. What is expected comes from the options of the method and the
// default roles; nothing of the foreign workspace is ever answered.
func TestMatrix(t *testing.T) {
	t.Parallel()
	s := shared(t)
	sample := samples(t)
	foreign := s.foreign(t)
	for name, d := range map[string]door{"grpc": grpcDoor{s.shared}, "rest": restDoor{base: s.base, client: s.http}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			own := s.everything(t, d, name)
			elsewhere := &scene{t: t, house: foreign, door: d, doorName: name}
			for _, rpc := range rpcNames() {
				worked := false
				for _, c := range callers(t) {
					a := own.as(rpc, c.name, own.fill(rpc, sample[rpc]))
					checkCell(t, rpc, c, false, a)
					worked = worked || a.code == "OK"
					a = own.as(rpc, c.name, elsewhere.fill(rpc, sample[rpc]))
					checkCell(t, rpc, c, true, a)
				}
				// The secret of a link works once, and samples have none.
				if !worked && rpc != "CreateSession" {
					t.Errorf("%s: the sample works for nobody", rpc)
				}
			}
		})
	}
}

// everything furnishes a workspace with one of each thing.
func (s *service) everything(t *testing.T, d door, doorName string) *scene {
	t.Helper()
	play := &scene{t: t, house: s.newHouse(t), door: d, doorName: doorName}
	play.begin(story{Steps: []step{{Play: "everything"}}})
	return play
}

// as calls a method with a filled sample. Who signs out gets another session first.
func (s *scene) as(rpc, who string, request any) answer {
	s.t.Helper()
	if person, ok := lookup(s.vars, "member."+who).(string); ok && rpc == "DeleteSession" {
		in, err := s.Flow.OpenSession(s.t.Context(), s.id, advocacy.PersonID(person[strings.LastIndexByte(person, '/')+1:]))
		if err != nil {
			s.t.Fatal(err)
		}
		s.tokens["leaving"], who = in.Token, "leaving"
	}
	return s.door.call(s.t, s.token(rpc, who), rpcs[rpc], request.(object))
}

func checkCell(t *testing.T, rpc string, c caller, foreign bool, a answer) {
	t.Helper()
	where := "at home"
	if foreign {
		where = "abroad"
	}
	want := gateFor(rpcs[rpc], c, foreign)
	switch {
	case want == gate{} && !letIn(a):
		t.Errorf("%s as %s %s: %s %s, want to be let in\n%s", rpc, c.name, where, a.code, a.reason, a.raw)
	case want != gate{} && want != gate{a.code, a.reason}:
		t.Errorf("%s as %s %s: %s %s, want %s %s\n%s", rpc, c.name, where, a.code, a.reason, want.code, want.reason, a.raw)
	case strings.Contains(a.raw, canary):
		t.Errorf("%s as %s %s tells something of another workspace: %s", rpc, c.name, where, a.raw)
	}
}

// powerful are two people who together may call everything a person may.
var powerful = []string{"admin", "legal"}

// namesNothing is how many fields of a method's request would name something and may not: what
// is for the library has no texts for accounts (ACCOUNT_IN_ITEM).
var namesNothing = map[string]int{"CreateLibraryItem": 1, "UpdateLibraryItem": 1, "CreateProposal": 1}

// TestForeignObjects takes every sample and puts, one at a time, something of a foreign
// workspace into each place that names a resource: under the own workspace's name as what
// is called for, and under the foreign one's in each other field. None is ever found.
func TestForeignObjects(t *testing.T) {
	t.Parallel()
	s := shared(t)
	sample := samples(t)
	foreign := s.foreign(t)
	own := s.everything(t, grpcDoor{s.direct}, "grpc")
	abroad := &scene{t: t, house: foreign, door: own.door, doorName: "grpc"}
	for _, rpc := range rpcNames() {
		here, there := own.fill(rpc, sample[rpc]).(object), abroad.fill(rpc, sample[rpc]).(object)
		target := targetOf(rpcs[rpc])
		references := 0
		walk("", here, func(path, value string) {
			theirs, _ := lookupList(there, path).(string)
			if !strings.Contains(value, "/"+string(own.id)+"/") || value == theirs {
				return
			}
			bad := strings.ReplaceAll(theirs, string(foreign.id), string(own.id))
			if path != target {
				bad, references = theirs, references+1
			}
			if bad == value {
				return // a name both workspaces have, such as topics/news
			}
			for _, who := range powerful {
				a := own.as(rpc, who, replaced(here, path, bad))
				if path == target && a.code != "NOT_FOUND" && a.reason != "PERMISSION_DENIED" ||
					path != target && a.code != "INVALID_ARGUMENT" && a.reason != "PERMISSION_DENIED" || strings.Contains(a.raw, canary) {
					t.Errorf("%s as %s with %s = %s: %s %s %s", rpc, who, path, bad, a.code, a.reason, a.raw)
				}
			}
		})
		if want := referencesOf(rpcs[rpc].Input(), strings.HasPrefix(rpc, "Update")) - namesNothing[rpc]; references < want {
			t.Errorf("the sample of %s fills %d of the %d fields that name something", rpc, references, want)
		}
	}
}
