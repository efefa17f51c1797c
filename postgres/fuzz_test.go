package postgres

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

// A position comes back with a caller's cursor: it is read as the values that it
// was made of, or refused as one that does not belong here.
func FuzzPosition(f *testing.F) {
	f.Add(string(positionOf("2026-01-31", 7, time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC))))
	for _, text := range []string{"[]", "{}", "[1,2,3]", `["a",1,"2026-01-31T00:00:00Z"]`, `["a",1e99,null]`, "'; DROP TABLE events --", "[[[[[["} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var name string
		var number int
		var at time.Time
		if err := Position(text).into(&name, &number, &at); err != nil {
			require.Equal(t, casework.Invalid, casework.KindOf(err))
			return
		}
		if text == "" {
			return
		}
		again := positionOf(name, number, at)
		if again == "" {
			t.Skip("a year that no JSON can hold")
		}
		var name2 string
		var number2 int
		var at2 time.Time
		require.NoError(t, again.into(&name2, &number2, &at2))
		require.Equal(t, name, name2)
		require.Equal(t, number, number2)
		require.True(t, at.Equal(at2))
	})
}
