package hsds_test

import (
	"archive/zip"
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/bounded"
	"homeward/internal/hsds"
)

func opened(t *testing.T, name string) *hsds.Directory {
	t.Helper()
	d, err := hsds.Open(t.Context(), name, nil)
	require.NoError(t, err)
	return d
}

func service(t *testing.T, d *hsds.Directory, id string) hsds.Service {
	t.Helper()
	i := slices.IndexFunc(d.Services, func(s hsds.Service) bool { return s.ID == id })
	require.GreaterOrEqual(t, i, 0, "service %s", id)
	return d.Services[i]
}

func TestOpen_ReadsTheTabularPackageOfVersion3(t *testing.T) {
	t.Parallel()
	d := opened(t, "testdata/county")
	require.Equal(t, hsds.Tabular3, d.Format)
	require.Len(t, d.Organizations, 2)
	require.Len(t, d.Services, 4)
	require.Len(t, d.Places, 5)

	parenting := service(t, d, "s-1")
	require.Equal(t, "Ten evenings on raising children,\nwith childcare", parenting.Description)
	require.InDelta(t, 18, *parenting.MinimumAge, 0)
	require.Nil(t, parenting.MaximumAge)
	require.Zero(t, *parenting.LowestFee, "no charge")
	require.Equal(t, []string{"Parent education"}, parenting.Terms)
	require.Equal(t, []string{"PH-6100"}, parenting.TermCodes)
	require.Equal(t, []string{"Proof of income"}, service(t, d, "s-2").Documents)
	require.InDelta(t, 5, *service(t, d, "s-3").LowestFee, 0)
	require.Nil(t, service(t, d, "s-4").LowestFee, "what is not known is not free")
	require.JSONEq(t, `{"id":"s-2","organization_id":"o-1","name":"Housing help","description":"Deposits and first rent","status":"active"}`,
		string(service(t, d, "s-2").Raw))

	phones := map[string][]string{}
	for _, p := range d.Phones {
		phones[p.Service] = append(phones[p.Service], p.ID)
	}
	require.Equal(t, map[string][]string{"s-1": {"t-1"}, "s-2": {"t-2"}, "s-3": {"t-2"}, "s-4": {"t-3"}}, phones,
		"its own, else its places', else its organization's")
	require.Equal(t, []hsds.Schedule{
		{
			Service: "s-1", ID: "h-1", Days: 0b1010, Opens: "18:00:00", Closes: "20:30:00", Every: 1,
			From: casework.NewDate(2026, 1, 1), To: casework.NewDate(2026, 6, 30),
		},
		{Service: "s-2", ID: "h-2", Location: "l-1", Days: 0b11111, Opens: "09:00:00", Closes: "17:00:00", Every: 1},
		{Service: "s-3", ID: "h-3", Days: 0b1111111, Opens: "20:00:00", Closes: "02:00:00", Every: 1},
		{Service: "s-4", ID: "h-4", Opens: "09:00:00", Closes: "12:00:00", Every: 1},
	}, d.Schedules)
	require.Equal(t, []hsds.Language{
		{Service: "s-1", ID: "g-1", Code: "es", Name: "Spanish"},
		{Service: "s-3", ID: "g-2", Code: "vi", Name: "Vietnamese"},
		{Service: "s-4", ID: "g-2", Code: "vi", Name: "Vietnamese"},
	}, d.Languages)
	require.Equal(t, []string{"schedules.csv:5: h-4: freq: Only weekly and daily hours that open and close can be searched. These are shown alone."}, lines(d))
	require.Zero(t, d.Dropped())
}

