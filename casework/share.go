package casework

import (
	"fmt"
	"slices"
	"strings"
)

// Share says what may be told to a professional, on what basis and until when.
type Share struct {
	// What are codes of [ShareMatters].
	What []string `json:"what"`
	// Basis is one of [ShareBases], empty where nothing may be shared.
	Basis string `json:"basis,omitempty"`
	// GivenBy is who consented, and GivenOn when. What is sealed takes a paper instead.
	GivenBy Participant `json:"given_by,omitzero"`
	GivenOn Date        `json:"given_on,omitzero"`
	// Order is the order of the court on this case: "order-3".
	Order string `json:"order,omitempty"`
	// Law says in words which statute lets it be shared.
	Law Text `json:"law,omitempty"`
	// Paper is the ID of the consent or order that opens a compartment of this case,
	// and Recipient the code under which it names the organization.
	Paper     string `json:"paper,omitempty"`
	Recipient string `json:"recipient,omitempty"`
	// Until is the last day; without one it lasts as long as its basis does.
	Until Date `json:"until,omitzero"`
}

// What may be shared: shareNothing is an answer, too, and ShareSealed is what lies in
// a compartment. Which one is told by its paper alone, because that somebody is a
// patient is itself protected (42 CFR 2.13(c)).
const (
	shareNothing = "nothing"
	ShareSealed  = "sealed"
)

// ShareMatters are the codes for what may be shared.
func ShareMatters() []string {
	return []string{"education", "health", "placement", "court", "visits", "case-plan", ShareSealed, shareNothing}
}

// The bases of sharing.
const (
	ShareByConsent    = "consent"
	ShareByStatute    = "statute"
	ShareByCourtOrder = "court-order"
)

// ShareBases are the codes for what lets something be shared.
func ShareBases() []string { return []string{ShareByConsent, ShareByStatute, ShareByCourtOrder} }

// compartmented are words for what lies in compartments and is named nowhere else.
func compartmented() []string {
	return []string{"treatment", "substance-use", "juvenile", "adoption", "reporter"}
}

// shares refuses what may not be shared like this.
func (k *checker) shares(list []Share) {
	if len(list) == 0 {
		k.refuse("shares", `Say what may be shared, and on what basis; or "nothing".`)
	}
	for i, s := range list {
		at := fmt.Sprintf("shares[%d].", i)
		if len(list) > 1 && slices.Contains(s.What, shareNothing) {
			k.refuse(at+"what", "Nothing stands alone: leave it out, or the other entries.")
		}
		k.share(at, s)
	}
}

func (k *checker) share(at string, s Share) {
	k.list(at+"what", s.What)
	for _, what := range s.What {
		if slices.Contains(compartmented(), what) {
			k.refuse(at+"what", "That somebody has such records is itself protected. Put the consent or the order of the court on "+
				"record under consents, and share what it opens as sealed, with its ID under paper.")
		}
		k.oneOf(at+"what", what, ShareMatters()...)
	}
	if !s.Until.IsZero() && s.Until.Before(DateOf(k.now.In(k.loc))) {
		k.refuse(at+"until", "This day is over, so nothing could be shared any more. Give the last day, or leave the entry out.")
	}
	switch {
	case slices.Contains(s.What, shareNothing):
		k.nothing(at, s)
	case slices.Contains(s.What, ShareSealed):
		k.sealed(at, s)
	default:
		k.basis(at, s)
	}
}

// nothing refuses reasons for what is not shared.
func (k *checker) nothing(at string, s Share) {
	switch {
	case len(s.What) > 1:
		k.refuse(at+"what", "Nothing stands alone: leave it out, or the other codes.")
	case s.Basis != "" || !s.bare() || s.Law != "" || s.Paper != "" || !s.Until.IsZero():
		k.refuse(at+"basis", "Nothing is shared, so it needs no basis and no end. Leave them out.")
	}
}

