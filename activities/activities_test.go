package activities_test

import (
	"bytes"
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"

	"homeward/activities"
	"homeward/casework"
	"homeward/internal/app"
	"homeward/internal/testdb"
	"homeward/notify"
	"homeward/postgres"
)

// aggregate is the case of the tests.
const aggregate = "case-1002"

// station runs activities as a worker does, and keeps what they log.
type station struct {
	acts     *activities.Activities
	registry *prometheus.Registry

	mu  sync.Mutex
	log bytes.Buffer
}

// newStation fills in what o leaves out with parts that refuse to be used.
func newStation(t *testing.T, o activities.Options) *station {
	t.Helper()
	s := &station{registry: prometheus.NewRegistry()}
	o.Metrics = s.registry
	if o.Log == nil {
		o.Log = failingLog{casework.NewError(casework.Internal, "This test records nothing.")}
	}
	if o.Outbox == nil {
		o.Outbox = new(stubOutbox)
	}
	if o.Glass == nil {
		o.Glass = new(postgres.DB)
	}
	if o.Temporal == nil {
		o.Temporal = noTemporal{}
	}
	acts, err := activities.New(o)
	require.NoError(t, err)
	s.acts = acts
	return s
}

// Write takes a line of the log.
func (s *station) Write(line []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.Write(line)
}

func (s *station) logged() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.String()
}

// counters are the metrics by name and label values.
func (s *station) counters(t *testing.T) map[string]float64 {
	t.Helper()
	families, err := s.registry.Gather()
	require.NoError(t, err)
	all := make(map[string]float64)
	for _, family := range families {
		for _, metric := range family.GetMetric() {
			name := family.GetName()
			for _, label := range metric.GetLabel() {
				name += " " + label.GetValue()
			}
			all[name] = metric.GetCounter().GetValue()
		}
	}
	return all
}

// suite logs into the station.
func (s *station) suite() *testsuite.WorkflowTestSuite {
	suite := new(testsuite.WorkflowTestSuite)
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.NewJSONHandler(s, nil))))
	return suite
}

// deliver calls Deliver for the case once.
func (s *station) deliver(t *testing.T) activities.DeliverResult {
	t.Helper()
	result, err := s.tryDeliver()
	require.NoError(t, err)
	return result
}

func (s *station) tryDeliver() (result activities.DeliverResult, err error) {
	env := s.suite().NewTestActivityEnvironment()
	env.RegisterActivity(s.acts.Deliver)
	value, err := env.ExecuteActivity(s.acts.Deliver, activities.DeliverInput{Aggregate: aggregate})
	if err != nil {
		return result, err
	}
	return result, value.Get(&result)
}

// transition is the first of a case, with notices.
func transition(t *testing.T, notices ...casework.Notice) casework.Transition {
	t.Helper()
	at := time.Date(2026, time.January, 31, 19, 30, 0, 0, time.UTC)
	event := casework.Event{
		Aggregate: aggregate, Seq: 1, CommandID: "c-1", Type: "visit.recorded",
		Actor:      casework.Actor{ID: "w-17", Role: casework.RoleCaseworker},
		OccurredAt: at, RecordedAt: at, Body: &casework.Visit{Children: []string{"p-7"}, At: at, Notes: "text-1"},
	}
	require.NoError(t, event.Seal(""))
	return casework.Transition{
		CommandID: "c-1", Fingerprint: "f-1",
		Answer: casework.Answer{
			Aggregate: aggregate, CommandID: "c-1", Fingerprint: "f-1", Revision: 1,
			Stage: casework.StageServices, RecordedAt: at,
		},
		Events: []casework.Event{event},
		Summary: casework.Summary{
			Aggregate: aggregate, Kind: casework.KindCase, Number: "1002", Stage: casework.StageServices, Revision: 1,
			Office: "north", Jurisdiction: "us-ca", Timezone: "America/Los_Angeles", Pack: "us-federal@1",
			Worker: "w-17", Supervisor: "w-3", OpenedAt: at, Now: at,
		},
		Notices: notices,
	}
}

// notice is one to a worker. Its record's clock is far ahead of this machine's.
func notice(recipient string) casework.Notice {
	return casework.Notice{
		Key: aggregate + "/visit/p-7/3/overdue/" + recipient, Aggregate: aggregate, Recipient: recipient,
		Role: casework.RoleCaseworker, Kind: casework.NoticeDutyOverdue, Duty: "visit/p-7/3",
		Subject: "Case 1002: a visit is overdue", Text: "The visit for March is overdue.\nYou are the caseworker.",
		Urgent:    true,
		CreatedAt: time.Date(2099, time.April, 1, 7, 0, 0, 0, time.UTC),
	}
}

// told fills db with one notice for each worker, on the channels they have.
func told(t *testing.T, db *postgres.DB, workers map[string][]postgres.Channel) {
	t.Helper()
	var notices []casework.Notice
	for id, channels := range workers {
		testdb.Hire(t, db, postgres.Worker{
			ID: id, Role: casework.RoleCaseworker, Office: "north", Name: "Sample", Channels: channels,
		})
		notices = append(notices, notice(id))
	}
	result, err := db.Record(t.Context(), transition(t, notices...))
	require.NoError(t, err)
	require.Equal(t, casework.Recorded, result.Outcome)
}

// deliveries are what the outbox says of each delivery: worker and channel.
func deliveries(t *testing.T, db *postgres.DB) map[string]postgres.Delivery {
	t.Helper()
	page, err := db.Notices(t.Context(), postgres.NoticeFilter{Aggregate: aggregate})
	require.NoError(t, err)
	all := make(map[string]postgres.Delivery)
	for _, n := range page.Items {
		for _, d := range n.Deliveries {
			all[n.Recipient+" "+string(d.Channel)] = d
		}
	}
	return all
}

// onPostgres is a station on a real outbox.
func onPostgres(t *testing.T, db *postgres.DB, senders map[notify.Channel]notify.Sender) *station {
	t.Helper()
	return newStation(t, activities.Options{Log: db, Outbox: app.NewOutbox(db), Senders: senders})
}

// failingLog refuses every transition.
type failingLog struct{ err error }

func (l failingLog) Record(context.Context, casework.Transition) (casework.RecordResult, error) {
	return casework.RecordResult{}, l.err
}

func (l failingLog) Events(context.Context, string, int) ([]casework.Event, error) { return nil, l.err }

// noTemporal starts nothing.
type noTemporal struct{}

func (noTemporal) NewWithStartWorkflowOperation(client.StartWorkflowOptions, any, ...any) client.WithStartWorkflowOperation {
	return nil
}

func (noTemporal) UpdateWithStartWorkflow(
	context.Context, client.UpdateWithStartWorkflowOptions,
) (client.WorkflowUpdateHandle, error) {
	return nil, casework.NewError(casework.Internal, "This test starts nothing.")
}

func TestNew_RefusesMissingParts(t *testing.T) {
	t.Parallel()
	_, err := activities.New(activities.Options{})
	require.Error(t, err)
}

func TestNew_RefusesMetricsThatAreThereAlready(t *testing.T) {
	t.Parallel()
	s := newStation(t, activities.Options{})
	_, err := activities.New(activities.Options{
		Log: failingLog{}, Outbox: new(stubOutbox), Glass: new(postgres.DB), Temporal: noTemporal{}, Metrics: s.registry,
	})
	require.ErrorContains(t, err, "metrics of activities")
}
