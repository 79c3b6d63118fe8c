/* Addresses in order, and pauses with jitter. */
#include "channels/smpp/dialer.h"

#include "base/secret.h"

static void found(void *owner, int rc, const struct sockaddr_storage *v,
		  unsigned n)
{
	struct smpp_dialer *d = owner;

	d->resolve = NULL;
	d->at = 0;
	d->addresses = rc == 0 ? MIN(n, (unsigned)SMPP_ADDRESSES_MAX) : 0;
	for (unsigned i = 0; i < d->addresses; i++)
		d->address[i] = v[i];
	d->found(d->owner);
}

void smpp_dialer_start(struct smpp_dialer *d)
{
	must(d != NULL && d->resolve == NULL && d->found != NULL);
	d->resolve = loop_resolve(d->loop, d->host, d->port, found, d);
}

void smpp_dialer_cancel(struct smpp_dialer *d)
{
	must(d != NULL);
	loop_resolve_cancel(&d->resolve);
}

bool smpp_dialer_more(const struct smpp_dialer *d)
{
	must(d != NULL);
	return d->at < d->addresses;
}

const struct sockaddr_storage *smpp_dialer_next(struct smpp_dialer *d)
{
	return smpp_dialer_more(d) ? &d->address[d->at++] : NULL;
}

/* Jitter keeps the binds of many links from coming back at one instant. */
uint64_t smpp_dialer_pause_ms(struct smpp_dialer *d, uint64_t least_ms)
{
	must(d != NULL && d->min_ms > 0);
	uint64_t ms = d->min_ms;
	for (unsigned i = 0; i < d->tries && ms < d->max_ms; i++)
		ms *= 2;
	d->tries++;
	ms = MIN(ms, d->max_ms);
	ms = ms / 2 + secret_random_below((uint32_t)(ms / 2) + 1);
	return MAX(ms, least_ms);
}

void smpp_dialer_good(struct smpp_dialer *d)
{
	must(d != NULL);
	d->tries = 0;
}
