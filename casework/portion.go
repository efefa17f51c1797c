package casework

import "slices"

// Portion is what a case holds about some of its children. Items keep their
// numbers, so order-2 is order-2 wherever it is told of: in a list whose items are
// found by number, the place of an item that is not theirs is held by one that has
// ended and says nothing.
type Portion struct {
	Children      []Subject          `json:"children"`
	Facts         []Fact             `json:"facts"`
	Plans         []Plan             `json:"plans,omitempty"`
	PlanNumbers   map[string]int     `json:"plan_numbers,omitempty"`
	Court         Court              `json:"court,omitzero"`
	Referrals     []Referral         `json:"referrals,omitempty"`
	ContactPlans  []ContactPlanState `json:"contact_plans,omitempty"`
	Rights        []Right            `json:"rights,omitempty"`
	Meetings      []Meeting          `json:"meetings,omitempty"`
	Professionals []Professional     `json:"professionals,omitempty"`
}

// elsewhere is the reason or the result of an item that is in another case.
const elsewhere = "in-another-case"

// Elsewhere says that the referral is of children who have left for another case, or
// who stayed in one: nothing but its number is here.
func (r Referral) Elsewhere() bool { return r.Reason == elsewhere }

// Elsewhere says so of a plan of visits.
func (p ContactPlanState) Elsewhere() bool { return len(p.Children) == 0 }

// Elsewhere says so of a notice of rights, an appeal or a grievance.
func (r Right) Elsewhere() bool { return r.Result == elsewhere }

// Elsewhere says so of a professional.
func (p Professional) Elsewhere() bool { return p.Reason == elsewhere }

// side is one side of a split: those who leave, who are away, or those who stay.
// What is about nobody in particular stays.
type side struct {
	away bool
	// leaves are the children and the adults who leave.
	leaves map[string]bool
	// children are all of the case.
	children map[string]bool
	// items say of each item that has a ref of its own whether it is on this side.
	items map[string]bool
}

// mine says whether a child or an adult is on this side.
func (s *side) mine(id string) bool { return s.leaves[id] == s.away }

// sibling says whether somebody is a child of the case on the other side.
func (s *side) sibling(id string) bool { return s.children[id] && !s.mine(id) }

func (s *side) narrow(ids []string) []string {
	var mine []string
	for _, id := range ids {
		if s.mine(id) {
			mine = append(mine, id)
		}
	}
	return mine
}

// item notes whether an item about some people is on this side, and says so.
func (s *side) item(ref string, about []string) bool {
	is := !s.away
	if len(about) > 0 {
		is = slices.ContainsFunc(about, s.mine)
	}
	s.items[ref] = is
	return is
}

// keeps says whether a fact is of this side. What is about the whole family is of
// both, but for what is about who carries the record.
func (s *side) keeps(f Fact) bool {
	if f.Subject != "" {
		return s.mine(f.Subject)
	}
	if f.Ref == "" {
		return !s.away || f.Type != FactRecordAssigned && f.Type != FactRecordUnassigned
	}
	is, known := s.items[f.Ref]
	return is || !known && !s.away
}

// portion returns what is of one side, as of a day: the whole items of one side,
// and of those that are about both what concerns this one.
func (c *Case) portion(s *side, on Date) Portion {
	p := Portion{PlanNumbers: c.PlanNumbers}
	for _, child := range c.Children {
		if s.mine(child.ID) {
			p.Children = append(p.Children, Subject{ID: child.ID, Born: child.Born})
		}
	}
	p.Plans, p.Meetings = s.plans(c.Plans), s.meetings(c.Meetings)
	p.Court = s.court(c.Court) // after the steps and decisions that orders are bound to
	p.Referrals = s.referrals(c.Referrals)
	p.ContactPlans = s.contactPlans(c.ContactPlans)
	p.Rights = s.rights(c.Rights, on)
	p.Professionals = s.professionals(c.Professionals, on)
	for _, f := range c.Facts {
		if s.keeps(f) {
			p.Facts = append(p.Facts, f)
		}
	}
	return p
}

