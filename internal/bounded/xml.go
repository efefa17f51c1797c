package bounded

import (
	"encoding/xml"
	"errors"
	"io"
)

// XMLLimits bound a document. A limit of 0 is the default beside it.
type XMLLimits struct {
	// Size is the largest document in bytes: 16 MiB.
	Size int64
	// Depth is how many elements may stand within each other: 64.
	Depth int
	// Tokens is how many elements, texts and comments there may be: 1,000,000.
	Tokens int
	// Attributes is how many attributes one element may have: 64.
	Attributes int
}

func (l XMLLimits) withDefaults() XMLLimits {
	if l.Size <= 0 {
		l.Size = 16 << 20
	}
	if l.Depth <= 0 {
		l.Depth = 64
	}
	if l.Tokens <= 0 {
		l.Tokens = 1_000_000
	}
	if l.Attributes <= 0 {
		l.Attributes = 64
	}
	return l
}

// XML returns a strict decoder of a document in UTF-8. It reads no document type and
// no entity but the five of XML itself, and opens nothing that a document names.
// Its errors are an [*Error], or of package xml where a document does not fit what
// it is decoded into.
func XML(r io.Reader, limits XMLLimits) *xml.Decoder {
	limits = limits.withDefaults()
	inner := xml.NewDecoder(Reader(r, limits.Size))
	inner.Strict = true
	inner.CharsetReader = func(string, io.Reader) (io.Reader, error) { return nil, &Error{Reason: Broken} }
	return xml.NewTokenDecoder(&guarded{from: inner, limits: limits})
}

// guarded looks at each token before anybody else does.
type guarded struct {
	from   *xml.Decoder
	limits XMLLimits
	depth  int
	tokens int
}

// Token implements [xml.TokenReader].
func (g *guarded) Token() (xml.Token, error) {
	token, err := g.from.RawToken()
	if err != nil {
		return nil, g.refusal(err)
	}
	if g.tokens++; g.tokens > g.limits.Tokens {
		return nil, &Error{Reason: TooMany, Where: g.from.InputOffset(), Limit: int64(g.limits.Tokens)}
	}
	switch read := token.(type) {
	case xml.Directive: // <!DOCTYPE and everything in it
		return nil, &Error{Reason: Declared, Where: g.from.InputOffset()}
	case xml.StartElement:
		if g.depth++; g.depth > g.limits.Depth {
			return nil, &Error{Reason: TooDeep, Where: g.from.InputOffset(), Limit: int64(g.limits.Depth)}
		}
		if len(read.Attr) > g.limits.Attributes {
			return nil, &Error{Reason: TooMany, Where: g.from.InputOffset(), Limit: int64(g.limits.Attributes)}
		}
	case xml.EndElement:
		g.depth--
	}
	return token, nil
}

// refusal keeps the document's own words out of an error.
func (g *guarded) refusal(err error) error {
	if errors.Is(err, io.EOF) && g.depth == 0 {
		return io.EOF
	}
	if known, ok := errors.AsType[*Error](err); ok {
		return known
	}
	return &Error{Reason: Broken, Where: g.from.InputOffset()}
}
