package postgres_test

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/lib/pq"
	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/audit"
	"homeward/internal/testdb"
	"homeward/postgres"
)

// sealedItem is an entry about p-7 as its vault would hand it over.
func sealedItem(aggregate, id, supersedes string) postgres.SealedItem {
	return postgres.SealedItem{
		ID: id, Aggregate: aggregate, Subject: "p-7", Supersedes: supersedes, Content: []byte{0, 0xff, '\'', '"'},
		KeyID: "2026-06", CreatedBy: "w-17", CreatedAt: start(),
	}
}

func sealedConsent(aggregate, id, revokes string) postgres.SealedConsent {
	return postgres.SealedConsent{
		ID: id, Aggregate: aggregate, Compartment: access.Treatment, Revokes: revokes, Content: []byte("sealed"),
		KeyID: "2026-06", CreatedBy: "w-17", CreatedAt: start(),
	}
}

// entered is the line of the audit for an entry of a compartment.
func entered(c access.Compartment, aggregate string) audit.Entry {
	return audit.Entry{
		Actor: casework.Actor{ID: "w-17", Role: casework.RoleInvestigator}, Action: c.Writes(), Outcome: audit.Done, Record: aggregate,
	}
}

// managed is the line of the audit for a consent.
func managed(aggregate string) audit.Entry {
	return audit.Entry{
		Actor: casework.Actor{ID: "w-17", Role: casework.RoleInvestigator}, Action: access.ManageConsents, Outcome: audit.Done,
		Record: aggregate,
	}
}

// onRecord are the lines of the audit about a record.
func onRecord(t *testing.T, db *postgres.DB, aggregate string) int {
	t.Helper()
	page, err := db.AuditTrail(t.Context(), postgres.AuditFilter{Record: aggregate})
	require.NoError(t, err)
	return len(page.Items)
}

// keep requires that an entry is new and saved.
func keep(t *testing.T, db *postgres.DB, c access.Compartment, i postgres.SealedItem) {
	t.Helper()
	saved, err := db.SaveItem(t.Context(), c, i, entered(c, i.Aggregate))
	require.NoError(t, err)
	require.True(t, saved)
}

func TestItems_AreTheRecordsOwnInEachCompartment(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	for _, c := range access.Compartments() {
		keep(t, db, c, sealedItem("case-1", string(c)+"-1", ""))
		keep(t, db, c, sealedItem("case-1", string(c)+"-2", string(c)+"-1"))
		keep(t, db, c, sealedItem("case-2", string(c)+"-3", ""))
	}
	for _, c := range access.Compartments() {
		items, err := db.Items(t.Context(), c, "case-1")
		require.NoError(t, err)
		same(t, []postgres.SealedItem{
			sealedItem("case-1", string(c)+"-1", ""), sealedItem("case-1", string(c)+"-2", string(c)+"-1"),
		}, items)
	}
	_, err := db.Items(t.Context(), "records; --", "case-1")
	require.Equal(t, casework.Internal, casework.KindOf(err))
}

func TestSaveItem_TwiceIsOnce(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	keep(t, db, access.Juvenile, sealedItem("case-1", "i-1", ""))
	again := sealedItem("case-1", "i-1", "")
	again.Content = []byte("other")

	saved, err := db.SaveItem(t.Context(), access.Juvenile, again, entered(access.Juvenile, "case-1"))

	require.NoError(t, err)
	require.False(t, saved)
	items, err := db.Items(t.Context(), access.Juvenile, "case-1")
	require.NoError(t, err)
	same(t, []postgres.SealedItem{sealedItem("case-1", "i-1", "")}, items)
	require.Equal(t, 1, onRecord(t, db, "case-1"), "and in the audit")
}

func TestSaveItem_SupersedesOnceAndInItsOwnPlace(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	keep(t, db, access.Adoption, sealedItem("case-1", "i-1", ""))
	for name, lost := range map[string]postgres.SealedItem{
		"nothing":        sealedItem("case-1", "i-2", "i-0"),
		"another record": sealedItem("case-2", "i-2", "i-1"),
	} {
		saved, err := db.SaveItem(t.Context(), access.Adoption, lost, entered(access.Adoption, lost.Aggregate))
		require.NoError(t, err, name)
		require.False(t, saved, name)
	}
	saved, err := db.SaveItem(t.Context(), access.Treatment, sealedItem("case-1", "i-2", "i-1"), entered(access.Treatment, "case-1"))
	require.NoError(t, err)
	require.False(t, saved, "another compartment")

	keep(t, db, access.Adoption, sealedItem("case-1", "i-2", "i-1"))
	_, err = db.SaveItem(t.Context(), access.Adoption, sealedItem("case-1", "i-3", "i-1"), entered(access.Adoption, "case-1"))
	require.Equal(t, casework.Blocked, casework.KindOf(err))
}

