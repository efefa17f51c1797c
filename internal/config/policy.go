package config

import (
	"errors"
	"os"
)

// Policy is which law applies to new reports.
type Policy struct {
	Pack string `name:"pack" env:"HOMEWARD_PACK" default:"washington" help:"Policy pack that new reports and cases are pinned to."`
}

// Packs is where the law comes from, beside the release.
type Packs struct {
	Folder string `name:"pack-folder" env:"HOMEWARD_PACK_FOLDER" type:"path" placeholder:"FOLDER" help:"Folder with policy packs of the agency's own (*.yaml), beside those of the release. The same for the API and every worker; a pack stays in it for as long as a record may follow it."`
}

// Validate refuses a folder that is not there: without its packs, the records
// that follow them could not go on.
func (p *Packs) Validate() error {
	if p.Folder == "" {
		return nil
	}
	folder, err := os.Stat(p.Folder)
	if err == nil && !folder.IsDir() {
		err = errors.New(p.Folder + " is not a folder")
	}
	if err != nil {
		return errors.New("--pack-folder: " + err.Error())
	}
	return nil
}
