package hsds

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// number reads a number within bounds.
func number(text string, least, most float64) (*float64, bool) {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || !(n >= least && n <= most) { // NaN is in no bounds
		return nil, false
	}
	return &n, true
}

// amount reads a number from 0, nil where it is not given or cannot be right.
func (j *judgement) amount(r *row, field string, most float64) *float64 {
	text := r.of(field)
	if text == "" {
		return nil
	}
	n, ok := number(text, 0, most)
	if !ok {
		j.wrong(r, field, "A number from 0 to "+strconv.FormatFloat(most, 'f', -1, 64)+" is expected here. It is left out.")
	}
	return n
}

// The words that say that nothing is to be paid, and those that take it back.
const (
	saysFree  = `\bfree\b|\bno (fees?|costs?|charges?)\b|^none\.?$`
	takesBack = `toll.free|\b(if|unless|except|sliding|otherwise|may be|not free|free for)\b`
)

// free says whether words on fees say that there are none.
func (j *judgement) free(fees string) bool {
	said := strings.ToLower(fees)
	return j.plainly.MatchString(said) && !j.perhaps.MatchString(said)
}

// details are what hangs on services alone: terms, eligibility, documents to bring.
func (j *judgement) details() {
	terms := map[string]*row{}
	for _, r := range j.all("taxonomy_terms") {
		terms[r.id] = r
	}
	for _, r := range j.all("attributes") {
		sv := j.services[r.of("link_id")]
		if sv == nil {
			continue // attributes of other things
		}
		term := terms[r.of("taxonomy_term_id")]
		if term == nil {
			j.drop(r, "taxonomy_term_id", "There is no such term in this directory.")
			continue
		}
		if name := term.of("name"); name != "" {
			sv.Terms = append(sv.Terms, name)
		}
		sv.TermCodes = append(sv.TermCodes, cmp.Or(term.of("code"), term.id))
	}
	for _, r := range j.all("eligibility") {
		if sv := j.its(r); sv != nil && r.of("eligibility") != "" {
			sv.Eligibility = strings.TrimPrefix(sv.Eligibility+"; "+r.of("eligibility"), "; ")
		}
	}
	for _, r := range j.all("required_documents") {
		if sv := j.its(r); sv != nil && r.of("document") != "" {
			sv.Documents = append(sv.Documents, r.of("document"))
		}
	}
}

// its is the service that a row belongs to, by its field or that of its place.
func (j *judgement) its(r *row) *Service {
	id := cmp.Or(r.of("service_id"), j.spots[r.of("service_at_location_id")].Service)
	sv := j.services[id]
	if sv == nil {
		j.drop(r, "service_id", "There is no such service in this directory.")
	}
	return sv
}

// owners are the services that a row is about, and how near it stands to them: 0 for
// their own, 1 for their places', 2 for their organization's.
func (j *judgement) owners(r *row, byOrganization map[string][]string) (services []string, rank int) {
	if id := cmp.Or(j.spots[r.of("service_at_location_id")].Service, r.of("service_id")); id != "" {
		if j.services[id] != nil {
			return []string{id}, 0
		}
	}
	if guests := j.guests[r.of("location_id")]; len(guests) > 0 {
		return guests, 1
	}
	return byOrganization[r.of("organization_id")], 2
}

// ofOrganizations are the services by organization.
func (j *judgement) ofOrganizations() map[string][]string {
	by := map[string][]string{}
	for _, id := range j.order {
		if o := j.services[id].Organization; o != "" {
			by[o] = append(by[o], id)
		}
	}
	return by
}

// nearest hands each row to the services that it is for: a row of the place or of the
// organization only to services without rows of their own.
func (j *judgement) nearest(table string, usable func(*row) bool, give func(service string, r *row)) {
	by := j.ofOrganizations()
	ranked := [3]map[string][]*row{{}, {}, {}}
	for _, r := range j.all(table) {
		if !usable(r) {
			continue
		}
		services, rank := j.owners(r, by)
		if len(services) == 0 && !j.elsewhere(r) {
			j.drop(r, "", "This belongs to no service, location or organization of this directory.")
		}
		for _, id := range services {
			ranked[rank][id] = append(ranked[rank][id], r)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(j.services)) {
		for _, rows := range ranked {
			for _, r := range rows[id] {
				give(id, r)
			}
			if len(rows[id]) > 0 {
				break
			}
		}
	}
}

// elsewhere says whether a row belongs to something that is kept though no service
// has use for it.
func (j *judgement) elsewhere(r *row) bool {
	return j.kept.locations[r.of("location_id")] || j.kept.organizations[r.of("organization_id")] ||
		r.of("contact_id") != "" || r.of("phone_id") != ""
}
