package hsds

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"sort"
	"strings"

	"homeward/internal/bounded"
)

// maxDepth is how deep objects and lists may stand within each other; the standard
// needs ten.
const maxDepth = 32

// relation says which table a member of an object holds, and whether the object
// belongs to it (up), or it to the object.
type relation struct {
	table string
	up    bool
}

// relations are the members that hold rows of their own.
func relations() map[string]relation {
	return map[string]relation{
		"organization": {"organizations", true}, "service": {"services", true}, "location": {"locations", true},
		"taxonomy_term": {"taxonomy_terms", true}, "organizations": {"organizations", false},
		"services": {"services", false}, "locations": {"locations", false},
		"service_at_locations": {"service_at_location", false}, "service_at_location": {"service_at_location", false},
		"phones": {"phones", false}, "schedules": {"schedules", false}, "service_areas": {"service_areas", false},
		"languages": {"languages", false}, "cost_options": {"cost_options", false}, "addresses": {"addresses", false},
		"attributes": {"attributes", false}, "accessibility": {"accessibility", false},
		"required_documents": {"required_documents", false},
	}
}

// reference is the field by which other tables name a row of this one.
func reference(table string) string {
	return map[string]string{
		"organizations": "organization_id", "services": "service_id", "locations": "location_id",
		"service_at_location": "service_at_location_id", "phones": "phone_id", "taxonomy_terms": "taxonomy_term_id",
	}[table]
}

// ignored is what is known and not needed.
const ignored = "-"

// object is a JSON object with the line on which it begins.
type object struct {
	line    int
	members map[string]any
}

// json reads one document: one object of the standard, a list, or a page of them.
func (s *sheets) json(ctx context.Context, file bounded.Entry) error {
	if path.Base(file.Name) == "datapackage.json" {
		return nil
	}
	s.document = true
	before := s.rows
	p := parser{Decoder: json.NewDecoder(bytes.NewReader(file.Data))}
	p.UseNumber()
	for i, b := range file.Data {
		if b == '\n' {
			p.ends = append(p.ends, int64(i))
		}
	}
	value, broken := p.value(0)
	if broken != nil {
		s.drop(&row{file: file.Name, line: p.line()}, "", "This is not JSON that can be read: "+broken.Error()+".")
		return nil //nolint:nilerr // a file that cannot be read is told of, as a row is
	}
	d := document{sheets: s, file: file.Name}
	for _, one := range listed(value) {
		if err := ctx.Err(); err != nil {
			return err
		}
		name := kind(one)
		switch name {
		case ignored:
			continue
		case "":
			s.drop(&row{file: file.Name, line: one.line}, "", "This is no organization, service, location or service at a location.")
			continue
		}
		d.take(name, one, nil)
		if (s.rows-before)%1000 < 10 {
			s.tell(file.Name, s.rows-before)
		}
	}
	s.tell(file.Name, s.rows-before)
	return ctx.Err()
}

// listed returns the objects of a list, of a page, or the one object.
func listed(value any) []object {
	var all []object
	switch v := value.(type) {
	case []any:
		for _, one := range v {
			if o, ok := one.(object); ok {
				all = append(all, o)
			}
		}
	case object:
		for _, name := range []string{"contents", "content", "items"} {
			if page, ok := v.members[name].([]any); ok {
				return listed(page)
			}
		}
		all = append(all, v)
	}
	return all
}

// kind tells an object by the members that the standard asks of it.
func kind(o object) string {
	has := func(names ...string) bool {
		return slices.ContainsFunc(names, func(name string) bool { _, ok := o.members[name]; return ok })
	}
	switch {
	case has("location_type"):
		return "locations"
	case has("service") || has("location"):
		return "service_at_location"
	case has("version"):
		return ignored // a taxonomy, or what a server says of itself
	case !has("name"):
		return ""
	case has("taxonomy"):
		return "taxonomy_terms"
	case has("status", "service_at_locations", "organization", "organization_id"):
		return "services"
	case has("services", "website", "legal_status", "description"):
		return "organizations"
	}
	return ""
}

// document takes the objects of one file apart.
type document struct {
	*sheets

	file string
}

// take makes a row of an object, and rows of what stands in it. belongs are the
// fields by which it names what it stands in.
func (d document) take(table string, o object, belongs map[string]string) {
	r := &row{table: table, file: d.file, line: o.line, fields: map[string]string{}}
	maps.Copy(r.fields, belongs)
	known := relations()
	for name, value := range o.members {
		if text, ok := scalar(value); ok && text != "" {
			r.fields[name] = text
		}
	}
	for _, name := range slices.Sorted(maps.Keys(o.members)) {
		up, ok := o.members[name].(object)
		if rel := known[name]; ok && rel.up {
			if id, _ := scalar(up.members["id"]); id != "" {
				r.fields[reference(rel.table)] = id
			}
			d.take(rel.table, up, nil)
		}
	}
	id := d.add(r).id
	down := map[string]string{}
	if field := reference(table); field != "" {
		down[field] = id
	}
	if table == "phones" {
		down = map[string]string{"phone_id": id}
	}
	for _, name := range slices.Sorted(maps.Keys(o.members)) {
		rel, isRow := known[name]
		if !isRow || rel.up {
			continue
		}
		for _, child := range listed(o.members[name]) {
			below := down
			if rel.table == "attributes" {
				below = map[string]string{"link_id": id, "link_entity": strings.TrimSuffix(table, "s")}
			}
			d.take(rel.table, child, below)
		}
	}
}

// scalar returns a text, a number or a truth as text.
func scalar(value any) (string, bool) {
	switch v := value.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		return fmt.Sprint(v), true
	}
	return "", false
}

// parser reads JSON into objects that know their lines.
type parser struct {
	*json.Decoder

	ends []int64
}

// line is where the decoder stands, from 1.
func (p parser) line() int {
	at := p.InputOffset()
	return 1 + sort.Search(len(p.ends), func(i int) bool { return p.ends[i] >= at })
}

func (p parser) value(depth int) (any, error) {
	if depth > maxDepth {
		return nil, &bounded.Error{Reason: bounded.TooDeep, Limit: maxDepth}
	}
	token, err := p.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('['):
		var list []any
		for p.More() {
			one, err := p.value(depth + 1)
			if err != nil {
				return nil, err
			}
			list = append(list, one)
		}
		_, err := p.Token()
		return list, err
	case json.Delim('{'):
		o := object{line: p.line(), members: map[string]any{}}
		for p.More() {
			name, err := p.Token()
			if err != nil {
				return nil, err
			}
			value, err := p.value(depth + 1)
			if err != nil {
				return nil, err
			}
			key, _ := name.(string)
			o.members[key] = value
		}
		_, err := p.Token()
		return o, err
	}
	return token, nil
}
