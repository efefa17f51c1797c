package casework_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

func TestOrder_IsADutyOfItsOwn(t *testing.T) {
	t.Parallel()
	c := underOrders(t)
	require.Equal(t, []casework.Order{{
		Ref: "order-1", Children: []string{elder, younger}, Code: "parenting-program", On: day(t, "2025-01-22"),
		Due: day(t, "2025-03-31"), Owes: casework.Party{Role: "parent", ID: "P9"}, Matter: "matter-1",
	}}, c.state.Court.Orders)
	made := c.facts(casework.FactOrderMade)
	require.Len(t, made, 1, "one thing to do for the whole sibling group")
	require.Equal(t, "order-1", made[0].Ref)
	require.Equal(t, day(t, "2025-03-31"), made[0].Until)
	require.Equal(t, "order-1", casework.ItemOf(c.state, c.events[len(c.events)-1]))
}

func TestOrder_WithoutADayStandsUntilFurtherOrder(t *testing.T) {
	t.Parallel()
	c := awaitsHearing(t)
	e := c.does(t, caseworker(), with(anOrder(t), func(b *casework.OrderMaking) {
		b.Children, b.Code, b.Due = []string{elder}, "no-contact", casework.Date{}
	}))
	require.Equal(t, "Court order recorded (no-contact), owed by: parent.", e.Body.Says())
	require.True(t, c.state.Court.Orders[0].Stands())
	made := c.facts(casework.FactOrderMade)[0]
	require.True(t, made.Until.IsZero())
	require.Equal(t, elder, made.Subject)
}

func TestOrder_IsSettledByComplianceOrByTheCourt(t *testing.T) {
	t.Parallel()
	for how, body := range map[string]casework.Body{
		"complied": &casework.OrderCompliance{Order: "order-1", On: day(t, "2025-04-02"), Kind: "certificate", Evidence: "text-18"},
		"vacated":  &casework.OrderVacating{Order: "order-1", On: day(t, "2025-04-02"), Reason: "text-19"},
	} {
		c := underOrders(t)
		c.at(t, "2025-04-03 12:00")
		e := c.does(t, caseworker(), body)
		require.Equal(t, how, c.state.Court.Orders[0].Status, "late is recordable")
		require.Equal(t, day(t, "2025-04-02"), c.state.Court.Orders[0].Settled)
		require.Contains(t, e.Body.Says(), "order-1")
		c.refuses(t, refusal{
			name: how + " and then again", by: caseworker(), body: body, kind: casework.Blocked, codes: []string{"no-order-stands"},
		})
	}
}

func TestOrder_ThatIsModifiedKeepsItsFirstDay(t *testing.T) {
	t.Parallel()
	c := underOrders(t)
	e := c.does(t, caseworker(), &casework.OrderChange{
		Order: "order-1", On: day(t, "2025-01-22"), Due: day(t, "2025-05-30"),
		Owes: casework.Party{Role: "worker", ID: "w-17"}, Reason: "text-20",
	})
	require.Equal(t, "Court order order-1 modified by the court, due 2025-05-30, owed by: worker.", e.Body.Says())
	order := c.state.Court.Orders[0]
	require.Equal(t, day(t, "2025-05-30"), order.Due)
	require.Equal(t, "worker", order.Owes.Role)
	made := c.facts(casework.FactOrderMade)
	require.Len(t, made, 2)
	require.Equal(t, day(t, "2025-03-31"), made[0].Until)
	require.Equal(t, "modified", made[1].Reason)

	c.does(t, caseworker(), &casework.OrderChange{Order: "order-1", On: day(t, "2025-01-22"), Text: "text-21", Reason: "text-20"})
	require.Len(t, c.facts(casework.FactOrderMade), 2, "other words move no day")
}

