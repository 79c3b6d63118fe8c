/* Events that are about somebody. */
#include "gateway/publish.h"

void publish_event_about(struct core *core, struct str tenant,
			 struct str address, const char *type,
			 struct str origin, struct str data, struct str masked)
{
	must(core != NULL);
	core->about = address;
	publish_event(core->publish, tenant, type, origin, data, masked);
	core->about = STR_NONE;
}
