package casework_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

// walk takes steps at random, the same ones for the same seed: whatever Next
// offers, with bodies that a careful person could have written.
type walk struct {
	rng   *rand.Rand
	taken map[string]int
	// shuns are the kinds of steps that this life does without: one that does a little
	// of everything comes to the end of nothing.
	shuns map[string]bool
	// probes is of how many steps ahead, at each stop, it is asked whether they are as
	// they are said to be. ended counts the records that were closed.
	probes, ended int
}

func newWalk(seed uint64) *walk {
	// Without these a report leads nowhere.
	shuns := map[string]bool{"report": false, "contact": false, "safety": false, "finding": false}
	return &walk{rng: rand.New(rand.NewPCG(seed, 42)), taken: map[string]int{}, shuns: shuns}
}

// steps counts what was taken.
func (w *walk) steps() int {
	n := 0
	for _, times := range w.taken {
		n += times
	}
	return n
}

// likes says whether a step is of a kind that this life consists of.
func (w *walk) likes(step string) bool {
	kind, _, _ := strings.Cut(step, ".")
	if step == casework.StepSplit || step == casework.StepDuplicate || step == casework.StepLinkCase || step == "report.screen-out" {
		kind = step // else nearly every report ends at once
	}
	shuns, drawn := w.shuns[kind]
	if !drawn {
		shuns = w.rng.IntN(2) == 0
		w.shuns[kind] = shuns
	}
	return !shuns
}

// one returns any of the values.
func one[T any](w *walk, values ...T) T { return values[w.rng.IntN(len(values))] }

// actor returns somebody of a role; there are two of each.
func (w *walk) actor(roles []casework.Role) casework.Actor {
	role := one(w, roles...)
	return casework.Actor{ID: fmt.Sprintf("w-%s-%d", role, w.rng.IntN(2)), Role: role}
}

// family opens a case and takes steps in it.
func (w *walk) family(t testing.TB, steps int) *caseClerk {
	t.Helper()
	c := opened(t)
	w.goOn(t, c, steps)
	return c
}

// call takes a report and takes steps in it.
func (w *walk) call(t testing.TB, steps int) *reportClerk {
	t.Helper()
	c := received(t)
	w.investigates(t, c, steps)
	return c
}

func (w *walk) goOn(t testing.TB, c *caseClerk, steps int) {
	t.Helper()
	for range steps {
		stroll(t, w, c, w.caseBody)
	}
}

func (w *walk) investigates(t testing.TB, c *reportClerk, steps int) {
	t.Helper()
	for range steps {
		stroll(t, w, c, w.reportBody)
	}
}

// stroll lets some time pass and takes one of the steps that are ready.
func stroll[S any, P state[S]](t testing.TB, w *walk, c *clerk[S, P], write func(P, time.Time, casework.NextStep) casework.Body) {
	t.Helper()
	c.now = c.now.Add(time.Duration(w.rng.IntN(6*24)) * time.Hour)
	c.owes(t, standIn(c.state.Base(), c.state.Subjects(), c.now)...)
	ahead := c.state.Next()
	if c.state.Base().Closed() {
		ahead = again(c.state)
	}
	requireOffered(t, w, c, ahead, write)
	ready, liked := make([]*casework.NextStep, 0, len(ahead)), make([]*casework.NextStep, 0, len(ahead))
	for i := range ahead {
		if next := &ahead[i]; next.Ready {
			ready = append(ready, next)
			if w.likes(next.Step) {
				liked = append(liked, next)
			}
		}
	}
	if len(ready) == 0 {
		require.True(t, c.state.Base().Closed(), "an open record always has a next step")
		return
	}
	if len(liked) > 0 {
		ready = liked
	}
	next := *one(w, ready...)
	if w.rng.IntN(2) == 0 { // else what needs several steps before it is hardly ever met
		next = *slices.MinFunc(ready, func(a, b *casework.NextStep) int { return w.taken[a.Step] - w.taken[b.Step] })
	}
	e, err := c.state.Decide(c.command(t, w.actor(next.Roles), write(c.state, c.now, next)))
	if err != nil {
		requireKind(t, err, next)
		return
	}
	w.taken[next.Step]++
	c.accept(t, &e)
	if c.state.Base().Closed() {
		w.ended++
	}
	c.owes(t, standIn(c.state.Base(), c.state.Subjects(), c.now)...)
}

