package casework_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"homeward/casework"
)

func aSplit(children ...string) *casework.Split {
	return &casework.Split{
		Number: "2002", Children: children, Reason: "siblings-apart", Note: "text-split", Worker: "w-caseworker-2",
		Supervisor: "w-supervisor-2",
	}
}

// splits takes the step, and opens the case of those who leave.
func (c *clerk[S, P]) splits(t testing.TB, b *casework.Split) *caseClerk {
	t.Helper()
	before := casework.FoldCase(c.events)
	e := c.does(t, supervisor(), b)
	return branched(t, before, e)
}

// branched is the case that a split asked for; before is the case as it was then.
func branched(t testing.TB, before *casework.Case, split casework.Event) *caseClerk {
	t.Helper()
	other := &caseClerk{state: &casework.Case{}, now: split.RecordedAt}
	cmd := before.Branch(split.Body.(*casework.Split), split.Actor, split.RecordedAt)
	cmd.Now = other.now
	e, err := other.state.Decide(cmd)
	require.NoError(t, err)
	e = reread(t, e)
	other.accept(t, &e)
	return other
}

// apart is a family whose items are about one child, about the other and about both.
func apart(t testing.TB) *caseClerk {
	t.Helper()
	c := wholePlanned(t)
	both := []string{elder, younger}
	c.does(t, caseworker(), aPetition(t, both...))
	c.does(t, caseworker(), anOrder(t))
	c.does(t, caseworker(), with(anOrder(t), func(b *casework.OrderMaking) { b.Children = []string{elder} }))
	c.does(t, caseworker(), with(anOrder(t), func(b *casework.OrderMaking) { b.Children = []string{younger} }))
	for _, id := range both {
		c.does(t, caseworker(), aContactPlan("court", 7, id))
		c.does(t, caseworker(), aVisit(t, "2025-02-20 09:00", id))
	}
	c.does(t, caseworker(), with(aContactPlan("plan", 14, both...), func(b *casework.ContactPlan) { b.Relationship = "siblings" }))
	c.does(t, caseworker(), &casework.Grievance{
		About: "visits", By: casework.Participant{Person: younger, Role: "child"}, On: day(t, "2025-02-20"),
		AnswerBy: day(t, "2025-03-01"), Words: "text-g",
	})
	withReferrals(t, c)
	return c
}

func TestSplit_TellsBothCasesOfEachOther(t *testing.T) {
	t.Parallel()
	c := apart(t)
	other := c.splits(t, aSplit(younger))

	require.Equal(t, []casework.Departure{{
		Case: "2002", Children: []casework.Subject{theChildren(t)[1]}, On: day(t, "2025-02-20"),
	}}, c.state.Left)
	require.Equal(t, "2001", other.state.From)
	require.Equal(t, []casework.Subject{theChildren(t)[0]}, c.state.Subjects())
	require.Equal(t, []casework.Subject{theChildren(t)[1]}, other.state.Subjects())
	require.Equal(t, "Case split (siblings-apart): 1 child left for case 2002, assigned to w-caseworker-2.",
		c.events[len(c.events)-1].Body.Says())
	require.Equal(t, "Case opened from case 2001 (siblings-apart) for 1 child, assigned to w-caseworker-2. "+
		"Their clocks go on from where they began.", other.events[0].Body.Says())
	require.Equal(t, "1001", other.state.Report, "a conflict of interest with the report is one with both cases")
	rows := c.state.ChildRows()
	require.Equal(t, casework.StageMoved, rows[1].Stage)
	require.Equal(t, younger, rows[1].Child)
	requireFamilySound(t, c)
	requireFamilySound(t, other)
}

