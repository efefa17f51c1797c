package casework

import (
	"slices"
	"time"
)

// Docket is the whole story of a case before its courts, as a person reads it. It
// is told from the log, so that what runs keeps only what it decides by.
type Docket struct {
	Matters []DocketMatter `json:"matters"`
	// Calendar is every hearing that was scheduled, in the order of the numbers.
	Calendar []DocketDate `json:"calendar"`
	// Held are the hearings that were held and the orders on the papers, as they
	// happened.
	Held   []DocketHearing  `json:"held"`
	Orders []DocketOrder    `json:"orders"`
	Rights []ParentalRights `json:"parental_rights"`

	// left are the facts about children who have left for another case, by event:
	// what was held for them here is still told.
	left map[int][]Fact
}

// DocketMatter is a court matter with its number at the court.
type DocketMatter struct {
	Matter

	Docket Text `json:"docket,omitempty"`
}

// DocketDate is a hearing of the calendar with how it came to its day.
type DocketDate struct {
	CourtDate

	Judge Text `json:"judge,omitempty"`
	// Continued tells each time that it was put off, first first.
	Continued []Postponement `json:"continued,omitempty"`
	// ReportFiled is the day on which its report was filed, zero before.
	ReportFiled Date `json:"report_filed,omitzero"`
	// Why is why it was vacated.
	Why Text `json:"why,omitempty"`
}

// Postponement is one continuance: from which day, why, and who recorded it.
type Postponement struct {
	From   time.Time `json:"from"`
	Reason string    `json:"reason"`
	Notes  Text      `json:"notes,omitempty"`
	By     string    `json:"by"`
}

// DocketHearing is a hearing that was held, with what was found.
type DocketHearing struct {
	Type     string    `json:"type"`
	At       time.Time `json:"at"`
	Body     string    `json:"body"`
	Children []string  `json:"children"`
	Matter   string    `json:"matter,omitempty"`
	Hearing  string    `json:"hearing,omitempty"`
	Judge    Text      `json:"judge,omitempty"`
	// Findings are the codes of what was found: "contrary-to-welfare".
	Findings []string `json:"findings"`
	Result   Text     `json:"result,omitempty"`

	seq int
}

// DocketOrder is an order with its words, and what became of it.
type DocketOrder struct {
	Order

	Text Text `json:"text"`
	// FirstDue is the day that the order was first made for, where it has moved.
	FirstDue Date          `json:"first_due,omitzero"`
	Changes  []OrderMotion `json:"changes,omitempty"`
	// Kind and Evidence say how it is known that it was complied with.
	Kind     string `json:"kind,omitempty"`
	Evidence Text   `json:"evidence,omitempty"`
	// Why is why the court vacated it.
	Why Text `json:"why,omitempty"`
}

// OrderMotion is one change of an order by the court, and who recorded it.
type OrderMotion struct {
	On     Date   `json:"on"`
	Was    Date   `json:"was,omitzero"`
	Due    Date   `json:"due,omitzero"`
	Reason Text   `json:"reason"`
	By     string `json:"by"`
}

// DocketOf tells the story from the events of a case, in order of their seq. What
// was withdrawn is left out, and what was corrected is told as it is right.
func DocketOf(events []Event) Docket {
	c, d := &Case{}, Docket{Matters: []DocketMatter{}, Calendar: []DocketDate{}, Held: []DocketHearing{}, Orders: []DocketOrder{}}
	for _, e := range events {
		d.tell(c, e)
		c.Apply(e)
		d.number(c, e)
	}
	d.settle(c)
	return d
}

