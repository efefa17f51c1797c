package casework_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

// aSchool is the elder child's, which may learn of visits with the mother's consent.
func aSchool(t testing.TB) *casework.ProfessionalAdd {
	t.Helper()
	return &casework.ProfessionalAdd{
		Kind: "school", Organization: "text-1", Name: "text-2", Phone: "text-3", Children: []string{elder},
		Shares: []casework.Share{{
			What: []string{"education", "visits"}, Basis: casework.ShareByConsent,
			GivenBy: casework.Participant{Person: "p-7", Role: "parent"}, GivenOn: day(t, "2025-01-18"), Until: day(t, "2025-06-30"),
		}},
	}
}

// sealedShare is what a paper on record opens for a clinic.
func sealedShare() casework.Share {
	return casework.Share{What: []string{casework.ShareSealed}, Basis: casework.ShareByConsent, Paper: "c-1", Recipient: "north-clinic"}
}

func TestProfessional_IsAddedChangedAndLeaves(t *testing.T) {
	t.Parallel()
	c := opened(t)
	e := c.does(t, caseworker(), aSchool(t))
	require.Equal(t, "Professional added (school): education, visits may be shared.", e.Body.Says())
	c.does(t, caseworker(), &casework.ProfessionalAdd{
		Kind: "attorney", Name: "text", From: day(t, "2025-01-19"), Shares: []casework.Share{{What: []string{"nothing"}}},
	})
	require.Equal(t, day(t, "2025-01-20"), c.state.Professionals[0].From, "the day of recording")
	before := c.state.Fork()

	e = c.does(t, caseworker(), &casework.ProfessionalChange{Professional: 1, Phone: "text-9", Why: "text"})
	require.Equal(t, "Professional 1 changed.", e.Body.Says())
	e = c.does(t, caseworker(), &casework.ProfessionalChange{
		Professional: 1, Children: []string{elder, younger}, Shares: []casework.Share{sealedShare()}, Why: "text",
	})
	require.Equal(t, "Professional 1 changed: sealed may be shared.", e.Body.Says())
	require.Equal(t, casework.Professional{
		Number: 1, Kind: "school", Organization: "text-1", Name: "text-2", Phone: "text-9", Children: []string{elder, younger},
		From: day(t, "2025-01-20"), Shares: []casework.Share{sealedShare()},
	}, c.state.Professionals[0])
	require.Equal(t, casework.Text("text-3"), before.Professionals[0].Phone, "a copy is not changed")

	e = c.does(t, caseworker(), &casework.ProfessionalEnd{Professional: 1, On: day(t, "2025-01-20"), Reason: "moved"})
	require.Equal(t, "Professional 1 has left: moved.", e.Body.Says())
	require.Empty(t, c.state.Professionals[0].Shares)
	require.Equal(t, "moved", c.state.Professionals[0].Reason)
	require.Len(t, before.Professionals[0].Shares, 1, "a copy is not changed")
	c.does(t, caseworker(), &casework.Addendum{Entry: 2, Words: "text"})
}

func TestProfessional_NothingIsSharedOnceItsBasisIsGone(t *testing.T) {
	t.Parallel()
	c := awaitsHearing(t)
	c.does(t, caseworker(), with(anOrder(t), func(b *casework.OrderMaking) { b.Code, b.Due = "education-services", casework.Date{} }))
	school := aSchool(t)
	school.Shares = append(school.Shares, casework.Share{What: []string{"health"}, Basis: casework.ShareByCourtOrder, Order: "order-1"})
	c.does(t, caseworker(), school)
	lapsed := func(today string) []string {
		p := c.state.Professionals[0]
		var why []string
		for _, s := range p.Shares {
			why = append(why, c.state.Lapsed(p, s, day(t, today)))
		}
		return why
	}

	require.Equal(t, []string{"", ""}, lapsed("2025-06-30"), "the last day counts")
	require.Equal(t, []string{casework.LapseUntil, ""}, lapsed("2025-07-01"))
	c.does(t, caseworker(), &casework.OrderVacating{Order: "order-1", On: day(t, "2025-01-22"), Reason: "text"})
	require.Equal(t, []string{"", casework.LapseOrder}, lapsed("2025-01-22"))
	school = with(school, func(b *casework.ProfessionalAdd) { b.Shares = b.Shares[1:] })
	c.refuses(
		t,
		refusal{name: "by an order that was lifted", by: caseworker(), body: school, kind: casework.Invalid, field: "shares[0].order"},
		refusal{
			name: "changed to an order that was lifted", by: caseworker(), kind: casework.Invalid, field: "shares[0].order",
			body: &casework.ProfessionalChange{Professional: 1, Shares: school.Shares, Why: "text"},
		},
	)
	p := c.state.Professionals[0]
	p.Ended = day(t, "2025-01-20")
	require.Equal(t, casework.LapseEnded, c.state.Lapsed(p, p.Shares[0], day(t, "2025-01-20")))
	c.state.ClosedAt = clock(t, "2025-02-01 12:00")
	require.Equal(t, []string{casework.LapseClosed, casework.LapseClosed}, lapsed("2025-02-01"))
}

