package bluesky

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"slices"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// ready tells whether the server was given all files.
func (b *body) ready() bool {
	return !slices.ContainsFunc(b.Record.files(), func(f *blob) bool { return f.Size == 0 })
}

// upload gives the server the files of a record, which nobody sees until the record names them,
// and adds how long they are.
func (v *visit) upload(ctx context.Context, d network.Delivery, b *body) *network.Answer {
	for i, file := range b.Record.files() {
		if d.Media == nil {
			return network.Ended(network.Misconfigured, advocacy.AnswerFileUnreadable)
		}
		from, err := d.Media(ctx, b.Blobs[i])
		if err != nil {
			return network.Ended(network.Retryable, advocacy.AnswerFileUnreadable)
		}
		data, err := io.ReadAll(from)
		if err != nil {
			return network.Ended(network.Retryable, advocacy.AnswerFileUnreadable)
		}
		if wrong := v.uploadOne(ctx, file, data); wrong != nil {
			return wrong
		}
		file.Size = int64(len(data))
	}
	return nil
}

func (v *visit) uploadOne(ctx context.Context, file *blob, data []byte) *network.Answer {
	end := v.signed(ctx, call{method: http.MethodPost, name: "com.atproto.repo.uploadBlob", content: data, kind: file.MimeType})
	if wrong := harmless(end.wrong); wrong != nil {
		return wrong
	}
	var made struct {
		Blob blob `json:"blob"`
	}
	switch {
	case json.Unmarshal(end.data, &made) != nil || made.Blob.Ref.CID == "":
		return network.Ended(network.Retryable, advocacy.AnswerFileAnswerUnreadable)
	case made.Blob.Ref != file.Ref: // guard: the file people signed is the one that is shown
		return &network.Answer{Class: network.Permanent, Said: network.Say(advocacy.AnswerFileOther)}
	}
	return nil
}
