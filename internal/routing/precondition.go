package routing

// Machine words for preconditions about what an author has read and learned. A policy that
// uses one of them has the refusal told in the reader's language; any other word is the
// policy's own, and only its author's words say what to do.
const (
	// GuidelineNotAcknowledged: the author is not up to date with the guideline.
	GuidelineNotAcknowledged = "GUIDELINE_NOT_ACKNOWLEDGED"
	// TrainingMissing: the author lacks a training.
	TrainingMissing = "TRAINING_MISSING"
)
