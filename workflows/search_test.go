package workflows_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/proto"

	"homeward/activities"
	"homeward/casework"
	"homeward/internal/testdb"
	"homeward/internal/teststack"
	"homeward/notify"
	"homeward/postgres"
	"homeward/workflows"
)

// found lists the records that a visibility query finds, waiting until there are some.
func (r record) found(query string) *workflow.WorkflowExecutionInfo {
	r.t.Helper()
	var rows []*workflow.WorkflowExecutionInfo
	require.Eventually(r.t, func() bool {
		listed, err := r.Client.ListWorkflow(r.t.Context(), &workflowservice.ListWorkflowExecutionsRequest{
			Namespace: r.Namespace, Query: fmt.Sprintf("WorkflowId = '%s' AND %s", r.id, query),
		})
		require.NoError(r.t, err)
		rows = listed.GetExecutions()
		return len(rows) == 1
	}, 30*time.Second, 50*time.Millisecond, query)
	return rows[0]
}

func TestSearch_FindsRecordsAsSupervisorsAsk(t *testing.T) {
	t.Parallel()
	r := openReport(t, teststack.New(t, teststack.Options{}), func(b *casework.Receipt) {
		b.ReceivedAt, b.Restricted = time.Now().Add(-due24), true
	})
	r.found("CaseStage = 'intake' AND Office = 'north' AND OverdueDuties = 0 AND Restricted = true")
	r.found(fmt.Sprintf("NextDue < '%s'", time.Now().Add(time.Hour).UTC().Format(time.RFC3339)))
	r.falls("screening-decision/1", casework.DutyOverdue)
	r.found("OverdueDuties > 0 AND NextDue IS NULL AND Jurisdiction = 'US-WA' AND Supervisor = '" + supervisor + "'")
	r.screenIn("emergent")
	r.found("CaseStage = 'investigation' AND Caseworker = '" + investigator + "' AND OverdueDuties > 0")
	require.NoError(t, r.Client.SignalWorkflow(t.Context(), r.id, "", workflows.SignalRenew, nil))
	r.found("CaseStage = 'investigation' AND ExecutionStatus = 'Running' AND OverdueDuties > 0 AND Restricted = true")
}

func TestSearchAttributes_AreTheRegisteredOnes(t *testing.T) {
	t.Parallel()
	c := teststack.Dial(t, teststack.Namespace)
	registered, err := c.OperatorService().ListSearchAttributes(t.Context(),
		&operatorservice.ListSearchAttributesRequest{Namespace: teststack.Namespace})
	require.NoError(t, err)
	require.Equal(t, workflows.SearchAttributes(), registered.GetCustomAttributes())
	require.NoError(t, workflows.RegisterSearchAttributes(t.Context(), c, teststack.Namespace), "again")
}

// canary marks what is personal, so that it can be looked for.
const canary = "xq7canary"

// Names, addresses, narratives and private causes stay in PostgreSQL: nothing
// that Temporal keeps or shows holds them.
func TestTemporal_HoldsNothingPersonal(t *testing.T) {
	t.Parallel()
	leaky := once(visitRecorded, func(context.Context, activities.Log, casework.Transition) (casework.RecordResult, error) {
		return casework.RecordResult{}, casework.WrapError(casework.Internal, "Something went wrong on our side.",
			errors.New("duplicate key ("+canary+")"))
	})
	flaky := once(childRemoved, func(context.Context, activities.Log, casework.Transition) (casework.RecordResult, error) {
		return casework.RecordResult{}, casework.WrapError(casework.Unavailable, "The database does not answer.", errors.New(canary))
	})
	both := meddle(func(ctx context.Context, log activities.Log, t casework.Transition) (casework.RecordResult, error) {
		return leaky(ctx, meddledLog{log, flaky}, t)
	})
	var bounced atomic.Bool
	s := teststack.New(t, teststack.Options{Log: both.log, Senders: emailing(
		func(context.Context, notify.Delivery) (notify.Receipt, error) {
			if bounced.CompareAndSwap(false, true) {
				return notify.Receipt{}, errors.New("no such mailbox: " + canary)
			}
			return notify.Receipt{Response: canary}, nil
		})})
	for id, role := range map[string]casework.Role{caseworker: casework.RoleCaseworker, supervisor: casework.RoleSupervisor} {
		testdb.Hire(t, s.DB, postgres.Worker{
			ID: id, Role: role, Name: canary, Channels: []postgres.Channel{
				{Kind: postgres.ChannelEmail, Address: canary + "@agency.example", Active: true},
			},
		})
	}
	reserved, err := s.DB.Reserve(t.Context(), postgres.Reservation{
		Key: canary, Kind: casework.KindCase, Fingerprint: canary,
		Persons: []postgres.Person{{Name: canary, Address: canary, Phone: canary}},
		Texts:   []postgres.Text{{ID: "t-1", Author: caseworker, Body: canary, CreatedAt: time.Now()}},
	})
	require.NoError(t, err)
	child := reserved.Persons[0]
	c, _ := tryOpenCase(t, s, func(b *casework.Opening) { b.Children = []casework.Subject{{ID: child}} })
	taken := removal(c.now())
	taken.Children = []string{child}
	c.do(casework.RoleCaseworker, "child.remove", taken)
	visit := &casework.Visit{Children: []string{child}, At: c.now(), Notes: "t-1"}
	_, err = c.Send(t.Context(), c.id, command(casework.RoleCaseworker, "visit.record", visit))
	require.Equal(t, casework.Internal, casework.KindOf(err))
	require.NotContains(t, err.Error(), canary)
	c.do(casework.RoleCaseworker, "visit.record", visit)
	c.forward(45)
	c.falls("relative-notice/"+child+"/1", casework.DutyOverdue)

	row := c.found("OverdueDuties > 0")
	everything := [][]byte{wire(t, row), []byte(c.details())}
	for _, event := range c.history() {
		everything = append(everything, wire(t, event))
	}
	all := bytes.Join(everything, []byte("\n"))
	require.True(t, bytes.Contains(all, []byte("visit.record")), "the search sees what is there")
	require.True(t, bytes.Contains(all, []byte(child)))
	require.False(t, bytes.Contains(bytes.ToLower(all), []byte(canary)))
}

// wire is a message as it is stored, payloads included.
func wire(t *testing.T, m proto.Message) []byte {
	t.Helper()
	data, err := proto.Marshal(m)
	require.NoError(t, err)
	return data
}
