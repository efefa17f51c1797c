package explain_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/explain"
	"homeward/policy"
)

// issue is the example that the command was specified with.
const issue = `{"timezone": "America/Chicago",
 "child": {"id": "C1", "born": "2012-05-01"},
 "facts": [
  {"type": "child.removed", "on": "2024-01-10"},
  {"type": "court.maltreatment-found", "on": "2024-04-02"},
  {"type": "trial-home-visit.started", "on": "2025-01-01", "until": "2025-06-30", "court_ordered": true},
  {"type": "report.received", "at": "2025-03-08T20:30:00-06:00", "priority": "P1"}]}`

// chicago is an input about one child, born on 2012-05-01, with these facts.
func chicago(facts ...string) string {
	return `{"timezone": "America/Chicago", "child": {"id": "C1", "born": "2012-05-01"}, "facts": [` +
		strings.Join(facts, ",\n") + `]}`
}

func read(t testing.TB, input string) policy.Input {
	t.Helper()
	in, err := explain.Read(strings.NewReader(input))
	require.NoError(t, err)
	return in
}

// refused returns the lines of a refusal.
func refused(t testing.TB, input string) []string {
	t.Helper()
	in, err := explain.Read(strings.NewReader(input))
	_, ok := errors.AsType[explain.Refusals](err)
	require.True(t, ok, "%v", err)
	require.Zero(t, in)
	return strings.Split(err.Error(), "\n")
}

func day(t testing.TB, s string) casework.Date {
	t.Helper()
	d, err := casework.ParseDate(s)
	require.NoError(t, err)
	return d
}

func TestRead_ReadsTheExampleOfTheIssue(t *testing.T) {
	t.Parallel()
	in := read(t, issue)
	require.Equal(t, "America/Chicago", in.Zone.String())
	require.Equal(t, []policy.Subject{{ID: "C1", Born: day(t, "2012-05-01")}}, in.Subjects)
	require.Len(t, in.Facts, 4)
	require.Equal(t, casework.Fact{Type: casework.FactChildRemoved, On: day(t, "2024-01-10")}, in.Facts[0])
	require.Equal(t, casework.Fact{
		Type: casework.FactTrialHomeVisitStarted, On: day(t, "2025-01-01"), Until: day(t, "2025-06-30"), CourtOrdered: true,
	}, in.Facts[2])
	require.Equal(t, "P1", in.Facts[3].Priority)
	// 20:30 in Chicago is 02:30 on the next day in UTC.
	require.Equal(t, time.Date(2025, time.March, 9, 2, 30, 0, 0, time.UTC), in.Facts[3].At.UTC())
}

func TestRead_NamesTheFieldOfWhatCannotBe(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		input string
		want  []string
	}{
		"nothing":           {input: " ", want: []string{"input: is empty"}},
		"no JSON":           {input: "{\n\"timezone\": America}", want: []string{"input: is not JSON: invalid character 'A' looking for beginning of value, in line 2"}},
		"trailing garbage":  {input: issue + " {}", want: []string{"input: is not JSON: invalid character '{' after top-level value, in line 7"}},
		"a list":            {input: "[]", want: []string{"input: must be a JSON object, in { and }"}},
		"no UTF-8":          {input: "{\"timezone\": \"\xff\"}", want: []string{"input: is not UTF-8 text"}},
		"too large":         {input: issue + strings.Repeat(" ", 8<<20), want: []string{"input: is larger than 8 MiB"}},
		"nothing in it":     {input: "{}", want: []string{`timezone: is missing; write "timezone": "America/Chicago"`, "facts: is missing; write [] where nothing has happened yet"}},
		"unknown key":       {input: `{"timezone": "UTC", "fact": [], "facts": []}`, want: []string{"fact: is not known; an input has timezone, child or children, and facts"}},
		"odd key":           {input: `{"timezone": "UTC", "a\u0000b": [], "facts": []}`, want: []string{"?: is not known; an input has timezone, child or children, and facts"}},
		"key given twice":   {input: `{"timezone": "UTC", "facts": [], "timezone": "UTC"}`, want: []string{"timezone: is given twice"}},
		"unknown zone":      {input: `{"timezone": "America/Gotham", "facts": []}`, want: []string{"timezone: is no IANA time zone; write one like America/Chicago"}},
		"this machine's":    {input: `{"timezone": "Local", "facts": []}`, want: []string{"timezone: is no IANA time zone; write one like America/Chicago"}},
		"empty zone":        {input: `{"timezone": "", "facts": []}`, want: []string{"timezone: is empty"}},
		"zone of no text":   {input: `{"timezone": 6, "facts": []}`, want: []string{"timezone: must be a text in quotes"}},
		"facts of no list":  {input: `{"timezone": "UTC", "facts": {}}`, want: []string{"facts: must be a list, in [ and ]"}},
		"null facts":        {input: `{"timezone": "UTC", "facts": null}`, want: []string{"facts: must be a list, in [ and ]"}},
		"too many facts":    {input: `{"timezone": "UTC", "facts": [` + strings.Repeat("{},", 10_000) + `{}]}`, want: []string{"facts: is longer than 10000"}},
		"a name for an ID":  {input: `{"timezone": "UTC", "child": {"id": "Ann Lee"}, "facts": []}`, want: []string{"child.id: must be an ID of letters, digits and - _ . : | alone, of at most 64, and no name"}},
		"unborn on no day":  {input: `{"timezone": "UTC", "child": {"id": "C1", "born": "2023-02-29"}, "facts": []}`, want: []string{"child.born: is no day of the calendar"}},
		"unknown of child":  {input: `{"timezone": "UTC", "child": {"name": "C1"}, "facts": []}`, want: []string{"child.name: is not known; a child has id and born"}},
		"child of no kind":  {input: `{"timezone": "UTC", "child": "C1", "facts": []}`, want: []string{"child: must be a JSON object, in { and }"}},
		"child and others":  {input: `{"timezone": "UTC", "child": {}, "children": [], "facts": []}`, want: []string{"children: stands beside child; give one of them"}},
		"no children":       {input: `{"timezone": "UTC", "children": [], "facts": []}`, want: []string{"children: must be a list of 1 to 100 children"}},
		"nameless siblings": {input: `{"timezone": "UTC", "children": [{"id": "A"}, {}], "facts": []}`, want: []string{"children[1].id: is missing; siblings are told apart by it"}},
		"twins by ID":       {input: `{"timezone": "UTC", "children": [{"id": "A"}, {"id": "A"}], "facts": []}`, want: []string{"children[1].id: is the ID of another child, too"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.want, refused(t, test.input))
		})
	}
}

