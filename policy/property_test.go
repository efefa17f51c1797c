package policy_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/policy"
)

// story makes facts out of arbitrary bytes, four for each, so that a fuzzer can
// steer it: type, day, hour and attributes.
func story(data []byte) []casework.Fact {
	types := []casework.FactType{
		casework.FactChildRemoved, casework.FactEpisodeEnded, casework.FactMaltreatmentFound, casework.FactCourtOrder,
		casework.FactReviewHeld, casework.FactPermanencyHearingHeld, casework.FactVisitMade, casework.FactTrialHomeVisitStarted,
		casework.FactTrialHomeVisitEnded, casework.FactChildMissing, casework.FactChildFound, casework.FactPlacementStarted,
		casework.FactPlacementEnded, casework.FactTPRPetitionFiled, casework.FactTPRException, casework.FactRelativesNotified,
		casework.FactCasePlanSubmitted, casework.FactCasePlanReturned, casework.FactCasePlanCompleted, casework.FactReportReceived,
		casework.FactReportScreened, casework.FactVictimContacted, casework.FactAftercareStarted, casework.FactAftercareEnded,
		casework.FactDisposition, casework.FactTemporaryCustody, casework.FactDismissalExtended, casework.FactDeterminationExtended,
		casework.FactCustodyPetitionFiled, casework.FactCustodyHearingHeld, casework.FactMissingReported, casework.FactRecordClosed,
		casework.FactICWANoticeReceived, casework.FactICWAExtension, casework.FactQRTPNeedAssessed, casework.FactTransitionPlan,
		casework.FactCreditReport, casework.FactExitDocuments, casework.FactExtendedCareStarted, casework.FactEffortsNotRequired,
		casework.FactVoluntaryAgreement, casework.FactServicePlanFiled, casework.FactStatusHearingHeld, casework.FactDismissalNotified,
		casework.FactReportInitiated, casework.FactPerpetratorContacted, casework.FactDeterminationMade, casework.FactInvestigationCompleted,
	}
	types = append(types, ofItems()...)
	start := casework.NewDate(2023, time.January, 1)
	var facts []casework.Fact
	for ; len(data) >= 4 && len(facts) < 60; data = data[4:] {
		kind, when, hour, flags := data[0], data[1], data[2], data[3]
		f := casework.Fact{Type: types[int(kind)%len(types)], On: start.AddDays(5 * int(when))}
		if hour%3 > 0 {
			f.At = f.On.Start(time.UTC).Add(time.Duration(hour) * 7 * time.Minute)
			f.On = casework.Date{}
		}
		if flags&1 > 0 {
			f.Subject = "C1"
		}
		f.ContraryToWelfare, f.EffortsToPrevent, f.EffortsToFinalize = flags&2 > 0, flags&4 > 0, flags&8 > 0
		f.CourtOrdered = flags&16 > 0
		f.Priority = []string{"", "emergent", "non-emergent", "P1"}[flags>>5&3]
		f.Setting = []string{"qrtp", "hospital", "out-of-state", "relative"}[flags>>6&3]
		f.To = []string{"law-enforcement", "ncmec"}[flags>>7&1]
		if flags&32 > 0 {
			f.Until = start.AddDays(5*int(when) + int(hour))
		}
		if slices.Contains(ofItems(), f.Type) {
			f.Ref = []string{"", "a-1", "b-2.1"}[hour%5%3]
			f.Days = int(flags&3) * 9
			f.By = []string{"", "court", "plan"}[flags>>2%3]
			f.Until = start.AddDays(5*int(when) + int(hour))
		}
		facts = append(facts, f)
	}
	return numbered(facts)
}

