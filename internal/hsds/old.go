package hsds

import (
	"maps"
	"strings"
)

// alias says which table of version 3 a file holds, and what must be renamed in it.
type alias struct {
	// table is empty for what neither search nor a referral needs.
	table string
	// old marks the names that version 1.1 alone has.
	old bool
	// rename maps fields of version 1.1 to those of version 3.
	rename map[string]string
	// fixed are fields that every row gets.
	fixed map[string]string
}

// adapt brings a row to the fields of version 3.
func (a alias) adapt(r *row) {
	for from, to := range a.rename {
		if value, ok := r.fields[from]; ok && r.fields[to] == "" {
			r.fields[to] = value
			delete(r.fields, from)
		}
	}
	maps.Copy(r.fields, a.fixed)
	if day := r.fields["weekday"]; day != "" && r.table == "schedules" {
		r.fields["freq"], r.fields["byday"] = "WEEKLY", weekday(day)
		delete(r.fields, "weekday")
	}
}

// weekday returns the code of RFC 5545 for a day of version 1.1: 1 is Monday, and
// older packages write names.
func weekday(day string) string {
	codes := []string{"MO", "TU", "WE", "TH", "FR", "SA", "SU"}
	day = strings.TrimSpace(day)
	for i, code := range codes {
		if day == string(rune('1'+i)) || len(day) >= 2 && strings.EqualFold(day[:2], code) {
			return code
		}
	}
	return day
}

// aliases are the tables by the names that packages give them.
func aliases() map[string]alias {
	all := map[string]alias{}
	same := func(table string, names ...string) {
		for _, name := range names {
			all[name] = alias{table: table}
		}
	}
	same("", "programs", "program", "contacts", "contact", "funding", "fundings", "metadata", "meta_table_descriptions",
		"meta_table_description", "organization_identifiers", "organization_identifier", "taxonomies", "service_capacity",
		"service_capacities", "units", "unit", "urls", "url", "additional_urls", "additional_websites")
	same("locations", "locations", "location")
	same("phones", "phones", "phone")
	same("schedules", "schedules", "schedule")
	same("cost_options", "cost_options", "cost_option")
	same("addresses", "addresses", "address")
	same("attributes", "attributes", "attribute")
	same("taxonomy_terms", "taxonomy_terms", "taxonomy_term")
	same("accessibility", "accessibility")
	same("required_documents", "required_documents", "required_document")
	same("service_at_location", "service_at_location", "service_at_locations")
	both := func(a alias, names ...string) {
		for _, name := range names {
			all[name] = a
		}
	}
	both(alias{table: "organizations", rename: map[string]string{"url": "website"}}, "organizations", "organization")
	both(alias{table: "services"}, "services", "service")
	both(alias{table: "service_areas", rename: map[string]string{"service_area": "name"}}, "service_areas", "service_area")
	both(alias{table: "languages", rename: map[string]string{"language": "name"}}, "languages", "language")
	old := func(a alias, names ...string) {
		a.old = true
		both(a, names...)
	}
	old(alias{table: "service_at_location"}, "services_at_location", "services_at_locations")
	old(alias{table: "addresses", fixed: map[string]string{"address_type": "physical"}}, "physical_addresses", "physical_address")
	old(alias{table: "addresses", fixed: map[string]string{"address_type": "postal"}}, "postal_addresses", "postal_address")
	old(alias{table: "schedules", fixed: map[string]string{"freq": "WEEKLY"}}, "regular_schedules", "regular_schedule")
	old(alias{table: "accessibility", rename: map[string]string{"accessibility": "description"}}, "accessibility_for_disabilities")
	old(alias{table: "eligibility"}, "eligibility", "eligibilities")
	old(alias{
		table: "attributes", rename: map[string]string{"service_id": "link_id", "taxonomy_id": "taxonomy_term_id"},
		fixed: map[string]string{"link_entity": "service"},
	}, "services_taxonomy", "service_taxonomy", "service_taxonomies", "services_taxonomies")
	old(alias{table: "taxonomy_terms"}, "taxonomy")
	old(alias{}, "holiday_schedules", "holiday_schedule", "payments_accepted", "payment_accepted")
	return all
}
