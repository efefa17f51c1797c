package postgres_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/audit"
	"homeward/internal/testdb"
	"homeward/postgres"
)

func aTransfer(records ...string) casework.Transfer {
	x := casework.Transfer{
		ID: "x-1", From: "w-17", To: "w-2", Supervisor: "w-3", By: casework.Actor{ID: "w-3", Role: casework.RoleSupervisor},
		Reason: "workload", State: casework.TransferMoving, At: start(),
	}
	for _, r := range records {
		x.Items = append(x.Items, casework.TransferItem{Record: r, Supervisor: "w-3", State: casework.ItemPlanned})
	}
	return x
}

func lineOf(x casework.Transfer) audit.Entry {
	return audit.Entry{Actor: x.By, Action: access.TransferRecords, Outcome: audit.Done, Part: x.ID}
}

func TestTransfer_IsPlannedOnceForEachID(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	x := aTransfer("case-1", "case-2")
	first, err := db.PlanTransfer(t.Context(), x, "mark", lineOf(x))
	require.NoError(t, err)
	require.Equal(t, x, first)
	again, err := db.PlanTransfer(t.Context(), aTransfer("case-3"), "mark", lineOf(x))
	require.NoError(t, err)
	require.Equal(t, x, again, "as it was stored")
	_, err = db.PlanTransfer(t.Context(), x, "another", lineOf(x))
	require.Equal(t, casework.Reused, casework.KindOf(err))
	trail, err := db.AuditTrail(t.Context(), postgres.AuditFilter{Actor: "w-3"})
	require.NoError(t, err)
	require.Len(t, trail.Items, 1, "planned once, on record once")
	_, err = db.Transfer(t.Context(), "none")
	require.Equal(t, casework.NotFound, casework.KindOf(err))
}

func TestTransfer_SettlesAsItsRecordsStand(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	x := aTransfer("case-1", "case-2")
	_, err := db.PlanTransfer(t.Context(), x, "mark", lineOf(x))
	require.NoError(t, err)
	x.Items[0].State, x.Items[0].At = casework.ItemMoved, start()
	require.NoError(t, db.SaveTransferItem(t.Context(), x.ID, x.Items[0]))
	settled, err := db.SettleTransfer(t.Context(), x.ID, start())
	require.NoError(t, err)
	require.Equal(t, casework.TransferMoving, settled.State)
	unsettled, err := db.UnsettledTransfers(t.Context())
	require.NoError(t, err)
	require.Len(t, unsettled, 1)

	undoing, err := db.UndoTransfer(t.Context(), x.ID, x.By, start(), lineOf(x))
	require.NoError(t, err)
	require.Equal(t, casework.TransferUndoing, undoing.State)
	x.Items[0].State = casework.ItemUndone
	require.NoError(t, db.SaveTransferItem(t.Context(), x.ID, x.Items[0]))
	settled, err = db.SettleTransfer(t.Context(), x.ID, start())
	require.NoError(t, err)
	require.Equal(t, casework.TransferUndone, settled.State)
	require.Equal(t, casework.TransferStopped, settled.Items[1].Reason)
	stored, err := db.Transfer(t.Context(), x.ID)
	require.NoError(t, err)
	require.Equal(t, settled, stored)
	_, err = db.SettleTransfer(t.Context(), "none", start())
	require.Equal(t, casework.NotFound, casework.KindOf(err))
}

func TestCarried_SaysWhatStandsBetweenARecordAndItsNextWorker(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	for number, change := range map[int]func(*casework.Summary){
		1: func(*casework.Summary) {},
		2: func(s *casework.Summary) { s.Restricted = true },
		3: func(s *casework.Summary) { s.ClosedAt = start() },
		4: func(s *casework.Summary) { s.Worker = "w-18" },
		5: func(s *casework.Summary) { s.Aggregate, s.Kind = "report-5", casework.KindReport },
		6: func(*casework.Summary) {},
	} {
		f := newFile(number)
		if number == 5 {
			f.aggregate = "report-5"
		}
		tr := f.next(t, "c-1")
		change(&tr.Summary)
		f.record(t, db, tr)
	}
	for id, r := range map[string]postgres.AccessRule{
		"r-1": {Aggregate: "case-1", Kind: postgres.RuleConflict, Worker: "w-2"},
		"r-6": {Aggregate: "case-6", Kind: postgres.RuleSeal, Ground: "24-J-1"},
	} {
		r.ID, r.SetBy, r.SetAt = id, "w-3", start()
		_, err := db.SetRule(t.Context(), r, audit.Entry{
			Actor: casework.Actor{ID: "w-3", Role: casework.RoleSupervisor}, Action: access.ManageAccess, Outcome: audit.Done, Record: r.Aggregate,
		})
		require.NoError(t, err)
	}
	carried, err := db.Carried(t.Context(), "w-17", "w-2", nil)
	require.NoError(t, err)
	why := map[string]string{}
	for _, c := range carried {
		why[c.Record] = c.Hindrance()
	}
	require.Equal(t, map[string]string{
		"case-1": casework.TransferConflict, "case-2": "", "case-6": casework.TransferRestricted, "report-5": casework.TransferUnscreened,
	}, why)
	one, err := db.Carried(t.Context(), "w-17", "w-2", []string{"case-2", "case-4"})
	require.NoError(t, err)
	require.Len(t, one, 1)
	require.True(t, one[0].Restricted)
	hindrance, err := db.Hindrance(t.Context(), "case-1", "w-2")
	require.NoError(t, err)
	require.Equal(t, casework.TransferConflict, hindrance)
}

