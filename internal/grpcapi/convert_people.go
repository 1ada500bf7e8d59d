package grpcapi

import (
	"encoding/json"
	"strings"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

func (n names) workspaceResource(w *advocacy.Workspace) *imprimaturv1.Workspace {
	return &imprimaturv1.Workspace{
		Name:        n.self(),
		DisplayName: w.DisplayName,
		Language:    w.Language,
		TimeZone:    w.Zone,

		SameTextLimit:   int32(w.Sharing.SameText.Limit),
		SameTextMinutes: int32(w.Sharing.SameText.Minutes),
		ShareDailyLimit: int32(w.Sharing.DailyLimit),
		ShareCalendar:   n.calendar(w.Sharing.Calendar),

		ShareSpreadMinutes: int32(w.Sharing.SpreadMinutes),
		DefaultEditMode:    editModes.proto(w.EditMode),

		HoldReleaseByAnother: w.LiftByAnother,

		Etag:       etagOf(w.Version),
		CreateTime: stamp(w.CreateTime),
		UpdateTime: stamp(w.UpdateTime),
	}
}

func (n names) memberOf(m *advocacy.Member) *imprimaturv1.Member {
	return &imprimaturv1.Member{
		Name:          n.member(m.Person),
		DisplayName:   m.DisplayName,
		Email:         m.Email,
		Title:         m.Title,
		Language:      m.Language,
		State:         memberStates.proto(m.State),
		Roles:         texts(m.RoleNames()),
		Groups:        m.Groups,
		Manager:       n.member(m.Manager),
		MergedInto:    n.member(m.MergedInto),
		TrainingMode:  m.TrainingMode,
		Department:    m.Department,
		Country:       m.Country,
		Relation:      disclosures.proto(m.Relation),
		ShareCalendar: n.calendar(m.ShareCalendar),
		Etag:          etagOf(m.Version),
		CreateTime:    stamp(m.CreateTime),
		UpdateTime:    stamp(m.UpdateTime),
	}
}

func (n names) roleOf(r *advocacy.RoleDef) *imprimaturv1.Role {
	return &imprimaturv1.Role{
		Name:        n.role(r.Role),
		Role:        string(r.Role),
		DisplayName: r.DisplayName,
		Permissions: texts(r.Permissions),
		Builtin:     r.Builtin,
		Etag:        etagOf(r.Version),
		CreateTime:  stamp(r.CreateTime),
		UpdateTime:  stamp(r.UpdateTime),
	}
}

func (n names) keyOf(k *advocacy.APIKey) *imprimaturv1.ApiKey {
	return &imprimaturv1.ApiKey{
		Name:        n.key(k.ID),
		DisplayName: k.DisplayName,
		Owner:       n.member(k.Owner),
		Permissions: texts(k.Permissions),
		Prefix:      k.Prefix,
		CreateTime:  stamp(k.CreateTime),
		ExpireTime:  stamp(k.ExpireTime),
		RevokeTime:  stamp(k.RevokeTime),
		UseTime:     stamp(k.UseTime),
	}
}

func (n names) accountOf(a *advocacy.SocialAccount) *imprimaturv1.SocialAccount {
	return &imprimaturv1.SocialAccount{
		Name:         n.account(a.ID),
		Network:      string(a.Network),
		DisplayName:  a.DisplayName,
		Owner:        n.member(a.Owner),
		Deputy:       n.member(a.Deputy),
		Personal:     a.Personal,
		Address:      a.Address,
		Deduplicates: a.Deduplicates,
		Handle:       a.Handle,
		ExternalId:   a.ExternalID,
		State:        accountStates.proto(a.State),
		Etag:         etagOf(a.Version),
		CreateTime:   stamp(a.CreateTime),
		UpdateTime:   stamp(a.UpdateTime),

		Purpose:       a.Purpose,
		AttestTime:    stamp(a.AttestTime),
		AttestDueTime: stamp(a.AttestDueTime()),
		Grantor:       n.member(a.Grantor),
		ConnectTime:   stamp(a.ConnectTime),
	}
}

func (n names) recordOf(r *advocacy.AuditRecord) *imprimaturv1.AuditRecord {
	return &imprimaturv1.AuditRecord{
		Name:           n.record(r.ID),
		Sequence:       r.Sequence,
		CreateTime:     stamp(r.Time),
		ActorKind:      actorKinds.proto(r.Actor.Kind),
		Member:         n.member(r.Actor.Person),
		ApiKey:         n.key(r.Actor.Key),
		Action:         r.Action,
		Resource:       r.Subject,
		ParentResource: r.Parent,
		RequestId:      r.RequestID,
		Detail:         detail(r.Detail),
	}
}

// detail writes the facts of a record. A record that is no JSON object is shown as it
// is: one bad record must not hide the trail around it.
func detail(raw json.RawMessage) *structpb.Struct {
	if len(raw) == 0 {
		return nil
	}
	out := &structpb.Struct{}
	if err := protojson.Unmarshal(raw, out); err != nil {
		return &structpb.Struct{Fields: map[string]*structpb.Value{"unreadable": structpb.NewStringValue(strings.ToValidUTF8(string(raw), "\uFFFD"))}}
	}
	return out
}
