package grpcapi

import (
	"context"

	"github.com/imprimatur-hq/imprimatur/internal/workflow"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// workspaceService answers for the workspace itself.
type workspaceService struct {
	imprimaturv1.UnimplementedWorkspaceServiceServer
	*Server
}

func (s workspaceService) GetWorkspace(ctx context.Context, req *imprimaturv1.GetWorkspaceRequest) (*imprimaturv1.Workspace, error) {
	v := enter(ctx, req)
	w, err := s.Flow.Workspace(ctx, v.call, v.workspace)
	return shown(w, err, v.workspaceResource)
}

func (s workspaceService) UpdateWorkspace(ctx context.Context, req *imprimaturv1.UpdateWorkspaceRequest) (*imprimaturv1.Workspace, error) {
	v := enter(ctx, req)
	sent := req.GetWorkspace()
	named, err := readMask(sent, req.GetUpdateMask(), "display_name", "language", "time_zone", "same_text_limit", "same_text_minutes",
		"share_daily_limit", "share_calendar", "share_spread_minutes", "default_edit_mode", "hold_release_by_another")
	if err != nil {
		return nil, err
	}
	calendar, err := optional(v.readCalendar, "workspace.share_calendar", sent.GetShareCalendar())
	if err != nil {
		return nil, err
	}
	mode, err := editModes.domain("workspace.default_edit_mode", sent.GetDefaultEditMode())
	if err != nil {
		return nil, err
	}
	version, err := requireEtag("workspace.etag", sent.GetEtag())
	if err != nil {
		return nil, err
	}
	w, err := s.Flow.UpdateWorkspace(ctx, v.call, v.workspace, workflow.WorkspaceChange{
		Version:     version,
		DisplayName: pick(named, "display_name", sent.GetDisplayName()),
		Language:    pick(named, "language", sent.GetLanguage()),
		Zone:        pick(named, "time_zone", sent.GetTimeZone()),

		SameTextLimit:   pick(named, "same_text_limit", int(sent.GetSameTextLimit())),
		SameTextMinutes: pick(named, "same_text_minutes", int(sent.GetSameTextMinutes())),
		ShareDailyLimit: pick(named, "share_daily_limit", int(sent.GetShareDailyLimit())),
		ShareCalendar:   pick(named, "share_calendar", calendar),
		ShareSpread:     pick(named, "share_spread_minutes", int(sent.GetShareSpreadMinutes())),
		EditMode:        pick(named, "default_edit_mode", mode),
		LiftByAnother:   pick(named, "hold_release_by_another", sent.GetHoldReleaseByAnother()),
	})
	return shown(w, err, v.workspaceResource)
}
