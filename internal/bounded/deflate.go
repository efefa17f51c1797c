package bounded

import (
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
)

// Deflate returns data under DEFLATE (RFC 1951), which [Inflate] opens. The same
// data gives the same bytes.
func Deflate(data []byte) ([]byte, error) {
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, flate.DefaultCompression)
	if err == nil {
		_, err = w.Write(data)
		err = errors.Join(err, w.Close())
	}
	if err != nil {
		return nil, fmt.Errorf("deflate: %w", err)
	}
	return packed.Bytes(), nil
}

// Inflate opens what [Deflate] has packed, and refuses what becomes more than limit
// bytes (TooLarge), is cut off, or is no DEFLATE (Broken).
func Inflate(packed []byte, limit int64) ([]byte, error) {
	data, err := io.ReadAll(Reader(flate.NewReader(bytes.NewReader(packed)), limit))
	if _, refused := errors.AsType[*Error](err); err != nil && !refused {
		return nil, &Error{Reason: Broken}
	}
	return data, err
}
