package wire

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"unicode"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// MessageLimit is what is kept of a server's own words, in characters.
const MessageLimit = 200

// Read returns at most limit bytes of an answer's body; what is longer, or ends early, is
// an error.
func Read(r *http.Response, limit int64) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, limit+1))
	if err == nil && int64(len(body)) > limit {
		err = errors.New("wire: the answer is too long")
	}
	return body, err
}

// ReadJSON reads an answer of at most limit bytes into a value.
func ReadJSON(r *http.Response, limit int64, into any) error {
	data, err := Read(r, limit)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, into)
}

// Said tells what a server answered, with its own words where it has some, on one line.
func Said(code int, words string) advocacy.Answer {
	words = strings.Map(func(c rune) rune {
		if unicode.IsPrint(c) {
			return c
		}
		return ' '
	}, words)
	words = network.CutText(network.CleanLine(words), MessageLimit)
	if words == "" {
		return network.SayOf(advocacy.AnswerStatus, strconv.Itoa(code))
	}
	return network.Quote(advocacy.AnswerSaid, strconv.Itoa(code), words)
}

// Answer classifies a request that makes something visible: once it may have arrived, nobody
// knows.
func (f *Failure) Answer() network.Answer {
	class := network.UnknownOutcome
	switch {
	case f.Forbidden:
		class = network.Misconfigured
	case !f.Sent:
		class = network.Retryable
	}
	return network.Answer{Class: class, Said: f.Said}
}