func TestOrder_FollowsACorrection(t *testing.T) {
	t.Parallel()
	c := underOrders(t)
	made := c.facts(casework.FactOrderMade)[0]
	slip := &casework.CaseCorrection{}
	slip.Fact, slip.Until, slip.Reason = made.ID, day(t, "2025-03-21"), "text-22"
	c.does(t, caseworker(), slip)
	require.Equal(t, day(t, "2025-03-21"), c.state.Court.Orders[0].Due)

	c.does(t, caseworker(), &casework.OrderCompliance{Order: "order-1", On: day(t, "2025-01-22"), Kind: "letter", Evidence: "text-18"})
	c.refuses(t, refusal{
		name: "an order that was complied with cannot vanish", by: caseworker(),
		body: withdraws(c.factID(t, casework.FactOrderMade, "")), kind: casework.Invalid, field: "withdraw",
	})
	c.does(t, caseworker(), withdraws(c.factID(t, casework.FactOrderComplied, "")))
	require.True(t, c.state.Court.Orders[0].Stands(), "it was not complied with after all")
	c.does(t, caseworker(), withdraws(c.factID(t, casework.FactOrderMade, "")))
	require.Equal(t, "withdrawn", c.state.Court.Orders[0].Status)
	c.does(t, caseworker(), anOrder(t))
	require.Equal(t, "order-2", c.state.Court.Orders[1].Ref, "a number is never given twice")
}

func TestOrder_Refuses(t *testing.T) {
	t.Parallel()
	refuse := func(name, field string, change func(*casework.OrderMaking)) refusal {
		return refusal{name: name, by: caseworker(), body: with(anOrder(t), change), kind: casework.Invalid, field: field}
	}
	underOrders(t).refuses(
		t,
		refusal{name: "by the hotline", by: hotline(), body: anOrder(t), kind: casework.Forbidden},
		refuse("about nobody", "children", func(b *casework.OrderMaking) { b.Children = nil }),
		refuse("about a stranger", "children", func(b *casework.OrderMaking) { b.Children = []string{"P7"} }),
		refuse("of no standard kind", "code", func(b *casework.OrderMaking) { b.Code = "be-good" }),
		refuse("without words", "text", func(b *casework.OrderMaking) { b.Text = "" }),
		refuse("to come", "on", func(b *casework.OrderMaking) { b.On = day(t, "2025-01-23") }),
		refuse("before the petition", "on", func(b *casework.OrderMaking) { b.On = day(t, "2025-01-16") }),
		refuse("due before it was made", "due", func(b *casework.OrderMaking) { b.Due = day(t, "2025-01-21") }),
		refuse("due in six years", "due", func(b *casework.OrderMaking) { b.Due = day(t, "2031-01-22") }),
		refuse("owed by nobody", "owes.role", func(b *casework.OrderMaking) { b.Owes.Role = "" }),
		refuse("owed by a name", "owes.id", func(b *casework.OrderMaking) { b.Owes.ID = "Ann Example" }),
		refuse("in a matter that is not there", "matter", func(b *casework.OrderMaking) { b.Matter = "matter-2" }),
		refuse("for a goal that is none", "goal", func(b *casework.OrderMaking) { b.Goal = "happiness" }),
		refuse("for another arrangement under 16", "goal", func(b *casework.OrderMaking) { b.Goal = "another-planned-arrangement" }),
		refuse("binding a step with a name", "plan_step", func(b *casework.OrderMaking) { b.PlanStep = "see the doctor" }),
	)
	opened(t).refuses(t, refusal{
		name: "about a child before no court", by: caseworker(), kind: casework.Blocked, codes: []string{"not-before-court"},
		body: with(anOrder(t), func(b *casework.OrderMaking) {
			b.Children, b.On, b.Due = []string{elder}, day(t, "2025-01-20"), casework.Date{}
		}),
	})
}

