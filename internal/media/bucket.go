package media

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

const (
	// bucketPrefix is the folder of all blobs: the bucket may hold other things too.
	bucketPrefix = "sha256/"
	// bucketTries is how often a request is made in all when the store is busy or cuts the
	// connection. Every request here may be repeated: a blob has one content.
	bucketTries = 4
	// bucketPause is the wait before the second of them; each further one is half as long again.
	bucketPause = 200 * time.Millisecond
	// bucketPatience is how long the store may be silent before a request counts as lost.
	bucketPatience = 30 * time.Second
	// openPatience is how long the service waits at its start to find the bucket.
	openPatience = 10 * time.Second
)

// BucketOptions say where a bucket is and who may write to it.
type BucketOptions struct {
	// Endpoint is the URL of the store, without the bucket and without a path.
	Endpoint string
	// Bucket is its name. It must be there: making one is a decision about who may read it.
	Bucket string
	// Region is signed into every request.
	Region string
	// AccessKey and SecretKey sign the requests.
	AccessKey, SecretKey string
	// PathStyle puts the bucket into the path instead of the host name.
	PathStyle bool
}

// Bucket keeps blobs in a bucket of an S3-compatible store, each in an object named after
// its digest. Any number of replicas may share one bucket.
type Bucket struct {
	client *minio.Client
	name   string
}

// OpenBucket finds the bucket, so that a wrong name or key is told at the start and not
// by the first picture.
func OpenBucket(ctx context.Context, o BucketOptions) (*Bucket, error) {
	u, err := url.Parse(o.Endpoint)
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("media bucket: %q is not the URL of a store", o.Endpoint)
	}
	transport, err := minio.DefaultTransport(u.Scheme == "https")
	if err != nil {
		return nil, fmt.Errorf("media bucket: %w", err)
	}
	transport.ResponseHeaderTimeout = bucketPatience
	lookup := minio.BucketLookupDNS
	if o.PathStyle {
		lookup = minio.BucketLookupPath
	}
	client, err := minio.New(u.Host, &minio.Options{
		Creds:  credentials.NewStaticV4(o.AccessKey, o.SecretKey, ""),
		Secure: u.Scheme == "https", Transport: transport, Region: o.Region, BucketLookup: lookup,
		// The client repeats a request with the reader that the cut one may still be reading:
		// see [again].
		MaxRetries: 1,
	})
	if err != nil {
		return nil, fmt.Errorf("media bucket: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, openPatience)
	defer cancel()
	found, err := again(ctx, func() (bool, error) { return client.BucketExists(ctx, o.Bucket) })
	if err != nil {
		return nil, fmt.Errorf("media bucket %s: %w", o.Bucket, err)
	}
	if !found {
		return nil, fmt.Errorf("media bucket %s: there is none at %s; make it first", o.Bucket, o.Endpoint)
	}
	return &Bucket{client: client, name: o.Bucket}, nil
}

// Put keeps data under its digest, as [Dir.Put] does. An object appears complete or not at
// all, and the store itself refuses to write one that is there: of many writers one writes.
func (b *Bucket) Put(ctx context.Context, digest string, data []byte) error {
	object, err := objectOf(digest)
	if err != nil {
		return err
	}
	if err := matches(digest, data); err != nil {
		return err
	}
	o := minio.PutObjectOptions{ContentType: "application/octet-stream", DisableMultipart: true}
	o.SetMatchETagExcept("*")
	_, err = again(ctx, func() (minio.UploadInfo, error) {
		return b.client.PutObject(ctx, b.name, object, bytes.NewReader(data), int64(len(data)), o)
	})
	if err != nil && statusOf(err) != http.StatusPreconditionFailed {
		return fmt.Errorf("keep blob %s: %w", digest, err)
	}
	return nil
}

// Get returns the blob of a digest, hashed again after reading, with the errors of
// [Dir.Get].
func (b *Bucket) Get(ctx context.Context, digest string) ([]byte, error) {
	object, err := objectOf(digest)
	if err != nil {
		return nil, err
	}
	data, err := again(ctx, func() ([]byte, error) { return b.read(ctx, object) })
	switch {
	case statusOf(err) == http.StatusNotFound:
		return nil, absent(digest)
	case err != nil:
		return nil, fmt.Errorf("read blob %s: %w", digest, err)
	}
	return intact(digest, data)
}

func (b *Bucket) read(ctx context.Context, object string) ([]byte, error) {
	o, err := b.client.GetObject(ctx, b.name, object, minio.GetObjectOptions{})
	if err != nil {
		return nil, err
	}
	// No blob is larger: what is has been put there by somebody else, and its digest will
	// say so without all of it being read.
	data, err := io.ReadAll(io.LimitReader(o, MaxBytes+1))
	return data, errors.Join(err, o.Close())
}

// Delete forgets the blob of a digest; one that is not there is no error.
func (b *Bucket) Delete(ctx context.Context, digest string) error {
	object, err := objectOf(digest)
	if err != nil {
		return err
	}
	_, err = again(ctx, func() (struct{}, error) {
		return struct{}{}, b.client.RemoveObject(ctx, b.name, object, minio.RemoveObjectOptions{})
	})
	if err != nil {
		return fmt.Errorf("delete blob %s: %w", digest, err)
	}
	return nil
}

// again makes a request until the store answers it, [bucketTries] times at most and ever
// later. Each try has a reader of its own: after a cut connection the transport may go on
// reading what it was sending, so the reader of one try is never rewound for the next.
func again[T any](ctx context.Context, request func() (T, error)) (T, error) {
	wait := backoff.NewExponentialBackOff()
	wait.InitialInterval = bucketPause
	return backoff.Retry(ctx, func() (T, error) {
		answer, err := request()
		if err != nil && (ctx.Err() != nil || isFinal(statusOf(err))) {
			err = backoff.Permanent(err)
		}
		return answer, err
	}, backoff.WithBackOff(wait), backoff.WithMaxTries(bucketTries))
}

// isFinal tells a refusal from an answer that may be another one later. After a conflict
// another writer of the same bytes was in the middle of it.
func isFinal(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusConflict, http.StatusTooManyRequests:
		return false
	}
	return status >= 400 && status < 500
}

// objectOf is the name of a blob's object.
func objectOf(digest string) (string, error) {
	name, err := parseDigest(digest)
	return bucketPrefix + name, err
}

// statusOf is the HTTP status the store refused with, 0 when it did not.
func statusOf(err error) int {
	refusal, _ := errors.AsType[minio.ErrorResponse](err)
	return refusal.StatusCode
}
