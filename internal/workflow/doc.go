// Package workflow carries out the use cases of the service, one file each.
//
// A use case loads what it needs inside one write transaction, asks package advocacy
// for a decision, and saves the result with its audit records and jobs. It does not
// know how it was called or where things are kept, and it calls nothing outside the
// store: what must reach the world is a publication for package publish.
//
// The rule that keeps it so: exported method = one transaction; unexported function =
// work inside one.
//
// # Where to begin
//
// Service (service.go) holds what the use cases need, Store (store.go) is what they are
// kept in (store_*.go by subject), and Call says who asks and how long the caller waits (turn.go). act (call.go) is the one transaction of a change, and
// what makes it count once however often it is sent; fact there is the audit record that
// goes with it. Then Decide (decide.go) is a use case of middle size that has every part.
//
// # In the order of a post's life
//
// What it is made of. A library item is written, suggested, found in a feed or imported
// (library.go, proposal.go, feed.go, fetch.go, import.go, import_run.go), stands on topics
// (topic.go), is found (search.go), changes hands (transfer.go) and leaves as a file (export.go). Files arrive whole or in parts (media.go, file.go, upload.go,
// thumbnail.go); links are looked at and pinned (link.go, pin.go, card.go). Somebody writes
// from it or from nothing (post.go, copy.go, coauthor.go, source.go, personal.go), and is told meanwhile
// what a machine can know (check.go), which asks the rules of the workspace (rules.go: its
// lexicon, lexicon.go; its disclosures, disclosure.go and relation.go; its register of
// handles, handle.go), how often the same was said (repeat.go, crowd.go), and when there is
// room (sharing.go). What an author has to have read and learned is in guideline.go,
// guideline_standing.go, training.go, course.go and knowledge.go.
//
// Signing. Submit (submit.go) renders the bytes once (render.go), gathers what the policy
// asks about (facts.go) and opens a round. Turns are listed, counted, claimed, put off and
// watched (task.go, queue.go, watch.go, look.go); who sees which difference is diff.go. The
// round is decided on what was served (receipt.go), one by one or in a batch (decide.go, batch.go,
// reaffirm.go), and an admin takes back what should not have been signed (takeback.go); an
// objection outlives the round it was made in (objection.go). It is talked about
// (discussion.go, forum.go) and improved (suggestion.go). Deadlines run, remind and ask
// others, and never sign (deadline.go, escalate.go, sweep.go), in working hours and while
// people are away (calendar.go, absence.go, delegation.go). Explain (explain.go) says where a
// round stands, from the count that decides it, and usual.go how long its signers usually take.
//
// What changes under an open round: a policy (policy.go, simulate.go, activate.go,
// recompute.go), its routing (reroute.go), the words and disclosures a workspace watches for (trial.go,
// recheck.go, bundle.go, retell.go), a person (member.go, group.go, role.go, merge.go, succession.go).
// Each of them is counted again where it bears on what is not sent yet (outgoing.go).
//
// Going out. authorize.go turns a full count into publications with a time; passage.go
// gathers what package publish judges in the last instant, and bearing.go what a hold looks
// at. Publication (publication.go) is what a person sees and settles afterwards, and unknown.go
// whose turn that is where nobody knows the end; what is published by hand is handoff.go and
// confirm.go, and what went out otherwise than it was signed is a case (case.go, casefile.go).
//
// Stopping. Withdraw (withdraw.go) ends a post, stop.go what was shared from an item that
// ended, recall.go what is out already, resume.go what passed its time while a hold kept it,
// and restored.go what a restored backup no longer knows.
//
// Around it: sessions, keys and invitations (session.go), accounts and their sign-ins
// (account.go, connect.go, connection.go, attest.go) and what each network takes (networks.go), and
// the first start and the next (install.go, upgrade.go).
package workflow
