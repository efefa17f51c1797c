package codec

import (
	failurepb "go.temporal.io/api/failure/v1"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
	"google.golang.org/protobuf/proto"
)

// DataConverter returns the SDK's own converter behind the codec. That of a
// worker may wait for a secret of a record, which is no deadlock of a workflow.
func (c *Codec) DataConverter() converter.DataConverter {
	data := converter.NewCodecDataConverter(converter.GetDefaultDataConverter(), c)
	if c.panics {
		return workflow.DataConverterWithoutDeadlockDetection(data)
	}
	return data
}

// FailureConverter returns the SDK's own converter of errors with messages and
// stack traces encrypted, like the details. Types of errors stay plain.
func (c *Codec) FailureConverter() converter.FailureConverter {
	without := *c
	without.options.Secrets = nil
	return newFailures(c.DataConverter(), without.DataConverter())
}

// failures adds to the SDK's converter of errors that it knows whose errors it
// converts, and that reading one leaves it sealed.
type failures struct {
	converter.FailureConverter

	// data seals with secrets of records, without does so with the ring alone.
	data, without converter.DataConverter
	// activity says that the errors are those of an activity.
	activity bool
}

func newFailures(data, without converter.DataConverter) failures {
	return failures{data: data, without: without, FailureConverter: failureConverter(data)}
}

func failureConverter(data converter.DataConverter) converter.FailureConverter {
	return temporal.NewDefaultFailureConverter(temporal.DefaultFailureConverterOptions{
		DataConverter: data, EncodeCommonAttributes: true,
	})
}

// WithSerializationContext implements [converter.FailureConverterWithSerializationContext].
func (f failures) WithSerializationContext(about converter.SerializationContext) converter.FailureConverter {
	bound := newFailures(converter.WithDataConverterSerializationContext(f.data, about),
		converter.WithDataConverterSerializationContext(f.without, about))
	_, bound.activity = about.(converter.ActivitySerializationContext)
	return bound
}

// ErrorToFailure seals an error. Where the secret of the record cannot be had, an
// activity says that and nothing else, which is a reason to try it again; its own
// error would have to wait, and the panic would be lost with the activity.
func (f failures) ErrorToFailure(err error) (failure *failurepb.Failure) {
	if !f.activity {
		return f.FailureConverter.ErrorToFailure(err)
	}
	defer func() {
		switch why := recover().(type) {
		case nil:
		case *Error:
			failure = failureConverter(f.without).ErrorToFailure(why)
		default:
			panic(why)
		}
	}()
	return f.FailureConverter.ErrorToFailure(err)
}

// FailureToError reads a failure and leaves it as it is. The SDK's own converter
// decrypts it where it stands, and the SDK then sends it on in the clear: that of
// a local activity, with the marker in which history keeps it.
func (f failures) FailureToError(failure *failurepb.Failure) error {
	return f.FailureConverter.FailureToError(proto.CloneOf(failure))
}
