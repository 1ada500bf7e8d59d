package web

import (
	"cmp"
	"math"
	"slices"
	"strings"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
	"github.com/imprimatur-hq/imprimatur/internal/catalogue"
)

// simulationData is what a revision would have done.
type simulationData struct {
	Tabs       []tab
	Number     string
	Simulation *imprimaturv1.RoutingPolicySimulation
	Revision   *imprimaturv1.RoutingPolicyRevision
	Running    bool
	// Mine tells that the visitor wrote the revision, and so does not put it in force.
	Mine   bool
	Base   string
	Where  []bar
	Height int
	Loads  []loadChart
	// Stuck are the open reviews that nobody could finish, Past those that were submitted before.
	Stuck, Past []unfinished
}

// unfinished is a review that nobody could finish: what it is about, and what nobody could sign.
type unfinished struct {
	Text, Address string
	Why           []string
}

// mostUnfinished is how many of these reviews the page tells of; each is asked for what it is about.
const mostUnfinished = 25

// unfinished puts reviews, and what nobody could sign of each, into words.
func (v *visitor) unfinished(reviews []string, shortfalls []*imprimaturv1.UnfinishedReview) []unfinished {
	p := v.bare("notice")
	var rows []unfinished
	for i, name := range reviews[:min(len(reviews), mostUnfinished)] {
		row := unfinished{}
		row.Text, row.Address = v.reviewed(name)
		if row.Text == "" {
			row.Text = name
		}
		if i < len(shortfalls) {
			for _, s := range shortfalls[i].GetShortfalls() {
				if key := "blocker.INFEASIBLE." + s.GetReason().String(); catalogue.Has(key) {
					row.Why = append(row.Why, catalogue.Text(v.language, key, map[string]string{"requirement": p.Word("web.signs.", s.GetRole())}))
				}
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// bar is one requirement in the chart of where posts would have gone.
type bar struct {
	*imprimaturv1.SimulatedRequirement
	// Y and YAfter are where its two bars stand, Before and After how long they are, in percent: a chart
	// is as wide as its page, and its words are as large as others.
	Y, YAfter     int
	Before, After float64
	// Apart is the key of one that its role alone does not tell from another.
	Apart string
}

// The chart of where posts would have gone: a label above two bars each.
const (
	barRow  = 56
	barRoom = 88
)

// percent is what a part of a whole has of some room, to two digits.
func percent(part, whole int64, room float64) float64 {
	return math.Round(float64(part)/float64(whole)*room*100) / 100
}

// bars draws requirements to one scale.
func bars(rows []*imprimaturv1.SimulatedRequirement) []bar {
	var most int64 = 1
	for _, r := range rows {
		most = max(most, r.GetBefore(), r.GetAfter())
	}
	drawn := make([]bar, len(rows))
	for i, r := range rows {
		b := bar{SimulatedRequirement: r, Y: i*barRow + 20}
		b.YAfter = b.Y + 14
		b.Before, b.After = percent(r.GetBefore(), most, barRoom), percent(r.GetAfter(), most, barRoom)
		if r.GetRole() != "" && !strings.HasSuffix(r.GetRole(), ":"+r.GetKey()) {
			b.Apart = r.GetKey()
		}
		drawn[i] = b
	}
	return drawn
}

// loadChart is how many signatures a role is asked for in each hour of the day.
type loadChart struct {
	Role  string
	Most  int64
	Hours []hourBars
	Total struct{ Before, After int64 }
}

// hourBars are the two bars of one hour.
type hourBars struct {
	Hour                  int32
	Before, After         int64
	X, X2                 float64
	YBefore, HeightBefore int
	YAfter, HeightAfter   int
}

// The charts of load: 24 hours, in percent, side by side above a line.
const (
	hourWidth  = 100. / 24
	loadHeight = 96
)

// loads draws a chart for each role, all to one scale so that they can be compared.
func loads(rows []*imprimaturv1.SimulatedLoad) []loadChart {
	var most int64 = 1
	byRole := make(map[string]*loadChart)
	for _, r := range rows {
		most = max(most, r.GetBefore(), r.GetAfter())
		c := byRole[r.GetRole()]
		if c == nil {
			c = &loadChart{Role: r.GetRole(), Hours: make([]hourBars, 24)}
			byRole[r.GetRole()] = c
		}
		if h := r.GetHour(); h >= 0 && h < 24 {
			c.Hours[h].Before, c.Hours[h].After = r.GetBefore(), r.GetAfter()
			c.Total.Before += r.GetBefore()
			c.Total.After += r.GetAfter()
		}
	}
	charts := make([]loadChart, 0, len(byRole))
	for _, c := range byRole {
		c.Most = most
		for i := range c.Hours {
			h := &c.Hours[i]
			h.Hour, h.X, h.X2 = int32(i), math.Round(float64(i)*hourWidth*100)/100, math.Round((float64(i)*hourWidth+1.8)*100)/100
			h.HeightBefore, h.HeightAfter = int(h.Before*loadHeight/most), int(h.After*loadHeight/most)
			h.YBefore, h.YAfter = loadHeight-h.HeightBefore+12, loadHeight-h.HeightAfter+12
		}
		charts = append(charts, *c)
	}
	slices.SortFunc(charts, func(a, b loadChart) int { return cmp.Compare(a.Role, b.Role) })
	return charts
}

func policySimulation(v *visitor) error {
	client, revision := v.policyClient(), v.policyName()+"/revisions/"+v.r.PathValue("revision")
	sim, err := client.GetRoutingPolicySimulation(v.ctx, &imprimaturv1.GetRoutingPolicySimulationRequest{Name: revision + "/simulations/" + v.r.PathValue("simulation")})
	if err != nil {
		return err
	}
	r, err := client.GetRoutingPolicyRevision(v.ctx, &imprimaturv1.GetRoutingPolicyRevisionRequest{Name: revision})
	if err != nil {
		return err
	}
	data := simulationData{
		Tabs: v.policyTabs("revisions"), Number: lastPart(revision), Simulation: sim, Revision: r, Base: lastPart(sim.GetBaseRevision()),
		Running: sim.GetState() == imprimaturv1.RoutingPolicySimulation_RUNNING, Mine: r.GetAuthor() == v.me.GetMember(),
		Where: bars(sim.GetRequirements()), Loads: loads(sim.GetLoad()),
		Stuck: v.unfinished(sim.GetUnroutableReviews(), sim.GetUnroutableShortfalls()),
		Past:  v.unfinished(sim.GetPastUnroutableReviews(), sim.GetPastUnroutableShortfalls()),
	}
	data.Height = len(data.Where)*barRow + 8
	return v.show("policy-simulation", "policy", data)
}
