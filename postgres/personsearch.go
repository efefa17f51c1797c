package postgres

import (
	"context"
	"encoding/hex"
	"maps"
	"slices"
	"time"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/likeness"

	"github.com/lib/pq"
)

// PersonQuery says whom somebody looks for. Everything but Scope may be empty.
type PersonQuery struct {
	Name        string
	Born        casework.Date
	Identifiers []Identifier
	// As finds those who are like a person who is known, by their marks, instead.
	As string
	// Scope is what the viewer may see: people are found in records that it covers,
	// and nowhere else. Now is the wall clock.
	Scope access.Scope
	Now   time.Time
}

// Known is a person with what ties them to the rest, as far as a viewer may see it.
type Known struct {
	Person

	// Identifiers are marks by the kind of identifier.
	Identifiers map[string][]string
	// Records are those in which the person is, by aggregate ID. There is one at least.
	Records []string
	// Survivor is the person whom this one is read as, empty for nobody.
	Survivor string
}

// candidates weighs whoever shares a mark or the date of birth. $10 is the kind of
// record, $11 and $12 are marks and what each counts, $13 the date, $14 how many.
const candidates = `
SELECT c.person FROM (
    SELECT m.person, w.weight FROM unnest($11::bytea[], $12::int[]) AS w(mark, weight) JOIN person_marks m ON m.mark = w.mark
    UNION ALL SELECT p.id, 6 FROM persons p WHERE p.born = $13::date
) AS c
GROUP BY c.person
HAVING EXISTS (SELECT FROM records WHERE kind = $10
    AND aggregate IN (SELECT k.aggregate FROM children k WHERE k.child = c.person
        UNION ALL SELECT a.aggregate FROM adults a WHERE a.person = c.person AND NOT a.protected) AND ` + visible + `)
ORDER BY sum(c.weight) DESC, c.person
LIMIT $14`

// maxCandidates is how many of those that share most are compared.
const maxCandidates = 200

// FindPersons returns the IDs of people who may be whom a query looks for, at most 400.
// The caller compares them.
func (db *DB) FindPersons(ctx context.Context, q PersonQuery) ([]string, error) {
	if err := db.markPersons(ctx); err != nil {
		return nil, err
	}
	marks, weights, err := db.weighed(ctx, q)
	if err != nil {
		return nil, err
	}
	found := make(map[string]bool)
	for _, kind := range []casework.AggregateKind{casework.KindReport, casework.KindCase} {
		ids, err := query(ctx, db, "find persons", candidates, q.args(kind, marks, weights), scanText)
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			found[id] = id != q.As
		}
	}
	maps.DeleteFunc(found, func(_ string, other bool) bool { return !other })
	return slices.Sorted(maps.Keys(found)), nil
}

func (q PersonQuery) args(kind casework.AggregateKind, marks pq.ByteaArray, weights pq.Int64Array) []any {
	return append(scopeArgs(q.Scope, kind, q.Now), kind, marks, weights, nullDay(q.Born), maxCandidates)
}

// weighed are the marks that a query looks for, and what each counts.
func (db *DB) weighed(ctx context.Context, q PersonQuery) (pq.ByteaArray, pq.Int64Array, error) {
	marks := pq.ByteaArray{}
	weights := pq.Int64Array{}
	add := func(kind string, raw []byte) {
		weight := int64(20) // an identifier
		switch kind {
		case markPart:
			weight = 3
		case markSound:
			weight = 1
		}
		marks, weights = append(marks, raw), append(weights, weight)
	}
	named, err := db.marksOf(ctx, "", q.Name)
	if err != nil {
		return nil, nil, err
	}
	for _, m := range named {
		add(m.Kind, m.raw)
	}
	for _, i := range q.Identifiers {
		m, err := db.mark(ctx, "", i.Kind, i.Value)
		if err != nil {
			return nil, nil, err
		}
		add(m.Kind, m.raw)
	}
	if q.As == "" {
		return marks, weights, nil
	}
	own, err := query(ctx, db, "read marks", `SELECT person, kind, mark FROM person_marks WHERE person = $1 ORDER BY kind, mark`,
		[]any{q.As}, scanMark)
	for _, m := range own {
		add(m.Kind, m.raw)
	}
	return marks, weights, err
}

