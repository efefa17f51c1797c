package codec_test

import (
	"testing"

	"go.temporal.io/api/common/v1"
)

// BenchmarkCodec seals and opens a payload of the size that a step's usually have.
func BenchmarkCodec(b *testing.B) {
	c, p := having(own(7), ring(b, newKey)), &common.Payload{Data: make([]byte, 600)}
	closed := sealed(b, c, p)
	b.Run("seal", func(b *testing.B) {
		for b.Loop() {
			sealed(b, c, p)
		}
	})
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			if _, err := opened(c, closed); err != nil {
				b.Fatal(err)
			}
		}
	})
}
