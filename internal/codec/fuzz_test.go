package codec_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"
	"google.golang.org/protobuf/proto"

	"homeward/internal/codec"
)

// Whatever Temporal gives back, the codec opens what it has sealed, leaves alone
// what it has not, and refuses the rest without a word of what it holds.
func FuzzDecode(f *testing.F) {
	keys := ring(f, newKey, oldKey)
	genuine := sealed(f, codec.New(codec.Options{ // the same in every process of the fuzzer
		Ring: keys, Namespace: "homeward", Random: strings.NewReader("twelve bytes"),
	}).WithSerializationContext(converter.WorkflowSerializationContext{WorkflowID: "case-1002"}), secret())
	f.Add([]byte("binary/homeward-v1"), []byte("2026-06"), []byte("case-1002"), genuine.GetData())
	f.Add(genuine.GetMetadata()["encoding"], []byte("2026-06"), []byte("case-1002"), genuine.GetData())
	f.Add(genuine.GetMetadata()["encoding"], []byte("2025-06"), []byte("case-1002"), genuine.GetData())
	f.Fuzz(func(t *testing.T, encoding, id, workflow, data []byte) {
		p := &common.Payload{Data: data, Metadata: map[string][]byte{
			converter.MetadataEncoding: encoding, "key": id, "of": workflow,
			"encryption-key-id": id, "workflow-id": workflow,
		}}
		back, err := opened(of("", keys), p)
		switch {
		case !codec.Sealed(p):
			if err != nil || back != p {
				t.Fatal("what is not ours is not left alone")
			}
		case err != nil:
			if _, ok := errors.AsType[*codec.Error](err); !ok || strings.ContainsAny(err.Error(), "\n\x00") || len(err.Error()) > 200 {
				t.Fatalf("not a good error: %q", err)
			}
		case !bytes.Equal(data, genuine.GetData()):
			t.Fatal("a forged payload was opened")
		}
	})
}

// Every payload comes back as it was.
func FuzzRoundTrip(f *testing.F) {
	keys := ring(f, newKey)
	f.Add([]byte("json/plain"), []byte(`{"case":1}`), "case-1002")
	f.Add([]byte("binary/null"), []byte(nil), "")
	f.Fuzz(func(t *testing.T, encoding, data []byte, workflow string) {
		p := &common.Payload{Data: data, Metadata: map[string][]byte{converter.MetadataEncoding: encoding}}
		c := of(workflow, keys)
		back, err := opened(c, sealed(t, c, p))
		if err != nil || !proto.Equal(p, back) {
			t.Fatalf("%v came back as %v: %v", p, back, err)
		}
	})
}

// A key file is read or refused; a refusal shows no more of it than a key's ID.
func FuzzKeyFile(f *testing.F) {
	for _, text := range []string{newKey + "\n" + oldKey, newKey + "," + oldKey, "# none", "k AAAA", newKey + " " + newKey, "\xff,\n"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := codec.Open(func() ([]byte, error) { return text, nil })
		if err == nil {
			if len(r.IDs()) == 0 {
				t.Fatal("a ring without a key was opened")
			}
			return
		}
		if len(err.Error()) > 200 || strings.Contains(err.Error(), "\n") {
			t.Fatalf("not a good error: %q", err)
		}
	})
}
