/* The section `campaigns { ... }`. */
#include "campaigns/campaigns.h"

#define ROW(field, name, type, initial, min, max, unit, text)               \
	{                                                                   \
		name, type, offsetof(struct campaigns_cfg, field), initial, \
			min, max, NULL, unit, false, text                   \
	}

#define SHARE(field, initial, text) \
	ROW(field, #field, SETTING_INT, initial, 0, 1000, "per mille", text)
#define OVER(field, initial, text) \
	ROW(field, #field, SETTING_INT, initial, 1, 1000000, "messages", text)

static const struct setting rows[] = {
	ROW(max, "max", SETTING_INT, "10000", 1, 1000000, "campaigns",
	    "Most campaigns of all tenants that are kept."),
	ROW(addresses, "addresses", SETTING_INT, "10000", 1, 100000,
	    "addresses", "Most addresses that a campaign names one by one."),
	ROW(ahead, "ahead", SETTING_INT, "2000", 1, 100000, "messages",
	    "Messages that wait for a link before campaigns hand over more."),
	ROW(pilot_above, "pilot_above", SETTING_INT, "1000", 0, 1000000000,
	    "people", "A campaign for more people needs a pilot first."),
	ROW(pilot_least, "pilot_least", SETTING_INT, "5", 1, 50, "numbers",
	    "Numbers that a pilot goes to at the least."),
	ROW(seeds, "seeds", SETTING_LIST, "{}", 0, 50, "numbers",
	    "The numbers that pilots go to."),
	ROW(test_max, "test_max", SETTING_INT, "10", 1, 100, "numbers",
	    "Most numbers of one test send."),
	ROW(drain, "drain", SETTING_DURATION, "72h", 1000, 2592000000, NULL,
	    "How long the last outcomes are awaited."),
	ROW(price, "price", SETTING_INT, "0", 0, 1000000000, "thousandths",
	    "What a part costs, for simulations."),
	ROW(currency, "currency", SETTING_STR, "EUR", 0, 0, NULL,
	    "The currency of price."),
	SHARE(error_share, "50",
	      "Failed messages that pause a campaign; 0: never."),
	OVER(error_over, "200", "... of so many."),
	SHARE(optout_share, "20", "Opt-outs that pause a campaign; 0: never."),
	OVER(optout_over, "500", "... of so many."),
	SHARE(complaint_share, "1",
	      "Complaints that pause a campaign; 0: never."),
	OVER(complaint_over, "5000", "... of so many."),
	ROW(complaint_count, "complaint_count", SETTING_INT, "3", 0, 8,
	    "complaints", "So many within complaint_window pause it, too."),
	ROW(complaint_window, "complaint_window", SETTING_DURATION, "1h", 1000,
	    604800000, NULL, "The time within which complaints are a burst."),
	ROW(surge_factor, "surge_factor", SETTING_INT, "5", 0, 1000, "times",
	    "A share of complaints, opt-outs or failures that is so many times "
	    "the usual one pauses a campaign, however low; usual is what other "
	    "campaigns of its tenant and class have; 0: never."),
	ROW(surge_least, "surge_least", SETTING_INT, "10", 1, 100000,
	    "messages", "Fewer complaints, opt-outs or failures are no surge."),
	ROW(surge_known, "surge_known", SETTING_INT, "5000", 1, 1000000000,
	    "messages", "So many of others have to be known."),
	ROW(down_after, "down_after", SETTING_DURATION, "2m", 0, 86400000, NULL,
	    "No link of its channel up for so long pauses a campaign until "
	    "one is; 0: never."),
	ROW(quota, "quota", SETTING_INT, "0", 0, 1000000000000, "messages",
	    "Most messages that the campaigns of a tenant begin in a day (UTC); "
	    "at it they pause until the next; 0: no limit."),
};

const struct setting_section campaigns_section = {
	"campaigns",
	false,
	sizeof(struct campaigns_cfg),
	rows,
	ARRAY_LEN(rows),
	"Campaigns: limits, pilots, and what pauses one.",
};
