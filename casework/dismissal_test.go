package casework_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

func anExtension(t testing.TB) *casework.DismissalExtension {
	t.Helper()
	return &casework.DismissalExtension{Children: []string{elder}, On: day(t, "2025-01-22"), Reason: "text-11"}
}

func TestDismissalExtension_SaysWhatTheOrderSays(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(*casework.DismissalExtension)
		says   string
	}{
		"no length":   {func(*casework.DismissalExtension) {}, "The court keeps the suit beyond its dismissal day."},
		"days":        {func(b *casework.DismissalExtension) { b.Days = 90 }, "The court keeps the suit for 90 days more."},
		"another day": {func(b *casework.DismissalExtension) { b.Until = day(t, "2026-06-01") }, "The court keeps the suit until 2026-06-01."},
	}
	for name, test := range tests {
		c := beforeCourt(t)
		body := with(anExtension(t), test.change)
		body.Children = []string{elder, younger}
		require.Equal(t, test.says, c.does(t, caseworker(), body).Body.Says(), name)
		facts := c.facts(casework.FactDismissalExtended)
		require.Len(t, facts, 2)
		require.Equal(t, body.Days, facts[0].Days)
		require.Equal(t, body.Until, facts[1].Until)
	}
}

func TestDismissalExtension_Refuses(t *testing.T) {
	t.Parallel()
	refuse := func(name, field string, change func(*casework.DismissalExtension)) refusal {
		return refusal{name: name, by: caseworker(), body: with(anExtension(t), change), kind: casework.Invalid, field: field}
	}
	beforeCourt(t).refuses(
		t,
		refusal{name: "by the hotline", by: hotline(), body: anExtension(t), kind: casework.Forbidden},
		refuse("of nobody's suit", "children", func(b *casework.DismissalExtension) { b.Children = nil }),
		refuse("of a stranger's suit", "children", func(b *casework.DismissalExtension) { b.Children = []string{"P7"} }),
		refuse("to come", "on", func(b *casework.DismissalExtension) { b.On = day(t, "2025-01-23") }),
		refuse("before there was custody", "on", func(b *casework.DismissalExtension) { b.On = day(t, "2025-01-19") }),
		refuse("for less than no days", "days", func(b *casework.DismissalExtension) { b.Days = -1 }),
		refuse("for more than a year", "days", func(b *casework.DismissalExtension) { b.Days = 367 }),
		refuse("for days and until a day", "until", func(b *casework.DismissalExtension) {
			b.Days, b.Until = 90, day(t, "2026-06-01")
		}),
		refuse("until the day of the order", "until", func(b *casework.DismissalExtension) { b.Until = day(t, "2025-01-22") }),
		refuse("without a reason", "reason", func(b *casework.DismissalExtension) { b.Reason = "" }),
	)
	removed(t, elder).refuses(t, refusal{
		name: "of a suit without custody", by: caseworker(), body: anExtension(t), kind: casework.Blocked,
		codes: []string{"no-temporary-custody"},
	})
}

func TestDismissalNotice_IsAFactPerChild(t *testing.T) {
	t.Parallel()
	c := beforeCourt(t)
	c.does(t, caseworker(), &casework.DismissalNotice{Children: []string{elder, younger}, On: day(t, "2025-01-22")})
	require.Len(t, c.facts(casework.FactDismissalNotified), 2)
}

func TestDismissalNotice_Refuses(t *testing.T) {
	t.Parallel()
	notice := &casework.DismissalNotice{Children: []string{elder}, On: day(t, "2025-01-22")}
	refuse := func(name, field string, change func(*casework.DismissalNotice)) refusal {
		return refusal{name: name, by: caseworker(), body: with(notice, change), kind: casework.Invalid, field: field}
	}
	beforeCourt(t).refuses(
		t,
		refusal{name: "by the hotline", by: hotline(), body: notice, kind: casework.Forbidden},
		refuse("about nobody", "children", func(b *casework.DismissalNotice) { b.Children = nil }),
		refuse("about a stranger", "children", func(b *casework.DismissalNotice) { b.Children = []string{"P7"} }),
		refuse("to come", "on", func(b *casework.DismissalNotice) { b.On = day(t, "2025-01-23") }),
		refuse("before there was custody", "on", func(b *casework.DismissalNotice) { b.On = day(t, "2025-01-19") }),
	)
	removed(t, elder).refuses(t, refusal{
		name: "without custody", by: caseworker(), body: notice, kind: casework.Blocked, codes: []string{"no-temporary-custody"},
	})
}
