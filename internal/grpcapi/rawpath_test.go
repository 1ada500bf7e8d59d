package grpcapi

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// rawCall sends one request with exactly this path, which no client library would, and
// returns the headers of the answer.
func (d *door) rawCall(path string) map[string]string {
	d.t.Helper()
	conn, err := d.dial(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err := conn.Write([]byte(http2.ClientPreface)); err != nil {
		d.t.Fatal(err)
	}
	framer := http2.NewFramer(conn, conn)
	framer.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	var block bytes.Buffer
	encoder := hpack.NewEncoder(&block)
	for _, field := range [][2]string{
		{":method", "POST"}, {":scheme", "http"}, {":path", path}, {":authority", "door"},
		{"content-type", "application/grpc"}, {"te", "trailers"}, {authorizationKey, anaToken},
	} {
		_ = encoder.WriteField(hpack.HeaderField{Name: field[0], Value: field[1]})
	}
	go func() {
		_ = framer.WriteSettings()
		_ = framer.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: block.Bytes(), EndHeaders: true})
		_ = framer.WriteData(1, true, []byte{0, 0, 0, 0, 0})
	}()
	headers := make(map[string]string)
	for {
		frame, err := framer.ReadFrame()
		if err != nil {
			return headers
		}
		switch f := frame.(type) {
		case *http2.MetaHeadersFrame:
			for _, field := range f.Fields {
				headers[field.Name] = field.Value
			}
			if f.StreamEnded() {
				return headers
			}
		case *http2.RSTStreamFrame:
			headers["reset"] = f.ErrCode.String()
			return headers
		}
	}
}

// Odd spellings of a method reach nothing (GHSA-p77j-4mvh-x3m3 and its kin).
func TestOddPathsReachNothing(t *testing.T) {
	t.Parallel()
	d, _ := openPosts(t, nil)
	for _, path := range []string{
		"imprimatur.v1.PostService/GetPost", "//imprimatur.v1.PostService/GetPost", "/imprimatur.v1.PostService//GetPost",
		"/imprimatur.v1.PostService%2FGetPost", "/imprimatur.v1.postservice/getpost", "/imprimatur.v1.PostService/GetPost/", "/PostService/GetPost",
		"/imprimatur.v1.PostService/", "imprimatur.v1.PostService",
	} {
		headers := d.rawCall(path)
		if code := headers["grpc-status"]; code != "12" && headers["reset"] == "" && headers[":status"] != "400" {
			t.Errorf("%s: %v", path, headers)
		}
	}
	if strings.Contains(d.log.String(), "GetPost") {
		t.Errorf("something was reached: %s", d.log.String())
	}
	// The same request, spelled well, gets as far as the guard.
	if headers := d.rawCall("/imprimatur.v1.PostService/GetPost"); headers["grpc-status"] != "3" {
		t.Errorf("the well-spelled call: %v", headers)
	}
}
