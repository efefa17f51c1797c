// Package bounded opens what comes from outside packed or marked up, and lets
// nothing out of it that is larger, deeper or elsewhere than its limits say: a few
// kilobytes of an archive can hold petabytes, a few lines of XML a billion words. It
// is the only package that may import archive and XML readers; linters and a test
// hold that.
//
// Every refusal is an [*Error] that says which limit was met and where. Limits are
// counted on what really comes out, never on what a header promises.
package bounded

import (
	"fmt"
	"io"
)

// Reason says in one word why something was refused.
type Reason string

// The reasons.
const (
	// Broken: it is not what it is said to be.
	Broken Reason = "broken"
	// TooLarge: more bytes come out than the limit allows.
	TooLarge Reason = "too-large"
	// TooDense: more bytes come out of each packed one than the limit allows.
	TooDense Reason = "too-dense"
	// TooMany: more entries, rows or fields than the limit allows.
	TooMany Reason = "too-many"
	// TooDeep: more levels of elements than the limit allows.
	TooDeep Reason = "too-deep"
	// Elsewhere: a name that leads out of its folder.
	Elsewhere Reason = "elsewhere"
	// NotAFile: a link, a device, or an entry that stands there twice.
	NotAFile Reason = "not-a-file"
	// Nested: an archive within the archive.
	Nested Reason = "nested"
	// Encrypted: an entry that only a password opens.
	Encrypted Reason = "encrypted"
	// Declared: a document type or an entity, which can name files and grow.
	Declared Reason = "declared"
)

// Error is a refusal. Its text holds nothing of the content but where it was met.
type Error struct {
	Reason Reason
	// Where is the entry's place in the archive, the row, or the byte; 0 for the whole.
	Where int64
	// Limit is the number that was passed, 0 where there is none.
	Limit int64
}

// Error returns the reason, where, and the limit: "too-large at 3 (limit 1048576)".
func (e *Error) Error() string {
	text := string(e.Reason)
	if e.Where > 0 {
		text += fmt.Sprintf(" at %d", e.Where)
	}
	if e.Limit > 0 {
		text += fmt.Sprintf(" (limit %d)", e.Limit)
	}
	return text
}

// Reader returns at most limit bytes of r, and TooLarge where there are more.
func Reader(r io.Reader, limit int64) io.Reader {
	return &counted{from: r, left: limit, refusal: Error{Reason: TooLarge, Limit: limit}}
}

// counted reads so many bytes, and then refuses instead of ending.
type counted struct {
	from    io.Reader
	left    int64
	refusal Error
	over    bool
}

// Read implements [io.Reader].
func (c *counted) Read(p []byte) (int, error) {
	if c.over {
		return 0, &c.refusal
	}
	if len(p) == 0 {
		return 0, nil
	}
	// One byte more than is left tells the end from an overrun.
	if int64(len(p)) > c.left+1 {
		p = p[:c.left+1]
	}
	n, err := c.from.Read(p)
	if int64(n) <= c.left {
		c.left -= int64(n)
		return n, err
	}
	n, c.left, c.over = int(c.left), 0, true
	return n, &c.refusal
}
