package vault_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/internal/keyring"
	"homeward/internal/vault"
)

const (
	oldKey   = "2025-06 UEKwkKWvy3eTQXkxrhnTcmvU0jlgm6tSIWXVTIq3dTo="
	newKey   = "2026-06 mS9+8Ni5OaDvmkUpFTFbGYlxLXvHRZJmGD6pXGV1Zgs="
	namesake = "2025-06 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
)

const words = `{"name":"Canary Neighbour"}`

func ring(tb testing.TB, text string) *keyring.Ring {
	tb.Helper()
	r, err := keyring.Open(func() ([]byte, error) { return []byte(text), nil })
	require.NoError(tb, err)
	return r
}

func open(tb testing.TB, compartment, keys string) *vault.Vault {
	tb.Helper()
	return vault.New(compartment, ring(tb, keys), rand.Reader)
}

func place() vault.Place { return vault.Place{Record: "report-1001", Item: "i-1", Subject: "p-7"} }

// reason requires that an item does not open, and returns why.
func reason(t *testing.T, v *vault.Vault, at vault.Place, key string, content []byte) vault.Reason {
	t.Helper()
	_, err := v.Open(at, key, content)
	refused, ok := errors.AsType[*vault.Error](err)
	require.True(t, ok, "%v", err)
	return refused.Reason
}

func TestItem_ComesBackAndCannotBeRead(t *testing.T) {
	t.Parallel()
	v := open(t, "reporter", newKey+"\n"+oldKey)

	key, content, err := v.Seal(place(), []byte(words))

	require.NoError(t, err)
	require.Equal(t, "2026-06", key)
	require.NotContains(t, string(content), "Canary")
	back, err := v.Open(place(), key, content)
	require.NoError(t, err)
	require.True(t, bytes.Equal([]byte(words), back))
	_, again, err := v.Seal(place(), []byte(words))
	require.NoError(t, err)
	require.NotEqual(t, content, again, "the same words twice do not look the same")
}

func TestItem_OpensNowhereElse(t *testing.T) {
	t.Parallel()
	v := open(t, "reporter", oldKey)
	key, content, err := v.Seal(place(), []byte(words))
	require.NoError(t, err)
	for name, moved := range map[string]vault.Place{
		"another record":    {Record: "report-1002", Item: "i-1", Subject: "p-7"},
		"another item":      {Record: "report-1001", Item: "i-2", Subject: "p-7"},
		"another subject":   {Record: "report-1001", Item: "i-1", Subject: "p-8"},
		"no subject":        {Record: "report-1001", Item: "i-1"},
		"a shifted border":  {Record: "report-1001i", Item: "-1", Subject: "p-7"},
		"subject into item": {Record: "report-1001", Item: "i-1p-7"},
	} {
		require.Equal(t, vault.Altered, reason(t, v, moved, key, content), name)
	}
	require.Equal(t, vault.Altered, reason(t, open(t, "treatment", oldKey), place(), key, content), "another compartment")
	require.Equal(t, vault.Altered, reason(t, open(t, "reporter", namesake), place(), key, content), "another key of that name")
	require.Equal(t, vault.MissingKey, reason(t, open(t, "reporter", newKey), place(), key, content))
	for i := range content {
		bent := bytes.Clone(content)
		bent[i] ^= 1
		require.Equal(t, vault.Altered, reason(t, v, place(), key, bent), "byte %d", i)
	}
}

func TestRotation_OldItemsStayReadable(t *testing.T) {
	t.Parallel()
	key, content, err := open(t, "juvenile", oldKey).Seal(place(), []byte(words))
	require.NoError(t, err)
	rotated := open(t, "juvenile", newKey+"\n"+oldKey)

	back, err := rotated.Open(place(), key, content)
	require.NoError(t, err)
	require.True(t, bytes.Equal([]byte(words), back))
	key, _, err = rotated.Seal(place(), []byte(words))
	require.NoError(t, err)
	require.Equal(t, "2026-06", key, "what is new has the new key")
}

func TestItem_LengthSaysLittle(t *testing.T) {
	t.Parallel()
	v := open(t, "reporter", oldKey)
	lengths := make(map[int]bool)
	for _, n := range []int{0, 1, 127, 128, 200, 254} {
		_, content, err := v.Seal(place(), bytes.Repeat([]byte("x"), n))
		require.NoError(t, err)
		lengths[len(content)] = true
	}
	require.Len(t, lengths, 1)
}

func TestVault_WithoutAKeySealsNothing(t *testing.T) {
	t.Parallel()
	_, content, err := vault.New("reporter", nil, rand.Reader).Seal(place(), []byte(words))
	require.ErrorContains(t, err, "no key to encrypt with")
	require.Nil(t, content)
	_, _, err = vault.New("reporter", ring(t, oldKey), strings.NewReader("short")).Seal(place(), []byte(words))
	require.ErrorContains(t, err, "no random nonce")
}

// Whatever the database gives back, only what was sealed for the place opens, and
// a refusal says nothing of it.
func FuzzOpen(f *testing.F) {
	v := vault.New("reporter", ring(f, newKey+"\n"+oldKey), strings.NewReader("twelve bytes"))
	key, genuine, err := v.Seal(place(), []byte(words))
	require.NoError(f, err)
	f.Add(key, "report-1001", "i-1", "p-7", genuine)
	f.Fuzz(func(t *testing.T, key, record, item, subject string, content []byte) {
		at := vault.Place{Record: record, Item: item, Subject: subject}
		plain, err := v.Open(at, key, content)
		if err == nil {
			if at != place() || !bytes.Equal(content, genuine) || string(plain) != words {
				t.Fatal("a forged item was opened")
			}
			return
		}
		if _, ok := errors.AsType[*vault.Error](err); !ok || len(err.Error()) > 200 || strings.ContainsAny(err.Error(), "\n\x00") {
			t.Fatalf("not a good error: %q", err)
		}
	})
}

// Every item comes back as it was.
func FuzzRoundTrip(f *testing.F) {
	v := open(f, "adoption", newKey)
	f.Add([]byte(words), "report-1001", "i-1", "p-7")
	f.Fuzz(func(t *testing.T, plain []byte, record, item, subject string) {
		at := vault.Place{Record: record, Item: item, Subject: subject}
		key, content, err := v.Seal(at, plain)
		if err != nil {
			t.Fatal(err)
		}
		back, err := v.Open(at, key, content)
		if err != nil || !bytes.Equal(plain, back) {
			t.Fatalf("%q came back as %q: %v", plain, back, err)
		}
	})
}
