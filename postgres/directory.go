package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"homeward/casework"
	"homeward/internal/audit"
	"homeward/internal/hsds"
)

// DirectoryImport is one import of a directory.
type DirectoryImport struct {
	// Source names who keeps the directory, in at most [MaxSource] letters: its rows
	// are replaced, and those of other sources stay as they are.
	Source    string
	Directory *hsds.Directory
	// Shrinks allows that more than half of the source's services go.
	Shrinks bool
	At      time.Time
	// Told is called while rows are stored, with how many of all; nil for nobody.
	Told func(stored, all int)
}

// MaxSource is how long a source's name may be, so that an ID with it stays opaque.
const MaxSource = 20

// DirectoryChange says what an import did to the rows of one table.
type DirectoryChange struct {
	Table                           string
	Added, Changed, Gone, Unchanged int
}

// ImportDirectory replaces the rows of a source by those of a directory, with its
// line in the audit, all of them or none. The same directory again changes nothing.
// It returns what it did, and Blocked where more would go than is likely. One import
// runs at a time; the others wait.
func (db *DB) ImportDirectory(ctx context.Context, in DirectoryImport, line audit.Entry) ([]DirectoryChange, error) {
	var changes []DirectoryChange
	err := db.inTx(ctx, "import a directory", func(tx *sql.Tx) error {
		// An import takes longer than a statement may.
		for _, first := range []string{`SET LOCAL statement_timeout = 0`, `SELECT pg_advisory_xact_lock(4714, 18)`} {
			if _, err := tx.ExecContext(ctx, first); err != nil {
				return err
			}
		}
		if err := in.stage(ctx, tx); err != nil {
			return err
		}
		if err := in.likely(ctx, tx); err != nil {
			return err
		}
		for _, t := range directoryTables() {
			change, err := t.merge(ctx, tx, in)
			if err != nil {
				return err
			}
			changes = append(changes, change)
		}
		if err := in.note(ctx, tx, changes); err != nil {
			return err
		}
		return auditIn(ctx, tx, line)
	})
	if err != nil {
		return nil, err
	}
	return changes, nil
}

// batchSize is how many rows are sent at a time.
const batchSize = 2000

// stage sends every row to a table of the transaction's own.
func (in DirectoryImport) stage(ctx context.Context, tx *sql.Tx) error {
	tables, stored, all := directoryTables(), 0, 0
	for _, t := range tables {
		all += t.rows(in.Directory).length
	}
	for _, t := range tables {
		rows := t.rows(in.Directory)
		if _, err := tx.ExecContext(ctx, t.staging()); err != nil {
			return err
		}
		for from := 0; from < rows.length; from += batchSize {
			to := min(from+batchSize, rows.length)
			batch, err := asJSON(rows.part(from, to))
			if err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, t.filling(), batch, in.Source); err != nil {
				return err
			}
			if stored += to - from; in.Told != nil {
				in.Told(stored, all)
			}
		}
		// The plans of what follows rest on these: the tables' own statistics may be old.
		for _, last := range []string{`CREATE UNIQUE INDEX ON stage_` + t.name + ` (` + list("", t.columns[:t.key]) + `)`, `ANALYZE stage_` + t.name} {
			if _, err := tx.ExecContext(ctx, last); err != nil {
				return err
			}
		}
	}
	return nil
}

// likely refuses an import that would take away more than half of the services of a
// source: usually a file that broke off.
func (in DirectoryImport) likely(ctx context.Context, tx *sql.Tx) error {
	const fewEnough = 10
	var had, going int
	err := tx.QueryRowContext(ctx, `
SELECT count(*), count(*) FILTER (WHERE NOT EXISTS (SELECT FROM stage_services s WHERE s.id = t.id))
FROM directory.services t WHERE source = $1 AND gone_at IS NULL`, in.Source).Scan(&had, &going)
	if err != nil {
		return err
	}
	if in.Shrinks || going < fewEnough || going*2 <= had {
		return nil
	}
	return casework.NewError(casework.Blocked, fmt.Sprintf(
		"%d of the %d services of %q are not in these files. Nothing was imported. If that is right, say so with --shrink.",
		going, had, in.Source))
}

