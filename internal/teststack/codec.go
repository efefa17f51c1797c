package teststack

import (
	"context"
	"crypto/rand"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/common/v1"
	"go.temporal.io/api/failure/v1"
	"go.temporal.io/api/proxy"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"google.golang.org/protobuf/proto"

	"homeward/casework"
	"homeward/internal/codec"
	"homeward/postgres"
)

// Keys are the encryption keys of the tests, in the form of a key file. They are
// published here and protect nothing.
const Keys = "test bm90IGEgc2VjcmV0OiB0aGUga2V5IG9mIHRoZSB0ZXM="

// Ring returns the ring of some keys.
func Ring(t testing.TB, keys string) *codec.Ring {
	t.Helper()
	ring, err := codec.Open(func() ([]byte, error) { return []byte(keys), nil })
	require.NoError(t, err)
	return ring
}

// Codec returns the codec of a namespace with the keys of a ring.
func Codec(namespace string, ring *codec.Ring) *codec.Codec {
	return codec.New(codec.Options{Ring: ring, Namespace: namespace, Random: rand.Reader})
}

// Secrets are those of the records in a database that can be away.
type Secrets struct {
	*postgres.DB

	away atomic.Bool
}

// Away says whether the database answers from now on.
func (s *Secrets) Away(away bool) { s.away.Store(away) }

// Secret implements [homeward/internal/secrets.Store].
func (s *Secrets) Secret(ctx context.Context, record string) (codec.Wrapped, error) {
	if s.away.Load() {
		return codec.Wrapped{}, casework.NewError(casework.Unavailable, "The database is away.")
	}
	return s.DB.Secret(ctx, record)
}

// Encrypting are the options of a client that speaks through a codec.
func Encrypting(host, namespace string, c *codec.Codec) client.Options {
	return client.Options{
		HostPort: host, Namespace: namespace, Logger: SDKLog(),
		DataConverter: c.DataConverter(), FailureConverter: c.FailureConverter(),
	}
}

// Decrypt decrypts a message of Temporal where it stands: every payload in it,
// and the texts of failures.
func Decrypt(t testing.TB, c *codec.Codec, message proto.Message) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	require.NoError(t, proxy.VisitPayloads(ctx, message, proxy.VisitPayloadsOptions{
		SkipSearchAttributes: true,
		Visitor: func(_ *proxy.VisitPayloadsContext, payloads []*common.Payload) ([]*common.Payload, error) {
			return c.Decode(payloads)
		},
	}))
	require.NoError(t, proxy.VisitFailures(ctx, message, proxy.VisitFailuresOptions{
		Visitor: func(_ *proxy.VisitFailuresContext, f *failure.Failure) error {
			converter.DecodeCommonFailureAttributes(c.DataConverter(), f)
			f.EncodedAttributes = nil
			return nil
		},
	}))
}
