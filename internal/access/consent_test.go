package access_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/access"
)

// at is when everything is read in these tests.
func at() time.Time { return time.Date(2026, time.March, 2, 15, 0, 0, 0, time.UTC) }

// clinic is a consent to show the caseworker what a clinic wrote, for planning.
func clinic(changes ...func(*access.Consent)) access.Consent {
	c := access.Consent{
		ID: "c-1", Compartment: access.Treatment, Basis: access.ByConsent, Patient: "p-7", Discloser: "north-clinic",
		Recipients: access.Recipients{Roles: []casework.Role{casework.RoleCaseworker}}, Purposes: []access.Purpose{access.ForCasePlanning},
		What: []string{"attendance", "progress"}, SignedBy: access.SignedByPatient,
		Signed: at().AddDate(0, -1, 0), Expires: at().AddDate(0, 5, 0),
	}
	for _, change := range changes {
		change(&c)
	}
	return c
}

// ordered is the order of a court about a compartment.
func ordered(compartment access.Compartment, changes ...func(*access.Consent)) access.Consent {
	return clinic(append([]func(*access.Consent){func(c *access.Consent) {
		c.Compartment, c.Basis, c.SignedBy, c.Expires = compartment, access.ByCourtOrder, "", time.Time{}
		c.Court, c.Order, c.What = "superior-court", "26-7-00123-1", compartment.Contents()
		if compartment == access.Reporter {
			c.Patient, c.InCamera = "", true
			c.Recipients.Roles = []casework.Role{casework.RoleSupervisor}
		}
	}}, changes...)...)
}

// planning is the caseworker who reads about p-7 to plan.
func planning(changes ...func(*access.Disclosure)) access.Disclosure {
	d := access.Disclosure{
		Compartment: access.Treatment, Subject: "p-7", What: "progress",
		To: access.Recipient{Worker: "w-17", Role: casework.RoleCaseworker}, Purpose: access.ForCasePlanning, At: at(),
	}
	for _, change := range changes {
		change(&d)
	}
	return d
}

// reporter is somebody who wants to know who made the report.
func reporter(role casework.Role, own bool, purpose access.Purpose) access.Disclosure {
	return access.Disclosure{
		Compartment: access.Reporter, What: "identity", To: access.Recipient{Worker: "w-3", Role: role},
		Own: own, Purpose: purpose, At: at(),
	}
}

