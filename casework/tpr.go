package casework

import "slices"

// TPRPetition records a petition to end the rights of parents to their children
// (termination of parental rights). Each parent is one of the petition's own.
type TPRPetition struct {
	Children []string `json:"children"`
	// Parents are persons, by opaque ID.
	Parents []string `json:"parents"`
	On      Date     `json:"on"`
	// Matter is the court matter that it was filed in, where it is on record.
	Matter string `json:"matter,omitempty"`
	// Grounds says on what grounds.
	Grounds Text `json:"grounds"`
}

// Says tells the event in a sentence.
func (b *TPRPetition) Says() string {
	return "Petition filed to end the rights of " + count(len(b.Parents), "parent", "parents") + " to " +
		count(len(b.Children), "child", "children") + "."
}

// Narratives returns the grounds.
func (b *TPRPetition) Narratives() []*Text { return []*Text{&b.Grounds} }

func (b *TPRPetition) happened() moment { return moment{on: b.On} }

func (b *TPRPetition) subjects() []string { return b.Children }

func (b *TPRPetition) check(k *checker) {
	k.list("children", b.Children)
	k.list("parents", b.Parents)
	for _, id := range b.Parents {
		k.opaque("parents", id)
	}
	if slices.ContainsFunc(b.Parents, func(id string) bool { return slices.Contains(b.Children, id) }) {
		k.refuse("parents", "Nobody is their own parent. Name the parent.")
	}
	k.day("on", b.On)
	k.required("grounds", string(b.Grounds))
}

func (b *TPRPetition) blockers(c *Case, id string) []Blocker { return c.beforeCourt(id) }

func (b *TPRPetition) refuse(c *Case, cmd Command) error {
	if err := c.ofMatter(b.Matter, b.Children); err != nil {
		return err
	}
	if err := c.known(cmd, "parents", b.Parents...); err != nil {
		return err
	}
	for _, id := range b.Children {
		for _, parent := range b.Parents {
			if err := c.rights(id, parent).admitPetition(b.On); err != nil {
				return err
			}
		}
	}
	return c.sinceCourt("on", b.Children, b.On)
}

func (b *TPRPetition) apply(c *Case, e Event) {
	for _, id := range b.Children {
		for _, parent := range b.Parents {
			c.record(e, Fact{Type: FactTPRPetitionFiled, Subject: id, On: b.On, Ref: parent})
		}
	}
}

// The three grounds on which no petition is owed although a child has been in
// care for 15 of 22 months (42 USC 675(5)(E)).
const (
	// RelativeCare: a relative cares for the child (42 USC 675(5)(E)(i)).
	RelativeCare = "relative-care"
	// CompellingReason: the case plan documents why a petition would not be in the
	// child's best interests (42 USC 675(5)(E)(ii)).
	CompellingReason = "compelling-reason"
	// ServicesNotProvided: the family did not get in time the services that the
	// plan calls necessary for a safe return (42 USC 675(5)(E)(iii)).
	ServicesNotProvided = "services-not-provided"
)

// TPRExceptions are the codes for why no petition is filed.
func TPRExceptions() []string { return []string{RelativeCare, CompellingReason, ServicesNotProvided} }

// TPRException documents why no petition to end parental rights is filed.
type TPRException struct {
	Children []string `json:"children"`
	On       Date     `json:"on"`
	// Ground is one of [TPRExceptions].
	Ground string `json:"ground"`
	// Reason is the documentation that the law asks for.
	Reason Text `json:"reason"`
}

// Says tells the event in a sentence.
func (b *TPRException) Says() string {
	return "Documented why no petition to end parental rights is filed (" + b.Ground + ")."
}

// Narratives returns the documentation.
func (b *TPRException) Narratives() []*Text { return []*Text{&b.Reason} }

func (b *TPRException) happened() moment { return moment{on: b.On} }

func (b *TPRException) subjects() []string { return b.Children }

func (b *TPRException) check(k *checker) {
	k.list("children", b.Children)
	k.day("on", b.On)
	k.oneOf("ground", b.Ground, TPRExceptions()...)
	k.required("reason", string(b.Reason))
}

func (b *TPRException) blockers(c *Case, id string) []Blocker { return c.beforeCourt(id) }

