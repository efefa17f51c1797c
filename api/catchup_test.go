package api_test

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"homeward/api"
	"homeward/casework"
	"homeward/internal/fault"
	"homeward/internal/teststack"
)

// blind is a store whose log cannot be read while it is shut.
type blind struct {
	api.Store

	shut *atomic.Bool
}

func (b blind) Events(ctx context.Context, aggregate string, from int) ([]casework.Event, error) {
	if b.shut.Load() {
		return nil, casework.NewError(casework.Unavailable, "The database does not answer.")
	}
	return b.Store.Events(ctx, aggregate, from)
}

// refusing is a Temporal whose record refuses every step: at once, or at the
// very end of the time that the step has.
type refusing struct {
	api.Temporal

	late bool
}

func (r refusing) UpdateWorkflow(ctx context.Context, _ client.UpdateWorkflowOptions) (client.WorkflowUpdateHandle, error) {
	if r.late {
		<-ctx.Done()
	}
	return nil, fault.Encode(casework.NewError(casework.Blocked, "Not possible now."))
}

func screeningIn() body {
	return body{"priority": "emergent", "track": "investigation", "investigator": person(casework.RoleInvestigator)}
}

func TestRefusal_ThatCannotBeComparedWithTheLogIsNotPassedOn(t *testing.T) {
	t.Parallel()
	stack, shut := teststack.New(t, teststack.Options{}), new(atomic.Bool)
	r := takeReport(t, overStack(t, stack))
	s := overStack(t, stack, func(o *api.Options) {
		o.Temporal, o.Store, o.UpdateTimeout = refusing{Temporal: o.Temporal}, blind{o.Store, shut}, 200*time.Millisecond
	})
	safety := body{"at": justNow(), "decision": "safe"}
	s.post(casework.RoleSupervisor, r.path+"/safety-assessments", safety).refused(http.StatusConflict, casework.Blocked, "")

	shut.Store(true)
	for path, b := range map[string]body{"safety-assessments": safety, "screen-in": screeningIn()} {
		refused := s.post(casework.RoleSupervisor, r.path+"/"+path, b)
		refused.refused(http.StatusServiceUnavailable, casework.Unavailable, "")
		require.NotEmpty(t, refused.header.Get("Retry-After"))
	}

	shut.Store(false)
	s.post(casework.RoleSupervisor, r.path+"/safety-assessments", safety).refused(http.StatusConflict, casework.Blocked, "")
}

func TestRefusal_AtTheLastMomentIsStillComparedWithTheLog(t *testing.T) {
	t.Parallel()
	stack := teststack.New(t, teststack.Options{})
	r := takeReport(t, overStack(t, stack))
	s := overStack(t, stack, func(o *api.Options) {
		o.Temporal, o.UpdateTimeout = refusing{o.Temporal, true}, 200*time.Millisecond
	})

	lawful := s.post(casework.RoleSupervisor, r.path+"/screen-in", screeningIn())

	lawful.refused(http.StatusServiceUnavailable, casework.Unavailable, "")
	r.screenIn()
	s.post(casework.RoleSupervisor, r.path+"/screen-in", screeningIn()).refused(http.StatusConflict, casework.Blocked, "")
}
