package rustpdf

import (
	"context"
	_ "embed"
	"os"
	"runtime"
	"sync"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

//go:embed rustpdf.wasm
var module []byte

// core is the engine that all calls use.
var core = &engine{module: module}

const (
	// mostMemory bounds what an instance may have, in pages of 64 KiB: a gigabyte, more than the limits of the core let it use.
	mostMemory = 1 << 14
	// mostKept is the most memory that an idle instance keeps, in bytes. WebAssembly memory never shrinks, so a larger one is let go.
	mostKept = 8 << 20
	// mostFrame bounds a frame, in bytes: far more than any session, container or signature has.
	mostFrame = 256 << 20
	// cacheVariable names the environment variable with the folder of the compilation cache.
	cacheVariable = "RUSTPDF_COMPILATION_CACHE"
)

// engine compiles the module once, and lends instances of it.
//
// No two runs share an instance, so a trap takes only the run along that met it: its instance is never used again.
type engine struct {
	module []byte

	loading  sync.Mutex
	runtime  wazero.Runtime
	compiled wazero.CompiledModule

	lending sync.Mutex
	idle    []*instance
}

// UseCompilationCache keeps the compiled core in a folder, which is made where it is missing, so that the next process need not compile
// it: that costs half a second of processor time in the first call, loading some 20 ms. Call it before anything is signed; it compiles or
// loads at once. The environment variable RUSTPDF_COMPILATION_CACHE does the same, and is ignored where its folder cannot be used.
//
// The folder holds machine code that this process runs: nobody else may write to it.
// Errors: those of the system; the core is then compiled without a cache when it is needed.
func UseCompilationCache(folder string) error {
	return core.load(folder)
}

// load compiles the module, unless it is; with a folder it takes from there what was compiled before.
func (e *engine) load(folder string) error {
	e.loading.Lock()
	defer e.loading.Unlock()
	if e.compiled != nil {
		return nil
	}
	ctx := context.Background()
	config := wazero.NewRuntimeConfig().WithMemoryLimitPages(mostMemory)
	if folder != "" {
		cache, err := wazero.NewCompilationCacheWithDir(folder)
		if err != nil {
			return err
		}
		config = config.WithCompilationCache(cache)
	}
	made := wazero.NewRuntimeWithConfig(ctx, config)
	compiled, err := made.CompileModule(experimental.WithCompilationWorkers(ctx, runtime.GOMAXPROCS(0)), e.module)
	if err != nil {
		_ = made.Close(ctx) // what failed before tells more
		return err
	}
	e.runtime, e.compiled = made, compiled
	return nil
}

// take lends an instance, until give. Errors: ERR_INTERNAL.
func (e *engine) take() (*instance, error) {
	e.lending.Lock()
	if last := len(e.idle) - 1; last >= 0 {
		taken := e.idle[last]
		e.idle = e.idle[:last]
		e.lending.Unlock()
		return taken, nil
	}
	e.lending.Unlock()
	folder := os.Getenv(cacheVariable)
	err := e.load(folder)
	if err != nil && folder != "" {
		err = e.load("")
	}
	if err != nil {
		return nil, internal(err)
	}
	return instantiate(e.runtime, e.compiled)
}

// give takes an instance back. One that broke, or grew, or is one too many, is thrown away.
func (e *engine) give(given *instance) {
	e.lending.Lock()
	keep := !given.broken && given.memory.Size() <= mostKept && len(e.idle) < max(4, runtime.GOMAXPROCS(0))
	if keep {
		e.idle = append(e.idle, given)
	}
	e.lending.Unlock()
	if !keep {
		_ = given.module.Close(context.Background()) // there is nothing in it that could fail
	}
}

// instance is one instance of the module, with a memory of its own.
type instance struct {
	module   api.Module
	memory   api.Memory
	exported map[string]api.Function
	// out is where in the memory a call leaves the address and the length of its frame.
	out uint32
	// broken is set by a trap, or by an answer that makes no sense.
	broken bool
	stack  [4]uint64
}

func instantiate(runtime wazero.Runtime, compiled wazero.CompiledModule) (*instance, error) {
	made, err := runtime.InstantiateModule(context.Background(), compiled, wazero.NewModuleConfig().WithName(""))
	if err != nil {
		return nil, internal(err)
	}
	created := &instance{module: made, memory: made.Memory(), exported: map[string]api.Function{}}
	for name := range made.ExportedFunctionDefinitions() {
		created.exported[name] = made.ExportedFunction(name)
	}
	created.out, err = created.call("rustpdf_alloc", 8)
	return created, err
}

// call calls a function of the module. Whatever it meets is a trap. Errors: ERR_INTERNAL.
func (i *instance) call(name string, arguments ...uint32) (uint32, error) {
	for at, argument := range arguments {
		i.stack[at] = uint64(argument)
	}
	if err := i.exported[name].CallWithStack(context.Background(), i.stack[:]); err != nil {
		i.broken = true
		return 0, internal(err)
	}
	return uint32(i.stack[0]), nil
}

// put writes a frame into the memory. Errors: ERR_ARGUMENT, ERR_INTERNAL.
func (i *instance) put(frame frame) (address, length uint32, err error) {
	parts, total := frame.parts()
	if total > mostFrame {
		return 0, 0, argumentError("an argument has more than 256 MiB", "give what the documentation names")
	}
	length = uint32(total)
	if address, err = i.call("rustpdf_alloc", length); err != nil {
		return 0, 0, err
	}
	at := address
	for _, part := range parts {
		if !i.memory.Write(at, part) {
			return 0, 0, i.senseless()
		}
		at += uint32(len(part))
	}
	return address, length, nil
}

// exchange calls a function that takes a frame behind its other arguments and gives one back, which is copied out of the memory.
func (i *instance) exchange(name string, given frame, arguments ...uint32) ([]byte, error) {
	address, length, err := i.put(given)
	if err != nil {
		return nil, err
	}
	if _, err := i.call(name, append(arguments, address, length, i.out)...); err != nil {
		return nil, err
	}
	if _, err := i.call("rustpdf_free", address, length); err != nil {
		return nil, err
	}
	from, found := i.memory.ReadUint32Le(i.out)
	size, foundSize := i.memory.ReadUint32Le(i.out + 4)
	bytes, readable := i.memory.Read(from, size)
	if !found || !foundSize || !readable {
		return nil, i.senseless()
	}
	copied := append([]byte(nil), bytes...)
	_, err = i.call("rustpdf_free", from, size)
	return copied, err
}

// start starts a machine.
func (i *instance) start(frame frame) (machine uint32, err error) {
	address, length, err := i.put(frame)
	if err != nil {
		return 0, err
	}
	if machine, err = i.call("rustpdf_machine_new", address, length); err != nil {
		return 0, err
	}
	_, err = i.call("rustpdf_free", address, length)
	return machine, err
}

// end frees a machine; in an instance that broke there is nothing to free.
func (i *instance) end(machine uint32) {
	if !i.broken {
		_, _ = i.call("rustpdf_machine_free", machine) // a trap here is noted, and the instance thrown away
	}
}

func (i *instance) senseless() error {
	i.broken = true
	return internal(nil)
}
