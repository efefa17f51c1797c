package hsds

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strings"

	"homeward/casework"
)

// maxID is how long an ID may be, so that it fits with the source's name before it.
const maxID = 43

// judge makes the directory of the rows, organizations and locations first: what
// belongs to a row that was left out is left out, too.
func (s *sheets) judge(ctx context.Context) (*Directory, error) {
	d := &Directory{Format: JSON3}
	switch {
	case s.old:
		d.Format = Tabular1
	case !s.document:
		d.Format = Tabular3
	}
	j := &judgement{
		sheets: s, Directory: d, services: map[string]*Service{}, homes: map[string][]string{}, guests: map[string][]string{},
		plainly: regexp.MustCompile(saysFree), perhaps: regexp.MustCompile(takesBack),
	}
	for _, part := range []func(){
		j.organizations, j.locations, j.serve, j.places, j.details, j.phones, j.schedules, j.areas, j.languages, j.costs,
	} {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		part()
	}
	j.finish()
	return d, nil
}

// judgement is the work of making a directory.
type judgement struct {
	*sheets
	*Directory

	kept struct{ organizations, locations map[string]bool }
	// services are those that are kept, in place until finish.
	services map[string]*Service
	order    []string
	// homes are the locations of a service, guests the services of a location.
	homes, guests map[string][]string
	// spots are the services at a location by the ID of the pair.
	spots map[string]Place

	plainly, perhaps *regexp.Regexp
}

// identified refuses rows whose ID could not stand in an address.
func (j *judgement) identified(r *row) bool {
	if len(r.id) > maxID || !casework.IsOpaque(r.id) || strings.ContainsAny(r.id, ":|") {
		j.drop(r, "id", "An ID has up to 43 letters, digits and - _ . alone.")
		return false
	}
	return true
}

func (j *judgement) needs(r *row, field string) bool {
	if r.of(field) == "" {
		j.drop(r, field, "This field is required.")
		return false
	}
	return true
}

func (j *judgement) organizations() {
	j.kept.organizations = map[string]bool{}
	for _, r := range j.all("organizations") {
		if !j.identified(r) || !j.needs(r, "name") {
			continue
		}
		j.kept.organizations[r.id] = true
		j.Organizations = append(j.Organizations, Organization{
			ID: r.id, Name: r.of("name"), Description: r.of("description"), Email: r.of("email"),
			Website: cmp.Or(r.of("website"), r.of("url")), Raw: r.raw(),
		})
	}
}

func (j *judgement) locations() {
	j.kept.locations = map[string]bool{}
	at := map[string]int{}
	for _, r := range j.all("locations") {
		if !j.identified(r) {
			continue
		}
		j.kept.locations[r.id] = true
		at[r.id] = len(j.Locations)
		l := Location{
			ID: r.id, Name: r.of("name"), Type: cmp.Or(r.of("location_type"), "physical"),
			Transportation: r.of("transportation"), Raw: r.raw(),
		}
		l.Latitude, l.Longitude = j.coordinates(r)
		j.Locations = append(j.Locations, l)
	}
	for _, r := range j.all("accessibility") {
		if i, ok := at[r.of("location_id")]; ok {
			said := cmp.Or(r.of("description"), r.of("details"))
			j.Locations[i].Accessibility = strings.TrimPrefix(j.Locations[i].Accessibility+" "+said, " ")
		}
	}
	for _, r := range j.all("addresses") {
		i, ok := at[r.of("location_id")]
		switch {
		case !ok:
			j.drop(r, "location_id", "There is no such location in this directory.")
		case j.Locations[i].Address != "" && r.of("address_type") == "postal": // where people go comes first
		default:
			l := &j.Locations[i]
			l.Address = strings.TrimSuffix(r.of("address_1")+", "+r.of("address_2"), ", ")
			l.City, l.Region, l.State = r.of("city"), r.of("region"), r.of("state_province")
			l.PostalCode, l.Country = r.of("postal_code"), r.of("country")
		}
	}
}

// coordinates returns a point on Earth, or nothing.
func (j *judgement) coordinates(r *row) (latitude, longitude *float64) {
	if r.of("latitude") == "" && r.of("longitude") == "" {
		return nil, nil
	}
	latitude, north := number(r.of("latitude"), -90, 90)
	longitude, east := number(r.of("longitude"), -180, 180)
	switch {
	case !north:
		j.wrong(r, "latitude", "This is not from -90 to 90 degrees. The location is kept without a point on the map.")
	case !east:
		j.wrong(r, "longitude", "This is not from -180 to 180 degrees. The location is kept without a point on the map.")
	case *latitude == 0 && *longitude == 0:
		j.wrong(r, "latitude", "Nobody lives at 0, 0. The location is kept without a point on the map.")
	default:
		return latitude, longitude
	}
	return nil, nil
}

