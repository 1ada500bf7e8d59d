package grpcapi

import (
	"fmt"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// rule is what a method's descriptor says of who may call it.
type rule struct {
	method     string
	permission advocacy.Permission
	access     imprimaturv1.Access
	input      protoreflect.MessageType
	// target is the path of fields to the name that tells the workspace, nil for a public
	// method; targetField is the same as people write it.
	target      []protoreflect.FieldDescriptor
	targetField string
	// resource is the field an update changes, nil for other methods.
	resource protoreflect.FieldDescriptor
	// missing is why the method is refused, empty when its descriptor is complete.
	missing string
}

// servicePackage holds every service of ours.
const servicePackage = protoreflect.FullName("imprimatur.v1")

// readRules returns the rule of each method of ours, by its full name with a slash at
// the beginning, as gRPC names it.
func readRules() map[string]*rule {
	rules := make(map[string]*rule)
	protoregistry.GlobalFiles.RangeFilesByPackage(servicePackage, func(file protoreflect.FileDescriptor) bool {
		for i := range file.Services().Len() {
			methods := file.Services().Get(i).Methods()
			for j := range methods.Len() {
				r := readRule(methods.Get(j))
				rules[r.method] = r
			}
		}
		return true
	})
	return rules
}

func readRule(md protoreflect.MethodDescriptor) *rule {
	options := md.Options()
	r := &rule{method: fmt.Sprintf("/%s/%s", md.Parent().FullName(), md.Name())}
	permission, _ := proto.GetExtension(options, imprimaturv1.E_Permission).(string)
	r.permission = advocacy.Permission(permission)
	r.access, _ = proto.GetExtension(options, imprimaturv1.E_Access).(imprimaturv1.Access)
	input, err := protoregistry.GlobalTypes.FindMessageByName(md.Input().FullName())
	if err != nil {
		r.missing = "input type"
		return r
	}
	r.input = input
	r.target, r.targetField = findTarget(md.Input())
	r.resource = findResource(md.Input())
	public := r.access == imprimaturv1.Access_ACCESS_PUBLIC
	switch {
	case r.access == imprimaturv1.Access_ACCESS_UNSPECIFIED:
		r.missing = "access"
	case !proto.HasExtension(options, imprimaturv1.E_Audit):
		r.missing = "audit"
	case !public && r.permission == "":
		r.missing = "permission"
	case !public && r.target == nil:
		r.missing = "workspace"
	}
	return r
}

// findTarget finds the field that names the workspace: `name`, `parent`, or the `name`
// of the resource an update carries.
func findTarget(input protoreflect.MessageDescriptor) (path []protoreflect.FieldDescriptor, text string) {
	for _, name := range []protoreflect.Name{"name", "parent"} {
		if fd := input.Fields().ByName(name); fd != nil && fd.Kind() == protoreflect.StringKind {
			return []protoreflect.FieldDescriptor{fd}, string(name)
		}
	}
	resource := findResource(input)
	if resource == nil {
		return nil, ""
	}
	name := resource.Message().Fields().ByName("name")
	if name == nil {
		return nil, ""
	}
	return []protoreflect.FieldDescriptor{resource, name}, string(resource.Name()) + ".name"
}

// findResource finds the resource of an update: the field beside `update_mask` whose
// message is a resource.
func findResource(input protoreflect.MessageDescriptor) protoreflect.FieldDescriptor {
	if input.Fields().ByName("update_mask") == nil {
		return nil
	}
	for i := range input.Fields().Len() {
		fd := input.Fields().Get(i)
		if fd.Kind() == protoreflect.MessageKind && !fd.IsList() && proto.HasExtension(fd.Message().Options(), annotations.E_Resource) {
			return fd
		}
	}
	return nil
}

// name returns the name in a request that tells the workspace.
func (r *rule) name(req proto.Message) string {
	message := req.ProtoReflect()
	for i, fd := range r.target {
		if i == len(r.target)-1 {
			return message.Get(fd).String()
		}
		message = message.Get(fd).Message()
	}
	return ""
}
