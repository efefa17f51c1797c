package api

import (
	"context"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/postgres"
)

// Needs counts needs for which no service was found.
type Needs interface {
	UnmetNeeds(ctx context.Context, f postgres.NeedFilter) ([]postgres.NeedCount, error)
}

// referralView is a referral with its FHIR Task.
type referralView struct {
	casework.Referral

	Task  casework.FHIRTask `json:"task"`
	Links map[string]string `json:"links"`
}

// listReferrals answers GET {case}/referrals from the log, so that it shows what the
// next step will find.
func (a *API) listReferrals(c *call, s subject) (reply, error) {
	events, err := a.store.Events(c.Context(), s.Aggregate, 1)
	if err != nil {
		return reply{}, err
	}
	of := casework.FoldCase(events)
	views := make([]referralView, 0, len(of.Referrals))
	for _, r := range of.Referrals {
		if r.Elsewhere() {
			continue
		}
		links := map[string]string{}
		if r.Service != "" {
			links["service"] = servicePath(r.Service)
		}
		if r.Provider != "" {
			links["provider"] = recordPath(s.Kind, s.Number) + "/narratives/" + string(r.Provider)
		}
		views = append(views, referralView{Referral: r, Task: casework.ReferralTask(r.Status), Links: links})
	}
	return reply{body: unpaged(views), revision: of.Revision}, nil
}

// offerReferral answers POST {case}/referrals. A family is sent nowhere that its
// source no longer names.
func (a *API) offerReferral(step casework.Step) handler {
	return a.takeIf(step, func(c *call, _ subject, body casework.Body) error {
		return a.stillThere(c, body.(*casework.ReferralOffer).Service)
	})
}

// stillThere refuses a service that the directory does not know or no longer has.
func (a *API) stillThere(c *call, service string) error {
	if service == "" || !casework.IsOpaque(service) {
		return nil // The rules say what is missing.
	}
	s, err := a.store.DirectoryService(c.Context(), service)
	switch {
	case casework.KindOf(err) == casework.NotFound:
		return casework.InvalidField("service", "The directory has no such service. Search it, or say under provider in words who it is.")
	case err != nil:
		return err
	case !s.GoneAt.IsZero() || s.Status == "defunct":
		return casework.InvalidField("service", "This service is no longer there. Search the directory for another one.")
	}
	return nil
}

// countUnmetNeeds answers GET /v1/unmet-needs.
func (a *API) countUnmetNeeds(c *call) (reply, error) {
	do := access.Act{Action: access.CountNeeds}
	if err := a.permit(c, do); err != nil {
		return reply{}, err
	}
	q := newQuery(c)
	f := postgres.NeedFilter{
		From: q.day("from"), To: q.day("to"), Need: q.oneOf("need", casework.Needs()...), County: q.text("county"),
	}
	if err := q.done(); err != nil {
		return reply{}, err
	}
	counts, err := a.store.UnmetNeeds(c.Context(), f)
	if err != nil {
		return reply{}, err
	}
	line := c.entry(do, "")
	line.Count = len(counts)
	return reply{body: unpaged(counts)}, a.store.Audit(c.Context(), line)
}