func TestConsents_AreRevokedOnceByAFurtherRow(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	save := func(c postgres.SealedConsent) (bool, error) {
		return db.SaveConsent(t.Context(), c, managed(c.Aggregate))
	}
	for _, c := range []postgres.SealedConsent{sealedConsent("case-1", "c-1", ""), sealedConsent("case-1", "c-2", "c-1")} {
		saved, err := save(c)
		require.NoError(t, err)
		require.True(t, saved)
	}
	for name, lost := range map[string]postgres.SealedConsent{
		"the same again":    sealedConsent("case-1", "c-1", ""),
		"of another record": sealedConsent("case-2", "c-3", "c-1"),
		"of no consent":     sealedConsent("case-1", "c-3", "c-0"),
		"of a revocation":   sealedConsent("case-1", "c-3", "c-2"),
		"of another compartment": func() postgres.SealedConsent {
			c := sealedConsent("case-1", "c-3", "c-1")
			c.Compartment = access.Adoption
			return c
		}(),
	} {
		saved, err := save(lost)
		require.NoError(t, err, name)
		require.False(t, saved, name)
	}
	_, err := save(sealedConsent("case-1", "c-3", "c-1"))
	require.Equal(t, casework.Blocked, casework.KindOf(err))
	for _, compartment := range []access.Compartment{"", access.Treatment} {
		all, err := db.Consents(t.Context(), "case-1", compartment)
		require.NoError(t, err)
		same(t, []postgres.SealedConsent{sealedConsent("case-1", "c-1", ""), sealedConsent("case-1", "c-2", "c-1")}, all)
	}
	none, err := db.Consents(t.Context(), "case-1", access.Juvenile)
	require.NoError(t, err)
	require.Empty(t, none)
}

func TestCompartments_RefuseToBeChanged(t *testing.T) {
	t.Parallel()
	db, raw := open(t)
	tables := []string{"sealed.consents"}
	_, err := db.SaveConsent(t.Context(), sealedConsent("case-1", "c-1", ""), managed("case-1"))
	require.NoError(t, err)
	for _, c := range access.Compartments() {
		keep(t, db, c, sealedItem("case-1", "i-1", ""))
		tables = append(tables, "sealed."+string(c))
	}
	for _, table := range tables {
		for _, change := range []string{"UPDATE " + table + " SET created_by = 'w-1'", "TRUNCATE " + table} {
			_, err := raw.ExecContext(t.Context(), change)
			refused, ok := errors.AsType[*pq.Error](err)
			require.True(t, ok, change)
			require.Equal(t, "restrict_violation", refused.Code.Name(), change)
		}
		require.Equal(t, 1, count(t, raw, "DELETE FROM "+table+" WHERE aggregate = 'case-1' RETURNING 1"), "a purge")
	}
}

func reporterOf(content string) func(string) (postgres.SealedItem, audit.Entry, error) {
	return func(aggregate string) (postgres.SealedItem, audit.Entry, error) {
		i := sealedItem(aggregate, "i-1", "")
		i.Subject, i.Content = "", []byte(content+" of "+aggregate)
		return i, entered(access.Reporter, aggregate), nil
	}
}

func TestReserve_PutsTheReporterIntoTheCompartmentAtOnce(t *testing.T) {
	t.Parallel()
	db, raw := open(t)
	r := reservation("k-1")
	r.Reporter = reporterOf("sealed")

	first, err := db.Reserve(t.Context(), r)
	require.NoError(t, err)
	again, err := db.Reserve(t.Context(), r)
	require.NoError(t, err)

	require.True(t, first.New)
	require.False(t, again.New)
	require.Equal(t, first.Number, again.Number)
	items, err := db.Items(t.Context(), access.Reporter, "report-"+first.Number)
	require.NoError(t, err)
	require.Len(t, items, 1)
	require.Equal(t, "sealed of report-"+first.Number, string(items[0].Content), "encrypted for the number that was drawn")
	require.Equal(t, 1, count(t, raw, `SELECT count(*) FROM sealed.reporter`))
	require.Equal(t, 1, onRecord(t, db, "report-"+first.Number))
}

func TestReserve_LeavesNothingWhereTheReporterCannotBeEncrypted(t *testing.T) {
	t.Parallel()
	db, raw := open(t)
	r := reservation("k-1")
	r.Reporter = func(string) (postgres.SealedItem, audit.Entry, error) {
		return postgres.SealedItem{}, audit.Entry{}, casework.NewError(casework.Unavailable, "no key")
	}

	_, err := db.Reserve(t.Context(), r)

	require.Equal(t, casework.Unavailable, casework.KindOf(err))
	for _, table := range []string{"reservations", "persons", "texts", "sealed.reporter"} {
		require.Zero(t, count(t, raw, `SELECT count(*) FROM `+table), table)
	}
	r.Reporter = reporterOf("sealed")
	second, err := db.Reserve(t.Context(), r)
	require.NoError(t, err)
	require.True(t, second.New, "the key is not used up")
}