// Invariant of section 2.3: one open RemovalEpisode per child. It holds across both
// cases, because the episode is in one of them.
func TestSplit_TakesTheEpisodeOfCareAlong(t *testing.T) {
	t.Parallel()
	c := apart(t)
	before := childOf(c.state, younger)
	other := c.splits(t, aSplit(younger))

	require.Equal(t, before, childOf(other.state, younger), "in care since the same day, in the same home")
	require.Equal(t, casework.StageOutOfHomeCare, other.state.Stage())
	require.Empty(t, childOf(c.state, younger))
	for _, f := range c.state.Facts {
		require.NotEqual(t, younger, f.Subject, "%s stayed behind", f.Type)
	}
	for _, f := range other.state.Facts {
		require.NotEqual(t, elder, f.Subject, "%s came along", f.Type)
	}
}

func TestSplit_EachCaseKeepsWhatIsAboutItsChildren(t *testing.T) {
	t.Parallel()
	c := apart(t)
	other := c.splits(t, aSplit(younger))
	old, fresh := c.state, other.state

	require.Equal(t, [][]string{{elder}, {elder}, nil}, ordered(old))
	require.Equal(t, [][]string{{younger}, nil, {younger}}, ordered(fresh))
	require.Equal(t, []string{"", "", "withdrawn"}, standings(old))
	require.Equal(t, []string{"", "withdrawn", ""}, standings(fresh))
	require.Equal(t, []string{younger}, old.ContactPlans[2].Persons, "siblings go on seeing each other")
	require.Equal(t, []string{elder}, fresh.ContactPlans[2].Persons)
	require.True(t, old.ContactPlans[1].Ended)
	require.True(t, fresh.ContactPlans[0].Ended)
	require.Equal(t, "in-another-case", old.Rights[0].Result, "the child's grievance goes with the child")
	require.Empty(t, fresh.Rights[0].Result)
	require.Equal(t, elder, old.Plans[0].Goals[0].Child)
	require.Len(t, old.Plans[0].Goals, 1)
	require.Equal(t, younger, fresh.Plans[0].Goals[0].Child)
	require.Len(t, fresh.Plans[0].Goals, 1)
	require.Len(t, fresh.Plans[0].Needs, 1, "what the mother is to do stays where the mother is")
	require.Len(t, old.Plans[0].Needs, 2)
	require.Equal(t, casework.StepPending, fresh.PlanSteps()["step-1.1.1"].Status)
	require.NotContains(t, fresh.PlanSteps(), "step-2.1.1")
}

func TestSplit_AdultsWhoLeaveTakeAlongWhatThePlanWantsOfThem(t *testing.T) {
	t.Parallel()
	c := apart(t)
	other := c.splits(t, with(aSplit(younger), func(b *casework.Split) { b.Persons = []string{"P9"} }))
	require.Len(t, other.state.Plans[0].Needs, 2)
	require.Len(t, c.state.Plans[0].Needs, 1)
	require.Contains(t, other.state.PlanSteps(), "step-2.1.1")
	require.NotContains(t, c.state.PlanSteps(), "step-2.1.1")
}

// A parent of those who leave is one of those who stay, too, and can be named in both.
func TestSplit_BothCasesKnowTheAdults(t *testing.T) {
	t.Parallel()
	c := apart(t)
	c.does(t, caseworker(), anAdult(casework.KindCase, "P9", "parent"))
	hidden := casework.NewAdult(casework.KindCase, casework.Adult{ID: "P10", As: []string{"relative"}, Protected: true})
	c.does(t, caseworker(), hidden)
	other := c.splits(t, aSplit(younger))
	rows := other.state.AdultRows()
	require.Equal(t, []casework.AdultSummary{
		{Aggregate: "case-" + other.state.Number, Person: "P9", As: []string{"parent"}},
		{Aggregate: "case-" + other.state.Number, Person: "P10", As: []string{"relative"}, Protected: true},
	}, rows)
	require.Len(t, c.state.AdultRows(), 2)
}

