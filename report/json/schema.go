package json

import _ "embed"

// Schema is the JSON Schema (2020-12) of what Write writes. docs/ holds a copy; a test
// keeps the two identical.
//
//go:embed winwatch.schema.json
var Schema string
