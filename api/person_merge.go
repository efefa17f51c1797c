package api

import (
	"maps"
	"net/http"
	"slices"
	"time"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/likeness"
	"homeward/postgres"
)

// mergeReasons are the codes for why two entries are one person.
func mergeReasons() []string {
	return []string{"same-identifier", "entered-twice", "confirmed-by-family", "confirmed-by-document", "confirmed-by-agency"}
}

// unmergeReasons are the codes for why they are not.
func unmergeReasons() []string {
	return []string{"different-people", "merged-by-mistake", "new-information", "court-order"}
}

// mergeRequest is the body of POST /v1/persons/{person}/merge.
type mergeRequest struct {
	Into   string `json:"into"`
	Reason string `json:"reason"`
}

// unmergeRequest is the body of POST /v1/persons/{person}/unmerge.
type unmergeRequest struct {
	Reason string `json:"reason"`
}

// personView is a person as the caller may know them.
type personView struct {
	Person string        `json:"person"`
	Name   string        `json:"name,omitempty"`
	Born   casework.Date `json:"born,omitzero"`
	// Identifiers are the kinds that are known. What they are is kept nowhere.
	Identifiers []string `json:"identifiers"`
	Records     []string `json:"records"`
	// Asked is whom the caller asked for, where that one is read as this one.
	Asked string `json:"asked,omitempty"`
	// Also are the other entries that are this person.
	Also   []alsoView       `json:"also,omitempty"`
	Merges []postgres.Merge `json:"merges,omitempty"`
	// Apart are those from whom the person was told apart, and those judgements that
	// were undone.
	Apart []postgres.Apart `json:"apart,omitempty"`
	Says  string           `json:"says,omitempty"`
}

// alsoView is another entry of the same person.
type alsoView struct {
	Person  string        `json:"person"`
	Name    string        `json:"name,omitempty"`
	Born    casework.Date `json:"born,omitzero"`
	Records []string      `json:"records"`
}

// readPerson answers GET /v1/persons/{person}. Who was merged leads to the survivor,
// and the answer says so.
func (a *API) readPerson(c *call) (reply, error) {
	scope, err := a.around(c, access.SearchPersons)
	if err != nil {
		return reply{}, err
	}
	id := c.param("person")
	if _, err := a.person(c, access.SearchPersons, scope, id); err != nil {
		return reply{}, err
	}
	answer, err := a.showPerson(c, scope, id, access.SearchPersons)
	if err != nil {
		return reply{}, err
	}
	return answer, a.auditPersons(c, access.SearchPersons, id, answer.shown, 1)
}

// showPerson shows somebody with all entries that are the same person, as far as the
// caller may know of them.
func (a *API) showPerson(c *call, scope access.Scope, id string, do access.Action) (reply, error) {
	entries, err := a.entries(c, scope, id)
	if err != nil {
		return reply{}, err
	}
	asked, ok := entries[id]
	if !ok {
		return reply{}, a.denied(c, "", access.Act{Action: do}, access.ByRelation, noPerson())
	}
	shown := asked
	if survivor, ok := entries[asked.Survivor]; ok {
		shown = survivor
	}
	view := personView{Person: shown.ID, Name: shown.Name, Born: shown.Born, Identifiers: []string{}, Records: paths(shown.Records)}
	records := slices.Clone(shown.Records)
	for _, entry := range slices.Sorted(maps.Keys(entries)) {
		e := entries[entry]
		view.Identifiers = append(view.Identifiers, slices.Collect(maps.Keys(e.Identifiers))...)
		if entry == shown.ID {
			continue
		}
		view.Also = append(view.Also, alsoView{Person: e.ID, Name: e.Name, Born: e.Born, Records: paths(e.Records)})
		records = append(records, e.Records...)
	}
	slices.Sort(view.Identifiers)
	view.Identifiers = slices.Compact(view.Identifiers)
	if shown.ID != id {
		view.Asked, view.Says = id, id+" was merged into "+shown.ID+": this is the same person."
	}
	if view.Apart, err = a.apartAmong(c, scope, slices.Sorted(maps.Keys(entries))); err != nil {
		return reply{}, err
	}
	view.Merges, err = a.mergesAmong(c, scope, slices.Sorted(maps.Keys(entries)))
	return reply{body: view, shown: records}, err
}

// entries are those that are one person with somebody, that one included. Where the
// caller must not know of the survivor, there was no merge for them.
func (a *API) entries(c *call, scope access.Scope, id string) (map[string]postgres.Known, error) {
	ids, err := a.store.Cluster(c.Context(), []string{id})
	if err != nil {
		return nil, err
	}
	known, err := a.store.KnownPersons(c.Context(), ids, scope, a.now())
	root := known[id].Survivor
	if _, seen := known[root]; root != "" && !seen {
		maps.DeleteFunc(known, func(other string, _ postgres.Known) bool { return other != id })
	}
	return known, err
}

// mergesAmong are the merges, and those that were undone, of which the caller may know
// both sides.
func (a *API) mergesAmong(c *call, scope access.Scope, ids []string) ([]postgres.Merge, error) {
	merges, err := a.store.Merges(c.Context(), ids)
	if err != nil || len(merges) == 0 {
		return nil, err
	}
	var sides []string
	for _, m := range merges {
		sides = append(sides, m.Person, m.Survivor)
	}
	known, err := a.store.KnownPersons(c.Context(), sides, scope, a.now())
	return slices.DeleteFunc(merges, func(m postgres.Merge) bool {
		_, person := known[m.Person]
		_, survivor := known[m.Survivor]
		return !person || !survivor
	}), err
}

