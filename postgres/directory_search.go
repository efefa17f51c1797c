package postgres

import (
	"context"
	"encoding/json"
	"math"
	"time"

	"homeward/internal/hsds"
)

// ServiceFilter narrows [DB.DirectoryServices]. Every zero value means "any".
type ServiceFilter struct {
	// Need is words for what a family needs, as people type them into a search.
	Need string
	// Term is the exact code of a term of a taxonomy.
	Term string
	// Age is in years, nil for any. Services that say nothing of ages are for all.
	Age *float64
	// Area is a county, a town or a postal code: that a service is for, or, where it
	// says nothing of areas, in which it is.
	Area string
	// Language is a code or a name.
	Language string
	// OpenAt is a day and a time of day where the service is; its zone is ignored.
	OpenAt time.Time
	// MaxFee is the most that there is to pay, nil for any. Fees that are not known
	// are over every limit.
	MaxFee *float64
	// Eligibility is words for whom the service is for.
	Eligibility string
	// Near orders by the way from a point, and leaves out what is further than Within.
	Near  *Point
	After Position
	// Limit is the number of services of a page: 50 by default, at most 500.
	Limit int
}

// Point is a point on Earth, and how many kilometers around it count.
type Point struct{ Latitude, Longitude, Within float64 }

// FoundService is a service as a search shows it.
type FoundService struct {
	ID               string   `json:"id"`
	Name             string   `json:"name"`
	Organization     string   `json:"organization"`
	OrganizationName string   `json:"organization_name"`
	Description      string   `json:"description"`
	Eligibility      string   `json:"eligibility"`
	MinimumAge       *float64 `json:"minimum_age,omitempty"`
	MaximumAge       *float64 `json:"maximum_age,omitempty"`
	Fees             string   `json:"fees"`
	LowestFee        *float64 `json:"lowest_fee,omitempty"`
	WaitTime         string   `json:"wait_time"`
	Alert            string   `json:"alert"`
	// Kilometers is the way to the nearest place, as the crow flies.
	Kilometers *float64 `json:"kilometers,omitempty"`
	// Location is the nearest place, or the first where no point was given.
	Location   string `json:"location,omitempty"`
	Address    string `json:"address"`
	City       string `json:"city"`
	PostalCode string `json:"postal_code"`
	Phone      string `json:"phone"`
}

// wanted are the conditions on a service s; those on parameters alone are folded away.
const wanted = `s.gone_at IS NULL AND s.status = 'active'
    AND ($1 = '' OR s.search @@ websearch_to_tsquery('english', $1))
    AND ($2 = '' OR s.term_codes @> to_jsonb($2::text))
    AND ($3::double precision IS NULL OR (coalesce(s.minimum_age, 0) <= $3 AND coalesce(s.maximum_age, 999) >= floor($3)))
    AND ($4 = '' OR ` + inArea + `)
    AND ($5 = '' OR EXISTS (SELECT FROM directory.languages g
        WHERE g.service = s.id AND (g.code = lower($5) OR lower(g.name) = lower($5))))
    AND ($6::date IS NULL OR ` + isOpen + `)
    AND ($8::double precision IS NULL OR s.lowest_fee <= $8)
    AND ($9 = '' OR to_tsvector('english', s.eligibility) @@ websearch_to_tsquery('english', $9))`

// inArea: a service that names areas is for those, and another is where it stands.
const inArea = `CASE WHEN EXISTS (SELECT FROM directory.service_areas a WHERE a.service = s.id)
    THEN EXISTS (SELECT FROM directory.service_areas a WHERE a.service = s.id
        AND to_tsvector('simple', a.name || ' ' || a.extent) @@ phraseto_tsquery('simple', $4))
    ELSE EXISTS (SELECT FROM directory.places p JOIN directory.locations l ON l.id = p.location WHERE p.service = s.id
        AND to_tsvector('simple', l.city || ' ' || l.region || ' ' || l.state || ' ' || l.postal_code)
            @@ phraseto_tsquery('simple', $4)) END`

