package notify_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/notify"
)

func TestSign_HasTheDocumentedForm(t *testing.T) {
	t.Parallel()
	at := time.Unix(1700000000, 0)
	header := notify.Sign([]byte(`{"key":"k"}`), at, []byte("a signing key of thirty-two byte"))
	// echo -n '1700000000.{"key":"k"}' | openssl dgst -sha256 -hmac 'a signing key of thirty-two byte'
	require.Equal(t, "t=1700000000,v1=4d4aa9e0e6c4ea727533304e5956f11de9902a8bbcf98f61bd9c95c7bdb05a2c", header)
}

func TestVerify_AcceptsEachKeyDuringAChange(t *testing.T) {
	t.Parallel()
	old, next := bytes.Repeat([]byte("o"), 32), bytes.Repeat([]byte("n"), 32)
	now := time.Unix(1700000000, 0)
	header := notify.Sign([]byte("body"), now, next, old)
	for _, key := range [][]byte{old, next} {
		require.NoError(t, notify.Verify(header, []byte("body"), key, now, time.Minute))
	}
	require.ErrorIs(t, notify.Verify(header, []byte("body"), signingKey(), now, time.Minute), notify.ErrSignature)
}

func TestVerify_RefusesEverythingElse(t *testing.T) {
	t.Parallel()
	now := time.Unix(1700000000, 0)
	good := notify.Sign([]byte("body"), now, signingKey())
	for name, tc := range map[string]struct {
		header, body string
		now          time.Time
	}{
		"another body":      {good, "body ", now},
		"replayed":          {good, "body", now.Add(61 * time.Second)},
		"from the future":   {good, "body", now.Add(-61 * time.Second)},
		"another time":      {strings.Replace(good, "t=17", "t=18", 1), "body", now.Add(100000000 * time.Second)},
		"another signature": {good[:len(good)-2] + "00", "body", now},
		"cut short":         {good[:len(good)-2], "body", now},
		"no signature":      {"t=1700000000", "body", now},
		"empty signature":   {"t=1700000000,v1=", "body", now},
		"another version":   {strings.Replace(good, "v1=", "v0=", 1), "body", now},
		"no time":           {strings.TrimPrefix(good, "t=1700000000,"), "body", now},
		"endless time":      {"t=9223372036854775807,v1=00", "body", now},
		"nothing":           {"", "body", now},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.ErrorIs(t, notify.Verify(tc.header, []byte(tc.body), signingKey(), tc.now, time.Minute), notify.ErrSignature)
		})
	}
	require.NoError(t, notify.Verify(good, []byte("body"), signingKey(), now.Add(59*time.Second), time.Minute))
}
