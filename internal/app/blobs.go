package app

import (
	"context"
	"path/filepath"

	"github.com/imprimatur-hq/imprimatur/internal/config"
	"github.com/imprimatur-hq/imprimatur/internal/media"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// openBlobs opens what keeps the pictures: the bucket, when one is set, or the directory.
func openBlobs(ctx context.Context, c config.Config) (workflow.Blobs, error) {
	if c.Bucket() {
		bucket, err := media.OpenBucket(ctx, media.BucketOptions{
			Endpoint: c.S3Endpoint, Bucket: c.S3Bucket, Region: c.S3Region,
			AccessKey: c.S3AccessKey.Reveal(), SecretKey: c.S3SecretKey.Reveal(), PathStyle: c.S3Style == "path",
		})
		if err != nil {
			return nil, err
		}
		return bucket, nil
	}
	path := c.MediaDir
	if path == "" {
		path = filepath.Join(c.DataDir, "media")
	}
	folder, err := media.OpenDir(path)
	if err != nil {
		return nil, err
	}
	return folder, nil
}
