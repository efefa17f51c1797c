package app_test

import (
	"crypto/rand"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/app"
	"homeward/internal/teststack"
)

func TestKeyUsage_NamesTheKeysOfOpenRecords(t *testing.T) {
	t.Parallel()
	id := "k-" + rand.Text()
	keys := teststack.Ring(t, id+" QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY=")
	s := teststack.New(t, teststack.Options{WorkerKeys: keys, ClientKeys: keys})
	number := s.Number(t, casework.KindReport)
	record := casework.AggregateID(casework.KindReport, number)
	_, err := s.Open(t.Context(), record, casework.Command{
		ID: "1", Fingerprint: "1", Name: casework.StepReceive, Actor: casework.Actor{ID: "w-hotline", Role: casework.RoleHotline},
		Body: &casework.Receipt{
			Number: number, ReceivedAt: time.Now().Add(-time.Hour), Timezone: "America/Los_Angeles", Office: "north",
			Jurisdiction: "US-WA", Pack: "washington@2025.1", Narrative: "t-1", ReporterCategory: "mandated", Supervisor: "w-supervisor",
			Children: []casework.Subject{{ID: "p-1"}}, Allegations: []casework.Allegation{{ID: "a1", Victim: "p-1", Type: "neglect"}},
		},
	})
	require.NoError(t, err)
	used := func(closed bool) (found app.KeyUse) {
		// The server lists runs a moment after they start, end or go away.
		require.Eventually(t, func() bool {
			uses, err := app.KeyUsage(t.Context(), s.Client, closed)
			if err != nil {
				return false
			}
			i := slices.IndexFunc(uses, func(u app.KeyUse) bool { return u.Key == id })
			if i >= 0 {
				found = uses[i]
			}
			return i >= 0
		}, 30*time.Second, 100*time.Millisecond)
		return found
	}
	require.Equal(t, app.KeyUse{Key: id, Runs: 1, Example: record}, used(false))

	require.NoError(t, s.Client.TerminateWorkflow(t.Context(), record, "", "over"))
	require.Equal(t, app.KeyUse{Key: id, Runs: 1, Example: record}, used(true))
	require.Eventually(t, func() bool {
		uses, err := app.KeyUsage(t.Context(), s.Client, false)
		return err == nil && !slices.ContainsFunc(uses, func(u app.KeyUse) bool { return u.Key == id })
	}, 30*time.Second, 100*time.Millisecond)
}
