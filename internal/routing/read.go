package routing

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// The bounds of a document: far beyond a policy people can read.
const (
	maxDocument = 256 << 10
	maxDepth    = 16
)

// read parses a document, JSON or YAML, into one tree that knows its lines. What begins
// with a brace is JSON: YAML reads most of it too, but not all.
func read(document []byte) (*yaml.Node, error) {
	text := bytes.TrimSpace(bytes.TrimPrefix(document, []byte("\xef\xbb\xbf")))
	switch {
	case len(document) > maxDocument:
		return nil, Problem{Reason: policyInvalid, Message: fmt.Sprintf("the document has more than %d KiB", maxDocument>>10)}.err()
	case !utf8.Valid(document):
		return nil, Problem{Reason: policyInvalid, Message: "the document is not valid UTF-8"}.err()
	case len(text) == 0:
		return nil, Problem{Reason: policyInvalid, Message: "there is no document"}.err()
	case text[0] == '{' || text[0] == '[':
		return readJSON(document)
	default:
		return readYAML(document)
	}
}

func (p Problem) err() error { return Problems{p}.err() }

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)`)

func readYAML(document []byte) (*yaml.Node, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(document))
	var root, more yaml.Node
	if err := decoder.Decode(&root); err != nil {
		p := Problem{Reason: policyInvalid, Message: err.Error()}
		if found := yamlLine.FindStringSubmatch(err.Error()); found != nil {
			p.Line, _ = strconv.Atoi(found[1])
			p.Message = "this is no YAML: " + found[2]
		}
		if errors.Is(err, io.EOF) {
			p.Message = "there is no document"
		}
		return nil, p.err()
	}
	if err := decoder.Decode(&more); !errors.Is(err, io.EOF) {
		return nil, Problem{Reason: policyInvalid, Line: more.Line, Message: "something follows the document; a file holds one policy"}.err()
	}
	if root.Kind == yaml.DocumentNode && len(root.Content) == 1 {
		return root.Content[0], nil
	}
	return &root, nil
}

// jsonReader turns JSON into the tree that YAML is read into.
type jsonReader struct {
	decoder  *json.Decoder
	document []byte
	// line is where offset is.
	line, offset int
}

func readJSON(document []byte) (*yaml.Node, error) {
	j := &jsonReader{decoder: json.NewDecoder(bytes.NewReader(document)), document: document, line: 1}
	j.decoder.UseNumber()
	root, err := j.value(0)
	if err == nil {
		if _, after := j.decoder.Token(); !errors.Is(after, io.EOF) {
			err = errors.New("something follows the document; a file holds one policy")
		}
	}
	if err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			err = errors.New("the document ends too early")
		}
		return nil, Problem{Reason: policyInvalid, Line: j.here(), Message: "this is no JSON: " + err.Error()}.err()
	}
	return root, nil
}

// here is the line of what was read last.
func (j *jsonReader) here() int {
	offset := min(int(j.decoder.InputOffset()), len(j.document))
	j.line += bytes.Count(j.document[j.offset:offset], []byte("\n"))
	j.offset = offset
	return j.line
}

func (j *jsonReader) value(depth int) (*yaml.Node, error) {
	token, err := j.decoder.Token()
	if err != nil {
		return nil, err
	}
	n := &yaml.Node{Kind: yaml.ScalarNode, Line: j.here()}
	switch v := token.(type) {
	case json.Delim:
		return n, j.collection(n, v, depth)
	case string:
		n.Tag, n.Value = "!!str", v
	case json.Number:
		n.Tag, n.Value = "!!float", v.String()
		if _, err := v.Int64(); err == nil {
			n.Tag = "!!int"
		}
	case bool:
		n.Tag, n.Value = "!!bool", strconv.FormatBool(v)
	default:
		n.Tag = "!!null"
	}
	return n, nil
}

// collection reads an object, as keys and values in turn, or an array.
func (j *jsonReader) collection(n *yaml.Node, opened json.Delim, depth int) error {
	if depth == maxDepth {
		return fmt.Errorf("it is nested more than %d deep", maxDepth)
	}
	n.Kind, n.Tag = yaml.SequenceNode, "!!seq"
	if opened == '{' {
		n.Kind, n.Tag = yaml.MappingNode, "!!map"
	}
	for j.decoder.More() {
		child, err := j.value(depth + 1)
		if err != nil {
			return err
		}
		n.Content = append(n.Content, child)
	}
	_, err := j.decoder.Token()
	return err
}
