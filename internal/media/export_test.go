package media

import "image"

// Memory is what the headers of raw say that accepting it allocates for pixels.
func Memory(raw []byte) (int64, error) {
	o, err := outlineOf(raw)
	return o.memory, err
}

// ThumbnailMemory is the same for making it small.
func ThumbnailMemory(raw []byte, side int) (int64, error) {
	o, err := outlineOf(raw)
	return o.memory + reductionOf(image.Pt(o.width, o.height), side).memory(), err
}
