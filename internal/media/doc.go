// Package media accepts the pictures, videos and documents people upload and keeps bytes under the
// name of their own SHA-256.
//
// Accept trusts nothing it is given. It looks at the first bytes, never at a file name
// or a declared type, and takes JPEG, PNG, GIF and WebP; it reads size, frames and
// scans from the headers and refuses what would cost too much before a pixel is
// unpacked; then it decodes and writes the picture anew with the encoders of the
// standard library. What is kept is therefore always our encoder's work: no EXIF, GPS
// position, XMP, colour profile, comment, hidden colour under a transparent pixel,
// second picture or trailing file survives. Profiles are dropped, not converted, and
// of an animation only the first frame is kept: people approve what they can see.
// Thumbnail makes what was kept small and Crop cuts a part out of it, by the same decoders and
// within the same bounds.
//
// Inspect checks a video or a document where it lies: it reads the boxes of an MP4 or QuickTime
// file, or every byte of a PDF, and holds no more than a window of it. What a video says beside
// picture and sound is not kept: Inspect lists what to write over, in place, so that every offset in
// the file stays true. No decoder is run: what the pictures of a video are, people see.
//
// Dir keeps the result in a local directory and Bucket in an S3-compatible store: written
// once, durable when Put returns, hashed again on every Get. Both pass one suite of tests. Beside the
// blobs both keep slips, small notes under names of the caller's, of which several who make one
// at the same time make one.
//
// It does not know what a picture is for, who sent it, what a network accepts, or how
// bytes are served. Whoever serves them still says nosniff: pixels can be chosen so
// that even honest PNG bytes spell something.
//
// The rule that keeps it so: Accept is a function of its bytes alone (for one version
// of Go, whose encoders decide the output), nothing is decoded before its cost is
// known, and a digest that does not look like one never becomes part of a path.
package media
