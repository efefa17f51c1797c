package api_test

import (
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/api"
	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/keyring"
	"homeward/internal/teststack"
	"homeward/internal/vault"
)

// compartmentKeys are the keys of the compartments in these tests, in the form of a
// key file. They are published here and protect nothing.
func compartmentKeys() map[access.Compartment]string {
	return map[access.Compartment]string{
		access.Reporter:  "reporter-1 MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDE=",
		access.Treatment: "treatment-1 MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDI=",
		access.Juvenile:  "juvenile-1 MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDM=",
		access.Adoption:  "adoption-1 MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDQ=",
	}
}

// newerKey is a key to rotate to.
const newerKey = "newer MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDU="

func vaultsWith(tb testing.TB, keys map[access.Compartment]string) map[access.Compartment]*vault.Vault {
	tb.Helper()
	vaults := make(map[access.Compartment]*vault.Vault)
	for compartment, text := range keys {
		ring, err := keyring.Open(func() ([]byte, error) { return []byte(text), nil })
		require.NoError(tb, err)
		vaults[compartment] = vault.New(string(compartment), ring, rand.Reader)
	}
	return vaults
}

// opened is the form of what a compartment shows.
type opened struct {
	Compartment string           `json:"compartment"`
	Purpose     string           `json:"purpose"`
	Recipient   string           `json:"recipient"`
	Notice      string           `json:"notice"`
	Consents    []map[string]any `json:"consents"`
	Items       []struct {
		ID           string         `json:"id"`
		Subject      string         `json:"subject"`
		What         string         `json:"what"`
		RecordedBy   string         `json:"recorded_by"`
		RecordedAt   time.Time      `json:"recorded_at"`
		Supersedes   string         `json:"supersedes"`
		SupersededBy string         `json:"superseded_by"`
		Consent      string         `json:"consent"`
		Content      map[string]any `json:"content"`
	} `json:"items"`
}

// open requires that a compartment opens, and returns what it shows.
func (r response) open() opened {
	r.tb.Helper()
	require.Equal(r.tb, http.StatusOK, r.status, r.text)
	var o opened
	r.into(&o)
	return o
}

// made requires that something was put on record, and returns its ID.
func (r response) made() string {
	r.tb.Helper()
	require.Equal(r.tb, http.StatusCreated, r.status, r.text)
	var view map[string]any
	r.into(&view)
	return view["id"].(string)
}

// investigation is a report that the investigator works on, with who made it.
func investigation(t *testing.T, s *service) report {
	t.Helper()
	taken := s.post(casework.RoleHotline, "/v1/reports", receipt().with(body{"reporter": neighbour()})).taken(http.StatusCreated)
	r := report{service: s, tb: t, number: taken.Number, path: "/v1/reports/" + taken.Number}
	for _, child := range r.listChildren(casework.RoleSupervisor) {
		r.children = append(r.children, child["child"].(string))
	}
	r.screenIn()
	return r
}

func neighbour() body {
	return body{"name": "Mary Major", "phone": "555-0100", "relation": "neighbour"}
}

func (r report) compartment(c access.Compartment) string {
	return r.path + "/compartments/" + string(c)
}

// agreed is the consent of a child's guardian that the investigator reads how
// treatment goes, to plan.
func (r report) agreed(changes body) body {
	return body{
		"compartment": "treatment", "kind": "consent", "patient": r.children[0], "discloser": "North Clinic",
		"recipients": body{"roles": []string{"investigator"}, "outside": []string{"court-north"}},
		"purposes":   []string{"case-planning"}, "what": []string{"progress"}, "signed_by": "guardian",
		"signed_at": time.Now().Add(-time.Hour).Format(time.RFC3339), "expires_at": time.Now().Add(time.Hour).Format(time.RFC3339),
	}.with(changes)
}

// ordered is the order of a court about a compartment, for the investigator.
func (r report) ordered(c access.Compartment) body {
	return r.agreed(body{
		"compartment": c, "kind": "court-order", "what": c.Contents(), "signed_by": nil, "expires_at": nil,
		"court": "superior-court", "order": "26-7-00123-1",
	})
}

func progress(child, text string) body {
	return body{"subject": child, "what": "progress", "text": text}
}

