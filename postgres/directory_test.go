package postgres_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/audit"
	"homeward/internal/bounded"
	"homeward/internal/hsds"
	"homeward/postgres"
)

// county is a small directory in King and Snohomish County, Washington.
func county(tb testing.TB) *hsds.Directory {
	tb.Helper()
	d, err := hsds.Open(tb.Context(), "../internal/hsds/testdata/county", nil)
	require.NoError(tb, err)
	return d
}

func imported(by string) audit.Entry {
	return audit.Entry{
		Actor: casework.Actor{ID: by, Role: casework.RoleAdministrator}, Action: access.ImportDirectory, Outcome: audit.Done, Part: "county",
	}
}

// take imports a directory and returns what it did by table.
func take(tb testing.TB, db *postgres.DB, d *hsds.Directory) map[string]postgres.DirectoryChange {
	tb.Helper()
	changes, err := db.ImportDirectory(tb.Context(), postgres.DirectoryImport{Source: "county", Directory: d, At: start(), Shrinks: true}, imported("w-admin"))
	require.NoError(tb, err)
	by := map[string]postgres.DirectoryChange{}
	for _, c := range changes {
		by[c.Table] = c
	}
	return by
}

// found searches and returns the IDs.
func found(tb testing.TB, db *postgres.DB, f postgres.ServiceFilter) []string {
	tb.Helper()
	ids := []string{}
	for {
		page, err := db.DirectoryServices(tb.Context(), f)
		require.NoError(tb, err)
		for _, s := range page.Items {
			ids = append(ids, strings.TrimPrefix(s.ID, "county:"))
		}
		if f.After = page.Next; f.After == "" {
			return ids
		}
	}
}

func at(text string) time.Time {
	when, err := time.Parse("2006-01-02 15:04", text)
	if err != nil {
		panic(err)
	}
	return when
}

func TestDirectory_IsSearchedByWhatAFamilyNeeds(t *testing.T) {
	t.Parallel()
	db, _ := open(t)
	take(t, db, county(t))
	seattle := func(within float64) *postgres.Point {
		return &postgres.Point{Latitude: 47.61, Longitude: -122.33, Within: within}
	}
	everett := &postgres.Point{Latitude: 47.98, Longitude: -122.20, Within: 100}
	for name, test := range map[string]struct {
		filter postgres.ServiceFilter
		want   []string
	}{
		"all that are active, by name":      {postgres.ServiceFilter{}, []string{"s-2", "s-1", "s-3"}},
		"a page at a time":                  {postgres.ServiceFilter{Limit: 1}, []string{"s-2", "s-1", "s-3"}},
		"words, in other forms":             {postgres.ServiceFilter{Need: "evening of raise"}, []string{"s-1"}},
		"a word of the taxonomy":            {postgres.ServiceFilter{Need: "parent education"}, []string{"s-1"}},
		"no such word":                      {postgres.ServiceFilter{Need: "dentist"}, []string{}},
		"a code of the taxonomy":            {postgres.ServiceFilter{Term: "RP-1400"}, []string{"s-3"}},
		"an age":                            {postgres.ServiceFilter{Age: new(14.0)}, []string{"s-2", "s-3"}},
		"the last year of an age":           {postgres.ServiceFilter{Age: new(17.9)}, []string{"s-2", "s-3"}},
		"too old":                           {postgres.ServiceFilter{Age: new(18.0)}, []string{"s-2", "s-1"}},
		"an area that services name":        {postgres.ServiceFilter{Area: "King County"}, []string{"s-1", "s-3"}},
		"a town in which a service is":      {postgres.ServiceFilter{Area: "seattle"}, []string{"s-2"}},
		"a language by its code":            {postgres.ServiceFilter{Language: "ES"}, []string{"s-1"}},
		"a language by its name":            {postgres.ServiceFilter{Language: "vietnamese"}, []string{"s-3"}},
		"open on a Tuesday evening":         {postgres.ServiceFilter{OpenAt: at("2026-03-03 19:00")}, []string{"s-1"}},
		"open when it opens":                {postgres.ServiceFilter{OpenAt: at("2026-03-03 18:00")}, []string{"s-1"}},
		"shut when it shuts":                {postgres.ServiceFilter{OpenAt: at("2026-03-03 20:30")}, []string{"s-3"}},
		"after the last day":                {postgres.ServiceFilter{OpenAt: at("2026-07-07 19:00")}, []string{}},
		"hours of the place":                {postgres.ServiceFilter{OpenAt: at("2026-03-04 09:00")}, []string{"s-2"}},
		"open since yesterday":              {postgres.ServiceFilter{OpenAt: at("2026-03-07 01:59")}, []string{"s-3"}},
		"free":                              {postgres.ServiceFilter{MaxFee: new(0.0)}, []string{"s-1"}},
		"cheap":                             {postgres.ServiceFilter{MaxFee: new(5.0)}, []string{"s-1", "s-3"}},
		"for whom it is":                    {postgres.ServiceFilter{Eligibility: "young people"}, []string{"s-3"}},
		"near, the nearest first":           {postgres.ServiceFilter{Near: everett}, []string{"s-3", "s-1", "s-2"}},
		"near, a page at a time":            {postgres.ServiceFilter{Near: everett, Limit: 1}, []string{"s-3", "s-1", "s-2"}},
		"near, and not too far":             {postgres.ServiceFilter{Near: everett, Need: "counseling"}, []string{"s-3"}},
		"nothing within ten meters":         {postgres.ServiceFilter{Near: seattle(0.01)}, []string{}},
		"within a kilometer":                {postgres.ServiceFilter{Near: seattle(1)}, []string{"s-1", "s-2", "s-3"}},
		"everything together":               {postgres.ServiceFilter{Near: seattle(50), Need: "parenting", Age: new(30.0), Language: "es", MaxFee: new(0.0)}, []string{"s-1"}},
		"words that are no query are words": {postgres.ServiceFilter{Need: `" & ! :* (`}, []string{}},
	} {
		require.Equal(t, test.want, found(t, db, test.filter), name)
	}
	page, err := db.DirectoryServices(t.Context(), postgres.ServiceFilter{Near: everett, Limit: 1})
	require.NoError(t, err)
	require.InDelta(t, 0.19, *page.Items[0].Kilometers, 0.02)
	require.Equal(t, "county:l-2", page.Items[0].Location, "the nearest of its places")
	require.Equal(t, "County Health", page.Items[0].OrganizationName)
	_, err = db.DirectoryServices(t.Context(), postgres.ServiceFilter{After: page.Next})
	require.Equal(t, casework.Invalid, casework.KindOf(err), "a cursor of another order")
}

