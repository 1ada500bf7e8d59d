// Package demo tells the story of a sample company: its people, its library, what they
// wrote in the past three weeks and what became of it; and prints what to try with it.
//
// It knows nothing of how things are kept or served. Everything happens through the use
// cases of package workflow, as the person who may do it and at the time it is said to
// have happened, so nothing in the sample was approved without a decision or published
// around the gate.
//
// The rule that keeps it so: this package has no way to write but workflow.Service, it
// asks the roles for a permission before each step as the doors do, and serve does not
// import it.
package demo