func TestReporter_IsForTheReportsOwnInvestigatorAndSupervisor(t *testing.T) {
	t.Parallel()
	s := overStack(t, teststack.New(t, teststack.Options{}))
	r := investigation(t, s)
	path := r.compartment(access.Reporter)

	for _, role := range []casework.Role{casework.RoleInvestigator, casework.RoleSupervisor} {
		for _, purpose := range []string{"investigation", "safety"} {
			o := s.get(role, path+"?purpose="+purpose).open()
			require.Len(t, o.Items, 1)
			require.Equal(t, map[string]any{"name": "Mary Major", "phone": "555-0100", "relation": "neighbour"}, o.Items[0].Content)
			require.Equal(t, "identity", o.Items[0].What)
			require.Equal(t, person(casework.RoleHotline), o.Items[0].RecordedBy)
			require.Empty(t, o.Consents)
		}
		s.get(role, path+"?purpose=court-proceeding").refused(http.StatusForbidden, casework.Forbidden, "")
		s.get(role, path+"?purpose=safety&recipient=police-north").refused(http.StatusForbidden, casework.Forbidden, "")
		s.get(role, path).refused(http.StatusBadRequest, "malformed", "purpose")
		s.get(role, path+"?purpose=curiosity").refused(http.StatusBadRequest, "malformed", "purpose")
	}
	for _, role := range []casework.Role{
		casework.RoleHotline, casework.RoleCaseworker, casework.RoleManager, casework.RoleAttorney, casework.RoleAuditor,
		casework.RoleAdministrator, casework.RoleOps,
	} {
		s.get(role, path+"?purpose=safety").refused(http.StatusForbidden, casework.Forbidden, "")
	}
	sees := s.tokenFor("w-another", casework.RoleSupervisor) // of the same office
	require.Equal(t, http.StatusOK, s.ask(request{path: r.path, token: sees}).status)
	s.ask(request{path: path + "?purpose=safety", token: sees}).refused(http.StatusForbidden, casework.Forbidden, "")
	stranger := s.tokenAt("south", "w-stranger", casework.RoleSupervisor)
	absent := s.ask(request{path: path + "?purpose=safety", token: stranger}).refused(http.StatusNotFound, casework.NotFound, "")
	unknown := s.ask(request{path: "/v1/reports/1/compartments/reporter?purpose=safety", token: stranger}).
		refused(http.StatusNotFound, casework.NotFound, "")
	require.Equal(t, unknown.Detail, absent.Detail)
}

func TestReporter_IsEnteredOnceAndComparedByDecrypting(t *testing.T) {
	t.Parallel()
	stack := teststack.New(t, teststack.Options{})
	s := overStack(t, stack)
	again := request{
		method: http.MethodPost, path: "/v1/reports", token: s.token(casework.RoleHotline), key: rand.Text(),
		body: receipt().with(body{"reporter": neighbour()}),
	}
	first, second := s.ask(again).taken(http.StatusCreated), s.ask(again).taken(http.StatusCreated)
	require.Equal(t, first, second)
	for _, other := range []any{body{"name": "Mary Minor"}, body{"anonymous": true}, nil} {
		changed := again
		changed.body = again.body.(body).with(body{"reporter": other})
		s.ask(changed).refused(http.StatusUnprocessableEntity, casework.Reused, "")
	}
	items, err := stack.DB.Items(t.Context(), access.Reporter, first.Aggregate)
	require.NoError(t, err)
	require.Len(t, items, 1)
	require.NotContains(t, string(items[0].Content), "Mary")
	s.post(casework.RoleHotline, "/v1/reports", receipt().with(body{"reporter": body{}})).
		refused(http.StatusUnprocessableEntity, casework.Invalid, "reporter")
}