func TestDirectory_IsFoundOverTheDateLineAndAtAPole(t *testing.T) {
	t.Parallel()
	db, _ := open(t)
	d := &hsds.Directory{}
	for i, spot := range [][2]float64{{51.88, -179.9}, {51.88, 179.9}, {89.9, 10}, {89.9, -170}} {
		id := fmt.Sprint("s-", i)
		d.Services = append(d.Services, hsds.Service{ID: id, Name: id, Status: "active", Documents: []string{}, Terms: []string{}, TermCodes: []string{}, Raw: []byte("{}")})
		d.Locations = append(d.Locations, hsds.Location{ID: id, Latitude: new(spot[0]), Longitude: new(spot[1]), Raw: []byte("{}")})
		d.Places = append(d.Places, hsds.Place{Service: id, Location: id, ID: id})
	}
	take(t, db, d)
	near := func(latitude, longitude float64) []string {
		return found(t, db, postgres.ServiceFilter{Near: &postgres.Point{Latitude: latitude, Longitude: longitude, Within: 50}})
	}
	require.Equal(t, []string{"s-0", "s-1"}, near(51.88, -179.95))
	require.Equal(t, []string{"s-1", "s-0"}, near(51.88, 179.95))
	require.ElementsMatch(t, []string{"s-2", "s-3"}, near(90, 0))
}

func TestDirectory_ImportedAgainIsTheSame(t *testing.T) {
	t.Parallel()
	db, raw := open(t)
	first := take(t, db, county(t))
	require.Equal(t, postgres.DirectoryChange{Table: "services", Added: 4}, first["services"])
	require.Equal(t, postgres.DirectoryChange{Table: "phones", Added: 4}, first["phones"])
	for table, change := range take(t, db, county(t)) {
		require.Equal(t, postgres.DirectoryChange{Table: table, Unchanged: change.Unchanged}, change, "nothing is new")
	}
	var lines int
	require.NoError(t, raw.QueryRowContext(t.Context(), `SELECT count(*) FROM audit_lines WHERE entry::json ->> 'action' = 'directory.import'`).Scan(&lines))
	require.Equal(t, 2, lines)
}

