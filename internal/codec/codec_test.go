package codec_test

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"io"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"
	"google.golang.org/protobuf/proto"

	"homeward/internal/codec"
)

// Lines of key files.
const (
	oldKey = "2025-06 UEKwkKWvy3eTQXkxrhnTcmvU0jlgm6tSIWXVTIq3dTo="
	newKey = "2026-06 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
)

// ring returns the ring of the keys on these lines.
func ring(t testing.TB, lines ...string) *codec.Ring {
	t.Helper()
	text := []byte{}
	for _, line := range lines {
		text = append(text, line+"\n"...)
	}
	r, err := codec.Open(func() ([]byte, error) { return text, nil })
	require.NoError(t, err)
	return r
}

// of returns the codec of a workflow in the namespace homeward.
func of(workflow string, r *codec.Ring) converter.PayloadCodec {
	return in("homeward", workflow, r)
}

func in(namespace, workflow string, r *codec.Ring) converter.PayloadCodec {
	return codec.New(codec.Options{Ring: r, Namespace: namespace, Random: rand.Reader}).
		WithSerializationContext(converter.WorkflowSerializationContext{Namespace: namespace, WorkflowID: workflow})
}

// secret is a payload that nobody must read.
func secret() *common.Payload {
	return &common.Payload{
		Metadata: map[string][]byte{converter.MetadataEncoding: []byte("json/plain")}, Data: []byte(`"overdue"`),
	}
}

// sealed returns the one payload that a codec makes of p.
func sealed(t testing.TB, by converter.PayloadCodec, p *common.Payload) *common.Payload {
	t.Helper()
	out, err := by.Encode([]*common.Payload{p})
	require.NoError(t, err)
	require.Len(t, out, 1)
	return out[0]
}

// opened returns what a codec reads of one payload.
func opened(by converter.PayloadCodec, p *common.Payload) (*common.Payload, error) {
	out, err := by.Decode([]*common.Payload{p})
	if err != nil {
		return nil, err
	}
	return out[0], nil
}

// reason returns why a codec does not read a payload.
func reason(t testing.TB, by converter.PayloadCodec, p *common.Payload) codec.Reason {
	t.Helper()
	_, err := opened(by, p)
	e, ok := errors.AsType[*codec.Error](err)
	require.True(t, ok, "%v", err)
	return e.Reason
}

func TestCodec_GivesBackWhatItHasSealed(t *testing.T) {
	t.Parallel()
	c := of("case-1002", ring(t, newKey))
	for name, p := range map[string]*common.Payload{
		"json":    secret(),
		"nothing": {},
		"nil":     {Metadata: map[string][]byte{converter.MetadataEncoding: []byte("binary/null")}},
		"more":    {Metadata: map[string][]byte{converter.MetadataEncoding: []byte("json/plain"), "more": {1}}, Data: []byte("{}")},
		"outside": {
			Metadata:         map[string][]byte{converter.MetadataEncoding: []byte("json/plain")},
			ExternalPayloads: []*common.Payload_ExternalPayloadDetails{{SizeBytes: 5}},
		},
		"large": {Metadata: map[string][]byte{"messageType": []byte("m")}, Data: bytes.Repeat([]byte{0, 255}, 1<<19)},
	} {
		before := proto.Clone(p)
		closed := sealed(t, c, p)
		require.True(t, proto.Equal(before, p), "the argument is left alone")
		require.True(t, codec.Sealed(closed), name)
		back, err := opened(c, closed)
		require.NoError(t, err, name)
		require.True(t, proto.Equal(p, back), name)
	}
}

// Runs live for years: what one release has sealed, every later one opens. The
// expected bytes were computed apart from this program, by HMAC-SHA256 and
// AES-256-GCM of other libraries.
func TestCodec_KeepsItsForm(t *testing.T) {
	t.Parallel()
	nonce := []byte{100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111}
	c := codec.New(codec.Options{Ring: ring(t, newKey), Namespace: "homeward", Random: bytes.NewReader(nonce)}).
		WithSerializationContext(converter.ActivitySerializationContext{WorkflowID: "case-1002"})
	closed := sealed(t, c, secret())
	require.Equal(t, map[string][]byte{
		"encoding": []byte("binary/homeward-v3"), "key": []byte("2026-06"), "of": []byte("case-1002"),
	}, closed.GetMetadata())
	require.Equal(t, "ZGVmZ2hpamtsbW5v4zNtizZ0CJdI5bpwUxxH37SFHSZ24W371O0=",
		base64.StdEncoding.EncodeToString(closed.GetData()))
}

