package devtoken_test

import (
	"crypto"
	"encoding/base64"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/devtoken"
)

func supervisor() devtoken.Claims {
	return devtoken.Claims{Subject: "w-2", Role: casework.RoleSupervisor, Office: "north", Name: "Sample Supervisor"}
}

func TestSign_IsAcceptedByTheProductionVerifier(t *testing.T) {
	t.Parallel()
	key, file := newKey(t)
	token, err := verifier(t, file, devtoken.Issuer, devtoken.Audience).
		Verify(t.Context(), sign(t, key, time.Hour, time.Now()))
	require.NoError(t, err)
	require.Equal(t, "w-2", token.Subject)

	got := devtoken.Claims{Subject: token.Subject}
	require.NoError(t, token.Claims(&got))
	require.Equal(t, supervisor(), got)
}

func TestVerifier_RefusesOtherTokens(t *testing.T) {
	t.Parallel()
	key, file := newKey(t)
	stranger, _ := newKey(t)
	good := sign(t, key, time.Hour, time.Now())
	for name, tc := range map[string]struct{ token, issuer, audience string }{
		"expired":         {sign(t, key, time.Hour, time.Now().Add(-2*time.Hour)), devtoken.Issuer, devtoken.Audience},
		"not valid yet":   {sign(t, key, 3*time.Hour, time.Now().Add(time.Hour)), devtoken.Issuer, devtoken.Audience},
		"other issuer":    {good, "https://login.example.org", devtoken.Audience},
		"other audience":  {good, devtoken.Issuer, "payroll"},
		"other key":       {sign(t, stranger, time.Hour, time.Now()), devtoken.Issuer, devtoken.Audience},
		"algorithm none":  {unsigned(t, good), devtoken.Issuer, devtoken.Audience},
		"role changed":    {promoted(t, good), devtoken.Issuer, devtoken.Audience},
		"signature gone":  {good[:strings.LastIndex(good, ".")+1], devtoken.Issuer, devtoken.Audience},
		"no token at all": {"", devtoken.Issuer, devtoken.Audience},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := verifier(t, file, tc.issuer, tc.audience).Verify(t.Context(), tc.token)
			require.Error(t, err)
		})
	}
}

func TestSign_RefusesIncompleteClaims(t *testing.T) {
	t.Parallel()
	key, _ := newKey(t)
	for name, claims := range map[string]devtoken.Claims{
		"no subject":   {Role: casework.RoleHotline},
		"no role":      {Subject: "w-1"},
		"unknown role": {Subject: "w-1", Role: "owner"},
		"system":       {Subject: "w-1", Role: casework.RoleSystem},
	} {
		_, err := devtoken.Sign(key, claims, time.Hour, time.Now())
		require.Error(t, err, name)
	}
	_, err := devtoken.Sign(key, supervisor(), 0, time.Now())
	require.Error(t, err)
	_, err = devtoken.Sign(devtoken.Key{}, supervisor(), time.Hour, time.Now())
	require.Error(t, err)
}

func TestLoadOrCreate_AgreesOnOneKeyOfTheOwnerAlone(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "new", "key.jwk")
	keys := make([]devtoken.Key, 8)
	var all sync.WaitGroup
	for i := range keys {
		all.Go(func() {
			key, err := devtoken.LoadOrCreate(file)
			if err == nil {
				keys[i] = key
			}
		})
	}
	all.Wait()
	info, err := os.Stat(file)
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o600), info.Mode().Perm())
	for _, key := range keys {
		_, err := verifier(t, file, devtoken.Issuer, devtoken.Audience).Verify(t.Context(), sign(t, key, time.Hour, time.Now()))
		require.NoError(t, err)
	}
	left, err := os.ReadDir(filepath.Dir(file))
	require.NoError(t, err)
	require.Len(t, left, 1, "no temporary file stays")
}

func TestLoad_RefusesWhatIsNoPrivateKey(t *testing.T) {
	t.Parallel()
	_, file := newKey(t)
	whole, err := os.ReadFile(file)
	require.NoError(t, err)
	for name, content := range map[string]string{
		"empty":     "",
		"cut short": string(whole[:len(whole)/2]),
		"not a key": "{}",
		"public":    public(t, whole),
		"symmetric": `{"kty":"oct","k":"c2VjcmV0"}`,
	} {
		other := filepath.Join(t.TempDir(), "key.jwk")
		require.NoError(t, os.WriteFile(other, []byte(content), 0o600))
		_, err := devtoken.LoadOrCreate(other)
		require.Error(t, err, name)
		kept, err := os.ReadFile(other)
		require.NoError(t, err)
		require.Equal(t, content, string(kept), "a broken key is not replaced")
	}
	require.NoError(t, os.Chmod(file, 0o640))
	_, err = devtoken.Load(file)
	require.ErrorContains(t, err, "chmod 600")
}

func TestPublicKeys_NeverMakesAKey(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "key.jwk")
	_, err := devtoken.PublicKeys(file)
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.NoFileExists(t, file)
}

func newKey(t *testing.T) (devtoken.Key, string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "key.jwk")
	key, err := devtoken.LoadOrCreate(file)
	require.NoError(t, err)
	return key, file
}

func sign(t *testing.T, key devtoken.Key, ttl time.Duration, now time.Time) string {
	t.Helper()
	token, err := devtoken.Sign(key, supervisor(), ttl, now)
	require.NoError(t, err)
	return token
}

// verifier is the one that the API uses, with the development keys.
func verifier(t *testing.T, file, issuer, audience string) *oidc.IDTokenVerifier {
	t.Helper()
	keys, err := devtoken.PublicKeys(file)
	require.NoError(t, err)
	require.NotEmpty(t, keys)
	return oidc.NewVerifier(issuer, &oidc.StaticKeySet{PublicKeys: append([]crypto.PublicKey{}, keys...)},
		&oidc.Config{ClientID: audience, SupportedSigningAlgs: []string{devtoken.Algorithm}})
}

// unsigned is the same token under the algorithm "none".
func unsigned(t *testing.T, token string) string {
	t.Helper()
	header := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"JWT"}`))
	return header + "." + strings.Split(token, ".")[1] + "."
}

// promoted is the same token for a manager.
func promoted(t *testing.T, token string) string {
	t.Helper()
	parts := strings.Split(token, ".")
	claims, err := base64.RawURLEncoding.DecodeString(parts[1])
	require.NoError(t, err)
	changed := strings.Replace(string(claims), "supervisor", "manager", 1)
	require.NotEqual(t, string(claims), changed)
	parts[1] = base64.RawURLEncoding.EncodeToString([]byte(changed))
	return strings.Join(parts, ".")
}

// public is a JWK without its private part.
func public(t *testing.T, jwk []byte) string {
	t.Helper()
	var fields map[string]any
	require.NoError(t, json.Unmarshal(jwk, &fields))
	delete(fields, "d")
	half, err := json.Marshal(fields)
	require.NoError(t, err)
	return string(half)
}