// listDuplicates answers GET /v1/persons/{person}/duplicates: who may be the same
// person, entered twice, the likeliest first.
func (a *API) listDuplicates(c *call) (reply, error) {
	scope, err := a.around(c, access.SearchPersons)
	if err != nil {
		return reply{}, err
	}
	id := c.param("person")
	one, err := a.person(c, access.SearchPersons, scope, id)
	if err != nil {
		return reply{}, err
	}
	same, err := a.store.Cluster(c.Context(), []string{id})
	if err != nil {
		return reply{}, err
	}
	found, err := a.alike(c.Context(), describe(one),
		postgres.PersonQuery{As: id, Name: one.Name, Born: one.Born, Scope: scope, Now: a.now()})
	if err != nil {
		return reply{}, err
	}
	others, err := a.others(c.Context(), same)
	if err != nil {
		return reply{}, err
	}
	hits := []hitView{}
	for _, h := range found {
		if slices.Contains(same, h.Person) || slices.Contains(others, h.Person) {
			continue
		}
		if slices.ContainsFunc(h.records, func(r string) bool { return slices.Contains(one.Records, r) }) {
			like := likeness.Likeness{Score: h.Score, Reasons: h.Reasons}.Beside()
			h.Score, h.Reasons, h.Likely = like.Score, like.Reasons, like.Score >= likeness.Likely
		}
		if h.Score >= likeness.Possible {
			hits = append(hits, h)
		}
	}
	return a.hits(c, id+"/duplicates", ranked(hits))
}

// mergePerson answers POST /v1/persons/{person}/merge: this entry and another are one
// person, who is read as the other from now on. Nothing is copied or destroyed.
func (a *API) mergePerson(c *call) (reply, error) {
	var body mergeRequest
	id, scope, key, err := a.judging(c, access.MergePersons, &body)
	if err == nil {
		err = a.fitsMerge(c, scope, id, body)
	}
	if err != nil {
		return reply{}, err
	}
	m := postgres.Merge{
		ID: "merge-" + commandID(c.who, c.exchange.route, id, key)[:24], Person: id, Survivor: body.Into, Reason: body.Reason,
		By: c.who.ID, At: a.now().UTC().Truncate(time.Microsecond),
	}
	line := c.entry(access.Act{Action: access.MergePersons}, "")
	line.Part, line.Reason, line.Command = id+"/into/"+body.Into, body.Reason, m.ID
	merged, err := a.store.MergePersons(c.Context(), m, line)
	if err == nil && (merged.Survivor != m.Survivor || merged.Reason != m.Reason) {
		err = reused()
	}
	return reply{status: http.StatusCreated, body: merged, location: personPath(body.Into)}, err
}

// judging reads a request about the person in its path, who must be the caller's to
// know of.
func (a *API) judging(c *call, action access.Action, body any) (id string, scope access.Scope, key string, err error) {
	if scope, err = a.around(c, action); err != nil {
		return "", scope, "", err
	}
	if key, err = idempotencyKey(c); err != nil {
		return "", scope, "", err
	}
	if err = a.read(c, body); err != nil {
		return "", scope, "", err
	}
	id = c.param("person")
	_, err = a.person(c, action, scope, id)
	return id, scope, key, err
}

// theOther refuses another person whom a request names in a field, unless they are the
// caller's to know of.
func (a *API) theOther(c *call, action access.Action, scope access.Scope, field, id string) error {
	known, err := a.store.KnownPersons(c.Context(), []string{id}, scope, a.now())
	if _, seen := known[id]; err == nil && !seen {
		err = a.denied(c, "", access.Act{Action: action}, access.ByRelation,
			casework.InvalidField(field, "There is no such person. Search first, and take the ID from the answer."))
	}
	return err
}

// fitsMerge refuses a merge that could not be meant. Both must be the caller's to
// know of.
func (a *API) fitsMerge(c *call, scope access.Scope, id string, b mergeRequest) error {
	switch {
	case !slices.Contains(mergeReasons(), b.Reason):
		return unknownCode("reason", mergeReasons())
	case b.Into == "":
		return casework.InvalidField("into", "Name the person who stays: the entry that is right, or older.")
	case b.Into == id:
		return casework.InvalidField("into", "Nobody is merged into themselves. Name the other entry.")
	}
	return a.theOther(c, access.MergePersons, scope, "into", b.Into)
}

// unmergePerson answers POST /v1/persons/{person}/unmerge: they are two people after
// all, and are read as before.
func (a *API) unmergePerson(c *call) (reply, error) {
	var body unmergeRequest
	id, scope, key, err := a.judging(c, access.MergePersons, &body)
	if err != nil {
		return reply{}, err
	}
	if !slices.Contains(unmergeReasons(), body.Reason) {
		return reply{}, unknownCode("reason", unmergeReasons())
	}
	m := postgres.Merge{
		Person: id, Undo: "undo-" + commandID(c.who, c.exchange.route, id, key)[:24], UndoReason: body.Reason, UndoneBy: c.who.ID,
		UndoneAt: a.now().UTC().Truncate(time.Microsecond),
	}
	known, err := a.mergesAmong(c, scope, []string{id})
	if err != nil {
		return reply{}, err
	}
	if !slices.ContainsFunc(known, func(k postgres.Merge) bool { return k.Person == id && (k.UndoneAt.IsZero() || k.Undo == m.Undo) }) {
		return reply{}, postgres.NotMerged(id)
	}
	line := c.entry(access.Act{Action: access.MergePersons}, "")
	line.Part, line.Reason, line.Command = id+"/undone", body.Reason, m.Undo
	undone, err := a.store.UnmergePerson(c.Context(), m, line)
	if err == nil && undone.UndoReason != m.UndoReason {
		err = reused()
	}
	return reply{body: undone}, err
}
