// Package publish is the gate and the worker behind it: the only way out of the house.
//
// A publication is claimed, judged and sent in steps that each commit before the next
// begins: the claim takes a fencing token; the gate re-checks everything in one
// transaction and commits the intent with the exact bytes; the request is noted outside the
// database, which may be put back to an earlier state; only then does it begin; the receipt is written only by the holder of the token. What was sent and not
// answered ends as unknown and is never sent again by a machine, unless the network has
// no second effect for a repeated key.
//
// Where a person publishes by hand there is no request: the gate hands over in the transaction
// that judges, and what was handed over is judged again when its person opens it.
//
// Through one account nothing begins while something that was due before is on its way, so
// posts are seen in their order and a network that has enough is left in peace. Lanes keep
// one server's slowness from the others.
//
// It does not know any network by name, nor who signed what: it asks packages network
// and advocacy. The rule that keeps it so: nobody else calls Publisher.Publish.
package publish
