package main

import (
	"maps"
	"slices"
	"strings"
)

const (
	oldRef = "#/definitions/"
	newRef = "#/components/schemas/"
)

// schemaName removes the dot from the name of a nested type.
func schemaName(name string) string { return strings.ReplaceAll(name, ".", "") }

// schema converts a schema. What stands beside a reference is ignored in OpenAPI 3.0, so a
// reference with a description becomes the one member of an allOf.
func schema(v any) any {
	s, ok := v.(object)
	if !ok {
		return v
	}
	out := object{}
	if ref, ok := s["$ref"].(string); ok {
		out["$ref"] = newRef + schemaName(strings.TrimPrefix(ref, oldRef))
		beside := pick(s, "description", "readOnly")
		if len(beside) == 0 {
			return out
		}
		beside["allOf"] = list{out}
		return beside
	}
	for key, value := range s {
		switch key {
		case "properties":
			properties := object{}
			for name, property := range value.(object) {
				properties[name] = schema(property)
			}
			out[key] = properties
		case "items", "additionalProperties":
			out[key] = schema(value)
		case "title":
			// The generator repeats the first line of the comment.
		default:
			out[key] = value
		}
	}
	if out["description"] == nil && s["title"] != nil {
		out["description"] = s["title"]
	}
	return out
}

// pick returns the keys that are there.
func pick(s object, keys ...string) object {
	out := object{}
	for _, k := range keys {
		if v, ok := s[k]; ok {
			out[k] = v
		}
	}
	return out
}

// prune removes the schemas nothing refers to any more: those of gRPC's own errors.
func prune(schemas, paths object) {
	used := map[string]bool{"Error": true}
	var visit func(v any)
	visit = func(v any) {
		switch v := v.(type) {
		case object:
			if ref, ok := v["$ref"].(string); ok {
				if name := strings.TrimPrefix(ref, newRef); !used[name] {
					used[name] = true
					visit(schemas[name])
				}
			}
			for _, key := range slices.Sorted(maps.Keys(v)) {
				visit(v[key])
			}
		case list:
			for _, item := range v {
				visit(item)
			}
		}
	}
	visit(paths)
	visit(schemas["Error"])
	maps.DeleteFunc(schemas, func(name string, _ any) bool { return !used[name] })
}

func errorResponse() object {
	return object{
		"description": "Why not: the reason in `error.details` is for machines, the message for people.",
		"content":     object{"application/json": object{"schema": object{"$ref": newRef + "Error"}}},
	}
}

// errorSchemas describe what the gateway answers when a call fails.
func errorSchemas() object {
	text := func(description string) object { return object{"type": "string", "description": description} }
	return object{
		"Error": object{
			"type": "object", "required": list{"error"}, "description": "A refused call.",
			"properties": object{"error": object{"$ref": newRef + "ErrorBody"}},
		},
		"ErrorBody": object{
			"type": "object", "required": list{"code", "status", "message"}, "description": "What went wrong.",
			"properties": object{
				"code":    object{"type": "integer", "format": "int32", "description": "The HTTP status."},
				"status":  text("The gRPC code, such as `FAILED_PRECONDITION`."),
				"message": text("A sentence for people; it may change."),
				"details": object{
					"type": "array", "items": object{"$ref": newRef + "ErrorDetail"},
					"description": "The first one is a `google.rpc.ErrorInfo` with the reason.",
				},
			},
		},
		"ErrorDetail": object{
			"type": "object", "required": list{"@type"}, "additionalProperties": true,
			"description": "One of the messages of google/rpc/error_details.proto.",
			"properties": object{
				"@type":  text("Which message, such as `type.googleapis.com/google.rpc.ErrorInfo`."),
				"reason": text("Of an ErrorInfo: the stable machine word, such as `REVISION_CHANGED`."),
				"domain": text("Of an ErrorInfo: `imprimatur.dev`."),
				"metadata": object{
					"type": "object", "additionalProperties": object{"type": "string"},
					"description": "Of an ErrorInfo: facts, such as the new revision.",
				},
			},
		},
	}
}
