package postgres_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/testdb"
)

func TestTimeline_GoesOnAfterASeq(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	f := newFile(1002)
	var all []casework.Event
	for i := range 3 {
		tr := f.next(t, fmt.Sprintf("c-%d", i))
		f.record(t, db, tr)
		all = append(all, tr.Events...)
	}
	var read []casework.Event
	for after := 0; ; after = read[len(read)-1].Seq {
		part, err := db.Timeline(t.Context(), f.aggregate, after, 4)
		require.NoError(t, err)
		require.LessOrEqual(t, len(part), 4)
		if len(part) == 0 {
			break
		}
		read = append(read, part...)
	}
	same(t, all, read)
}

func TestEvents_OfAnUnknownRecordAreNone(t *testing.T) {
	t.Parallel()
	events, err := testdb.New(t).Events(t.Context(), "case-404", 1)
	require.NoError(t, err)
	require.Empty(t, events)
}

func TestCommand_NotCarriedOutIsNotFound(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	f := newFile(1002)
	f.record(t, db, f.next(t, "c-1"))
	_, err := db.Command(t.Context(), f.aggregate, "c-2")
	require.Equal(t, casework.NotFound, casework.KindOf(err))
	_, err = db.Command(t.Context(), "case-404", "c-1")
	require.Equal(t, casework.NotFound, casework.KindOf(err))
}
