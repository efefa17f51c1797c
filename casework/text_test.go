package casework_test

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

// A narrative that Narratives forgets would travel in plain words.
func TestNarratives_AreAllTheTextsOfABody(t *testing.T) {
	t.Parallel()
	for _, step := range allSteps() {
		body := step.New()
		var want []*casework.Text
		texts(reflect.ValueOf(body).Elem(), &want)
		narrated, tells := body.(casework.Narrated)
		require.True(t, tells || len(want) == 0, "%T", body) // one whose texts are all in lists tells none while it is empty
		if !tells {
			continue
		}
		got := narrated.Narratives()
		require.ElementsMatch(t, addresses(want), addresses(got), "%T", body)
		require.Equal(t, addresses(got), addresses(narrated.Narratives()), "%T: in a fixed order", body)
	}
}

// texts gathers the addresses of all narratives in a struct.
func texts(v reflect.Value, found *[]*casework.Text) {
	for _, field := range v.Fields() {
		if field.Kind() == reflect.Struct {
			texts(field, found)
			continue
		}
		if !field.CanInterface() {
			continue
		}
		if text, ok := reflect.TypeAssert[*casework.Text](field.Addr()); ok {
			*found = append(*found, text)
		}
	}
}

func addresses(texts []*casework.Text) []uintptr {
	var all []uintptr
	for _, text := range texts {
		all = append(all, reflect.ValueOf(text).Pointer())
	}
	return all
}