func TestReserve_ConcurrentReportersWithOneKey(t *testing.T) {
	t.Parallel()
	db, raw := open(t)
	var wg sync.WaitGroup
	got, errs := make([]postgres.Reserved, 8), make([]error, 8)
	for i := range got {
		r := reservation("k-1")
		r.Reporter = reporterOf("sealed")
		wg.Go(func() { got[i], errs[i] = db.Reserve(t.Context(), r) })
	}
	wg.Wait()
	for i := range got {
		require.NoError(t, errs[i])
		require.Equal(t, got[0].Number, got[i].Number)
	}
	require.Equal(t, 1, count(t, raw, `SELECT count(*) FROM sealed.reporter`))
}

func TestDropReporter_SparesAReportThatIsThere(t *testing.T) {
	t.Parallel()
	db, raw := open(t)
	f := newFile(1)
	f.record(t, db, f.next(t, "c-1"))
	keep(t, db, access.Reporter, sealedItem(f.aggregate, "i-1", ""))
	keep(t, db, access.Reporter, sealedItem("report-9", "i-2", ""))

	require.NoError(t, db.DropReporter(t.Context(), "i-1"))
	require.NoError(t, db.DropReporter(t.Context(), "i-2"))

	require.Equal(t, 1, count(t, raw, `SELECT count(*) FROM sealed.reporter WHERE id = 'i-1'`))
	require.Equal(t, 1, count(t, raw, `SELECT count(*) FROM sealed.reporter`))
}

// as returns the address of a database for a role of its own with these rights,
// and the same database for its owner.
func as(t *testing.T, grants string) (address string, owner *postgres.DB) {
	t.Helper()
	address = testdb.URL(t)
	owner, raw := testdb.Open(t, address), sqlOpen(t, address)
	role := "homeward_test_" + strings.ToLower(rand.Text())
	_, err := raw.ExecContext(t.Context(), "CREATE ROLE "+role)
	require.NoError(t, err)
	t.Cleanup(func() {
		_, err := raw.ExecContext(context.WithoutCancel(t.Context()), "DROP OWNED BY "+role+"; DROP ROLE "+role)
		require.NoError(t, err)
	})
	_, err = raw.ExecContext(t.Context(), strings.ReplaceAll(grants, "ROLE", role))
	require.NoError(t, err)
	return address + "&role=" + role, owner
}

// everythingElse are rights to all but the compartments.
const everythingElse = `
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ROLE;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO ROLE;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO ROLE;`

// What the worker does, and every list, works for a role of the database that has
// no right to the schema of the compartments.
func TestDatabaseRole_WithoutTheCompartmentsRunsEverythingElse(t *testing.T) {
	t.Parallel()
	address, owner := as(t, everythingElse)
	db := testdb.Open(t, address)
	ctx := t.Context()
	f := newFile(1)
	first := f.next(t, "c-1", duty("visit", casework.DutyOpen, start()))
	first.Notices = []casework.Notice{notice(f, "n-1", "w-17")}
	try := func(what string, do func() error) { require.NoError(t, do(), what) }

	require.NoError(t, db.Ready(ctx))
	testdb.Hire(t, db, worker("w-17", postgres.ChannelEmail))
	f.record(t, db, first)
	f.record(t, db, f.next(t, "c-2", duty("visit", casework.DutyMet, start())))
	try("the log", func() error { _, err := db.Events(ctx, f.aggregate, 1); return err })
	try("a command", func() error { _, err := db.Command(ctx, f.aggregate, "c-1"); return err })
	try("the chain", func() error { _, err := db.VerifyChain(ctx, f.aggregate); return err })
	models := readModels(t, db, f.aggregate)
	try("read models", func() error { return db.ReplaceReadModels(ctx, models) })
	try("records", func() error { _, err := db.Records(ctx, postgres.RecordFilter{Kind: casework.KindCase}); return err })
	try("a standing", func() error { _, err := db.Standing(ctx, "w-17", f.aggregate, start()); return err })
	try("a worklist", func() error { _, err := db.Worklist(ctx, postgres.WorklistFilter{Worker: "w-17"}); return err })
	try("notices", func() error { _, err := db.Notices(ctx, postgres.NoticeFilter{Recipient: "w-17"}); return err })
	try("the audit", func() error { return db.Audit(ctx, managed(f.aggregate)) })
	try("what the audit says", func() error { _, err := db.AuditTrail(ctx, postgres.AuditFilter{Record: f.aggregate}); return err })
	try("access rules", func() error { _, err := db.Rules(ctx, f.aggregate); return err })
	try("accounts of programs", func() error { _, err := db.Services(ctx); return err })
	try("the directory", func() error { _, err := db.Workers(ctx, postgres.WorkerFilter{}); return err })
	due, err := db.DueDeliveries(ctx, f.aggregate, 10)
	require.NoError(t, err)
	require.Len(t, due, 1)
	try("undelivered", func() error { _, err := db.Undelivered(ctx, f.aggregate); return err })
	for record, err := range db.OpenRecords(ctx) {
		require.NoError(t, err)
		require.Equal(t, f.aggregate, record.Aggregate)
	}
	reserved, err := db.Reserve(ctx, reservation("k-1"))
	require.NoError(t, err)
	try("persons", func() error { _, err := db.Persons(ctx, reserved.Persons); return err })
	try("texts", func() error { _, err := db.Texts(ctx, []string{"t-k-1"}); return err })

	keep(t, owner, access.Reporter, sealedItem(f.aggregate, "i-1", ""))
	for _, c := range access.Compartments() {
		_, err := db.Items(ctx, c, f.aggregate)
		require.ErrorContains(t, err, "42501 insufficient_privilege", c)
		_, err = db.SaveItem(ctx, c, sealedItem(f.aggregate, "i-2", ""), entered(c, f.aggregate))
		require.ErrorContains(t, err, "42501 insufficient_privilege", c)
	}
	_, err = db.Consents(ctx, f.aggregate, "")
	require.ErrorContains(t, err, "42501 insufficient_privilege")
	require.ErrorContains(t, db.DropReporter(ctx, "i-1"), "42501 insufficient_privilege")
}