func TestReporter_OfARefusedReportLeavesNothing(t *testing.T) {
	t.Parallel()
	stack := teststack.New(t, teststack.Options{})
	// The API's clock is ahead, so the report is refused by its workflow alone.
	s := overStack(t, stack, func(o *api.Options) { o.Now = func() time.Time { return time.Now().Add(time.Hour) } })
	q := request{
		method: http.MethodPost, path: "/v1/reports", token: s.token(casework.RoleHotline), key: rand.Text(),
		body: receipt().with(body{
			"reporter": neighbour(), "received_at": time.Now().Add(30 * time.Minute).Format(time.RFC3339),
		}),
	}
	raw, err := sql.Open("postgres", stack.DatabaseURL)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, raw.Close()) })
	for range 2 {
		s.ask(q).refused(http.StatusUnprocessableEntity, casework.Invalid, "received_at")
		var left int
		require.NoError(t, raw.QueryRowContext(t.Context(), `SELECT (SELECT count(*) FROM sealed.reporter) + (SELECT count(*) FROM texts)`).Scan(&left))
		require.Zero(t, left)
	}
	require.Len(t, column(t, raw, `SELECT key FROM reservations`), 1, "it came as far as to its number")
}

func TestTreatment_TakesAConsentThatCoversIt(t *testing.T) {
	t.Parallel()
	s := overStack(t, teststack.New(t, teststack.Options{}))
	r := investigation(t, s)
	const investigator = casework.RoleInvestigator
	path, planning := r.compartment(access.Treatment), r.compartment(access.Treatment)+"?purpose=case-planning"

	empty := s.get(investigator, planning).refused(http.StatusForbidden, casework.Forbidden, "")
	first := s.post(investigator, path, progress(r.children[0], "Going well.")).made()
	s.post(investigator, path, progress(r.children[1], "Of another child.")).made()
	s.post(investigator, path, progress(r.children[0], "Positive.").with(body{"what": "test-results"})).made()
	require.Equal(t, empty.Detail, s.get(investigator, planning).refused(http.StatusForbidden, casework.Forbidden, "").Detail,
		"nobody without a consent learns whether there is anything")

	consent := s.post(investigator, r.path+"/consents", r.agreed(nil)).made()
	o := s.get(investigator, planning).open()
	require.Len(t, o.Items, 1, "of this child, and progress alone")
	require.Equal(t, first, o.Items[0].ID)
	require.Equal(t, "Going well.", o.Items[0].Content["text"])
	require.Equal(t, consent, o.Items[0].Consent)
	require.Equal(t, "42 CFR part 2 prohibits unauthorized use or disclosure of these records.", o.Notice)
	require.Len(t, o.Consents, 1, "the scope of the consent travels along")
	require.Equal(t, consent, o.Consents[0]["id"])

	for query, words := range map[string]string{
		"?purpose=placement":                      "does not name this purpose",
		"?purpose=case-planning&recipient=police": "does not name who",
		"?purpose=case-planning&consent=c-0":      "none on record",
	} {
		require.Contains(t, s.get(investigator, path+query).refused(http.StatusForbidden, casework.Forbidden, "").Detail, words)
	}
	require.Contains(t, s.get(casework.RoleSupervisor, planning).refused(http.StatusForbidden, casework.Forbidden, "").Detail, "does not name who")
	out := s.get(investigator, planning+"&recipient=court-north&consent="+consent).open()
	require.Equal(t, "court-north", out.Recipient)
	require.Len(t, out.Items, 1)

	revocation := request{
		method: http.MethodPost, path: r.path + "/consents/" + consent + "/revocation", token: s.token(investigator), key: rand.Text(),
		body: body{"revoked_at": justNow()},
	}
	s.ask(revocation).made()
	s.ask(revocation).made()
	revocation.key = rand.Text()
	s.ask(revocation).refused(http.StatusConflict, casework.Blocked, "")
	require.Contains(t, s.get(investigator, planning).refused(http.StatusForbidden, casework.Forbidden, "").Detail, "was revoked")

	s.post(investigator, r.path+"/consents", r.agreed(body{
		"signed_at": time.Now().Add(-2 * time.Hour).Format(time.RFC3339), "expires_at": time.Now().Add(-time.Hour).Format(time.RFC3339),
	})).made()
	require.Contains(t, s.get(investigator, planning).refused(http.StatusForbidden, casework.Forbidden, "").Detail, "has expired")
	require.Len(t, s.list(investigator, r.path+"/consents").Items, 2)
	require.Empty(t, s.list(investigator, r.path+"/consents?compartment=juvenile").Items)
}

