package casework

import "slices"

// The kinds of call.
const (
	// CallReferral alleges maltreatment; it is what a call is unless it says otherwise.
	CallReferral = "referral"
	// CallUpdate adds to what is known, and CallCounselling asks for help; both are
	// about children and allege nothing.
	CallUpdate      = "update"
	CallCounselling = "counselling"
	// CallInformation, CallSpam and CallWrongNumber are about nobody.
	CallInformation = "information"
	CallSpam        = "spam"
	CallWrongNumber = "wrong-number"
)

// CallTypes are the codes for what a call is.
func CallTypes() []string {
	return append([]string{CallReferral, CallUpdate, CallCounselling}, callsAboutNobody()...)
}

// callsAboutNobody are those to which no person is attached. They are written down
// and end at once.
func callsAboutNobody() []string { return []string{CallInformation, CallSpam, CallWrongNumber} }

// AboutNobody says whether no person belongs to the call.
func (b *Receipt) AboutNobody() bool { return slices.Contains(callsAboutNobody(), b.Call) }

// alleges says whether the call is one that alleges maltreatment.
func (b *Receipt) alleges() bool { return b.Call == "" || b.Call == CallReferral }

func (b *Receipt) checkCall(k *checker) {
	if b.Call != "" {
		k.oneOf("call", b.Call, CallTypes()...)
	}
	switch {
	case b.AboutNobody() && len(b.Children) > 0:
		k.refuse("children", "No person belongs to a call of this kind. Take it as a referral, an update or counselling.")
	case !b.alleges() && len(b.Allegations) > 0:
		k.refuse("allegations", "A call with an allegation is a referral. Take it as one, or leave the allegations out.")
	}
	if b.Call != CallSpam && b.Call != CallWrongNumber {
		k.required("narrative", string(b.Narrative))
	}
}

// alleged blocks a response to a call that alleges nothing.
func (r *Report) alleged() []Blocker {
	if len(r.Allegations) > 0 {
		return nil
	}
	return []Blocker{{Code: "no-allegation", Detail: "This call alleges nothing, so there is nothing to respond to. Take a report, or screen it out."}}
}