// An order about children on both sides is followed in both cases, each for its own.
func TestSplit_AnOrderAboutBothIsCompliedWithInEachCase(t *testing.T) {
	t.Parallel()
	c := apart(t)
	other := c.splits(t, aSplit(younger))
	done := &casework.OrderCompliance{Order: "order-1", On: day(t, "2025-02-20"), Kind: casework.EvidenceKinds()[0], Evidence: "text"}
	other.does(t, caseworker(), done)
	require.Equal(t, []string{"complied", "withdrawn", ""}, standings(other.state))
	require.Equal(t, []string{"", "", "withdrawn"}, standings(c.state))
	other.refuses(t, refusal{
		name: "an order about the sibling", by: caseworker(), kind: casework.Invalid, field: "order",
		body: with(done, func(b *casework.OrderCompliance) { b.Order = "order-2" }),
	})
}

func TestSplit_ItemsKeepTheirNumbersAndNewOnesGetTheNext(t *testing.T) {
	t.Parallel()
	c := apart(t)
	other := c.splits(t, aSplit(younger))
	other.does(t, caseworker(), with(anOrder(t), func(b *casework.OrderMaking) { b.Children = []string{younger} }))
	require.Equal(t, "order-4", other.state.Court.Orders[3].Ref)
	require.Equal(t, "order-3", other.state.Court.Orders[2].Ref)
	docket := casework.DocketOf(other.events)
	require.Len(t, docket.Orders, 3, "and the docket tells of those that came along")
	require.Len(t, docket.Matters, 1)
}

// An approved plan is locked: what it was, is told for ever.
func TestSplit_LeavesTheApprovedPlanAsItWasInItsHistory(t *testing.T) {
	t.Parallel()
	c := apart(t)
	before := casework.PlanHistory(c.events)
	other := c.splits(t, aSplit(younger))
	require.Empty(t, cmp.Diff(before, casework.PlanHistory(c.events), asStored(), cmpopts.EquateEmpty()))
	theirs := casework.PlanHistory(other.events)
	require.Equal(t, "1", theirs[0].Number)
	require.Len(t, theirs[0].Goals, 1)
}

func TestSplit_SaysBeforehandWhatWouldMove(t *testing.T) {
	t.Parallel()
	c := apart(t)
	c.owes(t, standIn(c.state.Base(), c.state.Subjects(), c.now)...)
	before := reread(t, c.state)
	plan := c.state.PlanSplit(aSplit(younger))
	require.Equal(t, []string{"contact-plan-2", "grievance-1", "order-3"}, plan.Leaves)
	require.Subset(t, plan.Both, []string{"contact-plan-3", "order-1", "step-1.1.1"})
	require.Subset(t, plan.Stays, []string{"contact-plan-1", "order-2", "referral-1", "step-2.1.1"})
	require.Equal(t, []string{"visit/P2/2"}, plan.Duties)
	require.Empty(t, cmp.Diff(before, c.state, asStored()))
}

func TestSplit_MovesDutiesAndSaysWhere(t *testing.T) {
	t.Parallel()
	c := apart(t)
	c.owes(t, standIn(c.state.Base(), c.state.Subjects(), c.now)...)
	was := ledgerOf(c.state, younger)
	other := c.splits(t, aSplit(younger))

	changes := c.owes(t, standIn(c.state.Base(), c.state.Subjects(), c.now)...)
	require.Len(t, changes, 1, "what was settled stays as it was")
	require.Equal(t, casework.DutySuperseded, changes[0].Duty.Status)
	require.Equal(t, "2002", changes[0].Duty.MovedTo)
	require.Equal(t, "See the child (P2): goes on in case 2002, was due 22 March 2025.", changes[0].Says())

	other.owes(t, standIn(other.state.Base(), other.state.Subjects(), other.now)...)
	require.Equal(t, was, ledgerOf(other.state, younger), "the same dates, met or not")
}

