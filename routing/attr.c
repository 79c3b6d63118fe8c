/* What a rule can ask about a piece of work: the names of the attributes. */
#include "routing/router.h"

const char *attr_name(enum attr a)
{
	static const char *const names[ATTR_COUNT] = {
		[ATTR_TENANT] = "tenant",     [ATTR_CLASS] = "class",
		[ATTR_CHANNEL] = "channel",   [ATTR_TO] = "to",
		[ATTR_FROM] = "from",         [ATTR_LANG] = "lang",
		[ATTR_TIER] = "tier",         [ATTR_BRANCH] = "branch",
		[ATTR_CAMPAIGN] = "campaign", [ATTR_LINE] = "line",
	};

	must((unsigned)a < ATTR_COUNT);
	return names[a];
}