func (j *judgement) serve() {
	for _, r := range j.all("services") {
		if !j.identified(r) || !j.needs(r, "name") {
			continue
		}
		if o := r.of("organization_id"); o != "" && !j.kept.organizations[o] {
			j.drop(r, "organization_id", "There is no such organization in this directory.")
			continue
		}
		status := strings.ToLower(cmp.Or(r.of("status"), "active"))
		if !slices.Contains(Statuses(), status) {
			j.drop(r, "status", "Unknown status. Use one of: "+strings.Join(Statuses(), ", ")+".")
			continue
		}
		sv := &Service{
			ID: r.id, Organization: r.of("organization_id"), Name: r.of("name"), AlternateName: r.of("alternate_name"),
			Description: r.of("description"), URL: r.of("url"), Email: r.of("email"), Status: status,
			Eligibility: r.of("eligibility_description"), Fees: cmp.Or(r.of("fees_description"), r.of("fees")),
			Application: r.of("application_process"), WaitTime: r.of("wait_time"), Alert: r.of("alert"),
			Interpretation: r.of("interpretation_services"), Documents: []string{}, Terms: []string{}, TermCodes: []string{}, Raw: r.raw(),
		}
		sv.MinimumAge, sv.MaximumAge = j.ages(r)
		if j.free(sv.Fees) {
			sv.LowestFee = new(float64)
		}
		j.services[r.id] = sv
		j.order = append(j.order, r.id)
	}
}

// maxAge is the highest age, in years, that a service can ask for.
const maxAge = 150

func (j *judgement) ages(r *row) (least, most *float64) {
	least = j.amount(r, "minimum_age", maxAge)
	most = j.amount(r, "maximum_age", maxAge)
	if least != nil && most != nil && *least > *most {
		j.wrong(r, "maximum_age", "This is less than the minimum age. Both are left out.")
		return nil, nil
	}
	return least, most
}

func (j *judgement) places() {
	j.spots = map[string]Place{}
	for _, r := range j.all("service_at_location") {
		p := Place{Service: r.of("service_id"), Location: r.of("location_id"), ID: r.id}
		switch {
		case j.services[p.Service] == nil:
			j.drop(r, "service_id", "There is no such service in this directory.")
		case !j.kept.locations[p.Location]:
			j.drop(r, "location_id", "There is no such location in this directory.")
		default:
			j.spots[p.ID] = p
			if slices.Contains(j.homes[p.Service], p.Location) {
				continue
			}
			j.homes[p.Service] = append(j.homes[p.Service], p.Location)
			j.guests[p.Location] = append(j.guests[p.Location], p.Service)
			j.Places = append(j.Places, p)
		}
	}
}

// finish orders everything, so that the same rows in another order are the same.
func (j *judgement) finish() {
	d := j.Directory
	d.Rows, d.Problems = j.rows, j.problems
	for _, id := range j.order {
		sv := j.services[id]
		slices.Sort(sv.Documents)
		slices.Sort(sv.Terms)
		slices.Sort(sv.TermCodes)
		sv.Terms, sv.TermCodes = slices.Compact(sv.Terms), slices.Compact(sv.TermCodes)
		d.Services = append(d.Services, *sv)
	}
	slices.SortFunc(d.Organizations, func(a, b Organization) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(d.Services, func(a, b Service) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(d.Locations, func(a, b Location) int { return cmp.Compare(a.ID, b.ID) })
	by := func(a, b, c, e string) int { return cmp.Or(cmp.Compare(a, b), cmp.Compare(c, e)) }
	slices.SortFunc(d.Places, func(a, b Place) int { return by(a.Service, b.Service, a.Location, b.Location) })
	slices.SortFunc(d.Phones, func(a, b Phone) int { return by(a.Service, b.Service, a.ID, b.ID) })
	slices.SortFunc(d.Schedules, func(a, b Schedule) int { return by(a.Service, b.Service, a.ID, b.ID) })
	slices.SortFunc(d.Areas, func(a, b Area) int { return by(a.Service, b.Service, a.ID, b.ID) })
	slices.SortFunc(d.Languages, func(a, b Language) int { return by(a.Service, b.Service, a.ID, b.ID) })
	slices.SortFunc(d.Costs, func(a, b Cost) int { return by(a.Service, b.Service, a.ID, b.ID) })
	slices.SortStableFunc(d.Problems, func(a, b Problem) int { return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line)) })
}
