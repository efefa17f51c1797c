package policy_test

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/policy"
)

// keeping is the head of a pack of rules of retention alone.
const keeping = `id: keeping
version: "2026.1"
title: Keeping
jurisdiction: US-XX
extends: us-federal@2025.1
clocks:
  - {id: case-plan, owner: supervisor}
retention:
`

// kept loads the rules, one a line, on top of the federal ones.
func kept(t *testing.T, rules ...string) (*policy.Pack, error) {
	t.Helper()
	var text strings.Builder
	for _, rule := range rules {
		text.WriteString("  - {" + rule + ", citation: Code 1, source: statute, confirmed: true}\n")
	}
	library, err := policy.Load(fstest.MapFS{"keeping-2026.1.yaml": {Data: []byte(keeping + text.String())}})
	if err != nil {
		return nil, err
	}
	return library.Pack("keeping")
}

// Each date was counted by hand, with a calendar.
func TestDisposal_IsDueWhenTheLengthIsOver(t *testing.T) {
	t.Parallel()
	const (
		finding = "id: r, of: finding, where: {result: substantiated}, from: found, then: expunge, after: "
		ended   = "id: r, of: finding, where: {result: substantiated}, from: closed, then: expunge, after: "
		purge   = "id: r, of: case, from: closed, then: purge-request, after: "
	)
	for name, c := range map[string]struct {
		rule, zone, from string
		due              string
		// at is the last second before it is due, in UTC.
		before string
	}{
		"days of February":                    {finding + "30 days", "UTC", "2026-01-31", "2026-03-02", "2026-03-01T23:59:59Z"},
		"days of a leap February":             {finding + "30 days", "UTC", "2024-01-31", "2024-03-01", "2024-02-29T23:59:59Z"},
		"at once":                             {finding + "0 days", "UTC", "2026-01-31", "2026-01-31", "2026-01-30T23:59:59Z"},
		"a month from its last day":           {finding + "1 month", "UTC", "2026-01-31", "2026-02-28", "2026-02-27T23:59:59Z"},
		"a month from the last day, leap":     {finding + "1 month", "UTC", "2024-01-31", "2024-02-29", "2024-02-28T23:59:59Z"},
		"a year from a leap day":              {finding + "1 year", "UTC", "2024-02-29", "2025-02-28", "2025-02-27T23:59:59Z"},
		"four years from a leap day":          {finding + "4 years", "UTC", "2024-02-29", "2028-02-29", "2028-02-28T23:59:59Z"},
		"the day begins where the record is":  {finding + "30 days", "America/Los_Angeles", "2026-01-31", "2026-03-02", "2026-03-02T07:59:59Z"},
		"in summer time":                      {finding + "30 days", "America/Los_Angeles", "2026-03-07", "2026-04-06", "2026-04-06T06:59:59Z"},
		"east of Greenwich it begins earlier": {finding + "30 days", "Asia/Tokyo", "2026-01-31", "2026-03-02", "2026-03-01T14:59:59Z"},
		"closed late in the evening, there":   {ended + "10 days", "America/Los_Angeles", "2026-02-01T07:59:59Z", "2026-02-10", "2026-02-10T07:59:59Z"},
		"closed at midnight, there":           {ended + "10 days", "America/Los_Angeles", "2026-02-01T08:00:00Z", "2026-02-11", "2026-02-11T07:59:59Z"},
		"a purge comes the day after":         {purge + "5 years", "UTC", "2024-02-29T12:00:00Z", "2029-03-01", "2029-02-28T23:59:59Z"},
		"a purge on the first of a year":      {purge + "5 years", "UTC", "2020-12-31T12:00:00Z", "2026-01-01", "2025-12-31T23:59:59Z"},
		"a purge after months":                {purge + "60 months", "America/New_York", "2020-03-31T12:00:00Z", "2025-04-01", "2025-04-01T03:59:59Z"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pack, err := kept(t, c.rule)
			require.NoError(t, err)
			zone, err := time.LoadLocation(c.zone)
			require.NoError(t, err)
			k := policy.Kept{Of: policy.MatterFinding, Outcome: "substantiated", Zone: zone}
			if strings.Contains(c.rule, "case") {
				k.Of, k.Outcome = policy.MatterCase, ""
			}
			if len(c.from) == len(time.DateOnly) {
				k.FoundOn = day(c.from)
			} else {
				k.ClosedAt = instant(t, c.from, zone)
			}
			got, ok := pack.Disposal(k)
			require.True(t, ok)
			require.Equal(t, "keeping@2026.1/r", got.Rule)
			require.Equal(t, c.due, got.Due.String(), "%q", got.Why)
			before := instant(t, c.before, zone)
			require.False(t, got.IsDue(before), "not yet")
			require.True(t, got.IsDue(before.Add(time.Second)), "from the beginning of the day")
			require.Equal(t, before.Add(time.Second).UTC(), got.DueAt)
			require.Contains(t, got.Why[0], " 20", "the reason begins with a day")
			require.Contains(t, strings.Join(got.Why, "\n"), c.due)
		})
	}
}

