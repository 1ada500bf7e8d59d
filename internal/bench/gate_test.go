package bench

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
	"github.com/imprimatur-hq/imprimatur/internal/app"
)

// accounts is how many accounts of the network publications go out through.
const accounts = 100

// BenchmarkGate lets b.N publications through the gate that are due at one instant, to a
// network on this machine that answers at once, by one process and by three; beside it what
// the database and the network take by themselves.
//
//	go test -run '^$' -bench Gate -benchtime 2000x ./internal/bench
func BenchmarkGate(b *testing.B) {
	for _, c := range []struct {
		database string
		replicas int
	}{{"sqlite", 1}, {"postgres", 1}, {"postgres", 3}} {
		b.Run(fmt.Sprintf("%s/replicas=%d", c.database, c.replicas), func(b *testing.B) {
			n := newNetwork(b)
			h := n.open(b, c.database, c.replicas)
			due := time.Now().Add(5*time.Second + time.Duration(b.N)*8*time.Millisecond).Truncate(time.Second)
			n.schedule(b, h, func(int) time.Time { return due })
			late := n.follow(b, b.N)
			b.ReportMetric(float64(b.N)/late[len(late)-1].Seconds(), "publications/s")
			b.ReportMetric(milliseconds(percentile(late, 99)), "p99-ms")
		})
	}
}

// BenchmarkDue is the morning of a launch: 58 publications are due in the first second and
// 13 in each second after it. It reports how long after its time a request began; b.N is how
// many there are, 7,800 being ten minutes:
//
//	go test -run '^$' -bench 'Due/sqlite' -benchtime 7800x -timeout 30m ./internal/bench
func BenchmarkDue(b *testing.B) {
	for _, database := range []string{"sqlite", "postgres"} {
		b.Run(database, func(b *testing.B) {
			n := newNetwork(b)
			h := n.open(b, database, 1)
			first := time.Now().Add(5*time.Second + time.Duration(b.N)*8*time.Millisecond).Truncate(time.Second)
			n.schedule(b, h, func(i int) time.Time {
				if i < 58 {
					return first
				}
				return first.Add(time.Duration(1+(i-58)/13) * time.Second)
			})
			late := n.follow(b, b.N)
			b.ReportMetric(milliseconds(percentile(late, 50)), "p50-ms")
			b.ReportMetric(milliseconds(percentile(late, 99)), "p99-ms")
		})
	}
}

// BenchmarkFreeze stops everything and lifts the stop, again and again, while b.N
// publications are on their way out, and reports how long a stop took to be acknowledged:
//
//	go test -run '^$' -bench Freeze -benchtime 10000x -timeout 30m ./internal/bench
func BenchmarkFreeze(b *testing.B) {
	for _, database := range []string{"sqlite", "postgres"} {
		b.Run(database, func(b *testing.B) {
			n := newNetwork(b)
			h := n.open(b, database, 1)
			due := time.Now().Add(5*time.Second + time.Duration(b.N)*8*time.Millisecond).Truncate(time.Second)
			// Spread, since what is late when a stop is lifted waits for somebody's word on it.
			n.schedule(b, h, func(i int) time.Time { return due.Add(time.Duration(i) * 5 * time.Millisecond) })
			time.Sleep(time.Until(due))
			var took []time.Duration
			for n.arrived() < b.N && len(took) < 200 {
				took = append(took, n.freeze(b, h))
			}
			n.follow(b, b.N)
			b.ReportMetric(milliseconds(percentile(took, 99)), "p99-ms")
			b.ReportMetric(float64(len(took)), "freezes")
		})
	}
}

// BenchmarkGateFloor is what a publication takes of the database and the network alone: a row
// and its record before the request, the request, and a row and its record after it.
func BenchmarkGateFloor(b *testing.B) {
	n := newNetwork(b)
	for database, connect := range floors() {
		b.Run(database, func(b *testing.B) {
			write, _ := floorTables(b, connect)
			parallel(b, 16, func(i int) {
				write(i)
				n.post(b, fmt.Sprintf("floor-%d", i))
				write(i)
			})
		})
	}
}

// arrival is one request as the network saw it.
type arrival struct {
	account string
	at      time.Time
}

// receiver is a network on this machine that shows what it is sent at once.
type receiver struct {
	url  string
	mu   sync.Mutex
	seen map[string]arrival
	// order are the keys that came through each account.
	order map[string][]string
	// due is when each key is due, and resumed are those whose time a person chose anew after a stop.
	due     map[string]time.Time
	resumed map[string]bool
}

