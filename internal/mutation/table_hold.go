package main

// fromTheHolds are guards of stopping: what a hold stops, and what becomes of it afterwards.
func fromTheHolds() []mutant {
	const hold = "internal/advocacy/hold.go"
	return []mutant{
		{"hold on a topic", rules, "TestHoldStops", []change{{hold, `return h.Target == string(b.Topic) // guard`, `return false // guard`}}},
		{"hold on a campaign", rules, "TestHoldStops", []change{{hold, `return h.Target == b.Campaign // guard`, `return false // guard`}}},
		{"hold on a keyword", rules, "TestHoldStops", []change{{hold,
			`return b.Shows == nil || b.Shows(x.Account, h.Target) // guard`, `return false // guard`}}},
	}
}
