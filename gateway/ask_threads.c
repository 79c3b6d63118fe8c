/* The part of gateway.h that is about what went to somebody last. */
#include "gateway/gateway_impl.h"

#include "gateway/threads.h"

struct str gateway_last_campaign(const struct gateway *g, struct str address)
{
	struct thread thread;

	must(g != NULL);
	return threads_find(g->core.threads, address, &thread) == 0
		       ? str_of(thread.campaign)
		       : STR_NONE;
}

uint64_t gateway_last_of_campaigns(const struct gateway *g, struct str tenant,
				   struct str address)
{
	struct thread thread;

	must(g != NULL);
	return threads_find(g->core.threads, address, &thread) == 0 &&
			       (str_eqz(tenant, thread.tenant) ||
				str_eqz(tenant, "*"))
		       ? thread.message
		       : 0;
}

int64_t gateway_last_sent(const struct gateway *g, struct str address)
{
	struct thread thread;

	must(g != NULL);
	return threads_find(g->core.threads, address, &thread) == 0
		       ? thread.at_ms
		       : 0;
}
