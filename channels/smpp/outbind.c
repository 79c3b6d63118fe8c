/* The listener of a link, and those who have connected and said nothing yet. */
#include "channels/smpp/outbind.h"

#include "base/list.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "channels/smpp/settings.h"
#include "proto/smpp_status.h"

#define OUTBIND_MAGIC 0x6f757462u
#define CALLER_MAGIC 0x63616c6cu

enum { OUTBIND_CALLERS_MAX = 16 };

struct smpp_outbind {
	uint32_t magic;
	struct smpp_outbind_env env;
	struct listener *listener;
	struct list callers;
	unsigned ncallers;
};

struct caller {
	uint32_t magic;
	struct list link;
	struct smpp_outbind *o;
	struct smpp_wire *wire;
	struct loop_timer *timer;
};

static struct caller *of(void *owner)
{
	return MAGIC_CAST(struct caller, CALLER_MAGIC, owner);
}

static void caller_free(struct caller *c)
{
	list_remove(&c->link);
	c->o->ncallers--;
	smpp_wire_close(&c->wire);
	loop_timer_free(&c->timer);
	c->magic = 0;
	mem_free(c);
}

/* Counted always; the log has room for some. */
static void tell_refused(const struct smpp_outbind *o, const char *peer,
			 const char *why)
{
	stat_add(o->env.meter->outbinds_refused, 1);
	if (smpp_meter_may_log(o->env.meter))
		log_warn("smpp.outbind_refused", KV_S("link", o->env.link),
			 KV_S("peer", peer), KV_S("why", why));
}

static void refuse(struct caller *c, const char *why)
{
	tell_refused(c->o, smpp_wire_peer(c->wire), why);
	caller_free(c);
}

static bool words_right(const struct smpp_cfg *cfg, const struct smpp_pdu *pdu)
{
	struct str id = str_of(cfg->outbind_system_id);
	bool named = id.len == 0 || secret_eq(id, pdu->system_id);

	return secret_eq(str_of(cfg->outbind_password), pdu->password) && named;
}

static void caller_pdu(void *owner, const struct smpp_pdu *pdu)
{
	struct caller *c = of(owner);
	struct smpp_outbind *o = c->o;

	if (pdu->id != SMPP_OUTBIND) {
		if ((pdu->id & SMPP_RESP) == 0)
			smpp_wire_head(c->wire, pdu->id | SMPP_RESP,
				       SMPP_RINVBNDSTS, pdu->seq);
		refuse(c, "no_outbind");
		return;
	}
	if (!words_right(o->env.cfg, pdu)) {
		refuse(c, "wrong_password");
		return;
	}
	log_info("smpp.outbind", KV_S("link", o->env.link),
		 KV_S("peer", smpp_wire_peer(c->wire)),
		 KV_STR("system_id", str_first(pdu->system_id, 16)));
	if (o->env.take(o->env.by, c->wire)) {
		c->wire = NULL;
		caller_free(c);
	} else {
		refuse(c, "no_bind_waits");
	}
}

static void caller_down(void *owner, int rc UNUSED, const char *why)
{
	refuse(of(owner), why);
}

static void caller_late(void *owner)
{
	refuse(of(owner), "no_outbind");
}

static const struct smpp_wire_events caller_events = { .pdu = caller_pdu,
						       .down = caller_down };

static void came(void *owner, struct stream *s)
{
	struct smpp_outbind *o =
		MAGIC_CAST(struct smpp_outbind, OUTBIND_MAGIC, owner);
	const struct smpp_wire_cfg wc = {
		.malformed_max = (unsigned)o->env.cfg->malformed_max,
		.meter = o->env.meter,
		.link = o->env.link,
	};

	if (o->ncallers >= OUTBIND_CALLERS_MAX) {
		tell_refused(o, stream_peer(s), "too_many");
		stream_close(&s);
		return;
	}
	struct caller *c = mem_new(struct caller);
	c->magic = CALLER_MAGIC;
	c->o = o;
	list_append(&o->callers, &c->link);
	o->ncallers++;
	c->timer = loop_timer_new(o->env.loop, caller_late, c);
	loop_timer_set(c->timer, (uint64_t)o->env.cfg->bind_timeout_ms);
	smpp_wire_adopt(&c->wire, s, &wc, &caller_events, c);
}

int smpp_outbind_open(struct smpp_outbind **out,
		      const struct smpp_outbind_env *env, struct err *err)
{
	must(out != NULL && env != NULL && env->loop != NULL);
	must(env->cfg != NULL && env->meter != NULL && env->take != NULL);
	const struct tls_cfg tls = smpp_cfg_tls(env->cfg, "");
	const struct stream_cfg sc = {
		.max_read = SMPP_PDU_MAX * 2,
		.high_bytes = 1024 * 1024,
		.low_bytes = 256 * 1024,
		.dial_timeout_ms = (uint64_t)env->cfg->dial_timeout_ms,
		.tls = env->cfg->tls != 0 ? &tls : NULL,
	};

	struct smpp_outbind *o = mem_new(struct smpp_outbind);
	o->magic = OUTBIND_MAGIC;
	o->env = *env;
	list_init(&o->callers);
	int rc = listener_open(&o->listener, env->loop,
			       env->cfg->outbind_listen, &sc, came, o, err);
	if (rc != 0) {
		err_prefix(err, "smpp %s: outbind_listen", env->link);
		smpp_outbind_close(&o);
		return rc;
	}
	*out = o;
	return 0;
}

void smpp_outbind_close(struct smpp_outbind **op)
{
	must(op != NULL);
	struct smpp_outbind *o = TAKE(*op);
	if (o == NULL)
		return;
	listener_close(&o->listener);
	while (!list_empty(&o->callers))
		caller_free(LIST_ITEM(o->callers.next, struct caller, link));
	o->magic = 0;
	mem_free(o);
}

int smpp_outbind_port(const struct smpp_outbind *o)
{
	must(o != NULL);
	return listener_port(o->listener);
}
