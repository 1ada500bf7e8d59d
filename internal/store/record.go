package store

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

type recordRow struct {
	Sequence       int64               `gorm:"column:sequence"`
	WorkspaceID    string              `gorm:"column:workspace_id"`
	ID             string              `gorm:"column:id"`
	RecordTime     moment              `gorm:"column:record_time"`
	ActorKind      string              `gorm:"column:actor_kind"`
	ActorWorkspace string              `gorm:"column:actor_workspace"`
	PersonID       string              `gorm:"column:person_id"`
	KeyID          string              `gorm:"column:key_id"`
	SessionID      string              `gorm:"column:session_id"`
	Roles          list[advocacy.Role] `gorm:"column:roles"`
	Action         string              `gorm:"column:action"`
	Subject        string              `gorm:"column:subject"`
	Parent         string              `gorm:"column:parent"`
	RequestID      string              `gorm:"column:request_id"`
	Detail         ref                 `gorm:"column:detail"`
}

func (recordRow) TableName() string { return "audit_records" }

var (
	records = tableOf[recordRow]()
	// newRecords leaves the sequence to the database.
	newRecords = records.without("sequence")
)

func newRecordRow(a advocacy.AuditRecord) recordRow {
	return recordRow{
		WorkspaceID:    string(a.Workspace),
		ID:             string(a.ID),
		RecordTime:     sorted(a.Time),
		ActorKind:      string(a.Actor.Kind),
		ActorWorkspace: string(a.Actor.Workspace),
		PersonID:       string(a.Actor.Person),
		KeyID:          string(a.Actor.Key),
		SessionID:      a.Actor.Session,
		Roles:          a.Actor.Roles,
		Action:         a.Action,
		Subject:        a.Subject,
		Parent:         a.Parent,
		RequestID:      a.RequestID,
		Detail:         ref(a.Detail),
	}
}

func (r *recordRow) record() advocacy.AuditRecord {
	a := advocacy.AuditRecord{
		Workspace: advocacy.WorkspaceID(r.WorkspaceID),
		ID:        advocacy.RecordID(r.ID),
		Sequence:  r.Sequence,
		Time:      r.RecordTime.time,
		Actor: advocacy.Actor{
			Kind:      advocacy.ActorKind(r.ActorKind),
			Workspace: advocacy.WorkspaceID(r.ActorWorkspace),
			Person:    advocacy.PersonID(r.PersonID),
			Key:       advocacy.KeyID(r.KeyID),
			Session:   r.SessionID,
			Roles:     r.Roles,
		},
		Action:    r.Action,
		Subject:   r.Subject,
		Parent:    r.Parent,
		RequestID: r.RequestID,
	}
	if r.Detail != "" {
		a.Detail = json.RawMessage(r.Detail)
	}
	return a
}

// AuditRecord returns one fact.
func (r reader) AuditRecord(
	ctx context.Context, w advocacy.WorkspaceID, id advocacy.RecordID,
) (*advocacy.AuditRecord, error) {
	row, err := one(ctx, r.conn, records, unlocked, "workspace_id = ? AND id = ?", string(w), string(id))
	if err != nil {
		return nil, aRecord.failed(err)
	}
	found := row.record()
	return &found, nil
}

// AuditRecords lists facts by their sequence, or by their time when they are bound to one.
func (r reader) AuditRecords(ctx context.Context, q workflow.RecordQuery) ([]advocacy.AuditRecord, string, error) {
	if q.Timed() {
		return r.recordsOfATime(ctx, q)
	}
	key, err := afterNumber(q.After)
	if err != nil {
		return nil, "", err
	}
	l := listing[recordRow]{
		table: records,
		order: []string{"sequence"},
		after: key,
		key:   func(r *recordRow) string { return strconv.FormatInt(r.Sequence, 10) },
	}
	l.and("workspace_id = ?", string(q.Workspace))
	if q.Parent != "" {
		// The second half tells the planner that the index without empty parents will do.
		l.and("parent = ? AND parent <> ''", q.Parent)
	}
	if q.Person != "" {
		l.and("person_id = ? AND person_id <> ''", string(q.Person))
	}
	andIf(&l, "action", q.Action)
	return page(ctx, r.conn, l, q.Page, (*recordRow).record)
}

