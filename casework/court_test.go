package casework_test

import (
	"testing"
	"time"

	"homeward/casework"
)

func aPetition(t testing.TB, children ...string) *casework.MatterOpening {
	t.Helper()
	return &casework.MatterOpening{
		Children: children, Kind: casework.Dependency, At: clock(t, "2025-01-17 15:00"), Docket: "text-10",
	}
}

// beforeCourt is a case at noon of 2025-01-22, both children at home: a petition
// was filed on 2025-01-17, and an order on the papers of 2025-01-20 gave the
// agency temporary custody.
func beforeCourt(t testing.TB) *caseClerk {
	t.Helper()
	c := opened(t)
	c.at(t, "2025-01-22 12:00")
	c.does(t, caseworker(), aPetition(t, elder, younger))
	c.does(t, caseworker(), with(aHearing(t, casework.OnPapers), func(b *casework.Hearing) {
		b.Children, b.At, b.TemporaryCustody = []string{elder, younger}, clock(t, "2025-01-20 09:00"), true
	}))
	return c
}

// awaitsHearing is a case at noon of 2025-01-22, the elder in care, a permanency
// hearing for both children scheduled for Friday, 2025-02-28.
func awaitsHearing(t testing.TB) *caseClerk {
	t.Helper()
	c := beforeCourt(t)
	c.does(t, caseworker(), aRemoval(t, elder))
	c.does(t, caseworker(), aHearingDate(t))
	return c
}

func aHearingDate(t testing.TB) *casework.HearingSchedule {
	t.Helper()
	return &casework.HearingSchedule{
		Children: []string{elder, younger}, Type: casework.Permanency, At: clock(t, "2025-02-28 09:00"), Judge: "text-14",
		Matter: "matter-1",
	}
}

// waitingDate is the number of a hearing that is to come, of any.
func waitingDate(w *walk, c *casework.Case) string {
	var waiting []string
	for _, d := range c.Court.Dates {
		if d.Status == "" {
			waiting = append(waiting, d.Ref)
		}
	}
	if len(waiting) == 0 { // only a hearing that was held is left, for a report
		for _, d := range c.Court.Dates {
			if d.Status == "held" {
				waiting = append(waiting, d.Ref)
			}
		}
	}
	return one(w, append(waiting, "hearing-0")[:max(1, len(waiting))]...)
}

// courtBody writes the bodies of the court's steps; nil for any other.
func (w *walk) courtBody(c *casework.Case, now time.Time, next casework.NextStep, body casework.Body) casework.Body {
	children, on := []string{next.Subject}, today(now, c.Location())
	switch b := body.(type) {
	case *casework.MatterOpening:
		b.Children, b.Kind, b.At, b.Docket = children, one(w, casework.MatterKinds()...), w.lately(now), "text"
	case *casework.HearingSchedule:
		b.Children, b.Type, b.At = children, one(w, casework.Review, casework.Trial), now.AddDate(0, 0, 3+w.rng.IntN(40))
	case *casework.Continuance:
		b.Hearing, b.To, b.Reason = waitingDate(w, c), now.AddDate(0, 0, 5+w.rng.IntN(40)), one(w, casework.ContinuanceReasons()...)
	case *casework.VacatedHearing:
		b.Hearing, b.Reason = waitingDate(w, c), "text"
	case *casework.CourtReportFiling:
		b.Hearing, b.On = waitingDate(w, c), on
	case *casework.ServicePlanFiling:
		b.Children, b.On = children, on
	case *casework.DismissalExtension:
		b.Children, b.On, b.Reason = children, on, "text"
		if w.rng.IntN(2) == 0 {
			b.Days = 1 + w.rng.IntN(180)
		}
	case *casework.DismissalNotice:
		b.Children, b.On = children, on
	case *casework.TPRPetition:
		b.Children, b.Parents, b.On, b.Grounds = children, []string{one(w, "P8", "P9")}, on, "text"
	case *casework.TPRException:
		b.Children, b.On, b.Ground, b.Reason = children, on, one(w, casework.CompellingReason, casework.ServicesNotProvided), "text"
	default:
		return nil
	}
	return body
}
