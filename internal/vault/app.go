package vault

import (
	"context"
	"fmt"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// SealedApp is what a server knows us as, with its secret sealed.
type SealedApp struct {
	Workspace  advocacy.WorkspaceID
	Network    advocacy.Network
	Server     string
	Redirect   string
	ID         string
	Sealed     []byte
	CreateTime time.Time
}

// ref is what the secret of an app belongs to: no account has such a name.
func (a SealedApp) ref() Ref {
	return Ref{Workspace: a.Workspace, Account: advocacy.AccountID("app " + a.Server + " " + a.ID), Network: a.Network}
}

// Store is where sealed apps are kept.
type Store interface {
	// SealedApps returns those of a server.
	SealedApps(ctx context.Context, w advocacy.WorkspaceID, n advocacy.Network, server string) ([]SealedApp, error)
	// KeepSealedApp keeps one unless there is one with its redirect.
	KeepSealedApp(ctx context.Context, a SealedApp) error
	// ForgetSealedApp deletes one.
	ForgetSealedApp(ctx context.Context, a SealedApp) error
}

// Apps keeps what servers know us as, with their secrets sealed. Only adapters are given it: with
// such a secret alone nobody publishes anything.
type Apps struct {
	Store Store
	Vault *Vault
}

var _ network.Apps = Apps{}

// Apps returns those of a server. One that cannot be opened any more is none.
func (s Apps) Apps(ctx context.Context, w advocacy.WorkspaceID, n advocacy.Network, server string) ([]network.App, error) {
	sealed, err := s.Store.SealedApps(ctx, w, n, server)
	if err != nil {
		return nil, fmt.Errorf("apps of a server: %w", err)
	}
	var apps []network.App
	for _, a := range sealed {
		secret, err := s.Vault.Unseal(a.ref(), a.Sealed)
		if err != nil {
			continue
		}
		apps = append(apps, network.App{Server: a.Server, Redirect: a.Redirect, ID: a.ID, Secret: string(secret), CreateTime: a.CreateTime})
	}
	return apps, nil
}

// KeepApp keeps one, and returns the one that is kept: of two that come at once, the first.
func (s Apps) KeepApp(ctx context.Context, w advocacy.WorkspaceID, n advocacy.Network, app network.App) (network.App, error) {
	a := SealedApp{Workspace: w, Network: n, Server: app.Server, Redirect: app.Redirect, ID: app.ID, CreateTime: app.CreateTime}
	var err error
	if a.Sealed, err = s.Vault.Seal(a.ref(), []byte(app.Secret)); err != nil {
		return network.App{}, err
	}
	if err := s.Store.KeepSealedApp(ctx, a); err != nil {
		return network.App{}, err
	}
	kept, err := s.Apps(ctx, w, n, app.Server)
	for _, k := range kept {
		if k.Redirect == app.Redirect {
			return k, nil
		}
	}
	return app, err
}

// ForgetApp forgets one.
func (s Apps) ForgetApp(ctx context.Context, w advocacy.WorkspaceID, n advocacy.Network, app network.App) error {
	return s.Store.ForgetSealedApp(ctx, SealedApp{Workspace: w, Network: n, Server: app.Server, Redirect: app.Redirect, ID: app.ID})
}
