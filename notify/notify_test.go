package notify_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/notify"
)

const secretAddress = "jane.doe@example.org"

// sample is a delivery to address.
func sample(channel notify.Channel, address string) notify.Delivery {
	return notify.Delivery{
		Channel: channel,
		Address: address,
		Notice: casework.Notice{
			Key:       "case-1002/caseworker-visit/P12/3/overdue/w-17",
			Aggregate: "case-1002",
			Recipient: "w-17",
			Role:      casework.RoleCaseworker,
			Kind:      casework.NoticeDutyOverdue,
			Duty:      "caseworker-visit/P12/3",
			Subject:   "Case 1002: the monthly visit is overdue – since 31 March",
			Text:      "The visit for March was due on 31 March 2026.\nYou are told because you are the caseworker.",
			CreatedAt: time.Date(2026, time.April, 1, 7, 0, 0, 0, time.UTC),
		},
	}
}

// failure asserts that err is a failed attempt that tells nothing about the recipient.
func failure(t *testing.T, err error) *notify.Error {
	t.Helper()
	e, ok := errors.AsType[*notify.Error](err)
	require.True(t, ok, "got %v", err)
	for _, text := range []string{err.Error(), fmt.Sprintf("%+v", *e)} {
		require.NotContains(t, text, "jane")
		require.NotContains(t, text, "w-17")
		require.NotContains(t, text, "127.0.0.1")
	}
	return e
}

func TestDelivery_KeepsItsAddressOutOfLogsAndTexts(t *testing.T) {
	t.Parallel()
	d := sample(notify.ChannelEmail, secretAddress)
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("sending", "delivery", d)
	for _, text := range []string{log.String(), fmt.Sprint(d), fmt.Sprintf("%+v", d), fmt.Sprintf("%q", d)} {
		require.NotContains(t, text, "jane")
		require.NotContains(t, text, "w-17")
		require.Contains(t, text, notify.KeyHash(d.Notice.Key))
	}
}

func TestKeyHash_TellsKeysApartAndSaysNothing(t *testing.T) {
	t.Parallel()
	one, two := notify.KeyHash("case-1/visit/w-17"), notify.KeyHash("case-1/visit/w-18")
	require.NotEqual(t, one, two)
	require.Equal(t, one, notify.KeyHash("case-1/visit/w-17"))
	require.Len(t, one, 32)
	require.Empty(t, strings.Trim(one, "0123456789abcdef"))
}

func TestAsError_HidesForeignTexts(t *testing.T) {
	t.Parallel()
	e := notify.AsError(notify.ChannelEmail, errors.New("550 <jane.doe@example.org> unknown"))
	require.Equal(t, "email: unreachable", e.Error())
	require.False(t, e.Permanent())
	known := &notify.Error{Channel: notify.ChannelWebhook, Reason: notify.Rejected, Code: 404}
	require.Same(t, known, notify.AsError(notify.ChannelEmail, fmt.Errorf("sending: %w", known)))
	require.Equal(t, "webhook: rejected (404)", known.Error())
	require.True(t, known.Permanent())
}
