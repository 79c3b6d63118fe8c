/* The section `templates { ... }`. */
#include "campaigns/library.h"

#define ROW(field, type, initial, min, max, unit, live, text)               \
	{                                                                   \
#field, type, offsetof(struct library_cfg, field), initial, \
			min, max, NULL, unit, live, text                    \
	}

static const struct setting rows[] = {
	ROW(templates_max, SETTING_INT, "10000", 1, 1000000, "templates", false,
	    "Most templates of all tenants."),
	ROW(versions_max, SETTING_INT, "1000", 1, 100000, "versions", false,
	    "Most versions of one template."),
	ROW(language, SETTING_STR, "zh", 0, 0, NULL, false,
	    "Language of those whose own is not known."),
	ROW(languages, SETTING_LIST, "{}", 0, 1000, NULL, false,
	    "Another one for a tenant: {\"acme=en\"}."),
	ROW(promises, SETTING_LIST, "{}", 0, 10000, NULL, false,
	    "Ids of registered promises; a text that promises names one."),
	ROW(parts_usual, SETTING_INT, "3", 1, 32, "parts", false,
	    "SMS parts of one text; more is a warning."),
	ROW(part_price, SETTING_INT, "50", 0, 1000000000, "thousandths", false,
	    "Price of one SMS part, for previews."),
	ROW(currency, SETTING_STR, "CNY", 0, 0, NULL, false,
	    "Currency of that price."),
	ROW(review_after, SETTING_INT, "500", 1, 1000000000, "messages", false,
	    "A version that sent fewer is not judged by what came of them."),
	ROW(review_opt_outs, SETTING_INT, "200", 0, 10000, "of 10,000", false,
	    "More opt-outs than this put a version under review."),
	ROW(review_complaints, SETTING_INT, "10", 0, 10000, "of 10,000", false,
	    "More complaints than this put a version under review."),
};

const struct setting_section templates_section = {
	"templates", false,           sizeof(struct library_cfg),
	rows,        ARRAY_LEN(rows), "Templates: limits, languages, checks.",
};