func TestProfessional_Refuses(t *testing.T) {
	t.Parallel()
	c := opened(t)
	change := &casework.ProfessionalChange{Professional: 1, Phone: "text", Why: "text"}
	end := &casework.ProfessionalEnd{Professional: 1, On: day(t, "2025-01-20"), Reason: "moved"}
	for _, body := range []casework.Body{change, end} {
		c.refuses(t, refusal{name: "of nobody", by: caseworker(), body: body, kind: casework.Blocked, codes: []string{"no-professional"}})
	}
	c.does(t, caseworker(), aSchool(t))
	add := func(name, field string, change func(*casework.ProfessionalAdd)) refusal {
		return refusal{name: name, by: caseworker(), body: with(aSchool(t), change), kind: casework.Invalid, field: field}
	}
	share := func(name, field string, change func(*casework.Share)) refusal {
		return add(name, "shares[0]."+field, func(b *casework.ProfessionalAdd) { change(&b.Shares[0]) })
	}
	sealed := func(name, field string, change func(*casework.Share)) refusal {
		return share(name, field, func(s *casework.Share) {
			*s = sealedShare()
			change(s)
		})
	}
	alter := func(name, field string, edit func(*casework.ProfessionalChange)) refusal {
		return refusal{name: name, by: caseworker(), body: with(change, edit), kind: casework.Invalid, field: field}
	}
	part := func(name, field string, edit func(*casework.ProfessionalEnd)) refusal {
		return refusal{name: name, by: caseworker(), body: with(end, edit), kind: casework.Invalid, field: field}
	}
	// What may be shared is refused alike where it is changed.
	inChange := func(cases ...refusal) []refusal {
		for _, r := range slices.Clone(cases) {
			if b, ok := r.body.(*casework.ProfessionalAdd); ok && strings.HasPrefix(r.field, "shares[") {
				r.name += ", changed"
				r.body = with(change, func(c *casework.ProfessionalChange) { c.Shares = b.Shares })
				cases = append(cases, r)
			}
		}
		return cases
	}
	statute := casework.Share{What: []string{"health"}, Basis: casework.ShareByStatute, Law: "text"}
	c.refuses(t, inChange(
		refusal{name: "added by the hotline", by: hotline(), body: aSchool(t), kind: casework.Forbidden},
		add("of no known kind", "kind", func(b *casework.ProfessionalAdd) { b.Kind = "plumber" }),
		add("of no name", "name", func(b *casework.ProfessionalAdd) { b.Name, b.Organization = "", "" }),
		add("of a stranger", "children", func(b *casework.ProfessionalAdd) { b.Children = []string{"P7"} }),
		add("of one child twice", "children", func(b *casework.ProfessionalAdd) { b.Children = []string{elder, elder} }),
		add("from tomorrow", "from", func(b *casework.ProfessionalAdd) { b.From = day(t, "2025-01-21") }),
		add("without a word of sharing", "shares", func(b *casework.ProfessionalAdd) { b.Shares = nil }),
		add("nothing beside something", "shares[1].what", func(b *casework.ProfessionalAdd) {
			b.Shares = append(b.Shares, casework.Share{What: []string{"nothing"}})
		}),
		share("no matter", "what", func(s *casework.Share) { s.What = nil }),
		share("of no known matter", "what", func(s *casework.Share) { s.What = []string{"gossip"} }),
		share("treatment without its paper", "what", func(s *casework.Share) { s.What = []string{"treatment"} }),
		share("who called", "what", func(s *casework.Share) { s.What = []string{"reporter"} }),
		share("until yesterday", "until", func(s *casework.Share) { s.Until = day(t, "2025-01-19") }),
		share("by the consent of a name", "given_by.person", func(s *casework.Share) { s.GivenBy.Person = "Ann Example" }),
		share("by the consent of a plumber", "given_by.role", func(s *casework.Share) { s.GivenBy.Role = "plumber" }),
		share("by no known basis", "basis", func(s *casework.Share) { s.Basis = "habit" }),
		share("by nobody's consent", "given_by.role", func(s *casework.Share) { s.GivenBy = casework.Participant{} }),
		share("by a consent of tomorrow", "given_on", func(s *casework.Share) { s.GivenOn = day(t, "2025-01-21") }),
		share("by a consent for ever", "until", func(s *casework.Share) { s.Until = casework.Date{} }),
		share("by consent and a court", "order", func(s *casework.Share) { s.Order = "order-1" }),
		share("by consent and a statute", "law", func(s *casework.Share) { s.Law = "text" }),
		share("by statute and consent", "given_by", func(s *casework.Share) { s.Basis = casework.ShareByStatute }),
		share("by a statute without a name", "law", func(s *casework.Share) { *s = *with(&statute, func(s *casework.Share) { s.Law = "" }) }),
		share("by an order without a number", "order", func(s *casework.Share) {
			*s = casework.Share{What: []string{"health"}, Basis: casework.ShareByCourtOrder}
		}),
		share("by an order that is not there", "order", func(s *casework.Share) {
			*s = casework.Share{What: []string{"health"}, Basis: casework.ShareByCourtOrder, Order: "order-7"}
		}),
		share("what is not sealed, by a paper", "paper", func(s *casework.Share) { s.Paper = "c-1" }),
		share("nothing and something", "what", func(s *casework.Share) { *s = casework.Share{What: []string{"nothing", "health"}} }),
		share("nothing by consent", "basis", func(s *casework.Share) { s.What = []string{"nothing"} }),
		sealed("sealed without a paper", "paper", func(s *casework.Share) { s.Paper = "" }),
		sealed("sealed by statute", "basis", func(s *casework.Share) { s.Basis = casework.ShareByStatute }),
		sealed("sealed for nobody", "recipient", func(s *casework.Share) { s.Recipient = "" }),
		sealed("sealed for a name", "recipient", func(s *casework.Share) { s.Recipient = "North Clinic" }),
		sealed("sealed beside others", "what", func(s *casework.Share) { s.What = append(s.What, "health") }),
		sealed("sealed by a consent in words", "basis", func(s *casework.Share) { s.GivenOn = day(t, "2025-01-18") }),
		alter("changed in nothing", "shares", func(b *casework.ProfessionalChange) { b.Phone = "" }),
		alter("changed without a reason", "why", func(b *casework.ProfessionalChange) { b.Why = "" }),
		alter("another one", "professional", func(b *casework.ProfessionalChange) { b.Professional = 2 }),
		alter("for a stranger", "children", func(b *casework.ProfessionalChange) { b.Children = []string{"P7"} }),
		alter("for one child twice", "children", func(b *casework.ProfessionalChange) { b.Children = []string{elder, elder} }),
		alter("to share by habit", "shares[0].basis", func(b *casework.ProfessionalChange) { b.Shares = []casework.Share{{What: []string{"health"}}} }),
		part("left on no day", "on", func(b *casework.ProfessionalEnd) { b.On = casework.Date{} }),
		part("left before they came", "on", func(b *casework.ProfessionalEnd) { b.On = day(t, "2025-01-19") }),
		part("left for no known reason", "reason", func(b *casework.ProfessionalEnd) { b.Reason = "bored" }),
		part("another one left", "professional", func(b *casework.ProfessionalEnd) { b.Professional = 7 }),
	)...)
	c.does(t, caseworker(), end)
	c.does(t, caseworker(), aSchool(t))
	c.refuses(
		t,
		alter("one who has left", "professional", func(*casework.ProfessionalChange) {}),
		part("one left who has left", "professional", func(*casework.ProfessionalEnd) {}),
	)
}