// What docs/storage.md grants to the API is enough for the compartments, and does
// not include changing them.
func TestDatabaseRole_OfTheAPIAddsAndReadsAndChangesNothing(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/storage.md")
	require.NoError(t, err)
	_, after, found := strings.Cut(string(page), "GRANT USAGE ON SCHEMA sealed")
	require.True(t, found)
	documented, _, _ := strings.Cut(after, "```")
	address, _ := as(t, everythingElse+strings.ReplaceAll("GRANT USAGE ON SCHEMA sealed"+documented, "homeward_api", "ROLE"))
	db := testdb.Open(t, address)

	r := reservation("k-1")
	r.Reporter = reporterOf("sealed")
	reserved, err := db.Reserve(t.Context(), r)
	require.NoError(t, err)
	for _, c := range access.Compartments() {
		keep(t, db, c, sealedItem("case-1", "i-2", ""))
		keep(t, db, c, sealedItem("case-1", "i-3", "i-2"))
		items, err := db.Items(t.Context(), c, "case-1")
		require.NoError(t, err)
		require.Len(t, items, 2)
	}
	_, err = db.SaveConsent(t.Context(), sealedConsent("case-1", "c-1", ""), managed("case-1"))
	require.NoError(t, err)
	_, err = db.Consents(t.Context(), "case-1", "")
	require.NoError(t, err)
	require.NoError(t, db.DropReporter(t.Context(), "i-1"))
	items, err := db.Items(t.Context(), access.Reporter, "report-"+reserved.Number)
	require.NoError(t, err)
	require.Empty(t, items)
	for _, forbidden := range []string{
		"DELETE FROM sealed.treatment", "DELETE FROM sealed.consents", "UPDATE sealed.reporter SET content = ''",
		"TRUNCATE sealed.juvenile",
	} {
		_, err := sqlOpen(t, address).ExecContext(t.Context(), forbidden)
		require.ErrorContains(t, err, "permission denied", forbidden)
	}
}

// A record's compartment and consents are found by index, also where there are
// 30,000 of them.
func TestPlans_OfCompartments(t *testing.T) {
	t.Parallel()
	_, raw := open(t)
	for _, c := range append(access.Compartments(), "consents") {
		table := "sealed." + string(c)
		columns, values := "subject, supersedes", "'', ''"
		if c == "consents" {
			columns, values = "compartment, revokes", "'treatment', ''"
		}
		_, err := raw.ExecContext(t.Context(), `INSERT INTO `+table+` (id, aggregate, `+columns+`, content, key_id, created_by, created_at)
SELECT 'i-' || n, 'case-' || n % 15000, `+values+`, '', '', '', now() FROM generate_series(1, 30000) n; ANALYZE `+table)
		require.NoError(t, err)
	}
	for _, c := range access.Compartments() {
		statement, err := postgres.SelectItems(c)
		require.NoError(t, err)
		plan := explain(t, raw, statement, []any{"case-7"})
		require.Contains(t, plan, " "+string(c)+"_record ")
		require.NotContains(t, plan, "Seq Scan")
	}
	plan := explain(t, raw, postgres.SelectConsents, []any{"case-7", "treatment"})
	require.Contains(t, plan, " consents_record ")
	require.NotContains(t, plan, "Seq Scan")
}