func TestOpen_AdaptsTheOlderPackage(t *testing.T) {
	t.Parallel()
	d := opened(t, "testdata/older")
	require.Equal(t, hsds.Tabular1, d.Format)
	require.Empty(t, lines(d))
	shelter := service(t, d, "10")
	require.Equal(t, "Families with children under 18", shelter.Eligibility)
	require.Equal(t, []string{"Emergency shelter"}, shelter.Terms)
	require.Equal(t, []string{"BH-1800"}, shelter.TermCodes)
	require.Zero(t, *shelter.LowestFee)
	require.Equal(t, "5 Old Road", d.Locations[0].Address, "where people go, not where letters go")
	require.Equal(t, "wheelchair", d.Locations[0].Accessibility)
	require.Equal(t, "http://oldtown.example", d.Organizations[0].Website)
	require.Equal(t, []hsds.Area{{Service: "10", ID: "1", Name: "King County"}}, d.Areas)
	require.Equal(t, []hsds.Schedule{
		{Service: "10", ID: "1", Days: 0b1, Opens: "17:00:00", Closes: "09:00:00", Every: 1},
		{Service: "10", ID: "2", Days: 0b1000000, Opens: "12:00:00", Closes: "21:00:00", Every: 1},
	}, d.Schedules)
}

func TestOpen_ReadsJSON(t *testing.T) {
	t.Parallel()
	d := opened(t, "testdata/family.json")
	require.Equal(t, hsds.JSON3, d.Format)
	require.Equal(t, []string{"family.json:21: This is no organization, service, location or service at a location."}, lines(d))
	require.Len(t, d.Organizations, 1)
	require.Equal(t, "https://river.example", d.Organizations[0].Website, "what is said in two places is put together")
	require.Equal(t, []hsds.Place{{Service: "s-1", Location: "l-1", ID: "p-1"}}, d.Places)
	require.Equal(t, "Seattle", d.Locations[0].City)
	require.Equal(t, casework.NewDate(2026, 2, 3), d.Schedules[0].To, "three times, every other week from 6 January")
	require.Empty(t, d.Areas[0].Extent, "a drawing is not text")
	require.Zero(t, *service(t, d, "s-1").LowestFee)
	require.Equal(t, []string{"Parent education"}, service(t, d, "s-1").Terms)
}

func lines(d *hsds.Directory) []string {
	var all []string
	for _, p := range d.Problems {
		all = append(all, p.String())
	}
	return all
}

func TestOpen_TellsEachBadRowWithItsLineAndKeepsTheRest(t *testing.T) {
	t.Parallel()
	d := opened(t, "testdata/faulty")
	want, err := os.ReadFile("testdata/faulty.txt")
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(strings.Split(strings.TrimSpace(string(want)), "\n"), lines(d)))
	require.Len(t, d.Organizations, 1)
	var kept []string
	for _, s := range d.Services {
		kept = append(kept, s.ID)
	}
	require.Equal(t, []string{"s-1", "s-4", "s-7"}, kept)
	require.Nil(t, service(t, d, "s-1").MinimumAge)
	require.Equal(t, 12, d.Dropped())
}

// packed makes an archive of files.
func packed(t *testing.T, files map[string]string) string {
	t.Helper()
	var data bytes.Buffer
	archive := zip.NewWriter(&data)
	for name, text := range files {
		w, err := archive.Create(name)
		require.NoError(t, err)
		_, err = w.Write([]byte(text))
		require.NoError(t, err)
	}
	require.NoError(t, archive.Close())
	name := filepath.Join(t.TempDir(), "package.zip")
	require.NoError(t, os.WriteFile(name, data.Bytes(), 0o600))
	return name
}

func TestOpen_ReadsAnArchiveAsTheFolder(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("testdata/county/*")
	require.NoError(t, err)
	files := map[string]string{}
	for _, name := range names {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		files["county/"+filepath.Base(name)] = string(text)
	}
	folder, archive := opened(t, "testdata/county"), opened(t, packed(t, files))
	archive.Problems = folder.Problems
	require.Empty(t, cmp.Diff(folder, archive))
}

func TestOpen_RefusesBombsAndWhatIsElsewhere(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		files map[string]string
		want  bounded.Reason
	}{
		"dense":     {map[string]string{"services.csv": strings.Repeat("0", 20<<20)}, bounded.TooDense},
		"elsewhere": {map[string]string{"../services.csv": "id,name\n"}, bounded.Elsewhere},
		"nested":    {map[string]string{"more.zip": "PK\x03\x04"}, bounded.Nested},
	} {
		_, err := hsds.Open(t.Context(), packed(t, test.files), nil)
		require.ErrorContains(t, err, string(test.want), name)
	}
	outside := filepath.Join(t.TempDir(), "services.csv")
	require.NoError(t, os.WriteFile(outside, []byte("id,name\ns-1,Secret\n"), 0o600))
	folder := t.TempDir()
	require.NoError(t, os.Symlink(outside, filepath.Join(folder, "services.csv")))
	_, err := hsds.Open(t.Context(), folder, nil)
	require.ErrorContains(t, err, "nothing of a directory", "a link leads nowhere")
	deep := []bounded.Entry{{Name: "a.json", Data: []byte(strings.Repeat(`{"services":[`, 5000))}}
	_, err = hsds.Read(t.Context(), deep, nil)
	require.ErrorContains(t, err, "nothing of a directory")
}

