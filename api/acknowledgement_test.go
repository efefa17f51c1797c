package api_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/teststack"
)

func TestAcknowledge_TakesNoticesOutOfTheUnreadAndLeavesTheDuty(t *testing.T) {
	t.Parallel()
	c := takeIntoCare(t, overStack(t, teststack.New(t, teststack.Options{})), 100)
	inbox := c.all(casework.RoleCaseworker, "/v1/notices", "200")
	require.NotEmpty(t, inbox)
	overdue := inbox[0]
	for _, n := range inbox {
		if n["kind"] == "duty-overdue" {
			overdue = n
		}
	}
	require.Equal(t, "duty-overdue", overdue["kind"])
	why := overdue["why"].(map[string]any)
	require.Equal(t, "caseworker", why["role"])
	require.NotEmpty(t, why["citation"])
	require.NotEmpty(t, why["steps"])
	key := overdue["key"].(string)

	var read struct{ Items []map[string]any }
	c.post(casework.RoleCaseworker, "/v1/notices/acknowledgements", body{"notices": []string{key}}).into(&read)

	require.Equal(t, key, read.Items[0]["notice"])
	var again struct{ Items []map[string]any }
	c.post(casework.RoleCaseworker, "/v1/notices/acknowledgements", body{"notices": []string{key}}).into(&again)
	require.Equal(t, read, again, "the first time stands")
	for _, n := range c.all(casework.RoleCaseworker, "/v1/notices?unacknowledged=true", "200") {
		require.NotEqual(t, key, n["key"])
	}
	require.Equal(t, "overdue", c.duty(overdue["duty"].(string))["status"], "reading is not doing")
	for _, n := range c.all(casework.RoleSupervisor, c.path+"/notices", "200") {
		if n["key"] == key {
			require.Equal(t, read.Items[0]["acknowledged_at"], n["acknowledged_at"], "the record shows who has read what")
		}
	}

	c.post(casework.RoleSupervisor, "/v1/notices/acknowledgements", body{"notices": []string{key}}).
		refused(http.StatusNotFound, casework.NotFound, "")
	c.post(casework.RoleCaseworker, "/v1/notices/acknowledgements", body{"notices": []string{}}).
		refused(http.StatusUnprocessableEntity, casework.Invalid, "notices")
	c.post(casework.RoleCaseworker, "/v1/notices/acknowledgements", body{"notices": []string{key, key}}).
		refused(http.StatusUnprocessableEntity, casework.Invalid, "notices")
}