func TestRead_NamesTheFactAndTheFieldOfWhatCannotBe(t *testing.T) {
	t.Parallel()
	removed := `{"type": "child.removed", "on": "2024-01-10"}`
	for name, test := range map[string]struct {
		facts string
		want  string
	}{
		"no object":             {`7`, "facts[0]: must be a JSON object, in { and }"},
		"null":                  {`null`, "facts[0]: must be a JSON object, in { and }"},
		"no type":               {`{"on": "2024-01-10"}`, `facts[0].type: is missing; write one like "child.removed"`},
		"unknown type":          {`{"type": "child.found-out", "on": "2024-01-10"}`, "facts[0].type: is no type of fact; there is child.removed, child.missing, child.found"},
		"type of no family":     {`{"type": "removal", "on": "2024-01-10"}`, "facts[0].type: is no type of fact; docs/explain.md lists them"},
		"unknown attribute":     {`{"type": "child.removed", "on": "2024-01-10", "note": "x"}`, "facts[0].note: is not known; no fact has it"},
		"case of an attribute":  {`{"type": "child.removed", "On": "2024-01-10", "on": "2024-01-10"}`, "facts[0].On: is not known; no fact has it"},
		"attribute of another":  {`{"type": "child.removed", "on": "2024-01-10", "priority": "P1"}`, "facts[0].priority: does not belong to child.removed, which has reason"},
		"another's, with own":   {`{"type": "visit.made", "on": "2024-01-10", "setting": "relative"}`, "facts[0].setting: does not belong to visit.made, which has in_residence, worker"},
		"attribute twice":       {`{"type": "child.removed", "on": "2024-01-10", "on": "2024-01-11"}`, "facts[0].on: is given twice"},
		"null attribute":        {`{"type": "report.received", "at": "2025-03-08T20:30:00-06:00", "priority": null}`, "facts[0].priority: is null; leave it out instead"},
		"NUL":                   {`{"type": "tpr.exception", "on": "2024-01-10", "reason": "a\u0000"}`, "facts[0].reason: has a character that cannot be shown"},
		"line break":            {`{"type": "tpr.exception", "on": "2024-01-10", "reason": "a\nb"}`, "facts[0].reason: has a character that cannot be shown"},
		"writing backwards":     {`{"type": "tpr.exception", "on": "2024-01-10", "reason": "\u202e"}`, "facts[0].reason: has a character that cannot be shown"},
		"empty text":            {`{"type": "tpr.exception", "on": "2024-01-10", "reason": " "}`, "facts[0].reason: is empty"},
		"long text":             {`{"type": "tpr.exception", "on": "2024-01-10", "reason": "` + strings.Repeat("a", 201) + `"}`, "facts[0].reason: is longer than 200 characters"},
		"number for a text":     {`{"type": "report.received", "at": "2025-03-08T20:30:00-06:00", "priority": 1}`, "facts[0].priority: must be a text in quotes"},
		"text for a truth":      {`{"type": "visit.made", "on": "2024-01-10", "in_residence": "yes"}`, "facts[0].in_residence: must be true or false, without quotes"},
		"no day and no hour":    {`{"type": "review.held"}`, "facts[0].on: is missing; say when it happened, with on or at"},
		"no hour and no day":    {`{"type": "visit.made"}`, "facts[0].at: is missing; say when it happened, with on or at"},
		"day and hour":          {`{"type": "visit.made", "on": "2024-01-10", "at": "2024-01-10T10:00:00Z"}`, "facts[0].at: stands beside on; give the day or the time, not both"},
		"no such day":           {`{"type": "child.removed", "on": "2023-02-29"}`, "facts[0].on: is no day of the calendar"},
		"31 April":              {`{"type": "child.removed", "on": "2024-04-31"}`, "facts[0].on: is no day of the calendar"},
		"month 13":              {`{"type": "child.removed", "on": "2024-13-01"}`, "facts[0].on: is no day of the calendar"},
		"another form of date":  {`{"type": "child.removed", "on": "01/10/2024"}`, "facts[0].on: is not a date like 2025-03-08"},
		"a number for a date":   {`{"type": "child.removed", "on": 20240110}`, "facts[0].on: is not a date like 2025-03-08"},
		"an hour for a day":     {`{"type": "child.removed", "on": "2024-01-10T10:00:00Z"}`, `facts[0].on: is a time and not a day; write "at": "2025-03-08T20:30:00-06:00"`},
		"before 1900":           {`{"type": "child.removed", "on": "0024-01-10"}`, "facts[0].on: lies outside the years 1900 to 2200"},
		"after 2200":            {`{"type": "child.removed", "on": "2201-01-01"}`, "facts[0].on: lies outside the years 1900 to 2200"},
		"an hour after 2200":    {`{"type": "visit.made", "at": "2201-01-01T06:00:00Z"}`, "facts[0].at: lies outside the years 1900 to 2200"},
		"no zone, in winter":    {`{"type": "report.received", "at": "2025-03-08T20:30:00"}`, "facts[0].at: has no time zone; write 2025-03-08T20:30:00-06:00"},
		"no zone, in summer":    {`{"type": "report.received", "at": "2025-03-09 20:30"}`, "facts[0].at: has no time zone; write 2025-03-09T20:30:00-05:00"},
		"a day for an hour":     {`{"type": "report.received", "at": "2025-03-08"}`, `facts[0].at: is a day without a time; write "on": "2025-03-08"`},
		"hour 24":               {`{"type": "report.received", "at": "2025-03-08T24:00:00-06:00"}`, "facts[0].at: is no time that the clock and the calendar have, or has another form than 2025-03-08T20:30:00-06:00"},
		"an hour of no day":     {`{"type": "report.received", "at": "2025-02-29T10:00:00-06:00"}`, "facts[0].at: is no time that the clock and the calendar have, or has another form than 2025-03-08T20:30:00-06:00"},
		"another form of time":  {`{"type": "report.received", "at": "8:30 pm"}`, "facts[0].at: is not a time like 2025-03-08T20:30:00-06:00"},
		"recorded without zone": {`{"type": "child.removed", "on": "2024-01-10", "recorded": "2024-01-11T09:00:00"}`, "facts[0].recorded: has no time zone; write 2024-01-11T09:00:00-06:00"},
		"until before on":       {removed + `, {"type": "trial-home-visit.started", "on": "2025-01-01", "until": "2024-12-31"}`, "facts[1].until: is before the day on which it began"},
		"until before at":       {removed + `, {"type": "trial-home-visit.started", "at": "2025-01-02T05:00:00Z", "until": "2024-12-31"}`, "facts[1].until: is before the day on which it began"},
		"to nobody":             {`{"type": "missing.reported", "at": "2025-03-08T20:30:00-06:00"}`, "facts[0].to: is missing; a missing.reported needs it"},
		"placed nowhere":        {`{"type": "placement.started", "on": "2025-03-08"}`, "facts[0].setting: is missing; a placement.started needs it"},
		"no days":               {`{"type": "determination.extended", "on": "2025-03-08", "days": 0}`, "facts[0].days: must be from 1 to 366"},
		"days backwards":        {`{"type": "determination.extended", "on": "2025-03-08", "days": -30}`, "facts[0].days: must be from 1 to 366"},
		"days without end":      {`{"type": "determination.extended", "on": "2025-03-08", "days": 99999999999999999999}`, "facts[0].days: must be a whole number, without quotes"},
		"half days":             {`{"type": "determination.extended", "on": "2025-03-08", "days": 1.5}`, "facts[0].days: must be a whole number, without quotes"},
		"a stranger":            {`{"type": "child.removed", "on": "2024-01-10", "subject": "C2"}`, "facts[0].subject: names nobody; give the child's id under child or children"},
		"an ID twice":           {`{"type": "review.held", "on": "2024-01-10", "id": "a"}, {"type": "review.held", "on": "2024-01-10", "id": "a"}`, "facts[1].id: is the id of another fact, too"},
		"corrects nothing":      {removed + `, {"type": "child.removed", "on": "2024-01-10", "corrects": "a"}`, "facts[1].corrects: names no fact; it must be the id of one"},
		"corrects itself":       {`{"type": "child.removed", "on": "2024-01-10", "id": "a", "corrects": "a"}`, "facts[0].corrects: leads back to the fact itself"},
		"corrects in a circle":  {`{"type": "review.held", "on": "2024-01-10", "id": "a", "corrects": "b"}, {"type": "review.held", "on": "2024-01-10", "id": "b", "corrects": "a"}`, "facts[0].corrects: leads back to the fact itself"},
		"corrects the replaced": {`{"type": "review.held", "on": "2024-01-10", "id": "a"}, {"type": "review.held", "on": "2024-01-11", "corrects": "a"}, {"type": "review.held", "on": "2024-01-12", "corrects": "a"}`, "facts[2].corrects: names a fact that facts[1].corrects corrects already; correct that one instead"},
		"withdraws nothing":     {`{"type": "review.held", "on": "2024-01-10", "withdrawn": true}`, "facts[0].withdrawn: needs corrects: the id of the fact that never happened"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, []string{test.want}, refused(t, chicago(test.facts)))
		})
	}
}

