package grpcapi

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"buf.build/go/protovalidate"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

var postPaths = []string{"content", "social_accounts", "publish_time", "time_zone", "note"}

func TestMasks(t *testing.T) {
	t.Parallel()
	for mask, want := range map[string]string{
		"note":                   "note",
		"note,content":           "content,note",
		"content.text":           "content.text",
		"content.media,note":     "content.media,note",
		"name,etag,note":         "note",
		"state,create_time,note": "note",
		"publications,targets,note,revision,digest,author,held": "note",
	} {
		got, err := readMask(&imprimaturv1.Post{}, &fieldmaskpb.FieldMask{Paths: strings.Split(mask, ",")}, postPaths...)
		if named := strings.Join(slices.Sorted(maps.Keys(got)), ","); err != nil || named != want {
			t.Errorf("%s names %s, %v; want %s", mask, named, err, want)
		}
	}
}

func TestMasksAreStrict(t *testing.T) {
	t.Parallel()
	for _, paths := range [][]string{
		nil, {}, {""}, {"*"}, {"note", "*"}, {"state"}, {"name"}, {"etag"}, {"Note"}, {"publishTime"}, {"note.x"}, {"library_item"},
		{"content."}, {"content.nope"}, {"content.media.alt_text"}, {"content.variants[0]"}, {"publish_time.seconds"}, {"title"},
	} {
		got, err := readMask(&imprimaturv1.Post{}, &fieldmaskpb.FieldMask{Paths: paths}, postPaths...)
		if advocacy.ReasonOf(err) != "UPDATE_MASK_INVALID" {
			t.Errorf("%q: %v, %v", paths, got, err)
		}
		if err != nil && !strings.Contains(err.Error(), "social_accounts") {
			t.Errorf("%q: %v does not say what can be named", paths, err)
		}
	}
}

// The fields an update can name are fields of its resource that clients may set.
func TestMaskPathsExist(t *testing.T) {
	t.Parallel()
	fields := (&imprimaturv1.Post{}).ProtoReflect().Descriptor().Fields()
	for _, path := range postPaths {
		fd := fields.ByTextName(path)
		if fd == nil || outputOnly(fd) {
			t.Errorf("%s cannot be changed", path)
		}
	}
}

func TestPartsOfContentAreLaidOver(t *testing.T) {
	t.Parallel()
	stands := advocacy.Content{
		Language: "en", Text: "old", Link: "https://example.com", Disclosure: advocacy.DisclosureEmployee,
		Media: []advocacy.MediaRef{{Blob: "sha256:" + someHex, AltText: "a cat", ContentType: "image/png", Width: 3}},
	}
	asked := 0
	head := func() (*advocacy.Revision, error) {
		asked++
		return &advocacy.Revision{Content: stands}, nil
	}
	sent := &imprimaturv1.Content{Text: "new", Language: "fr", Variants: []*imprimaturv1.Variant{{Network: "wall", Text: "v"}}}

	got, err := acme.readContentChange("post.content", changes{"content.text": true, "content.link": true}, sent, head)
	want := stands
	want.Text, want.Link = "new", ""
	want.Media = []advocacy.MediaRef{{Blob: "sha256:" + someHex, AltText: "a cat"}}
	if diff := cmp.Diff(&want, got); diff != "" || err != nil || asked != 1 {
		t.Errorf("parts: asked %d, %v, %s", asked, err, diff)
	}
	got, err = acme.readContentChange("post.content", changes{"content": true, "content.text": true}, sent, head)
	whole := advocacy.Content{Language: "fr", Text: "new", Variants: []advocacy.Variant{{Network: "wall", Text: "v"}}}
	if diff := cmp.Diff(&whole, got); diff != "" || err != nil || asked != 1 {
		t.Errorf("whole: asked %d, %v, %s", asked, err, diff)
	}
	got, err = acme.readContentChange("post.content", changes{"note": true}, sent, head)
	if got != nil || err != nil || asked != 1 {
		t.Errorf("none: asked %d, %v, %v", asked, got, err)
	}
	gone := errors.New("gone")
	if _, err := acme.readContentChange("post.content", changes{"content.text": true}, sent, func() (*advocacy.Revision, error) { return nil, gone }); !errors.Is(err, gone) {
		t.Errorf("unreadable: %v", err)
	}
}

// What a merge was given stays as it was.
func TestMergeChangesNothingElse(t *testing.T) {
	t.Parallel()
	current, sent := &imprimaturv1.Content{Text: "a", Link: "b"}, &imprimaturv1.Content{Text: "c"}
	merged := changes{"content.text": true}.merge(current, sent)
	if merged.GetText() != "c" || merged.GetLink() != "b" || current.GetText() != "a" {
		t.Errorf("merged %v, current %v", merged, current)
	}
	if diff := cmp.Diff(&imprimaturv1.Content{Text: "c"}, sent, protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
}

// Of an update only what it changes must be well formed.
func TestUpdatesAreValidatedInPart(t *testing.T) {
	t.Parallel()
	validator, err := protovalidate.New()
	if err != nil {
		t.Fatal(err)
	}
	g := &guard{validator: validator}
	rules := readRules()
	member := func(m *imprimaturv1.Member, paths ...string) error {
		m.Name = "workspaces/acme/members/" + someID
		req := &imprimaturv1.UpdateMemberRequest{Member: m, UpdateMask: &fieldmaskpb.FieldMask{Paths: paths}}
		return g.validate(rules["/imprimatur.v1.MemberService/UpdateMember"], req)
	}
	if err := member(&imprimaturv1.Member{Title: "x"}, "title"); err != nil {
		t.Errorf("a title alone: %v", err)
	}
	if err := member(&imprimaturv1.Member{Title: "x"}, "title", "email"); err == nil {
		t.Error("an empty address passed")
	}
	if err := member(&imprimaturv1.Member{Email: "no address", Title: "x"}, "title"); err != nil {
		t.Errorf("an address that is not changed: %v", err)
	}
	post := func(c *imprimaturv1.Content, paths ...string) error {
		req := &imprimaturv1.UpdatePostRequest{
			Post:       &imprimaturv1.Post{Name: "workspaces/acme/posts/" + someID, Content: c},
			UpdateMask: &fieldmaskpb.FieldMask{Paths: paths},
		}
		return g.validate(rules["/imprimatur.v1.PostService/UpdatePost"], req)
	}
	if err := post(&imprimaturv1.Content{Text: "x"}, "content.text"); err != nil {
		t.Errorf("a text alone: %v", err)
	}
	if err := post(&imprimaturv1.Content{Text: "x"}, "content"); err == nil {
		t.Error("a content without a language passed")
	}
	if err := post(&imprimaturv1.Content{Text: strings.Repeat("x", 20001)}, "content.text"); err == nil {
		t.Error("a text that is too long passed")
	}
	bad := &imprimaturv1.Content{Media: []*imprimaturv1.MediaUse{{Media: "nonsense"}}}
	if err := post(bad, "content.media"); err == nil {
		t.Error("a picture without a name passed")
	}
	if err := post(bad, "content.text"); err != nil {
		t.Errorf("a picture that is not changed: %v", err)
	}
}
