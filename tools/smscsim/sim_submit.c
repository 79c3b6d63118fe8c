/* Requests of a bound link: the fate of each submit, and what is owed. */
#include "tools/smscsim/sim_impl.h"

#include "base/mem.h"
#include "proto/smpp_status.h"

static bool receipt_wanted(const struct submit *s, const struct fate *f)
{
	unsigned asked = s->registered & 0x03;
	bool good = parcel_state(str_of(f->knobs.dlr_state)) ==
		    parcel_state(STR("DELIVRD"));

	return f->receipt && (asked == SMPP_REG_FINAL ||
			      (asked == SMPP_REG_FAILURE && !good));
}

void sim_owe(struct sim *sim, struct parcel *p, uint64_t due_ms)
{
	if (post_parcel(sim->post, p, due_ms) < 0)
		parcel_free(&p);
}

/* Keeps it back while receipts are held. */
static void sim_owe_receipt(struct sim *sim, struct parcel *p, uint64_t due_ms)
{
	if (!sim->holding)
		sim_owe(sim, p, due_ms);
	else if (hold_put(sim->hold, p) < 0)
		parcel_free(&p);
}

static void sim_owe_receipts(struct sim *sim, const struct submit *s,
			     const struct knobs *k)
{
	uint64_t after =
		k->dlr_early ? 0 : (uint64_t)(k->latency_ms + k->dlr_delay_ms);
	uint64_t due = sim_now_ms(sim) + after;
	int64_t done = s->at_ms + (int64_t)after;

	if (k->dlr_enroute || (s->registered & SMPP_REG_INTERMEDIATE) != 0)
		sim_owe_receipt(sim, parcel_receipt(k, s, STR("ENROUTE"), done),
				due);
	for (int64_t i = 0; i < k->dlr_repeat; i++)
		sim_owe_receipt(sim,
				parcel_receipt(k, s, str_of(k->dlr_state),
					       done),
				due);
}

static void sim_keep(struct sim *sim, const struct submit *s)
{
	submits_add(sim->submits, s, (size_t)rules_knobs(sim->rules)->keep);
	if (sim->log_fd >= 0)
		submit_json(s, &sim->log);
}

static void sim_answer(struct sim *sim, struct link *l, uint32_t seq,
		       const struct submit *s, int64_t latency_ms)
{
	struct late_answer a = { .link = link_id(l),
				 .command = s->command,
				 .status = s->status,
				 .seq = seq };

	if (latency_ms <= 0) {
		link_respond(l, s->command, s->status, seq, str_of(s->id));
		return;
	}
	must(str_copy(a.id, sizeof(a.id), str_of(s->id)) == 0);
	post_answer(sim->post, &a, sim_now_ms(sim) + (uint64_t)latency_ms);
}

static void sim_count_fate(struct sim *sim, const struct fate *f)
{
	struct counts *c = &sim->c;

	if (f->cut)
		c->cut++;
	else if (f->throttled)
		c->throttled++;
	else if (f->status != 0)
		c->refused++;
	else
		c->accepted++;
	if (f->silent)
		c->swallowed++;
}

static void sim_submit(struct sim *sim, struct link *l,
		       const struct smpp_pdu *pdu)
{
	struct submit s;
	struct fate f;

	submit_read(pdu, &s);
	rules_judge(sim->rules, str_of(s.to), sim_now_us(sim), &f);
	s.n = ++sim->c.submits;
	s.at_ms = sim_wall_ms(sim);
	s.link = link_id(l);
	s.status = f.status;
	s.answered = !f.cut && !f.silent;
	sim_count_fate(sim, &f);
	if (f.status == 0 && !f.cut)
		parcel_response_id(&f.knobs, sim->next_id++, s.id);
	sim_keep(sim, &s);
	if (f.cut) {
		link_drop(l);
		return;
	}
	if (receipt_wanted(&s, &f))
		sim_owe_receipts(sim, &s, &f.knobs);
	if (f.silent)
		link_swallow(l);
	else
		sim_answer(sim, l, pdu->seq, &s, f.knobs.latency_ms);
}

/* One id for all; receipts for none. */
static void sim_multi(struct sim *sim, struct link *l,
		      const struct smpp_pdu *pdu)
{
	struct smpp_dest d;
	struct submit s;
	size_t at = 0;

	submit_read(pdu, &s);
	parcel_response_id(rules_knobs(sim->rules), sim->next_id++, s.id);
	s.at_ms = sim_wall_ms(sim);
	s.link = link_id(l);
	s.answered = true;
	while (smpp_dest_next(pdu, &at, &d)) {
		s.n = ++sim->c.submits;
		sim->c.accepted++;
		submit_address(&d.addr, s.to);
		sim_keep(sim, &s);
	}
	sim_answer(sim, l, pdu->seq, &s, rules_knobs(sim->rules)->latency_ms);
}

static void sim_query(struct sim *sim, struct link *l,
		      const struct smpp_pdu *pdu)
{
	const struct submit *s = submits_find(sim->submits, pdu->message_id);

	if (s == NULL)
		link_respond(l, pdu->id, SMPP_RQUERYFAIL, pdu->seq, STR_NONE);
	else
		link_respond_query(l, pdu->seq, pdu->message_id,
				   parcel_state(STR("ENROUTE")));
}

void sim_request(void *owner, struct link *l, const struct smpp_pdu *pdu)
{
	struct sim *sim = owner;

	sim->c.window_max = MAX(sim->c.window_max, link_unanswered(l));
	switch (pdu->id) {
	case SMPP_SUBMIT_SM:
	case SMPP_DATA_SM:
		sim_submit(sim, l, pdu);
		return;
	case SMPP_SUBMIT_MULTI:
		sim_multi(sim, l, pdu);
		return;
	case SMPP_QUERY_SM:
		sim_query(sim, l, pdu);
		return;
	case SMPP_CANCEL_SM:
		link_respond(l, pdu->id, SMPP_RCANCELFAIL, pdu->seq, STR_NONE);
		return;
	default: /* a number off the wire */
		link_respond(l, pdu->id, SMPP_RREPLACEFAIL, pdu->seq, STR_NONE);
	}
}
