package casework

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// GlassTier is how somebody comes to hear of broken glass, the nearest first.
type GlassTier int

// The tiers.
const (
	// GlassSupervisor is the record's supervisor.
	GlassSupervisor GlassTier = iota + 1
	// GlassManager leads that supervisor.
	GlassManager
	// GlassOffice is every manager of the record's office.
	GlassOffice
	// GlassAuditor is every auditor.
	GlassAuditor
)

// why ends a notice: why this person is told.
func (t GlassTier) why() (Role, string) {
	switch t {
	case GlassSupervisor:
		return RoleSupervisor, "you are its supervisor"
	case GlassManager:
		return RoleManager, "you lead its supervisor"
	case GlassOffice:
		return RoleManager, "you are a manager of its office"
	case GlassAuditor:
	}
	return RoleAuditor, "you are an auditor"
}

// GlassHearer is a person who can be told. Who broke the glass is none, nor is
// anybody with a conflict on the record.
type GlassHearer struct {
	Person string
	Tier   GlassTier
}

// glassStep is how long each rung of the ladder waits for a review.
const glassStep = 24 * time.Hour

// Rung is how far up the ladder an unreviewed emergency has come at an instant:
// 0 before the review is overdue, 1 once it is, and one more with each full day.
func (g Glass) Rung(at time.Time) int {
	late := at.Sub(g.RungAt(1))
	if late < 0 {
		return 0
	}
	return 1 + int(late/glassStep)
}

// RungAt is when a rung from 1 on is reached.
func (g Glass) RungAt(rung int) time.Time {
	return g.ReviewDue.Truncate(time.Second).Add(time.Second + time.Duration(rung-1)*glassStep)
}

// Notices are those of a rung, from among all who can be told: at once and when
// the review is overdue the supervisor and the supervisor's manager, on each
// day after that the manager and the auditors. Where none of these is there,
// the next tier is told, so that an alert is never for nobody.
func (g Glass) Notices(rung int, hearers []GlassHearer, at time.Time) []Notice {
	var notices []Notice
	for _, h := range glassRung(rung, hearers) {
		role, why := h.Tier.why()
		n := Notice{
			Key: GlassAggregate(g.ID) + "/broken/" + h.Person, Aggregate: g.Record, Recipient: h.Person, Role: role,
			Kind: NoticeGlassBroken, Subject: g.title() + " was opened in an emergency", CreatedAt: at,
			Urgent: true, Why: &NoticeWhy{Role: role, Rung: rung},
		}
		text := fmt.Sprintf("Somebody (%s) has broken the glass of %s on %s. They gave as the purpose: %s. They may read it until %s. "+
			"Read the reason, and say by the end of %s whether it was justified.",
			g.Role, g.name(), g.Clock(g.BrokenAt), g.Purpose.says(), g.Clock(g.ExpiresAt), g.DueOn().Long())
		if rung > 0 {
			n.Key = fmt.Sprintf("%s/unreviewed/%d/%s", GlassAggregate(g.ID), rung, h.Person)
			n.Kind, n.Subject = NoticeGlassUnreviewed, g.title()+": the review of an emergency is overdue"
			text = fmt.Sprintf("Somebody (%s) has broken the glass of %s on %s. The review was due by the end of %s and nobody has made it.",
				g.Role, g.name(), g.Clock(g.BrokenAt), g.DueOn().Long())
		}
		n.Text = text + " You are told because " + why + "."
		notices = append(notices, n)
	}
	return notices
}

// glassRung chooses whom a rung tells, each person once and in their nearest tier.
func glassRung(rung int, hearers []GlassHearer) []GlassHearer {
	wanted := []GlassTier{GlassSupervisor, GlassManager}
	if rung > 1 {
		wanted = []GlassTier{GlassManager, GlassAuditor}
	}
	told := glassOf(wanted, hearers)
	for tier := GlassSupervisor; tier <= GlassAuditor && len(told) == 0; tier++ {
		told = glassOf([]GlassTier{tier}, hearers)
	}
	return told
}

func glassOf(tiers []GlassTier, hearers []GlassHearer) []GlassHearer {
	var told []GlassHearer
	for _, tier := range tiers {
		for _, h := range hearers {
			again := slices.ContainsFunc(told, func(t GlassHearer) bool { return t.Person == h.Person })
			if h.Tier == tier && !again {
				told = append(told, h)
			}
		}
	}
	return told
}

// name is the record within a sentence: "case 1002".
func (g Glass) name() string { return strings.Replace(g.Record, "-", " ", 1) }

func (g Glass) title() string {
	name := g.name()
	return strings.ToUpper(name[:1]) + name[1:]
}

// Clock is an instant as the office reads it.
func (g Glass) Clock(t time.Time) string {
	t = t.In(g.zone())
	return DateOf(t).Long() + " at " + t.Format("15:04")
}
