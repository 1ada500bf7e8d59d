package grpcapi

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/diff"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

func eachFile(visit func(protoreflect.FileDescriptor)) {
	protoregistry.GlobalFiles.RangeFilesByPackage(servicePackage, func(file protoreflect.FileDescriptor) bool {
		visit(file)
		return true
	})
}

func eachMethod(visit func(protoreflect.MethodDescriptor)) {
	eachFile(func(file protoreflect.FileDescriptor) {
		for i := range file.Services().Len() {
			methods := file.Services().Get(i).Methods()
			for j := range methods.Len() {
				visit(methods.Get(j))
			}
		}
	})
}

// Whoever does not meet a pattern of the contract is told what it asks for in words.
func TestPatternsAreToldInWords(t *testing.T) {
	t.Parallel()
	patterns := make(map[string]bool)
	var read func(messages protoreflect.MessageDescriptors)
	read = func(messages protoreflect.MessageDescriptors) {
		for i := range messages.Len() {
			fields := messages.Get(i).Fields()
			for j := range fields.Len() {
				rules := proto.GetExtension(fields.Get(j).Options(), validate.E_Field).(*validate.FieldRules)
				for _, of := range []*validate.FieldRules{
					rules, rules.GetRepeated().GetItems(), rules.GetMap().GetKeys(), rules.GetMap().GetValues(),
				} {
					patterns[of.GetString().GetPattern()] = true
				}
			}
			read(messages.Get(i).Messages())
		}
	}
	eachFile(func(file protoreflect.FileDescriptor) { read(file.Messages()) })
	delete(patterns, "")
	if len(patterns) < 50 {
		t.Errorf("only %d patterns were found", len(patterns))
	}
	for pattern := range patterns {
		if wanted(pattern) == "" {
			t.Errorf("who does not meet %s is told the pattern; say in words what it asks for", pattern)
		}
	}
	for pattern, want := range map[string]string{
		`^(workspaces/[a-z][a-z0-9-]{1,62}/media/[0-9a-f]{64})?$`: "must be a name of the form workspaces/{workspace}/media/{sha256}",
		`^([A-Z]{2})?$`:        "must be the code of a country in two capital letters, such as FR",
		`^something[0-9]else$`: "",
	} {
		if got := wanted(pattern); got != want {
			t.Errorf("%s: %q, want %q", pattern, got, want)
		}
	}
}

// Every method says who may call it, whether it leaves a record, and in which workspace.
func TestMethodsDeclareTheirRules(t *testing.T) {
	t.Parallel()
	permissionForm := regexp.MustCompile(`^[a-z]+\.[a-z]+$`)
	count := 0
	eachMethod(func(md protoreflect.MethodDescriptor) {
		count++
		r := readRule(md)
		if r.missing != "" {
			t.Errorf("%s declares no %s", r.method, r.missing)
		}
		public := r.access == imprimaturv1.Access_ACCESS_PUBLIC
		if public != (r.permission == "") {
			t.Errorf("%s: access %s with permission %q", r.method, r.access, r.permission)
		}
		if !public && !permissionForm.MatchString(string(r.permission)) {
			t.Errorf("%s: permission %q is not object.action", r.method, r.permission)
		}
		if !public && len(r.target) == 0 {
			t.Errorf("%s names no workspace", r.method)
		}
		if strings.HasPrefix(string(md.Name()), "Update") && r.resource == nil {
			t.Errorf("%s has no resource beside its update_mask", r.method)
		}
	})
	if count < 60 {
		t.Fatalf("saw %d methods only", count)
	}
}

// Nothing decides in the name of a machine.
func TestDecisionsNeedASession(t *testing.T) {
	t.Parallel()
	for method, r := range readRules() {
		if r.permission == advocacy.PermissionDecide && r.access != imprimaturv1.Access_ACCESS_SESSION {
			t.Errorf("%s is open to %s", method, r.access)
		}
	}
}

func TestUnaryMethodsHaveARoute(t *testing.T) {
	t.Parallel()
	eachMethod(func(md protoreflect.MethodDescriptor) {
		if md.IsStreamingClient() || md.IsStreamingServer() {
			return
		}
		route, ok := proto.GetExtension(md.Options(), annotations.E_Http).(*annotations.HttpRule)
		if !ok || route == nil {
			t.Errorf("%s has no REST route", md.FullName())
			return
		}
		audit, _ := proto.GetExtension(md.Options(), imprimaturv1.E_Audit).(bool)
		if route.GetGet() != "" && audit {
			t.Errorf("%s: a GET never changes anything (law L13)", md.FullName())
		}
	})
}

