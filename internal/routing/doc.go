// Package routing turns a routing policy and the facts of a submission into a plan: who
// must sign what, and what has to hold whoever signs.
//
// It knows no store, no person and no clock. All rules that match add up; none
// subtracts; a rule that cannot be evaluated counts as matched; when nothing asks for
// anything, the defaults do. So there is no input for which nobody is asked.
//
// The rule that keeps it so: it imports only package advocacy, the CEL library and a
// YAML reader, and Evaluate is a function of its arguments.
//
// # In the order in which a post meets it
//
// A policy is a document, YAML or JSON, that people write (document.go, and
// policy.schema.json for editors). It is read into one tree that knows its lines
// (read.go), put into types strictly (decode.go: an unknown field, or one that stands
// twice, is refused with its path and line), and linted (lint.go). Engine.Compile checks
// every condition against the facts there are (environment.go): a misspelt fact, an
// answer that is not true or false, a pattern that is none, or a condition that could
// cost too much never comes into force. Engine.Load does it once per document and keeps
// the policies used last (engine.go).
//
// When a post is submitted, package workflow gathers the Facts that the policy's Needs
// name (facts.go says what each is computed from) and calls Compiled.Evaluate
// (evaluate.go). It asks each rule of the post's route in turn. One whose condition holds
// adds its requirements, joined with those of the others by advocacy.Plan.Join: never
// fewer signatures than any rule wants. One that cannot be evaluated adds the same, and
// what the policy says an error asks for. SHADOW rules take the same path and are only
// told; DISABLED ones are not asked. Preconditions of the rules that count come back as
// Result.Unmet when they do not hold: the submission is refused, and a scheduled post
// stopped, in the policy's own words.
//
// What an author has read and learned (author.guideline_acknowledged, author.trainings) is
// good for a while only, so a policy that reads it is asked again at every count, as one
// that speaks about time is: a new guideline whose grace is over, or a training that ended
// or was revoked, stops what is not sent yet, and catching up lets it go on.
// testdata/knowledge.yaml shows how such a rule is written. The codes that preconditions are
// known by (precondition.go) make the refusal say in the author's language what to do.
//
// An expedited submission takes another route of the same policy, with the quorum written
// for it: never no route, and the record says so. A policy that has no such route sends
// it the normal way.
//
// Later, when another revision of the policy is in force, the same Evaluate says what that
// one would ask of the post: the floor below the plan that was frozen (advocacy.Case). A
// policy that speaks about time (Needs.Time) is asked again at every count, because its
// answer can change while nothing else does.
//
// Before a policy comes into force its own tests are run (trial.go), offline as well, by
// imprimatur policy test, and Compare says of each past post how the draft's answer would
// differ from today's (compare.go). What a new workspace begins with is starter.yaml.
package routing
