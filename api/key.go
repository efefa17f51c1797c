package api

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"

	"homeward/casework"
)

// maxKey is the longest idempotency key, in characters.
const maxKey = 128

// idempotencyKey reads the header that makes a write safe to send again.
func idempotencyKey(c *call) (string, error) {
	const header = "Idempotency-Key"
	values := c.Header.Values(header)
	switch {
	case len(values) == 0:
		return "", badRequest(header, "This header is required: a key of your own for this one step, such as a UUID. "+
			"Sent again with the same key, the step is taken once.")
	case len(values) > 1 || !printable(values[0], maxKey):
		return "", badRequest(header, "Send one key of 1 to "+strconv.Itoa(maxKey)+" visible ASCII characters.")
	}
	return values[0], nil
}

// commandID is the same for the same person, route, record and key, and says
// nothing about any of them.
func commandID(who Person, route, aggregate, key string) string {
	// No part contains a NUL, so no two lists of parts are the same text.
	return hash(strings.Join([]string{who.ID, route, aggregate, key}, "\x00"))
}

// fingerprint is the same for bodies that say the same, however they are
// written: it covers the fields, not the spaces.
func fingerprint(body any) (string, error) {
	canonical, err := json.Marshal(body)
	return hash(string(canonical)), err
}

// textID names a narrative after the command, its body and the field, so that a
// repeated command finds its texts and another body cannot touch them.
func textID(commandID, fingerprint string, index int) string {
	return "t-" + hash(strings.Join([]string{commandID, fingerprint, strconv.Itoa(index)}, "\x00"))[:32]
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// expectedRevision reads If-Match: the revision that the caller had read, 0
// where any will do.
func expectedRevision(c *call) (int, error) {
	const header = "If-Match"
	value := strings.Join(c.Header.Values(header), ",")
	if value == "" || value == "*" {
		return 0, nil
	}
	inner, quoted := strings.CutPrefix(value, `"`)
	inner, closed := strings.CutSuffix(inner, `"`)
	revision, err := strconv.Atoi(inner)
	if !quoted || !closed || err != nil || revision < 1 {
		return 0, badRequest(header, `Send the ETag of the record as you read it, like "12" in quotes.`)
	}
	return revision, nil
}

func etag(revision int) string { return `"` + strconv.Itoa(revision) + `"` }

// reused refuses a key that came with another body before.
func reused() error {
	return casework.NewError(casework.Reused,
		"This Idempotency-Key was used before with another body. Take a new key for a new step.")
}