// refuse: that a relative cares for the child is on record, or it is not so.
func (b *TPRException) refuse(c *Case, _ Command) error {
	if err := c.theirs(b.Children); err != nil {
		return err
	}
	if err := c.sinceCourt("on", b.Children, b.On); err != nil {
		return err
	}
	elsewhere := func(id string) bool { return c.settingOn(id, b.On) != "relative" }
	if b.Ground == RelativeCare && slices.ContainsFunc(b.Children, elsewhere) {
		return InvalidField("ground", "On that day this child did not live with a relative, as far as is on record. "+
			"Correct the placement, or document another ground.")
	}
	return nil
}

func (b *TPRException) apply(c *Case, e Event) {
	c.recordEach(e, b.Children, Fact{Type: FactTPRException, On: b.On, Reason: b.Ground})
}

// settingOn is where a child in care lived at the end of a day, "" for nowhere.
func (c *Case) settingOn(id string, day Date) string {
	child := Child{}
	for _, f := range InOrder(c.current(), c.Location()) {
		if on := f.LocalDate(c.Location()); f.Subject == id && !on.After(day) {
			child.follow(f, on)
		}
	}
	return child.Setting
}

// ParentalRights is where the rights of one parent to one child stand.
type ParentalRights struct {
	Child string `json:"child"`
	// Parent is a person, by opaque ID.
	Parent string `json:"parent"`
	// Status is filed or one of [TPROutcomes].
	Status string `json:"status"`
	// Petitioned is the day of the last petition, On that of the status.
	Petitioned Date `json:"petitioned,omitzero"`
	On         Date `json:"on"`
}

// What can become of parental rights (AFCARS E63 to E68).
const (
	// TPRFiled: a petition waits for the court.
	TPRFiled = "filed"
	// TPRGranted and TPRDenied are what the court decided on the petition.
	TPRGranted = "granted"
	// TPRDenied: the rights stay; another petition may follow.
	TPRDenied = "denied"
	// TPRRelinquished: the parent gave the rights up.
	TPRRelinquished = "relinquished"
	// TPRDeceased: the parent has died.
	TPRDeceased = "deceased"
	// TPRNotApplicable: there are no rights of this person to end.
	TPRNotApplicable = "not-applicable"
)

// TPROutcomes are the codes for what became of a parent's rights.
func TPROutcomes() []string {
	return []string{TPRGranted, TPRDenied, TPRRelinquished, TPRDeceased, TPRNotApplicable}
}

// Over says whether the parent has no rights to the child any more.
func (r ParentalRights) Over() bool {
	return r.Status == TPRGranted || r.Status == TPRRelinquished || r.Status == TPRDeceased
}

// stand says whether the parent has rights to the child on a day. One about whom
// it is on record that there are none to end never had them.
func (r ParentalRights) stand(on Date) bool {
	return r.Status != TPRNotApplicable && (!r.Over() || r.On.After(on))
}

// admitPetition refuses a petition about rights that have ended, that wait for the
// court already, or that were decided later.
func (r ParentalRights) admitPetition(on Date) error {
	switch {
	case r.Over():
		return InvalidField("parents", "The rights of one of these parents ended already: "+r.Status+" on "+r.On.String()+
			". Leave that parent out.")
	case r.Status == TPRFiled:
		return InvalidField("parents", "A petition about one of these parents waits for the court already, since "+
			r.Petitioned.String()+". Leave that parent out, or record the decision on it first.")
	case on.Before(r.On):
		return InvalidField("on", "This is before the last decision about one of these parents, of "+r.On.String()+". Give a later day.")
	}
	return nil
}

// TPRDecision records what became of one parent's rights: the court's order on
// the petition, or another end of them.
type TPRDecision struct {
	Children []string `json:"children"`
	// Parent is a person, by opaque ID.
	Parent string `json:"parent"`
	// Status is one of [TPROutcomes].
	Status string `json:"status"`
	On     Date   `json:"on"`
	Notes  Text   `json:"notes,omitempty"`
}

// Says tells the event in a sentence.
func (b *TPRDecision) Says() string {
	return "Rights of one parent to " + count(len(b.Children), "child", "children") + ": " + b.Status + "."
}

// Narratives returns the notes.
func (b *TPRDecision) Narratives() []*Text { return []*Text{&b.Notes} }

func (b *TPRDecision) happened() moment { return moment{on: b.On} }

func (b *TPRDecision) subjects() []string { return b.Children }

func (b *TPRDecision) check(k *checker) {
	k.list("children", b.Children)
	k.opaque("parent", b.Parent)
	k.oneOf("status", b.Status, TPROutcomes()...)
	k.day("on", b.On)
	if slices.Contains(b.Children, b.Parent) {
		k.refuse("parent", "Nobody is their own parent. Name the parent.")
	}
}

