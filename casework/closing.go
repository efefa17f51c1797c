package casework

// closingSteps lists how a case ends.
func closingSteps() []Step {
	works := []Role{RoleCaseworker, RoleSupervisor}
	supervises := []Role{RoleSupervisor}
	return []Step{
		caseStep("closing.request", "closing.requested", "Ask for the case to be closed", "closing-requests", works, false,
			func() Body { return &ClosingRequest{} }),
		caseStep("closing.return", "closing.returned", "Decline to close the case", "closing-returns", supervises, false,
			func() Body { return &ClosingReturn{} }),
		caseStep("closing.approve", "case.closed", "Close the case", "closing", supervises, false,
			func() Body { return &ClosingApproval{} }),
	}
}

// ClosingRequest asks the supervisor to close the case.
type ClosingRequest struct {
	wholeRecord

	// Risk is the level at the last assessment, one of [RiskLevels].
	Risk   string `json:"risk"`
	Reason Text   `json:"reason"`
}

// Says tells the event in a sentence.
func (b *ClosingRequest) Says() string { return "Closing requested, risk now " + b.Risk + "." }

// Narratives returns the reasons.
func (b *ClosingRequest) Narratives() []*Text { return []*Text{&b.Reason} }

func (b *ClosingRequest) check(k *checker) {
	k.oneOf("risk", b.Risk, RiskLevels()...)
	k.required("reason", string(b.Reason))
}

func (b *ClosingRequest) blockers(c *Case, _ string) []Blocker {
	missing := c.unready()
	if c.Closing != "" {
		missing = append(missing, Blocker{Code: "closing-requested", Detail: "Closing has been asked for already. Let a supervisor approve or decline it first."})
	}
	return missing
}

func (b *ClosingRequest) refuse(*Case, Command) error { return nil }

func (b *ClosingRequest) apply(c *Case, e Event) {
	c.Closing, c.Risk = e.Actor.ID, b.Risk
	c.record(e, Fact{Type: FactClosingRequested, At: e.RecordedAt})
}

// ClosingReturn declines to close, with comments.
type ClosingReturn struct {
	wholeRecord

	Comments Text `json:"comments"`
}

// Says tells the event in a sentence.
func (b *ClosingReturn) Says() string { return "Closing declined with comments." }

// Narratives returns the comments.
func (b *ClosingReturn) Narratives() []*Text { return []*Text{&b.Comments} }

func (b *ClosingReturn) check(k *checker) { k.required("comments", string(b.Comments)) }

func (b *ClosingReturn) blockers(c *Case, _ string) []Blocker { return c.closingAsked() }

func (b *ClosingReturn) refuse(*Case, Command) error { return nil }

func (b *ClosingReturn) apply(c *Case, e Event) {
	c.Closing = ""
	c.record(e, Fact{Type: FactClosingDecided, At: e.RecordedAt, Reason: "declined"})
}

// ClosingApproval closes the case for ever.
type ClosingApproval struct {
	wholeRecord

	Comments Text `json:"comments,omitempty"`
}

// Says tells the event in a sentence.
func (b *ClosingApproval) Says() string { return "Case closed." }

// Narratives returns the comments.
func (b *ClosingApproval) Narratives() []*Text { return []*Text{&b.Comments} }

func (b *ClosingApproval) check(*checker) {}

func (b *ClosingApproval) blockers(c *Case, _ string) []Blocker {
	return append(c.unready(), c.closingAsked()...)
}

func (b *ClosingApproval) refuse(c *Case, cmd Command) error {
	if c.Closing == cmd.Actor.ID {
		return NewError(Forbidden, "Nobody approves their own request. Another supervisor must do it.")
	}
	return nil
}

func (b *ClosingApproval) apply(c *Case, e Event) {
	c.record(e, Fact{Type: FactClosingDecided, At: e.RecordedAt, Reason: "approved"})
	for _, child := range c.Children {
		if child.Stage == StageAftercare {
			c.record(e, Fact{Type: FactAftercareEnded, Subject: child.ID, At: e.RecordedAt})
		}
	}
	c.record(e, Fact{Type: FactRecordClosed, At: e.RecordedAt, Reason: "closed"})
	c.ClosedAt = e.RecordedAt
}

func (c *Case) closingAsked() []Blocker {
	if c.Closing != "" {
		return nil
	}
	return []Blocker{{Code: "closing-not-requested", Detail: "Nobody has asked for this case to be closed. Ask for it first."}}
}

// unready lists what a case still needs before it can end: every child home
// and visited there, no plan in suspense, nothing overdue.
func (c *Case) unready() []Blocker {
	var missing []Blocker
	for _, child := range c.Children {
		if child.InCare() {
			missing = append(missing, Blocker{
				Code: "child-in-care", Subject: child.ID,
				Detail: "This child is still in care. Record how the episode of care ended first.",
			})
		}
		if child.Stage == StageAftercare && child.AftercareVisits == 0 {
			missing = append(missing, Blocker{
				Code: "no-aftercare-visit", Subject: child.ID, Detail: "This child has not been visited since going home. Record a visit first.",
			})
		}
	}
	missing = append(missing, c.underInvestigationToo()...)
	if _, ok := c.openPlan(); ok {
		missing = append(missing, Blocker{Code: "plan-awaits-approval", Detail: "A case plan waits for approval. Approve or return it first."})
	}
	missing = append(missing, c.courtOpen()...)
	missing = append(missing, c.referralsOpen()...)
	for _, d := range c.Pending() {
		if d.Status == DutyOverdue {
			missing = append(missing, Blocker{
				Code: "duty-overdue", Subject: d.Subject, Duty: d.ID, Detail: d.Title + " is overdue since " + d.Due + ". Do it, or record that it was done, first.",
			})
		}
	}
	return append(missing, c.appealPending()...)
}
