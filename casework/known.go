package casework

import "slices"

// knowsPerson says whether somebody is on the case: as a child, as an adult, or because
// a step named them before adults were put on record.
func (c *Case) knowsPerson(id string) bool {
	_, adult := c.adult(id)
	return adult || c.child(id) != nil ||
		slices.ContainsFunc(c.Court.Rights, func(r ParentalRights) bool { return r.Parent == id }) ||
		slices.ContainsFunc(c.Court.Orders, func(o Order) bool { return o.Owes.ID == id }) ||
		slices.ContainsFunc(c.Rights, func(r Right) bool { return r.Person.Person == id })
}

// known refuses persons whom the case does not know. A sender who did not know of
// adults on record is asked for none, and neither is a step that names nobody.
func (c *Case) known(cmd Command, field string, ids ...string) error {
	unknown := func(id string) bool { return id != "" && !c.knowsPerson(id) }
	if cmd.Edition < EditionKnownPeople || !slices.ContainsFunc(ids, unknown) {
		return nil
	}
	return InvalidField(field, "The case does not know this person. Record them on the case first (adults), and name them "+
		"by the ID that the answer gives.")
}

// knownParty refuses somebody of the family, or near to it, whom the case does not
// know. Workers, providers and attorneys are on no case.
func (c *Case) knownParty(cmd Command, field string, p Party) error {
	if !slices.Contains([]string{"parent", "caregiver", "relative"}, p.Role) {
		return nil
	}
	return c.known(cmd, field+".id", p.ID)
}

// knownParticipant is [Case.knownParty] for who is told of rights, appeals or complains.
func (c *Case) knownParticipant(cmd Command, field string, p Participant) error {
	if !slices.Contains([]string{"", "child", "parent", "caregiver", "relative"}, p.Role) {
		return nil
	}
	return c.known(cmd, field+".person", p.Person)
}
