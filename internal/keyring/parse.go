package keyring

import (
	"crypto/hmac"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

// maxID is the longest ID of a key.
const maxID = 64

// parse reads keys: one a line, or between commas: its ID, a space, and 32 bytes
// in base64. What follows a # is left out. Errors name the line and the ID, and
// nothing of the key.
func parse(text []byte) ([]Key, error) {
	var keys []Key
	number := 0
	for line := range strings.Lines(string(text)) {
		number++
		line, _, _ = strings.Cut(line, "#")
		for entry := range strings.SplitSeq(line, ",") {
			if strings.TrimSpace(entry) == "" {
				continue
			}
			k, err := parseEntry(entry)
			if err == nil {
				err = distinct(keys, k)
			}
			if err != nil {
				return nil, fmt.Errorf("line %d: %w", number, err)
			}
			keys = append(keys, k)
		}
	}
	if len(keys) == 0 {
		return nil, errors.New("there is no key")
	}
	return keys, nil
}

func parseEntry(entry string) (Key, error) {
	fields := strings.Fields(entry)
	if len(fields) != 2 || !IsID(fields[0]) {
		return Key{}, errors.New("want an ID of letters, digits, '.', '_' and '-', a space, and the key in base64")
	}
	secret, err := base64.StdEncoding.Strict().DecodeString(fields[1])
	if err != nil || len(secret) != Size {
		return Key{}, fmt.Errorf("%s is not %d bytes in base64", fields[0], Size)
	}
	return Key{ID: fields[0], Secret: secret}, nil
}

// distinct refuses a second key of the same ID, and the same key under a second
// ID: a rotation that would rotate nothing.
func distinct(keys []Key, k Key) error {
	for _, other := range keys {
		if other.ID == k.ID {
			return fmt.Errorf("%s stands there twice", k.ID)
		}
		if hmac.Equal(other.Secret, k.Secret) {
			return fmt.Errorf("%s is the same as %s", k.ID, other.ID)
		}
	}
	return nil
}

// IsID says whether s can name a key.
func IsID(s string) bool {
	fit := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '_' || r == '-'
	}
	return s != "" && len(s) <= maxID && !strings.ContainsFunc(s, func(r rune) bool { return !fit(r) })
}
