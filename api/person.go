package api

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/audit"
	"homeward/internal/likeness"
	"homeward/postgres"
)

// People finds persons, and keeps who was entered twice.
type People interface {
	FindPersons(ctx context.Context, q postgres.PersonQuery) ([]string, error)
	// KnownPersons leaves out whom the scope does not cover, as if there were none.
	KnownPersons(ctx context.Context, ids []string, scope access.Scope, now time.Time) (map[string]postgres.Known, error)
	IdentifierMarks(ctx context.Context, identifiers []postgres.Identifier) (map[string][]string, error)
	Identify(ctx context.Context, person string, identifiers []postgres.Identifier, line audit.Entry) error
	Cluster(ctx context.Context, ids []string) ([]string, error)
	MergePersons(ctx context.Context, m postgres.Merge, line audit.Entry) (postgres.Merge, error)
	UnmergePerson(ctx context.Context, m postgres.Merge, line audit.Entry) (postgres.Merge, error)
	Merges(ctx context.Context, ids []string) ([]postgres.Merge, error)
	TellApart(ctx context.Context, a postgres.Apart, line audit.Entry) (postgres.Apart, error)
	UndoApart(ctx context.Context, a postgres.Apart, line audit.Entry) (postgres.Apart, error)
	Apart(ctx context.Context, ids []string) ([]postgres.Apart, error)
}

// personRoutes are the routes of persons. A search is a POST, because addresses end
// up in logs and a name must not.
func (a *API) personRoutes(get, post func(path string, h handler)) {
	post("/v1/persons/search", a.searchPersons)
	get("/v1/persons/{person}", a.readPerson)
	post("/v1/persons/{person}/identifiers", a.identifyPerson)
	get("/v1/persons/{person}/duplicates", a.listDuplicates)
	post("/v1/persons/{person}/merge", a.mergePerson)
	post("/v1/persons/{person}/unmerge", a.unmergePerson)
	post("/v1/persons/{person}/apart", a.tellApart)
	post("/v1/persons/{person}/apart/undo", a.undoApart)
}

// identifier is a number by which somebody else knows a person.
type identifier struct {
	Kind       string `json:"kind"`
	Identifier string `json:"identifier"`
}

// personSearch is the body of POST /v1/persons/search.
type personSearch struct {
	Name        string        `json:"name,omitempty"`
	Born        casework.Date `json:"born,omitzero"`
	Identifiers []identifier  `json:"identifiers,omitempty"`
}

// identification is the body of POST /v1/persons/{person}/identifiers.
type identification struct {
	Identifiers []identifier `json:"identifiers"`
}

// identifiedView says by which kinds of identifiers a person is known.
type identifiedView struct {
	Person      string   `json:"person"`
	Identifiers []string `json:"identifiers"`
}

// maxHits is how many people a search shows.
const maxHits = 25

// hitView is somebody who may be whom the caller looks for.
type hitView struct {
	Person string        `json:"person"`
	Name   string        `json:"name,omitempty"`
	Born   casework.Date `json:"born,omitzero"`
	// Records lead to the records in which the caller may read of the person.
	Records []string `json:"records"`
	Score   int      `json:"score"`
	// Likely says that the score is high enough to look before anything is added.
	Likely  bool     `json:"likely"`
	Reasons []string `json:"reasons"`
	// Apart are those of the others who were judged to be somebody else than this one.
	Apart   []string `json:"apart,omitempty"`
	Href    string   `json:"href"`
	records []string
}

func personPath(id string) string { return "/v1/persons/" + id }

func noPerson() error { return casework.NewError(casework.NotFound, "There is no such person.") }

// around lets the caller to what concerns persons, and says what they see. Broken
// glass is for reading.
func (a *API) around(c *call, do access.Action) (access.Scope, error) {
	if err := a.permit(c, access.Act{Action: do}); err != nil {
		return access.Scope{}, err
	}
	who, err := a.placed(c)
	scope := who.Scope()
	scope.Glass = scope.Glass && do == access.SearchPersons
	return scope, err
}

// searchPersons answers POST /v1/persons/search: who is known already and may be the
// one, before anybody is added. What was asked is nowhere on record, but for which
// fields it had.
func (a *API) searchPersons(c *call) (reply, error) {
	scope, err := a.around(c, access.SearchPersons)
	if err != nil {
		return reply{}, err
	}
	var body personSearch
	if err := a.read(c, &body); err != nil {
		return reply{}, err
	}
	numbers, err := body.check()
	if err != nil {
		return reply{}, err
	}
	marks, err := a.store.IdentifierMarks(c.Context(), numbers)
	if err != nil {
		return reply{}, err
	}
	hits, err := a.alike(c.Context(), likeness.Description{Name: body.Name, Born: body.Born, Identifiers: marks},
		postgres.PersonQuery{Name: body.Name, Born: body.Born, Identifiers: numbers, Scope: scope, Now: a.now()})
	if err != nil {
		return reply{}, err
	}
	if err := a.markApart(c.Context(), hits); err != nil {
		return reply{}, err
	}
	return a.hits(c, strings.Join(body.asked(), "/"), hits)
}

