package publish

import (
	"context"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// Revoke handles workflow.JobRevoke: it ends a credential at its network that its owner took back
// here. What the network does not answer is asked again, for days and not for ever; then the
// credential is forgotten, and the record says that it was not ended.
func (w *Worker) Revoke(ctx context.Context, ws advocacy.WorkspaceID, id string) error {
	r, err := w.Flow.Store.FindRevocation(ctx, ws, id)
	if err != nil || r == nil {
		return err
	}
	account, err := w.Flow.Store.Account(ctx, ws, r.Account)
	if err != nil {
		return err
	}
	answer, err := w.revoke(ctx, account, r)
	if err != nil {
		return err
	}
	return w.Flow.Store.Update(ctx, func(ctx context.Context, tx workflow.Tx) error {
		switch {
		case answer.Class == network.Accepted:
			return w.Flow.EndRevocation(ctx, tx, account, r, true, answer.Said)
		case answer.Class == network.Permanent, r.GivenUp(tx.Now()):
			return w.Flow.EndRevocation(ctx, tx, account, r, false, answer.Said)
		default:
			return w.Flow.EnqueueRevocation(ctx, tx, account, r, r.Next(tx.Now()))
		}
	})
}

// revoke asks the network, unless there is nothing to ask for.
func (w *Worker) revoke(ctx context.Context, account *advocacy.SocialAccount, r *advocacy.Revocation) (network.Answer, error) {
	adapter, signedIn := w.Networks[account.Network].(network.Authorizer)
	ender, ends := w.Networks[account.Network].(network.Ender)
	if !signedIn && !ends {
		return network.Answer{Class: network.Permanent, Said: network.Say(advocacy.AnswerSignInNone)}, nil
	}
	secret, err := w.Credentials.Open(*account, r.Sealed)
	if err != nil {
		return network.Answer{Class: network.Permanent, Said: network.Say(advocacy.AnswerCredentialUnreadable)}, nil
	}
	grant, err := network.DecodeGrant(secret)
	switch {
	case err != nil:
		return network.Answer{Class: network.Permanent, Said: network.Say(advocacy.AnswerCredentialUnreadable)}, nil
	case grant.Given() && !ends:
		return network.Answer{Class: network.Permanent, Said: network.Say(advocacy.AnswerMadeByHand)}, nil
	}
	now, err := w.open(ctx, w.Networks[account.Network], account)
	if err == nil && now.grant.Access == grant.Access { // guard: what was connected again with the same token lives on
		return network.Answer{Class: network.Permanent, Said: network.Say(advocacy.AnswerConnectedAgain)}, nil
	}
	ctx, cancel := context.WithTimeout(ctx, w.Timeout)
	defer cancel()
	if grant.Given() {
		return ender.End(ctx, *account, secret), nil
	}
	return adapter.Revoke(ctx, *account, grant), nil
}
