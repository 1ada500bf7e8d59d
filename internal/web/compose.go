package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// composeCalls are what the buttons of the page do.
var composeCalls = []string{
	"PostService/CreatePost", "PostService/UpdatePost", "PostService/SubmitPost", "PostService/AddCoAuthor",
	"PostService/RemoveCoAuthor", "MediaService/CropMedia", "LinkService/PreviewLink",
}

var composeRoutes = []route{
	{"GET /w/{workspace}/compose", nil, compose},
	{"POST /w/{workspace}/compose", composeCalls, composed},
}

// mostLooks is how many links of a draft are looked at for one press of a button.
const mostLooks = 5

// compose opens an empty sheet, a post that is being written, or what a library item says.
func compose(v *visitor) error {
	d := &draft{Content: &imprimaturv1.Content{Language: v.language}, Zone: v.space.GetTimeZone(), own: map[string]string{}}
	d.fresh = v.r.URL.Query().Get("post") == ""
	query := v.r.URL.Query()
	switch {
	case query.Get("post") != "":
		post, err := v.readPost(v.name("posts", query.Get("post")))
		if err != nil {
			return err
		}
		d.take(post)
	case query.Get("item") != "":
		if err := v.takeItem(d, v.name("libraryItems", query.Get("item"))); err != nil {
			return err
		}
	}
	return v.showDraft(d, http.StatusOK, composeOutcome{})
}

func (v *visitor) postService() imprimaturv1.PostServiceClient {
	return imprimaturv1.NewPostServiceClient(v.conn)
}

func (v *visitor) readPost(name string) (*imprimaturv1.Post, error) {
	return v.postService().GetPost(v.ctx, &imprimaturv1.GetPostRequest{Name: name})
}

// takeItem begins a post with the words of a library item that are in force.
func (v *visitor) takeItem(d *draft, name string) error {
	item, err := imprimaturv1.NewLibraryServiceClient(v.conn).GetLibraryItem(v.ctx, &imprimaturv1.GetLibraryItemRequest{Name: name})
	if err != nil {
		return err
	}
	revision := item.GetRevisionInForce()
	if revision == "" {
		revision = item.GetRevision()
	}
	kept, err := v.postService().GetRevision(v.ctx, &imprimaturv1.GetRevisionRequest{Name: revision})
	if err != nil {
		return err
	}
	content := proto.CloneOf(kept.GetContent())
	content.Variants = nil
	for _, one := range kept.GetContent().GetVariants() {
		if one.GetAlternative() == "" { // a post has none
			content.Variants = append(content.Variants, one)
		}
	}
	d.Item = name
	d.load(content)
	return nil
}

// composeOutcome is what became of a press of a button that leads to no other page.
type composeOutcome struct {
	// At is the place of the page it is about: link, media, coauthors or submit.
	At string
	// Words are the service's own, why something was not done.
	Words string
	// Look says that what is shown now is not what was shown when the button was pressed.
	Look bool
	// Saved says that everything is kept.
	Saved bool
	// Theirs is what somebody else kept in the meantime.
	Theirs *imprimaturv1.Post
}

// composed does what a button asks for. Whatever comes of it, what was typed stays in its fields.
func composed(v *visitor) error {
	d, err := v.readDraft()
	if err != nil {
		return err
	}
	do, argument, _ := strings.Cut(v.form("do"), ":")
	var o composeOutcome
	switch do {
	case "save":
		v.lookAtLinks(d.links())
		return v.saveAndTell(d)
	case "check":
		v.lookAtLinks(d.links())
	case "look":
		v.lookAtLinks(v.fields("looking"))
	case "autosave":
		if !d.empty() {
			_, err = v.keepDraft(d)
			o.Saved = err == nil
		}
	case "submit", "expedite":
		var sent bool
		if sent, o, err = v.submitDraft(d, do == "expedite"); sent {
			return nil
		}
		o.At = "submit"
	case "mine":
		return v.keepMine(d)
	case "link":
		o.At, err = "link", v.readLink(d)
	case "drop":
		d.dropMedia(argument)
	case "crop":
		o.At, err = "media", v.cropDraft(d, argument)
	case "fix":
		err = v.mendDraft(d, argument)
	case "coauthor", "uncoauthor":
		o.At, err = "coauthors", v.changeCoAuthors(d, do == "coauthor", argument)
	}
	return v.afterwards(d, o, err)
}

// afterwards shows the page again with what was typed, and why something was not done.
func (v *visitor) afterwards(d *draft, o composeOutcome, err error) error {
	if err == nil {
		return v.showDraft(d, http.StatusOK, o)
	}
	code, known := httpStatus[status.Code(err)]
	if !known {
		return err
	}
	told := refusalOf(v.bare("compose"), err)
	if told.Reason == "ETAG_STALE" && d.Post != "" {
		kept, gone := v.readPost(d.Post)
		if gone != nil {
			return gone
		}
		o.Theirs = kept
		return v.showDraft(d, code, o)
	}
	o.Words = told.Message
	if o.At == "" {
		o.At = "submit"
	}
	return v.showDraft(d, code, o)
}

// saveAndTell keeps the draft and opens it at its own address.
func (v *visitor) saveAndTell(d *draft) error {
	post, err := v.keepDraft(d)
	if err != nil {
		return v.afterwards(d, composeOutcome{At: "submit"}, err)
	}
	_, id, _ := strings.Cut(post.GetName(), "/posts/")
	return v.done(v.at("/compose?post="+id), "web.said.compose.saved")
}

