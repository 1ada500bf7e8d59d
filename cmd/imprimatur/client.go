package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

const (
	// tokenEnv holds the credential of commands that call a running service. There is no flag
	// for it: the arguments of a process are everybody's to read.
	tokenEnv = "IMPRIMATUR_TOKEN"
	// answerMost is the longest answer that is read.
	answerMost = 8 << 20
)

// client calls a running service as any tool does.
type client struct {
	server, token string
	http          http.Client
}

// newClient reads the credential from a file, or from the environment when there is none.
func newClient(server, tokenFile string) (*client, error) {
	token := os.Getenv(tokenEnv)
	if tokenFile != "" {
		data, err := os.ReadFile(tokenFile)
		if err != nil {
			return nil, err
		}
		token = string(data)
	}
	if token = strings.TrimSpace(token); token == "" {
		return nil, fmt.Errorf("set %s to an API key or the token of a session, or name a file that holds one with --token-file", tokenEnv)
	}
	return &client{server: strings.TrimRight(server, "/"), token: token, http: http.Client{Timeout: time.Minute}}, nil
}

// call sends a request, none for a GET, and reads the answer.
func (c *client) call(ctx context.Context, path string, request, reply proto.Message) error {
	method, body := http.MethodGet, []byte(nil)
	if request != nil {
		var err error
		if body, err = protojson.Marshal(request); err != nil {
			return err
		}
		method = http.MethodPost
	}
	r, err := http.NewRequestWithContext(ctx, method, c.server+"/v1/"+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+c.token)
	r.Header.Set("Content-Type", "application/json")
	response, err := c.http.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	data, err := io.ReadAll(io.LimitReader(response.Body, answerMost))
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return refusal(response.Status, data)
	}
	return protojson.UnmarshalOptions{DiscardUnknown: true}.Unmarshal(data, reply)
}

// refusal is what the service says it refuses for.
func refusal(status string, body []byte) error {
	var said struct{ Error struct{ Message string } }
	if json.Unmarshal(body, &said) == nil && said.Error.Message != "" {
		return errors.New(said.Error.Message)
	}
	return fmt.Errorf("the server answers %s", status)
}