func TestDisclosures_AreAccountedFor(t *testing.T) {
	t.Parallel()
	s := overStack(t, teststack.New(t, teststack.Options{}))
	r := investigation(t, s)
	path := r.compartment(access.Treatment)
	s.post(casework.RoleInvestigator, path, progress(r.children[0], "Going well.")).made()
	s.get(casework.RoleInvestigator, path+"?purpose=case-planning").refused(http.StatusForbidden, casework.Forbidden, "")
	consent := s.post(casework.RoleInvestigator, r.path+"/consents", r.agreed(nil)).made()
	s.get(casework.RoleInvestigator, path+"?purpose=case-planning").open()
	s.get(casework.RoleInvestigator, path+"?purpose=case-planning&recipient=court-north").open()
	s.get(casework.RoleInvestigator, r.compartment(access.Reporter)+"?purpose=safety").open()

	for _, role := range []casework.Role{casework.RoleSupervisor, casework.RoleAuditor} {
		listed := s.list(role, path+"/disclosures").Items
		require.Len(t, listed, 2, "what was refused is no disclosure")
		for i, recipient := range []any{"court-north", nil} {
			require.Equal(t, consent, listed[i]["consent"])
			require.Equal(t, recipient, listed[i]["recipient"])
			require.Equal(t, "case-planning", listed[i]["purpose"])
			require.Equal(t, person(casework.RoleInvestigator), listed[i]["worker"])
			require.EqualValues(t, 1, listed[i]["entries"])
		}
		own := s.list(role, r.compartment(access.Reporter)+"/disclosures").Items
		require.Len(t, own, 1)
		require.NotContains(t, own[0], "consent")
		require.Equal(t, "safety", own[0]["purpose"])
	}
	s.get(casework.RoleInvestigator, path+"/disclosures").refused(http.StatusForbidden, casework.Forbidden, "")
	s.get(casework.RoleAuditor, path+"?purpose=case-planning").refused(http.StatusForbidden, casework.Forbidden, "")
}

func TestJuvenileAndAdoption_OpenByOrder(t *testing.T) {
	t.Parallel()
	s := overStack(t, teststack.New(t, teststack.Options{}))
	r := investigation(t, s)
	const investigator = casework.RoleInvestigator
	for compartment, entry := range map[access.Compartment]body{ //nolint:exhaustive // the others have tests of their own
		access.Juvenile: {"subject": r.children[0], "court": "juvenile-court", "docket": "19-8-1", "text": "Shoplifting."},
		access.Adoption: {"subject": r.children[0], "birth_name": "Jane Roe", "birth_parents": []string{"Richard Roe"}},
	} {
		path := r.compartment(compartment)
		s.post(investigator, path, entry).made()
		s.get(investigator, path+"?purpose=case-planning").refused(http.StatusForbidden, casework.Forbidden, "")
		field := "kind"
		if compartment == access.Adoption {
			field = "signed_by"
		}
		s.post(investigator, r.path+"/consents", r.agreed(body{
			"compartment": compartment, "what": compartment.Contents(), "signed_by": "patient",
		})).refused(http.StatusUnprocessableEntity, casework.Invalid, field)

		s.post(investigator, r.path+"/consents", r.ordered(compartment)).made()
		o := s.get(investigator, path+"?purpose=case-planning").open()
		require.Len(t, o.Items, 1)
		require.Empty(t, o.Notice)
		s.get(casework.RoleAttorney, path+"?purpose=case-planning").refused(http.StatusNotFound, casework.NotFound, "")
		s.get(casework.RoleManager, path+"?purpose=case-planning").refused(http.StatusForbidden, casework.Forbidden, "")
	}
}

