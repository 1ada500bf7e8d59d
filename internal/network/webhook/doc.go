// Package webhook is the network of a company's own gateway: each publication is one
// POST, signed as Standard Webhooks 1.0.0 has it.
//
// Semantics in three words: at most once. Where an account declares that its receiver drops an id that is
// repeated, a request without a clear answer is sent again with the same webhook-id, for a day from the
// first attempt: the receiver makes that exactly once. Else such a request is unknown, and a person says what
// became of it.
//
// # Limits
//
// 10,000 characters as people count them, and a body of 20,000 bytes, which is what the standard advises
// receivers to take: what would not fit is found before anybody signs. Up to four pictures, each with
// its words, or one video of 512 MB, or one document of 100 MB; the body has their addresses at this
// service and their SHA-256, and the receiver fetches them. Disclosure, link and card are fields of their
// own, to be shown with the text. The whole delivery has fifteen seconds. Nothing can be looked at again, edited
// or taken back.
//
// # Setting an account up
//
// Make an account with the network webhook and the receiver's address, https on the public internet; an
// address inside the company, or http, has to lie in --webhook-networks. The answer holds the signing
// secret (whsec_…), once: give it to the receiver, which verifies webhook-signature with a library of
// Standard Webhooks, and refuses what is older than some minutes. The secret does not expire; to have
// another, make another account. A receiver answers 2xx when it has the publication, and may say external_id and url of what it made.
//
// # Known unknowns
//
// What the receiver does with a publication: 2xx is its receipt, and nothing shows what people see
// afterwards. Whether a receiver that declares to drop repeated ids keeps them for a day: it is
// believed. Of the refusals that the standard leaves open 400, 401, 403, 404, 405, 406, 410, 413, 415 and
// 422 are taken to publish nothing; 409 may be a copy of ours, and any other answer is unknown.
//
// # Sources
//
// standardwebhooks/standard-webhooks, spec/standard-webhooks.md of 1.0.0: webhook-id, webhook-timestamp,
// webhook-signature, several signatures while a secret is changed, and the advice of 20 kB for a body.
//
// It owns the body, the signature, the address rules and what each ending of a request
// means. It does not know what the receiver does with a publication, cannot look, and
// cannot take back.
//
// The rule that keeps it so: it connects only to addresses that are public or that the
// operator named, checked at the moment of dialing; it follows no redirect; it sends
// once; and neither the address, the secret nor the body appears in what it says.
package webhook