func TestOrder_RefusesWhatBecameOfAnother(t *testing.T) {
	t.Parallel()
	c := underOrders(t)
	c.does(t, caseworker(), anOrder(t))
	c.does(t, caseworker(), &casework.OrderVacating{Order: "order-2", On: day(t, "2025-01-22"), Reason: "text-19"})
	on := day(t, "2025-01-22")
	refuse := func(name, field string, body casework.Body) refusal {
		return refusal{name: name, by: caseworker(), body: body, kind: casework.Invalid, field: field}
	}
	complied := &casework.OrderCompliance{Order: "order-1", On: on, Kind: "letter", Evidence: "text-18"}
	vacated := &casework.OrderVacating{Order: "order-1", On: on, Reason: "text-19"}
	changed := &casework.OrderChange{Order: "order-1", On: on, Due: day(t, "2025-05-30"), Reason: "text-20"}
	awaitsHearing(t).refuses(t, refusal{
		name: "a change where no order stands", by: caseworker(), body: changed, kind: casework.Blocked, codes: []string{"no-order-stands"},
	})
	c.refuses(
		t,
		refusal{name: "compliance by the hotline", by: hotline(), body: complied, kind: casework.Forbidden},
		refusal{name: "vacating by the hotline", by: hotline(), body: vacated, kind: casework.Forbidden},
		refusal{name: "a change by the hotline", by: hotline(), body: changed, kind: casework.Forbidden},
		refuse("compliance with no order", "order", with(complied, func(b *casework.OrderCompliance) { b.Order = "" })),
		refuse("compliance with another order", "order", with(complied, func(b *casework.OrderCompliance) { b.Order = "order-3" })),
		refuse("compliance with a vacated order", "order", with(complied, func(b *casework.OrderCompliance) { b.Order = "order-2" })),
		refuse("compliance before the order", "on", with(complied, func(b *casework.OrderCompliance) { b.On = day(t, "2025-01-21") })),
		refuse("compliance to come", "on", with(complied, func(b *casework.OrderCompliance) { b.On = day(t, "2025-01-23") })),
		refuse("compliance without a kind of evidence", "kind", with(complied, func(b *casework.OrderCompliance) { b.Kind = "" })),
		refuse("compliance without evidence", "evidence", with(complied, func(b *casework.OrderCompliance) { b.Evidence = "" })),
		refuse("vacating no order", "order", with(vacated, func(b *casework.OrderVacating) { b.Order = "" })),
		refuse("vacating another order", "order", with(vacated, func(b *casework.OrderVacating) { b.Order = "order-3" })),
		refuse("vacating a vacated order", "order", with(vacated, func(b *casework.OrderVacating) { b.Order = "order-2" })),
		refuse("vacating before the order", "on", with(vacated, func(b *casework.OrderVacating) { b.On = day(t, "2025-01-21") })),
		refuse("vacating without a reason", "reason", with(vacated, func(b *casework.OrderVacating) { b.Reason = "" })),
		refuse("changing no order", "order", with(changed, func(b *casework.OrderChange) { b.Order = "" })),
		refuse("changing another order", "order", with(changed, func(b *casework.OrderChange) { b.Order = "order-3" })),
		refuse("changing a vacated order", "order", with(changed, func(b *casework.OrderChange) { b.Order = "order-2" })),
		refuse("changing to a day in six years", "due", with(changed, func(b *casework.OrderChange) { b.Due = day(t, "2031-01-23") })),
		refuse("changing to a name", "owes.id", with(changed, func(b *casework.OrderChange) {
			b.Owes = casework.Party{Role: "parent", ID: "Ann Example"}
		})),
		refuse("changing nothing", "due", with(changed, func(b *casework.OrderChange) { b.Due = casework.Date{} })),
		refuse("changing to a day before", "due", with(changed, func(b *casework.OrderChange) { b.Due = day(t, "2025-01-21") })),
		refuse("changing to nobody", "owes.role", with(changed, func(b *casework.OrderChange) { b.Owes.ID = "w-17" })),
		refuse("changing before the order", "on", with(changed, func(b *casework.OrderChange) { b.On = day(t, "2025-01-21") })),
		refuse("changing without a reason", "reason", with(changed, func(b *casework.OrderChange) { b.Reason = "" })),
	)
}