func TestDirectory_KeepsAServiceThatIsGoneWithAllThatHangsOnIt(t *testing.T) {
	t.Parallel()
	db, _ := open(t)
	take(t, db, county(t))
	before, err := db.DirectoryService(t.Context(), "county:s-1")
	require.NoError(t, err)
	require.Equal(t, "River Family Center", before.Provider.Name)
	require.Equal(t, "206-555-0101", before.Phones[0].Number)
	require.Equal(t, []string{"Parent education"}, before.Terms)
	require.Equal(t, casework.NewDate(2026, 6, 30), before.Schedules[0].To)
	require.Equal(t, "1 Mill Street", before.Locations[0].Address)

	next := county(t)
	next.Services = next.Services[1:]
	next.Services[0].Description = "Rent alone"
	next.Places, next.Phones, next.Schedules = next.Places[1:], next.Phones[2:], next.Schedules[1:]
	next.Areas, next.Languages = next.Areas[1:], next.Languages[1:]
	changes := take(t, db, next)
	require.Equal(t, postgres.DirectoryChange{Table: "services", Changed: 1, Gone: 1, Unchanged: 2}, changes["services"])
	require.Equal(t, postgres.DirectoryChange{Table: "phones", Gone: 1, Unchanged: 2}, changes["phones"], "of a service that is still there")
	require.Equal(t, []string{"s-2", "s-3"}, found(t, db, postgres.ServiceFilter{}))
	after, err := db.DirectoryService(t.Context(), "county:s-1")
	require.NoError(t, err)
	require.True(t, start().Equal(after.GoneAt))
	after.GoneAt = before.GoneAt
	require.Empty(t, cmp.Diff(before, after), "a referral still finds its phone")

	back := take(t, db, county(t))
	require.Equal(t, postgres.DirectoryChange{Table: "services", Changed: 2, Unchanged: 2}, back["services"])
	require.Len(t, found(t, db, postgres.ServiceFilter{}), 3)
}

func TestDirectory_LeavesOtherSourcesAlone(t *testing.T) {
	t.Parallel()
	db, _ := open(t)
	take(t, db, county(t))
	_, err := db.ImportDirectory(t.Context(), postgres.DirectoryImport{Source: "state", Directory: county(t), At: start()}, imported("w-admin"))
	require.NoError(t, err)
	take(t, db, &hsds.Directory{})
	left := found(t, db, postgres.ServiceFilter{})
	require.Equal(t, []string{"state:s-2", "state:s-1", "state:s-3"}, left)
	_, err = db.DirectoryService(t.Context(), "county:s-9")
	require.Equal(t, casework.NotFound, casework.KindOf(err))
}

// many is a directory of so many services, each with a place, hours and a phone.
func many(tb testing.TB, n int) *hsds.Directory {
	tb.Helper()
	var services, locations, places, phones, schedules, areas strings.Builder
	for i := range n {
		town := i % 50
		fmt.Fprintf(&services, "s-%d,o-1,Service %d,Help of kind %d for people of town %d,active\n", i, i, i%500, town)
		fmt.Fprintf(&locations, "l-%d,physical,%.5f,%.5f\n", i, 45+float64(i%400)/100, -122+float64(i/400)/100)
		fmt.Fprintf(&places, "p-%d,s-%d,l-%d\n", i, i, i)
		fmt.Fprintf(&phones, "t-%d,s-%d,206-555-%04d\n", i, i, i%10000)
		fmt.Fprintf(&schedules, "h-%d,s-%d,WEEKLY,\"MO,FR\",09:00,17:00\n", i, i)
		fmt.Fprintf(&areas, "r-%d,s-%d,County %d\n", i, i, i%20)
	}
	var files []bounded.Entry
	for name, text := range map[string]string{
		"organizations": "id,name\no-1,One\n", "services": "id,organization_id,name,description,status\n" + services.String(),
		"locations": "id,location_type,latitude,longitude\n" + locations.String(), "phones": "id,service_id,number\n" + phones.String(),
		"service_at_location": "id,service_id,location_id\n" + places.String(), "service_areas": "id,service_id,name\n" + areas.String(),
		"schedules": "id,service_id,freq,byday,opens_at,closes_at\n" + schedules.String(),
	} {
		files = append(files, bounded.Entry{Name: name + ".csv", Data: []byte(text)})
	}
	d, err := hsds.Read(tb.Context(), files, nil)
	require.NoError(tb, err)
	require.Empty(tb, d.Problems)
	return d
}

