package storetest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network/wall"
	"github.com/imprimatur-hq/imprimatur/internal/store"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// pages is a list: how to make one more of what it lists, and how to read a page. Both
// speak of a thing by a key that sorts as the list does.
type pages struct {
	add  func(ctx context.Context, tx workflow.Tx, h *house, n int) (key string, err error)
	list func(ctx context.Context, h *house, p workflow.Page) (keys []string, next string, err error)
	// one is the only order the list has, "" when it has both.
	one order
	// shared lists show what other tests make, too.
	shared bool
}

type order string

const (
	ascending  order = "ascending"
	descending order = "descending"
)

// stablePages holds for every list that walking it page by page, while others add to it,
// shows everything that was there at the start exactly once and in order.
func stablePages(t *testing.T, s *store.Store) {
	all := maps.Clone(allPages)
	maps.Copy(all, timePages)
	maps.Copy(all, knowledgePages)
	for name, l := range all {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(rt *rapid.T) { l.walk(rt, newHouse(t, s)) })
		})
	}
}

func (l pages) walk(t *rapid.T, h *house) {
	c := ctx(h.t)
	n := 0
	grow := func(count int) (keys []string) {
		h.update(func(ctx context.Context, tx workflow.Tx) error {
			keys = nil
			for range count {
				n++
				key, err := l.add(ctx, tx, h, n)
				if err != nil {
					return err
				}
				keys = append(keys, key)
			}
			return nil
		})
		return keys
	}
	there := grow(rapid.IntRange(0, 12).Draw(t, "there"))
	p := workflow.Page{Size: rapid.IntRange(1, 6).Draw(t, "size"), Oldest: rapid.Bool().Draw(t, "oldest")}
	up := p.Oldest && l.one == "" || l.one == ascending
	var seen []string
	for {
		keys, next, err := l.list(c, h, p)
		if err != nil {
			t.Fatal(err)
		}
		if len(keys) > p.Size || (next != "" && len(keys) != p.Size) {
			t.Fatalf("a page of %d has %d rows, and the next is %q", p.Size, len(keys), next)
		}
		seen = append(seen, keys...)
		if p.After = next; next == "" {
			break
		}
		if len(seen) < 30 { // or a list that grows as fast as it is read would never end
			grow(rapid.IntRange(0, 2).Draw(t, "grown"))
		}
		if l.shared && len(seen) > 50 {
			break // Others make it grow, perhaps faster than it is read.
		}
	}
	sorted := slices.IsSorted(seen)
	if !up {
		reversed := slices.Clone(seen)
		slices.Reverse(reversed)
		sorted = slices.IsSorted(reversed)
	}
	if !sorted || len(slices.Compact(slices.Sorted(slices.Values(seen)))) != len(seen) {
		t.Fatalf("out of order or twice: %q", seen)
	}
	for _, key := range there {
		if !l.shared && !slices.Contains(seen, key) {
			t.Fatalf("%q is missing in %q", key, seen)
		}
	}
}

// keysOf turns what a list returns into keys.
func keysOf[T any](key func(T) string) func(all []T, next string, err error) ([]string, string, error) {
	return func(all []T, next string, err error) ([]string, string, error) {
		keys := make([]string, len(all))
		for i, v := range all {
			keys[i] = key(v)
		}
		return keys, next, err
	}
}

// sometime is one of a few instants, so that many things have the same.
func sometime(n int) time.Time { return start.Add(time.Duration(n*7%3) * time.Minute) }

func timedKey(t time.Time, rest string) string { return fmt.Sprintf("%d %s", t.UnixMicro(), rest) }