// ofItems are the types of fact that name an item.
func ofItems() []casework.FactType {
	return []casework.FactType{
		casework.FactOrderMade, casework.FactOrderComplied, casework.FactOrderVacated, casework.FactHearingScheduled,
		casework.FactHearingSettled, casework.FactCourtReportFiled, casework.FactPlanStepAgreed, casework.FactPlanStepDone,
		casework.FactPlanStepDropped, casework.FactReferralMade, casework.FactReferralFollowedUp, casework.FactReferralEnded,
		casework.FactAppealFiled, casework.FactAppealDecided, casework.FactGrievanceFiled, casework.FactGrievanceAnswered,
		casework.FactRightsNoticeOwed, casework.FactRightsNoticeGiven, casework.FactCrossReportOwed, casework.FactCrossReportMade,
		casework.FactCrossReportOverruled, casework.FactWorkerAssigned, casework.FactWorkerAccepted, casework.FactWorkerDeclined,
		casework.FactContactPlanSet, casework.FactContactPlanEnded, casework.FactFamilyContactMade,
	}
}

func FuzzEvaluate(f *testing.F) {
	for seed := range uint64(80) {
		r := rand.New(rand.NewPCG(seed, 7))
		data := make([]byte, 4*(4+r.IntN(50)))
		for i := range data {
			data[i] = byte(r.UintN(256))
		}
		data[0], data[1] = 0, byte(seed) // most stories begin with a removal
		if seed%2 > 0 {
			data = itemStory(r)
		}
		f.Add(data)
	}
	zone, err := time.LoadLocation("America/Los_Angeles")
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, data []byte) {
		facts := story(data)
		in := policy.Input{
			Zone: zone, Facts: facts,
			Subjects: []policy.Subject{{ID: "C1", Born: casework.NewDate(2009, time.March, 1)}, {ID: "C2"}},
		}
		asOf := casework.NewDate(2025, time.June, 15).Start(zone)
		var byPack [][]casework.Duty
		for _, ref := range everyPack() {
			pack := packNamed(t, ref)
			duties := pack.Evaluate(in, asOf)
			requireProperties(t, pack, in, asOf, duties)
			byPack = append(byPack, duties)
		}
		for _, state := range byPack[1:] {
			requireNeverLater(t, byPack[0], state)
		}
	})
}

// itemStory are the bytes of a story of one or two items, whose facts come close
// together: 48 types come before theirs.
func itemStory(r *rand.Rand) []byte {
	var data []byte
	kinds := r.IntN(len(ofItems()) - 3)
	for range 8 + r.IntN(20) {
		data = append(data, byte(48+kinds+r.IntN(4)), byte(r.UintN(90)), byte(r.UintN(60)), byte(r.UintN(16)))
	}
	return data
}

// everyPack names the federal pack and all that extend it.
func everyPack() []string {
	return []string{
		"us-federal@2025.1", "washington@2025.1", "texas@2025.1", "california@2025.1", "georgia@2025.1", "illinois@2025.1",
		"example@2025.1",
	}
}

func requireProperties(t *testing.T, pack *policy.Pack, in policy.Input, asOf time.Time, duties []casework.Duty) {
	t.Helper()
	ids := map[string]casework.Duty{}
	for _, d := range duties {
		require.NotContains(t, ids, d.ID)
		ids[d.ID] = d
		requireSound(t, d, in)
	}
	require.True(t, slices.IsSortedFunc(duties, func(a, b casework.Duty) int { return a.DueAt.Compare(b.DueAt) }))

	shuffled := in
	shuffled.Facts = slices.Clone(in.Facts)
	rand.New(rand.NewPCG(uint64(len(in.Facts)), 1)).Shuffle(len(shuffled.Facts), func(i, j int) {
		shuffled.Facts[i], shuffled.Facts[j] = shuffled.Facts[j], shuffled.Facts[i]
	})
	require.Empty(t, cmp.Diff(duties, pack.Evaluate(shuffled, asOf)), "the order of recording decides nothing")

	other := in
	other.Facts = append(slices.Clone(in.Facts),
		fact(casework.FactCaseOpened, "2024-02-02", id("i1")),
		fact(casework.FactChildRemoved, "2024-02-02", subject("C9"), id("i2")),
		fact(casework.FactVisitMade, "2023-01-01", corrects("i4"), id("i3")),
		fact(casework.FactVisitMade, "2023-01-01", id("i4"), withdrawn("i3")))
	require.Empty(t, cmp.Diff(duties, pack.Evaluate(other, asOf)), "an irrelevant fact changes nothing")

	// What is planned for the months between is left out: it happens in them.
	then := in
	then.Facts = policy.Known(in.Facts, casework.DateOf(asOf.In(in.Zone)), in.Zone)
	ids = map[string]casework.Duty{}
	for _, d := range pack.Evaluate(then, asOf.AddDate(0, 0, 1).Add(-time.Second)) {
		ids[d.ID] = d
	}
	for _, d := range pack.Evaluate(then, asOf.AddDate(0, 7, 0)) {
		if was, known := ids[d.ID]; known {
			require.Equal(t, was.Due, d.Due, "time alone moves no date: %s", d.ID)
			delete(ids, d.ID)
		}
	}
	require.Empty(t, ids, "time alone makes no duty disappear")
}

