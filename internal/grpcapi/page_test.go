package grpcapi

import (
	"context"
	"slices"
	"strconv"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// visiting is the context of an admitted call of a method.
func visiting(t testing.TB, method string, actor advocacy.Actor) context.Context {
	t.Helper()
	return context.WithValue(t.Context(), tripKey{}, &trip{
		method: method, language: defaultLanguage, principal: Principal{Actor: actor},
	})
}

var ana = advocacy.Actor{Kind: advocacy.Human, Workspace: "acme", Person: someID, Session: otherID, Roles: []advocacy.Role{advocacy.RoleEmployee}}

const listPosts = "/imprimatur.v1.PostService/ListPosts"

func TestPageSizes(t *testing.T) {
	t.Parallel()
	for size, want := range map[int32]int{0: 50, 1: 1, 199: 199, 200: 200, 201: 200, 1 << 30: 200} {
		l, err := openList(visiting(t, listPosts, ana), &imprimaturv1.ListPostsRequest{Parent: "workspaces/acme", PageSize: size})
		if err != nil || l.page.Size != want {
			t.Errorf("page_size %d gives %d, %v; want %d", size, l.page.Size, err, want)
		}
	}
	_, err := openList(visiting(t, listPosts, ana), &imprimaturv1.ListPostsRequest{PageSize: -1})
	if advocacy.ReasonOf(err) != "PAGE_SIZE_INVALID" {
		t.Errorf("page_size -1: %v", err)
	}
}

// A token works in the query that gave it and in no other.
func TestPageTokensAreBound(t *testing.T) {
	t.Parallel()
	request := func(change func(*imprimaturv1.ListPostsRequest)) *imprimaturv1.ListPostsRequest {
		r := &imprimaturv1.ListPostsRequest{Parent: "workspaces/acme", Filter: `author = "me"`, OrderBy: "create_time"}
		change(r)
		return r
	}
	first, err := openList(visiting(t, listPosts, ana), request(func(*imprimaturv1.ListPostsRequest) {}))
	if err != nil {
		t.Fatal(err)
	}
	token := first.next("2026-01-02T03:04:05Z|" + someID)
	same, err := openList(visiting(t, listPosts, ana), request(func(r *imprimaturv1.ListPostsRequest) {
		r.PageToken, r.PageSize, r.OrderBy = token, 7, " create_time  asc"
	}))
	if err != nil || same.page.After != "2026-01-02T03:04:05Z|"+someID {
		t.Errorf("the same query: %q, %v", same.page.After, err)
	}
	others := map[string]func(*imprimaturv1.ListPostsRequest){
		"parent": func(r *imprimaturv1.ListPostsRequest) { r.Parent = "workspaces/acme2" },
		"filter": func(r *imprimaturv1.ListPostsRequest) { r.Filter = "" },
		"order":  func(r *imprimaturv1.ListPostsRequest) { r.OrderBy = "" },
	}
	for name, change := range others {
		_, err := openList(visiting(t, listPosts, ana), request(func(r *imprimaturv1.ListPostsRequest) {
			r.PageToken = token
			change(r)
		}))
		if advocacy.ReasonOf(err) != "PAGE_TOKEN_INVALID" {
			t.Errorf("another %s: %v", name, err)
		}
	}
	_, err = openList(visiting(t, "/imprimatur.v1.PostService/ListRevisions", ana), request(func(r *imprimaturv1.ListPostsRequest) { r.PageToken = token }))
	if advocacy.ReasonOf(err) != "PAGE_TOKEN_INVALID" {
		t.Errorf("another method: %v", err)
	}
}

// Moving a byte from one part of a query to the next gives another binding.
func TestQueriesAreToldApart(t *testing.T) {
	t.Parallel()
	a := query{method: "m", parent: "ab", filter: "c"}
	b := query{method: "m", parent: "a", filter: "bc"}
	if string(a.binding()) == string(b.binding()) {
		t.Error("two queries share a binding")
	}
}

func TestCutReadsEverythingOnce(t *testing.T) {
	t.Parallel()
	all := make([]int, 23)
	for i := range all {
		all[i] = i
	}
	for size := 1; size <= 24; size++ {
		var got []int
		l := listing{query: query{method: "m"}}
		l.page.Size = size
		for range 30 {
			page, next := cut(l, all, strconv.Itoa)
			got = append(got, page...)
			if next == "" {
				break
			}
			after, err := l.query.open(next)
			if err != nil {
				t.Fatal(err)
			}
			l.page.After = after
		}
		if !slices.Equal(got, all) {
			t.Errorf("pages of %d give %v", size, got)
		}
	}
	gone := listing{}
	gone.page.Size, gone.page.After = 5, "99"
	if page, next := cut(gone, all, strconv.Itoa); len(page) != 0 || next != "" {
		t.Errorf("a key that is gone gives %v, %q", page, next)
	}
}

func TestOrders(t *testing.T) {
	t.Parallel()
	for order, oldest := range map[string]bool{"": false, "create_time desc": false, "create_time": true, " create_time   asc ": true} {
		if got, err := readOrder(order); err != nil || got != oldest {
			t.Errorf("%q: %v, %v", order, got, err)
		}
	}
	for _, order := range []string{"update_time", "create_time,name", "create_time DESC", "desc", "create_time desc desc"} {
		if _, err := readOrder(order); advocacy.ReasonOf(err) != "ORDER_INVALID" {
			t.Errorf("%q: %v", order, err)
		}
	}
}

func TestEtags(t *testing.T) {
	t.Parallel()
	for _, version := range []int64{1, 2, 9, 10, 12345, 1<<63 - 1} {
		if got, err := readEtag(etagOf(version)); err != nil || got != version {
			t.Errorf("version %d: %q, %d, %v", version, etagOf(version), got, err)
		}
	}
	if got, err := readEtag(""); got != 0 || err != nil {
		t.Errorf("no etag: %d, %v", got, err)
	}
	for _, etag := range []string{"x", "*", `"1"`, "v1", etagCoding.EncodeToString([]byte("v1")), etagCoding.EncodeToString([]byte("v01")), etagOf(1) + "0", "  "} {
		if got, err := readEtag(etag); advocacy.KindOf(err) != advocacy.Conflict || advocacy.ReasonOf(err) != "ETAG_STALE" {
			t.Errorf("%q: %d, %v", etag, got, err)
		}
	}
	if _, err := requireEtag("post.etag", ""); advocacy.KindOf(err) != advocacy.Invalid {
		t.Errorf("a missing etag: %v", err)
	}
}

func FuzzEtag(f *testing.F) {
	for _, seed := range []string{"", "erg0", etagOf(1), etagOf(42), "ffff", "ERG0"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, etag string) {
		version, err := readEtag(etag)
		if err == nil && etagOf(version) != etag {
			t.Fatalf("%q is version %d, whose etag is %q", etag, version, etagOf(version))
		}
	})
}

// A token nobody gave is refused, and one that was given comes back.
func FuzzPageToken(f *testing.F) {
	q := query{method: listPosts, parent: "workspaces/acme", filter: "", order: newestFirst}
	for _, seed := range []string{"", "a", q.seal("2026-01-02|x"), "\r\n" + q.seal("x"), "====", "AAAAAAAAAAAAAAAAAAAAAAAA", q.seal("\x00\xff")} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, token string) {
		after, err := q.open(token)
		if err != nil {
			if advocacy.ReasonOf(err) != "PAGE_TOKEN_INVALID" {
				t.Fatal(err)
			}
			return
		}
		if q.seal(after) != token {
			t.Fatalf("%q opened as %q, which seals as %q", token, after, q.seal(after))
		}
		if opened, err := q.open(q.seal(token)); token != "" && len(token) <= maxTokenKey && (err != nil || opened != token) {
			t.Fatalf("key %q came back as %q, %v", token, opened, err)
		}
	})
}