// sealed refuses what is in a compartment without the paper that opens it.
func (k *checker) sealed(at string, s Share) {
	if len(s.What) > 1 {
		k.refuse(at+"what", "What is sealed has a paper of its own. Put the other codes into another entry.")
	}
	if s.Basis != ShareByConsent && s.Basis != ShareByCourtOrder {
		k.refuse(at+"basis", "Only a written consent or the order of a court opens what is sealed. Say consent or court-order.")
	}
	if s.Paper == "" {
		k.refuse(at+"paper", "Name the consent or the order that opens it. Put it on record first, under consents.")
	}
	k.opaque(at+"paper", s.Paper)
	k.opaque(at+"recipient", s.Recipient)
	if !s.bare() || s.Law != "" {
		k.refuse(at+"basis", "The paper says who consented and which court ordered it. Leave given_by, order and law out.")
	}
}

// basis refuses a basis without what it rests on.
func (k *checker) basis(at string, s Share) {
	k.oneOf(at+"basis", s.Basis, ShareBases()...)
	if s.Paper != "" || s.Recipient != "" {
		k.refuse(at+"paper", "Only what is sealed is opened by such a paper. Leave paper and recipient out.")
	}
	consented, ordered := s.GivenBy != (Participant{}) || !s.GivenOn.IsZero(), s.Order != ""
	switch {
	case s.Basis != ShareByConsent && consented:
		k.refuse(at+"given_by", "Only a consent is given by somebody. Leave given_by and given_on out, or make consent the basis.")
	case s.Basis != ShareByCourtOrder && ordered:
		k.refuse(at+"order", "Only a court order has a number. Leave it out, or make court-order the basis.")
	case s.Basis != ShareByStatute && s.Law != "":
		k.refuse(at+"law", "Only a statute is named here. Leave it out, or make statute the basis.")
	}
	switch s.Basis {
	case ShareByConsent:
		k.one(at+"given_by", s.GivenBy)
		k.day(at+"given_on", s.GivenOn)
		if s.Until.IsZero() {
			k.refuse(at+"until", "A consent has an end. Give the last day for which it was given.")
		}
	case ShareByStatute:
		k.required(at+"law", string(s.Law))
	case ShareByCourtOrder:
		k.required(at+"order", s.Order)
	}
}

// bare says whether neither a consent nor an order is named.
func (s Share) bare() bool {
	return s.GivenBy == (Participant{}) && s.GivenOn.IsZero() && s.Order == ""
}

// orderedOn refuses orders that are not on record, and those that no longer stand.
func (c *Case) orderedOn(list []Share) error {
	for i, s := range list {
		if s.Order == "" {
			continue
		}
		field := fmt.Sprintf("shares[%d].order", i)
		switch o := c.order(s.Order); {
		case o == nil:
			return InvalidField(field, "There is no such court order on this case. Record the order first.")
		case lifted(*o):
			return InvalidField(field, "This order no longer stands. Name another basis.")
		}
	}
	return nil
}

// lifted says whether an order was taken away, as against carried out.
func lifted(o Order) bool { return o.Status == courtVacated || o.Status == courtWithdrawn }

// Why something is not shared any more, or not yet again.
const (
	LapseEnded   = "ended"
	LapseClosed  = "case-closed"
	LapseUntil   = "until-passed"
	LapseOrder   = "order-lifted"
	LapseRevoked = "paper-revoked"
	LapseExpired = "paper-expired"
	LapseGone    = "paper-gone"
)

// ShareLapses are the codes for why something is not shared any more. Those of papers
// are for whoever can read them to say.
func ShareLapses() []string {
	return []string{LapseEnded, LapseClosed, LapseUntil, LapseOrder, LapseRevoked, LapseExpired, LapseGone}
}

// Lapsed says why what was agreed with a professional may not be shared on a day,
// empty where it may, as far as the case knows.
func (c *Case) Lapsed(p Professional, s Share, today Date) string {
	switch o := c.order(s.Order); {
	case !p.Ended.IsZero():
		return LapseEnded
	case c.Closed():
		return LapseClosed
	case !s.Until.IsZero() && s.Until.Before(today):
		return LapseUntil
	case o != nil && lifted(*o):
		return LapseOrder
	}
	return ""
}

// shared says in words what may be shared.
func shared(list []Share) string {
	var all []string
	for _, s := range list {
		all = append(all, s.What...)
	}
	return strings.Join(all, ", ") + " may be shared."
}