// recordsOfATime goes through the facts of a time in its order, and leaves out what was not
// asked for: a page costs at most what was recorded within the time.
func (r reader) recordsOfATime(ctx context.Context, q workflow.RecordQuery) ([]advocacy.AuditRecord, string, error) {
	key, err := afterTimeAndNumber(q.After)
	if err != nil {
		return nil, "", err
	}
	l := listing[recordRow]{
		table: records,
		order: []string{"record_time", "sequence"},
		after: key,
		key:   func(r *recordRow) string { return timeKey(r.RecordTime.time, strconv.FormatInt(r.Sequence, 10)) },
	}
	l.and("workspace_id = ?", string(q.Workspace))
	if !q.From.IsZero() {
		l.and("record_time >= ?", sorted(q.From))
	}
	if !q.Until.IsZero() { // guard: the end of a time is not in it
		l.and("record_time < ?", sorted(q.Until))
	}
	rest := ""
	if r.dialect != postgresDialect {
		rest = "+" // Without statistics SQLite would take the index of the other column, and sort.
	}
	andIf(&l, rest+"parent", q.Parent)
	andIf(&l, rest+"person_id", q.Person)
	andIf(&l, rest+"action", q.Action)
	return page(ctx, r.conn, l, q.Page, (*recordRow).record)
}

// Record appends audit records; the database gives them their sequence. They are written
// together, with the transaction's last statement.
func (t *tx) Record(_ context.Context, facts ...advocacy.AuditRecord) error {
	for _, fact := range facts {
		t.facts = append(t.facts, newRecordRow(fact))
	}
	return t.stopped()
}

// recordsAtOnce keeps one statement below the databases' most parameters.
const recordsAtOnce = 500

// writeRecords writes what the transaction recorded.
func (t *tx) writeRecords(ctx context.Context) error {
	for rows := range slices.Chunk(t.facts, recordsAtOnce) {
		if err := insert(ctx, t, aRecord, newRecords, rows...); err != nil {
			return err
		}
	}
	t.facts = nil
	return nil
}

type requestRow struct {
	WorkspaceID string `gorm:"column:workspace_id"`
	Caller      string `gorm:"column:caller"`
	ID          string `gorm:"column:id"`
	Method      string `gorm:"column:method"`
	Body        string `gorm:"column:body"`
	Result      string `gorm:"column:result"`
	CreateTime  moment `gorm:"column:create_time"`
}

func (requestRow) TableName() string { return "requests" }

var requests = tableOf[requestRow]()

func (r *requestRow) request() workflow.Request {
	return workflow.Request{
		Workspace: advocacy.WorkspaceID(r.WorkspaceID),
		Caller:    r.Caller,
		ID:        r.ID,
		Method:    r.Method,
		Body:      advocacy.Digest(r.Body),
		Result:    r.Result,
	}
}

// FindRequest returns the remembered request, or nil.
func (t *tx) FindRequest(ctx context.Context, w advocacy.WorkspaceID, caller, id string) (*workflow.Request, error) {
	query := "SELECT " + requests.list + " FROM requests WHERE workspace_id = ? AND caller = ? AND id = ?"
	found, err := every(ctx, t.conn, requests, (*requestRow).request, query, string(w), caller, id)
	if err != nil || len(found) == 0 {
		return nil, failed(err)
	}
	return &found[0], nil
}

// AddRequest remembers a request; Exists when two calls race with one id.
func (t *tx) AddRequest(ctx context.Context, r workflow.Request) error {
	return insert(ctx, t, aRequest, requests, requestRow{
		WorkspaceID: string(r.Workspace),
		Caller:      r.Caller,
		ID:          r.ID,
		Method:      r.Method,
		Body:        string(r.Body),
		Result:      r.Result,
		CreateTime:  sorted(t.now),
	})
}
