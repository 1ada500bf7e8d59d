package media

// Memory is what the headers of raw say that accepting it allocates for pixels.
func Memory(raw []byte) (int64, error) {
	o, err := outlineOf(raw)
	return o.memory, err
}
