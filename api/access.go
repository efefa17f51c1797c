package api

import "homeward/casework"

// action is something that a person may or may not do beside taking steps,
// whose roles casework knows.
type action string

// The actions.
const (
	// readRecords: records, their children, duties, timeline and notices. They
	// hold IDs, codes and dates.
	readRecords action = "read records"
	// readPeople: the names and the narratives of a record.
	readPeople action = "read names and narratives"
	// readWorkflows: a record's workflow as Temporal holds it, decoded. It holds
	// what readRecords does, and the UI that shows it is the supervisors'.
	readWorkflows action = "read workflows"
	// manageStaff: who works here, and where they are told things.
	manageStaff action = "manage staff"
)

// may is the one place that decides who may do what. of is the record that the
// action is about, and zero for actions about none.
func may(who Person, do action, of casework.Summary) bool {
	if !who.Role.Known() {
		return false
	}
	switch do {
	case readRecords:
		return true
	case readPeople:
		// The hotline takes reports; what follows is not theirs to read.
		return who.Role != casework.RoleHotline || of.Kind == casework.KindReport
	case readWorkflows, manageStaff:
		return who.Role == casework.RoleSupervisor || who.Role == casework.RoleManager
	}
	return false
}

// allow refuses what may refuses.
func allow(who Person, do action, of casework.Summary) error {
	if may(who, do, of) {
		return nil
	}
	return casework.NewError(casework.Forbidden, "Your role may not "+string(do)+" here.")
}
