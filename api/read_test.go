package api_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/teststack"
)

// list is the form of a page.
type list struct {
	Items []map[string]any  `json:"items"`
	Next  string            `json:"next"`
	Names map[string]string `json:"names"`
	Zone  string            `json:"timezone"`
}

func (s *service) list(role casework.Role, path string) list {
	s.tb.Helper()
	answered := s.get(role, path)
	require.Equal(s.tb, http.StatusOK, answered.status, answered.text)
	var l list
	answered.into(&l)
	return l
}

// all follows a list to its end, in pages of a size.
func (s *service) all(role casework.Role, path, size string) []map[string]any {
	s.tb.Helper()
	joint := "?"
	if strings.Contains(path, "?") {
		joint = "&"
	}
	var all []map[string]any
	for path += joint + "limit=" + size; path != ""; {
		page := s.list(role, path)
		all = append(all, page.Items...)
		path = page.Next
	}
	return all
}

// read is a report that has come some way, with its worker stopped: nothing
// that is read of it needs one.
func read(t *testing.T) report {
	t.Helper()
	stack := teststack.New(t, teststack.Options{})
	r := takeReport(t, overStack(t, stack))
	require.Equal(t, http.StatusOK, r.ask(request{
		method: http.MethodPut, path: "/v1/workers/" + person(casework.RoleInvestigator), token: r.token(casework.RoleSupervisor),
		body: body{
			"role": "investigator", "office": "north", "name": "CANARY-NAME Kim",
			"channels": []body{{"channel": "email", "address": "CANARY@example.org", "active": true}},
		},
	}).status)
	r.screenIn()
	r.do(casework.RoleInvestigator, "contact-attempts", body{
		"victim": r.children[0], "at": justNow(), "outcome": "not-home", "notes": "CANARY-NARRATIVE",
	})
	stack.StopWorker(t)
	return r
}

