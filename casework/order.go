package casework

import (
	"fmt"
	"slices"
)

// Order is what a court told somebody to do. Its words are stored apart.
type Order struct {
	// Ref is its number within the case: "order-1".
	Ref      string   `json:"ref"`
	Children []string `json:"children"`
	// Code is one of [OrderCodes].
	Code string `json:"code"`
	// On is the day of the order, Due the day by which it is to be done; zero
	// where it stands until further order.
	On  Date `json:"on"`
	Due Date `json:"due,omitzero"`
	// Owes is who has to do it.
	Owes   Party  `json:"owes"`
	Matter string `json:"matter,omitempty"`
	// Goal and PlanStep are what it binds in the case plan.
	Goal     string `json:"goal,omitempty"`
	PlanStep string `json:"plan_step,omitempty"`
	// Status is "" while it stands, and else complied, vacated or withdrawn;
	// Settled is the day of that.
	Status  string `json:"status,omitempty"`
	Settled Date   `json:"settled,omitzero"`
}

// Party is who has to do something: a role, and the person or worker where it is
// one.
type Party struct {
	// Role is one of [PartyRoles].
	Role string `json:"role"`
	// ID is opaque: a person's or a worker's.
	ID string `json:"id,omitempty"`
}

// PartyRoles are the codes for who can have to do something.
func PartyRoles() []string {
	return []string{"agency", "worker", "parent", "child", "caregiver", "relative", "provider", "attorney", "other"}
}

// OrderCodes are the standard orders. The words of each say the particulars.
func OrderCodes() []string {
	return []string{
		"parenting-program", "substance-assessment", "substance-treatment", "drug-testing", "mental-health-evaluation",
		"counseling", "domestic-violence-program", "housing", "income", "visitation", "sibling-visits", "no-contact", "supervision",
		"paternity-test", "child-support", "medical-care", "education-services", "independent-living-services",
		"placement", "home-study", "relative-search", "icwa-notice", "provide-services", "provide-documents",
		"file-report", "plan-change", "goal-change", "other",
	}
}

// OrderMaking records an order of the court.
type OrderMaking struct {
	Children []string `json:"children"`
	// Code is one of [OrderCodes]; Text says what exactly.
	Code string `json:"code"`
	Text Text   `json:"text"`
	On   Date   `json:"on"`
	// Due is the day by which it is to be done. Without one the order stands until
	// it is complied with or vacated, and no clock runs.
	Due  Date  `json:"due,omitzero"`
	Owes Party `json:"owes"`
	// Matter is the court matter that it was made in: "matter-1".
	Matter string `json:"matter,omitempty"`
	// Goal is the permanency goal that the order sets; a plan with another one is
	// refused while the order stands.
	Goal string `json:"goal,omitempty"`
	// PlanStep is the step of the case plan that the order makes binding.
	PlanStep string `json:"plan_step,omitempty"`
}

// Says tells the event in a sentence.
func (b *OrderMaking) Says() string {
	if b.Due.IsZero() {
		return "Court order recorded (" + b.Code + "), owed by: " + b.Owes.Role + "."
	}
	return "Court order recorded (" + b.Code + "), owed by: " + b.Owes.Role + ", due " + b.Due.String() + "."
}

// Narratives returns the words of the order.
func (b *OrderMaking) Narratives() []*Text { return []*Text{&b.Text} }

func (b *OrderMaking) happened() moment { return moment{on: b.On} }

func (b *OrderMaking) subjects() []string { return b.Children }

func (b *OrderMaking) check(k *checker) {
	k.list("children", b.Children)
	k.oneOf("code", b.Code, OrderCodes()...)
	k.required("text", string(b.Text))
	k.day("on", b.On)
	k.due("due", b.Due, b.On)
	k.party("owes", b.Owes)
	if b.Goal != "" {
		k.oneOf("goal", b.Goal, PermanencyGoals()...)
	}
	if b.PlanStep != "" {
		k.opaque("plan_step", b.PlanStep)
	}
}

// due refuses a day before the order, or too far after it to be right.
func (k *checker) due(field string, due, order Date) {
	switch {
	case due.IsZero():
	case due.Before(order):
		k.refuse(field, "This is before the day of the order. Leave it out where the order names no day.")
	case due.After(order.AddMonths(12 * furthest)):
		k.refuse(field, "This date is too far ahead to be right. Give one within five years.")
	}
}

func (k *checker) party(field string, p Party) {
	k.oneOf(field+".role", p.Role, PartyRoles()...)
	if p.ID != "" {
		k.opaque(field+".id", p.ID)
	}
}

func (b *OrderMaking) blockers(c *Case, id string) []Blocker { return c.beforeCourt(id) }

