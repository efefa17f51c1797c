package workflows

import (
	"encoding/json"
	"fmt"

	"homeward/internal/bounded"
)

const (
	// packedFrom is the size from which a state travels compressed, in bytes. Most
	// never reach it; a large family after years is over a megabyte, and the server
	// fails a run whose input is over two.
	packedFrom = 256 << 10
	// unpackedMost is the most that a packed state may become, in bytes.
	unpackedMost = 64 << 20
)

// bareInput is an input without its own encoding.
type bareInput[S any] Input[S]

// packedInput is an input as it travels: with its state as it is, or packed.
type packedInput[S any] struct {
	bareInput[S]

	// Packed is the state's JSON under DEFLATE (RFC 1951).
	Packed []byte `json:"packed,omitempty"`
}

// MarshalJSON packs a large state. A small one stays readable, and as every
// release has written it.
func (in Input[S]) MarshalJSON() ([]byte, error) {
	out := packedInput[S]{bareInput: bareInput[S](in)}
	if in.State != nil {
		state, err := json.Marshal(in.State)
		if err != nil {
			return nil, fmt.Errorf("encode a state: %w", err)
		}
		if len(state) >= packedFrom {
			out.State = nil
			if out.Packed, err = bounded.Deflate(state); err != nil {
				return nil, err
			}
		}
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads both forms.
func (in *Input[S]) UnmarshalJSON(data []byte) error {
	var read packedInput[S]
	if err := json.Unmarshal(data, &read); err != nil {
		return err
	}
	if len(read.Packed) > 0 {
		state, err := bounded.Inflate(read.Packed, unpackedMost)
		if err != nil {
			return err
		}
		read.State = new(S)
		if err := json.Unmarshal(state, read.State); err != nil {
			return fmt.Errorf("decode a packed state: %w", err)
		}
	}
	*in = Input[S](read.bareInput)
	return nil
}
