package app

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"io"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/authn"
	"github.com/imprimatur-hq/imprimatur/internal/authz"
	"github.com/imprimatur-hq/imprimatur/internal/catalogue"
	"github.com/imprimatur-hq/imprimatur/internal/grpcapi"
	"github.com/imprimatur-hq/imprimatur/internal/media"
	"github.com/imprimatur-hq/imprimatur/internal/vault"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// secrets mints and hashes bearer secrets and seals credentials for the use cases.
type secrets struct{ vault *vault.Vault }

var kinds = map[workflow.SecretKind]authn.Kind{
	workflow.SecretSession: authn.SessionToken,
	workflow.SecretKey:     authn.KeyToken,
	workflow.SecretLink:    authn.LinkToken,
	workflow.SecretState:   authn.StateToken,
}

func (secrets) New(kind workflow.SecretKind) (secret string, hash []byte) {
	return authn.NewToken(kinds[kind])
}

func (secrets) Hash(secret string) ([]byte, error) { return authn.HashToken(secret) }

func (s secrets) Verifier(state string) string { return s.sum("oauth-verifier", state) }

func (s secrets) Mark(said string) string { return s.sum("mark", said) }

// sum is a keyed digest of a text, with a key for each purpose.
func (s secrets) sum(purpose, text string) string {
	mac := hmac.New(sha256.New, s.vault.Derive(purpose))
	mac.Write([]byte(text))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

func (s secrets) Seal(account advocacy.SocialAccount, secret []byte) ([]byte, error) {
	return s.vault.Seal(vault.RefOf(account), secret)
}

// caller tells the gRPC door who is calling.
type caller struct{ authn *authn.Authenticator }

func (c caller) Authenticate(ctx context.Context, authorization string) (grpcapi.Principal, error) {
	p, err := c.authn.Authenticate(ctx, authorization)
	if err != nil {
		return grpcapi.Principal{}, err
	}
	return grpcapi.Principal{
		Actor: p.Actor, Scope: p.Permissions, PolicyVersion: p.PolicyVersion,
		DisplayName: p.DisplayName, Language: p.Language, CreateTime: p.CreateTime, ExpireTime: p.ExpireTime,
	}, nil
}

// permit tells the gRPC door what the caller's roles permit.
type permit struct{ authz *authz.Authorizer }

func (a permit) Allow(ctx context.Context, p grpcapi.Principal, permission advocacy.Permission) error {
	return a.authz.Allow(ctx, question(p, permission))
}

func (a permit) Permissions(ctx context.Context, p grpcapi.Principal) ([]advocacy.Permission, error) {
	return a.authz.Granted(ctx, question(p, ""))
}

func question(p grpcapi.Principal, permission advocacy.Permission) authz.Request {
	return authz.Request{
		Workspace: p.Actor.Workspace, Roles: p.Actor.Roles, Scope: p.Scope,
		Permission: permission, PolicyVersion: p.PolicyVersion,
	}
}

// accept re-encodes an uploaded picture, and checks any other file.
func accept(data []byte) (workflow.Accepted, error) {
	if kind := advocacy.MediaKindOf(advocacy.SniffMedia(data)); kind == advocacy.KindVideo || kind == advocacy.KindDocument {
		f, kept, err := media.AcceptFile(data)
		made := accepted(f)
		made.Data, made.Blob = kept, string(advocacy.DigestOf(kept))
		return made, err
	}
	p, err := media.Accept(data)
	return workflow.Accepted{Blob: p.Digest, ContentType: p.ContentType, Width: p.Width, Height: p.Height, Data: p.Bytes}, err
}

// inspect checks a large file where it lies.
func inspect(file io.ReaderAt, size int64) (workflow.Accepted, error) {
	f, err := media.Inspect(file, size)
	return accepted(f), err
}

func accepted(f media.File) workflow.Accepted {
	return workflow.Accepted{
		ContentType: f.ContentType, Width: f.Width, Height: f.Height, Duration: f.Duration, Codecs: f.Codecs, Pages: f.Pages,
		Redactions: f.Redactions,
	}
}

// shrink makes a kept picture small.
func shrink(picture []byte, side int) (workflow.Accepted, error) {
	p, err := media.Thumbnail(picture, side)
	return workflow.Accepted{Blob: p.Digest, ContentType: p.ContentType, Width: p.Width, Height: p.Height, Data: p.Bytes}, err
}

// words says a code in the caller's language.
func words(language, code string, args map[string]string) string {
	if !catalogue.Has(code) {
		return ""
	}
	return catalogue.Text(language, code, args)
}

// wordsFor are the words for the reason of a refusal, for who is known by a header alone.
func wordsFor(accept, reason string) (language, text string) {
	language = catalogue.Negotiate(accept, catalogue.English)
	return language, words(language, "error."+reason, nil)
}

func names(permissions []authz.Permission) []advocacy.Permission {
	out := make([]advocacy.Permission, len(permissions))
	for i, p := range permissions {
		out[i] = p.Name
	}
	return out
}

// crop adapts package media to the port.
func crop(picture []byte, a advocacy.Area) (workflow.Accepted, error) {
	p, err := media.Crop(picture, a)
	return workflow.Accepted{Blob: p.Digest, ContentType: p.ContentType, Width: p.Width, Height: p.Height, Data: p.Bytes}, err
}

// files opens what the wall shows.
type files struct{ flow *workflow.Service }

func (f files) Open(ctx context.Context, w advocacy.WorkspaceID, blob string) (io.ReadSeeker, error) {
	_, file, err := f.flow.OpenMedia(ctx, w, blob)
	return file, err
}
