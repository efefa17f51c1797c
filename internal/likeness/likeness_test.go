package likeness_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/likeness"
)

func born(year int, month time.Month, day int) casework.Date {
	return casework.NewDate(year, month, day)
}

func TestParts_AreWhatTellsPeopleApart(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][]string{
		"Dr. José de la Cruz-Núñez Jr.": {"jose", "cruz", "nunez"},
		"O'Brien, Seán":                 {"obrien", "sean"},
		"Łukasz Strauß":                 {"lukasz", "strauss"},
		"":                              nil,
		" -- ":                          nil,
		"王 小明":                          {"王", "小明"},
	} {
		require.ElementsMatch(t, want, likeness.Parts(name), name)
	}
}

func TestSounds_AreSharedByWaysToWriteOneName(t *testing.T) {
	t.Parallel()
	for _, same := range [][2]string{
		{"smith", "schmidt"},
		{"catherine", "kathryn"},
		{"stephen", "steven"},
		{"knight", "night"},
		{"wright", "rite"},
		{"jimenez", "gimenez"},
		{"jose", "hose"},
		{"hernandez", "ernandes"},
		{"vasquez", "bazquez"},
		{"geoff", "jeff"},
		{"muller", "mueller"},
		{"yusuf", "youssef"},
		{"philip", "filip"},
		{"gonzalez", "gonsales"},
		{"nguyen", "nguen"},
		{"guerrero", "gerero"},
		{"chavez", "chaves"},
		{"wagner", "vagner"},
		{"szymanski", "shimanski"},
		{"castillo", "castilo"},
	} {
		require.True(t, share(same[0], same[1]), "%s: %v, %s: %v", same[0], likeness.Sounds(same[0]), same[1], likeness.Sounds(same[1]))
	}
	for _, other := range [][2]string{
		{"smith", "jones"}, {"maria", "mario-luis"}, {"anna", "hector"}, {"garcia", "martinez"}, {"mama", "ma"}, {"lopez", "perez"},
	} {
		require.False(t, share(other[0], other[1]), "%s and %s", other[0], other[1])
	}
	require.Empty(t, likeness.Sounds("小明"))
}

func share(a, b string) bool {
	sounds := likeness.Sounds(b)
	return slices.ContainsFunc(likeness.Sounds(a), func(s string) bool { return slices.Contains(sounds, s) })
}

func TestCompare_SaysHowMuchAndWhy(t *testing.T) {
	t.Parallel()
	ana := likeness.Description{
		Name: "Ana Lucía Gómez", Born: born(2016, time.March, 4), Identifiers: map[string][]string{"ssn": {"m1"}, "school": {"m2"}},
	}
	for name, c := range map[string]struct {
		other likeness.Description
		score int
		why   []string
	}{
		"nothing known":         {likeness.Description{}, 0, nil},
		"the same name":         {likeness.Description{Name: "ana lucia GOMEZ"}, 40, []string{"The same name."}},
		"another order":         {likeness.Description{Name: "Gomez, Ana Lucia"}, 37, []string{"The same names in another order."}},
		"another spelling":      {likeness.Description{Name: "Anna Lusia Gomes"}, 32, []string{"The name sounds the same, or differs by a letter."}},
		"a slip":                {likeness.Description{Name: "Ana Lucia Goemz"}, 32, []string{"The name sounds the same, or differs by a letter."}},
		"without a middle name": {likeness.Description{Name: "Ana Gomez"}, 30, []string{"One name is a part of the other."}},
		"a sibling": {
			likeness.Description{Name: "Pedro Gomez", Born: born(2016, time.March, 4)},
			47,
			[]string{"The same date of birth.", "A part of the name is the same."},
		},
		"a twin whose name sounds like it": {
			likeness.Description{Name: "Luis Gomez", Born: born(2016, time.March, 4)},
			55,
			[]string{"The same date of birth.", "One name sounds like a part of the other."},
		},
		"a stranger of the same age": {
			likeness.Description{Name: "Peter Smith", Born: born(2016, time.March, 4)},
			25,
			[]string{"The same date of birth.", "The names differ."},
		},
		"day and month exchanged": {
			likeness.Description{Name: "Ana Lucia Gomez", Born: born(2016, time.April, 3)},
			68,
			[]string{"The same name.", "The same date of birth with day and month exchanged."},
		},
		"another year": {
			likeness.Description{Name: "Ana Lucia Gomez", Born: born(2015, time.March, 4)},
			60,
			[]string{"The same name.", "Born on the same day in another year."},
		},
		"a few days later": {
			likeness.Description{Name: "Ana Lucia Gomez", Born: born(2016, time.March, 9)},
			60,
			[]string{"The same name.", "Born within a month of each other."},
		},
		"a namesake": {
			likeness.Description{Name: "Ana Lucia Gomez", Born: born(1980, time.July, 1)},
			20,
			[]string{"The same name.", "The dates of birth differ."},
		},
		"an identifier": {
			likeness.Description{Identifiers: map[string][]string{"ssn": {"m9", "m1"}}}, 60, []string{"The same Social Security number."},
		},
		"another identifier": {
			likeness.Description{Name: "Ana Lucia Gomez", Identifiers: map[string][]string{"school": {"m7"}}},
			25,
			[]string{"The same name.", "Another school number."},
		},
		"everything": {ana, 100, []string{
			"The same Social Security number.", "The same school number.", "The same name.", "The same date of birth.",
		}},
	} {
		there, back := likeness.Compare(ana, c.other), likeness.Compare(c.other, ana)
		require.Equal(t, there, back, name)
		require.Equal(t, c.score, there.Score, name)
		require.Equal(t, c.why, there.Reasons, name)
	}
}

