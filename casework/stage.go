package casework

// Stage summarises a record, or one child of it, for people. It decides
// nothing by itself: what is lawful next follows from the facts.
type Stage string

// The stages. A report runs from StageIntake to StageScreenedOut or
// StageClosed; a case and its children through the others.
const (
	StageIntake        Stage = "intake"
	StageInvestigation Stage = "investigation"
	StageScreenedOut   Stage = "screened-out"

	StagePlanning      Stage = "planning"
	StageServices      Stage = "services"
	StageOutOfHomeCare Stage = "out-of-home-care"
	StageTrialHome     Stage = "trial-home-visit"
	StageAftercare     Stage = "aftercare"
	StageClosed        Stage = "closed"

	// StageAtHome is the stage of a child who lives at home and was not removed.
	StageAtHome Stage = "at-home"
	// StageReunified is the stage of a child who came home and is past aftercare.
	StageReunified Stage = "reunified"
	// StageExited is the stage of a child who left care in another way, and is past aftercare.
	StageExited Stage = "exited"
	// StageMoved is the stage of a child in a case that the child left for another.
	StageMoved Stage = "moved"
)

// Stages lists every stage in the order in which a case usually meets them.
func Stages() []Stage {
	return []Stage{
		StageIntake, StageInvestigation, StageScreenedOut, StagePlanning, StageAtHome, StageServices,
		StageOutOfHomeCare, StageTrialHome, StageReunified, StageExited, StageMoved, StageAftercare, StageClosed,
	}
}
