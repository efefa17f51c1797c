package casework

import (
	"fmt"
	"slices"
)

// Participant is somebody who takes part in a visit, a contact or a meeting: a
// person by opaque ID, a role where no ID is known, or both.
type Participant struct {
	Person string `json:"person,omitempty"`
	// Role is one of [ParticipantRoles].
	Role string `json:"role,omitempty"`
}

// ParticipantRoles are the codes for what somebody is to the child or the case.
func ParticipantRoles() []string {
	return []string{
		"child", "parent", "sibling", "relative", "caregiver", "caseworker", "supervisor", "investigator", "attorney",
		"guardian-ad-litem", "court", "tribe", "school", "health", "provider", "interpreter", "support-person", "other",
	}
}

// participants refuses somebody who is neither a person nor a role, and the same
// person twice. Two of one role and no ID may be there.
func (k *checker) participants(field string, list []Participant) {
	for i, p := range list {
		at := fmt.Sprintf("%s[%d].", field, i)
		k.participant(at, p)
		if p.Person != "" && slices.ContainsFunc(list[:i], func(o Participant) bool { return o.Person == p.Person }) {
			k.refuse(at+"person", "This person stands in the list twice. Name them once.")
		}
	}
}

// participant refuses somebody who is neither a person nor a role.
func (k *checker) participant(at string, p Participant) {
	if p.Person == "" && p.Role == "" {
		k.refuse(at+"role", "Say who it is: a person's ID, a role, or both.")
	}
	if p.Person != "" {
		k.opaque(at+"person", p.Person)
	}
	if p.Role != "" {
		k.oneOf(at+"role", p.Role, ParticipantRoles()...)
	}
}

// codes refuses codes that are not known or stand there twice. None may be given.
func (k *checker) codes(field string, given []string, known ...string) {
	if len(given) > 0 {
		k.list(field, given)
	}
	for _, code := range given {
		k.oneOf(field, code, known...)
	}
}

// longest is how many minutes a visit, a contact or a meeting can take.
const longest = 24 * 60

// minutes refuses a length that no clock shows. Zero means that nobody looked.
func (k *checker) minutes(n int) {
	if n < 0 || n > longest {
		k.refuse("minutes", "Give the length in minutes, at most a day: 1 to 1440. Leave it out where you do not know it.")
	}
}
