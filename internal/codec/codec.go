// Package codec encrypts everything that travels to Temporal and decrypts it on
// the way back: arguments, results, failures, timer names, details. Temporal
// stores these for years and shows them to whoever may look at its database, so
// they leave the process encrypted or not at all.
//
// A payload is sealed with AES-256-GCM under a key of its own record: derived
// from a key of the [Ring] by HKDF-SHA256, over the key's ID, the namespace and
// the workflow ID. So a payload that is moved to another record, another
// namespace or under another key's name does not open, and the bound on random
// nonces (2^32 for one key) holds for each record by itself. The ID of the key
// and of the workflow stand beside it in the clear, as they do everywhere in
// Temporal, and are authenticated.
//
// Where there is a source of [Secrets], the key of a record is derived from the
// secret of that record, too, which can be destroyed: nothing that was sealed for
// the record can be opened then, wherever a copy of it is.
//
// What is not sealed by this package passes through when it is read: runs that
// began before encryption was on go on. Nothing is compressed here: a payload is a few
// hundred bytes, and the length of a compressed secret says more about it. (The state
// that one run hands to the next may be large and then arrives here packed.)
package codec

import (
	"fmt"
	"io"

	"go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"

	"homeward/internal/keyring"
)

// Options are what a [Codec] stands on. All but Secrets and Unreadable are needed.
type Options struct {
	Ring *Ring
	// Secrets are those of the records; nil for a process that seals with the ring
	// alone, and reads nothing else.
	Secrets Secrets
	// Namespace is the Temporal namespace that payloads are bound to.
	Namespace string
	// Random gives nonces. It must be cryptographically secure, and safe for
	// concurrent use.
	Random io.Reader
	// Unreadable hears of each payload that could not be read; nil for nobody.
	Unreadable func(*Error)
}

// Codec seals and opens payloads. It implements [converter.PayloadCodec] and is
// safe for concurrent use.
type Codec struct {
	options Options
	// workflow is whose payloads these are, empty where the SDK does not say.
	workflow string
	// panics says that an unreadable payload panics instead of being an error.
	panics bool
}

// New returns the codec of a client: an unreadable payload is an [*Error].
func New(o Options) *Codec { return &Codec{options: o} }

// ForWorker returns the codec of a worker. There an unreadable payload panics:
// the SDK takes an error for an answer, by which a case would go wrong or end,
// and a panic for a reason to try the task again, until a worker with the right
// key comes. Activities are tried again either way.
func (c *Codec) ForWorker() *Codec {
	worker := *c
	worker.panics = true
	return &worker
}

// ForClient returns the codec of a client, where an unreadable payload is an error.
func (c *Codec) ForClient() *Codec {
	client := *c
	client.panics = false
	return &client
}

// WithSecrets returns the codec with a source of secrets.
func (c *Codec) WithSecrets(s Secrets) *Codec {
	with := *c
	with.options.Secrets = s
	return &with
}

// Ring returns the keys that the codec has.
func (c *Codec) Ring() *Ring { return c.options.Ring }

// WithSerializationContext binds the codec to the workflow that the SDK is
// about to encode or decode for. It implements
// [converter.PayloadCodecWithSerializationContext].
func (c *Codec) WithSerializationContext(about converter.SerializationContext) converter.PayloadCodec {
	bound := *c
	switch about := about.(type) {
	case converter.WorkflowSerializationContext:
		bound.workflow = about.WorkflowID
	case converter.ActivitySerializationContext:
		bound.workflow = about.WorkflowID
	}
	return &bound
}

// Encode seals payloads with the first key of the ring. Where encryption is off
// it returns them as they are.
func (c *Codec) Encode(payloads []*common.Payload) ([]*common.Payload, error) {
	if c.options.Ring.off {
		return payloads, nil
	}
	sealed := make([]*common.Payload, len(payloads))
	for i, p := range payloads {
		var err error
		if sealed[i], err = c.seal(p); err != nil {
			return nil, c.failed(err)
		}
	}
	return sealed, nil
}

