package grpcapi

import (
	"cmp"
	"context"
	"errors"
	"io"

	"google.golang.org/genproto/googleapis/api/httpbody"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/anypb"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// maxUpload is the most a file may weigh that is sent at once.
const maxUpload = advocacy.LargestPicture

type uploadStream = grpc.ClientStreamingServer[imprimaturv1.UploadMediaRequest, imprimaturv1.Media]

// mediaService answers for pictures, videos and documents.
type mediaService struct {
	imprimaturv1.UnimplementedMediaServiceServer
	*Server
}

func (s mediaService) UploadMedia(in uploadStream) error {
	first, data, err := collect(in)
	if err != nil {
		return err
	}
	ctx := in.Context()
	v := enter(ctx, first)
	upload, err := s.Accept(data)
	if err != nil {
		return err
	}
	upload.FileName = first.GetFileName()
	m, err := s.Flow.AddMedia(ctx, v.call, v.workspace, upload)
	if err != nil {
		return err
	}
	return in.SendAndClose(v.mediaOf(m))
}

// collect reads the parts of a file, and not a byte more than one may have.
func collect(in uploadStream) (first *imprimaturv1.UploadMediaRequest, data []byte, err error) {
	for {
		part, err := in.Recv()
		if errors.Is(err, io.EOF) {
			return first, data, nil
		}
		if err != nil {
			return nil, nil, err
		}
		if first == nil {
			first = part
		} else if parent := part.GetParent(); parent != "" && parent != first.GetParent() {
			return nil, nil, advocacy.InvalidField("parent", fieldInvalid, "all parts of a file have the parent of the first")
		}
		if len(data)+len(part.GetData()) > maxUpload {
			return nil, nil, advocacy.InvalidField("data", "MEDIA_TOO_LARGE", "a file sent at once may weigh 20 MiB at most; begin an upload for a larger one")
		}
		data = append(data, part.GetData()...)
	}
}

func (s mediaService) GetMedia(ctx context.Context, req *imprimaturv1.GetMediaRequest) (*imprimaturv1.Media, error) {
	v := enter(ctx, req)
	blob, err := v.readMedia("name", req.GetName())
	if err != nil {
		return nil, err
	}
	m, err := s.Flow.Media(ctx, v.call, v.workspace, blob)
	return shown(m, err, v.mediaOf)
}

func (s mediaService) CropMedia(ctx context.Context, req *imprimaturv1.CropMediaRequest) (*imprimaturv1.Media, error) {
	v := enter(ctx, req)
	blob, err := v.readMedia("name", req.GetName())
	if err != nil {
		return nil, err
	}
	a := req.GetArea()
	area := advocacy.Area{Left: int(a.GetLeft()), Top: int(a.GetTop()), Width: int(a.GetWidth()), Height: int(a.GetHeight())}
	m, err := s.Flow.CropMedia(ctx, v.call, v.workspace, blob, area, s.Crop)
	return shown(m, err, v.mediaOf)
}

func (s mediaService) ListMedia(ctx context.Context, req *imprimaturv1.ListMediaRequest) (*imprimaturv1.ListMediaResponse, error) {
	v := enter(ctx, req)
	l, err := openList(ctx, req)
	if err != nil {
		return nil, err
	}
	media, next, err := s.Flow.MediaList(ctx, v.call, v.workspace, l.page)
	if err != nil {
		return nil, err
	}
	return &imprimaturv1.ListMediaResponse{
		Media:         each(media, func(m advocacy.Media) *imprimaturv1.Media { return v.mediaOf(&m) }),
		NextPageToken: l.next(next),
	}, nil
}

func (s mediaService) DownloadMedia(ctx context.Context, req *imprimaturv1.DownloadMediaRequest) (*httpbody.HttpBody, error) {
	v := enter(ctx, req)
	blob, err := v.readMedia("name", req.GetName())
	if err != nil {
		return nil, err
	}
	m, data, err := s.Flow.MediaBytes(ctx, v.call, v.workspace, blob, req.GetOffset(), int64(req.GetLength()))
	if err != nil {
		return nil, err
	}
	about, err := anypb.New(v.mediaOf(m))
	if err != nil {
		return nil, err
	}
	return &httpbody.HttpBody{ContentType: m.ContentType, Data: data, Extensions: []*anypb.Any{about}}, nil
}

// usualSide is the size of a thumbnail when a client names none.
const usualSide = 320

func (s mediaService) DownloadThumbnail(ctx context.Context, req *imprimaturv1.DownloadThumbnailRequest) (*httpbody.HttpBody, error) {
	v := enter(ctx, req)
	blob, err := v.readMedia("name", req.GetName())
	if err != nil {
		return nil, err
	}
	contentType, data, err := s.Flow.Thumbnail(ctx, v.call, v.workspace, blob, cmp.Or(int(req.GetSize()), usualSide))
	if err != nil {
		return nil, err
	}
	return &httpbody.HttpBody{ContentType: contentType, Data: data}, nil
}
