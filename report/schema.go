package report

import _ "embed"

// Schema is the JSON Schema (2020-12) of what JSON writes. docs/ holds a copy,
// which a test keeps the same.
//
//go:embed winwatch.schema.json
var Schema string
