package grpcapi

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"strings"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

const (
	defaultPageSize = 50
	maxPageSize     = 200
	// maxTokenKey keeps a token below the 1024 characters that requests accept.
	maxTokenKey = 700
	bindingSize = 16
)

// listRequest is what the requests of all lists have in common.
type listRequest interface {
	GetParent() string
	GetPageSize() int32
	GetPageToken() string
}

// query is what a page token is bound to: a token of another query is refused rather
// than read as a place in this one.
type query struct {
	method, parent, filter, order string
}

// binding is the digest of the query, each part with its length before it.
func (q query) binding() []byte {
	hash := sha256.New()
	for _, part := range []string{q.method, q.parent, q.filter, q.order} {
		hash.Write(binary.BigEndian.AppendUint32(nil, uint32(len(part))))
		hash.Write([]byte(part))
	}
	return hash.Sum(nil)[:bindingSize]
}

var tokenCoding = base64.RawURLEncoding.Strict()

// seal writes the token of the page after a key, "" at the end.
func (q query) seal(after string) string {
	if after == "" {
		return ""
	}
	return tokenCoding.EncodeToString(append(q.binding(), after...))
}

// open returns the key of a token that this query gave.
func (q query) open(token string) (after string, err error) {
	if token == "" {
		return "", nil
	}
	if data, err := tokenCoding.DecodeString(token); err == nil && len(data) > bindingSize && len(data) <= bindingSize+maxTokenKey {
		after = string(data[bindingSize:])
	}
	// Sealed again it must be the same token: that compares the query, and it refuses a
	// token with line breaks in it, which the decoder skips.
	if after == "" || q.seal(after) != token {
		return "", advocacy.InvalidField("page_token", "PAGE_TOKEN_INVALID",
			"this page token belongs to another query; repeat the list without it")
	}
	return after, nil
}

// listing is one request for a page, checked.
type listing struct {
	query query
	page  workflow.Page
	names names
	trip  *trip
}

// openList checks size, token and order of a request for a page.
func openList(ctx context.Context, req listRequest) (listing, error) {
	r, ordered := req.(interface{ GetOrderBy() string })
	if !ordered {
		return openOrdered(ctx, req, "")
	}
	oldest, err := readOrder(r.GetOrderBy())
	if err != nil {
		return listing{}, err
	}
	l, err := openOrdered(ctx, req, orderOf(oldest))
	l.page.Oldest = oldest
	return l, err
}

// openOrdered checks size and token of a request for a page of a list in some order.
func openOrdered(ctx context.Context, req listRequest, order string) (listing, error) {
	t := tripOf(ctx)
	l := listing{trip: t, names: t.names(), query: query{method: t.method, parent: req.GetParent(), order: order}}
	if r, ok := req.(interface{ GetFilter() string }); ok {
		l.query.filter = strings.TrimSpace(r.GetFilter())
	}
	size := req.GetPageSize()
	if size < 0 {
		return listing{}, advocacy.InvalidField("page_size", "PAGE_SIZE_INVALID", "page_size must not be negative")
	}
	if size == 0 {
		size = defaultPageSize
	}
	l.page.Size = int(min(size, maxPageSize))
	after, err := l.query.open(req.GetPageToken())
	l.page.After = after
	return l, err
}

// next writes the token of the page after a key.
func (l listing) next(after string) string { return l.query.seal(after) }

// cut returns one page of a list that is short enough to be read whole. Keys must be
// unique and their order stable.
func cut[T any](l listing, all []T, key func(T) string) (page []T, next string) {
	start := 0
	if l.page.After != "" {
		start = len(all)
		for i := range all {
			if key(all[i]) == l.page.After {
				start = i + 1
				break
			}
		}
	}
	end := min(start+l.page.Size, len(all))
	if end < len(all) {
		next = l.next(key(all[end-1]))
	}
	return all[start:end], next
}
