package api

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"homeward/casework"
	"homeward/internal/access"
)

// courtView is what a case has before its courts: what is to come first, then
// what was.
type courtView struct {
	Revision int    `json:"revision"`
	Timezone string `json:"timezone"`
	// NextHearing is the first of the calendar that is still to be held.
	NextHearing *courtDateView `json:"next_hearing,omitempty"`
	// Calendar begins with the hearings to come, the soonest first.
	Calendar []courtDateView `json:"calendar"`
	// Orders begin with those that stand, the first due first.
	Orders []courtOrderView          `json:"orders"`
	Held   []casework.DocketHearing  `json:"held"`
	Matter []casework.DocketMatter   `json:"matters"`
	Rights []casework.ParentalRights `json:"parental_rights"`
	// Names and Words are there for those who may read them: the children's names,
	// and what was written, by the address that stands in its place.
	Names map[string]string        `json:"names,omitempty"`
	Words map[casework.Text]string `json:"words,omitempty"`
}

// courtDateView is a hearing of the calendar with what is owed for it.
type courtDateView struct {
	casework.DocketDate

	Duties []courtDuty `json:"duties"`
}

// courtOrderView is an order with what is owed by it.
type courtOrderView struct {
	casework.DocketOrder

	Duties []courtDuty `json:"duties"`
}

// courtDuty is a pending duty about one hearing or order.
type courtDuty struct {
	ID     string              `json:"id"`
	Title  string              `json:"title"`
	Due    string              `json:"due"`
	Status casework.DutyStatus `json:"status"`
	Href   string              `json:"href"`
}

// readCourt answers GET /v1/cases/{case}/court.
func (a *API) readCourt(c *call, s subject) (reply, error) {
	events, err := a.store.Events(c.Context(), s.Aggregate, 1)
	if err != nil {
		return reply{}, err
	}
	docket, pending := casework.DocketOf(events), casework.FoldCase(events).Pending()
	names, err := a.everyone(c.Context(), s)
	if err != nil {
		return reply{}, err
	}
	words, err := a.words(c.Context(), s, docket.Texts())
	if err != nil {
		return reply{}, err
	}
	view := courtOf(s, docket, pending)
	view.Names, view.Words = names, words
	if n := len(events); n > 0 {
		view.Revision = events[n-1].Seq
	}
	did := named(names)
	if len(words) > 0 {
		did = access.ReadNarratives
	}
	return reply{body: view, revision: view.Revision, did: did}, nil
}

// courtOf puts the docket in the order in which it is read.
func courtOf(s subject, d casework.Docket, pending []casework.Duty) courtView {
	view := courtView{
		Timezone: s.Timezone, Calendar: make([]courtDateView, 0, len(d.Calendar)), Orders: make([]courtOrderView, 0, len(d.Orders)),
		Held: d.Held, Matter: d.Matters, Rights: d.Rights,
	}
	for _, date := range d.Calendar {
		view.Calendar = append(view.Calendar, courtDateView{date, dutiesAbout(s.Aggregate, pending, date.Ref)})
	}
	for _, order := range d.Orders {
		view.Orders = append(view.Orders, courtOrderView{order, dutiesAbout(s.Aggregate, pending, order.Ref)})
	}
	slices.SortStableFunc(view.Calendar, func(a, b courtDateView) int {
		if a.Status == "" && b.Status == "" {
			return a.At.Compare(b.At)
		}
		return cmp.Or(openFirst(a.Status, b.Status), b.At.Compare(a.At))
	})
	slices.SortStableFunc(view.Orders, func(a, b courtOrderView) int {
		if a.Stands() && b.Stands() {
			return compareDue(a.Due, b.Due)
		}
		return cmp.Or(openFirst(a.Status, b.Status), b.Settled.Compare(a.Settled))
	})
	slices.Reverse(view.Held)
	if len(view.Calendar) > 0 && view.Calendar[0].Status == "" {
		view.NextHearing = &view.Calendar[0]
	}
	return view
}

// openFirst orders what is still open before what is settled.
func openFirst(a, b string) int {
	switch {
	case a == "" && b != "":
		return -1
	case a != "" && b == "":
		return 1
	}
	return 0
}

// compareDue orders by day; what has none comes last.
func compareDue(a, b casework.Date) int {
	switch {
	case a.IsZero() == b.IsZero():
		return a.Compare(b)
	case a.IsZero():
		return 1
	}
	return -1
}

// dutiesAbout are the pending duties about one item, which ends their IDs.
func dutiesAbout(aggregate string, pending []casework.Duty, ref string) []courtDuty {
	about := []courtDuty{}
	for _, d := range pending {
		if strings.HasSuffix(d.ID, "/"+ref) {
			about = append(about, courtDuty{d.ID, d.Title, d.Due, d.Status, showDuty(aggregate, d).Href})
		}
	}
	return about
}

// words returns what was written, by its address, none for those who may not read it.
func (a *API) words(ctx context.Context, s subject, written []*casework.Text) (map[casework.Text]string, error) {
	if !s.may(access.ReadNarratives) || len(written) == 0 {
		return nil, nil
	}
	ids := make([]string, len(written))
	for i, text := range written {
		ids[i] = string(*text)
	}
	texts, err := a.store.Texts(ctx, ids)
	if err != nil {
		return nil, err
	}
	words := make(map[casework.Text]string, len(texts))
	for _, t := range texts {
		if t.Aggregate == s.Aggregate {
			words[casework.Text(t.ID)] = t.Body
		}
	}
	return words, nil
}
