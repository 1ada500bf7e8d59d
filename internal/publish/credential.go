package publish

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// Credentials opens the sealed credential of an account, for one delivery, and seals the next.
type Credentials interface {
	// Open returns the plaintext of what was sealed, nil for nothing.
	Open(account advocacy.SocialAccount, sealed []byte) ([]byte, error)
	Seal(account advocacy.SocialAccount, secret []byte) ([]byte, error)
}

// refreshMargin is how long before its end a token is not relied on any more.
const refreshMargin = 5 * time.Minute

// busyPause is how long one rests whose account's next token another worker asks for.
const busyPause = 2 * time.Second

// opened is the credential of an account, in the clear, for one delivery.
type opened struct {
	grant network.Grant
	kept  advocacy.Credential
	// next gives the grant after this one, nil when nobody does.
	next network.Authorizer
}

// stale tells whether the grant is to be replaced before it is used.
func (o *opened) stale(now time.Time) bool {
	return o.kept.Refused || o.grant.Expired(now.Add(refreshMargin))
}

// wait is a reason to try again later.
type wait struct {
	code string
	rest time.Duration
	said advocacy.Answer
}

// Error says what is waited for.
func (w *wait) Error() string {
	return "publish: the account's next token: " + w.code + ": " + w.said.Text
}

// open opens the credential of an account.
func (w *Worker) open(ctx context.Context, adapter network.Adapter, account *advocacy.SocialAccount) (*opened, error) {
	kept, err := w.Flow.Store.Credential(ctx, account.Workspace, account.ID)
	if err != nil {
		return nil, fmt.Errorf("credential of account %s: %w", account.ID, err)
	}
	secret, err := w.Credentials.Open(*account, kept.Sealed)
	if err != nil {
		return nil, err
	}
	o := &opened{kept: *kept}
	if o.grant, err = network.DecodeGrant(secret); err != nil {
		return nil, err
	}
	if next, ok := adapter.(network.Authorizer); ok && o.grant.Refresh != "" {
		o.next = next
	}
	return o, nil
}

// usable opens the credential of an account, and asks for the next one when it is used up. What
// is not to be had now is a *wait. Of an account that is to be connected anew, what there is is
// returned: the gate sees its state.
func (w *Worker) usable(ctx context.Context, adapter network.Adapter, account *advocacy.SocialAccount) (*opened, error) {
	o, err := w.open(ctx, adapter, account)
	if err != nil || o.next == nil || account.State != advocacy.AccountReady || !o.stale(w.Flow.Now()) {
		return o, err
	}
	mine, err := w.claimRefresh(ctx, adapter, account, o)
	if err != nil {
		return nil, err
	}
	if mine {
		w.reached(StepRefresh)
		next, answer := w.refresh(ctx, account, o)
		w.reached(StepRefreshed)
		if err := w.keepGrant(ctx, adapter, account, o, next, answer); err != nil {
			return nil, err
		}
	}
	// What came of it, or of whoever was faster, is in the database: nothing else is used.
	return w.open(ctx, adapter, account)
}

// claimRefresh tells whether it is ours to ask for the grant after o, which is committed before
// anything is sent. Of an account whose last such request was not answered for, or whose answer
// was not kept, the token may be spent and the next one lost: its owner connects it anew.
func (w *Worker) claimRefresh(ctx context.Context, adapter network.Adapter, account *advocacy.SocialAccount, o *opened) (mine bool, err error) {
	err = w.onCredential(ctx, account, func(ctx context.Context, tx workflow.Tx, now *advocacy.Credential) error {
		mine = false
		switch {
		case now.Version != o.kept.Version:
			return nil
		case now.LeaseTime.After(tx.Now()): // guard: one asks for the next token
			return &wait{waitCredential, busyPause, network.Say(advocacy.AnswerTokenPending)}
		case !now.LeaseTime.IsZero() && !adapter.Capabilities().RefreshTwice: // guard: a spent token is not asked with again
			_, err := w.Flow.Disconnect(ctx, tx, account.Workspace, account.ID, now.Version,
				network.Say(advocacy.AnswerTokenLost))
			return err
		}
		mine = true
		now.Epoch++
		now.LeaseTime = tx.Now().Add(w.Lease)
		o.kept = *now
		return tx.SaveCredential(ctx, account.Workspace, account.ID, now)
	})
	return mine, err
}

