// Package authz answers one question: may this kind of person do this kind of thing?
//
// It owns the registry of every permission that exists, the roles a workspace begins
// with, and the check itself: casbin compares a role and a permission as exact strings
// with the lines of the workspace's roles. There is no inheritance, no pattern and no
// function in the model, so what a role may do can be read off its own list.
//
// It does not know who is calling (package authn does), and it knows no post, author or
// digest: that an author may not sign and that a hold stops a publication are rules of
// package advocacy, asked after this one and never instead of it.
//
// The rules that keep it so:
//
//   - Nothing is allowed unless a line says it. An unknown role has no lines, an empty
//     policy allows nothing, and a permission that is not in the registry is an error
//     of ours (PERMISSION_UNKNOWN, Internal), never a quiet no: it is a typo, and a typo
//     that denies today is a hole that allows after somebody "fixes" it.
//   - reviews.decide works for roles that begin with "approver:" and for nobody else,
//     whatever the stored lines say, and for no API key, whatever its scope says.
//   - What was built from one version of the roles is never changed. A change of a role
//     raises the workspace's policy version; the next call carries the new number, does
//     not find it, and builds anew. So no replica needs to be told.
package authz
