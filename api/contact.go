package api

import (
	"cmp"
	"slices"
	"time"

	"homeward/casework"
)

// contactView is a visit or a contact as the log has it, with both of its times
// and the words that were added to it.
type contactView struct {
	Entry      int                `json:"entry"`
	Type       casework.EventType `json:"type"`
	RecordedAt time.Time          `json:"recorded_at"`
	RecordedBy string             `json:"recorded_by"`
	Says       string             `json:"says"`
	// Details are the fields as they were sent, narratives as references.
	Details any `json:"details"`
	// Narratives are the addresses of what was written, Addenda the entries that
	// added words.
	Narratives []string `json:"narratives,omitempty"`
	Addenda    []int    `json:"addenda,omitempty"`
}

// listContacts answers GET /v1/cases/{case}/contacts: visits and contacts, made and
// attempted, the latest first by when they were.
func (a *API) listContacts(c *call, s subject) (reply, error) {
	events, err := a.store.Events(c.Context(), s.Aggregate, 1)
	if err != nil {
		return reply{}, err
	}
	slices.SortStableFunc(events, func(a, b casework.Event) int { return b.OccurredAt.Compare(a.OccurredAt) })
	added, views := addenda(events), []contactView{}
	for _, e := range events {
		switch e.Body.(type) {
		case *casework.Visit, *casework.FamilyContact:
			shown := showEvent(recordPath(s.Kind, s.Number), e, nil)
			view := contactView{
				Entry: e.Seq, Type: e.Type, RecordedAt: e.RecordedAt, RecordedBy: e.Actor.ID, Says: shown.Says, Details: e.Body,
				Narratives: shown.Narratives, Addenda: added[e.Seq],
			}
			slices.Sort(view.Addenda)
			views = append(views, view)
		}
	}
	return reply{body: listView[contactView]{Items: views}, revision: s.Revision}, nil
}

// contactPlanView is a plan of visits with what came of it.
type contactPlanView struct {
	casework.ContactPlanState

	// Strictest says that no other plan in force asks for more for any of these
	// children in this relationship.
	Strictest bool `json:"strictest"`
	// Tracks are the contacts that counted, for each child.
	Tracks []contactTrack `json:"tracks"`
}

type contactTrack struct {
	Child string    `json:"child"`
	Made  int       `json:"made"`
	Last  time.Time `json:"last,omitzero"`
}

// listContactPlans answers GET /v1/cases/{case}/contact-plans, those in force first.
func (a *API) listContactPlans(c *call, s subject) (reply, error) {
	events, err := a.store.Events(c.Context(), s.Aggregate, 1)
	if err != nil {
		return reply{}, err
	}
	family, views := casework.FoldCase(events), []contactPlanView{}
	for _, p := range family.ContactPlans {
		if p.Elsewhere() {
			continue
		}
		views = append(views, contactPlanView{ContactPlanState: p, Strictest: strictest(p, family.ContactPlans), Tracks: tracks(family, p)})
	}
	slices.SortStableFunc(views, func(a, b contactPlanView) int {
		ended := map[bool]int{true: 1}
		return cmp.Compare(ended[a.Ended], ended[b.Ended])
	})
	return reply{body: listView[contactPlanView]{Items: views}, revision: family.Revision}, nil
}

func strictest(p casework.ContactPlanState, all []casework.ContactPlanState) bool {
	return !p.Ended && !slices.ContainsFunc(all, func(o casework.ContactPlanState) bool {
		shared := slices.ContainsFunc(p.Children, func(id string) bool { return slices.Contains(o.Children, id) })
		return !o.Ended && o.Relationship == p.Relationship && shared && o.EveryDays < p.EveryDays
	})
}

func tracks(family *casework.Case, p casework.ContactPlanState) []contactTrack {
	tracks := make([]contactTrack, len(p.Children))
	for i, child := range p.Children {
		tracks[i].Child = child
		for _, f := range casework.Current(family.Facts) {
			if f.Type == casework.FactFamilyContactMade && f.Ref == p.Ref() && f.Subject == child {
				tracks[i].Made++
				if f.At.After(tracks[i].Last) {
					tracks[i].Last = f.At
				}
			}
		}
	}
	return tracks
}