func TestDirectory_IsImportedWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	db, raw := open(t)
	take(t, db, county(t))
	ctx, cancel := context.WithCancel(t.Context())
	_, err := db.ImportDirectory(ctx, postgres.DirectoryImport{
		Source: "county", Directory: many(t, 5000), At: start(), Shrinks: true,
		Told: func(stored, all int) {
			if stored > all/2 {
				cancel()
			}
		},
	}, imported("w-admin"))
	require.Error(t, err)
	require.Len(t, found(t, db, postgres.ServiceFilter{}), 3, "an import that is interrupted leaves everything as it was")

	_, err = db.ImportDirectory(t.Context(), postgres.DirectoryImport{Source: "big", Directory: many(t, 30), At: start()}, imported("w-admin"))
	require.NoError(t, err)
	half := many(t, 14)
	_, err = db.ImportDirectory(t.Context(), postgres.DirectoryImport{Source: "big", Directory: half, At: start()}, imported("w-admin"))
	require.ErrorContains(t, err, `16 of the 30 services of "big" are not in these files.`)
	require.Equal(t, casework.Blocked, casework.KindOf(err))
	var imports int
	require.NoError(t, raw.QueryRowContext(t.Context(), `SELECT count(*) FROM directory.imports`).Scan(&imports))
	require.Equal(t, 2, imports)
}

// A county's directory has tens of thousands of rows. Search finds its index with them.
func TestDirectoryPlans(t *testing.T) {
	t.Parallel()
	db, raw := open(t)
	begun := time.Now()
	d := many(t, 10_000)
	read := time.Now()
	take(t, db, d)
	t.Logf("%d rows: read in %s, imported in %s", d.Rows, read.Sub(begun), time.Since(read))
	_, err := raw.ExecContext(t.Context(), `ANALYZE directory.services, directory.locations, directory.places, directory.phones,
		directory.schedules, directory.service_areas, directory.languages`)
	require.NoError(t, err)
	near := &postgres.Point{Latitude: 47, Longitude: -121.9, Within: 10}
	for name, c := range map[string]struct {
		filter postgres.ServiceFilter
		index  string
	}{
		"by name":        {postgres.ServiceFilter{}, "services_name"},
		"by name, later": {postgres.ServiceFilter{After: `["Service 7","county:s-7"]`}, "services_name"},
		"by words":       {postgres.ServiceFilter{Need: "kind 499"}, "services_search"},
		"by a term":      {postgres.ServiceFilter{Term: "RP-1400"}, "services_terms"},
		"near":           {postgres.ServiceFilter{Near: near}, "locations_point"},
		"near, by words": {postgres.ServiceFilter{Near: near, Need: "kind 499"}, "locations_point"},
		"near and open":  {postgres.ServiceFilter{Near: near, OpenAt: at("2026-03-06 10:00")}, "schedules_pkey"},
		"in an area":     {postgres.ServiceFilter{Area: "County 7"}, "service_areas_words"},
		"near and free":  {postgres.ServiceFilter{Near: near, MaxFee: new(0.0)}, "locations_point"},
	} {
		statement, args, err := c.filter.Statement()
		require.NoError(t, err)
		plan := explain(t, raw, statement, args)
		require.Contains(t, plan, c.index, name)
		for _, table := range []string{"locations", "phones", "schedules"} {
			require.NotContains(t, plan, "Seq Scan on "+table+" ", name)
		}
	}
}

func TestUnmetNeeds_AreCountedByTheirIndex(t *testing.T) {
	t.Parallel()
	_, raw := open(t)
	raw.SetMaxOpenConns(1)
	_, err := raw.ExecContext(t.Context(), `SET enable_seqscan = off`)
	require.NoError(t, err)
	statement, args, err := postgres.NeedFilter{Need: "housing"}.Statement()
	require.NoError(t, err)
	require.Contains(t, explain(t, raw, statement, args), "events_unmet_needs")
}
