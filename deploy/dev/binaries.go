package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// oldestPostgres is the first release with everything Temporal's schema for
// PostgreSQL needs.
const oldestPostgres = 13

// serverPlaces are the folders where distributions keep PostgreSQL's server
// programs, as glob patterns. Most are not on PATH.
func serverPlaces() []string {
	return []string{
		"/usr/lib/postgresql/*/bin",         // Debian, Ubuntu
		"/usr/pgsql-*/bin",                  // Fedora and RHEL, from PostgreSQL's repository
		"/usr/lib/postgresql*/bin",          // SUSE, Alpine
		"/usr/libexec/postgresql*",          // Alpine, newer
		"/opt/homebrew/opt/postgresql*/bin", // macOS on Apple silicon
		"/usr/local/opt/postgresql*/bin",    // macOS on Intel
		"/home/linuxbrew/.linuxbrew/opt/postgresql*/bin",
		"/Applications/Postgres.app/Contents/Versions/*/bin",
		"/usr/local/pgsql/bin", // built from source
		"/usr/bin",             // Fedora and RHEL, Arch
	}
}

// installation is one set of PostgreSQL server programs.
type installation struct {
	bin   string // the folder with postgres and initdb
	major int    // 15
}

// program is the path of one of the installation's programs.
func (i installation) program(name string) string { return filepath.Join(i.bin, name) }

// findPostgres returns the server programs to use: those of release wanted,
// which is the release of the existing cluster, or of the newest release when
// wanted is 0. It installs PostgreSQL where none is found and that can be done
// without asking. The error is one line that says what to install.
func findPostgres(ctx context.Context, c console, wanted int) (installation, error) {
	found := installations(ctx)
	if len(found) == 0 {
		if err := installPostgres(ctx, c); err != nil {
			return installation{}, err
		}
		found = installations(ctx)
	}
	if wanted == 0 && len(found) > 0 {
		return found[0], nil
	}
	for _, candidate := range found {
		if candidate.major == wanted {
			return candidate, nil
		}
	}
	if wanted == 0 {
		return installation{}, errNoPostgres
	}
	return installation{}, fmt.Errorf("the data was written by PostgreSQL %d, and its server programs are no longer installed; install PostgreSQL %d again or remove the data folder to start empty",
		wanted, wanted)
}

// installations lists the usable sets of server programs, newest first; those
// on PATH come first among equals.
func installations(ctx context.Context) []installation {
	folders := filepath.SplitList(os.Getenv("PATH"))
	for _, pattern := range serverPlaces() {
		matches, _ := filepath.Glob(pattern) // the patterns are well-formed
		folders = append(folders, matches...)
	}
	var found []installation
	for _, folder := range folders {
		if i, ok := inspect(ctx, folder); ok && !slices.Contains(found, i) {
			found = append(found, i)
		}
	}
	slices.SortStableFunc(found, func(a, b installation) int { return cmp.Compare(b.major, a.major) })
	return found
}

// inspect reports whether the folder holds the server programs of a release
// that can be used.
func inspect(ctx context.Context, folder string) (installation, bool) {
	if _, err := exec.LookPath(filepath.Join(folder, "initdb")); err != nil {
		return installation{}, false
	}
	output, err := exec.CommandContext(ctx, filepath.Join(folder, "postgres"), "--version").Output() //nolint:gosec // a program on PATH
	if err != nil {
		return installation{}, false
	}
	match := regexp.MustCompile(`\d+`).Find(output) // "postgres (PostgreSQL) 15.13 (Debian ...)"
	major, err := strconv.Atoi(string(match))
	if err != nil || major < oldestPostgres {
		return installation{}, false
	}
	return installation{bin: folder, major: major}, true
}

// errNoPostgres is the one line for a machine without PostgreSQL.
var errNoPostgres = errors.New("PostgreSQL's server programs are missing; install them with " +
	"\"apt install postgresql\" on Debian and Ubuntu, " +
	"\"dnf install postgresql-server postgresql-contrib\" on Fedora, or " +
	"\"brew install postgresql@17\" on macOS")

// installPostgres installs the distribution's PostgreSQL with apt, when this
// user may do so without a password.
func installPostgres(ctx context.Context, c console) error {
	if runtime.GOOS != "linux" {
		return errNoPostgres
	}
	if _, err := exec.LookPath("apt-get"); err != nil {
		return errNoPostgres
	}
	var prefix []string
	if os.Geteuid() != 0 {
		if exec.CommandContext(ctx, "sudo", "-n", "true").Run() != nil {
			return errNoPostgres
		}
		prefix = []string{"sudo", "-n"}
	}
	c.say("PostgreSQL is missing: installing it with apt (package postgresql)")
	for _, step := range [][]string{
		{"env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "update", "--quiet"},
		{"env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "--quiet", "--yes", "--no-install-recommends", "postgresql"},
	} {
		words := slices.Concat(prefix, step)
		output, err := exec.CommandContext(ctx, words[0], words[1:]...).CombinedOutput()
		if err != nil {
			return fmt.Errorf("%w (apt-get failed: %s)", errNoPostgres, lastLine(string(output)))
		}
	}
	return nil
}

// lastLine is the last line of text that says something.
func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}