func TestAdoption_OpensByTheConsentOfTheAdultAdoptee(t *testing.T) {
	t.Parallel()
	s := overStack(t, teststack.New(t, teststack.Options{}))
	grown := receipt().with(body{"children": []body{{"name": "Ana", "born": "2001-03-02"}, {"name": "Ben"}}})
	taken := s.post(casework.RoleHotline, "/v1/reports", grown).taken(http.StatusCreated)
	r := report{service: s, tb: t, number: taken.Number, path: "/v1/reports/" + taken.Number}
	for _, child := range r.listChildren(casework.RoleSupervisor) {
		r.children = append(r.children, child["child"].(string))
	}
	r.screenIn()
	path := r.compartment(access.Adoption)
	s.post(casework.RoleInvestigator, path, body{"subject": r.children[0], "birth_name": "Jane Roe"}).made()
	consent := r.agreed(body{
		"compartment": "adoption", "what": []string{"birth-family"}, "purposes": []string{"family-search"}, "signed_by": "patient",
	})
	s.post(casework.RoleInvestigator, r.path+"/consents", consent.with(body{"patient": r.children[1]})).
		refused(http.StatusUnprocessableEntity, casework.Invalid, "signed_by") // no date of birth is known
	s.post(casework.RoleInvestigator, r.path+"/consents", consent.with(body{"signed_by": "guardian"})).
		refused(http.StatusUnprocessableEntity, casework.Invalid, "signed_by")

	s.post(casework.RoleInvestigator, r.path+"/consents", consent).made()

	require.Len(t, s.get(casework.RoleInvestigator, path+"?purpose=family-search").open().Items, 1)
}

func TestConsent_OfTheSameKeyIsOne(t *testing.T) {
	t.Parallel()
	s := overStack(t, teststack.New(t, teststack.Options{}))
	r := investigation(t, s)
	again := request{
		method: http.MethodPost, path: r.path + "/consents", token: s.token(casework.RoleInvestigator), key: rand.Text(), body: r.agreed(nil),
	}
	first, second := s.ask(again).made(), s.ask(again).made()
	require.Equal(t, first, second)
	changed := again
	changed.body = again.body.(body).with(body{"discloser": "South Clinic"})
	s.ask(changed).refused(http.StatusUnprocessableEntity, casework.Reused, "")
	require.Len(t, s.list(casework.RoleInvestigator, r.path+"/consents").Items, 1)
	s.post(casework.RoleInvestigator, r.path+"/consents/c-0/revocation", body{"revoked_at": justNow()}).
		refused(http.StatusNotFound, casework.NotFound, "")
	s.post(casework.RoleHotline, r.path+"/consents", r.agreed(nil)).refused(http.StatusForbidden, casework.Forbidden, "")
}

func TestEntries_AreSupersededAndNeverChanged(t *testing.T) {
	t.Parallel()
	s := overStack(t, teststack.New(t, teststack.Options{}))
	r := investigation(t, s)
	path := r.compartment(access.Reporter)
	read := path + "?purpose=investigation"
	wrong := s.get(casework.RoleInvestigator, read).open().Items[0].ID
	again := request{
		method: http.MethodPost, path: path, token: s.token(casework.RoleInvestigator), key: rand.Text(),
		body: body{"name": "Mary Minor", "supersedes": wrong},
	}
	right := s.ask(again).made()
	require.Equal(t, right, s.ask(again).made())
	other := again
	other.body = body{"name": "Somebody Else", "supersedes": wrong}
	s.ask(other).refused(http.StatusUnprocessableEntity, casework.Reused, "")
	s.post(casework.RoleInvestigator, path, body{"name": "Late", "supersedes": wrong}).refused(http.StatusConflict, casework.Blocked, "")
	s.post(casework.RoleInvestigator, path, body{"name": "Lost", "supersedes": "i-0"}).
		refused(http.StatusUnprocessableEntity, casework.Invalid, "supersedes")

	o := s.get(casework.RoleInvestigator, read).open()
	require.Len(t, o.Items, 1)
	require.Equal(t, "Mary Minor", o.Items[0].Content["name"])
	all := s.get(casework.RoleInvestigator, read+"&superseded=true").open()
	require.Len(t, all.Items, 2)
	require.Equal(t, right, all.Items[0].SupersededBy)
}

func TestCompartment_WithoutItsKeyIsClosedAndNothingElseIs(t *testing.T) {
	t.Parallel()
	keys := compartmentKeys()
	delete(keys, access.Reporter)
	s := overStack(t, teststack.New(t, teststack.Options{}), func(o *api.Options) { o.Vaults = vaultsWith(t, keys) })
	r := takeReport(t, s)
	r.screenIn()
	s.post(casework.RoleHotline, "/v1/reports", receipt().with(body{"reporter": neighbour()})).
		refused(http.StatusServiceUnavailable, casework.Unavailable, "")
	s.get(casework.RoleInvestigator, r.compartment(access.Reporter)+"?purpose=safety").
		refused(http.StatusServiceUnavailable, casework.Unavailable, "")
	s.post(casework.RoleInvestigator, r.compartment(access.Reporter), neighbour()).
		refused(http.StatusServiceUnavailable, casework.Unavailable, "")
	s.post(casework.RoleInvestigator, r.compartment(access.Treatment), progress(r.children[0], "Well.")).made()
	for _, path := range []string{"/v1/cases/1/compartments/reporter", r.path + "/compartments/gossip", r.path + "/compartments/gossip/disclosures"} {
		s.get(casework.RoleInvestigator, path+"?purpose=safety").refused(http.StatusNotFound, casework.NotFound, "")
	}
}