func TestDisposal_AsksForNothingWhereNothingHasBegun(t *testing.T) {
	t.Parallel()
	pack, err := kept(t,
		"id: late, of: finding, where: {result: substantiated}, from: closed, then: expunge, after: 1 day",
		"id: old, of: case, from: closed, then: purge-request, after: 5 years",
		"id: out, of: report, where: {disposition: [screened-out, referred]}, from: closed, then: purge-request, after: 5 years")
	require.NoError(t, err)
	at := time.Date(2026, time.January, 31, 12, 0, 0, 0, time.UTC)
	found := casework.DateOf(at)
	for name, k := range map[string]policy.Kept{
		"an open record":            {Of: policy.MatterCase},
		"a finding of an open one":  {Of: policy.MatterFinding, Outcome: "substantiated", FoundOn: found},
		"a result of no rule":       {Of: policy.MatterFinding, Outcome: "undetermined", FoundOn: found, ClosedAt: at},
		"a finding without its day": {Of: policy.MatterFinding, Outcome: "unsubstantiated", ClosedAt: at},
		"a disposition of no rule":  {Of: policy.MatterReport, Outcome: "case-opened", ClosedAt: at},
		"a matter of no rule":       {Of: "place", ClosedAt: at},
	} {
		_, ok := pack.Disposal(k)
		require.False(t, ok, name)
	}
	_, ok := packNamed(t, "us-federal").Disposal(policy.Kept{Of: policy.MatterCase, ClosedAt: at})
	require.False(t, ok, "the federal law says how long to keep, and asks for no purge")
}

func TestDisposal_TakesTheQuickestExpungementAndTheLongestKeeping(t *testing.T) {
	t.Parallel()
	pack, err := kept(t,
		"id: quick, of: finding, where: {result: unsubstantiated}, from: found, then: expunge, after: 10 days",
		"id: slow, of: finding, from: found, then: expunge, after: 5 years",
		"id: ten, of: case, from: closed, then: keep, after: 10 years",
		"id: seven, of: case, from: closed, then: purge-request, after: 7 years",
		"id: eight, of: case, from: closed, then: purge-request, after: 8 years")
	require.NoError(t, err)
	got, ok := pack.Disposal(policy.Kept{Of: policy.MatterFinding, Outcome: "unsubstantiated", FoundOn: day("2026-01-31")})
	require.True(t, ok)
	require.Equal(t, "keeping@2026.1/quick 2026-02-10", got.Rule+" "+got.Due.String())
	require.Equal(t, []string{"found 2026-01-31", "expunged within 10 days, to 2026-02-10 (Code 1)"}, got.Why)
	got, ok = pack.Disposal(policy.Kept{Of: policy.MatterCase, ClosedAt: time.Date(2026, time.January, 31, 12, 0, 0, 0, time.UTC)})
	require.True(t, ok)
	require.Equal(t, "keeping@2026.1/seven 2036-02-01", got.Rule+" "+got.Due.String())
	require.Equal(t, []string{
		"closed 2026-01-31", "purge after 7 years, to 2033-01-31 (Code 1)", "kept for 3 years, to 2029-01-31 (45 CFR 75.361)",
		"kept for 10 years, to 2036-01-31 (Code 1)", "asked for from 2036-02-01",
	}, got.Why)
}