// tell takes in what an event says about things that are on the docket already.
func (d *Docket) tell(c *Case, e Event) {
	switch b := e.Body.(type) {
	case *Continuance:
		date := d.date(b.Hearing)
		date.Continued = append(date.Continued, Postponement{
			From: c.courtDate(b.Hearing).At, Reason: b.Reason, Notes: b.Notes, By: e.Actor.ID,
		})
	case *VacatedHearing:
		d.date(b.Hearing).Why = b.Reason
	case *Split:
		d.leave(c, b)
	case *Rejoining:
		d.left = nil
	case *Hearing:
		held := DocketHearing{
			Type: b.Type, At: b.At, Body: b.Body, Children: b.Children, Matter: b.Matter, Hearing: b.Hearing, Judge: b.Judge,
			Result: b.Result, seq: e.Seq,
		}
		if date, ok := c.sameDay(b.Type, b.Children, b.At); ok && b.Hearing == "" {
			held.Hearing = date.Ref
		}
		d.Held = append(d.Held, held)
	case *OrderCompliance:
		order := d.order(b.Order)
		order.Kind, order.Evidence = b.Kind, b.Evidence
	case *OrderVacating:
		d.order(b.Order).Why = b.Reason
	case *OrderChange:
		order := d.order(b.Order)
		order.Changes = append(order.Changes, OrderMotion{
			On: b.On, Was: c.order(b.Order).Due, Due: b.Due, Reason: b.Reason, By: e.Actor.ID,
		})
		if b.Text != "" {
			order.Text = b.Text
		}
	}
}

// number takes in what an event has put on the docket.
func (d *Docket) number(c *Case, e Event) {
	switch b := e.Body.(type) {
	case *MatterOpening:
		d.Matters = append(d.Matters, DocketMatter{Matter: c.Court.Matters[len(c.Court.Matters)-1], Docket: b.Docket})
	case *HearingSchedule:
		d.Calendar = append(d.Calendar, DocketDate{CourtDate: *c.courtDate(b.item(c)), Judge: b.Judge})
	case *OrderMaking:
		d.Orders = append(d.Orders, DocketOrder{Order: *c.order(b.item(c)), Text: b.Text})
	case *Branching:
		d.bring(c.Court)
	}
}

// leave keeps what is known of the hearings of those who leave.
func (d *Docket) leave(c *Case, b *Split) {
	if d.left == nil {
		d.left = map[int][]Fact{}
	}
	for seq, facts := range c.standingByEvent() {
		for _, f := range facts {
			if slices.Contains(b.Children, f.Subject) {
				d.left[seq] = append(d.left[seq], f)
			}
		}
	}
}

// bring takes in what children brought along from another case, whose docket has the
// words.
func (d *Docket) bring(from Court) {
	for _, m := range from.Matters {
		d.Matters = append(d.Matters, DocketMatter{Matter: m})
	}
	for _, date := range from.Dates {
		d.Calendar = append(d.Calendar, DocketDate{CourtDate: date})
	}
	for _, o := range from.Orders {
		d.Orders = append(d.Orders, DocketOrder{Order: o})
	}
}

// settle brings everything to the facts that stand at the end.
func (d *Docket) settle(c *Case) {
	items := byItem(InOrder(c.current(), c.Location()))
	for i := range d.Calendar {
		date := &d.Calendar[i]
		date.CourtDate = *c.courtDate(date.Ref)
		for _, f := range items[date.Ref] {
			if f.Type == FactCourtReportFiled && date.ReportFiled.IsZero() {
				date.ReportFiled = f.On
			}
		}
		if date.Status != courtVacated {
			date.Why = ""
		}
	}
	for i := range d.Orders {
		order := &d.Orders[i]
		order.Order = *c.order(order.Ref)
		order.FirstDue = Date{}
		made := func(f Fact) bool { return f.Type == FactOrderMade }
		if first := slices.IndexFunc(items[order.Ref], made); first >= 0 && items[order.Ref][first].Until != order.Due {
			order.FirstDue = items[order.Ref][first].Until
		}
		if order.Status != courtComplied {
			order.Kind, order.Evidence = "", ""
		}
		if order.Status != courtVacated {
			order.Why = ""
		}
	}
	for i := range d.Matters {
		d.Matters[i].Matter = c.Court.Matters[i]
	}
	d.Matters = slices.DeleteFunc(d.Matters, func(m DocketMatter) bool { return len(m.Children) == 0 })
	d.Calendar = slices.DeleteFunc(d.Calendar, func(date DocketDate) bool { return date.Status == courtWithdrawn })
	d.Orders = slices.DeleteFunc(d.Orders, func(o DocketOrder) bool { return o.Status == courtWithdrawn })
	d.Rights = append([]ParentalRights{}, c.Court.Rights...)
	d.find(c)
}