// hold makes the portion what the case is about.
func (c *Case) hold(p Portion) {
	c.Children = nil
	for _, child := range p.Children {
		c.Children = append(c.Children, Child{ID: child.ID, Born: child.Born})
	}
	c.Facts, c.Record.standing, c.standingOf = p.Facts, nil, 0
	c.Plans, c.PlanNumbers, c.Court = slices.Clone(p.Plans), p.PlanNumbers, p.Court
	c.Referrals, c.ContactPlans, c.Rights = p.Referrals, p.ContactPlans, p.Rights
	c.Meetings, c.Professionals = p.Meetings, p.Professionals
}

// plans keeps each version: what it says of the children of this side, and the
// needs that are about somebody here or about nobody in particular.
func (s *side) plans(plans []Plan) []Plan {
	kept := slices.Clone(plans)
	for i := range kept {
		plan := &kept[i]
		plan.Goals = slices.DeleteFunc(slices.Clone(plan.Goals), func(g Goal) bool { return !s.mine(g.Child) })
		plan.Participants = slices.DeleteFunc(slices.Clone(plan.Participants), func(p PlanParticipant) bool {
			return s.sibling(p.Person) || s.sibling(p.ChosenBy)
		})
		plan.Signatures = slices.DeleteFunc(slices.Clone(plan.Signatures), func(g Signature) bool { return s.sibling(g.Person) })
		plan.Needs = slices.DeleteFunc(slices.Clone(plan.Needs), func(n PlanNeed) bool {
			is := len(n.About) == 0 || slices.ContainsFunc(n.About, s.mine)
			for _, it := range items([]PlanNeed{n}) {
				s.items[it.ref] = s.items[it.ref] || is
			}
			return !is
		})
		for n := range plan.Needs {
			need := &plan.Needs[n]
			need.About = slices.DeleteFunc(slices.Clone(need.About), s.sibling)
		}
	}
	return kept
}

func (s *side) court(c Court) Court {
	// A suit is one suit at the court, however many cases it is followed in.
	kept := Court{Matters: slices.Clone(c.Matters), Dates: slices.Clone(c.Dates), Orders: slices.Clone(c.Orders)}
	for i := range kept.Matters {
		m := &kept.Matters[i]
		m.Children = s.narrow(m.Children)
	}
	for i := range kept.Dates {
		d := &kept.Dates[i]
		s.item(d.Ref, d.Children)
		d.Children, d.Heard = s.narrow(d.Children), s.narrow(d.Heard)
	}
	for i := range kept.Orders {
		o := &kept.Orders[i]
		s.item(o.Ref, o.Children)
		o.Children = s.narrow(o.Children)
		if !s.items[o.PlanStep] {
			o.PlanStep = ""
		}
	}
	return kept
}

func (s *side) referrals(list []Referral) []Referral {
	kept := slices.Clone(list)
	for i := range kept {
		r := &kept[i]
		if !s.items[r.PlanStep] {
			r.PlanStep = ""
		}
		if !s.item(r.ref(), r.Children) {
			*r = Referral{
				Number: r.Number, Need: r.Need, PlanStep: r.PlanStep, Status: ReferralRevoked, OfferedOn: r.OfferedOn, On: r.On,
				Reason: elsewhere,
			}
			continue
		}
		r.Children = s.narrow(r.Children)
	}
	return kept
}

// contactPlans has siblings who go separate ways go on seeing each other.
func (s *side) contactPlans(list []ContactPlanState) []ContactPlanState {
	kept := slices.Clone(list)
	for i := range kept {
		p := &kept[i]
		if !s.item(p.Ref(), p.Children) {
			*p = ContactPlanState{Number: p.Number, Ended: true}
			continue
		}
		if p.Relationship == "siblings" {
			p.Persons = slices.Concat(p.Persons, slices.DeleteFunc(slices.Clone(p.Children), s.mine))
		}
		p.Children = s.narrow(p.Children)
	}
	return kept
}