var allPages = map[string]pages{
	"Posts": {
		add: func(ctx context.Context, tx workflow.Tx, h *house, _ int) (string, error) {
			p := h.post()
			return string(p.ID), tx.AddPost(ctx, p)
		},
		list: func(ctx context.Context, h *house, p workflow.Page) ([]string, string, error) {
			return keysOf(func(p advocacy.Post) string { return string(p.ID) })(
				h.s.Posts(ctx, workflow.PostQuery{Page: p, Workspace: h.ws, State: advocacy.PostDraft}))
		},
	},
	"Revisions": {
		add: func(ctx context.Context, tx workflow.Tx, h *house, n int) (string, error) {
			return fmt.Sprintf("%04d", n+1), tx.AddRevision(ctx, h.revision(h.draft.Subject(), n+1))
		},
		list: func(ctx context.Context, h *house, p workflow.Page) ([]string, string, error) {
			return keysOf(func(r advocacy.Revision) string { return fmt.Sprintf("%04d", r.Number) })(
				h.s.Revisions(ctx, h.draft.Subject(), p))
		},
	},
	"Reviews": {
		add: func(ctx context.Context, tx workflow.Tx, h *house, n int) (string, error) {
			r := h.firstReview(h.draft)
			r.Round = n + 1
			return fmt.Sprintf("%04d", r.Round), tx.AddReview(ctx, r)
		},
		list: func(ctx context.Context, h *house, p workflow.Page) ([]string, string, error) {
			return keysOf(func(r advocacy.Review) string { return fmt.Sprintf("%04d", r.Round) })(
				h.s.Reviews(ctx, h.draft.Subject(), p))
		},
	},
	"OpenedReviews": {
		add: func(ctx context.Context, tx workflow.Tx, h *house, n int) (string, error) {
			r := h.firstReview(h.draft)
			r.Round, r.OpenTime = n+1, sometime(n).AddDate(1, 0, 0)
			return timedKey(r.OpenTime, fmt.Sprintf("%04d", r.Round)), tx.AddReview(ctx, r)
		},
		list: func(ctx context.Context, h *house, p workflow.Page) ([]string, string, error) {
			return keysOf(func(r advocacy.Review) string { return timedKey(r.OpenTime, fmt.Sprintf("%04d", r.Round)) })(
				h.s.OpenedReviews(ctx, h.ws, start.AddDate(1, 0, -1), p))
		},
	},
	"Tasks": {
		one: ascending,
		add: func(ctx context.Context, tx workflow.Tx, h *house, n int) (string, error) {
			k := h.task(n)
			return timedKey(k.DueTime, string(k.ID)), tx.PutTasks(ctx, k)
		},
		list: func(ctx context.Context, h *house, p workflow.Page) ([]string, string, error) {
			return keysOf(func(k workflow.Task) string { return timedKey(k.DueTime, string(k.ID)) })(
				h.s.Tasks(ctx, workflow.TaskQuery{
					Page: p, Workspace: h.ws, Person: h.approver, Roles: []advocacy.Role{advocacy.RoleLegal, advocacy.RolePR},
				}))
		},
	},
	"TasksByUrgency": {
		one: ascending,
		add: func(ctx context.Context, tx workflow.Tx, h *house, n int) (string, error) {
			k := h.task(n)
			return urgencyKey(k), tx.PutTasks(ctx, k)
		},
		list: func(ctx context.Context, h *house, p workflow.Page) ([]string, string, error) {
			return keysOf(urgencyKey)(h.s.Tasks(ctx, workflow.TaskQuery{
				Page: p, Workspace: h.ws, Person: h.approver, Roles: []advocacy.Role{advocacy.RoleLegal, advocacy.RolePR},
				Attention: true, State: workflow.TaskOpen, Order: workflow.OrderUrgency, Now: start,
			}))
		},
	},
	"TasksByMaking": {
		one: ascending,
		add: func(ctx context.Context, tx workflow.Tx, h *house, n int) (string, error) {
			k := h.task(n)
			return string(k.ID), tx.PutTasks(ctx, k)
		},
		list: func(ctx context.Context, h *house, p workflow.Page) ([]string, string, error) {
			return keysOf(func(k workflow.Task) string { return string(k.ID) })(
				h.s.Tasks(ctx, workflow.TaskQuery{Page: p, Workspace: h.ws, Order: workflow.OrderMade}))
		},
	},
	"Policies": {
		add: func(ctx context.Context, tx workflow.Tx, h *house, n int) (string, error) {
			p := &workflow.PolicyRevision{
				Workspace: h.ws, Policy: fmt.Sprintf("p%d", n%3), Revision: n, Active: n%2 == 0, CreateTime: sometime(n),
			}
			return timedKey(p.CreateTime, fmt.Sprintf("%s %04d", p.Policy, n)), tx.AddPolicyRevision(ctx, p)
		},
		list: func(ctx context.Context, h *house, p workflow.Page) ([]string, string, error) {
			return keysOf(func(p workflow.PolicyRevision) string {
				return timedKey(p.CreateTime, fmt.Sprintf("%s %04d", p.Policy, p.Revision))
			})(h.s.PolicyRevisions(ctx, h.ws, "", p))
		},
	},
	"PolicyRevisions": {
		add: func(ctx context.Context, tx workflow.Tx, h *house, n int) (string, error) {
			p := &workflow.PolicyRevision{Workspace: h.ws, Policy: "main", Revision: n, CreateTime: sometime(n)}
			return fmt.Sprintf("%04d", n), tx.AddPolicyRevision(ctx, p)
		},
		list: func(ctx context.Context, h *house, p workflow.Page) ([]string, string, error) {
			return keysOf(func(p workflow.PolicyRevision) string { return fmt.Sprintf("%04d", p.Revision) })(
				h.s.PolicyRevisions(ctx, h.ws, "main", p))
		},
	},
	"Items": {
		add: func(ctx context.Context, tx workflow.Tx, h *house, _ int) (string, error) {
			i := &advocacy.LibraryItem{Workspace: h.ws, ID: advocacy.ItemID(id("item")), State: advocacy.ItemApproved, InForce: 1}
			return string(i.ID), tx.AddItem(ctx, i)
		},
		list: func(ctx context.Context, h *house, p workflow.Page) ([]string, string, error) {
			return keysOf(func(i advocacy.LibraryItem) string { return string(i.ID) })(
				h.s.Items(ctx, workflow.ItemQuery{Page: p, Workspace: h.ws, Availability: advocacy.AvailableNow, Now: start, Viewer: h.author}))
		},
	},
	"Topics": {
		add: func(ctx context.Context, tx workflow.Tx, h *house, n int) (string, error) {
			v := &advocacy.Topic{
				Workspace: h.ws, ID: advocacy.TopicID(id("topic")), Closed: n%2 == 0, Members: []advocacy.PersonID{h.author},
			}
			return string(v.ID), tx.AddTopic(ctx, v)
		},
		list: func(ctx context.Context, h *house, p workflow.Page) ([]string, string, error) {
			return keysOf(func(v advocacy.Topic) string { return string(v.ID) })(h.s.Topics(ctx, h.ws, h.author, p))
		},
	},
	"Media": {
		add: func(ctx context.Context, tx workflow.Tx, h *house, n int) (string, error) {
			m := &advocacy.Media{Workspace: h.ws, Blob: id("blob"), CreateTime: sometime(n)}
			return timedKey(m.CreateTime, m.Blob), tx.AddMedia(ctx, m)
		},
		list: func(ctx context.Context, h *house, p workflow.Page) ([]string, string, error) {
			return keysOf(func(m advocacy.Media) string { return timedKey(m.CreateTime, m.Blob) })(h.s.MediaList(ctx, h.ws, p))
		},
	},
	"Uploads": {
		add: func(ctx context.Context, tx workflow.Tx, h *house, n int) (string, error) {
			u := &advocacy.Upload{
				Workspace: h.ws, ID: advocacy.UploadID(id("upload")), Uploader: h.author, Size: 1, CreateTime: sometime(n), ExpireTime: later,
			}
			return string(u.ID), tx.AddUpload(ctx, u)
		},
		list: func(ctx context.Context, h *house, p workflow.Page) ([]string, string, error) {
			return keysOf(func(u advocacy.Upload) string { return string(u.ID) })(
				h.s.Uploads(ctx, workflow.UploadQuery{Page: p, Workspace: h.ws, Uploader: h.author, Now: start}))
		},
	},
	"Workspaces": {
		shared: true,
		add: func(ctx context.Context, tx workflow.Tx, _ *house, _ int) (string, error) {
			w := &advocacy.Workspace{ID: advocacy.WorkspaceID(id("ws"))}
			return string(w.ID), tx.AddWorkspace(ctx, w)
		},
		list: func(ctx context.Context, h *house, p workflow.Page) ([]string, string, error) {
			return keysOf(func(w advocacy.Workspace) string { return string(w.ID) })(h.s.Workspaces(ctx, p))
		},
	},
	"Members": {
		add: func(ctx context.Context, tx workflow.Tx, h *house, _ int) (string, error) {
			m := h.member(advocacy.PersonID(id("person")), advocacy.RolePR)
			return string(m.Person), tx.AddMember(ctx, m)
		},
		list: func(ctx context.Context, h *house, p workflow.Page) ([]string, string, error) {
			return keysOf(func(m advocacy.Member) string { return string(m.Person) })(
				h.s.Members(ctx, workflow.MemberQuery{Page: p, Workspace: h.ws, Role: advocacy.RolePR}))
		},
	},
	"Roles": {
		add: func(ctx context.Context, tx workflow.Tx, h *house, _ int) (string, error) {
			r := &advocacy.RoleDef{Workspace: h.ws, Role: advocacy.Role(id("role"))}
			return string(r.Role), tx.PutRole(ctx, r)
		},
		list: func(ctx context.Context, h *house, p workflow.Page) ([]string, string, error) {
			return keysOf(func(r advocacy.RoleDef) string { return string(r.Role) })(h.s.Roles(ctx, h.ws, p))
		},
	},
	"APIKeys": {
		add: func(ctx context.Context, tx workflow.Tx, h *house, _ int) (string, error) {
			k := &advocacy.APIKey{Workspace: h.ws, ID: advocacy.KeyID(id("key")), Owner: h.author, SecretHash: []byte(id("secret"))}
			return string(k.ID), tx.AddAPIKey(ctx, k)
		},
		list: func(ctx context.Context, h *house, p workflow.Page) ([]string, string, error) {
			return keysOf(func(k advocacy.APIKey) string { return string(k.ID) })(h.s.APIKeys(ctx, h.ws, h.author, p))
		},
	},
	"Accounts": {
		add: func(ctx context.Context, tx workflow.Tx, h *house, _ int) (string, error) {
			a := &advocacy.SocialAccount{
				Workspace: h.ws, ID: advocacy.AccountID(id("account")), Network: "wall", State: advocacy.AccountReady,
			}
			return string(a.ID), tx.AddAccount(ctx, a, nil)
		},
		list: func(ctx context.Context, h *house, p workflow.Page) ([]string, string, error) {
			return keysOf(func(a advocacy.SocialAccount) string { return string(a.ID) })(h.s.Accounts(ctx, workflow.AccountQuery{Page: p, Workspace: h.ws, Network: "wall"}))
		},
	},
	"Handles": {
		add: func(ctx context.Context, tx workflow.Tx, h *house, _ int) (string, error) {
			v := h.handle()
			return string(v.ID), tx.AddHandle(ctx, v)
		},
		list: func(ctx context.Context, h *house, p workflow.Page) ([]string, string, error) {
			return keysOf(func(v advocacy.RegisteredHandle) string { return string(v.ID) })(
				h.s.Handles(ctx, workflow.HandleQuery{Page: p, Workspace: h.ws, Network: "mastodon", Kind: advocacy.HandleImpostor}))
		},
	},
	"Publications": {
		add: func(ctx context.Context, tx workflow.Tx, h *house, n int) (string, error) {
			x := h.publication()
			x.Revision = n + 1
			return string(x.ID), tx.AddPublication(ctx, x)
		},
		list: func(ctx context.Context, h *house, p workflow.Page) ([]string, string, error) {
			return keysOf(func(x advocacy.Publication) string { return string(x.ID) })(
				h.s.Publications(ctx, workflow.PublicationQuery{Page: p, Workspace: h.ws, Post: h.draft.ID}))
		},
	},
	"Holds": {
		add: func(ctx context.Context, tx workflow.Tx, h *house, _ int) (string, error) {
			v := h.hold()
			return string(v.ID), tx.AddHold(ctx, v)
		},
		list: func(ctx context.Context, h *house, p workflow.Page) ([]string, string, error) {
			return keysOf(func(v advocacy.Hold) string { return string(v.ID) })(
				h.s.Holds(ctx, workflow.HoldQuery{Page: p, Workspace: h.ws, Active: true}))
		},
	},
	"AuditRecords": {
		add: func(ctx context.Context, tx workflow.Tx, h *house, _ int) (string, error) {
			a := h.record("post.created")
			return string(a.ID), tx.Record(ctx, a)
		},
		list: func(ctx context.Context, h *house, p workflow.Page) ([]string, string, error) {
			return keysOf(func(a advocacy.AuditRecord) string { return string(a.ID) })(
				h.s.AuditRecords(ctx, workflow.RecordQuery{Page: p, Workspace: h.ws, Person: h.author}))
		},
	},
	"WallEntries": {
		one: descending,
		add: func(_ context.Context, _ workflow.Tx, h *house, n int) (string, error) {
			e := wall.Entry{Workspace: h.ws, Publication: advocacy.PublicationID(id("publication")), PublishTime: sometime(n)}
			h.entries = append(h.entries, e)
			return timedKey(e.PublishTime, string(e.Publication)), nil
		},
		list: func(ctx context.Context, h *house, p workflow.Page) ([]string, string, error) {
			// The wall writes in transactions of its own.
			for _, e := range h.entries {
				if _, err := h.s.PutEntry(ctx, e); err != nil {
					return nil, "", err
				}
			}
			h.entries = nil
			return keysOf(func(e wall.Entry) string { return timedKey(e.PublishTime, string(e.Publication)) })(
				h.s.Entries(ctx, h.ws, wall.Query{Before: p.After, Size: p.Size}))
		},
	},
}