// again lists the steps on a record that is closed, which [casework.Case.Next] leaves
// out: a case is taken up again, a report that was no duplicate goes on.
func again(closed any) []casework.NextStep {
	name, ready := "case.reopen", true
	missing := []casework.Blocker(nil)
	if r, report := closed.(*casework.Report); report {
		if name, ready = "report.unlink", r.Original != ""; !ready {
			missing = []casework.Blocker{{Code: "not-a-duplicate"}}
		}
	}
	step := stepNamed(name)
	return []casework.NextStep{{Step: name, Title: step.Title, Path: step.Path, Roles: step.Roles, Ready: ready, Missing: missing}}
}

// requireKind sees that a step which was said to be ready was refused for its
// fields or its author alone.
func requireKind(t testing.TB, err error, next casework.NextStep) {
	t.Helper()
	kind := casework.KindOf(err)
	require.Contains(t, []casework.Kind{casework.Invalid, casework.Forbidden}, kind, "%s %s: %v", next.Step, next.Subject, err)
}

// lately is an instant of the last day, today a date near it.
func (w *walk) lately(now time.Time) time.Time {
	return now.Add(-time.Duration(w.rng.IntN(24)) * time.Hour)
}

func today(now time.Time, loc *time.Location) casework.Date { return casework.DateOf(now.In(loc)) }

func (w *walk) reportBody(r *casework.Report, now time.Time, next casework.NextStep) casework.Body {
	switch b := stepNamed(next.Step).New().(type) {
	case *casework.ScreeningIn:
		b.Priority, b.Track, b.Investigator = one(w, casework.Priorities()...), one(w, casework.Tracks()...), "w-investigator-0"
		return b
	case *casework.ScreeningOut:
		b.Reason, b.Note = one(w, casework.ScreenOutReasons()...), "text"
		return b
	case *casework.ReportAssignment:
		b.Worker, b.Supervisor, b.Ask = "w-investigator-1", "w-supervisor-0", w.rng.IntN(2) == 0
		return b
	case *casework.ReportAcceptance:
		return b
	case *casework.ReportDecline:
		return casework.NewDecline(casework.KindReport, one(w, casework.DeclineReasons()...), "text")
	case *casework.ReportUnassignment:
		return casework.NewUnassignment(casework.KindReport, one(w, casework.UnassignReasons()...), "text")
	case *casework.ContactAttempt:
		b.Victim, b.At, b.Outcome = next.Subject, w.lately(now), one(w, casework.AttemptOutcomes()...)
		b.Method, b.Place = one(w, casework.AttemptMethods()...), one(w, casework.AttemptPlaces()...)
		return b
	case *casework.Contact:
		b.Victim, b.At, b.Place = next.Subject, w.lately(now), one(w, casework.ContactPlaces()...)
		return b
	case *casework.SafetyAssessment:
		b.At, b.Decision, b.Plan = w.lately(now), one(w, casework.Safe, casework.SafeWithPlan, casework.Unsafe), "text"
		if b.Decision == casework.SafeWithPlan && w.rng.IntN(2) == 0 {
			b.Adults, b.ReviewOn = []string{"P8"}, today(now, r.Location()).AddDays(30)
		}
		return b
	case *casework.Initiation, *casework.PerpetratorNaming, *casework.PerpetratorContact, *casework.Extension, *casework.Protection,
		*casework.CrossReport, *casework.CrossReportOverruling, *casework.DuplicateClosing, *casework.CaseLink,
		*casework.AllegationAdding, *casework.FindingNotice, *casework.ContactException, *casework.UnableToLocate, *casework.TrackSwitch:
		return w.responseBody(r, now, next, b)
	case *casework.Finding:
		b.Allegation, b.Result = undecided(r), one(w, casework.Findings()...)
		b.On, b.Evidence, b.Standard = today(now, r.Location()), "text", one(w, append(casework.EvidenceStandards(), "")...)
		return b
	case *casework.CaseRequest:
		b.Number, b.Caseworker, b.Supervisor, b.Risk = "2001", "w-1", "w-2", one(w, casework.RiskLevels()...)
		return b
	case *casework.ReportClosing:
		b.Reason, b.Note = one(w, casework.ReportClosingReasons()...), "text"
		if r.Linked != "" {
			b.Reason = "case-continues"
		} else if b.Reason == "case-continues" {
			b.Reason = "referred"
		}
		return b
	case *casework.ReportCorrection:
		b.Fact, b.On, b.At, b.Withdraw = w.correction(r.Facts, now)
		b.Reason = "text"
		if w.rng.IntN(3) == 0 {
			b.On, b.At, b.Withdraw, b.Priority = casework.Date{}, time.Time{}, false, one(w, casework.Priorities()...)
		}
		return b
	case *casework.ReportPolicyMove:
		return w.move(casework.KindReport, r.Pack)
	case *casework.Unlinking:
		b.Note = "text"
		return b
	case *casework.ReportAdult:
		return w.adult(casework.KindReport)
	case *casework.ReportRestriction:
		return casework.NewRestriction(casework.KindReport, !r.Restricted, "text")
	}
	panic("no such step: " + next.Step)
}

