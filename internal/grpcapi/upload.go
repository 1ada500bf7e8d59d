package grpcapi

import (
	"context"

	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// uploadService answers for files that arrive in parts.
type uploadService struct {
	imprimaturv1.UnimplementedUploadServiceServer
	*Server
}

func (s uploadService) CreateUpload(ctx context.Context, req *imprimaturv1.CreateUploadRequest) (*imprimaturv1.Upload, error) {
	v := enter(ctx, req)
	draft := workflow.UploadDraft{Size: req.GetUpload().GetSizeBytes(), ContentType: req.GetUpload().GetContentType(), FileName: req.GetUpload().GetFileName()}
	if hex := req.GetUpload().GetSha256(); hex != "" {
		draft.Digest = advocacy.Digest("sha256:" + hex)
	}
	u, err := s.Flow.CreateUpload(ctx, v.call, v.workspace, draft)
	return shown(u, err, v.uploadOf)
}

func (s uploadService) GetUpload(ctx context.Context, req *imprimaturv1.GetUploadRequest) (*imprimaturv1.Upload, error) {
	v := enter(ctx, req)
	id, err := v.readUpload("name", req.GetName())
	if err != nil {
		return nil, err
	}
	u, err := s.Flow.Upload(ctx, v.call, v.workspace, id)
	return shown(u, err, v.uploadOf)
}

func (s uploadService) ListUploads(ctx context.Context, req *imprimaturv1.ListUploadsRequest) (*imprimaturv1.ListUploadsResponse, error) {
	v := enter(ctx, req)
	l, err := openList(ctx, req)
	if err != nil {
		return nil, err
	}
	uploads, next, err := s.Flow.Uploads(ctx, v.call, v.workspace, l.page)
	if err != nil {
		return nil, err
	}
	return &imprimaturv1.ListUploadsResponse{
		Uploads:       each(uploads, func(u advocacy.Upload) *imprimaturv1.Upload { return v.uploadOf(&u) }),
		NextPageToken: l.next(next),
	}, nil
}

func (s uploadService) AppendUpload(ctx context.Context, req *imprimaturv1.AppendUploadRequest) (*imprimaturv1.Upload, error) {
	v := enter(ctx, req)
	id, err := v.readUpload("name", req.GetName())
	if err != nil {
		return nil, err
	}
	u, err := s.Flow.AppendUpload(ctx, v.call, v.workspace, id, req.GetOffset(), req.GetData())
	return shown(u, err, v.uploadOf)
}

func (s uploadService) CompleteUpload(ctx context.Context, req *imprimaturv1.CompleteUploadRequest) (*imprimaturv1.Media, error) {
	v := enter(ctx, req)
	id, err := v.readUpload("name", req.GetName())
	if err != nil {
		return nil, err
	}
	m, err := s.Flow.CompleteUpload(ctx, v.call, v.workspace, id, workflow.Acceptor{Whole: s.Accept, Large: s.Inspect})
	return shown(m, err, v.mediaOf)
}

func (s uploadService) DeleteUpload(ctx context.Context, req *imprimaturv1.DeleteUploadRequest) (*emptypb.Empty, error) {
	v := enter(ctx, req)
	id, err := v.readUpload("name", req.GetName())
	if err != nil {
		return nil, err
	}
	return &emptypb.Empty{}, s.Flow.DeleteUpload(ctx, v.call, v.workspace, id)
}
