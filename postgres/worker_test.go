package postgres_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/testdb"
	"homeward/postgres"
)

func TestSaveWorker_ReplacesTheWorkerAndTheChannels(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	w := worker("w-17", postgres.ChannelEmail, postgres.ChannelWebhook)
	testdb.Hire(t, db, w)
	got, err := db.Worker(t.Context(), "w-17")
	require.NoError(t, err)
	require.Equal(t, w, got)

	w.Office, w.Channels = "south", []postgres.Channel{{Kind: postgres.ChannelEmail, Address: "new@example.org"}}
	testdb.Hire(t, db, w)
	got, err = db.Worker(t.Context(), "w-17")
	require.NoError(t, err)
	require.Equal(t, w, got)
}

func TestSaveWorker_AChannelThatIsGoneLeavesNoAddress(t *testing.T) {
	t.Parallel()
	db, _ := outbox(t, 1)
	testdb.Hire(t, db, worker("w-17"))
	due := claimOf(t, db, "case-1")
	require.Len(t, due, 1)
	require.Empty(t, due[0].Address)
}

func TestSaveWorker_AnInactiveChannelGetsNoDeliveries(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	w := worker("w-17", postgres.ChannelEmail)
	w.Channels[0].Active = false
	testdb.Hire(t, db, w)
	f := newFile(1)
	tr := f.next(t, "c-1")
	tr.Notices = []casework.Notice{notice(f, "0", "w-17")}
	f.record(t, db, tr)
	n, err := db.Undelivered(t.Context(), f.aggregate)
	require.NoError(t, err)
	require.Zero(t, n)
}

func TestWorkers_KeepsWhatTheFilterNames(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	for id, change := range map[string]func(w *postgres.Worker){
		"w-1": func(w *postgres.Worker) { w.Role = casework.RoleManager },
		"w-2": func(w *postgres.Worker) { w.Office = "south" },
		"w-3": func(w *postgres.Worker) { w.Unit = "n-2" },
		"w-4": func(w *postgres.Worker) { w.Supervisor = "w-9" },
	} {
		w := worker(id)
		change(&w)
		testdb.Hire(t, db, w)
	}
	for name, c := range map[string]struct {
		filter postgres.WorkerFilter
		want   []string
	}{
		"all":          {postgres.WorkerFilter{}, []string{"w-1", "w-2", "w-3", "w-4"}},
		"a role":       {postgres.WorkerFilter{Role: casework.RoleManager}, []string{"w-1"}},
		"an office":    {postgres.WorkerFilter{Office: "south"}, []string{"w-2"}},
		"a unit":       {postgres.WorkerFilter{Unit: "n-2"}, []string{"w-3"}},
		"a supervisor": {postgres.WorkerFilter{Supervisor: "w-9"}, []string{"w-4"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for c.filter.Limit = 3; ; {
				page, err := db.Workers(t.Context(), c.filter)
				require.NoError(t, err)
				for _, w := range page.Items {
					got = append(got, w.ID)
				}
				if c.filter.After = page.Next; c.filter.After == "" {
					break
				}
			}
			require.Equal(t, c.want, got)
		})
	}
}

func TestWorker_ThatIsNotThereIsNotFound(t *testing.T) {
	t.Parallel()
	_, err := testdb.New(t).Worker(t.Context(), "w-404")
	require.Equal(t, casework.NotFound, casework.KindOf(err))
}
