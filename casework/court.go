package casework

// courtSteps lists what a court does, and what is done for it.
func courtSteps() []Step {
	works := []Role{RoleCaseworker, RoleSupervisor}
	return []Step{
		caseStep("hearing.record", "hearing.recorded", "Record a hearing or a review", "hearings", works, true,
			func() Body { return &Hearing{} }),
		caseStep("matter.open", "matter.opened", "Record a petition", "court-matters", works, true,
			func() Body { return &MatterOpening{} }),
		caseStep("hearing.schedule", "hearing.scheduled", "Schedule a hearing", "hearing-dates", works, true,
			func() Body { return &HearingSchedule{} }),
		caseStep("hearing.continue", "hearing.continued", "Record a continuance, which extends no date of the law", "continuances",
			works, false, func() Body { return &Continuance{} }),
		caseStep("hearing.vacate", "hearing.vacated", "Take a hearing off the calendar", "vacated-hearings", works, false,
			func() Body { return &VacatedHearing{} }),
		caseStep("court-report.file", "court-report.filed", "Record that the report for a hearing was filed", "court-reports",
			works, false, func() Body { return &CourtReportFiling{} }),
		caseStep("order.make", "order.made", "Record a court order", "orders", works, true,
			func() Body { return &OrderMaking{} }),
		caseStep("order.comply", "order.complied", "Record that a court order was complied with", "order-compliances", works,
			false, func() Body { return &OrderCompliance{} }),
		caseStep("order.modify", "order.modified", "Record that the court modified an order", "modified-orders", works, false,
			func() Body { return &OrderChange{} }),
		caseStep("order.vacate", "order.vacated", "Record that the court vacated an order", "vacated-orders", works, false,
			func() Body { return &OrderVacating{} }),
		caseStep("service-plan.file", "service-plan.filed", "Record that the service plan was filed with the court",
			"service-plan-filings", works, true, func() Body { return &ServicePlanFiling{} }),
		caseStep("dismissal.extend", "dismissal.extended", "Record that the court keeps the suit beyond its dismissal day",
			"dismissal-extensions", works, true, func() Body { return &DismissalExtension{} }),
		caseStep("dismissal.notify", "dismissal.notified", "Record that the court told the parties the dismissal day",
			"dismissal-notices", works, true, func() Body { return &DismissalNotice{} }),
		caseStep("tpr.petition", "tpr.petitioned", "Record a petition to end parental rights", "tpr-petitions", works, true,
			func() Body { return &TPRPetition{} }),
		caseStep("tpr.decide", "tpr.decided", "Record what became of a parent's rights", "parental-rights", works, true,
			func() Body { return &TPRDecision{} }),
		caseStep("tpr.except", "tpr.excepted", "Document why no petition to end parental rights is filed", "tpr-exceptions",
			works, true, func() Body { return &TPRException{} }),
	}
}

// Court is what a case keeps of its courts: enough to decide what is lawful. The
// whole story, with its words, is in the log.
type Court struct {
	Matters []Matter `json:"matters,omitempty"`
	// Dates are the hearings of the calendar, in the order of their numbers.
	Dates []CourtDate `json:"dates,omitempty"`
	// Orders are those of the court, in the order of their numbers.
	Orders []Order `json:"orders,omitempty"`
	// Rights are where those of each parent to each child stand.
	Rights []ParentalRights `json:"rights,omitempty"`
}

// derive brings what became of each thing to the facts that stand, so that a
// correction moves it. The facts come in the order in which they happened.
func (c Court) derive(facts []Fact) Court {
	of := byItem(facts)
	c.Dates = deriveEach(c.Dates, func(d *CourtDate) { d.follow(of[d.Ref]) })
	c.Orders = deriveEach(c.Orders, func(o *Order) { o.follow(of[o.Ref]) })
	c.Rights, _ = rightsOf(facts)
	return c
}

// byItem sorts facts by the item that they are about.
func byItem(facts []Fact) map[string][]Fact {
	of := make(map[string][]Fact)
	for _, f := range facts {
		if f.Ref != "" {
			of[f.Ref] = append(of[f.Ref], f)
		}
	}
	return of
}

// courtFits says whether the court's story holds together as the facts stand:
// nothing is complied with, taken back or decided before it was ordered or asked.
func (c *Case) courtFits() bool {
	facts := InOrder(c.current(), c.Location())
	made, fits := map[string]bool{}, true
	for _, f := range facts {
		switch f.Type { //nolint:exhaustive // the other facts are about no order
		case FactOrderMade:
			made[f.Ref] = true
			fits = fits && (f.Until.IsZero() || !f.Until.Before(f.On))
		case FactOrderComplied, FactOrderVacated:
			fits = fits && made[f.Ref]
		}
	}
	_, decided := rightsOf(facts)
	return fits && decided
}

// deriveEach returns a list of which each item was brought up to date.
func deriveEach[T any](items []T, follow func(*T)) []T {
	if len(items) == 0 {
		return items
	}
	next := make([]T, len(items))
	for i, item := range items {
		follow(&item)
		next[i] = item
	}
	return next
}

// follow sets what became of a hearing.
func (d *CourtDate) follow(facts []Fact) {
	d.Status = courtWithdrawn
	for _, f := range facts {
		switch f.Type { //nolint:exhaustive // the other facts settle nothing
		case FactHearingScheduled:
			if d.Status == courtWithdrawn {
				d.Status = ""
			}
		case FactHearingSettled:
			d.Status = f.Reason
		}
	}
}

// ItemOf names the item that an event made or moved in a record, "" for none:
// "hearing-1".
func ItemOf(record any, e Event) string {
	if b, named := e.Body.(interface{ names() string }); named {
		return b.names()
	}
	c, family := record.(*Case)
	b, itemized := e.Body.(interface{ item(*Case) string })
	if !family || !itemized {
		return ""
	}
	return b.item(c)
}

// AdviceOf is what the person who took a step should know beside what it did, ""
// for nothing.
func AdviceOf(e Event) string {
	if b, ok := e.Body.(interface{ Advice() string }); ok {
		return b.Advice()
	}
	return ""
}

// courtOpen blocks the closing of a case with which a court is not done.
func (c *Case) courtOpen() []Blocker {
	var open []Blocker
	for _, d := range c.Court.Dates {
		if d.Status == "" {
			open = append(open, Blocker{
				Code: "hearing-on-calendar", Subject: sole(d.Children),
				Detail: "The hearing " + d.Ref + " is on the calendar. Record that it was held, or take it off the calendar.",
			})
		}
	}
	for _, o := range c.Court.Orders {
		if o.Stands() {
			open = append(open, Blocker{
				Code: "order-stands", Subject: sole(o.Children),
				Detail: "The court order " + o.Ref + " stands. Record that it was complied with, or that the court vacated it.",
			})
		}
	}
	return open
}