func TestOrder_BindsThePlanToItsGoal(t *testing.T) {
	t.Parallel()
	c := awaitsHearing(t)
	c.does(t, caseworker(), with(anOrder(t), func(b *casework.OrderMaking) {
		b.Children, b.Code, b.Goal, b.Due = []string{younger}, "goal-change", "adoption", casework.Date{}
	}))
	c.refuses(t, refusal{
		name: "another goal than the court's", by: caseworker(), body: aPlan(), kind: casework.Invalid, field: "goals[1].primary",
	})
	c.does(t, caseworker(), with(aPlan(), func(b *casework.PlanSubmission) {
		b.Goals = []casework.Goal{{Child: elder, Primary: "reunification"}, {Child: younger, Primary: "adoption"}}
	}))
	c.does(t, supervisor(), &casework.PlanApproval{})
	c.refuses(t, refusal{
		name: "another goal than the court's, amended", by: caseworker(), kind: casework.Invalid, field: "goals[1].primary",
		body: &casework.PlanAmendment{
			PlanSubmission: *aWholePlan(t, "2025-01-22"), PlanChange: casework.PlanChange{Reason: "review", Why: "text"},
		},
	})
}

func TestClosing_WaitsForTheCourt(t *testing.T) {
	t.Parallel()
	c := visited(t, elder)
	c.does(t, caseworker(), with(anOrder(t), func(b *casework.OrderMaking) {
		b.Children, b.Matter = []string{elder}, ""
	}))
	c.does(t, caseworker(), with(aHearingDate(t), func(b *casework.HearingSchedule) {
		b.Children, b.Matter, b.At = []string{elder}, "", clock(t, "2026-01-15 09:00")
	}))
	c.refuses(t, refusal{
		name: "with an order and a hearing", by: caseworker(), body: &casework.ClosingRequest{Risk: "low", Reason: "text-9"},
		kind: casework.Blocked, codes: []string{"hearing-on-calendar", "order-stands"},
	})
}

func TestOrder_BindsAStepOfThePlan(t *testing.T) {
	t.Parallel()
	c := wholePlanned(t)
	binds := func(step string) *casework.OrderMaking {
		return with(anOrder(t), func(b *casework.OrderMaking) {
			b.Children, b.Matter, b.On, b.PlanStep = []string{elder}, "", day(t, "2025-02-20"), step
		})
	}
	refuse := func(name, field string, by casework.Actor, body casework.Body) refusal {
		return refusal{name: name, by: by, body: body, kind: casework.Invalid, field: field}
	}
	c.refuses(
		t,
		refuse("a step that is not there", "plan_step", caseworker(), binds("step-9.9.9")),
		refuse("a goal", "plan_step", caseworker(), binds("goal-1.1")),
		refuse("owed by another family's child", "owes.id", caseworker(), with(binds(""), func(b *casework.OrderMaking) {
			b.Owes = casework.Party{Role: "child", ID: "P7"}
		})),
	)
	drop := &casework.PlanStepDrop{Step: "step-1.1.2", Reason: "not-needed", Why: "text"}
	without := kept(t, "2025-02-20")
	without.Needs[0].Goals[0].Steps = without.Needs[0].Goals[0].Steps[:1]
	c.does(t, caseworker(), binds("step-1.1.2"))
	c.refuses(
		t,
		refuse("dropped", "step", supervisor(), drop),
		refuse("left out of an amendment", "needs", caseworker(), without),
	)
	amended := c.fork()
	amended.does(t, caseworker(), kept(t, "2025-02-20"))
	c.does(t, caseworker(), &casework.OrderVacating{Order: "order-1", On: day(t, "2025-02-20"), Reason: "text"})
	free := c.fork()
	free.does(t, caseworker(), without)
	c.does(t, supervisor(), drop)
}
