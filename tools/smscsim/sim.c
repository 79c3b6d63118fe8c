/* The SMSC in the middle: it judges submits, owes receipts, and hands
 * customers' messages to whoever is bound. */
#include "tools/smscsim/sim.h"

#include <errno.h>
#include <unistd.h>

#include "base/mem.h"
#include "proto/smpp_status.h"
#include "tools/smscsim/sim_impl.h"

#define SIM_LINKS_MAX 1000
#define SIM_LOG_BYTES (1u << 26)
#define SIM_AGAIN_MS 500 /* a deliver_sm that was not taken */
#define SIM_BUSY_MS 5    /* every link's window is full */

/* ---- parcels -------------------------------------------------------------- */

static bool status_passes(uint32_t status)
{
	enum smpp_verdict v = smpp_status_verdict(status);

	return status == LINK_LOST || v == SMPP_VERDICT_RETRY_HEAD ||
	       v == SMPP_VERDICT_RETRY_TAIL ||
	       v == SMPP_VERDICT_RETRY_ELSEWHERE;
}

static void sim_answered(void *owner, void *ticket, uint32_t status)
{
	struct sim *sim = owner;
	struct parcel *p = ticket;
	struct counts *c = &sim->c;

	if (status != 0 && status_passes(status) && !sim->closing) {
		*(p->mo == 0 ? &c->receipts_again : &c->mo_again) += 1;
		post_again(sim->post, p, sim_now_ms(sim) + SIM_AGAIN_MS);
		return;
	}
	if (p->mo != 0) {
		c->mo_taken += status == 0;
		mo_ended(sim->mos, p->mo, status, sim_now_ms(sim));
	} else {
		*(status == 0 ? &c->receipts_taken : &c->receipts_refused) += 1;
	}
	parcel_free(&p);
}

/* The next link in turn that can take one. */
static struct link *sim_receiver(struct sim *sim)
{
	struct list *at = sim->turn;

	for (unsigned i = 0; i <= sim->nlinks; i++) {
		at = at->next;
		if (at == &sim->links)
			continue;
		struct sim_link *sl = LIST_ITEM(at, struct sim_link, node);
		if (link_receives(sl->link)) {
			sim->turn = at;
			return sl->link;
		}
	}
	return NULL;
}

static void sim_send(struct sim *sim, struct link *l, struct parcel *p)
{
	struct smpp_tlv tlv[2];
	struct smpp_sm sm;
	uint8_t state;

	parcel_sm(p, tlv, &state, &sm);
	if (link_deliver(l, &sm, p->data_sm, p) < 0) {
		sim_answered(sim, p, SMPP_RINVMSGLEN);
		return;
	}
	*(p->mo == 0 ? &sim->c.receipts : &sim->c.mo) += 1;
}

/* When to look again; UINT64_MAX: nothing waits. */
static uint64_t sim_post_out(struct sim *sim, uint64_t now)
{
	struct late_answer a;

	while (post_next_answer(sim->post, now, &a)) {
		struct sim_link *sl = map_ptr(sim->by_id, a.link);
		if (sl != NULL)
			link_respond(sl->link, a.command, a.status, a.seq,
				     str_of(a.id));
	}
	while (post_due(sim->post) <= now) {
		struct link *l = sim_receiver(sim);
		if (l == NULL)
			return MIN(post_due_answer(sim->post),
				   now + SIM_BUSY_MS);
		sim_send(sim, l, post_next_parcel(sim->post, now));
	}
	return post_due(sim->post);
}

/* ---- links ---------------------------------------------------------------- */

static uint32_t sim_bind(void *owner, const struct smpp_pdu *pdu)
{
	struct sim *sim = owner;
	const struct knobs *k = rules_knobs(sim->rules);
	uint32_t status = k->bind_error;

	if (status == 0 && k->system_id[0] != '\0' &&
	    !str_eqz(pdu->system_id, k->system_id))
		status = SMPP_RINVSYSID;
	if (status == 0 && k->password[0] != '\0' &&
	    !str_eqz(pdu->password, k->password))
		status = SMPP_RINVPASWD;
	*(status == 0 ? &sim->c.binds : &sim->c.binds_refused) += 1;
	return status;
}

static void sim_gone(void *owner, struct link *l)
{
	struct sim *sim = owner;
	struct sim_link *sl = map_ptr(sim->by_id, link_id(l));

	must(sl != NULL);
	if (sim->turn == &sl->node)
		sim->turn = sl->node.prev;
	list_remove(&sl->node);
	IGNORE(map_del(sim->by_id, link_id(l), NULL));
	sim->nlinks--;
	mem_free(sl);
}