func TestRead_NamesEverythingAtOnceInTheOrderOfTheInput(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{
		"timezone: is no IANA time zone; write one like America/Chicago",
		"child.born: is no day of the calendar",
		"facts[0].at: has no time zone; write one like 2025-03-08T20:30:00-06:00",
		"facts[0].worker: does not belong to report.received, which has priority",
		"facts[2].type: is no type of fact; there is review.held",
		"facts[3].on: is missing; say when it happened, with on or at",
	}, refused(t, `{"timezone": "Chicago", "child": {"born": "2012-02-30"}, "facts": [
		{"type": "report.received", "at": "2025-03-08T20:30:00", "worker": "w-1"},
		{"type": "child.removed", "on": "2024-01-10"},
		{"type": "review.done", "on": "2024-01-10"},
		{"type": "episode.ended"}]}`))
	// A fact that moves nobody does not hide what is wrong with the order.
	require.Equal(t, []string{
		"facts[0].at: has no time zone; write 2025-03-08T20:30:00-06:00",
		"facts[1].on: ends a stay in care that is not open: no removal comes before it",
	}, refused(t, chicago(
		`{"type": "report.received", "at": "2025-03-08T20:30:00"}`, `{"type": "episode.ended", "on": "2024-01-10"}`)))
	// A removal that cannot be read may be the one that is missing.
	require.Equal(t, []string{"facts[0].on: is no day of the calendar"}, refused(t, chicago(
		`{"type": "child.removed", "on": "2024-01-32"}`, `{"type": "episode.ended", "on": "2024-02-10"}`)))
}

