package codec

import (
	"context"
	"maps"
	"slices"

	"go.temporal.io/api/common/v1"
	"go.temporal.io/api/proxy"
	"google.golang.org/protobuf/proto"
)

// Used lists the IDs of the keys that something in a message of Temporal is
// sealed with. It needs no key. The message is left alone.
func Used(ctx context.Context, message proto.Message) ([]string, error) {
	found := make(map[string]bool)
	err := proxy.VisitPayloads(ctx, message, proxy.VisitPayloadsOptions{
		SkipSearchAttributes: true,
		Visitor: func(_ *proxy.VisitPayloadsContext, payloads []*common.Payload) ([]*common.Payload, error) {
			for _, p := range payloads {
				if Sealed(p) {
					found[KeyOf(p)] = true
				}
			}
			return payloads, nil
		},
	})
	return slices.Sorted(maps.Keys(found)), err
}
