package workflow

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// caller is whose request ids are remembered together.
func (c Call) caller() string {
	if c.Actor.Key != "" {
		return "key:" + string(c.Actor.Key)
	}
	return "person:" + string(c.Actor.Person)
}

// act is one write transaction of one call, carried out once per request id. do returns
// the answer and the name of what it made or changed; a repetition of the call gets the
// answer of again for that name, as it is now.
func act[T any](ctx context.Context, s *Service, c Call, w advocacy.WorkspaceID,
	do func(ctx context.Context, tx Tx) (T, string, error),
	again func(ctx context.Context, tx Tx, result string) (T, error),
) (T, error) {
	var answer T
	err := s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		var result string
		var err error
		if answer, result, err = do(ctx, tx); err != nil {
			return err
		}
		return c.remember(ctx, tx, w, result)
	})
	if err == nil || c.RequestID == "" || advocacy.KindOf(err) == advocacy.Internal {
		return answer, err
	}
	// Most calls are no repetition, so only one that was refused is looked up: when it was
	// carried out before, its id is taken, or what it would change is changed already.
	refusal := err
	return answer, s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		done, err := c.repetition(ctx, tx, w)
		if err != nil {
			return err
		}
		if done == nil {
			return refusal
		}
		answer, err = again(ctx, tx, done.Result)
		return err
	})
}

func (c Call) repetition(ctx context.Context, tx Tx, w advocacy.WorkspaceID) (*Request, error) {
	if c.RequestID == "" {
		return nil, nil
	}
	done, err := tx.FindRequest(ctx, w, c.caller(), c.RequestID)
	if err != nil || done == nil {
		return nil, err
	}
	if done.Method != c.Method || done.Body != c.Body {
		return nil, advocacy.InvalidField("request_id", "REQUEST_ID_REUSED",
			"this request id was used for another call; make a new one for each change")
	}
	return done, nil
}

func (c Call) remember(ctx context.Context, tx Tx, w advocacy.WorkspaceID, result string) error {
	if c.RequestID == "" {
		return nil
	}
	return tx.AddRequest(ctx, Request{
		Workspace: w, Caller: c.caller(), ID: c.RequestID, Method: c.Method, Body: c.Body, Result: result,
	})
}

// fact is one audit record to be.
type fact struct {
	action  string
	subject string
	parent  string
	detail  any
}

// record writes what happened in the transaction that makes it true.
func (s *Service) record(ctx context.Context, tx Tx, c Call, w advocacy.WorkspaceID, facts ...fact) error {
	records := make([]advocacy.AuditRecord, len(facts))
	for i, f := range facts {
		detail, err := json.Marshal(f.detail)
		if err != nil {
			return fmt.Errorf("audit detail of %s: %w", f.action, err)
		}
		if f.detail == nil {
			detail = []byte("{}")
		}
		records[i] = advocacy.AuditRecord{
			Workspace: w, ID: advocacy.RecordID(s.NewID()), Time: tx.Now(), Actor: c.Actor,
			Action: f.action, Subject: f.subject, Parent: f.parent, RequestID: c.RequestID, Detail: detail,
		}
	}
	return tx.Record(ctx, records...)
}

// enqueue adds one job with a JSON body.
func enqueue(ctx context.Context, tx Tx, job advocacy.Job, args any) error {
	body, err := json.Marshal(args)
	if err != nil {
		return fmt.Errorf("job %s: %w", job.Kind, err)
	}
	job.Args = body
	return tx.Enqueue(ctx, job)
}

// SystemCall is the call of the service itself: a timer, a worker, the installer.
func SystemCall(w advocacy.WorkspaceID) Call {
	return Call{Actor: advocacy.Actor{Kind: advocacy.System, Workspace: w}}
}

// stale reports a change made on an outdated read. Version 0 is never compared.
func stale(read, now int64) error {
	if read != 0 && read != now {
		return advocacy.Clash("ETAG_STALE", "it changed since you read it; read it again and repeat your change if it still makes sense")
	}
	return nil
}

// set writes *v to *field when v is not nil.
func set[T any](field, v *T) {
	if v != nil {
		*field = *v
	}
}

// permission constants the use cases ask about; they are declared on the RPCs as well.
const (
	mayReadAllPosts        advocacy.Permission = "posts.readall"
	mayExpedite            advocacy.Permission = "posts.expedite"
	mayResolvePublications advocacy.Permission = advocacy.PermissionResolve
	mayRecallAnyPost       advocacy.Permission = "publications.recall"
	mayCreateItems         advocacy.Permission = "items.create"
	mayUpdateItems         advocacy.Permission = "items.update"
	mayTransferItems       advocacy.Permission = "items.transfer"
	mayUpdateTopics        advocacy.Permission = "topics.update"
	mayDecide              advocacy.Permission = advocacy.PermissionDecide
	mayReadReviews         advocacy.Permission = "reviews.read"
	mayReadPublications    advocacy.Permission = "publications.read"
	mayCreateAPIKeys       advocacy.Permission = "keys.create"
	mayUpdateRoles         advocacy.Permission = "roles.update"
	mayUpdateMembers       advocacy.Permission = "members.update"
	mayReadAllTrainings    advocacy.Permission = "trainings.readall"
	mayUpdateTrainings     advocacy.Permission = "trainings.update"
	mayReadAllProposals    advocacy.Permission = "proposals.readall"
	mayAnswerProposals     advocacy.Permission = "proposals.answer"
	mayUpdateAccounts      advocacy.Permission = "accounts.update"
	mayConnectAccounts     advocacy.Permission = "accounts.connect"
	lateGraceMinutes                           = 1
	defaultReviewDays                          = 14
	taskTitleRunes                             = 160
	defaultSessionHours                        = 12
	signInLinkHours                            = 72
	apiKeyDefaultDays                          = 90
	apiKeyMaximumDays                          = 365
	maximumContributions                       = 1000
	maximumLine                                = 64
)