// check returns the identifiers as they are compared.
func (b personSearch) check() ([]postgres.Identifier, error) {
	if len(b.asked()) == 0 {
		return nil, casework.InvalidField("name", "Say whom you look for: a name, a date of birth or an identifier.")
	}
	if b.Name != "" && len(likeness.Parts(b.Name)) == 0 {
		return nil, casework.InvalidField("name", "Give a name with letters, or leave it out and search by date of birth or identifier.")
	}
	return numbersOf(b.Identifiers)
}

// asked are the fields that a search has, by their names alone.
func (b personSearch) asked() []string {
	var asked []string
	if b.Name != "" {
		asked = append(asked, "name")
	}
	if !b.Born.IsZero() {
		asked = append(asked, "born")
	}
	if len(b.Identifiers) > 0 {
		asked = append(asked, "identifiers")
	}
	return asked
}

// numbersOf checks identifiers, and repeats none of them.
func numbersOf(given []identifier) ([]postgres.Identifier, error) {
	numbers := make([]postgres.Identifier, len(given))
	for i, one := range given {
		at := fmt.Sprintf("identifiers[%d].", i)
		if !slices.Contains(likeness.Kinds(), one.Kind) {
			return nil, unknownCode(at+"kind", likeness.Kinds())
		}
		numbers[i] = postgres.Identifier{Kind: one.Kind, Value: likeness.Identifier(one.Kind, one.Identifier)}
		if numbers[i].Value == "" {
			return nil, casework.InvalidField(at+"identifier",
				"This cannot be a "+likeness.Title(one.Kind)+". Give its 3 to 40 letters and digits, nine digits for a Social Security number.")
		}
	}
	return numbers, nil
}

// alike compares all who may be meant with a description, the likeliest first. Who
// was merged shows as the survivor, where the caller may know of that one.
func (a *API) alike(ctx context.Context, d likeness.Description, q postgres.PersonQuery) ([]hitView, error) {
	found, err := a.store.FindPersons(ctx, q)
	if err != nil {
		return nil, err
	}
	known, err := a.withSurvivors(ctx, found, q)
	if err != nil {
		return nil, err
	}
	best := make(map[string]hitView)
	for _, id := range found {
		one, ok := known[id]
		if !ok {
			continue
		}
		like := likeness.Compare(d, describe(one))
		if like.Score < likeness.Possible {
			continue
		}
		if survivor, ok := known[one.Survivor]; ok {
			one = survivor
			like.Reasons = append(like.Reasons, "Found as "+id+", who was merged into this person.")
		}
		if before, ok := best[one.ID]; !ok || before.Score < like.Score {
			best[one.ID] = hitOf(one, like)
		}
	}
	return ranked(slices.Collect(maps.Values(best))), nil
}

// withSurvivors are those of the persons whom the caller sees, and whom they are read
// as.
func (a *API) withSurvivors(ctx context.Context, ids []string, q postgres.PersonQuery) (map[string]postgres.Known, error) {
	known, err := a.store.KnownPersons(ctx, ids, q.Scope, q.Now)
	if err != nil {
		return nil, err
	}
	var survivors []string
	for _, one := range known {
		if _, there := known[one.Survivor]; one.Survivor != "" && !there {
			survivors = append(survivors, one.Survivor)
		}
	}
	if len(survivors) == 0 {
		return known, nil
	}
	more, err := a.store.KnownPersons(ctx, survivors, q.Scope, q.Now)
	maps.Copy(known, more)
	return known, err
}

func describe(k postgres.Known) likeness.Description {
	return likeness.Description{Name: k.Name, Born: k.Born, Identifiers: k.Identifiers}
}

func hitOf(k postgres.Known, l likeness.Likeness) hitView {
	return hitView{
		Person: k.ID, Name: k.Name, Born: k.Born, Records: paths(k.Records), Score: l.Score, Likely: l.Score >= likeness.Likely,
		Reasons: l.Reasons, Href: personPath(k.ID), records: k.Records,
	}
}

func paths(records []string) []string {
	all := make([]string, len(records))
	for i, record := range records {
		all[i] = pathOf(record)
	}
	return all
}

