package store

import (
	"cmp"
	"context"
	"database/sql"
	"strconv"
	"strings"
	"sync"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

type policyRow struct {
	WorkspaceID string `gorm:"column:workspace_id"`
	Policy      string `gorm:"column:policy"`
	Revision    int    `gorm:"column:revision"`
	Document    string `gorm:"column:document"`
	Digest      string `gorm:"column:digest"`
	Active      bool   `gorm:"column:active"`
	CreateTime  moment `gorm:"column:create_time"`
	Author      string `gorm:"column:author"`
}

func (policyRow) TableName() string { return "routing_policies" }

var (
	policies = tableOf[policyRow]()
	// policiesUnknown leaves out the document of the digest that is bound.
	policiesUnknown = policies.computing("document", "CASE WHEN $.digest = ? THEN '' ELSE $.document END")
)

// policyTexts are the documents of the policies in force, each as it was read last. Every
// decision asks what is in force, and hardly ever that is another than before: some ten
// kilobytes that are not read again, since a digest stands for one document.
type policyTexts struct {
	mu sync.Mutex
	of map[advocacy.WorkspaceID]policyText
}

// policyText is a document, which nobody changes, and its digest.
type policyText struct {
	digest   string
	document []byte
}

// mostTexts is of how many workspaces documents are kept.
const mostTexts = 1024

func newPolicyTexts() *policyTexts {
	return &policyTexts{of: make(map[advocacy.WorkspaceID]policyText)}
}

// last is what was read last, of an empty digest when that is not kept.
func (p *policyTexts) last(w advocacy.WorkspaceID) policyText {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.of[w]
}

// keep keeps a document, in the place of any other when there are too many.
func (p *policyTexts) keep(w advocacy.WorkspaceID, text policyText) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for other := range p.of {
		if len(p.of) < mostTexts {
			break
		}
		delete(p.of, other)
	}
	p.of[w] = text
}

func newPolicyRow(p *workflow.PolicyRevision) *policyRow {
	return &policyRow{
		WorkspaceID: string(p.Workspace),
		Policy:      p.Policy,
		Revision:    p.Revision,
		Document:    string(p.Document),
		Digest:      string(p.Digest),
		Active:      p.Active,
		CreateTime:  sorted(p.CreateTime),
		Author:      string(p.Author),
	}
}

func (r *policyRow) policy() workflow.PolicyRevision {
	return workflow.PolicyRevision{
		Workspace:  advocacy.WorkspaceID(r.WorkspaceID),
		Policy:     r.Policy,
		Revision:   r.Revision,
		Document:   noBytes([]byte(r.Document)),
		Digest:     advocacy.Digest(r.Digest),
		Active:     r.Active,
		CreateTime: r.CreateTime.time,
		Author:     advocacy.PersonID(r.Author),
	}
}

