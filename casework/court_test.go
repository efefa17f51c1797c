package casework_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

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

// underOrders is awaitsHearing with an order: the father is to end a parenting
// program by 2025-03-31.
func underOrders(t testing.TB) *caseClerk {
	t.Helper()
	c := awaitsHearing(t)
	c.does(t, caseworker(), anOrder(t))
	return c
}

func anOrder(t testing.TB) *casework.OrderMaking {
	t.Helper()
	return &casework.OrderMaking{
		Children: []string{elder, younger}, Code: "parenting-program", Text: "text-17", On: day(t, "2025-01-22"),
		Due: day(t, "2025-03-31"), Owes: casework.Party{Role: "parent", ID: "P9"}, Matter: "matter-1",
	}
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

// standingOrder is the number of an order that stands, of any.
func standingOrder(w *walk, c *casework.Case) string {
	var stand []string
	for _, o := range c.Court.Orders {
		if o.Stands() {
			stand = append(stand, o.Ref)
		}
	}
	return one(w, append(stand, "order-0")[:max(1, len(stand))]...)
}

// requireCourtSound holds that a court decides on parental rights after the
// petition, and that nothing is done about an order before it was made.
func requireCourtSound(t testing.TB, c *casework.Case) {
	t.Helper()
	petitioned, made := map[string]casework.Date{}, map[string]casework.Date{}
	first := func(days map[string]casework.Date, key string, on casework.Date) {
		if was, ok := days[key]; !ok || on.Before(was) {
			days[key] = on
		}
	}
	facts := casework.Current(c.Facts)
	for _, f := range facts {
		first(petitioned, string(f.Type)+f.Subject+f.Ref, f.On)
		first(made, string(f.Type)+f.Ref, f.On)
	}
	for _, f := range facts {
		switch f.Type { //nolint:exhaustive // the other facts are not about the court
		case casework.FactTPRDecided:
			if f.Reason == casework.TPRGranted || f.Reason == casework.TPRDenied {
				on, ok := petitioned[string(casework.FactTPRPetitionFiled)+f.Subject+f.Ref]
				require.True(t, ok && !f.On.Before(on), "the order on a petition is not before it")
			}
		case casework.FactOrderComplied, casework.FactOrderVacated:
			on, ok := made[string(casework.FactOrderMade)+f.Ref]
			require.True(t, ok && !f.On.Before(on), "nothing is complied with before it is ordered")
		}
	}
	for _, o := range c.Court.Orders {
		require.Equal(t, o.Stands(), o.Settled.IsZero() && o.Status != "withdrawn")
	}
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
	case *casework.OrderMaking:
		b.Children, b.Code, b.Text, b.On = children, one(w, casework.OrderCodes()...), "text", on
		b.Owes.Role = one(w, casework.PartyRoles()...)
		if step := w.openStep(c); w.rng.IntN(2) == 0 && c.PlanSteps()[step].Status == casework.StepPending {
			b.PlanStep = step
		}
		if w.rng.IntN(2) == 0 {
			b.Due = on.AddDays(w.rng.IntN(60))
		}
	case *casework.OrderCompliance:
		b.Order, b.On, b.Kind, b.Evidence = standingOrder(w, c), on, one(w, casework.EvidenceKinds()...), "text"
	case *casework.OrderChange:
		b.Order, b.On, b.Due, b.Reason = standingOrder(w, c), on, on.AddDays(w.rng.IntN(60)), "text"
	case *casework.OrderVacating:
		b.Order, b.On, b.Reason = standingOrder(w, c), on, "text"
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
	case *casework.TPRDecision:
		b.Children, b.Parent, b.On = children, one(w, "P8", "P9"), on
		b.Status = one(w, casework.TPRRelinquished, casework.TPRDeceased, casework.TPRNotApplicable)
		for _, r := range c.Court.Rights {
			if r.Child == next.Subject && r.Status == casework.TPRFiled {
				b.Parent, b.Status = r.Parent, one(w, casework.TPRGranted, casework.TPRDenied)
			}
		}
	case *casework.TPRException:
		b.Children, b.On, b.Ground, b.Reason = children, on, one(w, casework.CompellingReason, casework.ServicesNotProvided), "text"
	default:
		return nil
	}
	return body
}
