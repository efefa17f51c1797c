package postgres_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/postgres"
)

// walked returns every row of a list, page after page.
func walked(
	t *testing.T, list func(context.Context, postgres.Position) (postgres.Page[postgres.Retained], error),
) (all []postgres.Retained, pages int) {
	t.Helper()
	for after, more := postgres.Position(""), true; more; more = after != "" {
		page, err := list(t.Context(), after)
		require.NoError(t, err)
		all, pages, after = append(all, page.Items...), pages+1, page.Next
	}
	return all, pages
}

func TestRetained_ListsEveryFindingAndClosedRecordOnce(t *testing.T) {
	t.Parallel()
	db, raw := open(t)
	_, err := raw.ExecContext(t.Context(), agency+`
INSERT INTO registry (aggregate, allegation, perpetrator, type, result, found_on, recorded_at)
SELECT 'report-' || n, a, 'p-9', 'neglect', 'unsubstantiated', '2026-01-30', now() FROM generate_series(1, 600) n, (VALUES ('a1'), ('a2')) AS l(a);
UPDATE registry SET expunged_at = now() WHERE aggregate IN ('report-1', 'report-600')`)
	require.NoError(t, err)
	findings, pages := walked(t, db.RetainedFindings)
	require.Len(t, findings, 1196)
	require.Equal(t, 3, pages)
	records, pages := walked(t, db.RetainedRecords)
	require.Len(t, records, 15000)
	require.Equal(t, 30, pages)
	seen := map[string]bool{}
	for _, one := range append(findings, records...) {
		require.False(t, seen[one.Record+one.Allegation], one)
		seen[one.Record+one.Allegation] = true
	}
	same(t, postgres.Retained{
		Record: "report-101", Allegation: "a1", Outcome: "unsubstantiated", FoundOn: casework.NewDate(2026, time.January, 30),
		Timezone: "UTC", Pack: "us-federal@1",
	}, findings[4])
}
