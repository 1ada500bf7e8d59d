package web

import (
	"net/url"
	"strings"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// holdRoutes stop publishing and let it go on.
var holdRoutes = []route{
	{"GET /w/{workspace}/holds", nil, listHolds},
	{"POST /w/{workspace}/holds", []string{"HoldService/CreateHold"}, createHold},
	{"GET /w/{workspace}/holds/new", nil, newHold},
	{"GET /w/{workspace}/holds/line", nil, holdLine},
	{"GET /w/{workspace}/holds/{hold}", nil, showHold},
	{"POST /w/{workspace}/holds/{hold}/release", []string{"HoldService/ReleaseHold"}, releaseHold},
	{"GET /w/{workspace}/holds/{hold}/resume", nil, showHold},
	{"POST /w/{workspace}/holds/{hold}/resume", []string{"HoldService/ResumePublications"}, resume},
}

// maxFlight is how many publications in flight an address carries to a page.
const maxFlight = 25

// holdList is the page of all holds.
type holdList struct {
	Active, Lifted []*imprimaturv1.Hold
	Next           string
}

func (v *visitor) holds() imprimaturv1.HoldServiceClient {
	return imprimaturv1.NewHoldServiceClient(v.conn)
}

// listHolds shows what stops publishing, and what did.
func listHolds(v *visitor) error {
	active, err := v.holds().ListHolds(v.ctx, &imprimaturv1.ListHoldsRequest{Parent: v.parent(), Filter: "active = true", PageSize: 200})
	if err != nil {
		return err
	}
	all, err := v.holds().ListHolds(v.ctx, &imprimaturv1.ListHoldsRequest{Parent: v.parent(), PageToken: v.r.URL.Query().Get("page")})
	if err != nil {
		return err
	}
	list := holdList{Active: active.GetHolds(), Next: all.GetNextPageToken()}
	for _, h := range all.GetHolds() {
		if !h.GetActive() {
			list.Lifted = append(list.Lifted, h)
		}
	}
	return v.show("holds", "holds", list)
}

// holdLine is a page with nothing of its own: what stands around it is what an open page asks
// for again, to show that publishing was stopped meanwhile.
func holdLine(v *visitor) error { return v.show("holds-line", "", nil) }

// scopes are what a hold can stop, the widest first.
var scopes = []imprimaturv1.Hold_Scope{
	imprimaturv1.Hold_WORKSPACE, imprimaturv1.Hold_NETWORK, imprimaturv1.Hold_ACCOUNT, imprimaturv1.Hold_PERSON,
	imprimaturv1.Hold_TOPIC, imprimaturv1.Hold_CAMPAIGN, imprimaturv1.Hold_KEYWORD, imprimaturv1.Hold_POST,
}

// freezing is the sheet that stops publishing.
type freezing struct {
	Scopes []imprimaturv1.Hold_Scope
	// Scope and Target are what is chosen.
	Scope, Target string
	Networks      []string
	Accounts      []*imprimaturv1.SocialAccount
	People        []*imprimaturv1.Member
	Topics        []*imprimaturv1.Topic
	// Campaigns are those of the newest items; another one is typed.
	Campaigns []string
	// Post is the beginning of the post that is chosen, if one is.
	Post    string
	Counted *counted
	Reason  string
}

// newHold shows the sheet that stops publishing: what shall stop, and how much that is now.
func newHold(v *visitor) error {
	q := v.r.URL.Query()
	f := freezing{Scopes: scopes, Scope: q.Get("scope"), Target: q.Get("target"), Reason: q.Get("reason")}
	if _, known := imprimaturv1.Hold_Scope_value[f.Scope]; !known {
		f.Scope = imprimaturv1.Hold_WORKSPACE.String()
	}
	if t := strings.TrimSpace(q.Get("target_" + f.Scope)); t != "" {
		f.Target = t
	}
	if post := strings.TrimPrefix(f.Target, v.parent()+"/posts/"); f.Scope == imprimaturv1.Hold_POST.String() && post != f.Target {
		f.Post = v.wording(f.Target)
	}
	if err := f.choices(v); err != nil {
		return err
	}
	return v.show("holds-new", "holds", f)
}

// choices gathers what can be stopped, and how much that would be now.
func (f *freezing) choices(v *visitor) error {
	return together(func() (err error) {
		f.Accounts, err = v.allAccounts()
		f.Networks = networksOf(f.Accounts)
		return err
	}, func() (err error) {
		f.People, err = v.activeMembers()
		return err
	}, func() error {
		if !v.may("topics.read") {
			return nil
		}
		topics, err := imprimaturv1.NewTopicServiceClient(v.conn).ListTopics(v.ctx, &imprimaturv1.ListTopicsRequest{Parent: v.parent(), PageSize: 200})
		f.Topics = topics.GetTopics()
		return err
	}, func() error {
		var seen calendarView
		_, err := v.campaigns(&seen)
		f.Campaigns = seen.Campaigns
		return err
	}, func() (err error) {
		f.Counted, err = v.count(f.Scope, f.Target)
		return err
	})
}

// networksOf lists the networks of accounts, each once, in the order they come.
func networksOf(accounts []*imprimaturv1.SocialAccount) []string {
	var networks []string
	known := make(map[string]bool)
	for _, a := range accounts {
		if n := a.GetNetwork(); !known[n] {
			known[n] = true
			networks = append(networks, n)
		}
	}
	return networks
}

// allAccounts lists the accounts people choose from.
func (v *visitor) allAccounts() ([]*imprimaturv1.SocialAccount, error) {
	answer, err := imprimaturv1.NewSocialAccountServiceClient(v.conn).ListSocialAccounts(v.ctx, &imprimaturv1.ListSocialAccountsRequest{Parent: v.parent(), PageSize: 200})
	return answer.GetSocialAccounts(), err
}

// activeMembers lists the people one can choose.
func (v *visitor) activeMembers() ([]*imprimaturv1.Member, error) {
	answer, err := imprimaturv1.NewMemberServiceClient(v.conn).ListMembers(v.ctx, &imprimaturv1.ListMembersRequest{Parent: v.parent(), PageSize: 200, Filter: `state = "ACTIVE"`})
	return answer.GetMembers(), err
}

// counted is how much a hold would stop now. What depends on the words or the library is found
// only when it comes due, and is not guessed at.
type counted struct {
	Known bool
	// Waiting would stop; Flying has begun and may still arrive; Hand lies with people.
	Waiting, Flying, Hand int
	// More tells that there is more than was looked at.
	More bool
}

// maxCounted is how many publications of one state are counted.
const maxCounted = 1000

// count looks how much a hold would stop now.
func (v *visitor) count(scope, target string) (*counted, error) {
	c := &counted{Known: true}
	post, matches := "posts/-", func(*imprimaturv1.Publication) bool { return true }
	switch {
	case scope != "POST" && !v.may("posts.readall"): // who is not listed everybody's cannot count them
		return &counted{}, nil
	case scope == "WORKSPACE":
	case target == "":
		return nil, nil
	case scope == "NETWORK":
		matches = func(p *imprimaturv1.Publication) bool { return p.GetNetwork() == target }
	case scope == "ACCOUNT":
		matches = func(p *imprimaturv1.Publication) bool { return p.GetSocialAccount() == target }
	case scope == "POST" && strings.HasPrefix(target, v.parent()+"/posts/"):
		post = strings.TrimPrefix(target, v.parent()+"/")
	default:
		return &counted{}, nil
	}
	for _, state := range []imprimaturv1.Publication_State{imprimaturv1.Publication_SCHEDULED, imprimaturv1.Publication_CLAIMED, imprimaturv1.Publication_SENDING, imprimaturv1.Publication_HANDED_OVER} {
		n, more, err := v.countState(post, state, matches)
		if err != nil {
			return nil, err
		}
		c.More = c.More || more
		switch state {
		case imprimaturv1.Publication_SENDING:
			c.Flying += n
		case imprimaturv1.Publication_HANDED_OVER:
			c.Hand += n
		default:
			c.Waiting += n
		}
	}
	return c, nil
}

// countState counts the publications in a state that match, and tells whether there are more than
// were looked at.
func (v *visitor) countState(post string, state imprimaturv1.Publication_State, matches func(*imprimaturv1.Publication) bool) (int, bool, error) {
	n, token := 0, ""
	for seen := 0; seen < maxCounted; {
		page, err := v.publications().ListPublications(v.ctx, &imprimaturv1.ListPublicationsRequest{
			Parent: v.parent() + "/" + post, PageSize: 200, PageToken: token, Filter: `state = "` + state.String() + `"`,
		})
		if err != nil {
			return 0, false, err
		}
		for _, p := range page.GetPublications() {
			if matches(p) {
				n++
			}
		}
		seen += len(page.GetPublications())
		if token = page.GetNextPageToken(); token == "" {
			return n, false, nil
		}
	}
	return n, true, nil
}

// createHold stops publishing, and leads to what was in flight.
func createHold(v *visitor) error {
	scope := v.form("scope")
	target := v.form("target_" + scope)
	if scope == imprimaturv1.Hold_POST.String() && target != "" {
		target = v.postName(target)
	}
	hold, err := v.holds().CreateHold(v.ctx, &imprimaturv1.CreateHoldRequest{Parent: v.parent(), RequestId: v.requestID(), Hold: &imprimaturv1.Hold{
		Scope: imprimaturv1.Hold_Scope(imprimaturv1.Hold_Scope_value[scope]), Target: target, Reason: v.form("reason"),
	}})
	if err != nil {
		return err
	}
	to := "/holds/" + lastPart(hold.GetName())
	flight := hold.GetInFlight()
	if len(flight) > 0 {
		to += "?flight=" + url.QueryEscape(strings.Join(shortNames(flight[:min(len(flight), maxFlight)]), " "))
	}
	return v.done(v.at(to), "web.said.holds.stopped")
}

// postName reads what people paste for a post: its name, its id, or the address of its page.
func (v *visitor) postName(said string) string {
	if strings.HasPrefix(said, v.parent()+"/posts/") {
		return said
	}
	if _, rest, found := strings.Cut(said, "/posts/"); found {
		said = rest
	}
	id, _, _ := strings.Cut(said, "/")
	id, _, _ = strings.Cut(id, "?")
	return v.name("posts", id)
}

// shortNames writes the names of publications as post.publication, for an address.
func shortNames(names []string) []string {
	ids := make([]string, 0, len(names))
	for _, name := range names {
		if parts := strings.Split(name, "/"); len(parts) == 6 {
			ids = append(ids, parts[3]+"."+parts[5])
		}
	}
	return ids
}

// long reads what short wrote.
func (v *visitor) long(ids string) []string {
	var names []string
	for _, id := range strings.Fields(ids) {
		if post, publication, found := strings.Cut(id, "."); found && len(names) < maxFlight {
			names = append(names, v.name("posts", post, "publications", publication))
		}
	}
	return names
}