func newNetwork(b *testing.B) *receiver {
	n := &receiver{seen: map[string]arrival{}, order: map[string][]string{}, due: map[string]time.Time{}, resumed: map[string]bool{}}
	server := httptest.NewServer(n)
	b.Cleanup(server.Close)
	n.url = server.URL
	return n
}

// ServeHTTP notes a request.
func (n *receiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	at := time.Now()
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		return
	}
	key := r.Header.Get("Webhook-Id")
	n.mu.Lock()
	defer n.mu.Unlock()
	if _, again := n.seen[key]; again {
		w.WriteHeader(http.StatusConflict)
		return
	}
	n.seen[key] = arrival{r.URL.Path, at}
	n.order[r.URL.Path] = append(n.order[r.URL.Path], key)
	w.WriteHeader(http.StatusOK)
}

func (n *receiver) arrived() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.seen)
}

func (n *receiver) post(b *testing.B, key string) {
	request, err := http.NewRequest(http.MethodPost, n.url, bytes.NewReader(make([]byte, 600)))
	must(b, err)
	request.Header.Set("Webhook-Id", key)
	answer, err := client.Do(request)
	must(b, err)
	must(b, answer.Body.Close())
}

// place is an account and the digest of what is shared through it.
type place struct{ account, digest string }

// open starts replicas with one library item that may go to the network.
func (n *receiver) open(b *testing.B, database string, replicas int) *house {
	b.Setenv("IMPRIMATUR_BENCH_POSTS", "1")
	c := configuration(b, database)
	h := serve(b, c)
	h.furnish(b)
	for range replicas - 1 {
		serve(b, c)
	}
	return h
}

// schedule shares an item b.N times, spread over the accounts.
func (n *receiver) schedule(b *testing.B, h *house, due func(i int) time.Time) {
	item := h.inForce(b, "webhook", "Twelve apprenticeships, six trades.")
	places := make([]place, accounts)
	for i := range places {
		places[i] = h.place(b, item, fmt.Sprintf("%s/%d", n.url, i))
	}
	library := imprimaturv1.NewLibraryServiceClient(h.conn)
	posts := imprimaturv1.NewPublicationServiceClient(h.conn)
	progress := progressOf(b, "scheduled")
	// In turns of all accounts, so that through each they are made in the order they are due.
	for from := 0; from < b.N; from += accounts {
		var turn sync.WaitGroup
		for i := from; i < min(from+accounts, b.N); i++ {
			turn.Go(func() {
				at := due(i)
				shared, err := library.ShareLibraryItem(h.as("author"), &imprimaturv1.ShareLibraryItemRequest{
					Name: item, SocialAccounts: []string{places[i%accounts].account}, Language: "en", Digest: places[i%accounts].digest,
					PublishTime: timestamppb.New(at), TimeZone: "UTC", RequestId: app.NewID(),
				})
				must(b, err)
				page, err := posts.ListPublications(h.as("auditor"), &imprimaturv1.ListPublicationsRequest{Parent: shared.GetName()})
				must(b, err)
				n.mu.Lock()
				defer n.mu.Unlock()
				n.due[filepath.Base(page.GetPublications()[0].GetName())] = at
			})
		}
		turn.Wait()
		progress(from, b.N)
	}
	if left := time.Until(due(0)); left < 0 {
		b.Fatalf("scheduling took %v longer than was reckoned with", -left)
	}
}

