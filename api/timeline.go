package api

import (
	"strconv"
	"strings"
	"time"

	"homeward/casework"
	"homeward/postgres"
)

// timelineView is a record's story. Sentences name children by ID; the names
// are apart, for those who may read them.
type timelineView struct {
	Timezone string            `json:"timezone"`
	Names    map[string]string `json:"names,omitempty"`
	Items    []eventView       `json:"items"`
	Next     string            `json:"next,omitempty"`
	// Expunged are findings that have left the registry.
	Expunged []expungedView `json:"expunged,omitempty"`
}

// eventView is one line of the log.
type eventView struct {
	Seq        int                `json:"seq"`
	Type       casework.EventType `json:"type"`
	OccurredAt time.Time          `json:"occurred_at"`
	RecordedAt time.Time          `json:"recorded_at"`
	Actor      casework.Actor     `json:"actor"`
	// Says tells it in a sentence.
	Says string `json:"says"`
	// Facts are what the event put on record; a correction names one by ID.
	Facts   []casework.Fact `json:"facts,omitempty"`
	Changes []changeView    `json:"changes,omitempty"`
	// Narratives are the addresses of what was written.
	Narratives []string `json:"narratives,omitempty"`
	// Addenda are the entries that added words to this one.
	Addenda []int `json:"addenda,omitempty"`
}

// changeView is what an event made of a duty.
type changeView struct {
	Duty      string              `json:"duty"`
	Title     string              `json:"title"`
	Subject   string              `json:"subject,omitempty"`
	Status    casework.DutyStatus `json:"status"`
	OldStatus casework.DutyStatus `json:"old_status,omitempty"`
	Due       string              `json:"due"`
	OldDue    string              `json:"old_due,omitempty"`
	// OldCitation is the law under which it was owed before, where that has changed.
	OldCitation string   `json:"old_citation,omitempty"`
	Why         []string `json:"why,omitempty"`
	Citation    string   `json:"citation,omitempty"`
	Says        string   `json:"says"`
	Href        string   `json:"href"`
}

// readTimeline answers GET {record}/timeline, oldest first.
func (a *API) readTimeline(c *call, s subject) (reply, error) {
	q := newQuery(c)
	limit, after := q.limit(), seqAfter(q)
	if err := q.done(); err != nil {
		return reply{}, err
	}
	// All events, because a fact's ID follows from what was recorded before it.
	events, err := a.store.Events(c.Context(), s.Aggregate, 1)
	if err != nil {
		return reply{}, err
	}
	names, err := a.everyone(c.Context(), s)
	if err != nil {
		return reply{}, err
	}
	expunged, err := a.expunged(c.Context(), s)
	if err != nil {
		return reply{}, err
	}
	view := timelineView{Timezone: s.Timezone, Names: names, Items: []eventView{}, Expunged: expunged}
	page := events[min(after, len(events)):]
	if len(page) > limit {
		page = page[:limit]
		view.Next = q.next(postgres.Position(strconv.Itoa(page[limit-1].Seq)))
	}
	facts, added := factsBySeq(s.Kind, events), addenda(events)
	for _, e := range page {
		item := showEvent(recordPath(s.Kind, s.Number), e, facts[e.Seq])
		item.Addenda = added[e.Seq]
		view.Items = append(view.Items, item)
	}
	return reply{body: view, revision: s.Revision, did: named(names)}, nil
}

// seqAfter is the seq that a cursor of a timeline stands for.
func seqAfter(q *query) int {
	position := q.after()
	if position == "" {
		return 0
	}
	seq, err := strconv.Atoi(string(position))
	if err != nil || seq < 0 {
		q.refuse("cursor", "This cursor does not belong to this list. Start again without it.")
		return 0
	}
	return seq
}

// factsBySeq groups the facts of a record by the event that recorded them.
func factsBySeq(kind casework.AggregateKind, events []casework.Event) map[int][]casework.Fact {
	var facts []casework.Fact
	if kind == casework.KindReport {
		facts = casework.FoldReport(events).Facts
	} else {
		facts = casework.FoldCase(events).Facts
	}
	bySeq := map[int][]casework.Fact{}
	for _, f := range facts {
		// The ID of a fact is its event's seq, a dot and its place there.
		event, _, _ := strings.Cut(f.ID, ".")
		seq, err := strconv.Atoi(event)
		if err == nil {
			bySeq[seq] = append(bySeq[seq], f)
		}
	}
	return bySeq
}

// addenda lists the entries that added words to each entry.
func addenda(events []casework.Event) map[int][]int {
	added := map[int][]int{}
	for _, e := range events {
		if words, ok := e.Body.(*casework.Addendum); ok {
			added[words.Entry] = append(added[words.Entry], e.Seq)
		}
	}
	return added
}

func showEvent(record string, e casework.Event, facts []casework.Fact) eventView {
	view := eventView{
		Seq: e.Seq, Type: e.Type, OccurredAt: e.OccurredAt, RecordedAt: e.RecordedAt, Actor: e.Actor,
		Says: e.Body.Says(), Facts: facts,
	}
	if changed, ok := e.Body.(*casework.DutiesChanged); ok {
		for _, change := range changed.Changes {
			view.Changes = append(view.Changes, showChange(record, change))
		}
	}
	if narrated, ok := e.Body.(casework.Narrated); ok {
		for _, text := range narrated.Narratives() {
			if *text != "" {
				view.Narratives = append(view.Narratives, record+"/narratives/"+string(*text))
			}
		}
	}
	return view
}

func showChange(record string, c casework.DutyChange) changeView {
	d := c.Duty
	return changeView{
		Duty: d.ID, Title: d.Title, Subject: d.Subject, Status: d.Status, OldStatus: c.OldStatus, Due: d.Due,
		OldDue: c.OldDue, OldCitation: c.OldCitation, Why: d.Why, Citation: d.Citation, Says: c.Says(), Href: record + "/duties/" + d.ID,
	}
}
