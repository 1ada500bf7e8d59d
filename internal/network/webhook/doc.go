// Package webhook is the network of a company's own gateway: each publication is one
// POST, signed as Standard Webhooks 1.0.0 has it.
//
// It owns the body, the signature, the address rules and what each ending of a request
// means. It does not know what the receiver does with a publication, cannot look, and
// cannot take back.
//
// The rule that keeps it so: it connects only to addresses that are public or that the
// operator named, checked at the moment of dialing; it follows no redirect; it sends
// once; and neither the address, the secret nor the body appears in what it says.
package webhook