// Policy returns the routing policy revision in force, and what the workspace has beside it:
// a lexicon, disclosure rules, a guideline, a register of handles, and how often and when people share.
func (r reader) Policy(ctx context.Context, w advocacy.WorkspaceID) (*workflow.PolicyRevision, error) {
	var row policyRow
	var lexicon, disclosures, guideline, daily, spread int
	var crowding advocacy.Crowding
	var calendar ref
	var changes int64
	var own bool
	err := sql.ErrNoRows
	known := r.texts.last(w)
	query := "SELECT " + policiesUnknown.of("p") + ", (SELECT coalesce(max(l.number), 0) FROM lexicon_revisions l" +
		" WHERE l.workspace_id = p.workspace_id AND l.lexicon = ?), (SELECT coalesce(max(d.number), 0) FROM disclosure_revisions d" +
		" WHERE d.workspace_id = p.workspace_id AND d.disclosure_table = ?), (SELECT coalesce(max(g.number), 0) FROM guideline_revisions g" +
		" WHERE g.workspace_id = p.workspace_id AND g.guideline = ?), w.share_daily_limit, w.share_calendar, w.same_text_limit, w.same_text_minutes," +
		" w.share_spread_minutes, w.handle_changes, EXISTS (SELECT 1 FROM members m WHERE m.workspace_id = p.workspace_id AND m.share_calendar IS NOT NULL)" +
		" FROM routing_policies p" +
		" JOIN workspaces w ON w.workspace_id = p.workspace_id WHERE p.workspace_id = ? AND p.active"
	into := append(policies.into(&row), &lexicon, &disclosures, &guideline, &daily, &calendar, &crowding.Limit, &crowding.Minutes, &spread, &changes, &own)
	scanned := r.scan(ctx, into, func() { err = nil },
		query, ref(known.digest), string(advocacy.DefaultLexicon), string(advocacy.DefaultDisclosures), string(advocacy.DefaultGuideline), string(w))
	if err := cmp.Or(scanned, err); err != nil {
		return nil, aPolicy.failed(err)
	}
	found := row.policy()
	if row.Digest == known.digest && known.digest != "" { // guard: the document of this digest
		found.Document = known.document
	} else {
		r.texts.keep(w, policyText{row.Digest, found.Document})
	}
	found.Lexicon, found.Disclosures, found.Guideline, found.HandleChanges = lexicon, disclosures, guideline, changes
	found.Sharing = advocacy.Sharing{DailyLimit: daily, Calendar: advocacy.CalendarID(calendar), SameText: crowding, SpreadMinutes: spread, OwnHours: own}
	return &found, nil
}

// PolicyRevisions lists the revisions of one policy by number, or of all policies of the
// workspace by time when policy is empty.
func (r reader) PolicyRevisions(
	ctx context.Context, w advocacy.WorkspaceID, policy string, p workflow.Page,
) ([]workflow.PolicyRevision, string, error) {
	l := listing[policyRow]{table: policies}
	l.and("workspace_id = ?", string(w))
	var err error
	if policy != "" {
		l.and("policy = ?", policy)
		l.order = []string{"revision"}
		l.key = func(r *policyRow) string { return strconv.Itoa(r.Revision) }
		l.after, err = afterNumber(p.After)
	} else {
		l.order = []string{"create_time", "policy", "revision"}
		l.key = func(r *policyRow) string { return timeKey(r.CreateTime.time, r.Policy, strconv.Itoa(r.Revision)) }
		l.after, err = afterPolicy(p.After)
	}
	if err != nil {
		return nil, "", err
	}
	return page(ctx, r.conn, l, p, (*policyRow).policy)
}

// afterPolicy reads "micros|policy|revision".
func afterPolicy(key string) ([]any, error) {
	values, err := afterTime(key, 2)
	if err != nil || values == nil {
		return nil, err
	}
	revision, err := strconv.Atoi(key[strings.LastIndexByte(key, '|')+1:])
	if err != nil {
		return nil, badToken(key)
	}
	values[2] = revision
	return values, nil
}

// AddPolicyRevision inserts a revision, which never changes but for Active: an active
// one takes the place of the one in force.
func (t *tx) AddPolicyRevision(ctx context.Context, p *workflow.PolicyRevision) error {
	if p.Active {
		query := "UPDATE routing_policies SET active = ? WHERE workspace_id = ? AND active"
		if _, err := t.exec(ctx, query, false, string(p.Workspace)); err != nil {
			return t.wrote(aPolicy, err)
		}
	}
	return t.create(ctx, aPolicy, newPolicyRow(p))
}

// ActivatePolicy puts a revision in the place of the one in force.
func (t *tx) ActivatePolicy(ctx context.Context, w advocacy.WorkspaceID, policy string, revision int) error {
	query := "UPDATE routing_policies SET active = ? WHERE workspace_id = ? AND active"
	if _, err := t.exec(ctx, query, false, string(w)); err != nil {
		return t.wrote(aPolicy, err)
	}
	query = "UPDATE routing_policies SET active = ? WHERE workspace_id = ? AND policy = ? AND revision = ?"
	return t.change(ctx, aPolicy, query, true, string(w), policy, revision)
}