// professionalBody draws what a careful person could have written.
func (w *walk) professionalBody(c *casework.Case, on casework.Date, body casework.Body) casework.Body {
	number := 0
	for _, p := range c.Professionals {
		if p.Ended.IsZero() {
			number = p.Number
		}
	}
	shares := one(w,
		casework.Share{What: []string{"nothing"}}, sealedShare(),
		casework.Share{What: []string{"education"}, Basis: casework.ShareByStatute, Law: "text"},
		casework.Share{
			What: []string{"health", "visits"}, Basis: casework.ShareByConsent, GivenBy: casework.Participant{Role: "parent"},
			GivenOn: on, Until: on.AddDays(w.rng.IntN(200)),
		},
		casework.Share{What: []string{"court"}, Basis: casework.ShareByCourtOrder, Order: standingOrder(w, c)},
	)
	switch b := body.(type) {
	case *casework.ProfessionalAdd:
		b.Kind, b.Name, b.Shares = one(w, casework.ProfessionalKinds()...), "text", []casework.Share{shares}
		b.Reminds = w.rng.IntN(4) > 0
	case *casework.ProfessionalChange:
		b.Professional, b.Phone, b.Why, b.Shares = number, "text", "text", []casework.Share{shares}
		b.Reminds = w.rng.IntN(4) > 0
	case *casework.ProfessionalEnd:
		b.Professional, b.On, b.Reason = number, on, one(w, casework.ProfessionalEnds()...)
	}
	return body
}