// refresh asks for the grant after one, once. The request outlives the job's context: an answer
// that nobody waits for is a lost one.
func (w *Worker) refresh(ctx context.Context, account *advocacy.SocialAccount, o *opened) (network.Grant, network.Answer) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), w.Timeout)
	defer cancel()
	return o.next.Refresh(ctx, *account, o.grant)
}

// keepGrant keeps the grant after o, before anybody uses it, or what else the network said.
func (w *Worker) keepGrant(ctx context.Context, adapter network.Adapter, account *advocacy.SocialAccount, o *opened, next network.Grant, answer network.Answer) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), w.Lease)
	defer cancel()
	next.Trial = o.kept.Refused
	var later *wait
	err := w.onCredential(ctx, account, func(ctx context.Context, tx workflow.Tx, now *advocacy.Credential) (err error) {
		later = nil
		if now.Version != o.kept.Version || now.Epoch != o.kept.Epoch { // guard: fencing of a refresh
			return nil
		}
		class := answer.Class
		if class == network.UnknownOutcome && adapter.Capabilities().RefreshTwice {
			class = network.Retryable
		}
		now.LeaseTime = time.Time{}
		switch class {
		case network.Accepted:
			if now.Sealed, err = w.Credentials.Seal(*account, next.Encode()); err != nil {
				return err
			}
			now.Version++
			now.Refused = false
		case network.AuthExpired, network.UnknownOutcome:
			if _, err := w.Flow.Disconnect(ctx, tx, account.Workspace, account.ID, now.Version, answer.Said); err != nil {
				return err
			}
		case network.RateLimited:
			later = &wait{waitRateLimited, max(answer.RetryTime.Sub(tx.Now()), waitPause), answer.Said}
		case network.Misconfigured:
			later = &wait{waitConfig, configPause, answer.Said}
		default:
			later = &wait{waitRetry, waitPause, answer.Said}
		}
		return tx.SaveCredential(ctx, account.Workspace, account.ID, now)
	})
	if err == nil && later != nil {
		return later
	}
	return err
}

// onCredential holds an account and its credential until commit.
func (w *Worker) onCredential(ctx context.Context, account *advocacy.SocialAccount, fn func(context.Context, workflow.Tx, *advocacy.Credential) error) error {
	return w.Flow.Store.Update(ctx, func(ctx context.Context, tx workflow.Tx) error {
		if _, err := tx.AccountsForUpdate(ctx, account.Workspace, []advocacy.AccountID{account.ID}); err != nil {
			return err
		}
		now, err := tx.Credential(ctx, account.Workspace, account.ID)
		if err != nil {
			return err
		}
		return fn(ctx, tx, now)
	})
}

// refused is what follows from a credential that the network does not take: the next one is asked
// for, once; otherwise its owner connects the account anew. Of one that was replaced meanwhile
// nothing follows.
func (w *Worker) refused(ctx context.Context, tx workflow.Tx, p *advocacy.Post, x *advocacy.Publication, o *opened, said advocacy.Answer) error {
	if _, err := tx.AccountsForUpdate(ctx, x.Workspace, []advocacy.AccountID{x.Account}); err != nil {
		return err
	}
	now, err := tx.Credential(ctx, x.Workspace, x.Account)
	if err != nil {
		return err
	}
	if now.Version == o.kept.Version && o.next != nil && !o.grant.Trial { // guard: one refresh, and no second
		now.Refused = true
		if err := tx.SaveCredential(ctx, x.Workspace, x.Account, now); err != nil {
			return err
		}
		return w.putBack(ctx, tx, p, x, waitRetry, tx.Now())
	}
	replaced, err := w.Flow.Disconnect(ctx, tx, x.Workspace, x.Account, o.kept.Version, said)
	switch {
	case err != nil:
		return err
	case replaced:
		return w.putBack(ctx, tx, p, x, waitRetry, tx.Now())
	default:
		return w.putBack(ctx, tx, p, x, advocacy.BlockAccount, tx.Now().Add(configPause))
	}
}

// notNow puts a claimed publication back whose credential is not to be had.
func (w *Worker) notNow(ctx context.Context, claimed *advocacy.Publication, err error) error {
	w.Logger.WarnContext(ctx, "publication waits", "publication", claimed.ID, "error", err)
	if later, ok := errors.AsType[*wait](err); ok {
		return w.postpone(ctx, claimed, later.code, later.rest)
	}
	if advocacy.ReasonOf(err) == waitKeys { // guard: nobody is told to connect what needs no connecting
		return w.postpone(ctx, claimed, waitKeys, waitPause)
	}
	return w.postpone(ctx, claimed, waitCredential, waitPause)
}
