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
var core = newCore(module)

// newCore returns an engine for a module of the core.
func newCore(module []byte) *engine {
	return &engine{module: module, alloc: "rustpdf_alloc", folder: func() string { return os.Getenv(cacheVariable) }}
}

const (
	// mostMemory is the largest memory of an instance, in pages of 64 KiB: a gigabyte, more than the
	// limits of the core permit.
	mostMemory = 1 << 14
	// mostKept is the largest memory of an idle instance, in bytes. WebAssembly memory never shrinks,
	// so a larger instance is closed.
	mostKept = 4 << 20
	// mostFrame is the largest frame, in bytes: far more than any session, container or signature has.
	mostFrame = 256 << 20
)

// engine compiles a module once, and lends instances of it.
//
// No two runs share an instance, so a trap ends only its own run. Its instance is not used again.
type engine struct {
	module []byte
	// alloc is the function of the module that reserves memory.
	alloc string
	// folder returns that of the compilation cache, or an empty text.
	folder func() string

	loading  sync.Mutex
	runtime  wazero.Runtime
	compiled wazero.CompiledModule
	cached   string // the folder that was used

	lending sync.Mutex
	idle    []*instance
}

// load compiles the module once, with a folder through the cache there.
func (e *engine) load(folder string) error {
	e.loading.Lock()
	defer e.loading.Unlock()
	if e.compiled != nil {
		return nil
	}
	ctx := context.Background()
	config := wazero.NewRuntimeConfig().WithMemoryLimitPages(mostMemory)
	if folder != "" {
		cache, err := openCache(folder)
		if err != nil {
			return err
		}
		config = config.WithCompilationCache(cache)
	}
	// The heap is small at the start of a process, so the collector would run often: it takes a tenth of
	// the time of a compilation. Memory that is never written to makes it run less.
	ballast := make([]byte, 64<<20)
	defer runtime.KeepAlive(ballast)
	machine := wazero.NewRuntimeWithConfig(ctx, config)
	compiled, err := machine.CompileModule(experimental.WithCompilationWorkers(ctx, runtime.GOMAXPROCS(0)), e.module)
	if err != nil {
		_ = machine.Close(ctx) // the first error is the more useful one
		return err
	}
	e.runtime, e.compiled, e.cached = machine, compiled, folder
	return nil
}

// usedFolder returns the folder of the compilation cache that the module was loaded with.
func (e *engine) usedFolder() string {
	e.loading.Lock()
	defer e.loading.Unlock()
	return e.cached
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
	folder := e.folder()
	err := e.load(folder)
	if err != nil && folder != "" {
		err = e.load("")
	}
	if err != nil {
		return nil, machineBroke(err)
	}
	return e.instantiate()
}

// give takes an instance back. One that broke, that grew, or that is one too many is closed.
func (e *engine) give(given *instance) {
	e.lending.Lock()
	keep := !given.broken && given.memory.Size() <= mostKept && len(e.idle) < max(4, runtime.GOMAXPROCS(0))
	if keep {
		e.idle = append(e.idle, given)
	}
	e.lending.Unlock()
	if !keep {
		_ = given.module.Close(context.Background()) // nothing in it can fail
	}
}

// instance is one instance of a module, with a memory of its own.
type instance struct {
	module   api.Module
	memory   api.Memory
	exported map[string]api.Function
	// alloc is that of the engine.
	alloc string
	// out is the address in the memory at which a call of the core leaves the address and the length of its frame; 0
	// before the first.
	out uint32
	// broken is set by a trap, or by an impossible answer.
	broken bool
	stack  [4]uint64
}

func (e *engine) instantiate() (*instance, error) {
	module, err := e.runtime.InstantiateModule(context.Background(), e.compiled, wazero.NewModuleConfig().WithName(""))
	if err != nil {
		return nil, machineBroke(err)
	}
	created := &instance{module: module, memory: module.Memory(), exported: map[string]api.Function{}, alloc: e.alloc}
	for name := range module.ExportedFunctionDefinitions() {
		created.exported[name] = module.ExportedFunction(name)
	}
	return created, nil
}

// call calls a function of the module. Every error is a trap. Errors: ERR_INTERNAL.
func (i *instance) call(name string, arguments ...uint32) (uint32, error) {
	for at, argument := range arguments {
		i.stack[at] = uint64(argument)
	}
	if err := i.exported[name].CallWithStack(context.Background(), i.stack[:]); err != nil {
		i.broken = true
		return 0, machineBroke(err)
	}
	return uint32(i.stack[0]), nil
}

// put writes a frame into the memory. Errors: ERR_ARGUMENT, ERR_INTERNAL.
func (i *instance) put(frame frame) (address, length uint32, err error) {
	return i.write(frame.pieces()...)
}

// write writes pieces of a frame into the memory. Errors: ERR_ARGUMENT, ERR_INTERNAL.
func (i *instance) write(pieces ...[]byte) (address, length uint32, err error) {
	total := 0
	for _, piece := range pieces {
		total += len(piece)
	}
	if total > mostFrame {
		return 0, 0, hostErrArgumentSize("an argument")
	}
	length = uint32(total)
	if address, err = i.call(i.alloc, length); err != nil {
		return 0, 0, err
	}
	at := address
	for _, piece := range pieces {
		if !i.memory.Write(at, piece) {
			return 0, 0, i.senseless()
		}
		at += uint32(len(piece))
	}
	return address, length, nil
}

// exchange calls a function that takes a frame after its other arguments, and returns a copy of the
// frame that the function returns.
func (i *instance) exchange(name string, given frame, arguments ...uint32) ([]byte, error) {
	address, length, err := i.put(given)
	if err != nil {
		return nil, err
	}
	if i.out == 0 {
		if i.out, err = i.call(i.alloc, 8); err != nil {
			return nil, err
		}
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

// end frees a machine. An instance that broke is closed as a whole.
func (i *instance) end(machine uint32) {
	if !i.broken {
		_, _ = i.call("rustpdf_machine_free", machine) // a trap marks the instance as broken
	}
}

func (i *instance) senseless() error {
	i.broken = true
	return machineBroke(nil)
}
