package grpcapi

import (
	"bytes"
	"testing"

	"github.com/google/uuid"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

func mask(paths ...string) *fieldmaskpb.FieldMask { return &fieldmaskpb.FieldMask{Paths: paths} }

// A post's way over the wire: written, changed, submitted, signed, sent, taken back.
func TestAPostsWay(t *testing.T) {
	t.Parallel()
	l := openLodge(t)
	author := l.as(l.Author)
	preview := need(l.posts.PreviewPost(author, &imprimaturv1.PreviewPostRequest{Parent: acme.self(), Post: l.draft("Hello")}))(t)
	if preview.GetDigest() == "" || len(preview.GetTargets()) != 1 || len(preview.GetRequirements()) != 2 {
		t.Errorf("preview %v", preview)
	}
	create := &imprimaturv1.CreatePostRequest{Parent: acme.self(), Post: l.draft("Hello"), RequestId: uuid.NewString()}
	post := need(l.posts.CreatePost(author, create))(t)
	if again := need(l.posts.CreatePost(author, create))(t); again.GetName() != post.GetName() || post.GetDigest() != preview.GetDigest() {
		t.Errorf("the repetition made %s, not %s", again.GetName(), post.GetName())
	}
	create.Post.Note = "another call with the same id"
	_, err := l.posts.CreatePost(author, create)
	wantRefusal(t, err, codes.InvalidArgument, "REQUEST_ID_REUSED")

	post = l.updated(post)
	post = l.signed(post)
	if post.GetState() != imprimaturv1.Post_SCHEDULED || len(post.GetPublications()) != 1 {
		t.Fatalf("post is %s", post.GetState())
	}
	l.Work(t)
	post = need(l.posts.GetPost(author, &imprimaturv1.GetPostRequest{Name: post.GetName()}))(t)
	if post.GetState() != imprimaturv1.Post_PUBLISHED {
		t.Fatalf("post is %s", post.GetState())
	}
	l.publications(post)
	revisions := need(l.posts.ListRevisions(author, &imprimaturv1.ListRevisionsRequest{Parent: post.GetName()}))(t)
	revision := need(l.posts.GetRevision(author, &imprimaturv1.GetRevisionRequest{Name: post.GetRevision()}))(t)
	if len(revisions.GetRevisions()) != 2 || revisions.GetRevisions()[0].GetName() != revision.GetName() || len(revision.GetManifest()) == 0 {
		t.Errorf("revisions %v, head %v", revisions, revision)
	}
	_, err = l.sent.RecallPublication(l.as(l.Author), &imprimaturv1.RecallPublicationRequest{Name: post.GetPublications()[0].GetName(), Reason: "x"})
	wantRefusal(t, err, codes.PermissionDenied, "PERMISSION_DENIED")
	recalled := need(l.posts.RecallPost(author, &imprimaturv1.RecallPostRequest{Name: post.GetName(), Reason: "a mistake"}))(t)
	if len(recalled.GetPublications()) != 1 {
		t.Errorf("recalled %v", recalled)
	}
}

// updated changes a post in every way and in every wrong way.
func (l *lodge) updated(post *imprimaturv1.Post) *imprimaturv1.Post {
	t, author := l.t, l.as(l.Author)
	t.Helper()
	changed := need(l.posts.UpdatePost(author, &imprimaturv1.UpdatePostRequest{
		Post:       &imprimaturv1.Post{Name: post.GetName(), Etag: post.GetEtag(), Content: &imprimaturv1.Content{Text: "Hello, world"}, Note: "see above"},
		UpdateMask: mask("content.text", "note", "etag", "state"),
	}))(t)
	if c := changed.GetContent(); c.GetText() != "Hello, world" || c.GetLanguage() != "en" || changed.GetNote() != "see above" || changed.GetEtag() == post.GetEtag() {
		t.Errorf("changed %v", changed)
	}
	for reason, req := range map[string]*imprimaturv1.UpdatePostRequest{
		"ETAG_STALE":          {Post: &imprimaturv1.Post{Name: post.GetName(), Etag: post.GetEtag(), Note: "x"}, UpdateMask: mask("note")},
		"ETAG_REQUIRED":       {Post: &imprimaturv1.Post{Name: post.GetName(), Note: "x"}, UpdateMask: mask("note")},
		"UPDATE_MASK_INVALID": {Post: &imprimaturv1.Post{Name: post.GetName(), Etag: changed.GetEtag(), Note: "x"}},
		"WORKSPACE_MISMATCH": {
			Post:       &imprimaturv1.Post{Name: post.GetName(), Etag: changed.GetEtag(), SocialAccounts: []string{"workspaces/globex/socialAccounts/" + someID}},
			UpdateMask: mask("social_accounts"),
		},
		"TIME_INVALID": {
			Post:       &imprimaturv1.Post{Name: post.GetName(), Etag: changed.GetEtag(), PublishTime: &timestamppb.Timestamp{Seconds: 1 << 60}},
			UpdateMask: mask("publish_time"),
		},
	} {
		_, err := l.posts.UpdatePost(author, req)
		code := codes.InvalidArgument
		if reason == "ETAG_STALE" {
			code = codes.Aborted
		}
		wantRefusal(t, err, code, reason)
	}
	return changed
}

// publications reads what went out in every way there is.
func (l *lodge) publications(post *imprimaturv1.Post) {
	t := l.t
	t.Helper()
	name := post.GetPublications()[0].GetName()
	x := need(l.sent.GetPublication(l.as(l.Author), &imprimaturv1.GetPublicationRequest{Name: name}))(t)
	if x.GetState() != imprimaturv1.Publication_PUBLISHED || len(x.GetAttempts()) != 1 || x.GetEvidence() != imprimaturv1.Publication_ANSWERED {
		t.Errorf("publication %v", x)
	}
	filter := `state = "PUBLISHED" AND social_account = "` + acme.account(l.Wall) + `"`
	for _, parent := range []string{post.GetName(), "workspaces/acme/posts/-"} {
		list := need(l.sent.ListPublications(l.as(l.Auditor), &imprimaturv1.ListPublicationsRequest{Parent: parent, Filter: filter}))(t)
		if len(list.GetPublications()) != 1 || list.GetPublications()[0].GetName() != name {
			t.Errorf("publications of %s: %v", parent, list)
		}
	}
	for who, want := range map[advocacy.PersonID]int{l.Author: 1, l.Reader: 0} {
		list := need(l.sent.ListPublications(l.as(who), &imprimaturv1.ListPublicationsRequest{Parent: "workspaces/acme/posts/-"}))(t)
		if len(list.GetPublications()) != want {
			t.Errorf("%s is listed %v", who, list)
		}
	}
	_, err := l.sent.ResolvePublication(l.as(l.Admin), &imprimaturv1.ResolvePublicationRequest{
		Name: name, Resolution: imprimaturv1.ResolvePublicationRequest_ABSENT, Reason: "looked", Etag: x.GetEtag(),
	})
	if err == nil {
		t.Error("what is published was resolved")
	}
}

// Lists are read page by page, and only by who asked for the first.
func TestPostsPageByPage(t *testing.T) {
	t.Parallel()
	l := openLodge(t)
	for _, text := range []string{"one", "two", "three"} {
		l.Draft(t, text)
	}
	req := &imprimaturv1.ListPostsRequest{Parent: acme.self(), PageSize: 2, Filter: `author = "me" AND state = "DRAFT"`, OrderBy: "create_time"}
	first := need(l.posts.ListPosts(l.as(l.Author), req))(t)
	req.PageToken = first.GetNextPageToken()
	second := need(l.posts.ListPosts(l.as(l.Author), req))(t)
	if len(first.GetPosts()) != 2 || len(second.GetPosts()) != 1 || second.GetNextPageToken() != "" || first.GetPosts()[0].GetContent().GetText() != "one" {
		t.Errorf("pages of %d and %d", len(first.GetPosts()), len(second.GetPosts()))
	}
	req.Filter = `author = "me"`
	_, err := l.posts.ListPosts(l.as(l.Author), req)
	wantRefusal(t, err, codes.InvalidArgument, "PAGE_TOKEN_INVALID")
	withdrawn := need(l.posts.WithdrawPost(l.as(l.Author), &imprimaturv1.WithdrawPostRequest{Name: first.GetPosts()[0].GetName(), Etag: first.GetPosts()[0].GetEtag()}))(t)
	if withdrawn.GetState() != imprimaturv1.Post_WITHDRAWN {
		t.Errorf("withdrawn %v", withdrawn)
	}
}

// The queue shows whose turn it is, and everybody's only to who may see all posts.
func TestTheQueue(t *testing.T) {
	t.Parallel()
	l := openLodge(t)
	l.Submit(t, l.Draft(t, "please sign"))
	list := func(who advocacy.PersonID, filter string) ([]*imprimaturv1.ReviewTask, error) {
		got, err := l.reviews.ListReviewTasks(l.as(who), &imprimaturv1.ListReviewTasksRequest{Parent: acme.self(), Filter: filter})
		return got.GetReviewTasks(), err
	}
	mine := need(list(l.Legal, ""))(t)
	if len(mine) != 1 || mine[0].GetRole() != "approver:legal" || mine[0].GetState() != imprimaturv1.ReviewTask_OPEN {
		t.Fatalf("legal's turns: %v", mine)
	}
	task := need(l.reviews.GetReviewTask(l.as(l.Legal), &imprimaturv1.GetReviewTaskRequest{Name: mine[0].GetName()}))(t)
	for filter, want := range map[string]int{
		`member = "me"`: 1, `role = "approver:legal"`: 1, `role = "approver:pr"`: 0, `subject = "` + task.GetSubject() + `"`: 1, `subject = "` + acme.post(someID) + `"`: 0,
	} {
		if got := need(list(l.Legal, filter))(t); len(got) != want {
			t.Errorf("%s: %d turns, want %d", filter, len(got), want)
		}
	}
	if got := need(list(l.Legal, `member = "*"`))(t); len(got) != 2 {
		t.Errorf("everybody's turns: %v", got)
	}
	if got := need(list(l.Legal, `member = "*" AND role = "approver:pr"`))(t); len(got) != 1 {
		t.Errorf("everybody's turns of PR: %v", got)
	}
	decided := l.approve(l.Legal, task.GetReview(), task.GetDigest(), "legal")
	if decided.GetDecision().GetRequirement() != "legal" || decided.GetReview().GetState() != imprimaturv1.Review_OPEN || len(decided.GetReview().GetBlockers()) == 0 {
		t.Errorf("decided %v", decided)
	}
	decisions := need(l.reviews.ListDecisions(l.as(l.PR), &imprimaturv1.ListDecisionsRequest{Parent: task.GetReview()}))(t)
	one := need(l.reviews.GetDecision(l.as(l.PR), &imprimaturv1.GetDecisionRequest{Name: decided.GetDecision().GetName()}))(t)
	if len(decisions.GetDecisions()) != 1 || decisions.GetDecisions()[0].GetName() != one.GetName() || one.GetMember() != acme.member(l.Legal) {
		t.Errorf("decisions %v, %v", decisions, one)
	}
	_, err := l.reviews.GetDecision(l.as(l.PR), &imprimaturv1.GetDecisionRequest{Name: task.GetReview() + "/decisions/" + someID})
	wantRefusal(t, err, codes.NotFound, "DECISION_NOT_FOUND")
	reviews := need(l.reviews.ListReviews(l.as(l.PR), &imprimaturv1.ListReviewsRequest{Parent: task.GetSubject()}))(t)
	if len(reviews.GetReviews()) != 1 || len(reviews.GetReviews()[0].GetRequirements()) != 2 {
		t.Errorf("reviews %v", reviews)
	}
	_, err = l.reviews.Decide(l.as(l.PR), &imprimaturv1.DecideRequest{
		Name: task.GetReview(), Verdict: imprimaturv1.Verdict_VERDICT_APPROVE, Requirement: "pr", Digest: task.GetDigest(), Etag: "nonsense",
	})
	wantRefusal(t, err, codes.Aborted, "ETAG_STALE")
}

// An item's way: written, changed, signed, shared unedited, taken out.
func TestAnItemsWay(t *testing.T) {
	t.Parallel()
	l := openLodge(t)
	curator := l.as(l.Curator)
	item := need(l.library.CreateLibraryItem(curator, &imprimaturv1.CreateLibraryItemRequest{Parent: acme.self(), LibraryItem: &imprimaturv1.LibraryItem{
		Title: "News", Topic: acme.topic("news"), Networks: []string{"wall"}, Content: &imprimaturv1.Content{Language: "en", Text: "Big news"},
	}}))(t)
	item = need(l.library.UpdateLibraryItem(curator, &imprimaturv1.UpdateLibraryItemRequest{
		LibraryItem: &imprimaturv1.LibraryItem{Name: item.GetName(), Etag: item.GetEtag(), Title: "Big news", Content: &imprimaturv1.Content{Text: "Bigger news"}},
		UpdateMask:  mask("title", "content.text"),
	}))(t)
	item = need(l.library.SubmitLibraryItem(curator, &imprimaturv1.SubmitLibraryItemRequest{Name: item.GetName(), Digest: item.GetDigest(), Etag: item.GetEtag()}))(t)
	l.approve(l.Legal, item.GetReview(), item.GetDigest(), "legal")
	l.approve(l.PR, item.GetReview(), item.GetDigest(), "pr")
	item = need(l.library.GetLibraryItem(l.as(l.Reader), &imprimaturv1.GetLibraryItemRequest{Name: item.GetName()}))(t)
	if !item.GetSharable() || item.GetContent().GetText() != "Bigger news" || item.GetContent().GetLanguage() != "en" || item.GetRevisionInForce() == "" {
		t.Errorf("item %v", item)
	}
	list := need(l.library.ListLibraryItems(l.as(l.Reader), &imprimaturv1.ListLibraryItemsRequest{
		Parent: acme.self(), Filter: `sharable = true AND topic = "` + acme.topic("news") + `"`,
	}))(t)
	if len(list.GetLibraryItems()) != 1 {
		t.Errorf("items %v", list)
	}
	share := &imprimaturv1.Post{LibraryItem: item.GetName(), SocialAccounts: []string{acme.account(l.AuthorWall)}}
	preview := need(l.posts.PreviewPost(l.as(l.Author), &imprimaturv1.PreviewPostRequest{Parent: acme.self(), Post: share}))(t)
	if preview.GetOrigin() != imprimaturv1.Origin_ORIGIN_LIBRARY {
		t.Errorf("preview %v", preview)
	}
	post := need(l.library.ShareLibraryItem(l.as(l.Author), &imprimaturv1.ShareLibraryItemRequest{
		Name: item.GetName(), SocialAccounts: share.GetSocialAccounts(), Digest: preview.GetDigest(),
	}))(t)
	review := need(l.reviews.GetReview(l.as(l.Author), &imprimaturv1.GetReviewRequest{Name: post.GetReview()}))(t)
	if len(review.GetLibraryChain().GetDecisions()) != 2 || post.GetState() != imprimaturv1.Post_SCHEDULED {
		t.Errorf("shared %v, review %v", post, review)
	}
	gone := need(l.library.WithdrawLibraryItem(curator, &imprimaturv1.WithdrawLibraryItemRequest{Name: item.GetName(), Reason: "old"}))(t)
	if gone.GetState() != imprimaturv1.LibraryItem_WITHDRAWN {
		t.Errorf("withdrawn %v", gone)
	}
}

// A picture's way: sent in parts, kept re-encoded, read back.
func TestAPicturesWay(t *testing.T) {
	t.Parallel()
	l := openLodge(t)
	client, author := imprimaturv1.NewMediaServiceClient(l.conn), l.as(l.Author)
	data := picture(t)
	stream := need(client.UploadMedia(author))(t)
	for i, half := range [][]byte{data[:20], data[20:]} {
		part := &imprimaturv1.UploadMediaRequest{Data: half}
		if i == 0 {
			part.Parent = acme.self()
		}
		if err := stream.Send(part); err != nil {
			t.Fatal(err)
		}
	}
	m := need(stream.CloseAndRecv())(t)
	known := need(client.GetMedia(author, &imprimaturv1.GetMediaRequest{Name: m.GetName()}))(t)
	list := need(client.ListMedia(author, &imprimaturv1.ListMediaRequest{Parent: acme.self()}))(t)
	body := need(client.DownloadMedia(author, &imprimaturv1.DownloadMediaRequest{Name: m.GetName()}))(t)
	if known.GetWidth() != 3 || len(list.GetMedia()) != 1 || !bytes.HasPrefix(body.GetData(), []byte("\x89PNG")) || body.GetContentType() != "image/png" {
		t.Errorf("media %v, list %v, %d bytes of %s", known, list, len(body.GetData()), body.GetContentType())
	}
	draft := l.draft("with a picture")
	draft.Content.Media = []*imprimaturv1.MediaUse{{Media: m.GetName(), AltText: "nothing"}}
	post := need(l.posts.CreatePost(author, &imprimaturv1.CreatePostRequest{Parent: acme.self(), Post: draft}))(t)
	if got := post.GetTargets()[0].GetMedia(); len(got) != 1 || got[0].GetMedia() != m.GetName() {
		t.Errorf("post %v", post)
	}
}