static const struct link_events sim_link_events = {
	.bind = sim_bind,
	.request = sim_request,
	.answered = sim_answered,
	.gone = sim_gone,
};

static void sim_accept(void *owner, struct stream *s)
{
	struct sim *sim = owner;

	if (sim->nlinks >= SIM_LINKS_MAX)
		return;
	struct sim_link *sl = mem_new(struct sim_link);
	uint64_t id = ++sim->next_link;
	sl->said_ms = sim_now_ms(sim);
	sl->link = link_new(s, id, &sim_link_events, sim);
	link_mute(sl->link, rules_knobs(sim->rules)->mute);
	list_init(&sl->node);
	list_append(&sim->links, &sl->node);
	map_set_ptr(sim->by_id, id, sl);
	sim->nlinks++;
}

static void sim_enquire(struct sim *sim, uint64_t now)
{
	int64_t every = rules_knobs(sim->rules)->enquire_ms;

	if (every <= 0)
		return;
	LIST_EACH (it, &sim->links) {
		struct sim_link *sl = LIST_ITEM(it, struct sim_link, node);
		if (!link_bound(sl->link) ||
		    now - sl->said_ms < (uint64_t)every)
			continue;
		sl->said_ms = now;
		link_enquire(sl->link);
	}
}

void sim_drop(struct sim *sim)
{
	must(sim != NULL);
	LIST_EACH_SAFE (it, &sim->links)
		link_drop(LIST_ITEM(it, struct sim_link, node)->link);
}

/* ---- the turn ------------------------------------------------------------- */

static void sim_write_log(struct sim *sim)
{
	size_t done = 0;

	while (done < sim->log.len) {
		ssize_t n = write(sim->log_fd, sim->log.p + done,
				  sim->log.len - done);
		if (n <= 0)
			break;
		done += (size_t)n;
	}
	buf_reset(&sim->log);
}

static void sim_end_of_turn(void *owner)
{
	struct sim *sim = owner;
	uint64_t now = sim_now_ms(sim);
	int64_t every = rules_knobs(sim->rules)->enquire_ms;

	uint64_t next = sim_post_out(sim, now);
	sim_enquire(sim, now);
	if (every > 0)
		next = MIN(next, now + (uint64_t)MIN(every, 100));
	if (sim->log.len > 0)
		sim_write_log(sim);
	if (next == UINT64_MAX)
		loop_timer_stop(sim->timer);
	else if (next != sim->timer_at || !loop_timer_running(sim->timer))
		loop_timer_set(sim->timer, next > now ? next - now : 0);
	sim->timer_at = next;
}

static void sim_tick(void *owner UNUSED)
{
	/* It ends the sleep; the end of the turn does the work. */
}

/* ---- what the control port asks ------------------------------------------- */

int sim_set(struct sim *sim, struct str name, struct str value,
	    struct str number, struct err *err)
{
	must(sim != NULL);
	int rc = rules_set(sim->rules, name, value, number, sim_now_us(sim),
			   err);
	LIST_EACH (it, &sim->links)
		link_mute(LIST_ITEM(it, struct sim_link, node)->link,
			  rules_knobs(sim->rules)->mute);
	return rc;
}

void sim_reset(struct sim *sim)
{
	must(sim != NULL);
	rules_reset(sim->rules, sim_now_us(sim));
	LIST_EACH (it, &sim->links)
		link_mute(LIST_ITEM(it, struct sim_link, node)->link,
			  rules_knobs(sim->rules)->mute);
}

static int sim_listen(struct sim *sim, struct err *err)
{
	const struct stream_cfg cfg = { .max_read = SMPP_PDU_MAX * 2,
					.high_bytes = 1 << 20,
					.low_bytes = 1 << 18,
					.tls = sim->tls };
	char at[32];

	(void)snprintf(at, sizeof(at), "127.0.0.1:%d", sim->port);
	int rc = listener_open(&sim->listener, sim->loop, at, &cfg, sim_accept,
			       sim, err);
	if (rc == 0)
		sim->port = listener_port(sim->listener);
	return rc;
}

int sim_refuse(struct sim *sim, bool refuse, struct err *err)
{
	must(sim != NULL);
	if (refuse)
		listener_close(&sim->listener);
	return refuse || sim->listener != NULL ? 0 : sim_listen(sim, err);
}

static void sim_put_part(void *owner, struct parcel *p)
{
	struct sim *sim = owner;

	sim_owe(sim, p, sim_now_ms(sim));
}

