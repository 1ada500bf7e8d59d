package grpcapi

import (
	"slices"
	"strings"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// changes are the paths of a resource that an update names.
type changes map[string]bool

// contentPath is the one message field of which parts can be changed.
const contentPath = "content"

// readMask returns what an update changes. Only the allowed fields can be named, and at
// least one must be. Names of output-only fields, of `name` and of `etag` are ignored
// (AIP-203): a REST client that sends a resource back as it read it gets them into its
// mask without asking.
func readMask(resource proto.Message, mask *fieldmaskpb.FieldMask, allowed ...string) (changes, error) {
	fields := resource.ProtoReflect().Descriptor().Fields()
	named := make(changes)
	for _, path := range mask.GetPaths() {
		top, below, _ := strings.Cut(path, ".")
		fd := fields.ByName(protoreflect.Name(top))
		switch {
		case slices.Contains(allowed, path), top == contentPath && slices.Contains(allowed, top) && isContentField(below):
			named[path] = true
		case fd != nil && (top == "name" || top == "etag" || outputOnly(fd)):
		default:
			return nil, refuseMask("update_mask cannot name %q; it can name %s", path, strings.Join(allowed, ", "))
		}
	}
	if len(named) == 0 {
		return nil, refuseMask("update_mask must name at least one of %s", strings.Join(allowed, ", "))
	}
	return named, nil
}

func refuseMask(format string, args ...any) error {
	return advocacy.InvalidField("update_mask", "UPDATE_MASK_INVALID", format, args...)
}

func isContentField(name string) bool {
	return contentFields().ByName(protoreflect.Name(name)) != nil
}

func contentFields() protoreflect.FieldDescriptors {
	return (*imprimaturv1.Content)(nil).ProtoReflect().Descriptor().Fields()
}

// outputOnly tells whether the field is one that clients cannot set.
func outputOnly(fd protoreflect.FieldDescriptor) bool {
	behaviors, _ := proto.GetExtension(fd.Options(), annotations.E_FieldBehavior).([]annotations.FieldBehavior)
	return slices.Contains(behaviors, annotations.FieldBehavior_OUTPUT_ONLY)
}

// content tells whether the content is changed at all, and whether only in part.
func (c changes) content() (changed, partly bool) {
	if c[contentPath] {
		return true, false
	}
	for path := range c {
		if strings.HasPrefix(path, contentPath+".") {
			return true, true
		}
	}
	return false, false
}

// merge returns the current content with the named parts taken from what was sent.
func (c changes) merge(current, sent *imprimaturv1.Content) *imprimaturv1.Content {
	merged, _ := proto.Clone(current).(*imprimaturv1.Content)
	to, from := merged.ProtoReflect(), sent.ProtoReflect()
	fields := contentFields()
	for i := range fields.Len() {
		fd := fields.Get(i)
		switch {
		case !c[contentPath+"."+string(fd.Name())]:
		case from.Has(fd):
			to.Set(fd, from.Get(fd))
		default:
			to.Clear(fd)
		}
	}
	return merged
}

// covers tells whether rules of a field must hold for this update: those of fields it
// does not change need not.
func (c changes) covers(path string) bool {
	if c[path] {
		return true
	}
	for named := range c {
		if strings.HasPrefix(named, path+".") {
			return true
		}
	}
	return false
}

// pick returns a pointer to the value when the update names its path, nil otherwise.
func pick[T any](c changes, path string, value T) *T {
	if !c[path] {
		return nil
	}
	return &value
}

// pickRead is pick for a value that must be read; what the update does not name is not
// even looked at.
func pickRead[T, V any](c changes, path, field string, read func(field string, value V) (T, error), value V) (*T, error) {
	if !c[path] {
		return nil, nil
	}
	taken, err := read(field, value)
	return &taken, err
}

// readContentChange reads the content an update names, nil when it names none. Parts of
// it are laid over the content of the revision that stands; that it still does is
// checked with the version when the change is saved.
func (n names) readContentChange(
	field string, c changes, sent *imprimaturv1.Content, stands func() (*advocacy.Revision, error),
) (*advocacy.Content, error) {
	changed, partly := c.content()
	if !changed {
		return nil, nil
	}
	if partly {
		revision, err := stands()
		if err != nil {
			return nil, err
		}
		var current advocacy.Content
		if revision != nil {
			current = revision.Content
		}
		sent = c.merge(n.content(current), sent)
	}
	content, err := n.readContent(field, sent)
	if err != nil {
		return nil, err
	}
	return &content, nil
}
