package access

import (
	"slices"
	"time"

	"homeward/casework"
)

// Basis is the kind of paper that opens a compartment.
type Basis string

// The bases.
const (
	// ByConsent: the patient, or whoever signs for them, has agreed in writing.
	ByConsent Basis = "consent"
	// ByCourtOrder: a court has ordered it. A subpoena is none.
	ByCourtOrder Basis = "court-order"
)

// Bases lists the bases.
func Bases() []Basis { return []Basis{ByConsent, ByCourtOrder} }

// Purpose is what somebody reads a compartment for, in a code.
type Purpose string

// The purposes.
const (
	ForInvestigation Purpose = "investigation"
	ForSafety        Purpose = "safety"
	ForCasePlanning  Purpose = "case-planning"
	ForPlacement     Purpose = "placement"
	ForCare          Purpose = "care-coordination"
	ForFamilySearch  Purpose = "family-search"
	// ForCourt: a civil, criminal, administrative or legislative proceeding.
	ForCourt Purpose = "court-proceeding"
)

// Purposes lists the purposes.
func Purposes() []Purpose {
	return []Purpose{
		ForInvestigation, ForSafety, ForCasePlanning, ForPlacement, ForCare, ForFamilySearch, ForCourt,
	}
}

// Recipient is who would learn what is in a compartment.
type Recipient struct {
	// Worker and Role are of who reads it here.
	Worker string
	Role   casework.Role
	// Outside is the code of an organisation to which the worker passes it on, and
	// empty for nobody beyond the worker.
	Outside string
}

// Recipients are whom a consent names: by role or by ID inside the agency, by the
// code of their organisation outside of it.
type Recipients struct {
	Roles   []casework.Role `json:"roles,omitempty"`
	Workers []string        `json:"workers,omitempty"`
	Outside []string        `json:"outside,omitempty"`
}

// include says whether r is among them. That the worker may read it does not mean
// that anybody outside may, and the reverse.
func (rs Recipients) include(r Recipient) bool {
	if r.Outside != "" {
		return slices.Contains(rs.Outside, r.Outside)
	}
	return slices.Contains(rs.Workers, r.Worker) || slices.Contains(rs.Roles, r.Role)
}

// Consent is a paper that opens a compartment of one record: the written consent of
// a patient with the elements of 42 CFR 2.31(a), or the order of a court. It never
// changes; a revocation is added to it.
type Consent struct {
	ID          string
	Compartment Compartment
	Basis       Basis
	// Patient is the opaque ID of the person whom it is about, empty for the
	// reporter.
	Patient string
	// Discloser is who is allowed or ordered to disclose.
	Discloser  string
	Recipients Recipients
	Purposes   []Purpose
	// What it covers: codes of [Compartment.Contents].
	What []string
	// Signed is when the patient or the judge signed. Expires ends it; zero, which
	// only an order can have, for never. Revoked is when it was revoked or vacated,
	// zero for not.
	Signed, Expires, Revoked time.Time
	// SignedBy is one of [Signers], empty for an order.
	SignedBy string
	// OfAge: the patient was an adult when a consent was signed.
	OfAge bool
	// Court and Order name the order; InCamera says that the court looked at the
	// record behind closed doors first.
	Court, Order string
	InCamera     bool
}

// Why nothing opens, in the order in which a consent is looked at.
const (
	// NoConsent: there is none for this compartment.
	NoConsent Reason = "no-consent"
	// NotEnough: it takes another kind of paper to open this compartment.
	NotEnough Reason = "not-enough"
	// NotYetSigned: it is signed later than this.
	NotYetSigned Reason = "not-yet-signed"
	// Revoked: it was revoked.
	Revoked Reason = "revoked"
	// Expired: it has expired.
	Expired Reason = "expired"
	// OtherRecipient: it does not name who would learn of it.
	OtherRecipient Reason = "other-recipient"
	// OtherPurpose: it does not name what for.
	OtherPurpose Reason = "other-purpose"
	// OtherContent: it is about other kinds of information.
	OtherContent Reason = "other-content"
	// OtherPatient: it is about somebody else.
	OtherPatient Reason = "other-patient"
)

func refusals() []Reason {
	return []Reason{
		NoConsent, NotEnough, NotYetSigned, Revoked, Expired, OtherRecipient, OtherPurpose, OtherContent, OtherPatient,
	}
}

// Anybody is the subject of a [Disclosure] that asks whether the compartment opens
// for any patient at all. It is the ID of nobody.
const Anybody = "*"

// Disclosure is what somebody wants to learn.
type Disclosure struct {
	Compartment Compartment
	// Subject is whom the item is about, as it says, or [Anybody].
	Subject string
	// What is the kind of its content, empty for any.
	What    string
	To      Recipient
	Purpose Purpose
	// Own: the record's own investigator or supervisor reads.
	Own bool
	At  time.Time
}

// Opens says whether a disclosure is lawful, and by which consent: the zero Consent
// where the law asks for none. Otherwise it says what the consent lacks that comes
// closest. Consents of other records must not be among them.
//
// The record's own investigator and supervisor read who made the report, to
// investigate it and to keep people safe. Anybody else does so by order of a court
// that has looked at it first (42 USC 5106a(b)(3)). Treatment records always take a
// consent or an order (42 CFR 2.13, 2.31, 2.61); sealed juvenile records an order;
// what links an adopted child to the family of birth an order, or the consent of
// the adoptee as an adult.
func Opens(consents []Consent, d Disclosure) (Consent, bool, Reason) {
	if d.Compartment == Reporter && d.Own && d.To.Outside == "" && (d.Purpose == ForInvestigation || d.Purpose == ForSafety) {
		return Consent{}, true, ""
	}
	closest := NoConsent
	for _, c := range consents {
		why := c.lacks(d)
		if why == "" {
			return c, true, ""
		}
		if slices.Index(refusals(), why) > slices.Index(refusals(), closest) {
			closest = why
		}
	}
	return Consent{}, false, closest
}

// lacks says what stands between the consent and a disclosure.
func (c Consent) lacks(d Disclosure) Reason {
	switch {
	case c.Compartment != d.Compartment:
		return NoConsent
	case !c.enough():
		return NotEnough
	case d.At.Before(c.Signed):
		return NotYetSigned
	case !c.Revoked.IsZero() && !d.At.Before(c.Revoked):
		return Revoked
	case !c.Expires.IsZero() && !d.At.Before(c.Expires):
		return Expired
	case !c.Recipients.include(d.To):
		return OtherRecipient
	case !slices.Contains(c.Purposes, d.Purpose):
		return OtherPurpose
	case d.What != "" && !slices.Contains(c.What, d.What):
		return OtherContent
	case d.Subject != Anybody && d.Subject != c.Patient:
		return OtherPatient
	}
	return ""
}

// enough says whether this kind of paper can open its compartment at all.
func (c Consent) enough() bool {
	consented := c.Basis == ByConsent && !c.Expires.IsZero()
	ordered := c.Basis == ByCourtOrder
	switch c.Compartment {
	case Reporter:
		return ordered && c.InCamera
	case Treatment:
		return consented || ordered
	case Juvenile:
		return ordered
	case Adoption:
		return ordered || consented && c.OfAge && c.SignedBy == SignedByPatient
	}
	return false
}

// Carries says whether the caller is the record's own investigator or supervisor.
func (who Caller) Carries(of Object) bool {
	switch who.Role { //nolint:exhaustive // nobody else carries a report
	case casework.RoleInvestigator:
		return who.ID != "" && who.ID == of.Worker
	case casework.RoleSupervisor:
		return who.ID != "" && who.ID == of.Supervisor
	}
	return false
}