void sim_mo(struct sim *sim, struct str from, struct str to, struct str text,
	    const struct mo_asker *asker)
{
	must(sim != NULL && asker != NULL);
	mo_begin(sim->mos, from, to, text, sim_now_ms(sim), asker, sim_put_part,
		 sim);
}

int sim_receipt(struct sim *sim, struct str id, struct str state,
		struct err *err)
{
	must(sim != NULL);
	const struct submit *s = submits_find(sim->submits, id);
	struct fate f;

	if (s == NULL)
		return err_set(err, -ENOENT, "no message has the id %.*s",
			       STR_ARGS(id));
	if (parcel_state(state) == 0)
		return err_set(err, -EINVAL, "%.*s is no state",
			       STR_ARGS(state));
	f.knobs = *rules_knobs(sim->rules);
	if (f.knobs.dlr == DLR_NONE)
		f.knobs.dlr = DLR_BOTH;
	sim_owe(sim, parcel_receipt(&f.knobs, s, state, sim_wall_ms(sim)),
		sim_now_ms(sim));
	return 0;
}

void sim_hold_receipts(struct sim *sim)
{
	must(sim != NULL);
	sim->holding = true;
}

void sim_release_receipts(struct sim *sim, double rate, uint64_t count)
{
	must(sim != NULL && rate >= 0);
	uint64_t now = sim_now_ms(sim);
	uint64_t most = count > 0 ? count : UINT64_MAX;
	struct parcel *p;

	for (uint64_t i = 0; i < most; i++) {
		p = hold_take(sim->hold);
		if (p == NULL)
			break;
		double after = rate > 0 ? (double)i * 1000 / rate : 0;
		sim_owe(sim, p, now + (uint64_t)after);
	}
	if (count == 0)
		sim->holding = false;
}

void sim_count(const struct sim *sim, struct buf *out)
{
	must(sim != NULL && out != NULL);
	struct counts_now now = { .links = sim->nlinks,
				  .owed = post_waiting(sim->post),
				  .held = hold_len(sim->hold) };

	LIST_EACH (it, &sim->links)
		now.bound +=
			link_bound(LIST_ITEM(it, struct sim_link, node)->link);
	counts_json(&sim->c, &now, out);
}

void sim_list(const struct sim *sim, unsigned n, struct str to, struct buf *out)
{
	must(sim != NULL && out != NULL);
	submits_list(sim->submits, n, to, out);
}

void sim_clear(struct sim *sim)
{
	must(sim != NULL);
	submits_clear(sim->submits);
	sim->c = (struct counts){ 0 };
}

/* ---- opening and closing -------------------------------------------------- */

int sim_port(const struct sim *sim)
{
	must(sim != NULL);
	return sim->port;
}

int sim_open(struct sim **out, struct loop *l, const struct knobs *k, int port,
	     const struct tls_cfg *tls, int log_fd, struct err *err)
{
	must(out != NULL && l != NULL && k != NULL);
	AUTO(sim_close) struct sim *sim = mem_new(struct sim);

	sim->loop = l;
	sim->tls = tls;
	sim->port = port;
	sim->log_fd = log_fd;
	list_init(&sim->links);
	sim->turn = &sim->links;
	buf_init(&sim->log, SIM_LOG_BYTES);
	sim->rules = rules_new(k, sim_now_us(sim));
	sim->submits = submits_new();
	sim->post = post_new();
	sim->hold = hold_new();
	sim->by_id = map_new();
	sim->mos = mo_book_new();
	sim->timer = loop_timer_new(l, sim_tick, sim);
	sim->hook = loop_at_end_of_turn(l, sim_end_of_turn, sim);
	/* Another start gives other ids. */
	sim->next_id = k->first_id > 0 ? (uint64_t)k->first_id
				       : (uint64_t)sim_wall_ms(sim) * 16;
	int rc = sim_listen(sim, err);
	if (rc == 0)
		*out = TAKE(sim);
	return rc;
}

void sim_close(struct sim **sp)
{
	must(sp != NULL);
	struct sim *sim = TAKE(*sp);
	if (sim == NULL)
		return;
	sim->closing = true;
	listener_close(&sim->listener);
	sim_drop(sim);
	loop_hook_close(&sim->hook);
	loop_timer_free(&sim->timer);
	if (sim->log.len > 0)
		sim_write_log(sim);
	mo_book_free(&sim->mos);
	map_free(&sim->by_id);
	hold_free(&sim->hold);
	post_free(&sim->post);
	submits_free(&sim->submits);
	rules_free(&sim->rules);
	buf_done(&sim->log);
	mem_free(sim);
}
