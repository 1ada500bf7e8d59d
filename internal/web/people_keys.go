package web

import (
	"slices"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// eachMethod walks the calls of the contract.
func eachMethod(of protoreflect.FullName, each func(protoreflect.MethodDescriptor)) {
	protoregistry.GlobalFiles.RangeFilesByPackage(of, func(f protoreflect.FileDescriptor) bool {
		for i := range f.Services().Len() {
			methods := f.Services().Get(i).Methods()
			for j := range methods.Len() {
				each(methods.Get(j))
			}
		}
		return true
	})
}

// permissionGroups puts permissions beside those about the same thing, those held marked.
func permissionGroups(all, held []string) []permissionGroup {
	var groups []permissionGroup
	for _, p := range all {
		about, _, _ := strings.Cut(p, ".")
		if len(groups) == 0 || groups[len(groups)-1].Key != about {
			groups = append(groups, permissionGroup{Key: about})
		}
		last := &groups[len(groups)-1]
		last.Permissions = append(last.Permissions, option{p, p, slices.Contains(held, p)})
	}
	return groups
}

// keysData are the API keys; Made is the one just made, whose secret is shown once.
type keysData struct {
	Tabs        []tab
	Keys        []*imprimaturv1.ApiKey
	Made        *imprimaturv1.ApiKey
	Permissions []permissionGroup
	More        string
}

func keysPage(v *visitor) error { return v.showKeys(nil) }

// showKeys lists the keys.
func (v *visitor) showKeys(made *imprimaturv1.ApiKey) error {
	listed, err := imprimaturv1.NewApiKeyServiceClient(v.conn).ListApiKeys(v.ctx, &imprimaturv1.ListApiKeysRequest{
		Parent: v.parent(), PageSize: deskPage, PageToken: v.query("page"),
	})
	if err != nil {
		return err
	}
	offered := slices.DeleteFunc(slices.Clone(permissions().machine), func(p string) bool { return !v.may(p) })
	return v.show("people-keys", "people", keysData{
		v.peopleTabs("keys"), listed.GetApiKeys(), made, permissionGroups(offered, nil), v.more(listed.GetNextPageToken()),
	})
}

// createKey makes a key and shows its secret, in this answer and nowhere else.
func createKey(v *visitor) error {
	key := &imprimaturv1.ApiKey{DisplayName: v.form("name"), Permissions: v.fields("permission")}
	var err error
	if key.ExpireTime, err = instant(v.form("expires"), v.zone.String()); err != nil {
		return err
	}
	made, err := imprimaturv1.NewApiKeyServiceClient(v.conn).CreateApiKey(v.ctx, &imprimaturv1.CreateApiKeyRequest{Parent: v.parent(), ApiKey: key, RequestId: v.requestID()})
	if err != nil {
		return err
	}
	return v.showKeys(made)
}

func revokeKey(v *visitor) error {
	key, err := imprimaturv1.NewApiKeyServiceClient(v.conn).RevokeApiKey(v.ctx, &imprimaturv1.RevokeApiKeyRequest{Name: v.named("apiKeys", "key"), RequestId: v.requestID()})
	if err != nil {
		return err
	}
	return v.done(v.at("/people/keys"), "web.said.people.key.revoked", "name", key.GetDisplayName())
}
