package api

import (
	"strings"
	"time"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/audit"
	"homeward/postgres"
)

// ownRecord stands for the paper where the law asks for none.
const ownRecord = "own-record"

// disclosureView is one line of the accounting of disclosures (42 CFR 2.25).
type disclosureView struct {
	At time.Time `json:"at"`
	// Worker and Role are of who read it.
	Worker string         `json:"worker"`
	Role   casework.Role  `json:"role"`
	For    access.Purpose `json:"purpose"`
	// Consent is the paper, empty where the law asked for none.
	Consent string `json:"consent,omitempty"`
	// Recipient is the organisation to which it was passed on, empty for nobody.
	Recipient string `json:"recipient,omitempty"`
	// Entries is how many were shown.
	Entries int `json:"entries"`
}

// disclosurePart names paper and recipient in a line of the audit.
func disclosurePart(paper, recipient string) string {
	if paper == "" {
		paper = ownRecord
	}
	if recipient != "" {
		return paper + "/" + recipient
	}
	return paper
}

// disclosures answers GET {record}/compartments/{compartment}/disclosures: what was
// disclosed to whom, for what and by which paper, as the audit has it. It needs no
// key of the compartment.
func (a *API) disclosures(kind casework.AggregateKind) handler {
	return func(c *call) (reply, error) {
		compartment := access.Compartment(c.param("compartment"))
		if !has(kind, compartment) {
			return reply{}, noCompartment()
		}
		return a.of(kind, access.ReadAudit, "disclosures/"+string(compartment), func(c *call, s subject) (reply, error) {
			q := newQuery(c)
			f := postgres.AuditFilter{
				Record: s.Aggregate, Action: compartment.Reads(), Outcome: audit.Done, Limit: q.limit(), After: q.after(),
			}
			if err := q.done(); err != nil {
				return reply{}, err
			}
			page, err := a.store.AuditTrail(c.Context(), f)
			return reply{body: listOf(q, page, showDisclosure)}, err
		})(c)
	}
}

func showDisclosure(l postgres.AuditLine) disclosureView {
	paper, recipient, _ := strings.Cut(l.Part, "/")
	if paper == ownRecord {
		paper = ""
	}
	return disclosureView{
		At: l.At, Worker: l.Actor.ID, Role: l.Actor.Role, For: access.Purpose(l.Reason), Consent: paper, Recipient: recipient,
		Entries: l.Count,
	}
}