func TestOpens_RefusesAndSaysWhatIsLacking(t *testing.T) {
	t.Parallel()
	type consents = []access.Consent
	for name, test := range map[string]struct {
		have consents
		want access.Disclosure
		why  access.Reason
	}{
		"none":                    {nil, planning(), access.NoConsent},
		"for another compartment": {consents{ordered(access.Juvenile)}, planning(), access.NoConsent},
		"expired":                 {consents{clinic(func(c *access.Consent) { c.Expires = at() })}, planning(), access.Expired},
		"revoked":                 {consents{clinic(func(c *access.Consent) { c.Revoked = at() })}, planning(), access.Revoked},
		"not yet signed":          {consents{clinic(func(c *access.Consent) { c.Signed = at().Add(time.Second) })}, planning(), access.NotYetSigned},
		"other purpose": {
			consents{clinic()}, planning(func(d *access.Disclosure) { d.Purpose = access.ForCourt }), access.OtherPurpose,
		},
		"no purpose": {consents{clinic()}, planning(func(d *access.Disclosure) { d.Purpose = "" }), access.OtherPurpose},
		"other role": {
			consents{clinic()}, planning(func(d *access.Disclosure) { d.To.Role = casework.RoleAttorney }), access.OtherRecipient,
		},
		"other worker": {consents{clinic(func(c *access.Consent) {
			c.Recipients = access.Recipients{Workers: []string{"w-18"}}
		})}, planning(), access.OtherRecipient},
		"a role's consent does not let it out of the agency": {
			consents{clinic()}, planning(func(d *access.Disclosure) { d.To.Outside = "court-north" }), access.OtherRecipient,
		},
		"an outside recipient is not the worker": {consents{clinic(func(c *access.Consent) {
			c.Recipients = access.Recipients{Outside: []string{"court-north"}}
		})}, planning(), access.OtherRecipient},
		"other patient": {
			consents{clinic()}, planning(func(d *access.Disclosure) { d.Subject = "p-8" }), access.OtherPatient,
		},
		"nobody's item": {
			consents{clinic()}, planning(func(d *access.Disclosure) { d.Subject = "" }), access.OtherPatient,
		},
		"other content": {
			consents{clinic()}, planning(func(d *access.Disclosure) { d.What = "diagnosis" }), access.OtherContent,
		},
		"a consent without an end": {
			consents{clinic(func(c *access.Consent) { c.Expires = time.Time{} })}, planning(), access.NotEnough,
		},
		"an unknown paper": {consents{clinic(func(c *access.Consent) { c.Basis = "subpoena" })}, planning(), access.NotEnough},
		"a consent for a juvenile record": {
			consents{clinic(func(c *access.Consent) { c.Compartment = access.Juvenile })},
			planning(func(d *access.Disclosure) { d.Compartment = access.Juvenile }), access.NotEnough,
		},
		"the consent of a young adoptee": {
			consents{clinic(func(c *access.Consent) { c.Compartment = access.Adoption })},
			planning(func(d *access.Disclosure) { d.Compartment = access.Adoption }), access.NotEnough,
		},
		"a guardian's consent for an adult adoptee": {
			consents{clinic(func(c *access.Consent) {
				c.Compartment, c.OfAge, c.SignedBy = access.Adoption, true, access.SignedByGuardian
			})},
			planning(func(d *access.Disclosure) { d.Compartment = access.Adoption }), access.NotEnough,
		},
		"a reporter's consent": {
			consents{ordered(access.Reporter, func(c *access.Consent) { c.Basis, c.Expires = access.ByConsent, at().AddDate(1, 0, 0) })},
			reporter(casework.RoleSupervisor, false, access.ForCasePlanning), access.NotEnough,
		},
		"an order without a look in camera": {
			consents{ordered(access.Reporter, func(c *access.Consent) { c.InCamera = false })},
			reporter(casework.RoleSupervisor, false, access.ForCasePlanning), access.NotEnough,
		},
		"another supervisor": {nil, reporter(casework.RoleSupervisor, false, access.ForSafety), access.NoConsent},
		"one's own report for another purpose": {
			nil, reporter(casework.RoleInvestigator, true, access.ForCourt), access.NoConsent,
		},
		"one's own report for somebody outside": {nil, func() access.Disclosure {
			d := reporter(casework.RoleInvestigator, true, access.ForSafety)
			d.To.Outside = "police"
			return d
		}(), access.NoConsent},
		"one's own case, and another compartment": {
			nil, planning(func(d *access.Disclosure) { d.Own, d.Purpose = true, access.ForSafety }), access.NoConsent,
		},
		"the closest of several is named": {consents{
			ordered(access.Juvenile), clinic(func(c *access.Consent) { c.Recipients = access.Recipients{} }),
			clinic(func(c *access.Consent) { c.Purposes = []access.Purpose{access.ForCare} }),
			clinic(func(c *access.Consent) { c.Revoked = at().Add(-time.Hour) }),
		}, planning(), access.OtherPurpose},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			by, ok, why := access.Opens(test.have, test.want)
			require.False(t, ok)
			require.Equal(t, test.why, why)
			require.Zero(t, by)
		})
	}
}