func TestReleasedPacks_ExpungeUnsubstantiatedFindings(t *testing.T) {
	t.Parallel()
	library, err := policy.Load()
	require.NoError(t, err)
	for _, pack := range library.Packs() {
		got, ok := pack.Disposal(policy.Kept{Of: policy.MatterFinding, Outcome: "unsubstantiated", FoundOn: day("2026-01-31")})
		require.True(t, ok, pack.Ref())
		require.False(t, got.Due.After(day("2026-03-02")), pack.Ref())
		require.NotEmpty(t, got.Citation)
		for _, result := range []string{"substantiated", "undetermined"} {
			_, ok := pack.Disposal(policy.Kept{Of: policy.MatterFinding, Outcome: result, FoundOn: day("2026-01-31")})
			require.False(t, ok, pack.Ref())
		}
	}
}

// A rule that reaches further than that of the law above, or counts from another
// event, cannot be compared with it; both hold.
func TestLoad_RefusesARetentionRuleThatIsPlainlyLaxer(t *testing.T) {
	t.Parallel()
	for rule, laxer := range map[string]bool{
		"id: r, of: finding, where: {result: unsubstantiated}, from: found, then: expunge, after: 31 days":                 true,
		"id: r, of: finding, where: {result: unsubstantiated}, from: found, then: expunge, after: 2 months":                true,
		"id: r, of: finding, where: {result: unsubstantiated}, from: found, then: expunge, after: 30 days":                 false,
		"id: r, of: finding, where: {result: [unsubstantiated, undetermined]}, from: found, then: expunge, after: 60 days": false,
		"id: r, of: finding, where: {result: unsubstantiated}, from: closed, then: expunge, after: 60 days":                false,
		"id: r, of: report, from: closed, then: keep, after: 2 years":                                                      true,
		"id: r, of: report, where: {disposition: screened-out}, from: closed, then: keep, after: 30 days":                  true,
		"id: r, of: report, where: {disposition: screened-out}, from: closed, then: purge-request, after: 36 months":       false,
		"id: r, of: report, where: {disposition: screened-out}, from: closed, then: purge-request, after: 30 months":       true,
		"id: r, of: case, from: closed, then: purge-request, after: 3 years":                                               false,
	} {
		_, err := kept(t, rule)
		if laxer {
			require.ErrorContains(t, err, "keeping-2026.1.yaml:9: retention rule r has ", rule)
			require.ErrorContains(t, err, ", which is laxer than the 3", rule)
		} else {
			require.NoError(t, err, rule)
		}
	}
}

func TestSchema_RefusesRetentionRulesThatMeanNothing(t *testing.T) {
	t.Parallel()
	schema := compiledSchema(t)
	const end = ", citation: Code 1, source: statute, confirmed: true}\n"
	good := keeping + "  - {id: r, of: report, where: {disposition: referred}, from: closed, then: keep, after: 4 years" + end
	require.NoError(t, schema.Validate(untyped(t, good)))
	require.Empty(t, refusals(t, good))
	for _, rule := range []string{
		"id: r, of: finding, from: found, then: keep, after: 4 years",
		"id: r, of: finding, from: found, then: purge-request, after: 4 years",
		"id: r, of: report, from: closed, then: expunge, after: 4 years",
		"id: r, of: case, from: found, then: keep, after: 4 years",
		"id: r, of: case, where: {disposition: referred}, from: closed, then: keep, after: 4 years",
		"id: r, of: report, where: {result: unsubstantiated}, from: closed, then: keep, after: 4 years",
		"id: r, of: finding, where: {disposition: referred}, from: found, then: expunge, after: 4 days",
		"id: r, of: finding, where: {result: false}, from: found, then: expunge, after: 4 days",
		"id: r, of: finding, where: {result: []}, from: found, then: expunge, after: 4 days",
		"id: r, of: finding, where: {}, from: found, then: expunge, after: 4 days",
		"id: r, of: place, from: closed, then: keep, after: 4 years",
		"id: r, of: case, from: closed, then: keep, after: 4 years, note: ''",
		"id: r, of: case, from: closed, then: keep",
	} {
		text := keeping + "  - {" + rule + end
		require.Error(t, schema.Validate(untyped(t, text)), rule)
		require.NotEmpty(t, refusals(t, text), rule)
	}
}