// isOpen looks at the hours of the day, and at those of the day before that last into it.
const isOpen = `EXISTS (SELECT FROM directory.schedules h,
        LATERAL (VALUES ($6::date, false), ($6::date - 1, true)) AS d(day, before)
    WHERE h.service = s.id AND (h.days >> (extract(isodow FROM d.day)::integer - 1)) & 1 = 1
        AND d.day >= coalesce(h.from_day, d.day) AND d.day <= coalesce(h.to_day, d.day)
        AND (h.every = 1 OR (d.day - date_trunc('week', h.from_day::timestamp)::date) / 7 % h.every = 0)
        AND CASE WHEN d.before THEN h.closes <= h.opens AND $7 < h.closes
            ELSE $7 >= h.opens AND ($7 < h.closes OR h.closes <= h.opens) END)`

const foundColumns = `s.id, s.name, s.organization, coalesce(o.name, ''), s.description, s.eligibility, s.minimum_age, s.maximum_age,
    s.fees, s.lowest_fee, s.wait_time, s.alert, coalesce(l.id, ''), coalesce(l.address, ''), coalesce(l.city, ''),
    coalesce(l.postal_code, ''), coalesce(t.number, '')`

const foundJoins = `
LEFT JOIN directory.organizations o ON o.id = s.organization
LEFT JOIN LATERAL (SELECT number FROM directory.phones t WHERE t.service = s.id ORDER BY t.id LIMIT 1) t ON true`

const servicesByName = `
SELECT ` + foundColumns + `, NULL::double precision FROM directory.services s` + foundJoins + `
LEFT JOIN LATERAL (SELECT l.* FROM directory.places p JOIN directory.locations l ON l.id = p.location
    WHERE p.service = s.id ORDER BY l.id LIMIT 1) l ON true
WHERE ` + wanted + ` AND (s.name, s.id) > ($10, $11)
ORDER BY s.name, s.id LIMIT $12`

// servicesNear looks at the locations in a box around the circle first. The box of a
// point by the date line goes on at its other side.
const servicesNear = `
WITH near AS (
    SELECT p.service, min(d.km) AS km, (array_agg(l.id ORDER BY d.km, l.id))[1] AS location
    FROM directory.locations l JOIN directory.places p ON p.location = l.id,
    LATERAL (SELECT 2 * 6371.0088 * asin(least(1, sqrt(sin(radians(l.latitude - $10) / 2) ^ 2
        + cos(radians($10)) * cos(radians(l.latitude)) * sin(radians(l.longitude - $11) / 2) ^ 2))) AS km) d
    WHERE l.gone_at IS NULL AND l.latitude BETWEEN $13 AND $14
        AND (l.longitude BETWEEN $15 AND $16 OR l.longitude >= $15 + 360 OR l.longitude <= $16 - 360)
        AND d.km <= $12
    GROUP BY p.service
)
SELECT ` + foundColumns + `, n.km FROM near n JOIN directory.services s ON s.id = n.service` + foundJoins + `
LEFT JOIN directory.locations l ON l.id = n.location
WHERE ` + wanted + ` AND (n.km, s.id) > ($17::double precision, $18)
ORDER BY n.km, s.id LIMIT $19`

// DirectoryServices lists the services that are active, by name or the nearest first.
func (db *DB) DirectoryServices(ctx context.Context, f ServiceFilter) (Page[FoundService], error) {
	statement, args, err := f.statement()
	if err != nil {
		return Page[FoundService]{}, err
	}
	rows, err := query(ctx, db, "search the directory", statement, args, scanFound)
	return paged(rows, pageSize(f.Limit), func(last FoundService) Position {
		if last.Kilometers != nil {
			return positionOf(*last.Kilometers, last.ID)
		}
		return positionOf(last.Name, last.ID)
	}), err
}

func (f ServiceFilter) statement() (string, []any, error) {
	var openOn, openAt any = nil, ""
	if !f.OpenAt.IsZero() {
		openOn, openAt = f.OpenAt.Format(time.DateOnly), f.OpenAt.Format(time.TimeOnly)
	}
	args := []any{f.Need, f.Term, f.Age, f.Area, f.Language, openOn, openAt, f.MaxFee, f.Eligibility}
	limit := pageSize(f.Limit) + 1
	if f.Near == nil {
		name, id := "", ""
		err := f.After.into(&name, &id)
		return servicesByName, append(args, name, id, limit), err
	}
	kilometers, id := -1.0, ""
	err := f.After.into(&kilometers, &id)
	p := *f.Near
	south, north, west, east := p.box()
	return servicesNear, append(args, p.Latitude, p.Longitude, p.Within, south, north, west, east, kilometers, id, limit), err
}

