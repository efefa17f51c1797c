package access

import "slices"

// Compartment is a part of a record that is kept apart: in a table of its own,
// under keys of its own, for few people and on grounds that the law names.
type Compartment string

// The compartments.
const (
	// Reporter: who made the report (42 USC 5106a(b)(3)).
	Reporter Compartment = "reporter"
	// Treatment: records of treatment for substance use (42 CFR part 2).
	Treatment Compartment = "treatment"
	// Juvenile: sealed records of a young person's offences.
	Juvenile Compartment = "juvenile"
	// Adoption: what links an adopted child to the family of birth.
	Adoption Compartment = "adoption"
)

// Compartments lists the compartments.
func Compartments() []Compartment { return []Compartment{Reporter, Treatment, Juvenile, Adoption} }

// Known says whether c is one of the compartments.
func (c Compartment) Known() bool { return slices.Contains(Compartments(), c) }

// Reads is the action of reading the compartment, empty for an unknown one.
func (c Compartment) Reads() Action {
	switch c {
	case Reporter:
		return ReadReporter
	case Treatment:
		return ReadTreatment
	case Juvenile:
		return ReadJuvenile
	case Adoption:
		return ReadAdoption
	}
	return ""
}

// Writes is the action of putting something into the compartment, empty for an
// unknown one.
func (c Compartment) Writes() Action {
	switch c {
	case Reporter:
		return WriteReporter
	case Treatment:
		return WriteTreatment
	case Juvenile:
		return WriteJuvenile
	case Adoption:
		return WriteAdoption
	}
	return ""
}

// Contents lists what can be in the compartment, in codes. A consent names those
// that it is about: how much and what kind of information (42 CFR 2.31(a)(3)).
func (c Compartment) Contents() []string {
	switch c {
	case Reporter:
		return []string{"identity"}
	case Treatment:
		return []string{"attendance", "diagnosis", "medication", "test-results", "progress", "discharge"}
	case Juvenile:
		return []string{"offence-record"}
	case Adoption:
		return []string{"birth-family"}
	}
	return nil
}
