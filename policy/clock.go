package policy

import "homeward/casework"

// Scope says whether a clock runs once for a record, for each subject or for
// each item.
type Scope string

// The scopes of a clock.
const (
	ScopeRecord  Scope = "record"
	ScopeSubject Scope = "subject"
	// ScopeItem runs once for each item that the starting facts name by their Ref.
	ScopeItem Scope = "item"
)

// Source says what a clock rests on.
type Source string

// The sources of a clock.
const (
	SourceStatute    Source = "statute"
	SourceRegulation Source = "regulation"
	// SourcePractice is an agency's own standard; no law requires it.
	SourcePractice Source = "practice"
)

// recurrence says how often a clock asks for the same act.
type recurrence string

const (
	recursNever recurrence = ""
	// recursFromHeld counts the next interval from the date the act was done,
	// and from the date it was due where it was not done at all: a missed
	// review does not excuse the one after it.
	recursFromHeld recurrence = "from the date held"
	// recursFromDue keeps the dates of the first schedule, whenever the act
	// was done, and asks for one act in each interval.
	recursFromDue recurrence = "from the date due"
	// recursMonthly asks for one act in each calendar month that lies wholly
	// within the run. Partial months ask for nothing.
	recursMonthly recurrence = "each full calendar month"
	// recursStated asks for the act at least every so many days as the starting
	// facts that stand say, counted from the date it was done. The strictest
	// counts, the clock's own length included.
	recursStated recurrence = "every stated number of days"
)

// restart says what a second starting fact does to a clock.
type restart string

const (
	// restartAdds gives each starting fact a duty of its own. A clock that
	// recurs goes on instead, if it still runs.
	restartAdds restart = "adds"
	// restartReplaces lets the latest starting fact that gives a date take the
	// place of earlier ones.
	restartReplaces restart = "replaces"
	// restartIgnored keeps to the first until something ends its run.
	restartIgnored restart = "is ignored"
	// restartMoves moves a stated date while the duty is still owed, and keeps
	// the first one. After the duty was met, a starting fact begins the next.
	restartMoves restart = "moves the date"
)

// clock is one clock of a pack, ready to run.
type clock struct {
	id, title string
	scope     Scope
	owner     casework.Role

	// care: the clock runs within each episode of care and ends with it.
	care bool
	// unagreed leaves out the episodes that the parents agreed to.
	unagreed bool
	// starts are the facts that bring the duty into being; without any, the
	// episode of care does.
	starts  []match
	restart restart
	// before, when not zero, is how many days before the episode a starting fact
	// may lie: see [evaluation.before].
	before int
	// beforeWhere marks those that count whatever comes after.
	beforeWhere []condition
	// terms give the due date: the earliest one counts. The clock's own come
	// first, then those of the packs it extends, so that a state can be
	// stricter than the federal floor and never laxer.
	terms  []term
	recurs recurrence
	// from is the reference of the pack that brought the clock or last changed
	// how it counts.
	from string
	// metBy are alternatives, unless metByAll.
	metBy    []match
	metByAll bool
	// forbids makes the clock a waiting time: until the due date none of these
	// may happen. It is met when the date has passed without.
	forbids []match
	// lasts makes the clock the time of a right: nobody owes an act, and it is over
	// when the date has passed.
	lasts bool
	// careFor, when not zero, makes the duty one that is owed on leaving care, if
	// the child has been there for so long by the due date.
	careFor length
	// atStart: only the starting fact, or one before it, can meet the duty.
	atStart bool
	// beforeDay: on the due day itself it is too late.
	beforeDay bool
	// early is how many days before the run's start a fact may already meet it.
	early int
	// within, when not zero, is the window that ends with the due date and in
	// which the act must be done; an earlier one does not count.
	within   length
	waivedBy []match
	ends     []match
	extended []extension
	// incurable: once missed, no later act mends it.
	incurable bool
	ladder    ladder
}

// term is one way to count to the due date.
type term struct {
	from    anchor
	lengths []caseLength
	// back is counted back from the end of the length; where backStated, by the
	// Days of the starting fact if it has any.
	back       length
	backStated bool
	every      length
	// added: the term is a state's own, beside that of the pack it extends.
	added bool
	grounds
	window *window
	// paused are spans in which the duty is not owed by this term. Its date stays
	// on the original schedule; one that falls into the span is due when it ends.
	// The term of a state has its own: a pause of the federal law is none of its.
	paused []int
	// fixed: the intervals keep the dates of the first schedule, also where the
	// clock itself counts from the date held.
	fixed bool
}

// grounds say what a term rests on.
type grounds struct {
	citation, consequence string
	source                Source
	confirmed             bool
}

// caseLength is a length that holds where the starting fact meets conditions.
type caseLength struct {
	where []condition
	length
	// stated: the Until of the starting fact is the end, and the length holds
	// for a fact without one.
	stated bool
}

// anchorKind says what a term counts from.
type anchorKind string

const (
	anchorStart    anchorKind = "start"
	anchorRemoval  anchorKind = "removal"
	anchorEntered  anchorKind = "entered care"
	anchorBirthday anchorKind = "birthday"
	anchorFact     anchorKind = "fact"
)

// anchor is what a term counts from.
type anchor struct {
	kind anchorKind
	// fact is the index of the fact type for anchorFact.
	fact int
	// age is the birthday for anchorBirthday.
	age int
}

// extension moves a due date to a later one; the first date is kept.
type extension struct {
	by match
	// days is the length where the fact itself does not say.
	days int
	// toUntil moves the date to the Until of the fact instead.
	toUntil bool
	// each bounds one extension, most all of them together, in days; zero means
	// no bound.
	each, most int
	// inTime: one that is given on or after the date it would move is void.
	inTime bool
}

// ladder says who is told when.
type ladder struct {
	atRisk    rung
	overdue   rung
	escalated []rung
}

// rung is a lead before, or a delay after, the due date.
type rung struct {
	lead length
	tell []casework.Role
}

// span is a named stretch of time between two facts.
type span struct {
	id, title string
	starts    []match
	ends      []match
	// most, when not zero, is the limit of a span that has a planned end: it
	// ends after the Until of its first fact, or at the limit, unless
	// something ends it before.
	most length
}

// window is the rule of "15 of the most recent 22 months".
type window struct {
	months   int
	excluded []int
}
