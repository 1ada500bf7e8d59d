// Package openapi holds the description of the REST interface, for whoever hands it out.
//
// It is made from the protos by .ci/generate; this file is the only one here that is
// written by hand. It knows nothing of how a request is served.
//
// The rule that keeps it so: the document is never edited, only generated.
package openapi

import _ "embed"

// Document is the interface in OpenAPI 3, as JSON.
//
//go:embed imprimatur.openapi.json
var Document []byte
