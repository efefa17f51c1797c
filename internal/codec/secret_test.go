package codec_test

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"
	"google.golang.org/protobuf/proto"

	"homeward/internal/codec"
)

// secrets are those of some workflows, in place of a database.
type secrets struct {
	made map[string]*codec.Secret
	err  error
}

func (s secrets) Making(workflow string) (*codec.Secret, error) { return s.made[workflow], s.err }

func (s secrets) Known(workflow string) (*codec.Secret, error) { return s.made[workflow], s.err }

// having returns the codec of case-1002, whose source of secrets is s.
func having(s codec.Secrets, r *codec.Ring) converter.PayloadCodec {
	return codec.New(codec.Options{Ring: r, Secrets: s, Namespace: "homeward", Random: rand.Reader}).
		WithSerializationContext(converter.WorkflowSerializationContext{Namespace: "homeward", WorkflowID: "case-1002"})
}

func filled(with byte) *codec.Secret { return codec.SecretOf(bytes.Repeat([]byte{with}, 32)) }

func own(fill byte) secrets {
	return secrets{made: map[string]*codec.Secret{"case-1002": filled(fill)}}
}

// The expected bytes were computed apart from this program, as in
// TestCodec_KeepsItsForm: HMAC-SHA256(key, secret) in the place of the key.
func TestCodecWithSecrets_KeepsItsForm(t *testing.T) {
	t.Parallel()
	nonce := []byte{100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111}
	c := codec.New(codec.Options{
		Ring: ring(t, newKey), Secrets: own(7), Namespace: "homeward", Random: bytes.NewReader(nonce),
	}).WithSerializationContext(converter.ActivitySerializationContext{WorkflowID: "case-1002"})
	closed := sealed(t, c, secret())
	require.Equal(t, map[string][]byte{
		"encoding": []byte("binary/homeward-v4"), "key": []byte("2026-06"), "of": []byte("case-1002"),
	}, closed.GetMetadata())
	require.Equal(t, "ZGVmZ2hpamtsbW5vEsoce6D/crrxuXO+nCZxPXU1DZcsw1g6QpY=", base64.StdEncoding.EncodeToString(closed.GetData()))
}

func TestCodecWithSecrets_NeedsBothTheKeyAndTheSecret(t *testing.T) {
	t.Parallel()
	closed := sealed(t, having(own(7), ring(t, newKey)), secret())
	back, err := opened(having(own(7), ring(t, oldKey, newKey)), closed)
	require.NoError(t, err)
	require.True(t, proto.Equal(secret(), back))

	require.Equal(t, codec.MissingKey, reason(t, having(own(7), ring(t, oldKey)), closed))
	require.Equal(t, codec.Altered, reason(t, having(own(8), ring(t, newKey)), closed))
	require.Equal(t, codec.MissingSecret, reason(t, having(secrets{}, ring(t, newKey)), closed))
	require.Equal(t, codec.MissingSecret, reason(t, of("case-1002", ring(t, newKey)), closed), "a tool without a database")
	destroyed := secrets{err: &codec.Error{Reason: codec.Destroyed}}
	require.Equal(t, codec.Destroyed, reason(t, having(destroyed, ring(t, newKey)), closed))

	for _, encoding := range []string{codec.Encoding, codec.EncodingRecord} {
		passed, _ := proto.Clone(closed).(*common.Payload)
		passed.Metadata["encoding"] = []byte(encoding)
		_, err := opened(having(own(7), ring(t, newKey)), passed)
		require.Equal(t, encoding == codec.EncodingRecord, err == nil, "one cannot be passed off as the other")
	}
}

func TestCodecWithSecrets_ReadsWhatTheRingAloneHasSealed(t *testing.T) {
	t.Parallel()
	closed := sealed(t, of("case-1002", ring(t, newKey)), secret())
	for _, s := range []secrets{own(7), {}, {err: errors.New("away")}} {
		back, err := opened(having(s, ring(t, newKey)), closed)
		require.NoError(t, err)
		require.True(t, proto.Equal(secret(), back))
	}
}

func TestCodecWithSecrets_SealsWithTheRingAloneWhatIsNoRecords(t *testing.T) {
	t.Parallel()
	c := codec.New(codec.Options{Ring: ring(t, newKey), Secrets: own(7), Namespace: "homeward", Random: rand.Reader})
	for _, workflow := range []string{"", "purge-1"} {
		closed := sealed(t, c.WithSerializationContext(converter.WorkflowSerializationContext{WorkflowID: workflow}), secret())
		require.Equal(t, codec.Encoding, string(closed.GetMetadata()["encoding"]))
	}
}

