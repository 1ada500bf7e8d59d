package main

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// object and list are JSON as package json reads it.
type (
	object = map[string]any
	list   = []any
)

// public are the operations that need no credential.
var public = []string{"SessionService_CreateSession"}

// converter carries the document that grows.
type converter struct {
	paths   object
	schemas object
}

// convert returns the OpenAPI 3 document.
func convert(doc object) (object, error) {
	c := &converter{paths: object{}, schemas: object{}}
	definitions, _ := doc["definitions"].(object)
	for _, name := range slices.Sorted(maps.Keys(definitions)) {
		c.schemas[schemaName(name)] = schema(definitions[name])
	}
	paths, _ := doc["paths"].(object)
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		methods, _ := paths[path].(object)
		for _, method := range slices.Sorted(maps.Keys(methods)) {
			operation, _ := methods[method].(object)
			if err := c.add(path, method, operation); err != nil {
				return nil, fmt.Errorf("%s %s: %w", method, path, err)
			}
		}
	}
	c.upload()
	c.appendUpload()
	maps.Copy(c.schemas, errorSchemas())
	prune(c.schemas, c.paths)
	return object{
		"openapi": "3.0.3",
		"info": object{
			"title":       "Imprimatur",
			"version":     "v1",
			"description": "Employee advocacy with sign-off: nothing that was not signed off ever goes out.",
		},
		"servers":  list{object{"url": "/"}},
		"security": list{object{"bearer": list{}}},
		"tags":     doc["tags"],
		"paths":    c.paths,
		"components": object{
			"schemas":         c.schemas,
			"responses":       object{"Error": errorResponse()},
			"securitySchemes": object{"bearer": bearer()},
		},
	}, nil
}

func bearer() object {
	return object{
		"type": "http", "scheme": "bearer",
		"description": "The token of a session, or an API key.",
	}
}

// add converts one operation and puts it under its path, where others may be already.
func (c *converter) add(path, method string, operation object) error {
	parameters, _ := operation["parameters"].(list)
	spelt, converted, err := spell(path, parameters)
	if err != nil {
		return err
	}
	out := object{
		"operationId": operationID(operation["operationId"].(string), spelt),
		"summary":     operation["summary"],
		"description": operation["description"],
		"tags":        operation["tags"],
		"responses":   c.responses(operation),
	}
	if out["description"] == nil {
		delete(out, "description")
	}
	if slices.Contains(public, operation["operationId"].(string)) {
		out["security"] = list{}
	}
	for _, p := range parameters {
		p := p.(object)
		switch p["in"] {
		case "query":
			converted = append(converted, object{
				"name": p["name"], "in": "query", "description": p["description"], "required": p["required"],
				"schema": schema(pick(p, "type", "format", "enum", "items", "default")),
			})
		case "body":
			out["requestBody"] = c.body(operation["operationId"].(string), p)
		}
	}
	if method == "patch" {
		converted = append(converted, updateMask())
	}
	if len(converted) > 0 {
		out["parameters"] = converted
	}
	return c.put(spelt, method, out)
}

func (c *converter) put(path, method string, operation object) error {
	item, ok := c.paths[path].(object)
	if !ok {
		item = object{}
		c.paths[path] = item
	}
	if item[method] != nil {
		return fmt.Errorf("two operations at %s", path)
	}
	item[method] = operation
	return nil
}

// wildcard is one segment of a pattern.
const wildcard = "[^/]+"

var pathVariable = regexp.MustCompile(`\{([^}]+)\}`)

