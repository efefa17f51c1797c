package postgres_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"homeward/casework"
	"homeward/internal/testdb"
	"homeward/postgres"

	"github.com/stretchr/testify/require"
)

func TestRecord_WritesEverythingOfATransition(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	testdb.Hire(t, db, worker("w-17", postgres.ChannelEmail, postgres.ChannelWebhook))
	f := newFile(1002)
	owed := duty("visit/p-7/3", casework.DutyOpen, start().AddDate(0, 1, 0))
	tr := f.next(t, "c-1", owed)
	child := casework.ChildSummary{
		Aggregate: f.aggregate, Child: "p-7", Stage: casework.StageOutOfHomeCare,
		Born: casework.NewDate(2019, 5, 1), RemovedOn: casework.NewDate(2026, 1, 2), Setting: "kinship",
	}
	tr.Children = []casework.ChildSummary{child}
	tr.Notices = []casework.Notice{notice(f, "n-1", "w-17"), notice(f, "n-2", "w-nobody")}

	result, err := db.Record(t.Context(), tr)
	require.NoError(t, err)
	same(t, casework.RecordResult{Outcome: casework.Recorded, Undelivered: 2}, result)

	events, err := db.Events(t.Context(), f.aggregate, 1)
	require.NoError(t, err)
	same(t, tr.Events, events)
	prev := ""
	for _, e := range events {
		require.NoError(t, e.Verify(prev), "an event is read back exactly as it was sealed")
		prev = e.Hash
	}
	summary, err := db.Summary(t.Context(), f.aggregate)
	require.NoError(t, err)
	same(t, tr.Summary, summary)
	children, err := db.Children(t.Context(), f.aggregate)
	require.NoError(t, err)
	same(t, []casework.ChildSummary{child}, children)
	got, err := db.Duty(t.Context(), f.aggregate, owed.ID)
	require.NoError(t, err)
	same(t, owed, got)
	answer, err := db.Command(t.Context(), f.aggregate, "c-1")
	require.NoError(t, err)
	same(t, tr.Answer, answer)
	page, err := db.Notices(t.Context(), postgres.NoticeFilter{Aggregate: f.aggregate})
	require.NoError(t, err)
	require.Len(t, page.Items, 2)
	require.Empty(t, page.Items[0].Deliveries, "nobody has no channel but the inbox")
	same(t, notice(f, "n-1", "w-17"), page.Items[1].Notice)
	require.Len(t, page.Items[1].Deliveries, 2)
}

func TestRecord_SameTransitionAgainIsRecordedOnce(t *testing.T) {
	t.Parallel()
	db, raw := open(t)
	f := newFile(1002)
	first := f.next(t, "c-1", duty("visit/p-7/3", casework.DutyOpen, start()))
	first.Notices = []casework.Notice{notice(f, "n-1", "w-17")}
	f.record(t, db, first)

	again, err := db.Record(t.Context(), first)
	require.NoError(t, err)
	same(t, casework.RecordResult{Outcome: casework.Recorded}, again)
	require.Equal(t, 2, count(t, raw, `SELECT count(*) FROM events`))
	require.Equal(t, 1, count(t, raw, `SELECT count(*) FROM notices`))
}

func TestRecord_SameCommandLaterIsADuplicate(t *testing.T) {
	t.Parallel()
	db, raw := open(t)
	f := newFile(1002)
	first := f.next(t, "c-1")
	f.record(t, db, first)

	second := f.next(t, "c-1")
	second.Answer.Fingerprint = "another body"
	result, err := db.Record(t.Context(), second)
	require.NoError(t, err)
	same(t, casework.RecordResult{Outcome: casework.Duplicate, Answer: &first.Answer}, result)
	require.Equal(t, 2, count(t, raw, `SELECT count(*) FROM events`))
}

func TestRecord_BehindReturnsWhatTheCallerHasNotApplied(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	f := newFile(1002)
	f.record(t, db, f.next(t, "c-1"))
	stale := *f
	second := f.next(t, "c-2")
	f.record(t, db, second)
	third := f.next(t, "c-3")
	f.record(t, db, third)
	missed := append(append([]casework.Event{}, second.Events...), third.Events...)

	result, err := db.Record(t.Context(), stale.next(t, "c-4"))
	require.NoError(t, err)
	same(t, casework.RecordResult{Outcome: casework.Behind, Events: missed}, result)

	t.Run("the command itself is among them", func(t *testing.T) {
		t.Parallel()
		// As when the worker died after recording and decides again at another time.
		again := stale.next(t, "c-3")
		result, err := db.Record(t.Context(), again)
		require.NoError(t, err)
		same(t, casework.RecordResult{Outcome: casework.Behind, Answer: &third.Answer, Events: missed}, result)
	})
}

func TestRecord_RefusesAGap(t *testing.T) {
	t.Parallel()
	db, raw := open(t)
	f := newFile(1002)
	f.record(t, db, f.next(t, "c-1"))
	f.moved(f.next(t, "c-2"))

	_, err := db.Record(t.Context(), f.next(t, "c-3"))
	require.Equal(t, casework.Internal, casework.KindOf(err))
	require.ErrorContains(t, err, "starts at 5, which does not continue the log")
	require.Equal(t, 2, count(t, raw, `SELECT count(*) FROM events`))
	require.Equal(t, 1, count(t, raw, `SELECT count(*) FROM commands`))
}