func TestCompartment_ReadsAfterARotationAndNotWithAnotherKey(t *testing.T) {
	t.Parallel()
	stack := teststack.New(t, teststack.Options{})
	with := func(keys string) *service {
		all := compartmentKeys()
		all[access.Reporter] = keys
		return overStack(t, stack, func(o *api.Options) { o.Vaults = vaultsWith(t, all) })
	}
	old := compartmentKeys()[access.Reporter]
	r := investigation(t, with(old))
	read := r.compartment(access.Reporter) + "?purpose=safety"

	require.Len(t, with(newerKey+"\n"+old).get(casework.RoleInvestigator, read).open().Items, 1)
	lost := with(newerKey)
	lost.get(casework.RoleInvestigator, read).refused(http.StatusServiceUnavailable, casework.Unavailable, "")
	require.Contains(t, lost.get(casework.RoleOps, "/metrics").text,
		`homeward_compartment_unreadable_total{compartment="reporter",reason="missing-key"} 1`)
	namesake := with(strings.Replace(newerKey, "newer", "reporter-1", 1))
	namesake.get(casework.RoleInvestigator, read).refused(http.StatusInternalServerError, casework.Internal, "")
	require.Contains(t, namesake.log.String(), "vault: an item under key reporter-1 is not as it was sealed")
}

// Somebody who may write to the database, and has no keys, cannot move an entry to
// a person whose consent is there, nor a consent to another record.
func TestCompartment_DoesNotOpenWhatWasMoved(t *testing.T) {
	t.Parallel()
	stack := teststack.New(t, teststack.Options{})
	s := overStack(t, stack)
	r, other := investigation(t, s), investigation(t, s)
	s.post(casework.RoleInvestigator, r.compartment(access.Treatment), progress(r.children[1], "CANARY going badly.")).made()
	s.post(casework.RoleInvestigator, r.path+"/consents", r.agreed(nil)).made()
	raw, err := sql.Open("postgres", stack.DatabaseURL)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, raw.Close()) })
	_, err = raw.ExecContext(t.Context(), `INSERT INTO sealed.treatment (id, aggregate, subject, supersedes, content, key_id, created_by, created_at)
SELECT 'i-moved', aggregate, $1, '', content, key_id, created_by, created_at FROM sealed.treatment`, r.children[0])
	require.NoError(t, err)
	_, err = raw.ExecContext(t.Context(), `INSERT INTO sealed.consents (id, aggregate, compartment, revokes, content, key_id, created_by, created_at)
SELECT 'c-moved', $1, compartment, '', content, key_id, created_by, created_at FROM sealed.consents`, "report-"+other.number)
	require.NoError(t, err)

	for _, path := range []string{r.compartment(access.Treatment), other.compartment(access.Treatment)} {
		refused := s.get(casework.RoleInvestigator, path+"?purpose=case-planning")
		refused.refused(http.StatusInternalServerError, casework.Internal, "")
		require.NotContains(t, refused.text, "CANARY")
	}
	require.NotContains(t, s.log.String(), "CANARY")
	require.Contains(t, s.get(casework.RoleOps, "/metrics").text,
		`homeward_compartment_unreadable_total{compartment="treatment",reason="altered"} 2`)
}

