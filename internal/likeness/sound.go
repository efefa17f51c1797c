package likeness

import (
	"slices"
	"strings"
)

// maxSounds is how many ways of saying one part of a name count.
const maxSounds = 8

// rule says how some letters sound, in one way or in several. An empty sound is
// silent.
type rule struct {
	letters string
	sounds  []string
	// first: only at the beginning. before: only where one of these letters follows.
	first  bool
	before string
}

// rules are tried in order. They are made for the names of families in the United
// States as different people write them down at a telephone: English, Spanish, German
// and Slavic spellings of one sound come to the same. X is the sound of sh, ch and j.
func rules() []rule {
	one := func(letters string, sounds ...string) rule { return rule{letters: letters, sounds: sounds} }
	first := func(letters string, sounds ...string) rule {
		return rule{letters: letters, sounds: sounds, first: true}
	}
	soft := func(letters string, sounds ...string) rule {
		return rule{letters: letters, sounds: sounds, before: "eiy"}
	}
	return []rule{
		one("schtsch", "X"), one("tsch", "X"), one("sch", "X", "s"), one("tch", "X"), one("ght", "t"),
		first("kn", "n"), first("gn", "n"), first("pn", "n"), first("ps", "s"), first("wr", "r"), first("ng", "n"), first("x", "s", "X"),
		one("dzh", "X"), one("dge", "X"), one("dj", "X"), one("sh", "X"), one("cz", "X"), one("sz", "X", "s"), one("zh", "X"),
		one("ch", "X", "k"), one("ph", "f"), one("gh", "", "k", "f"), one("th", "t"), one("dh", "t"), one("kh", "k", ""),
		one("ck", "k"), soft("sc", "s"), soft("cc", "ks", "X"), soft("c", "s"), one("cq", "k"), one("qu", "k"), one("q", "k"),
		one("c", "k"), soft("g", "X", "k", ""), one("gu", "k"), one("ts", "s"), one("tz", "s"), one("x", "ks"), one("ll", "l", ""),
		one("j", "X", ""), one("g", "k"), one("k", "k"), one("d", "t"), one("t", "t"), one("b", "b"), one("p", "p"), one("f", "f"),
		one("v", "f", "b"), first("w", "", "f"), one("w", ""), one("z", "s"), one("s", "s"), one("l", "l"), one("m", "m"), one("n", "n"),
		one("r", "r"), one("h", ""),
	}
}

// Sounds returns how a part of a name may sound, none for one that is not written in
// Latin letters. Two parts that share a sound may be the same name.
func Sounds(part string) []string {
	if part == "" || strings.Trim(part, "abcdefghijklmnopqrstuvwxyz") != "" {
		return nil
	}
	spoken := []said{{}}
	table := rules()
	for rest := part; rest != ""; {
		r, ok := match(table, rest, len(rest) == len(part))
		if !ok { // a vowel
			spoken = vowel(spoken)
			rest = rest[1:]
			continue
		}
		spoken = say(spoken, r.sounds)
		rest = rest[len(r.letters):]
	}
	var sounds []string
	for _, s := range spoken {
		sounds = append(sounds, s.text)
	}
	slices.Sort(sounds)
	return slices.Compact(sounds)
}

func match(table []rule, rest string, beginning bool) (rule, bool) {
	for _, r := range table {
		after, ok := strings.CutPrefix(rest, r.letters)
		if !ok || r.first && !beginning || r.before != "" && (after == "" || !strings.Contains(r.before, after[:1])) {
			continue
		}
		return r, true
	}
	return rule{}, false
}

// said is one way of saying the letters so far. open: a vowel came last, so that the
// same consonant again is another one.
type said struct {
	text string
	open bool
}

// vowel says nothing but at the beginning.
func vowel(spoken []said) []said {
	next := slices.Clone(spoken)
	for i := range next {
		if next[i].text == "" {
			next[i].text = "A"
		}
		next[i].open = true
	}
	return next
}

// say goes on in every way.
func say(spoken []said, sounds []string) []said {
	var next []said
	for _, s := range spoken {
		for _, sound := range sounds {
			one := said{text: s.text, open: s.open && sound == ""}
			if sound != "" && (s.open || !strings.HasSuffix(s.text, sound)) {
				one.text += sound
			}
			if !slices.Contains(next, one) && len(next) < maxSounds {
				next = append(next, one)
			}
		}
	}
	return next
}
