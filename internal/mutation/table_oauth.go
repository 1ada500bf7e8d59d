package main

// fromSigningIn are the guards over accounts that are connected by OAuth.
func fromSigningIn() []mutant {
	const protocol = "./internal/network/oauth"
	return []mutant{
		{"what was not granted is not taken for granted", protocol, "TestExchangeRefused", []change{{"internal/network/oauth/client.go",
			`if !slices.Contains(g.Scopes, needed) { // guard`, `if false && !slices.Contains(g.Scopes, needed) { // guard`}}},
		{"a server speaks for itself alone", protocol, "TestDiscover", []change{{"internal/network/oauth/metadata.go",
			`if err != nil || strings.Trim(issuer.Path, "/") != "" || issuer.RawQuery != "" { // guard`, `if err != nil && issuer != nil { // guard`}}},
		{"a code that is caught is of no use", protocol, "TestDiscover", []change{{"internal/network/oauth/metadata.go",
			`if !slices.Contains(m.Challenges, "S256") { // guard`, `if false && !slices.Contains(m.Challenges, "S256") { // guard`}}},
		{"secrets go to the server that was asked", protocol, "TestDiscover", []change{{"internal/network/oauth/metadata.go",
			`if err != nil { // guard: secrets`, `if err != nil && false { // guard: secrets`}}},
	}
}