// wide is a payload of case-1002 as it was sealed before the brief forms.
func wide(t testing.TB, encoding, data string) *common.Payload {
	t.Helper()
	bytes, err := base64.StdEncoding.DecodeString(data)
	require.NoError(t, err)
	return &common.Payload{Data: bytes, Metadata: map[string][]byte{
		"encoding": []byte(encoding), "encryption-key-id": []byte("2026-06"), "workflow-id": []byte("case-1002"),
	}}
}

func TestCodec_OpensWhatEarlierReleasesHaveSealed(t *testing.T) {
	t.Parallel()
	for _, p := range []*common.Payload{
		wide(t, "binary/homeward-v1", "ZGVmZ2hpamtsbW5vldnsrudM5kNkw8ddVVhqBEa4fMQ/K1aMAsp9Fa68zkADPVjcgyE79geqILF/rmlNMhvI"),
		wide(t, "binary/homeward-v2", "ZGVmZ2hpamtsbW5vbIHw5auKjYf37l9vmeigmZ3Fs79wobaXq7BZPNpT5k7Fv88/9MeTht7b1MAFY9HTkDPt"),
	} {
		require.Equal(t, "case-1002", codec.WorkflowOf(p))
		require.Equal(t, "2026-06", codec.KeyOf(p))
		back, err := opened(having(own(7), ring(t, oldKey, newKey)), p)
		require.NoError(t, err)
		require.True(t, proto.Equal(secret(), back))
		require.Equal(t, codec.Misplaced, reason(t, of("case-1003", ring(t, newKey)), p))
		p.Data[20] ^= 1
		require.Equal(t, codec.Altered, reason(t, having(own(7), ring(t, newKey)), p))
	}
}

// Sealed with the right key, by a program that is not this one.
func TestCodec_RefusesWhatIsNoPayload(t *testing.T) {
	t.Parallel()
	for what, data := range map[string]string{
		"nothing":             "ZGVmZ2hpamtsbW5vRYXfd3dtjseRO3clfT0/pQ==",
		"a kind of tomorrow":  "ZGVmZ2hpamtsbW5v4Gp/juhCn9UiZ8dCR2knBcDZ8g==",
		"protobuf cut in two": "ZGVmZ2hpamtsbW5v4u79TSqHSfDYDdWPznQ0Wu8zcg==",
	} {
		p := sealed(t, of("case-1002", ring(t, newKey)), secret())
		bytes, err := base64.StdEncoding.DecodeString(data)
		require.NoError(t, err)
		p.Data = bytes
		require.Equal(t, codec.Malformed, reason(t, of("case-1002", ring(t, newKey)), p), what)
	}
}

// A step of a case leaves five payloads, each a few hundred bytes, in a history that
// is kept for years.
func TestCodec_AddsLittle(t *testing.T) {
	t.Parallel()
	c := of("case-1708826491000001", ring(t, newKey))
	require.LessOrEqual(t, proto.Size(sealed(t, c, secret()))-proto.Size(secret()), 85)
}

func TestCodec_ShowsNothing(t *testing.T) {
	t.Parallel()
	c := of("case-1002", ring(t, newKey))
	one, other := sealed(t, c, secret()), sealed(t, c, secret())
	stored, err := proto.Marshal(one)
	require.NoError(t, err)
	require.NotContains(t, string(stored), "overdue")
	require.NotContains(t, string(stored), "json/plain")
	require.NotEqual(t, one.GetData(), other.GetData(), "not even that two payloads are the same")
}

func TestCodec_LeavesAloneWhatItHasNotSealed(t *testing.T) {
	t.Parallel()
	for _, p := range []*common.Payload{
		secret(),
		{},
		{Data: []byte{1}},
		{Metadata: map[string][]byte{converter.MetadataEncoding: []byte("binary/encrypted")}, Data: []byte{1}},
	} {
		back, err := opened(of("case-1002", ring(t, newKey)), p)
		require.NoError(t, err)
		require.Same(t, p, back)
	}
}

func TestCodec_RefusesWhatWasAltered(t *testing.T) {
	t.Parallel()
	c := of("case-1002", ring(t, newKey))
	genuine := sealed(t, c, secret())
	for i := range genuine.GetData() {
		forged := proto.CloneOf(genuine)
		forged.Data[i] ^= 1
		require.Equal(t, codec.Altered, reason(t, c, forged), "byte %d", i)
	}
	for length := range genuine.GetData() {
		forged := proto.CloneOf(genuine)
		forged.Data = forged.GetData()[:length]
		require.Equal(t, codec.Altered, reason(t, c, forged), "cut to %d bytes", length)
	}
}

