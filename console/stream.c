/* The live stream: queues of server-sent events, one for each client. */
#include "console/stream.h"

#include <string.h>
#include <sys/socket.h>

#include "base/log.h"
#include "base/mem.h"
#include "console/api.h"
#include "console/branch.h"
#include "console/peers.h"

#define STREAM_BEAT_MS 15000
#define STREAM_PIECE 16384
#define STREAM_SEND_BUFFER 65536
#define STREAM_TYPES_MAX 256

struct stream_hub {
	struct console *c;
	struct list clients;
	size_t n;
	struct loop_timer *beat;
	struct stat *dropped;
	bool stopped;
};

struct stream_client {
	struct list node;
	struct stream_hub *hub;
	struct MHD_Connection *mhd;
	struct peer *peer;
	uint64_t by; /* the key or session it came with */
	struct buf queue;
	char tenant[TENANT_MAX + 1];
	char branch[BRANCH_MAX + 1];  /* "": of every branch */
	char types[STREAM_TYPES_MAX]; /* "message.*,link.*"; "" = all */
	uint64_t perms;
	bool suspended;
	bool ended;
};

/* ---- who sees what ----------------------------------------------------------*/

static uint64_t type_needs(struct str type)
{
	static const struct {
		const char *group;
		uint64_t perm;
	} groups[] = {
		{ "message", PERM_MESSAGE_READ },
		{ "consent", PERM_CONSENT_READ },
		{ "link", PERM_LINK_READ },
	};
	struct str group = str_first(type, str_find(type, '.'));

	for (unsigned i = 0; i < ARRAY_LEN(groups); i++) {
		if (str_eqz(group, groups[i].group))
			return groups[i].perm;
	}
	return PERM_STREAM;
}

static bool type_wanted(struct str list, struct str type)
{
	if (list.len == 0)
		return true;
	while (list.len > 0) {
		struct str one;
		list = str_cut(list, ',', &one);
		one = str_trim(one);
		if (one.len > 0 && one.p[one.len - 1] == '*') {
			if (str_starts(type, str_first(one, one.len - 1)))
				return true;
		} else if (str_eq(one, type)) {
			return true;
		}
	}
	return false;
}

/* Whoever has a branch is told of its contacts alone. */
static bool of_branch(const struct stream_client *s, struct str tenant)
{
	const struct gateway *g = s->hub->c->gateway;
	struct str branch;

	if (s->branch[0] == '\0')
		return true;
	return gateway_branch(g, tenant, gateway_watched_about(g), &branch) &&
	       str_eqz(branch, s->branch);
}

static bool client_sees(const struct stream_client *s, struct str tenant,
			struct str type)
{
	uint64_t needs = type_needs(type);

	if ((s->perms & needs) != needs)
		return false;
	if (s->tenant[0] != '\0' && tenant.len > 0 &&
	    !str_eqz(tenant, s->tenant))
		return false;
	return of_branch(s, tenant) && type_wanted(str_of(s->types), type);
}

/* ---- queues ------------------------------------------------------------------*/

static void client_wake(struct stream_client *s)
{
	if (!s->suspended)
		return;
	s->suspended = false;
	MHD_resume_connection(s->mhd);
	s->hub->c->kick = true;
}

static void client_drop(struct stream_client *s)
{
	log_info("stream.dropped", KV_U("queued", s->queue.len));
	stat_add(s->hub->dropped, 1);
	s->ended = true;
	buf_reset(&s->queue);
	if (s->peer->fd >= 0)
		shutdown(s->peer->fd, SHUT_RDWR);
	client_wake(s);
}

static void client_put(struct stream_client *s, struct str type,
		       struct str json)
{
	if (s->ended)
		return;
	size_t before = s->queue.len;
	if (type.len > 0) {
		buf_z(&s->queue, "event: ");
		buf_str_put(&s->queue, type);
		buf_z(&s->queue, "\ndata: ");
		buf_str_put(&s->queue, json);
		buf_z(&s->queue, "\n\n");
	} else {
		buf_z(&s->queue, ":\n\n");
	}
	if (s->queue.full || s->queue.len < before)
		client_drop(s);
	else
		client_wake(s);
}

static void on_event(void *owner, struct str tenant, struct str type,
		     struct str json)
{
	struct stream_hub *h = owner;

	LIST_EACH_SAFE (it, &h->clients) {
		struct stream_client *s =
			LIST_ITEM(it, struct stream_client, node);
		if (client_sees(s, tenant, type))
			client_put(s, type, json);
	}
}

/* A line without a meaning shows whether the other side is there still. */
static void on_beat(void *owner)
{
	struct stream_hub *h = owner;

	LIST_EACH_SAFE (it, &h->clients) {
		client_put(LIST_ITEM(it, struct stream_client, node), STR_NONE,
			   STR_NONE);
	}
	loop_timer_set(h->beat, STREAM_BEAT_MS);
}

