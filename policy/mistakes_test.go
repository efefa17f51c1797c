package policy_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"homeward/policy"
)

// Those who write packs know the law and not this program. Each of the mistakes
// that they are most likely to make is named at its line, in words from which
// they see what to write instead.
func TestLoad_HelpsWithTheUsualMistakes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		mistake  string
		old, now string
		// below is how many lines below the start of now the problem is named.
		below int
		want  string
	}{
		{"a tab", "    scope: subject\n    owner: investigator", "\tscope: subject\n    owner: investigator", 0, "not YAML: a tab; indent with spaces"},
		{"a tab in front of a list", "weekend: [saturday, sunday]\n    closed:", "weekend: [saturday, sunday]\n\tclosed:", 1, "not YAML: a tab; indent with spaces"},
		{"a colon in a text", "title: See the child", "title: See: the child", 0, "not YAML: a colon inside a text, which must then be in quotes"},
		{"an indentation that is off", "    scope: subject\n    owner: investigator", "   scope: subject\n    owner: investigator", -2, "not YAML: a line from here on is indented otherwise than those above it"},
		{"a quotation mark that stays open", "citation: Cascadia Code 10.1\n", "citation: \"Cascadia Code 10.1\n", 0, "not YAML: a quotation mark is not closed"},
		{"a bracket that stays open", "[victim.contacted]", "[victim.contacted", 0, "not YAML: a comma is missing, or the ] that closes a ["},
		{"a forgotten comma", "{id: determination, title: Make", "{id: determination title: Make", 0, "not YAML: a comma is missing, or the } that closes a {"},
		{"a sign at the beginning of a text", "citation: Cascadia Code 10.1\n", "citation: @Cascadia Code 10.1\n", 0, "not YAML: a text that begins with a sign must be in quotes"},
		{"two packs in a file", "calendars: #", "---\ncalendars: #", 0, "--- begins a second pack; a file holds one"},
		{"a version without quotes", `version: "2026.1"`, `version: 2026.1`, 0, `"2026.1" must be a quoted year and number like "2025.1"`},
		{"a misspelt field", "    consequence: The", "    consequences: The", 0, `a clock has no key "consequences"; it has id, title, scope,`},
		{"a missing field", "    citation: Cascadia Code 10.1\n", "", -11, `a clock needs "citation"`},
		{"an empty field", "title: See the child", "title:", 0, "title must be a text"},
		{"a misspelt fact", "[victim.contacted]", "[victim.contact]", 0, `"victim.contact" is not a type of fact; did you mean victim.contacted?`},
		{"a fact of another name", "[victim.contacted]", "[case.reviewed]", 0, `"case.reviewed" is not a type of fact`},
		{"a fact that is not a list", "starts_with: [report.received]\n    l", "starts_with: report.received\n    l", 0, "starts_with must be a list with at least one entry"},
		{"a length in weeks", "length: 30 days, ext", "length: 2 weeks, ext", 0, `"2 weeks" must be a number of hours, days, business days, judicial days, months, years; 2 weeks are 14 days`},
		{"a length without a unit", "length: 45 days", "length: 45", 0, `"45" must be a number of hours, days,`},
		{"a length in words", "length: 3 months", "length: three months", 0, `"three months" must be a number of hours, days,`},
		{"a misspelt counting rule", "counting: skip closed days", "counting: skip weekends", 0, `"skip weekends" must be one of "skip closed days", "roll to the next open day",`},
		{"a missing calendar", "length: 2 judicial days, calendar: courts,", "length: 2 judicial days,", -1, "clock petition needs a calendar"},
		{"a misspelt calendar", "calendar: courts,\n     met_by: [custody.petition-filed]", "calendar: court,\n     met_by: [custody.petition-filed]", 0, `there is no calendar "court"; there are courts`},
		{"a misspelt ladder", "ladder: first-hours", "ladder: first-hour", 0, `there is no ladder "first-hour"; there are `},
		{"a misspelt span", "paused_during: [treatment]", "paused_during: [treatments]", 0, `there is no span "treatments"; there are `},
		{"a title for a role", "owner: investigator\n", "owner: social worker\n", 0, `"social worker" is not a role; there are hotline, investigator, caseworker, supervisor, manager`},
		{"a role in brackets", "owner: investigator\n", "owner: [investigator]\n", 0, "one role is asked for here, without brackets"},
		{"yes for true in a condition", "[victim.contacted]", "[{fact: visit.made, where: {in_residence: yes}}]", 0, `"yes" must be true or false`},
		{"a condition without a value", "[victim.contacted]", "[{fact: missing.reported, where: {to: []}}]", 0, "to must be a list with at least one entry"},
		{"the same condition twice", "[victim.contacted]", "[{fact: missing.reported, where: {to: ncmec, to: police}}]", 0, `"to" is given twice, first in line`},
		{"yes for true", "confirmed: true\n\n  # The same", "confirmed: yes\n\n  # The same", 0, `"yes" must be true or false`},
		{"an American date", "2026-05-25", "05/25/2026", 0, `"05/25/2026" is not a date like 2026-01-31`},
		{"closed days out of order", "2026-05-25, 2026-07-03", "2026-07-03, 2026-05-25", 0, "2026-05-25 must come after 2026-07-03"},
		{"a short day of the week", "weekend: [saturday, sunday]", "weekend: [sat, sunday]", 0, `"sat" is not a day of the week`},
		{"a base without its version", "extends: us-federal@2025.1", "extends: us-federal", 0, `extends "us-federal", which is not there; a pack is named with its version`},
		{"a longer federal clock", "length: 45 days", "length: 90 days", 0, "clock case-plan has 90 days, which is laxer than the 60 days of us-federal@2025.1"},
		{"a longer federal clock in another unit", "length: 45 days", "length: 3 months", 0, "clock case-plan has 3 months, which is laxer than the 60 days of us-federal@2025.1"},
		{"a longer waiting time", "id: case-plan, length: 45 days", "id: icwa-notice-wait, length: 45 days", 0, "clock icwa-notice-wait would be laxer than us-federal@2025.1: it is a waiting time"},
		{"a stated date of a federal clock that counts from removal", "length: 45 days", "length: stated", 0, "clock case-plan is due on a stated date, so it needs the fact that states it"},
		{"a misspelt federal clock", "id: case-plan,", "id: caseplan,", 0, "there is no clock caseplan in us-federal@2025.1 to change, so this is a new one; did you mean case-plan?"},
		{"a federal clock changed twice", "  # A change to a federal clock", "  - {id: case-plan, owner: supervisor}\n  # A change to a federal clock", 2, "clock case-plan is changed twice in this pack; put both changes into one"},
		{"a change that changes nothing", "id: case-plan, length: 45 days, citation: Cascadia Code 13.1, source: statute, confirmed: true", "id: case-plan", 0, "clock case-plan is named and nothing of it is changed"},
		{"another citation for a date that stays", "id: case-plan, length: 45 days, citation: Cascadia Code 13.1, source: statute, confirmed: true", "id: case-plan, citation: Cascadia Code 13.1", 0, "clock case-plan changes the law behind a date that stays"},
		{"a federal clock on no grounds", "citation: Cascadia Code 13.1, source: statute, confirmed: true", "citation: Cascadia Code 13.1, source: statute", 0, `it needs its own "citation", "source" and "confirmed"`},
		{"the name of the federal pack", "id: cascadia", "id: us-federal", 0, `"us-federal" is the floor under every pack of this release`},
		{"another act for a federal clock", "length: 45 days,", "length: 45 days, met_by: [service-plan.filed],", 0, `a change to clock case-plan of us-federal@2025.1 has no key "met_by"; it has id, title,`},
		{"the name of another clock", "id: petition,", "id: determination,", 0, `there is already a clock "determination"`},
		{"a longer expungement", "[unsubstantiated, undetermined]}, after: 10 days", "unsubstantiated}, after: 60 days", 0, "retention rule not-founded has 60 days, which is laxer than the 30 days of us-federal@2025.1/unsubstantiated-finding"},
		{"a misspelt result", "[unsubstantiated, undetermined]", "[unsubstantiate]", 0, `"unsubstantiate" must be one of "substantiated", "unsubstantiated", "undetermined"`},
		{"a disposition of a finding", "{result: [unsubstantiated, undetermined]}", "{disposition: referred}", 0, `where, of a finding, has no key "disposition"; it has result`},
		{"a purge sooner than the federal keeping", "after: 5 years", "after: 2 years", 0, "retention rule screened-out has 2 years, which is laxer than the 3 years of us-federal@2025.1/report-records"},
		{"a shorter keeping", "after: 20 years", "after: 1 year", 0, "retention rule case-file has 1 year, which is laxer than the 3 years of us-federal@2025.1/case-records"},
		{"a finding that is kept", "then: expunge", "then: keep", -1, "retention rule not-founded: a finding is expunged; a report or case is kept, or its purge is asked for"},
		{"a case from the day it was found", "after: 20 years, from: closed", "after: 20 years, from: found", 0, `retention rule case-file: only a finding counts from "found"`},
		{"a condition of cases", "id: case-file, of: case,", "id: case-file, of: case, where: {disposition: referred},", 0, `a retention rule of cases has no "where"`},
		{"a rule of the law above by its name", "id: case-file,", "id: case-records,", 0, `there is already a retention rule "case-records"; give this one a name of its own, both hold`},
		{"retention in hours", "after: 10 days", "after: 240 hours", 0, `"240 hours" must be a number of days, months, years`},
	} {
		t.Run(test.mistake, func(t *testing.T) {
			t.Parallel()
			good := block(t, "yaml")
			before, after, ok := strings.Cut(good, test.old)
			require.True(t, ok, "the page has no %q", test.old)
			_, err := policy.Load(fstest.MapFS{"cascadia-2026.1.yaml": {Data: []byte(before + test.now + after)}})
			line := 1 + strings.Count(before, "\n") + test.below
			var named []string
			for _, problem := range packErrors(err) {
				require.Equal(t, "cascadia-2026.1.yaml", problem.File)
				if problem.Line == line {
					named = append(named, problem.Reason)
				}
			}
			require.Contains(t, strings.Join(named, "\n"), test.want, "line %d of %v", line, err)
			require.Len(t, packErrors(err), 1, "what follows from a mistake is no other one")
		})
	}
}
