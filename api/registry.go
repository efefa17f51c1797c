package api

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/audit"
	"homeward/postgres"
)

// Registry keeps what background checks may see of findings.
type Registry interface {
	Registry(ctx context.Context, perpetrator string) ([]postgres.RegistryEntry, error)
	Expunged(ctx context.Context, report string) ([]postgres.RegistryEntry, error)
	Expunge(ctx context.Context, e postgres.RegistryEntry, line audit.Entry) (postgres.RegistryEntry, error)
}

// registryPurposes are the codes for why somebody looks a person up.
func registryPurposes() []string {
	return []string{"safety-assessment", "placement-check", "kinship-check", "foster-licensing", "expungement-review"}
}

// expungementAuthorities are the codes for what a finding is expunged by.
func expungementAuthorities() []string {
	return []string{"court-order", "appeal", "statute", "retention-rule"}
}

// expungementRequest is the body of POST {report}/allegations/{allegation}/expungement.
type expungementRequest struct {
	Authority string `json:"authority"`
	Reference string `json:"reference"`
}

// findingView is one line of the registry.
type findingView struct {
	// Report leads to the report, for those alone who may read it.
	Report  string        `json:"report,omitempty"`
	Type    string        `json:"type"`
	Result  string        `json:"result"`
	FoundOn casework.Date `json:"found_on"`
}

// readRegistry answers GET /v1/registry: what the agency has found against a person,
// in whichever office. A report that a court has sealed is left out, and so is one
// that the caller has a conflict with; which report it was is for those to know who
// may read it.
func (a *API) readRegistry(c *call) (reply, error) {
	do := access.Act{Action: access.SearchRegistry}
	if err := a.permit(c, do); err != nil {
		return reply{}, err
	}
	q := newQuery(c)
	perpetrator, purpose := q.text("perpetrator"), q.oneOf("purpose", registryPurposes()...)
	if perpetrator == "" || !casework.IsOpaque(perpetrator) {
		q.refuse("perpetrator", "Give the ID of one person.")
	}
	if purpose == "" {
		q.refuse("purpose", "Say what for: "+strings.Join(registryPurposes(), ", ")+".")
	}
	if err := q.done(); err != nil {
		return reply{}, err
	}
	entries, err := a.store.Registry(c.Context(), perpetrator)
	if err != nil {
		return reply{}, err
	}
	findings, records := []findingView{}, []string{}
	for _, e := range entries {
		standing, err := a.store.Standing(c.Context(), c.who.ID, e.Report, a.now())
		if err != nil {
			return reply{}, err
		}
		if standing.Object.Sealed || standing.Object.Conflict {
			continue
		}
		view := findingView{Type: e.Type, Result: e.Result, FoundOn: e.FoundOn}
		caller := placed(c.caller(), standing.Office, standing.Unit)
		if access.Decide(caller, access.Act{Action: access.ReadRecord}, standing.Object).Allowed {
			view.Report = pathOf(e.Report)
		}
		findings, records = append(findings, view), append(records, e.Report)
	}
	slices.Sort(records)
	line := c.entry(do, "")
	line.Part, line.Reason, line.Records, line.Count = perpetrator, purpose, slices.Compact(records), len(findings)
	return reply{body: unpaged(findings)}, a.store.Audit(c.Context(), line)
}

// expunge answers POST /v1/reports/{report}/allegations/{allegation}/expungement.
// The case file stays as it is.
func (a *API) expunge(c *call, s subject) (reply, error) {
	if _, err := idempotencyKey(c); err != nil {
		return reply{}, err
	}
	var body expungementRequest
	if err := a.read(c, &body); err != nil {
		return reply{}, err
	}
	asked := erasureRequest{Authority: body.Authority, Reference: body.Reference}
	if err := asked.check(expungementAuthorities()); err != nil {
		return reply{}, err
	}
	line := c.entry(access.Act{Action: access.Expunge}, s.Aggregate)
	line.Reason = body.Authority
	e, err := a.store.Expunge(c.Context(), postgres.RegistryEntry{
		Report: s.Aggregate, Allegation: c.param("allegation"), ExpungedBy: c.who.ID, ExpungedAt: a.now().UTC(),
		Authority: body.Authority, Reference: body.Reference,
	}, line)
	return reply{status: http.StatusOK, body: expungedOf(e)}, err
}

// expungedView says that a finding was expunged, and nothing of it.
type expungedView struct {
	Allegation string    `json:"allegation"`
	At         time.Time `json:"at"`
	By         string    `json:"by"`
	Authority  string    `json:"authority"`
	Reference  string    `json:"reference"`
	Says       string    `json:"says"`
}

func expungedOf(e postgres.RegistryEntry) expungedView {
	return expungedView{
		Allegation: e.Allegation, At: e.ExpungedAt, By: e.ExpungedBy, Authority: e.Authority, Reference: e.Reference,
		Says: "The finding on allegation " + e.Allegation + " was expunged from the registry.",
	}
}

// expunged is what the timeline says of the registry.
func (a *API) expunged(ctx context.Context, s subject) ([]expungedView, error) {
	if s.Kind != casework.KindReport {
		return nil, nil
	}
	entries, err := a.store.Expunged(ctx, s.Aggregate)
	var views []expungedView
	for _, e := range entries {
		views = append(views, expungedOf(e))
	}
	return views, err
}