func (s *side) rights(list []Right, on Date) []Right {
	kept := slices.Clone(list)
	for i := range kept {
		r := &kept[i]
		var about []string
		if r.Person.Person != "" {
			about = []string{r.Person.Person}
		}
		if !s.item(r.Ref(), about) {
			*r = Right{Kind: r.Kind, Number: r.Number, About: r.About, Settled: on, Result: elsewhere}
		}
	}
	return kept
}

func (s *side) meetings(list []Meeting) []Meeting {
	kept := slices.Clone(list)
	for i := range kept {
		m := &kept[i]
		if s.away && m.Status == meetingCalled {
			m.Status = meetingCancelled
		}
		m.Decisions = slices.Clone(m.Decisions)
		for n := range m.Decisions {
			d := &m.Decisions[n]
			var about []string
			if d.Child != "" {
				about = []string{d.Child}
			}
			if !s.item(decisionRef(m.Number, n+1), about) {
				*d = MeetingDecision{Owner: d.Owner, Due: d.Due, Result: elsewhere}
			}
		}
	}
	return kept
}

// professionals who work with the whole family work with both.
func (s *side) professionals(list []Professional, on Date) []Professional {
	kept := slices.Clone(list)
	for i := range kept {
		p := &kept[i]
		if len(p.Children) > 0 && !slices.ContainsFunc(p.Children, s.mine) || len(p.Children) == 0 && p.Reason == elsewhere {
			*p = Professional{Number: p.Number, Kind: p.Kind, From: p.From, Ended: on, Reason: elsewhere}
			continue
		}
		p.Children = s.narrow(p.Children)
	}
	return kept
}

// unpaper leaves out what may be shared by a paper: a paper opens what is in the
// compartments of one case, and those stay there.
func (p *Portion) unpaper() {
	for i := range p.Professionals {
		of := &p.Professionals[i]
		of.Shares = slices.DeleteFunc(slices.Clone(of.Shares), func(s Share) bool { return s.Paper != "" })
	}
}

// narratives returns the addresses of every text, in a fixed order. What holds them
// is copied first: the same item can be in another case.
func (p *Portion) narratives() []*Text {
	var texts []*Text
	p.Plans = slices.Clone(p.Plans)
	for i := range p.Plans {
		texts = append(texts, p.Plans[i].narratives()...)
	}
	p.Referrals = slices.Clone(p.Referrals)
	for i := range p.Referrals {
		texts = append(texts, &p.Referrals[i].Provider)
	}
	p.Meetings = slices.Clone(p.Meetings)
	for i := range p.Meetings {
		m := &p.Meetings[i]
		m.Decisions = slices.Clone(m.Decisions)
		for n := range m.Decisions {
			texts = append(texts, &m.Decisions[n].What)
		}
	}
	p.Professionals = slices.Clone(p.Professionals)
	for i := range p.Professionals {
		of := &p.Professionals[i]
		texts = append(texts, &of.Organization, &of.Name, &of.Phone)
		of.Shares = slices.Clone(of.Shares)
		for n := range of.Shares {
			texts = append(texts, &of.Shares[n].Law)
		}
	}
	return texts
}

// narratives returns the addresses of the plan's texts, in a copy of what holds them.
func (p *Plan) narratives() []*Text {
	texts := []*Text{&p.Content, &p.Comments}
	p.Goals = slices.Clone(p.Goals)
	for i := range p.Goals {
		g := &p.Goals[i]
		texts = append(texts, &g.Why, &g.Objects, &g.NotConsulted, &g.Health, &g.Education)
	}
	if p.Amendment != nil {
		change := *p.Amendment
		p.Amendment = &change
		texts = append(texts, &change.Why)
	}
	p.Signatures = slices.Clone(p.Signatures)
	for i := range p.Signatures {
		texts = append(texts, &p.Signatures[i].Words)
	}
	p.Needs = slices.Clone(p.Needs)
	for i := range p.Needs {
		n := &p.Needs[i]
		n.Goals = slices.Clone(n.Goals)
		for j := range n.Goals {
			n.Goals[j].Steps = slices.Clone(n.Goals[j].Steps)
		}
	}
	return append(texts, wordsOf(p.Needs)...)
}
