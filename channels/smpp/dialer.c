/* Hosts and addresses in order, and pauses with jitter. */
#include "channels/smpp/dialer.h"

#include <errno.h>

#include "base/secret.h"

/* ---- hosts ---------------------------------------------------------------- */

/* Parts "[::1]:2776" and "a.example:2776"; "::1" has colons of its own. */
static int host_cut(struct str s, struct str *name, struct str *port)
{
	size_t colon = str_find(s, ':');

	*name = s;
	*port = STR_NONE;
	if (str_starts(s, STR("["))) {
		size_t end = str_find(s, ']');
		struct str rest = str_from(s, end + 1);

		*name = str_from(str_first(s, end), 1);
		if (end == s.len || (rest.len > 0 && rest.p[0] != ':'))
			return -EBADMSG;
		*port = str_from(rest, 1);
		return rest.len == 1 ? -EBADMSG : 0;
	}
	struct str after = str_from(s, colon + 1);
	if (colon == s.len || str_find(after, ':') < after.len)
		return 0;
	*name = str_first(s, colon);
	*port = after;
	return after.len == 0 ? -EBADMSG : 0;
}

int smpp_host_parse(struct str s, int port, struct smpp_host *out)
{
	must(out != NULL);
	struct str name, number;
	uint64_t n = (uint64_t)port;
	struct smpp_host h;

	if (host_cut(str_trim(s), &name, &number) != 0 || name.len == 0 ||
	    str_copy(h.name, sizeof(h.name), name) != 0)
		return -EBADMSG;
	if (number.len > 0 && (str_u64(number, UINT16_MAX, &n) != 0 || n == 0))
		return -EBADMSG;
	h.port = (int)n;
	*out = h;
	return 0;
}

/* ---- addresses ------------------------------------------------------------ */

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

static void resolve(struct smpp_dialer *d)
{
	const struct smpp_host *h = smpp_dialer_host(d);
	d->at = d->addresses = 0;
	d->resolve = loop_resolve(d->loop, h->name, h->port, found, d);
}

void smpp_dialer_start(struct smpp_dialer *d)
{
	must(d != NULL && d->resolve == NULL && d->found != NULL);
	must(d->nhosts > 0);
	d->host = d->first;
	d->left = d->nhosts - 1;
	resolve(d);
}

bool smpp_dialer_another(struct smpp_dialer *d)
{
	must(d != NULL && d->resolve == NULL);
	if (d->left == 0)
		return false;
	d->left--;
	d->host = (d->host + 1) % d->nhosts;
	resolve(d);
	return true;
}

const struct smpp_host *smpp_dialer_host(const struct smpp_dialer *d)
{
	must(d != NULL && d->host < d->nhosts);
	return &d->hosts[d->host];
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
	d->first = 0;
}

void smpp_dialer_bad(struct smpp_dialer *d)
{
	must(d != NULL);
	d->first = (d->host + 1) % d->nhosts;
}
