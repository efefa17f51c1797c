// Package hsds reads resource directories in the form of the Open Referral Human
// Services Data Specification: version 3 as JSON and as a tabular data package, and
// the older package of version 1.1, whose tables it renames.
//
// Whatever the form, a directory becomes flat rows first and is judged once. A row
// that cannot be used is left out and told with its file, line and reason, and so is
// every row that hangs on it; a value that cannot be used is left out of its row and
// told likewise. Reading the same files again gives the same [Directory].
package hsds

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"homeward/casework"
)

// Format is the form in which a directory came.
type Format string

// The formats that are read.
const (
	// JSON3 is the JSON of version 3: organizations, services, places, or pages of them.
	JSON3 Format = "hsds-3-json"
	// Tabular3 is the tabular data package of version 3.
	Tabular3 Format = "hsds-3-tabular"
	// Tabular1 is the tabular data package of version 1.1.
	Tabular1 Format = "hsds-1.1-tabular"
)

// Directory is what search and a referral need of a directory, each list ordered by
// ID. IDs are those of the package.
type Directory struct {
	Format        Format
	Organizations []Organization
	Services      []Service
	Locations     []Location
	Places        []Place
	Phones        []Phone
	Schedules     []Schedule
	Areas         []Area
	Languages     []Language
	Costs         []Cost
	// Rows counts the rows that were read, those left out included.
	Rows int
	// Problems are in the order of files and lines.
	Problems []Problem
}

// Problem is a row, or a value of one, that was left out.
type Problem struct {
	File string `json:"file"`
	// Line is where the row or object begins, from 1; 0 for the whole file.
	Line  int    `json:"line,omitempty"`
	ID    string `json:"id,omitempty"`
	Field string `json:"field,omitempty"`
	// Reason is a sentence for whoever keeps the directory.
	Reason string `json:"reason"`
	// Dropped says that the whole row was left out.
	Dropped bool `json:"dropped,omitempty"`
}

// String returns the problem as one line: "services.csv:12: s-7: status: ...".
func (p Problem) String() string {
	place := p.File
	if p.Line > 0 {
		place += ":" + strconv.Itoa(p.Line)
	}
	parts := []string{place, p.ID, p.Field, p.Reason}
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), ": ")
}

// Dropped counts the rows that were left out.
func (d *Directory) Dropped() int {
	n := 0
	for _, p := range d.Problems {
		if p.Dropped {
			n++
		}
	}
	return n
}

// Organization offers services.
type Organization struct {
	ID          string          `json:"id"`
	Name        string          `json:"name"`
	Description string          `json:"description"`
	Email       string          `json:"email"`
	Website     string          `json:"website"`
	Raw         json.RawMessage `json:"raw"`
}

// Service is what a family can be referred to.
type Service struct {
	ID string `json:"id"`
	// Organization is empty where the package names none.
	Organization  string `json:"organization"`
	Name          string `json:"name"`
	AlternateName string `json:"alternate_name"`
	Description   string `json:"description"`
	URL           string `json:"url"`
	Email         string `json:"email"`
	// Status is one of [Statuses].
	Status      string `json:"status"`
	Eligibility string `json:"eligibility"`
	// MinimumAge and MaximumAge are in years, nil where nothing is said.
	MinimumAge *float64 `json:"minimum_age,omitempty"`
	MaximumAge *float64 `json:"maximum_age,omitempty"`
	Fees       string   `json:"fees"`
	// LowestFee is the least that somebody may have to pay, 0 where the words say
	// that it is free, nil where it is not known.
	LowestFee      *float64 `json:"lowest_fee,omitempty"`
	Application    string   `json:"application"`
	WaitTime       string   `json:"wait_time"`
	Interpretation string   `json:"interpretation"`
	Alert          string   `json:"alert"`
	// Documents are what a family must bring.
	Documents []string `json:"documents"`
	// Terms and TermCodes are of the taxonomies that the service is classed by.
	Terms     []string        `json:"terms"`
	TermCodes []string        `json:"term_codes"`
	Raw       json.RawMessage `json:"raw"`
}

// Statuses are those of the standard.
func Statuses() []string { return []string{"active", "inactive", "defunct", "temporarily closed"} }

// Location is where services are to be had.
type Location struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	// Type is physical, postal or virtual.
	Type string `json:"type"`
	// Latitude and Longitude are in degrees; both or neither are nil.
	Latitude       *float64        `json:"latitude,omitempty"`
	Longitude      *float64        `json:"longitude,omitempty"`
	Address        string          `json:"address"`
	City           string          `json:"city"`
	Region         string          `json:"region"`
	State          string          `json:"state"`
	PostalCode     string          `json:"postal_code"`
	Country        string          `json:"country"`
	Transportation string          `json:"transportation"`
	Accessibility  string          `json:"accessibility"`
	Raw            json.RawMessage `json:"raw"`
}

// Place is a service at a location.
type Place struct {
	Service  string `json:"service"`
	Location string `json:"location"`
	ID       string `json:"id"`
}

// Phone reaches a service: its own, else that of the place, else the organization's.
type Phone struct {
	Service     string `json:"service"`
	ID          string `json:"id"`
	Number      string `json:"number"`
	Extension   string `json:"extension"`
	Type        string `json:"type"`
	Description string `json:"description"`
}

// Schedule is when a service is open: its own hours, else those of its places.
type Schedule struct {
	Service string `json:"service"`
	ID      string `json:"id"`
	// Location is the place that it is for, empty for all.
	Location string `json:"location"`
	// Days has a bit for each day of the week, Monday's the lowest. It is 0 where the
	// rule is more than weekly hours: such a schedule is shown and not searched.
	Days int `json:"days"`
	// Opens and Closes are local times like 09:00:00. Closing at or before opening is
	// on the next day.
	Opens  string `json:"opens"`
	Closes string `json:"closes"`
	// From and To are the first and last day, zero where there is none.
	From casework.Date `json:"from_day,omitzero"`
	To   casework.Date `json:"to_day,omitzero"`
	// Every is the number of weeks from one to the next, counted from the week of From.
	Every       int    `json:"every"`
	Description string `json:"description"`
}

// Area is where a service is for.
type Area struct {
	Service string `json:"service"`
	ID      string `json:"id"`
	Name    string `json:"name"`
	// Extent is in words; a drawn one is in the raw row alone.
	Extent string `json:"extent"`
}

// Language is spoken at a service.
type Language struct {
	Service string `json:"service"`
	ID      string `json:"id"`
	// Code is of ISO 639, in small letters, empty where it is not known.
	Code string `json:"code"`
	Name string `json:"name"`
	Note string `json:"note"`
}

// Cost is one price of a service.
type Cost struct {
	Service     string        `json:"service"`
	ID          string        `json:"id"`
	Option      string        `json:"option"`
	Currency    string        `json:"currency"`
	Amount      *float64      `json:"amount,omitempty"`
	Description string        `json:"description"`
	From        casework.Date `json:"from_day,omitzero"`
	To          casework.Date `json:"to_day,omitzero"`
}