/* Events are written down only while somebody looks. */
static void hub_watch(struct stream_hub *h, bool on)
{
	if (!h->stopped)
		gateway_watch(h->c->gateway, on ? on_event : NULL, h);
}

/* ---- MHD asks for more -----------------------------------------------------------*/

static ssize_t on_more(void *owner, uint64_t at, char *out, size_t max)
{
	struct stream_client *s = owner;

	(void)at;
	if (s->queue.len > 0) {
		size_t n = MIN(s->queue.len, max);
		memcpy(out, s->queue.p, n);
		buf_eat(&s->queue, n);
		return (ssize_t)n;
	}
	if (s->ended)
		return MHD_CONTENT_READER_END_OF_STREAM;
	s->suspended = true;
	MHD_suspend_connection(s->mhd);
	return 0;
}

static void on_client_free(void *owner)
{
	struct stream_client *s = owner;

	list_remove(&s->node);
	if (--s->hub->n == 0)
		hub_watch(s->hub, false);
	buf_done(&s->queue);
	mem_free(s);
}

static struct stream_client *client_new(struct request *r, struct str tenant)
{
	struct stream_hub *h = r->c->hub;
	struct stream_client *s = mem_new(struct stream_client);

	s->hub = h;
	s->mhd = r->mhd;
	s->peer = r->peer;
	s->perms = r->who.perms;
	memcpy(s->branch, r->who.branch, sizeof(s->branch));
	s->by = r->session != 0 ? r->session : r->who.id;
	IGNORE(str_copy(s->tenant, sizeof(s->tenant), tenant));
	buf_init(&s->queue, (size_t)r->c->http->stream_queue);
	list_init(&s->node);
	list_append(&h->clients, &s->node);
	if (h->n++ == 0)
		hub_watch(h, true);
	return s;
}

void stream_serve(struct request *r)
{
	struct stream_hub *h = r->c->hub;
	struct str types = request_query(r, "types");
	struct str tenant;

	if (!request_scope(r, &tenant))
		return;
	if (types.len >= STREAM_TYPES_MAX) {
		reply_error(r, 400, "too_long", "types",
			    "'types' has at most %d bytes", STREAM_TYPES_MAX);
		return;
	}
	if (h->stopped || h->n >= (size_t)r->c->http->stream_clients) {
		r->retry_after_s = 30;
		reply_error(r, 503, "stream_clients", NULL,
			    "%lld streams are open already",
			    (long long)r->c->http->stream_clients);
		return;
	}
	branch_kept(r);
	struct stream_client *s = client_new(r, tenant);
	IGNORE(str_copy(s->types, sizeof(s->types), types));
	r->response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN,
							STREAM_PIECE, on_more,
							s, on_client_free);
	must(r->response != NULL);
	MHD_add_response_header(r->response, "Content-Type",
				"text/event-stream");
	MHD_add_response_header(r->response, "Cache-Control", "no-store");
	buf_z(&s->queue, "retry: 3000\n\n");
	/* The kernel's queue must not hide that nobody reads. */
	int room = STREAM_SEND_BUFFER;
	setsockopt(r->peer->fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
	peer_phase(r->c, r->peer, PEER_STREAM);
	reply_send(r, 200);
}

/* ---- the hub ---------------------------------------------------------------------*/

struct stream_hub *stream_hub_new(struct console *c)
{
	must(c != NULL);
	struct stream_hub *h = mem_new(struct stream_hub);
	h->c = c;
	list_init(&h->clients);
	h->dropped = stats_get(STAT_COUNTER, "stream_dropped_total",
			       "Live streams dropped for being slow.", NULL);
	h->beat = loop_timer_new(c->loop, on_beat, h);
	loop_timer_set(h->beat, STREAM_BEAT_MS);
	return h;
}

void stream_hub_stop(struct stream_hub *h)
{
	must(h != NULL);
	if (h->stopped)
		return;
	hub_watch(h, false);
	h->stopped = true;
	loop_timer_stop(h->beat);
	LIST_EACH_SAFE (it, &h->clients) {
		struct stream_client *s =
			LIST_ITEM(it, struct stream_client, node);
		s->ended = true;
		client_wake(s);
	}
}

void stream_hub_end(struct stream_hub *h, uint64_t by)
{
	must(h != NULL);
	LIST_EACH_SAFE (it, &h->clients) {
		struct stream_client *s =
			LIST_ITEM(it, struct stream_client, node);
		if (s->by != by)
			continue;
		s->ended = true;
		client_wake(s);
	}
}

void stream_hub_free(struct stream_hub **hp)
{
	must(hp != NULL);
	struct stream_hub *h = TAKE(*hp);
	if (h == NULL)
		return;
	must(list_empty(&h->clients));
	loop_timer_free(&h->beat);
	mem_free(h);
}