func TestSplit_CorrectsWhatCameAlongInTheNewCase(t *testing.T) {
	t.Parallel()
	c := apart(t)
	other := c.splits(t, aSplit(younger))
	other.at(t, "2025-03-03 12:00")
	id := other.factID(t, casework.FactVisitMade, younger)
	require.Regexp(t, `^1\.\d+\.\d+$`, id)
	other.does(t, caseworker(), correctsAt(id, clock(t, "2025-02-19 10:00")))
	require.True(t, other.facts(casework.FactVisitMade)[0].At.Equal(clock(t, "2025-02-19 10:00")))
	require.Equal(t, day(t, "2025-01-21"), childOf(other.state, younger).RemovedOn, "what another event recorded stays")
	other.refuses(t, refusal{
		name: "words added to an entry of the other case", by: caseworker(), kind: casework.Invalid, field: "entry",
		body: &casework.Addendum{Entry: 1, Words: "text"},
	})
}

func TestSplit_TellsTheNewWorkerWhatIsOwedAndNotWhatWasMissedBefore(t *testing.T) {
	t.Parallel()
	c := apart(t)
	other := c.splits(t, aSplit(younger))
	told := other.state.NoticesFor(other.events[0])
	require.Len(t, told, 2)
	require.Equal(t, "w-caseworker-2", told[0].Recipient)
	missed := aDuty("visit/P2/1", "2025-02-01", clock(t, "2025-02-01 23:59"), casework.DutyIncurable)
	overdue := aDuty("visit/P2/2", "2025-02-10", clock(t, "2025-02-10 23:59"), casework.DutyOverdue)
	changes := other.state.Changes([]casework.Duty{missed, overdue}, other.now)
	for _, notice := range other.state.NoticesFor(other.passed(changes)) {
		require.Equal(t, overdue.ID, notice.Duty)
	}
	require.NotEmpty(t, other.state.NoticesFor(other.passed(changes)))
}

func TestSplit_ARestrictedFamilyStaysRestricted(t *testing.T) {
	t.Parallel()
	c := apart(t)
	c.does(t, supervisor(), casework.NewRestriction(casework.KindCase, true, "text"))
	other := c.splits(t, aSplit(younger))
	require.True(t, other.state.Restricted)
	require.True(t, other.state.Summary().Restricted)
}

func TestSplit_Refuses(t *testing.T) {
	t.Parallel()
	c := apart(t)
	refuse := func(name, field string, change func(*casework.Split)) refusal {
		return refusal{name: name, by: supervisor(), body: with(aSplit(younger), change), kind: casework.Invalid, field: field}
	}
	c.refuses(
		t,
		refusal{name: "by a caseworker", by: caseworker(), body: aSplit(younger), kind: casework.Forbidden},
		refuse("nobody leaves", "children", func(b *casework.Split) { b.Children = nil }),
		refuse("nobody stays", "children", func(b *casework.Split) { b.Children = []string{elder, younger} }),
		refuse("of another family", "children", func(b *casework.Split) { b.Children = []string{"P7"} }),
		refuse("twice", "children", func(b *casework.Split) { b.Children = []string{younger, younger} }),
		refuse("a child among the adults", "persons[0]", func(b *casework.Split) { b.Persons = []string{elder} }),
		refuse("a name among the adults", "persons[0]", func(b *casework.Split) { b.Persons = []string{"Jane Doe"} }),
		refuse("for no known reason", "reason", func(b *casework.Split) { b.Reason = "why-not" }),
		refuse("without a word", "note", func(b *casework.Split) { b.Note = "" }),
		refuse("without a worker", "worker", func(b *casework.Split) { b.Worker = "" }),
		refuse("without a supervisor", "supervisor", func(b *casework.Split) { b.Supervisor = "" }),
		refuse("under oneself", "supervisor", func(b *casework.Split) { b.Supervisor = b.Worker }),
		refuse("for a case without a number", "number", func(b *casework.Split) { b.Number = "" }),
		refuse("an adult twice", "persons", func(b *casework.Split) { b.Persons = []string{"P9", "P9"} }),
		refusal{
			name: "an adult whom nobody put on record", edition: casework.Edition, by: supervisor(), kind: casework.Invalid, field: "persons",
			body: with(aSplit(younger), func(b *casework.Split) { b.Persons = []string{"P11"} }),
		},
	)
	for code, step := range map[string]func(*caseClerk){
		"plan-awaits-approval": func(c *caseClerk) { c.does(t, caseworker(), kept(t, "2025-02-20")) },
		"investigation-open":   func(c *caseClerk) { c.does(t, casework.System(), &casework.ReportAttachment{Report: "1007"}) },
		"one-child":            func(c *caseClerk) { c.does(t, supervisor(), aSplit(elder)) },
	} {
		late := c.fork()
		step(late)
		late.refuses(t, refusal{name: code, by: supervisor(), body: aSplit(younger), kind: casework.Blocked, codes: []string{code}})
	}
}

