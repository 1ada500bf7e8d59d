package web

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// oneReview is an API in which there is one round to read.
type oneReview struct{ *imprimaturv1.Review }

func (a oneReview) Invoke(_ context.Context, _ string, _, out any, _ ...grpc.CallOption) error {
	proto.Merge(out.(proto.Message), a.Review)
	return nil
}

func (oneReview) NewStream(context.Context, *grpc.StreamDesc, string, ...grpc.CallOption) (grpc.ClientStream, error) {
	return nil, status.Error(codes.Unimplemented, "")
}

// What was said of a round that a colleague signed meanwhile is said again of the round as it is; of what
// was not seen nothing is.
func TestSaidWhileShown(t *testing.T) {
	t.Parallel()
	refused := func(reason string) error {
		told, err := status.New(codes.Aborted, "").WithDetails(&errdetails.ErrorInfo{Reason: reason})
		if err != nil {
			t.Fatal(err)
		}
		return told.Err()
	}
	pins := []*imprimaturv1.LinkPin{{Link: "https://alder.example/a", Target: "alder.example/a"}}
	shown := &imprimaturv1.Review{Digest: "one", Etag: "2", LinkPins: pins}
	elsewhere := []*imprimaturv1.LinkPin{{Link: "https://alder.example/a", Target: "evil.example/", FormerTarget: "alder.example/a"}}
	for name, one := range map[string]struct {
		now    *imprimaturv1.Review
		reason string
		// always tells that it is refused with any etag.
		always bool
		want   []string
	}{
		"a colleague signed": {shown, "ETAG_STALE", false, []string{"1", "2"}},
		"other bytes":        {&imprimaturv1.Review{Digest: "two", Etag: "2", LinkPins: pins}, "ETAG_STALE", false, []string{"1"}},
		"a link moved":       {&imprimaturv1.Review{Digest: "one", Etag: "2", LinkPins: elsewhere}, "ETAG_STALE", false, []string{"1"}},
		"another refusal":    {shown, "REVISION_CHANGED", false, []string{"1"}},
		"a round in motion":  {shown, "ETAG_STALE", true, []string{"1", "2", "2", "2", "2", "2"}},
	} {
		body := url.Values{"etag": {"1"}, "digest": {"one"}, "leads": {ledTo(shown)}, "review": {"workspaces/alder/posts/1/reviews/1"}}
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		v := &visitor{conn: oneReview{one.now}, ctx: t.Context(), r: r, language: "en"}
		var said []string
		err := v.whileShown(func(etag string) error {
			if said = append(said, etag); etag == "1" || one.always {
				return refused(one.reason)
			}
			return nil
		})
		if !slices.Equal(said, one.want) || (err == nil) != (one.want[len(one.want)-1] == "2" && !one.always) {
			t.Errorf("%s: said with %v: %v", name, said, err)
		}
	}
}
