package api

import "homeward/casework"

// listMeetings answers GET /v1/cases/{case}/meetings, in the order in which they
// were called.
func (a *API) listMeetings(c *call, s subject) (reply, error) {
	events, err := a.store.Events(c.Context(), s.Aggregate, 1)
	if err != nil {
		return reply{}, err
	}
	family := casework.FoldCase(events)
	items := append([]casework.Meeting{}, family.Meetings...)
	return reply{body: listView[casework.Meeting]{Items: items}, revision: family.Revision}, nil
}