func TestSplit_WhileClosingIsAskedForIsRefused(t *testing.T) {
	t.Parallel()
	c := visited(t, elder, younger)
	c.does(t, caseworker(), &casework.ClosingRequest{Risk: "low", Reason: "text-9"})
	c.refuses(t, refusal{name: "split", by: supervisor(), body: aSplit(younger), kind: casework.Blocked, codes: []string{"closing-requested"}})
}

func TestRejoining_MakesTheCaseWhatItWas(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		w := newWalk(seed)
		w.shuns["case"] = true
		c := apart(t)
		w.goOn(t, c, int(seed))
		before, split := c.state.Fork(), aSplit(one(w, elder, younger))
		if w.rng.IntN(2) == 0 {
			split.Persons = []string{"P9"}
		}
		if _, err := c.state.Decide(c.command(t, supervisor(), split)); err != nil {
			continue
		}
		was := casework.FoldCase(c.events)
		c.does(t, supervisor(), split)
		back := was.Rejoin(split, supervisor(), today(c.now, c.state.Location()), "conflict-of-interest")
		back.Now = c.now.UTC().Truncate(time.Microsecond)
		e, err := c.state.Decide(back)
		require.NoError(t, err)
		e = reread(t, e)
		c.accept(t, &e)
		requireSound(t, c)
		requireFamilySound(t, c)
		require.Empty(t, cmp.Diff(before, c.state, asStored(), cmpopts.EquateEmpty(),
			cmpopts.IgnoreFields(casework.Record{}, "Revision", "Head", "Now", "Ledger"),
			cmpopts.SortSlices(func(a, b string) bool { return a < b }),
			cmpopts.SortSlices(func(a, b casework.Child) bool { return a.ID < b.ID }),
			cmpopts.SortSlices(func(a, b casework.Goal) bool { return a.Child < b.Child }),
			cmpopts.SortSlices(func(a, b casework.PlanParticipant) bool { return a.Person < b.Person }),
			cmpopts.SortSlices(func(a, b casework.Signature) bool { return a.Person < b.Person })), "seed %d", seed)
	}
}

func TestRejoining_Refuses(t *testing.T) {
	t.Parallel()
	c := apart(t)
	before := casework.FoldCase(c.events)
	back := before.Rejoin(aSplit(younger), supervisor(), day(t, "2025-02-20"), "unopened").Body
	c.refuses(t, refusal{
		name: "nobody has left", by: casework.System(), body: back, kind: casework.Blocked, codes: []string{"nobody-left"},
	})
	c.does(t, supervisor(), aSplit(younger))
	c.refuses(
		t,
		refusal{name: "by a person", by: supervisor(), body: back, kind: casework.Forbidden},
		refusal{
			name: "others than those who left", by: casework.System(), kind: casework.Invalid, field: "portion",
			body: before.Rejoin(aSplit(elder), supervisor(), day(t, "2025-02-20"), "unopened").Body,
		},
		refusal{
			name: "for no case", by: casework.System(), kind: casework.Invalid, field: "number",
			body: with(back.(*casework.Rejoining), func(b *casework.Rejoining) { b.Number = "" }),
		},
		refusal{
			name: "for no reason", by: casework.System(), kind: casework.Invalid, field: "reason",
			body: with(back.(*casework.Rejoining), func(b *casework.Rejoining) { b.Reason = "" }),
		},
	)
}