// spell writes the variable of a path out: {name} with the pattern
// workspaces/[^/]+/posts/[^/]+ becomes workspaces/{workspace}/posts/{post}.
func spell(path string, parameters list) (string, list, error) {
	var converted list
	var problem error
	spelt := pathVariable.ReplaceAllStringFunc(path, func(variable string) string {
		pattern, ok := patternOf(parameters, strings.Trim(variable, "{}"))
		if !ok {
			problem = fmt.Errorf("%s has no pattern", variable)
			return variable
		}
		segments := strings.Split(strings.ReplaceAll(pattern, wildcard, "*"), "/")
		for i := 1; i < len(segments); i++ {
			if segments[i] != "*" {
				continue
			}
			name := singular(segments[i-1])
			segments[i] = "{" + name + "}"
			converted = append(converted, object{
				"name": name, "in": "path", "required": true, "schema": object{"type": "string"},
			})
		}
		return strings.Join(segments, "/")
	})
	return spelt, converted, problem
}

func patternOf(parameters list, name string) (string, bool) {
	for _, p := range parameters {
		p := p.(object)
		if p["in"] == "path" && p["name"] == name {
			pattern, ok := p["pattern"].(string)
			return pattern, ok
		}
	}
	return "", false
}

func singular(collection string) string {
	if stem, ok := strings.CutSuffix(collection, "ies"); ok {
		return stem + "y"
	}
	for _, ending := range []string{"ches", "sses", "xes"} {
		if strings.HasSuffix(collection, ending) {
			return strings.TrimSuffix(collection, "es")
		}
	}
	return strings.TrimSuffix(collection, "s")
}

var additional = regexp.MustCompile(`^(\w+_(?:Get|List|Decide))(\w*?)\d+$`)

// operationID gives the second route of a method, the one for library items, a name that
// says so: PostService_GetRevision2 becomes PostService_GetLibraryItemRevision.
func operationID(id, path string) string {
	if m := additional.FindStringSubmatch(id); m != nil && strings.Contains(path, "/libraryItems/") {
		return m[1] + "LibraryItem" + m[2]
	}
	return id
}

// body converts a request body. The body of an update has only what can be changed, and
// nothing of it is required: what is left out stays as it is.
func (c *converter) body(operation string, p object) object {
	s := p["schema"].(object)
	if properties, ok := s["properties"].(object); ok {
		_, method, _ := strings.Cut(operation, "_")
		writable := object{}
		for name, property := range properties {
			if property := property.(object); property["readOnly"] != true {
				writable[name] = c.partly(property)
			}
		}
		name := method + "Body"
		c.schemas[name] = schema(object{"type": "object", "properties": writable, "description": p["description"]})
		s = object{"$ref": "#/definitions/" + name}
	}
	out := object{"required": true, "content": object{"application/json": object{"schema": schema(s)}}}
	if p["description"] != nil {
		out["description"] = p["description"]
	}
	return out
}

// partly is a property of an update: of a message in it, too, what is left out stays as
// it is.
func (c *converter) partly(property object) object {
	ref, _ := property["$ref"].(string)
	name := schemaName(strings.TrimPrefix(ref, oldRef))
	whole, _ := c.schemas[name].(object)
	if whole["required"] == nil {
		return property
	}
	part := maps.Clone(whole)
	delete(part, "required")
	c.schemas[name+"Change"] = part
	out := maps.Clone(property)
	out["$ref"] = oldRef + name + "Change"
	return out
}

// updateMask is left out by the generator, because the gateway fills it from the body; who
// wants to empty a field still needs it.
func updateMask() object {
	return object{
		"name": "updateMask", "in": "query", "required": false, "schema": object{"type": "string"},
		"description": "Which fields to change, separated by commas; those the body has when it is left out.",
	}
}

// responses converts the answers of an operation; every failure has one shape.
func (c *converter) responses(operation object) object {
	answer := operation["responses"].(object)["200"].(object)
	s := schema(answer["schema"]).(object)
	if parts, ok := s["properties"].(object); ok && parts["result"] != nil {
		return streamed(parts["result"])
	}
	all := object{
		"200":     object{"description": answer["description"], "content": content(s)},
		"default": object{"$ref": "#/components/responses/Error"},
	}
	if s["$ref"] == httpBody {
		all["206"] = object{"description": "The part that the header Range asks for.", "content": content(s)}
		all["304"] = object{"description": "The bytes are those that the header If-None-Match names."}
	}
	return all
}

