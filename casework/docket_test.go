package casework_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

func TestDocket_TellsTheWholeStory(t *testing.T) {
	t.Parallel()
	c := underOrders(t)
	c.does(t, caseworker(), &casework.Continuance{Hearing: "hearing-1", To: clock(t, "2025-03-07 09:00"), Reason: "court-calendar"})
	c.does(t, caseworker(), &casework.OrderChange{Order: "order-1", On: day(t, "2025-01-22"), Due: day(t, "2025-04-30"), Reason: "text-20"})
	c.at(t, "2025-03-10 12:00")
	c.does(t, caseworker(), &casework.CourtReportFiling{Hearing: "hearing-1", On: day(t, "2025-02-14")})
	c.does(t, caseworker(), with(held(t, elder, younger), func(b *casework.Hearing) {
		b.At, b.EffortsToFinalize, b.EffortsToPrevent, b.Result = clock(t, "2025-03-07 09:30"), true, true, "text-23"
	}))
	c.does(t, caseworker(), &casework.OrderCompliance{
		Order: "order-1", On: day(t, "2025-03-09"), Kind: "certificate", Evidence: "text-18",
	})
	d := casework.DocketOf(c.events)

	require.Len(t, d.Matters, 1)
	require.Equal(t, casework.Text("text-10"), d.Matters[0].Docket)
	require.Len(t, d.Calendar, 1)
	require.Equal(t, "held", d.Calendar[0].Status)
	require.Equal(t, day(t, "2025-02-14"), d.Calendar[0].ReportFiled)
	require.Len(t, d.Calendar[0].Continued, 1)
	require.True(t, d.Calendar[0].Continued[0].From.Equal(clock(t, "2025-02-28 09:00")))
	require.Equal(t, caseworker().ID, d.Calendar[0].Continued[0].By)
	require.Len(t, d.Held, 2, "the order on the papers, and the hearing")
	require.Equal(t, casework.OnPapers, d.Held[0].Type)
	require.Equal(t, []string{"temporary-custody"}, d.Held[0].Findings)
	require.Equal(t, "hearing-1", d.Held[1].Hearing)
	require.Equal(t, []string{"efforts-to-prevent", "efforts-to-finalize"}, d.Held[1].Findings)
	require.Len(t, d.Orders, 1)
	order := d.Orders[0]
	require.Equal(t, "complied", order.Status)
	require.Equal(t, "certificate", order.Kind)
	require.Equal(t, day(t, "2025-03-31"), order.FirstDue)
	require.Equal(t, day(t, "2025-04-30"), order.Due)
	require.Equal(t, day(t, "2025-03-31"), order.Changes[0].Was)
	require.Len(t, d.Texts(), 6)
}

func TestDocket_FollowsCorrections(t *testing.T) {
	t.Parallel()
	c := underOrders(t)
	c.at(t, "2025-03-10 12:00")
	c.does(t, caseworker(), held(t, elder, younger))
	c.does(t, caseworker(), withdraws(c.factID(t, casework.FactPermanencyHearingHeld, younger)))
	c.does(t, caseworker(), correctsAt(c.factID(t, casework.FactPermanencyHearingHeld, elder), clock(t, "2025-02-28 11:00")))
	c.does(t, caseworker(), withdraws(c.factID(t, casework.FactOrderMade, "")))
	c.does(t, caseworker(), withdraws(c.factID(t, casework.FactHearingSettled, "")))
	d := casework.DocketOf(c.events)
	require.Len(t, d.Held, 2)
	require.Equal(t, []string{elder}, d.Held[1].Children, "it was not about the sibling")
	require.True(t, d.Held[1].At.Equal(clock(t, "2025-02-28 11:00")))
	require.Empty(t, d.Orders, "it was never made")
	require.Empty(t, d.Calendar[0].Status)
}

func TestDocket_OfACaseBeforeNoCourtIsEmpty(t *testing.T) {
	t.Parallel()
	d := casework.DocketOf(opened(t).events)
	require.Equal(t, casework.Docket{
		Matters: []casework.DocketMatter{}, Calendar: []casework.DocketDate{}, Held: []casework.DocketHearing{},
		Orders: []casework.DocketOrder{}, Rights: []casework.ParentalRights{},
	}, d)
}
