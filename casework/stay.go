package casework

// Stay is one episode of care: from a removal, or a placement that the parents
// agreed to, to the exit. Its arrangements tile it: each begins on the day on
// which the one before it ends, and together they cover it without a gap.
type Stay struct {
	// Number counts the child's episodes in this case from 1.
	Number    int  `json:"number"`
	RemovedOn Date `json:"removed_on"`
	// Voluntary says that it began by agreement with the parents.
	Voluntary bool `json:"voluntary,omitempty"`
	// EndedOn and Exit tell how it ended; both are empty while it lasts.
	EndedOn Date   `json:"ended_on,omitzero"`
	Exit    string `json:"exit,omitempty"`
	// Moves counts the moves from placement to placement.
	Moves        int           `json:"moves"`
	Arrangements []Arrangement `json:"arrangements"`
}

// Arrangement is where a child in care lives for a time. Being missing and being
// home on trial are arrangements, too (AFCARS element 120).
type Arrangement struct {
	From Date `json:"from"`
	// Until is the day on which the next one begins or the episode ends; zero
	// while it lasts.
	Until Date `json:"until,omitzero"`
	// Setting is one of [Arrangements].
	Setting  string `json:"setting"`
	Provider string `json:"provider,omitempty"`
	// Reason is why the child came here, where it is known.
	Reason string `json:"reason,omitempty"`
	// Move says that coming here counts as a move from placement to placement.
	Move bool `json:"move,omitempty"`

	// back says that the child came back here from being missing.
	back bool
}

// The arrangements that are no placement.
const (
	arrangedTrial   = "trial-home-visit"
	arrangedRunaway = "runaway"
	arrangedUnknown = "whereabouts-unknown"
)

// Arrangements lists where a child in care can be: the settings, at home on
// trial, and nobody knows where.
func Arrangements() []string {
	return append(Settings(), arrangedTrial, arrangedRunaway, arrangedUnknown)
}

// Stays tells a child's episodes of care with their arrangements, oldest first,
// as the facts stand on a day. It is computed from the facts, so a correction
// moves the edge between two arrangements and never opens a gap.
func (c *Case) Stays(id string, today Date) []Stay {
	loc := c.Location()
	t := &tiler{}
	for _, f := range InOrder(c.current(), loc) {
		if f.Subject == id {
			t.lay(f, f.LocalDate(loc))
		}
	}
	if child := c.child(id); child != nil {
		for i := range t.stays {
			t.stays[i].countMoves(child.Born, today)
		}
	}
	return t.stays
}

// tiler lays a child's arrangements, fact by fact.
type tiler struct {
	stays []Stay
	// bed is where the child lived before being missing.
	bed Arrangement
}

func (t *tiler) lay(f Fact, on Date) {
	switch f.Type { //nolint:exhaustive // the other facts move no child
	case FactChildRemoved:
		t.end(f.Until, overlongTrial)
		t.stays = append(t.stays, Stay{Number: len(t.stays) + 1, RemovedOn: on, Voluntary: f.Reason == voluntaryRemoval})
	case FactPlacementStarted:
		t.next(Arrangement{From: on, Setting: f.Setting, Provider: f.Provider, Reason: f.Reason})
	case FactProviderCleared:
		t.names(f.Provider)
	case FactTrialHomeVisitStarted:
		t.next(Arrangement{From: on, Setting: arrangedTrial})
	case FactChildMissing:
		setting := arrangedRunaway
		if f.Reason != arrangedRunaway {
			setting = arrangedUnknown
		}
		if now := t.now(); now != nil {
			t.bed = *now
		}
		t.next(Arrangement{From: on, Setting: setting, Reason: f.Reason})
	case FactChildFound:
		if bed := t.bed; bed.Setting != "" {
			t.next(Arrangement{From: on, Setting: bed.Setting, Provider: bed.Provider, Reason: moveReturn, back: true})
		}
		t.bed = Arrangement{}
	case FactEpisodeEnded:
		t.end(on, f.Reason)
	}
}

// stay returns the open episode, or nil.
func (t *tiler) stay() *Stay {
	if n := len(t.stays); n > 0 && t.stays[n-1].EndedOn.IsZero() {
		return &t.stays[n-1]
	}
	return nil
}

// now returns the arrangement that lasts, or nil.
func (t *tiler) now() *Arrangement {
	stay := t.stay()
	if stay == nil || len(stay.Arrangements) == 0 {
		return nil
	}
	return &stay.Arrangements[len(stay.Arrangements)-1]
}

// next ends the arrangement that lasts and begins another. A child who was found
// and placed elsewhere at once did not live at the old place in between.
func (t *tiler) next(a Arrangement) {
	stay, now := t.stay(), t.now()
	switch {
	case stay == nil:
		return
	case now != nil && now.back && now.From == a.From:
		*now = a
		return
	case now != nil:
		now.Until = a.From
	}
	stay.Arrangements = append(stay.Arrangements, a)
}

// names fills in a provider who was not known when the placement began.
func (t *tiler) names(provider string) {
	if now := t.now(); now != nil && now.Provider == "" && providedFor(now.Setting) {
		now.Provider = provider
	}
}

func (t *tiler) end(on Date, exit string) {
	if now := t.now(); now != nil {
		now.Until = on
	}
	if stay := t.stay(); stay != nil {
		stay.EndedOn, stay.Exit = on, exit
	}
}

// respiteDays is the longest respite that is only an absence from the placement.
const respiteDays = 14

// countMoves marks the arrangements that are moves. The first placement is none;
// neither is an absence (a hospital, detention, respite of up to 14 days, being
// missing, a trial home visit), the way back from it, a change of the home's
// license, or anything after the 18th birthday.
func (s *Stay) countMoves(born, today Date) {
	var last *Arrangement
	for i := range s.Arrangements {
		a := &s.Arrangements[i]
		if a.absence(today) {
			continue
		}
		grown := !born.IsZero() && !a.From.Before(born.AddMonths(18*12))
		a.Move = last != nil && !a.same(last) && !grown
		if a.Move {
			s.Moves++
		}
		last = a
	}
}

// absence says whether the child was away from the placement for a while and no
// placement of its own took its place.
func (a *Arrangement) absence(today Date) bool {
	until := a.Until
	if until.IsZero() {
		until = today
	}
	switch {
	case a.Setting == arrangedTrial || a.Setting == arrangedRunaway || a.Setting == arrangedUnknown:
		return true
	case awayFromCare(a.Setting):
		return true
	}
	return a.Reason == moveRespite && a.From.DaysUntil(until) <= respiteDays
}

// same says whether two arrangements are one placement: the same provider, with
// or without an absence between them.
func (a *Arrangement) same(last *Arrangement) bool {
	if a.Reason == moveLicense {
		return true
	}
	return a.Provider == last.Provider && (a.Provider != "" || a.Setting == last.Setting)
}