func TestOpens_ByTheConsentThatCovers(t *testing.T) {
	t.Parallel()
	second := func(c *access.Consent) { c.ID = "c-2" }
	for name, test := range map[string]struct {
		have []access.Consent
		want access.Disclosure
		by   string
	}{
		"by role": {[]access.Consent{clinic()}, planning(), "c-1"},
		"by worker": {[]access.Consent{clinic(func(c *access.Consent) {
			c.Recipients = access.Recipients{Workers: []string{"w-17"}}
		})}, planning(), "c-1"},
		"outside": {[]access.Consent{clinic(func(c *access.Consent) {
			c.Recipients = access.Recipients{Outside: []string{"court-north"}}
		})}, planning(func(d *access.Disclosure) { d.To.Outside = "court-north" }), "c-1"},
		"from the moment it is signed":   {[]access.Consent{clinic(func(c *access.Consent) { c.Signed = at() })}, planning(), "c-1"},
		"until the moment it is revoked": {[]access.Consent{clinic(func(c *access.Consent) { c.Revoked = at().Add(1) })}, planning(), "c-1"},
		"until the moment it expires":    {[]access.Consent{clinic(func(c *access.Consent) { c.Expires = at().Add(1) })}, planning(), "c-1"},
		"the second where the first is revoked": {
			[]access.Consent{clinic(func(c *access.Consent) { c.Revoked = at() }), clinic(second)}, planning(), "c-2",
		},
		"treatment by order": {[]access.Consent{ordered(access.Treatment)}, planning(), "c-1"},
		"any patient at all": {
			[]access.Consent{clinic()}, planning(func(d *access.Disclosure) { d.Subject, d.What = access.Anybody, "" }), "c-1",
		},
		"juvenile by order": {[]access.Consent{ordered(access.Juvenile)}, planning(func(d *access.Disclosure) {
			d.Compartment, d.What = access.Juvenile, "offence-record"
		}), "c-1"},
		"adoption by order": {[]access.Consent{ordered(access.Adoption)}, planning(func(d *access.Disclosure) {
			d.Compartment, d.What = access.Adoption, "birth-family"
		}), "c-1"},
		"adoption by the adult adoptee": {[]access.Consent{clinic(func(c *access.Consent) {
			c.Compartment, c.What, c.OfAge = access.Adoption, []string{"birth-family"}, true
		})}, planning(func(d *access.Disclosure) {
			d.Compartment, d.What = access.Adoption, "birth-family"
		}), "c-1"},
		"the report's own investigator": {nil, reporter(casework.RoleInvestigator, true, access.ForInvestigation), ""},
		"the report's own supervisor":   {nil, reporter(casework.RoleSupervisor, true, access.ForSafety), ""},
		"reporter by order in camera": {
			[]access.Consent{ordered(access.Reporter)}, reporter(casework.RoleSupervisor, false, access.ForCasePlanning), "c-1",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			by, ok, why := access.Opens(test.have, test.want)
			require.True(t, ok, "%s", why)
			require.Equal(t, test.by, by.ID)
			require.Empty(t, why)
		})
	}
}