func TestRead_GivesAChildWithoutAnIDOne(t *testing.T) {
	t.Parallel()
	for _, child := range []string{"", `"child": {},`} {
		in := read(t, `{"timezone": "UTC", `+child+` "facts": [{"type": "child.removed", "on": "2024-01-10", "subject": "child"}]}`)
		require.Equal(t, []policy.Subject{{ID: "child"}}, in.Subjects)
	}
}

func TestRead_LimitsTheSumOfExtensions(t *testing.T) {
	t.Parallel()
	// 99 years of 366 days are 36,234 days; the hundredth goes over 36,525.
	facts := make([]string, 100)
	for i := range facts {
		facts[i] = fmt.Sprintf(`{"type": "determination.extended", "on": "%d-01-10", "days": 366}`, 2000+i)
	}
	require.Len(t, read(t, chicago(facts[:99]...)).Facts, 99)
	require.Equal(t, []string{"facts[99].days: brings all extensions together to more than a hundred years"}, refused(t, chicago(facts...)))
}

// broken is an input that cannot be read to its end.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("the disk is gone") }

func TestRead_TellsAFailureFromARefusal(t *testing.T) {
	t.Parallel()
	_, err := explain.Read(broken{})
	require.ErrorContains(t, err, "the disk is gone")
	_, ok := errors.AsType[explain.Refusals](err)
	require.False(t, ok)
}