// requireNeverLater holds that a stricter pack never yields a later date: what
// is owed next under a federal clock is owed no later under the state's pack.
// Occurrences are compared by what is owed and not by number, since a state that
// asks more often counts on faster. A pause is left out: the stricter date may
// fall into it and the other before it. So are working days, which are as many
// under both, and each state's own: the federal pack knows of no holiday.
func requireNeverLater(t *testing.T, federal, state []casework.Duty) {
	t.Helper()
	theirs := owed(state)
	for clock, f := range owed(federal) {
		s, ok := theirs[clock]
		if moved(f) || ok && moved(s) || inWorkingDays(f) {
			continue
		}
		require.True(t, ok, "%s, due %s under federal law, is not owed under the state's", f.ID, f.Due)
		require.False(t, s.DueAt.After(f.DueAt), "%s: %s under the state, %s under federal law", f.ID, s.Due, f.Due)
	}
}

// owed returns the first pending duty of each clock and subject.
func owed(duties []casework.Duty) map[string]casework.Duty {
	first := map[string]casework.Duty{}
	for _, d := range duties {
		key := d.Clock + "/" + d.Subject + "/" + d.Ref
		if _, known := first[key]; !known && d.Status.Pending() {
			first[key] = d
		}
	}
	return first
}

func moved(d casework.Duty) bool {
	return slices.ContainsFunc(d.Why, func(step string) bool { return strings.HasPrefix(step, "not owed during") })
}

func inWorkingDays(d casework.Duty) bool {
	return slices.ContainsFunc(d.Why, func(step string) bool { return strings.Contains(step, " business day") })
}

func TestEvaluate_LeavesItsInputAlone(t *testing.T) {
	t.Parallel()
	in, asOf := fiveYears(t)
	before := slices.Clone(in.Facts)
	first := packNamed(t, "washington@2025.1").Evaluate(in, asOf)
	require.Equal(t, before, in.Facts)
	require.Empty(t, cmp.Diff(first, packNamed(t, "washington@2025.1").Evaluate(in, asOf)))
}

func TestEvaluate_NilZoneIsUTC(t *testing.T) {
	t.Parallel()
	facts := []casework.Fact{fact(casework.FactChildRemoved, "2024-01-31T23:30:00-06:00")}
	in := policy.Input{Subjects: []policy.Subject{{ID: "C1"}}, Facts: facts}
	for _, d := range packNamed(t, "us-federal@2025.1").Evaluate(in, facts[0].At) {
		if d.Clock == "relative-notice" {
			require.Equal(t, "2024-03-02", d.Due)
		}
	}
}

func TestKnown_LeavesOutWhatCameLater(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("America/Los_Angeles")
	require.NoError(t, err)
	facts := []casework.Fact{
		fact(casework.FactChildRemoved, "2025-01-31"),
		fact(casework.FactVisitMade, "2025-02-01T03:30:00Z"),
		fact(casework.FactVisitMade, "2025-02-01"),
	}
	require.Equal(t, facts[:2], policy.Known(facts, day("2025-01-31"), zone))
}