func ranked(hits []hitView) []hitView {
	slices.SortFunc(hits, func(a, b hitView) int { return cmp.Or(b.Score-a.Score, strings.Compare(a.Person, b.Person)) })
	return hits[:min(len(hits), maxHits)]
}

// hits answers with people, and puts on record in which records they were shown.
func (a *API) hits(c *call, part string, hits []hitView) (reply, error) {
	var records []string
	for _, h := range hits {
		records = append(records, h.records...)
	}
	return reply{body: unpaged(hits)}, a.auditPersons(c, access.SearchPersons, part, records, len(hits))
}

// maxAudited is how many records a line about persons names.
const maxAudited = 500

func (a *API) auditPersons(c *call, do access.Action, part string, records []string, count int) error {
	line := c.entry(access.Act{Action: do}, "")
	slices.Sort(records)
	records = slices.Compact(records)
	line.Part, line.Records, line.Count = part, records[:min(len(records), maxAudited)], count
	return a.store.Audit(c.Context(), line)
}

// person returns somebody whom the caller may know of. A person who is not there and
// one who is not for the caller to know of are the same, in words and on record.
func (a *API) person(c *call, do access.Action, scope access.Scope, id string) (postgres.Known, error) {
	if !casework.IsOpaque(id) {
		return postgres.Known{}, a.denied(c, "", access.Act{Action: do}, access.ByRelation, noPerson())
	}
	known, err := a.store.KnownPersons(c.Context(), []string{id}, scope, a.now())
	if err != nil {
		return postgres.Known{}, err
	}
	one, ok := known[id]
	if !ok {
		return one, a.denied(c, "", access.Act{Action: do}, access.ByRelation, noPerson())
	}
	return one, nil
}

// takeKnown takes the children of a report who were found by a search as they are, and
// adds when they were born. They must be the caller's to know of.
func (a *API) takeKnown(c *call, children []reported) error {
	seen := make(map[string]bool)
	for i, child := range children {
		at := fmt.Sprintf("children[%d].", i)
		switch {
		case child.Person == "":
			continue
		case child.Name != "" || !child.Born.IsZero():
			return casework.InvalidField(at+"person", "A person who is known keeps name and date of birth. Leave them out here.")
		case seen[child.Person]:
			return casework.InvalidField(at+"person", "This person stands in the list twice. Name them once.")
		}
		seen[child.Person] = true
		one, err := a.knownPerson(c, at+"person", child.Person)
		if err != nil {
			return err
		}
		children[i].Born = one.Born
	}
	return nil
}

// knownPerson finds somebody whom a body names, for those who may know of them.
func (a *API) knownPerson(c *call, field, id string) (postgres.Known, error) {
	scope, err := a.around(c, access.SearchPersons)
	if err != nil {
		return postgres.Known{}, err
	}
	scope.Glass = false
	known, err := a.withSurvivors(c.Context(), []string{id}, postgres.PersonQuery{Scope: scope, Now: a.now()})
	if err != nil {
		return postgres.Known{}, err
	}
	one, ok := known[id]
	if !ok {
		return one, a.denied(c, "", access.Act{Action: access.SearchPersons}, access.ByRelation,
			casework.InvalidField(field, "There is no such person. Search first, or leave this out and give name and date of birth."))
	}
	if survivor, ok := known[one.Survivor]; ok {
		return one, casework.InvalidField(field, "This person was merged into "+survivor.ID+". Name that one instead.")
	}
	return one, nil
}

// identifyPerson answers POST /v1/persons/{person}/identifiers. Identifiers are kept in
// a form that finds the person again and cannot be read; what is known already
// changes nothing, so that it needs no key.
func (a *API) identifyPerson(c *call) (reply, error) {
	scope, err := a.around(c, access.IdentifyPerson)
	if err != nil {
		return reply{}, err
	}
	var body identification
	if err := a.read(c, &body); err != nil {
		return reply{}, err
	}
	if len(body.Identifiers) == 0 {
		return reply{}, casework.InvalidField("identifiers", "Give at least one.")
	}
	numbers, err := numbersOf(body.Identifiers)
	if err != nil {
		return reply{}, err
	}
	id := c.param("person")
	one, err := a.person(c, access.IdentifyPerson, scope, id)
	if err != nil {
		return reply{}, err
	}
	line := c.entry(access.Act{Action: access.IdentifyPerson}, "")
	line.Part, line.Count = id, len(numbers)
	kinds := slices.Collect(maps.Keys(one.Identifiers))
	for _, n := range numbers {
		kinds = append(kinds, n.Kind)
	}
	slices.Sort(kinds)
	return reply{body: identifiedView{id, slices.Compact(kinds)}}, a.store.Identify(c.Context(), id, numbers, line)
}