func TestBeside_SpeaksAgainstIt(t *testing.T) {
	t.Parallel()
	twins := likeness.Compare(likeness.Description{Name: "Maria Gomez", Born: born(2016, time.March, 4)},
		likeness.Description{Name: "Mario Gomez", Born: born(2016, time.March, 4)})
	require.GreaterOrEqual(t, twins.Score, likeness.Likely)
	require.Less(t, twins.Beside().Score, likeness.Likely)
	require.Contains(t, twins.Beside().Reasons, "They stand side by side in one record.")
	require.Zero(t, likeness.Likeness{}.Beside().Score)
}

func TestIdentifier_IsComparedWithoutHowItIsWritten(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ kind, written, want string }{
		{"ssn", "123-45-6789", "123456789"},
		{"ssn", " 123 45 6789 ", "123456789"},
		{"state-id", "wa.77-b2", "WA77B2"},
		{"ssn", "000-45-6789", ""},
		{"ssn", "666-45-6789", ""},
		{"ssn", "123-00-6789", ""},
		{"ssn", "123-45-0000", ""},
		{"ssn", "12345678", ""},
		{"ssn", "12345678A", ""},
		{"school", "12", ""},
		{"school", "12;34", ""},
		{"pet", "12345", ""},
	} {
		require.Equal(t, c.want, likeness.Identifier(c.kind, c.written), "%s %s", c.kind, c.written)
	}
	for _, kind := range likeness.Kinds() {
		require.NotEqual(t, kind, likeness.Title(kind))
	}
}

func FuzzCompare(f *testing.F) {
	f.Add("Ana Gómez", "Gomez Ana")
	f.Add("王小明", "ß’\u0301")
	f.Add("schtschukin jjjjjjjjjj gegegege", "llllllll")
	f.Fuzz(func(t *testing.T, a, b string) {
		there := likeness.Compare(likeness.Description{Name: a}, likeness.Description{Name: b})
		require.Equal(t, there, likeness.Compare(likeness.Description{Name: b}, likeness.Description{Name: a}))
		self := likeness.Compare(likeness.Description{Name: a}, likeness.Description{Name: a})
		require.Equal(t, len(likeness.Parts(a)) > 0, self.Score == 40)
		for _, part := range likeness.Parts(a) {
			require.LessOrEqual(t, len(likeness.Sounds(part)), 8)
		}
	})
}
