package e2e

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/notify/notifytest"
)

// address of the supervisor who is told by e-mail.
const mailbox = "supervisor@agency.example"

// delivery is what the API tells about a notice on its way.
type delivery struct {
	Channel   string `json:"channel"`
	State     string `json:"state"`
	Attempts  int    `json:"attempts"`
	LastError string `json:"last_error"`
}

// deliveries lists those of a record.
func (s *site) deliveries(ctx context.Context, c *caller, record string) ([]delivery, error) {
	var list struct {
		Items []struct {
			Deliveries []delivery `json:"deliveries"`
		} `json:"items"`
	}
	if err := c.read(ctx, casework.RoleSupervisor, record+"/notices", &list); err != nil {
		return nil, err
	}
	var all []delivery
	for _, notice := range list.Items {
		all = append(all, notice.Deliveries...)
	}
	return all, nil
}

// awaitDeliveries waits until there are so many deliveries of a record and each
// is as it should be.
func (s *site) awaitDeliveries(c *caller, record string, n int, should func(delivery) bool) {
	s.t.Helper()
	eventually(s.t, "deliveries", func(ctx context.Context) error {
		all, err := s.deliveries(ctx, c, record)
		if err != nil {
			return err
		}
		for _, d := range all {
			if !should(d) {
				return fmt.Errorf("%+v", all)
			}
		}
		if len(all) != n {
			return fmt.Errorf("%d deliveries, want %d", len(all), n)
		}
		return nil
	})
}

func TestMailServerDown_CaseGoesOnAndMailArrivesOnceLater(t *testing.T) {
	t.Parallel()
	s := newSite(t, shared(t))
	mails := notifytest.New(t, notifytest.Options{Plain: true})
	mails.Stop()
	s.startWorker("HOMEWARD_SMTP_ADDRESS="+net.JoinHostPort("127.0.0.1", strconv.Itoa(mails.Port)),
		"HOMEWARD_SMTP_FROM=homeward@agency.example", "HOMEWARD_SMTP_TLS=none")
	s.startAPI()
	c := s.caller()
	saved, err := c.send(t.Context(), http.MethodPut, newStep(casework.RoleAdministrator, "/v1/workers/w-supervisor", fields{
		"role": "supervisor", "office": "north", "name": "Sam Example",
		"channels": []fields{{"channel": "email", "address": mailbox, "active": true}},
	}))
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, saved.Status, saved.Body)

	call := receive(time.Now().Add(-time.Hour))
	got, a := c.do(t, call)
	deeds := []deed{{call, got, a.Aggregate, "report.received", a.Revision}}
	report := got.Location
	tried := func(d delivery) bool {
		return d.Channel == "email" && d.State == "pending" && d.Attempts > 0 && d.LastError != ""
	}
	s.awaitDeliveries(c, report, 1, tried) // the supervisor is asked to screen the report
	screening := screenIn(report)
	got, answered := c.do(t, screening)
	deeds = append(deeds, deed{screening, got, a.Aggregate, "report.screened-in", answered.Revision})
	require.Empty(t, mails.Mails())

	mails.Start()
	s.run("fast-forward", a.Aggregate, "--days", "1") // past the clock to see each of two children
	s.awaitDeliveries(c, report, 3, func(d delivery) bool { return d.State == "delivered" })
	ids := make(map[string]int)
	for _, m := range mails.Mails() {
		require.Equal(t, []string{mailbox}, m.To)
		ids[m.Header.Get("Message-Id")]++
	}
	require.NotContains(t, ids, "")
	for id, times := range ids {
		require.Equal(t, 1, times, id)
	}
	require.Len(t, ids, 3)
	s.audit(deeds)
}
