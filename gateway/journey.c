/* Journal and publish what happens to messages. */
#include "gateway/journey.h"

#include "base/log.h"
#include "gateway/lane.h"
#include "gateway/receipts.h"
#include "model/address.h"
#include "proto/json.h"

/* The data of a message event; `to` open or masked. */
static void put_data(const struct message *m, const struct event *e,
		     struct str to, struct buf *out)
{
	buf_c(out, '{');
	json_kid(out, "id", m->id);
	json_ks(out, "to", to);
	json_kz(out, "state", message_state_name(e->state));
	json_ks(out, "class", m->class_name);
	json_ks(out, "channel", m->channel);
	if (e->link.len > 0)
		json_ks(out, "link", e->link);
	if (e->peer_id.len > 0)
		json_ks(out, "peer_id", e->peer_id);
	if (e->reason.len > 0)
		json_ks(out, "reason", e->reason);
	if (e->peer_status != 0)
		json_ku(out, "peer_status", e->peer_status);
	if (m->campaign.len > 0)
		json_ks(out, "campaign", m->campaign);
	if (m->thread.len > 0)
		json_ks(out, "thread", m->thread);
	if (m->template_ref.id.len > 0) {
		json_ks(out, "template", m->template_ref.id);
		json_ku(out, "template_version", m->template_ref.version);
	}
	json_ku(out, "parts", m->parts);
	if ((e->flags & MESSAGE_FLAG_RESENT) != 0)
		json_kb(out, "resent", true);
	json_kt(out, "at", e->at_ms);
	if (m->metadata.len > 0) {
		json_key(out, "metadata");
		buf_str_put(out, m->metadata);
	}
	buf_c(out, '}');
}

/* name: of the state, or of what happens in it. */
static void publish_message(struct core *core, const struct message *m,
			    const struct event *e, const char *name)
{
	struct buf data = { 0 }, masked = { 0 };
	char to[ADDRESS_MAX], type[48];

	snprintf(type, sizeof(type), "message.%s", name);
	if (!publish_wanted(core->publish, m->tenant, type, m->origin))
		return;
	buf_init(&data, BUF_NO_LIMIT);
	buf_init(&masked, BUF_NO_LIMIT);
	log_mask(m->to, to, sizeof(to));
	put_data(m, e, m->to, &data);
	put_data(m, e, str_of(to), &masked);
	publish_event_about(core, m->tenant, m->to, type, m->origin,
			    buf_str(&data), buf_str(&masked));
	buf_done(&masked);
	buf_done(&data);
}

static void append_event(struct core *core, uint64_t id, const struct event *e)
{
	buf_reset(&core->scratch);
	event_encode(e, &core->scratch);
	store_append(core->store, RECORD_EVENT, id, buf_str(&core->scratch));
}

/* Its text is not kept beyond the end. */
static void purge_soon(struct core *core, const struct class_rules *rules,
		       uint64_t id, int64_t now_ms)
{
	const struct cell cells[] = { CELL_I(id), CELL_I(now_ms) };

	if (rules != NULL && rules->cfg.body_retention == 0)
		store_put(core->store, STORE_PURGE_WAIT_PUT, cells,
			  ARRAY_LEN(cells));
}

void journey_begin(struct core *core, const struct message *m,
		   enum message_state state)
{
	struct event e = {
		.kind = EVENT_STATE,
		.state = state,
		.at_ms = m->accepted_ms,
		.reason = m->decision.reason,
		.due_ms = m->decision.not_before_ms,
		.flags = m->flags,
	};

	must(core != NULL && m != NULL);
	buf_reset(&core->scratch);
	message_encode(m, &core->scratch);
	store_append(core->store, RECORD_MESSAGE, m->id,
		     buf_str(&core->scratch));
	if (state != MESSAGE_ACCEPTED)
		append_event(core, m->id, &e);
	if (message_state_final(state))
		purge_soon(core, classes_find(core->classes, m->class_name),
			   m->id, m->accepted_ms);
	publish_message(core, m, &e, message_state_name(state));
}

/* Waiting for a lane and being under way are ours alone. */
static bool public_state(enum message_state s)
{
	return s != MESSAGE_QUEUED && s != MESSAGE_SUBMITTING;
}

void journey_step(struct core *core, struct live *l, struct event *e)
{
	bool changed = l->state != e->state;

	must(core != NULL && e != NULL);
	e->at_ms = core_wall_ms(core);
	e->flags = l->flags;
	e->attempt = l->attempts;
	if (changed)
		lives_state(&core->lives, l, e->state);
	append_event(core, l->id, e);
	if (changed && message_state_final(e->state))
		purge_soon(core, classes_at(core->classes, l->class_index),
			   l->id, e->at_ms);
	if (changed && core->stepped != NULL)
		core->stepped(core->stepped_owner, l->id, e);
	if (changed && public_state(e->state)) {
		struct message m;

		live_message(&core->lives, l, &m);
		publish_message(core, &m, e, message_state_name(e->state));
	}
}

void journey_enroute(struct core *core, const struct live *l,
		     const struct event *e)
{
	struct message m;

	must(core != NULL && l != NULL && e != NULL);
	live_message(&core->lives, l, &m);
	publish_message(core, &m, e, "enroute");
}

void journey_end(struct core *core, struct live *l, struct event *e)
{
	must(message_state_final(e->state));
	receipts_forget(core->receipts, l);
	journey_step(core, l, e);
	log_info("message.end", KV_ID("id", l->id),
		 KV_S("state", message_state_name(e->state)),
		 KV_STR("link", e->link), KV_STR("reason", e->reason),
		 KV_U("attempts", l->attempts));
	lives_remove(&core->lives, l);
}
