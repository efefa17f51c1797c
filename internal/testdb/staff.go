package testdb

import (
	"testing"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/audit"
	"homeward/postgres"
)

// Hire writes workers to the directory, as an administrator does.
func Hire(tb testing.TB, db *postgres.DB, workers ...postgres.Worker) {
	tb.Helper()
	for _, w := range workers {
		must(tb, db.SaveWorker(tb.Context(), w, audit.Entry{
			Actor:  casework.Actor{ID: "w-administrator", Role: casework.RoleAdministrator},
			Action: access.ManageStaff, Outcome: audit.Done, Part: w.ID,
		}))
	}
}
