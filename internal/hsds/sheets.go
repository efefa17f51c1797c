package hsds

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"homeward/internal/bounded"
)

// row is one row of a table of version 3, wherever it came from.
type row struct {
	table, file string
	line        int
	id          string
	fields      map[string]string
}

// of returns a field without the blanks around it.
func (r *row) of(field string) string { return strings.TrimSpace(r.fields[field]) }

// raw is the row as it came.
func (r *row) raw() json.RawMessage {
	data, err := json.Marshal(r.fields)
	if err != nil {
		return json.RawMessage("{}") // Strings always encode.
	}
	return data
}

// table is the rows of one table, in their order and by ID.
type table struct {
	rows []*row
	byID map[string]*row
}

// sheets collects the rows of all tables.
type sheets struct {
	told     Progress
	old      bool
	document bool
	names    map[string]string
	tables   map[string]*table
	rows     int
	problems []Problem
}

func (s *sheets) tell(file string, rows int) {
	if s.told != nil {
		s.told(file, rows)
	}
}

func (s *sheets) wrong(r *row, field, reason string) {
	s.problems = append(s.problems, Problem{File: r.file, Line: r.line, ID: r.id, Field: field, Reason: reason})
}

func (s *sheets) drop(r *row, field, reason string) {
	s.problems = append(s.problems, Problem{File: r.file, Line: r.line, ID: r.id, Field: field, Reason: reason, Dropped: true})
}

// all returns a table's rows, none where there is no such table.
func (s *sheets) all(name string) []*row {
	if t := s.tables[name]; t != nil {
		return t.rows
	}
	return nil
}

// add takes a row. In documents one thing stands in several places, more or less
// complete, and its fields are put together; in a table an ID stands once.
func (s *sheets) add(r *row) *row {
	s.rows++
	t := s.tables[r.table]
	if t == nil {
		t = &table{byID: map[string]*row{}}
		s.tables[r.table] = t
	}
	if r.id = r.of("id"); r.id == "" {
		r.id = contentID(r)
	}
	was, known := t.byID[r.id]
	switch {
	case !known:
		t.byID[r.id] = r
		t.rows = append(t.rows, r)
		return r
	case !s.document:
		s.drop(r, "id", fmt.Sprintf("Another row has this ID: %s:%d.", was.file, was.line))
		return was
	}
	for field, value := range r.fields {
		if was.fields[field] == "" {
			was.fields[field] = value
		}
	}
	return was
}

// contentID names a row that has no ID by what it says, so that it has the same name
// the next time.
func contentID(r *row) string {
	sum := sha256.New()
	for _, field := range slices.Sorted(maps.Keys(r.fields)) {
		_, _ = fmt.Fprintf(sum, "%s=%q;", field, r.fields[field]) // A hash takes everything.
	}
	return "x-" + hex.EncodeToString(sum.Sum(nil)[:16])
}

// describe reads which file is which table, where the package says so. A package
// that does not is read by the standard's own names.
func (s *sheets) describe(files []bounded.Entry) {
	s.names = map[string]string{}
	for _, file := range files {
		if path.Base(file.Name) != "datapackage.json" {
			continue
		}
		var described struct {
			Resources []struct {
				Name string          `json:"name"`
				Path json.RawMessage `json:"path"`
			} `json:"resources"`
		}
		if err := json.Unmarshal(file.Data, &described); err != nil {
			s.problems = append(s.problems, Problem{
				File: file.Name, Reason: "This is not JSON. The tables are known by the names of their files.",
			})
			continue
		}
		for _, resource := range described.Resources {
			var at string
			if json.Unmarshal(resource.Path, &at) == nil && at != "" {
				s.names[path.Join(path.Dir(file.Name), at)] = resource.Name
			}
		}
	}
	for _, file := range files {
		if a, known := aliases()[s.name(file)]; known && a.old {
			s.old = true
		}
	}
}

// name is what the table of a file is called in its package.
func (s *sheets) name(file bounded.Entry) string {
	base := strings.TrimSuffix(strings.ToLower(path.Base(file.Name)), ".csv")
	return strings.ToLower(cmp.Or(s.names[file.Name], base))
}

// csv reads one table. Files that no version of the standard knows are told of.
func (s *sheets) csv(ctx context.Context, file bounded.Entry) error {
	if !strings.EqualFold(path.Ext(file.Name), ".csv") {
		return nil
	}
	alias, known := aliases()[s.name(file)]
	switch {
	case !known:
		s.problems = append(s.problems, Problem{File: file.Name, Reason: "The standard has no such table. It was not read."})
		return nil
	case alias.table == "":
		return nil
	}
	var header []string
	limits := bounded.CSVLimits{Size: maxFile, Rows: maxRows, Row: 2 * maxField, Field: maxField}
	n := 0
	for line, err := range bounded.Rows(bytes.NewReader(file.Data), limits) {
		r := &row{table: alias.table, file: file.Name, line: line.Line}
		switch {
		case err != nil:
			if refused, ok := errors.AsType[*bounded.Error](err); !ok || refused.Reason != bounded.Broken {
				return fmt.Errorf("%s is refused: %w", file.Name, err)
			}
			s.drop(r, "", "This is not a row of the table: its quotes, its letters or the number of its fields are wrong.")
			continue
		case header == nil:
			header = line.Fields
			for i := range header {
				header[i] = strings.ToLower(strings.TrimSpace(header[i]))
			}
			continue
		}
		r.fields = make(map[string]string, len(header))
		for i, value := range line.Fields {
			if value != "" {
				r.fields[header[i]] = value
			}
		}
		alias.adapt(r)
		s.add(r)
		if n++; n%1000 == 0 {
			s.tell(file.Name, n)
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
	}
	s.tell(file.Name, n)
	return ctx.Err()
}