// IdentifierMarks are those of what somebody looks for, by kind, to be compared with
// those of [Known].
func (db *DB) IdentifierMarks(ctx context.Context, identifiers []Identifier) (map[string][]string, error) {
	marks := make(map[string][]string)
	for _, i := range identifiers {
		m, err := db.mark(ctx, "", i.Kind, i.Value)
		if err != nil {
			return nil, err
		}
		marks[i.Kind] = append(marks[i.Kind], hex.EncodeToString(m.raw))
	}
	return marks, nil
}

const recordsOfPersons = `
WITH place AS (
    SELECT k.child AS person, k.aggregate FROM children k WHERE k.child = ANY ($11)
    UNION SELECT a.person, a.aggregate FROM adults a WHERE a.person = ANY ($11) AND NOT a.protected
)
SELECT place.person, place.aggregate FROM place WHERE place.aggregate IN (
    SELECT aggregate FROM records WHERE kind = $10 AND aggregate IN (SELECT o.aggregate FROM place o) AND ` + visible + `)
ORDER BY place.person, place.aggregate`

// KnownPersons returns the persons with these IDs who are in a record that the scope
// covers, by ID. All others are left out, as if there were none.
func (db *DB) KnownPersons(ctx context.Context, ids []string, scope access.Scope, now time.Time) (map[string]Known, error) {
	type place struct{ person, record string }
	known := make(map[string]Known)
	for _, kind := range []casework.AggregateKind{casework.KindReport, casework.KindCase} {
		places, err := query(ctx, db, "find the records of persons", recordsOfPersons,
			append(scopeArgs(scope, kind, now), kind, pq.StringArray(ids)), func(row scanner) (place, error) {
				var p place
				err := row.Scan(&p.person, &p.record)
				return p, err
			})
		if err != nil {
			return nil, err
		}
		for _, p := range places {
			one := known[p.person]
			one.Records = append(one.Records, p.record)
			known[p.person] = one
		}
	}
	return known, db.describe(ctx, known)
}

// describe fills in what is known of persons.
func (db *DB) describe(ctx context.Context, known map[string]Known) error {
	ids := slices.Sorted(maps.Keys(known))
	people, err := db.Persons(ctx, ids)
	if err != nil {
		return err
	}
	marks, err := query(ctx, db, "read marks", `
SELECT person, kind, mark FROM person_marks WHERE person = ANY ($1) AND kind = ANY ($2) ORDER BY person, kind, mark`,
		[]any{pq.StringArray(ids), pq.StringArray(likeness.Kinds())}, scanMark)
	if err != nil {
		return err
	}
	survivors, err := db.survivors(ctx, ids)
	if err != nil {
		return err
	}
	there := make(map[string]bool, len(people))
	for _, p := range people {
		one := known[p.ID]
		one.Person, one.Identifiers, one.Survivor = p, make(map[string][]string), survivors[p.ID]
		known[p.ID], there[p.ID] = one, true
	}
	for _, m := range marks {
		if one := known[m.Person]; there[m.Person] {
			one.Identifiers[m.Kind] = append(one.Identifiers[m.Kind], hex.EncodeToString(m.raw))
		}
	}
	maps.DeleteFunc(known, func(id string, _ Known) bool { return !there[id] })
	return nil
}

func scanMark(row scanner) (mark, error) {
	var m mark
	err := row.Scan(&m.Person, &m.Kind, &m.raw)
	return m, err
}

func scanText(row scanner) (string, error) {
	var text string
	err := row.Scan(&text)
	return text, err
}
