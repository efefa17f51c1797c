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
		k.refuse("parents", "Nobody is their own parent.")
	}
	k.day("on", b.On)
	k.required("grounds", string(b.Grounds))
}

func (b *TPRPetition) blockers(c *Case, id string) []Blocker { return c.beforeCourt(id) }

func (b *TPRPetition) refuse(c *Case, _ Command) error {
	if err := c.theirs(b.Children); err != nil {
		return err
	}
	if err := c.ofMatter(b.Matter, b.Children); err != nil {
		return err
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
	for _, id := range b.Children {
		c.record(e, Fact{Type: FactTPRException, Subject: id, On: b.On, Reason: b.Ground})
	}
}

// settingOn is where a child in care lived at the end of a day, "" for nowhere.
func (c *Case) settingOn(id string, day Date) string {
	child := Child{}
	for _, f := range InOrder(Current(c.Facts), c.Location()) {
		if on := f.LocalDate(c.Location()); f.Subject == id && !on.After(day) {
			child.follow(f, on)
		}
	}
	return child.Setting
}