// A change can be repeated without a second effect, except where a repetition has none.
func TestChangesHaveARequestID(t *testing.T) {
	t.Parallel()
	// A one-time link works once; signing out twice, uploading or previewing the same picture
	// twice and appending the same part twice change nothing.
	without := []protoreflect.Name{"CreateSession", "DeleteSession", "UploadMedia", "AppendUpload", "PreviewLink"}
	eachMethod(func(md protoreflect.MethodDescriptor) {
		audit, _ := proto.GetExtension(md.Options(), imprimaturv1.E_Audit).(bool)
		has := md.Input().Fields().ByName("request_id") != nil
		if want := audit && !slices.Contains(without, md.Name()); has != want {
			t.Errorf("%s: request_id is %v, want %v", md.FullName(), has, want)
		}
	})
}

// Every service of the contract is registered, and no other of ours.
func TestRegisterServesTheContract(t *testing.T) {
	t.Parallel()
	g := grpc.NewServer()
	(&Server{}).Register(g)
	served := g.GetServiceInfo()
	eachMethod(func(md protoreflect.MethodDescriptor) {
		info, ok := served[string(md.Parent().FullName())]
		if !ok || !slices.ContainsFunc(info.Methods, func(m grpc.MethodInfo) bool { return m.Name == string(md.Name()) }) {
			t.Errorf("%s is not served", md.FullName())
		}
	})
	for service := range served {
		if !strings.HasPrefix(service, string(servicePackage)+".") && !exemptServices[service] {
			t.Errorf("%s is served and neither ours nor exempt", service)
		}
	}
}

// Every kind of failure has a code of its own.
func TestKindsHaveCodes(t *testing.T) {
	t.Parallel()
	seen := make(map[codes.Code]advocacy.Kind)
	for _, kind := range advocacy.Kinds() {
		code, ok := codeOf[kind]
		if !ok || code == codes.OK {
			t.Errorf("kind %d has no code", kind)
		}
		if other, taken := seen[code]; taken {
			t.Errorf("kinds %d and %d are both %s", kind, other, code)
		}
		seen[code] = kind
	}
	if len(codeOf) != len(advocacy.Kinds()) {
		t.Errorf("%d codes for %d kinds", len(codeOf), len(advocacy.Kinds()))
	}
}

// Values of a top-level enum carry its name; those of a nested one do not (AIP-126).
func TestEnumValueNames(t *testing.T) {
	t.Parallel()
	check := func(e protoreflect.EnumDescriptor, nested bool) {
		prefix := upperSnake(string(e.Name())) + "_"
		for i := range e.Values().Len() {
			name := string(e.Values().Get(i).Name())
			switch {
			case i == 0 && name != prefix+"UNSPECIFIED":
				t.Errorf("%s: the first value is %s", e.FullName(), name)
			case i > 0 && nested == strings.HasPrefix(name, prefix):
				t.Errorf("%s: value %s", e.FullName(), name)
			}
		}
	}
	eachFile(func(file protoreflect.FileDescriptor) {
		for i := range file.Enums().Len() {
			check(file.Enums().Get(i), false)
		}
		for i := range file.Messages().Len() {
			enums := file.Messages().Get(i).Enums()
			for j := range enums.Len() {
				check(enums.Get(j), true)
			}
		}
	})
}

func upperSnake(name string) string {
	return strings.ToUpper(regexp.MustCompile(`([a-z])([A-Z])`).ReplaceAllString(name, "${1}_${2}"))
}

// tableCheck holds one translation table against both sides.
func tableCheck[D ~string, P protoEnum](t *testing.T, table pairs[D, P], domain []D) {
	t.Helper()
	var zero P
	values := zero.Descriptor().Values()
	if len(table.from) != len(table.to) {
		t.Errorf("%s: two words share a value", zero.Descriptor().FullName())
	}
	for _, d := range domain {
		p, ok := table.to[d]
		if !ok {
			t.Errorf("%s: no value for %q", zero.Descriptor().FullName(), d)
			continue
		}
		back, err := table.domain("field", p)
		named, ok := table.named(string(values.ByNumber(p.Number()).Name()))
		if err != nil || back != d || !ok || named != d {
			t.Errorf("%s: %q comes back as %q and %q", zero.Descriptor().FullName(), d, back, named)
		}
	}
	if len(domain) != len(table.to) {
		t.Errorf("%s: %d words, %d translations", zero.Descriptor().FullName(), len(domain), len(table.to))
	}
	for i := range values.Len() {
		number := values.Get(i).Number()
		if number == 0 && table.to[""] == zero && len(domain) > 0 && domain[0] != "" {
			continue
		}
		found := false
		for p := range table.from {
			found = found || p.Number() == number
		}
		if !found {
			t.Errorf("%s: no word for %s", zero.Descriptor().FullName(), values.Get(i).Name())
		}
	}
}