func TestReads_ShowARecordWhileEveryWorkerIsDown(t *testing.T) {
	t.Parallel()
	r := read(t)

	t.Run("timeline", func(t *testing.T) {
		t.Parallel()
		story := r.in(t).list(casework.RoleInvestigator, r.path+"/timeline")
		require.Equal(t, "America/Los_Angeles", story.Zone)
		require.Equal(t, "Report received about 2 children with 2 allegations.", story.Items[0]["says"])
		fact := story.Items[0]["facts"].([]any)[0].(map[string]any)
		require.Equal(t, "1.1", fact["id"])
		require.Equal(t, "report.received", fact["type"])
		require.Equal(t, map[string]string{r.children[0]: "CANARY-NAME Ana", r.children[1]: "CANARY-NAME Ben"}, story.Names)
		for i, item := range story.Items {
			require.EqualValues(t, i+1, item["seq"])
			require.NotContains(t, item["says"], "CANARY", "names stay out of sentences")
		}
		changed := slices.IndexFunc(story.Items, func(i map[string]any) bool { return i["type"] == "duties.changed" })
		change := story.Items[changed]["changes"].([]any)[0].(map[string]any)
		require.NotEmpty(t, change["due"])
		require.NotEmpty(t, change["citation"])
		require.NotEmpty(t, change["why"])
		require.Equal(t, story.Items, r.in(t).all(casework.RoleInvestigator, r.path+"/timeline", "2"), "pages are the whole")
	})
	t.Run("narratives", func(t *testing.T) {
		t.Parallel()
		story := r.in(t).list(casework.RoleHotline, r.path+"/timeline")
		address := story.Items[0]["narratives"].([]any)[0].(string)
		var narrative map[string]any
		r.in(t).get(casework.RoleHotline, address).into(&narrative)
		require.Equal(t, receipt()["narrative"], narrative["text"])
		require.Equal(t, person(casework.RoleHotline), narrative["author"])
		elsewhere := strings.Replace(address, r.path, "/v1/reports/7", 1)
		r.in(t).get(casework.RoleHotline, elsewhere).refused(http.StatusNotFound, casework.NotFound, "")
		r.in(t).get(casework.RoleHotline, address+"0").refused(http.StatusNotFound, casework.NotFound, "")
	})
	t.Run("next", func(t *testing.T) {
		t.Parallel()
		var next struct {
			Revision int
			Stage    casework.Stage
			Steps    []nextStep
		}
		r.in(t).get(casework.RoleInvestigator, r.path+"/next").into(&next)
		require.Equal(t, casework.StageInvestigation, next.Stage)
		theirs := slices.IndexFunc(next.Steps, func(s nextStep) bool { return !s.Yours })
		require.Positive(t, theirs)
		for i, step := range next.Steps {
			require.Equal(t, i < theirs, step.Yours, "the caller's own steps come first")
			require.Equal(t, step.Ready, len(step.Missing) == 0)
			require.True(t, strings.HasPrefix(step.Href, r.path+"/"))
		}
	})
	t.Run("duties", func(t *testing.T) {
		t.Parallel()
		duties := r.in(t).all(casework.RoleSupervisor, r.path+"/duties", "1")
		require.NotEmpty(t, duties)
		require.Equal(t, r.in(t).list(casework.RoleSupervisor, r.path+"/duties").Items, duties)
		for _, duty := range duties {
			var one map[string]any
			r.in(t).get(casework.RoleSupervisor, duty["href"].(string)).into(&one)
			for name, value := range duty {
				require.Equal(t, value, one[name], "%s: the slashes of an ID stand in the path", name)
			}
		}
		require.Empty(t, r.in(t).list(casework.RoleSupervisor, r.path+"/duties?status=met-late,waived").Items)
		pending := r.in(t).list(casework.RoleSupervisor, r.path+"/duties?pending=true").Items
		require.NotEmpty(t, pending)
		r.in(t).get(casework.RoleSupervisor, r.path+"/duties?status=late").refused(http.StatusBadRequest, "malformed", "status")
		r.in(t).get(casework.RoleSupervisor, r.path+"/duties/none/such/1").refused(http.StatusNotFound, casework.NotFound, "")
	})
	t.Run("children", func(t *testing.T) {
		t.Parallel()
		children := r.in(t).list(casework.RoleInvestigator, r.path+"/children").Items
		require.Equal(t, "CANARY-NAME Ana", children[0]["name"])
		require.Equal(t, "2016-03-02", children[0]["born"])
	})
	t.Run("notices", func(t *testing.T) {
		t.Parallel()
		about := r.in(t).all(casework.RoleSupervisor, r.path+"/notices", "1")
		require.Len(t, about, 2, "the supervisor was asked to screen, the investigator was given the report")
		mine := r.in(t).list(casework.RoleInvestigator, "/v1/notices").Items
		require.Len(t, mine, 1)
		require.Equal(t, "assigned", mine[0]["kind"])
		require.Equal(t, r.path, mine[0]["href"])
		delivery := mine[0]["deliveries"].([]any)[0].(map[string]any)
		require.Equal(t, "email", delivery["channel"])
		require.Equal(t, "pending", delivery["state"], "nobody sends mail here, and the notice says so")
		require.NotContains(t, r.in(t).get(casework.RoleInvestigator, "/v1/notices").text, "CANARY")
	})
	t.Run("worklist", func(t *testing.T) {
		t.Parallel()
		work := r.in(t).all(casework.RoleInvestigator, "/v1/worklist", "1")
		require.NotEmpty(t, work)
		for _, item := range work {
			require.Equal(t, r.path, item["record"].(map[string]any)["href"])
			require.NotEmpty(t, item["why"])
			require.NotEmpty(t, item["citation"])
			require.True(t, strings.HasPrefix(item["href"].(string), r.path+"/duties/"))
		}
		require.True(t, slices.IsSortedFunc(work, func(a, b map[string]any) int {
			return strings.Compare(a["due_at"].(string), b["due_at"].(string))
		}), "the earliest due come first")
		require.Empty(t, r.in(t).list(casework.RoleCaseworker, "/v1/worklist").Items)
	})
	t.Run("unknown", func(t *testing.T) {
		t.Parallel()
		for _, part := range []string{"", "/children", "/duties", "/timeline", "/next", "/notices", "/narratives/t-1"} {
			for _, record := range []string{"/v1/reports/7", "/v1/cases/" + r.number, "/v1/reports/0x7", "/v1/reports/9999999999999999999"} {
				r.in(t).get(casework.RoleSupervisor, record+part).refused(http.StatusNotFound, casework.NotFound, "")
			}
		}
	})
}

func TestLists_FilterAndPage(t *testing.T) {
	t.Parallel()
	s := overStack(t, teststack.New(t, teststack.Options{}))
	var numbers []string
	for _, office := range []string{"north", "south", "north", "south", "north"} {
		taken := s.post(casework.RoleHotline, "/v1/reports", receipt().with(body{"office": office})).taken(http.StatusCreated)
		numbers = append(numbers, taken.Number)
	}
	s.post(casework.RoleSupervisor, "/v1/reports/"+numbers[0]+"/screen-out",
		body{"reason": "not-a-child", "note": "24"}).taken(http.StatusOK)
	listed := func(filters string) []string {
		found := []string{}
		for _, item := range s.all(casework.RoleAuditor, "/v1/reports"+filters, "2") {
			found = append(found, item["number"].(string))
		}
		return found
	}

	require.Equal(t, numbers, listed(""))
	require.Equal(t, []string{numbers[0], numbers[2], numbers[4]}, listed("?office=north"))
	require.Equal(t, []string{numbers[2], numbers[4]}, listed("?office=north&open=true"))
	require.Equal(t, []string{numbers[0]}, listed("?stage=screened-out"))
	require.Equal(t, numbers[0], listed("?order=due")[4], "what owes nothing comes last")
	require.Empty(t, listed("?supervisor=w-another"))
	require.Empty(t, listed("?overdue=true"))
	require.Empty(t, s.list(casework.RoleAuditor, "/v1/cases").Items)
	next := s.list(casework.RoleAuditor, "/v1/reports?limit=2").Next
	s.get(casework.RoleAuditor, strings.Replace(next, "/v1/reports", "/v1/cases", 1)).
		refused(http.StatusUnprocessableEntity, casework.Invalid, "cursor")
}

