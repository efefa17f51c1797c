package casework_test

import (
	"testing"

	"homeward/casework"
)

func aContactPlan(by string, days int, children ...string) *casework.ContactPlan {
	return &casework.ContactPlan{Children: children, Relationship: "parent", EveryDays: days, By: by}
}

// withContacts is a case on the day of its opening, with one of everything that
// runs beside its way: a visit and a plan of visits.
func withContacts(t testing.TB) *caseClerk {
	t.Helper()
	c := opened(t)
	c.does(t, caseworker(), aVisit(t, "2025-01-20 09:00", elder))
	c.does(t, caseworker(), aContactPlan("plan", 7, elder))
	return c
}
