package casework_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

// Steps of the court and of rights name people whom the case knows.
func TestKnown_WantsAdultsOnTheCaseOfThoseWhoKnowTheRule(t *testing.T) {
	t.Parallel()
	c := removed(t, elder, younger)
	c.at(t, "2025-03-20 12:00")
	c.does(t, caseworker(), &casework.TPRPetition{
		Children: []string{elder}, Parents: []string{"P7"}, On: day(t, "2025-03-10"), Grounds: "text",
	})
	order := with(anOrder(t), func(b *casework.OrderMaking) { b.Matter, b.Owes.ID = "", "P7" })
	c.does(t, caseworker(), order)
	on, until := day(t, "2025-03-20"), day(t, "2025-04-20")
	parent := casework.Participant{Person: "P8", Role: "parent"}
	owes := casework.Party{Role: "parent", ID: "P8"}
	cases := map[string]struct {
		body  casework.Body
		field string
	}{
		"a petition":           {&casework.TPRPetition{Children: []string{elder}, Parents: []string{"P8"}, On: on, Grounds: "text"}, "parents"},
		"a decision":           {&casework.TPRDecision{Children: []string{elder}, Parent: "P8", Status: casework.TPRRelinquished, On: on}, "parent"},
		"an order":             {with(order, func(b *casework.OrderMaking) { b.Owes = owes }), "owes.id"},
		"a modified order":     {&casework.OrderChange{Order: "order-1", On: on, Owes: owes, Reason: "text"}, "owes.id"},
		"a notice that is due": {&casework.RightsNoticeOwed{About: "removal", To: parent, Due: until}, "to.person"},
		"a notice":             {&casework.RightsNotice{About: "removal", To: parent, On: on, How: "mail"}, "to.person"},
		"an appeal":            {&casework.Appeal{About: "removal", By: parent, On: on, DecideBy: until}, "by.person"},
		"a grievance":          {&casework.Grievance{About: "visits", By: parent, On: on, AnswerBy: until, Words: "text"}, "by.person"},
	}
	decide := func(c *caseClerk, body casework.Body, edition int) error {
		cmd := c.command(t, caseworker(), body)
		cmd.Edition = edition
		_, err := c.state.Decide(cmd)
		return err
	}
	knows := c.fork()
	knows.does(t, caseworker(), anAdult(casework.KindCase, "P8", "parent"))
	for name, r := range cases {
		t.Run(name, func(t *testing.T) {
			c.refuses(t, refusal{
				name: "unknown", edition: casework.Edition, by: caseworker(), body: r.body, kind: casework.Invalid, field: r.field,
			})
			require.NoError(t, decide(c, r.body, casework.EditionWholePlans), "as it was decided before")
			require.NoError(t, decide(knows, r.body, casework.Edition))
		})
	}
	require.NoError(t, decide(c, &casework.TPRDecision{
		Children: []string{elder}, Parent: "P7", Status: casework.TPRGranted, On: on,
	}, casework.Edition), "who was named before adults were put on record is known")
	for name, owes := range map[string]casework.Party{
		"the agency": {Role: "agency"}, "a worker": {Role: "worker", ID: "w-99"}, "a provider": {Role: "provider", ID: "provider-9"},
		"a parent without an ID": {Role: "parent"},
	} {
		require.NoError(t, decide(c, with(order, func(b *casework.OrderMaking) { b.Owes = owes }), casework.Edition), name)
	}
}