// adult is somebody grown, with something that they are.
func (w *walk) adult(kind casework.AggregateKind) casework.Body {
	return casework.NewAdult(kind, casework.Adult{ID: fmt.Sprintf("P%d", 8+w.rng.IntN(4)), As: []string{one(w, casework.AdultRoles()...)}})
}

// undecided is an allegation that a finding can be made on, or any.
func undecided(r *casework.Report) string {
	met := map[string]bool{}
	for _, v := range r.Victims {
		met[v.ID] = v.Contacted || v.Excepted != ""
	}
	for _, a := range r.Allegations {
		if a.Finding == "" && met[a.Victim] {
			return a.ID
		}
	}
	return r.Allegations[0].ID
}

// correction moves a fact by some days, or withdraws it.
func (w *walk) correction(facts []casework.Fact, now time.Time) (id string, on casework.Date, at time.Time, withdraw bool) {
	f := one(w, casework.Current(facts)...)
	days := w.rng.IntN(7) - 3
	switch {
	case w.rng.IntN(4) == 0:
		return f.ID, on, at, true
	case !f.On.IsZero():
		return f.ID, f.On.AddDays(days), at, false
	}
	at = f.At.AddDate(0, 0, days)
	if at.After(now) {
		at = now
	}
	return f.ID, on, at, false
}

// amend corrects a detail of a fact, now and then: beside its time, or alone.
func (w *walk) amend(facts []casework.Fact, b *casework.CaseCorrection) {
	truth := w.rng.IntN(2) == 0
	for _, f := range casework.Current(facts) {
		if f.ID != b.Fact || b.Withdraw || w.rng.IntN(2) == 0 {
			continue
		}
		switch f.Type { //nolint:exhaustive // the other facts have no detail that can be corrected
		case casework.FactPlacementStarted:
			b.Setting = one(w, casework.Settings()...)
		case casework.FactTrialHomeVisitStarted:
			b.Until, b.CourtOrdered = f.On.AddDays(w.rng.IntN(200)-5), &truth
		case casework.FactVisitMade:
			b.InResidence = &truth
		case casework.FactCourtOrder:
			b.Maltreatment, b.ContraryToWelfare = &truth, &truth
		default:
			return
		}
		if w.rng.IntN(2) == 0 {
			b.On, b.At = casework.Date{}, time.Time{}
		}
	}
}

