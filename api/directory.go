package api

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/postgres"
)

// Directory finds services that families can be referred to.
type Directory interface {
	DirectoryServices(ctx context.Context, f postgres.ServiceFilter) (postgres.Page[postgres.FoundService], error)
	// DirectoryService returns one service, gone or not, NotFound where there never was one.
	DirectoryService(ctx context.Context, id string) (postgres.DirectoryService, error)
}

// The kilometers around a point in which services are looked for.
const (
	withinDefault = 50
	withinMax     = 500
)

// foundView is a service of a search with its address.
type foundView struct {
	postgres.FoundService

	Href string `json:"href"`
}

func showFound(s postgres.FoundService) foundView {
	return foundView{FoundService: s, Href: servicePath(s.ID)}
}

func servicePath(id string) string { return "/v1/directory/services/" + url.PathEscape(id) }

// searchDirectory answers GET /v1/directory/services. What was searched for is not put
// on record: a need in somebody's own words can be a family's.
func (a *API) searchDirectory(c *call) (reply, error) {
	do := access.Act{Action: access.ReadDirectory}
	if err := a.permit(c, do); err != nil {
		return reply{}, err
	}
	q := newQuery(c)
	f := serviceFilter(q)
	if err := q.done(); err != nil {
		return reply{}, err
	}
	page, err := a.store.DirectoryServices(c.Context(), f)
	if err != nil {
		return reply{}, err
	}
	line := c.entry(do, "")
	line.Part, line.Count = "services", len(page.Items)
	return reply{body: listOf(q, page, showFound)}, a.store.Audit(c.Context(), line)
}

func serviceFilter(q *query) postgres.ServiceFilter {
	f := postgres.ServiceFilter{
		Need: q.words("need"), Term: q.text("term"), Age: q.number("age", 0, 150), Area: q.words("area"),
		Language: q.words("language"), OpenAt: q.local("open_at"), MaxFee: q.number("max_fee", 0, 1_000_000),
		Eligibility: q.words("eligibility"), Near: q.point("near"), Limit: q.limit(), After: q.after(),
	}
	within := q.number("within", 0.1, withinMax)
	switch {
	case within != nil && f.Near == nil:
		q.refuse("within", "Say near which point, too: near=47.61,-122.33.")
	case within != nil:
		f.Near.Within = *within
	case f.Near != nil:
		f.Near.Within = withinDefault
	}
	return f
}

// words returns a parameter in a language of people.
func (q *query) words(name string) string {
	q.read = append(q.read, name)
	given := q.values[name]
	if len(given) == 0 {
		return ""
	}
	words := strings.TrimSpace(given[0])
	if len(given) > 1 || len(words) > maxPlain || !legible(words) {
		q.refuse(name, "Give this once, as up to "+strconv.Itoa(maxPlain)+" letters.")
		return ""
	}
	return words
}

// legible says whether a text is of letters, in whatever language.
func legible(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}

// number returns a parameter that is a number within bounds, nil where it is not given.
func (q *query) number(name string, least, most float64) *float64 {
	text := q.text(name)
	if text == "" {
		return nil
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || !(n >= least && n <= most) { // not a number is in no bounds
		bounds := strconv.FormatFloat(least, 'f', -1, 64) + " to " + strconv.FormatFloat(most, 'f', -1, 64)
		q.refuse(name, "A number from "+bounds+" is expected here.")
		return nil
	}
	return &n
}

// point returns a parameter that is a latitude and a longitude in degrees.
func (q *query) point(name string) *postgres.Point {
	text := q.text(name)
	if text == "" {
		return nil
	}
	north, east, two := strings.Cut(text, ",")
	latitude, err := strconv.ParseFloat(north, 64)
	longitude, wrong := strconv.ParseFloat(east, 64)
	onEarth := latitude >= -90 && latitude <= 90 && longitude >= -180 && longitude <= 180
	if !two || err != nil || wrong != nil || !onEarth {
		q.refuse(name, "A latitude and a longitude in degrees, like 47.61,-122.33, are expected here.")
		return nil
	}
	return &postgres.Point{Latitude: latitude, Longitude: longitude}
}

// local returns a parameter that is a day and a time of day without a zone.
func (q *query) local(name string) time.Time {
	text := q.text(name)
	if text == "" {
		return time.Time{}
	}
	at, err := time.Parse("2006-01-02T15:04", text)
	if err != nil {
		q.refuse(name, "A day and a time where the service is, like 2026-03-04T17:30, are expected here.")
	}
	return at
}

// readDirectoryService answers GET /v1/directory/services/{service}.
func (a *API) readDirectoryService(c *call) (reply, error) {
	do := access.Act{Action: access.ReadDirectory}
	if err := a.permit(c, do); err != nil {
		return reply{}, err
	}
	id := c.param("service")
	if !casework.IsOpaque(id) {
		return reply{}, casework.NewError(casework.NotFound, "There is no such service in the directory.")
	}
	s, err := a.store.DirectoryService(c.Context(), id)
	if err != nil {
		return reply{}, err
	}
	line := c.entry(do, "")
	line.Part = id
	return reply{body: s}, a.store.Audit(c.Context(), line)
}
