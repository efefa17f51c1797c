package policy_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// unheard are the types of fact to which no released pack listens, each with the
// reason why nobody has to be reminded of anything by it.
func unheard() map[string]string {
	return map[string]string{
		"case.opened": "An opening by itself asks for nothing: what is owed follows from a removal, a plan or an aftercare, " +
			"and no source seen gives the plan of a family at home a date.",
		"tpr.decided": "The petition is what the law dates. Recruiting a family begins with it, not with the decision.",
		"contact.excepted": "It lets an allegation be decided without a meeting. No source seen says that the meeting is " +
			"then no longer owed, so the clock of the first contact goes on.",
		"perpetrator.met": "One of several. With the last of them perpetrator.contacted is recorded, which meets the clock.",
	}
}

// A fact that is recorded and to which no clock listens reminds nobody. Each type
// starts, meets, moves, pauses or ends something in a released pack, or says here
// why it need not.
func TestFacts_AreListenedToOrSayWhyNot(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("packs/*.yaml")
	require.NoError(t, err)
	heard := map[string]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		var pack map[string]any
		require.NoError(t, yaml.Unmarshal(text, &pack))
		for _, part := range []string{"clocks", "spans", "ends"} {
			hear(pack[part], heard)
		}
	}
	types := schemaAt(t, "/$defs/fact").words(t)
	silent := slices.DeleteFunc(types, func(fact string) bool { return heard[fact] })
	require.Equal(t, slices.Sorted(maps.Keys(unheard())), silent)
}

// hear notes every word of a part of a pack.
func hear(part any, heard map[string]bool) {
	switch part := part.(type) {
	case string:
		heard[part] = true
	case []any:
		for _, one := range part {
			hear(one, heard)
		}
	case map[string]any:
		for _, one := range part {
			hear(one, heard)
		}
	}
}
