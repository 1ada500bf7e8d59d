package grpcapi

import (
	"strings"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

const newestFirst, oldestFirst = "create_time desc", "create_time"

// pinnedFirst and byFeature are orders of the library alone.
const pinnedFirst, byFeature = "pinned desc, create_time desc", "featured desc, create_time desc"

// readOrder tells whether a list goes from oldest to newest. Lists are kept in the
// order of their making and can be read in either direction, and in no other order.
func readOrder(orderBy string) (oldest bool, err error) {
	switch strings.Join(strings.Fields(orderBy), " ") {
	case "", newestFirst:
		return false, nil
	case oldestFirst, oldestFirst + " asc":
		return true, nil
	default:
		return false, advocacy.InvalidField("order_by", "ORDER_INVALID", "order_by must be %q or %q", newestFirst, oldestFirst)
	}
}

func orderOf(oldest bool) string {
	if oldest {
		return oldestFirst
	}
	return newestFirst
}

const byRelevance = "relevance"

// readRelevance tells whether a search lists the newest first, and not the best.
func readRelevance(orderBy string) (newest bool, err error) {
	switch strings.Join(strings.Fields(orderBy), " ") {
	case "", byRelevance:
		return false, nil
	case newestFirst:
		return true, nil
	default:
		return false, advocacy.InvalidField("order_by", "ORDER_INVALID", "order_by must be %q or %q", byRelevance, newestFirst)
	}
}

// orderOfSearch is what a page token of a search is bound to besides the filter.
func orderOfSearch(newest bool, query string) string {
	if newest {
		return newestFirst + " " + query
	}
	return byRelevance + " " + query
}
