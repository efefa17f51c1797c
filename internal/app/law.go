package app

import (
	"fmt"
	"io/fs"
	"os"

	"homeward/internal/config"
	"homeward/policy"
	"homeward/workflows"
)

// Law returns the policy packs of this release and those of the agency's own
// folder. A broken pack is refused with its file, its line and the reason, all
// of them at once: no process starts under a law that it does not understand.
func Law(c config.Packs) (workflows.Packs, error) {
	var folders []fs.FS
	if c.Folder != "" {
		folders = append(folders, os.DirFS(c.Folder))
	}
	library, err := policy.Load(folders...)
	switch {
	case err == nil:
		return workflows.Packs{Library: library}, nil
	case c.Folder == "":
		return workflows.Packs{}, fmt.Errorf("the policy packs of this release are broken:\n%w", err)
	}
	return workflows.Packs{}, fmt.Errorf("the policy packs in %s are refused. Mend what follows, then start again:\n%w", c.Folder, err)
}
