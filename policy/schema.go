package policy

import _ "embed"

//go:embed pack.schema.json
var schema string

// Schema returns the JSON Schema (draft 2020-12) of a pack file, with a sentence
// about every field, for the editors of those who write packs. It knows the
// form of a pack. Whether what a pack names is there, whether its dates are in
// order and whether it is laxer than the pack it extends, only [Load] can say.
func Schema() string { return schema }