// box is around the circle, in degrees; west and east may lie over the date line.
func (p Point) box() (south, north, west, east float64) {
	const kilometersPerDegree = 111.19
	high := p.Within / kilometersPerDegree
	south, north = p.Latitude-high, p.Latitude+high
	wide := 180.0
	if ratio := math.Sin(high*math.Pi/180) / math.Cos(p.Latitude*math.Pi/180); south > -90 && north < 90 && ratio < 1 {
		wide = math.Asin(ratio) * 180 / math.Pi
	}
	return south, north, p.Longitude - wide, p.Longitude + wide
}

func scanFound(row scanner) (FoundService, error) {
	var s FoundService
	err := row.Scan(&s.ID, &s.Name, &s.Organization, &s.OrganizationName, &s.Description, &s.Eligibility, &s.MinimumAge,
		&s.MaximumAge, &s.Fees, &s.LowestFee, &s.WaitTime, &s.Alert, &s.Location, &s.Address, &s.City, &s.PostalCode, &s.Phone, &s.Kilometers)
	return s, err
}

// DirectoryService is a service with all that hangs on it, gone or not.
type DirectoryService struct {
	hsds.Service

	Provider  *hsds.Organization `json:"provider,omitempty"`
	Locations []hsds.Location    `json:"locations"`
	Phones    []hsds.Phone       `json:"phones"`
	Schedules []hsds.Schedule    `json:"schedules"`
	Areas     []hsds.Area        `json:"service_areas"`
	Languages []hsds.Language    `json:"languages"`
	Costs     []hsds.Cost        `json:"cost_options"`
	// GoneAt is when an import no longer named it.
	GoneAt time.Time `json:"gone_at,omitzero"`
	// ImportedAt is when its source was last imported.
	ImportedAt time.Time `json:"imported_at,omitzero"`
}

const directoryService = `
SELECT row_to_json(v) FROM (SELECT s.id, s.organization, s.name, s.alternate_name, s.description, s.url, s.email, s.status,
    s.eligibility, s.minimum_age, s.maximum_age, s.fees, s.lowest_fee, s.application, s.wait_time, s.interpretation, s.alert,
    s.documents, s.terms, s.term_codes, s.raw, s.gone_at,
    (SELECT max(at) FROM directory.imports i WHERE i.source = s.source) AS imported_at,
    (SELECT row_to_json(x) FROM (SELECT id, name, description, email, website, raw FROM directory.organizations o
        WHERE o.id = s.organization) x) AS provider,
    (SELECT coalesce(json_agg(x ORDER BY x.id), '[]') FROM (SELECT l.id, l.name, l.type, l.latitude, l.longitude, l.address,
        l.city, l.region, l.state, l.postal_code, l.country, l.transportation, l.accessibility, l.raw
        FROM directory.places p JOIN directory.locations l ON l.id = p.location WHERE p.service = s.id) x) AS locations,
    (SELECT coalesce(json_agg(x ORDER BY x.id), '[]') FROM (SELECT service, id, number, extension, type, description
        FROM directory.phones WHERE service = s.id) x) AS phones,
    (SELECT coalesce(json_agg(x ORDER BY x.id), '[]') FROM (SELECT service, id, location, days, opens, closes, from_day, to_day,
        every, description FROM directory.schedules WHERE service = s.id) x) AS schedules,
    (SELECT coalesce(json_agg(x ORDER BY x.id), '[]') FROM (SELECT service, id, name, extent
        FROM directory.service_areas WHERE service = s.id) x) AS service_areas,
    (SELECT coalesce(json_agg(x ORDER BY x.id), '[]') FROM (SELECT service, id, code, name, note
        FROM directory.languages WHERE service = s.id) x) AS languages,
    (SELECT coalesce(json_agg(x ORDER BY x.id), '[]') FROM (SELECT service, id, option, currency, amount, description, from_day,
        to_day FROM directory.cost_options WHERE service = s.id) x) AS cost_options
FROM directory.services s WHERE s.id = $1) v`

// DirectoryService returns one service, NotFound where there never was one.
func (db *DB) DirectoryService(ctx context.Context, id string) (DirectoryService, error) {
	const doing = "read a service of the directory"
	var s DirectoryService
	var row string
	if err := db.pool.QueryRowContext(ctx, directoryService, id).Scan(&row); err != nil {
		return s, found(doing, "There is no such service in the directory.", err)
	}
	if err := json.Unmarshal([]byte(row), &s); err != nil {
		return s, failed(doing, err)
	}
	return s, nil
}