func TestPeople_AreForThoseWhoWorkWithThem(t *testing.T) {
	t.Parallel()
	s := overStack(t, teststack.New(t, teststack.Options{}))
	r := takeReport(t, s)
	r.investigate()
	opened := r.post(casework.RoleSupervisor, r.path+"/case", caseOpening()).taken(http.StatusCreated)
	record := opened.Links["self"]
	removal := body{
		"children": r.children, "at": justNow(), "authority": "court-order", "danger": "CANARY-NARRATIVE", "efforts": "Offered.",
		"icwa_inquiry": "no-reason-to-know", "relatives_asked": true, "setting": "relative", "provider": "provider-1", "cleared_until": "2099-01-01",
		"siblings": "together", "school": "same-school", "icwa_preference": "not-applicable",
	}
	s.post(casework.RoleCaseworker, record+"/removals", removal).taken(http.StatusOK)
	story := s.list(casework.RoleCaseworker, record+"/timeline")
	require.NotEmpty(t, story.Names)
	var address string
	for _, item := range story.Items {
		if texts, ok := item["narratives"].([]any); ok {
			address = texts[0].(string)
		}
	}
	var narrative map[string]any
	s.get(casework.RoleCaseworker, address).into(&narrative)
	require.Equal(t, "CANARY-NARRATIVE", narrative["text"])

	for _, path := range []string{address, record, record + "/timeline", record + "/children"} {
		s.get(casework.RoleHotline, path).refused(http.StatusNotFound, casework.NotFound, "")
	}
	require.NotContains(t, s.log.String(), "CANARY")
	require.NotContains(t, s.ask(request{path: "/metrics"}).text, "CANARY")
}

func TestWorkers_AreWrittenBySupervisors(t *testing.T) {
	t.Parallel()
	s := overStack(t, teststack.New(t, teststack.Options{Idle: true}))
	path := "/v1/workers/" + url.PathEscape("auth0|17")
	fields := body{
		"role": "caseworker", "office": "north", "unit": "n-1", "supervisor": "w-supervisor", "name": "CANARY-NAME Kim",
		"channels": []body{{"channel": "email", "address": "kim@example.org", "active": true}},
	}
	put := func(role casework.Role, b body) response {
		return s.ask(request{method: http.MethodPut, path: path, token: s.token(role), body: b})
	}

	require.Equal(t, http.StatusOK, put(casework.RoleSupervisor, fields).status)
	require.Equal(t, http.StatusOK, put(casework.RoleManager, fields.with(body{"unit": "n-2"})).status)

	var worker map[string]any
	s.get(casework.RoleSupervisor, path).into(&worker)
	require.Equal(t, "n-2", worker["unit"])
	require.Equal(t, "auth0|17", worker["id"])
	require.Equal(t, http.StatusOK, s.ask(request{path: path, token: s.tokenFor("auth0|17", casework.RoleCaseworker)}).status)
	require.Len(t, s.list(casework.RoleSupervisor, "/v1/workers?role=caseworker&unit=n-2").Items, 1)
	require.Empty(t, s.list(casework.RoleSupervisor, "/v1/workers?office=south").Items)

	put(casework.RoleCaseworker, fields).refused(http.StatusForbidden, casework.Forbidden, "")
	s.get(casework.RoleCaseworker, path).refused(http.StatusForbidden, casework.Forbidden, "")
	s.get(casework.RoleCaseworker, "/v1/workers").refused(http.StatusForbidden, casework.Forbidden, "")
	s.get(casework.RoleSupervisor, "/v1/workers/w-0").refused(http.StatusNotFound, casework.NotFound, "")
	channel := func(kind, address string) []body {
		return []body{{"channel": kind, "address": address, "active": true}}
	}
	for field, change := range map[string]body{
		"role":                {"role": "system"},
		"office":              {"office": ""},
		"name":                {"name": nil},
		"supervisor":          {"supervisor": "auth0|17"},
		"channels[0].channel": {"channels": channel("pigeon", "roof")},
		"channels[0].address": {"channels": channel("email", "Kim CANARY <kim@example.org>")},
		"channels[1].channel": {"channels": slices.Concat(channel("email", "a@example.org"), channel("email", "b@example.org"))},
	} {
		refused := put(casework.RoleSupervisor, fields.with(change))
		refused.refused(http.StatusUnprocessableEntity, casework.Invalid, field)
		require.NotContains(t, refused.text, "CANARY")
	}
	put(casework.RoleSupervisor, fields.with(body{"channels": channel("webhook", "ftp://example.org")})).
		refused(http.StatusUnprocessableEntity, casework.Invalid, "channels[0].address")
	put(casework.RoleSupervisor, fields.with(body{"id": "w-9"})).refused(http.StatusBadRequest, "malformed", "id")
}
