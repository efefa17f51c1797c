package casework

import "slices"

// amendment corrects details of a fact beside its time. A detail that is left
// out was right.
type amendment struct {
	// Until is the planned last day of a trial home visit, or the day by which a
	// court order is to be done.
	Until Date `json:"until,omitzero"`
	// CourtOrdered says that a court set that day.
	CourtOrdered *bool `json:"court_ordered,omitempty"`
	// Priority is the response priority that a report was screened in with.
	Priority string `json:"priority,omitempty"`
	// Setting is where a child was placed.
	Setting string `json:"setting,omitempty"`
	// InResidence says that a visit was where the child lives.
	InResidence *bool `json:"in_residence,omitempty"`
	// The findings that a court order makes, in so many words.
	Maltreatment      *bool `json:"maltreatment,omitempty"`
	ContraryToWelfare *bool `json:"contrary_to_welfare,omitempty"`
	EffortsToPrevent  *bool `json:"efforts_to_prevent,omitempty"`
	EffortsToFinalize *bool `json:"efforts_to_finalize,omitempty"`
	// AllowsRemoval says that the order allows that a child is taken from home.
	AllowsRemoval *bool `json:"allows_removal,omitempty"`
}

// detail is one field of an [amendment].
type detail struct {
	field string
	of    FactType
	given bool
	says  string
}

// details lists the fields of an amendment with the facts that have them.
func (a *amendment) details() []detail {
	text := func(field string, of FactType, value, says string) detail {
		return detail{field, of, value != "", says + " " + value}
	}
	finding := func(field string, of FactType, value *bool, says string) detail {
		if value == nil {
			return detail{field: field, of: of}
		}
		if !*value {
			says = "not " + says
		}
		return detail{field, of, true, says}
	}
	return []detail{
		text("until", FactTrialHomeVisitStarted, a.Until.String(), "planned until"),
		finding("court_ordered", FactTrialHomeVisitStarted, a.CourtOrdered, "ordered by the court"),
		text("priority", FactReportScreened, a.Priority, "priority"),
		text("setting", FactPlacementStarted, a.Setting, "placed:"),
		finding("in_residence", FactVisitMade, a.InResidence, "where the child lives"),
		finding("maltreatment", FactCourtOrder, a.Maltreatment, "finding abuse or neglect"),
		finding("contrary_to_welfare", FactCourtOrder, a.ContraryToWelfare, "finding that home is contrary to welfare"),
		finding("efforts_to_prevent", FactCourtOrder, a.EffortsToPrevent, "finding efforts to prevent the removal"),
		finding("efforts_to_finalize", FactCourtOrder, a.EffortsToFinalize, "finding efforts to finalize the permanency plan"),
		finding("allows_removal", FactCourtOrder, a.AllowsRemoval, "allowing the removal"),
	}
}

// given lists the details that are to be corrected.
func (a *amendment) given() []detail {
	return slices.DeleteFunc(a.details(), func(d detail) bool { return !d.given })
}

func (a *amendment) amends() bool { return len(a.given()) > 0 }

// says tells each detail as it is now.
func (a *amendment) says() []string {
	var said []string
	for _, d := range a.given() {
		said = append(said, d.says)
	}
	return said
}

// field is the first field that is given, for a refusal of the whole.
func (a *amendment) field() string {
	for _, d := range a.given() {
		return d.field
	}
	return ""
}

func (a *amendment) check(k *checker) {
	if !a.Until.IsZero() && a.Until.Before(earliest()) {
		k.refuse("until", "This date is too long ago to be right. Give one from 1950 on.")
	}
	if a.Priority != "" {
		k.oneOf("priority", a.Priority, Priorities()...)
	}
	if a.Setting != "" {
		k.oneOf("setting", a.Setting, Settings()...)
	}
}

// fits refuses a detail that the fact does not have.
func (a *amendment) fits(old Fact) error {
	for _, d := range a.given() {
		if d.of != old.Type && (d.field != "until" || old.Type != FactOrderMade) {
			return InvalidField(d.field, "This fact has no such detail. It is one of "+string(d.of)+". Leave it out, or name a fact of that kind.")
		}
	}
	return nil
}

// amend puts the given details into a fact.
func (a *amendment) amend(f *Fact) {
	if !a.Until.IsZero() {
		f.Until = a.Until
	}
	if a.Priority != "" {
		f.Priority = a.Priority
	}
	if a.Setting != "" {
		f.Setting = a.Setting
	}
	set := func(to, value *bool) {
		if value != nil {
			*to = *value
		}
	}
	set(&f.CourtOrdered, a.CourtOrdered)
	set(&f.InResidence, a.InResidence)
	set(&f.ContraryToWelfare, a.ContraryToWelfare)
	set(&f.EffortsToPrevent, a.EffortsToPrevent)
	set(&f.EffortsToFinalize, a.EffortsToFinalize)
	set(&f.AllowsRemoval, a.AllowsRemoval)
}

// find adds the finding of abuse or neglect to the facts of a hearing, or takes
// it from them: it is a fact of its own beside the order.
func (a *amendment) find(hearing []Fact) []Fact {
	if a.Maltreatment == nil {
		return hearing
	}
	found := slices.IndexFunc(hearing, func(f Fact) bool { return f.Type == FactMaltreatmentFound })
	switch {
	case found >= 0:
		hearing[found].Withdrawn = !*a.Maltreatment
	case *a.Maltreatment:
		order := hearing[0]
		hearing = append(hearing, Fact{Type: FactMaltreatmentFound, Subject: order.Subject, On: order.On, At: order.At})
	}
	return hearing
}
