package casework

// split tells who carries the case that some of its children have left.
func (t *teller) split(c *Case, b *Split) {
	text := "Case %s was split: " + count(len(b.Children), "child", "children") + " left for case " + b.Number +
		". What is owed about them is owed there from now on."
	t.tell(c.Worker, RoleCaseworker, NoticeAssigned, "Case %s was split", text)
	t.tell(c.Supervisor, RoleSupervisor, NoticeAssigned, "Case %s was split", text)
}

// branched tells who carries the new case.
func (t *teller) branched(c *Case, b *Branching) {
	from := " from case " + b.From + ", which was split. The clocks of the children go on from where they began."
	t.tell(c.Worker, RoleCaseworker, NoticeAssigned, "Case %s is yours", "Case %s was opened and assigned to you,"+from)
	t.tell(c.Supervisor, RoleSupervisor, NoticeAssigned, "Case %s was opened", "Case %s was opened in your unit,"+from)
}

// rejoined tells who thought that the children had left.
func (t *teller) rejoined(c *Case, b *Rejoining) {
	text := "Case " + b.Number + " could not be opened, so its " + count(len(b.Portion.Children), "child is", "children are") +
		" in case %s as before."
	t.tell(c.Worker, RoleCaseworker, NoticeAssigned, "Case %s was not split", text)
	t.tell(c.Supervisor, RoleSupervisor, NoticeAssigned, "Case %s was not split", text)
}

// fresh leaves out what was missed in another case: who carried it then was told.
// What is still owed is told to whoever owes it now.
func (c *Case) fresh(changes []DutyChange) []DutyChange {
	const opening = 2 // the event that says what is owed in a case that was just opened
	if c.From == "" || c.Revision >= opening {
		return changes
	}
	var owed []DutyChange
	for _, change := range changes {
		if change.Duty.Status != DutyIncurable {
			owed = append(owed, change)
		}
	}
	return owed
}