func TestBranching_Refuses(t *testing.T) {
	t.Parallel()
	c := apart(t)
	body := c.state.Branch(aSplit(younger), supervisor(), c.now).Body.(*casework.Branching)
	none := &caseClerk{state: &casework.Case{}, now: c.now}
	refuse := func(name, field string, change func(*casework.Branching)) refusal {
		return refusal{name: name, by: casework.System(), body: with(body, change), kind: casework.Invalid, field: field}
	}
	none.refuses(
		t,
		refusal{name: "by a person", by: supervisor(), body: body, kind: casework.Forbidden},
		refuse("without a number", "number", func(b *casework.Branching) { b.Number = "" }),
		refuse("from nowhere", "from", func(b *casework.Branching) { b.From = "" }),
		refuse("without a worker", "worker", func(b *casework.Branching) { b.Worker = "" }),
		refuse("for nobody", "portion.children", func(b *casework.Branching) { b.Portion = casework.Portion{} }),
	)
	c.refuses(t, refusal{name: "where a case is open", by: casework.System(), body: body, kind: casework.Blocked})
}

// Every text that came along can be given another reference, and the case from which
// it came sees nothing of it.
func TestBranching_NamesEveryTextItBrought(t *testing.T) {
	t.Parallel()
	c := apart(t)
	before := reread(t, c.state)
	b := c.state.Branch(aSplit(younger), supervisor(), c.now).Body.(*casework.Branching)
	for _, text := range b.Narratives() {
		if *text != "" {
			*text = "moved"
		}
	}
	require.Empty(t, cmp.Diff(before, c.state, asStored()))
	data, err := json.Marshal(b)
	require.NoError(t, err)
	require.NotContains(t, string(data), `"text-`)
	require.Contains(t, string(data), `"moved"`)
}

func ordered(c *casework.Case) (children [][]string) {
	for _, o := range c.Court.Orders {
		children = append(children, o.Children)
	}
	return children
}

func standings(c *casework.Case) (all []string) {
	for _, o := range c.Court.Orders {
		all = append(all, o.Status)
	}
	return all
}

// ledgerOf lists what is owed about a child: duty, date and status.
func ledgerOf(c *casework.Case, child string) (all []string) {
	for _, d := range c.Ledger {
		if d.Subject == child {
			all = append(all, d.ID+" "+d.Due+" "+string(d.Status))
		}
	}
	return all
}

// parts sees that what was one story before a split is the same two stories after
// it, and walks a little with those who left.
func (w *walk) parts(t testing.TB, before *casework.Case, c *caseClerk, split casework.Event) {
	t.Helper()
	other := branched(t, before, split)
	other.owes(t, standIn(other.state.Base(), other.state.Subjects(), other.now)...)
	requireSound(t, other)
	requireFamilySound(t, other)
	for _, child := range before.Children {
		in := c.state
		if childOf(in, child.ID).ID == "" {
			in = other.state
		}
		require.Equal(t, child, childOf(in, child.ID), "the child's story is the same")
		now := split.RecordedAt
		require.Equal(t, dues(before, child.ID, now), dues(in, child.ID, now), "and so is what is owed")
	}
	require.Len(t, c.state.Children, len(before.Children)-len(other.state.Children), "each child is in one case")
	requireStored(t, 0, other.state, casework.FoldCase(other.events))
	alone := &walk{rng: w.rng, taken: map[string]int{}, shuns: w.shuns}
	for range 5 {
		alone.goOn(t, other, 1)
		requireSound(t, other)
		requireFamilySound(t, other)
	}
}

// dues lists what is owed about a child: duty, date and status.
func dues(c *casework.Case, child string, now time.Time) (all []string) {
	for _, d := range standIn(c.Base(), c.Subjects(), now) {
		if d.Subject == child {
			all = append(all, d.ID+" "+d.Due+" "+string(d.Status))
		}
	}
	return all
}
