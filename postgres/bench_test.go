package postgres_test

import (
	"database/sql"
	"fmt"
	"testing"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/audit"
	"homeward/internal/testdb"
	"homeward/postgres"
)

// BenchmarkRecord records a transition of two events, one duty and one notice:
// as Record does, and in three statements of one transaction.
func BenchmarkRecord(b *testing.B) {
	b.Run("one statement", func(b *testing.B) {
		db, _ := open(b)
		benchmark(b, db, func(t casework.Transition) error {
			_, err := db.Record(b.Context(), t)
			return err
		})
	})
	b.Run("three statements", func(b *testing.B) {
		db, raw := open(b)
		benchmark(b, db, func(t casework.Transition) error { return recordInThree(b, raw, t) })
	})
}

func benchmark(b *testing.B, db *postgres.DB, record func(t casework.Transition) error) {
	b.Helper()
	testdb.Hire(b, db, worker("w-17"))
	f := newFile(1002)
	i := 0
	for b.Loop() {
		b.StopTimer()
		t := f.next(b, fmt.Sprintf("c-%d", i), duty("visit/p-7/3", casework.DutyOpen, start()))
		t.Notices = []casework.Notice{notice(f, fmt.Sprint(i), "w-17")}
		i++
		b.StartTimer()
		if err := record(t); err != nil {
			b.Fatal(err)
		}
		f.moved(t)
	}
}

func recordInThree(b *testing.B, raw *sql.DB, t casework.Transition) error {
	b.Helper()
	parameter, err := postgres.Recording(t)
	if err != nil {
		return err
	}
	tx, err := raw.BeginTx(b.Context(), nil)
	if err != nil {
		return err
	}
	for _, statement := range []string{postgres.InsertLog, postgres.UpsertReadModels, postgres.InsertOutbox} {
		if _, err := tx.ExecContext(b.Context(), statement, parameter); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// BenchmarkTrust is what each request asks before it does anything, and what it
// leaves behind.
func BenchmarkTrust(b *testing.B) {
	db, _ := open(b)
	f := newFile(1002)
	f.record(b, db, f.next(b, "c-1"))
	b.Run("standing", func(b *testing.B) {
		for b.Loop() {
			if _, err := db.Standing(b.Context(), "w-17", f.aggregate, start()); err != nil {
				b.Fatal(err)
			}
		}
	})
	line := audit.Entry{
		Actor: casework.Actor{ID: "w-17", Role: casework.RoleCaseworker}, Action: access.ReadRecord, Outcome: audit.Done,
		Record: f.aggregate, Part: "timeline",
	}
	b.Run("audit", func(b *testing.B) {
		for b.Loop() {
			if err := db.Audit(b.Context(), line); err != nil {
				b.Fatal(err)
			}
		}
	})
}
