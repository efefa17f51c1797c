package api

import (
	"homeward/casework"
	"homeward/internal/explain"
	"homeward/policy"
)

// childStory is a child of a case with the episodes of care.
type childStory struct {
	Child string         `json:"child"`
	Name  string         `json:"name,omitempty"`
	Born  casework.Date  `json:"born,omitzero"`
	Stage casework.Stage `json:"stage"`
	// EnteredCare is computed from the facts with the record's pack; it is left out
	// for a child who was never in care.
	EnteredCare  *explain.EnteredCare `json:"entered_care,omitempty"`
	MissingSince casework.Date        `json:"missing_since,omitzero"`
	DebriefOwed  bool                 `json:"debrief_owed,omitempty"`
	Episodes     []episodeView        `json:"episodes"`
	Milestones   []casework.Milestone `json:"milestones,omitempty"`
	// MovedTo is the case for which the child has left this one, where that is told.
	MovedTo string `json:"moved_to,omitempty"`
}

// episodeView is an episode with its code for the federal report.
type episodeView struct {
	casework.Stay

	AFCARSExit int `json:"afcars_exit"`
}

// readChild answers GET /v1/cases/{case}/children/{child}.
func (a *API) readChild(c *call, s subject) (reply, error) {
	events, err := a.store.Events(c.Context(), s.Aggregate, 1)
	if err != nil {
		return reply{}, err
	}
	family := casework.FoldCase(events)
	for _, child := range family.Children {
		if child.ID == c.param("child") {
			return a.tellChild(c, s, family, child)
		}
	}
	for _, left := range family.Left {
		for _, child := range left.Children {
			if child.ID == c.param("child") {
				return reply{revision: family.Revision, body: childStory{
					Child: child.ID, Born: child.Born, Stage: casework.StageMoved, Episodes: []episodeView{}, MovedTo: left.Case,
				}}, nil
			}
		}
	}
	return reply{}, casework.NewError(casework.NotFound, "There is no such child in this case.")
}

func (a *API) tellChild(c *call, s subject, family *casework.Case, child casework.Child) (reply, error) {
	names, err := a.names(c.Context(), s, []string{child.ID})
	if err != nil {
		return reply{}, err
	}
	story := childStory{
		Child: child.ID, Name: names[child.ID], Born: child.Born, Stage: child.Stage, MissingSince: child.Missing,
		DebriefOwed: child.DebriefOwed, Episodes: []episodeView{}, Milestones: child.Milestones(),
	}
	today := casework.DateOf(later(a.now(), family.Now).In(family.Location()))
	for _, stay := range family.Stays(child.ID, today) {
		story.Episodes = append(story.Episodes, episodeView{Stay: stay, AFCARSExit: casework.AFCARSExit(stay.Exit)})
	}
	entry, entered, err := a.entry(family, child.ID)
	if err != nil {
		return reply{}, err
	}
	if entered {
		story.EnteredCare = &explain.EnteredCare{On: entry.On, Why: entry.Why}
	}
	return reply{body: story, revision: family.Revision, did: named(names)}, nil
}

// entry is when a child entered care by the record's pack, and whether the child
// ever did.
func (a *API) entry(family *casework.Case, child string) (policy.Entry, bool, error) {
	pack, err := a.law.Library.Pack(family.Pack)
	if err != nil {
		return policy.Entry{}, false, casework.WrapError(casework.Unavailable, "The policy pack of this record is not installed here.", err)
	}
	entry, entered := pack.EnteredCare(explain.Stored(&family.Record, family.Subjects()), child)
	return entry, entered, nil
}
