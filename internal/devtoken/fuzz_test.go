package devtoken_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"homeward/internal/devtoken"
)

// A key file is a private key that signs, or it is refused without a word of it.
func FuzzLoad(f *testing.F) {
	good := filepath.Join(f.TempDir(), "good.jwk")
	if _, err := devtoken.LoadOrCreate(good); err != nil {
		f.Fatal(err)
	}
	whole, err := os.ReadFile(good)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add(whole[:len(whole)/2])
	for _, text := range []string{"", "{}", "null", `{"kty":"oct","k":"c2VjcmV0"}`, `{"kty":"EC","crv":"P-256","x":"AA","y":"AA","d":"AA"}`, `{"kty":"EC","crv":"P-521"}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		file := filepath.Join(t.TempDir(), "key.jwk")
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		key, err := devtoken.Load(file)
		if err != nil {
			if strings.Contains(err.Error(), "\n") || len(err.Error()) > 1000 {
				t.Fatalf("not a good error: %q", err)
			}
			return
		}
		if _, err := devtoken.Sign(key, supervisor(), time.Hour, time.Now()); err != nil {
			t.Fatalf("a key was read that does not sign: %v", err)
		}
	})
}
