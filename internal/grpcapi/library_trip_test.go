package grpcapi

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"
	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// stayingBehind are the fields of an item that somebody sets and no file has: its name, which is
// another one elsewhere, who answers for it, and what the writer saw.
var stayingBehind = []protoreflect.Name{"name", "owner", "etag"}

// Every field of an item that somebody can set is in a file, and every field of a row is a column of a
// table, or all fields of its content are: what is added to an item later is not lost on the way.
func TestEveryFieldOfAnItemIsInAFile(t *testing.T) {
	t.Parallel()
	item, row := (&imprimaturv1.LibraryItem{}).ProtoReflect().Descriptor().Fields(), (&imprimaturv1.LibraryItemRow{}).ProtoReflect().Descriptor().Fields()
	for f := range fieldsOf(item) {
		behavior, _ := proto.GetExtension(f.Options(), annotations.E_FieldBehavior).([]annotations.FieldBehavior)
		given := !slices.Contains(behavior, annotations.FieldBehavior_OUTPUT_ONLY)
		if in := row.ByName(f.Name()) != nil; given && in == slices.Contains(stayingBehind, f.Name()) {
			t.Errorf("%s of an item is given by somebody, and in a file: %t", f.Name(), in)
		}
	}
	named := func(f protoreflect.FieldDescriptor) bool {
		return slices.ContainsFunc(columns, func(c column) bool { return c.name == string(f.Name()) })
	}
	for f := range fieldsOf(row) {
		if f.Name() != contentPath && !named(f) {
			t.Errorf("no column is %s of a row", f.Name())
		}
	}
	for f := range fieldsOf(contentFields()) {
		if !named(f) {
			t.Errorf("no column is %s of a content", f.Name())
		}
	}
}

func fieldsOf(all protoreflect.FieldDescriptors) func(func(protoreflect.FieldDescriptor) bool) {
	return func(yield func(protoreflect.FieldDescriptor) bool) {
		for i := range all.Len() {
			if !yield(all.Get(i)) {
				return
			}
		}
	}
}

// drawnItem is an item as somebody could make it.
func drawnItem(t *rapid.T) *imprimaturv1.LibraryItem {
	maybe := func(name string, do func()) {
		if rapid.Bool().Draw(t, name) {
			do()
		}
	}
	words := rapid.SampledFrom([]string{"Six trades, one team.", "=1+1", "- a\n- b", "He said \"hi\"; twice", "東京で 🏥", "'quoted'", "https://example.com/a_b"})
	i := &imprimaturv1.LibraryItem{
		Title:    rapid.SampledFrom([]string{"Open day", "=SUM(1)", "'Tis", "Journée", "a,b;c"}).Draw(t, "title"),
		Networks: rapid.SampledFrom([][]string{{"wall"}, nil}).Draw(t, "networks"),
		Content:  &imprimaturv1.Content{Language: "en", Text: words.Draw(t, "text") + words.Draw(t, "more")},
	}
	maybe("shelf", func() { i.Topic = acme.topic("news") })
	maybe("disclosure", func() { i.Content.Disclosure = imprimaturv1.Disclosure_DISCLOSURE_EMPLOYEE })
	maybe("link", func() { i.Content.Link = "https://example.com/open?a=1&b=2" })
	maybe("card", func() {
		i.Content.Link, i.Content.Card = "https://example.com/", &imprimaturv1.LinkCard{Title: "Card, one", Description: "=2"}
	})
	maybe("variants", func() {
		i.Content.Variants = []*imprimaturv1.Variant{{Language: "fr", Text: words.Draw(t, "variant")}, {Network: "wall", Alternative: "playful", Text: "Hey."}}
	})
	maybe("window", func() {
		i.TimeZone = "Europe/Paris"
		i.ShareStartTime = timestamppb.New(time.Date(2030, 1, 1, 9, 0, 0, 123000, time.UTC))
		maybe("end", func() { i.ShareEndTime = timestamppb.New(time.Date(2031, 1, 1, 9, 0, 0, 0, time.UTC)) })
	})
	maybe("note", func() { i.Note = words.Draw(t, "said") })
	maybe("audience", func() {
		i.Audience = &imprimaturv1.Audience{Groups: []string{"=Sales, north", "R&D"}, Countries: []string{"FR"}, Languages: []string{"fr"}}
	})
	maybe("pin", func() { i.Pin = int32(rapid.IntRange(1, 999).Draw(t, "place")) })
	maybe("feature", func() {
		i.Featured = 3
		maybe("until", func() { i.FeaturedEndTime = timestamppb.New(time.Date(2030, 5, 1, 0, 0, 0, 0, time.UTC)) })
	})
	maybe("labels", func() { i.Labels = []string{"R&D", "launch", "two words"} })
	maybe("campaign", func() { i.Campaign = "spring" })
	maybe("announcement", func() { i.Announcement = true })
	maybe("locked", func() { i.EditPolicy = &imprimaturv1.EditPolicy{Mode: imprimaturv1.EditPolicy_LOCKED} })
	maybe("spread", func() { i.ShareSpreadMinutes = new(int32(rapid.IntRange(0, 240).Draw(t, "minutes"))) })
	return i
}

