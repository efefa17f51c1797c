package e2e

import (
	"net/http"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

const (
	// busy is how many steps are acknowledged before a part is killed, and
	// again after it is back.
	busy = 20
	// soon is when a duty that fell due during an outage fires after it. A task
	// that the dead worker had taken is given to another after ten seconds.
	soon = 15 * time.Second
	// stopTimeout is what the processes get to stop.
	stopTimeout = 15 * time.Second
	// hurried makes the API answer 202 before a client becomes bored.
	hurried = "HOMEWARD_UPDATE_TIMEOUT=2s"
)

// survive kills a part in the middle of work, brings it back, and checks that
// nothing was lost, nothing was done twice and every duty fires. Without revive,
// the part comes back by itself.
func survive(t *testing.T, s *site, kill, revive func()) {
	t.Helper()
	caller := s.caller()
	eventually(t, "the site to be ready", s.ready)
	crowd := newCrowd(t, caller)
	crowd.more(t, busy)
	duty := s.watch(caller, 6*time.Second)
	unsure, killed := crowd.tried(), time.Now()
	kill()
	if revive != nil {
		crowd.felt(t, unsure)
	} // else it came back by itself, perhaps before anybody noticed
	until(t, duty.due.Add(time.Second))
	if revive != nil {
		revive()
	}
	back := time.Now()
	recorded := duty.overdue()
	require.Less(t, recorded.Sub(back), soon, "a duty that fell due during the outage fires at once")
	crowd.more(t, busy)
	s.audit(append(crowd.finish(t), duty.deed))
	s.everyDutyFires(crowd.during(killed)...)
}

func TestKill9_Worker(t *testing.T) {
	t.Parallel()
	s := newSite(t, shared(t))
	worker := s.startWorker()
	s.startAPI(hurried)
	survive(t, s, worker.kill, func() { s.startWorker() })
}

func TestKill9_API(t *testing.T) {
	t.Parallel()
	s := newSite(t, shared(t))
	s.startWorker()
	api := s.startAPI(hurried)
	survive(t, s, api.kill, func() { s.startAPI(hurried) })
}

func TestKill9_Temporal(t *testing.T) {
	t.Parallel()
	stack := newStack(t)
	s := newSite(t, stack.servers)
	worker := s.startWorker()
	api := s.startAPI(hurried)
	survive(t, s, stack.process.kill, stack.again)
	worker.alive()
	api.alive()
}

func TestKill9_PostgreSQL(t *testing.T) {
	t.Parallel()
	stack := newStack(t)
	s := newSite(t, stack.servers)
	worker := s.startWorker()
	api := s.startAPI(hurried)
	survive(t, s, func() {
		stack.killPostmaster()
		eventually(t, "PostgreSQL to answer", s.db.Ping)
	}, nil)
	worker.alive()
	api.alive()
}

// A step is recorded and acknowledged, and Temporal dies before it has heard of
// it: the workflow wakes up behind its log. What comes next must not be judged by
// what the workflow has missed, and what it has missed must not be forgotten.
func TestKill9_TemporalBeforeItHearsOfARecordedStep(t *testing.T) {
	t.Parallel()
	stack := newStack(t)
	s := newSite(t, stack.servers)
	s.startWorker()
	s.startAPI(hurried)
	caller := s.caller()
	deeds, screenings := received(t, caller)

	log := s.lockLog()
	replies := inFlight(t, caller, screenings)
	log.awaitWriters(many)
	stack.process.signal(syscall.SIGSTOP)
	log.unlock()
	deeds = append(deeds, screened(t, screenings, replies())...)
	stack.process.kill()
	stack.again()

	touched, untouched := deeds[:many/2], deeds[many/2:many]
	for _, d := range touched {
		report := d.reply.Location
		var list childList
		require.NoError(t, caller.read(t.Context(), casework.RoleInvestigator, report+"/children", &list))
		contact := newStep(casework.RoleInvestigator, report+"/contacts", fields{
			"victim": list.Items[0].Child, "at": time.Now().Add(-time.Second), "place": "school", "notes": "Seen alone.",
		})
		got, err := caller.insist(t.Context(), contact, func(error) {})
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, got.Status, got.Body)
		a := got.answer(t)
		deeds = append(deeds, deed{contact, got, a.Aggregate, "victim.contacted", a.Revision})
	}
	s.audit(deeds)
	s.everyDutyFires(touched[0].aggregate, untouched[0].aggregate)
}
