package access

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"homeward/casework"
)

// Who signs a consent.
const (
	// SignedByPatient: the person whom it is about.
	SignedByPatient = "patient"
	// SignedByGuardian: a parent or guardian, where the law lets them (42 CFR 2.14).
	SignedByGuardian = "guardian"
	// SignedByRepresentative: whoever speaks for a patient who cannot, or has died
	// (42 CFR 2.15).
	SignedByRepresentative = "representative"
)

// Signers lists who signs a consent.
func Signers() []string { return []string{SignedByPatient, SignedByGuardian, SignedByRepresentative} }

// Check refuses a paper that could not be lawful, and names the field: an element
// of 42 CFR 2.31(a) is missing, or the compartment takes another kind of paper.
// now is the wall clock.
func (c Consent) Check(now time.Time) error {
	for _, check := range []func() error{c.checkKind, c.checkParties, c.checkScope} {
		if err := check(); err != nil {
			return err
		}
	}
	return c.checkTimes(now)
}

func (c Consent) checkKind() error {
	switch {
	case !c.Compartment.Known():
		return oneOf("compartment", Compartments())
	case c.Basis != ByConsent && c.Basis != ByCourtOrder:
		return oneOf("kind", Bases())
	case c.Basis == ByConsent && (c.Compartment == Reporter || c.Compartment == Juvenile):
		return casework.InvalidField("kind", "Only the order of a court opens this compartment.")
	case c.Compartment == Reporter && !c.InCamera:
		return casework.InvalidField("in_camera", "The court must have looked at the record in camera before it orders this.")
	case c.Basis == ByCourtOrder && c.Court == "":
		return casework.InvalidField("court", "Say which court has ordered it.")
	case c.Basis == ByCourtOrder && c.Order == "":
		return casework.InvalidField("order", "Say under which number the court has ordered it.")
	case c.Basis == ByConsent && (c.Court != "" || c.Order != "" || c.InCamera):
		return casework.InvalidField("court", "A consent comes from no court. Leave court, order and in_camera out.")
	}
	return nil
}

func (c Consent) checkParties() error {
	named := c.Recipients
	switch {
	case c.Compartment == Reporter && c.Patient != "":
		return casework.InvalidField("patient", "An order about the reporter is about no patient. Leave this out.")
	case c.Compartment != Reporter && !IsCode(c.Patient):
		return casework.InvalidField("patient", "Give the ID of the person whom it is about.")
	case c.Discloser == "":
		return casework.InvalidField("discloser", "Say who may disclose: a program, a clinic, an agency.")
	case len(named.Roles)+len(named.Workers)+len(named.Outside) == 0:
		return casework.InvalidField("recipients", "Name who may learn of it: by role, by worker, or outside of the agency.")
	case slices.Contains(named.Workers, ""):
		return casework.InvalidField("recipients.workers", "Give the IDs of workers.")
	}
	for i, role := range named.Roles {
		if !slices.Contains(c.Compartment.Reads().roles(), role) {
			return casework.InvalidField(fmt.Sprintf("recipients.roles[%d]", i), "Nobody in this role reads this compartment.")
		}
	}
	for i, code := range named.Outside {
		if !IsCode(code) {
			return casework.InvalidField(fmt.Sprintf("recipients.outside[%d]", i),
				"Give the code of an organisation: letters, digits, dots and hyphens.")
		}
	}
	switch {
	case c.Basis == ByCourtOrder && c.SignedBy != "":
		return casework.InvalidField("signed_by", "A judge signs an order. Leave this out.")
	case c.Basis == ByConsent && !slices.Contains(Signers(), c.SignedBy):
		return oneOf("signed_by", Signers())
	case c.Basis == ByConsent && c.Compartment == Adoption && (c.SignedBy != SignedByPatient || !c.OfAge):
		return casework.InvalidField("signed_by",
			"Only the adoptee, as an adult, can consent to this, and the date of birth must be known. Others need a court order.")
	}
	return nil
}

func (c Consent) checkScope() error {
	if len(c.Purposes) == 0 || slices.ContainsFunc(c.Purposes, func(p Purpose) bool { return !slices.Contains(Purposes(), p) }) {
		return oneOf("purposes", Purposes())
	}
	known := c.Compartment.Contents()
	if len(c.What) == 0 || slices.ContainsFunc(c.What, func(w string) bool { return !slices.Contains(known, w) }) {
		return oneOf("what", known)
	}
	// 42 CFR 2.31(d).
	if c.Compartment == Treatment && c.Basis == ByConsent && len(c.Purposes) > 1 && slices.Contains(c.Purposes, ForCourt) {
		return casework.InvalidField("purposes", "A consent for proceedings in court cannot be combined with another purpose.")
	}
	return nil
}

func (c Consent) checkTimes(now time.Time) error {
	switch {
	case c.Signed.IsZero():
		return casework.InvalidField("signed_at", "Say when it was signed.")
	case c.Signed.After(now):
		return casework.InvalidField("signed_at", "This is in the future.")
	case c.Basis == ByConsent && c.Expires.IsZero():
		return casework.InvalidField("expires_at", "A consent must say when it ends.")
	case !c.Expires.IsZero() && !c.Expires.After(c.Signed):
		return casework.InvalidField("expires_at", "It cannot end before it was signed.")
	}
	return nil
}

// adulthood is the age of majority in months: 18 years.
const adulthood = 18 * 12

// OfAge says whether somebody who was born on a day is an adult on another. Who has
// no date of birth is not.
func OfAge(born, on casework.Date) bool {
	return !born.IsZero() && !on.Before(born.AddMonths(adulthood))
}

// IsCode says whether s can be a code or an opaque ID: up to 64 letters, digits,
// dots, hyphens and underscores.
func IsCode(s string) bool {
	fit := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '_' || r == '-'
	}
	return s != "" && len(s) <= 64 && !strings.ContainsFunc(s, func(r rune) bool { return !fit(r) })
}

// oneOf refuses a code and says which there are.
func oneOf[C ~string](field string, codes []C) error {
	known := make([]string, len(codes))
	for i, code := range codes {
		known[i] = string(code)
	}
	return casework.InvalidField(field, "Use one of: "+strings.Join(known, ", ")+".")
}
