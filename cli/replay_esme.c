/* The side that bound: its binds, and its requests in their time. */
#include <errno.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "cli/replay.h"
#include "proto/smpp_write.h"

struct player;

/* One recorded connection, played on one of ours. */
struct part {
	struct player *player;
	struct replay_wire *wire;
	size_t next;       /* item */
	uint32_t seq;      /* last one given */
	struct map *asked; /* seq -> item + 1 */
	unsigned open;     /* requests without an answer */
	bool bound;
	bool over;
};

struct player {
	struct replay *r;
	struct sockaddr_storage to;
	struct part *parts;
	enum recording_kind way; /* of the side that bound */
	uint64_t began_ms;
	struct loop_timer *tick;
	struct loop_timer *patience;
};

static const struct replay_wire_events wire_events;

/* ---- what is next --------------------------------------------------------- */

/* The next item of this connection that this side asks. */
static bool find_next(struct part *p)
{
	const struct recording *rec = p->player->r->recording;
	unsigned number = (unsigned)(p - p->player->parts);

	for (; p->next < rec->n; p->next++) {
		const struct recording_item *it = &rec->v[p->next];

		if (it->connection == number && it->kind == p->player->way &&
		    replay_is_request(replay_head(it).id))
			return true;
	}
	return false;
}

/* The status with which an item was answered then; -1: it was not. */
static int64_t recorded_status(const struct player *pl, size_t item)
{
	const struct recording *rec = pl->r->recording;
	struct smpp_head asked = replay_head(&rec->v[item]);

	for (size_t i = item + 1; i < rec->n && i < item + 100000; i++) {
		const struct recording_item *it = &rec->v[i];
		struct smpp_head h;

		if (it->connection != rec->v[item].connection ||
		    it->kind == pl->way || it->pdu.len == 0)
			continue;
		h = replay_head(it);
		if (h.seq == asked.seq && (h.id == (asked.id | SMPP_RESP) ||
					   h.id == SMPP_GENERIC_NACK))
			return h.status;
	}
	return -1;
}

static bool all_over(const struct player *pl)
{
	for (unsigned i = 0; i < pl->r->recording->connections; i++) {
		if (!pl->parts[i].over)
			return false;
	}
	return true;
}

static void part_over(struct part *p)
{
	p->over = true;
	replay_wire_close(&p->wire);
	if (all_over(p->player))
		replay_end(p->player->r, NULL);
}

/* ---- sending -------------------------------------------------------------- */

/* The recorded bind, with the account that was given instead. */
static void send_bind(struct part *p, const struct recording_item *it)
{
	const struct replay_cfg *cfg = &p->player->r->cfg;
	AUTO(buf_done) struct buf b = { 0 };
	struct smpp_pdu pdu;
	uint32_t why;

	buf_init(&b, 4096);
	if (smpp_read(it->pdu, &pdu, &why) != 0)
		return;
	const struct smpp_bind bind = {
		.system_id = cfg->system_id != NULL ? str_of(cfg->system_id)
						    : pdu.system_id,
		.password = cfg->password != NULL ? str_of(cfg->password)
						  : pdu.password,
		.system_type = pdu.system_type,
		.interface_version = pdu.interface_version,
		.range = pdu.range,
	};
	if (smpp_write_bind(&b, pdu.id, p->seq, &bind) == 0)
		replay_wire_send(p->wire, buf_str(&b), p->seq);
}

static void send_item(struct part *p)
{
	struct replay *r = p->player->r;
	const struct recording_item *it = &r->recording->v[p->next];
	uint32_t command = replay_head(it).id;

	map_set(p->asked, ++p->seq, p->next + 1);
	p->open++;
	replay_count_of(r, command)->sent++;
	if (replay_is_bind(command))
		send_bind(p, it);
	else
		replay_wire_send(p->wire, it->pdu, p->seq);
	p->next++;
}

/* What is due goes; before the bind is answered nothing but the bind. */
static void part_play(struct part *p, uint64_t now_ms, uint64_t *wait_ms)
{
	struct replay *r = p->player->r;

	while (!p->over && p->wire != NULL && find_next(p)) {
		uint64_t due = p->player->began_ms + replay_due_ms(r, p->next);
		uint32_t command = replay_head(&r->recording->v[p->next]).id;

		if (due > now_ms) {
			*wait_ms = MIN(*wait_ms, due - now_ms);
			return;
		}
		if (!p->bound && (!replay_is_bind(command) || p->open > 0))
			return;
		/* an unbind, and what comes last, waits for the rest */
		if (p->open >= (command == SMPP_UNBIND ? 1 : r->cfg.window))
			return;
		send_item(p);
	}
	if (!p->over && p->wire != NULL && !find_next(p) && p->open == 0)
		part_over(p);
}