func TestCodecWithSecrets_SealsNothingWhileTheyCannotBeLookedUp(t *testing.T) {
	t.Parallel()
	away := secrets{err: errors.New("away")}
	_, err := having(away, ring(t, newKey)).Encode([]*common.Payload{secret()})
	e, ok := errors.AsType[*codec.Error](err)
	require.True(t, ok)
	require.Equal(t, codec.MissingSecret, e.Reason)
	require.ErrorContains(t, errors.Unwrap(err), "away", "the log says why")
	require.NotContains(t, err.Error(), "away")

	worker := codec.New(codec.Options{Ring: ring(t, newKey), Secrets: away, Namespace: "homeward", Random: rand.Reader}).ForWorker()
	activity := converter.ActivitySerializationContext{Namespace: "homeward", WorkflowID: "case-1002"}
	failing := converter.WithFailureConverterSerializationContext(worker.FailureConverter(), activity)
	failure := failing.ErrorToFailure(errors.New("xq7words"))
	require.NotContains(t, failure.String(), "xq7words")
	require.False(t, failure.GetApplicationFailureInfo().GetNonRetryable(), "an activity is tried again")
	workflow := converter.WorkflowSerializationContext{Namespace: "homeward", WorkflowID: "case-1002"}
	require.Panics(t, func() {
		converter.WithFailureConverterSerializationContext(worker.FailureConverter(), workflow).ErrorToFailure(errors.New("a refusal"))
	}, "an answer is not exchanged for another")
}

func TestSecret_IsWrappedForItsRecord(t *testing.T) {
	t.Parallel()
	both := ring(t, newKey, oldKey)
	random := make([]byte, 32+12) // and a nonce
	_, err := rand.Read(random)
	require.NoError(t, err)
	fresh, wrapped, err := both.NewSecret(bytes.NewReader(random), "case-1002")
	require.NoError(t, err)
	require.Equal(t, codec.SecretOf(random[:32]), fresh)
	require.NotContains(t, fmt.Sprintf("%v %+v %s", fresh, fresh, fresh), string(random[:32]))
	require.Equal(t, "2026-06", wrapped.Key)
	require.NotContains(t, string(wrapped.Sealed), string(random[:32]))
	back, err := both.Unwrap("case-1002", wrapped)
	require.NoError(t, err)
	require.Equal(t, fresh, back)

	why := func(r *codec.Ring, record string, w codec.Wrapped) codec.Reason {
		_, err := r.Unwrap(record, w)
		e, ok := errors.AsType[*codec.Error](err)
		require.True(t, ok)
		return e.Reason
	}
	require.Equal(t, codec.Altered, why(both, "case-1003", wrapped))
	require.Equal(t, codec.MissingKey, why(ring(t, oldKey), "case-1002", wrapped))
	other := wrapped
	other.Digest = strings.Repeat("0", 64)
	require.Equal(t, codec.Altered, why(both, "case-1002", other))

	_, err = new(codec.Ring).Wrap(rand.Reader, "case-1002", fresh)
	require.EqualError(t, err, "codec: there is no key to encrypt with")
	for _, random := range []io.Reader{iotest.ErrReader(errors.New("broken")), io.LimitReader(rand.Reader, 40)} {
		_, _, err = both.NewSecret(random, "case-1002")
		require.Error(t, err)
	}
}

func TestText_OpensInItsPlaceAlone(t *testing.T) {
	t.Parallel()
	mine := filled(1)
	closed, err := mine.SealText(rand.Reader, "case-1002", "t-1", "Nobody was home.")
	require.NoError(t, err)
	require.NotContains(t, string(closed), "home")
	words, ok := mine.OpenText("case-1002", "t-1", closed)
	require.True(t, ok)
	require.Equal(t, "Nobody was home.", words)
	for _, c := range []struct {
		secret       *codec.Secret
		record, text string
		sealed       []byte
	}{
		{filled(2), "case-1002", "t-1", closed},
		{mine, "case-1003", "t-1", closed},
		{mine, "case-1002", "t-2", closed},
		{mine, "case-1002", "t-1", closed[:20]},
		{mine, "case-1002", "t-1", nil},
		{nil, "case-1002", "t-1", closed},
	} {
		_, ok := c.secret.OpenText(c.record, c.text, c.sealed)
		require.False(t, ok)
	}
}
