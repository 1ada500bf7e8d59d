package routing

import (
	"bytes"
	"encoding/json"
	"errors"
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
		return nil, unread(0, wrong("LARGE", "most", maxDocument>>10))
	case !utf8.Valid(document):
		return nil, unread(0, wrong("NOT_UTF8"))
	case len(text) == 0:
		return nil, unread(0, wrong("EMPTY"))
	case text[0] == '{' || text[0] == '[':
		return readJSON(document)
	default:
		return readYAML(document)
	}
}

// unread is the refusal of a document that is no tree.
func unread(line int, f fault) error { return Problems{problem(policyInvalid, "", line, f)}.err() }

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)`)

func readYAML(document []byte) (*yaml.Node, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(document))
	var root, more yaml.Node
	if err := decoder.Decode(&root); err != nil {
		line, f := 0, wrong("NOT_YAML", "said", err)
		if found := yamlLine.FindStringSubmatch(err.Error()); found != nil {
			line, _ = strconv.Atoi(found[1])
			f = wrong("NOT_YAML", "said", found[2])
		}
		if errors.Is(err, io.EOF) {
			f = wrong("EMPTY")
		}
		return nil, unread(line, f)
	}
	if err := decoder.Decode(&more); !errors.Is(err, io.EOF) {
		return nil, unread(more.Line, wrong("SECOND_DOCUMENT"))
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
			err = wrong("SECOND_DOCUMENT")
		}
	}
	if err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			err = wrong("ENDS_EARLY")
		}
		f, known := err.(fault)
		if !known {
			f = wrong("NOT_JSON", "said", err)
		}
		return nil, unread(j.here(), f)
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
		return wrong("DEEP", "most", maxDepth)
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
