package secrets

import (
	"context"
	"crypto/sha256"
)

// people names the secret that marks what is known of people. It is no record's, and
// is never destroyed: a purge takes the marks themselves away.
const people = "people"

// Mark returns a keyed hash of a text: the same text has the same mark, and without
// the key nobody finds a text by trying. Where encryption is off it is a plain hash.
func (v *Vault) Mark(ctx context.Context, text string) ([]byte, error) {
	secret, err := v.secret(ctx, question{people, true})
	if err != nil {
		return nil, publicly(err)
	}
	if secret == nil {
		sum := sha256.Sum256([]byte(text))
		return sum[:], nil
	}
	return secret.Mark(text), nil
}
