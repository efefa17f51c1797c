package repo_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// instructions are the lines of a Dockerfile, by stage, continued ones joined.
func instructions(t *testing.T) (stages [][]string) {
	t.Helper()
	for line := range strings.Lines(strings.ReplaceAll(read(t, "deploy/Dockerfile"), "\\\n", " ")) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "FROM "):
			stages = append(stages, []string{line})
		default:
			require.NotEmpty(t, stages)
			stages[len(stages)-1] = append(stages[len(stages)-1], line)
		}
	}
	require.NotEmpty(t, stages)
	return stages
}

func TestImage_IsOneStaticProgramOfAnUnprivilegedUser(t *testing.T) {
	t.Parallel()
	stages := instructions(t)
	build, image := strings.Join(stages[0], "\n"), stages[len(stages)-1]
	toolchain := regexp.MustCompile(`(?m)^go (\S+)`).FindStringSubmatch(read(t, nested+"/go.mod"))[1]
	require.Contains(t, build, "FROM golang:"+toolchain+"-", "the compiler is the one that go.mod names")
	require.Contains(t, build, "CGO_ENABLED=0")
	require.Contains(t, build, "-mod=readonly")
	require.Equal(t, "FROM scratch", image[0], "no shell, no package manager")
	require.Contains(t, image, "USER 65532:65532")
	require.Contains(t, image, `ENTRYPOINT ["/homeward"]`)
	for _, line := range image {
		require.NotRegexp(t, `^(RUN|ADD|VOLUME|ENV|ARG) `, line, "nothing is run, fetched, written or kept in the image")
	}
	for _, stage := range stages {
		for _, line := range stage {
			require.NotRegexp(t, `(?i)(password|secret|token|key)=`, line)
			if strings.HasPrefix(line, "FROM ") && line != "FROM scratch" {
				require.Regexp(t, `^FROM \S+:\d+\.\d+\.\d+-`, line, "images are pinned to a version")
			}
		}
	}
}

func TestImage_IsBuiltFromSourcesAlone(t *testing.T) {
	t.Parallel()
	lines := strings.Split(strings.TrimSpace(read(t, ".dockerignore")), "\n")
	require.Contains(t, lines, "*", "everything is left out that is not named")
	for _, line := range lines {
		require.NotRegexp(t, `^!(\.|bin|deploy|\*)`, line)
	}
	needed := map[string]bool{}
	for importer := range importsByPackage(t) {
		top, _, _ := strings.Cut(strings.TrimPrefix(importer, module+"/"), "/")
		needed[top] = true
	}
	for _, imported := range closure(importsByPackage(t), module+"/cmd/homeward") {
		if within(imported, module) {
			top, _, _ := strings.Cut(strings.TrimPrefix(imported, module+"/"), "/")
			require.Contains(t, lines, "!"+top, "the image needs %s", imported)
		}
	}
	require.True(t, needed["cmd"])
}

// compose is what the test reads of deploy/compose.yaml.
type compose struct {
	Services map[string]struct {
		Image       string
		User        string
		ReadOnly    bool `yaml:"read_only"`
		Privileged  bool
		CapAdd      []string       `yaml:"cap_add"`
		CapDrop     []string       `yaml:"cap_drop"`
		SecurityOpt []string       `yaml:"security_opt"`
		Memory      string         `yaml:"mem_limit"`
		Pids        int            `yaml:"pids_limit"`
		Volumes     []any          `yaml:"volumes"`
		Tmpfs       []any          `yaml:"tmpfs"`
		NetworkMode string         `yaml:"network_mode"`
		PID         string         `yaml:"pid"`
		Ports       []string       `yaml:"ports"`
		Networks    []string       `yaml:"networks"`
		Command     []string       `yaml:"command"`
		Environment map[string]any `yaml:"environment"`
		Secrets     []string
		DependsOn   map[string]map[string]string `yaml:"depends_on"`
		Healthcheck struct{ Test []string }
	}
	Secrets  map[string]struct{ File string }
	Networks map[string]struct {
		Internal, External bool
	}
}

func TestCompose_GivesContainersNothingThatTheyDoNotNeed(t *testing.T) {
	t.Parallel()
	var c compose
	require.NoError(t, yaml.Unmarshal([]byte(read(t, "deploy/compose.yaml")), &c))
	require.Len(t, c.Services, 3)
	documented := read(t, "docs/configuration.md")
	for name, s := range c.Services {
		require.Equal(t, "65532:65532", s.User, name)
		require.True(t, s.ReadOnly, name)
		require.Equal(t, []string{"ALL"}, s.CapDrop, name)
		require.Equal(t, []string{"no-new-privileges:true"}, s.SecurityOpt, name)
		require.Empty(t, s.CapAdd, name)
		require.False(t, s.Privileged, name)
		require.Empty(t, s.Volumes, "%s writes nowhere", name)
		require.Empty(t, s.Tmpfs, "%s writes nowhere", name)
		require.Empty(t, s.NetworkMode+s.PID, name)
		require.NotEmpty(t, s.Memory, name)
		require.Positive(t, s.Pids, name)
		require.NotContains(t, s.Image, "latest")
		for variable, value := range s.Environment {
			require.Contains(t, documented, "`"+variable+"`", "%s sets what is no setting", name)
			require.NotContains(t, []string{"HOMEWARD_DATABASE_URL", "HOMEWARD_CODEC_KEYS", "HOMEWARD_SMTP_PASSWORD", "HOMEWARD_WEBHOOK_SECRET", "HOMEWARD_CODEC_OFF", "HOMEWARD_DEV_KEY_FILE", "HOMEWARD_DATABASE_INSECURE", "HOMEWARD_TEMPORAL_INSECURE"}, variable)
			if file, ok := value.(string); ok && strings.HasPrefix(file, "/run/secrets/") {
				require.Contains(t, s.Secrets, strings.TrimPrefix(file, "/run/secrets/"), "%s: %s", name, variable)
			}
		}
		for _, secret := range s.Secrets {
			require.Contains(t, c.Secrets[secret].File, "HOMEWARD_SECRETS", "%s comes from a file", secret)
		}
		if name == "migrate" {
			continue
		}
		require.Equal(t, "service_completed_successfully", s.DependsOn["migrate"]["condition"], "%s starts after migrate", name)
		require.Equal(t, []string{"CMD", "/homeward", "health", name}, s.Healthcheck.Test[:4])
		require.Equal(t, name == "api", len(s.Ports) > 0, "only the API is reached from outside")
	}
	require.Equal(t, []string{"servers"}, c.Services["migrate"].Networks)
	require.True(t, c.Networks["monitoring"].Internal)
	require.True(t, slices.Contains(c.Services["api"].Command, "api"))
}
