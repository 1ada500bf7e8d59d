package main

// overKeys are the guards over the keys that a service keeps for us.
func overKeys() []mutant {
	const keys, sealing = "./internal/vault", "internal/vault/vault.go"
	return []mutant{
		{"what is sealed elsewhere is not opened by another key", keys, "TestKeyServiceSealsTheFile", []change{{"internal/vault/keyset.go",
			`if by == nil || by.URI() != doc.KeyService { // guard`, `if by == nil { // guard`}}},
		{"a key service that is away is not asked at every call", keys, "TestKeyServiceIsAway", []change{{sealing,
			`k.aead == nil && !v.now().Before(v.asked.Add(servicePause)) { // guard`, `k.aead == nil { // guard`}}},
		{"what a key out of reach may open is not said to be damaged", keys, "TestRotatedWhileAway", []change{{sealing,
			`case away != nil: // guard`, `case away != nil && false: // guard`}}},
		{"the keys at hand are not forgotten", keys, "TestRotatedWhileAway", []change{{sealing,
			`had != nil && had.aead != nil { // guard`, `had != nil && had.aead != nil && false { // guard`}}},
		{"nobody is told to connect what needs no connecting", "./internal/publish", "TestKeysOutOfReach", []change{{"internal/publish/credential.go",
			`if advocacy.ReasonOf(err) == waitKeys { // guard`, `if false { // guard`}}},
		{"what was made by hand and is used again is not ended", "./internal/publish", "TestRevokeByHand", []change{{"internal/publish/revoke.go",
			`if err == nil && now.grant.Access == grant.Access { // guard`, `if err == nil && now.grant.Access == grant.Access && !grant.Given() { // guard`}}},
		{"the password for the mail server is in no error", "./internal/mail", "TestSignIn", []change{{"internal/mail/error.go",
			`text = strings.ReplaceAll(text, secret, "[password]") // guard`, `text = strings.ReplaceAll(text, secret, secret) // guard`}}},
	}
}
