package casework

// Text is a reference to a narrative that a person wrote. The words themselves
// are stored in PostgreSQL before the command is sent and never travel through
// a workflow: only at the edge of the API does the field hold them, until it
// has stored them and put the reference in their place.
type Text string

// Narrated is implemented by bodies that carry narratives.
type Narrated interface {
	// Narratives returns the addresses of the body's text fields, in a fixed order.
	Narratives() []*Text
}
