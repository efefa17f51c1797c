package hsds

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"homeward/casework"
)

const (
	everyDay    = 1<<daysPerWeek - 1
	daysPerWeek = 7
	// maxEvery and maxCount keep rules that repeat within reason.
	maxEvery = 52
	maxCount = 1000
)

// schedules: the hours of a service or of it at a place, else those of its places.
// Of RFC 5545 the weekly and the daily rule are understood, with UNTIL, COUNT,
// INTERVAL and BYDAY; what is more than that is shown, and no search finds it.
func (j *judgement) schedules() {
	read := map[*row]Schedule{}
	usable := func(r *row) bool {
		read[r] = j.schedule(r)
		return true
	}
	j.nearest("schedules", usable, func(service string, r *row) {
		hours := read[r]
		hours.Service, hours.Location = service, cmp.Or(r.of("location_id"), j.spots[r.of("service_at_location_id")].Location)
		if !slices.Contains(j.homes[service], hours.Location) {
			hours.Location = ""
		}
		j.Schedules = append(j.Schedules, hours)
	})
}

func (j *judgement) schedule(r *row) Schedule {
	h := Schedule{
		ID: r.id, Every: 1, Description: cmp.Or(r.of("description"), r.of("notes")),
		Opens: j.hour(r, "opens_at"), Closes: j.hour(r, "closes_at"),
		From: later(j.day(r, "valid_from"), j.day(r, "dtstart")), To: earlier(j.day(r, "valid_to"), j.day(r, "until")),
	}
	freq := strings.ToUpper(r.of("freq"))
	h.Days = days(freq, r.of("byday"))
	if every, err := strconv.Atoi(cmp.Or(r.of("interval"), "1")); err == nil && every >= 1 && every <= maxEvery {
		h.Every = every
	} else {
		h.Days = 0
	}
	if h.Every > 1 && (h.From.IsZero() || freq == "DAILY") || h.Opens == "" || h.Closes == "" {
		h.Days = 0
	}
	if h.Days == 0 && h.Opens+h.Closes+freq != "" {
		j.wrong(r, "freq", "Only weekly and daily hours that open and close can be searched. These are shown alone.")
	}
	if n := r.of("count"); n != "" && h.Days != 0 {
		h.To = earlier(h.To, j.counted(r, h, n))
	}
	return h
}

// days returns a bit for each day of a weekly or daily rule, 0 for another.
func days(freq, byday string) int {
	if freq == "DAILY" && byday == "" {
		return everyDay
	}
	if freq != "WEEKLY" && freq != "DAILY" {
		return 0
	}
	found := 0
	for code := range strings.SplitSeq(byday, ",") {
		i := slices.Index([]string{"MO", "TU", "WE", "TH", "FR", "SA", "SU"}, strings.ToUpper(strings.TrimSpace(code)))
		if i < 0 {
			return 0
		}
		found |= 1 << i
	}
	return found
}

// counted is the last day of a rule that happens so many times.
func (j *judgement) counted(r *row, h Schedule, text string) casework.Date {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > maxCount || h.From.IsZero() {
		j.wrong(r, "count", "A count needs a number from 1 and the day of the first. It is left out.")
		return casework.Date{}
	}
	monday := h.From.AddDays(-weekdayOf(h.From))
	for day := h.From; ; day = day.AddDays(1) {
		onTurn := monday.DaysUntil(day)/daysPerWeek%h.Every == 0
		if onTurn && h.Days&(1<<weekdayOf(day)) != 0 {
			n--
		}
		if n == 0 {
			return day
		}
	}
}

// weekdayOf is 0 on Mondays.
func weekdayOf(d casework.Date) int {
	return (int(d.Start(time.UTC).Weekday()) + daysPerWeek - 1) % daysPerWeek
}

// hour reads a local time of day. A zone behind it is that of the place, which is
// where people ask from.
func (j *judgement) hour(r *row, field string) string {
	text := strings.ToUpper(r.of(field))
	if text == "" {
		return ""
	}
	for _, layout := range []string{"15:04:05", "15:04", "15:04:05Z07:00", "15:04Z07:00", "15:04:05Z07", "15:04Z07", "3:04 PM", "3:04PM", "3 PM", "3PM"} {
		if at, err := time.Parse(layout, text); err == nil {
			return at.Format(time.TimeOnly)
		}
	}
	if text == "24:00" || text == "24:00:00" {
		return "00:00:00"
	}
	j.wrong(r, field, "A time like 09:00 is expected here. It is left out.")
	return ""
}

func later(a, b casework.Date) casework.Date {
	if b.After(a) {
		return b
	}
	return a
}

// earlier is the earlier of two days; none is no end.
func earlier(a, b casework.Date) casework.Date {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
