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

// oneSecret returns the secret that a variable holds, or else its file; "" where
// neither is set. Both are a contradiction.
func oneSecret(variable, flag, path string) (Secret, error) {
	value := Secret(os.Getenv(variable))
	switch {
	case value != "" && path != "":
		return "", fmt.Errorf("%s and %s are both set: leave one out", variable, flag)
	case path != "":
		return readSecret(flag, path)
	}
	return value, nil
}

// readSecret returns the content of path without the newline at its end. An empty file
// is an error: a missing secret must not become an empty one. So is a file that
// everybody on the machine may read.
func readSecret(flag, path string) (Secret, error) {
	if err := private(flag, path); err != nil {
		return "", err
	}
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

// private refuses a file that everybody on the machine may read. A group may: that
// is how platforms hand secrets out.
func private(flag, path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("%s: %w", flag, err)
	}
	if info.Mode().Perm()&0o007 != 0 {
		return fmt.Errorf("%s: everybody on this machine may read %s; chmod o= it", flag, path)
	}
	return nil
}