// exported is the whole library as a file.
func (l *lodge) exported(f imprimaturv1.LibraryFormat) string {
	l.t.Helper()
	file, ask := "", &imprimaturv1.ExportLibraryItemsRequest{Parent: acme.self(), Format: f}
	for {
		page := need(l.library.ExportLibraryItems(l.as(l.Curator), ask))(l.t)
		if file += page.GetData(); page.GetNextPageToken() == "" {
			return file
		}
		ask.PageToken = page.GetNextPageToken()
	}
}

// brought imports a file, and tells how many of its rows ended in which way.
func (l *lodge) brought(f imprimaturv1.LibraryFormat, file string) string {
	l.t.Helper()
	order := need(l.library.ImportLibraryItems(l.as(l.Curator), &imprimaturv1.ImportLibraryItemsRequest{Parent: acme.self(), Format: f, Data: file, RequestId: uuid.NewString()}))(l.t)
	if err := l.Flow.RunImport(l.t.Context(), l.W, advocacy.ImportID(order.GetName()[strings.LastIndexByte(order.GetName(), '/')+1:])); err != nil {
		l.t.Fatal(err)
	}
	order = need(l.library.GetLibraryImport(l.as(l.Curator), &imprimaturv1.GetLibraryImportRequest{Name: order.GetName()}))(l.t)
	rows := need(l.library.ListLibraryImportRows(l.as(l.Curator), &imprimaturv1.ListLibraryImportRowsRequest{Parent: order.GetName(), Filter: `outcome = "FAILED"`}))(l.t)
	if failed := rows.GetLibraryImportRows(); len(failed) > 0 {
		l.t.Errorf("%d rows were refused, the first: %v", len(failed), failed[0])
	}
	return fmt.Sprint(order.GetCreatedCount(), " ", order.GetUpdatedCount(), " ", order.GetUnchangedCount())
}

// items are all there are, by their titles' order in time.
func (l *lodge) items() []*imprimaturv1.LibraryItem {
	l.t.Helper()
	all := need(l.library.ListLibraryItems(l.as(l.Curator), &imprimaturv1.ListLibraryItemsRequest{Parent: acme.self(), PageSize: 200, OrderBy: "create_time"}))(l.t)
	return all.GetLibraryItems()
}

// A library that is exported and imported in a workspace that has none is the same there: each item
// says what it said, the file of it is the same file, and to bring it once more changes nothing.
func TestALibraryComesBack(t *testing.T) {
	t.Parallel()
	const many = 40
	one := openLodge(t)
	film := need(uploaded(one, picture(t)))(t)
	for n := range many {
		item := rapid.Custom(drawnItem).Example(n)
		if n%4 == 0 {
			item.Content.Card = nil
			item.Content.Media = []*imprimaturv1.MediaUse{{Media: film.GetName(), AltText: "A square, \"red\""}}
		}
		need(one.library.CreateLibraryItem(one.as(one.Curator), &imprimaturv1.CreateLibraryItemRequest{Parent: acme.self(), LibraryItem: item}))(t)
		one.Clock.Advance(time.Second)
	}
	want := one.items()
	for _, f := range []imprimaturv1.LibraryFormat{imprimaturv1.LibraryFormat_LIBRARY_FORMAT_JSONL, imprimaturv1.LibraryFormat_LIBRARY_FORMAT_CSV} {
		t.Run(f.String(), func(t *testing.T) {
			two := openLodge(t)
			need(uploaded(two, picture(t)))(t)
			file := one.exported(f)
			if got := two.brought(f, file); got != fmt.Sprint(many, " 0 0") {
				t.Errorf("brought for the first time: %s", got)
			}
			if got := two.brought(f, file); got != fmt.Sprint("0 0 ", many) {
				t.Errorf("brought again: %s", got)
			}
			if diff := cmp.Diff(file, two.exported(f)); diff != "" {
				t.Errorf("the file of what was brought differs: %s", diff)
			}
			own := protocmp.IgnoreFields(&imprimaturv1.LibraryItem{}, "name", "owner", "author", "etag", "revision", "create_time", "update_time")
			if diff := cmp.Diff(want, two.items(), protocmp.Transform(), own); diff != "" {
				t.Errorf("what was brought differs: %s", diff)
			}
		})
	}
	// What one row says of its spread alone is changed, and taken away again.
	name := want[0].GetName()[strings.LastIndexByte(want[0].GetName(), '/')+1:]
	for cell, spread := range map[string]*int32{"17": new(int32(17)), "0": new(int32(0)), "": nil} {
		one.brought(imprimaturv1.LibraryFormat_LIBRARY_FORMAT_CSV, "external_id,share_spread_minutes\n"+name+","+cell+"\n")
		got := need(one.library.GetLibraryItem(one.as(one.Curator), &imprimaturv1.GetLibraryItemRequest{Name: want[0].GetName()}))(t)
		if !cmp.Equal(got.ShareSpreadMinutes, spread) || got.GetTitle() != want[0].GetTitle() {
			t.Errorf("after %q its spread is %v", cell, got.ShareSpreadMinutes)
		}
	}
}

// uploaded sends a picture.
func uploaded(l *lodge, data []byte) (*imprimaturv1.Media, error) {
	stream, err := imprimaturv1.NewMediaServiceClient(l.conn).UploadMedia(l.as(l.Author))
	if err != nil {
		return nil, err
	}
	if err := stream.Send(&imprimaturv1.UploadMediaRequest{Parent: acme.self(), Data: data}); err != nil {
		return nil, err
	}
	return stream.CloseAndRecv()
}
