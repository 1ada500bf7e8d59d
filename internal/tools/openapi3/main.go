// Command openapi3 turns the OpenAPI 2 document that protoc-gen-openapiv2 writes into the
// OpenAPI 3 document that the service hands out.
//
//	openapi3 imprimatur.swagger.json imprimatur.openapi.json
//
// It knows the few shapes that generator writes and nothing of OpenAPI in general. Beyond
// the change of version it says what the service really does: resource names are spelt out
// in the paths, errors have the shape the gateway gives them, pictures are bytes, and the
// upload that has no annotation in the protos is there. The same input gives the same bytes.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: openapi3 IN OUT")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "openapi3:", err)
		os.Exit(1)
	}
}

func run(in, out string) error {
	b, err := os.ReadFile(in)
	if err != nil {
		return err
	}
	var doc object
	if err := json.Unmarshal(b, &doc); err != nil {
		return fmt.Errorf("%s: %w", in, err)
	}
	converted, err := convert(doc)
	if err != nil {
		return fmt.Errorf("%s: %w", in, err)
	}
	// Maps are written in the order of their keys, so the output does not depend on chance.
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(converted); err != nil {
		return err
	}
	return os.WriteFile(out, text.Bytes(), 0o644)
}