func TestRead_EndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	text := "id,name\n" + strings.Repeat("o,x\n", 5000)
	_, err := hsds.Read(ctx, []bounded.Entry{{Name: "organizations.csv", Data: []byte(text)}}, func(_ string, rows int) {
		if rows >= 2000 {
			cancel()
		}
	})
	require.ErrorIs(t, err, context.Canceled)
}

// examples is the folder of the standard's own examples, where there is one.
func examples(t *testing.T) string {
	t.Helper()
	for _, folder := range []string{os.Getenv("HOMEWARD_HSDS_EXAMPLES"), "../../../shared/data/hsds/examples"} {
		if _, err := os.Stat(folder); folder != "" && err == nil {
			return folder
		}
	}
	t.Skip("the examples of the standard are not here; HOMEWARD_HSDS_EXAMPLES can name their folder")
	return ""
}

func TestOpen_ReadsTheExamplesOfTheStandard(t *testing.T) {
	t.Parallel()
	folder := examples(t)
	for _, name := range []string{"csv", "service_full.json", "organization_full.json", "service_at_location_full.json"} {
		d := opened(t, filepath.Join(folder, name))
		require.Len(t, d.Services, 1, name)
		counselling := d.Services[0]
		require.Equal(t, "Community Counselling", counselling.Name, name)
		require.InDelta(t, 12, *counselling.MinimumAge, 0, name)
		require.InDelta(t, 35, *counselling.LowestFee, 0, name)
		require.Len(t, d.Places, 1, name)
		require.Equal(t, "ur", d.Languages[0].Code, name)
		require.Equal(t, "+44 1234 234567", d.Phones[0].Number, name)
		require.Equal(t, 0b11000, d.Schedules[0].Days, "TH,FR of %s", name)
		require.Nil(t, d.Locations[0].Latitude, "a latitude of 100 of %s", name)
	}
}

// Whatever files come in, they are read within their limits or refused, and every
// reference in a directory leads somewhere.
func FuzzRead(f *testing.F) {
	for _, name := range []string{"testdata/county/our_services.csv", "testdata/county/schedules.csv", "testdata/faulty/services.csv", "testdata/family.json"} {
		text, err := os.ReadFile(name)
		require.NoError(f, err)
		f.Add(strings.TrimPrefix(filepath.Base(name), "our_"), string(text))
	}
	f.Fuzz(func(t *testing.T, name, text string) {
		files := []bounded.Entry{
			{Name: "organizations.csv", Data: []byte("id,name\no-1,One\no-2,Two\n")},
			{Name: "z/" + name, Data: []byte(text)},
		}
		if strings.HasSuffix(name, ".json") {
			files = files[1:]
		}
		d, err := hsds.Read(t.Context(), files, nil)
		if err != nil {
			return
		}
		services := map[string]bool{}
		for _, s := range d.Services {
			services[s.ID] = true
			if s.ID == "" || s.Name == "" || !casework.IsOpaque(s.ID) || !slices.Contains(hsds.Statuses(), s.Status) {
				t.Fatalf("service %+v came through", s)
			}
		}
		for _, h := range d.Schedules {
			if !services[h.Service] || h.Every < 1 || h.Days < 0 || h.Days > 127 || h.Days > 0 && (h.Opens == "" || h.Closes == "") {
				t.Fatalf("schedule %+v came through", h)
			}
		}
		for _, l := range d.Locations {
			if (l.Latitude == nil) != (l.Longitude == nil) {
				t.Fatalf("location %+v came through", l)
			}
		}
	})
}
