package casework

import "slices"

// Child is one child of a case. Everything but the identity is derived from
// the current facts, so that a correction moves it.
type Child struct {
	ID   string `json:"id"`
	Born Date   `json:"born,omitzero"`

	Stage Stage `json:"stage"`
	// RemovedOn is the day of the current or last removal.
	RemovedOn Date `json:"removed_on,omitzero"`
	// Voluntary says that the child is in care by agreement with the parents.
	Voluntary bool `json:"voluntary,omitempty"`
	// Setting is where the child lives while in care.
	Setting string `json:"setting,omitempty"`
	// Provider is the ID of the home or facility, empty where it was not named.
	Provider string `json:"provider,omitempty"`
	// Trial is when the current trial home visit started.
	Trial Date `json:"trial,omitzero"`
	// ExitedOn and ExitReason tell how the last episode of care ended.
	ExitedOn   Date   `json:"exited_on,omitzero"`
	ExitReason string `json:"exit_reason,omitempty"`
	// Missing is the day on which the agency was told that the child is missing,
	// zero while nobody misses the child.
	Missing Date `json:"missing,omitzero"`
	// Alarm says that the child was missing once, or suspected to be a victim of
	// trafficking, so that there is something to report.
	Alarm bool `json:"alarm,omitempty"`
	// DebriefOwed says that the child came back and has not been debriefed.
	DebriefOwed bool `json:"debrief_owed,omitempty"`
	// AftercareVisits counts the visits since the child came home.
	AftercareVisits int `json:"aftercare_visits,omitempty"`
}

// InCare says whether an episode of care is open: a trial home visit is still
// care (45 CFR 1356.21(e)).
func (c Child) InCare() bool { return c.Stage == StageOutOfHomeCare || c.Stage == StageTrialHome }

// derive computes each child again from the facts that stand.
func (c *Case) derive() {
	loc := c.Location()
	facts := InOrder(c.current(), loc)
	children := make([]Child, len(c.Children))
	for i, was := range c.Children {
		child := Child{ID: was.ID, Born: was.Born, Stage: StageAtHome}
		for _, f := range facts {
			if f.Subject == "" || f.Subject == child.ID {
				child.follow(f, f.LocalDate(loc))
			}
		}
		children[i] = child
	}
	c.Children = children
	c.Court = c.Court.derive(facts)
}

// follow moves the child along one fact that happened on a local day.
func (c *Child) follow(f Fact, on Date) {
	switch f.Type { //nolint:exhaustive // the other facts don't change where a child lives
	case FactChildRemoved:
		*c = Child{
			ID: c.ID, Born: c.Born, Stage: StageOutOfHomeCare, RemovedOn: on,
			Missing: c.Missing, Alarm: c.Alarm, DebriefOwed: c.DebriefOwed, Voluntary: f.Reason == voluntaryRemoval,
		}
	case FactPlacementStarted:
		c.Setting, c.Provider = f.Setting, f.Provider
	case FactPlacementEnded:
		c.Setting, c.Provider = "", ""
	case FactProviderCleared:
		if c.Setting != "" && c.Provider == "" {
			c.Provider = f.Provider
		}
	case FactTrialHomeVisitStarted:
		c.Stage, c.Trial = StageTrialHome, on
	case FactTrialHomeVisitEnded:
		c.Stage, c.Trial = StageOutOfHomeCare, Date{}
	case FactEpisodeEnded:
		c.ExitedOn, c.ExitReason, c.Trial = on, f.Reason, Date{}
		c.Stage = c.gone()
		c.Setting, c.Provider = "", ""
	case FactAftercareStarted:
		c.Stage = StageAftercare
	case FactAftercareEnded:
		c.Stage = c.gone()
	case FactVisitMade:
		if c.Stage == StageAftercare {
			c.AftercareVisits++
		}
	case FactVoluntaryEnded:
		c.Voluntary = false
	case FactChildMissing:
		c.Missing, c.Alarm, c.DebriefOwed = on, true, false
	case FactChildFound:
		c.Missing, c.DebriefOwed = Date{}, true
	case FactMissingDebriefed:
		c.DebriefOwed = false
	case FactTraffickingSuspected:
		c.Alarm = true
	case FactRecordClosed:
		c.Setting, c.Provider = "", ""
	}
}

// gone is the stage of a child who has left care, once nobody visits any more.
func (c *Child) gone() Stage {
	if c.ExitReason == "" || c.ExitReason == ExitReunification {
		return StageReunified
	}
	return StageExited
}

// fits says whether a fact can come next in the child's story: spans of care and
// of trial home visits neither overlap nor end before they begin.
func (c *Child) fits(f Fact, on Date) bool {
	here := c.Missing.IsZero()
	switch f.Type { //nolint:exhaustive // the other facts begin and end no span
	case FactChildRemoved:
		overlong := f.Reason == overlongTrial && c.Stage == StageTrialHome && !f.Until.Before(c.Trial) && on.After(f.Until)
		return here && (!c.InCare() || overlong) && !on.Before(c.Born)
	case FactTrialHomeVisitStarted:
		return here && c.Stage == StageOutOfHomeCare && (f.Until.IsZero() || !f.Until.Before(on))
	case FactTrialHomeVisitEnded:
		return here && c.Stage == StageTrialHome
	case FactEpisodeEnded:
		return (here || slices.Contains(missingExits(), f.Reason)) && c.InCare() && on.After(c.RemovedOn)
	case FactPlacementStarted:
		return here && c.Stage == StageOutOfHomeCare
	case FactChildMissing:
		return here
	case FactChildFound:
		return !here
	case FactMissingDebriefed:
		return here && c.DebriefOwed
	case FactVoluntaryEnded:
		return c.InCare() && c.Voluntary
	case FactAftercareEnded:
		return c.Stage == StageAftercare
	}
	return true
}

// coherent says whether each child's story holds together as the facts stand.
func (c *Case) coherent() bool {
	loc := c.Location()
	facts := InOrder(c.current(), loc)
	for _, was := range c.Children {
		child := Child{ID: was.ID, Born: was.Born, Stage: StageAtHome}
		for _, f := range facts {
			if f.Subject != child.ID {
				continue
			}
			on := f.LocalDate(loc)
			if !child.fits(f, on) {
				return false
			}
			child.follow(f, on)
		}
	}
	return true
}

// inCare blocks what only a child in care can have. A child of another family
// is refused by theirs.
func (c *Case) inCare(id string) []Blocker {
	if child := c.child(id); child == nil || child.InCare() {
		return nil
	}
	return []Blocker{{Code: "not-in-care", Subject: id, Detail: "This child is not in care. Record the removal or the placement by agreement first."}}
}
