package casework

// The ages, in years, at which the law asks for something new.
const (
	// ageOfCredit: from here on a credit report each year, and a voice in the plan
	// (42 USC 675(5)(C)(iv), (I)).
	ageOfCredit = 14
	// ageOfMajority ends care, unless it is extended.
	ageOfMajority = 18
	// ageOfLastCare is the latest age to which a state can extend care (42 USC 675(8)(B)).
	ageOfLastCare = 21
)

// reached says whether a child has come to an age by a day. Where the date of
// birth is not known, nobody can say so.
func (c *Child) reached(on Date, years int) bool {
	return !c.Born.IsZero() && !on.Before(c.Born.AddMonths(12*years))
}

// Milestone is a birthday, or a day near one, at which the law asks for something new.
type Milestone struct {
	// Age is said as people say it: "17 years 9 months".
	Age string `json:"age"`
	On  Date   `json:"on"`
	// Means says what is due or possible from then on.
	Means string `json:"means"`
}

// Milestones lists what a child's age brings, earliest first; nothing where the
// date of birth is not known. What is owed by when is the policy pack's.
func (c *Child) Milestones() []Milestone {
	if c.Born.IsZero() {
		return nil
	}
	at := func(age string, months int, means string) Milestone {
		return Milestone{Age: age, On: c.Born.AddMonths(months), Means: means}
	}
	return []Milestone{
		at("14 years", 12*ageOfCredit, "Takes part in planning and may choose two members of the team; a credit report each year."),
		at("16 years", 12*minimumAgeAPPLA, "Another planned permanent living arrangement may be a goal."),
		at("17 years 9 months", 12*ageOfMajority-3, "The transition plan is made in the 90 days before the 18th birthday."),
		at("18 years", 12*ageOfMajority, "Leaves care with the documents for the time after, or stays in extended care."),
		at("21 years", 12*ageOfLastCare, "The latest end of extended care."),
	}
}