// entry is the number of a visit or a contact on record, or any where there is none.
func (w *walk) entry(c *casework.Case) int {
	entries := slices.Clone(c.Entries)
	for _, f := range c.Facts {
		if seq, _, _ := strings.Cut(f.ID, "."); f.Type == casework.FactVisitMade && f.Corrects == "" {
			n, _ := strconv.Atoi(seq)
			entries = append(entries, n)
		}
	}
	if len(entries) == 0 {
		return 1
	}
	return one(w, entries...)
}

// contactPlan is the number of a plan of visits in force, or any where there is none.
func (w *walk) contactPlan(c *casework.Case) int {
	standing := []int{1}
	for _, p := range c.ContactPlans {
		if !p.Ended {
			standing = append(standing, p.Number)
		}
	}
	return standing[len(standing)-1]
}

// right is the number of an open right of a kind, 0 where there is none.
func (w *walk) right(c *casework.Case, kind string) int {
	open := []int{0}
	for _, r := range c.Rights {
		if r.Kind == kind && r.Settled.IsZero() {
			open = append(open, r.Number)
		}
	}
	return open[len(open)-1]
}

// meetingCalled is the number of the last meeting that is called, 0 for none.
func meetingCalled(c *casework.Case) int {
	number := 0
	for _, m := range c.Meetings {
		if m.Status == "called" {
			number = m.Number
		}
	}
	return number
}

// decisionOpen is the last decision that has not ended, 0 for none.
func decisionOpen(c *casework.Case) (meeting, decision int) {
	for _, m := range c.Meetings {
		for i, d := range m.Decisions {
			if d.Result == "" {
				meeting, decision = m.Number, i+1
			}
		}
	}
	return meeting, decision
}

// move pins a record to another of three packs, or to the one that it has.
func (w *walk) move(kind casework.AggregateKind, from string) casework.Body {
	return casework.NewPolicyMove(kind, from, one(w, "us-federal@2025.1", "us-federal@2025.2", "washington@2025.1"), "text")
}

