package codec

import (
	"go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"
	"google.golang.org/protobuf/proto"
)

// The encodings mark sealed payloads. Another way of sealing gets another name.
const (
	// Encoding is that of payloads which a key of the ring alone has sealed.
	Encoding = "binary/homeward-v3"
	// EncodingRecord is that of payloads which the secret of a record has sealed,
	// too.
	EncodingRecord = "binary/homeward-v4"

	// Those of before are read and not written any more.
	encodingWide       = "binary/homeward-v1"
	encodingWideRecord = "binary/homeward-v2"
)

// form is how an encoding lays a sealed payload out. Histories hold thousands of
// them, mostly of 100 to 400 bytes, so that what stands around them counts: as much
// again in the wide forms, half of that in those of today.
type form struct {
	encoding string
	// record says that the secret of a record is needed.
	record bool
	// key and workflow name what stands beside it in the clear.
	key, workflow string
	// brief says that its first byte tells what was sealed.
	brief bool
}

// formOf returns the form of an encoding, and whether it is one of ours.
func formOf(encoding string) (form, bool) {
	f := form{encoding: encoding, key: "key", workflow: "of", brief: true}
	switch encoding {
	case Encoding:
	case EncodingRecord:
		f.record = true
	case encodingWide:
		f.key, f.workflow, f.brief = "encryption-key-id", "workflow-id", false
	case encodingWideRecord:
		f.key, f.workflow, f.brief, f.record = "encryption-key-id", "workflow-id", false, true
	default:
		return form{}, false
	}
	return f, true
}

// formFor returns the form to seal in.
func formFor(record bool) form {
	encoding := Encoding
	if record {
		encoding = EncodingRecord
	}
	f, _ := formOf(encoding)
	return f
}

// What the first byte of the brief forms says of the rest.
const (
	wholePayload = 0 // a payload as protobuf
	plainJSON    = 1 // the data of a payload in json/plain, which nearly all are
)

// pack returns what is sealed of a payload.
func (f form) pack(p *common.Payload) ([]byte, error) {
	switch {
	case !f.brief:
		return proto.Marshal(p)
	case isPlainJSON(p):
		return append([]byte{plainJSON}, p.GetData()...), nil
	}
	return proto.MarshalOptions{}.MarshalAppend([]byte{wholePayload}, p)
}

// isPlainJSON says whether nothing is lost of a payload but its data.
func isPlainJSON(p *common.Payload) bool {
	return len(p.GetMetadata()) == 1 && string(p.GetMetadata()[converter.MetadataEncoding]) == converter.MetadataEncodingJSON &&
		len(p.GetExternalPayloads()) == 0 && len(p.ProtoReflect().GetUnknown()) == 0
}

// unpack is the opposite of pack; it says whether it could.
func (f form) unpack(plain []byte) (*common.Payload, bool) {
	if f.brief {
		if len(plain) == 0 {
			return nil, false
		}
		kind := plain[0]
		plain = plain[1:]
		if kind == plainJSON {
			metadata := map[string][]byte{converter.MetadataEncoding: []byte(converter.MetadataEncodingJSON)}
			return &common.Payload{Metadata: metadata, Data: plain}, true
		}
		if kind != wholePayload {
			return nil, false
		}
	}
	p := new(common.Payload)
	return p, proto.Unmarshal(plain, p) == nil
}
