package fault_test

import (
	"errors"
	"strings"
	"testing"

	"go.temporal.io/api/failure/v1"
	"go.temporal.io/sdk/temporal"
	"google.golang.org/protobuf/proto"

	"homeward/casework"
	"homeward/internal/fault"
)

// Whatever failure Temporal hands back, it becomes one of our errors with a
// sentence for people; what Encode wrote comes back as it was.
func FuzzDecode(f *testing.F) {
	converter := temporal.GetDefaultFailureConverter()
	own := casework.InvalidField("started_on", "The date lies in the future.")
	for _, err := range []error{fault.Encode(own), errors.New("anything"), temporal.NewTimeoutError(0, nil), temporal.NewCanceledError()} {
		data, marshalled := proto.Marshal(converter.ErrorToFailure(err))
		if marshalled != nil {
			f.Fatal(marshalled)
		}
		f.Add(data)
	}
	f.Add([]byte(nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		var read failure.Failure
		if proto.Unmarshal(data, &read) != nil || depth(&read) > 100 {
			return
		}
		err := fault.Decode(converter.FailureToError(&read))
		if err == nil || temporal.IsCanceledError(err) {
			return
		}
		e, ok := errors.AsType[*casework.Error](err)
		if !ok {
			t.Fatalf("not one of ours: %T", err)
		}
		if _, known := kinds()[e.Kind]; !known {
			t.Fatalf("unknown kind %q", e.Kind)
		}
		if e.Detail != "" && strings.TrimSpace(e.Detail) == "" {
			t.Fatal("an empty sentence")
		}
	})
}

func depth(f *failure.Failure) int {
	n := 0
	for ; f != nil; f = f.GetCause() {
		n++
	}
	return n
}