func (b *OrderMaking) refuse(c *Case, cmd Command) error {
	if err := c.ofMatter(b.Matter, b.Children); err != nil {
		return err
	}
	if err := c.knownParty(cmd, "owes", b.Owes); err != nil {
		return err
	}
	young := func(id string) bool {
		born := c.child(id).Born
		return born.IsZero() || b.On.Before(born.AddMonths(minimumAgeAPPLA*12))
	}
	if b.Goal == goalAPPLA && slices.ContainsFunc(b.Children, young) {
		return InvalidField("goal", "Another planned arrangement is only for youth of 16 and over. Choose another goal.")
	}
	if b.Owes.Role == "child" && b.Owes.ID != "" && c.child(b.Owes.ID) == nil {
		return InvalidField("owes.id", "This child is not part of this case. Name one of its children, or leave the ID out.")
	}
	if b.PlanStep != "" && !c.owesPlanStep(b.PlanStep) {
		return InvalidField("plan_step", "The plan in effect has no such open step. Leave it out, or amend the plan first.")
	}
	return c.sinceCourt("on", b.Children, b.On)
}

func (b *OrderMaking) apply(c *Case, e Event) {
	order := Order{
		Ref: fmt.Sprintf("order-%d", len(c.Court.Orders)+1), Children: b.Children, Code: b.Code, Owes: b.Owes,
		Matter: b.Matter, Goal: b.Goal, PlanStep: b.PlanStep,
	}
	c.Court.Orders = append(slices.Clip(c.Court.Orders), order)
	c.record(e, Fact{Type: FactOrderMade, Subject: sole(b.Children), On: b.On, Until: b.Due, Ref: order.Ref})
}

func (b *OrderMaking) item(c *Case) string { return c.Court.Orders[len(c.Court.Orders)-1].Ref }

// OrderCompliance records that an order was complied with, and how that is known.
type OrderCompliance struct {
	wholeRecord

	// Order is its number: "order-1".
	Order string `json:"order"`
	// On is the day on which it was done, which may be late.
	On Date `json:"on"`
	// Kind is one of [EvidenceKinds].
	Kind     string `json:"kind"`
	Evidence Text   `json:"evidence"`
}

// EvidenceKinds are the codes for how it is known that something was done.
func EvidenceKinds() []string {
	return []string{"certificate", "report", "letter", "test-result", "document", "observation", "statement", "court-finding", "other"}
}

// Says tells the event in a sentence.
func (b *OrderCompliance) Says() string {
	return "Court order " + b.Order + " complied with (" + b.Kind + ")."
}

// Narratives returns the evidence.
func (b *OrderCompliance) Narratives() []*Text { return []*Text{&b.Evidence} }

func (b *OrderCompliance) happened() moment { return moment{on: b.On} }

func (b *OrderCompliance) check(k *checker) {
	k.required("order", b.Order)
	k.day("on", b.On)
	k.oneOf("kind", b.Kind, EvidenceKinds()...)
	k.required("evidence", string(b.Evidence))
}

func (b *OrderCompliance) blockers(c *Case, _ string) []Blocker { return c.ordered() }

func (b *OrderCompliance) refuse(c *Case, _ Command) error { return c.standing(b.Order, b.On) }

func (b *OrderCompliance) apply(c *Case, e Event) {
	c.record(e, Fact{Type: FactOrderComplied, Subject: sole(c.order(b.Order).Children), On: b.On, Ref: b.Order})
}

func (b *OrderCompliance) item(*Case) string { return b.Order }

// OrderVacating records that the court took an order back.
type OrderVacating struct {
	wholeRecord

	// Order is its number: "order-1".
	Order  string `json:"order"`
	On     Date   `json:"on"`
	Reason Text   `json:"reason"`
}

// Says tells the event in a sentence.
func (b *OrderVacating) Says() string { return "Court order " + b.Order + " vacated by the court." }

// Narratives returns the reason.
func (b *OrderVacating) Narratives() []*Text { return []*Text{&b.Reason} }

func (b *OrderVacating) happened() moment { return moment{on: b.On} }

func (b *OrderVacating) check(k *checker) {
	k.required("order", b.Order)
	k.day("on", b.On)
	k.required("reason", string(b.Reason))
}

func (b *OrderVacating) blockers(c *Case, _ string) []Blocker { return c.ordered() }

func (b *OrderVacating) refuse(c *Case, _ Command) error { return c.standing(b.Order, b.On) }

func (b *OrderVacating) apply(c *Case, e Event) {
	c.record(e, Fact{Type: FactOrderVacated, Subject: sole(c.order(b.Order).Children), On: b.On, Ref: b.Order})
}

func (b *OrderVacating) item(*Case) string { return b.Order }

// OrderChange records that the court gave an order another day or another person
// to carry it out. The first day stays on record.
type OrderChange struct {
	wholeRecord

	// Order is its number: "order-1".
	Order string `json:"order"`
	On    Date   `json:"on"`
	// Due is the new day and Owes who has to do it now; what is left out stays.
	Due  Date  `json:"due,omitzero"`
	Owes Party `json:"owes,omitzero"`
	// Text is the order as it reads now, where its words have changed.
	Text   Text `json:"text,omitempty"`
	Reason Text `json:"reason"`
}

// Says tells the event in a sentence.
func (b *OrderChange) Says() string {
	said := "Court order " + b.Order + " modified by the court"
	if !b.Due.IsZero() {
		said += ", due " + b.Due.String()
	}
	if b.Owes.Role != "" {
		said += ", owed by: " + b.Owes.Role
	}
	return said + "."
}

