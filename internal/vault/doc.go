// Package vault keeps the credentials of social accounts sealed at rest.
//
// It owns the keyset of the service, the way a credential is sealed for one account and
// no other, and the keys derived for other uses. A sealed credential names, as associated
// data, the workspace, the account, the network and the person it speaks for: moved to
// another row, it does not open (SAFETY T20).
//
// The keyset is one JSON document: a Tink AEAD keyset (AES-256-GCM) whose primary key
// seals and whose every key opens, and a root from which HKDF derives the other keys.
// The root is apart from the AEAD keys so that no key serves two purposes, and so that
// rotating the one leaves signatures made with the other standing. The embedded default
// keeps it in a file that only the service can read; elsewhere it comes from a secret
// store and goes to Open. Who holds it opens every credential, and without it none: back
// it up apart from the database.
//
// A key service (KeyService), such as HashiCorp Vault or OpenBao, can seal the AEAD keys in the
// file, so that the file alone opens nothing. It is asked once at the start, not for each
// credential. While it does not open them what needs a credential waits (KEYS_UNREACHABLE), and
// everything else goes on: the root is in the clear.
//
// What a server knows the service itself as (Apps) is sealed the same way, for its server. It
// is no right to publish.
//
// It does not know what a credential is, where sealed bytes are kept (Store), when a
// token must be refreshed, or who asks. That only package publish opens a credential is held
// by the imports and a test over them; use cases can Seal and no more.
//
// The rules that keep it so: plaintext leaves by Credentials.Open and Apps alone, no error and no
// printing of any type here shows a byte of it, and a key file that others can read is
// refused, never repaired in silence.
package vault
