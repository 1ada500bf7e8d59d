package grpcapi

import (
	"testing"

	"buf.build/go/protovalidate"

	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// What the guard costs a read, without the network and the roles.
func BenchmarkAdmit(b *testing.B) {
	validator, err := protovalidate.New()
	if err != nil {
		b.Fatal(err)
	}
	g := &guard{authorizer: grants{someID: everybodyMay}, validator: validator}
	t := &trip{rule: readRules()["/imprimatur.v1.PostService/GetPost"], principal: Principal{Actor: ana}}
	b.ReportAllocs()
	for b.Loop() {
		if err := g.admit(b.Context(), t, onePost); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReadName(b *testing.B) {
	name := acme.post(someID)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := acme.readPost("name", name); err != nil {
			b.Fatal(err)
		}
	}
}

// What it costs to write a post with everything in it.
func BenchmarkShowPost(b *testing.B) {
	view := filled[workflow.PostView]()
	t := &trip{principal: Principal{Actor: ana}}
	b.ReportAllocs()
	for b.Loop() {
		t.showPost(view)
	}
}