// note remembers an import that did something.
func (in DirectoryImport) note(ctx context.Context, tx *sql.Tx, changes []DirectoryChange) error {
	var sum DirectoryChange
	for _, c := range changes {
		sum.Added, sum.Changed, sum.Gone = sum.Added+c.Added, sum.Changed+c.Changed, sum.Gone+c.Gone
	}
	_, err := tx.ExecContext(ctx, `
INSERT INTO directory.imports (source, format, at, rows, added, changed, gone, left_out) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		in.Source, in.Directory.Format, in.At.UTC(), in.Directory.Rows, sum.Added, sum.Changed, sum.Gone, in.Directory.Dropped())
	return err
}

// directoryRows are rows of one kind, of which parts can be taken.
type directoryRows struct {
	length int
	part   func(from, to int) any
}

func rowsOf[T any](rows []T) directoryRows {
	return directoryRows{len(rows), func(from, to int) any { return rows[from:to] }}
}

// directoryTable is how rows of one kind are stored. The first columns are the key.
type directoryTable struct {
	name    string
	rows    func(*hsds.Directory) directoryRows
	columns []string
	key     int
	// named are the columns that hold an ID of the source, which is put before it.
	named []string
}

// lasting rows are marked when they are gone. The others belong to a service, and go
// when the source names the service without them.
func (t directoryTable) lasting() bool { return t.key == 1 }

func directoryTables() []directoryTable {
	table := func(name string, key int, named, columns string, rows func(*hsds.Directory) directoryRows) directoryTable {
		return directoryTable{name, rows, strings.Fields(columns), key, strings.Fields(named)}
	}
	return []directoryTable{
		table("organizations", 1, "id", "id source name description email website raw",
			func(d *hsds.Directory) directoryRows { return rowsOf(d.Organizations) }),
		table("services", 1, "id organization",
			"id source organization name alternate_name description url email status eligibility minimum_age maximum_age fees "+
				"lowest_fee application wait_time interpretation alert documents terms term_codes raw",
			func(d *hsds.Directory) directoryRows { return rowsOf(d.Services) }),
		table("locations", 1, "id", "id source name type latitude longitude address city region state postal_code country "+
			"transportation accessibility raw", func(d *hsds.Directory) directoryRows { return rowsOf(d.Locations) }),
		table("places", 2, "service location", "service location source id",
			func(d *hsds.Directory) directoryRows { return rowsOf(d.Places) }),
		table("phones", 2, "service", "service id source number extension type description",
			func(d *hsds.Directory) directoryRows { return rowsOf(d.Phones) }),
		table("schedules", 2, "service location",
			"service id source location days opens closes from_day to_day every description",
			func(d *hsds.Directory) directoryRows { return rowsOf(d.Schedules) }),
		table("service_areas", 2, "service", "service id source name extent",
			func(d *hsds.Directory) directoryRows { return rowsOf(d.Areas) }),
		table("languages", 2, "service", "service id source code name note",
			func(d *hsds.Directory) directoryRows { return rowsOf(d.Languages) }),
		table("cost_options", 2, "service", "service id source option currency amount description from_day to_day",
			func(d *hsds.Directory) directoryRows { return rowsOf(d.Costs) }),
	}
}

// list writes columns, each behind a prefix.
func list(prefix string, columns []string) string {
	return prefix + strings.Join(columns, ", "+prefix)
}

// same says that rows t and s have one key.
func (t directoryTable) same() string {
	var terms []string
	for _, c := range t.columns[:t.key] {
		terms = append(terms, "t."+c+" = s."+c)
	}
	return strings.Join(terms, " AND ")
}

func (t directoryTable) staging() string {
	return `CREATE TEMP TABLE stage_` + t.name + ` ON COMMIT DROP AS SELECT ` + list("", t.columns) +
		` FROM directory.` + t.name + ` WITH NO DATA`
}

// filling reads a JSON list of rows, with the source's name before its IDs.
func (t directoryTable) filling() string {
	values := slices.Clone(t.columns)
	for i, c := range values {
		switch {
		case c == "source":
			values[i] = "$2"
		case slices.Contains(t.named, c):
			values[i] = "CASE WHEN r." + c + " = '' THEN '' ELSE $2 || ':' || r." + c + " END"
		default:
			values[i] = "r." + c
		}
	}
	return `INSERT INTO stage_` + t.name + ` (` + list("", t.columns) + `) SELECT ` + strings.Join(values, ", ") +
		` FROM json_populate_recordset(NULL::stage_` + t.name + `, $1::json) AS r`
}

// merge brings the table to the staged rows.
func (t directoryTable) merge(ctx context.Context, tx *sql.Tx, in DirectoryImport) (DirectoryChange, error) {
	change := DirectoryChange{Table: t.name}
	here, staged := `directory.`+t.name, `stage_`+t.name
	rest := t.columns[t.key:]
	returns, back := "", ""
	if t.lasting() {
		returns, back = " OR t.gone_at IS NOT NULL", ", gone_at = NULL"
	}
	gone := `DELETE FROM ` + here + ` t WHERE t.source = $1 AND $2::timestamptz IS NOT NULL
    AND EXISTS (SELECT FROM stage_services v WHERE v.id = t.service)
    AND NOT EXISTS (SELECT FROM ` + staged + ` s WHERE ` + t.same() + `)`
	if t.lasting() {
		gone = `UPDATE ` + here + ` t SET gone_at = $2 WHERE t.source = $1 AND t.gone_at IS NULL
    AND NOT EXISTS (SELECT FROM ` + staged + ` s WHERE ` + t.same() + `)`
	}
	for _, part := range []struct {
		statement string
		args      []any
		count     *int
	}{
		{gone, []any{in.Source, in.At.UTC()}, &change.Gone},
		{`UPDATE ` + here + ` t SET (` + list("", rest) + `) = ROW (` + list("s.", rest) + `)` + back + ` FROM ` + staged + ` s
WHERE ` + t.same() + ` AND ((` + list("t.", rest) + `) IS DISTINCT FROM (` + list("s.", rest) + `)` + returns + `)`, nil, &change.Changed},
		{`INSERT INTO ` + here + ` (` + list("", t.columns) + `) SELECT ` + list("s.", t.columns) + ` FROM ` + staged + ` s
WHERE NOT EXISTS (SELECT FROM ` + here + ` t WHERE ` + t.same() + `)`, nil, &change.Added},
	} {
		result, err := tx.ExecContext(ctx, part.statement, part.args...)
		if err != nil {
			return change, err
		}
		n, err := result.RowsAffected()
		if err != nil {
			return change, err
		}
		*part.count = int(n)
	}
	change.Unchanged = t.rows(in.Directory).length - change.Added - change.Changed
	return change, nil
}