// follow waits until everything arrived, holds that it did once, not early, and in order, and
// returns how long after its time each did, the shortest first. What a stop kept is let by, so it has no
// place in the order.
func (n *receiver) follow(b *testing.B, count int) []time.Duration {
	progress := progressOf(b, "published")
	for n.arrived() < count {
		time.Sleep(20 * time.Millisecond)
		progress(n.arrived(), count)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	var late []time.Duration
	for key, at := range n.due {
		seen, found := n.seen[key]
		if !found || seen.at.Before(at) {
			b.Errorf("%s: found %t, %v after its time", key, found, seen.at.Sub(at))
		}
		late = append(late, seen.at.Sub(at))
	}
	for account, keys := range n.order {
		keys = slices.DeleteFunc(keys, func(key string) bool { return n.resumed[key] })
		if !slices.IsSortedFunc(keys, func(x, y string) int { return n.due[x].Compare(n.due[y]) }) {
			b.Errorf("through %s they went out in another order", account)
		}
	}
	slices.Sort(late)
	return late
}

// freeze stops everything, holds that nothing begins after it was acknowledged, lifts the
// stop, and returns how long it took to be acknowledged.
func (n *receiver) freeze(b *testing.B, h *house) time.Duration {
	holds := imprimaturv1.NewHoldServiceClient(h.conn)
	began := time.Now()
	hold, err := holds.CreateHold(h.as("pr"), &imprimaturv1.CreateHoldRequest{
		Parent: workspace, Hold: &imprimaturv1.Hold{Scope: imprimaturv1.Hold_WORKSPACE, Reason: "a crisis"}, RequestId: app.NewID(),
	})
	must(b, err)
	acknowledged := time.Now()
	time.Sleep(20 * time.Millisecond)
	n.mu.Lock()
	for key, seen := range n.seen {
		flying := slices.ContainsFunc(hold.GetInFlight(), func(name string) bool { return strings.HasSuffix(name, "/"+key) })
		if seen.at.After(acknowledged) && !flying {
			b.Errorf("%s began %v after the stop was acknowledged", key, seen.at.Sub(acknowledged))
		}
	}
	n.mu.Unlock()
	_, err = holds.ReleaseHold(h.as("pr"), &imprimaturv1.ReleaseHoldRequest{Name: hold.GetName(), Reason: "it is over", RequestId: app.NewID()})
	must(b, err)
	n.letGo(b, h, hold.GetName())
	return acknowledged.Sub(began)
}

// letGo gives what a hold kept the time that it is, until nothing is kept any more. From then on that
// is when it is due.
func (n *receiver) letGo(b *testing.B, h *house, hold string) {
	holds := imprimaturv1.NewHoldServiceClient(h.conn)
	for page := ""; ; {
		kept, err := holds.ListHeldPublications(h.as("pr"), &imprimaturv1.ListHeldPublicationsRequest{Parent: hold, PageSize: 25, PageToken: page})
		must(b, err)
		req := &imprimaturv1.ResumePublicationsRequest{Parent: hold, RequestId: app.NewID()}
		n.mu.Lock()
		for _, x := range kept.GetPublications() {
			now := time.Now()
			key := filepath.Base(x.GetName())
			n.due[key], n.resumed[key] = now, true
			req.Items = append(req.Items, &imprimaturv1.ResumePublicationsRequest_Item{
				Publication: x.GetName(), Etag: x.GetEtag(), Action: imprimaturv1.ResumePublicationsRequest_RESCHEDULE, Time: timestamppb.New(now),
			})
		}
		n.mu.Unlock()
		if len(req.GetItems()) > 0 {
			_, err = holds.ResumePublications(h.as("pr"), req)
			must(b, err)
			page = "" // what changed meanwhile is there still
			continue
		}
		if page = kept.GetNextPageToken(); page == "" {
			return
		}
	}
}

// place makes an account at an address and returns what is shared through it.
func (h *house) place(b *testing.B, item, address string) place {
	account, err := imprimaturv1.NewSocialAccountServiceClient(h.conn).CreateSocialAccount(h.as("admin"), &imprimaturv1.CreateSocialAccountRequest{
		Parent: workspace, SocialAccount: &imprimaturv1.SocialAccount{Network: "webhook", DisplayName: address, Owner: h.admin(b), Deputy: h.second, Address: address},
	})
	must(b, err)
	preview, err := imprimaturv1.NewPostServiceClient(h.conn).PreviewPost(h.as("author"), &imprimaturv1.PreviewPostRequest{Parent: workspace, Post: &imprimaturv1.Post{
		LibraryItem: item, Content: &imprimaturv1.Content{Language: "en"}, SocialAccounts: []string{account.GetName()},
	}})
	must(b, err)
	return place{account.GetName(), preview.GetDigest()}
}

// progressOf tells every few seconds how far something is that takes longer than two.
func progressOf(b *testing.B, what string) func(done, of int) {
	began, told := time.Now(), time.Now().Add(2*time.Second)
	return func(done, of int) {
		if time.Now().Before(told) {
			return
		}
		told = time.Now().Add(5 * time.Second)
		fmt.Fprintf(os.Stderr, "\n%s: %s %d of %d after %v\n", b.Name(), what, done, of, time.Since(began).Round(time.Second))
	}
}
