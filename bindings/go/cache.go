package rustpdf

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/tetratelabs/wazero"
)

// cacheVariable names the environment variable with the folder of the compilation cache.
const cacheVariable = "RUSTPDF_COMPILATION_CACHE"

// UseCompilationCache keeps the compiled core in a folder, which is created if it is missing.
//
// The next process loads it in some 20 ms. Otherwise its first call compiles the core, which takes half a
// second of processor time. Call it before anything is signed; it compiles or loads at once. The
// environment variable RUSTPDF_COMPILATION_CACHE does the same. It is ignored if its folder cannot be used.
//
// The folder contains machine code that this process runs. It must belong to the effective user and have
// the mode 0700; a folder that is created has it. Windows has no such modes, and no cache. The module that
// draws visible signatures is kept there, too. The first of them compiles or loads it.
// Errors: ERR_ARGUMENT for a folder that other users can use; errors.ErrUnsupported; errors of the
// system. After an error the core is compiled without a cache when it is needed.
func UseCompilationCache(folder string) error {
	return core.load(folder)
}

// openCache opens the cache in a folder that only this user can use.
func openCache(folder string) (wazero.CompilationCache, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	// The check and the use are of the same folder, even if somebody changes a link of the path meanwhile.
	folder, err := filepath.EvalSymlinks(folder)
	if err != nil {
		return nil, err
	}
	info, err := os.Lstat(folder)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, hostErrArgumentType("the compilation cache", "a folder", "a file")
	}
	isOwn, err := isOwn(info)
	if err != nil {
		return nil, err
	}
	if mode := info.Mode().Perm(); !isOwn || mode != 0o700 {
		found := fmt.Sprintf("one with the mode %04o", mode)
		if !isOwn {
			found = "another user's"
		}
		return nil, hostErrArgumentType("the compilation cache", "a folder of this user with the mode 0700", found)
	}
	return wazero.NewCompilationCacheWithDir(folder)
}
