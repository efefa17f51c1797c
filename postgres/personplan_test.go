package postgres_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/postgres"
)

// people are 30,000 children of the cases of [agency], each with four marks.
const people = `
INSERT INTO persons (id, name, born, sex, address, phone, marked)
SELECT 'p-' || n, 'x', date '2010-01-01' + n % 3000, '', '', '', 1 FROM generate_series(1, 30000) n;

INSERT INTO person_marks (person, kind, mark)
SELECT 'p-' || n, 'part', int4send(n / 10 + k * 100000) FROM generate_series(1, 30000) n, generate_series(1, 4) k;

INSERT INTO children (aggregate, child, revision, stage, setting, exit_reason)
SELECT 'case-' || n % 15000 + 1, 'p-' || n, 1, 'at-home', '', '' FROM generate_series(1, 30000) n;

INSERT INTO adults (aggregate, person, revision, roles, protected)
SELECT 'case-' || n % 15000 + 1, 'p-' || n + 30000, 1, '{parent}', n % 50 = 0 FROM generate_series(1, 30000) n;

ANALYZE persons, person_marks, children, adults;`

func TestPersonPlans(t *testing.T) {
	t.Parallel()
	_, raw := open(t)
	for _, statement := range []string{agency, people} {
		_, err := raw.ExecContext(t.Context(), statement)
		require.NoError(t, err)
	}
	seen := scope("s-7", casework.RoleSupervisor)
	for name, c := range map[string]struct {
		list  lister
		index string
	}{
		"who shares a mark":            {postgres.PersonQuery{Scope: seen, Now: start()}, "person_marks_mark"},
		"who shares the date of birth": {postgres.PersonQuery{Scope: seen, Now: start(), Born: casework.NewDate(2011, time.May, 1)}, "persons_born"},
		"who is not marked":            {fixed{postgres.UnmarkedPersons, []any{500}}, "persons_unmarked"},
		"the records of an adult":      {fixed{postgres.RecordsOfPersons, postgres.RecordsOf(seen, "p-30007")}, "adults_person"},
		"the records of a person":      {fixed{postgres.RecordsOfPersons, postgres.RecordsOf(seen, "p-7")}, "children_child"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			statement, args, err := c.list.Statement()
			require.NoError(t, err)
			plan := explain(t, raw, statement, args)
			require.Contains(t, plan, " "+c.index+" ")
			for _, table := range []string{"persons", "person_marks", "children", "adults"} {
				require.NotContains(t, plan, "Seq Scan on "+table+" ")
			}
		})
	}
}
