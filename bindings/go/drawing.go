package rustpdf

import (
	_ "embed"
	"encoding/json"
)

//go:embed rustpdf-appearance.wasm
var drawingModule []byte

// drawing is the engine that draws visible signatures. The first of them compiles its module, with the cache of the core.
var drawing = newDrawing(drawingModule)

func newDrawing(module []byte) *engine {
	return &engine{module: module, alloc: "rustpdf_appearance_alloc", folder: func() string { return core.usedFolder() }}
}

// answerDraw answers a draw step by its module, which reads and writes whole frames. Errors: ERR_INTERNAL for a trap.
func answerDraw(asked []byte) (frame, error) {
	lent, err := drawing.take()
	if err != nil {
		return frame{}, err
	}
	defer drawing.give(lent)
	answered, err := lent.draw(asked)
	if err != nil {
		return frame{}, err
	}
	header, page, err := splitFrame(answered)
	return frame{json.RawMessage(header), [][]byte{page}}, err
}

// draw hands the frame of a step to the module, and returns a copy of that of the answer.
func (i *instance) draw(step []byte) ([]byte, error) {
	address, length, err := i.write(step)
	if err != nil {
		return nil, err
	}
	if address, err = i.call("rustpdf_appearance_draw", address, length); err != nil { // it frees the step
		return nil, err
	}
	size, found := i.memory.ReadUint32Le(address)
	bytes, readable := i.memory.Read(address+4, size)
	if !found || !readable {
		return nil, i.senseless()
	}
	copied := append([]byte(nil), bytes...)
	_, err = i.call("rustpdf_appearance_free", address)
	return copied, err
}