// find sets what each hearing found, and when and for whom it was held, as its
// facts stand now.
func (d *Docket) find(c *Case) {
	of := c.standingByEvent()
	for i := range d.Held {
		h := &d.Held[i]
		heard, found := map[string]bool{}, map[string]bool{}
		for _, f := range slices.Concat(of[h.seq], d.left[h.seq]) {
			if f.Subject == "" {
				continue
			}
			heard[f.Subject], h.At = true, f.At
			for code, says := range map[string]bool{
				"contrary-to-welfare": f.ContraryToWelfare, "efforts-to-prevent": f.EffortsToPrevent,
				"efforts-to-finalize": f.EffortsToFinalize, "maltreatment": f.Type == FactMaltreatmentFound,
				"efforts-not-required": f.Type == FactEffortsNotRequired, "temporary-custody": f.Type == FactTemporaryCustody,
				"allows-removal": f.AllowsRemoval,
			} {
				found[code] = found[code] || says
			}
		}
		h.Children = slices.DeleteFunc(slices.Clone(h.Children), func(id string) bool { return !heard[id] })
		h.Findings = []string{}
		for _, code := range findingCodes() {
			if found[code] {
				h.Findings = append(h.Findings, code)
			}
		}
	}
	d.Held = slices.DeleteFunc(d.Held, func(h DocketHearing) bool { return len(h.Children) == 0 })
	slices.SortStableFunc(d.Held, func(a, b DocketHearing) int { return a.At.Compare(b.At) })
}

// findingCodes are what a court can find at a hearing, in the usual order.
func findingCodes() []string {
	return []string{
		"contrary-to-welfare", "efforts-to-prevent", "maltreatment", "efforts-to-finalize", "efforts-not-required",
		"temporary-custody", "allows-removal",
	}
}

// standingByEvent sorts the facts that stand by the event that first recorded
// them: a corrected fact belongs to the event of the one that it replaces.
func (c *Case) standingByEvent() map[int][]Fact {
	corrects := make(map[string]string)
	for _, f := range c.Facts {
		if f.Corrects != "" {
			corrects[f.ID] = f.Corrects
		}
	}
	of := make(map[int][]Fact)
	for _, f := range c.current() {
		root := f.ID
		for corrects[root] != "" {
			root = corrects[root]
		}
		of[seqOf(root)] = append(of[seqOf(root)], f)
	}
	return of
}

// date finds a hearing of the calendar by its number.
func (d *Docket) date(ref string) *DocketDate {
	for i := range d.Calendar {
		if d.Calendar[i].Ref == ref {
			return &d.Calendar[i]
		}
	}
	return &DocketDate{}
}

// order finds an order by its number.
func (d *Docket) order(ref string) *DocketOrder {
	for i := range d.Orders {
		if d.Orders[i].Ref == ref {
			return &d.Orders[i]
		}
	}
	return &DocketOrder{}
}

// Texts are the addresses of everything on the docket that a person wrote.
func (d *Docket) Texts() []*Text {
	var all []*Text
	for i := range d.Matters {
		all = append(all, &d.Matters[i].Docket)
	}
	for i := range d.Calendar {
		all = append(all, &d.Calendar[i].Judge, &d.Calendar[i].Why)
		for j := range d.Calendar[i].Continued {
			all = append(all, &d.Calendar[i].Continued[j].Notes)
		}
	}
	for i := range d.Held {
		all = append(all, &d.Held[i].Judge, &d.Held[i].Result)
	}
	for i := range d.Orders {
		all = append(all, &d.Orders[i].Text, &d.Orders[i].Evidence, &d.Orders[i].Why)
		for j := range d.Orders[i].Changes {
			all = append(all, &d.Orders[i].Changes[j].Reason)
		}
	}
	return slices.DeleteFunc(all, func(t *Text) bool { return *t == "" })
}
