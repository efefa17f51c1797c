package devtoken

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/go-jose/go-jose/v4"
)

// Key is the private development key. Its zero value signs nothing.
type Key struct{ jwk jose.JSONWebKey }

// Load reads the private JWK in file. The error of a missing file matches
// [fs.ErrNotExist]. A file that others may read is refused.
func Load(file string) (Key, error) {
	info, err := os.Stat(file)
	if err != nil {
		return Key{}, fmt.Errorf("development key: %w", err)
	}
	if open := info.Mode().Perm() & 0o077; open != 0 {
		return Key{}, fmt.Errorf("development key %s can be read by others; chmod 600 it", file)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return Key{}, fmt.Errorf("development key: %w", err)
	}
	var key Key
	if err := json.Unmarshal(data, &key.jwk); err != nil {
		return Key{}, fmt.Errorf("development key %s is not a JWK: %w", file, err)
	}
	if private, ok := key.jwk.Key.(*ecdsa.PrivateKey); !ok || private.Curve != elliptic.P256() || !key.jwk.Valid() {
		return Key{}, fmt.Errorf("development key %s is not a private P-256 key", file)
	}
	return key, nil
}

// LoadOrCreate reads the key in file, or makes one where there is none, in a
// file of mode 0600. Processes that start at the same time agree on one key: it
// appears complete or not at all, and never replaces another.
func LoadOrCreate(file string) (Key, error) {
	key, err := Load(file)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	data, err := generate()
	if err != nil {
		return Key{}, fmt.Errorf("making a development key: %w", err)
	}
	if err := place(file, data); err != nil && !errors.Is(err, fs.ErrExist) {
		return Key{}, fmt.Errorf("storing the development key: %w", err)
	}
	return Load(file)
}

// generate returns a new private key as a JWK whose ID is its own thumbprint.
func generate() ([]byte, error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	jwk := jose.JSONWebKey{Key: private, Algorithm: Algorithm, Use: "sig"}
	thumbprint, err := jwk.Thumbprint(crypto.SHA256)
	if err != nil {
		return nil, err
	}
	jwk.KeyID = base64.RawURLEncoding.EncodeToString(thumbprint)
	return json.MarshalIndent(jwk, "", "  ")
}

// place writes data beside file, whose folder it makes, and links it there. Unlike
// a rename, a link fails with [fs.ErrExist] when another process was first.
func place(file string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	temporary, err := os.CreateTemp(filepath.Dir(file), ".key-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name())
	_, written := temporary.Write(data)
	if err := errors.Join(written, temporary.Sync(), temporary.Close()); err != nil {
		return err
	}
	return os.Link(temporary.Name(), file)
}