static bool connect_part(struct part *p, uint64_t now_ms, uint64_t *wait_ms)
{
	uint64_t due;

	if (p->over || p->wire != NULL)
		return true;
	if (!find_next(p)) {
		part_over(p);
		return true;
	}
	due = p->player->began_ms + replay_due_ms(p->player->r, p->next);
	if (due > now_ms) {
		*wait_ms = MIN(*wait_ms, due - now_ms);
		return true;
	}
	return replay_wire_dial(&p->wire, p->player->r->loop, &p->player->to,
				&wire_events, p) == 0;
}

static void play(void *owner)
{
	struct player *pl = owner;
	uint64_t now_ms = clock_mono_ms(loop_clock(pl->r->loop));
	uint64_t wait_ms = UINT64_MAX;

	for (unsigned i = 0; i < pl->r->recording->connections; i++) {
		struct part *p = &pl->parts[i];
		bool up = p->wire != NULL;

		if (!connect_part(p, now_ms, &wait_ms)) {
			replay_end(pl->r, "no_connection");
			return;
		}
		if (up)
			part_play(p, now_ms, &wait_ms);
	}
	if (all_over(pl))
		replay_end(pl->r, NULL);
	else if (wait_ms != UINT64_MAX)
		loop_timer_set(pl->tick, MAX(wait_ms, 1));
}

static void play_soon(struct player *pl)
{
	loop_timer_set(pl->patience, pl->r->cfg.patience_ms);
	loop_timer_set(pl->tick, 0);
}

/* ---- hearing -------------------------------------------------------------- */

static void on_up(void *owner)
{
	struct part *p = owner;

	play_soon(p->player);
}

static void on_answer(struct part *p, const struct smpp_head *h)
{
	struct replay *r = p->player->r;
	uint64_t item;
	uint32_t command;

	if (!map_get(p->asked, h->seq, &item))
		return;
	IGNORE(map_del(p->asked, h->seq, NULL));
	p->open--;
	command = replay_head(&r->recording->v[item - 1]).id;
	replay_count_of(r, command)->answered++;
	if (recorded_status(p->player, item - 1) == (int64_t)h->status)
		replay_count_of(r, command)->same++;
	if (replay_is_bind(command)) {
		p->bound = h->status == 0;
		if (!p->bound) {
			replay_end(r, "bind_refused");
			return;
		}
	}
	play_soon(p->player);
}

static void on_pdu(void *owner, const struct smpp_head *h, struct str frame)
{
	struct part *p = owner;

	(void)frame;
	if ((h->id & SMPP_RESP) != 0) {
		on_answer(p, h);
		return;
	}
	p->player->r->received += h->id != SMPP_ENQUIRE_LINK;
	replay_wire_answer(p->wire, h, 0, STR_NONE);
	play_soon(p->player);
}

static void on_down(void *owner)
{
	struct part *p = owner;
	bool done = p->open == 0 && !find_next(p);

	replay_wire_close(&p->wire);
	if (!done && !p->over)
		replay_end(p->player->r, "connection_lost");
	else
		part_over(p);
}

static const struct replay_wire_events wire_events = { on_up, on_pdu, on_down };

static void on_patience(void *owner)
{
	struct player *pl = owner;

	/* something is due later: that is no silence of the peer */
	if (loop_timer_running(pl->tick)) {
		loop_timer_set(pl->patience, pl->r->cfg.patience_ms);
		return;
	}
	replay_end(pl->r, "no_answer");
}

/* ---- all of it ------------------------------------------------------------ */

void replay_esme(struct replay *r, const struct sockaddr_storage *to)
{
	struct player pl = { .r = r, .to = *to };

	must(r != NULL && to != NULL);
	pl.way = replay_esme_way(r->recording);
	pl.parts = mem_array(r->recording->connections + 1, sizeof(*pl.parts));
	for (unsigned i = 0; i < r->recording->connections; i++) {
		pl.parts[i].player = &pl;
		pl.parts[i].asked = map_new();
	}
	pl.tick = loop_timer_new(r->loop, play, &pl);
	pl.patience = loop_timer_new(r->loop, on_patience, &pl);
	pl.began_ms = clock_mono_ms(loop_clock(r->loop));
	play_soon(&pl);
	loop_run(r->loop);
	for (unsigned i = 0; i < r->recording->connections; i++) {
		replay_wire_close(&pl.parts[i].wire);
		map_free(&pl.parts[i].asked);
	}
	loop_timer_free(&pl.tick);
	loop_timer_free(&pl.patience);
	mem_free(pl.parts);
}