func (w *walk) caseBody(c *casework.Case, now time.Time, next casework.NextStep) casework.Body {
	step := stepNamed(next.Step)
	children, on := []string{next.Subject}, today(now, c.Location())
	switch b := step.New().(type) {
	case *casework.Assignment:
		b.Worker, b.Supervisor, b.Ask = "w-caseworker-1", "w-supervisor-0", w.rng.IntN(2) == 0
		return b
	case *casework.Decline:
		return casework.NewDecline(casework.KindCase, one(w, casework.DeclineReasons()...), "text")
	case *casework.Unassignment:
		return casework.NewUnassignment(casework.KindCase, one(w, casework.UnassignReasons()...), "text")
	case *casework.Removal:
		b.Children, b.At, b.Authority, b.Danger, b.Efforts = children, w.lately(now), one(w, casework.RemovalAuthorities()...), "text", "text"
		b.ICWAInquiry, b.RelativesAsked, b.Setting = one(w, casework.ICWAInquiries()...), true, one(w, casework.Settings()...)
		return b
	case *casework.RelativeNotice:
		b.Children, b.On = children, on
		return b
	case *casework.Hearing:
		b.Children, b.Type, b.At, b.Body = children, one(w, casework.HearingTypes()...), w.lately(now), "court"
		b.Maltreatment, b.ContraryToWelfare = w.rng.IntN(2) == 0, w.rng.IntN(2) == 0
		b.TemporaryCustody, b.EffortsNotRequired = w.rng.IntN(2) == 0, w.rng.IntN(8) == 0
		b.AllowsRemoval = w.rng.IntN(8) == 0
		return b
	case *casework.PlanSubmission:
		return w.wholePlan(c, on)
	case *casework.PlanAmendment:
		b.PlanSubmission, b.Reason, b.Why = *w.wholePlan(c, on), one(w, casework.AmendmentReasons()...), "text"
		b.Emergency = w.rng.IntN(2) == 0
		return b
	case *casework.PlanSignature:
		return w.signature(c, on)
	case *casework.PlanStepCompletion:
		b.Step, b.Evidence = w.openStep(c), "text"
		b.On = on.AddDays(-w.rng.IntN(9))
		if b.On.After(c.PlanSteps()[b.Step].Due) {
			b.LateBecause = one(w, casework.LateReasons()...)
		}
		return b
	case *casework.PlanStepDrop:
		b.Step, b.Reason, b.Why = w.openStep(c), one(w, casework.StepDropReasons()...), "text"
		return b
	case *casework.PlanReturn:
		b.Comments = "text"
		return b
	case *casework.Visit:
		b.Children, b.At, b.Notes, b.Attempted = children, w.lately(now), "text", w.rng.IntN(8) == 0
		b.Place, b.Medium, b.Minutes = "school", one(w, "", "", casework.InPerson, "phone"), w.rng.IntN(90)
		return b
	case *casework.Addendum:
		b.Entry, b.Words = w.entry(c), "text"
		return b
	case *casework.ContactPlan:
		b.Children, b.Relationship, b.EveryDays = children, one(w, "caseworker", "parent", "relative"), 1+w.rng.IntN(40)
		b.By, b.Medium = one(w, casework.ContactPlanSources()...), one(w, "", "video", "phone")
		return b
	case *casework.ContactPlanEnd:
		b.Plan, b.On, b.Reason = w.contactPlan(c), on, one(w, "court-order", "child-home")
		return b
	case *casework.MeetingCall:
		b.Type, b.At, b.Invited = one(w, casework.MeetingTypes()...), now.Add(time.Hour), []casework.Participant{{Role: "parent"}}
		return b
	case *casework.MeetingHeld:
		b.Type, b.At, b.Came = one(w, casework.MeetingTypes()...), w.lately(now), []casework.Participant{{Role: "parent"}}
		b.Decisions = []casework.MeetingDecision{{What: "text", Owner: "w-1", Due: on.AddDays(w.rng.IntN(30))}}
		if n := meetingCalled(c); n > 0 {
			b.Meeting, b.Type = n, ""
		}
		return b
	case *casework.MeetingCancel:
		b.Meeting, b.Reason = meetingCalled(c), "text"
		return b
	case *casework.DecisionEnd:
		b.Meeting, b.Decision = decisionOpen(c)
		b.On, b.Result, b.Evidence = on, one(w, casework.DecisionResults()...), "text"
		return b
	case *casework.ProfessionalAdd, *casework.ProfessionalChange, *casework.ProfessionalEnd:
		return w.professionalBody(c, on, b)
	case *casework.RightsNoticeOwed:
		b.About, b.To, b.Due = one(w, casework.RightSubjects()...), casework.Participant{Role: "parent"}, on.AddDays(w.rng.IntN(20))
		return b
	case *casework.RightsNotice:
		b.About, b.To, b.On = one(w, casework.RightSubjects()...), casework.Participant{Person: "p-7"}, on
		b.How, b.AppealUntil = one(w, casework.NoticeWays()...), on.AddDays(30)
		if n := w.right(c, "rights-notice"); n > 0 {
			b.Notice, b.About, b.To = n, "", casework.Participant{}
		}
		return b
	case *casework.Appeal:
		b.About, b.By, b.On, b.DecideBy = one(w, casework.RightSubjects()...), casework.Participant{Role: "parent"}, on, on.AddDays(60)
		return b
	case *casework.AppealDecision:
		b.Appeal, b.On, b.Result = w.right(c, "appeal"), on, one(w, casework.AppealResults()...)
		return b
	case *casework.Grievance:
		b.About, b.By, b.On, b.AnswerBy = "visits", casework.Participant{Role: "child"}, on, on.AddDays(10)
		b.Words = "text"
		return b
	case *casework.GrievanceAnswer:
		b.Grievance, b.On, b.Result, b.Words = w.right(c, "grievance"), on, one(w, casework.GrievanceResults()...), "text"
		return b
	case *casework.FamilyContact:
		b.Children, b.Relationship, b.At = children, one(w, "parent", "relative", "other"), w.lately(now)
		b.Medium, b.With = one(w, casework.Media()...), []casework.Participant{{Role: "parent"}}
		if w.rng.IntN(4) == 0 {
			b.Attempted, b.Outcome = true, one(w, casework.MissedContactOutcomes()...)
		}
		return b
	case *casework.TrialStart:
		b.Children, b.On, b.Safety = children, on, "text"
		return b
	case *casework.TrialEnd:
		b.Children, b.On, b.Setting, b.Reason = children, on, one(w, casework.Settings()...), "text"
		return b
	case *casework.Reunification:
		b.Children, b.On = children, on
		return b
	case *casework.Missing:
		b.Children, b.InformedAt, b.LastSeen = children, now, on
		b.Kind, b.Circumstances = one(w, casework.MissingKinds()...), "text"
		return b
	case *casework.MissingReport:
		b.Children, b.At, b.To = children, now, one(w, casework.MissingAuthorities()...)
		return b
	case *casework.Found:
		b.Children, b.At = children, now
		if child := childOf(c, next.Subject); child.Stage == casework.StageOutOfHomeCare && (child.Setting == "" || w.rng.IntN(2) == 0) {
			b.Setting = one(w, casework.Settings()...)
			b.Placing = w.placing(b.Setting, on)
		}
		return b
	case *casework.Exit:
		b.Children, b.On, b.To, b.CourtOrdered, b.RightsEnded = children, on, "p-guardian", true, true
		b.Reason = one(w, exits(childOf(c, next.Subject))...)
		return b
	case *casework.VoluntaryPlacement:
		b.Children, b.On, b.Setting, b.Agreement = children, on, one(w, casework.Settings()...), "text"
		b.ICWAInquiry, b.JudgeCertified, b.Placing = one(w, casework.ICWAInquiries()...), true, w.placing(b.Setting, on)
		return b
	case *casework.VoluntaryEnd:
		b.Children, b.On, b.Outcome = children, on, "court-custody"
		if childOf(c, next.Subject).RemovedOn.Before(on) && w.rng.IntN(2) == 0 {
			b.Outcome = "returned-home"
		}
		return b
	case *casework.QRTPAssessment:
		b.Children, b.On, b.Result, b.Independent = children, on, one(w, casework.QRTPResults()...), true
		return b
	case *casework.QRTPDecision:
		b.Children, b.On, b.Result = children, on, one(w, casework.QRTPDecisions()...)
		return b
	case *casework.ICWANotice:
		b.Children, b.On, b.By = children, on, one(w, casework.ICWAParties()...)
		return b
	case *casework.ICWAExtension:
		b.Children, b.On, b.By, b.Days = children, on, "tribe", 20
		return b
	case *casework.TransitionPlan:
		b.Children, b.On, b.YouthLed, b.HealthProxy, b.Content = children, on, true, true, "text"
		return b
	case *casework.CreditReport:
		b.Children, b.On = children, on
		return b
	case *casework.ExitDocuments:
		b.Children, b.On, b.Given = children, on, casework.Documents()
		return b
	case *casework.ExtendedCare:
		b.Children, b.On, b.Condition, b.Agreement = children, on, one(w, casework.CareConditions()...), "text"
		b.Until = childOf(c, next.Subject).Born.AddMonths(12 * 20)
		return b
	case *casework.PlacementMove:
		b.Children, b.On, b.Setting, b.Reason = children, on, one(w, casework.Settings()...), one(w, freeReasons()...)
		if fixed := map[string]string{"hospital": "hospitalization", "detention": "detention"}[b.Setting]; fixed != "" {
			b.Reason = fixed
		}
		b.Placing = w.placing(b.Setting, on)
		return b
	case *casework.ProviderClearance:
		b.Children, b.On, b.Provider, b.ClearedUntil = children, on, childOf(c, next.Subject).Provider, on.AddDays(365)
		if b.Provider == "" {
			b.Provider = "provider-0"
		}
		return b
	case *casework.HealthRecord:
		b.Children, b.On = children, on
		return b
	case *casework.Debrief:
		b.Children, b.At, b.Screen = children, now, one(w, casework.TraffickingScreens()...)
		b.Factors, b.Experiences = "text", "text"
		return b
	case *casework.TraffickingSuspicion:
		b.Children, b.InformedAt, b.Basis = children, now, "text"
		return b
	case *casework.ClosingRequest:
		b.Risk, b.Reason = one(w, casework.RiskLevels()...), "text"
		return b
	case *casework.ClosingReturn:
		b.Comments = "text"
		return b
	case *casework.CaseCorrection:
		b.Fact, b.On, b.At, b.Withdraw = w.correction(c.Facts, now)
		b.Reason = "text"
		w.amend(c.Facts, b)
		return b
	case *casework.CasePolicyMove:
		return w.move(casework.KindCase, c.Pack)
	case *casework.ReportAttachment:
		b.Report = "1007"
		return b
	case *casework.ReportSettlement:
		b.Case, b.Report, b.Disposition = c.Number, "1007", one(w, casework.Dispositions()...)
		return b
	case *casework.Split:
		b.Number, b.Children, b.Reason, b.Note = "2002", []string{one(w, elder, younger)}, one(w, casework.SplitReasons()...), "text"
		b.Worker, b.Supervisor = "w-caseworker-1", "w-supervisor-0"
		if w.rng.IntN(2) == 0 {
			b.Persons = []string{"P9"}
		}
		return b
	case *casework.Rejoining:
		left := c.Left[len(c.Left)-1]
		b.Number, b.Reason, b.Portion.Children = left.Case, "conflict-of-interest", left.Children
		return b
	case *casework.CaseReopening:
		b.PersonsMatch, b.Worker, b.Supervisor, b.Risk, b.Reason = true, "w-caseworker-0", "w-supervisor-1", one(w, casework.RiskLevels()...), "text"
		return b
	case *casework.CaseAdult:
		return w.adult(casework.KindCase)
	case *casework.CaseRestriction:
		return casework.NewRestriction(casework.KindCase, !c.Restricted, "text")
	case *casework.PlanApproval, *casework.ClosingApproval, *casework.Acceptance:
		return b
	}
	if body := w.courtBody(c, now, next, step.New()); body != nil {
		return body
	}
	if body := w.referralBody(c, now, step.New()); body != nil {
		return body
	}
	panic("no such step: " + next.Step)
}

