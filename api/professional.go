package api

import (
	"fmt"
	"slices"
	"time"

	"homeward/casework"
	"homeward/internal/access"
)

// professionalView is a professional of a case with what may be shared now.
type professionalView struct {
	casework.Professional

	Ref string `json:"ref"`
	// MayShare are the codes of what may be shared now.
	MayShare []string    `json:"may_share"`
	Shares   []shareView `json:"shares"`
}

// shareView is what was agreed, with why it does not hold any more.
type shareView struct {
	casework.Share

	InForce bool `json:"in_force"`
	// Why is one of [casework.ShareLapses], empty while it is in force.
	Why string `json:"why,omitempty"`
}

// professionalList is who works with a family, those who are there now first.
type professionalList struct {
	Items []professionalView `json:"items"`
	// Words are there for those who may read them, by the address that stands in
	// their place.
	Words map[casework.Text]string `json:"words,omitempty"`
}

// listProfessionals answers GET /v1/cases/{case}/professionals. What a paper opens is
// asked of the paper as it stands now.
func (a *API) listProfessionals(c *call, s subject) (reply, error) {
	events, err := a.store.Events(c.Context(), s.Aggregate, 1)
	if err != nil {
		return reply{}, err
	}
	family := casework.FoldCase(events)
	family.Professionals = slices.DeleteFunc(family.Professionals, casework.Professional.Elsewhere)
	now := later(a.now(), family.Now)
	sealed, err := a.papersOf(c, s, family.Professionals)
	if err != nil {
		return reply{}, err
	}
	list, written := professionalList{Items: []professionalView{}}, []*casework.Text{}
	for _, p := range family.Professionals {
		view := professionalView{Professional: p, Ref: fmt.Sprintf("professional-%d", p.Number), MayShare: []string{}, Shares: []shareView{}}
		written = append(written, &p.Organization, &p.Name, &p.Phone)
		for _, share := range p.Shares {
			why := family.Lapsed(p, share, casework.DateOf(now.In(family.Location())))
			if why == "" && share.Paper != "" {
				why = sealed.lapsed(share, now)
			}
			view.Shares = append(view.Shares, shareView{Share: share, InForce: why == "", Why: why})
			if why == "" {
				view.MayShare = append(view.MayShare, share.What...)
			}
			written = append(written, &share.Law)
		}
		slices.Sort(view.MayShare)
		view.MayShare = slices.Compact(view.MayShare)
		list.Items = append(list.Items, view)
	}
	slices.SortStableFunc(list.Items, func(x, y professionalView) int { return openFirst(x.Reason, y.Reason) })
	written = slices.DeleteFunc(written, func(t *casework.Text) bool { return *t == "" })
	list.Words, err = a.words(c.Context(), s, written)
	var did access.Action
	if len(list.Words) > 0 {
		did = access.ReadNarratives
	}
	return reply{body: list, revision: family.Revision, did: did}, err
}

// consentsByID are consents and orders of a case by their IDs.
type consentsByID map[string]storedConsent

// papersOf returns those of a case, none where nothing on it needs one.
func (a *API) papersOf(c *call, s subject, on []casework.Professional) (consentsByID, error) {
	needed := slices.ContainsFunc(on, func(p casework.Professional) bool {
		return slices.ContainsFunc(p.Shares, func(s casework.Share) bool { return s.Paper != "" })
	})
	if !needed {
		return nil, nil
	}
	stored, err := a.consents(c.Context(), s.Aggregate, "")
	byID := make(consentsByID, len(stored))
	for _, p := range stored {
		byID[p.ID] = p
	}
	return byID, err
}

// lapsed says why a paper opens nothing now, empty where it does.
func (ps consentsByID) lapsed(share casework.Share, now time.Time) string {
	switch p, there := ps[share.Paper]; {
	case !there:
		return casework.LapseGone
	case !p.Revoked.IsZero() && !now.Before(p.Revoked):
		return casework.LapseRevoked
	case !p.Expires.IsZero() && !now.Before(p.Expires):
		return casework.LapseExpired
	}
	return ""
}

// sharing is the body of a step that agrees what may be shared.
type sharing interface {
	casework.Body
	Sharing() []casework.Share
	Remind()
}

// agreeSharing answers the steps that agree what may be shared. The papers that open
// what is sealed lie where no workflow looks, so they are looked at here; the
// compartment asks them again at each disclosure.
func (a *API) agreeSharing(step casework.Step) handler {
	return a.takeIf(step, func(c *call, s subject, body casework.Body) error {
		agreed, ok := body.(sharing)
		if !ok {
			return nil
		}
		agreed.Remind()
		return a.checkPapers(c, s, agreed.Sharing())
	})
}

// checkPapers refuses to share what is sealed without a paper on this record that
// stands and names the organization.
func (a *API) checkPapers(c *call, s subject, shares []casework.Share) error {
	stored, err := a.papersOf(c, s, []casework.Professional{{Shares: shares}})
	if err != nil {
		return err
	}
	for i, share := range shares {
		if share.Paper == "" {
			continue // The rules say where one is needed.
		}
		field := fmt.Sprintf("shares[%d].", i)
		p := stored[share.Paper]
		switch why := stored.lapsed(share, a.now()); {
		case why == casework.LapseGone:
			return casework.InvalidField(field+"paper", "There is no such consent or order on this case. Put it on record first, under consents.")
		case why != "":
			return casework.InvalidField(field+"paper", "This consent or order was revoked or has expired. Put a new one on record.")
		case string(p.Basis) != share.Basis:
			return casework.InvalidField(field+"basis", "The paper is of the other kind. A consent and the order of a court are not the same.")
		case !slices.Contains(p.Recipients.Outside, share.Recipient):
			return casework.InvalidField(field+"recipient",
				"The paper does not name this organization. Use the code that it names, or ask for a consent that names this one.")
		}
	}
	return nil
}