// Narratives returns the words and the reason.
func (b *OrderChange) Narratives() []*Text { return []*Text{&b.Text, &b.Reason} }

func (b *OrderChange) happened() moment { return moment{on: b.On} }

func (b *OrderChange) check(k *checker) {
	k.required("order", b.Order)
	k.day("on", b.On)
	k.due("due", b.Due, b.On)
	if b.Owes != (Party{}) {
		k.party("owes", b.Owes)
	}
	if b.Due.IsZero() && b.Owes == (Party{}) && b.Text == "" {
		k.refuse("due", "Say what the court changed: the day, who has to do it, or the words.")
	}
	k.required("reason", string(b.Reason))
}

func (b *OrderChange) blockers(c *Case, _ string) []Blocker { return c.ordered() }

func (b *OrderChange) refuse(c *Case, cmd Command) error {
	if err := c.standing(b.Order, b.On); err != nil {
		return err
	}
	return c.knownParty(cmd, "owes", b.Owes)
}

func (b *OrderChange) apply(c *Case, e Event) {
	c.Court.Orders = slices.Clone(c.Court.Orders)
	order := c.order(b.Order)
	if b.Owes.Role != "" {
		order.Owes = b.Owes
	}
	if !b.Due.IsZero() && !b.Due.Equal(order.Due) {
		c.record(e, Fact{
			Type: FactOrderMade, Subject: sole(order.Children), On: b.On, Until: b.Due, Ref: b.Order, Reason: "modified",
		})
	}
}

func (b *OrderChange) item(*Case) string { return b.Order }

// order finds an order by its number.
func (c *Case) order(ref string) *Order {
	for i := range c.Court.Orders {
		if c.Court.Orders[i].Ref == ref {
			return &c.Court.Orders[i]
		}
	}
	return nil
}

// Stands says whether the order still binds.
func (o Order) Stands() bool { return o.Status == "" }

// ordered blocks what needs an order that stands.
func (c *Case) ordered() []Blocker {
	if slices.ContainsFunc(c.Court.Orders, Order.Stands) {
		return nil
	}
	return []Blocker{{Code: "no-order-stands", Detail: "No court order stands. Record the order first."}}
}

// standing refuses an order that does not stand, and a day before it was made.
func (c *Case) standing(ref string, on Date) error {
	order := c.order(ref)
	switch {
	case order == nil || order.Status == courtWithdrawn:
		return InvalidField("order", "This case has no such court order. Name one that it shows, or record the order first.")
	case !order.Stands():
		return InvalidField("order", "This order does not stand any more: it was "+order.Status+" on "+order.Settled.String()+
			". If that is wrong, correct it first.")
	case on.Before(order.On):
		return InvalidField("on", "This is before the day of the order. Give a later day, or correct that of the order.")
	}
	return nil
}

// follow sets the days of an order and what became of it.
func (o *Order) follow(facts []Fact) {
	o.Status, o.On, o.Due, o.Settled = courtWithdrawn, Date{}, Date{}, Date{}
	for _, f := range facts {
		switch f.Type { //nolint:exhaustive // the other facts are not about orders
		case FactOrderMade:
			if o.Status == courtWithdrawn {
				o.Status, o.On = "", f.On
			}
			o.Due = f.Until
		case FactOrderComplied:
			o.Status, o.Settled = courtComplied, f.On
		case FactOrderVacated:
			o.Status, o.Settled = courtVacated, f.On
		}
	}
}

// boundGoal is the standing order that sets a child's permanency goal, the last
// one where there are several.
func (c *Case) boundGoal(id string) (Order, bool) {
	for _, o := range slices.Backward(c.Court.Orders) {
		if o.Stands() && o.Goal != "" && slices.Contains(o.Children, id) {
			return o, true
		}
	}
	return Order{}, false
}

// boundStep is the standing order that makes a step of the plan binding.
func (c *Case) boundStep(ref string) (Order, bool) {
	for _, o := range c.Court.Orders {
		if o.Stands() && o.PlanStep == ref {
			return o, true
		}
	}
	return Order{}, false
}

// keepsOrdered refuses a plan that leaves out a step which is to be done and which
// a standing order makes binding.
func (c *Case) keepsOrdered(steps map[string]PlanStepState, kept map[string]bool) error {
	for _, o := range c.Court.Orders {
		if o.Stands() && o.PlanStep != "" && steps[o.PlanStep].Status == StepPending && !kept[o.PlanStep] {
			return InvalidField("needs", "The court made "+o.PlanStep+" of the plan binding ("+o.Ref+"). Keep it, or record that the "+
				"court modified or vacated the order.")
		}
	}
	return nil
}

// asOrdered refuses a goal other than the one that the court has set.
func (c *Case) asOrdered(field string, g Goal) error {
	order, bound := c.boundGoal(g.Child)
	if !bound || g.Primary == order.Goal {
		return nil
	}
	return InvalidField(field, "The court ordered the goal "+order.Goal+" for this child ("+order.Ref+"). Plan for that, or record "+
		"that the court modified or vacated the order.")
}