// Decode opens sealed payloads and returns all others as they are. The error is
// an [*Error].
func (c *Codec) Decode(payloads []*common.Payload) ([]*common.Payload, error) {
	opened := make([]*common.Payload, len(payloads))
	for i, p := range payloads {
		if opened[i] = p; !Sealed(p) {
			continue
		}
		var err *Error
		if opened[i], err = c.open(p); err != nil {
			if c.options.Unreadable != nil {
				c.options.Unreadable(err)
			}
			return nil, c.failed(err)
		}
	}
	return opened, nil
}

// failed returns err, or panics with it on a worker.
func (c *Codec) failed(err error) error {
	if c.panics {
		panic(err)
	}
	return err
}

// Sealed says whether a payload is one of ours.
func Sealed(p *common.Payload) bool {
	_, ours := sealedIn(p)
	return ours
}

// sealedIn returns the form that a payload says it is sealed in.
func sealedIn(p *common.Payload) (form, bool) {
	return formOf(string(p.GetMetadata()[converter.MetadataEncoding]))
}

// WorkflowOf returns the workflow ID that a sealed payload names, empty for
// none. Only Decode shows that it is true.
func WorkflowOf(p *common.Payload) string {
	f, _ := sealedIn(p)
	return string(p.GetMetadata()[f.workflow])
}

// KeyOf returns the ID of the key that a sealed payload names.
func KeyOf(p *common.Payload) string {
	f, _ := sealedIn(p)
	return string(p.GetMetadata()[f.key])
}

// seal encrypts a payload with its metadata.
func (c *Codec) seal(p *common.Payload) (*common.Payload, error) {
	k, ok := c.options.Ring.First()
	if !ok {
		return nil, &Error{Reason: MissingKey}
	}
	secret, err := c.secretFor(c.workflow, k.ID)
	if err != nil {
		return nil, err
	}
	in := formFor(secret != nil)
	with, err := secret.cipher(k, keyring.Bind(in.encoding, k.ID, c.options.Namespace, c.workflow))
	if err != nil {
		return nil, fmt.Errorf("codec: %w", err)
	}
	plain, err := in.pack(p)
	if err != nil {
		return nil, &Error{Reason: Malformed, Key: k.ID}
	}
	data, err := with.Seal(c.options.Random, plain)
	if err != nil {
		return nil, fmt.Errorf("codec: %w", err)
	}
	metadata := map[string][]byte{converter.MetadataEncoding: []byte(in.encoding), in.key: []byte(k.ID)}
	if c.workflow != "" {
		metadata[in.workflow] = []byte(c.workflow)
	}
	return &common.Payload{Metadata: metadata, Data: data}, nil
}

// open decrypts a sealed payload. One that belongs to another workflow than the
// SDK is reading for is refused, however genuine. One that names no workflow is
// not: the SDK does not say whose error it encodes when a workflow task fails.
func (c *Codec) open(p *common.Payload) (*common.Payload, *Error) {
	in, _ := sealedIn(p)
	id, workflow := string(p.GetMetadata()[in.key]), string(p.GetMetadata()[in.workflow])
	k, ok := c.options.Ring.Find(id)
	if !ok {
		return nil, &Error{Reason: MissingKey, Key: id}
	}
	if c.workflow != "" && workflow != "" && workflow != c.workflow {
		return nil, &Error{Reason: Misplaced, Key: id}
	}
	var secret *Secret
	if in.record {
		var err *Error
		if secret, err = c.knownSecret(workflow, id); err != nil {
			return nil, err
		}
	}
	with, err := secret.cipher(k, keyring.Bind(in.encoding, id, c.options.Namespace, workflow))
	if err != nil {
		return nil, &Error{Reason: Malformed, Key: id}
	}
	plain, ok := with.Open(p.GetData())
	if !ok {
		return nil, &Error{Reason: Altered, Key: id}
	}
	opened, ok := in.unpack(plain)
	if !ok {
		return nil, &Error{Reason: Malformed, Key: id}
	}
	return opened, nil
}