// led is access.Leads in SQL: who asked, and who leads both, see a transfer.
func TestTransfers_AreListedToWhoAskedAndWhoLeadsBoth(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	from := postgres.Worker{ID: "w-17", Role: casework.RoleCaseworker, Office: "north", Unit: "n-1", Supervisor: "w-8", Manager: "w-9"}
	to := postgres.Worker{ID: "w-2", Role: casework.RoleCaseworker, Office: "north", Unit: "n-1", Supervisor: "w-8", Manager: "w-9"}
	far := postgres.Worker{ID: "w-5", Role: casework.RoleCaseworker, Office: "south", Unit: "s-1", Supervisor: "w-8", Manager: "w-6"}
	for _, w := range []postgres.Worker{from, to, far} {
		require.NoError(t, db.SaveWorker(t.Context(), w, did("", access.ManageStaff)))
	}
	staff := func(w postgres.Worker) access.Staff {
		return access.Staff{ID: w.ID, Office: w.Office, Unit: w.Unit, Supervisor: w.Supervisor, Manager: w.Manager}
	}
	near, across := aTransfer("case-1"), aTransfer("case-2")
	across.ID, across.To, across.At = "x-2", far.ID, start().Add(time.Minute)
	for _, x := range []casework.Transfer{near, across} {
		_, err := db.PlanTransfer(t.Context(), x, "mark", lineOf(x))
		require.NoError(t, err)
	}
	for _, role := range []casework.Role{casework.RoleSupervisor, casework.RoleManager, casework.RoleCaseworker} {
		for _, id := range []string{"w-3", "w-8", "w-9", "w-6", "w-17", "w-1"} {
			for _, place := range [][2]string{{"north", "n-1"}, {"north", ""}, {"south", "s-1"}, {"", ""}} {
				who := access.Caller{ID: id, Role: role, Office: place[0], Unit: place[1]}
				var want []string
				for _, x := range []struct {
					id       string
					from, to postgres.Worker
				}{{"x-2", from, far}, {"x-1", from, to}} {
					if id == "w-3" || access.Leads(who, staff(x.from)) && access.Leads(who, staff(x.to)) {
						want = append(want, x.id)
					}
				}
				page, err := db.Transfers(t.Context(), postgres.TransferFilter{Viewer: id, Role: role, Office: place[0], Unit: place[1]})
				require.NoError(t, err)
				var got []string
				for _, x := range page.Items {
					got = append(got, x.ID)
				}
				require.Equal(t, want, got, "%s as %s in %v", id, role, place)
			}
		}
	}
	mine := postgres.TransferFilter{Viewer: "w-3", Limit: 1}
	first, err := db.Transfers(t.Context(), mine)
	require.NoError(t, err)
	mine.After = first.Next
	second, err := db.Transfers(t.Context(), mine)
	require.NoError(t, err)
	require.Equal(t, []string{"x-2", "x-1"}, []string{first.Items[0].ID, second.Items[0].ID}, "the latest first, page by page")
	require.Empty(t, second.Next)
	done, err := db.Transfers(t.Context(), postgres.TransferFilter{Viewer: "w-3", State: casework.TransferDone})
	require.NoError(t, err)
	require.Empty(t, done.Items)
}

// A case that is destroyed is in no transfer any more, and its transfer shows the others.
func TestPurge_LeavesNothingOfTheRecordInTransfers(t *testing.T) {
	t.Parallel()
	db, raw := open(t)
	f, other := newFile(1), newFile(2)
	for _, one := range []*file{f, other} {
		one.record(t, db, one.next(t, "c-1"))
	}
	f.closed(t, db, "c-2")
	x := aTransfer(f.aggregate, other.aggregate)
	_, err := db.PlanTransfer(t.Context(), x, "mark", audit.Entry{Actor: x.By, Action: access.TransferRecords, Outcome: audit.Done, Part: x.ID})
	require.NoError(t, err)
	keepSecret(t, db, f.aggregate)
	before, err := db.Remains(t.Context(), f.aggregate)
	require.NoError(t, err)
	require.Equal(t, 1, before["transfer_items"])
	approved(t, db, f, "pu-1")
	require.NoError(t, db.DestroySecret(t.Context(), "pu-1", postgres.Samples{}, start()))
	_, err = db.EraseRecord(t.Context(), "pu-1", 0, start())
	require.NoError(t, err)

	left, err := db.Remains(t.Context(), f.aggregate)
	require.NoError(t, err)
	require.Empty(t, left)
	for _, table := range []string{"transfers", "transfer_items"} {
		require.Zero(t, count(t, raw, `SELECT count(*) FROM `+table+` x WHERE x::text LIKE '%' || $1 || '%'`, f.aggregate), table)
	}
	shown, err := db.Transfer(t.Context(), x.ID)
	require.NoError(t, err)
	require.Equal(t, []string{other.aggregate}, shown.Records())
	again, err := db.PlanTransfer(t.Context(), x, "mark", lineOf(x))
	require.NoError(t, err)
	require.Equal(t, []string{other.aggregate}, again.Records(), "sent again it does not come back")
	stone, err := db.Tombstone(t.Context(), f.aggregate)
	require.NoError(t, err)
	require.Equal(t, 1, stone.Deleted["transfer_items"])
}