func (b *TPRDecision) blockers(c *Case, id string) []Blocker { return c.beforeCourt(id) }

// refuse: a court decides on a petition, and not before it was filed.
func (b *TPRDecision) refuse(c *Case, cmd Command) error {
	if err := c.theirs(b.Children); err != nil {
		return err
	}
	if err := c.known(cmd, "parent", b.Parent); err != nil {
		return err
	}
	for _, id := range b.Children {
		rights := c.rights(id, b.Parent)
		switch decides := b.Status == TPRGranted || b.Status == TPRDenied; {
		case rights.Over():
			return InvalidField("parent", "The rights of this parent ended already: "+rights.Status+" on "+rights.On.String()+
				". If that is wrong, correct it first.")
		case decides && rights.Status != TPRFiled:
			return InvalidField("status", "No petition about this parent and every one of these children waits for the court. "+
				"Record the petition first.")
		case decides && b.On.Before(rights.Petitioned):
			return InvalidField("on", "This is before the petition was filed. Correct the day of the petition first, if it is wrong.")
		}
	}
	if b.Status == TPRDeceased || b.Status == TPRNotApplicable {
		return nil
	}
	return c.sinceCourt("on", b.Children, b.On)
}

func (b *TPRDecision) apply(c *Case, e Event) {
	c.recordEach(e, b.Children, Fact{Type: FactTPRDecided, On: b.On, Ref: b.Parent, Reason: b.Status})
}

// rights is where one parent's rights to a child stand, empty where nothing is
// on record.
func (c *Case) rights(child, parent string) ParentalRights {
	for _, r := range c.Court.Rights {
		if r.Child == child && r.Parent == parent {
			return r
		}
	}
	return ParentalRights{}
}

// parentsHaveRights refuses, on the field "reason", to let a child be adopted on a
// day on which, as far as is on record, a parent has rights to the child.
func (c *Case) parentsHaveRights(child string, on Date) error {
	for _, r := range c.Court.Rights {
		if r.Child != child || !r.stand(on) {
			continue
		}
		switch r.Status {
		case TPRFiled:
			return InvalidField("reason", "A petition about a parent's rights to this child waits for the court since "+
				r.Petitioned.Long()+". Record what became of those rights first, or record a guardianship, which leaves them.")
		case TPRDenied:
			return InvalidField("reason", "The court left a parent the rights to this child on "+r.On.Long()+
				". Record how they ended since, or record a guardianship, which leaves them.")
		}
		return InvalidField("reason", "A parent had rights to this child until "+r.On.Long()+
			", as far as is on record. No child is adopted before that day; correct it if it is wrong, or record a guardianship.")
	}
	return nil
}

// adoptionsFit says whether, as the facts stand, each adoption came after the rights
// of every parent on record had ended.
func (c *Case) adoptionsFit() bool {
	facts := InOrder(c.current(), c.Location())
	rights, _ := rightsOf(facts)
	return !slices.ContainsFunc(facts, func(f Fact) bool {
		keeps := func(r ParentalRights) bool { return r.Child == f.Subject && r.stand(f.LocalDate(c.Location())) }
		return f.Type == FactEpisodeEnded && f.Reason == ExitAdoption && slices.ContainsFunc(rights, keeps)
	})
}

// rightsOf derives the rights from facts in the order in which they happened,
// and says whether the story holds: a court decides on a petition after it was
// filed. Rights that ended stay so, whatever was filed afterwards.
func rightsOf(facts []Fact) (rights []ParentalRights, fits bool) {
	fits = true
	for _, f := range facts {
		if f.Ref == "" || f.Type != FactTPRPetitionFiled && f.Type != FactTPRDecided {
			continue
		}
		i := slices.IndexFunc(rights, func(r ParentalRights) bool { return r.Child == f.Subject && r.Parent == f.Ref })
		if i < 0 {
			i, rights = len(rights), append(rights, ParentalRights{Child: f.Subject, Parent: f.Ref})
		}
		r := &rights[i]
		status := f.Reason
		if f.Type == FactTPRPetitionFiled {
			status, r.Petitioned = TPRFiled, f.On
		}
		if status == TPRGranted || status == TPRDenied {
			fits = fits && !r.Petitioned.IsZero()
		}
		if !r.Over() {
			r.Status, r.On = status, f.On
		}
	}
	return rights, fits
}
