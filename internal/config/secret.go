package config

import (
	"fmt"
	"log/slog"
	"os"
	"strings"
)

// Secret is a value that shows nowhere by accident: it prints, logs and encodes as
// "[hidden]". Convert it with string(secret) at the one place that needs it.
type Secret string

const hidden = "[hidden]"

// String returns "[hidden]".
func (Secret) String() string { return hidden }

// GoString returns "[hidden]", for %#v.
func (Secret) GoString() string { return hidden }

// LogValue returns "[hidden]", for slog.
func (Secret) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText returns "[hidden]", for JSON and its kin.
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// readSecret returns the content of path without the newline at its end. An empty file
// is an error: a missing secret must not become an empty one.
func readSecret(flag, path string) (Secret, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("%s: %w", flag, err)
	}
	secret := strings.TrimRight(string(content), "\r\n")
	if secret == "" {
		return "", fmt.Errorf("%s: %s is empty", flag, path)
	}
	return Secret(secret), nil
}
