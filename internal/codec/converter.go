package codec

import (
	failurepb "go.temporal.io/api/failure/v1"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"google.golang.org/protobuf/proto"
)

// DataConverter returns the SDK's own converter behind the codec.
func (c *Codec) DataConverter() converter.DataConverter {
	return converter.NewCodecDataConverter(converter.GetDefaultDataConverter(), c)
}

// FailureConverter returns the SDK's own converter of errors with messages and
// stack traces encrypted, like the details. Types of errors stay plain.
func (c *Codec) FailureConverter() converter.FailureConverter { return newFailures(c.DataConverter()) }

// failures adds to the SDK's converter of errors that it knows whose errors it
// converts, and that reading one leaves it sealed.
type failures struct {
	converter.FailureConverter

	data converter.DataConverter
}

func newFailures(data converter.DataConverter) failures {
	return failures{data: data, FailureConverter: temporal.NewDefaultFailureConverter(temporal.DefaultFailureConverterOptions{
		DataConverter: data, EncodeCommonAttributes: true,
	})}
}

// WithSerializationContext implements [converter.FailureConverterWithSerializationContext].
func (f failures) WithSerializationContext(about converter.SerializationContext) converter.FailureConverter {
	return newFailures(converter.WithDataConverterSerializationContext(f.data, about))
}

// FailureToError reads a failure and leaves it as it is. The SDK's own converter
// decrypts it where it stands, and the SDK then sends it on in the clear: that of
// a local activity, with the marker in which history keeps it.
func (f failures) FailureToError(failure *failurepb.Failure) error {
	return f.FailureConverter.FailureToError(proto.CloneOf(failure))
}