// badTokens holds that a page token nobody gave out is the caller's mistake.
func badTokens(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	for _, token := range []string{"x", "1", "|", "1|", "x|y", "1|2|3|4"} {
		p := workflow.Page{Size: 3, After: token}
		_, _, err := s.Tasks(ctx(t), workflow.TaskQuery{Page: p, Workspace: h.ws})
		wantError(t, err, advocacy.Invalid, "PAGE_TOKEN_INVALID")
		_, _, err = s.PolicyRevisions(ctx(t), h.ws, "", p)
		wantError(t, err, advocacy.Invalid, "PAGE_TOKEN_INVALID")
		_, _, err = s.Entries(ctx(t), h.ws, wall.Query{Before: token, Size: 3})
		wantError(t, err, advocacy.Invalid, "PAGE_TOKEN_INVALID")
	}
	_, _, err := s.AuditRecords(ctx(t), workflow.RecordQuery{Workspace: h.ws, Page: workflow.Page{After: "x"}})
	wantError(t, err, advocacy.Invalid, "PAGE_TOKEN_INVALID")
	_, _, err = s.Reviews(ctx(t), h.draft.Subject(), workflow.Page{After: "x"})
	wantError(t, err, advocacy.Invalid, "PAGE_TOKEN_INVALID")
}

func urgencyKey(k workflow.Task) string {
	return advocacy.Urgency(k.DueTime, k.PublishTime, k.Unlocks, k.CreateTime) + " " + string(k.ID)
}