func TestCheck_RefusesAPaperThatLacksAnElement(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		paper access.Consent
		field string
	}{
		"no compartment":        {clinic(func(c *access.Consent) { c.Compartment = "" }), "compartment"},
		"no kind":               {clinic(func(c *access.Consent) { c.Basis = "" }), "kind"},
		"reporter by consent":   {clinic(func(c *access.Consent) { c.Compartment = access.Reporter }), "kind"},
		"juvenile by consent":   {clinic(func(c *access.Consent) { c.Compartment = access.Juvenile }), "kind"},
		"not in camera":         {ordered(access.Reporter, func(c *access.Consent) { c.InCamera = false }), "in_camera"},
		"no court":              {ordered(access.Juvenile, func(c *access.Consent) { c.Court = "" }), "court"},
		"no order":              {ordered(access.Juvenile, func(c *access.Consent) { c.Order = "" }), "order"},
		"consent of a court":    {clinic(func(c *access.Consent) { c.Order = "26-1" }), "court"},
		"no patient":            {clinic(func(c *access.Consent) { c.Patient = "" }), "patient"},
		"a patient by name":     {clinic(func(c *access.Consent) { c.Patient = "Ana Lopez" }), "patient"},
		"anybody":               {clinic(func(c *access.Consent) { c.Patient = access.Anybody }), "patient"},
		"reporter as patient":   {ordered(access.Reporter, func(c *access.Consent) { c.Patient = "p-1" }), "patient"},
		"no discloser":          {clinic(func(c *access.Consent) { c.Discloser = "" }), "discloser"},
		"no recipient":          {clinic(func(c *access.Consent) { c.Recipients = access.Recipients{} }), "recipients"},
		"a worker without ID":   {clinic(func(c *access.Consent) { c.Recipients.Workers = []string{""} }), "recipients.workers"},
		"a role that may not":   {clinic(func(c *access.Consent) { c.Recipients.Roles = []casework.Role{casework.RoleOps} }), "recipients.roles[0]"},
		"a person outside":      {clinic(func(c *access.Consent) { c.Recipients.Outside = []string{"Dr. Who"} }), "recipients.outside[0]"},
		"nobody signed":         {clinic(func(c *access.Consent) { c.SignedBy = "" }), "signed_by"},
		"an order signed":       {ordered(access.Treatment, func(c *access.Consent) { c.SignedBy = access.SignedByPatient }), "signed_by"},
		"an adoptee under age":  {clinic(func(c *access.Consent) { c.Compartment, c.What = access.Adoption, []string{"birth-family"} }), "signed_by"},
		"no purpose":            {clinic(func(c *access.Consent) { c.Purposes = nil }), "purposes"},
		"unknown purpose":       {clinic(func(c *access.Consent) { c.Purposes = []access.Purpose{"curiosity"} }), "purposes"},
		"court and another":     {clinic(func(c *access.Consent) { c.Purposes = append(c.Purposes, access.ForCourt) }), "purposes"},
		"nothing covered":       {clinic(func(c *access.Consent) { c.What = nil }), "what"},
		"another compartment's": {clinic(func(c *access.Consent) { c.What = []string{"identity"} }), "what"},
		"not signed":            {clinic(func(c *access.Consent) { c.Signed = time.Time{} }), "signed_at"},
		"signed tomorrow":       {clinic(func(c *access.Consent) { c.Signed = at().AddDate(0, 0, 1) }), "signed_at"},
		"without an end":        {clinic(func(c *access.Consent) { c.Expires = time.Time{} }), "expires_at"},
		"ends before it begins": {clinic(func(c *access.Consent) { c.Expires = c.Signed }), "expires_at"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refused, ok := errors.AsType[*casework.Error](test.paper.Check(at()))
			require.True(t, ok)
			require.Equal(t, casework.Invalid, refused.Kind)
			require.Equal(t, test.field, refused.Field)
			require.NotEmpty(t, refused.Detail)
		})
	}
	require.NoError(t, clinic().Check(at()))
	for _, c := range access.Compartments() {
		require.NoError(t, ordered(c).Check(at()), c)
		require.NotEmpty(t, c.Reads())
		require.NotEmpty(t, c.Writes())
	}
	require.NoError(t, clinic(func(c *access.Consent) { c.Purposes = []access.Purpose{access.ForCourt} }).Check(at()))
	require.NoError(t, clinic(func(c *access.Consent) {
		c.Compartment, c.What, c.OfAge = access.Adoption, []string{"birth-family"}, true
	}).Check(at()))
}

func TestCarries_IsTheRecordsOwnInvestigatorAndSupervisor(t *testing.T) {
	t.Parallel()
	of := access.Object{Worker: "w-1", Supervisor: "w-2", Manager: "w-3"}
	for name, test := range map[string]struct {
		who  access.Caller
		want bool
	}{
		"investigator":            {access.Caller{ID: "w-1", Role: casework.RoleInvestigator}, true},
		"supervisor":              {access.Caller{ID: "w-2", Role: casework.RoleSupervisor}, true},
		"hotline worker":          {access.Caller{ID: "w-1", Role: casework.RoleHotline}, false},
		"manager":                 {access.Caller{ID: "w-3", Role: casework.RoleManager}, false},
		"another investigator":    {access.Caller{ID: "w-9", Role: casework.RoleInvestigator}, false},
		"supervisor as a worker":  {access.Caller{ID: "w-1", Role: casework.RoleSupervisor}, false},
		"nobody of no record":     {access.Caller{Role: casework.RoleSupervisor}, false},
		"a program that acts for": {access.Caller{ID: "w-1", Role: casework.RoleService}, false},
	} {
		require.Equal(t, test.want, test.who.Carries(of), name)
	}
	require.False(t, access.Caller{Role: casework.RoleSupervisor}.Carries(access.Object{}))
}
