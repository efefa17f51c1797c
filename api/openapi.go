package api

import (
	_ "embed"
	"net/http"
)

//go:embed openapi.yaml
var openapi []byte

// specification answers GET /openapi.yaml.
func specification(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/yaml")
	_, _ = w.Write(openapi) // The caller has gone away.
}
