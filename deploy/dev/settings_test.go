package main

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/server/common/dynamicconfig"
)

func TestSettings_NamesEachWithItsReason(t *testing.T) {
	t.Parallel()
	var printed output
	require.Equal(t, 0, execute(t.Context(), []string{"settings"}, console{out: &printed}))
	for _, s := range temporalSettings(smallLimitsNamespace) {
		require.Equal(t, dynamicconfig.MakeKey(s.name), s.key, "the name is that of the setting")
		require.Contains(t, printed.String(), "| `"+s.name+"`")
		require.Contains(t, printed.String(), " | "+s.why+" |")
	}
	for _, s := range postgresSettings(false) {
		require.Contains(t, printed.String(), "| `"+s.name+"` | "+s.value+" | ")
	}
	require.Contains(t, printed.String(), "`limit.historyCount.suggestContinueAsNew` in "+smallLimitsNamespace+" | 60 |")
}
