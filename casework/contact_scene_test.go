package casework_test

import (
	"testing"

	"homeward/casework"
)

func aContactPlan(by string, days int, children ...string) *casework.ContactPlan {
	return &casework.ContactPlan{Children: children, Relationship: "parent", EveryDays: days, By: by}
}

// withContacts is a case on the day of its opening, with one of everything that
// runs beside its way: a visit, a plan of visits, an appeal, a
// grievance, a meeting that is called and one that was held, a school.
func withContacts(t testing.TB) *caseClerk {
	t.Helper()
	c := opened(t)
	c.does(t, caseworker(), aVisit(t, "2025-01-20 09:00", elder))
	c.does(t, caseworker(), aContactPlan("plan", 7, elder))
	c.does(t, caseworker(), anAppeal(t))
	c.does(t, caseworker(), aGrievance(t))
	c.does(t, caseworker(), aConference(t))
	c.does(t, caseworker(), aMeetingHeld(t))
	c.does(t, caseworker(), aSchool(t))
	return c
}

func anAppeal(t testing.TB) *casework.Appeal {
	t.Helper()
	return &casework.Appeal{
		About: "finding", By: casework.Participant{Person: "p-7", Role: "parent"}, On: day(t, "2025-01-20"), DecideBy: day(t, "2025-03-21"),
	}
}

func aGrievance(t testing.TB) *casework.Grievance {
	t.Helper()
	return &casework.Grievance{
		About: "visits", By: casework.Participant{Role: "child"}, On: day(t, "2025-01-20"), AnswerBy: day(t, "2025-02-03"), Words: "text",
	}
}

func aConference(t testing.TB) *casework.MeetingCall {
	t.Helper()
	return &casework.MeetingCall{
		Type: "family-team", At: clock(t, "2025-01-20 15:00"), Invited: []casework.Participant{{Person: "p-7", Role: "parent"}, {Role: "school"}},
	}
}

// aMeetingHeld is one that was not called, with a decision.
func aMeetingHeld(t testing.TB) *casework.MeetingHeld {
	t.Helper()
	return &casework.MeetingHeld{
		Type: "case-conference", At: clock(t, "2025-01-20 09:30"), Came: []casework.Participant{{Person: "p-7", Role: "parent"}},
		Decisions: []casework.MeetingDecision{{What: "text", Owner: "w-caseworker", Child: elder, Due: day(t, "2025-02-20")}},
	}
}
