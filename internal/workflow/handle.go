package workflow

import (
	"context"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check"
)

// HandleReader reads the register of handles.
type HandleReader interface {
	Handle(ctx context.Context, w advocacy.WorkspaceID, id advocacy.HandleID) (*advocacy.RegisteredHandle, error)
	Handles(ctx context.Context, q HandleQuery) ([]advocacy.RegisteredHandle, string, error)
	// FindHandle returns what is registered as a network's handle, however it is written, or nil.
	FindHandle(ctx context.Context, w advocacy.WorkspaceID, n advocacy.Network, handle string) (*advocacy.RegisteredHandle, error)
	// Impostors returns the impostors that are not gone, up to MostImpostors of the newest.
	Impostors(ctx context.Context, w advocacy.WorkspaceID) ([]advocacy.RegisteredHandle, error)
}

// MostImpostors is how many impostors texts are looked through for.
const MostImpostors = 5000

// HandleWriter writes the register of handles, from which nothing is deleted.
type HandleWriter interface {
	// HandleForUpdate locks the handle until commit.
	HandleForUpdate(ctx context.Context, w advocacy.WorkspaceID, id advocacy.HandleID) (*advocacy.RegisteredHandle, error)
	// AddHandle inserts; Exists when the workspace has one of the network that differs in nothing
	// people see as another name.
	AddHandle(ctx context.Context, h *advocacy.RegisteredHandle) error
	// SaveHandle writes Address, Kind, Status, Holder, Evidence, UpdateTime and raises Version;
	// Conflict when it moved.
	SaveHandle(ctx context.Context, h *advocacy.RegisteredHandle) error
}

// HandleQuery selects registered handles. Network and Kind restrict when not empty.
type HandleQuery struct {
	Page
	Workspace advocacy.WorkspaceID
	Network   advocacy.Network
	Kind      advocacy.HandleKind
}

// HandleDraft is what a client says of a handle to be registered.
type HandleDraft struct {
	Network  advocacy.Network
	Handle   string
	Address  string
	Kind     advocacy.HandleKind
	Status   advocacy.HandleStatus
	Holder   advocacy.PersonID
	Evidence string
}

// HandleChange is what a client wants changed; nil leaves a field as it is. A handle that somebody
// gave back to the company, or took from it, is of another kind from then on.
type HandleChange struct {
	Version  int64
	Address  *string
	Kind     *advocacy.HandleKind
	Status   *advocacy.HandleStatus
	Holder   *advocacy.PersonID
	Evidence *string
}

// Handle returns a registered handle.
func (s *Service) Handle(ctx context.Context, _ Call, w advocacy.WorkspaceID, id advocacy.HandleID) (*advocacy.RegisteredHandle, error) {
	return s.Store.Handle(ctx, w, id)
}

// Handles lists registered handles.
func (s *Service) Handles(ctx context.Context, _ Call, q HandleQuery) ([]advocacy.RegisteredHandle, string, error) {
	return s.Store.Handles(ctx, q)
}

// RegisterHandle puts a handle on the register.
func (s *Service) RegisterHandle(ctx context.Context, c Call, w advocacy.WorkspaceID, d HandleDraft) (*advocacy.RegisteredHandle, error) {
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*advocacy.RegisteredHandle, string, error) {
		h := &advocacy.RegisteredHandle{
			Workspace: w, ID: advocacy.HandleID(s.NewID()), Network: d.Network, Handle: d.Handle, Address: d.Address, Kind: d.Kind,
			Status: d.Status, Holder: d.Holder, Evidence: d.Evidence, CreateTime: tx.Now(), UpdateTime: tx.Now(),
		}
		if err := guardHandle(ctx, tx, h); err != nil {
			return nil, "", err
		}
		if err := tx.AddHandle(ctx, h); err != nil {
			return nil, "", err
		}
		return h, string(h.ID), s.recordHandle(ctx, tx, c, h, "registered_handle.created")
	}, handleAgain(w))
}

// UpdateHandle says what became of a handle.
func (s *Service) UpdateHandle(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.HandleID, d HandleChange) (*advocacy.RegisteredHandle, error) {
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*advocacy.RegisteredHandle, string, error) {
		h, err := tx.HandleForUpdate(ctx, w, id)
		if err != nil {
			return nil, "", err
		}
		if err := stale(d.Version, h.Version); err != nil {
			return nil, "", err
		}
		set(&h.Address, d.Address)
		set(&h.Kind, d.Kind)
		set(&h.Status, d.Status)
		set(&h.Holder, d.Holder)
		set(&h.Evidence, d.Evidence)
		h.UpdateTime = tx.Now()
		if err := guardHandle(ctx, tx, h); err != nil {
			return nil, "", err
		}
		if err := tx.SaveHandle(ctx, h); err != nil {
			return nil, "", err
		}
		return h, string(id), s.recordHandle(ctx, tx, c, h, "registered_handle.updated")
	}, handleAgain(w))
}

func handleAgain(w advocacy.WorkspaceID) func(context.Context, Tx, string) (*advocacy.RegisteredHandle, error) {
	return func(ctx context.Context, tx Tx, id string) (*advocacy.RegisteredHandle, error) {
		return tx.Handle(ctx, w, advocacy.HandleID(id))
	}
}

// guardHandle refuses a handle that cannot be registered as it is. Who is to hold it is held
// against leaving meanwhile.
func guardHandle(ctx context.Context, tx Tx, h *advocacy.RegisteredHandle) error {
	if err := check.RefuseLine("registered_handle.handle", h.Handle); err != nil {
		return err
	}
	if err := check.RefuseLine("registered_handle.evidence", h.Evidence); err != nil {
		return err
	}
	if err := check.RefuseLink("registered_handle.address", h.Address); err != nil {
		return err
	}
	var holder *advocacy.Member
	if h.Holder != "" {
		people, err := tx.MembersForShare(ctx, h.Workspace, []advocacy.PersonID{h.Holder})
		if err != nil {
			return err
		}
		holder = people[h.Holder]
	}
	return h.Guard(holder)
}

// guardImpostor refuses to connect what is known to be somebody else who speaks as the company: what
// is signed here would go out in that one's name.
func guardImpostor(ctx context.Context, r Reader, w advocacy.WorkspaceID, n advocacy.Network, handle string) error {
	h, err := r.FindHandle(ctx, w, n, handle)
	if err != nil {
		return err
	}
	if h.Speaks() { // guard: nothing goes out through an impostor
		return advocacy.Refuse("HANDLE_IMPOSTOR", "%s is registered as an impostor; if it is yours now, say so on the register first", h.Handle).
			With("registered_handle", h.Name())
	}
	return nil
}

func (s *Service) recordHandle(ctx context.Context, tx Tx, c Call, h *advocacy.RegisteredHandle, action string) error {
	return s.record(ctx, tx, c, h.Workspace, fact{
		action: action, subject: h.Name(), parent: h.Name(), detail: map[string]any{
			"network": h.Network, "handle": h.Handle, "address": h.Address, "kind": h.Kind, "status": h.Status, "holder": h.Holder,
			"evidence": h.Evidence,
		},
	})
}