// Words are put into every field of every compartment and of every paper. They are
// in the answer of the compartment, and nowhere else.
func TestCompartments_LeakNothing(t *testing.T) {
	t.Parallel()
	stack := teststack.New(t, teststack.Options{})
	s := overStack(t, stack)
	const canary = "xq9canary"
	word := func(field string) string { return canary + field }
	taken := s.post(casework.RoleHotline, "/v1/reports", receipt().with(body{"reporter": body{
		"name": word("name"), "phone": word("phone"), "address": word("address"), "relation": word("relation"), "anonymous": true,
	}})).taken(http.StatusCreated)
	r := report{service: s, tb: t, number: taken.Number, path: "/v1/reports/" + taken.Number}
	for _, child := range r.listChildren(casework.RoleSupervisor) {
		r.children = append(r.children, child["child"].(string))
	}
	r.screenIn()
	const investigator = casework.RoleInvestigator
	for compartment, entry := range map[access.Compartment]body{ //nolint:exhaustive // the reporter came with the report
		access.Treatment: progress(r.children[0], word("text")).with(body{"program": word("program")}),
		access.Juvenile:  {"subject": r.children[0], "court": word("court"), "docket": word("docket"), "text": word("text")},
		access.Adoption: {
			"subject": r.children[0], "birth_name": word("birth"), "birth_parents": []string{word("parent")}, "agency": word("agency"),
			"court": word("court"), "text": word("text"),
		},
	} {
		s.post(investigator, r.compartment(compartment), entry).made()
		s.post(investigator, r.path+"/consents", r.ordered(compartment).with(body{
			"discloser": word("discloser"), "court": word("court"), "order": word("order"),
			"recipients": body{"roles": []string{"investigator"}, "workers": []string{word("worker")}},
		})).made()
		require.Contains(t, s.get(investigator, r.compartment(compartment)+"?purpose=case-planning").text, canary, "it is there")
		refused := s.post(investigator, r.compartment(compartment), entry.with(body{"subject": "the " + word("subject")}))
		refused.refused(http.StatusUnprocessableEntity, casework.Invalid, "subject")
		require.NotContains(t, refused.text, canary)
		require.NotContains(t, s.get(investigator, r.compartment(compartment)+"?purpose=safety").text, canary)
	}
	require.Contains(t, s.get(investigator, r.compartment(access.Reporter)+"?purpose=safety").text, word("name"))
	require.Contains(t, s.get(investigator, r.path+"/consents").text, word("order"))

	for _, part := range []string{"", "/children", "/duties", "/timeline", "/next", "/notices", "/access", "/compartments/reporter/disclosures"} {
		for _, role := range []casework.Role{casework.RoleSupervisor, casework.RoleAuditor} {
			require.NotContains(t, s.get(role, r.path+part).text, canary, part)
		}
	}
	for name, content := range unpacked(t, s.get(casework.RoleSupervisor, r.path+"/export?purpose=court").text) {
		require.NotContains(t, content, canary, name)
	}
	requireNowhere(t, stack.DatabaseURL, canary)
	require.NotContains(t, s.log.String(), canary, "the log")
	require.NotContains(t, s.get(casework.RoleOps, "/metrics").text, canary, "the metrics")
	for _, run := range stack.Runs(t, taken.Aggregate) {
		for _, event := range stack.History(t, taken.Aggregate, run) {
			require.NotContains(t, event.String(), canary, "decrypted, in Temporal")
		}
	}
}

// requireNowhere looks for a word in every row of every table, the compartments
// themselves included, as text and in bytes.
func requireNowhere(t *testing.T, database, word string) {
	t.Helper()
	raw, err := sql.Open("postgres", database)
	require.NoError(t, err)
	defer func() { require.NoError(t, raw.Close()) }()
	tables := column(t, raw, `SELECT format('%I.%I', table_schema, table_name) FROM information_schema.tables
WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')`)
	require.Contains(t, tables, "sealed.reporter")
	require.Contains(t, tables, "public.audit_lines")
	rows := 0
	for _, table := range tables {
		for _, row := range column(t, raw, `SELECT t::text FROM `+table+` t`) {
			rows++
			require.NotContains(t, strings.ToLower(row), word, table)
			require.NotContains(t, row, hex.EncodeToString([]byte(word)), table)
		}
	}
	require.Greater(t, rows, 20)
}

func column(t *testing.T, raw *sql.DB, query string) []string {
	t.Helper()
	rows, err := raw.QueryContext(t.Context(), query)
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	var all []string
	for rows.Next() {
		var one string
		require.NoError(t, rows.Scan(&one))
		all = append(all, one)
	}
	require.NoError(t, rows.Err())
	return all
}
