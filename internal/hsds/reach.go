package hsds

import (
	"cmp"
	"strings"

	"homeward/casework"
)

// phones: the service's own, else those of its places, else the organization's.
func (j *judgement) phones() {
	usable := func(r *row) bool { return j.needs(r, "number") }
	j.nearest("phones", usable, func(service string, r *row) {
		j.Phones = append(j.Phones, Phone{
			Service: service, ID: r.id, Number: strings.Trim(r.of("number"), `" `), Extension: r.of("extension"),
			Type: r.of("type"), Description: r.of("description"),
		})
	})
}

// areas are a service's alone.
func (j *judgement) areas() {
	for _, r := range j.all("service_areas") {
		sv := j.its(r)
		if sv == nil {
			continue
		}
		a := Area{Service: sv.ID, ID: r.id, Name: cmp.Or(r.of("name"), r.of("description")), Extent: r.of("extent")}
		if t := strings.ToLower(r.of("extent_type")); t != "" && t != "text" || strings.HasPrefix(a.Extent, "{") {
			a.Extent = ""
		}
		if a.Extent == "" && r.of("description") != a.Name {
			a.Extent = r.of("description")
		}
		j.Areas = append(j.Areas, a)
	}
}

// languages: those of a service, else those of its places. Those of a phone say who
// answers it.
func (j *judgement) languages() {
	usable := func(r *row) bool {
		if r.of("name") == "" && r.of("code") == "" {
			j.drop(r, "name", "Name the language, or give its code.")
			return false
		}
		return true
	}
	j.nearest("languages", usable, func(service string, r *row) {
		code := strings.ToLower(r.of("code"))
		j.Languages = append(j.Languages, Language{
			Service: service, ID: r.id, Code: code, Name: cmp.Or(r.of("name"), code), Note: r.of("note"),
		})
	})
}

// maxFee is more than any service asks for.
const maxFee = 1_000_000

func (j *judgement) costs() {
	for _, r := range j.all("cost_options") {
		sv := j.its(r)
		if sv == nil {
			continue
		}
		c := Cost{
			Service: sv.ID, ID: r.id, Option: r.of("option"), Currency: strings.ToUpper(r.of("currency")),
			Amount: j.amount(r, "amount", maxFee), Description: r.of("amount_description"),
			From: j.day(r, "valid_from"), To: j.day(r, "valid_to"),
		}
		j.Costs = append(j.Costs, c)
		if c.Amount != nil && (sv.LowestFee == nil || *c.Amount < *sv.LowestFee) {
			sv.LowestFee = c.Amount
		}
	}
}

// day reads the day of a date or of a time, zero where there is none.
func (j *judgement) day(r *row, field string) casework.Date {
	text := r.of(field)
	if text == "" {
		return casework.Date{}
	}
	if len(text) > len("2006-01-02") {
		text = text[:len("2006-01-02")]
	}
	d, err := casework.ParseDate(text)
	if err != nil {
		j.wrong(r, field, "A date like 2026-01-31 is expected here. It is left out.")
	}
	return d
}