// The contract's enums and the domain's words are the same lists.
func TestEnumsMatchTheDomain(t *testing.T) {
	t.Parallel()
	tableCheck(t, postStates, advocacy.PostStates())
	tableCheck(t, itemStates, advocacy.ItemStates())
	tableCheck(t, suggestionStates, advocacy.SuggestionStates())
	tableCheck(t, proposalStates, advocacy.ProposalStates())
	tableCheck(t, threadStates, advocacy.ThreadStates())
	tableCheck(t, reviewStates, advocacy.ReviewStates())
	tableCheck(t, publicationStates, advocacy.PublicationStates())
	tableCheck(t, accountStates, advocacy.AccountStates())
	tableCheck(t, repeats, workflow.Repeats())
	tableCheck(t, handleKinds, advocacy.HandleKinds())
	tableCheck(t, handleStatuses, advocacy.HandleStatuses())
	tableCheck(t, recallScopes, advocacy.RecallScopes())
	tableCheck(t, copyStates, advocacy.CopyStates())
	tableCheck(t, caseKinds, advocacy.CaseKinds())
	tableCheck(t, caseStates, advocacy.CaseStates())
	tableCheck(t, caseResolutions, advocacy.CaseResolutions())
	tableCheck(t, shownStates, advocacy.ShownStates())
	tableCheck(t, holdScopes, advocacy.HoldScopes())
	tableCheck(t, planCauses, advocacy.PlanCauses())
	tableCheck(t, verdicts, advocacy.Verdicts())
	tableCheck(t, disclosures, advocacy.Disclosures())
	tableCheck(t, disclosurePlaces, advocacy.DisclosurePlaces())
	tableCheck(t, memberStates, []advocacy.MemberState{advocacy.MemberActive, advocacy.MemberDisabled})
	tableCheck(t, evidences, []advocacy.Evidence{advocacy.Answered, advocacy.Found, advocacy.Told})
	tableCheck(t, resumeActions, workflow.ResumeActions())
	tableCheck(t, comparisons, []advocacy.Comparison{advocacy.Matches, advocacy.Differs})
	tableCheck(t, resolutions, []advocacy.Resolution{advocacy.ResolveFound, advocacy.ResolveAbsent, advocacy.ResolveSendAgain})
	tableCheck(t, origins, []advocacy.Origin{
		advocacy.OriginOriginal, advocacy.OriginLibrary, advocacy.OriginLibraryPersonalised, advocacy.OriginLibraryEdited,
	})
	tableCheck(t, editModes, advocacy.EditModes())
	tableCheck(t, edits, append(advocacy.Edits(), ""))
	tableCheck(t, importOutcomes, workflow.ImportOutcomes())
	tableCheck(t, severities, []advocacy.Severity{advocacy.Blocks, advocacy.NeedsReview, advocacy.Advice})
	tableCheck(t, requirementKinds, []advocacy.RequirementKind{advocacy.RequireHumans, advocacy.RequireLibrary})
	tableCheck(t, simulationStates, workflow.SimulationStates())
	tableCheck(t, taskStates, []workflow.TaskState{workflow.TaskOpen, workflow.TaskDone})
	tableCheck(t, whys, advocacy.Whys())
	tableCheck(t, infeasibilities, advocacy.Infeasibilities())
	tableCheck(t, alones, advocacy.Alones())
	tableCheck(t, diffChanges, diff.Changes())
	tableCheck(t, diffOps, diff.Ops())
	tableCheck(t, actorKinds, []advocacy.ActorKind{advocacy.Human, advocacy.Machine, advocacy.System})
}

// Every list can be read page by page.
func TestListsHavePages(t *testing.T) {
	t.Parallel()
	eachMethod(func(md protoreflect.MethodDescriptor) {
		if !strings.HasPrefix(string(md.Name()), "List") {
			return
		}
		for _, field := range []protoreflect.Name{"parent", "page_size", "page_token"} {
			if md.Input().Fields().ByName(field) == nil {
				t.Errorf("%s has no %s", md.FullName(), field)
			}
		}
		if md.Output().Fields().ByName("next_page_token") == nil {
			t.Errorf("%s returns no next_page_token", md.FullName())
		}
	})
}
