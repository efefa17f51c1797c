package notify

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
	"time"
)

// ErrSignature is the answer to every signature that does not verify. It does
// not say why: that would help only the one who forges.
var ErrSignature = errors.New("the signature does not verify")

// Sign returns the value of the Homeward-Signature header for a body sent at a
// time: "t=<unix seconds>,v1=<hex>", with one v1 for each key. Two keys are for
// the time of a change: receivers accept a header in which any v1 fits.
func Sign(body []byte, at time.Time, keys ...[]byte) string {
	stamp := strconv.FormatInt(at.Unix(), 10)
	var header strings.Builder
	header.WriteString("t=" + stamp)
	for _, key := range keys {
		header.WriteString(",v1=" + hex.EncodeToString(mac(key, stamp, body)))
	}
	return header.String()
}

// Verify is for receivers of webhooks. It returns nil when header, the value of
// Homeward-Signature, was made with key over exactly body, at most tolerance
// before or after now, and [ErrSignature] otherwise. It compares in constant time.
func Verify(header string, body, key []byte, now time.Time, tolerance time.Duration) error {
	fields := strings.Split(header, ",")
	stamp, ok := strings.CutPrefix(fields[0], "t=")
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if !ok || err != nil || now.Sub(time.Unix(seconds, 0)).Abs() > tolerance {
		return ErrSignature
	}
	want := mac(key, stamp, body)
	for _, field := range fields[1:] {
		signature, ok := strings.CutPrefix(field, "v1=")
		got, err := hex.DecodeString(signature)
		if ok && err == nil && hmac.Equal(got, want) {
			return nil
		}
	}
	return ErrSignature
}

// mac is the HMAC-SHA-256 over "<stamp>.<body>".
func mac(key []byte, stamp string, body []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(stamp + "."))
	h.Write(body)
	return h.Sum(nil)
}