func TestRecord_RefusesAFork(t *testing.T) {
	t.Parallel()
	db, raw := open(t)
	f := newFile(1002)
	f.record(t, db, f.next(t, "c-1"))
	f.head = newFile(1).next(t, "c-2").Events[0].Hash

	_, err := db.Record(t.Context(), f.next(t, "c-3"))
	require.Equal(t, casework.Internal, casework.KindOf(err))
	require.Equal(t, 2, count(t, raw, `SELECT count(*) FROM events`))
}

func TestRecord_RefusesWhatDoesNotBelongTogether(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	for name, spoil := range map[string]func(tr *casework.Transition){
		"no events":                   func(tr *casework.Transition) { tr.Events = nil },
		"another record":              func(tr *casework.Transition) { tr.Events[1].Aggregate = "case-9" },
		"another command":             func(tr *casework.Transition) { tr.Events[1].CommandID = "c-9" },
		"a hole":                      func(tr *casework.Transition) { tr.Events[1].Seq++ },
		"a broken chain":              func(tr *casework.Transition) { tr.Events[1].PrevHash = tr.Events[1].Hash },
		"an unsealed event":           func(tr *casework.Transition) { tr.Events[1].Hash = "" },
		"a changed event":             func(tr *casework.Transition) { tr.Events[1].Actor.ID = "w-9" },
		"a summary of the day before": func(tr *casework.Transition) { tr.Summary.Revision-- },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFile(len(name) * 100)
			tr := f.next(t, "c-1")
			spoil(&tr)
			_, err := db.Record(t.Context(), tr)
			require.Equal(t, casework.Internal, casework.KindOf(err))
			events, err := db.Events(t.Context(), f.aggregate, 1)
			require.NoError(t, err)
			require.Empty(t, events)
		})
	}
}

func TestRecord_ConcurrentCallsOfOneTransitionRecordItOnce(t *testing.T) {
	t.Parallel()
	db, raw := open(t)
	f := newFile(1002)
	tr := f.next(t, "c-1", duty("visit/p-7/3", casework.DutyOpen, start()))
	tr.Notices = []casework.Notice{notice(f, "n-1", "w-17")}

	var wg sync.WaitGroup
	results := make([]casework.RecordResult, 20)
	errs := make([]error, len(results))
	for i := range results {
		wg.Go(func() { results[i], errs[i] = db.Record(t.Context(), tr) })
	}
	wg.Wait()
	for i := range results {
		require.NoError(t, errs[i])
		same(t, casework.RecordResult{Outcome: casework.Recorded}, results[i])
	}
	require.Equal(t, 2, count(t, raw, `SELECT count(*) FROM events`))
	require.Equal(t, 1, count(t, raw, `SELECT count(*) FROM notices`))
}

func TestRecord_ConcurrentCommandsOfOneRecordOneWins(t *testing.T) {
	t.Parallel()
	db, raw := open(t)
	f := newFile(1002)
	for round := range 2 { // on a new record, and on one that is there
		won := compete(t, db, f, round)
		f.moved(won)
		require.Equal(t, f.seq, count(t, raw, `SELECT count(*) FROM events`))
	}
}

// compete records 20 different commands at once and returns the one that was.
func compete(t *testing.T, db *postgres.DB, f *file, round int) (won casework.Transition) {
	t.Helper()
	transitions := make([]casework.Transition, 20)
	for i := range transitions {
		duties := []casework.Duty{duty("a", casework.DutyOpen, start()), duty("b", casework.DutyOpen, start())}
		if i%2 == 0 { // rows that two transitions hold in different order would lock each other out
			slices.Reverse(duties)
		}
		transitions[i] = f.next(t, fmt.Sprintf("c-%d-%d", round, i), duties...)
	}
	var wg sync.WaitGroup
	results := make([]casework.RecordResult, len(transitions))
	errs := make([]error, len(transitions))
	for i := range transitions {
		wg.Go(func() { results[i], errs[i] = db.Record(t.Context(), transitions[i]) })
	}
	wg.Wait()
	winners := 0
	for i, result := range results {
		require.NoError(t, errs[i])
		if result.Outcome == casework.Recorded {
			won = transitions[i]
			winners++
			continue
		}
		require.Equal(t, casework.Behind, result.Outcome)
		require.Len(t, result.Events, 2)
	}
	require.Equal(t, 1, winners)
	return won
}

func TestRecord_ALateAttemptDoesNotTurnTheReadModelsBack(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	f := newFile(1002)
	zombie := f.next(t, "c-1", duty("visit/p-7/3", casework.DutyOpen, start()))
	f.record(t, db, zombie)
	met := f.next(t, "c-2", duty("visit/p-7/3", casework.DutyMet, start()))
	f.record(t, db, met)

	result, err := db.Record(t.Context(), zombie)
	require.NoError(t, err)
	require.Equal(t, casework.Recorded, result.Outcome)
	summary, err := db.Summary(t.Context(), f.aggregate)
	require.NoError(t, err)
	require.Equal(t, 4, summary.Revision)
	d, err := db.Duty(t.Context(), f.aggregate, "visit/p-7/3")
	require.NoError(t, err)
	require.Equal(t, casework.DutyMet, d.Status)
}

func TestRecord_TellsNobodyTwice(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	testdb.Hire(t, db, worker("w-17", postgres.ChannelEmail))
	f := newFile(1002)
	for i := range 2 {
		tr := f.next(t, fmt.Sprintf("c-%d", i))
		tr.Notices = []casework.Notice{notice(f, "n-1", "w-17")}
		f.record(t, db, tr)
	}
	undelivered, err := db.Undelivered(t.Context(), f.aggregate)
	require.NoError(t, err)
	require.Equal(t, 1, undelivered)
}
