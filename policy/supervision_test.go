package policy_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

// A court that watches a child at home starts the clocks of its own orders and
// hearings, and none of foster care.
func TestCourtSupervision_StartsNoFosterCareClock(t *testing.T) {
	t.Parallel()
	s := suite{pack: "us-federal@2025.1", zone: "America/Chicago"}
	order := fact(casework.FactOrderMade, "2025-02-12", subject("C1"))
	order.Ref, order.Until = "order-1", day("2025-08-12")
	in := s.input(t, []casework.Fact{
		fact(casework.FactCaseOpened, "2025-02-03"),
		fact(casework.FactCustodyPetitionFiled, "2025-02-10T09:00:00-06:00", subject("C1")),
		fact(casework.FactMaltreatmentFound, "2025-02-12T10:00:00-06:00", subject("C1")),
		fact(casework.FactCourtOrder, "2025-02-12T10:00:00-06:00", subject("C1")),
		fact(casework.FactDisposition, "2025-02-12T10:00:00-06:00", subject("C1")), order,
	})
	var owed []string
	for _, d := range packNamed(t, s.pack).Evaluate(in, instant(t, "2026-06-01", in.Zone)) {
		owed = append(owed, d.Clock+" "+d.Due)
	}
	require.Equal(t, []string{"court-order 2025-08-12"}, owed)
}