func TestCodec_RefusesWhatBelongsElsewhere(t *testing.T) {
	t.Parallel()
	keys := ring(t, newKey, oldKey)
	genuine := sealed(t, of("case-1002", keys), secret())
	require.Equal(t, codec.Misplaced, reason(t, of("case-1003", keys), genuine), "another record")
	require.Equal(t, codec.Altered, reason(t, in("other", "case-1002", keys), genuine), "another namespace")
	for name, value := range map[string]string{"of": "case-1003", "key": "2025-06"} {
		forged := proto.CloneOf(genuine)
		forged.Metadata[name] = []byte(value)
		require.Equal(t, codec.Altered, reason(t, of("", keys), forged), name)
	}
	forged := proto.CloneOf(genuine)
	delete(forged.Metadata, "of")
	require.Equal(t, codec.Altered, reason(t, of("case-1003", keys), forged), "made out to belong to none")
}

func TestCodec_OpensForWhoeverIsNotBoundToAnotherWorkflow(t *testing.T) {
	t.Parallel()
	keys := ring(t, newKey)
	for _, p := range []*common.Payload{sealed(t, of("case-1002", keys), secret()), sealed(t, of("", keys), secret())} {
		for _, reader := range []string{"", "case-1002"} {
			back, err := opened(of(reader, keys), p)
			require.NoError(t, err)
			require.True(t, proto.Equal(secret(), back))
		}
	}
}

func TestCodec_NamesTheKeyThatIsMissingAndNothingElse(t *testing.T) {
	t.Parallel()
	_, err := opened(of("case-1002", ring(t, newKey)), sealed(t, of("case-1002", ring(t, oldKey)), secret()))
	require.EqualError(t, err, "codec: key 2025-06 is missing")

	for _, strange := range []string{"", "a\nb", "overdue overdue", string(bytes.Repeat([]byte("k"), 65))} {
		p := sealed(t, of("", ring(t, newKey)), secret())
		p.Metadata["key"] = []byte(strange)
		_, err := opened(of("", ring(t, newKey)), p)
		require.Error(t, err)
		require.NotContains(t, err.Error(), "\n")
		require.NotContains(t, err.Error(), "overdue")
		require.Less(t, len(err.Error()), 80)
	}
}

func TestCodec_TellsOfWhatItCouldNotRead(t *testing.T) {
	t.Parallel()
	var told []codec.Reason
	c := codec.New(codec.Options{
		Ring: ring(t, newKey), Namespace: "homeward", Random: rand.Reader,
		Unreadable: func(e *codec.Error) { told = append(told, e.Reason) },
	})
	_, err := c.Decode([]*common.Payload{secret(), sealed(t, of("", ring(t, oldKey)), secret())})
	require.Error(t, err)
	require.Equal(t, []codec.Reason{codec.MissingKey}, told)
}

func TestWorkersCodec_PanicsSoThatTheTaskIsTriedAgain(t *testing.T) {
	t.Parallel()
	c := codec.New(codec.Options{Ring: ring(t, newKey), Namespace: "homeward", Random: rand.Reader}).ForWorker().
		WithSerializationContext(converter.WorkflowSerializationContext{WorkflowID: "case-1002"})
	require.PanicsWithError(t, "codec: key 2025-06 is missing", func() {
		_, _ = opened(c, sealed(t, of("case-1002", ring(t, oldKey)), secret()))
	})
	back, err := opened(c, sealed(t, c, secret()))
	require.NoError(t, err)
	require.True(t, proto.Equal(secret(), back))
}

func TestCodec_SendsNothingWhereItCannotEncrypt(t *testing.T) {
	t.Parallel()
	for want, o := range map[string]codec.Options{
		"codec: there is no key to encrypt with": {Ring: new(codec.Ring), Random: rand.Reader},
		"codec: no random nonce: broken":         {Ring: ring(t, newKey), Random: iotest.ErrReader(errors.New("broken"))},
		"codec: no random nonce: unexpected EOF": {Ring: ring(t, newKey), Random: io.LimitReader(rand.Reader, 11)},
	} {
		out, err := codec.New(o).Encode([]*common.Payload{secret()})
		require.EqualError(t, err, want)
		require.Nil(t, out)
	}
}

func TestCodecThatIsOff_SendsPlainAndReadsNothingSealed(t *testing.T) {
	t.Parallel()
	off := of("case-1002", codec.Off())
	p := secret()
	require.Same(t, p, sealed(t, off, p))
	require.Equal(t, codec.MissingKey, reason(t, off, sealed(t, of("case-1002", ring(t, newKey)), secret())))
}
