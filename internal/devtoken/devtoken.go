// Package devtoken signs tokens for development and tests. The key pair lies in
// one private JWK file; the API verifies these tokens through the same OIDC
// verifier as those of a production issuer, with other keys.
package devtoken

import (
	"crypto"
	"fmt"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"homeward/casework"
)

// What a verifier must expect of a development token. The issuer can never
// resolve (RFC 2606), so no production token can claim it.
const (
	Issuer    = "https://homeward.invalid/dev"
	Audience  = "homeward"
	Algorithm = string(jose.ES256)
)

// Claims says whom a token is for.
type Claims struct {
	// Subject is the opaque worker ID.
	Subject string        `json:"-"`
	Role    casework.Role `json:"role"`
	// Office limits what the person sees; empty for none.
	Office string `json:"office,omitempty"`
	// Name is for display alone.
	Name string `json:"name,omitempty"`
}

// Sign returns a signed compact JWT for claims, valid from now for ttl. The
// claims beside the registered ones are role, office and name.
func Sign(key Key, claims Claims, ttl time.Duration, now time.Time) (string, error) {
	if claims.Subject == "" || (!claims.Role.Known() && claims.Role != casework.RoleService) || ttl <= 0 {
		return "", fmt.Errorf("a token needs a subject, a known role (not %q) and a lifetime above 0", claims.Role)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: key.jwk},
		new(jose.SignerOptions).WithType("JWT"))
	if err != nil {
		return "", fmt.Errorf("signing with the development key: %w", err)
	}
	registered := jwt.Claims{
		Issuer:    Issuer,
		Audience:  jwt.Audience{Audience},
		Subject:   claims.Subject,
		IssuedAt:  jwt.NewNumericDate(now),
		NotBefore: jwt.NewNumericDate(now),
		Expiry:    jwt.NewNumericDate(now.Add(ttl)),
	}
	return jwt.Signed(signer).Claims(registered).Claims(claims).Serialize()
}

// PublicKeys returns the public half of the key in file, in the form that
// oidc.StaticKeySet takes. It never makes a key: a verifier must not start with
// a key that nobody signs with.
func PublicKeys(file string) ([]crypto.PublicKey, error) {
	key, err := Load(file)
	if err != nil {
		return nil, err
	}
	return []crypto.PublicKey{key.jwk.Public().Key}, nil
}