// streamed is the answer of an operation that goes on: a line of JSON for each message, and
// one more if it ends by a failure.
func streamed(message any) object {
	line := object{"type": "object", "description": "A message, or why there are no more.", "properties": object{
		"result": message, "error": object{"$ref": newRef + "ErrorBody"},
	}}
	return object{
		"200": object{"description": "Lines of JSON.", "content": object{
			"application/x-ndjson": object{"schema": line},
		}},
		"default": object{"$ref": "#/components/responses/Error"},
	}
}

// httpBody is the message of an answer that is bytes.
const httpBody = "#/components/schemas/HttpBody"

// fileTypes are the types of files that are accepted; a test of the gateway holds them to those
// of the service.
var fileTypes = []string{
	"image/jpeg", "image/png", "image/gif", "image/webp", "video/mp4", "video/quicktime", "application/pdf",
}

// content is JSON, except where the answer is a file.
func content(s object) object {
	if s["$ref"] != httpBody {
		return object{"application/json": object{"schema": s}}
	}
	files := object{}
	for _, kind := range fileTypes {
		files[kind] = object{"schema": object{"type": "string", "format": "binary"}}
	}
	return files
}

// upload adds the route the gateway serves itself.
func (c *converter) upload() {
	c.paths["/v1/workspaces/{workspace}/media:upload"] = object{"post": object{
		"operationId": "MediaService_UploadMedia",
		"tags":        list{"MediaService"},
		"summary":     "Uploads a file, as the body itself.",
		"description": "Accepts JPEG, PNG, GIF and WebP up to 20 MB and 40 million pixels, and MP4, QuickTime and PDF up to 20 MB; " +
			"begin an upload for a larger one. Needs `media.create`. Uploading the same file twice returns the same resource.",
		"parameters": list{object{
			"name": "workspace", "in": "path", "required": true, "schema": object{"type": "string"},
		}},
		"requestBody": object{"required": true, "content": object{
			"application/octet-stream": object{"schema": object{"type": "string", "format": "binary"}},
			"image/*":                  object{"schema": object{"type": "string", "format": "binary"}},
			"video/*":                  object{"schema": object{"type": "string", "format": "binary"}},
			"application/pdf":          object{"schema": object{"type": "string", "format": "binary"}},
		}},
		"responses": object{
			"200": object{
				"description": "A successful response.",
				"content":     content(object{"$ref": "#/components/schemas/Media"}),
			},
			"default": object{"$ref": "#/components/responses/Error"},
		},
	}}
}

// appendUpload adds the second route of a method, which the gateway serves itself.
func (c *converter) appendUpload() {
	const path = "/v1/workspaces/{workspace}/uploads/{upload}:append"
	c.paths[path].(object)["put"] = object{
		"operationId": "UploadService_AppendUploadBytes",
		"tags":        list{"UploadService"},
		"summary":     "Adds the next part of a file, as the body itself.",
		"description": "The same as `POST`, with the bytes as the body itself. Needs `media.create`.",
		"parameters": list{
			object{"name": "workspace", "in": "path", "required": true, "schema": object{"type": "string"}},
			object{"name": "upload", "in": "path", "required": true, "schema": object{"type": "string"}},
			object{
				"name": "offset", "in": "query", "required": false, "schema": object{"type": "string", "format": "int64"},
				"description": "Where in the file the part begins.",
			},
		},
		"requestBody": object{"required": true, "content": object{
			"application/octet-stream": object{"schema": object{"type": "string", "format": "binary"}},
		}},
		"responses": object{
			"200": object{
				"description": "A successful response.",
				"content":     content(object{"$ref": "#/components/schemas/Upload"}),
			},
			"default": object{"$ref": "#/components/responses/Error"},
		},
	}
}