// keepMine puts what was typed in the place of what somebody else kept, which the page showed.
func (v *visitor) keepMine(d *draft) error {
	d.Etag = v.form("their_etag")
	return v.saveAndTell(d)
}

// keepDraft saves what was typed, and remembers under which name and etag.
func (v *visitor) keepDraft(d *draft) (*imprimaturv1.Post, error) {
	post := d.post()
	if d.Post == "" {
		made, err := v.postService().CreatePost(v.ctx, &imprimaturv1.CreatePostRequest{Parent: v.parent(), Post: post, RequestId: v.form("create_id")})
		if err == nil {
			d.Post, d.Etag = made.GetName(), made.GetEtag()
		}
		return made, err
	}
	kept, err := v.readPost(d.Post)
	if err != nil {
		return nil, err
	}
	mask := &fieldmaskpb.FieldMask{}
	for path, same := range map[string]bool{
		"content":         proto.Equal(kept.GetContent(), post.GetContent()),
		"social_accounts": sameNames(kept.GetSocialAccounts(), post.GetSocialAccounts()),
		"note":            kept.GetNote() == post.GetNote(),
		"publish_time":    proto.Equal(kept.GetPublishTime(), post.GetPublishTime()),
	} {
		if !same {
			mask.Paths = append(mask.Paths, path)
			if path == "publish_time" {
				mask.Paths = append(mask.Paths, "time_zone")
			}
		}
	}
	if len(mask.Paths) > 0 {
		if kept, err = v.postService().UpdatePost(v.ctx, &imprimaturv1.UpdatePostRequest{Post: post, UpdateMask: mask}); err != nil {
			return nil, err
		}
	}
	d.Etag = kept.GetEtag()
	return kept, nil
}

// submitDraft keeps what was typed and submits it, if that is what the author saw; otherwise the page
// shows what it is now. Only the fast route is told why it cannot wait.
func (v *visitor) submitDraft(d *draft, fast bool) (bool, composeOutcome, error) {
	shown := v.form("digest")
	post, err := v.keepDraft(d)
	if err != nil {
		return false, composeOutcome{}, err
	}
	if shown == "" || shown != post.GetDigest() {
		return false, composeOutcome{Look: true, Saved: true}, nil
	}
	in := &imprimaturv1.SubmitPostRequest{Name: post.GetName(), Digest: shown, Etag: post.GetEtag(), RequestId: v.requestID(), Expedited: fast}
	if fast {
		in.ExpediteReason = strings.TrimSpace(d.Haste)
	}
	sent, err := v.postService().SubmitPost(v.ctx, in)
	if err != nil {
		return false, composeOutcome{}, err
	}
	_, id, _ := strings.Cut(sent.GetName(), "/posts/")
	return true, composeOutcome{}, v.done(v.at("/posts/"+id), "web.said.compose.submitted")
}

// readLink proposes a card for the page the link leads to.
func (v *visitor) readLink(d *draft) error {
	seen, err := imprimaturv1.NewLinkServiceClient(v.conn).PreviewLink(v.ctx, &imprimaturv1.PreviewLinkRequest{Parent: v.parent(), Link: d.Content.GetLink()})
	if err == nil {
		d.Content.Card = seen.GetCard()
	}
	return err
}

// lookAtLinks has the service look where links lead, those aside that the page knows it looked at, so
// that a broken one is said before anybody submits. What comes of it stands among the findings.
func (v *visitor) lookAtLinks(links []string) {
	known := v.fields("looked")
	var looks []func() error
	for _, link := range links {
		if slices.Contains(known, link) || len(looks) == mostLooks {
			continue
		}
		looks = append(looks, func() error {
			_, err := imprimaturv1.NewLinkServiceClient(v.conn).PreviewLink(v.ctx, &imprimaturv1.PreviewLinkRequest{Parent: v.parent(), Link: link})
			return err
		})
	}
	_ = together(looks...)
}

// cropDraft puts a part of a picture in its place.
func (v *visitor) cropDraft(d *draft, argument string) error {
	i, err := strconv.Atoi(argument)
	if err != nil || i < 0 || i >= len(d.Content.GetMedia()) {
		return nil
	}
	area := new(imprimaturv1.PictureArea)
	for field, to := range map[string]*int32{"left": &area.Left, "top": &area.Top, "width": &area.Width, "height": &area.Height} {
		n, _ := strconv.ParseInt(v.form("crop_"+field+":"+argument), 10, 32)
		*to = int32(n)
	}
	use := d.Content.GetMedia()[i]
	cut, err := imprimaturv1.NewMediaServiceClient(v.conn).CropMedia(v.ctx, &imprimaturv1.CropMediaRequest{Name: use.GetMedia(), Area: area})
	if err == nil {
		use.Media = cut.GetName()
	}
	return err
}

// changeCoAuthors lets somebody else write the post, or no longer; a post that is not kept yet is.
func (v *visitor) changeCoAuthors(d *draft, add bool, member string) error {
	post, err := v.keepDraft(d)
	if err != nil {
		return err
	}
	if add {
		post, err = v.postService().AddCoAuthor(v.ctx, &imprimaturv1.AddCoAuthorRequest{
			Name: d.Post, Member: v.form("co_author"), Etag: post.GetEtag(), RequestId: v.requestID()})
	} else {
		post, err = v.postService().RemoveCoAuthor(v.ctx, &imprimaturv1.RemoveCoAuthorRequest{
			Name: d.Post, Member: v.name("members", member), Etag: post.GetEtag(), RequestId: v.requestID()})
	}
	if err == nil {
		d.Etag = post.GetEtag()
	}
	return err
}