// childOf finds a child of a case by ID.
func childOf(c *casework.Case, id string) casework.Child {
	for _, child := range c.Children {
		if child.ID == id {
			return child
		}
	}
	return casework.Child{}
}

// freeReasons are the reasons of a move that fit any provider.
func freeReasons() []string {
	return slices.DeleteFunc(casework.MoveReasons(), func(reason string) bool {
		return slices.Contains([]string{"hospitalization", "detention", "license-change"}, reason)
	})
}

// placing is a placement as the law wants it.
func (w *walk) placing(setting string, on casework.Date) casework.Placing {
	p := casework.Placing{
		Provider: fmt.Sprintf("provider-%d", w.rng.IntN(3)), ClearedUntil: on.AddDays(100), Siblings: one(w, casework.SiblingReasons()...),
		School: one(w, casework.SchoolReasons()...), Preference: "followed", HealthRecord: w.rng.IntN(2) == 0,
	}
	if setting == "relative" && w.rng.IntN(2) == 0 {
		p.EmergencyKin, p.ClearedUntil, p.CheckBy = true, casework.Date{}, on.AddDays(30)
	}
	return p
}

// exits are the ways out of care that are open to a child.
func exits(child casework.Child) []string {
	return slices.DeleteFunc(casework.ExitReasons(), func(reason string) bool {
		gone, kept := reason == casework.ExitRunaway, slices.Contains([]string{"runaway", "death", "emancipation"}, reason)
		away := slices.Contains([]string{"relative", "adoption", "guardianship"}, reason)
		return !child.Missing.IsZero() && !kept || child.Missing.IsZero() && gone || child.Stage == casework.StageTrialHome && away
	})
}
