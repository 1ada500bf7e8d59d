package main

// fromSigningIn are the guards over accounts that are connected by OAuth.
func fromSigningIn() []mutant {
	const protocol, sent = "./internal/network/oauth", "internal/advocacy/connection.go"
	const credential, registered = "internal/publish/credential.go", "internal/advocacy/handle.go"
	return []mutant{
		{"what was not granted is not taken for granted", protocol, "TestExchangeRefused", []change{{"internal/network/oauth/client.go",
			`if !slices.Contains(g.Scopes, needed) { // guard`, `if false && !slices.Contains(g.Scopes, needed) { // guard`}}},
		{"a server speaks for itself alone", protocol, "TestDiscover", []change{{"internal/network/oauth/metadata.go",
			`if err != nil || strings.Trim(issuer.Path, "/") != "" || issuer.RawQuery != "" { // guard`, `if err != nil && issuer != nil { // guard`}}},
		{"a code that is caught is of no use", protocol, "TestDiscover", []change{{"internal/network/oauth/metadata.go",
			`if !slices.Contains(m.Challenges, "S256") { // guard`, `if false && !slices.Contains(m.Challenges, "S256") { // guard`}}},
		{"secrets go to the server that was asked", protocol, "TestDiscover", []change{{"internal/network/oauth/metadata.go",
			`if err != nil { // guard: secrets`, `if err != nil && false { // guard: secrets`}}},
		{"an answer is good for who was sent", flow, "TestConnectionIsOnesOwn", []change{{sent,
			`case actor.Person != c.Person || actor.Session == "" || actor.Session != c.Session: // guard`, `case false: // guard`}}},
		{"an answer is good for the account it was asked for", flow, "TestConnectionIsOnesOwn", []change{{sent,
			`case account != c.Account: // guard`, `case false: // guard`}}},
		{"an answer is good once", rules, "TestConnectionUse", []change{{sent,
			`case !c.UseTime.IsZero(): // guard`, `case false: // guard`}}},
		{"an answer is good for minutes", flow, "TestConnectionIsOnesOwn", []change{{sent,
			`case !now.Before(c.ExpireTime): // guard`, `case false: // guard`}}},
		{"nothing goes out through an impostor", flow, "TestImpostor", []change{{"internal/workflow/handle.go",
			`if h.Speaks() { // guard`, `if false { // guard`}}},
		{"a handle stands as its kind can", rules, "TestGuardHandle", []change{{registered,
			`case !slices.Contains(h.Kind.statuses(), h.Status): // guard`, `case !slices.Contains(HandleStatuses(), h.Status): // guard`}}},
		{"somebody here has the password", rules, "TestGuardHandle", []change{{registered,
			`case h.Kind == HandleReserved && holder == nil, h.Status == HandleHeld && !holder.Active(): // guard`, `case false: // guard`}}},
		{"nobody is called an impostor for nothing", rules, "TestGuardHandle", []change{{registered,
			`case h.Kind == HandleImpostor && strings.TrimSpace(h.Evidence) == "": // guard`, `case false: // guard`}}},
		{"nobody answers in another's place", flow, "TestConnectionRefused", []change{{sent,
			`case c.IssuerTold && issuer == "", issuer != "" && c.Issuer != "" && issuer != c.Issuer: // guard`, `case false: // guard`}}},
		{"the code is for the account as it was", flow, "TestConnectionAgainstChange", []change{{"internal/workflow/connection.go",
			`if err := stale(k.Version, before.Version); err != nil { // guard`, `if err := stale(k.Version, before.Version); err != nil && false { // guard`}}},
		{"what is said of one credential is said of no other", gate, "TestReplacedMeanwhile", []change{{"internal/workflow/account.go",
			`if kept.Version != credential { // guard`, `if kept.Version != credential && false { // guard`}}},
		{"one asks for the next token", gate, "TestOneRefreshAtATime", []change{{credential,
			`case now.LeaseTime.After(tx.Now()): // guard`, `case false: // guard`}}},
		{"a spent token is not asked with again", gate, "TestRefreshThatIsLost", []change{{credential,
			`case !now.LeaseTime.IsZero() && !adapter.Capabilities().RefreshTwice: // guard`, `case false: // guard`}}},
		{"fencing of a refresh", gate, "TestReplacedMeanwhile", []change{{credential,
			`if now.Version != o.kept.Version || now.Epoch != o.kept.Epoch { // guard`, `if false { // guard`}}},
		{"what was connected again with the same token lives on", gate, "TestRevokeEnds", []change{{"internal/publish/revoke.go",
			`now.grant.Access == grant.Access { // guard`, `now.grant.Access == "" { // guard`}}},
		{"one refresh, and no second", gate, "TestRefusedTokenIsReplacedOnce", []change{{credential,
			`o.next != nil && !o.grant.Trial { // guard`, `o.next != nil { // guard`}}},
	}
}
