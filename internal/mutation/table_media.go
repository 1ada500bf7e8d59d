package main

// fromTheMedia are the guards over files: what is kept, and for how long.
func fromTheMedia() []mutant {
	const media = "./internal/media"
	return []mutant{
		{"bytes are hashed when they are read", media, "TestBlobs", []change{{"internal/media/blob.go",
			`actual != digest { // guard`, `false && actual != digest { // guard`}}},
	}
}
